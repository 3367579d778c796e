"""Records of paragraphs: everybody's work on a document, divided, and what cannot be divided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import groupby
from typing import TypeVar

from annotator.model.provenance import Shown
from annotator.model.record import Record
from annotator.model.schema import LabelSchema
from annotator.model.span import AUTHOR, Relation, Span, Value
from annotator.model.text import Document, Paragraph

_OWN = ("document", "paragraph", "offset")
"""The metadata that say which paragraph of which document a record is about."""

_Item = TypeVar("_Item", bound=Span | Relation)


def by_paragraph(
    records: Iterable[Record], schema: LabelSchema, left_out: Counter[str]
) -> Iterator[Record]:
    """A record for each paragraph that is not excluded, with offsets from its start. `records` come
    in the order of documents, and leave in the order of paragraphs, everybody's work on a paragraph
    together. What belongs to no single paragraph is counted in `left_out`."""
    for _, several in groupby(records, key=lambda record: record.document.id):
        works = list(several)
        for record in works:
            _count(record, left_out)
        for paragraph in works[0].document.paragraphs:
            for record in works:
                own = record.document.paragraphs[paragraph.index]
                if not own.excluded:
                    yield _of_paragraph(record, own, schema, left_out)


def document_of(id: str) -> str:
    """The id of the document that a paragraph is from, from the paragraph's id."""
    return id.rpartition("#")[0]


def moved(item: _Item, by: int, schema: LabelSchema, length: int) -> _Item:
    """An item whose places are counted from a point `by` characters on, in a text of `length`
    characters. Places beyond that text are left out."""
    layer = schema.layer(item.layer)
    attributes: dict[str, Value] = {}
    for name, value in item.attributes.items():
        attribute = layer.attribute(name) if layer is not None else None
        if attribute is not None and attribute.type == "span":
            assert isinstance(value, list)
            start, end = (int(at) - by for at in value)
            if not 0 <= start < end <= length:
                continue
            value = [start, end]
        attributes[name] = value
    if isinstance(item, Span):
        return replace(item, start=item.start - by, end=item.end - by, attributes=attributes)
    return replace(item, attributes=attributes)


def _within(record: Record, paragraph: Paragraph) -> set[str]:
    """The ids of the spans of a paragraph."""
    start, end = paragraph.start, paragraph.end
    return {span.id for span in record.spans if start <= span.start and span.end <= end}


def _count(record: Record, left_out: Counter[str]) -> None:
    """Count what goes with no paragraph of a record."""
    home = {
        id: paragraph.index
        for paragraph in record.document.paragraphs
        if not paragraph.excluded
        for id in _within(record, paragraph)
    }
    spans = {span.id for span in record.spans if span.id not in home}
    between, incomplete = _homeless(record.relations, home)
    excluded = {f"@p{p.index}" for p in record.document.paragraphs if p.excluded}
    without = spans | between | incomplete | excluded | {"@document"}
    for what, number in (
        ("relations between paragraphs", len(between)),
        ("spans over several paragraphs, or in excluded ones", len(spans)),
        ("relations whose spans are left out", len(incomplete)),
        (
            "notes and flags on what is in no paragraph",
            len(without & {*record.notes}) + len(without & {*record.flags}),
        ),
        (
            "metadata named document, paragraph or offset, which say where a paragraph is from",
            len(record.document.meta.keys() & set(_OWN)),
        ),
    ):
        if number:
            left_out[what] += number


def _homeless(relations: Iterable[Relation], home: Mapping[str, int]) -> tuple[set[str], set[str]]:
    """The ids of the relations between two paragraphs, and of those with a span that goes with no
    paragraph. `home` has the paragraph of each span that goes with one."""
    between: set[str] = set()
    incomplete: set[str] = set()
    for relation in relations:
        holder = (
            home.get(relation.target) if relation.source == AUTHOR else home.get(relation.source)
        )
        if holder is None or relation.target not in home:
            incomplete.add(relation.id)
        elif holder != home[relation.target]:
            between.add(relation.id)
    return between, incomplete


def _of_paragraph(
    record: Record, paragraph: Paragraph, schema: LabelSchema, left_out: Counter[str]
) -> Record:
    whole, start, length = record.document, paragraph.start, paragraph.end - paragraph.start
    spans, relations = _items_within(record, paragraph)
    moved_spans = tuple(moved(span, start, schema, length) for span in spans)
    moved_relations = tuple(moved(relation, start, schema, length) for relation in relations)
    before: list[Span | Relation] = [*spans, *relations]
    after: list[Span | Relation] = [*moved_spans, *moved_relations]
    if cut := _attributes_in(before) - _attributes_in(after):
        left_out["places in other paragraphs"] += cut
    names = {item.id: item.id for item in before} | {f"@p{paragraph.index}": "@p0"}
    return Record(
        _document(whole, paragraph),
        record.annotator,
        record.status,
        moved_spans,
        moved_relations,
        (0,) if paragraph.index in record.done else (),
        {names[item]: note for item, note in record.notes.items() if item in names},
        tuple(names[item] for item in record.flags if item in names),
        _shown(record, paragraph),
        {0: record.opened[paragraph.index]} if paragraph.index in record.opened else {},
        _history(record, names),
    )


def _items_within(record: Record, paragraph: Paragraph) -> tuple[list[Span], list[Relation]]:
    """The spans of a paragraph, and the relations among them and from the author to them."""
    here = _within(record, paragraph)
    spans = [span for span in record.spans if span.id in here]
    sources = here | {AUTHOR}
    among = [one for one in record.relations if one.target in here and one.source in sources]
    return spans, among


def _document(whole: Document, paragraph: Paragraph) -> Document:
    """A paragraph as a document of its own, which says where it is from."""
    place = dict(zip(_OWN, (whole.id, paragraph.index, paragraph.start), strict=True))
    return Document(
        f"{whole.id}#{paragraph.index}",
        whole.title,
        whole.text[paragraph.start : paragraph.end],
        (Paragraph(0, 0, paragraph.end - paragraph.start),),
        {**whole.meta, **place},
    )


def _attributes_in(items: Iterable[Span | Relation]) -> int:
    """How many attributes these items have."""
    return sum(len(item.attributes) for item in items)


def _shown(record: Record, paragraph: Paragraph) -> tuple[Shown, ...]:
    """The suggestions that were shown in a paragraph, counted from its start."""
    start = paragraph.start
    return tuple(
        replace(
            one,
            paragraph=0,
            start=None if one.start is None else one.start - start,
            end=None if one.end is None else one.end - start,
        )
        for one in record.shown
        if one.paragraph == paragraph.index
    )


def _history(record: Record, names: Mapping[str, str]) -> Mapping[str, object]:
    """What is known of how the items of a paragraph came about."""
    if not record.history:
        return {}
    items = {id: history for id, history in record.history["items"].items() if id in names}
    return {**record.history, "items": items}


__all__ = ["by_paragraph", "document_of", "moved"]
