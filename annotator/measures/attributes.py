"""Agreement on the label and the attributes of spans that two annotators both marked.

Spans are aligned one to one, the largest overlaps first, with an intersection over union of at least .5; the
`coverage` is the share of all spans that have a partner. Krippendorff's alpha is nominal, of whole
numbers interval. Cohen's kappa
(1960) has each annotator's own distribution: with more than two it is the mean over their pairs (Light 1971).
Fleiss' kappa (1971) has the joint one (for two annotators it is Scott's pi), and S of Bennett, Alpert and
Goldstein (1954) an even one over the values of the tagset. See Artstein, R. and Poesio, M. (2008).
Inter-coder agreement for computational linguistics. Computational Linguistics 34, 555-596.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from annotator.measures._coincidence import MISSING, against_rest, alpha, closed, squares
from annotator.measures._columns import Columns, Ints, aligned, by_passage, columns, marked, spread
from annotator.measures._data import Array, Comparison, single
from annotator.measures._tables import Figure, Square, Sums, Table
from annotator.model.schema import Layer

title = "Labels and attributes of aligned spans"
kinds = ("span",)

MANY = 64
"""Above so many pairs of annotators Cohen's kappa is left out: most pairs share too little."""


def tables(comparison: Comparison, layer: Layer) -> dict[str, Table]:
    """For the label and every attribute with a closed set of values: what aligned spans have, over all pairs of
    annotators (`c`, both directions) and, in a table of its own, by pair; how many are aligned, and how many spans."""
    out: dict[str, Table] = {}
    rows = np.unique(np.concatenate(aligned(comparison, layer.name)))
    for name in (None, *(attribute.name for attribute in closed(layer))):
        what = name or "label"
        out[what], out[f"{what} by pair"] = _tables(comparison, layer.name, rows, name)
    return out


def figures(layer: Layer, sums: Mapping[str, Sums]) -> list[Figure]:
    """Alpha, Cohen's and Fleiss' kappa and S of the label, then of every attribute."""
    out = _figures("label", sums, [label.name for label in layer.labels])
    for attribute in closed(layer):
        known = [str(value) for value in attribute.values]
        out += _figures(attribute.name, sums, known, interval=attribute.type == "integer")
    return out


def confusion(sums: Sums) -> tuple[tuple[str, ...], list[list[int]]]:
    """Labels, and how often one annotator gave the label of the row where the other gave that of the column; both
    directions are counted. From the sums of the table `label`."""
    square = sums.square("c")
    matrix = square.matrices(sums.total[None, :]).reshape(square.size, square.size)
    return tuple(square.values), np.rint(matrix).astype(int).tolist() if square.values else []


def _tables(comparison: Comparison, layer: str, used: Ints, name: str | None) -> tuple[Table, Table]:
    found = columns(comparison, layer)
    a, b = aligned(comparison, layer)
    values, said = _said(found, used, name)
    size, passage, names = len(values), found.passage[a], comparison.annotators
    ordered = spread(found, passage, said[a] * size + said[b], size * size)
    count = len(found.present)
    square = ordered.reshape(count, size, size)
    both = (square + square.transpose(0, 2, 1)).reshape(count, size * size)
    counts = [by_passage(found, a), marked(found)]
    cells = [(one, other) for one in values for other in values]
    total = Table(
        [*(("c", *cell) for cell in cells), ("aligned",), ("every",)],
        np.concatenate([both, np.stack(counts, axis=1)], axis=1),
    )
    known, pair = np.unique(found.who[a] * found.annotators + found.who[b], return_inverse=True)
    rows = spread(found, passage, pair * size * size + said[a] * size + said[b], len(known) * size * size)
    pairs = [(names[i // found.annotators], names[i % found.annotators]) for i in known.tolist()]
    return total, Table([("p", *who, *cell) for who in pairs for cell in cells], rows)


def _figures(
    name: str, sums: Mapping[str, Sums], known: Sequence[str], *, interval: bool = False
) -> list[Figure]:
    own, by_pair = sums[name], sums[f"{name} by pair"]
    square = own.square("c")
    size, n, every = square.size, own.count("aligned"), own.get("every")
    coverage = 2 * n / every if every else None
    matrix = square.matrices(own.total[None, :]).reshape(size, size)
    parts = {value: single(alpha(2), against_rest(matrix, [i])) for i, value in enumerate(square.values)}
    pairs = sorted({key[1:3] for key in by_pair.keys})
    pair_squares = [
        Square([k for k in by_pair.keys if k[1:3] == who], square.values, by_pair.index) for who in pairs
    ]

    def kappas(rows: Array) -> Array:
        if len(pairs) > MANY or not pairs:
            return np.full(len(rows), np.nan)
        side_by_side = np.concatenate([one.matrices(rows) for one in pair_squares], axis=1)
        return mean_kappa(size, len(pairs))(side_by_side)

    def of(measure: Callable[[Array], Array]) -> Callable[[Array], Array]:
        return lambda rows: measure(square.matrices(rows))

    kinds_: list[tuple[str, str, Callable[[Array], Array]]] = [
        ("alpha", name, of(alpha(size, squares(square.values) if interval else None))),
        ("kappa", f"{name} by pair", kappas),
        ("Fleiss' kappa", name, of(fleiss(size))),
        ("S", name, of(bennett(size, max(len({*known, *square.values}), 1)))),
    ]
    return [
        Figure(
            "attributes", f"{kind} {name}", table, value, _reason(kind, n, len(pairs)), n, coverage,
            parts if kind == "alpha" else {},
        )
        for kind, table, value in kinds_
    ]  # fmt: skip


def _said(found: Columns, rows: Ints, name: str | None) -> tuple[list[str], Ints]:
    """The values that spans in use (`rows`, ascending) have of an attribute, or of the label for None, sorted; and for
    every span which of them it has (0 for those not in use). A span without the attribute has the value –."""
    out = np.zeros(len(found.spans), dtype=np.int64)
    if name is None:
        used, out[rows] = np.unique(found.label[rows], return_inverse=True)
        return [found.labels[i] for i in used.tolist()], out
    held = [found.spans[i].attributes for i in rows.tolist()]
    if not any(held):
        return ([MISSING] if held else []), out
    said = [str(own.get(name, MISSING)) for own in held]
    values = sorted(set(said))
    place = {value: i for i, value in enumerate(values)}
    out[rows] = [place[value] for value in said]
    return values, out


def _reason(kind: str, aligned_pairs: int, pairs: int) -> str:
    if not aligned_pairs:
        return "nothing is aligned"
    if kind == "kappa" and pairs > MANY:
        return f"{pairs} pairs of annotators are too many: see Fleiss' kappa"
    return "no variation: every value is the same"


def kappa(size: int) -> Callable[[Array], Array]:
    """From rows of flattened confusion matrices to Cohen's kappa, (P_o - P_e) / (1 - P_e); NaN without data
    or without variation."""

    def value(rows: Array) -> Array:
        matrices = rows.reshape(-1, size, size)
        n = matrices.sum(axis=(1, 2))
        with np.errstate(divide="ignore", invalid="ignore"):
            observed = np.trace(matrices, axis1=1, axis2=2) / n
            expected = (matrices.sum(axis=2) * matrices.sum(axis=1)).sum(axis=1) / n**2
            return _corrected(observed, expected, n)

    return value


def mean_kappa(size: int, pairs: int) -> Callable[[Array], Array]:
    """From rows of confusion matrices side by side, one for each pair, to the mean of their kappas (Light 1971); a
    pair without data or variation is left out, NaN when none is left."""
    own = kappa(size)

    def value(rows: Array) -> Array:
        if pairs > MANY or pairs == 0:
            return np.full(len(rows), np.nan)
        each = own(rows.reshape(-1, size * size)).reshape(len(rows), pairs)
        known = ~np.isnan(each)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(np.where(known, each, 0).sum(axis=1) / known.sum(axis=1))

    return value


def fleiss(size: int) -> Callable[[Array], Array]:
    """From rows of flattened symmetric matrices of pairs to Fleiss' kappa; NaN as for `kappa`.

    The share of agreeing pairs and the distribution of all values are those of Fleiss when every annotator
    marked every span; otherwise spans count by their pairs."""

    def value(rows: Array) -> Array:
        matrices = rows.reshape(-1, size, size)
        n = matrices.sum(axis=(1, 2))
        with np.errstate(divide="ignore", invalid="ignore"):
            observed = np.trace(matrices, axis1=1, axis2=2) / n
            expected = ((matrices.sum(axis=2) / n[:, None]) ** 2).sum(axis=1)
            return _corrected(observed, expected, n)

    return value


def bennett(size: int, values: int) -> Callable[[Array], Array]:
    """From rows of flattened matrices of pairs to S with `values` possible ones; NaN without data or choice."""

    def value(rows: Array) -> Array:
        matrices = rows.reshape(-1, size, size)
        n = matrices.sum(axis=(1, 2))
        with np.errstate(divide="ignore", invalid="ignore"):
            observed = np.trace(matrices, axis1=1, axis2=2) / n
        return _corrected(observed, np.full(len(rows), 1 / values), n)

    return value


def _corrected(observed: Array, expected: Array, n: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(
            np.where((n > 0) & (expected < 1 - 1e-12), (observed - expected) / (1 - expected), np.nan)
        )


__all__ = [
    "MANY",
    "bennett",
    "confusion",
    "figures",
    "fleiss",
    "kappa",
    "kinds",
    "mean_kappa",
    "tables",
    "title",
]
