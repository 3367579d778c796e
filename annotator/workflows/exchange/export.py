"""Export of a project's work as a file or a folder of files, completely or not at all, in
constant memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path

from annotator.errors import ExportError, UsageError
from annotator.families import formats
from annotator.formats.api import (
    EncodesLines,
    Format,
    WriteOptions,
    WritesFolder,
    WritesLines,
    WritesParts,
    holds_ids,
)
from annotator.model.names import Name, concepts_of, used_names
from annotator.model.record import Record
from annotator.project import Project
from annotator.workflows.exchange.export_records import ExportOptions, ExportRecords, no_gold
from annotator.workflows.whole_files import check_folder, finding, write_file, write_folder

_LINES = 256
"""The number of rows written at once."""
_ELSEWHERE = {
    **dict.fromkeys(("network", "graphml", "gexf"), "annotator network -o FOLDER"),
    **dict.fromkeys(("codebook", "qdc"), "annotator codebook export"),
    "inception": "annotator export cas",
}
"""The commands that write what somebody may take for a format."""


@dataclass(frozen=True, slots=True)
class ExportResult:
    """What was written: `records` rows into a file or folder; counts by kind of what was not chosen
    or was cut (`left_out`), and of what the format cannot hold (`lost`)."""

    file: Path
    records: int
    size: int
    left_out: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)


class Rendering:
    """An export in progress: its bytes part by part, and what has been counted so far.

    Raises UsageError at once for a format that cannot be exported, and ExportError with the first
    part if there is nothing to export.
    """

    def __init__(self, project: Project, format: str, wanted: ExportOptions | None = None) -> None:
        self._wanted = wanted or ExportOptions()
        self._project, self._records_of = project, ExportRecords(project, self._wanted)
        self._member = _writer(format)
        self.size = 0
        self.lost: Counter[str] = Counter()

    @property
    def rows(self) -> int:
        """Rows so far."""
        return self._records_of.rows

    @property
    def left_out(self) -> Counter[str]:
        """What was not chosen, or was cut, so far."""
        return self._records_of.left_out

    @property
    def several(self) -> bool:
        """Whether the format writes a folder of files."""
        return isinstance(self._member, WritesFolder)

    @property
    def name(self) -> str:
        """The name of the one file."""
        status = self._records_of.status
        stem = {"all": "records", "gold": "gold"}.get(status) or status.partition("=")[2]
        return stem + self._member.extensions[0]

    def place(self, target: Path) -> Path:
        """Where the export goes: the folder `target` or, for a format of one file, a file in it, or
        `target` itself if its ending is the format's.

        Raises UsageError for a file where the format writes several.
        """
        names_file = target.suffix == self._member.extensions[0] and not target.is_dir()
        if self.several and names_file:
            hint = f"Name a folder, like {target.stem}"
            raise UsageError("names a file; this format writes several", file=target, hint=hint)
        return target if self.several or names_file else target / self.name

    def parts(self) -> Iterator[bytes]:
        """The bytes of the one file, in its order. A format of lines has some hundred rows in
        memory at a time.

        Raises UsageError for a format that writes several files.
        """
        if isinstance(self._member, WritesFolder):
            raise UsageError("this format writes several files", hint="Name a folder with -o")
        for _, part in self.files():
            yield part

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Name and bytes of each file. If a name comes again, its bytes are appended to that
        file."""
        for name, part in self._files():
            self.size += len(part)
            yield name, part

    def _files(self) -> Iterator[tuple[str, bytes]]:
        member, records = self._member, self._records()
        ids = self._project.names.codebook().ids
        how = WriteOptions(
            self._project.schema,
            self.lost,
            part_of=self._records_of.part_of,
            suggestions=self._records_of.suggestions,
            ids=ids,
        )
        if ids and not holds_ids(member):
            records = self._without_ids(records, ids)
        if isinstance(member, WritesFolder):
            yield from member.files(records, how)
            return
        made: Iterable[bytes]
        if isinstance(member, WritesLines):
            made = _lines(member, records)
        else:
            assert isinstance(member, WritesParts)
            made = member.parts(records, how)
        yield from ((self.name, part) for part in made)

    def _without_ids(self, records: Iterator[Record], ids: Mapping[Name, str]) -> Iterator[Record]:
        """The records; the external ids of the names in them are counted as lost."""
        concepts, used = concepts_of(self._project.schema), set[Name]()
        for record in records:
            used |= used_names(record.spans, concepts) & ids.keys()
            yield record
        self.lost["external ids of names; `annotator codebook export` writes them"] += len(used)

    def _records(self) -> Iterator[Record]:
        yield from self._records_of.records()
        if not self.rows:
            raise _nothing(self._wanted)


def _lines(member: WritesLines, records: Iterator[Record]) -> Iterator[bytes]:
    """The lines of the records, some hundred records at a time."""
    if isinstance(member, EncodesLines):
        encoded = map(member.encoded, records)
        while part := b"".join(islice(encoded, _LINES)):
            yield part
        return
    lines = map(member.dumps, records)
    while some := "".join(islice(lines, _LINES)):
        yield some.encode("utf-8")


def _writer(format: str) -> Format:
    """The writing format with this name."""
    kinds = WritesLines | WritesParts | WritesFolder
    member = formats.load(format) if format in formats.names() else None
    if isinstance(member, kinds):
        return member
    can = [name for name in formats.names() if isinstance(formats.load(name), kinds)]
    hint = f"Choose one of {', '.join(can)}"
    if format.casefold() in _ELSEWHERE:
        hint = f"`{_ELSEWHERE[format.casefold()]}` writes it"
    raise UsageError(f"the format “{format}” cannot be exported", hint=hint)


def _nothing(wanted: ExportOptions) -> ExportError:
    if wanted.choice:
        hint = "Annotate a document first, or choose another --status, --document or --since"
        return ExportError("there is nothing to export: no document has such work", hint=hint)
    if wanted.status == "gold":
        return no_gold()
    if wanted.status == "all":
        hint = "Annotate a document first"
        return ExportError(
            "there is nothing to export: nobody has annotated anything yet", hint=hint
        )
    name = wanted.status.partition("=")[2]
    hint = "`annotator status` lists who has"
    return ExportError(
        f"there is nothing to export: “{name}” has annotated nothing here", hint=hint
    )


def render(project: Project, format: str, wanted: ExportOptions | None = None) -> tuple[bytes, int]:
    """The bytes of an export in one piece, and the number of its rows.

    Raises ExportError if there is nothing to export.
    """
    made = Rendering(project, format, wanted)
    return b"".join(made.parts()), made.rows


def export(
    project: Project,
    format: str,
    target: Path,
    wanted: ExportOptions | None = None,
    *,
    force: bool = False,
) -> ExportResult:
    """Write an export whole to its place (see `Rendering.place`).

    Raises ExportError if something else is there already (unless `force`), or when it cannot be
    written; nothing is changed then.
    """
    made = Rendering(project, format, wanted)
    place = made.place(target)
    if made.several:
        write_folder(place, made.files(), force=force)
    else:
        parts = made.parts()
        first = next(parts)  # Check before anything is made that there is something to export.
        write_file(place, chain([first], parts), force=force)
    return ExportResult(place, made.rows, made.size, made.left_out, made.lost)


def check(project: Project, format: str, target: Path, wanted: ExportOptions | None = None) -> Path:
    """Make an export again and compare it with the existing one, byte by byte; returns the file or
    folder.

    Raises FindingsError for the first file that differs or is missing.
    """
    made = Rendering(project, format, wanted)
    file = made.place(target)
    if made.several:
        check_folder(file, made.files())
        return file
    if not file.is_file():
        raise finding(file, is_there=False)
    line = 1
    with file.open("rb") as there_now:
        for part in chain(made.parts(), [b""]):
            found_part = there_now.read(len(part) or 1)
            if found_part != part:
                pairs = enumerate(zip(found_part, part, strict=False))
                same = next((i for i, (a, b) in pairs if a != b), len(found_part))
                line += found_part[:same].count(b"\n")
                raise finding(file, line=line)
            line += part.count(b"\n")
    return file


__all__ = ["ExportResult", "Rendering", "check", "export", "render"]
