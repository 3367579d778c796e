"""What the store returns about a project besides the model's own values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from annotator.model.decision import Completion


class FileNow(Enum):
    """What the path of a database names now."""

    NO_FOLDER = "its folder is gone or has another name; with its old name, all is well again"
    NOTHING = "there is no database there now"
    THIS_PROJECT = "a database of this project is there now"
    OLDER = "the database that is there now lacks decisions that were in the old one"
    ANOTHER_PROJECT = "the database that is there now belongs to another project"
    UNUSABLE = "what is there now cannot be opened"


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """One row of the queue, as one annotator sees it.

    `order` counts from 0; `paragraphs` are those to annotate (not excluded), `done` those of them
    marked as done; `pending` is the number of suggestions this annotator has not decided on;
    `others` are the other annotators with work on it (gold included, as `@gold`), sorted; `updated`
    is the time of this annotator's last decision (ISO 8601, UTC), or None; `changed` says, in
    review, that annotators changed their work after it was gold.
    """

    id: str
    title: str
    order: int
    paragraphs: int
    done: int
    pending: int
    completion: Completion
    others: tuple[str, ...] = ()
    updated: str | None = None
    changed: bool = False
    counted: bool = True


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Which documents a queue holds: those with `search` in their title or id, in upper or lower
    case, and with this completion (None: any); with `own`, only those that are assigned to the
    annotator or begun by them."""

    search: str = ""
    completion: Completion | None = None
    own: bool = False


ALL_DOCUMENTS = QueueFilter()


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events of the log are wanted: those on these documents, by these `people` (annotators
    and reviewers of the gold), recorded from `since` on and before `before` (ISO 8601, UTC). Empty
    means all."""

    documents: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    since: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True)
class CompletionRow:
    """One annotator's work on one document; `revision` is that of its last event."""

    document: str
    annotator: str
    completion: Completion
    revision: int
    updated: str


@dataclass(frozen=True, slots=True)
class Position:
    """Where an annotator is in a document. The screen that saves it may use `mode` freely."""

    document: str
    paragraph: int
    item: str | None = None
    mode: str = ""


@dataclass(frozen=True, slots=True)
class SuggestionRun:
    """What produced a set of suggestions: every suggester that ran, with its version, even one that
    proposed nothing; `config` is a hash of their settings."""

    versions: Mapping[str, str]
    config: str = ""


@dataclass(frozen=True, slots=True)
class KnownName:
    """A name in use (entity or concept): how often it occurs, and its surface forms."""

    name: str
    count: int
    aliases: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MentionRow:
    """A span of an annotator that has a name: its place, and its text with single blanks."""

    document: str
    paragraph: int
    item: str
    quote: str


@dataclass(frozen=True, slots=True)
class AddResult:
    """The result of adding documents or records.

    `documents` and `completions` were new; `known` ones were already there in the same form (ids of
    documents; for records `document (annotator)`).
    """

    documents: int = 0
    completions: int = 0
    known: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is invalid in a database, and where."""

    where: str
    message: str


__all__ = [
    "AddResult",
    "CompletionRow",
    "DocumentSummary",
    "EventFilter",
    "Finding",
    "KnownName",
    "MentionRow",
    "Position",
    "SuggestionRun",
]
