"""Annotators whose habits change over time: who marks a label more or less often than the others in
the same texts from some document on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from annotator.measures.api import Comparison
from annotator.workflows.agreement.change_points import (
    LEAST,
    ChangePoint,
    change_point,
    significant,
)
from annotator.workflows.agreement.habits import (
    FEW,
    LARGE,
    LabelCounts,
    LabelMeans,
    beside_others,
    words_in,
)

Rates = tuple[float, float]
"""Marks per 1,000 words of an annotator, and of the others in the same texts."""


@dataclass(frozen=True, slots=True)
class HabitChange:
    """An annotator who gives a label more or less often from a document on, which was finished on
    the day `since` (ISO 8601; empty if that is not known), with the rates `before` and `after`."""

    annotator: str
    layer: str
    label: str
    since: str
    documents: tuple[int, int]
    before: Rates
    after: Rates

    @property
    def times(self) -> float:
        """The factor by which the rate changed, relative to the others' rate; 1 or more."""
        (own, others), (own_after, others_after) = self.before, self.after
        up, down = own_after * others, own * others_after
        return max(up, down) / min(up, down) if min(up, down) else float("inf")


@dataclass(slots=True)
class _DocumentCounts:
    """What an annotator and, on average, the others gave in a document."""

    words: int = 0
    own: LabelCounts = field(default_factory=Counter)
    others: LabelMeans = field(default_factory=dict)


class HabitChanges:
    """Counts marks by document; `finished` says when each was finished (ISO 8601)."""

    def __init__(self, finished: Mapping[str, str]) -> None:
        self._finished = finished
        self._counts: dict[str, dict[str, _DocumentCounts]] = {}

    def add(self, comparison: Comparison) -> None:
        """Count the passages of a comparison."""
        for passage in comparison.passages:
            words = words_in(passage)
            for who, own, others in beside_others(passage):
                here = self._counts.setdefault(who, {}).setdefault(passage.name, _DocumentCounts())
                here.words += words
                here.own.update(own)
                for key, mean in others.items():
                    here.others[key] = here.others.get(key, 0) + mean

    def found(self) -> list[HabitChange]:
        """The changes that chance hardly explains, the surest first. A label has one at most: that
        of the annotator whose own rate changed most."""
        best: dict[tuple[str, str], HabitChange] = {}
        for point, (who, key) in significant(self._tested()):
            # What one of two does differently, so does the other: both are looked at.
            for one in sorted(self._counts) if len(self._counts) == 2 else [who]:
                change = self._change(one, key, point.before)
                known = best.get(key)
                if change.times >= LARGE and (known is None or _moved(change) > _moved(known)):
                    best[key] = change
        return list(best.values())

    def _ordered(self, who: str) -> list[str]:
        return sorted(self._counts[who], key=lambda name: (self._finished.get(name, ""), name))

    def _tested(self) -> Iterator[tuple[ChangePoint, tuple[str, tuple[str, str]]]]:
        """The largest change of every annotator and label with enough marks."""
        several = sorted(self._counts)
        for who in several[:1] if len(several) == 2 else several:
            held = [self._counts[who][name] for name in self._ordered(who)]
            if len(held) < 2 * LEAST:
                continue
            for key in sorted({key for one in held for key in one.others}):
                own = np.array([one.own[key] for one in held], dtype=np.float64)
                others = np.array([one.others.get(key, 0) for one in held])
                if max(own.sum(), others.sum()) < FEW:
                    continue
                point = change_point(own - others)
                if point is not None:
                    yield point, (who, key)

    def _change(self, who: str, key: tuple[str, str], before: int) -> HabitChange:
        names = self._ordered(who)
        first, second = (self._rates(who, key, part) for part in (names[:before], names[before:]))
        since = self._finished.get(names[before], "")[:10]
        return HabitChange(who, *key, since, (before, len(names) - before), first, second)

    def _rates(self, who: str, key: tuple[str, str], names: list[str]) -> Rates:
        held = [self._counts[who][name] for name in names]
        words = max(1, sum(one.words for one in held))
        own, others = (
            sum(one.own[key] for one in held),
            sum(one.others.get(key, 0) for one in held),
        )
        return 1000 * own / words, 1000 * others / words


def _moved(change: HabitChange) -> float:
    """How much an annotator's own rate changed."""
    return abs(change.after[0] - change.before[0])


__all__ = ["HabitChange", "HabitChanges", "Rates"]
