"""Checks derived data: the stored sums and the index of the texts. Both are computed again in
another database and compared."""

from __future__ import annotations

from collections.abc import Iterator

from annotator.store import search
from annotator.store.connection import Database
from annotator.store.results import Finding

_SOURCES = ("document", "text", "paragraph", "run", "suggestion", "completion", "item", "name")
"""The tables from which the sums are computed, in an order in which they can be filled."""

_COUNTS = {
    "sum_label": "number",
    "sum_surface": "accepted OR rejected",
    "sum_suggestion": "number",
    "sum_completion": "documents",
    "sum_name": "number",
    "sum_visible": "number",
    "sum_decided": "decided",
    "sum_block": "documents",
}
"""The tables of sums, and which rows count: a row with zero may be there or not."""


def check(db: Database, new: Database) -> Iterator[Finding]:
    """The differences; `new` is an empty database of this version. Reads everything."""
    new.execute("PRAGMA foreign_keys = OFF")
    new.execute("PRAGMA ignore_check_constraints = ON")
    new.execute("PRAGMA synchronous = OFF")
    new.execute("ATTACH ? AS theirs", (db.reading_address,))
    new.execute("BEGIN")
    for table in _SOURCES:
        new.execute(f"INSERT INTO main.{table} SELECT * FROM theirs.{table}")
    for table, counts in _COUNTS.items():
        yield from _differing(new, table, f"SELECT * FROM {{}}.{table} WHERE {counts}")
    if search.is_made(new) and search.is_made(db):
        yield from _search(db, new)
    new.execute("ROLLBACK")


def _differing(new: Database, what: str, rows: str) -> Iterator[Finding]:
    """Rows that are in only one of the two."""
    one, other = rows.format("theirs"), rows.format("main")
    for sql, problem in (
        (f"{one} EXCEPT {other}", "does not equal the sum of its rows"),
        (f"{other} EXCEPT {one}", "is missing"),
    ):
        for row in new.rows(f"{sql} LIMIT 10"):
            values = ", ".join(str(value) for value in row)
            yield Finding(f"{what} ({values})", problem)


def _search(db: Database, new: Database) -> Iterator[Finding]:
    for number, text in db.rows(
        "SELECT s.number, t.text FROM searchable s JOIN text t ON t.document = s.document"
    ):
        sql = "INSERT INTO main.search (rowid, text) VALUES (?, ?)"
        new.execute(sql, (number, search.fold(text)))
    for side in ("main", "theirs"):
        new.execute(f"CREATE VIRTUAL TABLE temp.words_{side} USING fts5vocab({side}, search, row)")
    terms = "SELECT term, doc FROM temp.words_{}"
    if list(_differing(new, "search", terms)):
        hint = "searching may miss some texts"
        yield Finding("the index of texts", f"does not match the texts; {hint}")


__all__ = ["check"]
