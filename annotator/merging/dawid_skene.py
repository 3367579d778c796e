"""Keeps the most probable labels of aligned spans, by how reliable each annotator proves to be
(Dawid and Skene 1979). It needs three annotators or more.

Dawid, A. P. and Skene, A. M. (1979). Maximum likelihood estimation of observer error-rates using
the EM algorithm. Applied Statistics 28, 20-28. An item is a cluster of aligned spans; marking
nothing counts as a label too. Each annotator has a matrix of error rates for each layer, estimated
over all documents; every count begins at .01, so that unseen cases are not impossible.
`dawid-skene:0.8` keeps labels with a posterior of at least .8; the default is .9.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from annotator.errors import UsageError
from annotator.merging.api import Candidate, by_majority, clusters
from annotator.model.span import Relation, Span

title = "Dawid and Skene"
complete = False

NOTHING = ""
"""The label of those who marked nothing."""

LEAST = 0.9
ROUNDS = 1000
PRIOR = 0.01

Array = NDArray[np.float64]
Votes = Mapping[str, str]
"""The label that each annotator gave an item."""


@dataclass(frozen=True, slots=True)
class Model:
    """The model of a layer: the labels, their frequencies, and for each annotator a matrix
    `(labels, labels)` with the probability of giving the label of the column if that of the row is
    true."""

    labels: tuple[str, ...]
    share: Array
    errors: Mapping[str, Array]

    def posterior(self, item: Votes) -> Array:
        """The probability of each label, `(labels,)`, given the annotators' labels."""
        log = np.log(self.share)
        for who, label in item.items():
            if who in self.errors and label in self.labels:
                log = log + np.log(self.errors[who][:, self.labels.index(label)])
        weight = np.exp(log - log.max())
        return np.asarray(weight / weight.sum())


@dataclass(frozen=True, slots=True)
class LayerModels:
    """The models by layer."""

    models: Mapping[str, Model] = field(default_factory=dict)


def estimate(items: Sequence[Votes]) -> Model:
    """The model of these items, by expectation maximization that starts from the shares of
    votes."""
    labels = tuple(sorted({label for item in items for label in item.values()} | {NOTHING}))
    people = tuple(sorted({who for item in items for who in item}))
    votes = np.zeros((len(items), len(people), len(labels)))
    for i, item in enumerate(items):
        for who, label in item.items():
            votes[i, people.index(who), labels.index(label)] = 1
    belief = votes.sum(axis=1) / votes.sum(axis=(1, 2))[:, None]
    share, errors = _maximize(belief, votes)
    for _ in range(ROUNDS):
        log = np.log(share)[None, :] + np.einsum("iab,acb->ic", votes, np.log(errors))
        weight = np.exp(log - log.max(axis=1, keepdims=True))
        fresh = weight / weight.sum(axis=1, keepdims=True)
        moved = float(np.abs(fresh - belief).max(initial=0.0))
        belief = fresh
        share, errors = _maximize(belief, votes)
        if moved < 1e-9:
            break
    return Model(labels, share, dict(zip(people, errors, strict=True)))


def _maximize(belief: Array, votes: Array) -> tuple[Array, Array]:
    share = belief.sum(axis=0) + PRIOR
    counts = np.einsum("ic,iab->acb", belief, votes) + PRIOR
    return share / share.sum(), counts / counts.sum(axis=2, keepdims=True)


def _item(group: Sequence[Candidate], voters: Sequence[str]) -> dict[str, str]:
    """The label that each voter gave a cluster: the one with most votes among the voter's own
    versions."""
    item = dict.fromkeys(voters, NOTHING)
    for candidate in sorted(group, key=lambda c: len(c.votes)):
        for who in candidate.votes:
            item[who] = candidate.value.label
    return item


def learn(corpus: Sequence[tuple[Sequence[Candidate], Sequence[str]]]) -> LayerModels:
    """The models of all documents' candidates and voters. Raises
    UsageError below three annotators."""
    if len({who for _, voters in corpus for who in voters}) < 3:
        raise UsageError(
            "dawid-skene needs the finished work of three annotators",
            hint="Use unanimous or majority",
        )
    items: dict[str, list[Votes]] = {}
    for found, voters in corpus:
        for group in clusters(found):
            items.setdefault(group[0].value.layer, []).append(_item(group, voters))
    return LayerModels({layer: estimate(several) for layer, several in items.items()})


def posteriors(
    candidates: Sequence[Candidate], voters: Sequence[str], learnt: object
) -> dict[str, float]:
    """The posterior of each span candidate's label in its cluster, by id. `learnt` is the result of
    `learn`."""
    assert isinstance(learnt, LayerModels)
    out: dict[str, float] = {}
    for group in clusters(candidates):
        model = learnt.models[group[0].value.layer]
        held = dict(zip(model.labels, model.posterior(_item(group, voters)).tolist(), strict=True))
        out |= {c.id: held.get(c.value.label, 0.0) for c in group}
    return out


def kept(
    candidates: Sequence[Candidate],
    voters: Sequence[str],
    *,
    option: str = "",
    learnt: object | None = None,
) -> list[Candidate]:
    """From each cluster whose likeliest label is sure enough, the version with that label and the
    bounds with most votes; relations are kept by majority. A tie in bounds, or a field without a
    majority, is left to the reviewer. Raises UsageError if `option` is not a probability."""
    if not candidates:
        return []
    least = _probability(option)
    models = learnt if isinstance(learnt, LayerModels) else learn([(candidates, voters)])
    sure = posteriors(candidates, voters, models)
    settled: list[Candidate | None] = []
    for group in clusters(candidates):
        best = _most_voted(group, [c for c in group if sure[c.id] >= least])
        if best is not None:
            settled.append(by_majority(best, len(voters)) if best.contested else best)
    settled += [by_majority(c, len(voters)) for c in candidates if isinstance(c.value, Relation)]
    return [c for c in settled if c is not None]


def _most_voted(group: Iterable[Candidate], some: Collection[Candidate]) -> Candidate | None:
    """The candidate whose bounds have the most votes in the group; None at a tie."""
    votes: Counter[tuple[int, int]] = Counter()
    for candidate in group:
        votes[_bounds(candidate)] += len(candidate.votes)
    ranked = sorted(some, key=lambda c: -votes[_bounds(c)])
    if len(ranked) > 1 and votes[_bounds(ranked[0])] == votes[_bounds(ranked[1])]:
        return None
    return ranked[0] if ranked else None


def _bounds(candidate: Candidate) -> tuple[int, int]:
    value = candidate.value
    assert isinstance(value, Span)
    return value.start, value.end


def _probability(option: str) -> float:
    try:
        value = float(option) if option else LEAST
    except ValueError:
        value = -1.0
    if not 0.5 < value < 1:
        raise UsageError(f"“{option}” is not a probability above .5", hint="Write dawid-skene:0.9")
    return value


__all__ = [
    "LEAST",
    "NOTHING",
    "LayerModels",
    "Model",
    "complete",
    "estimate",
    "kept",
    "learn",
    "posteriors",
    "title",
]
