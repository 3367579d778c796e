"""Krippendorff's alpha from matrices of coincidences, which add up over passages.

Krippendorff, K. (2004). Content Analysis, 2nd ed., ch. 11; (2011) Computing Krippendorff's
Alpha-Reliability.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from annotator.measures._data import Array
from annotator.model.schema import Attribute, Layer

MISSING = "–"
"""Stands for the value of what has not the attribute."""


def closed(layer: Layer) -> list[Attribute]:
    """The attributes of a layer with a closed set of values, one for each annotation."""
    return [a for a in layer.attributes if a.type in ("choice", "integer") and not a.multiple]


def coincidences(units: Iterable[tuple[float, Mapping[int, int]]], size: int) -> Array:
    """The matrix of coincidences `(size, size)` of units, each a weight and how many gave which value.

    A unit that fewer than two coded counts for nothing.
    """
    out = np.zeros((size, size))
    for weight, counts in units:
        total = sum(counts.values())
        if total < 2:
            continue
        for a, n in counts.items():
            for b, m in counts.items():
                out[a, b] += weight * n * (m - (a == b)) / (total - 1)
    return out


def alpha(size: int, distance: Array | None = None) -> Callable[[Array], Array]:
    """From rows of flattened matrices to alpha: 1 - D_o / D_e; NaN without data or without variation.

    `distance` `(size, size)` says how far values are apart (squared differences make it the interval alpha);
    nominal without.
    """
    apart = 1 - np.eye(size) if distance is None else distance

    def value(rows: Array) -> Array:
        matrices = rows.reshape(-1, size, size)
        marginals = matrices.sum(axis=2)
        n = marginals.sum(axis=1)
        observed = (matrices * apart).sum(axis=(1, 2))
        expected = np.einsum("ka,ab,kb->k", marginals, apart, marginals)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(np.where((n > 1) & (expected > 0), 1 - (n - 1) * observed / expected, np.nan))

    return value


def against_rest(matrix: Array, keep: list[int]) -> Array:
    """A matrix `(size, size)` with the values `keep` as one value and all others as another, flattened."""
    mask = np.zeros(len(matrix), dtype=bool)
    mask[keep] = True
    return np.array([matrix[np.ix_(a, b)].sum() for a in (mask, ~mask) for b in (mask, ~mask)])


def squares(values: Sequence[str]) -> Array | None:
    """Squared differences of whole numbers; None when a value is missing somewhere, which has no distance."""
    if not all(value.lstrip("-").isdigit() for value in values) or not values:
        return None
    numbers = np.array([int(value) for value in values], dtype=np.float64)
    return np.asarray((numbers[:, None] - numbers[None, :]) ** 2)


__all__ = ["MISSING", "against_rest", "alpha", "closed", "coincidences", "squares"]
