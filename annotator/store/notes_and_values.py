"""Notes of annotators, and single values that are stored for the whole project, such as its id."""

from __future__ import annotations

import json
from collections.abc import Sequence

from annotator.store.connection import Database


def notes(
    db: Database, annotator: str, documents: Sequence[str] | None = None
) -> list[tuple[str, int, str, str]]:
    """Document, paragraph, item and text of the notes of an annotator, in document
    order; of all or of some documents."""
    only, wanted = (
        ("", "")
        if documents is None
        else ("i.document IN (SELECT value FROM json_each(?2)) AND", documents)
    )
    rows = db.rows(
        "SELECT i.document, i.paragraph, i.item, json_extract(i.state, '$.note') FROM item i "
        f"JOIN document d ON d.id = i.document WHERE {only} i.annotator = ?1 "
        "AND instr(i.state, '\"note\":') AND coalesce(json_extract(i.state, '$.note'), '') <> '' "
        "ORDER BY d.position, i.paragraph, i.item",
        (annotator, json.dumps(list(wanted))) if only else (annotator,),
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def setting(db: Database, key: str) -> str | None:
    """A value stored in the database."""
    found: str | None = db.value("SELECT value FROM setting WHERE key = ?", (key,))
    return found


def keep_settings(db: Database, values: dict[str, str]) -> None:
    """Store values in the database, replacing those of the same keys."""
    with db.write():
        db.many("INSERT OR REPLACE INTO setting VALUES (?, ?)", list(values.items()))
