"""Rulings on names: which two are the same, decided once for all places.

A ruling is never changed; the latest one on a name holds.
"""

from __future__ import annotations

from collections.abc import Iterable

from annotator.model.names import NameKind, NameRelation, Ruling
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
    db: Database,
    verdicts: Iterable[tuple[NameKind, str, str, NameRelation]],
    *,
    same: bool,
    reviewer: str | None,
    token: str,
) -> None:
    """Write rulings `(kind, name, canonical, relation)` of one deed, in one transaction."""
    rows = [
        (uuid7(), kind, name, canonical, int(same), reviewer, token, now(), relation)
        for kind, name, canonical, relation in verdicts
    ]
    if rows:
        with db.write():
            db.many(f"INSERT INTO ruling ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)


__all__ = ["add", "every"]
