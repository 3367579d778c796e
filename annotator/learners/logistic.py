"""Logistic regression on few, sparse examples: for calibration, and for learners of labels.

Everything is plain numpy and deterministic: full batches, no random start.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from annotator.learners.lbfgs import minimum

Floats: TypeAlias = NDArray[np.float64]


def log_odds(chance: float) -> float:
    """log(p / (1 - p)), for p kept between 1e-4 and its complement."""
    kept = min(1 - 1e-4, max(1e-4, chance))
    return math.log(kept / (1 - kept))


@dataclass(frozen=True)
class Binary:
    """A probability from a few numbers: `weights` has one for each column, and the intercept
    last."""

    weights: tuple[float, ...]

    def __call__(self, columns: Sequence[float]) -> float:
        """The probability in (0, 1)."""
        score = sum(w * x for w, x in zip(self.weights, (*columns, 1.0), strict=True))
        return float(1 / (1 + np.exp(-min(30.0, max(-30.0, score)))))

    @staticmethod
    def fit(
        rows: Sequence[Sequence[float]], right: Sequence[bool], prior: Sequence[float]
    ) -> Binary:
        """Fit by L-BFGS with a Gaussian prior around `prior` (weights and intercept); without rows,
        the result is the prior. Targets are moved away from 0 and 1 as in Platt (1999), so that few
        examples do not give certainty."""
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

        best = minimum(loss, centre, 200)
        return Binary(tuple(float(v) for v in best))


@dataclass(frozen=True)
class Design:
    """Examples as sets of named features, flat: row `i` has `columns[starts[i]:starts[i + 1]]`, the
    last of which is the intercept's. `index` names the other columns."""

    index: dict[str, int]
    columns: NDArray[np.int64]
    starts: NDArray[np.int64]

    @staticmethod
    def of(examples: Sequence[Iterable[str]]) -> Design:
        """Features of only one example are left out if there are many examples. Raises ValueError
        without examples."""
        if not examples:
            raise ValueError("no examples")
        rows = [set(one) for one in examples]
        counts = Counter(chain.from_iterable(rows))
        least = 2 if len(rows) >= 40 else 1
        index = {f: i for i, f in enumerate(sorted(f for f, n in counts.items() if n >= least))}
        columns: list[int] = []
        starts: list[int] = []
        for row in rows:
            starts.append(len(columns))
            columns += sorted([index[f] for f in row if f in index])
            columns.append(len(index))
        return Design(index, np.array(columns, np.int64), np.array(starts, np.int64))

    @property
    def wide(self) -> int:
        """The number of columns, including the intercept's."""
        return len(self.index) + 1

    @cached_property
    def owner(self) -> NDArray[np.int64]:
        """The row of each of `columns`."""
        return np.repeat(
            np.arange(len(self.starts)), np.diff(self.starts, append=len(self.columns))
        )

    @cached_property
    def _turned(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The rows of each column, one column after the other, and where each column begins; every
        column has at least one row."""
        order = np.argsort(self.columns, kind="stable")
        return self.owner[order], np.searchsorted(self.columns[order], np.arange(self.wide))

    # `take` costs a third of what indexing with an array does.

    def scores(self, weights: Floats) -> Floats:
        """Sums of weights (columns x classes) for every row."""
        return np.add.reduceat(weights.take(self.columns, axis=0), self.starts, axis=0)

    def slope(self, errors: Floats) -> Floats:
        """The transpose of `scores`: the sum of the rows' errors for every column (rows x
        classes)."""
        rows, heads = self._turned
        return np.add.reduceat(errors.take(rows, axis=0), heads, axis=0)


Named: TypeAlias = tuple[Mapping[str, int], Floats]
"""Weights (features x classes, the intercept's row last) with the names of their rows."""


def _sum(parts: Sequence[Named]) -> tuple[dict[str, int], Floats]:
    """The sums of weights by name."""
    index = {f: i for i, f in enumerate(sorted({f for names, _ in parts for f in names}))}
    weights = np.zeros((len(index) + 1, parts[0][1].shape[1]))
    for names, own in parts:
        weights[[*(index[f] for f in names), len(index)]] += own
    return index, weights


def _scores(rows: Sequence[Iterable[str]], index: Mapping[str, int], weights: Floats) -> Floats:
    """Sums of the weights of each row's features (rows x classes); unseen features count 0."""
    last = len(weights) - 1
    columns: list[int] = []
    starts: list[int] = []
    for row in rows:
        starts.append(len(columns))
        columns += [index[f] for f in row if f in index]
        columns.append(last)
    sums: Floats = np.add.reduceat(weights.take(columns, axis=0), starts, axis=0)
    return sums


def _pack(index: Iterable[str], weights: Floats) -> dict[str, Any]:
    """Names and weights without negligible ones, in half precision. A new model is made of these
    too, so that it gives the same results after it is stored and loaded."""
    names = list(index)
    kept = (
        np.flatnonzero(np.abs(weights[:-1]).max(axis=1) >= SMALL)
        if names
        else np.array([], dtype=int)
    )
    rows = np.vstack([weights[kept], weights[-1:]]).astype("<f2")
    return {
        "features": [names[i] for i in kept],
        "wide": weights.shape[1],
        "weights": rows.tobytes(),
    }


def _unpack(data: dict[str, Any]) -> tuple[dict[str, int], Floats]:
    weights = np.frombuffer(data["weights"], dtype="<f2").astype(float).reshape(-1, data["wide"])
    return {feature: i for i, feature in enumerate(data["features"])}, weights


SMALL = 0.01
"""Smaller weights are not kept."""


@dataclass(frozen=True)
class Classes:
    """Probabilities of classes from a set of named features (softmax
    regression with an L2 penalty)."""

    classes: tuple[str, ...]
    index: dict[str, int]
    weights: Floats

    def __call__(self, features: Iterable[str]) -> dict[str, float]:
        """The probability of each class; unseen features count 0."""
        # Plain lists, since adding rows of a few numbers is faster than making arrays of them.
        rows, index = self._rows, self.index
        if len(self.classes) == 2:
            lead = self._lead
            score = sum([lead[index[f]] for f in features if f in index]) + lead[-1]
            second = 1 / (1 + math.exp(-max(-700.0, min(700.0, score))))
            return {self.classes[0]: 1 - second, self.classes[1]: second}
        known = [rows[index[f]] for f in features if f in index]
        scores = [sum(column) for column in zip(rows[-1], *known, strict=True)]
        most = max(scores)
        chances = [math.exp(score - most) for score in scores]
        every = sum(chances)
        return {name: chance / every for name, chance in zip(self.classes, chances, strict=True)}

    def many(self, rows: Sequence[Iterable[str]]) -> list[dict[str, float]]:
        """The same for many rows at once, in less time."""
        if not rows:
            return []
        scores = _scores(rows, self.index, self.weights)
        chances = np.exp(scores - scores.max(axis=1, keepdims=True))
        chances /= chances.sum(axis=1, keepdims=True)
        return [dict(zip(self.classes, one, strict=True)) for one in chances.tolist()]

    @cached_property
    def _lead(self) -> list[float]:
        """How much more each feature favours the second of two classes than the first."""
        lead: list[float] = (self.weights[:, 1] - self.weights[:, 0]).tolist()
        return lead

    @cached_property
    def _rows(self) -> list[list[float]]:
        rows: list[list[float]] = self.weights.tolist()
        return rows

    def strongest(self, features: Iterable[str], name: str) -> str | None:
        """The feature that favours a class most over the others; None if none does."""
        place = self.classes.index(name)
        best, most = None, 0.05
        for feature in features:
            at = self.index.get(feature)
            if at is not None:
                row = self._rows[at]
                lead = row[place] - sum(row) / len(row)
                if lead > most:
                    best, most = feature, lead
        return best

    @staticmethod
    def fit(
        examples: Sequence[Iterable[str]],
        classes: Sequence[str],
        *,
        penalty: float = 1.0,
        rounds: int = 60,
        base: Classes | None = None,
        whole: Sequence[Iterable[str]] | None = None,
    ) -> Classes:
        """Fit with L-BFGS. `classes[i]` is the class of `examples[i]`.
        Raises ValueError without examples.

        Weights are pulled to zero or, with a `base`, to its weights (a Gaussian prior around those
        of another domain, Chelba and Acero 2004). If `examples` lack features that the base uses,
        `whole` has all features.
        """
        design = Design.of(examples)
        names = tuple(sorted({*classes, *(base.classes if base else ())}))
        known = base._widened(names) if base else None
        given = _scores(whole or examples, *known) if known else 0.0
        place = {name: k for k, name in enumerate(names)}
        target = np.zeros((len(classes), len(names)))
        target[np.arange(len(classes)), [place[c] for c in classes]] = 1.0
        free = np.ones((design.wide, 1))
        free[-1] = 0.0 if base is None else 1.0

        def loss(flatter: Floats) -> tuple[float, Floats]:
            w = flatter.reshape(design.wide, len(names))
            scores = design.scores(w) + given
            scores -= scores.max(axis=1, keepdims=True)
            logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
            value = -(target * logs).sum() + 0.5 * penalty * float((free * w * w).sum())
            return float(value), (design.slope(np.exp(logs) - target) + penalty * free * w).ravel()

        best = minimum(loss, np.zeros(design.wide * len(names)), rounds)
        fitted = design.index, best.reshape(design.wide, len(names))
        made = Classes(names, *(_sum([fitted, known]) if known else fitted))
        return Classes.of_data(made.to_data())

    def _widened(self, names: Sequence[str]) -> Named:
        """The weights for these classes; an unknown class is always as likely as the rarest one."""
        weights = np.zeros((len(self.weights), len(names)))
        weights[-1] = self.weights[-1].min()
        weights[:, [names.index(one) for one in self.classes]] = self.weights
        return self.index, weights

    @staticmethod
    def counted(
        examples: Sequence[Iterable[str]], classes: Sequence[str], *, share: float = 1.0
    ) -> Classes:
        """Naive Bayes by counts plus one (the multinomial model of McCallum and Nigam 1998), with
        all evidence raised to the power `share`, for redundant features. Raises ValueError without
        examples."""
        design = Design.of(examples)
        names = tuple(sorted(set(classes)))
        own = np.array([names.index(c) for c in classes])[design.owner]
        counts = np.bincount(design.columns * len(names) + own, minlength=design.wide * len(names))
        weights = counts.reshape(design.wide, len(names)).astype(float)
        weights[:-1] += 1
        weights[:-1] /= weights[:-1].sum(axis=0)
        weights[-1] /= weights[-1].sum()
        weights = share * np.log(weights)
        weights -= weights.mean(axis=1, keepdims=True)
        return Classes.of_data(Classes(names, design.index, weights).to_data())

    @staticmethod
    def pooled(models: Sequence[Classes]) -> Classes:
        """Models of the same classes as one: the normalised geometric mean of their chances
        (logarithmic opinion pool, Genest and Zidek 1986)."""
        summed = _sum([(one.index, one.weights / len(models)) for one in models])
        return Classes.of_data(Classes(models[0].classes, *summed).to_data())

    def to_data(self) -> dict[str, Any]:
        """What `of_data` reads back: lists, strings and bytes."""
        return {"classes": list(self.classes), **_pack(self.index, self.weights)}

    @staticmethod
    def of_data(data: dict[str, Any]) -> Classes:
        """The model that `to_data` wrote."""
        return Classes(tuple(data["classes"]), *_unpack(data))


@dataclass(frozen=True)
class ConditionalLogit:
    """Probabilities of options, one of which is taken, from the features of each (conditional
    logit, McFadden 1974, with an L2 penalty)."""

    index: dict[str, int]
    weights: Floats

    def __call__(
        self, options: Sequence[Iterable[str]], given: Sequence[float] = ()
    ) -> list[float]:
        """The probability of each option, with sum 1; empty without options. `given` has the score
        that each option has beforehand."""
        if not options:
            return []
        flat, index = self._flat, self.index
        scores = [sum([flat[index[f]] for f in one if f in index]) for one in options]
        if given:
            scores = [score + more for score, more in zip(scores, given, strict=True)]
        most = max(scores)
        chances = [math.exp(score - most) for score in scores]
        every = sum(chances)
        return [chance / every for chance in chances]

    @cached_property
    def _flat(self) -> list[float]:
        flat: list[float] = self.weights[:, 0].tolist()
        return flat

    @staticmethod
    def fit(
        groups: Sequence[Sequence[Iterable[str]]],
        taken: Sequence[int],
        *,
        penalty: float = 1.0,
        rounds: int = 60,
        base: ConditionalLogit | None = None,
        offsets: Sequence[Sequence[float]] = (),
    ) -> ConditionalLogit:
        """Fit with L-BFGS. In `groups[i]`, the option `taken[i]` was taken; `offsets[i]` has the
        score of each option beforehand. With a `base`, weights are pulled to its weights instead of
        to zero. Raises ValueError without groups."""
        every = [one for group in groups for one in group]
        design = Design.of(every)
        given = np.array([one for group in offsets for one in group] or [0.0] * len(every))
        if base:
            given += _scores(every, base.index, base.weights)[:, 0]
        heads = np.cumsum([0, *map(len, groups)])[:-1]
        sizes = np.array([len(group) for group in groups])
        target = np.zeros(int(sizes.sum()))
        target[heads + np.asarray(taken)] = 1.0

        def loss(w: Floats) -> tuple[float, Floats]:
            scores = design.scores(w[:, None])[:, 0] + given
            scores = scores - np.repeat(np.maximum.reduceat(scores, heads), sizes)
            logs = scores - np.log(np.repeat(np.add.reduceat(np.exp(scores), heads), sizes))
            value = -float(target @ logs) + 0.5 * penalty * float(w @ w)
            return value, design.slope((np.exp(logs) - target)[:, None])[:, 0] + penalty * w

        best = minimum(loss, np.zeros(design.wide), rounds)
        fitted = design.index, best[:, None]
        made = ConditionalLogit(*(_sum([fitted, (base.index, base.weights)]) if base else fitted))
        return ConditionalLogit.of_data(made.to_data())

    def to_data(self) -> dict[str, Any]:
        """What `of_data` reads back: lists, strings and bytes."""
        return _pack(self.index, self.weights)

    @staticmethod
    def of_data(data: dict[str, Any]) -> ConditionalLogit:
        """The model that `to_data` wrote."""
        return ConditionalLogit(*_unpack(data))


__all__ = ["Binary", "Classes", "ConditionalLogit"]
