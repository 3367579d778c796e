"""Figures about the project, and the configuration of its database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from annotator.model.decision import Completion
from annotator.model.record import GOLD
from annotator.store.connection import Database, sqlite
from annotator.store.isolation import read_rows
from annotator.store.sqlite_driver import WAL_IS_SAFE


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
class Diagnosis:
    """The configuration of a database: driver and version, journal mode, and remarks on them."""

    driver: str
    sqlite_version: str
    journal_mode: str
    synchronous: str
    schema_version: int
    read_only: bool
    remarks: tuple[str, ...] = ()


def status(db: Database) -> ProjectStatus:
    """Documents, progress, labels and what became of the suggestions."""
    total, paragraphs = db.rows("SELECT count(*), coalesce(sum(paragraphs), 0) FROM document")[0]
    labels: dict[str, dict[str, int]] = {}
    for layer, label, number in db.rows(
        "SELECT layer, label, sum(number) FROM sum_label WHERE annotator <> '@gold' AND number > 0 "
        "GROUP BY layer, label ORDER BY layer, label"
    ):
        labels.setdefault(layer, {})[label] = number
    return ProjectStatus(
        total,
        paragraphs,
        _people(db),
        labels,
        _tallies(db),
    )


def _people(db: Database) -> tuple[AnnotatorTally, ...]:
    """The progress of everybody who has begun a document, by name."""
    people: dict[str, tuple[int, dict[Completion, int]]] = {}
    rows = db.rows(
        "SELECT annotator, completion, documents, paragraphs FROM sum_completion "
        "WHERE completion <> 'new' AND documents > 0 ORDER BY annotator, completion"
    )
    for name, completion, number, done in read_rows(
        rows,
        lambda name, completion, *sums: (name, Completion(completion), *sums),
        lambda name, *_: f"the sums of {name}",
    ):
        before, counts = people.get(name, (0, {}))
        people[name] = (before + done, {**counts, completion: number})
    return tuple(AnnotatorTally(name, done, counts) for name, (done, counts) in people.items())


def activity(db: Database) -> list[Activity]:
    """Everybody who has documents, has worked, or has decided in review, by name. The gold is not
    listed as a person; its reviewers are."""
    found: dict[str, Activity] = {}

    def change(name: str, **values: Any) -> None:
        if not name.startswith("@"):
            found[name] = replace(found.get(name, Activity(name)), **values)

    for tally in _people(db):
        change(tally.annotator, documents=tally.documents, paragraphs=tally.paragraphs_done)
    for name, number in db.rows("SELECT annotator, count(*) FROM assignment GROUP BY annotator"):
        change(name, assigned=number)
    for name, number in db.rows("SELECT annotator, sum(number) FROM sum_label GROUP BY annotator"):
        change(name, annotations=number)
    for name, number, first, last in db.rows(
        "SELECT annotator, sum(revision), (SELECT min(time) FROM event e WHERE e.annotator = "
        "c.annotator AND e.revision = 1), max(updated) FROM completion c GROUP BY annotator"
    ):
        change(name, decisions=number, first=first, last=last)
    for name, documents, number, first, last in db.rows(
        "SELECT e.reviewer, count(DISTINCT e.document), count(*), min(e.time), max(e.time) FROM "
        "completion c JOIN event e ON e.document = c.document AND e.annotator = c.annotator WHERE "
        "c.annotator = ? AND e.reviewer IS NOT NULL GROUP BY e.reviewer",
        (GOLD,),
    ):
        own = found.get(name, Activity(name))
        times = [t for t in (own.first, own.last, first, last) if t]
        change(name, reviewed=documents, rulings=number, first=min(times), last=max(times))
    return [found[name] for name in sorted(found)]


def _tallies(db: Database) -> tuple[SuggestionTally, ...]:
    def of(*statuses: str) -> str:
        wanted = ", ".join(f"'{status}'" for status in statuses)
        return f"sum(CASE WHEN status IN ({wanted}) THEN number ELSE 0 END)"

    rows = db.rows(
        f"SELECT suggester, layer, {of('accepted')}, {of('corrected')}, "
        f"{of('rejected', 'removed')}, {of('skipped')}, {of('pending')} FROM sum_suggestion "
        f"GROUP BY suggester, layer HAVING {of('stored')} > 0 ORDER BY suggester, layer"
    )
    return tuple(SuggestionTally(*row) for row in rows)


def diagnosis(db: Database) -> Diagnosis:
    """The configuration of the database."""
    remarks: list[str] = []
    if not WAL_IS_SAFE:
        remarks.append(
            f"SQLite {sqlite.sqlite_version} can lose data in WAL mode with several "
            "connections; the journal is truncated instead, so readers wait for writers. "
            "Install pysqlite3 for a newer SQLite"
        )
    if db.read_only:
        remarks.append("the database or its folder is not writable for this user")
    levels = {0: "OFF", 1: "NORMAL", 2: "FULL", 3: "EXTRA"}
    return Diagnosis(
        sqlite.__name__.split(".")[0],
        sqlite.sqlite_version,
        str(db.value("PRAGMA journal_mode")),
        levels.get(db.value("PRAGMA synchronous"), "?"),
        db.version,
        db.read_only,
        tuple(remarks),
    )


__all__ = [
    "Activity",
    "AnnotatorTally",
    "Diagnosis",
    "ProjectStatus",
    "SuggestionTally",
    "activity",
    "diagnosis",
    "status",
]
