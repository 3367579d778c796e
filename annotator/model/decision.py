"""Decisions and suggestions: what an annotator does, and what a suggester proposes.

Every change concerns one *item*: an annotation, a paragraph or the whole document. A decision holds
the item's state before and after, so that undoing it means swapping the two. The decisions of one
key press form a group: one transaction, one undo.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from annotator.model.span import Annotation

DOCUMENT = "@document"
"""The item that holds the state of one annotator's work on a document."""

NOTE_PARTS = " / "
"""Stands between the parts of an annotator's note: answers to several questions of review, proposed
names, and other words."""


def paragraph_item(index: int) -> str:
    """The item that holds the state of a paragraph."""
    return f"@p{index}"


class Action(StrEnum):
    """What was done to an item."""

    ACCEPT = "accept"  # a suggestion stands as proposed
    REJECT = "reject"  # a suggestion is wrong
    CORRECT = (
        "correct"  # an annotation, suggested or not, now has another label, bounds or attributes
    )
    ADD = "add"  # an annotation from nothing
    REMOVE = "remove"  # an annotation is removed
    SKIP = "skip"  # left undecided on purpose
    CLOSE = "close"  # a paragraph is done
    REOPEN = "reopen"  # a paragraph is not done after all
    EXCLUDE = "exclude"  # a paragraph is not to be annotated
    INCLUDE = "include"  # an excluded paragraph is to be annotated
    COMPLETE = "complete"  # the state of the whole document changes
    NOTE = "note"  # a note is written, changed or emptied
    FLAG = "flag"  # a flag is set or taken away
    IMPORT = "import"  # came in with a file
    MERGE = "merge"  # prefilled by a merging strategy
    UNDO = "undo"
    REDO = "redo"


class Status(StrEnum):
    """What became of an item."""

    ACCEPTED = "accepted"
    CORRECTED = "corrected"
    ADDED = "added"
    REJECTED = "rejected"
    SKIPPED = "skipped"
    REMOVED = "removed"
    MARKED = "marked"  # a paragraph or the document


class Completion(StrEnum):
    """How far one annotator is with one document. `GOLD` is the adjudicated one."""

    NEW = "new"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    SKIPPED = "skipped"
    GOLD = "gold"


@dataclass(frozen=True, slots=True)
class ParagraphMark:
    """State of a paragraph; `excluded` is None while the document's own setting holds."""

    done: bool = False
    excluded: bool | None = None


@dataclass(frozen=True, slots=True)
class CompletionMark:
    """State of the whole document for one annotator. `based_on` says, for a finished gold, how far
    each annotator's log was when it was finished, as a dict from annotator to revision. It is empty
    if that is not known."""

    completion: Completion
    based_on: Mapping[str, int] = field(default_factory=dict)


ItemValue: TypeAlias = Annotation | ParagraphMark | CompletionMark


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of an item: `value` is None if nothing stands (rejected, skipped, removed). `open`
    names the fields that annotators filled in differently and that review has yet to decide;
    `value` does not hold them."""

    status: Status
    value: ItemValue | None = None
    note: str = ""
    flagged: bool = False
    open: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """One change of one item. `before` is None for an item without a state yet.

    `paragraph` is the index of the item's paragraph (of a relation's target; -1 for the document).
    `reverts` names the group that an undo takes back or a redo brings back.
    """

    group: str
    action: Action
    item: str
    paragraph: int
    before: Standing | None
    after: Standing | None
    reverts: str | None = None


Group: TypeAlias = tuple[Decision, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """A decision as recorded. `id` is a UUIDv7; `revision` counts
    from 1 per document and annotator.

    Local order is that of `sequence`; after a merge of databases it is that of (revision, id),
    never of `time` (ISO 8601, UTC, seconds), which is kept for the reader alone. `reviewer` is the
    person who decided on the gold, which is nobody's own work. It is None there for decisions of a
    strategy or an import.
    """

    id: str
    sequence: int
    revision: int
    document: str
    annotator: str
    time: str
    decision: Decision
    reviewer: str | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A proposed annotation. Its `value.id` is the suggestion's
    id and stays that of what is accepted.

    `score` is in [0, 1]; `rank` counts from 0 within the paragraph; `reason` is one line for a
    person; `rule` names the cue, pattern or model that fired, so that it can be muted. One that is
    not `shown` is held back until the annotator asks for more; in a `blind` paragraph none is seen.
    `raw` is the suggester's own score, before the history of decisions moved it; None where that is
    the same.

    The other fields are for review. `open` names the fields that annotators filled in differently.
    A suggestion that `follows` is agreed on, and is accepted as soon as its ends are. One that
    `reopens` was in a finished gold, but the work it was based on has changed. One that is `beside`
    an annotation on the same text was made by somebody who made both, so it stays when the other is
    accepted. `instead` has the ids of what other annotators made in its place: once one of them is
    accepted, this one needs no decision.
    """

    value: Annotation
    paragraph: int
    suggester: str
    version: str
    score: float
    rank: int = 0
    reason: str = ""
    rule: str = ""
    shown: bool = True
    blind: bool = False
    raw: float | None = None
    open: tuple[str, ...] = ()
    follows: bool = False
    reopens: bool = False
    beside: bool = False
    instead: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return self.value.id


def undo_of(group: Group, name: str) -> Group:
    """The decisions, as group `name`, that take `group` back: in reverse order, with before and
    after swapped."""
    return tuple(
        Decision(name, Action.UNDO, d.item, d.paragraph, d.after, d.before, group[0].group)
        for d in reversed(group)
    )


def redo_of(group: Group, name: str) -> Group:
    """The decisions, as group `name`, that bring `group` back after it was undone."""
    return tuple(
        Decision(name, Action.REDO, d.item, d.paragraph, d.before, d.after, group[0].group)
        for d in group
    )


__all__ = [
    "DOCUMENT",
    "NOTE_PARTS",
    "Action",
    "Completion",
    "CompletionMark",
    "Decision",
    "Event",
    "Group",
    "ItemValue",
    "ParagraphMark",
    "Standing",
    "Status",
    "Suggestion",
    "paragraph_item",
    "redo_of",
    "undo_of",
]
