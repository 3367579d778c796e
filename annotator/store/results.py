"""What the store tells about a project besides the model's own values."""

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
    is the time of this annotator's last decision (ISO 8601, UTC), or None; `changed` tells in
    review a gold of which annotators changed their work since.
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
class CompletionRow:
    """One annotator's work on one document; `revision` is that of its last event."""

    document: str
    annotator: str
    completion: Completion
    revision: int
    updated: str


@dataclass(frozen=True, slots=True)
class Position:
    """Where an annotator is in a document. `mode` is free to the screen that saves it."""

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
    """A name in use (entity or concept): how often it stands,
    and the surface forms it stands for."""

    name: str
    count: int
    aliases: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MentionRow:
    """A span of an annotator that bears a name: where it is, and its text with single blanks."""

    document: str
    paragraph: int
    item: str
    quote: str


@dataclass(frozen=True, slots=True)
class AddResult:
    """What came of adding documents or records.

    `documents` and `completions` were new; `known` were there already, just as they are (ids of
    documents; of records `document (annotator)`).
    """

    documents: int = 0
    completions: int = 0
    known: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fork:
    """Work on which was gone on with in two databases: how many
    decisions each has since they parted."""

    document: str
    annotator: str
    ours: int
    theirs: int


@dataclass(frozen=True, slots=True)
class MergeResult:
    """What came of merging another database into this one.

    `documents` were new; `renamed` pairs the id of a document there with the one it has here, where
    they differ; `decisions` counts the events added by annotator, `completions` the pairs of
    annotator and document they belong to. `ahead` pairs have all that is there and more; in `alike`
    ones the same stands by other events. Nothing was changed in the pairs of `forks` and in the
    documents (ids here) of `left_out`, which have other paragraphs there.
    """

    documents: int = 0
    renamed: tuple[tuple[str, str], ...] = ()
    decisions: Mapping[str, int] = field(default_factory=dict)
    completions: int = 0
    ahead: int = 0
    alike: int = 0
    forks: tuple[Fork, ...] = ()
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SuggestionTally:
    """What became of the suggestions of one suggester in one layer.

    `accepted`, `corrected`, `rejected` and `skipped` count decisions, of every annotator; `pending`
    counts suggestions that are shown and nobody has decided on.
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
class ProjectStatus:
    """The project in figures. `labels` is layer -> label -> number of standing annotations, all
    annotators together; `paragraphs` counts those to annotate by the documents' own settings."""

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
    """How a database is run: driver and version, journal mode,
    and what there is to say about them."""

    driver: str
    sqlite_version: str
    journal_mode: str
    synchronous: str
    schema_version: int
    read_only: bool
    remarks: tuple[str, ...] = ()


__all__ = [
    "AddResult", "AnnotatorTally", "CompletionRow", "Diagnosis", "DocumentSummary", "Finding",
    "Fork", "KnownName", "MentionRow", "MergeResult", "Position", "ProjectStatus", "SuggestionRun",
    "SuggestionTally",
]  # fmt: skip
