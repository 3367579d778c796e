"""The spans of one layer as arrays of numbers, and which of two annotators' spans are the same.

Counts over all pairs of annotators are made by sorting, not by nested loops: 500,000 spans of ten
annotators take a fraction of a second. Within a document its annotators are numbered from 0 (their
*seats*), so that the cost depends on how many share a document and not on how many there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotator.measures._comparison import Comparison, PassageWork
from annotator.measures._tables import Array, Ints
from annotator.model.span import Span


@dataclass(frozen=True, slots=True)
class SpanArrays:
    """A row for each span: its passage, the seat of its annotator, its bounds on a continuum on
    which all passages follow each other, and its label (an index of `labels`). Rows are ordered by
    passage and seat.

    `people` has a row for each passage and a column for each seat: the annotator (an index of the
    comparison's) who sits there and finished the passage, or -1. `begins` is where each passage
    starts on the continuum, `lengths` how long it is, in characters.
    """

    passage: Ints
    seat: Ints
    start: Ints
    end: Ints
    label: Ints
    labels: tuple[str, ...]
    spans: Sequence[Span]
    people: Ints
    begins: Ints
    lengths: Ints

    @property
    def seats(self) -> int:
        """How many annotators share a document at most."""
        return int(self.people.shape[1])

    @property
    def present(self) -> NDArray[np.bool_]:
        """Which seats are taken in each passage."""
        return self.people >= 0

    @property
    def annotators(self) -> Ints:
        """How many annotators finished each passage."""
        return np.asarray(self.present.sum(axis=1), dtype=np.int64)

    @property
    def who(self) -> Ints:
        """The annotator of each row, an index of the comparison's."""
        return np.asarray(self.people[self.passage, self.seat], dtype=np.int64)


def seating(comparison: Comparison) -> Ints:
    """The annotator in each seat of each passage, `(passages, seats)`; an annotator has one seat in
    a document."""
    if "seating" not in comparison.cache:
        number = {name: i for i, name in enumerate(comparison.annotators)}
        of_document: dict[int, set[str]] = {}
        for passage in comparison.passages:
            of_document.setdefault(passage.document, set()).update(passage.works)
        seat = {
            document: {name: i for i, name in enumerate(sorted(names))}
            for document, names in of_document.items()
        }
        width = max((len(names) for names in of_document.values()), default=0)
        people = np.full((len(comparison.passages), width), -1, dtype=np.int64)
        for i, passage in enumerate(comparison.passages):
            own = seat[passage.document]
            for name in passage.works:
                people[i, own[name]] = number[name]
        comparison.cache["seating"] = people
    found = comparison.cache["seating"]
    assert isinstance(found, np.ndarray)
    return found


def work_at(comparison: Comparison, passage: int, seat: int) -> PassageWork:
    """The work of whoever sits in a seat of a passage."""
    who = comparison.annotators[int(seating(comparison)[passage, seat])]
    return comparison.passages[passage].works[who]


def span_arrays(comparison: Comparison, layer: str) -> SpanArrays:
    """The spans of a layer; made once for a comparison."""
    key = ("spans", layer)
    if key not in comparison.cache:
        comparison.cache[key] = _span_arrays(comparison, layer)
    found = comparison.cache[key]
    assert isinstance(found, SpanArrays)
    return found


def _by_layer(comparison: Comparison) -> dict[str, tuple[list[Span], list[int], list[int]]]:
    """The spans of each layer, with the passage and seat of each, in their order; made once for a
    comparison."""
    if "by layer" not in comparison.cache:
        people, names = seating(comparison), comparison.annotators
        out: dict[str, tuple[list[Span], list[int], list[int]]] = {}
        for i, (passage, row) in enumerate(zip(comparison.passages, people.tolist(), strict=True)):
            for seat, who in enumerate(row):
                if who >= 0:
                    for span in passage.works[names[who]].spans:
                        spans, passages, seats = out.setdefault(span.layer, ([], [], []))
                        spans.append(span)
                        passages.append(i)
                        seats.append(seat)
        comparison.cache["by layer"] = out
    found = comparison.cache["by layer"]
    assert isinstance(found, dict)
    return found


def span_layers(comparison: Comparison) -> list[str]:
    """The layers that have spans, sorted."""
    return sorted(_by_layer(comparison))


def _span_arrays(comparison: Comparison, layer: str) -> SpanArrays:
    people = seating(comparison)
    spans, passages, seats = _by_layer(comparison).get(layer, ([], [], []))
    labels = tuple(sorted({span.label for span in spans}))
    code = {label: i for i, label in enumerate(labels)}
    starts = np.array([p.start for p in comparison.passages], dtype=np.int64)
    lengths = np.array([p.end - p.start for p in comparison.passages], dtype=np.int64)
    begins = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths + 1)[:-1]])[
        : len(lengths)
    ]
    passage_of = np.array(passages, dtype=np.int64)
    shift = (begins - starts)[passage_of]
    # Only a span beyond the last paragraph can reach beyond its passage.
    stops = (begins + lengths)[passage_of]
    return SpanArrays(
        passage=passage_of,
        seat=np.array(seats, dtype=np.int64),
        start=np.array([span.start for span in spans], dtype=np.int64) + shift,
        end=np.minimum(np.array([span.end for span in spans], dtype=np.int64) + shift, stops),
        label=np.array([code[span.label] for span in spans], dtype=np.int64),
        labels=labels,
        spans=spans,
        people=people,
        begins=begins,
        lengths=lengths,
    )


def marked(found: SpanArrays) -> Array:
    """For each passage the number of spans, summed over both annotators of every pair."""
    size = len(found.people)
    return np.asarray(np.bincount(found.passage, minlength=size) * (found.annotators - 1.0))


def same_pairs(found: SpanArrays, *, label: bool) -> tuple[Ints, Ints]:
    """Rows of two annotators with the same bounds (and the same `label`): `(n,)` twice, the earlier
    seat first. They are paired one to one for every two annotators."""
    longest = int((found.end - found.start).max(initial=0)) + 1
    key = found.start * longest + (found.end - found.start)
    if label:
        key = key * max(1, len(found.labels)) + found.label
    order = np.lexsort((found.seat, key))
    key, seat = key[order], found.seat[order]
    # Equal spans of one annotator are numbered, so that they are paired one to one with those of
    # the other.
    twin = np.zeros(len(key), dtype=np.int64)
    again = (key[1:] == key[:-1]) & (seat[1:] == seat[:-1])
    if again.any():
        run = np.arange(len(key))
        first = np.maximum.accumulate(np.where(np.concatenate([[True], ~again]), run, 0))
        twin = run - first
        order2 = np.lexsort((seat, twin, key))
        key, twin, order = key[order2], twin[order2], order[order2]
    return _rows_together(order, (key, twin), found.seats)


def _rows_together(order: Ints, keys: tuple[Ints, ...], most: int) -> tuple[Ints, Ints]:
    """Every two of the rows in `order` that follow each other with equal `keys`;
    at most `most` have equal ones."""
    left: list[Ints] = []
    right: list[Ints] = []
    for step in range(1, most):
        equal = np.ones(max(0, len(order) - step), dtype=bool)
        for key in keys:
            equal &= key[step:] == key[:-step]
        if not equal.any():
            break
        at = np.flatnonzero(equal)
        left.append(order[at])
        right.append(order[at + step])
    return _joined(left), _joined(right)


def rows_by_group(group: Ints, most: int) -> tuple[Ints, Ints]:
    """Every two rows of one group, `(n,)` twice; a group has at most `most` rows."""
    order = np.argsort(group, kind="stable")
    return _rows_together(order, (group[order],), most)


def _joined(parts: Sequence[Ints]) -> Ints:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)


def overlaps(found: SpanArrays) -> tuple[Ints, Ints]:
    """Rows of two annotators that overlap, the earlier seat first: `(n,)` twice."""
    order = np.lexsort((found.end, found.start))
    start, end = found.start[order], found.end[order]
    left: list[Ints] = []
    right: list[Ints] = []
    live = np.arange(len(order))
    # A span can overlap the one `step` places further on only if it overlaps those in between.
    reach = np.searchsorted(start, end, side="left")
    for step in range(1, len(order)):
        live = live[reach[live] > live + step]
        if not len(live):
            break
        left.append(order[live])
        right.append(order[live + step])
    a, b = _joined(left), _joined(right)
    other = found.seat[a] != found.seat[b]
    a, b = a[other], b[other]
    swap = found.seat[a] > found.seat[b]
    return np.where(swap, b, a), np.where(swap, a, b)


def shared(found: SpanArrays, a: Ints, b: Ints) -> Ints:
    """Characters that the spans of two rows have in common."""
    return np.minimum(found.end[a], found.end[b]) - np.maximum(found.start[a], found.start[b])


def by_passage(passages: int, passage: Ints, weights: Array | None = None) -> Array:
    """How many rows (or their summed weights) each passage has: `(passages,)`."""
    return np.bincount(passage, weights=weights, minlength=passages).astype(np.float64)


def spread(
    passages: int, passage: Ints, cell: Ints, width: int, weights: Array | None = None
) -> Array:
    """How often (or with what summed weights) each of `width` cells occurs
    in each passage: `(passages, width)`."""
    flat = np.bincount(passage * width + cell, weights=weights, minlength=passages * width)
    return flat.reshape(passages, width).astype(np.float64)


__all__ = [
    "SpanArrays",
    "by_passage",
    "marked",
    "overlaps",
    "rows_by_group",
    "same_pairs",
    "seating",
    "shared",
    "span_arrays",
    "span_layers",
    "spread",
    "work_at",
]
