"""A chain of hashes over the event log: each event's hash covers the event and the hash before it.

The order is the local one of `sequence`: a merge appends and chains events here, with other hashes
than on the other host. The chain shows where events were changed, removed or inserted, by a fault
of the disk or by somebody who did not recompute the chain. Anyone who can write to the file can
recompute it, so the last hash (the head) is worth noting elsewhere.

Events are chained in the transaction that appends them. Events of older versions of the program are
chained a few at a time, together with new ones.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from annotator.json_text import json_text
from annotator.store.connection import Database, Row
from annotator.store.results import Finding

if TYPE_CHECKING:
    from sqlite_utils import Database as Utils

_COLUMNS = (
    "e.sequence, e.id, e.document, e.annotator, e.revision, e.grouping, e.action, e.item, "
    "e.paragraph, e.before, e.after, e.reverts, e.time, e.reviewer"
)
_AT_ONCE = 500
_START = bytes(32)


def m012_chain(db: Utils) -> None:
    """Hashes of events, each over the event and the hash before; `chain.catch_up`
    fills in what is there."""
    for statement in (
        "CREATE TABLE chain (sequence INTEGER PRIMARY KEY, hash BLOB NOT NULL CHECK "
        "(length(hash) = 32)) STRICT",
        "CREATE TRIGGER chain_no_update BEFORE UPDATE ON chain "
        "BEGIN SELECT RAISE(ABORT, 'the chain is never changed'); END",
        "CREATE TRIGGER chain_no_delete BEFORE DELETE ON chain "
        "BEGIN SELECT RAISE(ABORT, 'the chain is never cut'); END",
    ):
        db.execute(statement)


def _hash(before: bytes, row: Row) -> bytes:
    return hashlib.sha256(before + json_text(list(row)).encode("utf-8", "surrogatepass")).digest()


def extend(db: Database, limit: int = _AT_ONCE) -> int:
    """Chain events that are not chained yet, at most `limit`, within a transaction. Returns how
    many there were."""
    last = db.row("SELECT sequence, hash FROM chain ORDER BY sequence DESC LIMIT 1")
    sequence, before = last if last is not None else (0, _START)
    rows = db.rows(
        f"SELECT {_COLUMNS} FROM event e WHERE e.sequence > ? ORDER BY e.sequence LIMIT ?",
        (sequence, limit),
    )
    links: list[tuple[int, bytes]] = []
    for row in rows:
        before = _hash(before, row)
        links.append((row[0], before))
    db.many("INSERT INTO chain VALUES (?, ?)", links)
    if links:
        db.chained(*links[-1])
    return len(rows)


def catch_up(db: Database) -> None:
    """Chain all events that are not chained yet, in short turns."""
    while True:
        with db.write():
            if extend(db) < _AT_ONCE:
                return


def head(db: Database) -> tuple[int, str]:
    """The number of the last chained event and its hash; (0, "") if there is none."""
    last = db.row("SELECT sequence, hash FROM chain ORDER BY sequence DESC LIMIT 1")
    return (0, "") if last is None else (last[0], bytes(last[1]).hex())


def hash_at(db: Database, sequence: int) -> str:
    """The hash of an event by its number; empty if there is none."""
    found = db.value("SELECT hash FROM chain WHERE sequence = ?", (sequence,))
    return found.hex() if isinstance(found, bytes) else ""


def check(db: Database) -> Iterator[Finding]:
    """The places where the log does not match the chain. Reads the whole log, some hundred
    events at a time."""
    before, last, chained = _START, 0, head(db)[0]
    while True:
        rows = db.rows(
            f"SELECT c.hash, {_COLUMNS} FROM event e LEFT JOIN chain c ON c.sequence = e.sequence "
            "WHERE e.sequence > ? ORDER BY e.sequence LIMIT ?",
            (last, _AT_ONCE),
        )
        for kept, *row in rows:
            where = f"event {row[0]} ({row[3]} on “{row[2]}”, {row[12]})"
            yield from _gap(last, row[0], chained)
            last = row[0]
            if kept is None:
                if last < chained:
                    yield Finding(where, "was inserted into the log: the chain has no such event")
                continue
            if _hash(before, tuple(row)) != bytes(kept):
                yield Finding(
                    where, "differs from the chain: it, or something before it, was changed"
                )
            before = bytes(kept)
        if len(rows) < _AT_ONCE:
            break
    if last > chained:
        many = f"event {last}" if last == chained + 1 else f"events {chained + 1} to {last}"
        yield Finding(
            many,
            "not in the chain: it was cut, or an update of the database was interrupted",
        )
    written = db.value("SELECT seq FROM sqlite_sequence WHERE name = 'event'") or 0
    yield from _gap(last, max(written, chained) + 1, max(written, chained))


def _gap(last: int, following: int, known: int) -> Iterator[Finding]:
    """Events are numbered without gaps, so a missing number was an event."""
    end = min(following - 1, known)
    if end > last:
        many = f"event {end}" if end == last + 1 else f"events {last + 1} to {end}"
        yield Finding(
            many, "was removed from the log" if end == last + 1 else "were removed from the log"
        )


__all__ = ["catch_up", "check", "extend", "hash_at", "head"]
