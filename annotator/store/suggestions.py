"""Suggestions, places, and what the decisions so far teach."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from annotator.model.decision import Suggestion
from annotator.model.memory import Memory, Outcome
from annotator.model.span import Span
from annotator.store.codec import annotation_json, annotation_of, dumps, now
from annotator.store.connection import Database
from annotator.store.rows import Position, SuggestionRun


def put(db: Database, document: str, suggestions: Sequence[Suggestion], run: SuggestionRun) -> None:
    """Replace the suggestions of a document by the run's suggesters that nobody has decided on."""
    with db.write():
        db.execute(
            "INSERT INTO run (time, versions, config) VALUES (?, ?, ?)",
            (now(), dumps(dict(run.versions)), run.config),
        )
        number = db.value("SELECT last_insert_rowid()")
        db.many(
            "DELETE FROM suggestion WHERE document = ? AND suggester = ? AND NOT EXISTS ("
            "SELECT 1 FROM item WHERE item.document = suggestion.document AND item.item = suggestion.id)",
            [(document, name) for name in run.versions],
        )
        db.many(
            "INSERT OR IGNORE INTO suggestion VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [_row(document, s, number) for s in suggestions],
        )


def _row(document: str, s: Suggestion, run: int) -> tuple[object, ...]:
    span = s.value if isinstance(s.value, Span) else None
    return (
        document, s.id, s.paragraph, "span" if span else "relation", s.value.layer, s.value.label,
        span.start if span else None, span.end if span else None, dumps(annotation_json(s.value)),
        s.suggester, s.version, s.score, s.rank, s.reason, s.rule, run,
    )  # fmt: skip


def suggested(db: Database) -> frozenset[str]:
    """The documents that have any suggestion."""
    return frozenset(row[0] for row in db.rows("SELECT DISTINCT document FROM suggestion"))


def load(db: Database, document: str) -> list[Suggestion]:
    """The suggestions of a document, decided or not, by paragraph, rank and id."""
    rows = db.rows(
        "SELECT value, paragraph, suggester, version, score, rank, reason, rule FROM suggestion "
        "WHERE document = ? ORDER BY paragraph, rank, id",
        (document,),
    )
    return [Suggestion(annotation_of(json.loads(value)), *rest) for value, *rest in rows]


def position(db: Database, document: str, annotator: str) -> Position | None:
    """Where the annotator was in a document."""
    row = db.row(
        "SELECT document, paragraph, item, mode FROM place WHERE annotator = ? AND document = ?",
        (annotator, document),
    )
    return Position(*row) if row else None


def last_position(db: Database, annotator: str) -> Position | None:
    """Where the annotator was last, in any document."""
    row = db.row(
        "SELECT document, paragraph, item, mode FROM place WHERE annotator = ? ORDER BY serial DESC LIMIT 1",
        (annotator,),
    )
    return Position(*row) if row else None


def save_position(db: Database, annotator: str, place: Position) -> None:
    """Keep a place."""
    with db.relaxed(), db.write():
        db.execute(
            "INSERT OR REPLACE INTO place SELECT ?, ?, ?, ?, ?, coalesce(max(serial) + 1, 0) FROM place "
            "WHERE annotator = ?",
            (annotator, place.document, place.paragraph, place.item, place.mode, annotator),
        )


def _quoted(db: Database, where: str) -> Iterator[tuple[str, str, str, str, str | None]]:
    """Status, layer, label, text and entity of spans in the state table."""
    yield from db.rows(
        'SELECT i.status, i.layer, i.label, substr(t.text, i.start + 1, i."end" - i.start), i.entity '
        f"FROM item i JOIN text t ON t.document = i.document WHERE i.kind = 'span' {where}"
    )


def memory(db: Database) -> Memory:
    """What the project has accepted and rejected before, over all annotators but the gold."""
    outcomes = [
        Outcome(layer, label, text, True, entity)
        for _, layer, label, text, entity in _quoted(db, "AND i.annotator NOT LIKE '@%'")
    ]
    rejected = db.rows(
        'SELECT s.layer, s.label, substr(t.text, s.start + 1, s."end" - s.start) FROM item i '
        "JOIN suggestion s ON s.document = i.document AND s.id = i.item "
        "JOIN text t ON t.document = i.document WHERE s.kind = 'span' AND i.annotator NOT LIKE '@%' "
        "AND (i.status IN ('rejected', 'removed') OR (i.status = 'corrected' AND i.label <> s.label))"
    )
    outcomes += [Outcome(layer, label, text, False) for layer, label, text in rejected]
    return Memory.of(outcomes)
