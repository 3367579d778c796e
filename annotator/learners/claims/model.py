"""The learner of long spans that may overlap (claims): where they begin and end, and what they are.

A sentence is analysed by a sequence of choices: whether it holds a span at all (a pool of
classifiers), at which of a few places the first one begins, whether and where another one follows,
where each ends (conditional logits), and its label (another pool). The places are the beginnings
and ends of sentences, main clauses, frames, quotations, the rules' clauses, and the objects of
verbs of wanting and saying; the model learns what annotators leave out at either end. The likely
analyses are compared as wholes (`reranking.py`), and the one that is expected to save the most keys
is shown. A candidate's chance is that of its choices, calibrated on held-out documents.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from annotator.english.claims import Clause
from annotator.english.echoes import echoes
from annotator.english.reading import Reading, parse
from annotator.learners.claims.boundaries import Sentence, TokenRange, sentences_of
from annotator.learners.claims.boundary_features import (
    end_features,
    next_features,
    start_features,
)
from annotator.learners.claims.decoding import Analyses, Analysis, cheapest
from annotator.learners.claims.features import sentence_features, span_features, without_words
from annotator.learners.claims.reasons import cue_candidates
from annotator.learners.claims.reranking import UNCHANGED, Labels, reranked
from annotator.learners.logistic import Binary, Classes, ConditionalLogit, log_odds
from annotator.learners.word_clusters import WordClusters
from annotator.model.overlaps import Overlaps

_NESTED = 0.6
"""The least chance of the bounds of a span inside another one."""
_SAID = 0.35
"""A sentence counts as talk about the text if its chance of containing a span is below this. At 0,
a fiftieth of the keys saved on claims is lost on part `train` of the seeds."""
_ECHO = 0.5
"""The least chance of a claim that, by the rules, only agrees or disagrees with what was said. On
the seeds' and the debate's parts `train`, one of six such proposals is right."""
_RULE = "clause.learnt"
INSIDE_PRIOR = (3.0, 5.0)
"""How many of how many claims inside others count as marked before any are decided."""
_LEAST_INSIDE = 0.4
"""The least chance of a claim inside another one."""


@dataclass(frozen=True, slots=True)
class ClaimProposal:
    """A span to suggest, `[start, end)` in code points of the document; `chance` is the calibrated
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
class Scored:
    """A candidate: its place, the chance of its bounds and of each label, and its features."""

    place: TokenRange
    bounds: float
    labels: Mapping[str, float]
    features: tuple[str, ...]

    @property
    def label(self) -> str:
        """The likeliest label."""
        return min(self.labels, key=lambda name: (-self.labels[name], name))

    @property
    def columns(self) -> tuple[float, float, float]:
        """The columns of the calibration: log odds of the bounds, of the label, and of both."""
        label = self.labels[self.label]
        return log_odds(self.bounds), log_odds(label), log_odds(self.bounds * label)


@dataclass(frozen=True, slots=True)
class Options:
    """The possible analyses of a sentence with their chances, and the features and labels of each
    place in them."""

    sentence: Sentence
    analyses: Analyses
    features: Mapping[TokenRange, tuple[str, ...]]
    labels: Labels


Read: TypeAlias = tuple[float, Analyses]
"""The chance that a sentence holds anything, and what it may hold."""


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
    rerank: ConditionalLogit = UNCHANGED
    nests: bool = False
    every: bool = True
    kinds: WordClusters = field(default_factory=WordClusters)
    inside: tuple[float, float] = INSIDE_PRIOR
    """How many of the rules' claims inside others were marked exactly like that, and how many there
    were."""
    attributes: dict[str, Classes] = field(default_factory=dict)

    def suggest(self, reading: Reading) -> list[ClaimProposal]:
        """The spans that are expected to save the most keys, in reading order."""
        options = [
            self.options(sentence, self.read(sentence, sentence_features(sentence, self.kinds)))
            for sentence in sentences_of(reading)
        ]
        found = self.proposals(reading, options)
        return [one for one in found if one.chance >= _ECHO or not _only_echo(reading, one)]

    def proposals(self, reading: Reading, options: Sequence[Options]) -> list[ClaimProposal]:
        """The same for sentences whose options are known."""
        out = [
            self._proposal(reading, one.sentence, scored)
            for one in options
            for scored in self.chosen(one)
        ]
        within = [
            self._inside(reading, clause) for one in options for clause in one.sentence.inside
        ]
        overlaps = Overlaps([(one.start, one.end) for one in out])
        for inner in [one for one in within if one is not None]:
            if all(_holds(out[k], inner) for k in overlaps.of(inner.start, inner.end)):
                out.append(inner)
        return sorted(out, key=lambda p: (p.start, -p.end, p.label))

    def _inside(self, reading: Reading, clause: Clause) -> ClaimProposal | None:
        """A claim inside another one, as the rules find it; there are too few of them to be learnt
        from choices. None if they are seldom marked, or not with this label."""
        found, chance = clause.found, self.inside[0] / self.inside[1]
        if chance < _LEAST_INSIDE or found.label not in self.labels.classes:
            return None
        given = {k: v for k, v in found.attributes.items() if k in self.attributes}
        start, end = (reading.paragraph.start + at for at in (found.start, found.end))
        reason = f"{found.reason}, and whose it is"
        return ClaimProposal(start, end, found.label, round(chance, 4), given, reason)

    def options(self, sentence: Sentence, read: Read) -> Options:
        """The possible analyses of a sentence, by the model and by the rules."""
        analyses = self._with_rules(sentence, *read)
        places = sorted({place for _, one in analyses for place in one})
        rows = [span_features(sentence, *place, self.kinds) for place in places]
        labels = dict(zip(places, self.labels.many(rows), strict=True))
        for clause in sentence.clauses:
            place, label = (clause.found.first, clause.found.last), clause.found.label
            if clause.given and label in labels.get(place, {}):
                labels[place] = _pooled(labels[place], label)
        return Options(sentence, analyses, dict(zip(places, rows, strict=True)), labels)

    def chosen(self, of: Options) -> list[Scored]:
        """The spans shown in a sentence."""
        sentence = of.sentence
        analyses = reranked(self.rerank, sentence, of.analyses, of.labels)
        best = cheapest(analyses, {place: max(own.values()) for place, own in of.labels.items()})
        if not best and self._needs_one(sentence, analyses):
            best = sentence.by_rules or max(analyses, key=lambda one: (bool(one[1]), one[0]))[1]
        kept = [
            Scored(
                place,
                sum(chance for chance, one in analyses if place in one),
                of.labels[place],
                of.features[place],
            )
            for place in best
            if place in of.labels
        ]
        return [one for one in kept if not self._nested(sentence, one, kept)]

    def _needs_one(self, sentence: Sentence, analyses: Analyses) -> bool:
        """Whether a sentence gets a span even if none is likely."""
        holds = 1 - sum(chance for chance, one in analyses if not one)
        return self.every and sentence.assertive and (holds >= _SAID or sentence.judges)

    @staticmethod
    def _nested(sentence: Sentence, one: Scored, every: Sequence[Scored]) -> bool:
        """Whether a span is inside another and no verb shows that somebody else holds it."""
        (first, last), held = one.place, one.place[0] in sentence.objects
        inside = any(
            other.place[0] <= first and last <= other.place[1] and other is not one
            for other in every
        )
        return inside and not held and one.bounds < _NESTED

    def read(self, sentence: Sentence, features: Sequence[str]) -> Read:
        """The chance that a sentence with these features contains any span; and its possible
        analyses with their chances, the likeliest first, without hopeless ones."""
        holds = self.holds(features).get("yes", 0.0)
        out: list[tuple[float, Analysis]] = [(1 - holds, ())]
        begun = self.first([start_features(sentence, start) for start in sentence.starts])
        todo: list[tuple[float, Analysis, int]] = [
            (holds * share, (), start) for start, share in zip(sentence.starts, begun, strict=True)
        ]
        while todo:
            chance, before, start = todo.pop()
            if chance < HOPELESS:
                continue
            for share, end, following in self._continued(sentence, start, chance):
                one = (share, (*before, (start, end)))
                if following is None:
                    out.append(one)
                else:
                    todo.append((*one, following))
        likely = sorted(
            (one for one in out if one[0] >= HOPELESS), key=lambda one: (-one[0], one[1])
        )[:MOST]
        return holds, likely

    def _continued(
        self, sentence: Sentence, start: int, chance: float
    ) -> Iterator[tuple[float, int, int | None]]:
        """The places where the span that begins at `start` may end and the next one may begin (None
        if none follows), each with its share of the chance of that start."""
        nexts = sentence.nexts_of(start)
        shares = self.more([next_features(sentence, start, following) for following in nexts])
        for following, share in zip(nexts, shares, strict=True):
            if chance * share < HOPELESS:
                continue
            ends = sentence.ends_of(start, None if self.nests else following)
            rest = self.ends([end_features(sentence, start, end, following) for end in ends])
            for end, last in zip(ends, rest, strict=True):
                yield chance * share * last, end, following

    def _with_rules(self, sentence: Sentence, holds: float, analyses: Analyses) -> Analyses:
        """The analyses mixed with that of the rules (a linear opinion pool)."""
        rules = sentence.by_rules
        if not rules:
            return analyses
        mixed = {one: chance * (1 - self.ruled if one else 1) for chance, one in analyses}
        mixed[rules] = mixed.get(rules, 0.0) + holds * self.ruled
        return sorted(
            ((chance, one) for one, chance in mixed.items()), key=lambda one: (-one[0], one[1])
        )

    def _proposal(self, reading: Reading, sentence: Sentence, one: Scored) -> ClaimProposal:
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

    def _reason(self, sentence: Sentence, one: Scored) -> str:
        bounds = "a sentence" if one.place == sentence.place else "a clause"
        reason = f"{bounds} like those marked before"
        verb = sentence.verb_before(*one.place, one.label)
        if verb:
            return f"{reason}; “{verb}” says what it is"
        word = sentence.cue_words(*one.place, one.label)
        if not word and len(self.labels.classes) > 1:
            words = cue_candidates(sentence, *one.place, one.label)
            word = (self.labels.strongest([f"w={word}" for word in words], one.label) or "")[2:]
        return f"{reason}; “{word}” suggests {one.label}" if word else reason

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
            "rerank": self.rerank.to_data(),
            "nests": self.nests,
            "every": self.every,
            "kinds": self.kinds.to_data(),
            "inside": list(self.inside),
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
            ConditionalLogit.of_data(data["rerank"]),
            bool(data["nests"]),
            bool(data["every"]),
            WordClusters.of_data(data["kinds"]),
            (data["inside"][0], data["inside"][1]),
            {name: Classes.of_data(one) for name, one in data["attributes"].items()},
        )


def _pooled(labels: Mapping[str, float], told: str) -> dict[str, float]:
    """The chances of labels; half the weight is that of the verb before the claim. By the
    guidelines, what somebody is accused of is a fact, although its words are words of blame, and
    what somebody warns of is a prediction. Of 137 such claims in the seeds' part `train`, 131 have
    the type of the verb."""
    return {name: (chance + (name == told)) / 2 for name, chance in labels.items()}


def _only_echo(reading: Reading, one: ClaimProposal) -> bool:
    """Whether a proposal only takes a side on what was said before (`So does Norway`): the rules
    find no claim there."""
    parsed, base = parse(reading), reading.paragraph.start
    start, end = one.start - base, one.end - base
    ruled = any(c.found.start < end and start < c.found.end for c in reading.clauses)
    if ruled or parsed is None:
        return False
    verbs = (e.verb for e in echoes(reading.tokens, reading.actors, parsed) if e.how != "beside")
    return any(start <= reading.tokens[verb].start < end for verb in verbs)


def _holds(one: ClaimProposal, inner: ClaimProposal) -> bool:
    """Whether a claim contains another one and is longer."""
    around = one.start <= inner.start and inner.end <= one.end
    return around and (one.start, one.end) != (inner.start, inner.end)


HOPELESS = 0.01
"""Analyses with a lower chance are not considered."""

MOST = 8
"""The number of analyses of a sentence that are considered."""

__all__ = ["HOPELESS", "INSIDE_PRIOR", "ClaimProposal", "ClauseModel", "Options", "Read", "Scored"]
