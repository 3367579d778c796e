"""The codebook as events. Each event holds an entry as it is from then on, or says that it is
removed, and holds what it was before. Events never change, and take effect in the order of their
ids. Each changes only the fields in which the entry differs from what it was before. So the
codebooks of two hosts are merged by combining their events, and if the hosts changed different
fields of an entry, both changes stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from annotator.json_text import json_text
from annotator.model.codebook import Codebook, CodebookEntry, applied
from annotator.model.names import NAME_KINDS, NameKind
from annotator.store.codec import now, uuid7
from annotator.store.connection import Database
from annotator.store.isolation import check_texts, object_of, read_rows, value_of
from annotator.store.long_work import write_all

if TYPE_CHECKING:
    from sqlite_utils import Database as Utils

COLUMNS = "id, kind, name, entry, who, token, time, before"
_MARKS = ", ".join("?" for _ in COLUMNS.split(","))
_NOTHING = "{}"
"""The text of an entry without anything but its name."""


@dataclass(frozen=True, slots=True)
class CodebookEvent:
    """`entry` is the entry of the name from then on; None if it is removed. `before` is the entry
    that the writer saw, empty if there was none. It is None in events of older versions, which did
    not store it; these events replace the whole entry. The events of one change share a `token`."""

    id: str
    kind: NameKind
    name: str
    entry: CodebookEntry | None
    who: str
    token: str
    time: str
    before: CodebookEntry | None = None


@dataclass(frozen=True, slots=True)
class CodebookStep:
    """An event with the entry as it stood before it and as it stands after it."""

    event: CodebookEvent
    before: CodebookEntry | None
    after: CodebookEntry | None


def put(
    db: Database,
    changes: Iterable[tuple[NameKind, str, CodebookEntry | None]],
    *,
    who: str,
    token: str,
    before: Codebook,
) -> int:
    """Write changes `(kind, name, entry or None)` of a codebook that was `before`, in their order,
    in one transaction. Returns how many."""
    rows = [
        (
            uuid7(),
            kind,
            name,
            None if entry is None else _text(entry),
            who,
            token,
            now(),
            _text(before.by_name.get((kind, name), CodebookEntry(kind, name))),
        )
        for kind, name, entry in changes
    ]
    if rows:
        write_all(db, f"INSERT INTO codebook_event ({COLUMNS}) VALUES ({_MARKS})", rows)
    return len(rows)


def events(db: Database) -> list[CodebookEvent]:
    """All events, oldest first."""
    rows = db.rows(f"SELECT {COLUMNS} FROM codebook_event ORDER BY id")
    return list(read_rows(rows, _event, lambda id, *_: f"the codebook's event {id}"))


def steps(found: Iterable[CodebookEvent]) -> Iterator[CodebookStep]:
    """What each of these events did to its entry, in the order of their ids."""
    now: dict[tuple[NameKind, str], CodebookEntry | None] = {}
    for event in found:
        key = (event.kind, event.name)
        before = now.get(key)
        now[key] = applied(before, event.before, event.entry)
        yield CodebookStep(event, before, now[key])


def entries(
    found: Iterable[CodebookEvent],
) -> dict[tuple[NameKind, str], CodebookEntry | None]:
    """The entries that result from the events, in the order in which the names were first added."""
    return {(step.event.kind, step.event.name): step.after for step in steps(found)}


def read(db: Database) -> Codebook:
    """The current codebook, with its entries in the order in which they were first added."""
    rows = db.rows("SELECT kind, name, entry, before FROM codebook_event ORDER BY id")
    try:
        now = _read_together(rows)
    except (AttributeError, LookupError, RecursionError, TypeError, ValueError):
        # One of them is damaged: reading them one by one tells which.
        now = entries(events(db))
    return Codebook.of(entry for entry in now.values() if entry is not None)


def _read_together(
    rows: Sequence[tuple[NameKind, str, str | None, str | None]],
) -> dict[tuple[NameKind, str], CodebookEntry | None]:
    """The same result as `entries` in a third of the time: the rows are decoded as one text, and
    the former state of an entry only where it has earlier events. Raises any error that damaged
    data can cause."""
    now: dict[tuple[NameKind, str], CodebookEntry | None] = {}
    every = value_of(f"[{','.join(entry or 'null' for _, _, entry, _ in rows)}]")
    for (kind, name, _, before), held in zip(rows, every, strict=True):
        after = None if held is None else _made(kind, name, held)
        earlier = now.get((kind, name))
        if earlier is not None and before is not None:
            after = applied(earlier, _entry(kind, name, before), after)
        now[kind, name] = after
    return now


def version(db: Database) -> str:
    """A value that changes whenever the codebook does."""
    return str(db.value("SELECT max(number) FROM codebook_event") or 0)


def _text(entry: CodebookEntry) -> str:
    return json_text(
        {
            key: value
            for key, value in asdict(entry).items()
            if key not in ("kind", "name") and value
        }
    )


def _event(
    id: str,
    kind: NameKind,
    name: str,
    entry: str | None,
    who: str,
    token: str,
    time: str,
    before: str | None,
) -> CodebookEvent:
    if kind not in NAME_KINDS:
        raise ValueError(f"“{kind}” is neither entity nor concept")
    after, was = (None if text is None else _entry(kind, name, text) for text in (entry, before))
    return CodebookEvent(id, kind, name, after, who, token, time, was)


def _entry(kind: NameKind, name: str, text: str) -> CodebookEntry:
    return CodebookEntry(kind, name) if text == _NOTHING else _made(kind, name, object_of(text))


def _made(kind: NameKind, name: str, held: dict[str, Any]) -> CodebookEntry:
    if kind not in NAME_KINDS:
        raise ValueError(f"“{kind}” is neither entity nor concept")
    aliases = held.pop("aliases", [])
    if not all(type(one) is str for one in (*held.values(), *aliases)):
        check_texts(**held, **{f"alias {at}": alias for at, alias in enumerate(aliases, 1)})
    return CodebookEntry(kind, name, aliases=tuple(aliases), **held)


def m017_fields_of_entries(db: Utils) -> None:
    """What an entry of the codebook was before each event, so that hosts which changed different
    fields of it both keep theirs."""
    db.execute(
        "ALTER TABLE codebook_event ADD COLUMN before TEXT CHECK (before IS NULL OR "
        "json_valid(before))"
    )
    db.execute("DROP INDEX IF EXISTS codebook_event_copy")
    db.execute(
        "CREATE INDEX codebook_event_copy ON codebook_event (kind, name, entry, who, token, time, "
        "before)"
    )


__all__ = [
    "COLUMNS",
    "CodebookEvent",
    "CodebookStep",
    "entries",
    "events",
    "m017_fields_of_entries",
    "put",
    "read",
    "steps",
    "version",
]
