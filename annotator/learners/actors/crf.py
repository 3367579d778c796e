"""The learner of spans that do not overlap (actors): a linear-chain CRF over tokens, with
calibrated candidates.

The proposals of the CRF (Lafferty, McCallum and Pereira 2001), of the rules, of the memory, and of
a model that was trained on other texts if there is one, form one pool of candidates. A logistic
regression (Platt 1999, with more than one column) over their scores gives a candidate's
probability; it is fitted on passages on which that CRF was not trained. Among overlapping
candidates, those that are expected to save the most keys are chosen.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

import pycrfsuite

from annotator.english.usage import Usage
from annotator.learners.actors.lexicon import Lexicon, Match
from annotator.learners.actors.tagging import OUTSIDE, LabelledRange, TaggedParagraph, tags
from annotator.learners.display_choice import SpanCandidate, choose
from annotator.learners.evaluation import folds
from annotator.learners.logistic import Binary, log_odds
from annotator.model.overlaps import Overlaps

PRIOR = (0.9, -0.2, 0.4, 0.5, 0.6, -0.6)
"""Weights before any training: the CRF's log odds, those of the best rival, best path, rules,
memory, intercept."""

PRIOR_OVER = (0.5, -0.2, 0.4, 0.3, 0.6, 0.5, -0.6)
"""The same on top of a base, whose log odds are the last column."""

FOLDS = 3
LEAST = 12
"""The least number of passages at which part of them is held out for calibration."""

_PARAMETERS = {
    "c1": 0.05,
    "c2": 0.5,
    "max_iterations": 60,
    "period": 10,
    "delta": 0.1,
    "feature.possible_transitions": True,
}
"""Changed by a factor of four either way, F1 stays within .003 (CrossNER politics, 200 sentences).
Training ends when ten rounds lowered the loss by less than a tenth: after 60, 200 and 593
sentences F1 stays within .002 of what more rounds give."""

_SETTLED, _NEARLY = 3, 0.9
"""How often, and in which share of its places, a form must be marked to be settled."""

_SHOWN = 0.5
"""The least chance of a settled form."""

_UNSAID = 0.25
"""The score of what the rules do not propose."""

_UNTOLD = 0.05
"""The chance of what the base does not propose."""


@dataclass
class SpanModel:
    """A trained model: the CRF as bytes, its memory, how words are written in the project's texts,
    the weights of the calibration, and its base model, whose proposals are features of the CRF."""

    crf: bytes
    lexicon: Lexicon
    usage: Usage
    chance: Binary
    labels: tuple[str, ...]
    base: SpanModel | None = None
    _tagger: Any = field(default=None, repr=False, compare=False)

    def candidates(self, passage: TaggedParagraph) -> list[SpanCandidate]:
        """All candidates, with probabilities, in the order of their places."""
        matches = self.lexicon.matches(passage.tokens)
        settled = _settled(matches)
        out: list[SpanCandidate] = []
        for place, columns, by in self.pool(passage, matches, _proposals(self.base, passage)):
            chance = max(self.chance(columns), settled.get(place, 0.0))
            out.append(SpanCandidate(*place, chance, by))
        return out

    def pool(
        self,
        passage: TaggedParagraph,
        matches: Sequence[Match],
        proposals: Sequence[SpanCandidate] | None,
    ) -> list[tuple[LabelledRange, tuple[float, ...], str]]:
        """Candidates with the columns of the calibration, and who proposes them. `matches` are
        those of the memory in the passage, `proposals` those of the base (None if there is no
        base)."""
        if not passage.tokens:
            return []
        tagger = self._open()
        tagger.set(_items(passage, self.lexicon, matches, proposals))
        best = frozenset(_ranges_of(tagger.tag()))
        chances = {(one.first, one.last, one.label): one.chance for one in proposals or ()}
        rules = {(f.first, f.last, f.label): f.score for f in passage.found}
        counts = {(a, b): found for a, b, found in matches}
        every = {*best, *rules, *chances, *(place for place, _ in _remembered(matches))}
        places = _allowed(every, passage)
        length = len(passage.tokens)
        odds = [
            self._odds(
                tagger, place, length, max(rules.get(place, _UNSAID), chances.get(place, 0.0))
            )
            for place in places
        ]
        out: list[tuple[LabelledRange, tuple[float, ...], str]] = []
        for place, own, rival in zip(places, odds, _rivals(places, odds), strict=True):
            base = () if proposals is None else (log_odds(chances.get(place, _UNTOLD)),)
            columns = (
                own,
                rival,
                float(place in best),
                2 * rules.get(place, _UNSAID) - 2 * _UNSAID,
                _lean(counts.get(place[:2], {}), place[2]),
                *base,
            )
            by_others = "rules" if place in rules else "memory"
            out.append(
                (place, columns, "model" if place in best or place in chances else by_others)
            )
        return out

    def _odds(self, tagger: Any, place: LabelledRange, length: int, score: float) -> float:
        """Log odds from the marginals of the least likely tag of the place, and of its end. If the
        CRF does not know the label, the log odds of the `score` that others give."""
        first, last, label = place
        if label not in self.labels:
            return log_odds(score)
        chance = tagger.marginal(f"B-{label}", first)
        inside = f"I-{label}" if f"I-{label}" in tagger.labels() else None
        for i in range(first + 1, last):
            chance = min(chance, tagger.marginal(inside, i) if inside else 0.0)
        if last < length and inside:
            chance = min(chance, 1 - tagger.marginal(inside, last))
        return log_odds(chance)

    def _open(self) -> Any:
        if self._tagger is None:
            self._tagger = pycrfsuite.Tagger()
            self._tagger.open_inmemory(self.crf)
        return self._tagger

    def to_data(self) -> dict[str, Any]:
        """What `of_data` reads back: numbers, strings, bytes, lists and dicts."""
        return {
            "crf": self.crf,
            "lexicon": self.lexicon.to_data(),
            "usage": self.usage.to_data(),
            "chance": list(self.chance.weights),
            "labels": list(self.labels),
            "base": self.base.to_data() if self.base else None,
        }

    @staticmethod
    def of_data(data: Mapping[str, Any]) -> SpanModel:
        """The model that `to_data` wrote."""
        return SpanModel(
            data["crf"],
            Lexicon.of_data(data["lexicon"]),
            Usage.of_data(data["usage"]),
            Binary(tuple(data["chance"])),
            tuple(data["labels"]),
            SpanModel.of_data(data["base"]) if data["base"] else None,
        )


@dataclass(frozen=True)
class Training:
    """A model and, to judge it, the proposals of models that had not seen a passage (by its index),
    and those of rules and memory alone. Empty with too few passages."""

    model: SpanModel
    held_out: Mapping[int, list[SpanCandidate]]
    alone: Mapping[int, list[SpanCandidate]]


def _allowed(places: Iterable[LabelledRange], passage: TaggedParagraph) -> list[LabelledRange]:
    """The places in order, without those that cannot be a span."""
    barred = passage.barred
    return sorted(place for place in places if barred is None or not barred(*place[:2]))


def _rivals(places: Sequence[LabelledRange], odds: Sequence[float]) -> Iterator[float]:
    """For each place, the log odds above -4 of the likeliest other place that overlaps it; 0 if
    there is none."""
    overlaps = Overlaps([(first, last) for first, last, _ in places])
    for number, (first, last, _) in enumerate(places):
        rivals = [odds[k] for k in overlaps.of(first, last) if k != number]
        yield max(-4.0, *rivals) + 4 if rivals else 0.0


def _proposals(base: SpanModel | None, passage: TaggedParagraph) -> list[SpanCandidate] | None:
    """The proposals of a base; None without one."""
    return base.candidates(passage) if base else None


def _remembered(matches: Iterable[Match]) -> Iterator[tuple[LabelledRange, float]]:
    """The places of known forms with their most frequent label and its share, without forms that
    were mostly not marked."""
    for first, last, counts in matches:
        label = min(counts, key=lambda name: (-counts[name], name))
        if label != OUTSIDE:
            yield (first, last, label), (counts[label] + 1) / (sum(counts.values()) + 2)


def train(
    passages: Sequence[TaggedParagraph], usage: Usage, base: SpanModel | None = None
) -> Training:
    """Train on passages with gold places; deterministic. `usage` is that of all texts, labelled or
    not. A `base` was trained on other passages; its proposals are used like those of the rules.

    Raises ValueError if nothing is marked in the passages.
    """
    if not any(one.gold for one in passages):
        raise ValueError("nothing is marked")
    prior = PRIOR_OVER if base else PRIOR
    proposals = [_proposals(base, one) for one in passages]
    rows: list[tuple[int, LabelledRange, tuple[float, ...], str]] = []
    alone: dict[int, list[SpanCandidate]] = {}
    for held, some in _divided(passages, base):
        model = _fit(
            [passages[i] for i in some], usage, Binary(prior), base, [proposals[i] for i in some]
        )
        for i in held:
            matches = model.lexicon.matches(passages[i].tokens)
            rows += [(i, *one) for one in model.pool(passages[i], matches, proposals[i])]
            alone[i] = _without_model(passages[i], matches)
    right = [place in passages[i].gold for i, place, _, _ in rows]
    chance = Binary.fit([columns for _, _, columns, _ in rows], right, prior)
    held_out: dict[int, list[SpanCandidate]] = {i: [] for i in alone}
    for i, (first, last, label), columns, by in rows:
        held_out[i].append(SpanCandidate(first, last, label, chance(columns), by))
    return Training(_fit(passages, usage, chance, base, proposals), held_out, alone)


def _divided(
    passages: Sequence[TaggedParagraph], base: SpanModel | None
) -> Iterator[tuple[list[int], list[int]]]:
    """The passages that are held out together, each time with the other passages, in which
    something is marked; nothing if there are too few."""
    if len(passages) < (FOLDS if base else LEAST):
        return
    for held in folds([one.group for one in passages], FOLDS):
        others = [i for i in range(len(passages)) if i not in held]
        if any(passages[i].gold for i in others):
            yield sorted(held), others


def _without_model(passage: TaggedParagraph, matches: Iterable[Match]) -> list[SpanCandidate]:
    """The proposals of rules and memory, by their own scores."""
    out = [SpanCandidate(f.first, f.last, f.label, f.score, "rules") for f in passage.found]
    for (first, last, label), chance in _remembered(matches):
        out.append(SpanCandidate(first, last, label, chance, "memory"))
    return out


def _fit(
    passages: Sequence[TaggedParagraph],
    usage: Usage,
    chance: Binary,
    base: SpanModel | None,
    proposals: Sequence[Sequence[SpanCandidate] | None],
) -> SpanModel:
    lexicon = Lexicon.of(passages)
    trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
    trainer.set_params(_PARAMETERS)
    for one, proposed in zip(passages, proposals, strict=True):
        if one.tokens:
            own = lexicon.parts.get(one.group)
            items = _items(one, lexicon, lexicon.matches(one.tokens, own), proposed, own)
            trainer.append(items, tags(len(one.tokens), one.gold))
    with tempfile.TemporaryDirectory(prefix="annotator-") as folder:
        file = Path(folder) / "crf"
        trainer.train(str(file))
        crf = file.read_bytes()
    labels = tuple(sorted({label for one in passages for _, _, label in one.gold}))
    return SpanModel(crf, lexicon, usage, chance, labels, base)


def _items(
    passage: TaggedParagraph,
    lexicon: Lexicon,
    matches: Iterable[Match],
    proposals: Sequence[SpanCandidate] | None,
    without: Lexicon | None = None,
) -> Any:
    """The features of the tokens."""
    parts = [passage.described, lexicon.features(passage.tokens, matches, without)]
    if proposals is not None:
        parts.append(_base_features(len(passage.tokens), proposals))
    return pycrfsuite.ItemSequence(
        [list(chain.from_iterable(one)) for one in zip(*parts, strict=True)]
    )


def _base_features(length: int, proposals: Sequence[SpanCandidate]) -> list[list[str]]:
    """The base's labels of each token and its neighbours, and how sure it is."""
    chosen = choose(proposals)
    named = ["", *tags(length, [(one.first, one.last, one.label) for one in chosen]), ""]
    sure = [0] * length
    for one in chosen:
        sure[one.first : one.last] = [int(5 * one.chance)] * (one.last - one.first)
    return [
        [f"y={own}", f"y={own}|{sure[i]}", f"-1y={before}|{own}", f"1y={own}|{after}"]
        for i, (before, own, after) in enumerate(zip(named, named[1:], named[2:], strict=False))
    ]


def _settled(matches: Iterable[Match]) -> dict[LabelledRange, float]:
    """The places of forms that annotators nearly always marked with one label, with the least
    chance that this gives them: enough to be shown. Over whole projects this changes nothing (F1
    stays within .001 on CrossNER politics), but somebody who marks a word for the third time
    expects to see it suggested. In other documents, a third of those that nothing else supports are
    right."""
    out: dict[LabelledRange, float] = {}
    for first, last, counts in matches:
        every = sum(counts.values())
        for label, number in counts.items():
            if label != OUTSIDE and number >= _SETTLED and number >= _NEARLY * every:
                out[first, last, label] = _SHOWN
    return out


def _ranges_of(path: Sequence[str]) -> list[LabelledRange]:
    """The places that a sequence of tags marks; an I without a B before it begins one."""
    out: list[LabelledRange] = []
    for i, tag in enumerate(path):
        kind, _, label = tag.partition("-")
        if kind == "I" and out and out[-1][1] == i and out[-1][2] == label:
            out[-1] = (out[-1][0], i + 1, label)
        elif kind in ("B", "I"):
            out.append((i, i + 1, label))
    return out


def _lean(counts: Mapping[str, int], label: str) -> float:
    """How strongly the memory favours a label, in log odds; 0 without memory."""
    if not counts:
        return 0.0
    mine = counts.get(label, 0)
    return math.log((mine + 0.5) / (sum(counts.values()) - mine + 0.5))


__all__ = ["FOLDS", "LEAST", "PRIOR", "SpanModel", "Training", "train"]
