"""Confidence intervals over documents: the jackknife, on a scale that respects the bounds of the
figure.

One document (in large sets, a group of them) is left out at a time; the figures without it give the
standard error (Tukey, J. (1958); Efron, B. and Tibshirani, R. (1993). An Introduction to the
Bootstrap, ch. 11). The figure is placed between its lowest possible value and 1, and the interval
is that of Student's t on the logit of this position, transformed back. Its degrees of freedom are
those of the documents that move the figure.

The lowest value of a share is 0. That of a chance-corrected figure depends on how often each value
was given: it is -1 if two values are equally frequent (the logit is then twice Fisher's z), but
just below 0 if one is rare.

`tests/bench/intervals.py` compares it with the percentile bootstrap, the bootstrap with a
small-sample correction, BCa, Student's t of the jackknife without a scale, and Fisher's z: its
coverage holds from five documents on, for rare values too, and it needs no resamples and no random
numbers. An interval that spans nearly all possible values always holds the true one and tells
nothing, so there is none then.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from annotator.measures._tables import Array

LEAST = 3
"""This many documents must affect a figure for it to have an interval."""

CONFIDENCE = 0.95

WIDEST = 0.95
"""An interval that spans this share of the possible values is none."""


@dataclass(frozen=True, slots=True)
class Interval:
    """The ends of a 95 % interval, or None with the `reason`."""

    low: float | None = None
    high: float | None = None
    reason: str = ""


def interval(value: float, without: Array, lowest: float) -> Interval:
    """The 95 % interval of a figure between the `lowest` possible value and 1; `without` holds the
    figure without each document (or group) in turn."""
    count = len(without)
    if count < LEAST:
        return Interval(reason=f"an interval needs {LEAST} documents or more")
    if np.isnan(without).any():
        reason = "the figure rests on one document; without that document, it is undefined"
        return Interval(reason=reason)
    moving = int((np.abs(without - value) > 1e-12).sum())
    if not moving:
        return Interval(reason="no variation: every document gives the same")
    if moving < LEAST:
        return Interval(
            reason=f"the figure rests on {moving} of the documents: an interval needs {LEAST}"
        )
    if abs(value - lowest) < 1e-9:
        return Interval(
            reason="the figure is as low as it can be with these values: an interval needs some "
            "agreement"
        )
    error = math.sqrt((count - 1) / count * float(((without - without.mean()) ** 2).sum()))
    low, high = _scaled_back(value, error, student(moving - 1), lowest)
    if high - low >= WIDEST * (1 - lowest):
        return Interval(
            reason="the interval would span nearly all values that the figure can have; too little "
            "is coded"
        )
    return Interval(low, high)


def _scaled_back(value: float, error: float, t: float, lowest: float) -> tuple[float, float]:
    """The interval on the scale of the figure; the delta method gives the error of the logit."""
    width = 1 - lowest
    place = (value - lowest) / width
    if not 0 < place < 1:
        # Some figures have no lowest value, so they can be below -1.
        return value - t * error, min(value + t * error, 1.0)
    logit, spread = math.log(place / (1 - place)), error / (width * place * (1 - place))
    low, high = (lowest + width * _logistic(logit + sign * t * spread) for sign in (-1, 1))
    return low, high


def _logistic(logit: float) -> float:
    return (math.tanh(logit / 2) + 1) / 2


@lru_cache(maxsize=4096)
def student(freedom: int, confidence: float = CONFIDENCE) -> float:
    """The two-sided quantile of Student's t with `freedom` degrees of freedom."""
    low, high = 0.0, 1e6
    for _ in range(200):
        middle = (low + high) / 2
        if _within(middle, freedom) < confidence:
            low = middle
        else:
            high = middle
        if high - low < 1e-12 * high:
            break
    return (low + high) / 2


def _within(t: float, freedom: int) -> float:
    """The chance of a value between -t and t (Abramowitz and Stegun 1972, 26.7.3 and 26.7.4)."""
    angle = math.atan(t / math.sqrt(freedom))
    sine, cosine = math.sin(angle), math.cos(angle)
    term = total = cosine if freedom % 2 else 1.0
    for k in range(3 if freedom % 2 else 2, freedom - 1, 2):
        term *= cosine**2 * (k - 1) / k
        total += term
    if freedom % 2:
        return 2 / math.pi * (angle + (sine * total if freedom > 1 else 0.0))
    return sine * total


__all__ = ["CONFIDENCE", "LEAST", "Interval", "interval", "student"]
