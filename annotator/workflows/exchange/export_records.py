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
from annotator.model.span import AUTHOR, Relation, Span, Value
from annotator.model.text import Document, Paragraph
from annotator.project import Project
from annotator.workflows.exchange.export_filter import ExportFilter, chosen
from annotator.workflows.exchange.gold_history import reviewers, with_history
from annotator.workflows.exchange.pseudonyms import Pseudonyms
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
        """The records, in the order of documents and annotators."""
        every = selected(self._project, self._options.status)
        if self._options.choice:
            every = chosen(self._project, every, self._options.choice, self.left_out)
        for record in every:
            if record.notes and not self._options.notes:
                self.left_out["notes; --notes includes them"] += len(record.notes)
                record = replace(record, notes={})
            if self._names is not None:
                record = self._names.record(record)
            for row, cut in (
                by_paragraph(record) if self._options.unit == "paragraph" else ((record, 0),)
            ):
                if cut:
                    self.left_out["relations between paragraphs"] += cut
                self.rows += 1
                yield row

    def suggestions(self, document: Document) -> list[Suggestion]:
        """The suggestions for a document or a paragraph of these records."""
        layers = self._options.choice.layers
        if self._options.unit == "paragraph":
            meta = document.meta
            found = self._project.suggestions.of(str(meta["document"]), int(meta["paragraph"]))
            found = [_shifted(one, int(meta["offset"])) for one in found]
        else:
            found = self._project.suggestions.of(document.id)
        return [one for one in found if not layers or one.value.layer in layers]


def _shifted(one: Suggestion, by: int) -> Suggestion:
    """A suggestion with its bounds counted from a paragraph's start."""
    if isinstance(one.value, Span):
        return replace(one, value=one.value.at(one.value.start - by, one.value.end - by))
    return replace(one, value=_moved(one.value, by))


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


def by_paragraph(record: Record) -> Iterator[tuple[Record, int]]:
    """A record for each paragraph that is not excluded, with offsets from the paragraph's start,
    and the number of its relations whose source is in another paragraph."""
    for paragraph in record.document.paragraphs:
        if not paragraph.excluded:
            yield _of_paragraph(record, paragraph)


def _of_paragraph(record: Record, paragraph: Paragraph) -> tuple[Record, int]:
    whole, start, end = record.document, paragraph.start, paragraph.end
    document = Document(
        f"{whole.id}#{paragraph.index}",
        whole.title,
        whole.text[start:end],
        (Paragraph(0, 0, end - start),),
        {**whole.meta, "document": whole.id, "paragraph": paragraph.index, "offset": start},
    )
    spans = tuple(
        span.at(span.start - start, span.end - start)
        for span in record.spans
        if start <= span.start and span.end <= end
    )
    ids = {span.id for span in spans}
    here = [relation for relation in record.relations if relation.target in ids]
    kept = [relation for relation in here if relation.source in ids | {AUTHOR}]
    relations = tuple(_moved(relation, start) for relation in kept)
    part = Record(document, record.annotator, record.status, spans, relations)
    return part, len(here) - len(kept)


def _moved(relation: Relation, offset: int) -> Relation:
    """A relation with its `[start, end]` attributes counted from the paragraph's start."""

    def moved(value: Value) -> Value:
        if isinstance(value, list) and all(isinstance(x, int) for x in value):
            return [x - offset for x in value if isinstance(x, int)]
        return value

    return replace(relation, attributes={k: moved(v) for k, v in relation.attributes.items()})


__all__ = [
    "ExportOptions",
    "ExportRecords",
    "by_paragraph",
    "no_gold",
    "selected",
    "wanted_annotator",
]
