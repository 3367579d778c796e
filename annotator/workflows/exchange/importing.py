"""Import of files into a project, each completely or not at all."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from annotator.errors import InputError, UsageError
from annotator.families import formats
from annotator.formats.api import (
    FALLBACK,
    MAX_BYTES,
    Entry,
    FindingKind,
    ReadOptions,
    ReadReport,
    Reads,
    admit,
    checked_file,
    document_id,
    may_be_empty,
    reader,
    work_in_folders,
)
from annotator.identity import check_annotator
from annotator.model.days import day_of
from annotator.model.record import GOLD, Record, same_work
from annotator.model.text import Document
from annotator.project import AddResult, Project
from annotator.workflows.exchange.matching import Matcher, moved
from annotator.workflows.exchange.sources import STDIN, InputFile, files, format_of, opened
from annotator.workflows.review.adjudication import settle_imported

_GUARDED = (
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    RecursionError,
    TypeError,
    ValueError,
)
"""The exceptions that reading another program's file may raise. Anything else is a fault of this
program, not of the file."""


@dataclass(frozen=True, slots=True)
class FileResult:
    """The result of one file: `added` counts what is new, `known` what was already there, and
    `report` says what differs from the file."""

    path: Path
    added: AddResult
    report: ReadReport

    @property
    def warnings(self) -> tuple[str, ...]:
        """The findings as lines of text."""
        return tuple(self.report.lines())

    @property
    def left_out(self) -> int:
        """How many things were left out."""
        return self.report.count(FindingKind.LEFT_OUT)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """How to import a file; see `annotator import --help`. `id`
    and `title` are for a single text."""

    format: str | None = None
    annotator: str | None = None
    as_file_name: bool = False
    encoding: str | None = None
    max_bytes: int = MAX_BYTES
    dry_run: bool = False
    strict: bool = False
    same_text: bool = False
    empty_is_done: bool = False
    every_answer: bool = False
    columns: Mapping[str, str] = field(default_factory=dict)
    id: str | None = None
    title: str | None = None


def ingest(
    project: Project,
    path: Path,
    options: ImportOptions | None = None,
    *,
    report: ReadReport | None = None,
) -> FileResult:
    """Import one file, completely or not at all. `report` is filled even if the file fails.

    Raises InputError, naming file and line, if nothing in it can be imported or, with `strict`, if
    anything would be left out or changed. With `dry_run`, everything is checked and nothing is
    stored.
    """
    options = options or ImportOptions()
    report = report or ReadReport(path, options.strict)
    one = _Import(project, options, report)
    try:
        with opened(path) as source:
            added = one.run(_entries(project, source, options, report))
    except InputError as error:
        error.file = path if error.file is None or _is_temporary(error.file) else error.file
        raise
    if not one.count and report.count(FindingKind.LEFT_OUT):
        raise _nothing(report)
    if not one.count:
        raise InputError(
            "contains nothing to import", file=path, hint="Check that it is the right file"
        )
    return FileResult(path, added, report)


def _entries(
    project: Project, source: InputFile, options: ImportOptions, report: ReadReport
) -> Iterator[tuple[Entry, Record | Document]]:
    """The valid entries of a file, as its format reads them."""
    checked_file(source.path, empty=True)
    name = options.format or format_of(source, options.encoding)
    member = reader(formats.load(name))
    if member is None:
        raise UsageError(f"the format “{name}” cannot be imported")
    checked_file(source.path, empty=may_be_empty(member))
    guessed = options.format is None and name not in ("jsonl", "text")
    if guessed and source.path.suffix.lower() == ".jsonl":
        report.note("formats", f"read as {name}; to read it in another way, use --format")
    how = _read_options(project, name, options, report)
    if options.as_file_name:
        how = _named_by_file(how, source.name.absolute(), in_folder=work_in_folders(member))
    return _guarded(member, source, how, report)


def _is_temporary(file: Path | str) -> bool:
    return "annotator-" in str(file) and not Path(file).exists()


def _nothing(report: ReadReport) -> InputError:
    """The error of a file with nothing left to import: the first problem, and the number of
    others."""
    first = next(f for f in report.first if f.kind is FindingKind.LEFT_OUT)
    report.first.remove(first)
    report.counts[first.kind, first.what] -= 1
    others = report.count(FindingKind.LEFT_OUT)
    hint = "Nothing of this file was imported"
    hint += (
        f"; {others:,} more {'thing is' if others == 1 else 'things are'} wrong with it"
        if others
        else ""
    )
    return InputError(
        first.message, file=report.path, line=first.line or None, key=first.key or None, hint=hint
    )


def _read_options(
    project: Project, name: str, options: ImportOptions, report: ReadReport
) -> ReadOptions:
    return ReadOptions(
        schema=project.schema,
        report=report,
        encoding=options.encoding,
        splitting=project.config.splitting,
        annotator=options.annotator,
        max_bytes=options.max_bytes,
        settings=project.config.formats.get(name, {}),
        empty_is_done=options.empty_is_done,
        every_answer=options.every_answer,
        same_text=options.same_text,
        columns=options.columns,
    )


def _named_by_file(how: ReadOptions, path: Path, *, in_folder: bool) -> ReadOptions:
    """The options, with the annotator for whom the file or its folder is named."""
    if in_folder:
        return replace(how, annotator=check_annotator(path.parent.name))
    name = check_annotator(path.name.partition(".")[0])
    return replace(how, annotator=name, prefix=document_id(path.parent))


def _guarded(
    member: Reads, source: InputFile, options: ReadOptions, report: ReadReport
) -> Iterator[tuple[Entry, Record | Document]]:
    """The valid entries of a file. Any failure of a reader becomes an error of the file, with the
    place."""
    entries = member.read(source.path, options)
    while True:
        try:
            entry = next(entries, None)
            if entry is None:
                return
            admitted = admit(entry, options)
        except _GUARDED as error:
            hint = "The file does not follow this format; choose another one with --format"
            raise InputError(
                f"cannot be read at this place: {type(error).__name__}: {error}",
                file=source.name,
                line=report.here or None,
                hint=hint,
            ) from error
        except OSError as error:
            hint = "Check the permissions of the file"
            raise InputError(
                f"cannot be read: {error.strerror}", file=source.name, hint=hint
            ) from error
        if admitted is not None:
            yield entry, admitted


class _Import:
    """The import of one file."""

    def __init__(self, project: Project, options: ImportOptions, report: ReadReport) -> None:
        self._project, self._options, self._report = project, options, report
        self._matcher = Matcher(project, report, same_text=options.same_text)
        self._documents: list[Document] = []
        self._known: list[str] = []
        self._touched: set[str] = set()
        self._seen: set[tuple[str, str | None]] = set()
        self._fresh: set[str] = set()
        self._told_of_gold = False
        self._metas: dict[str, list[tuple[Mapping[str, Any], int]]] = {}
        self.count = 0
        """The number of valid documents and completions in the file, new or not."""

    def run(self, entries: Iterator[tuple[Entry, Record | Document]]) -> AddResult:
        """Import everything; with `dry_run`, only count it."""
        records = self._records(entries)
        if self._options.dry_run:
            completions = sum(1 for _ in records)
            return AddResult(len(self._fresh), completions, tuple(self._known))
        added = self._project.log.add_records(records, admitted=True)
        texts = self._project.documents.add(self._documents) if self._documents else AddResult()
        self._join_metas()
        if self._touched:
            settle_imported(self._project, self._touched)
        return AddResult(
            added.documents + texts.documents,
            added.completions,
            (*self._known, *added.known, *texts.known),
        )

    def _bring_meta(self, id: str, meta: Mapping[str, Any], line: int) -> None:
        """Keep the metadata that a record gives its document, unless it is known already."""
        if id not in self._metas:
            self._tell_of_date(id, meta.get("date"), line)
        several = self._metas.setdefault(id, [])
        if meta and all(meta != known for known, _ in several):
            several.append((meta, line))

    def _tell_of_date(self, id: str, given: object, line: int) -> None:
        """Say that a date is no day: it is kept, but nothing by time can use it."""
        try:
            day_of(given)
        except ValueError as error:
            if given not in (None, ""):
                self._report.note(
                    "dates that are no days",
                    f"“{id}” has {error}; it is kept as it is, but networks over time, DNA and the "
                    "data card cannot use it",
                    line=line,
                    key="meta.date",
                )

    def _join_metas(self) -> None:
        """Merge the metadata of each document from all its records; contradictions are reported."""
        for id, several in self._metas.items():
            if id in self._fresh and len(several) < 2:
                continue
            for meta, line in several:
                for key, here, there in self._project.documents.join_meta(id, meta):
                    message = (
                        f"“{id}” has {key} {_shown(here)}, and here it is {_shown(there)}; the "
                        "first one stays"
                    )
                    self._report.changed(
                        "metadata that contradicts", message, line=line, key=f"meta.{key}"
                    )

    def _records(self, entries: Iterator[tuple[Entry, Record | Document]]) -> Iterator[Record]:
        """The work to add; texts without work are collected separately."""
        for entry, value in entries:
            if isinstance(value, Document):
                self._text(entry, value)
            elif (record := self._record(entry, value)) is not None:
                yield record

    def _text(self, entry: Entry, document: Document) -> None:
        options = self._options
        wanted = replace(
            document, id=options.id or document.id, title=options.title or document.title
        )
        placed = self._matcher.place(wanted, entry)
        if placed is None:
            return
        self.count += 1
        self._bring_meta(placed.id, wanted.meta, entry.line)
        if self._matcher.is_known(placed.id):
            if placed.text != wanted.text:
                message = (
                    f"differs from “{placed.id}” in line ends, byte order mark or normal form only"
                )
                self._report.changed(
                    "texts that differ in line ends or normal form", message, line=entry.line
                )
            self._known.append(placed.id)
            return
        self._matcher.hold(placed)
        self._fresh.add(placed.id)
        self._documents.append(placed)

    def _record(self, entry: Entry, record: Record) -> Record | None:
        placed = self._matcher.place(record.document, entry)
        if placed is None:
            return None
        self.count += 1
        self._bring_meta(placed.id, record.document.meta, entry.line)
        if self._matcher.is_known(placed.id):
            record = moved(record, placed, self._project.schema, self._report, entry.line)
        else:
            record = replace(record, document=placed)
            self._fresh.add(placed.id)
            self._matcher.hold(placed)
        return self._once(entry, record)

    def _once(self, entry: Entry, record: Record) -> Record | None:
        """The record, unless that annotator's work on the document is there already."""
        id, name = record.document.id, record.annotator
        if (id, name) in self._seen:
            if name is None or not self._options.every_answer:
                who = name or "the gold"
                message = f"a second record of {who} on “{id}”; --every-answer keeps it as {who}-2"
                self._report.left_out("repeated records of one document", message, line=entry.line)
                return None
            name = self._free_name(id, name)
            record = replace(record, annotator=name)
        self._seen.add((id, name))
        self._tell_of_gold(name, entry.line)
        if self._is_there(entry, record):
            return None
        self._touched.add(id)
        return record

    def _tell_of_gold(self, name: str | None, line: int) -> None:
        """Say, once a file, that `gold` is a name like others: most formats cannot hold the gold,
        and export it under this name."""
        if name == "gold" and not self._told_of_gold:
            self._told_of_gold = True
            self._report.note(
                "names that are taken for annotators",
                "“gold” counts as an annotator here; if it is the gold of a project, import its "
                "export as jsonl or cas instead, which say so",
                line=line,
            )

    def _free_name(self, id: str, name: str) -> str:
        """The name with the first number from 2 that this file has no record of the document
        under."""
        number = 2
        while (id, f"{name}-{number}") in self._seen:
            number += 1
        return f"{name}-{number}"

    def _is_there(self, entry: Entry, record: Record) -> bool:
        """Whether the project has work of that annotator on the document. Other work than this is a
        conflict, which is reported."""
        id, name = record.document.id, record.annotator
        if id in self._fresh:
            return False
        key = GOLD if name is None else name
        if next(self._project.log.completions(document=id, annotator=key), None) is None:
            return False
        there = next(self._project.log.records(document=id, annotator=key), None)
        if there is not None and same_work(there, record):
            self._known.append(f"{id} ({name or 'gold'})")
            return True
        message = (
            f"“{id}” already has other work of {name or 'the gold'}; to import it under another "
            "name, use --as NAME, or --as-file-name for the name of the file (for brat, of its "
            "folder)"
        )
        what = "records that conflict with existing work"
        self._report.left_out(what, message, line=entry.line, key="annotator")
        self.count -= 1
        return True


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"“{text[:60]}”"


__all__ = ["FALLBACK", "MAX_BYTES", "STDIN", "FileResult", "ImportOptions", "files", "ingest"]
