"""Matches two annotators' relations: which have both ends in common, and how the others differ.

End points are the same when the spans are aligned (one to one, intersection over union at least .5)
or, for exact ones, have the same bounds; or when both are the author. Identical spans of one
annotator count as one end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from annotator.measures._alignment import aligned, best
from annotator.measures._comparison import (
    Comparison,
    Passage,
    PassageWork,
    alike_attributes,
    content,
    frozen,
    number_of,
)
from annotator.measures._span_arrays import seating, span_arrays, span_layers
from annotator.model.span import AUTHOR, Relation, Span

EndKey = Callable[[str], object]
"""From the id of an end to what is equal for ends that are the
same; None for an end without counterpart."""

CAUSES = ("holder", "target", "missing")
"""In what relations differ that do not have both ends in common."""


@dataclass(frozen=True, slots=True)
class RelationPairs:
    """Two annotators' relations in a passage: those with both ends in common, in pairs, and how
    many each annotator has. `apart` counts the other relations by what differs: the holder, the
    target, or all (missing); `rest` lists them, with None in place of a missing counterpart."""

    who: tuple[str, str]
    pairs: tuple[tuple[Relation, Relation], ...]
    one: int
    other: int
    rest: tuple[tuple[str, Relation | None, Relation | None], ...]

    @property
    def apart(self) -> Mapping[str, int]:
        """The number of relations by what they differ in."""
        out = dict.fromkeys(CAUSES, 0)
        for cause, _, _ in self.rest:
            out[cause] += 1
        return out


def relation_pairs(
    comparison: Comparison, layer: str, *, exact: bool = False
) -> list[tuple[int, RelationPairs]]:
    """The matches in every passage (by index) for every two annotators of whom at least one has
    relations there."""
    key = ("meetings", layer, exact)
    if key not in comparison.cache:
        comparison.cache[key] = list(_all_pairs(comparison, layer, exact=exact))
    found = comparison.cache[key]
    assert isinstance(found, list)
    return found


def with_relations(comparison: Comparison) -> list[tuple[int, Passage]]:
    """The passages, with their index, in which somebody has a
    relation; made once for a comparison."""
    if "with relations" not in comparison.cache:
        comparison.cache["with relations"] = [
            (i, p)
            for i, p in enumerate(comparison.passages)
            if any(w.relations for w in p.works.values())
        ]
    found = comparison.cache["with relations"]
    assert isinstance(found, list)
    return found


def _own(work: PassageWork) -> EndKey:
    def same(end: str) -> object:
        span = work.ends.get(end)
        return content(span) if span is not None else None

    return same


def _partner(partners: Mapping[str, Span]) -> EndKey:
    def same(end: str) -> object:
        span = partners.get(end)
        return content(span) if span is not None else None

    return same


def _bounds(work: PassageWork) -> EndKey:
    def same(end: str) -> object:
        span = work.ends.get(end)
        return (span.layer, span.start, span.end) if span is not None else None

    return same


def _partners(comparison: Comparison) -> dict[tuple[int, str, str], dict[str, Span]]:
    """For every document and every two annotators, a dict from the id of one annotator's span to
    the other's span that is aligned with it."""
    names, people = comparison.annotators, seating(comparison)
    out: dict[tuple[int, str, str], dict[str, Span]] = {}
    for layer in span_layers(comparison) if with_relations(comparison) else ():
        found = span_arrays(comparison, layer)
        for a, b in zip(*(rows.tolist() for rows in aligned(comparison, layer)), strict=True):
            passage = int(found.passage[a])
            one, other = (names[int(people[passage, found.seat[row]])] for row in (a, b))
            key = (comparison.passages[passage].document, one, other)
            out.setdefault(key, {})[found.spans[a].id] = found.spans[b]
    return out


_Keyed = tuple[object, object, Relation]


def _all_pairs(
    comparison: Comparison, layer: str, *, exact: bool
) -> Iterator[tuple[int, RelationPairs]]:
    partners = {} if exact else _partners(comparison)
    for i, passage in with_relations(comparison):
        works = passage.works
        held = {who: [r for r in work.relations if r.layer == layer] for who, work in works.items()}
        if not any(held.values()):
            continue
        for pair in passage.pairs():
            one, other = pair
            if held[one] or held[other]:
                if exact:
                    ours, others = _bounds(works[one]), _bounds(works[other])
                else:
                    ours = _partner(partners.get((passage.document, one, other), {}))
                    others = _own(works[other])
                yield i, _meet(pair, held[one], held[other], ours, others)


def _meet(
    who: tuple[str, str],
    mine: Sequence[Relation],
    theirs: Sequence[Relation],
    ours: EndKey,
    others: EndKey,
) -> RelationPairs:
    """Pair relations with the same ends, those with equal sides and attributes first; then find out
    how the others differ."""
    rest = [_keyed(r, ours) for r in mine]
    left = [_keyed(r, others) for r in theirs]
    pairs: list[tuple[Relation, Relation]] = []
    met: set[int] = set()
    for own, other in _by_ends(rest, left):
        for a, b in _paired(own, other):
            pairs.append((a[2], b[2]))
            met |= {id(a), id(b)}
    return RelationPairs(
        who,
        tuple(pairs),
        len(mine),
        len(theirs),
        _apart([e for e in rest if id(e) not in met], [e for e in left if id(e) not in met]),
    )


def _keyed(relation: Relation, same: EndKey) -> _Keyed:
    source, target = (
        AUTHOR if end == AUTHOR else same(end) for end in (relation.source, relation.target)
    )
    return (source, target, relation)


def _by_ends(
    rest: Iterable[_Keyed], left: Iterable[_Keyed]
) -> Iterable[tuple[list[_Keyed], list[_Keyed]]]:
    """The relations of both that have the same ends, where both ends have a counterpart."""
    groups: dict[tuple[object, object], tuple[list[_Keyed], list[_Keyed]]] = {}
    for side, edges in enumerate((rest, left)):
        for edge in edges:
            if None not in edge[:2]:
                groups.setdefault(edge[:2], ([], []))[side].append(edge)
    return groups.values()


def _paired(own: Sequence[_Keyed], other: Sequence[_Keyed]) -> list[tuple[_Keyed, _Keyed]]:
    """Relations with the same ends, one to one: the most equal
    sides, then the most equal attributes."""
    if len(own) == 1 == len(other):
        return [(own[0], other[0])]
    options = [(i, j) for i in range(len(own)) for j in range(len(other))]
    ranks = [alike_relations(own[i][2], other[j][2]) for i, j in options]
    return [(own[options[at][0]], other[options[at][1]]) for at in best(options, ranks)]


def alike_relations(a: Relation, b: Relation) -> tuple[int, ...]:
    """How similar two relations with the same ends are: equal sides, equal attributes, identical, a
    pair at all; the last value is a number that depends only on what is coded."""
    one, other = ((r.label, frozen(r.attributes)) for r in (a, b))
    return (
        int(a.label == b.label),
        alike_attributes(a, b),
        int(one == other),
        1,
        number_of((one, other)),
    )


def ends_of(relation: Relation, work: PassageWork) -> tuple[object, ...]:
    """The ends of a relation, regardless of their ids."""
    return _keyed(relation, _own(work))[:2]


def _apart(
    rest: Sequence[_Keyed], left: list[_Keyed]
) -> tuple[tuple[str, Relation | None, Relation | None], ...]:
    """How relations without a counterpart differ; one with the same target differs in the
    holder."""
    out: list[tuple[str, Relation | None, Relation | None]] = []
    for edge in rest:
        cause = "holder"
        partner = next((o for o in left if o[1] == edge[1] is not None), None)
        if partner is None:
            cause = "target"
            partner = next((o for o in left if o[0] == edge[0] is not None), None)
        if partner is None:
            out.append(("missing", edge[2], None))
        else:
            left.remove(partner)
            out.append((cause, edge[2], partner[2]))
    return (*out, *(("missing", None, edge[2]) for edge in left))


__all__ = [
    "CAUSES",
    "RelationPairs",
    "alike_relations",
    "ends_of",
    "relation_pairs",
    "with_relations",
]
