"""What long work is about to bring: documents that are not shown yet (`shown_documents.py`), and
works that nobody may go on with meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annotator.errors import BusyError
from annotator.store.connection import Database
from annotator.store.shown_documents import IS_HIDING, SHOW

if TYPE_CHECKING:
    from sqlite_utils import Database as Utils

ALL_IS_THERE = (SHOW, "DELETE FROM coming")
"""Show all documents, and let everybody go on with all works."""


def m013_coming(db: Utils) -> None:
    """Works that long work is about to bring."""
    db.execute(
        "CREATE TABLE coming (document TEXT NOT NULL, annotator TEXT NOT NULL, "
        "PRIMARY KEY (document, annotator)) STRICT, WITHOUT ROWID"
    )


def check_coming(db: Database, document: str, annotator: str) -> None:
    """Within a transaction that is to go on with a work: raise BusyError while long work brings
    some of it."""
    sql = "SELECT 1 FROM coming WHERE document = ? AND annotator = ?"
    if db.row(sql, (document, annotator)):
        said = f"work of {annotator} on “{document}” is just being brought in"
        raise BusyError(said, file=db.path, hint="Try again in a moment")


def is_something_arriving(db: Database) -> bool:
    """Whether long work is about to bring something, or has died before all was there."""
    return bool(db.row("SELECT 1 FROM coming LIMIT 1") or db.row(IS_HIDING))


def forget_arriving(db: Database) -> None:
    """Nothing is arriving any more."""
    with db.write():
        for sql in ALL_IS_THERE:
            db.execute(sql)


__all__ = [
    "ALL_IS_THERE",
    "check_coming",
    "forget_arriving",
    "is_something_arriving",
    "m013_coming",
]
