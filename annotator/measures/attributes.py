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

from annotator.measures._coincidence import against_rest, alpha
from annotator.measures._columns import Columns, Ints, aligned, columns
from annotator.measures._data import Array, Comparison, Resampling, Result, single
from annotator.model.schema import Layer
from annotator.model.span import Span

title = "Labels and attributes of aligned spans"
kinds = ("span",)

MANY = 64
"""Above so many pairs of annotators Cohen's kappa is left out: most pairs share too little."""


def compute(comparison: Comparison, layer: Layer, resampling: Resampling) -> list[Result]:
    """Alpha, Cohen's and Fleiss' kappa and S of the label, then of every attribute with a closed set of values."""
    out = _of(
        comparison,
        layer,
        resampling,
        "label",
        lambda span: span.label,
        [label.name for label in layer.labels],
    )
    for attribute in layer.attributes:
        if attribute.type in ("choice", "integer") and not attribute.multiple:
            known = [str(value) for value in attribute.values]
            whole = attribute.type == "integer"
            read = _reader(attribute.name)
            out += _of(comparison, layer, resampling, attribute.name, read, known, interval=whole)
    return out


def _reader(name: str) -> Callable[[Span], str]:
    return lambda span: str(span.attributes.get(name, "–"))


def confusion(comparison: Comparison, layer: str) -> tuple[tuple[str, ...], Array]:
    """Labels, and how often one annotator gave the label of the row where the other gave that of the column; both
    directions are counted: `(labels, labels)`, symmetric."""
    found = columns(comparison, layer)
    a, b = aligned(comparison, layer)
    size = len(found.labels)
    counts = np.bincount(found.label[a] * size + found.label[b], minlength=size * size).reshape(size, size)
    return found.labels, (counts + counts.T).astype(np.float64)


def _of(
    comparison: Comparison,
    layer: Layer,
    resampling: Resampling,
    name: str,
    read: Callable[[Span], str],
    known: Sequence[str],
    *,
    interval: bool = False,
) -> list[Result]:
    found = columns(comparison, layer.name)
    a, b = aligned(comparison, layer.name)
    values, said = _said(found, read, np.concatenate([a, b]))
    code = {value: i for i, value in enumerate(values)}
    size = max(1, len(values))
    mine, theirs = said[a], said[b]
    count, passage = len(found.present), found.passage[a]
    ordered = _tables(passage, mine * size + theirs, count, size * size)
    square = ordered.reshape(count, size, size)
    both = (square + square.transpose(0, 2, 1)).reshape(count, size * size)

    every = float((found.present.sum(axis=1)[found.passage] - 1.0).sum())
    coverage = 2 * len(a) / every if every else None
    pairs, tables = _by_pair(
        found.who[a], found.who[b], passage, mine * size + theirs, (count, found.annotators, size)
    )
    figures: list[tuple[str, Callable[[Array], Array], Array]] = [
        ("alpha", alpha(size, _distance(values) if interval else None), both),
        ("kappa", mean_kappa(size, pairs), tables),
        ("Fleiss' kappa", fleiss(size), both),
        ("S", bennett(size, max(len({*known, *values}), 1)), both),
    ]
    out: list[Result] = []
    for kind, measure, table in figures:
        value = single(measure, table.sum(axis=0)) if len(table) and len(a) else None
        low, high = resampling.interval(comparison, table, measure) if value is not None else (None, None)
        parts = _parts(both.sum(axis=0).reshape(size, size), code) if kind == "alpha" else {}
        reason = "" if value is not None else _reason(kind, len(a), pairs)
        out.append(
            Result(
                "attributes", layer.name, f"{kind} {name}", value, reason, low, high, len(a), coverage, parts
            )
        )
    return out


def _said(found: Columns, read: Callable[[Span], str], used: Ints) -> tuple[list[str], Ints]:
    """The values of the rows in use, sorted, and for every row which of them it has."""
    first: dict[str, int] = {}
    raw = np.fromiter(
        (first.setdefault(read(s), len(first)) for s in found.spans), np.int64, len(found.spans)
    )
    held = np.bincount(raw[used], minlength=len(first)) > 0
    values = sorted(value for value, i in first.items() if held[i])
    place = np.zeros(len(first), dtype=np.int64)
    for i, value in enumerate(values):
        place[first[value]] = i
    return values, place[raw]


def _distance(values: Sequence[str]) -> Array | None:
    """Squared differences of whole numbers; None when a value is missing somewhere, which has no distance."""
    if not all(value.lstrip("-").isdigit() for value in values) or not values:
        return None
    numbers = np.array([int(value) for value in values], dtype=np.float64)
    return np.asarray((numbers[:, None] - numbers[None, :]) ** 2)


def _reason(kind: str, aligned_pairs: int, pairs: int) -> str:
    if not aligned_pairs:
        return "nothing is aligned"
    if kind == "kappa" and pairs > MANY:
        return f"{pairs} pairs of annotators are too many: see Fleiss' kappa"
    return "no variation: every value is the same"


def _tables(rows: Ints, cells: Ints, count: int, width: int) -> Array:
    """How often each cell occurs in each row: `(count, width)`."""
    return np.bincount(rows * width + cells, minlength=count * width).reshape(count, width).astype(np.float64)


def _by_pair(
    one: Ints, other: Ints, passage: Ints, cells: Ints, shape: tuple[int, int, int]
) -> tuple[int, Array]:
    """Confusion matrices of every two annotators who have aligned spans, side by side, one row for each passage."""
    count, annotators, size = shape
    known, pair = np.unique(one * annotators + other, return_inverse=True)
    if len(known) > MANY:
        return len(known), np.full((count, 1), np.nan)
    width = size * size
    return len(known), _tables(passage, pair * width + cells, count, max(1, len(known)) * width)


def _parts(matrix: Array, code: Mapping[str, int]) -> dict[str, float | None]:
    return {value: single(alpha(2), against_rest(matrix, [i])) for value, i in code.items()}


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


__all__ = ["MANY", "bennett", "compute", "confusion", "fleiss", "kappa", "kinds", "mean_kappa", "title"]
