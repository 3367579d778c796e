"""Calibrates scores by annotators' decisions: for each suggester, a shift of the log odds by layer
and label.

A logistic regression with the scores' log odds as offset and an intercept for each layer and each
label of it; the intercepts have Gaussian priors around 0, so that scores do not change without
decisions, and change little with few of them. This is a two-level model in the sense of Gelman and
Hill (2007, chapter 12); Newton's method finds its mode.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from annotator.model.decision import Suggestion

LAYER, LABEL = 0.5, 0.5
"""Standard deviations of the priors, in log odds."""

_ROUNDS = 25
_EDGE = 1e-3


@dataclass(frozen=True, slots=True)
class Verdict:
    """One decided suggestion: its own score in [0, 1], and whether it was right as proposed."""

    suggester: str
    layer: str
    label: str
    score: float
    right: bool


@dataclass(frozen=True, slots=True)
class Calibration:
    """Shifts of log odds by (suggester, layer), and by (suggester, layer, label) on top of them."""

    layers: Mapping[tuple[str, str], float] = field(default_factory=dict)
    labels: Mapping[tuple[str, str, str], float] = field(default_factory=dict)

    @staticmethod
    def fit(verdicts: Iterable[Verdict]) -> Calibration:
        """The most probable shifts given these decisions."""
        grouped: dict[tuple[str, str], dict[str, list[tuple[float, bool]]]] = {}
        for one in verdicts:
            by_label = grouped.setdefault((one.suggester, one.layer), {})
            by_label.setdefault(one.label, []).append((odds(one.score), one.right))
        layers: dict[tuple[str, str], float] = {}
        labels: dict[tuple[str, str, str], float] = {}
        for key, by_label in sorted(grouped.items()):
            shift, own = _fit(by_label)
            layers[key] = shift
            labels |= {(*key, label): value for label, value in own.items()}
        return Calibration(layers, labels)

    def shift(self, suggester: str, layer: str, label: str) -> float:
        """The shift of the log odds for a suggestion by this suggester, with this layer and label;
        0 if nothing was decided."""
        return self.layers.get((suggester, layer), 0.0) + self.labels.get(
            (suggester, layer, label), 0.0
        )

    def adjust(self, one: Suggestion) -> Suggestion:
        """The suggestion with its calibrated score; its own score is kept as `raw`."""
        shift = self.shift(one.suggester, one.value.layer, one.value.label)
        if not shift:
            return one
        return replace(one, score=round(chance(odds(one.score) + shift), 4), raw=one.score)


def odds(score: float) -> float:
    """The log odds of a score, which is limited to [.001, .999]."""
    score = min(1 - _EDGE, max(_EDGE, score))
    return math.log(score / (1 - score))


def chance(log_odds: float) -> float:
    """The chance in (0, 1) with these log odds."""
    return 1 / (1 + math.exp(-log_odds))


def _fit(by_label: Mapping[str, Sequence[tuple[float, bool]]]) -> tuple[float, dict[str, float]]:
    """The shifts of the layer and of each label; each is moved to its optimum given the others,
    until none moves."""
    shift = 0.0
    own = dict.fromkeys(sorted(by_label), 0.0)
    for _ in range(_ROUNDS):
        before = (shift, *own.values())
        rows = [(o + own[label], right) for label in own for o, right in by_label[label]]
        shift = _newton(rows, shift, LAYER)
        for label in own:
            own[label] = _newton(
                [(o + shift, right) for o, right in by_label[label]], own[label], LABEL
            )
        if max(abs(a - b) for a, b in zip(before, (shift, *own.values()), strict=True)) < 1e-6:
            break
    return shift, own


def _newton(rows: Sequence[tuple[float, bool]], start: float, spread: float) -> float:
    """The mode of one intercept: offsets and outcomes, prior N(0, spread²)."""
    value, precision = start, 1 / spread**2
    for _ in range(_ROUNDS):
        chances = [chance(o + value) for o, _ in rows]
        slope = (
            sum(right - p for p, (_, right) in zip(chances, rows, strict=True)) - precision * value
        )
        step = slope / (sum(p * (1 - p) for p in chances) + precision)
        value += max(-2.0, min(2.0, step))
        if abs(step) < 1e-9:
            break
    return value


UNCALIBRATED = Calibration()

__all__ = ["LABEL", "LAYER", "UNCALIBRATED", "Calibration", "Verdict", "chance", "odds"]
