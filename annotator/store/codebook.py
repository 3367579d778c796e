"""The codebook as events. Each event says what an entry is from then on, or that it is removed.
Events never change. The latest event on a name counts, by its id, so that the codebooks of
two hosts are merged by combining their events.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from annotator.model.codebook import Codebook, CodebookEntry
from annotator.model.names import NAME_KINDS, NameKind
from annotator.store.codec import dumps, now, uuid7
from annotator.store.connection import Database
from annotator.store.isolation import check_texts, object_of, read_rows
from annotator.store.long_work import write_all

COLUMNS = "id, kind, name, entry, who, token, time"


@dataclass(frozen=True, slots=True)
class CodebookEvent:
    """`entry` is what the name is from then on; None if it is removed. The events of one change
    share a `token`."""

    id: str
    kind: NameKind
    name: str
    entry: CodebookEntry | None
    who: str
    token: str
    time: str


def put(
    db: Database,
    changes: Iterable[tuple[NameKind, str, CodebookEntry | None]],
    *,
    who: str,
    token: str,
) -> int:
    """Write changes `(kind, name, entry or None)` in their order, in one transaction. Returns how
    many."""
    rows = [
        (uuid7(), kind, name, None if entry is None else _text(entry), who, token, now())
        for kind, name, entry in changes
    ]
    if rows:
        write_all(db, f"INSERT INTO codebook_event ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
    return len(rows)


def events(db: Database) -> list[CodebookEvent]:
    """All events, oldest first."""
    rows = db.rows(f"SELECT {COLUMNS} FROM codebook_event ORDER BY id")
    return list(read_rows(rows, _event, lambda id, *_: f"the codebook's event {id}"))


def read(db: Database) -> Codebook:
    """The current codebook, with its entries in the order in which they were first added."""
    latest = {(event.kind, event.name): event.entry for event in events(db)}
    return Codebook.of(entry for entry in latest.values() if entry is not None)


def version(db: Database) -> str:
    """A value that changes whenever the codebook does."""
    return str(db.value("SELECT max(number) FROM codebook_event") or 0)


def _text(entry: CodebookEntry) -> str:
    return dumps(
        {
            key: value
            for key, value in asdict(entry).items()
            if key not in ("kind", "name") and value
        }
    )


def _event(
    id: str, kind: NameKind, name: str, entry: str | None, who: str, token: str, time: str
) -> CodebookEvent:
    if kind not in NAME_KINDS:
        raise ValueError(f"“{kind}” is neither entity nor concept")
    return CodebookEvent(
        id, kind, name, None if entry is None else _entry(kind, name, entry), who, token, time
    )


def _entry(kind: NameKind, name: str, text: str) -> CodebookEntry:
    held = object_of(text)
    aliases = held.pop("aliases", [])
    check_texts(**held, **{f"alias {at}": alias for at, alias in enumerate(aliases, 1)})
    return CodebookEntry(kind, name, aliases=tuple(aliases), **held)


__all__ = ["COLUMNS", "CodebookEvent", "events", "put", "read", "version"]
