"""Fits weights of rankers on coded documents. It needs numpy, and is never imported while somebody
types."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

NamedChoice: TypeAlias = tuple[Mapping[str, Iterable[str]], str]
"""The candidates of one choice with their features, and the one that is right."""

STEPS = 300
L2 = 1.0
LEAST = 2
"""The least number of choices in which a feature must support a candidate; rarer ones are
ignored."""


def fit(
    groups: Sequence[NamedChoice],
    *,
    l2: float = L2,
    base: Mapping[str, float] | None = None,
    steps: int = STEPS,
) -> dict[str, float]:
    """Weights of a softmax over each group's candidates, by the likelihood of the right ones less
    `l2` / 2 times the squared distance from `base` (0 without one). Groups without the right
    candidate are ignored, and so are features of fewer than `LEAST` groups. Gradient descent with a
    step of its own for each weight (Adam), deterministic; weights of less than .01 are left out."""
    groups = [group for group in groups if group[1] in group[0]]
    names = _frequent(groups, base or {})
    if not groups:
        return dict(base or {})
    prior = np.array([(base or {}).get(name, 0.0) for name in names])
    weights = _descend(_CandidateData.of(groups, names), prior, l2, steps)
    out = dict(base or {})
    out.update({name: round(float(weights[i]), 3) for name, i in names.items()})
    return {name: value for name, value in sorted(out.items()) if abs(value) >= 0.01}


def _frequent(groups: Iterable[NamedChoice], base: Mapping[str, float]) -> dict[str, int]:
    """The features of at least `LEAST` choices, and those with a weight already, with a column
    each."""
    seen: Counter[str] = Counter()
    for found, _ in groups:
        seen.update({one for features in found.values() for one in features})
    return {
        name: column
        for column, name in enumerate(sorted(n for n in seen if seen[n] >= LEAST or n in base))
    }


class _CandidateData:
    """The candidates of all groups one after the other, as indices of features that are 1."""

    def __init__(
        self,
        rows: NDArray[np.int64],
        columns: NDArray[np.int64],
        starts: NDArray[np.int64],
        right: NDArray[np.int64],
        size: int,
        width: int,
    ) -> None:
        self.rows, self.columns, self.starts, self.right = rows, columns, starts, right
        self.size, self.width = size, width
        self.group = np.repeat(np.arange(len(starts)), np.diff([*starts, size]))

    @classmethod
    def of(cls, groups: Iterable[NamedChoice], names: Mapping[str, int]) -> Self:
        """The candidates of groups, with those features that have a column in `names`."""
        rows: list[int] = []
        columns: list[int] = []
        starts: list[int] = []
        right: list[int] = []
        number = 0
        for found, wanted in groups:
            starts.append(number)
            for name, features in found.items():
                if name == wanted:
                    right.append(number)
                for column in map(names.get, features):
                    if column is not None:
                        rows.append(number)
                        columns.append(column)
                number += 1
        return cls(
            np.array(rows), np.array(columns), np.array(starts), np.array(right), number, len(names)
        )

    def gradient(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """The gradient of the negative log likelihood."""
        scores = np.bincount(self.rows, weights=weights[self.columns], minlength=self.size)
        most = np.maximum.reduceat(scores, self.starts)
        shares = np.exp(scores - most[self.group])
        chance = shares / np.add.reduceat(shares, self.starts)[self.group]
        chance[self.right] -= 1
        slope = np.bincount(self.columns, weights=chance[self.rows], minlength=self.width)
        return slope.astype(np.float64)


def _descend(
    data: _CandidateData, prior: NDArray[np.float64], l2: float, steps: int
) -> NDArray[np.float64]:
    weights, slope, scale = prior.copy(), np.zeros(data.width), np.zeros(data.width)
    for step in range(1, steps + 1):
        gradient = data.gradient(weights) + l2 * (weights - prior)
        slope = 0.9 * slope + 0.1 * gradient
        scale = 0.99 * scale + 0.01 * gradient**2
        rate = 0.1 * min(1.0, 2 * (1 - step / (steps + 1)))
        move = slope / (1 - 0.9**step) / (np.sqrt(scale / (1 - 0.99**step)) + 1e-8)
        weights = weights - rate * move
    return weights


__all__ = ["L2", "NamedChoice", "fit"]
