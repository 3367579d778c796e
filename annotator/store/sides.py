"""The sides in an annotator's work on a project: who holds what, for every relation and every claim
that the text asserts itself. They are read from the columns of items and from the table of names,
never from states."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import TypeAlias

from annotator.model.span import AUTHOR
from annotator.store.connection import Database

StanceRow: TypeAlias = tuple[str, str, str, str, str, str, bool, bool]
"""Document and item of a side; layer and label of the relation (empty for a claim of the author);
holder and target; whether each of the two is a name or the words of the text. The author is
`author`.

It is a plain tuple, since a project has hundreds of thousands of them.
"""

_QUOTE = (
    'SELECT substr(x.text, s.start + 1, s."end" - s.start) FROM item s JOIN text x ON '
    "x.document = s.document WHERE s.document = t.document AND s.annotator = ?1 AND s.kind = "
    "'span' AND s.item = t."
)
_TARGET = f"coalesce(n.name, ({_QUOTE}target))"
_NAMED = (
    "LEFT JOIN name n ON n.document = t.document AND n.annotator = ?1 AND n.item = t.target "
    "AND (?3 OR n.kind = 'entity')"
)
_SIDES = f"""
    SELECT t.document, t.item, t.layer, t.label,
        CASE WHEN t.source = '{AUTHOR}' THEN 'author' ELSE coalesce(h.name, ({_QUOTE}source)) END,
        {_TARGET}, t.source = '{AUTHOR}' OR h.name IS NOT NULL, n.name IS NOT NULL
    FROM item t LEFT JOIN name h ON h.document = t.document AND h.annotator = ?1
        AND h.item = t.source AND h.kind = 'entity'
    {_NAMED} WHERE t.kind = 'relation' AND t.annotator = ?1
    UNION ALL
    SELECT t.document, t.item, '', '', 'author', {_TARGET}, 1, n.name IS NOT NULL
    FROM (SELECT document, item, item AS target FROM item i
            WHERE kind = 'span' AND annotator = ?1
            AND json_extract(state, '$.value.attributes.attribution') = 'author'
            AND layer IN (SELECT value FROM json_each(?2)) AND NOT EXISTS (
                SELECT 1 FROM item a WHERE a.kind = 'relation'
                    AND a.annotator = ?1 AND a.document = i.document
                AND a.target = i.item AND a.source = '{AUTHOR}')) t
    {_NAMED}
"""


def sides(
    db: Database, annotator: str, *, statements: Collection[str], concepts: bool
) -> list[StanceRow]:
    """Every side that an annotator has coded, in no order; a relation with several names gives one
    for each.

    `statements` are the layers whose claims may be the author's own; with `concepts`, targets are
    concepts as well as entities. Relations on spans that do not stand are left out.
    """
    rows = db.rows(_SIDES, (annotator, json.dumps(sorted(statements)), concepts))
    return [row for row in rows if row[4] is not None and row[5] is not None]


def words(
    db: Database, annotator: str, items: Sequence[tuple[str, str]], limit: int
) -> list[tuple[str, str, int, str]]:
    """Document, item, paragraph, and the words of the claim with white space as single blanks, for
    the first of the items `(document, item)` in document and text order."""
    rows = db.rows(
        'SELECT i.document, i.item, s.paragraph, substr(x.text, s.start + 1, s."end" - s.start) '
        "FROM json_each(?2) j JOIN item i ON i.document = j.value ->> 0 AND i.annotator = ?1 "
        "AND i.item = j.value ->> 1 JOIN item s ON s.document = i.document AND s.annotator = ?1 "
        "AND s.item = coalesce(i.target, i.item) JOIN document d ON d.id = i.document JOIN text "
        'x ON x.document = i.document ORDER BY d.position, s.start, -s."end", i.item LIMIT ?3',
        (annotator, json.dumps(items), limit),
    )
    return [
        (document, item, paragraph, " ".join(quote.split()))
        for document, item, paragraph, quote in rows
    ]


__all__ = ["StanceRow", "sides", "words"]
