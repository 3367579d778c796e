"""Where annotations come from: what annotators were shown,
and what records that came in say of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from annotator.model.provenance import Shown
from annotator.store.codec import dumps
from annotator.store.connection import Access, Database
from annotator.store.isolation import object_of, read_rows, readable

_COLUMNS = 'id, paragraph, layer, label, suggester, version, start, "end", source, target'
_PUT = (
    f"INSERT OR IGNORE INTO shown (document, annotator, {_COLUMNS}) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


class Provenance:
    """What is known of where annotations come from."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def keep_shown(self, document: str, annotator: str, several: Sequence[Shown]) -> None:
        """Keep that an annotator sees these suggestions. Costs no flush of the disk: the next
        decision's flush takes it along, so that no decision is on disk without what was seen
        before it."""
        if several:
            with self._db.relaxed(), self._db.write():
                put_shown(self._db, document, annotator, several)

    def shown(self, document: str, annotator: str) -> tuple[Shown, ...]:
        """What an annotator was shown in a document, by paragraph and id."""
        return shown(self._db, [document], annotator).get((document, annotator), ())

    def all_shown(self, documents: Sequence[str]) -> dict[tuple[str, str], tuple[Shown, ...]]:
        """(document, annotator) -> what they were shown there, of some documents."""
        return shown(self._db, documents, None)

    def imported(self, document: str, annotator: str) -> tuple[Mapping[str, Any], int] | None:
        """What a record that was imported says of how it was made, and the revision of the import;
        None when it was made here or says nothing."""
        return imported(self._db, document, annotator)


def put_shown(db: Access, document: str, annotator: str, several: Iterable[Shown]) -> None:
    """Add rows within a transaction that is open."""
    db.many(
        _PUT,
        [
            (
                document,
                annotator,
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
    """(document, annotator) -> what they were shown, by paragraph
    and id; of one annotator or of all."""
    rows = db.rows(
        f"SELECT document, annotator, {_COLUMNS} FROM shown WHERE document IN (SELECT value "
        "FROM json_each(?1)) AND (?2 IS NULL OR annotator = ?2) ORDER BY document, annotator, "
        "paragraph, id",
        (json.dumps(list(documents)), annotator),
    )
    found: dict[tuple[str, str], list[Shown]] = {}
    made = read_rows(
        rows,
        lambda document, who, *row: (document, who, Shown(*row)),
        lambda document, who, id, *_: f"{document} ({who}): what was shown as {id}",
    )
    for document, who, one in made:
        found.setdefault((document, who), []).append(one)
    return {pair: tuple(several) for pair, several in found.items()}


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
    """(document, annotator) -> what an imported record says of how it was made, and the import's
    revision; of work that nobody has touched since."""
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
    """Keep what a record says, within a transaction that is open."""
    db.execute(
        "INSERT OR REPLACE INTO provenance VALUES (?, ?, ?, ?)",
        (document, annotator, revision, dumps(dict(data))),
    )


__all__ = ["Provenance", "histories", "imported", "put_imported", "put_shown", "shown"]
