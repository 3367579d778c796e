"""The state of one annotator's work on one document, computed from the decisions.

The state is kept by paragraph, so that one decision costs the size of its paragraph and not that of
the document. All values are immutable; `apply` gives a new set.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from annotator.model.decision import (
    DOCUMENT,
    Action,
    Completion,
    CompletionMark,
    Decision,
    Group,
    ParagraphMark,
    Standing,
    Status,
    paragraph_item,
)
from annotator.model.named_spans import NamedSpans
from annotator.model.span import Annotation, Relation, Span, reading_order, relation_order

Standings: TypeAlias = Mapping[str, Standing]

Stack: TypeAlias = tuple[Group, "Stack"] | None
"""A linked list of groups, newest first: pushing and popping copy nothing."""

_NONE: Standings = {}


@dataclass(frozen=True, slots=True)
class History:
    """What can be undone and redone, newest first. Groups that were imported are not in it."""

    undo: Stack = None
    redo: Stack = None

    def push(self, group: Group) -> History:
        """The history after a group was recorded: a new one, an undo or a redo."""
        first = group[0]
        if first.action is Action.UNDO and self.undo:
            taken, rest = _taken(self.undo, first.reverts)
            return History(rest, (taken, self.redo))
        if first.action is Action.REDO and self.redo:
            taken, rest = _taken(self.redo, first.reverts)
            return History((taken, self.undo), rest)
        if first.action in (Action.IMPORT, Action.MERGE):
            return self
        return History((group, self.undo), None)


def _taken(stack: tuple[Group, Stack], name: str | None) -> tuple[Group, Stack]:
    """The group of that name and the stack without it; the newest group if no group has the
    name."""
    passed: list[Group] = []
    rest: Stack = stack
    while rest is not None and rest[0][0].group != name:
        passed.append(rest[0])
        rest = rest[1]
    if rest is None:
        return stack
    taken, below = rest
    for group in reversed(passed):
        below = (group, below)
    return taken, below


@dataclass(frozen=True, slots=True)
class AnnotationSet:
    """The standing state of every item, by paragraph index (-1: the document itself)."""

    by_paragraph: Mapping[int, Standings] = field(default_factory=dict)
    _named: dict[str, NamedSpans] = field(default_factory=dict, repr=False, compare=False)
    """The named spans by layer, for the layers requested so far."""

    def paragraph(self, index: int) -> Standings:
        """A dict from item id to state, for the items of one paragraph."""
        return self.by_paragraph.get(index, _NONE)

    def get(self, item: str, paragraph: int) -> Standing | None:
        """The state of an item, or None if it has none."""
        return self.paragraph(paragraph).get(item)

    def standings(self) -> Iterator[tuple[str, Standing]]:
        """Every item of the document with its state."""
        for standings in self.by_paragraph.values():
            yield from standings.items()

    def anywhere(self, item: str) -> Standing | None:
        """The state of an item in any paragraph, or None if it has none."""
        found = (of[item] for of in self.by_paragraph.values() if item in of)
        return next(found, None)

    def apply(self, decisions: Iterable[Decision]) -> AnnotationSet:
        """The set after these decisions."""
        growing = GrowingAnnotations(self)
        growing.take(decisions)
        return growing.now

    def named(self, layer: str) -> NamedSpans:
        """The standing spans of a layer in the document that have a name. Only the first call
        reads all annotations."""
        if layer not in self._named:
            every = self.annotations()
            self._named[layer] = NamedSpans(
                one for one in every if isinstance(one, Span) and one.layer == layer
            )
        return self._named[layer]

    def annotations(self, paragraph: int | None = None) -> Iterator[Annotation]:
        """The standing annotations, in no particular order, of one paragraph or of all."""
        indices = self.by_paragraph if paragraph is None else (paragraph,)
        for index in indices:
            for standing in self.paragraph(index).values():
                if isinstance(standing.value, Span | Relation):
                    yield standing.value

    def spans(self, paragraph: int | None = None) -> list[Span]:
        """Standing spans in reading order."""
        return sorted(
            (a for a in self.annotations(paragraph) if isinstance(a, Span)), key=reading_order
        )

    def relations(self, paragraph: int | None = None) -> list[Relation]:
        """Standing relations by target, source, layer and id; of one paragraph or of all."""
        found = (a for a in self.annotations(paragraph) if isinstance(a, Relation))
        return sorted(found, key=relation_order)

    def relations_of(self, ends: Collection[str]) -> list[Relation]:
        """Standing relations with one of these spans as an end."""
        return [r for r in self.relations() if r.source in ends or r.target in ends]

    def mark(self, paragraph: int) -> ParagraphMark:
        """State of a paragraph."""
        standing = self.get(paragraph_item(paragraph), paragraph)
        value = standing.value if standing else None
        return value if isinstance(value, ParagraphMark) else ParagraphMark()

    @property
    def completion(self) -> Completion:
        """How far the work is: the completion that was marked, or else in progress as soon as
        anything has a state."""
        standing = self.get(DOCUMENT, -1)
        if standing and isinstance(standing.value, CompletionMark):
            return standing.value.completion
        return Completion.IN_PROGRESS if self.by_paragraph else Completion.NEW

    def tally(self) -> dict[Status, int]:
        """The number of annotation items by status."""
        counts = dict.fromkeys(Status, 0)
        for standings in self.by_paragraph.values():
            for standing in standings.values():
                counts[standing.status] += 1
        del counts[Status.MARKED]
        return counts


class GrowingAnnotations:
    """A set to which decisions are added one after the other. `now` stays the same object and holds
    the result so far, so that every decision costs the same, however many there are."""

    def __init__(self, before: AnnotationSet) -> None:
        self._held = dict(before.by_paragraph)
        self._own: dict[int, dict[str, Standing]] = {}
        self.now = AnnotationSet(self._held)

    def take(self, decisions: Iterable[Decision]) -> None:
        """Add decisions to the set, in their order."""
        for d in decisions:
            items = self._own.get(d.paragraph)
            if items is None:
                items = self._own[d.paragraph] = dict(self._held.get(d.paragraph, _NONE))
            self._name(items.get(d.item), d.after)
            if d.after is None:
                items.pop(d.item, None)
            else:
                items[d.item] = d.after
            if items:
                self._held[d.paragraph] = items
            else:
                self._held.pop(d.paragraph, None)

    def _name(self, before: Standing | None, after: Standing | None) -> None:
        """Update the named spans of the set after a decision."""
        for standing, change in ((before, NamedSpans.remove), (after, NamedSpans.add)):
            value = standing.value if standing is not None else None
            if isinstance(value, Span) and value.layer in self.now._named:
                change(self.now._named[value.layer], value)


def groups(decisions: Iterable[Decision]) -> Iterator[Group]:
    """Consecutive decisions of the same group, together."""
    pending: list[Decision] = []
    for decision in decisions:
        if pending and pending[-1].group != decision.group:
            yield tuple(pending)
            pending = []
        pending.append(decision)
    if pending:
        yield tuple(pending)


def fold(decisions: Iterable[Decision]) -> tuple[AnnotationSet, History]:
    """The annotations after these decisions, in their order, and what can be undone and redone."""
    every = tuple(decisions)
    history = History()
    for group in groups(every):
        history = history.push(group)
    return AnnotationSet().apply(every), history


__all__ = ["AnnotationSet", "GrowingAnnotations", "History", "Stack", "Standings", "fold", "groups"]
