"""Parses of paragraphs, stored by a hash of their text, so that a text is parsed only once, however
often the program learns from it.

Nothing is lost if they are deleted: a missing parse is made again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from annotator.store.connection import Database

if TYPE_CHECKING:
    from sqlite_utils import Database as Utils

_AT_ONCE = 500
"""The number of keys in one query."""

_TURN = 100
"""The number of parses written in one transaction."""


def m007_parses(db: Utils) -> None:
    """Parses by a hash of the paragraph's text, and the version of the parser."""
    db.execute(
        """
        CREATE TABLE parse (
            key TEXT NOT NULL CHECK (key <> ''),
            version TEXT NOT NULL,
            data BLOB NOT NULL,
            PRIMARY KEY (key, version)
        ) STRICT, WITHOUT ROWID
        """
    )


class KeptParses:
    """The parses in one database, as bytes."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def parses(self, version: str, keys: Sequence[str]) -> Mapping[str, bytes]:
        """The existing parses with these keys, by this version of a parser."""
        out: dict[str, bytes] = {}
        for at in range(0, len(keys), _AT_ONCE):
            some = keys[at : at + _AT_ONCE]
            marks = ", ".join("?" * len(some))
            rows = self._db.rows(
                f"SELECT key, data FROM parse WHERE version = ? AND key IN ({marks})",
                (version, *some),
            )
            out.update((str(key), bytes(data)) for key, data in rows)
        return out

    def any_parse(self, key: str) -> bytes | None:
        """The parse with a key, by any version of a parser."""
        row = self._db.row("SELECT data FROM parse WHERE key = ? ORDER BY version DESC", (key,))
        return bytes(row[0]) if row is not None else None

    def keep_parses(self, version: str, made: Mapping[str, bytes]) -> None:
        """Store these parses, some at a time, and delete those by another version of the parser."""
        rows = [(key, version, data) for key, data in made.items()]
        for at in range(0, len(rows), _TURN):
            with self._db.write():
                self._db.many(
                    "INSERT OR REPLACE INTO parse VALUES (?, ?, ?)", rows[at : at + _TURN]
                )
        others = "SELECT key, version FROM parse WHERE version <> ? LIMIT ?"
        while self._db.row(others, (version, 1)) is not None:
            with self._db.write():
                self._db.execute(
                    f"DELETE FROM parse WHERE (key, version) IN ({others})", (version, _TURN)
                )


__all__ = ["KeptParses", "m007_parses"]
