"""Finds the stretches of a text that overlap another one, without comparing all pairs."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate


class Overlaps:
    """Stretches `[start, end)`, each known by its index in the given order.

    Sorted by their starts, with the largest end so far beside each, those that can overlap another
    one are neighbours (an implicit interval tree without its levels). A search costs the logarithm
    of their number, and the stretches from the first to the last that overlap.
    """

    def __init__(self, stretches: Sequence[tuple[int, int]]) -> None:
        self._order = sorted(range(len(stretches)), key=lambda i: stretches[i])
        self._starts = [stretches[i][0] for i in self._order]
        self._ends = [stretches[i][1] for i in self._order]
        self._farthest = list(accumulate(self._ends, max))

    def of(self, start: int, end: int) -> list[int]:
        """The indices of those that overlap `[start, end)`, in the given order."""
        low, high = bisect_right(self._farthest, start), bisect_left(self._starts, end)
        return sorted(self._order[k] for k in range(low, high) if self._ends[k] > start)


__all__ = ["Overlaps"]
