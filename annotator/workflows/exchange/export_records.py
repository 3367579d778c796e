"""The records to export, whatever the format: whose work, which part of it, divided into
paragraphs, without notes and names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain

from annotator.errors import ExportError, UsageError
from annotator.identity import check_annotator
from annotator.model.decision import Completion, Suggestion
from annotator.model.record import GOLD, Record
from annotator.model.text import Document
from annotator.project import Project
from annotator.workflows.exchange.export_filter import ExportFilter, chosen
from annotator.workflows.exchange.gold_history import reviewers, with_history
from annotator.workflows.exchange.paragraph_records import by_paragraph, document_of, moved
from annotator.workflows.exchange.pseudonyms import Pseudonyms
from annotator.workflows.exchange.split import part_of
from annotator.workflows.review.versions import Merger


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportOptions:
    """What to export: whose work (`status`: gold, all or annotator=NAME), by document or paragraph
    (`unit`), and which part of it. Notes and messages are exported only on request; with
    `pseudonyms`, no names of people are."""

    status: str = "all"
    unit: str = "document"
    choice: ExportFilter = field(default_factory=ExportFilter)
    notes: bool = False
    pseudonyms: bool = False


class ExportRecords:
    """The records to export, one at a time; `rows` counts them, `left_out` counts by kind what is
    left out."""

    def __init__(self, project: Project, options: ExportOptions) -> None:
        self._project, self._options = project, options
        self._by_paragraph = options.unit == "paragraph"
        self._names = Pseudonyms(project) if options.pseudonyms else None
        self.rows = 0
        self.left_out: Counter[str] = Counter()

    @property
    def status(self) -> str:
        """The status, with an annotator's name replaced if names are."""
        prefix, _, name = self._options.status.partition("=")
        return (
            f"{prefix}={self._names.name(name)}" if self._names and name else self._options.status
        )

    def records(self) -> Iterator[Record]:
        """The records, in the order of documents and annotators; or of documents, paragraphs and
        annotators."""
        every = self._of_documents()
        if self._by_paragraph:
            every = by_paragraph(every, self._project.schema, self.left_out)
        for record in every:
            self.rows += 1
            yield record

    def _of_documents(self) -> Iterator[Record]:
        every = selected(self._project, self._options.status)
        if self._options.choice:
            every = chosen(self._project, every, self._options.choice, self.left_out)
        for record in every:
            if record.notes and not self._options.notes:
                self.left_out["notes; --notes includes them"] += len(record.notes)
                record = replace(record, notes={})
            if self._names is not None:
                record = self._names.record(record)
            yield record

    def part_of(self, id: str) -> str:
        """The part of the split that a record's document is in, with all paragraphs of it."""
        return part_of(document_of(id) if self._by_paragraph else id, "annotator")

    def suggestions(self, document: Document) -> list[Suggestion]:
        """The suggestions for a document or a paragraph of these records."""
        layers = self._options.choice.layers
        if self._by_paragraph:
            meta = document.meta
            found = self._project.suggestions.of(str(meta["document"]), int(meta["paragraph"]))
            by, length = int(meta["offset"]), len(document.text)
            found = [
                replace(one, value=moved(one.value, by, self._project.schema, length))
                for one in found
            ]
        else:
            found = self._project.suggestions.of(document.id)
        return [one for one in found if not layers or one.value.layer in layers]


def selected(
    project: Project, status: str, documents: Collection[str] | None = None
) -> Iterator[Record]:
    """The records of `gold`, `all` or `annotator=NAME`, in all documents or some; gold says who
    decided in review."""
    if documents is not None:
        return chain.from_iterable(_of_status(project, status, one) for one in sorted(documents))
    return _of_status(project, status, None)


def no_gold() -> ExportError:
    """The error if gold is requested and there is none."""
    hint = "Make gold with `annotator review`, or import a file with gold"
    return ExportError("there is no gold yet", hint=hint)


def wanted_annotator(status: str) -> str | None:
    """Whose work `gold`, `all` or `annotator=NAME` means: `@gold`, None for everybody's, or a name.

    Raises UsageError for any other status.
    """
    if status in ("all", "gold"):
        return GOLD if status == "gold" else None
    prefix, _, name = status.partition("=")
    if prefix != "annotator" or not name:
        raise UsageError(f"“{status}” is not a status", hint="Use gold, all or annotator=NAME")
    return check_annotator(name)


def _of_status(project: Project, status: str, document: str | None) -> Iterator[Record]:
    whose = wanted_annotator(status)
    if whose is not None and whose != GOLD:
        return project.log.records(annotator=whose, document=document)
    only = Completion.GOLD if whose == GOLD else None
    records = project.log.records(annotator=whose, status=only, document=document)
    return _with_reviewers(project, records)


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


__all__ = [
    "ExportOptions",
    "ExportRecords",
    "no_gold",
    "selected",
    "wanted_annotator",
]
