"""Export: what stands in a project as files, written whole or not at all."""

from __future__ import annotations

import filecmp
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path

from annotator.errors import ExportError, FindingsError, UsageError
from annotator.families import formats
from annotator.formats.api import WritesFiles, WritesLines
from annotator.identity import check_annotator
from annotator.model.decision import Completion
from annotator.model.record import GOLD, Record
from annotator.model.span import AUTHOR, Relation, Value
from annotator.model.text import Document, Paragraph
from annotator.project import Project
from annotator.workflows.exchange.gold_history import reviewers, with_history
from annotator.workflows.exchange.pseudonyms import Pseudonyms
from annotator.workflows.review.versions import Merger


@dataclass(frozen=True, slots=True)
class ExportResult:
    """What was written: `records` rows into `file` (None: standard output); `cut` counts relations
    that reach over a paragraph and cannot stand in a row of one paragraph."""

    file: Path | None
    records: int
    size: int
    cut: int = 0


def selected(project: Project, status: str) -> Iterator[Record]:
    """The records that `gold`, `all` or `annotator=NAME` stands
    for; gold says who decided in review."""
    if status == "all":
        return _with_reviewers(project, project.log.records())
    if status == "gold":
        return _with_reviewers(project, project.log.records(annotator=GOLD, status=Completion.GOLD))
    prefix, _, name = status.partition("=")
    if prefix != "annotator" or not name:
        raise UsageError(f"“{status}” is not a status", hint="Use gold, all or annotator=NAME")
    return project.log.records(annotator=check_annotator(name))


def _with_reviewers(project: Project, records: Iterator[Record]) -> Iterator[Record]:
    merger: Merger | None = None
    for record in records:
        if (
            record.annotator is None
            and not record.history
            and reviewers(project, record.document.id)
        ):
            merger = merger or Merger(project)
            works = [
                r
                for r in project.log.records(document=record.document.id, status=Completion.DONE)
                if r.annotator is not None
            ]
            yield with_history(merger, record, works)[0]
        else:
            yield record


def file_name(status: str, extension: str) -> str:
    """The name of the file that a status is exported to."""
    stem = {"all": "records", "gold": "gold"}.get(status) or status.partition("=")[2]
    return stem + extension


def _named(project: Project, status: str, pseudonyms: bool) -> str:
    """The status, an annotator's name in it replaced where names are."""
    prefix, _, name = status.partition("=")
    return f"{prefix}={Pseudonyms(project).name(name)}" if pseudonyms and name else status


class Rendering:
    """An export while it is made: its bytes part by part, and what has been counted so far; with
    `pseudonyms` without names of people.

    Raises UsageError at once for a format that cannot be exported, and ExportError with the first
    part when there is nothing to export.
    """

    def __init__(
        self,
        project: Project,
        format: str,
        *,
        status: str = "all",
        unit: str = "document",
        pseudonyms: bool = False,
    ) -> None:
        self.rows = self.cut = self.size = 0
        self._project, self._status, self._unit = project, status, unit
        self._names = Pseudonyms(project) if pseudonyms else None
        self._module = formats.load(format) if format in formats.names() else None
        if not isinstance(self._module, WritesLines | WritesFiles):
            can = [
                name
                for name in formats.names()
                if isinstance(formats.load(name), WritesLines | WritesFiles)
            ]
            raise UsageError(
                f"the format “{format}” is not one that can be exported",
                hint=f"Choose one of {', '.join(can)}",
            )

    def parts(self) -> Iterator[bytes]:
        """The bytes of the export, in its order. A format of lines has some
        hundred rows in memory at a time."""
        module = self._module
        made = self._lines(module.dumps) if isinstance(module, WritesLines) else self._whole()
        for part in made:
            self.size += len(part)
            yield part

    def _records(self) -> Iterator[Record]:
        for plain in selected(self._project, self._status):
            record = self._names.record(plain) if self._names is not None else plain
            for row, lost in by_paragraph(record) if self._unit == "paragraph" else ((record, 0),):
                self.rows += 1
                self.cut += lost
                yield row
        if not self.rows:
            raise _nothing(self._status)

    def _lines(self, line_of: Callable[[Record], str]) -> Iterator[bytes]:
        lines = map(line_of, self._records())
        while some := "".join(islice(lines, _LINES)):
            yield some.encode("utf-8")

    def _whole(self) -> Iterator[bytes]:
        assert isinstance(self._module, WritesFiles)
        yield self._module.dump(list(self._records()))


_LINES = 256
"""Rows that are written at once."""


def _nothing(status: str) -> ExportError:
    hints = {
        "all": "Annotate a document first",
        "gold": "Gold comes from adjudication, or from an import of gold records",
    }
    hint = hints.get(status, "`annotator status` tells who has annotated")
    return ExportError(
        f"nothing to export: no document has work of the status “{status}”", hint=hint
    )


def render(
    project: Project,
    format: str,
    *,
    status: str = "all",
    unit: str = "document",
    pseudonyms: bool = False,
) -> tuple[bytes, int, int]:
    """The bytes of an export in one piece, the number of its rows and of relations cut.

    Raises ExportError when there is nothing to export.
    """
    made = Rendering(project, format, status=status, unit=unit, pseudonyms=pseudonyms)
    return b"".join(made.parts()), made.rows, made.cut


def by_paragraph(record: Record) -> Iterator[tuple[Record, int]]:
    """A record for each paragraph that is not excluded, with offsets from the paragraph's start,
    and the number of its relations whose source lies in another paragraph."""
    whole = record.document
    for paragraph in whole.paragraphs:
        if paragraph.excluded:
            continue
        a, b = paragraph.start, paragraph.end
        spans = tuple(
            s.at(s.start - a, s.end - a) for s in record.spans if a <= s.start and s.end <= b
        )
        ids = {s.id for s in spans}
        here = [r for r in record.relations if r.target in ids]
        kept = tuple(r for r in here if r.source == AUTHOR or r.source in ids)
        document = Document(
            f"{whole.id}#{paragraph.index}",
            whole.title,
            whole.text[a:b],
            (Paragraph(0, 0, b - a),),
            {**whole.meta, "document": whole.id, "paragraph": paragraph.index, "offset": a},
        )
        relations = tuple(_moved(r, a) for r in kept)
        yield (
            Record(document, record.annotator, record.status, spans, relations),
            len(here) - len(kept),
        )


def _moved(relation: Relation, offset: int) -> Relation:
    """A relation with its `[start, end]` attributes counted from the paragraph's start."""

    def moved(value: Value) -> Value:
        if isinstance(value, list) and all(isinstance(x, int) for x in value):
            return [x - offset for x in value if isinstance(x, int)]
        return value

    return replace(relation, attributes={k: moved(v) for k, v in relation.attributes.items()})


def export(
    project: Project,
    format: str,
    target: Path,
    *,
    status: str = "all",
    unit: str = "document",
    force: bool = False,
    pseudonyms: bool = False,
) -> ExportResult:
    """Write an export into the folder `target`, beside it first and then renamed.

    Raises ExportError when a file with other content is there already (unless `force`), or when it
    cannot be written; nothing is changed then.
    """
    made = Rendering(project, format, status=status, unit=unit, pseudonyms=pseudonyms)
    parts = made.parts()
    first = next(parts)  # Before anything is made: there may be nothing to export.
    file = target / file_name(
        _named(project, status, pseudonyms), formats.load(format).extensions[0]
    )
    try:
        target.mkdir(parents=True, exist_ok=True)
        write_whole(file, chain([first], parts), force=force)
    except OSError as error:
        hint = "Check the folder, its permissions and the space on the disk; nothing was changed"
        raise ExportError(f"cannot be written: {error.strerror}", file=file, hint=hint) from error
    return ExportResult(file, made.rows, made.size, made.cut)


def write_whole(file: Path, parts: Iterable[bytes], *, force: bool = True) -> None:
    """Write a file so that it is there whole or not at all, also after a power cut.

    Raises ExportError when it is there with other content, unless `force`.
    """
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as handle:
            handle.writelines(parts)
            handle.flush()
            os.fsync(handle.fileno())
        if not force and file.exists() and not filecmp.cmp(file, part, shallow=False):
            hint = "Choose another folder with -o, or --force"
            raise ExportError("exists with other content", file=file, hint=hint)
        part.replace(file)
    except BaseException:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def check(
    project: Project,
    format: str,
    target: Path,
    *,
    status: str = "all",
    unit: str = "document",
    pseudonyms: bool = False,
) -> Path:
    """Derive an export again and compare it with what is there, byte
    by byte; the file that is the same.

    Raises FindingsError when it differs or is missing.
    """
    made = Rendering(project, format, status=status, unit=unit, pseudonyms=pseudonyms)
    file = target / file_name(
        _named(project, status, pseudonyms), formats.load(format).extensions[0]
    )
    if not file.is_file():
        raise FindingsError("is not there", file=file, hint="Export without --check writes it")
    line = 1
    with file.open("rb") as there:
        for part in chain(made.parts(), [b""]):
            found = there.read(len(part) or 1)
            if found != part:
                same = next(
                    (i for i, (a, b) in enumerate(zip(found, part, strict=False)) if a != b),
                    len(found),
                )
                raise FindingsError(
                    "differs from what is in the project now",
                    file=file,
                    line=line + found[:same].count(b"\n"),
                    hint="Export it again",
                )
            line += part.count(b"\n")
    return file
