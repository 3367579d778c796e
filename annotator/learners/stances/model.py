"""The learner of relations (stances): which holder takes which side
on what, among the pairs of a paragraph.

A pair is an actor or the author with a claim or another actor. A softmax regression chooses its
label, or none, from what the rules say about the pair, nearby words that take sides, the positions
of its ends, and what they are. Chances are calibrated on held-out documents.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from annotator.english import tables
from annotator.english.claims import Clause, find_claims
from annotator.english.frames import flip
from annotator.english.reading import Reading, parse, tokens_within
from annotator.english.stances import SIDES, find_stances
from annotator.english.syntax import Syntax
from annotator.english.tokens import FoundSpan, FoundStance
from annotator.learners.evaluation import folds
from annotator.learners.examples import Example
from annotator.learners.logistic import Binary, Classes, log_odds
from annotator.learners.stances.features import End, StanceContext, features_of
from annotator.learners.stances.reasons import cues_of
from annotator.model.overlaps import Overlaps
from annotator.model.schema import Layer
from annotator.model.span import AUTHOR, Span

_QUOTED = frozenset('"“”«» ,:')
NONE = ""
"""The class of pairs without a relation."""
LEAST = 25
"""The least number of relations for learning."""
LOWEST = 0.3
"""Pairs with a lower chance are not proposed. Held out on the seeds' part `train`, F1 of all that
is proposed is .55 from .3 on, .54 from .35 on, and less from .25 on."""
PRIOR = (1.0, 0.0, 0.0, 0.0)
"""Weights of the calibration before any training; see `_columns`."""
_FOLDS = 4
_RULE = "pair.learnt"


@dataclass(frozen=True, slots=True)
class RelationProposal:
    """A relation to suggest, from the id of a span or `@author` to the id of a span. `chance` is
    the calibrated probability that it is accepted with this label, `edge` what the rules find
    between the two."""

    source: str
    target: str
    label: str
    chance: float
    edge: FoundStance | None
    reason: str
    rule: str = _RULE


@dataclass(frozen=True, slots=True)
class _Pair:
    """A candidate: its ends (without a source, it is the author), the rules' edge if there is one,
    and its features."""

    source: End | None
    target: End
    edge: FoundStance | None
    features: tuple[str, ...]

    @property
    def ends(self) -> tuple[str, str]:
        return (self.source.span.id if self.source else AUTHOR, self.target.span.id)


@dataclass
class PairModel:
    """A trained model of one relation layer."""

    layer: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    labels: Classes
    chance: Binary
    reach: int

    @staticmethod
    def train(
        examples: Sequence[Example],
        layer: Layer,
        base: PairModel | None = None,
        guessed: Mapping[int, Example] = MappingProxyType({}),
    ) -> tuple[PairModel, dict[int, list[RelationProposal]]]:
        """Learn the relations of a layer; with a `base`, learn what differs from it.
        `guessed` are examples, by their places, with spans as they are proposed: these are learnt
        from too, and chances are those among them. Deterministic. Also returns what models that had
        not seen an example propose for it, by its index. Raises ValueError if too few relations are
        decided."""
        decided = sum(r.layer == layer.name for one in examples for r in one.relations)
        if decided < LEAST and base is None:
            raise ValueError(
                f"{decided} relations of “{layer.name}” are decided, {LEAST} are needed"
            )
        table = [_decided(one, layer, REACH) for one in examples]
        seen = {i: _decided(one, layer, REACH) for i, one in guessed.items()}
        model = _fit(_of([*table, *seen.values()]), layer, base)
        return model, _calibrate(model, examples, table, seen, layer, base)

    def suggest(self, reading: Reading, spans: Sequence[Span]) -> list[RelationProposal]:
        """Relations between spans of the paragraph (and from the author), the likeliest first; at
        most one for a pair, none less likely than `LOWEST`."""
        pairs = list(pairs_of(reading, spans, self.sources, self.targets, self.reach))
        return self._proposals(pairs, self._chances(pairs))

    def _chances(self, pairs: Sequence[_Pair]) -> list[dict[str, float]]:
        """The uncalibrated chances of each pair by label; NONE is a label too."""
        return self.labels.many([one.features for one in pairs])

    def _proposals(
        self, pairs: Sequence[_Pair], every: Sequence[Mapping[str, float]]
    ) -> list[RelationProposal]:
        out: list[RelationProposal] = []
        for pair, chances in zip(pairs, every, strict=True):
            label = _best(chances)
            chance = self.chance(_columns(pair, chances[label])) if label else 0.0
            if label and chance >= LOWEST:
                reason = self._reason(pair, label)
                out.append(RelationProposal(*pair.ends, label, round(chance, 4), pair.edge, reason))
        return sorted(out, key=lambda p: (-p.chance, p.target, p.source))

    def _judged(self, decided: Sequence[_Decided]) -> list[tuple[tuple[float, ...], bool]]:
        """The columns of the calibration for the likeliest label of each pair, unless that is
        hopeless, and whether it is right."""
        out: list[tuple[tuple[float, ...], bool]] = []
        for (pair, label), chances in zip(decided, self._chances(_pairs(decided)), strict=True):
            best = _best(chances)
            if best and chances[best] >= 0.02:
                out.append((_columns(pair, chances[best]), best == label))
        return out

    def _reason(self, pair: _Pair, label: str) -> str:
        if pair.edge is not None:
            return f"{pair.edge.reason}, and pairs like this were marked before"
        cues = cues_of(pair.features)
        strongest = self.labels.strongest(cues, label)
        return cues[strongest] if strongest else "pairs like this were marked before"

    def to_data(self) -> dict[str, Any]:
        """What `of_data` reads back: lists, strings, numbers and bytes."""
        return {
            "layer": self.layer,
            "sources": list(self.sources),
            "targets": list(self.targets),
            "labels": self.labels.to_data(),
            "chance": list(self.chance.weights),
            "reach": self.reach,
        }

    @staticmethod
    def of_data(data: Mapping[str, Any]) -> PairModel:
        """The model that `to_data` wrote."""
        return PairModel(
            data["layer"],
            tuple(data["sources"]),
            tuple(data["targets"]),
            Classes.of_data(data["labels"]),
            Binary(tuple(data["chance"])),
            data["reach"],
        )


def _columns(pair: _Pair, chance: float) -> tuple[float, ...]:
    """The columns of the calibration: log odds, those of the author's sides again, and whether the
    side is the author's. Of these a model is too sure: texts seldom say them in so many words."""
    odds, own = log_odds(chance), pair.source is None
    return odds, odds * own, float(own)


def _best(chances: Mapping[str, float]) -> str:
    """The likeliest label except NONE; labels are in the order of their names."""
    return max((name for name in chances if name), key=chances.__getitem__, default=NONE)


def _ends(reading: Reading, spans: Sequence[Span]) -> list[End]:
    """Spans of the paragraph with their tokens and the number
    of their sentence, in reading order."""
    out: list[End] = []
    base, tokens = reading.paragraph.start, reading.tokens
    number: list[int] = []
    for token in tokens:
        number.append((number[-1] if number else 0) + token.first)
    for span in sorted(spans, key=lambda s: (s.start, -s.end, s.id)):
        place = tokens_within(tokens, span.start - base, span.end - base)
        if place is not None:
            out.append(End(span, place[0], place[1], number[place[0]]))
    return out


def _reread(
    reading: Reading, actors: Sequence[End], claims: Sequence[End]
) -> tuple[dict[tuple[str, str], FoundStance], dict[str, Clause]]:
    """What the rules find in the paragraph with the given actors: edges by the ids of their ends,
    and the clause that each given claim overlaps most."""
    tokens, base = reading.tokens, reading.paragraph.start
    found: Sequence[FoundSpan] = reading.actors
    clauses: Sequence[Clause] = reading.clauses
    ruled: Sequence[FoundStance] = reading.edges
    # The rules need only the places of actors.
    if [(a.first, a.last) for a in actors] != [(f.first, f.last) for f in found]:
        found = [
            FoundSpan(
                a.span.label, a.span.start - base, a.span.end - base, a.first, a.last, 1.0, "", ""
            )
            for a in actors
        ]
        clauses = find_claims(tokens, found)
        ruled = find_stances(tokens, found, clauses, parse(reading))
    overlaps = Overlaps([(clause.found.first, clause.found.last) for clause in clauses])
    places = {claim.span.id: _nearest(claim, clauses, overlaps) for claim in claims}
    near: dict[int, list[str]] = {}
    for id, place in places.items():
        if place is not None:
            near.setdefault(place, []).append(id)
    edges: dict[tuple[str, str], FoundStance] = {}
    for edge in ruled:
        source = actors[edge.source].span.id if edge.source is not None else AUTHOR
        targets = [actors[edge.target].span.id] if edge.on_actor else near.get(edge.target, [])
        for target in targets:
            edges.setdefault((source, target), edge)
    syntax = Syntax(tokens, found)
    for claim in claims:
        governed = _governed(syntax, claim)
        if governed is not None:
            edges.setdefault((actors[governed[0]].span.id, claim.span.id), governed[1])
    return edges, {id: clauses[place] for id, place in places.items() if place is not None}


def _nearest(claim: End, clauses: Sequence[Clause], overlaps: Overlaps) -> int | None:
    """The number of the clause that a claim overlaps most, as a share of both; None without
    one."""
    best, most = None, 0.0
    for place in overlaps.of(claim.first, claim.last):
        clause = clauses[place]
        shared = min(claim.last, clause.found.last) - max(claim.first, clause.found.first)
        joint = max(claim.last, clause.found.last) - min(claim.first, clause.found.first)
        if shared / joint > most:
            best, most = place, shared / joint
    return best


def _governed(syntax: Syntax, claim: End) -> tuple[int, FoundStance] | None:
    """`X opposes [the wall]`, `X promises [to scrap it]`: the holder of a claim that
    is the object of a verb, and the edge."""
    tokens, first = syntax.tokens, claim.first
    for i in range(first - 1, max(syntax.low[first] - 1, first - 6), -1):
        for verb, kind in tables.verbs_by_form().get(tokens[i].lower, ()):
            between = " ".join(t.lower for t in tokens[i + 1 : first] if t.text not in _QUOTED)
            if not verb.on_claim or between.removesuffix("that").strip() != verb.particle:
                continue
            holder = syntax.subject(i, syntax.low[i], participle=kind == "ing")
            if holder is None:
                return None
            side = flip(verb.on_claim, negative=syntax.negated(i))
            told = "reports who holds it" if "that" in verb.frames else "takes a side"
            cue: dict[str, str | int] = {
                "basis": "explicit",
                "strength": verb.strength,
                "cue_start": tokens[i].start,
                "cue_end": tokens[i].end,
            }
            return holder, FoundStance(
                SIDES[side],
                holder,
                0,
                False,
                0.7,
                f"“{tokens[i].text}” {told}",
                "stance.object",
                cue,
            )
    return None


def pairs_of(
    reading: Reading,
    spans: Sequence[Span],
    sources: Sequence[str],
    targets: Sequence[str],
    reach: int,
) -> Iterator[_Pair]:
    """The candidate pairs: a source up to `reach` sentences before the target's,
    or in it; the author with every target."""
    ends = _ends(reading, spans)
    holders = [e for e in ends if e.span.layer in sources]
    aims = [e for e in ends if e.span.layer in targets]
    edges, clauses = _reread(reading, holders, [e for e in aims if e.span.layer not in sources])
    scene = StanceContext(reading.tokens, ends, parse(reading))
    for target in aims:
        clause = clauses.get(target.span.id)
        if AUTHOR in sources:
            edge = edges.get((AUTHOR, target.span.id))
            yield _Pair(None, target, edge, features_of(scene, None, target, edge, clause))
        for source in _near(holders, target, reach):
            if source is target:
                continue
            edge = edges.get((source.span.id, target.span.id))
            yield _Pair(source, target, edge, features_of(scene, source, target, edge, clause))


def _near(holders: Sequence[End], target: End, reach: int) -> Sequence[End]:
    """The holders in the sentence of a target, or in one of the `reach` sentences before it; of
    very many, those next to the target. They are in reading order."""
    low = bisect_left(holders, target.sentence - reach, key=lambda end: end.sentence)
    high = bisect_right(holders, target.sentence, key=lambda end: end.sentence)
    at = bisect_left(holders, target.first, low, high, key=lambda end: end.first)
    return holders[max(low, at - BESIDE) : min(high, at + BESIDE)]


_Decided = tuple[_Pair, str]
"""A pair and its label, NONE for none."""


def _decided(example: Example, layer: Layer, reach: int) -> list[_Decided]:
    gold = {(r.source, r.target): r.label for r in example.relations if r.layer == layer.name}
    pairs = pairs_of(example.reading, example.spans, layer.sources, layer.targets, reach)
    return [(pair, gold.get(pair.ends, NONE)) for pair in pairs]


def _of(table: Iterable[Sequence[_Decided]]) -> list[_Decided]:
    return [pair for pairs in table for pair in pairs]


def _pairs(decided: Sequence[_Decided]) -> list[_Pair]:
    return [pair for pair, _ in decided]


def _fit(decided: Sequence[_Decided], layer: Layer, base: PairModel | None) -> PairModel:
    labels = [label for _, label in decided]
    if not any(labels):
        raise ValueError(f"no relation of “{layer.name}” connects two spans of a paragraph")
    rows, penalty = [pair.features for pair, _ in decided], PENALTY * (FIRM if base else 1)
    classes = Classes.fit(rows, labels, penalty=penalty, base=base.labels if base else None)
    chance = base.chance if base else Binary(PRIOR)
    return PairModel(layer.name, layer.sources, layer.targets, classes, chance, REACH)


PENALTY = 4.0
FIRM = 16.0
"""How much more strongly weights are pulled to those of a base than to zero."""
REACH = 1
"""How many sentences a source may be before its target."""
BESIDE = 12
"""The most sources before, and after the beginning of, a target that are considered: without this
limit a list of names costs the square of its length."""


def _calibrate(
    model: PairModel,
    examples: Sequence[Example],
    table: Sequence[Sequence[_Decided]],
    seen: Mapping[int, Sequence[_Decided]],
    layer: Layer,
    base: PairModel | None,
) -> dict[int, list[RelationProposal]]:
    """Calibrate the model with models that have not seen the documents on which they are judged.
    Returns what these propose, with calibrated chances. Between spans that are proposed fewer
    relations are right than between those decided on, so chances are of the former where they are
    known."""
    judged: list[tuple[tuple[float, ...], bool]] = []
    blind: dict[int, PairModel] = {}
    for held in folds([one.group for one in examples], _FOLDS):
        some = _of(
            one for every in (enumerate(table), seen.items()) for i, one in every if i not in held
        )
        try:
            other = _fit(some, layer, base)
        except ValueError:
            continue
        for i in held:
            blind[i] = other
            judged += other._judged(seen.get(i, table[i]))
    prior = base.chance.weights if base else PRIOR
    model.chance = Binary.fit([of for of, _ in judged], [right for _, right in judged], prior)
    for other in blind.values():
        other.chance = model.chance
    return {
        i: other._proposals(_pairs(table[i]), other._chances(_pairs(table[i])))
        for i, other in sorted(blind.items())
    }


__all__ = ["LEAST", "PairModel", "RelationProposal"]
