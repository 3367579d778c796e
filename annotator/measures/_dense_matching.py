"""Assignments with the largest total rank, for so many pairs that they are better treated as a
matrix.

As many levels of a rank as fit are packed into one integer whose largest sum has at most 64 bits.
The remaining levels decide among the assignments that are best so far, which are those that use
only pairs without slack (complementary slackness). Each round is the shortest augmenting path
algorithm, a row at a time (Crouse, D. (2016). On implementing 2D rectangular assignment algorithms.
IEEE Transactions on Aerospace and Electronic Systems 52, 1679-1696).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from annotator.measures._tables import Ints

_LARGEST_SUM = 1 << 60
"""Sums of weights stay below this."""
_NEVER = 1 << 61
"""The cost of a pair that may not be taken."""


def heaviest(left: Ints, right: Ints, ranks: Ints) -> Ints:
    """Indices of the pairs of an assignment with the largest total rank; `left` and `right` count
    from 0, `ranks` is `(pairs, levels)`, the most important level first."""
    size = int(max(left.max(), right.max())) + 1
    # Among pairs with the same ends, the best one counts; among equal ones, the first.
    order = np.lexsort((-np.arange(len(left)), *ranks.T[::-1]))
    pair = np.full((size, size), -1, dtype=np.int64)
    pair[left[order], right[order]] = order
    taken = np.zeros(size, dtype=np.int64)
    # Anyone who stays alone gets an artificial partner with weight 0.
    cost = np.zeros((size, size), dtype=np.int64)
    allowed = np.ones((size, size), dtype=bool)
    known = pair >= 0
    for weights in _packed(ranks, size):
        cost[known] = weights.max() - weights[pair[known]]
        cost[~known] = weights.max()
        cost[~allowed] = _NEVER
        taken, slack = _cheapest(cost)
        allowed = slack == 0
        if (allowed.sum(axis=1) == 1).all():
            break
    chosen = pair[np.arange(size), taken]
    chosen = chosen[chosen >= 0]
    return np.asarray(np.sort(chosen[ranks[chosen].any(axis=1)]))


def _packed(ranks: Ints, size: int) -> Iterator[Ints]:
    """The levels of each pair, packed into as few integers as possible, of which `size` can be
    added up without overflow."""
    made, room = np.zeros(len(ranks), dtype=np.int64), _LARGEST_SUM // size
    for level in ranks.T:
        width = size * int(level.max(initial=0)) + 1
        if width > room:
            yield made
            made, room = np.zeros(len(ranks), dtype=np.int64), _LARGEST_SUM // size
        made = made * width + level
        room //= width
    yield made


def _cheapest(cost: Ints) -> tuple[Ints, Ints]:
    """The column of each row in an assignment of the least cost, and the slack of every pair."""
    size = len(cost)
    rows = cost.min(axis=1)
    columns = (cost - rows[:, None]).min(axis=0)
    holder, taken = np.full(size, -1), np.full(size, -1)
    tight = cost - rows[:, None] == columns
    for row in np.argsort(tight.sum(axis=1), kind="stable").tolist():
        free = np.flatnonzero(tight[row] & (holder < 0))
        if len(free):
            taken[row], holder[free[0]] = free[0], row
    for row in np.flatnonzero(taken < 0).tolist():
        _augment(cost, rows, columns, holder, taken, row)
    return taken, cost - rows[:, None] - columns


def _augment(cost: Ints, rows: Ints, columns: Ints, holder: Ints, taken: Ints, root: int) -> None:
    """Assign a column to a row along the cheapest augmenting path. The prices of `rows` and
    `columns` keep the slack of every pair at 0 or more."""
    size = len(cost)
    distance = np.full(size, np.iinfo(np.int64).max)
    came_from = np.full(size, -1)
    done: NDArray[np.bool_] = np.zeros(size, dtype=bool)
    reached: list[int] = []
    row, base = root, 0
    while True:
        far = cost[row] - (rows[row] - base) - columns
        nearer = (far < distance) & ~done
        distance[nearer], came_from[nearer] = far[nearer], row
        open_ = np.where(done, np.iinfo(np.int64).max, distance)
        base = int(open_.min())
        nearest = np.flatnonzero(open_ == base)
        free = nearest[holder[nearest] < 0]
        column = int(free[0] if len(free) else nearest[0])
        done[column] = True
        if len(free):
            break
        row = int(holder[column])
        reached.append(row)
    rows[root] += base
    rows[reached] += base - distance[taken[reached]]
    columns[done] -= base - distance[done]
    while column >= 0:
        row = int(came_from[column])
        holder[column] = row
        column, taken[row] = (int(taken[row]), column) if row != root else (-1, column)


__all__ = ["heaviest"]
