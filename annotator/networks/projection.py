"""One-mode networks of holders: who agrees with whom, who disagrees, and the difference.

With W+ and W- the counts of supports and opposes, holders by concepts, the weight of two holders is

    congruence   sum over concepts of  W+[a] W+[b] + W-[a] W-[b]
    conflict     sum over concepts of  W+[a] W-[b] + W-[a] W+[b]
    subtract     congruence minus conflict

divided by a normalisation. A holder's activity is the sum of its counts; a cell is a concept with a
sign:

    average      the mean of the two holders' activity
    jaccard      the counts in cells that one of them has alone, and the products of those that
                 both have
    cosine       the product of the lengths of the two rows of counts

These are the formulas of the Discourse Network Analyzer 3.1 (`Exporter.java`; Leifeld, Gruber and
Bossner 2019), except for the cosine: DNA divides by the product of the two activities, which is not
a cosine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from annotator.networks.affiliation import Affiliation, Array

ProjectionMode = Literal["congruence", "conflict", "subtract"]
Normalisation = Literal["no", "average", "jaccard", "cosine"]

MODES: Mapping[ProjectionMode, str] = {
    "congruence": "how often two holders take the same side",
    "conflict": "how often two holders take opposite sides",
    "subtract": "congruence minus conflict",
}
NORMALISATIONS: Mapping[Normalisation, str] = {
    "no": "counts as they are",
    "average": "divided by the mean activity of the two holders",
    "jaccard": "divided by all sides that either of the two takes",
    "cosine": "divided by the lengths of the two holders' rows",
}


@dataclass(frozen=True, slots=True)
class Projection:
    """Holders and the weights between them: `weights` is symmetric, `(holders, holders)`, with
    zeros on the diagonal."""

    mode: ProjectionMode
    normalisation: Normalisation
    holders: tuple[str, ...]
    weights: Array

    def edges(self) -> list[tuple[str, str, float]]:
        """Every pair of holders with a weight other than 0, by name."""
        rows, columns = np.nonzero(np.triu(self.weights, 1))
        return [
            (self.holders[i], self.holders[j], float(self.weights[i, j]))
            for i, j in zip(rows.tolist(), columns.tolist(), strict=True)
        ]


def project(
    found: Affiliation, mode: ProjectionMode, *, normalisation: Normalisation = "no"
) -> Projection:
    """The one-mode network of the holders of a two-mode network."""
    return Projection(
        mode, normalisation, found.holders, weights_of(found.counts(), mode, normalisation)
    )


def weights_of(counts: Array, mode: ProjectionMode, normalisation: Normalisation) -> Array:
    """The weights of holders from counts `(holders, concepts,
    2)`; see the module for the formulas."""
    if not len(counts):
        return np.zeros((0, 0))
    # Copies without gaps, since numpy multiplies others many times slower.
    plus, minus = np.ascontiguousarray(counts[:, :, 0]), np.ascontiguousarray(counts[:, :, 1])
    same, opposite = plus @ plus.T + minus @ minus.T, plus @ minus.T
    other = opposite + opposite.T
    weights = {"congruence": same, "conflict": other, "subtract": same - other}[mode]
    by = _divisors(counts.reshape(len(counts), -1), normalisation)
    weights = np.divide(weights, by, out=np.zeros_like(weights), where=by > 0)
    np.fill_diagonal(weights, 0)
    return weights


def _divisors(rows: Array, normalisation: Normalisation) -> Array:
    """The divisors of the weights of every pair of holders; `rows` are counts `(holders,
    cells)`."""
    if normalisation == "average":
        active: Array = np.asarray(rows.sum(axis=1))
        return np.asarray((active[:, None] + active[None, :]) / 2)
    if normalisation == "jaccard":
        alone = np.matmul(rows, (rows == 0).astype(np.float64).T)
        return np.asarray(alone + alone.T + np.matmul(rows, rows.T))
    if normalisation == "cosine":
        length: Array = np.array(np.sqrt((rows**2).sum(axis=1)), ndmin=1)
        return np.asarray(length[:, None] * length[None, :])
    return np.ones((len(rows), len(rows)))


__all__ = [
    "MODES",
    "NORMALISATIONS",
    "Normalisation",
    "Projection",
    "ProjectionMode",
    "project",
    "weights_of",
]
