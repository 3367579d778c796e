"""The learner of long spans that may overlap (claims): where they begin, where they end, what they are.

A span is read as four choices: whether a sentence holds one at all and at which of a few places it begins
(logistic regressions), at which of those that follow it ends (a conditional logit), and its label (a softmax
regression). The places are where
sentences, main clauses, frames, quotations and the clauses of the rules begin and end; what annotators leave
out at either end is learnt. A candidate's chance is that of its choices, calibrated on documents held out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from annotator.model.effort import FOCUS, LABEL, REJECT, making
from annotator.model.schema import Layer
from annotator.model.span import Span
from annotator.suggesters._judging import folds
from annotator.suggesters._logistic import Binary, Classes, Options, log_odds
from annotator.suggesters._places import Place, Sentence, sentences_of, span_features
from annotator.suggesters._reading import Example, Reading

PRIOR = (0.8, 0.8, 1.0, 1.0)
"""Weights before anything is known: log odds of the start, log chances of end and label, intercept."""
_FOLDS = 4
_LEAST = 12
"""Examples from which on a part of them is held out to calibrate on."""
_RULE = "clause.learnt"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A span to be suggested, `[start, end)` in code points of the document; `chance` is the calibrated
    probability that it is accepted with these bounds and this label."""

    start: int
    end: int
    label: str
    chance: float
    attributes: Mapping[str, str]
    reason: str
    rule: str = _RULE
    entity: str | None = None


@dataclass(frozen=True, slots=True)
class _Scored:
    """A candidate: its place, the chance of its bounds, of each label, and the columns of the calibration."""

    place: Place
    bounds: float
    labels: Mapping[str, float]
    begins: float
    ends: float
    features: tuple[str, ...]

    @property
    def label(self) -> str:
        return min(self.labels, key=lambda name: (-self.labels[name], name))

    @property
    def columns(self) -> tuple[float, float, float]:
        return (
            log_odds(self.begins), math.log(max(1e-4, self.ends)), math.log(self.labels[self.label])
        )  # fmt: skip


@dataclass
class ClauseModel:
    """A trained model of one span layer."""

    holds: Classes
    begins: Classes
    ends: Options
    labels: Classes
    chance: Binary
    nests: bool = False
    attributes: dict[str, Classes] = field(default_factory=dict)

    @staticmethod
    def train(examples: Sequence[Example], layer: Layer) -> tuple[ClauseModel, dict[int, list[Proposal]]]:
        """Learn the spans of a layer; deterministic. Also given is what models that had not seen an example
        propose for it, by its place; nothing below twelve examples. Raises ValueError when nothing is marked."""
        rows = [_Rows.of(example, layer) for example in examples]
        model = _fit(rows)
        model.nests = _nests(rows)
        model.attributes = _attributes(rows, layer)
        held_out = _calibrate(model, examples, rows) if len(examples) >= _LEAST else {}
        return model, held_out

    def suggest(self, reading: Reading) -> list[Proposal]:
        """The spans that are expected to save the most keys, in reading order."""
        return self._proposals(reading, sentences_of(reading))

    def _proposals(self, reading: Reading, sentences: Sequence[Sentence]) -> list[Proposal]:
        out = [
            self._proposal(reading, sentence, one)
            for sentence in sentences
            for one in _choose(self._scored(sentence), nests=self.nests)
        ]
        return sorted(out, key=lambda p: (p.start, -p.end, p.label))

    def _scored(self, sentence: Sentence) -> list[_Scored]:
        """All candidates of a sentence that are not hopeless."""
        found: list[tuple[Place, float, float, tuple[str, ...]]] = []
        holds = self.holds(sentence.features).get("yes", 0.0)
        shares = [self.begins(sentence.start_features(start)).get("yes", 0.0) for start in sentence.starts]
        least = min(1.0, sum(shares))
        for start, begins in zip(sentence.starts, shares, strict=True):
            begins *= holds / max(1e-6, least)
            if begins < HOPELESS:
                continue
            ends = sentence.ends_of(start)
            for end, share in zip(
                ends, self.ends([sentence.end_features(start, e) for e in ends]), strict=True
            ):
                if begins * share >= HOPELESS:
                    found.append(((start, end), begins, share, span_features(sentence, start, end)))
        labels = self.labels.many([features for _, _, _, features in found])
        return [
            _Scored(place, begins * share, chances, begins, share, features)
            for (place, begins, share, features), chances in zip(found, labels, strict=True)
        ]

    def _proposal(self, reading: Reading, sentence: Sentence, one: _Scored) -> Proposal:
        tokens, (first, last) = reading.tokens, one.place
        base = reading.paragraph.start
        given = {}
        for name, classes in self.attributes.items():
            chances = classes([*_without_words(one.features), f"label={one.label}"])
            given[name] = min(chances, key=lambda value: (-chances[value], value))
        return Proposal(
            base + tokens[first].start, base + tokens[last - 1].end, one.label,
            round(self.chance(one.columns), 4), given, self._reason(sentence, one),
        )  # fmt: skip

    def _reason(self, sentence: Sentence, one: _Scored) -> str:
        words = [f for f in one.features if f.startswith("w=")]
        word = self.labels.strongest(words, one.label) if len(self.labels.classes) > 1 else None
        bounds = "a sentence" if one.place == sentence.place else "a clause"
        told = f"{bounds} like those marked before"
        return f"{told}; “{word[2:]}” speaks for {one.label}" if word else told

    def to_data(self) -> dict[str, Any]:
        """What `of_data` reads back: lists, strings, numbers and bytes."""
        return {
            "holds": self.holds.to_data(), "begins": self.begins.to_data(),
            "ends": self.ends.to_data(), "labels": self.labels.to_data(),
            "chance": list(self.chance.weights), "nests": self.nests,
            "attributes": {name: classes.to_data() for name, classes in self.attributes.items()},
        }  # fmt: skip

    @staticmethod
    def of_data(data: dict[str, Any]) -> ClauseModel:
        """The model that `to_data` wrote."""
        return ClauseModel(
            Classes.of_data(data["holds"]), Classes.of_data(data["begins"]),
            Options.of_data(data["ends"]), Classes.of_data(data["labels"]),
            Binary(tuple(data["chance"])), bool(data["nests"]),
            {name: Classes.of_data(one) for name, one in data["attributes"].items()},
        )  # fmt: skip


HOPELESS = 0.02
"""Candidates of a lower chance are not looked at."""


def marked(example: Example, layer: Layer) -> list[tuple[Place, Span]]:
    """The spans of a layer in an example with the tokens that they touch."""
    out: list[tuple[Place, Span]] = []
    base, tokens = example.reading.paragraph.start, example.reading.tokens
    for span in example.spans:
        if span.layer == layer.name:
            inside = [
                i for i, t in enumerate(tokens) if t.end > span.start - base and t.start < span.end - base
            ]
            if inside:
                out.append(((inside[0], inside[-1] + 1), span))
    return out


@dataclass
class _Rows:
    """What a paragraph gives to learn from; `sentences` and `gold` for being judged on."""

    sentences: list[Sentence]
    gold: list[tuple[Place, Span]]
    holds: list[tuple[tuple[str, ...], str]] = field(default_factory=list)
    begins: list[tuple[tuple[str, ...], str]] = field(default_factory=list)
    ends: list[tuple[list[tuple[str, ...]], int]] = field(default_factory=list)
    labels: list[tuple[tuple[str, ...], str]] = field(default_factory=list)
    spans: list[tuple[tuple[str, ...], Span]] = field(default_factory=list)

    @staticmethod
    def of(example: Example, layer: Layer) -> _Rows:
        made = _Rows(sentences_of(example.reading), marked(example, layer))
        for sentence in made.sentences:
            own = {place: span for place, span in made.gold if sentence.first <= place[0] < sentence.last}
            made.holds.append((sentence.features, "yes" if own else "no"))
            begun = {first for first, _ in own}
            for start in sorted({*sentence.starts, *begun}) if own else ():
                made.begins.append((sentence.start_features(start), "yes" if start in begun else "no"))
            for (start, end), span in sorted(own.items()):
                ends = sorted({*sentence.ends_of(start), end})
                made.ends.append(([sentence.end_features(start, e) for e in ends], ends.index(end)))
                features = span_features(sentence, start, end)
                made.labels.append((features, span.label))
                made.spans.append((features, span))
        return made


def _fit(rows: Sequence[_Rows]) -> ClauseModel:
    if not any(one.labels for one in rows):
        raise ValueError("nothing is marked")

    def classes(name: str, penalty: float) -> Classes:
        every = [pair for one in rows for pair in getattr(one, name)]
        return Classes.fit(
            [features for features, _ in every], [label for _, label in every], penalty=penalty
        )

    ends = [pair for one in rows for pair in one.ends]
    return ClauseModel(
        classes("holds", PENALTIES[0]), classes("begins", PENALTIES[1]),
        Options.fit([group for group, _ in ends], [taken for _, taken in ends], penalty=PENALTIES[2]),
        _labels([pair for one in rows for pair in one.labels]), Binary(PRIOR),
    )  # fmt: skip


def _labels(pairs: Sequence[tuple[tuple[str, ...], str]]) -> Classes:
    """A pool of three: one that weighs all words, one that weighs cues, frames and places, which is better while
    little is decided, and one that counts."""
    rows, labels = [features for features, _ in pairs], [label for _, label in pairs]
    return Classes.pooled([
        Classes.fit(rows, labels, penalty=PENALTIES[3]),
        Classes.fit([_without_words(features) for features in rows], labels, penalty=PENALTIES[4]),
        Classes.counted(rows, labels, share=0.3),
    ])  # fmt: skip


PENALTIES = (5.0, 2.0, 5.0, 10.0, 2.0)


def _calibrate(
    model: ClauseModel, examples: Sequence[Example], rows: Sequence[_Rows]
) -> dict[int, list[Proposal]]:
    """Give the model weights from models that have not seen the documents they are judged on; what these
    propose, with chances by those weights."""
    columns: list[tuple[float, ...]] = []
    right: list[bool] = []
    chosen: dict[int, list[tuple[Sentence, _Scored]]] = {}
    for held in folds([one.group for one in examples], _FOLDS):
        some = [one for i, one in enumerate(rows) if i not in held]
        if not any(one.labels for one in some):
            continue
        other = _fit(some)
        for i in held:
            gold = {(place, span.label) for place, span in rows[i].gold}
            chosen[i] = [
                (s, one) for s in rows[i].sentences for one in _choose(other._scored(s), nests=model.nests)
            ]
            columns += [one.columns for _, one in chosen[i]]
            right += [(one.place, one.label) in gold for _, one in chosen[i]]
    model.chance = Binary.fit(columns, right, PRIOR)
    return {
        i: [model._proposal(examples[i].reading, sentence, one) for sentence, one in chosen[i]]
        for i in sorted(chosen)
    }


def _nests(rows: Sequence[_Rows]) -> bool:
    """Whether at least one span in forty stands within another."""
    inner = every = 0
    for one in rows:
        places = [place for place, _ in one.gold]
        every += len(places)
        inner += sum(any(a <= c and d <= b and (a, b) != (c, d) for a, b in places) for c, d in places)
    return every > 0 and 40 * inner >= every


def _attributes(rows: Sequence[_Rows], layer: Layer) -> dict[str, Classes]:
    """Classifiers of the choice attributes that were set, from cues and frames but no other words."""
    out: dict[str, Classes] = {}
    for attribute in layer.attributes:
        if attribute.type != "choice" or attribute.multiple:
            continue
        given = [
            ([*_without_words(features), f"label={span.label}"], value)
            for one in rows
            for features, span in one.spans
            if isinstance(value := span.attributes.get(attribute.name, attribute.default), str)
        ]
        if given:
            out[attribute.name] = Classes.fit([f for f, _ in given], [value for _, value in given])
    return out


def _without_words(features: Sequence[str]) -> list[str]:
    return [f for f in features if not f.startswith(("w=", "verb=", "before="))]


def _choose(scored: Sequence[_Scored], *, nests: bool) -> list[_Scored]:
    """The candidates that are expected to save the most keys; nested ones only where both are likely."""
    ranked = sorted(((_gain(one, scored), one) for one in scored), key=lambda p: (-p[0], p[1].place))
    out: list[_Scored] = []
    for gain, one in ranked:
        if gain <= 0:
            break
        if not any(_meet(one.place, other.place) for other in out):
            out.append(one)
    if nests:
        for _, one in ranked:
            over = [other for other in out if _meet(one.place, other.place)]
            if one.bounds >= 0.5 and over and all(o.bounds >= 0.5 and _nested(one, o) for o in over):
                out.append(one)
    return out


def _meet(a: Place, b: Place) -> bool:
    return a[0] < b[1] and b[0] < a[1]


def _nested(a: _Scored, b: _Scored) -> bool:
    (c, d), (e, f) = a.place, b.place
    return a.place != b.place and ((c <= e and f <= d) or (e <= c and d <= f))


def _gain(one: _Scored, rivals: Sequence[_Scored]) -> float:
    """Keys that a candidate is expected to save over making what is wanted by hand, when one of the
    candidates that overlap it is wanted, each with the chance of its bounds, or none of them."""
    over = [r for r in rivals if _meet(one.place, r.place)]
    total = max(1.0, sum(r.bounds for r in over))
    wrong = 1 - one.labels[one.label]
    gain = -(1 - sum(r.bounds for r in over) / total) * (FOCUS + REJECT)
    for rival in over:
        by_hand = making(rival.place[1] - rival.place[0])
        if rival is one:
            saved = by_hand - wrong * (FOCUS + LABEL)
        else:
            moved = sum(abs(a - b) for a, b in zip(one.place, rival.place, strict=True))
            saved = by_hand - min(FOCUS + moved + wrong * LABEL, FOCUS + REJECT + by_hand)
        gain += rival.bounds / total * saved
    return gain


__all__ = ["ClauseModel", "Proposal"]
