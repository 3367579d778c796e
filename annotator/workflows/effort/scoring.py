"""Compares suggestions with the final decisions: precision, recall, F1, and the keys that they
save."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from annotator.learners.evaluation import calibration_error, scores
from annotator.model.decision import Suggestion
from annotator.model.effort import (
    PAGE,
    Effort,
    StanceRanges,
    TextRange,
    of_relations,
    of_spans,
    total,
)
from annotator.model.record import Record
from annotator.model.schema import LabelSchema, Layer
from annotator.model.span import AUTHOR, Relation, Span, iou
from annotator.model.text import Document, Paragraph

NEAR = 0.5
"""The least intersection over union at which a suggested span counts as the decided one when
relations are compared: correcting its bounds keeps the relation."""


@dataclass(frozen=True, slots=True)
class Decided:
    """A paragraph in its final state; offsets are the document's."""

    document: Document
    paragraph: Paragraph
    spans: tuple[Span, ...]
    relations: tuple[Relation, ...]


def decided(record: Record, paragraph: Paragraph) -> Decided:
    """A paragraph of a record. A relation belongs to the paragraph of its target, and must have
    both ends."""
    spans = tuple(s for s in record.spans if paragraph.start <= s.start and s.end <= paragraph.end)
    here = {s.id for s in spans} | {AUTHOR}
    relations = tuple(r for r in record.relations if r.source in here and r.target in here)
    return Decided(record.document, paragraph, spans, relations)


@dataclass
class LayerScore:
    """Sums over the paragraphs of one layer."""

    layer: Layer
    counts: dict[str, Counter[str]] = field(default_factory=dict)
    efforts: list[Effort] = field(default_factory=list)
    chances: list[tuple[float, bool]] = field(default_factory=list)

    def add(self, one: Decided, shown: Sequence[Suggestion]) -> list[tuple[Suggestion, bool]]:
        """Compare a paragraph. Returns each suggestion with whether it was right."""
        mine = [s for s in shown if s.value.layer == self.layer.name]
        if self.layer.kind == "span":
            return self._spans(one, mine)
        return self._relations(one, mine, shown)

    def _spans(self, one: Decided, mine: Sequence[Suggestion]) -> list[tuple[Suggestion, bool]]:
        low, high = one.paragraph.start, one.paragraph.end
        wanted = [_stretch(s, low) for s in one.spans if s.layer == self.layer.name]
        given = [_stretch(s.value, low) for s in mine if isinstance(s.value, Span)]
        self.efforts.append(of_spans(one.document.text[low:high], given, wanted))
        right = [stretch in set(wanted) for stretch in given]
        return self._count(mine, right, [label for _, _, label in wanted])

    def _relations(
        self, one: Decided, mine: Sequence[Suggestion], shown: Sequence[Suggestion]
    ) -> list[tuple[Suggestion, bool]]:
        ends = _decided_ends(one)
        known = ends | _suggested_ends(one, shown)
        of_layer = (r for r in one.relations if r.layer == self.layer.name)
        wanted = [edge for r in of_layer if (edge := _edge(r, ends)) is not None]
        kept: list[Suggestion] = []
        given: list[StanceRanges] = []
        for suggestion in mine:
            value = suggestion.value
            edge = _edge(value, known) if isinstance(value, Relation) else None
            if edge is not None:
                kept.append(suggestion)
                given.append(edge)
        self.efforts.append(of_relations(given, wanted))
        return self._count(
            kept, [edge in wanted for edge in given], [label for _, label, _ in wanted]
        )

    def _count(
        self, mine: Sequence[Suggestion], right: Sequence[bool], wanted: Iterable[str]
    ) -> list[tuple[Suggestion, bool]]:
        for s, is_right in zip(mine, right, strict=True):
            counts = self.counts.setdefault(s.value.label, Counter())
            counts["proposed"] += 1
            counts["right"] += is_right
            self.chances.append((s.score, is_right))
        for label in wanted:
            self.counts.setdefault(label, Counter())["wanted"] += 1
        return list(zip(mine, right, strict=True))

    def result(self) -> dict[str, Any]:
        """Figures, JSON-able: `labels` and `all` with precision, recall, F1;
        keys; wrong ones per paragraph."""
        every: Counter[str] = Counter()
        for counts in self.counts.values():
            every.update(counts)
        return {
            "labels": {label: scores(self.counts[label]) for label in sorted(self.counts)},
            "all": scores(every),
            **keys_of(self.efforts),
            "calibration_error": _rounded(calibration_error(self.chances)),
        }


class Score:
    """Sums over paragraphs for every layer of a schema."""

    def __init__(self, schema: LabelSchema, layers: Sequence[str] = ()) -> None:
        self.layers = [
            LayerScore(layer) for layer in schema.layers if not layers or layer.name in layers
        ]

    def add(self, one: Decided, shown: Sequence[Suggestion]) -> list[tuple[Suggestion, bool]]:
        """Compare a paragraph. Returns each suggestion with whether it was right."""
        return [pair for layer in self.layers for pair in layer.add(one, shown)]

    def result(self) -> dict[str, dict[str, Any]]:
        """The figures of each layer in which anything was marked."""
        return {
            layer.layer.name: layer.result()
            for layer in self.layers
            if any(effort.wanted for effort in layer.efforts)
        }

    def efforts(self, first: int, last: int) -> Mapping[str, Sequence[Effort]]:
        """The costs of the paragraphs `[first, last)`, in the order in which they were added, by
        layer."""
        return {layer.layer.name: layer.efforts[first:last] for layer in self.layers}

    def together(self, first: int, last: int | None = None) -> dict[str, Any]:
        """The keys over all layers; the key that ends a paragraph counts once."""
        every = [layer.efforts[first:last] for layer in self.layers]
        paragraphs = [total(some) for some in zip(*every, strict=True)]
        spare = PAGE * (sum(layer.layer.kind == "span" for layer in self.layers) - 1)
        return keys_of(
            [
                Effort(e.keys - spare, e.without - spare, e.right, e.wrong, e.wanted)
                for e in paragraphs
            ]
        )


def keys_of(efforts: Sequence[Effort]) -> dict[str, Any]:
    """Keys with and `without` suggestions, the share saved, wrong suggestions
    per paragraph, keys per item."""
    sums = total(efforts)
    return {
        "keys": sums.keys,
        "without": sums.without,
        "saved": _rounded(sums.saved),
        "wrong": _rounded(sums.wrong / len(efforts)) if efforts else None,
        "keys_per_item": _rounded(sums.keys / sums.wanted) if sums.wanted else None,
        "paragraphs": len(efforts),
    }


def _nearest(span: Span, others: Iterable[Span]) -> Span | None:
    near = [(iou(span, one), one.id, one) for one in others if one.layer == span.layer]
    best = max(near, default=None, key=lambda pair: pair[:2])
    return best[2] if best is not None and best[0] >= NEAR else None


def _stretch(span: Span, start: int) -> TextRange:
    return span.start - start, span.end - start, span.label


def _decided_ends(one: Decided) -> dict[str, TextRange]:
    """Where the ends of relations are in a paragraph, by id."""
    low = one.paragraph.start
    return {AUTHOR: (0, 0, AUTHOR)} | {span.id: _stretch(span, low) for span in one.spans}


def _suggested_ends(one: Decided, shown: Iterable[Suggestion]) -> dict[str, TextRange]:
    """Where suggested spans are, by id: at the decided span nearby, which keeps their relations."""
    low = one.paragraph.start
    spans = [s.value for s in shown if isinstance(s.value, Span)]
    return {span.id: _stretch(_nearest(span, one.spans) or span, low) for span in spans}


def _edge(relation: Relation, ends: Mapping[str, TextRange]) -> StanceRanges | None:
    """A relation by the places of its ends; None if one is missing."""
    source, target = ends.get(relation.source), ends.get(relation.target)
    if source is None or target is None:
        return None
    return source, relation.label, target


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


__all__ = ["NEAR", "Decided", "LayerScore", "Score", "decided", "keys_of"]
