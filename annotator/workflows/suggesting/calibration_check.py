"""Whether the scores of suggestions say what they should: how often annotators found suggestions
right, against the scores that they had."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

from annotator.learners.calibration import Calibration, Verdict, chance, odds
from annotator.learners.evaluation import BINS, calibration_error
from annotator.project import Project

FOLDS = 5
"""The calibration of a suggestion is fitted to the other four fifths of the decisions."""


@dataclass(frozen=True, slots=True)
class Reliability:
    """Decided suggestions whose score lies in `[low, high)` (the last stretch includes 1): their
    number, their mean score, and the share that was right."""

    low: float
    high: float
    n: int
    score: float
    right: float


@dataclass(frozen=True, slots=True)
class CalibrationCheck:
    """The scores of one suggester in one layer over `n` decided suggestions.

    `score` is the mean of its own scores, `right` the share that was right in label and bounds,
    `calibrated` the mean after calibration. `error` and `calibrated_error` are the expected
    calibration error before and after: the mean distance of score and share over ten stretches of
    scores, weighted by size (Naeini et al. 2015). `shift` is what the calibration on all decisions
    adds to the log odds of a score, on average. `table` shows the suggester's own scores.
    """

    suggester: str
    layer: str
    n: int
    score: float
    right: float
    calibrated: float
    error: float
    calibrated_error: float
    shift: float
    table: tuple[Reliability, ...]


def check_calibration(project: Project) -> list[CalibrationCheck]:
    """The checks of a project, by layer and suggester; empty if nothing was decided yet."""
    return checks(
        Verdict(f.suggester, f.layer, f.label, f.score, f.right)
        for f in project.learning.outcomes()
    )


def checks(verdicts: Iterable[Verdict]) -> list[CalibrationCheck]:
    """The checks of decided suggestions. Those of each fifth, by turns, are calibrated by the
    others, so that no decision judges itself."""
    every = list(verdicts)
    held_out = [every[i::FOLDS] for i in range(FOLDS)]
    after: dict[tuple[str, str], list[tuple[float, bool]]] = {}
    before: dict[tuple[str, str], list[tuple[float, bool]]] = {}
    for i, fold in enumerate(held_out):
        others = [one for j, part in enumerate(held_out) if j != i for one in part]
        fitted = Calibration.fit(others)
        for one in fold:
            key = (one.layer, one.suggester)
            shift = fitted.shift(one.suggester, one.layer, one.label)
            after.setdefault(key, []).append((chance(odds(one.score) + shift), one.right))
            before.setdefault(key, []).append((one.score, one.right))
    full = Calibration.fit(every)
    shifts: dict[tuple[str, str], list[float]] = {}
    for one in every:
        shift = full.shift(one.suggester, one.layer, one.label)
        shifts.setdefault((one.layer, one.suggester), []).append(shift)
    return [_check(key, before[key], after[key], fmean(shifts[key])) for key in sorted(before)]


def _check(
    key: tuple[str, str],
    before: Sequence[tuple[float, bool]],
    after: Sequence[tuple[float, bool]],
    shift: float,
) -> CalibrationCheck:
    layer, suggester = key
    return CalibrationCheck(
        suggester=suggester,
        layer=layer,
        n=len(before),
        score=fmean(score for score, _ in before),
        right=fmean(right for _, right in before),
        calibrated=fmean(score for score, _ in after),
        error=calibration_error(before) or 0.0,
        calibrated_error=calibration_error(after) or 0.0,
        shift=shift,
        table=tuple(_reliability(before)),
    )


def _reliability(pairs: Sequence[tuple[float, bool]]) -> Iterable[Reliability]:
    for i in range(BINS):
        inside = [p for p in pairs if min(BINS - 1, int(p[0] * BINS)) == i]
        if inside:
            n = len(inside)
            score, right = (sum(values) / n for values in zip(*inside, strict=True))
            yield Reliability(i / BINS, (i + 1) / BINS, n, score, right)


__all__ = ["CalibrationCheck", "Reliability", "check_calibration", "checks"]
