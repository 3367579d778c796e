"""Where an item may be: inside the text of its document, in one of its paragraphs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from annotator.model.span import Span
from annotator.store.connection import Database
from annotator.store.isolation import leave_out


@dataclass(frozen=True, slots=True)
class DocumentExtent:
    """Where an item may be in a document: inside its text, in one of its paragraphs."""

    length: int
    paragraphs: int

    def check(self, paragraph: int, value: object) -> None:
        """Raise ValueError for an item outside the document. An item about the whole document
        has paragraph -1."""
        if not -1 <= paragraph < self.paragraphs:
            raise ValueError(f"there is no paragraph {paragraph + 1}")
        check_bounds(value, self.length)


def check_bounds(value: object, length: int) -> None:
    """Raise ValueError for an empty span, or one outside a text of this length."""
    if isinstance(value, Span) and not 0 <= value.start < value.end <= length:
        raise ValueError(f"it goes from {value.start} to {value.end} in a text of {length}")


WITHOUT = "it has no label, bounds or ends"


def check_whole(*columns: object) -> None:
    """Raise ValueError if a column of an annotation has no value."""
    if None in columns:
        raise ValueError(WITHOUT)


def standing(spans: Iterable[Span], length: int, where: str) -> list[Span]:
    """The spans inside a text of this length; others are left out and reported."""
    every = list(spans)
    # A span begins before it ends, or it could not be made.
    if not [span for span in every if span.end > length]:
        return every
    kept: list[Span] = []
    for span in every:
        try:
            check_bounds(span, length)
        except ValueError as error:
            leave_out(f"{where}: {span.id}", error)
        else:
            kept.append(span)
    return kept


def extent_of(db: Database, id: str) -> DocumentExtent:
    """Where an item may be in a document; nowhere in an unknown document."""
    return extents_of(db, [id])[id]


def extents_of(db: Database, ids: Sequence[str]) -> dict[str, DocumentExtent]:
    """Where items may be in documents; nowhere in unknown documents."""
    rows = db.rows(
        "SELECT id, length, (SELECT count(*) FROM paragraph p WHERE p.document = d.id) FROM "
        "document d WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(ids)),),
    )
    found = {id: DocumentExtent(length, paragraphs) for id, length, paragraphs in rows}
    return {id: found.get(id, DocumentExtent(0, 0)) for id in ids}
