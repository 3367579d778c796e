"""The learner of long spans that may overlap (claims): where
they begin, where they end, what they are.

What a sentence holds is read as choices one after the other: whether it holds a span at all (a pool
of classifiers), at which of a few places the first one begins, whether and where another one
follows, where each ends (conditional logits), and its label (another pool). The places are where
sentences, main clauses, frames, quotations, the clauses of the rules and what verbs of wanting and
saying are about begin and end; what annotators leave out at either end is learnt. Of the analyses
that this makes likely the one is shown that is expected to save the most keys. A candidate's chance
is that of its choices, calibrated on documents held out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from annotator.english.reading import Reading
from annotator.english.tables import telling
from annotator.learners.claims.boundaries import Sentence, TokenRange, sentences_of
from annotator.learners.claims.decoding import Analysis, cheapest, weight
from annotator.learners.claims.features import cues, sentence_features, span_features, without_words
from annotator.learners.claims.training_rows import TrainingRows, marked, nests_of
from annotator.learners.evaluation import folds
from annotator.learners.examples import Example
from annotator.learners.logistic import Binary, Classes, ConditionalLogit, log_odds
from annotator.learners.word_clusters import WordClusters
from annotator.model.schema import Layer

PRIOR = (0.9, 1.0, 0.0)
"""Weights before anything is known: log odds of the bounds, log chance of the label, intercept."""
_FOLDS = 4
_NESTED = 0.6
"""The chance of its bounds that a span within another one has to have."""
_SAID = 0.35
"""The chance of holding anything below which a sentence counts as talk about the text. At 0, a
fiftieth of the keys that claims save is lost on the seeds' part `train`."""
_HELD, _OF = 4, 5
"""Sentences that are counted as holding something, and in all, before anything is known."""
_EVERY = 0.7
"""The share of assertive sentences that have to hold something for each to get a proposal."""
_LEAST = 12
"""From this many examples on, part of them is held out for calibration."""
_RULE = "clause.learnt"


@dataclass(frozen=True, slots=True)
class ClaimProposal:
    """A span to be suggested, `[start, end)` in code points of the document; `chance` is the
    calibrated probability that it is accepted with these bounds and this label."""

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
    """A candidate: its place, the chance of its bounds and of each label, and its features."""

    place: TokenRange
    bounds: float
    labels: Mapping[str, float]
    features: tuple[str, ...]

    @property
    def label(self) -> str:
        return min(self.labels, key=lambda name: (-self.labels[name], name))

    @property
    def columns(self) -> tuple[float, float]:
        """Those of the calibration."""
        return log_odds(self.bounds), math.log(self.labels[self.label])


@dataclass
class ClauseModel:
    """A trained model of one span layer."""

    holds: Classes
    first: ConditionalLogit
    more: ConditionalLogit
    ends: ConditionalLogit
    labels: Classes
    chance: Binary
    ruled: float
    nests: bool = False
    every: bool = True
    kinds: WordClusters = field(default_factory=WordClusters)
    attributes: dict[str, Classes] = field(default_factory=dict)

    @staticmethod
    def train(
        examples: Sequence[Example],
        layer: Layer,
        kinds: WordClusters,
        base: ClauseModel | None = None,
    ) -> tuple[ClauseModel, dict[int, list[ClaimProposal]]]:
        """Learn the spans of a layer, with the kinds of words in texts at hand; deterministic.
        With a `base` that was made with the same kinds, it learns what differs from that.
        Also returns what models that had not seen an example propose for it, by its place;
        empty below twelve examples (four with a base). Raises ValueError if nothing is
        marked."""
        gold = [marked(example, layer) for example in examples]
        nests = base.nests if base and len(examples) < _LEAST else nests_of(gold)
        rows = [
            TrainingRows.of(sentences_of(example.reading), own, kinds, nests=nests)
            for example, own in zip(examples, gold, strict=True)
        ]
        model = _fit(rows, kinds, base, nests=nests)
        model.attributes = _attributes(rows, layer, base)
        enough = len(examples) >= (_FOLDS if base else _LEAST)
        return model, _calibrate(model, examples, rows, base) if enough else {}

    def suggest(self, reading: Reading) -> list[ClaimProposal]:
        """The spans that are expected to save the most keys, in reading order."""
        out = [
            self._proposal(reading, sentence, one)
            for sentence in sentences_of(reading)
            for one in self._chosen(
                sentence, self._read(sentence, sentence_features(sentence, self.kinds))
            )
        ]
        return sorted(out, key=lambda p: (p.start, -p.end, p.label))

    def _chosen(self, sentence: Sentence, read: _Read) -> list[_Scored]:
        """What is shown of a sentence."""
        analyses = self._with_rules(sentence, *read)
        places = sorted({place for _, one in analyses for place in one})
        features = [span_features(sentence, *place, self.kinds) for place in places]
        scored = {
            place: _Scored(
                place, sum(chance for chance, one in analyses if place in one), chances, row
            )
            for place, chances, row in zip(
                places, self.labels.many(features), features, strict=True
            )
        }
        sure = {place: max(one.labels.values()) for place, one in scored.items()}
        best = cheapest(analyses, sure)
        if not best and self.every and sentence.assertive and (read[0] >= _SAID or sentence.judges):
            best = _by_rules(sentence) or max(analyses, key=lambda one: (bool(one[1]), one[0]))[1]
        kept = [scored[place] for place in best if place in scored]
        return [one for one in kept if not self._nested(sentence, one, kept)]

    @staticmethod
    def _nested(sentence: Sentence, one: _Scored, every: Sequence[_Scored]) -> bool:
        """Whether a span stands within another and no verb shows that somebody else holds it."""
        (first, last), held = one.place, one.place[0] in sentence.objects
        inside = any(
            other.place[0] <= first and last <= other.place[1] and other is not one
            for other in every
        )
        return inside and not held and one.bounds < _NESTED

    def _read(self, sentence: Sentence, features: Sequence[str]) -> _Read:
        """The chance that a sentence with these features holds anything; what may stand in it, with
        its chance: the likeliest first, the hopeless left out."""
        holds = self.holds(features).get("yes", 0.0)
        out: list[tuple[float, Analysis]] = [(1 - holds, ())]
        begun = self.first([sentence.start_features(start) for start in sentence.starts])
        todo: list[tuple[float, Analysis, int]] = [
            (holds * share, (), start) for start, share in zip(sentence.starts, begun, strict=True)
        ]
        while todo:
            chance, before, start = todo.pop()
            if chance < HOPELESS:
                continue
            nexts = sentence.nexts_of(start)
            shares = self.more([sentence.next_features(start, following) for following in nexts])
            for following, share in zip(nexts, shares, strict=True):
                if chance * share < HOPELESS:
                    continue
                ends = sentence.ends_of(start, None if self.nests else following)
                rest = self.ends([sentence.end_features(start, end, following) for end in ends])
                for end, last in zip(ends, rest, strict=True):
                    one = (chance * share * last, (*before, (start, end)))
                    if following is None:
                        out.append(one)
                    else:
                        todo.append((*one, following))
        likely = sorted(
            (one for one in out if one[0] >= HOPELESS), key=lambda one: (-one[0], one[1])
        )[:MOST]
        return holds, likely

    def _with_rules(
        self, sentence: Sentence, holds: float, analyses: list[tuple[float, Analysis]]
    ) -> list[tuple[float, Analysis]]:
        """The analyses mixed with that of the rules (a linear opinion pool)."""
        rules = _by_rules(sentence)
        if not rules:
            return analyses
        mixed = {one: chance * (1 - self.ruled if one else 1) for chance, one in analyses}
        mixed[rules] = mixed.get(rules, 0.0) + holds * self.ruled
        return sorted(
            ((chance, one) for one, chance in mixed.items()), key=lambda one: (-one[0], one[1])
        )

    def _proposal(self, reading: Reading, sentence: Sentence, one: _Scored) -> ClaimProposal:
        tokens, (first, last) = reading.tokens, one.place
        base = reading.paragraph.start
        given = {}
        plain = [*without_words(one.features), f"label={one.label}"]
        for name, classes in self.attributes.items():
            chances = classes(plain)
            given[name] = min(chances, key=lambda value: (-chances[value], value))
        return ClaimProposal(
            base + tokens[first].start,
            base + tokens[last - 1].end,
            one.label,
            round(self.chance(one.columns), 4),
            given,
            self._reason(sentence, one),
        )

    def _reason(self, sentence: Sentence, one: _Scored) -> str:
        bounds = "a sentence" if one.place == sentence.place else "a clause"
        told = f"{bounds} like those marked before"
        word = sentence.cue_words(*one.place, one.label)
        if not word and len(self.labels.classes) > 1:
            words = [f for f in one.features if f.startswith("w=") and telling(f[2:])]
            word = (self.labels.strongest(words, one.label) or "")[2:]
        return f"{told}; “{word}” speaks for {one.label}" if word else told

    def to_data(self) -> dict[str, Any]:
        """What `of_data` reads back: lists, strings, numbers and bytes."""
        return {
            "holds": self.holds.to_data(),
            "first": self.first.to_data(),
            "more": self.more.to_data(),
            "ends": self.ends.to_data(),
            "labels": self.labels.to_data(),
            "chance": list(self.chance.weights),
            "ruled": self.ruled,
            "nests": self.nests,
            "every": self.every,
            "kinds": self.kinds.to_data(),
            "attributes": {name: classes.to_data() for name, classes in self.attributes.items()},
        }

    @staticmethod
    def of_data(data: dict[str, Any]) -> ClauseModel:
        """The model that `to_data` wrote."""
        return ClauseModel(
            Classes.of_data(data["holds"]),
            ConditionalLogit.of_data(data["first"]),
            ConditionalLogit.of_data(data["more"]),
            ConditionalLogit.of_data(data["ends"]),
            Classes.of_data(data["labels"]),
            Binary(tuple(data["chance"])),
            float(data["ruled"]),
            bool(data["nests"]),
            bool(data["every"]),
            WordClusters.of_data(data["kinds"]),
            {name: Classes.of_data(one) for name, one in data["attributes"].items()},
        )


_Read: TypeAlias = tuple[float, list[tuple[float, Analysis]]]

HOPELESS = 0.01
"""Analyses with a lower chance are not considered."""

MOST = 8
"""The number of analyses of a sentence that are considered."""


def _fit(
    rows: Sequence[TrainingRows], kinds: WordClusters, base: ClauseModel | None, *, nests: bool
) -> ClauseModel:
    if not any(one.labels for one in rows):
        raise ValueError("nothing is marked")

    def options(name: str) -> ConditionalLogit:
        every = [pair for one in rows for pair in getattr(one, name)]
        return ConditionalLogit.fit(
            [group for group, _ in every],
            [taken for _, taken in every],
            penalty=PENALTIES[name] * (FIRM if base else 1),
            base=getattr(base, name, None),
        )

    return ClauseModel(
        _holds([pair for one in rows for pair in one.holds], base.holds if base else None),
        options("first"),
        options("more"),
        options("ends"),
        _labels([pair for one in rows for pair in one.labels], base.labels if base else None),
        base.chance if base else Binary(PRIOR),
        base.ruled if base else _agreement(rows),
        nests,
        _every(rows, base),
        kinds,
    )


def _every(rows: Sequence[TrainingRows], base: ClauseModel | None) -> bool:
    """Whether each sentence that asserts something gets a proposal: until many are left without."""
    held, of = (_HELD, _OF) if base is None or base.every else (0, _OF)
    for one in rows:
        for sentence in one.sentences:
            if sentence.assertive:
                held, of = held + bool(one.analysis(sentence)), of + 1
    return held >= _EVERY * of


def _agreement(rows: Sequence[TrainingRows]) -> float:
    """How often the rules' analysis of a sentence was that of the annotators,
    where they marked something."""
    pairs = [
        (one.analysis(sentence), _by_rules(sentence)) for one in rows for sentence in one.sentences
    ]
    every = [gold == by_rules for gold, by_rules in pairs if gold]
    return sum(every) / (len(every) + 2)


def _by_model(read: _Read, gold: Analysis) -> float:
    """The chance that a model gave an analysis, of those that hold anything."""
    holds, likely = read
    return next((chance for chance, one in likely if one == gold), 0.0) / max(holds, HOPELESS)


def _by_rules(sentence: Sentence) -> Analysis:
    """What the rules find in a sentence; no two overlap."""
    return tuple((clause.found.first, clause.found.last) for clause in sentence.clauses)


_Classed: TypeAlias = Sequence[tuple[tuple[str, ...], str]]
"""Features with their class."""


def _holds(pairs: _Classed, base: Classes | None) -> Classes:
    """A pool: a model that weighs all words, one that weighs all else, and one
    that counts (which a base has done)."""
    made = [_part(pairs, "holds", base), _part(pairs, "bare", base, without_words)]
    if base is None:
        made.append(Classes.counted(*_features_and_classes(pairs), share=0.2))
    return Classes.pooled(made)


def _labels(pairs: _Classed, base: Classes | None) -> Classes:
    """A pool: a model that weighs all words; one that weighs cues, frames and places, which is
    better while little is decided; one that counts (which a base has done); and, twice, one of
    the rules' label and cues alone, which hold for other topics too."""
    alone = _part(pairs, "cues", base, cues)
    made = [_part(pairs, "words", base), _part(pairs, "plain", base, without_words), alone, alone]
    if base is None:
        made.append(Classes.counted(*_features_and_classes(pairs), share=0.3))
    return Classes.pooled(made)


def _part(
    pairs: _Classed,
    name: str,
    base: Classes | None,
    some: Callable[[tuple[str, ...]], list[str]] = list,
) -> Classes:
    """A model that weighs `some` of the features."""
    rows, classes = _features_and_classes(pairs)
    penalty = PENALTIES[name] * (FIRM if base else 1)
    return Classes.fit([some(row) for row in rows], classes, penalty=penalty, base=base, whole=rows)


def _features_and_classes(pairs: _Classed) -> tuple[list[tuple[str, ...]], list[str]]:
    return [features for features, _ in pairs], [name for _, name in pairs]


PENALTIES = {
    "holds": 3.3, "bare": 8.0, "first": 2.5, "more": 3.0, "ends": 8.0, "words": 10.0, "plain": 1.0,
    "cues": 0.5,
}  # fmt: skip
"""Weights of the L2 penalties."""

FIRM = 6.0
"""How many times firmer weights are held to those of a base than to zero. By 1 or 4, more is learnt
where annotators mark by other rules than the base, and a little is lost where they mark by the
same; 16 does the reverse."""


def _calibrate(
    model: ClauseModel,
    examples: Sequence[Example],
    rows: Sequence[TrainingRows],
    base: ClauseModel | None,
) -> dict[int, list[ClaimProposal]]:
    """Give the model weights from models that have not seen the documents they are judged on; what
    these propose, with chances by those weights."""
    reads: dict[int, tuple[ClauseModel, list[_Read]]] = {}
    for held in folds([one.group for one in examples], _FOLDS):
        some = [one for i, one in enumerate(rows) if i not in held]
        if any(one.labels for one in some):
            other = _fit(some, model.kinds, base, nests=model.nests)
            for i in held:
                pairs = zip(rows[i].sentences, rows[i].holds, strict=True)
                reads[i] = other, [other._read(s, features) for s, (features, _) in pairs]
    model.ruled = weight(
        (there == _by_rules(sentence), _by_model(read, there))
        for i, (_, own) in sorted(reads.items())
        for sentence, read in zip(rows[i].sentences, own, strict=True)
        if (there := rows[i].analysis(sentence))
    )
    columns: list[tuple[float, ...]] = []
    right: list[bool] = []
    chosen: dict[int, list[tuple[Sentence, _Scored]]] = {}
    for i, (other, own) in sorted(reads.items()):
        other.ruled = model.ruled
        gold = {(place, span.label) for place, span in rows[i].gold}
        known = zip(rows[i].sentences, own, strict=True)
        chosen[i] = [(s, one) for s, read in known for one in other._chosen(s, read)]
        columns += [one.columns for _, one in chosen[i]]
        right += [(one.place, one.label) in gold for _, one in chosen[i]]
    model.chance = Binary.fit(columns, right, base.chance.weights if base else PRIOR)
    return {
        i: [model._proposal(examples[i].reading, sentence, one) for sentence, one in mine]
        for i, mine in chosen.items()
    }


def _attributes(
    rows: Sequence[TrainingRows], layer: Layer, base: ClauseModel | None
) -> dict[str, Classes]:
    """Classifiers of the choice attributes that were set, from
    cues and frames but no other words."""
    known = base.attributes if base else {}
    out = dict(known)
    for attribute in layer.attributes:
        if attribute.type != "choice" or attribute.multiple:
            continue
        given = [
            ([*without_words(features), f"label={span.label}"], value)
            for one in rows
            for features, span in one.spans
            if isinstance(value := span.attributes.get(attribute.name, attribute.default), str)
        ]
        if given:
            before = known.get(attribute.name)
            out[attribute.name] = Classes.fit(
                [f for f, _ in given],
                [value for _, value in given],
                penalty=FIRM if before else 1.0,
                base=before,
            )
    return out


__all__ = ["ClaimProposal", "ClauseModel"]
