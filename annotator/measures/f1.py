"""Pairwise F1 of spans as in MUC-5 and SemEval-2013 task 9: strict, exact, partial and type.

Strict: bounds and label agree; exact: bounds; partial: bounds, or half a point for overlap; type: the label,
with any overlap. Spans are paired one to one: identical ones first, then those with equal bounds, then
overlapping ones with equal labels, then others, the largest overlaps first. Pooled over all pairs of
annotators; `F1 strict, mean of pairs` is the mean over the pairs that marked anything.
Chinchor, N. and Sundheim, B. (1993). MUC-5 evaluation metrics; Segura-Bedmar et al. (2013).
"""

from __future__ import annotations

import numpy as np

from annotator.measures._columns import (
    Columns,
    Ints,
    by_passage,
    columns,
    marked,
    one_to_one,
    overlaps,
    same_pairs,
    shared,
)
from annotator.measures._data import Array, Comparison, Resampling, Result, f1, single
from annotator.model.schema import Layer

title = "F1 of spans"
kinds = ("span",)
VARIANTS = ("strict", "exact", "partial", "type")


def compute(comparison: Comparison, layer: Layer, resampling: Resampling) -> list[Result]:
    """The four variants; `parts` of strict by label; last the mean of pairs."""
    found = columns(comparison, layer.name)
    a, _, kind = paired(comparison, layer.name)
    points = np.stack(
        [kind == 0, kind <= 1, np.where(kind <= 1, 1.0, 0.5), (kind == 0) | (kind == 2)], axis=1
    )
    total = marked(found)
    out: list[Result] = []
    for column, name in enumerate(VARIANTS):
        rows = _rows(by_passage(found, a, points[:, column].astype(np.float64)), total)
        parts = by_label(found) if name == "strict" else {}
        out.append(_result(comparison, layer, resampling, f"F1 {name}", rows, parts))
    values = [value for value in between(comparison, layer.name).values() if value is not None]
    reason = "" if values else "nobody marked anything"
    mean = float(np.mean(values)) if values else None
    out.append(Result("f1", layer.name, "F1 strict, mean of pairs", mean, reason, n=len(values)))
    return out


def strict(comparison: Comparison, layer: Layer, resampling: Resampling) -> Result:
    """Strict F1 alone, which needs no pairing of what overlaps."""
    found = columns(comparison, layer.name)
    a, _ = same_pairs(found, label=True)
    rows = _rows(by_passage(found, a), marked(found))
    return _result(comparison, layer, resampling, "F1 strict", rows, by_label(found))


def _rows(points: Array, total: Array) -> Array:
    return np.stack([points, total, np.zeros(len(total))], axis=1)


def _result(
    comparison: Comparison,
    layer: Layer,
    resampling: Resampling,
    name: str,
    rows: Array,
    parts: dict[str, float | None],
) -> Result:
    value = single(f1, rows.sum(axis=0))
    low, high = resampling.interval(comparison, rows, f1)
    reason = "" if value is not None else "nobody marked anything"
    return Result("f1", layer.name, name, value, reason, low, high, int(rows[:, 1].sum()), None, parts)


def paired(comparison: Comparison, layer: str) -> tuple[Ints, Ints, Ints]:
    """Pairs of rows of two annotators and of what kind each is: 0 alike, 1 other label, 2 other bounds, 3 both
    other; made once for a comparison."""
    key = ("paired", layer)
    if key not in comparison.cache:
        found = columns(comparison, layer)
        a, b = overlaps(found)
        bounds = (found.start[a] != found.start[b]) | (found.end[a] != found.end[b])
        kind = (found.label[a] != found.label[b]) + 2 * bounds.astype(np.int64)
        keep = one_to_one(found, a, b, [kind, -shared(found, a, b)])
        comparison.cache[key] = (a[keep], b[keep], kind[keep])
    pairs = comparison.cache[key]
    assert isinstance(pairs, tuple)
    return pairs


def by_label(found: Columns) -> dict[str, float | None]:
    """Strict F1 of each label."""
    size = len(found.labels)
    a, _ = same_pairs(found, label=True)
    same = np.bincount(found.label[a], minlength=size)
    others = found.present.sum(axis=1)[found.passage] - 1.0
    every = np.bincount(found.label, weights=others, minlength=size)
    return {
        label: float(2 * same[i] / every[i]) if every[i] else None for i, label in enumerate(found.labels)
    }


def between(comparison: Comparison, layer: str) -> dict[tuple[str, str], float | None]:
    """Strict F1 of every two annotators who finished a passage together, None where neither marked anything."""
    found = columns(comparison, layer)
    size = found.annotators
    a, b = same_pairs(found, label=True)
    same = np.bincount(found.who[a] * size + found.who[b], minlength=size * size).reshape(size, size)
    counts = np.zeros(found.present.shape)
    np.add.at(counts, (found.passage, found.who), 1)
    together = found.present.astype(np.float64)
    mine = counts.T @ together
    met = together.T @ together
    names = comparison.annotators
    out: dict[tuple[str, str], float | None] = {}
    for i in range(size):
        for j in range(i + 1, size):
            if met[i, j]:
                every = mine[i, j] + mine[j, i]
                out[names[i], names[j]] = float(2 * (same[i, j] + same[j, i]) / every) if every else None
    return out


__all__ = ["VARIANTS", "between", "by_label", "compute", "kinds", "paired", "strict", "title"]
