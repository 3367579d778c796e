"""What long work is about to bring: documents that are not shown yet (`shown_documents.py`), and
completions that nobody may change meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annotator.errors import BusyError
from annotator.store.connection import Database
from annotator.store.shown_documents import IS_HIDING, SHOW

if TYPE_CHECKING:
    from sqlite_utils import Database as Utils

ALL_IS_THERE = (SHOW, "DELETE FROM coming")
"""Shows all documents, and lets everybody work on all completions again."""


def m013_coming(db: Utils) -> None:
    """Works that long work is about to bring."""
    db.execute(
        "CREATE TABLE coming (document TEXT NOT NULL, annotator TEXT NOT NULL, "
        "PRIMARY KEY (document, annotator)) STRICT, WITHOUT ROWID"
    )


def m016_hidden_completions(db: Utils) -> None:
    """Which of these works are new, so that nobody sees them before all are there."""
    db.execute(
        "ALTER TABLE coming ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0 CHECK (hidden IN (0, 1))"
    )


def check_coming(db: Database, document: str, annotator: str) -> None:
    """Call this in a transaction that continues a completion: raises BusyError while long work
    brings some of it."""
    sql = "SELECT 1 FROM coming WHERE document = ? AND annotator = ?"
    if db.row(sql, (document, annotator)):
        message = f"work of {annotator} on “{document}” is being imported right now"
        raise BusyError(message, file=db.path, hint="Try again in a moment")


def is_something_arriving(db: Database) -> bool:
    """Whether long work is about to bring something, or died before it was complete."""
    return bool(db.row("SELECT 1 FROM coming LIMIT 1") or db.row(IS_HIDING))


def forget_arriving(db: Database) -> None:
    """Record that nothing is arriving any more."""
    with db.write():
        for sql in ALL_IS_THERE:
            db.execute(sql)


__all__ = [
    "ALL_IS_THERE",
    "check_coming",
    "forget_arriving",
    "is_something_arriving",
    "m013_coming",
    "m016_hidden_completions",
]
