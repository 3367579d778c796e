"""What a network shows: communities, central holders, and the concepts on which camps agree or are
divided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from annotator.networks.affiliation import Affiliation, Array, Edge

SEED = 20240901


@dataclass(frozen=True, slots=True)
class Communities:
    """Groups of holders, the largest first, each sorted by name, and their modularity; None if
    there is no edge."""

    groups: tuple[tuple[str, ...], ...]
    modularity: float | None


@dataclass(frozen=True, slots=True)
class ConceptFigures:
    """The positions of holders on a concept: how many support it, oppose it, and are even.

    `agreement` is the share of pairs, among holders who take a side, that take the same one; None
    for fewer than two. `polarisation` is twice the share of the smaller camp: 0 if all are on one
    side, 1 if the camps are equal.
    """

    concept: str
    support: int
    oppose: int
    even: int
    agreement: float | None
    polarisation: float | None
    statements: int


def communities(holders: Sequence[str], weights: Array, *, seed: int = SEED) -> Communities:
    """Communities by modularity on the positive weights. Holders without positive weights form
    groups of their own.

    Newman, M. E. J. (2004). Analysis of weighted networks. Physical Review E 70, 056131, equation 5
    (modularity).
    """
    graph = _graph(weights)
    if not graph.number_of_edges():
        return Communities(tuple((name,) for name in holders), None)
    found = _louvain(graph, seed)
    groups = sorted(
        (tuple(sorted(holders[i] for i in group)) for group in found),
        key=lambda group: (-len(group), group),
    )
    return Communities(tuple(groups), float(nx.community.modularity(graph, found, weight="weight")))


def community_numbers(weights: Array, *, seed: int = SEED) -> NDArray[np.int64]:
    """The number of the community of each holder, of shape `(holders,)`."""
    graph, numbers = _graph(weights), np.arange(len(weights))
    if graph.number_of_edges():
        for number, group in enumerate(_louvain(graph, seed)):
            numbers[list(group)] = number
    return numbers


def _graph(weights: Array) -> nx.Graph:
    """The positive ties between holders, who are nodes by their places."""
    return nx.from_numpy_array(np.triu(np.maximum(weights, 0), 1))


def _louvain(graph: nx.Graph, seed: int) -> list[set[int]]:
    """Blondel, V. D. et al. (2008). Fast unfolding of communities in large networks.
    Journal of Statistical Mechanics, P10008."""
    found: list[set[int]] = nx.community.louvain_communities(graph, weight="weight", seed=seed)
    return found


def centrality(holders: Sequence[str], weights: Array) -> dict[str, float]:
    """The weighted degree of every holder: the sum of its weights, without their signs."""
    return dict(zip(holders, np.abs(weights).sum(axis=1).tolist(), strict=True))


def concept_figures(found: Affiliation) -> list[ConceptFigures]:
    """Every concept, beginning with those on which most holders take a side."""
    out: list[ConceptFigures] = []
    by_concept: dict[str, list[Edge]] = {concept: [] for concept in found.concepts}
    for edge in found.edges:
        by_concept[edge.concept].append(edge)
    for concept, edges in by_concept.items():
        support, oppose = (sum(edge.sign == sign for edge in edges) for sign in (1, -1))
        sided = support + oppose
        pairs = sided * (sided - 1) / 2
        same = (support * (support - 1) + oppose * (oppose - 1)) / 2
        out.append(
            ConceptFigures(
                concept,
                support,
                oppose,
                len(edges) - sided,
                same / pairs if pairs else None,
                2 * min(support, oppose) / sided if sided else None,
                sum(len(e.statements) for e in edges),
            )
        )
    return sorted(out, key=lambda one: (-(one.support + one.oppose), one.concept))


__all__ = [
    "SEED",
    "Communities",
    "ConceptFigures",
    "centrality",
    "communities",
    "community_numbers",
    "concept_figures",
]
