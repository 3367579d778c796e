"""Where a series of documents changes: the cumulative sum with the largest deviation, tested
against the same series in random order.

Taylor, W. (2000). Change-point analysis: a powerful new tool for detecting changes; Pettitt, A. N.
(1979). A non-parametric approach to the change-point problem. Applied Statistics 28, 126-135.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

LEAST = 5
"""Both sides of a change need this many documents."""

CHANCE = 0.05
"""The highest chance that any hint is wrong, over all that is tested (Holm, S. (1979). A simple
sequentially rejective multiple test procedure. Scandinavian Journal of Statistics 6, 65-70)."""

_BINS = 60
"""A longer series is compared in this many groups of consecutive documents."""

_DRAWS = (199, 9_999)
"""Random orders: a few that show whether more are worth it, and all."""

Array = NDArray[np.float64]
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class ChangePoint:
    """The number of documents before the largest change, and the chance of so large a change
    in a random order, in (0, 1]."""

    before: int
    chance: float


def change_point(series: Array) -> ChangePoint | None:
    """The largest change of the mean of a series `(documents,)`; None if it is too short or does
    not vary. The same series always gives the same."""
    count = len(series)
    if count < 2 * LEAST or np.ptp(series) < 1e-12:
        return None
    groups = np.array_split(series, min(count, _BINS))
    means = np.array([group.mean() for group in groups])
    ends = np.cumsum([len(group) for group in groups])
    allowed = np.flatnonzero((ends >= LEAST) & (ends <= count - LEAST))
    found = _deviations(means[None, :], allowed)[0]
    at = int(found.argmax())
    rng, above, drawn = np.random.default_rng(1979), 1, 1
    for draws in _DRAWS:
        orders = rng.permuted(np.tile(means, (draws, 1)), axis=1)
        above += int((_deviations(orders, allowed).max(axis=1) >= found[at] - 1e-12).sum())
        drawn += draws
        if above / drawn > CHANCE:
            break
    return ChangePoint(int(ends[allowed[at]]), above / drawn)


def _deviations(rows: Array, allowed: NDArray[np.intp]) -> Array:
    """For rows `(k, groups)` how far the means before and after each allowed place are apart, in
    units of their standard error up to a factor that is the same for all, `(k, places)`."""
    count = rows.shape[1]
    sums = np.cumsum(rows - rows.mean(axis=1, keepdims=True), axis=1)[:, allowed]
    size = (allowed + 1).astype(np.float64)
    return np.asarray(np.abs(sums) / np.sqrt(size * (count - size) / count))


def significant(tested: Iterable[tuple[ChangePoint, _T]]) -> list[tuple[ChangePoint, _T]]:
    """The tested changes that chance hardly explains, the surest first."""
    several = sorted(tested, key=lambda one: one[0].chance)
    out: list[tuple[ChangePoint, _T]] = []
    for left, one in zip(range(len(several), 0, -1), several, strict=True):
        if one[0].chance * left > CHANCE:
            break
        out.append(one)
    return out


__all__ = ["CHANCE", "LEAST", "ChangePoint", "change_point", "significant"]
