"""Statements: who takes which side on what, and where. They are the rows of a discourse network.

A claim that the text asserts itself counts as held by the author, unless a stance of the author on
it says otherwise. A concept that begins with `not: ` is the contrary of what follows: both meet in
one concept, the sign turned round. Leifeld, P. (2017). Discourse network analysis. Oxford Handbook
of Political Networks.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from annotator.model.names import Concepts, names_of, parted
from annotator.model.record import Record
from annotator.model.span import AUTHOR, Relation, Span

SIGNS: Mapping[str, int] = {
    "support": 1,
    "agree": 1,
    "agreement": 1,
    "pos": 1,
    "+1": 1,
    "1": 1,
    "oppose": -1,
    "disagree": -1,
    "disagreement": -1,
    "neg": -1,
    "-1": -1,
}
"""Labels of relations that are for (1) or against (-1) something; all others are neither (0)."""

AUTHOR_NAME = "author"
"""The text's own voice as a holder."""

_CONCEPTS: Concepts = {"claim": ("concept", True), "concept": ("concept", False)}
"""Where concepts are held in the schemas that are shipped, for records without their schema."""

AUTHOR_LAYERS = ("claim",)
"""Where a span has an attribution in the schemas that are shipped, for records without their
schema."""


Sort: TypeAlias = Literal["concept", "entity", "claim"]


@dataclass(frozen=True, slots=True)
class Statement:
    """One side taken by one holder on one concept (or entity, or claim without a concept).

    `item` is the relation, or the claim itself where the text asserts it. `coder` is None for gold.
    `date` is the ISO 8601 date in the document's metadata, or empty. `sign` is 1, -1 or 0, with
    `not: ` taken into account; `side` is the label as coded. `sort` says what `about` is: a
    concept, an entity (for a side on an actor), or the words of a claim without a concept. `start`
    and `end` are code points of the document's text and hold `quote`.
    """

    document: str
    title: str
    date: str
    paragraph: int
    coder: str | None
    item: str
    holder: str
    kind: str
    side: str
    sign: int
    about: str
    sort: Sort
    target: str
    label: str
    quote: str
    start: int
    end: int
    strength: int | None = None
    cue: str = ""


def asserted_by_text(span: Span, layers: Collection[str]) -> bool:
    """Whether a claim's attribution is the author, in one of the `layers` that the author can hold
    (`LabelSchema.author_layers`)."""
    return span.layer in layers and span.attributes.get("attribution") == "author"


def statements(
    record: Record, concepts: Concepts | None = None, author: Collection[str] = AUTHOR_LAYERS
) -> list[Statement]:
    """The statements of a record in text order. `concepts` says which attribute holds a layer's
    concepts (see `names.concepts_of`), and `author` in which layers the text itself can assert
    something (`LabelSchema.author_layers`); the defaults are those of the shipped schemas."""
    where = _CONCEPTS if concepts is None else concepts
    spans = {span.id: span for span in record.spans}
    taken = [(r, spans[r.target]) for r in record.relations if r.target in spans]
    voiced = {target.id for r, target in taken if r.source == AUTHOR}
    found: list[Statement] = []
    for relation, target in taken:
        source = spans.get(relation.source)
        if source is not None or relation.source == AUTHOR:
            found += _of(record, target, relation, source, where)
    for span in record.spans:
        if asserted_by_text(span, author) and span.id not in voiced:
            found += _of(record, span, None, None, where)
    return sorted(found, key=lambda s: (s.start, -s.end, s.item, s.holder, s.about))


def compared_side(label: str, *, turned: bool) -> str:
    """A side as agreement compares it: its sign, reversed for the contrary of a concept; for a side
    without a sign, its label."""
    sign = SIGNS.get(label.casefold(), 0)
    return label if not sign else str(-sign if turned else sign)


def of_records(
    records: Iterable[Record],
    concepts: Concepts | None = None,
    author: Collection[str] = AUTHOR_LAYERS,
) -> Iterator[Statement]:
    """The statements of several records, in their order."""
    for record in records:
        yield from statements(record, concepts, author)


def _of(
    record: Record, target: Span, relation: Relation | None, source: Span | None, concepts: Concepts
) -> Iterator[Statement]:
    document = record.document
    quote = document.quote(target.start, target.end)
    side = relation.label if relation is not None else "support"
    attributes = relation.attributes if relation is not None else {}
    strength, cue = attributes.get("strength"), attributes.get("cue")
    for holder in _holders(record, source):
        for about, turned, sort in _abouts(target, quote, concepts):
            sign = SIGNS.get(side.casefold(), 0)
            yield Statement(
                document.id,
                document.title,
                _date(record),
                document.paragraph_at(target.start).index,
                record.annotator,
                relation.id if relation is not None else target.id,
                holder,
                source.label if source is not None else AUTHOR_NAME,
                side,
                -sign if turned else sign,
                about,
                sort,
                target.id,
                target.label,
                quote,
                target.start,
                target.end,
                strength if isinstance(strength, int) else None,
                document.quote(int(cue[0]), int(cue[1]))
                if isinstance(cue, list) and len(cue) == 2
                else "",
            )


def _holders(record: Record, source: Span | None) -> list[str]:
    """The entities of a holder; if it has none, its words; the author if the text itself is the
    holder."""
    if source is None:
        return [AUTHOR_NAME]
    names = [name for kind, name in names_of(source, {}) if kind == "entity"]
    return names or [" ".join(record.document.quote(source.start, source.end).split())]


def _abouts(target: Span, quote: str, concepts: Concepts) -> list[tuple[str, bool, Sort]]:
    """The targets of a side, whether the contrary is meant, and their kinds."""
    names = names_of(target, concepts)
    if not names:
        return [(" ".join(quote.split()), False, "claim")]
    return [(*(parted(name) if kind == "concept" else (name, False)), kind) for kind, name in names]


def _date(record: Record) -> str:
    value = record.document.meta.get("date")
    return value if isinstance(value, str) else ""


__all__ = [
    "AUTHOR_LAYERS",
    "AUTHOR_NAME",
    "SIGNS",
    "Sort",
    "Statement",
    "asserted_by_text",
    "compared_side",
    "of_records",
    "statements",
]
