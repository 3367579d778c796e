"""Same words, two names: spans that coders marked alike and named differently, page by page of
pairs.

The pairs that change most come first. A page is decided as a whole and is one change (see
`rulings`), so that agreement before and after it can always be computed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal, TypeAlias

from annotator.model.codebook import Codebook
from annotator.model.names import (
    CONTRARY,
    Concepts,
    NameKind,
    NameRelation,
    Ruling,
    SameNames,
    concepts_of,
    names_of,
    standing,
)
from annotator.model.record import Record
from annotator.model.span import AUTHOR, Span, iou
from annotator.project import Project
from annotator.workflows.names.rulings import NameVerdict, rule

KindAndName: TypeAlias = tuple[NameKind, str]
StatementKey: TypeAlias = tuple[str, str, str]
"""Holder, concept without `not:`, and the side, reversed if there was a `not:`."""

OVERLAP = 0.5
"""The least intersection over union at which two spans count as the same words."""
BASE = 0.3
"""The weight of a pair without any likeness, relative to an equal pair (1)."""
PAGE = 10
"""The number of pairs on a page: each has a digit."""
_TURNED = {"support": "oppose", "oppose": "support"}


@dataclass(frozen=True, slots=True)
class NamePair:
    """Two names of a kind that coders gave to the same words, `times` times. `leverage` is the
    number of coded stances of the less frequent name, `likeness` in [0, 1] that of their words, and
    `words` is one of the places."""

    kind: NameKind
    one: str
    other: str
    times: int
    leverage: int
    likeness: float
    gain: int = 0
    """The number of statements in which two coders differ only in these two names, and which they
    would then share."""
    uses: tuple[int, int] = (0, 0)
    """How many spans have each name."""
    turned: int = 0
    """In how many of the places one coder gave the contrary of the name and the other did not."""
    words: str = ""

    @property
    def weight(self) -> tuple[float, float]:
        """The sort key of the queue: what is gained at once, then the stances of the names, each
        multiplied by likeness."""
        alike = BASE + self.likeness
        return self.gain * alike, self.leverage * alike

    @property
    def names(self) -> frozenset[KindAndName]:
        return frozenset(((self.kind, self.one), (self.kind, self.other)))

    def partner(self, name: str) -> str:
        """The other one of the two names."""
        return self.other if name == self.one else self.one


PageMark: TypeAlias = NameRelation | Literal["later"]
"""What a pair on a page counts as; a pair for later is asked about again."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The decision on a pair. `stays` is the name that stays, the parent, or the concept whose
    contrary the other one is; `instead` is a third name, which stays for both."""

    pair: NamePair
    mark: PageMark
    stays: str
    instead: str = ""

    @property
    def goes(self) -> str:
        """The other name of the pair."""
        return self.pair.partner(self.stays)

    def swapped(self) -> Answer:
        """The same decision with the other name as `stays`."""
        return replace(self, stays=self.goes, instead="")


def proposed(pair: NamePair, codebook: Codebook) -> Answer:
    """The proposed decision on a pair: the names are one, since two coders gave them to the same
    words, or opposites if one of the two mostly has `not:` before it. The codebook's name stays, or
    else the more frequent one, or else the longer entity and the shorter concept."""

    def order(name: str) -> tuple[bool, int, int, str]:
        uses = pair.uses[0] if name == pair.one else pair.uses[1]
        length = -len(name) if pair.kind == "entity" else len(name)
        return codebook.get(pair.kind, name) is None, -uses, length, name

    mark: PageMark = "opposite" if 2 * pair.turned > pair.times else "same"
    return Answer(pair, mark, min(pair.one, pair.other, key=order))


def pairs(
    records: Iterable[Record],
    concepts: Concepts,
    rulings: Sequence[Ruling] = (),
    same: SameNames | None = None,
) -> list[NamePair]:
    """The queue: pairs of names that two annotators gave to the same words, without decided ones,
    the weightiest first. Names are without `not:`, since a concept and its contrary are one
    question."""
    from rapidfuzz import fuzz

    kept = same or SameNames.of(rulings)
    asked = {_decided(one, kept) for one in standing(rulings)}
    met = _Met.of(records, concepts, kept)
    found = [met.pair(names, fuzz.token_set_ratio) for names in met.meetings if names not in asked]
    found.sort(key=lambda p: (-p.times, -p.likeness, p.kind, p.one, p.other))
    return sorted(found, key=lambda p: p.weight, reverse=True)


@dataclass(frozen=True, slots=True)
class _Met:
    """Where names met: the meetings of each two names, the numbers of stances and uses of a name,
    and how many statements two coders would share if two names were one, as opposites or not."""

    meetings: dict[frozenset[KindAndName], list[_Meeting]]
    stances: Counter[KindAndName]
    uses: Counter[KindAndName]
    gains: Counter[tuple[frozenset[KindAndName], bool]]

    @classmethod
    def of(cls, records: Iterable[Record], concepts: Concepts, same: SameNames) -> _Met:
        """Compare the work of every two annotators on the same documents."""
        works: defaultdict[str, list[Record]] = defaultdict(list)
        for record in records:
            works[record.document.id].append(record)
        met = cls(defaultdict(list), Counter(), Counter(), Counter())
        for several in works.values():
            said = [list(statements(record, concepts, same)) for record in several]
            for record, own in zip(several, said, strict=True):
                for holder, concept, _ in own:
                    met.stances["entity", holder] += 1
                    met.stances["concept", concept] += 1
                met.uses.update(
                    name for span in record.spans for name in _names(span, concepts, same)
                )
            for (a, mine), (b, theirs) in combinations(zip(several, said, strict=True), 2):
                met.gains.update(_gained(set(mine), set(theirs)))
                for meeting in _meetings(a, b, concepts, same):
                    met.meetings[meeting.names].append(meeting)
        return met

    def pair(
        self, names: frozenset[KindAndName], likeness: Callable[[str, str], float]
    ) -> NamePair:
        """Two names as a pair to decide on; `likeness` of their words is from 0 to 100."""
        where = self.meetings[names]
        (kind, one), (_, other) = sorted(names)
        turned = sum(meeting.turned for meeting in where)
        return NamePair(
            kind,
            one,
            other,
            len(where),
            min(self.stances[name] for name in names),
            likeness(one.casefold(), other.casefold()) / 100,
            self.gains[names, 2 * turned > len(where)],
            (self.uses[kind, one], self.uses[kind, other]),
            turned,
            where[0].words,
        )


def _gained(
    mine: set[StatementKey], theirs: set[StatementKey]
) -> Iterator[tuple[frozenset[KindAndName], bool]]:
    """For each two statements that would be the same if two names were: the names, and whether as
    opposites."""
    for holder, concept, side in mine - theirs:
        for other_holder, other_concept, other_side in theirs - mine:
            opposite = _TURNED.get(side) == other_side
            if (
                holder == other_holder
                and concept != other_concept
                and (opposite or side == other_side)
            ):
                yield frozenset((("concept", concept), ("concept", other_concept))), opposite
            elif concept == other_concept and holder != other_holder and side == other_side:
                yield frozenset((("entity", holder), ("entity", other_holder))), False


def _decided(ruling: Ruling, same: SameNames) -> frozenset[KindAndName]:
    """The two names of a ruling under their present names: whatever differs from a name also
    differs from everything that is one with it."""
    two = (
        same.name(ruling.kind, name).removeprefix(CONTRARY)
        for name in (ruling.name, ruling.canonical)
    )
    return frozenset((ruling.kind, name) for name in two)


@dataclass(frozen=True, slots=True)
class _Meeting:
    """Two names on the same words; `turned` if one of the two is the contrary there."""

    names: frozenset[KindAndName]
    turned: bool
    words: str


def _meetings(a: Record, b: Record, concepts: Concepts, same: SameNames) -> Iterator[_Meeting]:
    """Names in two annotators' work on the same words: only those that one of them lacks, the most
    similar ones together."""
    from rapidfuzz import fuzz

    for span in a.spans:
        near = max(
            (s for s in b.spans if s.layer == span.layer), key=lambda s: iou(span, s), default=None
        )
        if near is None or iou(span, near) < OVERLAP:
            continue
        mine, theirs = _names(span, concepts, same), _names(near, concepts, same)
        left, right = [n for n in mine if n not in theirs], [n for n in theirs if n not in mine]
        alike = sorted(
            (-fuzz.token_set_ratio(one[1], other[1]), one, other)
            for one in left
            for other in right
            if one[0] == other[0]
        )
        taken: set[tuple[int, KindAndName]] = set()
        words = " ".join(a.document.quote(span.start, span.end).split())
        for _, one, other in alike:
            if not {(0, one), (1, other)} & taken:
                taken |= {(0, one), (1, other)}
                yield _Meeting(frozenset((one, other)), mine[one] != theirs[other], words)


def _names(span: Span, concepts: Concepts, same: SameNames) -> dict[KindAndName, bool]:
    """The names of a span without `not: `, each with a flag whether there was one."""
    found = [(kind, same.name(kind, name)) for kind, name in names_of(span, concepts)]
    return {(kind, name.removeprefix(CONTRARY)): name.startswith(CONTRARY) for kind, name in found}


def statements(record: Record, concepts: Concepts, same: SameNames) -> list[StatementKey]:
    """Who says what in a record, by the names that stay: one statement for each holder, concept and
    side."""
    spans = {span.id: span for span in record.spans}
    found: list[StatementKey] = []
    for relation in record.relations:
        target, holder = spans.get(relation.target), spans.get(relation.source)
        if target is None or (holder is None and relation.source != AUTHOR):
            continue
        holders = (
            [AUTHOR]
            if holder is None
            else [
                same.name("entity", name)
                for kind, name in names_of(holder, concepts)
                if kind == "entity"
            ]
        )
        for kind, written in names_of(target, concepts):
            if kind != "concept":
                continue
            name = same.name("concept", written)
            turned = name.startswith(CONTRARY)
            side = _TURNED.get(relation.label, relation.label) if turned else relation.label
            found += [(who, name.removeprefix(CONTRARY), side) for who in holders]
    return found


def agreement(records: Iterable[Record], concepts: Concepts, same: SameNames) -> float | None:
    """F1 of "who says what" over every two annotators of a document, as sets; None if there are no
    statements."""
    works: defaultdict[str, list[set[StatementKey]]] = defaultdict(list)
    for record in records:
        works[record.document.id].append(set(statements(record, concepts, same)))
    both = every = 0
    for several in works.values():
        for one, other in combinations(several, 2):
            both += 2 * len(one & other)
            every += len(one) + len(other)
    return both / every if every else None


@dataclass(frozen=True, slots=True)
class PairQueue:
    """What has to be decided, and "who says what" as coded (`before`) and after the rulings
    (`now`)."""

    pairs: Sequence[NamePair]
    before: float | None
    now: float | None


class Harmonising:
    """The queue of a project over the work of its annotators, without the gold. The work is read
    once, since rulings do not change it."""

    def __init__(self, project: Project, documents: Collection[str] | None = None) -> None:
        """Reads the work on these documents, or on all."""
        self._project = project
        self._concepts = concepts_of(project.schema)
        every: Iterable[Record] = project.log.records()
        if documents is not None:
            every = (one for id in documents for one in project.log.records(document=id))
        self._records = [record for record in every if record.annotator is not None]
        self._before = agreement(self._records, self._concepts, SameNames())

    def queue(self) -> PairQueue:
        """What is left after the rulings so far."""
        rulings = self._project.names.rulings()
        same = SameNames.of(rulings)
        found = pairs(self._records, self._concepts, rulings, same)
        return PairQueue(found, self._before, agreement(self._records, self._concepts, same))


def decide(project: Project, answers: Sequence[Answer], *, reviewer: str | None) -> int:
    """Decide the pairs of a page as one change; those for later are left. Names that several pairs
    connect get one name. Returns how many rulings were made.

    Raises ValueError if the page contradicts itself (see `contradiction`), StoreError if it cannot
    be written.
    """
    if problem := contradiction(answers):
        raise ValueError(problem)
    root = _roots(answers)
    verdicts: list[NameVerdict] = []
    for answer in answers:
        kind = answer.pair.kind
        if answer.mark == "same":
            verdicts += [
                (kind, name, root[own], "same")
                for own in answer.pair.names
                if (name := own[1]) != root[own]
            ]
        elif answer.mark != "later":
            goes, stays = (root.get((kind, name), name) for name in (answer.goes, answer.stays))
            verdicts.append((kind, goes, stays, answer.mark))
    verdicts = list(dict.fromkeys(verdicts))
    rule(project, verdicts, reviewer=reviewer)
    return len(verdicts)


def _groups(answers: Sequence[Answer]) -> list[set[KindAndName]]:
    """The groups of names that are one on this page, also through several pairs."""
    groups: list[set[KindAndName]] = []
    for answer in answers:
        if answer.mark == "same":
            joined = set(answer.pair.names).union(
                *(group for group in groups if group & answer.pair.names)
            )
            groups = [group for group in groups if not group & joined] + [joined]
    return groups


def _roots(answers: Sequence[Answer]) -> dict[KindAndName, str]:
    """A dict from each name that is one with another on the page to their common name: a third name
    if one was written, or else the first name that stays in every pair."""
    found: dict[KindAndName, str] = {}
    for group in _groups(answers):
        own = [answer for answer in answers if answer.mark == "same" and answer.pair.names <= group]
        goes = {answer.goes for answer in own}
        stays = (answer.stays for answer in own if answer.stays not in goes)
        root = next((answer.instead for answer in own if answer.instead), next(stays, own[0].stays))
        found.update(dict.fromkeys(group, root))
    return found


def contradiction(answers: Sequence[Answer]) -> str:
    """What to say about two names that are one by some pairs of the page and different by another;
    empty if there is no contradiction."""
    groups = _groups(answers)
    for answer in answers:
        if answer.mark not in ("same", "later") and any(
            answer.pair.names <= group for group in groups
        ):
            return (
                f"other pairs on this page make “{answer.pair.one}” and “{answer.pair.other}” one"
            )
    return ""


__all__ = [
    "PAGE",
    "Answer",
    "Harmonising",
    "NamePair",
    "PageMark",
    "PairQueue",
    "agreement",
    "contradiction",
    "decide",
    "pairs",
    "proposed",
    "statements",
]
