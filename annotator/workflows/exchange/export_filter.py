"""Which records and which parts of them are exported: by document, by time of the last decision,
by layer, by agreement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from annotator.errors import UsageError
from annotator.model.decision import Completion
from annotator.model.fields import Field, content, fields_of_layer
from annotator.model.names import Concepts, SameNames, concepts_of
from annotator.model.record import Record
from annotator.model.span import AUTHOR, Relation, Span
from annotator.project import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportFilter:
    """What to export. `layers` are the layers to keep; the ends of a relation come with it. `since`
    is an ISO date or time (UTC without an offset): only work changed then or later. `min_agreement`
    is the least share, from 0 to 1, of those who finished a document that coded an item alike in
    everything on which annotators must agree for gold."""

    documents: Sequence[str] = ()
    layers: Sequence[str] = ()
    since: str = ""
    min_agreement: float = 0.0

    def __bool__(self) -> bool:
        return bool(self.documents or self.layers or self.since or self.min_agreement)


def chosen(
    project: Project, records: Iterator[Record], choice: ExportFilter, lost: Counter[str]
) -> Iterator[Record]:
    """The records that pass a filter; what it removes is counted. Raises UsageError for an unknown
    layer or document, and for a `since` that is not a time.
    """
    _check_names(project, choice)
    recent, keys_of = _recent(project, choice.since), _AlikeKeys.of(project)
    for record in records:
        if choice.documents and record.document.id not in choice.documents:
            continue
        if choice.since and (record.document.id, record.annotator) not in recent:
            lost["records not changed since"] += 1
            continue
        if choice.layers:
            record = _of_layers(record, choice.layers, lost)
        if choice.min_agreement:
            record = _agreed(project, record, choice.min_agreement, keys_of, lost)
        yield record


def _check_names(project: Project, choice: ExportFilter) -> None:
    """Raise UsageError for a layer or a document that the project does not have."""
    known = {layer.name for layer in project.schema.layers}
    for name in choice.layers:
        if name not in known:
            raise UsageError(
                f"there is no layer “{name}”", hint=f"Choose one of {', '.join(sorted(known))}"
            )
    for id in choice.documents:
        project.documents.load(id)


def _recent(project: Project, since: str) -> set[tuple[str, str | None]]:
    if not since:
        return set()
    since = _utc(since)
    return {
        (row.document, None if row.annotator.startswith("@") else row.annotator)
        for row in project.log.completions()
        if row.updated >= since
    }


def _utc(given: str) -> str:
    """A time in the form that the project uses."""
    try:
        when = datetime.fromisoformat(given.strip())
    except ValueError:
        hint = "Write 2026-03-04, or 2026-03-04T10:00:00 (UTC), or with an offset such as +02:00"
        raise UsageError(f"“{given}” is not a date", hint=hint) from None
    when = when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def _of_layers(record: Record, layers: Sequence[str], lost: Counter[str]) -> Record:
    """The record with the items of some layers, and the ends of the relations among them."""
    ends = {end for r in record.relations if r.layer in layers for end in (r.source, r.target)}

    def wanted(item: Span | Relation) -> bool:
        return item.layer in layers or item.id in ends

    return _kept(record, wanted, lost, "items of other layers")


def _kept(
    record: Record, keep: Callable[[Span | Relation], bool], lost: Counter[str], what: str
) -> Record:
    """The record with the items that stay; a relation goes with its ends."""
    spans = tuple(filter(keep, record.spans))
    ends = {span.id for span in spans} | {AUTHOR}
    relations = tuple(r for r in record.relations if keep(r) and {r.source, r.target} <= ends)
    kept = replace(record, spans=spans, relations=relations)
    gone = _item_ids(record) - _item_ids(kept)
    if gone:
        lost[what] += len(gone)
    notes = {item: note for item, note in record.notes.items() if item not in gone}
    return replace(kept, notes=notes, flags=tuple(x for x in record.flags if x not in gone))


def _item_ids(record: Record) -> set[str]:
    """The ids of all spans and relations."""
    return {span.id for span in record.spans} | {relation.id for relation in record.relations}


def _agreed(
    project: Project, record: Record, share: float, keys_of: _AlikeKeys, lost: Counter[str]
) -> Record:
    """The record with the items that enough of those who finished the document coded alike."""
    works = [
        one
        for one in project.log.records(document=record.document.id, status=Completion.DONE)
        if one.annotator is not None
    ]
    votes = Counter(key for work in works for key in set(keys_of(work).values()))
    keys = keys_of(record)
    needed = share * len(works) - 1e-9

    def enough(item: Span | Relation) -> bool:
        return bool(works) and votes[keys[item.id]] >= needed

    return _kept(record, enough, lost, "items that too few annotators coded alike")


@dataclass(frozen=True, slots=True)
class _AlikeKeys:
    """The keys by which items of several annotators are alike: `fields` by layer are those on which
    annotators must agree, and `same` has the names that were ruled to be one."""

    fields: Mapping[str, Sequence[Field]]
    concepts: Concepts
    same: SameNames

    @classmethod
    def of(cls, project: Project) -> _AlikeKeys:
        fields = {
            layer.name: [field for field in fields_of_layer(layer) if field.agree]
            for layer in project.schema.layers
        }
        return cls(fields, concepts_of(project.schema), project.names.same())

    def __call__(self, record: Record) -> dict[str, tuple[Any, ...]]:
        """The key of every item of a record, by id."""
        ends = {s.id: (s.layer, s.label, s.start, s.end) for s in record.spans}
        spans = {
            s.id: (*ends[s.id], self._content(self.same.span(s, self.concepts)))
            for s in record.spans
        }
        relations = {
            r.id: (r.layer, r.label, ends.get(r.source), ends.get(r.target), self._content(r))
            for r in record.relations
        }
        return {**spans, **relations}

    def _content(self, item: Span | Relation) -> str:
        return content(item, self.fields.get(item.layer, ()))


__all__ = ["ExportFilter", "chosen"]
