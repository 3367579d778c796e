"""Pairs of names that two annotators gave to the same words, those that change most first."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations

from annotator.model.names import (
    Concepts,
    Name,
    NameKind,
    Ruling,
    SameNames,
    names_of,
    parted,
    standing,
)
from annotator.model.overlaps import Overlaps
from annotator.model.record import Record
from annotator.model.span import AUTHOR, Span, iou
from annotator.model.statements import AUTHOR_LAYERS
from annotator.workflows.names.who_says_what import (
    OTHER_SIDE,
    StatementKey,
    of_stances,
    of_the_text,
)

OVERLAP = 0.5
"""The least intersection over union at which two spans count as the same words."""
BASE = 0.3
"""The weight of a pair without any likeness, relative to an equal pair (1)."""


@dataclass(frozen=True, slots=True)
class NamePair:
    """Two names of a kind that annotators gave to the same words, `times` times. `leverage` is the
    number of coded stances of the less frequent name, `likeness` in [0, 1] that of their words, and
    `words` is one of the places."""

    kind: NameKind
    one: str
    other: str
    times: int
    leverage: int
    likeness: float
    gain: int = 0
    """The number of statements in which two annotators differ only in these two names, and which
    they would then share."""
    stances_gained: int = 0
    """Those of them that were coded as stances, and not asserted by the text itself."""
    uses: tuple[int, int] = (0, 0)
    """How many spans have each name."""
    turned: int = 0
    """In how many of the places one annotator gave the contrary of the name and the other did
    not."""
    words: str = ""

    @property
    def weight(self) -> tuple[float, float, float]:
        """The sort key of the queue: the coded stances that are gained at once, all statements that
        are, then the stances of the names, each multiplied by likeness."""
        alike = BASE + self.likeness
        return self.stances_gained * alike, self.gain * alike, self.leverage * alike

    @property
    def names(self) -> frozenset[Name]:
        return frozenset(((self.kind, self.one), (self.kind, self.other)))

    def partner(self, name: str) -> str:
        """The other one of the two names."""
        return self.other if name == self.one else self.one


def pairs(
    records: Iterable[Record],
    concepts: Concepts,
    rulings: Sequence[Ruling] = (),
    same: SameNames | None = None,
    author: Collection[str] = AUTHOR_LAYERS,
) -> list[NamePair]:
    """The queue: pairs of names that two annotators gave to the same words, without decided ones,
    the weightiest first. Names are without `not:`, since a concept and its contrary are one
    question. The text itself asserts claims in the layers of `author`."""
    from rapidfuzz import fuzz

    kept = same or SameNames.of(rulings)
    asked = {_decided(one, kept) for one in standing(rulings)}
    met = _Meetings.of(records, concepts, kept, author)
    found = [met.pair(names, fuzz.token_set_ratio) for names in met.meetings if names not in asked]
    found.sort(key=lambda p: (-p.times, -p.likeness, p.kind, p.one, p.other))
    return sorted(found, key=lambda p: p.weight, reverse=True)


@dataclass(frozen=True, slots=True)
class _Meetings:
    """Where names met: the meetings of each two names, the numbers of stances and uses of a name,
    and how many statements two annotators would share if two names were one, as opposites or not:
    those coded as stances (False), and all (True)."""

    meetings: dict[frozenset[Name], list[_Meeting]]
    stances: Counter[Name]
    uses: Counter[Name]
    gains: Counter[tuple[bool, frozenset[Name], bool]]

    @classmethod
    def of(
        cls,
        records: Iterable[Record],
        concepts: Concepts,
        same: SameNames,
        author: Collection[str],
    ) -> _Meetings:
        """Compare the work of every two annotators on the same documents."""
        works: defaultdict[str, list[Record]] = defaultdict(list)
        for record in records:
            works[record.document.id].append(record)
        met = cls(defaultdict(list), Counter(), Counter(), Counter())
        different: list[tuple[bool, set[StatementKey], set[StatementKey]]] = []
        for several in works.values():
            said = [
                (set(stances), set(stances).union(of_the_text(record, concepts, same, author)))
                for record in several
                for stances in (of_stances(record, concepts, same),)
            ]
            for record in several:
                met.stances.update(_names_of_stances(record, concepts, same))
                met.uses.update(
                    name for span in record.spans for name in _names(span, concepts, same)
                )
            for (a, mine), (b, theirs) in combinations(zip(several, said, strict=True), 2):
                different += [
                    (every, one - other, other - one)
                    for every, one, other in zip((False, True), mine, theirs, strict=True)
                ]
                for meeting in _meetings(a, b, concepts, same):
                    met.meetings[meeting.names].append(meeting)
        partners = _partners(met.meetings)
        for every, one, other in different:
            met.gains.update((every, *gained) for gained in _gained(one, other, partners))
        return met

    def pair(self, names: frozenset[Name], likeness: Callable[[str, str], float]) -> NamePair:
        """Two names as a pair to decide on; `likeness` of their words is from 0 to 100."""
        where = self.meetings[names]
        (kind, one), (_, other) = sorted(names)
        turned = sum(meeting.turned for meeting in where)
        stances, gained = (
            self.gains[every, names, 2 * turned > len(where)] for every in (False, True)
        )
        return NamePair(
            kind,
            one,
            other,
            len(where),
            min(self.stances[name] for name in names),
            likeness(one.casefold(), other.casefold()) / 100,
            gained,
            stances,
            (self.uses[kind, one], self.uses[kind, other]),
            turned,
            where[0].words,
        )


def _names_of_stances(record: Record, concepts: Concepts, same: SameNames) -> Iterator[Name]:
    """The names of both ends of each coded stance."""
    spans = {span.id: span for span in record.spans}
    for relation in record.relations:
        if relation.target in spans and (relation.source in spans or relation.source == AUTHOR):
            for end in (relation.source, relation.target):
                if end in spans:
                    yield from _names(spans[end], concepts, same)


def _partners(meetings: Iterable[frozenset[Name]]) -> dict[Name, list[str]]:
    """For each name the names that it met."""
    found: dict[Name, list[str]] = {}
    for names in meetings:
        for one, other in permutations(names, 2):
            found.setdefault(one, []).append(other[1])
    return found


def _gained(
    mine: set[StatementKey],
    theirs: set[StatementKey],
    partners: Mapping[Name, Sequence[str]],
) -> Iterator[tuple[frozenset[Name], bool]]:
    """For each two statements, of those that only one of two annotators makes, that would be the
    same if two names that met were one: the names, and whether as opposites."""
    for holder, concept, side in mine:
        for other in partners.get(("concept", concept), ()):
            if (holder, other, side) in theirs:
                yield frozenset((("concept", concept), ("concept", other))), False
            if side in OTHER_SIDE and (holder, other, OTHER_SIDE[side]) in theirs:
                yield frozenset((("concept", concept), ("concept", other))), True
        for other in partners.get(("entity", holder), ()):
            if (other, concept, side) in theirs:
                yield frozenset((("entity", holder), ("entity", other))), False
        for other in partners.get(("entity", concept), ()):
            if (holder, other, side) in theirs:
                yield frozenset((("entity", concept), ("entity", other))), False


def _decided(ruling: Ruling, same: SameNames) -> frozenset[Name]:
    """The two names of a ruling under their present names: whatever differs from a name also
    differs from everything that is one with it."""
    two = (
        _parted(ruling.kind, same.name(ruling.kind, name))[0]
        for name in (ruling.name, ruling.canonical)
    )
    return frozenset((ruling.kind, name) for name in two)


@dataclass(frozen=True, slots=True)
class _Meeting:
    """Two names on the same words; `turned` if one of the two is the contrary there."""

    names: frozenset[Name]
    turned: bool
    words: str


def _meetings(a: Record, b: Record, concepts: Concepts, same: SameNames) -> Iterator[_Meeting]:
    """Names in two annotators' work on the same words: only those that one of them lacks, the most
    similar ones together."""
    overlaps = Overlaps([(span.start, span.end) for span in b.spans])
    for span in a.spans:
        beside = (b.spans[k] for k in overlaps.of(span.start, span.end))
        near = max(
            (s for s in beside if s.layer == span.layer), key=lambda s: iou(span, s), default=None
        )
        if near is None or iou(span, near) < OVERLAP:
            continue
        mine, theirs = _names(span, concepts, same), _names(near, concepts, same)
        words = " ".join(a.document.quote(span.start, span.end).split())
        for one, other in _most_alike(mine.keys() - theirs.keys(), theirs.keys() - mine.keys()):
            yield _Meeting(frozenset((one, other)), mine[one] != theirs[other], words)


def _most_alike(left: Iterable[Name], right: Collection[Name]) -> Iterator[tuple[Name, Name]]:
    """Names of one side, each with one of the same kind of the other side, the most similar pairs
    first. A name is in one pair at most."""
    from rapidfuzz import fuzz

    scored = [
        (-fuzz.token_set_ratio(one[1], other[1]), one, other)
        for one in left
        for other in right
        if one[0] == other[0]
    ]
    taken: set[tuple[str, Name]] = set()
    for _, one, other in sorted(scored):
        pair = {("left", one), ("right", other)}
        if pair.isdisjoint(taken):
            taken |= pair
            yield one, other


def _names(span: Span, concepts: Concepts, same: SameNames) -> dict[Name, bool]:
    """The names of a span without `not: `, each with a flag whether there was one."""
    found = [(kind, same.name(kind, name)) for kind, name in names_of(span, concepts)]
    apart = ((kind, *_parted(kind, name)) for kind, name in found)
    return {(kind, name): turned for kind, name, turned in apart}


def _parted(kind: NameKind, name: str) -> tuple[str, bool]:
    """A name without `not: `, and whether there was one: only concepts have it."""
    return parted(name) if kind == "concept" else (name, False)


__all__ = ["NamePair", "pairs"]
