"""Rulings on names: which two are the same, decided once for all places.

A ruling is never changed; the latest one on a name holds.
"""

from __future__ import annotations

from annotator.model.naming import Kind, Ruling
from annotator.store.codec import now, uuid7
from annotator.store.connection import Database

_COLUMNS = "id, kind, name, canonical, same, reviewer, token, time"


def every(db: Database) -> list[Ruling]:
    """All rulings, oldest first."""
    rows = db.rows(f"SELECT {_COLUMNS} FROM ruling ORDER BY id")
    return [
        Ruling(id, kind, name, canonical, bool(same), who, token, time)
        for id, kind, name, canonical, same, who, token, time in rows
    ]


def add(
    db: Database, kind: Kind, name: str, canonical: str, *, same: bool, reviewer: str | None, token: str
) -> Ruling:
    """Write a ruling."""
    made = Ruling(uuid7(), kind, name, canonical, same, reviewer, token, now())
    with db.write():
        db.execute(
            f"INSERT INTO ruling ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (made.id, kind, name, canonical, int(same), reviewer, token, made.time),
        )
    return made


__all__ = ["add", "every"]
