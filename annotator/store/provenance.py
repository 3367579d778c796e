"""Where annotations come from: what annotators were shown, and what imported records say about
it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from annotator.json_text import json_text
from annotator.model.provenance import Shown
from annotator.store.access import Access
from annotator.store.connection import Database, Row
from annotator.store.isolation import object_of, read_rows, readable

if TYPE_CHECKING:
    from sqlite_utils import Database as Utils

_COLUMNS = 'id, paragraph, layer, label, suggester, version, start, "end", source, target'
_PUT = (
    f"INSERT INTO shown (document, annotator, revision, {_COLUMNS}) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (document, annotator, id) "
    "DO UPDATE SET revision = excluded.revision WHERE excluded.revision < shown.revision"
)
_PUT_OPENED = (
    "INSERT INTO opened (document, paragraph, annotator, blind, revision) VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT (annotator, document, paragraph) DO UPDATE SET revision = excluded.revision, "
    "blind = excluded.blind WHERE excluded.revision < opened.revision"
)
_MEANWHILE = (
    "FROM {} s LEFT JOIN completion c ON c.document = s.document AND c.annotator = s.annotator "
    "WHERE (c.completion IS NULL OR c.completion NOT IN ('done', 'skipped') "
    "OR s.revision < c.revision)"
)
"""The rows of a table from before the last decision of finished work, and all of work in progress:
what somebody sees in work that stays as it was finished is no part of how it was made."""

_SHOWN = _MEANWHILE.format("shown")
_OPENED = _MEANWHILE.format("opened")


@dataclass(frozen=True, slots=True)
class Sighting:
    """What an annotator was shown when the log of their work on the document had this
    `revision`."""

    annotator: str
    revision: int
    shown: Shown


def m018_when_shown(db: Utils) -> None:
    """When something was shown, as the revision of the annotator's log at that time. What was shown
    before this was recorded counts as shown before everything."""
    db.execute(
        "ALTER TABLE shown ADD COLUMN revision INTEGER NOT NULL DEFAULT 0 CHECK (revision >= 0)"
    )
    # Making `shown_copy` anew with this column takes four times as long as an index of its own.
    db.execute("CREATE INDEX shown_revision ON shown (revision)")


def m019_blind_when_opened(db: Utils) -> None:
    """Whether a paragraph was blind when an annotator opened it; NULL if it was opened before this
    was recorded. Its index is a second copy, as in `second_copies`."""
    db.execute("ALTER TABLE opened ADD COLUMN blind INTEGER CHECK (blind IN (0, 1))")
    db.execute("CREATE INDEX opened_blind ON opened (blind)")


def m020_when_opened(db: Utils) -> None:
    """When a paragraph was first opened, as the revision of the annotator's log at that time. What
    was opened before this was recorded counts as opened before everything."""
    db.execute(
        "ALTER TABLE opened ADD COLUMN revision INTEGER NOT NULL DEFAULT 0 CHECK (revision >= 0)"
    )
    db.execute("CREATE INDEX opened_revision ON opened (revision)")


class Provenance:
    """What is known about the origin of annotations."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def keep_shown(self, document: str, annotator: str, several: Sequence[Shown]) -> None:
        """Record that an annotator sees these suggestions. This needs no flush of its own: the
        flush of the next decision includes it, so that no decision is on disk without what was
        shown before it."""
        if several:
            with self._db.relaxed(), self._db.write():
                revision = revision_of(self._db, document, annotator)
                put_shown(self._db, document, annotator, revision, several)

    def shown(self, document: str, annotator: str) -> tuple[Shown, ...]:
        """What an annotator was shown in a document while working on it, by paragraph and id."""
        return shown(self._db, [document], annotator).get((document, annotator), ())

    def all_shown(self, documents: Sequence[str]) -> dict[tuple[str, str], tuple[Shown, ...]]:
        """What annotators were shown while working on some documents, by (document, annotator)."""
        return shown(self._db, documents, None)

    def sightings(self, document: str) -> list[Sighting]:
        """Everything that annotators were ever shown in a document."""
        return sightings(self._db, document)

    def documents_shown(self) -> frozenset[str]:
        """The documents in which somebody was ever shown suggestions."""
        return frozenset(row[0] for row in self._db.rows("SELECT DISTINCT document FROM shown"))

    def paragraphs_opened(
        self, documents: Sequence[str]
    ) -> dict[tuple[str, str], dict[int, bool | None]]:
        """Which paragraphs of some documents annotators opened while working on them, by (document,
        annotator), each with whether it was blind at the first time; None if that is not
        recorded."""
        return opened(self._db, documents, None)

    def imported(self, document: str, annotator: str) -> tuple[Mapping[str, Any], int] | None:
        """What an imported record says about how it was made, and the revision of the import; None
        if it was made here or says nothing."""
        return imported(self._db, document, annotator)


def revision_of(db: Database, document: str, annotator: str) -> int:
    """The revision of an annotator's log on a document; 0 before the first decision."""
    sql = "SELECT revision FROM completion WHERE annotator = ? AND document = ?"
    return db.value(sql, (annotator, document)) or 0


def put_shown(
    db: Access, document: str, annotator: str, revision: int, several: Iterable[Shown]
) -> None:
    """Add what was shown at a revision of the annotator's log, within an open transaction. Of what
    was shown several times, the first time is kept."""
    db.many(
        _PUT,
        [
            (
                document,
                annotator,
                revision,
                s.id,
                s.paragraph,
                s.layer,
                s.label,
                s.suggester,
                s.version,
                s.start,
                s.end,
                s.source,
                s.target,
            )
            for s in several
        ],
    )


def shown(
    db: Database, documents: Sequence[str], annotator: str | None
) -> dict[tuple[str, str], tuple[Shown, ...]]:
    """What annotators (one or all) were shown while working, by (document, annotator), then in the
    order of paragraph and id."""
    found: dict[tuple[str, str], list[Shown]] = {}
    for document, seen in _read(db, _SHOWN, documents, annotator):
        found.setdefault((document, seen.annotator), []).append(seen.shown)
    return {pair: tuple(several) for pair, several in found.items()}


def opened(
    db: Database, documents: Sequence[str], annotator: str | None
) -> dict[tuple[str, str], dict[int, bool | None]]:
    """See `Provenance.paragraphs_opened`, for one annotator or all."""
    rows = db.rows(
        f"SELECT s.document, s.annotator, s.paragraph, s.blind {_OPENED} AND s.document IN (SELECT "
        "value FROM json_each(?1)) AND (?2 IS NULL OR s.annotator = ?2) ORDER BY s.document, "
        "s.annotator, s.paragraph",
        (json.dumps(list(documents)), annotator),
    )
    found: dict[tuple[str, str], dict[int, bool | None]] = {}
    for document, who, paragraph, blind in rows:
        seen = found.setdefault((document, who), {})
        seen[paragraph] = None if blind is None else bool(blind)
    return found


def put_opened(
    db: Access, document: str, annotator: str, revision: int, paragraphs: Mapping[int, bool | None]
) -> None:
    """Record that paragraphs were opened at a revision of the annotator's log, each with whether it
    was blind, within an open transaction. The first time is kept."""
    db.many(
        _PUT_OPENED,
        [(document, at, annotator, blind, revision) for at, blind in paragraphs.items()],
    )


def forget(db: Access, document: str, annotator: str) -> None:
    """Remove what is known about the origin of an annotator's work on a document, within an open
    transaction, if there is anything: other work takes its place."""
    pair = (document, annotator)
    for table in ("shown", "opened", "provenance"):
        which = f"FROM {table} WHERE document = ? AND annotator = ?"
        if db.row(f"SELECT 1 {which} LIMIT 1", pair) is not None:
            db.execute(f"DELETE {which}", pair)


def openings(db: Database, document: str) -> list[Row]:
    """Everything that annotators ever opened in a document: annotator, the revision of their log at
    that time, paragraph, and whether it was blind (None if that is not recorded)."""
    sql = "SELECT annotator, revision, paragraph, blind FROM opened WHERE document = ?"
    return db.rows(sql, (document,))


def sightings(db: Database, document: str) -> list[Sighting]:
    """See `Provenance.sightings`."""
    return [seen for _, seen in _read(db, "FROM shown s WHERE true", [document], None)]


def _read(
    db: Database, chosen: str, documents: Sequence[str], annotator: str | None
) -> Iterator[tuple[str, Sighting]]:
    """The rows of a `FROM ... WHERE` in some documents, by document, annotator, paragraph, id."""
    columns = ", ".join(f"s.{column}" for column in _COLUMNS.split(", "))
    rows = db.rows(
        f"SELECT s.document, s.annotator, s.revision, {columns} {chosen} AND s.document IN (SELECT "
        "value FROM json_each(?1)) AND (?2 IS NULL OR s.annotator = ?2) ORDER BY s.document, "
        "s.annotator, s.paragraph, s.id",
        (json.dumps(list(documents)), annotator),
    )
    return read_rows(
        rows,
        lambda document, who, at, *row: (document, Sighting(who, at, Shown(*row))),
        lambda document, who, _, id, *__: f"{document} ({who}): what was shown as {id}",
    )


def imported(db: Database, document: str, annotator: str) -> tuple[Mapping[str, Any], int] | None:
    """See `Provenance.imported`."""
    row = db.row(
        "SELECT data, revision FROM provenance WHERE document = ? AND annotator = ?",
        (document, annotator),
    )
    if row is None:
        return None
    data = readable(
        partial(object_of, row[0]), lambda: f"{document} ({annotator}): how it was made"
    )
    return None if data is None else (data, row[1])


def histories(
    db: Database, documents: Sequence[str]
) -> dict[tuple[str, str], tuple[Mapping[str, Any], int]]:
    """What imported records say about how they were made, and the import's revision, by (document,
    annotator), for work that nobody has changed since."""
    rows = db.rows(
        "SELECT p.document, p.annotator, p.data, p.revision FROM provenance p WHERE NOT EXISTS "
        "(SELECT 1 FROM event e WHERE e.document = p.document AND e.annotator = p.annotator AND "
        "e.revision > p.revision AND e.action <> 'import') AND p.document IN (SELECT value FROM "
        "json_each(?))",
        (json.dumps(list(documents)),),
    )
    made = read_rows(
        rows,
        lambda document, who, data, revision: ((document, who), (object_of(data), revision)),
        lambda document, who, *_: f"{document} ({who}): how it was made",
    )
    return dict(made)


def put_imported(
    db: Access, document: str, annotator: str, data: Mapping[str, Any], revision: int
) -> None:
    """Store what a record says, within an open transaction."""
    db.execute(
        "INSERT OR REPLACE INTO provenance VALUES (?, ?, ?, ?)",
        (document, annotator, revision, json_text(dict(data))),
    )


__all__ = [
    "Provenance",
    "Sighting",
    "forget",
    "histories",
    "imported",
    "m018_when_shown",
    "m019_blind_when_opened",
    "m020_when_opened",
    "opened",
    "openings",
    "put_imported",
    "put_opened",
    "put_shown",
    "revision_of",
    "shown",
    "sightings",
]
