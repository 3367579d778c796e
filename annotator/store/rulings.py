"""Rulings on names: a ruling says that two names are the same, once for all places.

A ruling is never changed; the latest one on a name counts.
"""

from __future__ import annotations

from collections.abc import Iterable

from annotator.model.names import NAME_KINDS, RELATIONS, NameKind, NameRelation, Ruling
from annotator.store.codec import now, uuid7
from annotator.store.connection import Database
from annotator.store.isolation import read_rows
from annotator.store.long_work import write_all

COLUMNS = "id, kind, name, canonical, same, reviewer, token, time, relation"


def read_all(db: Database) -> list[Ruling]:
    """All rulings, oldest first."""
    rows = db.rows(f"SELECT {COLUMNS} FROM ruling ORDER BY id")
    return list(read_rows(rows, _ruling, lambda id, *_: f"the ruling {id}"))


def _ruling(
    id: str,
    kind: NameKind,
    name: str,
    canonical: str,
    same: int,
    reviewer: str | None,
    token: str,
    time: str,
    relation: NameRelation,
) -> Ruling:
    if kind not in NAME_KINDS or relation not in RELATIONS:
        raise ValueError(f"“{kind}” or “{relation}” is not valid for names")
    return Ruling(id, kind, name, canonical, bool(same), reviewer, token, time, relation)


def add(
    db: Database,
    verdicts: Iterable[tuple[NameKind, str, str, NameRelation]],
    *,
    same: bool,
    reviewer: str | None,
    token: str,
) -> None:
    """Write the rulings `(kind, name, canonical, relation)` of one change, in one transaction."""
    rows = [
        (uuid7(), kind, name, canonical, int(same), reviewer, token, now(), relation)
        for kind, name, canonical, relation in verdicts
    ]
    if rows:
        write_all(db, f"INSERT INTO ruling ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)


__all__ = ["add", "read_all"]
