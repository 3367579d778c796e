"""Pairwise F1 of spans as in MUC-5 and SemEval-2013 task 9: strict, exact, partial and type.

Strict: bounds and label agree; exact: bounds; partial: bounds, or half a point for overlap; type: the label,
with any overlap. Spans are paired one to one: identical ones first, then those with equal bounds, then
overlapping ones with equal labels, then others, the largest overlaps first. Pooled over all pairs of
annotators; `F1 strict, mean of pairs` is the mean over the pairs that marked anything.
Chinchor, N. and Sundheim, B. (1993). MUC-5 evaluation metrics; Segura-Bedmar et al. (2013).
"""

from __future__ import annotations

from collections.abc import Mapping

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
    spread,
)
from annotator.measures._data import Array, Comparison, f1
from annotator.measures._tables import Figure, Sums, Table
from annotator.model.schema import Layer

title = "F1 of spans"
kinds = ("span",)

_NOTHING = "nobody marked anything"
KINDS = ("alike", "label", "bounds", "both")
"""What a pair differs in, in the order of `paired`."""


def tables(comparison: Comparison, layer: Layer) -> dict[str, Table]:
    """`strict`: spans alike and spans of both, over all pairs of annotators, `labels`: the same by label; `pairing`:
    pairs by what they differ in; `pairs`: strict by pair of annotators, who share the passages of `met`."""
    found = columns(comparison, layer.name)
    a, _, kind = paired(comparison, layer.name)
    pairing = [by_passage(found, a, (kind == k).astype(np.float64)) for k in range(4)]
    return {
        "strict": strict(comparison, layer),
        "pairing": Table(
            [*((name,) for name in KINDS), ("marked",)], np.stack([*pairing, marked(found)], axis=1)
        ),
        "labels": _labels(found),
        **pair_tables(comparison, layer.name),
    }


def strict(comparison: Comparison, layer: Layer) -> Table:
    """The table `strict`, which needs no pairing of what overlaps."""
    found = columns(comparison, layer.name)
    a, _ = same_pairs(found, label=True)
    return Table([("same",), ("marked",)], np.stack([by_passage(found, a), marked(found)], axis=1))


def _labels(found: Columns) -> Table:
    """Strict by label: spans alike, and spans of both."""
    a, _ = same_pairs(found, label=True)
    size = len(found.labels)
    others = found.present.sum(axis=1)[found.passage] - 1.0
    same = spread(found, found.passage[a], found.label[a], size)
    every = spread(found, found.passage, found.label, size, others)
    keys = [(kind, label) for kind in ("same", "marked") for label in found.labels]
    return Table(keys, np.concatenate([same, every], axis=1))


def pair_tables(comparison: Comparison, layer: str) -> dict[str, Table]:
    """For every two annotators: spans alike and spans of both (`pairs`), and the passages that they share (`met`)."""
    found = columns(comparison, layer)
    names = comparison.annotators
    size = found.annotators
    a, b = same_pairs(found, label=True)
    one, other = np.triu_indices(size, 1)
    together = (found.present[:, one] & found.present[:, other]).any(axis=0)
    one, other = one[together], other[together]
    number = np.zeros((size, size), dtype=np.int64)
    number[one, other] = np.arange(len(one))
    same = spread(found, found.passage[a], number[found.who[a], found.who[b]], len(one))
    own = spread(found, found.passage, found.who, size)
    met = (found.present[:, one] & found.present[:, other]).astype(np.float64)
    every = (own[:, one] + own[:, other]) * met
    who = [(names[i], names[j]) for i, j in zip(one.tolist(), other.tolist(), strict=True)]
    keys = [(kind, *pair) for kind in ("same", "marked") for pair in who]
    return {
        "pairs": Table(keys, np.concatenate([same, every], axis=1)),
        "met": Table([("met", *pair) for pair in who], met),
    }


def figures(layer: Layer, sums: Mapping[str, Sums]) -> list[Figure]:  # noqa: ARG001
    """The four variants; `parts` of strict by label; last the mean of pairs."""
    pairing, pairs = sums["pairing"], sums["pairs"]
    take = pairing.pick(*((name,) for name in KINDS), ("marked",))
    points = {"exact": (1, 1, 0, 0), "partial": (1, 1, 0.5, 0.5), "type": (1, 0, 1, 0)}
    out = [strict_figure(sums["strict"], sums["labels"])]
    n = pairing.count("marked")
    for name, worth in points.items():

        def value(rows: Array, worth: tuple[float, ...] = worth) -> Array:
            taken = take(rows)
            return _f1(taken[:, :4] @ np.array(worth), taken[:, 4])

        out.append(Figure("f1", f"F1 {name}", "pairing", value, _NOTHING, n))
    known = pairs.of("marked")
    same, every = pairs.pick(*(("same", *key[1:]) for key in known)), pairs.pick(*known)

    def mean(rows: Array) -> Array:
        each = _f1(same(rows), every(rows))
        there = ~np.isnan(each)
        with np.errstate(invalid="ignore"):
            return np.asarray(np.where(there, each, 0).sum(axis=1) / there.sum(axis=1))

    out.append(Figure("f1", "F1 strict, mean of pairs", "pairs", mean, _NOTHING, len(known)))
    return out


def strict_figure(sums: Sums, labels: Sums | None = None) -> Figure:
    """Strict F1 from the sums of the table `strict`, its `parts` from those of `labels`."""
    take = sums.pick(("same",), ("marked",))
    parts = {key[1]: _share(labels, key[1]) for key in labels.of("marked")} if labels is not None else {}
    n = sums.count("marked")
    return Figure("f1", "F1 strict", "strict", lambda rows: _f1(*take(rows).T), _NOTHING, n, None, parts)


def _share(sums: Sums, label: str) -> float | None:
    every = sums.get("marked", label)
    return 2 * sums.get("same", label) / every if every else None


def _f1(same: Array, every: Array) -> Array:
    return f1(np.stack([same, every, np.zeros_like(every)], axis=-1).reshape(-1, 3)).reshape(same.shape)


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


def between(pairs: Sums, met: Sums) -> dict[tuple[str, str], float | None]:
    """Strict F1 of every two annotators who finished a passage together, from the sums of the tables `pairs` and
    `met`; None where neither marked anything."""
    out: dict[tuple[str, str], float | None] = {}
    for _, one, other in met.of("met"):
        every = pairs.get("marked", one, other)
        out[one, other] = 2 * pairs.get("same", one, other) / every if every else None
    return out


__all__ = [
    "KINDS", "between", "figures", "kinds", "pair_tables", "paired", "strict", "strict_figure", "tables", "title",
]  # fmt: skip
