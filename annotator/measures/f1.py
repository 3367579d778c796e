"""Pairwise F1 of spans as in MUC-5 and SemEval-2013 task 9: strict, exact, partial and type.

Strict: bounds and label agree; exact: bounds; partial: bounds, or half a point for overlap; type: the label,
with any overlap. Spans are paired one to one: identical ones first, then those with equal bounds, then
overlapping ones from left to right, equal labels first. Pooled over all pairs of annotators.
Chinchor, N. and Sundheim, B. (1993). MUC-5 evaluation metrics; Segura-Bedmar et al. (2013).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from annotator.measures._data import Array, Comparison, Resampling, Result, f1, single
from annotator.model.schema import Layer
from annotator.model.span import Span

title = "F1 of spans"
kinds = ("span",)
VARIANTS = ("strict", "exact", "partial", "type")


def matches(a: Sequence[Span], b: Sequence[Span]) -> tuple[float, float, float, float]:
    """What two annotators share: strict, exact, partial and type points."""
    left, right = list(a), list(b)
    strict = _take(left, right, lambda x, y: (x.start, x.end, x.label) == (y.start, y.end, y.label))
    same = _take(left, right, lambda x, y: (x.start, x.end) == (y.start, y.end))
    typed = _take(left, right, lambda x, y: x.label == y.label and x.start < y.end and y.start < x.end)
    other = _take(left, right, lambda x, y: x.start < y.end and y.start < x.end)
    return strict, strict + same, strict + same + (typed + other) / 2, strict + typed


def _take(left: list[Span], right: list[Span], fits: object) -> int:
    """Pair off and remove spans that fit; how many pairs."""
    assert callable(fits)
    count = 0
    for x in list(left):
        for y in right:
            if fits(x, y):
                left.remove(x)
                right.remove(y)
                count += 1
                break
    return count


def compute(comparison: Comparison, layer: Layer, resampling: Resampling) -> list[Result]:
    """The four variants; `parts` of strict by label."""
    rows = np.zeros((len(comparison.passages), 6))
    labels: dict[str, Array] = {}
    for i, passage in enumerate(comparison.passages):
        for one, other in passage.pairs():
            a, b = passage.works[one].of(layer.name), passage.works[other].of(layer.name)
            rows[i] += (*matches(a, b), len(a), len(b))
            for label in {s.label for s in (*a, *b)}:
                mine, theirs = [s for s in a if s.label == label], [s for s in b if s.label == label]
                same = {(s.start, s.end) for s in mine} & {(s.start, s.end) for s in theirs}
                counts = np.array([len(same), len(mine), len(theirs)], dtype=np.float64)
                labels[label] = labels.get(label, np.zeros(3)) + counts
    out: list[Result] = []
    for column, name in enumerate(VARIANTS):
        own = rows[:, [column, 4, 5]]
        value = single(f1, own.sum(axis=0))
        low, high = resampling.interval(comparison, own, f1)
        parts = {label: single(f1, labels[label]) for label in sorted(labels)} if name == "strict" else {}
        reason = "" if value is not None else "nobody marked anything"
        out.append(
            Result(
                "f1", layer.name, f"F1 {name}", value, reason, low, high, int(own[:, 1:].sum()), None, parts
            )
        )
    return out


__all__ = ["VARIANTS", "compute", "kinds", "matches", "title"]
