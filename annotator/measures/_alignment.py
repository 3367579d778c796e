"""Which annotations of two annotators belong together: an optimal assignment, not a greedy one.
Candidate pairs have a rank of several levels. Of all ways to pair the annotations one to one, we
take the one with the largest sum in the first level; if several have it, the second level decides,
and so on. A pair without a rival is accepted at once. The other pairs form groups that share no
span. Small groups, and those in which each span has few rivals, are solved by successive shortest
augmenting paths (Edmonds, J. and Karp, R. (1972). Theoretical improvements in algorithmic
efficiency for network flow problems. Journal of the ACM 19, 248-264), whose cost depends on the
number of rivals; other groups are solved by `_dense_matching.py`.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from annotator.measures._comparison import (
    Comparison,
    alike_attributes,
    content,
    frozen,
    number_of,
)
from annotator.measures._dense_matching import heaviest
from annotator.measures._span_arrays import SpanArrays, overlaps, shared, span_arrays, work_at
from annotator.measures._tables import Ints
from annotator.model.span import AUTHOR, Relation, Span

Rank = Callable[[Ints], Ints]
"""From the indices of candidate pairs `(n,)` to their levels `(n, levels)`, the most important
first: whole numbers, not negative."""

_LEVEL = 1 << 44
"""Sums of a level stay below this."""

_FINE = 1 << 20
"""Shares are compared in whole parts of this size."""


def one_to_one(left: Ints, right: Ints, rank: Rank) -> NDArray[np.bool_]:
    """Which of the candidate pairs `(left, right)` to keep, so that no number occurs twice on one
    side and the total rank is as large as possible. `rank` is called only for the pairs that have a
    rival."""
    keep = np.zeros(len(left), dtype=bool)
    if not len(left):
        return keep
    _, one = np.unique(left, return_inverse=True)
    _, other = np.unique(right, return_inverse=True)
    alone = (np.bincount(one)[one] == 1) & (np.bincount(other)[other] == 1)
    keep[alone] = True
    rivals = np.flatnonzero(~alone)
    if not len(rivals):
        return keep
    ranks = rank(rivals)
    one, other = one[rivals], other[rivals]
    groups = _groups(one, other)
    order = np.argsort(groups, kind="stable")
    for pairs in np.split(order, np.flatnonzero(np.diff(groups[order])) + 1):
        keep[rivals[pairs[_chosen(one[pairs], other[pairs], ranks[pairs])]]] = True
    return keep


def _chosen(left: Ints, right: Ints, ranks: Ints) -> Ints:
    """Indices of the pairs of one group that are kept."""
    if len(left) > _RIVALS * _RIVALS:
        lefts, one = np.unique(left, return_inverse=True)
        rights, other = np.unique(right, return_inverse=True)
        size = max(len(lefts), len(rights))
        if _RIVALS * size < len(left) and size <= _MATRIX:
            return heaviest(one, other, ranks)
    ends = list(zip(left.tolist(), right.tolist(), strict=True))
    return np.array(best(ends, ranks.tolist()), dtype=np.int64)


_RIVALS, _MATRIX = 16, 5_000
"""From how many rivals for each span on a group is solved as a matrix, and the most rows of one."""


def _groups(one: Ints, other: Ints) -> Ints:
    """The number of the group of every pair; pairs with an end in common are in one group."""
    if not len(one):
        return one
    shift = int(one.max()) + 1
    lowest = np.arange(shift + int(other.max()) + 1)
    while True:
        least = np.minimum(lowest[one], lowest[other + shift])
        before = lowest.copy()
        np.minimum.at(lowest, one, least)
        np.minimum.at(lowest, other + shift, least)
        lowest = lowest[lowest]
        if np.array_equal(before, lowest):
            return np.asarray(lowest[one])


def best(ends: Sequence[tuple[int, int]], ranks: Sequence[Sequence[int]]) -> list[int]:
    """Indices of the pairs (`ends`: left, right) of an assignment with the largest total rank."""
    weights = [_weight(rank) for rank in ranks]
    rows: dict[int, dict[int, int]] = {}
    index: dict[tuple[int, int], int] = {}
    for i, (left, right) in enumerate(ends):
        if weights[i] > rows.setdefault(left, {}).get(right, 0):
            rows[left][right] = weights[i]
            index[left, right] = i
    if len(rows) == 1:
        ((left, row),) = rows.items()
        return [index[left, max(row, key=lambda right: row[right])]] if row else []
    return sorted(index[pair] for pair in _heaviest(rows).items() if pair in index)


def _weight(rank: Sequence[int]) -> int:
    out = 0
    for level in rank:
        out = out * _LEVEL + level
    return out


def _heaviest(rows: Mapping[int, Mapping[int, int]]) -> dict[int, int]:
    """Left -> right of an assignment with the largest total weight. Weights are positive; a missing
    pair has none."""
    # Each element on the left also has a partner of its own with weight 0, a negative number, for
    # the case that it stays alone.
    options = {left: {**row, -1 - left: 0} for left, row in rows.items()}
    above = {left: max(row.values()) for left, row in options.items()}
    below: dict[int, int] = {}
    partner: dict[int, int] = {}
    holder: dict[int, int] = {}
    for root in options:
        distance: dict[int, int] = {}
        came_from: dict[int, int] = {}
        reached: list[int] = []
        done: set[int] = set()
        heap: list[tuple[int, int]] = []
        left, base = root, 0
        while True:
            for right, weight in options[left].items():
                far = base + above[left] + below.get(right, 0) - weight
                if right not in done and far < distance.get(right, far + 1):
                    distance[right], came_from[right] = far, left
                    heapq.heappush(heap, (far, right))
            base, right = heapq.heappop(heap)
            while right in done:
                base, right = heapq.heappop(heap)
            done.add(right)
            if right not in holder:
                break
            reached.append(right)
            left = holder[right]
        for one in reached:
            below[one] = below.get(one, 0) + base - distance[one]
            above[holder[one]] -= base - distance[one]
        above[root] -= base
        while True:
            left = came_from[right]
            holder[right], before = left, partner.get(left)
            partner[left] = right
            if left == root:
                break
            assert before is not None
            right = before
    return partner


def aligned(comparison: Comparison, layer: str, *, least: float = 0.5) -> tuple[Ints, Ints]:
    """Pairs of rows of two annotators, one to one, with an intersection over union of at least
    `least`. They are chosen to have as many characters in common as possible; ties are decided by
    equal labels, attributes and relations, then by the distance of the bounds. Computed once for a
    comparison."""
    key = ("aligned", layer, least)
    if key not in comparison.cache:
        found = span_arrays(comparison, layer)
        a, b = overlaps(found)
        common = shared(found, a, b)
        union = (found.end - found.start)[a] + (found.end - found.start)[b] - common
        enough = common >= least * union
        a, b, common = a[enough], b[enough], common[enough]
        near = common * _FINE // np.maximum(union[enough], 1)
        ties = TieBreak(comparison, found)

        def rank(some: Ints) -> Ints:
            one, other = a[some], b[some]
            label = found.label[one] == found.label[other]
            attributes, relations, number = ties.ranks(one, other).T
            levels = (common[some], label, attributes, relations, near[some], number)
            return np.column_stack(levels)

        keep = one_to_one(*sides(found, a, b), rank)
        comparison.cache[key] = (a[keep], b[keep])
    pairs = comparison.cache[key]
    assert isinstance(pairs, tuple)
    return pairs


def sides(found: SpanArrays, a: Ints, b: Ints) -> tuple[Ints, Ints]:
    """Numbers for the ends of pairs of rows. A span has one number for each other annotator, since
    it can be paired once with each."""
    return a * found.seats + found.seat[b], b * found.seats + found.seat[a]


_NONE: Counter[object] = Counter()


class TieBreak:
    """The tie-break between pairs of spans that overlap equally: equal attributes, equal
    relations, and finally a number that depends only on what is coded, there and in the rest of
    the passage, so that the order of annotators does not matter."""

    def __init__(self, comparison: Comparison, found: SpanArrays) -> None:
        self._comparison = comparison
        self._found = found
        self._relations: dict[tuple[int, int], dict[str, Counter[object]]] = {}
        self._works: dict[tuple[int, int], int] = {}
        self._rows: dict[int, str] = {}

    def ranks(self, one: Ints, other: Ints) -> Ints:
        """The numbers of equal attributes and of equal relations, and the number that decides ties,
        for each two rows: `(n, 3)`."""
        rows = zip(one.tolist(), other.tolist(), strict=True)
        return np.array([self.rank(*two) for two in rows], dtype=np.int64).reshape(-1, 3)

    def rank(self, one: int, other: int) -> tuple[int, int, int]:
        """The same for one pair."""
        a, b = self._found.spans[one], self._found.spans[other]
        mine, theirs = self._edges(one), self._edges(other)
        equal = (mine & theirs).total() if mine and theirs else 0
        return (
            alike_attributes(a, b),
            equal,
            number_of((self._span_content(one), self._span_content(other))),
        )

    def _span_content(self, row: int) -> str:
        """The content of an annotator's span, and a number that stands for all their work in the
        passage."""
        if row not in self._rows:
            place = self._place(row)
            if place not in self._works:
                spans = work_at(self._comparison, *place).spans
                self._works[place] = number_of(self._content(span, place) for span in spans)
            own = self._content(self._found.spans[row], place)
            self._rows[row] = f"{own} {self._works[place]}"
        return self._rows[row]

    def _content(self, span: Span, place: tuple[int, int]) -> str:
        """A value that is equal for spans with the same content and the same relations."""
        edges = self._by_id(place).get(span.id)
        return repr((content(span), sorted(map(repr, edges.items())) if edges else ()))

    def _place(self, row: int) -> tuple[int, int]:
        """The passage and the seat of a row."""
        return int(self._found.passage[row]), int(self._found.seat[row])

    def _edges(self, row: int) -> Counter[object]:
        """The relations of a span, as keys that are equal for relations that say the same."""
        return self._by_id(self._place(row)).get(self._found.spans[row].id, _NONE)

    def _by_id(self, place: tuple[int, int]) -> dict[str, Counter[object]]:
        """The relations of the spans of a place."""
        if place not in self._relations:
            work = work_at(self._comparison, *place)
            self._relations[place] = _by_end(work.relations, work.ends)
        return self._relations[place]


def _by_end(relations: Sequence[Relation], ends: Mapping[str, Span]) -> dict[str, Counter[object]]:
    """A dict from the id of every span in a relation to the relations that it is in."""
    out: dict[str, Counter[object]] = {}
    for r in relations:
        for role, own, far in (("source", r.source, r.target), ("target", r.target, r.source)):
            if own != AUTHOR:
                span = ends.get(far)
                other = AUTHOR if far == AUTHOR else content(span) if span is not None else None
                out.setdefault(own, Counter())[
                    (role, r.layer, r.label, frozen(r.attributes), other)
                ] += 1
    return out


__all__ = ["Rank", "TieBreak", "aligned", "best", "one_to_one", "sides"]
