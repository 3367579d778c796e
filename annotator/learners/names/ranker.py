"""A softmax over the candidates of a mention."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import exp, fsum

from annotator.learners.names.asked import Features

FeatureWeights = Mapping[str, float]


def ranked(found: Mapping[str, Iterable[str]], weights: FeatureWeights) -> list[tuple[str, float]]:
    """Candidates with their chances, which sum to 1, the likeliest
    first; equals by the alphabet."""
    if not found:
        return []
    # A rounded sum would differ by the order of the set, which is another in each run.
    scores = {name: fsum(weights.get(one, 0.0) for one in of) for name, of in found.items()}
    most = max(scores.values())
    shares = {name: exp(score - most) for name, score in scores.items()}
    total = sum(shares.values())
    order = sorted(shares, key=lambda name: (-shares[name], name))
    return [(name, shares[name] / total) for name in order]


__all__ = ["FeatureWeights", "Features", "ranked"]
