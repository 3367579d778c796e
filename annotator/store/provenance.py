"""Where annotations come from: what annotators were shown, and what imported records say about
it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from annotator.json_text import json_text
from annotator.model.provenance import Shown
from annotator.store.access import Access
from annotator.store.connection import Database
from annotator.store.isolation import object_of, read_rows, readable

_COLUMNS = 'id, paragraph, layer, label, suggester, version, start, "end", source, target'
_PUT = (
    f"INSERT OR IGNORE INTO shown (document, annotator, {_COLUMNS}) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


class Provenance:
    """What is known about the origin of annotations."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def keep_shown(self, document: str, annotator: str, several: Sequence[Shown]) -> None:
        """Record that an annotator sees these suggestions. This needs no flush: the flush of the
        next decision includes it, so that no decision is on disk without what was seen before
        it."""
        if several:
            with self._db.relaxed(), self._db.write():
                put_shown(self._db, document, annotator, several)

    def shown(self, document: str, annotator: str) -> tuple[Shown, ...]:
        """What an annotator was shown in a document, by paragraph and id."""
        return shown(self._db, [document], annotator).get((document, annotator), ())

    def all_shown(self, documents: Sequence[str]) -> dict[tuple[str, str], tuple[Shown, ...]]:
        """What annotators were shown in some documents, by (document, annotator)."""
        return shown(self._db, documents, None)

    def paragraphs_shown(self, documents: Sequence[str]) -> dict[tuple[str, str], frozenset[int]]:
        """In which paragraphs of some documents annotators were shown suggestions, by (document,
        annotator)."""
        rows = self._db.rows(
            "SELECT DISTINCT document, annotator, paragraph FROM shown WHERE document IN (SELECT "
            "value FROM json_each(?))",
            (json.dumps(list(documents)),),
        )
        found: dict[tuple[str, str], set[int]] = {}
        for document, annotator, paragraph in rows:
            found.setdefault((document, annotator), set()).add(paragraph)
        return {pair: frozenset(paragraphs) for pair, paragraphs in found.items()}

    def imported(self, document: str, annotator: str) -> tuple[Mapping[str, Any], int] | None:
        """What an imported record says about how it was made, and the revision of the import; None
        if it was made here or says nothing."""
        return imported(self._db, document, annotator)


def put_shown(db: Access, document: str, annotator: str, several: Iterable[Shown]) -> None:
    """Add rows within an open transaction."""
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
    """What annotators (one or all) were shown, by (document, annotator), then in the order of
    paragraph and id."""
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


__all__ = ["Provenance", "histories", "imported", "put_imported", "put_shown", "shown"]
