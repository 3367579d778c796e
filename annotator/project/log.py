"""`project.log`: decisions, and the completions, records and places that result from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from annotator.model.annotation import AnnotationSet, History
from annotator.model.decision import Completion, Decision, Event
from annotator.model.names import Concepts
from annotator.model.record import Record
from annotator.model.schema import LabelSchema
from annotator.store import documents, finished, log, notes_and_values, reviews
from annotator.store import records as recorded
from annotator.store import suggestions as places
from annotator.store.connection import Database
from annotator.store.finished import ChangeTracker
from annotator.store.journal import Pending, write
from annotator.store.results import AddResult, CompletionRow, EventFilter, Position
from annotator.store.reviews import InReview, Worked


class Log:
    """The event log, and the state that results from it."""

    def __init__(self, database: Database, concepts: Concepts, schema: LabelSchema) -> None:
        self._database = database
        self._concepts = concepts
        self._schema = schema

    # --- decisions

    def annotations(self, document: str, annotator: str) -> tuple[AnnotationSet, History]:
        """The annotations of one completion, and what can be undone and redone."""
        return (
            log.state(self._database, document, annotator),
            log.history(self._database, document, annotator),
        )

    def record(
        self,
        document: str,
        annotator: str,
        decisions: Sequence[Decision],
        *,
        reviewer: str | None = None,
    ) -> None:
        """Record one group of decisions, all or none; they are on disk on return. For the gold,
        `reviewer` is the person who decided.

        Raises ConflictError if a `before` is not what is stored or the same thing was made
        meanwhile, BusyError if the database stayed locked, and StoreError for any other failure.
        Nothing is written then.
        """
        log.record(
            self._database,
            document,
            annotator,
            decisions,
            concepts=self._concepts,
            reviewer=reviewer,
        )

    def save(self, pending: Pending) -> None:
        """Record one group of decisions as `record` does, unless it is in the log already."""
        write(self._database, pending, self._concepts)

    def events(self, document: str, annotator: str | None = None) -> Iterator[Event]:
        """The log of a document in local order, of one annotator or of all."""
        return log.events(self._database, document, annotator)

    def grouped(self, beginning: str, annotator: str | None = None) -> Iterator[Event]:
        """The events of groups whose names begin with `beginning`, in all documents, and those that
        undo or redo such groups, in local order."""
        return log.grouped(self._database, beginning, annotator)

    def latest(self, wanted: EventFilter) -> Iterator[Event]:
        """The events that pass a filter, the newest first, read only when they are needed."""
        return log.latest(self._database, wanted)

    def watch(self) -> ChangeTracker:
        """A tracker whose first call gives the documents that changed since it was made, and each
        further call those that changed since the one before."""
        return ChangeTracker(self._database)

    # --- completions and records

    def completions(
        self, *, document: str | None = None, annotator: str | None = None
    ) -> Iterator[CompletionRow]:
        """Completions that are begun or done, by document order, then annotator."""
        return documents.completions(self._database, document=document, annotator=annotator)

    def progress(
        self, annotators: Sequence[str] | None = None, *, document: str | None = None
    ) -> dict[str, tuple[int, int, int]]:
        """A dict from document to the numbers of done, skipped and begun completions, of these
        annotators or of all except the gold."""
        names = None if annotators is None else list(annotators)
        return finished.progress(self._database, names, document)

    def records(
        self,
        *,
        status: Completion | None = None,
        annotator: str | None = None,
        document: str | None = None,
    ) -> Iterator[Record]:
        """Records of the present work, by document order, then annotator (gold first), with one
        document at a time in memory.

        `annotator` is a name or `@gold`.
        """
        return recorded.records(
            self._database, status=status, annotator=annotator, document=document
        )

    def sharing(self, annotators: Sequence[str] | None = None) -> list[str]:
        """The annotators who finished a document that somebody else finished too; among these
        annotators, if given."""
        return finished.sharing(self._database, None if annotators is None else list(annotators))

    def finished(
        self, documents: Sequence[str], annotators: Sequence[str] | None = None
    ) -> Iterator[list[Record]]:
        """The finished completions of these documents, some hundred documents at a time, without
        notes and flags."""
        for some in self.batches(documents, annotators):
            yield self.finished_in(some, annotators)

    def batches(
        self, documents: Sequence[str], annotators: Sequence[str] | None = None
    ) -> Iterator[list[str]]:
        """The documents, as many at a time as `finished_in` should read."""
        names = None if annotators is None else list(annotators)
        return finished.batches(self._database, documents, names)

    def finished_in(
        self, documents: Sequence[str], annotators: Sequence[str] | None = None
    ) -> list[Record]:
        """The finished completions of these documents, all at once, without notes and flags."""
        return finished.records(self._database, documents, annotators)

    def in_review(self, basis: str) -> list[Worked]:
        """The state of review of every document that somebody finished, in document order; None if
        it is not known for this `basis` and the present work."""
        return reviews.all_worked_on(self._database, basis)

    def keep_in_review(self, basis: str, rows: Iterable[tuple[str, int, InReview]]) -> None:
        """Store the state of review of documents. If the database cannot be written, nothing is
        stored."""
        reviews.put(self._database, basis, rows)

    def add_records(self, records: Iterable[Record], *, admitted: bool = False) -> AddResult:
        """Import completions, all or none; new documents are added. `admitted` records were checked
        on reading, and are not checked again.

        Raises InputError if a record is invalid, if an id already belongs to another text, or if
        that annotator already has other work on the document.
        """
        from annotator.formats.api import check_record  # not loaded at the start
        from annotator.store.incoming import add_records

        checked = (
            records if admitted else (check_record(record, self._schema) for record in records)
        )
        return add_records(self._database, checked, concepts=self._concepts)

    def notes(
        self, annotator: str, *, documents: Sequence[str] | None = None
    ) -> list[tuple[str, int, str, str]]:
        """Document, paragraph, item and text of an annotator's notes, in all or some documents, in
        order."""
        return notes_and_values.notes(self._database, annotator, documents)

    def times(self, annotator: str, since: str) -> list[tuple[str, bool]]:
        """The times of an annotator's decisions since a time (ISO 8601, UTC), and whether each
        finished a paragraph."""
        return log.times(self._database, annotator, since)

    def left(self, annotator: str, *, own: bool = False) -> int:
        """The number of paragraphs that an annotator has yet to finish, in all documents or in
        those assigned to them."""
        return log.left(self._database, annotator, own=own)

    # --- places

    def position(self, document: str, annotator: str) -> Position | None:
        """Where the annotator was in a document."""
        return places.position(self._database, document, annotator)

    def last_position(self, annotator: str) -> Position | None:
        """Where the annotator was last, in any document."""
        return places.last_position(self._database, annotator)

    def save_position(self, annotator: str, position: Position) -> None:
        """Store a position. It survives a crash of the process, but a power cut may lose the latest
        ones."""
        places.save_position(self._database, annotator, position)


__all__ = ["Log"]
