"""Annotations of a layer that mean the same thing, joined into units over all annotators.

The spans of every two annotators are aligned (`_alignment`), and their relations are matched by
their ends (`_meetings`). A unit joins the annotations that belong together, at most one of each
annotator. Labels, attributes and names are compared within units. An annotation that nobody else
made is a unit of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from annotator.measures._alignment import TieBreak, aligned
from annotator.measures._comparison import Comparison, number_of
from annotator.measures._relation_pairs import (
    alike_relations,
    ends_of,
    relation_pairs,
    with_relations,
)
from annotator.measures._span_arrays import rows_by_group, seating, span_arrays, work_at
from annotator.measures._tables import Ints
from annotator.model.schema import Layer
from annotator.model.span import Annotation, Relation


@dataclass(frozen=True, slots=True)
class Items:
    """A row for each annotation: its passage, the seat and the
    number of its annotator, and its unit.

    `passages` is how many passages there are; `seats` how many annotators share one at most.
    """

    passage: Ints
    seat: Ints
    who: Ints
    unit: Ints
    values: Sequence[Annotation]
    passages: int
    seats: int

    def pairs(self, rows: Ints) -> tuple[Ints, Ints]:
        """Every two of `rows` in one unit, the earlier seat first: `(n,)` twice."""
        order = rows[np.lexsort((self.seat[rows], self.unit[rows]))]
        a, b = rows_by_group(self.unit[order], self.seats)
        return order[a], order[b]


def items(comparison: Comparison, layer: Layer) -> Items:
    """The annotations of a layer in units; made once for a comparison."""
    key = ("items", layer.name)
    if key not in comparison.cache:
        made = _of_spans if layer.kind == "span" else _of_relations
        comparison.cache[key] = made(comparison, layer.name)
    found = comparison.cache[key]
    assert isinstance(found, Items)
    return found


def _of_spans(comparison: Comparison, layer: str) -> Items:
    found = span_arrays(comparison, layer)
    a, b = aligned(comparison, layer)
    first, last = np.minimum(found.start[a], found.start[b]), np.maximum(found.end[a], found.end[b])
    common = np.minimum(found.end[a], found.end[b]) - np.maximum(found.start[a], found.start[b])
    apart = 1 - common / np.maximum(last - first, 1)
    tie_break = TieBreak(comparison, found)

    def certain(i: int) -> tuple[float, ...]:
        return float(apart[i]), int(found.label[a[i]] != found.label[b[i]]), int(first[i])

    def alike(i: int) -> tuple[float, ...]:
        return tuple(-level for level in tie_break.rank(int(a[i]), int(b[i])))

    unit = _units(len(found.spans), a, b, found.seat, found.seats, _Order(certain, alike))
    return Items(
        found.passage, found.seat, found.who, unit, found.spans, len(found.people), found.seats
    )


def _of_relations(comparison: Comparison, layer: str) -> Items:
    people = seating(comparison)
    passages: list[int] = []
    seats: list[int] = []
    values: list[Relation] = []
    row: dict[tuple[int, str, str], int] = {}
    for i, passage in with_relations(comparison):
        for seat, who in enumerate(people[i].tolist()):
            if who < 0:
                continue
            name = comparison.annotators[who]
            for relation in passage.works[name].relations:
                if relation.layer == layer:
                    row[i, name, relation.id] = len(values)
                    passages.append(i)
                    seats.append(seat)
                    values.append(relation)
    pairs = [
        (row[i, met.who[0], one.id], row[i, met.who[1], other.id])
        for i, met in relation_pairs(comparison, layer)
        for one, other in met.pairs
    ]
    ends = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    passage_of, seat_of = np.array(passages, dtype=np.int64), np.array(seats, dtype=np.int64)
    width = int(people.shape[1])

    def certain(i: int) -> tuple[float, ...]:
        one, other = pairs[i]
        return tuple(-level for level in alike_relations(values[one], values[other]))

    def by_ends(i: int) -> tuple[float, ...]:
        works = (work_at(comparison, passages[at], seats[at]) for at in pairs[i])
        both = (ends_of(values[at], work) for at, work in zip(pairs[i], works, strict=True))
        return (number_of(both),)

    order = _Order(certain, by_ends)
    unit = _units(len(values), ends[:, 0], ends[:, 1], seat_of, width, order)
    return Items(passage_of, seat_of, people[passage_of, seat_of], unit, values, len(people), width)


@dataclass(frozen=True, slots=True)
class _Order:
    """The order of pairs, the most certain first: `certain` gives the sort key, and `among_equals`
    a second one for ties, so that the names of annotators do not decide. Both take the index of a
    pair."""

    certain: Callable[[int], tuple[float, ...]]
    among_equals: Callable[[int], tuple[float, ...]]

    def ordered(self, some: Sequence[int]) -> list[int]:
        """These pairs in order."""
        first = {i: self.certain(i) for i in some}
        times = Counter(first.values())
        return sorted(
            some, key=lambda i: (first[i], self.among_equals(i) if times[first[i]] > 1 else ())
        )


def _units(count: int, a: Ints, b: Ints, seat: Ints, seats: int, order: _Order) -> Ints:
    """The unit of every row. Rows that are connected by pairs are one unit, unless that would join
    two of one annotator; then pairs are taken in this order, and one that would do so is left
    out."""
    unit = np.arange(count)
    if not len(a):
        return unit
    while True:
        least = np.minimum(unit[a], unit[b])
        before = unit.copy()
        np.minimum.at(unit, a, least)
        np.minimum.at(unit, b, least)
        unit = unit[unit]
        if np.array_equal(before, unit):
            break
    place = np.sort(unit * max(1, seats) + seat)
    crowded = np.unique(place[:-1][place[1:] == place[:-1]] // max(1, seats))
    if len(crowded):
        _part(unit, a, b, seat, crowded, order)
    return unit


def _part(unit: Ints, a: Ints, b: Ints, seat: Ints, crowded: Ints, order: _Order) -> None:
    """Build the units again if two annotations of one annotator ended up in one."""
    rows = np.flatnonzero(np.isin(unit, crowded))
    members = {row: [row] for row in rows.tolist()}
    root = {row: row for row in rows.tolist()}
    wanted = np.flatnonzero(np.isin(unit[a], crowded))
    for i in order.ordered(wanted.tolist()):
        first, second = root[int(a[i])], root[int(b[i])]
        if first == second:
            continue
        taken = {int(seat[row]) for row in members[first]}
        if taken.isdisjoint(int(seat[row]) for row in members[second]):
            for row in members[second]:
                root[row] = first
            members[first] += members.pop(second)
    for row, of in root.items():
        unit[row] = of


__all__ = ["Items", "items"]
