"""The u-alpha family: agreement in unitizing a continuum, and in the labels of its units.

Krippendorff, K., Mathet, Y., Bouvry, S. and Widlöcher, A. (2016). On the reliability of unitizing textual
continua. Quality & Quantity 50, 2347-2364. Coincidences are lengths of intersections of the units and gaps
of every two annotators. What is expected leaves out that a unit meets itself, its squared length; gaps count
as stretches of length one. With l the lengths of intersections, m those of all units, q their squares:

- u-alpha: labels and gaps, all alike different;
- |u-alpha: units against gaps, whatever their labels;
- cu-alpha: labels where unit meets unit, 1 - (sum of l_ck, c != k, / l) / (sum of m_c m_k, c != k, / (m^2 - q));
  `coverage` is the share of the units' length that meets a unit of another;
- (k)u-alpha of a label: the same with the sums over l_kc and m_k m_c, c != k; coverage likewise.

Units of one annotator may not overlap: such data are refused by name, never thinned out.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from annotator.measures._columns import Columns, columns
from annotator.measures._data import Array, Comparison, Resampling, Result, single
from annotator.measures.alpha import characters
from annotator.model.schema import Layer

title = "u-alpha (unitizing)"
kinds = ("span",)

Figure = Callable[[Array], Array]


def compute(comparison: Comparison, layer: Layer, resampling: Resampling) -> list[Result]:
    """u-alpha, |u-alpha, cu-alpha and a (k)u-alpha for each label; undefined, with the name of who it is, when an
    annotator's units overlap."""
    found = columns(comparison, layer.name)
    names = ["u-alpha", "|u-alpha", "cu-alpha", *(f"(k)u-alpha {label}" for label in found.labels)]
    who = _overlapping(comparison, found)
    if who:
        return [Result("unitizing", layer.name, name, None, who) for name in names]
    rows, size = _statistics(comparison, layer.name, found)
    figures: list[Figure] = [
        lambda r: u_alpha(r, size), lambda r: binary(r, size), lambda r: coding(r, size),
        *((lambda r, k=k: coding(r, size, k)) for k in range(1, size)),
    ]  # fmt: skip
    out: list[Result] = []
    for i, (name, figure) in enumerate(zip(names, figures, strict=True)):
        value = single(figure, rows.sum(axis=0)) if len(rows) else None
        low, high = resampling.interval(comparison, rows, figure) if value is not None else (None, None)
        reason = "" if value is not None else _reason(i)
        covered = _coverage(rows.sum(axis=0), size, i - 2) if i > 1 and len(rows) else None
        n = len(found.start) if i < 3 else int((found.label == i - 3).sum())
        out.append(Result("unitizing", layer.name, name, value, reason, low, high, n, covered))
    return out


def _reason(index: int) -> str:
    if index < 2:
        return "no variation: nothing is marked, or everything alike"
    return "no variation: no units meet, or all have one label"


def _overlapping(comparison: Comparison, found: Columns) -> str:
    """Who has units that overlap, and where; empty when nobody has."""
    order = np.lexsort((found.end, found.start, found.who, found.passage))
    a, b = order[:-1], order[1:]
    bad = (
        (found.passage[a] == found.passage[b])
        & (found.who[a] == found.who[b])
        & (found.end[a] > found.start[b])
    )
    if not bad.any():
        return ""
    at = a[np.flatnonzero(bad)[0]]
    passage = comparison.passages[int(found.passage[at])]
    name = comparison.annotators[int(found.who[at])]
    return f"units of {name} overlap in {passage.name}, paragraph {passage.index + 1}"


def _statistics(comparison: Comparison, layer: str, found: Columns) -> tuple[Array, int]:
    """For each passage: coincidences, flattened, the sum of squares of the gaps and of the units of each label,
    the lengths of the same; and the number of values, of which gaps are the first."""
    size = len(found.labels) + 1
    matrices, values = characters(comparison, layer)
    count = len(matrices)
    # Without overlap a stretch has one label at most, so that values are labels in another order.
    place = np.array([next(iter(held)) + 1 if held else 0 for held in values], dtype=np.int64)
    full = np.zeros((count, size, size))
    full[:, place[:, None], place[None, :]] = matrices.reshape(count, len(values), len(values))
    stops = (found.begins + found.lengths)[found.passage]
    length = np.minimum(found.end, stops) - found.start
    lengths = np.zeros((count, size))
    squares = np.zeros((count, size))
    np.add.at(lengths, (found.passage, found.label + 1), length)
    np.add.at(squares, (found.passage, found.label + 1), length.astype(np.float64) ** 2)
    lengths[:, 0] = squares[:, 0] = found.present.sum(axis=1) * found.lengths - lengths.sum(axis=1)
    return np.concatenate([full.reshape(count, size * size), squares, lengths], axis=1), size


def _parts(rows: Array, size: int) -> tuple[Array, Array, Array]:
    matrices = rows[:, : size * size].reshape(-1, size, size)
    return matrices, rows[:, size * size : size * size + size], rows[:, size * size + size :]


def u_alpha(rows: Array, size: int) -> Array:
    """From rows of statistics to u-alpha, `(k,)`; NaN without variation."""
    matrices, squares, _ = _parts(rows, size)
    marginals = matrices.sum(axis=2)
    total = marginals.sum(axis=1)
    differing = total - np.trace(matrices, axis1=1, axis2=2)
    apart = total**2 - (marginals**2).sum(axis=1)
    return _one_minus(differing, total, apart, total**2 - squares.sum(axis=1))


def binary(rows: Array, size: int) -> Array:
    """From rows of statistics to |u-alpha, `(k,)`; NaN without variation."""
    matrices, squares, _ = _parts(rows, size)
    total = matrices.sum(axis=(1, 2))
    gaps = matrices[:, 0].sum(axis=1)
    differing = 2 * (gaps - matrices[:, 0, 0])
    return _one_minus(differing, total, 2 * gaps * (total - gaps), total**2 - squares.sum(axis=1))


def coding(rows: Array, size: int, label: int | None = None) -> Array:
    """From rows of statistics to cu-alpha, or to (k)u-alpha of the value `label`, `(k,)`; NaN without variation."""
    matrices, squares, lengths = _parts(rows, size)
    units = matrices[:, 1:, 1:]
    own = lengths[:, 1:]
    total = own.sum(axis=1)
    if label is None:
        differing = units.sum(axis=(1, 2)) - np.trace(units, axis1=1, axis2=2)
        apart = total**2 - (own**2).sum(axis=1)
    else:
        differing = units[:, label - 1].sum(axis=1) - units[:, label - 1, label - 1]
        apart = own[:, label - 1] * (total - own[:, label - 1])
    return _one_minus(differing, units.sum(axis=(1, 2)), apart, total**2 - squares[:, 1:].sum(axis=1))


def _one_minus(differing: Array, total: Array, apart: Array, possible: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        value = 1 - (differing / total) / (apart / possible)
        return np.asarray(np.where((total > 0) & (apart > 0), value, np.nan))


def _coverage(sums: Array, size: int, label: int) -> float | None:
    """The share of units' length (of one label, or of all for 0) that meets units of others."""
    matrices, _, lengths = _parts(sums[None, :], size)
    met, every = matrices[0, 1:, 1:], lengths[0, 1:]
    a, b = (met.sum(), every.sum()) if label == 0 else (met[label - 1].sum(), every[label - 1])
    return float(a / b) if b else None


__all__ = ["binary", "coding", "compute", "kinds", "title", "u_alpha"]
