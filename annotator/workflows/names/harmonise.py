"""Same words, two names: what coders bounded alike and named differently, ordered by what it moves.

A decision is a ruling on two names. It is a mapping: the codings stay as they were made, and agreement before it can
always be computed beside agreement after it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeAlias

from annotator.model.naming import (
    CONTRARY,
    Concepts,
    Kind,
    NameRelation,
    Ruling,
    SameNames,
    concepts_of,
    names_of,
)
from annotator.model.record import Record
from annotator.model.span import AUTHOR, Span, iou
from annotator.project import Project
from annotator.workflows.names.registry import rule_same, take_back

Name: TypeAlias = tuple[Kind, str]
Statement: TypeAlias = tuple[str, str, str]
"""Holder, concept without `not:`, and side turned by it."""

OVERLAP = 0.5
"""The intersection over union from which on two spans are the same words."""
BASE = 0.3
"""What a pair without any likeness counts beside one that is alike (1)."""
_TURNED = {"support": "oppose", "oppose": "support"}


@dataclass(frozen=True, slots=True)
class NamePair:
    """Two names of a kind that stand on the same words, `times` times; `leverage` is the smaller number of coded
    stances that the two carry, `likeness` in [0, 1] that of their words."""

    kind: Kind
    one: str
    other: str
    times: int
    leverage: int
    likeness: float

    @property
    def weight(self) -> float:
        """What the queue is ordered by."""
        return self.leverage * (BASE + self.likeness)


def pairs(
    records: Iterable[Record],
    concepts: Concepts,
    rulings: Sequence[Ruling] = (),
    same: SameNames | None = None,
) -> list[NamePair]:
    """The queue: pairs of names that two annotators gave the same words, without those decided on; the weightiest
    first. `not:` is left out of the names, since a concept and its contrary are one question."""
    from rapidfuzz import fuzz

    kept = same or SameNames.of(rulings)
    asked: set[tuple[Kind, frozenset[str]]] = set()
    for ruling in rulings:
        names = (ruling.kind, frozenset((ruling.name, ruling.canonical)))
        (asked.add if ruling.same else asked.discard)(names)
    works: defaultdict[str, list[Record]] = defaultdict(list)
    for record in records:
        works[record.document.id].append(record)
    times: Counter[tuple[Kind, str, str]] = Counter()
    uses: Counter[Name] = Counter()
    for several in works.values():
        for record in several:
            for holder, concept, _ in statements(record, concepts, kept):
                uses["entity", holder] += 1
                uses["concept", concept] += 1
        for a, b in combinations(several, 2):
            times.update(_differing(a, b, concepts, kept))
    found = [
        NamePair(
            kind, one, other, number, min(uses[kind, one], uses[kind, other]),
            fuzz.token_set_ratio(one.casefold(), other.casefold()) / 100,
        )
        for (kind, one, other), number in times.items() if (kind, frozenset((one, other))) not in asked
    ]  # fmt: skip
    return sorted(found, key=lambda p: (-p.weight, -p.times, p.kind, p.one, p.other))


def _differing(a: Record, b: Record, concepts: Concepts, same: SameNames) -> Iterator[tuple[Kind, str, str]]:
    """Names of two works that stand on the same words: those that are only on one side, each with the likest one."""
    from rapidfuzz import fuzz

    for span in a.spans:
        near = max((s for s in b.spans if s.layer == span.layer), key=lambda s: iou(span, s), default=None)
        if near is None or iou(span, near) < OVERLAP:
            continue
        mine, theirs = _names(span, concepts, same), _names(near, concepts, same)
        left, right = [n for n in mine if n not in theirs], [n for n in theirs if n not in mine]
        for kind, name in left:
            others = [other for own, other in right if own == kind]
            if others:
                best = max(others, key=lambda other: fuzz.token_set_ratio(name, other))
                one, two = sorted((name, best))
                yield kind, one, two


def _names(span: Span, concepts: Concepts, same: SameNames) -> list[Name]:
    return [(kind, same.name(kind, name).removeprefix(CONTRARY)) for kind, name in names_of(span, concepts)]


def statements(record: Record, concepts: Concepts, same: SameNames) -> list[Statement]:
    """Who says what in a record, by the names that stay: one for each holder, concept and side."""
    spans = {span.id: span for span in record.spans}
    found: list[Statement] = []
    for relation in record.relations:
        target, holder = spans.get(relation.target), spans.get(relation.source)
        if target is None or (holder is None and relation.source != AUTHOR):
            continue
        holders = [AUTHOR] if holder is None else [
            same.name("entity", name) for kind, name in names_of(holder, concepts) if kind == "entity"
        ]  # fmt: skip
        for kind, written in names_of(target, concepts):
            if kind != "concept":
                continue
            name = same.name("concept", written)
            turned = name.startswith(CONTRARY)
            side = _TURNED.get(relation.label, relation.label) if turned else relation.label
            found += [(who, name.removeprefix(CONTRARY), side) for who in holders]
    return found


def agreement(records: Iterable[Record], concepts: Concepts, same: SameNames) -> float | None:
    """F1 of "who says what" between every two annotators of a document, as sets; None where nothing is said."""
    works: defaultdict[str, list[set[Statement]]] = defaultdict(list)
    for record in records:
        works[record.document.id].append(set(statements(record, concepts, same)))
    shared = total = 0
    for several in works.values():
        for a, b in combinations(several, 2):
            shared += 2 * len(a & b)
            total += len(a) + len(b)
    return shared / total if total else None


@dataclass(frozen=True, slots=True)
class Queue:
    """What is to be decided, and "who says what" as it was coded (`before`) and by the rulings (`now`)."""

    pairs: Sequence[NamePair]
    before: float | None
    now: float | None


def queue(project: Project) -> Queue:
    """The queue of a project over the work of its annotators, without the gold."""
    concepts = concepts_of(project.schema)
    records = [record for record in project.log.records() if record.annotator is not None]
    rulings = project.names.rulings()
    same = SameNames.of(rulings)
    found = pairs(records, concepts, rulings, same)
    return Queue(found, agreement(records, concepts, SameNames()), agreement(records, concepts, same))


def decide(
    project: Project, pair: NamePair, relation: NameRelation, *, stays: str, reviewer: str | None
) -> None:
    """Rule on a pair: `stays` is the name that stays, the parent, or the concept that the other is the contrary of."""
    goes = pair.other if stays == pair.one else pair.one
    if relation == "same":
        rule_same(project, pair.kind, [goes], stays, reviewer=reviewer)
        return
    token = project.new_session()
    project.names.rule(pair.kind, goes, stays, same=True, reviewer=reviewer, token=token, relation=relation)


def undo(project: Project, *, reviewer: str | None) -> Ruling | None:
    """Take back the latest ruling that stands, with what it renamed in the gold; None where there is none."""
    standing: dict[tuple[Kind, str, str, str], Ruling] = {}
    for ruling in project.names.rulings():
        key = (ruling.kind, ruling.name, ruling.canonical, ruling.relation)
        if ruling.same:
            standing[key] = ruling
        else:
            standing.pop(key, None)
    last = max(standing.values(), key=lambda r: r.id, default=None)
    if last is None:
        return None
    if last.relation == "same":
        take_back(project, last, reviewer=reviewer)
    else:
        project.names.rule(
            last.kind, last.name, last.canonical, same=False, reviewer=reviewer, token=last.token,
            relation=last.relation,
        )  # fmt: skip
    return last


__all__ = [
    "NamePair", "Queue", "agreement", "decide", "pairs", "queue", "statements", "undo",
]  # fmt: skip
