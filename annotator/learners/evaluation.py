"""How good proposals are on held-out paragraphs, compared with what annotators decided there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

from annotator.model.effort import Effort, StanceRanges, TextRange, of_relations, of_spans, total

BINS = 10
LAST = 50
"""The number of paragraphs whose decisions say which of two proposers is better."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A layer in one paragraph: the proposals with their chances, the proposals of rules and
    memory, and the decisions. Spans are (start, end, label), relations (source, label, target)."""

    text: str
    proposed: Sequence[tuple[Any, float]]
    alone: Sequence[Any]
    wanted: Sequence[Any]


def folds(groups: Sequence[str], number: int) -> list[frozenset[int]]:
    """The indices of examples in that many parts, to hold out one after the other. Examples of a
    group stay together, in the order of the groups' names; with fewer groups than parts, they are
    divided by index. Empty parts are left out."""
    names = {name: i for i, name in enumerate(sorted(set(groups)))}
    parts: list[set[int]] = [set() for _ in range(number)]
    for i, group in enumerate(groups):
        parts[(names[group] if len(names) >= number else i) % number].add(i)
    return [frozenset(part) for part in parts if part]


def effort(one: Judged, *, spans: bool, alone: bool = False) -> Effort:
    """Keys for the paragraph with the model's proposals, or with
    those of rules and memory `alone`."""
    given = one.alone if alone else [item for item, _ in one.proposed]
    if spans:
        stretches: list[TextRange] = list(given)
        return of_spans(one.text, stretches, list(one.wanted))
    edges: list[StanceRanges] = list(given)
    return of_relations(edges, one.wanted)


Speaker: TypeAlias = Literal["rules", "base", "own", "nobody"]
"""Whose suggestions are shown for a layer: those of rules and memory, of the base model, of the
model learnt on top of it (or without it), or none."""

PRIOR = 2
"""What a base saved on its own texts counts as much as this many paragraphs of the project when it
is compared with the rules."""
UNWANTED = 4.0
"""The number of suggestions expected to be right, in a layer in which nothing was marked, at which
suggesting ends there."""
_BY_RULES = 0.5
"""The chance of the rules' proposals."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A layer in the decided paragraphs, by their indices.

    `own` is judged on held-out paragraphs, and is empty while there are too few; `before` holds the
    proposals without learning, by the base if there is one. `gain` is the number of keys that the
    base saved over the rules per paragraph of its own texts; None if it does not suggest in the
    layer.
    """

    before: Mapping[int, Judged]
    own: Mapping[int, Judged] = field(default_factory=dict)
    gain: float | None = None

    def speaker(self, *, spans: bool) -> Speaker:
        """The speaker with the fewest keys in the last paragraphs; if several are equal, the one
        that has learnt less."""
        if _unwanted(list(self._last("own").values()) or list(self._last("before").values())):
            return "nobody"
        keys: dict[Speaker, float] = {"rules": self.spent("rules", spans=spans).keys}
        start = PRIOR * (self.gain or 0.0)
        if self.gain is not None:
            keys["base"] = self.spent("base", spans=spans).keys - start
        if self.own:
            keys["own"] = self.spent("own", spans=spans).keys - start
        return min(keys, key=lambda one: keys[one])

    def spent(self, speaker: Speaker, *, spans: bool) -> Effort:
        """Keys for the last paragraphs with the suggestions of a speaker."""
        judged = self._last("own" if self.own and speaker != "base" else "before")
        if speaker == "nobody":
            judged = {i: replace(one, proposed=()) for i, one in judged.items()}
        return total(effort(one, spans=spans, alone=speaker == "rules") for one in judged.values())

    def _last(self, whose: str) -> dict[int, Judged]:
        """The last judged paragraphs: those on which the project's model is judged, if there is
        one."""
        judged: Mapping[int, Judged] = getattr(self, whose)
        return {i: judged[i] for i in sorted(self.own or self.before)[-LAST:] if i in judged}


def _unwanted(judged: Sequence[Judged]) -> bool:
    """Whether suggestions were made but nothing was wanted."""
    expected = (
        max(sum(chance for _, chance in one.proposed), _BY_RULES * len(one.alone)) for one in judged
    )
    return not any(one.wanted for one in judged) and sum(expected) >= UNWANTED


def report(judged: Sequence[Judged], *, spans: bool) -> dict[str, Any]:
    """Figures of a layer, JSON-able: per label and over `all` precision, recall, F1 (None where
    undefined) with counts; shares of keys saved by the model and by rules and memory `alone`,
    over all and the last paragraphs; the keys that the model saves over these in a paragraph
    (`gain`); wrong proposals per paragraph; expected calibration error over ten bins (Naeini et
    al. 2015)."""
    counts: dict[str, Counter[str]] = {}
    pairs: list[tuple[float, bool]] = []
    for one in judged:
        wanted = set(one.wanted)
        for item, chance in one.proposed:
            label = _label(item)
            counts.setdefault(label, Counter())["proposed"] += 1
            counts[label]["right"] += item in wanted
            pairs.append((chance, item in wanted))
        for item in wanted:
            counts.setdefault(_label(item), Counter())["wanted"] += 1
    every: Counter[str] = Counter()
    for one_label in counts.values():
        every.update(one_label)
    mine = [effort(one, spans=spans) for one in judged]
    others = [effort(one, spans=spans, alone=True) for one in judged]
    return {
        "labels": {label: scores(counts[label]) for label in sorted(counts)},
        "all": scores(every),
        "saved": rounded(total(mine).saved),
        "saved_last": rounded(total(mine[-LAST:]).saved),
        "alone": rounded(total(others).saved),
        "alone_last": rounded(total(others[-LAST:]).saved),
        "gain": rounded((total(others).keys - total(mine).keys) / len(judged)) if judged else None,
        "wrong": rounded(total(mine).wrong / len(mine)) if mine else None,
        "calibration_error": rounded(calibration_error(pairs)),
        "paragraphs": len(judged),
    }


def _label(item: Any) -> str:
    """The label of a span (start, end, label) or a relation (source, label, target)."""
    label = item[2] if isinstance(item[2], str) else item[1]
    assert isinstance(label, str)
    return label


def scores(counts: Counter[str]) -> dict[str, Any]:
    """Precision, recall and F1 of counts `right`, `proposed` and `wanted`."""
    right, proposed, wanted = counts["right"], counts["proposed"], counts["wanted"]
    return {
        "precision": rounded(right / proposed) if proposed else None,
        "recall": rounded(right / wanted) if wanted else None,
        "f1": rounded(2 * right / (proposed + wanted)) if proposed + wanted else None,
        "proposed": proposed,
        "wanted": wanted,
    }


def calibration_error(pairs: Sequence[tuple[float, bool]]) -> float | None:
    """The mean distance between the chance and the share of right proposals, over ten bins of
    chance weighted by size; None without pairs."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for chance, right in pairs:
        bins[min(BINS - 1, int(chance * BINS))].append((chance, right))
    if not pairs:
        return None
    far = (abs(sum(c for c, _ in one) - sum(r for _, r in one)) for one in bins)
    return sum(far) / len(pairs)


def rounded(value: float | None) -> float | None:
    """To four decimals."""
    return None if value is None else round(value, 4)


__all__ = [
    "LAST",
    "Judged",
    "Speaker",
    "Trial",
    "calibration_error",
    "effort",
    "folds",
    "report",
    "rounded",
    "scores",
]
