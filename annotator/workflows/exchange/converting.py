"""Export in formats of other programs: one file, or a folder of them,
whole or not at all, in constant memory."""

from __future__ import annotations

import filecmp
import os
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from annotator.errors import ExportError, FindingsError, UsageError
from annotator.families import formats
from annotator.formats.api import (
    Format,
    WriteOptions,
    WritesFiles,
    WritesFolder,
    WritesLines,
    WritesParts,
)
from annotator.model.record import Record
from annotator.project import Project
from annotator.workflows.exchange.dataset import part_of
from annotator.workflows.exchange.export import by_paragraph, file_name, selected
from annotator.workflows.exchange.export_filter import ExportFilter, chosen


@dataclass(frozen=True, slots=True)
class Converted:
    """What was written: the file or folder, rows and bytes, and how
    many things of what kind were lost."""

    target: Path | None
    records: int
    size: int
    lost: Counter[str] = field(default_factory=Counter)


def converts(format: str) -> bool:
    """Whether a format writes by this way."""
    return format in formats.names() and isinstance(
        formats.load(format), WritesFolder | WritesParts
    )


class Conversion:
    """One export: its records as they are chosen, and the counts of what is lost."""

    def __init__(
        self,
        project: Project,
        format: str,
        *,
        status: str,
        unit: str,
        choice: ExportFilter,
        pseudonyms: bool = False,
    ) -> None:
        self._project, self._status, self._unit, self._choice = project, status, unit, choice
        self._pseudonyms = pseudonyms
        self.member: Format = formats.load(format)
        self.records = self.size = 0
        self.lost: Counter[str] = Counter()

    @property
    def several(self) -> bool:
        """Whether the format writes a folder of files."""
        return isinstance(self.member, WritesFolder)

    def _records(self) -> Iterator[Record]:
        from annotator.workflows.exchange.pseudonyms import Pseudonyms

        names = Pseudonyms(self._project) if self._pseudonyms else None
        every = chosen(
            self._project, selected(self._project, self._status), self._choice, self.lost
        )
        for record in every:
            named = names.record(record) if names is not None else record
            for row, cut in by_paragraph(named) if self._unit == "paragraph" else ((named, 0),):
                if cut:
                    self.lost["relations between paragraphs"] += cut
                self.records += 1
                yield row
        if not self.records:
            hint = "Annotate a document first, or choose another --status, --document or --since"
            raise ExportError("nothing to export: no document has such work", hint=hint)

    def _options(self) -> WriteOptions:
        return WriteOptions(self._project.schema, self.lost, lambda id: part_of(id, "annotator"))

    def parts(self) -> Iterator[bytes]:
        """The bytes of the one file. Raises UsageError for a format that writes several."""
        for part in self._parts():
            self.size += len(part)
            yield part

    def _parts(self) -> Iterator[bytes]:
        member = self.member
        if isinstance(member, WritesLines):
            yield from (member.dumps(record).encode("utf-8") for record in self._records())
        elif isinstance(member, WritesFiles):
            yield member.dump(list(self._records()))
        elif isinstance(member, WritesParts):
            yield from member.parts(self._records(), self._options())
        else:
            raise UsageError("this format writes several files", hint="Name a folder with -o")

    def into(self, folder: Path, name: str) -> None:
        """Write everything into a folder that is there and empty."""
        if not isinstance(self.member, WritesFolder):
            with (folder / name).open("wb") as file:
                file.writelines(self.parts())
                _sync(file)
            return
        begun: set[Path] = set()
        for inner, data in self.member.files(self._records(), self._options()):
            path = folder / inner
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("ab") as file:
                file.write(data)
            begun.add(path)
            self.size += len(data)
        for path in sorted(begun):
            with path.open("rb") as file:
                os.fsync(file.fileno())


def _sync(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def convert(made: Conversion, target: Path, *, status: str, force: bool, check: bool) -> Converted:
    """Write an export into the folder `target`: one file beside what is there,
    or, of several, the whole folder.

    Raises ExportError when something else is there already (unless `force`) or it cannot be
    written, and with `check` FindingsError for the first file that differs; nothing is changed
    then.
    """
    single = not isinstance(made.member, WritesFolder)
    name = file_name(status, made.member.extensions[0])
    place = target / name if single else target
    work = target.parent / f".{target.name}.{os.getpid()}.part"
    try:
        work.mkdir(parents=True)
        made.into(work, name)
        if check:
            _compare(work, target, whole=not single)
        elif single:
            _put_file(work / name, place, force=force)
        else:
            _put_folder(work, target, force=force)
    except OSError as error:
        hint = "Check the folder, its permissions and the space on the disk; nothing was changed"
        raise ExportError(f"cannot be written: {error.strerror}", file=place, hint=hint) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return Converted(place, made.records, made.size, made.lost)


def _put_file(made: Path, place: Path, *, force: bool) -> None:
    if place.exists() and not force and not filecmp.cmp(made, place, shallow=False):
        hint = "Choose another folder with -o, or --force"
        raise ExportError("exists with other content", file=place, hint=hint)
    place.parent.mkdir(parents=True, exist_ok=True)
    made.replace(place)


def _put_folder(made: Path, target: Path, *, force: bool) -> None:
    if target.exists():
        if not force and _differing(made, target) is not None:
            hint = "Choose another folder with -o, or --force"
            raise ExportError("exists with other content", file=target, hint=hint)
        old = target.with_name(f".{target.name}.{os.getpid()}.old")
        target.replace(old)
        try:
            made.replace(target)
        except OSError:
            with suppress(OSError):
                old.replace(target)
            raise
        shutil.rmtree(old, ignore_errors=True)
    else:
        made.replace(target)


def _files(folder: Path) -> Iterable[Path]:
    return sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())


def _differing(made: Path, there: Path) -> Path | None:
    """The first file that is not the same in two folders."""
    for path in sorted({*_files(made), *(_files(there) if there.is_dir() else ())}):
        both = (made / path).is_file() and (there / path).is_file()
        if not both or not filecmp.cmp(made / path, there / path, shallow=False):
            return path
    return None


def _compare(made: Path, target: Path, *, whole: bool) -> None:
    found = (
        _differing(made, target)
        if whole
        else next(
            (
                p
                for p in _files(made)
                if not (target / p).is_file()
                or not filecmp.cmp(made / p, target / p, shallow=False)
            ),
            None,
        )
    )
    if found is not None:
        message = (
            "differs from what is in the project now"
            if (target / found).is_file()
            else "is not there"
        )
        raise FindingsError(message, file=target / found, hint="Export it again")


__all__ = ["Conversion", "Converted", "convert", "converts"]
