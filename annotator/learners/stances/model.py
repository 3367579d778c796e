"""The learner of relations (stances): which holder takes which side
on what, among the pairs of a paragraph.

A pair is an actor or the author with a claim or another actor. A softmax regression chooses its
label, or none, from what the rules say about the pair, nearby words that take sides, the positions
of its ends, and what they are. Chances are calibrated on held-out documents.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import log
from types import MappingProxyType
from typing import Any

from annotator.english.judgements import PLAIN
from annotator.english.reading import Reading
from annotator.english.stances import ECHOED, ENDORSED, HELD
from annotator.english.tokens import FoundStance
from annotator.learners.evaluation import folds
from annotator.learners.examples import Example
from annotator.learners.logistic import Binary, Classes, log_odds
from annotator.learners.stances.pairs import Pair, pairs_of
from annotator.learners.stances.reasons import cues_of, side_taken
from annotator.model.schema import Layer
from annotator.model.span import Span

NONE = ""
"""The class of pairs without a relation."""
LEAST = 25
"""The least number of relations for learning."""
LOWEST = 0.3
"""Pairs with a lower chance are not proposed. Held out on the seeds' part `train`, F1 of all that
is proposed is .55 from .3 on, .54 from .35 on, and less from .25 on."""
SURE: Mapping[str, tuple[float, float]] = {
    PLAIN: (8.0, 9.0),
    HELD: (4.0, 6.0),
    ENDORSED: (5.0, 6.0),
    ECHOED: (5.0, 6.0),
}
"""The rules whose edges are too few for the features to show how sure they are: how many of how
many count as right before any are decided. On the public set of directed sentiment, 174 of 180
plain edges are right; plans and promises are their owners' by the guidelines, but not all are
marked. Of those who say that somebody is right or wrong, 15 of 15 are right in the debate's part
`train`, and 14 of 16 in the seeds'."""
PRIOR = (1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
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


@dataclass
class PairModel:
    """A trained model of one relation layer."""

    layer: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    labels: Classes
    chance: Binary
    reach: int
    sure: Mapping[str, tuple[float, float]] = field(default_factory=lambda: dict(SURE))
    """By rule, how many of the pairs with an edge by this rule had a side, and how many such pairs
    there were."""

    @staticmethod
    def train(
        examples: Sequence[Example],
        layer: Layer,
        base: PairModel | None = None,
        guessed: Mapping[int, Example] = MappingProxyType({}),
    ) -> tuple[PairModel, dict[int, list[RelationProposal]]]:
        """Learn the relations of a layer; with a `base`, learn what differs from it. `guessed` are
        examples, by their places, with proposed spans: the model learns from these too, and chances
        are calibrated on them. Deterministic. Also returns, by the index of each example, the
        proposals of models that had not seen it. Raises ValueError if too few relations are
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

    def _chances(self, pairs: Sequence[Pair]) -> list[dict[str, float]]:
        """The uncalibrated chances of each pair by label; NONE is a label too."""
        return self.labels.many([one.features for one in pairs])

    def _proposals(
        self, pairs: Sequence[Pair], every: Sequence[Mapping[str, float]]
    ) -> list[RelationProposal]:
        out: list[RelationProposal] = []
        for pair, label, _, columns in _choices(pairs, every):
            chance = self.chance(columns) if label else 0.0
            sure = self.sure.get(pair.edge.rule) if pair.edge is not None else None
            if sure is not None:
                chance = max(chance, sure[0] / sure[1])
            if label and chance >= LOWEST:
                reason = pair.edge.reason if sure and pair.edge else self._reason(pair, label)
                out.append(RelationProposal(*pair.ends, label, round(chance, 4), pair.edge, reason))
        return sorted(out, key=lambda p: (-p.chance, p.target, p.source))

    def _judged(self, decided: Sequence[_Decided]) -> list[tuple[tuple[float, ...], bool]]:
        """The columns of the calibration for the likeliest label of each pair, unless that is
        hopeless, and whether it is right."""
        chosen = _choices(_pairs(decided), self._chances(_pairs(decided)))
        return [
            (columns, best == label)
            for (_, label), (_, best, chance, columns) in zip(decided, chosen, strict=True)
            if best and chance >= 0.02
        ]

    def _reason(self, pair: Pair, label: str) -> str:
        if pair.edge is not None:
            return f"{pair.edge.reason}, and pairs like this were marked before"
        cues = cues_of(pair.features)
        strongest = self.labels.strongest(cues, label)
        if strongest:
            return cues[strongest]
        word = side_taken(pair.features)
        taken = f"“{word}” takes a side, and " if word else ""
        return f"{taken}pairs like this were marked before"

    def to_data(self) -> dict[str, Any]:
        """What `of_data` reads back: lists, strings, numbers and bytes."""
        return {
            "layer": self.layer,
            "sources": list(self.sources),
            "targets": list(self.targets),
            "labels": self.labels.to_data(),
            "chance": list(self.chance.weights),
            "reach": self.reach,
            "sure": {rule: list(counts) for rule, counts in sorted(self.sure.items())},
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
            {**SURE, **{rule: (right, every) for rule, (right, every) in data["sure"].items()}},
        )


_Choice = tuple[Pair, str, float, tuple[float, ...]]
"""A pair, its likeliest label, the chance of it, and the columns of the calibration."""


def _choices(pairs: Sequence[Pair], every: Sequence[Mapping[str, float]]) -> list[_Choice]:
    """The likeliest label of each pair of a paragraph, by its chances; NONE is a label too."""
    best = [(label := _best(chances), chances.get(label, 0.0)) for chances in every]
    holders: dict[str, list[tuple[str, float]]] = {}
    for pair, (_, chance) in zip(pairs, best, strict=True):
        if pair.source is not None:
            source, target = pair.ends
            holders.setdefault(target, []).append((source, log_odds(chance)))
    out: list[_Choice] = []
    for pair, (label, chance) in zip(pairs, best, strict=True):
        source, target = pair.ends
        rivals = [odds for other, odds in holders.get(target, ()) if other != source]
        out.append((pair, label, chance, _columns(pair, chance, max(rivals, default=_HOPELESS))))
    return out


def _columns(pair: Pair, chance: float, rival: float) -> tuple[float, ...]:
    """The columns of the calibration: log odds and the log of the opposite chance (beta
    calibration, Kull, Silva Filho and Flach 2017); whether the side is the author's, and both logs
    again for that, since texts seldom say it in so many words; and, since mostly one actor holds a
    claim, the log odds of the likeliest other holder, and whether they are higher."""
    odds, against, own = log_odds(chance), log(max(1e-4, 1 - chance)), float(pair.source is None)
    lead = 0.0 if own else max(_HOPELESS, rival)
    above = float(not own and rival > odds)
    return odds, against, own, odds * own, against * own, lead, above


_HOPELESS = -4.0
"""The least log odds of another holder that count."""


def _best(chances: Mapping[str, float]) -> str:
    """The likeliest label except NONE; labels are in the order of their names."""
    return max((name for name in chances if name), key=chances.__getitem__, default=NONE)


_Decided = tuple[Pair, str]
"""A pair and its label, NONE for none."""


def _decided(example: Example, layer: Layer, reach: int) -> list[_Decided]:
    gold = {(r.source, r.target): r.label for r in example.relations if r.layer == layer.name}
    pairs = pairs_of(example.reading, example.spans, layer.sources, layer.targets, reach)
    return [(pair, gold.get(pair.ends, NONE)) for pair in pairs]


def _of(table: Iterable[Sequence[_Decided]]) -> list[_Decided]:
    return [pair for pairs in table for pair in pairs]


def _pairs(decided: Sequence[_Decided]) -> list[Pair]:
    return [pair for pair, _ in decided]


def _fit(decided: Sequence[_Decided], layer: Layer, base: PairModel | None) -> PairModel:
    labels = [label for _, label in decided]
    if not any(labels):
        raise ValueError(f"no relation of “{layer.name}” connects two spans of a paragraph")
    rows, penalty = [pair.features for pair, _ in decided], PENALTY * (FIRM if base else 1)
    classes = Classes.fit(rows, labels, penalty=penalty, base=base.labels if base else None)
    chance = base.chance if base else Binary(PRIOR)
    sure = dict(base.sure if base else SURE)
    for pair, label in decided:
        rule = pair.edge.rule if pair.edge is not None else ""
        if rule in sure:
            right, every = sure[rule]
            sure[rule] = (right + (label != NONE), every + 1)
    return PairModel(layer.name, layer.sources, layer.targets, classes, chance, REACH, sure)


PENALTY = 4.0
FIRM = 16.0
"""How much more strongly weights are pulled to those of a base than to zero."""
REACH = 1
"""How many sentences a source may be before its target."""


def _calibrate(
    model: PairModel,
    examples: Sequence[Example],
    table: Sequence[Sequence[_Decided]],
    seen: Mapping[int, Sequence[_Decided]],
    layer: Layer,
    base: PairModel | None,
) -> dict[int, list[RelationProposal]]:
    """Calibrate the model with models that have not seen the documents on which they are judged.
    Returns what these propose, with calibrated chances. Fewer relations are right between proposed
    spans than between decided ones, so chances are calibrated on proposed spans if there are
    any."""
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


__all__ = ["LEAST", "PRIOR", "PairModel", "RelationProposal"]
