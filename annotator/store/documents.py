"""The texts of a project, and who has worked on them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from annotator.errors import InputError, ProjectError, StoreError
from annotator.json_text import json_text
from annotator.model.decision import Completion
from annotator.model.text import Document, Paragraph, folded_sha256
from annotator.store import search
from annotator.store.access import Access
from annotator.store.assignments import held_by
from annotator.store.codec import now
from annotator.store.connection import Database, Row
from annotator.store.isolation import leave_out, object_of, read_rows, readable
from annotator.store.long_work import Staging
from annotator.store.results import CompletionRow

_COMPLETION = {completion.value: completion for completion in Completion}


def check_text(text: str, *, what: str) -> None:
    """Raise InputError for a text that cannot be stored exactly."""
    if "\0" in text:
        raise InputError(
            f"{what} contains a NUL character", hint="Only text can be annotated; convert the file"
        )
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        hint = "The file is not valid Unicode; name its encoding with --encoding"
        raise InputError(
            f"{what} contains half a surrogate pair at {error.start}", hint=hint
        ) from error


class NewTexts:
    """New texts that are being added to a project. Texts that were placed before count as
    present."""

    def __init__(self, out: Staging) -> None:
        self._out = out
        self._position: int = out.value("SELECT coalesce(max(position) + 1, 0) FROM document")
        out.hide_from(self._position)
        self._is_indexed = search.is_made(out)
        self._hashes: dict[str, str] = {}
        self.paragraphs: dict[str, tuple[Paragraph, ...]] = {}
        """The paragraphs of the new documents, by id."""

    def leave_room(self, documents: int) -> None:
        """Leave that many positions free before the next new document."""
        self._position += documents

    def place(self, document: Document, *, imported: str = "") -> bool:
        """Store a document unless its id is already there. Returns whether it is new. `imported` is
        the time, if it is not now.

        Raises InputError if its id already belongs to another text.
        """
        out, id = self._out, document.id
        known = self._hashes.get(id)
        if known is None and (there := hashes(out, id)) is not None:
            known, _ = there
        if known is not None:
            if known == document.sha256:
                return False
            raise InputError(
                f"the id “{id}” already belongs to another text",
                key="id",
                hint="Give the document another id",
            )
        check_text(document.text, what=f"“{id}”")
        to_annotate = document.included
        out.execute(
            "INSERT INTO main.document (id, position, title, sha256, length, paragraphs, meta, "
            "imported, folded) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                id,
                self._position,
                document.title,
                document.sha256,
                len(document.text),
                to_annotate,
                json_text(dict(document.meta)),
                imported or now(),
                folded_sha256(document.text),
            ),
        )
        out.execute("INSERT INTO text VALUES (?, ?)", (id, document.text))
        if self._is_indexed:
            out.gather(search.TEXT, [(id,)])
            # SQLite moves the index to the file before other statements, a page for each text if
            # they take turns.
            out.gather(search.INDEX_TEXT, [(search.fold(document.text), id)], at_once=1)
        out.gather(
            "INSERT INTO paragraph VALUES (?, ?, ?, ?, ?)",
            [(id, p.index, p.start, p.end, int(p.excluded)) for p in document.paragraphs],
        )
        self._position += 1
        self._hashes[id] = document.sha256
        self.paragraphs[id] = document.paragraphs
        return True


def join_meta(db: Database, id: str, meta: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """Add to a document's metadata what it does not have yet; writes only if there is something.
    An empty value (see `_EMPTY`) is filled, and never contradicts another. Values that contradict
    each other stay as they are here; returns the key, the value here and the other one."""
    held = _meta(db, id)
    if _filled(held, meta) != held:
        with db.write():
            held = _filled(_meta(db, id), meta)
            db.execute("UPDATE main.document SET meta = ? WHERE id = ?", (json_text(held), id))
    return [
        (key, held[key], value)
        for key, value in meta.items()
        if value not in _EMPTY and held[key] != value
    ]


_EMPTY: tuple[Any, ...] = (None, "", [], {})
"""Values of metadata that say that nothing is known."""


def _filled(held: Mapping[str, Any], meta: Mapping[str, Any]) -> dict[str, Any]:
    """The metadata `held`, with the values of `meta` where it has none or an empty one."""
    new = {
        key: value
        for key, value in meta.items()
        if key not in held or (held[key] in _EMPTY and value not in _EMPTY)
    }
    return {**held, **new}


def _meta(db: Database, id: str) -> dict[str, Any]:
    row = db.row("SELECT meta FROM document WHERE id = ?", (id,))
    if row is None:
        return {}
    return readable(partial(object_of, row[0]), lambda: f"{id}: metadata") or {}


def _instead(db: Database, id: str) -> str:
    """The hint for an unknown document: up to three existing ones, the most similar first."""
    rows = db.rows(
        "SELECT id FROM document ORDER BY instr(lower(id), lower(?)) = 0, position LIMIT 4", (id,)
    )
    known = [row[0] for row in rows]
    more = ", …" if len(known) > 3 else ""
    return f"The documents are {', '.join(known[:3])}{more}" if known else "Import one first"


def load(db: Database, id: str) -> Document:
    """A document by its id. Raises ProjectError if there is none, StoreError if it is damaged."""
    sql = (
        "SELECT title, text, meta FROM document JOIN text ON text.document = document.id WHERE "
        "id = ?"
    )
    row = db.row(sql, (id,))
    if row is None:
        if db.row("SELECT 1 FROM document WHERE id = ?", (id,)):
            raise _damaged(db, id, "its text is missing or invalid")
        raise ProjectError(f"there is no document “{id}”", hint=_instead(db, id))
    paragraphs = db.rows(
        'SELECT number, start, "end", excluded FROM paragraph WHERE document = ? ORDER BY number',
        (id,),
    )
    title, text, meta = row
    try:
        return _document(id, title, text, meta, paragraphs)
    except (ValueError, RecursionError) as error:
        raise _damaged(db, id, str(error)) from error


def each(db: Database, ids: Iterable[str]) -> Iterator[Document]:
    """The documents with these ids, in their order; see `project.documents.each`."""
    for id in ids:
        try:
            document = load(db, id)
        except StoreError as error:
            leave_out(id, error.message)
        else:
            yield document


def _damaged(db: Database, id: str, why: str) -> StoreError:
    hint = "Run `annotator doctor`: it says what else is damaged and which backup to restore"
    return StoreError(f"the document “{id}” is damaged: {why}", file=db.path, hint=hint)


def _document(id: str, title: str, text: str, meta: str, paragraphs: Sequence[Row]) -> Document:
    """The document made from its rows. Raises ValueError if they do not fit together."""
    if not paragraphs and text and not text.isspace():
        raise ValueError("its paragraphs are missing")
    last = 0
    for expected, (number, start, end, _) in enumerate(paragraphs):
        if number != expected:
            raise ValueError(f"its paragraph {expected + 1} is missing")
        if not last <= start < end <= len(text):
            raise ValueError(f"its paragraph {expected + 1} is not where a paragraph can be")
        last = end
    made = tuple(
        Paragraph(number, start, end, bool(excluded)) for number, start, end, excluded in paragraphs
    )
    return Document(id, title, text, made, object_of(meta))


def load_many(db: Database, ids: Sequence[str]) -> dict[str, Document]:
    """Documents by id, in two queries. Unknown ids and damaged documents are left out."""
    wanted = (json.dumps(list(ids)),)
    paragraphs: dict[str, list[Row]] = {}
    for id, number, start, end, excluded in db.rows(
        'SELECT document, number, start, "end", excluded FROM paragraph '
        "WHERE document IN (SELECT value FROM json_each(?)) ORDER BY document, number",
        wanted,
    ):
        paragraphs.setdefault(id, []).append((number, start, end, excluded))
    rows = db.rows(
        "SELECT id, title, text, meta FROM document JOIN text ON text.document = document.id "
        "WHERE id IN (SELECT value FROM json_each(?))",
        wanted,
    )
    complete = ((*row, paragraphs.get(row[0], ())) for row in rows)
    return {found.id: found for found in read_rows(complete, _document, lambda id, *_: id)}


def ids(db: Database, own: str | None = None) -> list[str]:
    """All ids in document order; with `own`, only those of this annotator."""
    if own is not None:
        sql = f"SELECT d.id FROM document d WHERE {held_by(db, own)} ORDER BY d.position"
        return [row[0] for row in db.rows(sql, (own,))]
    return [row[0] for row in db.rows("SELECT id FROM document ORDER BY position")]


def hashes(db: Access, id: str) -> tuple[str, str] | None:
    """The hash of a document's text, and that of its folded text; None if there is no document with
    that id."""
    found = db.row("SELECT sha256, folded FROM document WHERE id = ?", (id,))
    return None if found is None else (found[0], found[1])


def ids_by_hash(db: Database, sha256: str) -> list[str]:
    """The ids of the documents with this text, in document order."""
    rows = db.rows("SELECT id FROM document WHERE sha256 = ? ORDER BY position", (sha256,))
    return [row[0] for row in rows]


def ids_by_folded(db: Database, folded: str) -> list[str]:
    """The ids of the documents with this folded text, in document order."""
    rows = db.rows("SELECT id FROM document WHERE folded = ? ORDER BY position", (folded,))
    return [row[0] for row in rows]


def imported(db: Database) -> dict[str, str]:
    """A dict from document to the time of its import (ISO 8601)."""
    return dict(db.rows("SELECT id, imported FROM document ORDER BY position"))


def words(db: Database) -> dict[str, int]:
    """The number of words in the paragraphs to annotate, for every document in order. Reads all
    texts."""
    left_out: dict[str, list[tuple[int, int]]] = {}
    for id, start, end in db.rows('SELECT document, start, "end" FROM paragraph WHERE excluded'):
        left_out.setdefault(id, []).append((start, end))
    return {
        id: len(text.split()) - sum(len(text[a:b].split()) for a, b in left_out.get(id, ()))
        for id, text in search.texts(db)
    }


def completions(
    db: Database, *, document: str | None = None, annotator: str | None = None
) -> Iterator[CompletionRow]:
    """Completions that are begun or done, by document order, then annotator (gold first)."""
    # Leave conditions out instead of making them null, so that an index serves one document.
    conditions, values = ["c.completion <> 'new'"], []
    for column, wanted in (("document", document), ("annotator", annotator)):
        if wanted is not None:
            conditions.append(f"c.{column} = ?")
            values.append(wanted)
    rows = db.rows(
        "SELECT c.document, c.annotator, c.completion, c.revision, c.updated FROM completion c "
        f"JOIN document d ON d.id = c.document WHERE {' AND '.join(conditions)} ORDER BY "
        "d.position, c.annotator",
        values,
    )
    return read_rows(rows, _completion, lambda document, who, *_: f"{document} ({who})")


def _completion(
    document: str, annotator: str, completion: str, revision: int, updated: str
) -> CompletionRow:
    return CompletionRow(document, annotator, _COMPLETION[completion], revision, updated)


def unique_ids(db: Database, wanted: Iterable[str], *, taken: Collection[str] = ()) -> list[str]:
    """Free ids that are not `taken`, in the order wanted: a taken one gets the suffix -2, -3,
    ..."""
    taken = set(taken)
    chosen: list[str] = []
    for base in wanted:
        candidate, number = base, 1
        while candidate in taken or db.row("SELECT 1 FROM document WHERE id = ?", (candidate,)):
            number += 1
            candidate = f"{base}-{number}"
        taken.add(candidate)
        chosen.append(candidate)
    return chosen
