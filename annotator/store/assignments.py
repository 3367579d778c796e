"""Who codes which document, and their progress. Annotators hold the documents that are assigned to
them, and those that they have begun or finished without that.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from annotator.identity import check_annotator
from annotator.model.record import GOLD
from annotator.store.codec import TIME, now
from annotator.store.connection import Database
from annotator.store.long_work import Staging, long_work

Assignment = tuple[str, str]
"""An annotator and a document."""

_OPEN = "coalesce(c.completion, 'new') IN ('new', 'in_progress')"
_HELD = f"""
    SELECT annotator, document FROM assignment
    UNION SELECT annotator, document FROM completion
    WHERE completion IN ('in_progress', 'done') AND annotator <> '{GOLD}'"""


FEW = 10_000
"""Up to this many documents of an annotator are looked up one by one. If there are more, a page
is quickly found among all documents."""


def held_by(db: Database, annotator: str) -> str:
    """The condition that a document `d` is held by an annotator; the question mark takes the
    name."""
    sql = "SELECT count(*) FROM (SELECT 1 FROM assignment WHERE annotator = ? LIMIT ?)"
    if db.value(sql, (annotator, FEW + 1)) > FEW:
        return (
            "EXISTS (SELECT 1 FROM (SELECT ? AS name) w WHERE EXISTS (SELECT 1 FROM assignment "
            "a WHERE a.annotator = w.name AND a.document = d.id) OR EXISTS (SELECT 1 FROM "
            "completion h WHERE h.annotator = w.name AND h.document = d.id AND h.completion IN "
            "('in_progress', 'done')))"
        )
    return (
        f"d.position IN (SELECT o.position FROM ({_HELD}) h JOIN document o ON o.id = h.document "
        "WHERE h.annotator = ?)"
    )


def count_held(db: Database, annotator: str) -> int:
    """The number of documents that an annotator holds. It is computed from counts of two tables,
    since every key needs it."""
    return int(
        db.value(
            "SELECT (SELECT count(*) FROM assignment WHERE annotator = ?1) + (SELECT count(*) "
            "FROM completion c WHERE c.annotator = ?1 AND c.completion IN ('in_progress', "
            "'done') AND NOT EXISTS (SELECT 1 FROM assignment a WHERE a.annotator = ?1 AND "
            "a.document = c.document))",
            (annotator,),
        )
    )


def _later_than(last: str | None) -> str:
    """The time now, to the second, or the second after `last` if that is later, so that two
    assignments right after each other have different times."""
    time = now()
    if last is None or time > last:
        return time
    try:
        following = datetime.strptime(last, TIME) + timedelta(seconds=1)
    except (ValueError, OverflowError):
        return time
    return following.strftime(TIME)


@dataclass(frozen=True, slots=True)
class DocumentHolder:
    """A document and an annotator who holds it: whether it is assigned to them,
    and whether they have finished it."""

    annotator: str
    document: str
    assigned: bool
    done: bool


class Assignments:
    """Queries over one database."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._staging: Staging | None = None
        self._time = ""

    # --- of all

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Read and change assignments while nobody else does: completely or, on any error, not at
        all. Large changes are written in short turns. Everything added inside the block gets the
        same time, which no earlier assignment has."""
        with long_work(self._db) as self._staging:
            try:
                self._time = _later_than(self._db.value("SELECT max(time) FROM assignment"))
                yield
            finally:
                self._staging = None

    def any(self, annotator: str | None = None) -> bool:
        """Whether anything is assigned, to this annotator or to anybody."""
        where, values = ("WHERE annotator = ?", [annotator]) if annotator is not None else ("", [])
        return bool(self._db.value(f"SELECT EXISTS (SELECT 1 FROM assignment {where})", values))

    def positions(self) -> dict[str, int]:
        """A dict from document to position, in document order."""
        return dict(self._db.rows("SELECT id, position FROM document ORDER BY position"))

    def first_given(self) -> dict[str, str]:
        """A dict from document to the time when it was first assigned to anybody; everything
        assigned at once has the same time."""
        return dict(self._db.rows("SELECT document, min(time) FROM assignment GROUP BY document"))

    def held(self) -> list[DocumentHolder]:
        """Who holds which documents, by annotator, then in document order."""
        rows = self._db.rows(
            "SELECT h.annotator, h.document, EXISTS (SELECT 1 FROM assignment a WHERE "
            "a.annotator = h.annotator AND a.document = h.document), coalesce(c.completion, "
            f"'new') = 'done' FROM ({_HELD}) h JOIN document d ON d.id = h.document LEFT JOIN "
            "completion c ON c.annotator = h.annotator AND c.document = h.document ORDER BY "
            "h.annotator, d.position"
        )
        return [
            DocumentHolder(who, id, bool(assigned), bool(done)) for who, id, assigned, done in rows
        ]

    def skipped(self) -> set[Assignment]:
        """Who has skipped which documents."""
        return set(
            self._db.rows("SELECT annotator, document FROM completion WHERE completion = 'skipped'")
        )

    def add(self, pairs: Iterable[Assignment]) -> None:
        """Assign documents. Call this within `writing`."""
        rows = [(check_annotator(who), id, self._time) for who, id in pairs]
        self._out().many("INSERT OR IGNORE INTO assignment VALUES (?, ?, ?)", rows)

    def free(
        self, annotators: Sequence[str] | None = None, ids: Sequence[str] | None = None
    ) -> list[Assignment]:
        """Assignments that are not begun, of these annotators and documents (by default all), by
        annotator, then in document order."""
        return self._db.rows(
            "SELECT a.annotator, a.document FROM assignment a JOIN document d ON d.id = a.document "
            "LEFT JOIN completion c ON c.annotator = a.annotator AND c.document = a.document "
            "WHERE coalesce(c.completion, 'new') NOT IN ('in_progress', 'done') "
            "AND (?1 IS NULL OR a.annotator IN (SELECT value FROM json_each(?1))) "
            "AND (?2 IS NULL OR a.document IN (SELECT value FROM json_each(?2))) "
            "ORDER BY a.annotator, d.position",
            [None if one is None else json.dumps(list(one)) for one in (annotators, ids)],
        )

    def take(self, pairs: Iterable[Assignment]) -> None:
        """Take back assignments. Call this within `writing`."""
        self._out().many("DELETE FROM assignment WHERE annotator = ? AND document = ?", pairs)

    def _out(self) -> Staging:
        assert self._staging is not None, "must be called within `writing`"
        return self._staging

    # --- of one annotator

    def holds(self, annotator: str, document: str) -> bool:
        """Whether an annotator holds a document."""
        sql = f"SELECT EXISTS (SELECT 1 FROM ({_HELD}) WHERE annotator = ? AND document = ?)"
        return bool(self._db.value(sql, (annotator, document)))

    def first_open(self, annotator: str) -> str | None:
        """The first document in order that an annotator holds and
        has neither finished nor skipped."""
        found: str | None = self._db.value(
            "SELECT d.id FROM document d LEFT JOIN completion c ON c.annotator = ? AND "
            f"c.document = d.id WHERE {held_by(self._db, annotator)} AND {_OPEN} ORDER BY "
            "d.position LIMIT 1",
            (annotator, annotator),
        )
        return found

    def left(self, annotator: str) -> bool:
        """Whether an annotator holds a document that they have neither finished nor skipped."""
        sql = (
            "SELECT EXISTS (SELECT 1 FROM completion WHERE annotator = ?1 AND completion = "
            "'in_progress') OR EXISTS (SELECT 1 FROM assignment a LEFT JOIN completion c ON "
            "c.annotator = a.annotator AND c.document = a.document WHERE a.annotator = ?1 AND "
            f"{_OPEN})"
        )
        return bool(self._db.value(sql, (annotator,)))

    def counts(self, annotator: str) -> tuple[int, int]:
        """How many documents an annotator holds, and how many of them they have skipped."""
        row = self._db.row(
            "SELECT count(*), coalesce(sum(coalesce(c.completion, 'new') = 'skipped'), 0) "
            f"FROM ({_HELD}) h LEFT JOIN completion c "
            "ON c.annotator = h.annotator AND c.document = h.document WHERE h.annotator = ?",
            (annotator,),
        )
        return (row[0], row[1]) if row else (0, 0)


__all__ = ["Assignment", "Assignments", "DocumentHolder", "count_held", "held_by"]
