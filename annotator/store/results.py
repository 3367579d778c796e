"""What the store returns about a project besides the model's own values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from annotator.model.decision import Completion


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
class Fork:
    """Work that was continued in two databases: how many decisions each has since they diverged."""

    document: str
    annotator: str
    ours: int
    theirs: int


@dataclass(frozen=True, slots=True)
class NameConflict:
    """A name on which two databases decided differently. For rulings, the names that are kept in
    its place `here`, `there` and, as the later ruling has it, from now on (`holds`); all empty if
    both changed its entry in the codebook, of which the later one holds."""

    kind: str
    name: str
    here: str = ""
    there: str = ""
    holds: str = ""


@dataclass(frozen=True, slots=True)
class MergeResult:
    """The result of merging another database into this one.

    `documents` were new; `renamed` pairs the id of a document there with the one it has here, where
    they differ; `decisions` counts the events added by annotator, `completions` the pairs of
    annotator and document they belong to. Pairs in `ahead` have everything there and more; those in
    `alike` have the same result by other events. Nothing was changed in the pairs of `forks` and in
    the documents (ids here) of `left_out`, which have other paragraphs there. `rulings` and
    `entries` count new rulings on names and changes of the codebook, `conflicts` those that
    contradict one made here.
    """

    documents: int = 0
    renamed: tuple[tuple[str, str], ...] = ()
    decisions: Mapping[str, int] = field(default_factory=dict)
    completions: int = 0
    ahead: int = 0
    alike: int = 0
    forks: tuple[Fork, ...] = ()
    left_out: tuple[str, ...] = ()
    rulings: int = 0
    entries: int = 0
    conflicts: tuple[NameConflict, ...] = ()


@dataclass(frozen=True, slots=True)
class SuggestionTally:
    """What became of the suggestions of one suggester in one layer.

    `accepted`, `corrected`, `rejected` and `skipped` count decisions, of every annotator; `pending`
    counts shown suggestions on which nobody has decided.
    """

    suggester: str
    layer: str
    accepted: int = 0
    corrected: int = 0
    rejected: int = 0
    skipped: int = 0
    pending: int = 0


@dataclass(frozen=True, slots=True)
class AnnotatorTally:
    """One annotator's progress over all documents; `documents` counts them by completion."""

    annotator: str
    paragraphs_done: int
    documents: Mapping[Completion, int]


@dataclass(frozen=True, slots=True)
class Activity:
    """What one person did: `assigned` documents, `documents` by completion, finished
    `paragraphs`, `decisions` in the log (undone ones and those that undo them included),
    `annotations` that stand, and the times of the first and the last decision (ISO 8601, UTC; None
    if there is none). `reviewed` counts the documents of the gold in which this person decided, and
    `rulings` the decisions there."""

    name: str
    assigned: int = 0
    documents: Mapping[Completion, int] = field(default_factory=dict)
    paragraphs: int = 0
    decisions: int = 0
    annotations: int = 0
    reviewed: int = 0
    rulings: int = 0
    first: str | None = None
    last: str | None = None


@dataclass(frozen=True, slots=True)
class ProjectStatus:
    """Figures about the project. `labels` has the number of standing annotations of all annotators
    by layer and label; `paragraphs` counts those to annotate by the documents' own settings."""

    documents: int
    paragraphs: int
    annotators: tuple[AnnotatorTally, ...]
    labels: Mapping[str, Mapping[str, int]]
    suggestions: tuple[SuggestionTally, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is invalid in a database, and where."""

    where: str
    message: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The configuration of a database: driver and version, journal mode, and remarks on them."""

    driver: str
    sqlite_version: str
    journal_mode: str
    synchronous: str
    schema_version: int
    read_only: bool
    remarks: tuple[str, ...] = ()


__all__ = [
    "Activity",
    "AddResult",
    "AnnotatorTally",
    "CompletionRow",
    "Diagnosis",
    "DocumentSummary",
    "EventFilter",
    "Finding",
    "Fork",
    "KnownName",
    "MentionRow",
    "MergeResult",
    "Position",
    "ProjectStatus",
    "SuggestionRun",
    "SuggestionTally",
]
