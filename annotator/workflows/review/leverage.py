"""How much an open difference changes the network of who holds what: how many edges appear, vanish
or change sign.

An edge is a holder and a concept; its sign is that of supports minus opposes over the whole gold. A
difference's leverage is the number of edges whose state (absent, for, against, even) depends on the
version, as the maximum over every two versions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, count
from typing import TypeAlias

from annotator.model.decision import Status
from annotator.model.record import GOLD
from annotator.model.schema import LabelSchema
from annotator.model.span import Annotation, Relation, Span
from annotator.model.text import Document, percent, plural
from annotator.project import Project
from annotator.workflows.names.matrix import of_project, statements
from annotator.workflows.review.alignment import Difference
from annotator.workflows.review.versions import Merger
from annotator.workflows.review.waiting import Situation, situation

HolderConcept: TypeAlias = tuple[str, str]
EdgeWeights: TypeAlias = Mapping[HolderConcept, tuple[int, int]]
"""By edge, how often it was coded and the sum of its signs."""
EdgeCounts: TypeAlias = Counter[tuple[HolderConcept, str]]
"""How often each edge was coded with each sign."""

_SIGN = {"+": 1, "-": -1}
MOST = 0.8
"""The share of the changes for which the line about leverage counts the differences."""


@dataclass(frozen=True, slots=True)
class Leverage:
    """A waiting difference, and how many edges it changes."""

    document: str
    difference: Difference
    edges: int


def leverages(project: Project, strategy: str = "unanimous") -> list[Leverage]:
    """Every waiting difference, those that change most first. Reads all work."""
    merger = Merger(project, strategy)
    base = _network(project)
    found: list[Leverage] = []
    order = count()
    places: dict[tuple[str, int], int] = {}
    for id in project.documents.ids():
        here = situation(merger, id)
        if here is None or len(here.found.voters) < 2:
            continue
        document = project.documents.load(id)
        for difference in here.waiting:
            places[id, difference.number] = next(order)
            edges = moved(project, document, here, difference, base)
            found.append(Leverage(id, difference, edges))
    return sorted(found, key=lambda one: (-one.edges, places[one.document, one.difference.number]))


def describe(found: Sequence[Leverage]) -> str:
    """One line, short enough for a narrow screen, that says how many differences decide how many
    changes of the network."""
    total = sum(one.edges for one in found)
    if not total:
        return f"{plural(len(found), 'open difference')}: none changes the network"
    reached = few = 0
    for one in found:
        if reached >= MOST * total:
            break
        reached, few = reached + one.edges, few + 1
    return (
        f"{few} of {plural(len(found), 'open difference')} decide "
        f"{percent(reached / total)} of {plural(total, 'change')}"
    )


def _network(project: Project) -> dict[HolderConcept, tuple[int, int]]:
    """The network of the gold so far."""
    matrix = of_project(project, GOLD, by="concept")
    return {
        (matrix.holders[row], matrix.targets[column]): (
            len(several),
            sum(_SIGN.get(sign, 0) for _, _, sign in several),
        )
        for (row, column), several in matrix.cells.items()
    }


def moved(
    project: Project, document: Document, here: Situation, difference: Difference, base: EdgeWeights
) -> int:
    """How many edges depend on the version of a difference, as the maximum over every two
    versions."""
    options = {_key(o): o for o in (difference.version(who) for who in difference.voters)}
    versions = [[c.value for c in option] for option in options.values()]
    around = _Around(project.schema, document, here, difference)
    added = [around.network(version) for version in versions]
    stands = around.standing()
    return max((_changed(a, b, base, stands) for a, b in combinations(added, 2)), default=0)


def _key(option: Sequence[object]) -> str:
    return repr(option)


def _state(
    edge: HolderConcept,
    base: EdgeWeights,
    extra: Mapping[tuple[HolderConcept, str], int],
    less: Mapping[tuple[HolderConcept, str], int],
) -> str:
    number, total = base.get(edge, (0, 0))
    for sign in ("+", "-", "0", "?"):
        times = extra.get((edge, sign), 0) - less.get((edge, sign), 0)
        number, total = number + times, total + times * _SIGN.get(sign, 0)
    return "absent" if number <= 0 else "+" if total > 0 else "-" if total < 0 else "even"


def _changed(
    a: Mapping[tuple[HolderConcept, str], int],
    b: Mapping[tuple[HolderConcept, str], int],
    base: EdgeWeights,
    stands: Mapping[tuple[HolderConcept, str], int],
) -> int:
    edges = {edge for edge, _ in (*a, *b)}
    return sum(_state(edge, base, a, stands) != _state(edge, base, b, stands) for edge in edges)


@dataclass(frozen=True, slots=True)
class _Around:
    """The edges that a difference adds to the network, with everything connected to it."""

    schema: LabelSchema
    document: Document
    here: Situation
    difference: Difference

    def network(self, version: Sequence[Annotation]) -> EdgeCounts:
        """The edges that a version adds."""
        if self._is_of_relations():
            return self._of_relations([v for v in version if isinstance(v, Relation)])
        return self._of_spans(version)

    def standing(self) -> EdgeCounts:
        """The edges that this difference already contributes to the gold's network: none, unless it
        was reopened or half decided. For relations, they include what the claims that they are on
        assert."""
        stands = [
            s.value
            for id, s in self.here.gold.standings()
            if id in self.difference.ids
            and isinstance(s.value, Span | Relation)
            and s.status is not Status.REMOVED
        ]
        if self._is_of_relations():
            relations = [v for v in stands if isinstance(v, Relation)]
            return self._of_relations(relations, only_standing=True)
        return self._of_spans(stands) if stands else Counter()

    def _is_of_relations(self) -> bool:
        return isinstance(self.difference.candidates[0].value, Relation)

    def _of_spans(self, version: Sequence[Annotation]) -> EdgeCounts:
        """Spans with the relations on them. What other claims assert themselves is not theirs."""
        spans, relations = _around(self.here, self.difference, version)
        own = {value.id for value in (*version, *relations)}
        return self._counted(spans, relations, own)

    def _of_relations(
        self, version: Sequence[Relation], *, only_standing: bool = False
    ) -> EdgeCounts:
        """Relations, with what else stands on the same claims: whether a claim asserts itself
        depends on the author's stances on it."""
        every = self.here.values
        versions = [c.value for c in self.difference.candidates if isinstance(c.value, Relation)]
        targets = {relation.target for relation in versions}
        beside = [
            relation
            for relation in self.here.gold.relations()
            if relation.target in targets and relation.id not in self.difference.ids
        ]
        spans = _with_ends({}, (*versions, *beside), every)
        if only_standing:
            spans = [span for span in spans if self.here.stands(span.id)]
        relations = [*version, *beside]
        return self._counted(spans, relations, {*every})

    def _counted(
        self, spans: Iterable[Span], relations: Iterable[Relation], items: Collection[str]
    ) -> EdgeCounts:
        """The edges that some items say."""
        found = statements(self.document, list(spans), list(relations), self.schema, "concept")
        return Counter(
            ((holder, about), evidence.sign)
            for holder, about, evidence in found
            if evidence.item in items
        )


def _around(
    here: Situation, difference: Difference, values: Iterable[Annotation]
) -> tuple[list[Span], list[Relation]]:
    """A version with everything connected to it: for spans, the relations that annotators put on
    them; for relations, their ends."""
    own = list(values)
    spans: dict[str, Span] = {v.id: v for v in own if isinstance(v, Span)}
    relations: dict[str, Relation] = {v.id: v for v in own if isinstance(v, Relation)}
    every = here.values
    if spans:
        relations |= {r.id: r for r in _connected(here, every.values(), difference, spans)}
    return _with_ends(spans, relations.values(), every), list(relations.values())


def _with_ends(
    spans: Mapping[str, Span], relations: Iterable[Relation], every: Mapping[str, Annotation]
) -> list[Span]:
    """The spans, and the ends of the relations that are not among them."""
    found = dict(spans)
    for relation in relations:
        for end in (relation.source, relation.target):
            span = every.get(end)
            if end not in found and isinstance(span, Span):
                found[end] = span
    return list(found.values())


def _connected(
    here: Situation,
    values: Iterable[Annotation],
    difference: Difference,
    spans: Mapping[str, Span],
) -> Iterator[Relation]:
    """Those relations among `values` that are on the spans of a version or on other versions of
    them."""
    # One of several versions of a stance is enough to show that it is connected.
    one_of = {d.candidates[0].id for d in here.differences}
    for value in values:
        if isinstance(value, Relation) and value.id in one_of:
            source = _moved_to(value.source, difference, spans)
            target = _moved_to(value.target, difference, spans)
            if source in spans or target in spans:
                yield Relation(value.id, value.layer, value.label, source, target)


def _moved_to(end: str, difference: Difference, spans: Mapping[str, Span]) -> str:
    """The end of a relation, moved to the tried version if it is another version of the same
    thing."""
    return next(iter(spans)) if end in difference.ids and end not in spans else end


__all__ = ["Leverage", "describe", "leverages", "moved"]
