"""Every disagreement in finished work, one by one: what is missing, or differs in bounds, label,
side or attribute."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, fields, replace

import numpy as np

from annotator.measures import f1
from annotator.measures.api import Comparison, Passage, called, relation_pairs, span_arrays
from annotator.model.fields import Field, fields_of_layer
from annotator.model.schema import Layer
from annotator.model.span import AUTHOR, Annotation, Span
from annotator.model.text import paragraph_number

_KINDS = ("", "label", "bounds", "bounds and label")


@dataclass(frozen=True, slots=True)
class PairDifference:
    """What two annotators coded differently at one place. `kind` is missing, bounds, label, bounds
    and label, holder, target, side, or the name of an attribute, whose values are in `value_1` and
    `value_2`.

    For an annotator without such an annotation, label, bounds and quote are empty. The quote of a
    relation is that of its target, `holder` that of its source. `paragraph` counts from 1.
    """

    document: str
    paragraph: int
    layer: str
    kind: str
    annotator_1: str
    annotator_2: str
    label_1: str = ""
    label_2: str = ""
    start_1: int | None = None
    end_1: int | None = None
    start_2: int | None = None
    end_2: int | None = None
    quote_1: str = ""
    quote_2: str = ""
    holder_1: str = ""
    holder_2: str = ""
    value_1: str = ""
    value_2: str = ""

    def between(self, called: Mapping[str, str]) -> PairDifference:
        """The same with other names for the annotators."""
        one, other = self.annotator_1, self.annotator_2
        return replace(self, annotator_1=called.get(one, one), annotator_2=called.get(other, other))

    def row(self) -> tuple[object, ...]:
        """The cells of a table."""
        return astuple(self)


COLUMNS = tuple(field.name for field in fields(PairDifference))


def differences(comparison: Comparison, layers: Sequence[Layer]) -> Iterator[PairDifference]:
    """All differences, layer by layer, in the order of documents and paragraphs."""
    for layer in layers:
        found = (
            _of_spans(comparison, layer)
            if layer.kind == "span"
            else _of_relations(comparison, layer)
        )
        yield from sorted(
            found, key=lambda d: (d.document, d.paragraph, d.annotator_1, d.annotator_2, _start(d))
        )


def _start(found: PairDifference) -> int:
    return found.start_1 if found.start_1 is not None else found.start_2 or 0


def _of_spans(comparison: Comparison, layer: Layer) -> Iterator[PairDifference]:
    found = span_arrays(comparison, layer.name)
    names, who = comparison.annotators, found.who
    a, b, kinds = f1.paired(comparison, layer.name)
    every = fields_of_layer(layer)
    met: dict[int, set[int]] = {}
    for one, other, kind in zip(a.tolist(), b.tolist(), kinds.tolist(), strict=True):
        met.setdefault(one, set()).add(int(who[other]))
        met.setdefault(other, set()).add(int(who[one]))
        passage = comparison.passages[int(found.passage[one])]
        pair = (names[int(who[one])], names[int(who[other])])
        first, second = found.spans[one], found.spans[other]
        if kind:
            yield _between(passage, layer, _KINDS[kind], pair, first, second)
        for field in _differing(every, first, second):
            yield _between(passage, layer, called(field.name), pair, first, second, field)
    people = found.people
    for row, span in enumerate(found.spans):
        number = int(found.passage[row])
        for other in np.unique(people[number][people[number] >= 0]).tolist():
            if other != int(who[row]) and other not in met.get(row, ()):
                one, two = names[int(who[row])], names[other]
                held = (span, None) if one < two else (None, span)
                yield _between(
                    comparison.passages[number],
                    layer,
                    "missing",
                    (min(one, two), max(one, two)),
                    *held,
                )


def _of_relations(comparison: Comparison, layer: Layer) -> Iterator[PairDifference]:
    every = fields_of_layer(layer)
    for i, meeting in relation_pairs(comparison, layer.name):
        passage = comparison.passages[i]
        for one, other in meeting.pairs:
            if one.label != other.label:
                yield _between(passage, layer, "side", meeting.who, one, other)
            for field in _differing(every, one, other):
                yield _between(passage, layer, called(field.name), meeting.who, one, other, field)
        for cause, first, second in meeting.rest:
            yield _between(passage, layer, cause, meeting.who, first, second)


def _differing(every: Sequence[Field], one: Annotation, other: Annotation) -> list[Field]:
    """The fields in which two annotations differ, by what gold takes as equal."""
    return [field for field in every if field.key(one) != field.key(other)]


def _value(item: Annotation, field: Field) -> str:
    held = field.of(item)
    if isinstance(held, list):
        return "–".join(map(str, held)) if field.pair else "; ".join(sorted(map(str, held)))
    return "" if held is None else str(held)


def _between(
    passage: Passage,
    layer: Layer,
    kind: str,
    who: tuple[str, str],
    one: Annotation | None,
    other: Annotation | None,
    field: Field | None = None,
) -> PairDifference:
    first, second = _columns(passage, who[0], one), _columns(passage, who[1], other)
    values = [
        _value(item, field) if field is not None and item is not None else ""
        for item in (one, other)
    ]
    return PairDifference(
        passage.name,
        paragraph_number(passage.index),
        layer.name,
        kind,
        *who,
        first[0],
        second[0],
        first[1],
        first[2],
        second[1],
        second[2],
        first[3],
        second[3],
        first[4],
        second[4],
        *values,
    )


_Told = tuple[str, "int | None", "int | None", str, str]


def _columns(passage: Passage, who: str, item: Annotation | None) -> _Told:
    """Label, bounds and quote, and for a relation its holder."""
    if item is None:
        return ("", None, None, "", "")
    if isinstance(item, Span):
        return (item.label, item.start, item.end, _quote(passage, item), "")
    ends = passage.works[who].ends
    target, source = ends.get(item.target), ends.get(item.source)
    holder = (
        AUTHOR if item.source == AUTHOR else _quote(passage, source) if source is not None else "?"
    )
    if target is None:
        return (item.label, None, None, "?", holder)
    return (item.label, target.start, target.end, _quote(passage, target), holder)


def _quote(passage: Passage, span: Span) -> str:
    return " ".join(passage.text[span.start : span.end].split())


@dataclass(frozen=True, slots=True)
class DifferenceFilter:
    """Which differences are chosen: of a layer, of some kinds, with some labels (`both`: one of
    each), between annotators (if one is named: with anybody). An empty filter takes everything.
    `title` describes it in words."""

    title: str
    layer: str = ""
    kinds: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    both: bool = False
    who: tuple[str, ...] = ()

    def holds(self, found: PairDifference) -> bool:
        """Whether a difference is one of them."""
        if self.layer and found.layer != self.layer:
            return False
        if self.kinds and found.kind not in self.kinds:
            return False
        labels = {found.label_1, found.label_2}
        if self.both and labels != set(self.labels):
            return False
        if self.labels and not labels & set(self.labels):
            return False
        people = {found.annotator_1, found.annotator_2}
        return set(self.who) <= people if len(self.who) < 3 else people <= set(self.who)


__all__ = ["COLUMNS", "DifferenceFilter", "PairDifference", "differences"]
