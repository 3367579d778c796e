"""A softmax over the candidates of a mention."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import exp, fsum

from annotator.learners.names.query import Features

FeatureWeights = Mapping[str, float]


def score(features: Iterable[str], weights: FeatureWeights) -> float:
    """The sum of the weights of features; those without a weight count as 0."""
    return fsum(weights.get(one, 0.0) for one in features)


def ranked(found: Mapping[str, Iterable[str]], weights: FeatureWeights) -> list[tuple[str, float]]:
    """Candidates with their chances, which sum to 1, the likeliest first; equal ones in
    alphabetical order."""
    return by_score({name: score(of, weights) for name, of in found.items()})


def by_score(scores: Mapping[str, float]) -> list[tuple[str, float]]:
    """The same for candidates whose scores are already known."""
    if not scores:
        return []
    most = max(scores.values())
    shares = {name: exp(one - most) for name, one in scores.items()}
    total = sum(shares.values())
    order = sorted(shares, key=lambda name: (-shares[name], name))
    return [(name, shares[name] / total) for name in order]


__all__ = ["FeatureWeights", "Features", "by_score", "ranked", "score"]
