"""Possible sets of spans in a sentence with their probabilities, and which set is best to show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from annotator.learners.claims.boundaries import TokenRange
from annotator.model.effort import FOCUS, LABEL, REJECT, making

Analysis: TypeAlias = tuple[TokenRange, ...]
"""The spans of one sentence in order; empty for none."""

Analyses: TypeAlias = Sequence[tuple[float, Analysis]]
"""Analyses of a sentence with their chances, the likeliest first."""

READING = 1.0
"""The cost, in keys, of reading a suggestion where there is nothing: with it, as many keys are
saved with fewer wrong suggestions."""


def cheapest(
    analyses: Analyses,
    sure: Mapping[TokenRange, float],
    *,
    reading: float = READING,
) -> Analysis:
    """The analysis, among these with their chances, that on average takes the fewest keys to become
    the wanted one (minimum Bayes risk). `sure` is the chance of a span's best label; `reading` is
    the cost of a span that matches none, in addition to its rejection."""
    saved = {
        (mine, wanted): _saved(mine, wanted, sure[mine])
        for mine in sure
        for wanted in sure
        if mine[0] < wanted[1] and wanted[0] < mine[1]
    }
    best: tuple[float, Analysis] = (0.0, ())
    for _, mine in analyses:
        if mine:
            gain = sum(chance * _gain(mine, wanted, saved, reading) for chance, wanted in analyses)
            best = max(best, (gain, mine), key=lambda pair: pair[0])
    return best[1]


def _saved(mine: TokenRange, wanted: TokenRange, sure: float) -> tuple[float, float]:
    """Intersection over union of two spans, and the keys saved by correcting one instead of making
    the other."""
    by_hand = making(wanted[1] - wanted[0])
    shared = min(mine[1], wanted[1]) - max(mine[0], wanted[0])
    overlap = shared / (max(mine[1], wanted[1]) - min(mine[0], wanted[0]))
    if mine == wanted:
        return overlap, by_hand - (1 - sure) * (FOCUS + LABEL)
    moved = abs(mine[0] - wanted[0]) + abs(mine[1] - wanted[1])
    return overlap, by_hand - min(FOCUS + moved + (1 - sure) * LABEL, FOCUS + REJECT + by_hand)


def _gain(
    mine: Analysis,
    wanted: Analysis,
    saved: Mapping[tuple[TokenRange, TokenRange], tuple[float, float]],
    reading: float,
) -> float:
    """Keys saved by showing `mine` if `wanted` is right; spans are matched as in
    `effort.of_spans`."""
    pairs = [(saved[m, w], m, w) for m in mine for w in wanted if (m, w) in saved]
    if len(pairs) > 1:
        pairs.sort(reverse=True)
    keys, met, found = 0.0, set(), set()
    for (_, gained), m, w in pairs:
        if m not in met and w not in found:
            met.add(m)
            found.add(w)
            keys += gained
    return keys - (len(mine) - len(met)) * (FOCUS + REJECT + reading)


def weight(pairs: Iterable[tuple[bool, float]]) -> float:
    """How much one opinion counts in a mixture with another (a linear opinion pool), in (0, 1): the
    weight under which the outcomes are likeliest, found by expectation maximization, with one more
    case added for each opinion. A case says whether the first opinion, which is always certain, was
    right, and what chance the other gave to the outcome."""
    cases = [(right, max(_FLOOR, chance)) for right, chance in pairs]
    share = 0.5
    for _ in range(50):
        parts = [share / (share + (1 - share) * chance) for right, chance in cases if right]
        share = (sum(parts) + 1) / (len(cases) + 2)
    return share


_FLOOR = 0.01
"""The least chance of an outcome that was not considered."""

__all__ = ["Analyses", "Analysis", "cheapest", "weight"]
