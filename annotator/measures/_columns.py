"""The spans of one layer as columns of numbers, and which of two annotators' spans belong together.

What is counted over all pairs of annotators is counted here by sorting, not by nested loops: 500,000 spans of
ten annotators take fractions of a second.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from annotator.measures._data import Array, Comparison
from annotator.model.span import Span

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Columns:
    """A row for each span: its passage and annotator (indices), bounds on one continuum that all passages
    follow each other on, and its label (an index of `labels`). Rows are ordered by passage and annotator.

    `present` has a row for each passage and a column for each annotator: who finished it. `begins` is where
    each passage starts on the continuum, `lengths` how long it is, in characters.
    """

    passage: Ints
    who: Ints
    start: Ints
    end: Ints
    label: Ints
    labels: tuple[str, ...]
    spans: Sequence[Span]
    present: NDArray[np.bool_]
    begins: Ints
    lengths: Ints

    @property
    def annotators(self) -> int:
        """How many annotators there are."""
        return int(self.present.shape[1])


def columns(comparison: Comparison, layer: str) -> Columns:
    """The spans of a layer; made once for a comparison."""
    key = ("columns", layer)
    if key not in comparison.cache:
        comparison.cache[key] = _columns(comparison, layer)
    found = comparison.cache[key]
    assert isinstance(found, Columns)
    return found


def _columns(comparison: Comparison, layer: str) -> Columns:
    number = {name: i for i, name in enumerate(comparison.annotators)}
    present = np.zeros((len(comparison.passages), len(number)), dtype=bool)
    groups: list[list[Span]] = []
    passages: list[int] = []
    people: list[int] = []
    for i, passage in enumerate(comparison.passages):
        for name, work in passage.works.items():
            present[i, number[name]] = True
            groups.append(work.of(layer))
            passages.append(i)
            people.append(number[name])
    spans = list(chain.from_iterable(groups))
    sizes = [len(group) for group in groups]
    labels = tuple(sorted({span.label for span in spans}))
    code = {label: i for i, label in enumerate(labels)}
    starts = np.array([p.start for p in comparison.passages], dtype=np.int64)
    lengths = np.array([p.end - p.start for p in comparison.passages], dtype=np.int64)
    stops = np.array([p.end for p in comparison.passages], dtype=np.int64)
    passage_of = np.repeat(np.array(passages, dtype=np.int64), sizes)
    ends = np.array([span.end for span in spans], dtype=np.int64)
    # A span that runs on past its passage must not reach the next one.
    over = int((ends - stops[passage_of]).max(initial=0))
    begins = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths + 1 + max(0, over))[:-1]])[
        : len(lengths)
    ]
    shift = (begins - starts)[passage_of]
    return Columns(
        passage_of,
        np.repeat(np.array(people, dtype=np.int64), sizes),
        np.array([span.start for span in spans], dtype=np.int64) + shift,
        ends + shift,
        np.array([code[span.label] for span in spans], dtype=np.int64),
        labels,
        spans,
        present,
        begins,
        lengths,
    )  # fmt: skip


def marked(found: Columns) -> Array:
    """For each passage the number of spans, summed over both annotators of every pair."""
    size = len(found.present)
    return np.asarray(np.bincount(found.passage, minlength=size) * (found.present.sum(axis=1) - 1.0))


def same_pairs(found: Columns, *, label: bool) -> tuple[Ints, Ints]:
    """Rows of two annotators with the same bounds (and the same `label`): `(n,)` twice, the earlier annotator
    first; one to one for every two annotators."""
    longest = int((found.end - found.start).max(initial=0)) + 1
    key = found.start * longest + (found.end - found.start)
    if label:
        key = key * max(1, len(found.labels)) + found.label
    order = np.lexsort((found.who, key))
    key, who = key[order], found.who[order]
    # Twins of one annotator are told apart by their number, so that they meet the other's one to one.
    twin = np.zeros(len(key), dtype=np.int64)
    again = (key[1:] == key[:-1]) & (who[1:] == who[:-1])
    if again.any():
        run = np.arange(len(key))
        first = np.maximum.accumulate(np.where(np.concatenate([[True], ~again]), run, 0))
        twin = run - first
        order2 = np.lexsort((who, twin, key))
        key, who, twin, order = key[order2], who[order2], twin[order2], order[order2]
    left: list[Ints] = []
    right: list[Ints] = []
    for step in range(1, found.annotators):
        equal = (key[step:] == key[:-step]) & (twin[step:] == twin[:-step])
        if not equal.any():
            break
        at = np.flatnonzero(equal)
        left.append(order[at])
        right.append(order[at + step])
    if not left:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    return np.concatenate(left), np.concatenate(right)


def overlaps(found: Columns) -> tuple[Ints, Ints]:
    """Rows of two annotators that overlap, the earlier annotator first: `(n,)` twice."""
    order = np.lexsort((found.end, found.start))
    start, end = found.start[order], found.end[order]
    left: list[Ints] = []
    right: list[Ints] = []
    live = np.arange(len(order))
    # A span can only overlap one `step` further on while those between begin before it ends.
    reach = np.searchsorted(start, end, side="left")
    for step in range(1, len(order)):
        live = live[reach[live] > live + step]
        if not len(live):
            break
        left.append(order[live])
        right.append(order[live + step])
    if not left:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    a, b = np.concatenate(left), np.concatenate(right)
    other = found.who[a] != found.who[b]
    a, b = a[other], b[other]
    swap = found.who[a] > found.who[b]
    return np.where(swap, b, a), np.where(swap, a, b)


def shared(found: Columns, a: Ints, b: Ints) -> Ints:
    """Characters that the spans of two rows have in common."""
    return np.minimum(found.end[a], found.end[b]) - np.maximum(found.start[a], found.start[b])


def one_to_one(found: Columns, a: Ints, b: Ints, ranks: Sequence[Ints]) -> NDArray[np.bool_]:
    """Which of the candidate pairs to keep so that, for every two annotators, no span is in two pairs.

    Pairs are taken in the order of `ranks` (the first most important, then by place): as a greedy choice
    would, though in rounds: a pair that is the best one left of both its spans is taken.
    """
    length = found.end - found.start
    ties = (
        np.maximum(length[a], length[b]), np.minimum(found.label[a], found.label[b]),
        np.minimum(found.end[a], found.end[b]), np.minimum(found.start[a], found.start[b]),
        np.maximum(found.start[a], found.start[b]),
    )  # fmt: skip
    order = np.lexsort((*ties, *reversed(ranks)))
    # A span takes part once for each other annotator.
    one = (a * found.annotators + found.who[b])[order]
    other = (b * found.annotators + found.who[a])[order]
    keys = np.concatenate([one, other])
    _, codes = np.unique(keys, return_inverse=True)
    one, other = codes[: len(one)], codes[len(one) :]
    taken = np.zeros(len(order), dtype=bool)
    used = np.zeros(int(codes.max(initial=-1)) + 1, dtype=bool)
    live = np.arange(len(order))
    best = np.empty(len(used), dtype=np.int64)
    while len(live):
        best[one[live][::-1]] = live[::-1]
        first = best[one[live]] == live
        best[other[live][::-1]] = live[::-1]
        first &= best[other[live]] == live
        chosen = live[first]
        taken[chosen] = True
        used[one[chosen]] = True
        used[other[chosen]] = True
        live = live[~(used[one[live]] | used[other[live]])]
    keep = np.zeros(len(order), dtype=bool)
    keep[order[taken]] = True
    return keep


def aligned(comparison: Comparison, layer: str, *, least: float = 0.5) -> tuple[Ints, Ints]:
    """Pairs of rows of two annotators, one to one, the largest overlaps first, with an intersection over union of
    at least `least`; made once for a comparison."""
    key = ("aligned", layer, least)
    if key not in comparison.cache:
        found = columns(comparison, layer)
        a, b = overlaps(found)
        common = shared(found, a, b)
        union = (found.end - found.start)[a] + (found.end - found.start)[b] - common
        enough = common >= least * union
        a, b, common = a[enough], b[enough], common[enough]
        keep = one_to_one(found, a, b, [-common, np.abs(found.start[a] - found.start[b])])
        comparison.cache[key] = (a[keep], b[keep])
    pairs = comparison.cache[key]
    assert isinstance(pairs, tuple)
    return pairs


def by_passage(found: Columns, rows: Ints, weights: Array | None = None) -> Array:
    """How many rows (or their summed weights) each passage has: `(passages,)`."""
    size = len(found.present)
    return np.bincount(found.passage[rows], weights=weights, minlength=size).astype(np.float64)


def spread(found: Columns, passage: Ints, cell: Ints, width: int, weights: Array | None = None) -> Array:
    """How often (or with what summed weights) each of `width` cells occurs in each passage: `(passages, width)`."""
    size = len(found.present)
    flat = np.bincount(passage * width + cell, weights=weights, minlength=size * width)
    return flat.reshape(size, width).astype(np.float64)


__all__ = [
    "Columns", "Ints", "aligned", "by_passage", "columns", "marked", "one_to_one", "overlaps", "same_pairs",
    "shared", "spread",
]  # fmt: skip
