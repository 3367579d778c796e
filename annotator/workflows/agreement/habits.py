"""What each annotator does more or less often than the others: marks per 1,000 words, and shares
of labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from annotator.measures.api import Comparison, Passage
from annotator.model.text import is_word

LARGE = 1.5
"""A rate that is this many times that of the others (or the inverse) is reported."""

FEW = 10
"""With fewer marks, a rate says nothing."""


@dataclass(frozen=True, slots=True)
class Habit:
    """How often an annotator gives a label (empty for all labels of a layer) in the texts that
    others finished too: `marks` per `words`, the `share` of the label in the layer, and the
    averages of the others in the same texts. Rates are per 1,000 words; None if there is nothing to
    divide by."""

    annotator: str
    layer: str
    label: str
    marks: int
    words: int
    share: float | None
    others_marks: float
    others_share: float | None

    @property
    def rate(self) -> float | None:
        """Marks per 1,000 words."""
        return 1000 * self.marks / self.words if self.words else None

    @property
    def others_rate(self) -> float | None:
        """The others' marks per 1,000 words."""
        return 1000 * self.others_marks / self.words if self.words else None

    @property
    def ratio(self) -> float | None:
        """The rate over that of the others."""
        return self.marks / self.others_marks if self.others_marks else None

    @property
    def differs_much(self) -> bool:
        """Whether the annotator differs much from the others."""
        if max(self.marks, self.others_marks) < FEW:
            return False
        return self.ratio is None or not 1 / LARGE < self.ratio < LARGE


LabelCounts = Counter[tuple[str, str]]
"""How often each label of each layer was given."""


def words_in(passage: Passage) -> int:
    """The number of words in a passage."""
    return sum(is_word(passage.text, token) for token in passage.tokens())


LabelMeans = dict[tuple[str, str], float]
"""The same on average over several annotators."""


def beside_others(passage: Passage) -> Iterator[tuple[str, LabelCounts, LabelMeans]]:
    """What each annotator gave in a passage, and what the others gave on average, for every label
    that anybody gave."""
    counts = {
        who: Counter(
            [(s.layer, s.label) for s in work.spans] + [(r.layer, r.label) for r in work.relations]
        )
        for who, work in passage.works.items()
    }
    total: LabelCounts = Counter()
    for own in counts.values():
        total.update(own)
    for who, own in counts.items():
        others = len(counts) - 1
        yield who, own, {key: (times - own[key]) / others for key, times in total.items()}


class Habits:
    """Counts habits over comparisons."""

    def __init__(self) -> None:
        self._words: Counter[str] = Counter()
        self._own: Counter[tuple[str, str, str]] = Counter()
        self._others: dict[tuple[str, str, str], float] = {}

    def add(self, comparison: Comparison) -> None:
        """Count the passages of a comparison."""
        for passage in comparison.passages:
            words = words_in(passage)
            for who, own, others in beside_others(passage):
                self._words[who] += words
                for (layer, label), mean in others.items():
                    key = (who, layer, label)
                    self._own[key] += own[layer, label]
                    self._others[key] = self._others.get(key, 0) + mean

    def found(self) -> list[Habit]:
        """Every annotator's habits, layer by layer: first all labels together, then by label."""
        out: list[Habit] = []
        for who in sorted(self._words):
            for layer in sorted({layer for name, layer, _ in self._own if name == who}):
                out += self._in_layer(who, layer)
        return out

    def _in_layer(self, who: str, layer: str) -> list[Habit]:
        words = self._words[who]
        labels = sorted(label for name, one, label in self._own if (name, one) == (who, layer))
        own = [self._own[who, layer, label] for label in labels]
        theirs = [self._others[who, layer, label] for label in labels]
        marks, others = sum(own), sum(theirs)
        return [
            Habit(
                who, layer, "", marks, words, _share(marks, marks), others, _share(others, others)
            ),
            *(
                Habit(who, layer, label, n, words, _share(n, marks), m, _share(m, others))
                for label, n, m in zip(labels, own, theirs, strict=True)
            ),
        ]


def _share(some: float, every: float) -> float | None:
    return some / every if every else None


def outstanding(habits: Iterable[Habit]) -> list[Habit]:
    """The habits to report, the largest differences first."""
    found = [habit for habit in habits if habit.differs_much]
    return sorted(found, key=lambda h: -abs(h.marks - h.others_marks))


__all__ = [
    "FEW",
    "LARGE",
    "Habit",
    "Habits",
    "LabelCounts",
    "LabelMeans",
    "beside_others",
    "outstanding",
    "words_in",
]
