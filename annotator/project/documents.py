"""`project.documents`: the texts of a project, and the queue of an annotator."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from annotator.model.schema import LabelSchema
from annotator.model.text import Document, Paragraph
from annotator.store import documents as store
from annotator.store import queue, search
from annotator.store.connection import Database
from annotator.store.long_work import long_work
from annotator.store.results import ALL_DOCUMENTS, AddResult, DocumentSummary, QueueFilter


class Documents:
    """Texts, their order, and each annotator's progress."""

    def __init__(self, database: Database, schema: LabelSchema) -> None:
        self._database = database
        self._schema = schema

    # --- texts

    def add(self, documents: Iterable[Document]) -> AddResult:
        """Add texts, all or none. The result reports texts whose id is already there.

        Raises InputError if an id already belongs to another text, or a document is invalid.
        """
        from annotator.formats.api import check_document  # not loaded at the start

        new, known = 0, []
        with long_work(self._database) as staging:
            placing = store.NewTexts(staging)
            for document in documents:
                check_document(document, self._schema)
                if placing.place(document):
                    new += 1
                else:
                    known.append(document.id)
        return AddResult(new, 0, tuple(known))

    def join_meta(self, id: str, meta: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
        """Add to a document's metadata what it does not have yet. If values contradict each other,
        the value here stays, and the result lists the key, the value here and the other one.

        Raises InputError for what metadata cannot hold, ProjectError if there is no such document.
        """
        from annotator.formats.api import check_document  # not loaded at the start

        check_document(Document(id, "", "x", (Paragraph(0, 0, 1),), meta), self._schema)
        return store.join_meta(self._database, id, meta)

    def load(self, id: str) -> Document:
        """A document by its id. Raises ProjectError if there is none."""
        return store.load(self._database, id)

    def each(self, ids: Iterable[str]) -> Iterator[Document]:
        """The documents with these ids, in their order, one at a time. A damaged one is left out
        and reported. Raises ProjectError for an unknown id."""
        return store.each(self._database, ids)

    def hashes(self, id: str) -> tuple[str, str] | None:
        """Hash of the text of a document, and of its folded text; None if there is no document with
        that id."""
        return store.hashes(self._database, id)

    def ids_by_folded(self, folded: str) -> list[str]:
        """The ids of the documents with this folded text, in document order. Texts that differ only
        in line ends, byte order mark or normal form have the same folded text."""
        return store.ids_by_folded(self._database, folded)

    def texts(self, literal: str = "") -> Iterator[tuple[str, str]]:
        """Id and text of the documents in order, with some hundred in memory at a time.

        With `literal`, those that contain it in upper or lower case, and perhaps some others.
        """
        return search.texts(self._database, literal)

    def words(self) -> dict[str, int]:
        """The number of words to annotate in every document, in order. Reads all texts."""
        return store.words(self._database)

    def imported(self) -> dict[str, str]:
        """A dict from document to the time of its import (ISO 8601)."""
        return store.imported(self._database)

    # --- in order

    def ids(self, *, own: str | None = None) -> list[str]:
        """All ids in document order; with `own`, only those of documents assigned to or begun by
        this annotator."""
        return store.ids(self._database, own)

    def neighbour(self, document: str, direction: int, *, own: str | None = None) -> str | None:
        """The document after (1) or before (-1) a given one in document order; with `own`, among
        those of this annotator."""
        return queue.neighbour(self._database, document, direction, own)

    def waiting(
        self, annotator: str, document: str, direction: int, *, own: bool = False
    ) -> str | None:
        """The nearest document after (1) or before (-1) a given one in which the annotator has
        suggestions to decide.

        Skipped documents do not count; with `own`, only the annotator's own documents count.
        """
        return queue.waiting(self._database, annotator, document, direction, own=own)

    # --- the queue

    def queue(
        self,
        annotator: str,
        wanted: QueueFilter = ALL_DOCUMENTS,
        *,
        offset: int = 0,
        limit: int | None = None,
    ) -> list[DocumentSummary]:
        """The queue of an annotator in document order: rows `[offset, offset + limit)` of the
        matching ones."""
        return queue.queue(self._database, annotator, wanted, offset=offset, limit=limit)

    def rows_of(self, annotator: str, ids: Sequence[str]) -> dict[str, DocumentSummary]:
        """The rows of these documents in an annotator's queue, by id."""
        return queue.rows_of(self._database, annotator, ids)

    def titled(self, search: str) -> list[str]:
        """The ids of the documents whose title or id contains some words, in upper or lower case,
        in document order."""
        return queue.titled(self._database, search)

    def count(self, annotator: str, wanted: QueueFilter = ALL_DOCUMENTS) -> int:
        """The number of rows that `queue` would give without a limit."""
        return queue.count(self._database, annotator, wanted)


__all__ = ["Documents"]
