"""The headless facade: a project is a folder with `annotator.toml` and `annotator.db`.

Screens, commands and tests all go through `Project`. One instance belongs to one thread; a worker opens
its own.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from annotator.config import FILE, Config, read_config
from annotator.errors import ProjectError, StoreError
from annotator.folder import DATABASE, new_folder, schema_of
from annotator.model.annotation import AnnotationSet, History
from annotator.model.decision import Completion, Decision, Event, Suggestion
from annotator.model.memory import Memory
from annotator.model.naming import Kind, concepts_of
from annotator.model.record import GOLD, Record
from annotator.model.schema import LabelSchema
from annotator.model.text import Document
from annotator.store import documents as store
from annotator.store import finished, log, naming, overview
from annotator.store import records as recorded
from annotator.store import suggestions as suggesting
from annotator.store.assignments import Assignments, Held
from annotator.store.connection import SCHEMA_VERSION, Database
from annotator.store.finished import Watch
from annotator.store.learning import Learning
from annotator.store.rows import (
    AddResult,
    AnnotatorTally,
    CompletionRow,
    Diagnosis,
    DocumentSummary,
    Finding,
    Known,
    Mention,
    MergeResult,
    Position,
    ProjectStatus,
    SuggestionRun,
    SuggestionTally,
)

TOUR = "tour"
"""The setting that offers the guided tour; with a colon and an annotator's name, that it is over for them."""


class Project:
    """A project that is open. Close it, or use it as a context manager.

    `learning` tells what can be learnt from, and keeps the models; `assignments` who is to code which document."""

    def __init__(self, root: Path, config: Config, schema: LabelSchema, database: Database) -> None:
        self.root = root
        self.config = config
        self.schema = schema
        self._database = database
        if database.version < SCHEMA_VERSION:
            from annotator.store.migrations import migrate

            migrate(database)
        self.learning = Learning(database)
        self.assignments = Assignments(database)
        self._concepts = concepts_of(schema)
        naming.refresh(database, self._concepts)

    @classmethod
    def create(
        cls,
        root: Path,
        *,
        schema: str = "actors-claims-stances",
        shared: bool = False,
        allow_network: bool = False,
    ) -> Project:
        """A new, empty project in a folder, which is made when missing; nothing is left behind on failure."""
        with new_folder(root, schema=schema, shared=shared, allow_network=allow_network):
            return cls.open(root)

    @classmethod
    def open(cls, root: Path, *, timeout: float = 10.0) -> Project:
        """The project in a folder. `timeout`: seconds to wait for the database before BusyError."""
        if not (root / FILE).is_file():
            raise ProjectError("is not a project", file=root, hint="Make one with `annotator init`")
        config = read_config(root / FILE)
        return cls(root, config, schema_of(root, config), Database(root / DATABASE, timeout=timeout))

    def wait_at_most(self, seconds: float) -> None:
        """How long a write waits for the database from now on, before BusyError."""
        self._database.timeout = seconds
        self._database.execute(f"PRAGMA busy_timeout = {int(1000 * seconds)}")

    def close(self) -> None:
        """Close the database; nothing is lost without it."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # --- texts

    def add_documents(self, documents: Iterable[Document]) -> AddResult:
        """Add texts, all or none. The same text twice is not doubled but told of in the result.

        Raises InputError when an id already stands for another text.
        """
        new, known = 0, []
        renamed: list[tuple[str, str]] = []
        with self._database.write():
            for document in documents:
                placed = store.place(self._database, document)
                new += placed.new
                if not placed.new:
                    known.append(placed.id)
                    if placed.id != document.id:
                        renamed.append((document.id, placed.id))
        return AddResult(new, 0, tuple(known), tuple(renamed))

    def document(self, id: str) -> Document:
        """A document by its id. Raises ProjectError when there is none."""
        return store.load(self._database, id)

    def document_by_hash(self, sha256: str) -> str | None:
        """The id of the document with this text."""
        return store.id_by_hash(self._database, sha256)

    def free_ids(self, wanted: Iterable[str]) -> list[str]:
        """Ids that no document has, as near to the wanted ones as can be: name, name-2, name-3."""
        return store.unique_ids(self._database, wanted)

    def document_ids(self, *, own: str | None = None) -> list[str]:
        """All ids, in document order; with `own`, of the documents assigned to or begun by this annotator."""
        return store.ids(self._database, own)

    def documents(
        self,
        annotator: str,
        *,
        offset: int = 0,
        limit: int | None = None,
        search: str = "",
        completion: Completion | None = None,
        own: bool = False,
    ) -> list[DocumentSummary]:
        """The queue of an annotator in document order: rows `[offset, offset + limit)` of those whose title
        or id holds `search` (in any case) and whose completion is the given one; with `own` of those alone that
        are assigned to the annotator or begun by them."""
        return store.queue(
            self._database, annotator, offset=offset, limit=limit, search=search, completion=completion, own=own
        )  # fmt: skip

    def count_documents(
        self, annotator: str, *, search: str = "", completion: Completion | None = None, own: bool = False
    ) -> int:
        """Number of rows that `documents` would give without a limit."""
        return store.count(self._database, annotator, search=search, completion=completion, own=own)

    def neighbour(self, document: str, direction: int, *, own: str | None = None) -> str | None:
        """The document after (1) or before (-1) one in document order; with `own`, of those of this annotator."""
        return store.neighbour(self._database, document, direction, own)

    def waiting(self, annotator: str, document: str, direction: int, *, own: bool = False) -> str | None:
        """The nearest document after (1) or before (-1) one with suggestions that the annotator has yet to decide
        on, and that is not skipped; with `own`, of those of the annotator."""
        return store.waiting(self._database, annotator, document, direction, own=own)

    def words(self) -> dict[str, int]:
        """Number of words to annotate, of every document in order. Reads all texts."""
        return store.words(self._database)

    def texts(self, literal: str = "") -> Iterator[tuple[str, str]]:
        """Id and text of the documents in order, some hundred in memory; with `literal` those that hold it in any
        case, and perhaps some others."""
        return store.texts(self._database, literal)

    # --- work

    def annotations(self, document: str, annotator: str) -> tuple[AnnotationSet, History]:
        """What stands in one completion, and what can be undone and redone."""
        return (
            log.state(self._database, document, annotator),
            log.history(self._database, document, annotator),
        )

    def record(self, document: str, annotator: str, decisions: Sequence[Decision]) -> None:
        """Record one group of decisions: durable on return, all or none.

        Raises ConflictError when a `before` is not what is stored, BusyError when the database stayed
        locked, StoreError for any other failure; nothing was written then.
        """
        log.record(self._database, document, annotator, decisions, concepts=self._concepts)

    def events(self, document: str, annotator: str | None = None) -> Iterator[Event]:
        """The log of a document in local order, of one annotator or of all."""
        return log.events(self._database, document, annotator)

    def completions(
        self, *, document: str | None = None, annotator: str | None = None
    ) -> Iterator[CompletionRow]:
        """Work begun or done, by document order, then annotator."""
        return store.completions(self._database, document=document, annotator=annotator)

    def add_records(self, records: Iterable[Record]) -> AddResult:
        """Import completions, all or none; documents that are new are added.

        Raises InputError when an id already stands for another text, or when that annotator already has
        other work on the document.
        """
        return recorded.add_records(self._database, records, concepts=self._concepts)

    def records(
        self,
        *,
        status: Completion | None = None,
        annotator: str | None = None,
        document: str | None = None,
    ) -> Iterator[Record]:
        """What stands, by document order, then annotator (gold first); one document at a time in memory.

        `annotator` is a name or `@gold`.
        """
        return recorded.records(self._database, status=status, annotator=annotator, document=document)

    def progress(
        self, annotators: Sequence[str] | None = None, *, document: str | None = None
    ) -> dict[str, tuple[int, int, int]]:
        """Document -> how many completions are done, skipped, begun; of these annotators, or of all but gold."""
        return finished.progress(self._database, None if annotators is None else list(annotators), document)

    def finished(
        self, documents: Sequence[str], annotators: Sequence[str] | None = None
    ) -> Iterator[list[Record]]:
        """Finished completions of these documents, some hundred documents at a time, without notes and flags."""
        return finished.batches(self._database, documents, None if annotators is None else list(annotators))

    def watch(self) -> Watch:
        """Tells which documents others have worked on since it was made, or last asked."""
        return Watch(self._database)

    def notes(self, annotator: str) -> list[tuple[str, int, str, str]]:
        """Document, paragraph, item and text of every note of an annotator, in document order."""
        return overview.notes(self._database, annotator)

    # --- places

    def position(self, document: str, annotator: str) -> Position | None:
        """Where the annotator was in a document."""
        return suggesting.position(self._database, document, annotator)

    def last_position(self, annotator: str) -> Position | None:
        """Where the annotator was last, in any document."""
        return suggesting.last_position(self._database, annotator)

    def save_position(self, annotator: str, position: Position) -> None:
        """Keep a place; survives the death of the process, at a power cut the last ones may be lost."""
        suggesting.save_position(self._database, annotator, position)

    # --- suggestions

    def put_suggestions(
        self,
        document: str,
        suggestions: Sequence[Suggestion],
        *,
        run: SuggestionRun,
        untouched: bool = False,
        others: bool = False,
    ) -> int:
        """Replace the suggestions of a document by the suggesters of `run` (with `others` by all) that nobody has
        decided on; with `untouched` only in paragraphs that nobody has opened or done anything in. How many were
        stored."""
        return suggesting.put(self._database, document, suggestions, run, untouched=untouched, others=others)

    def withdraw(self, document: str, ids: Collection[str]) -> int:
        """Take suggestions back in paragraphs that nobody has opened or done anything in; how many."""
        return suggesting.withdraw(self._database, document, ids)

    def suggestions(self, document: str, paragraph: int | None = None) -> list[Suggestion]:
        """The suggestions of a document, or of one paragraph of it, decided or not, by paragraph, rank and id."""
        return suggesting.load(self._database, document, paragraph)

    def mark_opened(self, document: str, paragraph: int, annotator: str) -> None:
        """Keep that an annotator sees a paragraph: from now on training does not change what is suggested there."""
        suggesting.mark_opened(self._database, document, paragraph, annotator)

    def touched(self, document: str) -> frozenset[int]:
        """The paragraphs of a document in which somebody did something, or that somebody opened and saw
        suggestions in."""
        return suggesting.touched(self._database, document)

    def suggested(self) -> frozenset[str]:
        """The documents that have any suggestion."""
        return suggesting.suggested(self._database)

    # --- knowledge

    def entities(self) -> list[Known]:
        """Canonical actors in use by anybody, the most frequent first."""
        return naming.known(self._database, "entity")

    def concepts(self) -> list[Known]:
        """Canonical propositions in use by anybody, the most frequent first."""
        return naming.known(self._database, "concept")

    def names(self, annotator: str, kind: Kind) -> list[Known]:
        """The names of a kind that an annotator gave, with the forms of the text, the most frequent first."""
        return naming.known(self._database, kind, annotator)

    def mentions(self, annotator: str, kind: Kind, name: str) -> list[Mention]:
        """Where an annotator gave a name, in document and text order."""
        return naming.mentions(self._database, annotator, kind, name)

    def ambiguous(self, annotator: str, document: str) -> Mapping[str, Sequence[str]]:
        """Forms of a document's named spans -> the entities they stand for in all work of an annotator, where
        those are several."""
        return naming.ambiguous(self._database, annotator, document)

    def memory(self) -> Memory:
        """What the project has accepted and rejected before, as a `Memory`."""
        return suggesting.memory(self._database)

    # --- the project as a whole

    def status(self) -> ProjectStatus:
        """The project in figures."""
        return overview.status(self._database)

    def verify(self) -> list[Finding]:
        """Whether the state follows from the log and texts and offsets hold; reads everything."""
        return overview.verify(self._database)

    def diagnosis(self) -> Diagnosis:
        """How the database is run."""
        return overview.diagnosis(self._database)

    def backup(self, file: Path) -> None:
        """A complete copy of the database into a new file, while others go on writing."""
        if file.exists():
            raise StoreError("exists already", file=file, hint="Name a file that is not there yet")
        part = file.with_name(file.name + ".part")
        try:
            # What cannot be written is told here, where it is known which of the two files it was.
            part.touch()
            self._database.backup(part)
            part.replace(file)
        except OSError as error:
            hint = "Check the folder and its permissions"
            raise StoreError(f"cannot be written: {error.strerror}", file=file, hint=hint) from error
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)

    def merge(
        self, database: Path, *, dry_run: bool = False, tell: Callable[[int, int], None] | None = None
    ) -> MergeResult:
        """Bring in what the database of another project with the same label schema holds, all or nothing; with
        `dry_run` nothing. `tell` hears how many documents are done, of how many.

        Raises StoreError for a database that cannot be merged.
        """
        from annotator.store import merging

        return merging.merge(self._database, database, self.schema, dry_run=dry_run, tell=tell)

    def setting(self, key: str) -> str | None:
        """A value kept in the database: `project` (its UUID), `blind_seed` or `created`"""
        return overview.setting(self._database, key)

    def keep_setting(self, key: str, value: str) -> None:
        """Keep a value in the database for all who work in the project."""
        overview.keep_settings(self._database, {key: value})

    @property
    def blind_seed(self) -> str:
        """What chooses the blind paragraphs: of the settings, else the project's own."""
        return self.config.blind_seed or self.setting("blind_seed") or ""

    def new_session(self) -> str:
        """A short token, unique to this run of the program."""
        return os.urandom(5).hex()


__all__ = [
    "DATABASE", "GOLD", "TOUR", "AddResult", "AnnotatorTally", "CompletionRow", "Config", "Diagnosis",
    "DocumentSummary", "Finding", "Held", "Known", "Mention", "MergeResult", "Position", "Project", "ProjectStatus",
    "SuggestionRun", "SuggestionTally",
]  # fmt: skip
