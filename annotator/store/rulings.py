"""Rulings on names: which two are the same, decided once for all places.

A ruling is never changed; the latest one on a name holds.
"""

from __future__ import annotations

from annotator.model.naming import Kind, NameRelation, Ruling
from annotator.store.codec import now, uuid7
from annotator.store.connection import Database

COLUMNS = "id, kind, name, canonical, same, reviewer, token, time, relation"


def every(db: Database) -> list[Ruling]:
    """All rulings, oldest first."""
    rows = db.rows(f"SELECT {COLUMNS} FROM ruling ORDER BY id")
    return [
        Ruling(id, kind, name, canonical, bool(same), who, token, time, relation)
        for id, kind, name, canonical, same, who, token, time, relation in rows
    ]


def add(
    db: Database, kind: Kind, name: str, canonical: str, *, same: bool, reviewer: str | None, token: str,
    relation: NameRelation = "same",
) -> Ruling:  # fmt: skip
    """Write a ruling."""
    made = Ruling(uuid7(), kind, name, canonical, same, reviewer, token, now(), relation)
    with db.write():
        db.execute(
            f"INSERT INTO ruling ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (made.id, kind, name, canonical, int(same), reviewer, token, made.time, relation),
        )
    return made


__all__ = ["add", "every"]
