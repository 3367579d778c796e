"""The learner of spans that do not overlap (actors): a linear-chain CRF over tokens, and what is made of it.

What the CRF, the rules and the memory each propose becomes one pool of candidates. A candidate's probability
is that of a logistic regression (Platt 1999, with more than one column) over what the three say of it, fitted
on passages that the CRF in question was not trained on. Of candidates that overlap those are chosen that are
expected to save the most keys.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pycrfsuite

from annotator.suggesters._features import OUTSIDE, Lexicon, Passage, Usage, tags
from annotator.suggesters._logistic import Binary

PRIOR = (0.9, 0.4, 0.5, 0.6, -0.6)
"""Weights before anything is known: CRF's log odds, best path, rules, memory, intercept."""
_FOLDS = 3
_LEAST = 12
"""Passages from which on a part of them is held out to calibrate on."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A proposed place, tokens `[first, last)`: `chance` is its calibrated probability, `by` who proposes it."""

    first: int
    last: int
    label: str
    chance: float
    by: str


@dataclass
class SpanModel:
    """A trained model: the CRF as bytes, what it remembers, and the weights of the calibration."""

    crf: bytes
    lexicon: Lexicon
    usage: Usage
    chance: Binary
    labels: tuple[str, ...]

    _tagger: Any = None

    def candidates(self, passage: Passage, without: Lexicon | None = None) -> list[Candidate]:
        """All candidates, with probabilities, in the order of their places."""
        return [
            Candidate(first, last, label, self.chance(columns), by)
            for first, last, label, columns, by in self._pool(passage, without)
        ]

    def choose(self, passage: Passage, *, gate: float = 0.0) -> list[Candidate]:
        """Those that save the most keys; none of a probability below `gate`, and no two that overlap."""
        return choose([one for one in self.candidates(passage) if one.chance >= gate])

    def _pool(
        self, passage: Passage, without: Lexicon | None
    ) -> list[tuple[int, int, str, tuple[float, ...], str]]:
        """Candidates with the columns of the calibration."""
        if not passage.tokens:
            return []
        tagger = self._open()
        tagger.set(_items(passage, self.lexicon, self.usage, without))
        best = _places(tagger.tag())
        pool: dict[tuple[int, int, str], set[str]] = {}
        for place in best:
            pool.setdefault(place, set()).add("model")
        for found in passage.found:
            if found.label in self.labels:
                pool.setdefault((found.first, found.last, found.label), set()).add("rules")
        remembered: dict[tuple[int, int], dict[str, int]] = {}
        for first, last, counts in self.lexicon.matches(passage.tokens, without):
            label = min(counts, key=lambda name: (-counts[name], name))
            remembered[first, last] = counts
            if label != OUTSIDE:
                pool.setdefault((first, last, label), set()).add("memory")
        rules = {(f.first, f.last, f.label): f.score for f in passage.found}
        out: list[tuple[int, int, str, tuple[float, ...], str]] = []
        for (first, last, label), by in sorted(pool.items()):
            odds = _odds(tagger, first, last, label, len(passage.tokens))
            ruled = 2 * rules.get((first, last, label), 0.25) - 0.5
            counts = remembered.get((first, last), {})
            total = sum(counts.values())
            known = math.log((counts.get(label, 0) + 0.5) / (total - counts.get(label, 0) + 0.5))
            columns = (odds, 1.0 if "model" in by else 0.0, ruled, known if total else 0.0)
            who = next(name for name in ("model", "rules", "memory") if name in by)
            out.append((first, last, label, columns, who))
        return out

    def _open(self) -> Any:
        if self._tagger is None:
            self._tagger = pycrfsuite.Tagger()
            self._tagger.open_inmemory(self.crf)
        return self._tagger


def train(passages: Sequence[Passage], usage: Usage, *, calibrated: bool = True) -> SpanModel:
    """Train on passages with gold places; deterministic. `usage` is that of all texts at hand, labelled or not.
    Raises ValueError when nothing is marked in the passages."""
    labels = tuple(sorted({label for one in passages for _, _, label in one.gold}))
    if not labels:
        raise ValueError("nothing is marked")
    chance = Binary(PRIOR)
    if calibrated and len(passages) >= _LEAST:
        chance = _calibrate(passages, usage)
    lexicon = Lexicon.of(passages)
    return SpanModel(_fit(passages, lexicon, usage), lexicon, usage, chance, labels)


def _calibrate(passages: Sequence[Passage], usage: Usage) -> Binary:
    """Weights from models that have not seen the passages they are judged on."""
    names = sorted({one.document for one in passages})
    fold = {name: i % _FOLDS for i, name in enumerate(names)}
    rows: list[tuple[float, ...]] = []
    right: list[bool] = []
    for number in range(_FOLDS):
        some = [one for one in passages if fold[one.document] != number]
        if not any(one.gold for one in some):
            continue
        model = train(some, usage, calibrated=False)
        for one in passages:
            if fold[one.document] == number:
                gold = set(one.gold)
                for first, last, label, columns, _ in model._pool(one, None):
                    rows.append(columns)
                    right.append((first, last, label) in gold)
    return Binary.fit(rows, right, PRIOR)


def _items(passage: Passage, lexicon: Lexicon, usage: Usage, without: Lexicon | None) -> Any:
    used = usage.features(passage.tokens, passage.usage)
    known = lexicon.features(passage.tokens, without)
    every = zip(passage.described, used, known, strict=True)
    return pycrfsuite.ItemSequence([[*a, *b, *c] for a, b, c in every])


def _fit(passages: Sequence[Passage], lexicon: Lexicon, usage: Usage) -> bytes:
    trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
    trainer.set_params({"c1": C1, "c2": C2, "max_iterations": ROUNDS, "feature.possible_transitions": True})
    for one in passages:
        if one.tokens:
            items = _items(one, lexicon, usage, lexicon.parts.get(one.document))
            trainer.append(items, tags(len(one.tokens), one.gold))
    with tempfile.TemporaryDirectory(prefix="annotator-") as folder:
        file = Path(folder) / "crf"
        trainer.train(str(file))
        return file.read_bytes()


C1, C2, ROUNDS = 0.05, 0.5, 40


def _places(path: Sequence[str]) -> list[tuple[int, int, str]]:
    out: list[tuple[int, int, str]] = []
    for i, tag in enumerate(path):
        kind, _, label = tag.partition("-")
        if kind == "I" and out and out[-1][1] == i and out[-1][2] == label:
            out[-1] = (out[-1][0], i + 1, label)
        elif kind in ("B", "I"):
            out.append((i, i + 1, label))
    return out


def _odds(tagger: Any, first: int, last: int, label: str, length: int) -> float:
    """Log odds of the place by the marginals of its tags: its least likely tag, and that it ends there."""
    known = set(tagger.labels())
    begin, inside = f"B-{label}", f"I-{label}"
    chance = tagger.marginal(begin, first) if begin in known else 0.0
    for i in range(first + 1, last):
        chance = min(chance, tagger.marginal(inside, i) if inside in known else 0.0)
    if last < length and inside in known:
        chance = min(chance, 1 - tagger.marginal(inside, last))
    chance = min(1 - 1e-4, max(1e-4, chance))
    return math.log(chance / (1 - chance))


def choose(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The candidates, none overlapping, that are expected to save the most keys; in order.

    Accepted as it stands a span saves going there (2), its tokens after the first (at most 3) and the
    label (1); a wrong one costs two keys to reject, or is half saved when it can be corrected.
    """
    best: list[tuple[float, tuple[Candidate, ...]]] = [(0.0, ())]
    ordered = sorted(candidates, key=lambda c: (c.last, c.first, c.label))
    ends = [c.last for c in ordered]
    for i, one in enumerate(ordered):
        before = max((k + 1 for k in range(i) if ends[k] <= one.first), default=0)
        saved = best[before][0] + gain(one)
        best.append((saved, (*best[before][1], one)) if saved > best[i][0] else best[i])
    return list(best[-1][1])


def gain(one: Candidate) -> float:
    """Keys that a candidate is expected to save."""
    create = 3 + min(one.last - one.first - 1, 3)
    return one.chance * create - (1 - one.chance) * LOSS


LOSS = 1.5

__all__ = ["Candidate", "SpanModel", "choose", "gain", "train"]
