"""Logistic regression on few, sparse examples: for calibration, and for learners of labels.

Everything is in plain numpy and deterministic: full batches, no random start.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True)
class Binary:
    """A probability from a few numbers: `weights` is one for each column and the intercept last."""

    weights: tuple[float, ...]

    def __call__(self, columns: Sequence[float]) -> float:
        """The probability in (0, 1)."""
        score = sum(w * x for w, x in zip(self.weights, (*columns, 1.0), strict=True))
        return float(1 / (1 + np.exp(-min(30.0, max(-30.0, score)))))

    @staticmethod
    def fit(rows: Sequence[Sequence[float]], right: Sequence[bool], prior: Sequence[float]) -> Binary:
        """Fit by L-BFGS with a Gaussian prior around `prior` (weights and intercept): with no rows
        the prior itself. Targets are moved off 0 and 1 as Platt (1999) does, which keeps few examples from
        making certainty."""
        centre = np.asarray(prior, dtype=float)
        if not rows:
            return Binary(tuple(centre))
        x = np.column_stack([np.asarray(rows, dtype=float), np.ones(len(rows))])
        hits = np.asarray(right, dtype=bool)
        up, down = int(hits.sum()), int((~hits).sum())
        y = np.where(hits, (up + 1) / (up + 2), 1 / (down + 2))

        def loss(w: Floats) -> tuple[float, Floats]:
            scores = x @ w
            value = np.logaddexp(0, scores).sum() - y @ scores + 0.5 * ((w - centre) ** 2).sum()
            p = 1 / (1 + np.exp(-np.clip(scores, -30, 30)))
            return float(value), x.T @ (p - y) + (w - centre)

        best = _lbfgs(loss, centre, 200)
        return Binary(tuple(float(v) for v in best))


@dataclass(frozen=True)
class Classes:
    """Probabilities of classes from a set of named features (softmax regression with an L2 penalty)."""

    classes: tuple[str, ...]
    index: dict[str, int]
    weights: Floats

    def __call__(self, features: Iterable[str]) -> dict[str, float]:
        """Class -> probability; features never seen count nothing."""
        known = [self.index[f] for f in features if f in self.index]
        scores = self.weights[known].sum(axis=0) + self.weights[-1]
        chances = np.exp(scores - scores.max())
        return dict(zip(self.classes, (chances / chances.sum()).tolist(), strict=True))

    @staticmethod
    def fit(
        examples: Sequence[Iterable[str]], classes: Sequence[str], *, penalty: float = 1.0, rounds: int = 60
    ) -> Classes:
        """Fit with L-BFGS. `classes[i]` is the class of `examples[i]`; features that stand in one example
        only are left out when there are many. Raises ValueError without examples."""
        if not examples:
            raise ValueError("no examples")
        names = tuple(sorted(set(classes)))
        counts: dict[str, int] = {}
        rows = [sorted(set(one)) for one in examples]
        for row in rows:
            for feature in row:
                counts[feature] = counts.get(feature, 0) + 1
        least = 2 if len(rows) >= 40 else 1
        kept = sorted(f for f, n in counts.items() if n >= least)
        index = {feature: i for i, feature in enumerate(kept)}
        wide = len(kept) + 1
        places = [np.array([*(index[f] for f in row if f in index), wide - 1]) for row in rows]
        lengths = np.array([len(p) for p in places])
        flat = np.concatenate(places)
        owner = np.repeat(np.arange(len(rows)), lengths)
        target = np.zeros((len(rows), len(names)))
        target[np.arange(len(rows)), [names.index(c) for c in classes]] = 1.0
        free = np.ones((wide, 1))
        free[-1] = 0.0

        def loss(flatter: Floats) -> tuple[float, Floats]:
            w = flatter.reshape(wide, len(names))
            scores = np.add.reduceat(w[flat], np.concatenate([[0], np.cumsum(lengths)[:-1]]), axis=0)
            scores -= scores.max(axis=1, keepdims=True)
            logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
            value = -(target * logs).sum() + 0.5 * penalty * float((free * w * w).sum())
            slope = np.zeros_like(w)
            np.add.at(slope, flat, (np.exp(logs) - target)[owner])
            return float(value), (slope + penalty * free * w).ravel()

        best = _lbfgs(loss, np.zeros(wide * len(names)), rounds)
        return Classes(names, index, best.reshape(wide, len(names)))

    def to_json(self) -> dict[str, Any]:
        """What `of_json` reads back."""
        return {
            "classes": self.classes,
            "features": list(self.index),
            "weights": self.weights.round(6).tolist(),
        }

    @staticmethod
    def of_json(data: dict[str, Any]) -> Classes:
        """The model that `to_json` wrote."""
        index = {feature: i for i, feature in enumerate(data["features"])}
        return Classes(tuple(data["classes"]), index, np.asarray(data["weights"], dtype=float))


def _lbfgs(loss: Any, start: Floats, rounds: int, memory: int = 8) -> Floats:
    """Minimise a smooth convex function (Nocedal and Wright 2006, algorithm 7.5, backtracking line search)."""
    x = start
    value, slope = loss(x)
    steps: list[tuple[Floats, Floats, float]] = []
    for _ in range(rounds):
        if np.abs(slope).max() < 1e-4:
            break
        q = slope.copy()
        used = []
        for s, y, rho in reversed(steps):
            a = rho * float(s @ q)
            used.append(a)
            q -= a * y
        if steps:
            s, y, rho = steps[-1]
            q /= rho * float(y @ y)
        for (s, y, rho), a in zip(steps, reversed(used), strict=True):
            q += (a - rho * float(y @ q)) * s
        down = -q
        slant = float(down @ slope)
        size = 1.0 if steps else 1 / max(1.0, float(np.abs(slope).sum()))
        for _ in range(30):
            other = x + size * down
            new, new_slope = loss(other)
            if new <= value + 1e-4 * size * slant:
                break
            size /= 2
        else:
            break
        change, turn = other - x, new_slope - slope
        if float(change @ turn) > 1e-12:
            steps = [*steps, (change, turn, 1 / float(change @ turn))][-memory:]
        x, value, slope = other, new, new_slope
    return x


__all__ = ["Binary", "Classes"]
