"""The labels that annotators give to every character and token, as coincidences that add up over
passages. The value of a character is the set of labels that cover it; having no label is a value
too. Characters are never enumerated: all those between two boundaries are alike, so a stretch
counts with its length. A token has the labels of every span that covers part of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from annotator.measures._comparison import Comparison
from annotator.measures._span_arrays import SpanArrays, by_passage, span_arrays
from annotator.measures._tables import Array, Ints
from annotator.model.text import count_words, word_columns


@dataclass(frozen=True, slots=True)
class Coincidences:
    """For each passage, matrices of coincidences `(passages, size * size)` where a unit with m
    annotators weighs 1 / (m - 1); the `share` of each value `(passages, size)` and the `agreeing`
    pairs `(passages,)`, in units; and how many `units` there are. `values` are the sets of labels
    that the `size` values stand for, the empty one first."""

    matrices: Array
    share: Array
    agreeing: Array
    units: Array
    values: Sequence[frozenset[int]]


def characters(comparison: Comparison, layer: str) -> Coincidences:
    """Coincidences of characters; made once for a comparison."""
    key = ("characters", layer)
    if key not in comparison.cache:
        found = span_arrays(comparison, layer)
        every = [found.begins, found.begins + found.lengths, found.start, found.end]
        edges, inverse = np.unique(np.concatenate(every), return_inverse=True)
        size, spans = 2 * len(found.begins), len(found.start)
        opens, closes = inverse[size : size + spans], inverse[size + spans :]
        # Stretches between two edges. Those between passages belong to no passage.
        passage = np.searchsorted(found.begins, edges[:-1], side="right") - 1
        inside = edges[:-1] < (found.begins + found.lengths)[passage]
        weight = (np.diff(edges) * inside).astype(np.float64)
        comparison.cache[key] = _coincidences(found, opens, closes, passage, weight)
    counted = comparison.cache[key]
    assert isinstance(counted, Coincidences)
    return counted


def tokens(comparison: Comparison, layer: str) -> Coincidences:
    """Coincidences of tokens."""
    found = span_arrays(comparison, layer)
    starts, ends, passages, weights = _tokens(comparison, found)
    opens = np.searchsorted(ends, found.start, side="right")
    closes = np.maximum(opens, np.searchsorted(starts, found.end, side="left"))
    return _coincidences(found, opens, closes, passages, weights)


def _tokens(comparison: Comparison, found: SpanArrays) -> tuple[Ints, Ints, Ints, Array]:
    """Bounds on the continuum, passage and number of every token. If nobody marked anything in a
    passage, its tokens are one row with their number. Computed once for a comparison."""
    if "tokens" not in comparison.cache:
        starts: list[int] = []
        ends: list[int] = []
        counts: list[int] = []
        weights: list[float] = []
        for passage in comparison.passages:
            if any(work.spans for work in passage.works.values()):
                first, last, _ = word_columns(passage.text, passage.start, passage.end)
                starts += first
                ends += last
                weights += [1.0] * len(first)
                counts.append(len(first))
            else:
                starts.append(passage.start)
                ends.append(passage.end)
                weights.append(count_words(passage.text, passage.start, passage.end))
                counts.append(1)
        begins = np.array([p.start for p in comparison.passages], dtype=np.int64)
        passages = np.repeat(np.arange(len(counts)), counts)
        shift = (found.begins - begins)[passages]
        comparison.cache["tokens"] = (
            np.array(starts, dtype=np.int64) + shift,
            np.array(ends, dtype=np.int64) + shift,
            passages,
            np.array(weights, dtype=np.float64),
        )
    made = comparison.cache["tokens"]
    assert isinstance(made, tuple)
    return made


def _marked_by_units(
    found: SpanArrays, opens: Ints, closes: Ints, units: int
) -> Iterator[tuple[Ints, list[frozenset[int]]]]:
    """The value of every unit for each seat, `(units,)`, and the labels that each value known so
    far stands for; value 0 is no label at all."""
    known: dict[frozenset[int], int] = {frozenset(): 0}
    labels = len(found.labels)
    group = found.seat * labels + found.label
    order = np.argsort(group, kind="stable")
    first = np.searchsorted(group[order], np.arange(found.seats * labels + 1))
    for seat in range(found.seats):
        value = np.zeros(units, dtype=np.int64)
        for label in range(labels):
            at = seat * labels + label
            rows = order[first[at] : first[at + 1]]
            if not len(rows):
                continue
            change = np.bincount(opens[rows], minlength=units + 1) - np.bincount(
                closes[rows], minlength=units + 1
            )
            covered = np.cumsum(change[:units]) > 0
            value[covered] = _joined(value[covered], label, known)
        yield value, list(known)


def _joined(values: Ints, label: int, known: dict[frozenset[int], int]) -> Ints:
    """The values after a label is added; new sets get the next number."""
    sets = list(known)
    step = np.zeros(len(sets), dtype=np.int64)
    for value in np.flatnonzero(np.bincount(values, minlength=len(sets))).tolist():
        step[value] = known.setdefault(sets[value] | {label}, len(known))
    return np.asarray(step[values])


def _coincidences(
    found: SpanArrays, opens: Ints, closes: Ints, passage: Ints, weight: Array
) -> Coincidences:
    count, units = len(found.people), len(weight)
    counts: list[Array] = [np.zeros(units)]
    values: list[frozenset[int]] = [frozenset()]
    present = found.present
    for seat, (codes, known) in enumerate(_marked_by_units(found, opens, closes, units)):
        values = known
        here = present[passage, seat]
        counts += [np.zeros(units) for _ in range(len(known) - len(counts))]
        for value in np.flatnonzero(np.bincount(codes, minlength=len(known))).tolist():
            counts[value] += (codes == value) & here
    size = len(values)
    annotators = found.annotators[passage] if units else np.zeros(0)
    share = weight / np.maximum(annotators - 1, 1)
    matrices = np.zeros((count, size, size))
    for v in range(size):
        # Few units have a label, so only these are looked at.
        some = np.flatnonzero(counts[v])
        weighted, where = (counts[v] * share)[some], passage[some]
        for w in range(v, size):
            pairs = weighted * (counts[w][some] - (v == w))
            matrices[:, v, w] = matrices[:, w, v] = np.bincount(
                where, weights=pairs, minlength=count
            )
    each = weight / np.maximum(annotators, 1)
    agreeing = sum((counts[v] * (counts[v] - 1) for v in range(size)), np.zeros(units))
    shares = [by_passage(count, passage, counts[v] * each) for v in range(size)]
    return Coincidences(
        matrices.reshape(count, size * size),
        np.stack(shares, axis=1),
        by_passage(count, passage, agreeing * each / np.maximum(annotators - 1, 1)),
        by_passage(count, passage, weight),
        values,
    )


__all__ = ["Coincidences", "characters", "tokens"]
