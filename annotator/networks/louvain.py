"""Communities by the Louvain method, on arrays.

It takes the same steps as `networkx.community.louvain_communities` with resolution 1, in the same
order and with the same sums, so that it finds the same communities; but networkx goes from edge to
edge in Python, and nearly every pair of holders of a large project is an edge.

Blondel, V. D. et al. (2008). Fast unfolding of communities in large networks.
Journal of Statistical Mechanics, P10008.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

_THRESHOLD = 1e-7
"""The gain of modularity below which another level is not worth it."""


@dataclass(frozen=True, slots=True)
class _Graph:
    """A weighted graph. The edges of node `u` are `first[u]` to `first[u + 1]` in `tails` and
    `weights`, in the order in which they were added; an edge to itself comes once."""

    size: int
    heads: Ints
    tails: Ints
    weights: Array
    first: Ints

    @classmethod
    def of(cls, size: int, a: Ints, b: Ints, weights: Array) -> _Graph:
        """The graph to which the edges between `a` and `b` are added one after the other."""
        two = a != b
        number = np.arange(len(a))
        heads, tails = np.concatenate([a, b[two]]), np.concatenate([b, a[two]])
        order = np.lexsort((np.concatenate([number, number[two]]), heads))
        heads = heads[order]
        return cls(
            size,
            heads,
            tails[order],
            np.concatenate([weights, weights[two]])[order],
            np.searchsorted(heads, np.arange(size + 1)),
        )

    def degrees(self) -> Array:
        """The sum of the weights of each node; an edge to itself counts twice."""
        itself = self.heads == self.tails
        return self._by_head(np.ones_like(itself)) + self._by_head(itself)

    def _by_head(self, chosen: NDArray[np.bool_]) -> Array:
        """The sum of the weights of the chosen edges of each node."""
        return _sums(self.heads[chosen], self.weights[chosen], self.size)

    def without_loops(self) -> _Graph:
        """The same graph without edges from a node to itself."""
        kept = self.heads != self.tails
        heads = self.heads[kept]
        first = np.searchsorted(heads, np.arange(self.size + 1))
        return _Graph(self.size, heads, self.tails[kept], self.weights[kept], first)

    def joined(self, community: Ints, size: int) -> _Graph:
        """The graph of communities: weights between and within them are summed up."""
        once = self.tails >= self.heads
        a, b = community[self.heads[once]], community[self.tails[once]]
        key = np.minimum(a, b) * size + np.maximum(a, b)
        pairs, first, place = np.unique(key, return_index=True, return_inverse=True)
        order = np.argsort(first)
        sums = _sums(place, self.weights[once], len(pairs))
        low, high = np.divmod(pairs[order], size)
        return _Graph.of(size, low, high, sums[order])


def _sums(places: Ints, weights: Array, size: int) -> Array:
    """The sum of the weights at each place, added one after the other."""
    return np.asarray(np.bincount(places, weights=weights, minlength=size), dtype=np.float64)


def communities(weights: Array, *, seed: int) -> Ints:
    """The community of each node, numbered from 0: `weights` is symmetric, without negative weights
    and with zeros on the diagonal."""
    rows, columns = np.nonzero(np.triu(weights, 1))
    graph = _Graph.of(len(weights), rows, columns, weights[rows, columns])
    found = np.arange(len(weights))
    if not len(rows):
        return found
    # Summed as networkx does, one after the other: the last bit decides between equal gains.
    total, random = sum(graph.degrees().tolist()) / 2, Random(seed)
    before = _modularity(graph, found)
    while True:
        inner = _moved(graph, total, random)
        found = inner[found]
        now = _modularity(graph, inner)
        if now - before <= _THRESHOLD:
            return found
        before, graph = now, graph.joined(inner, int(inner.max()) + 1)


def modularity(weights: Array, community: Ints) -> float:
    """How much more weight is within communities than by chance. Newman, M. E. J. (2004). Analysis
    of weighted networks. Physical Review E 70, 056131, equation 5."""
    rows, columns = np.nonzero(np.triu(weights, 1))
    return _modularity(_Graph.of(len(weights), rows, columns, weights[rows, columns]), community)


def _modularity(graph: _Graph, community: Ints) -> float:
    degrees = graph.degrees()
    total = float(degrees.sum())
    own = community[graph.heads] == community[graph.tails]
    # An edge within a community is there from both of its ends, unless they are one.
    ends = np.where(graph.heads == graph.tails, 2, 1)[own]
    within = float((graph.weights[own] * ends).sum())
    sums = _sums(community, degrees, 0)
    return within / total - float((sums**2).sum()) / total**2


def _moved(graph: _Graph, total: float, random: Random) -> Ints:
    """The community of each node after moving single nodes to the community where each adds most to
    the modularity, until none does. `total` is the sum of all weights."""
    near, degrees = graph.without_loops(), graph.degrees()
    own, sums = np.arange(graph.size), degrees.copy()
    order = list(range(graph.size))
    random.shuffle(order)
    bounds, degree_of, twice = near.first.tolist(), degrees.tolist(), 2 * total**2
    places = [u for u in order if bounds[u] < bounds[u + 1]]
    moves = 1
    while moves:
        moves = 0
        for u in places:
            at, degree = slice(bounds[u], bounds[u + 1]), degree_of[u]
            here, there = own[u], own[near.tails[at]]
            weights = np.bincount(there, weights=near.weights[at], minlength=graph.size)
            sums[here] -= degree
            lost = -weights[here] / total + sums[here] * degree / twice
            gains = lost + weights[there] / total - sums[there] * degree / twice
            # Of several with the same gain, the one of the first neighbour.
            best = gains.argmax()
            goal = there[best] if gains[best] > 0 else here
            sums[goal] += degree
            if goal != here:
                own[u] = goal
                moves += 1
    return np.unique(own, return_inverse=True)[1].astype(np.int64)


__all__ = ["communities", "modularity"]
