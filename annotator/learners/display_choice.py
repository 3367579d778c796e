"""Chooses which candidates are shown: those that are expected to save the most keys."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from annotator.model.effort import making

LOSS = 1.5
"""The cost of a wrong suggestion in keys. Rejecting one takes 2, but some are in the place of
something wanted and can be corrected for less. Between 1 and 2, the keys saved differ by .004, and
the number of wrong ones by a seventh (CrossNER politics)."""


@dataclass(frozen=True, slots=True)
class SpanCandidate:
    """A proposed place, tokens `[first, last)`. `chance` is its calibrated probability, `by` its
    proposers."""

    first: int
    last: int
    label: str
    chance: float
    by: str


def gain(one: SpanCandidate) -> float:
    """Keys that a candidate is expected to save: those of making it by hand (a token
    counts as a word), if it is right."""
    return one.chance * making(one.last - one.first) - (1 - one.chance) * LOSS


def choose(candidates: Sequence[SpanCandidate], *, gate: float = 0.0) -> list[SpanCandidate]:
    """The candidates, none overlapping and none of a probability below `gate`, with the largest sum
    of gains; in order (weighted interval scheduling)."""
    ordered = sorted(
        (c for c in candidates if c.chance >= gate), key=lambda c: (c.last, c.first, c.label)
    )
    ends = [c.last for c in ordered]
    best, befores = [0.0], [bisect_right(ends, one.first, 0, i) for i, one in enumerate(ordered)]
    for i, one in enumerate(ordered):
        best.append(max(best[i], best[befores[i]] + gain(one)))
    out: list[SpanCandidate] = []
    at = len(ordered)
    while at > 0:
        if best[at] > best[at - 1]:
            out.append(ordered[at - 1])
            at = befores[at - 1]
        else:
            at -= 1
    return out[::-1]


__all__ = ["LOSS", "SpanCandidate", "choose", "gain"]
