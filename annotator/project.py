"""The headless facade: a project is a folder with `annotator.toml` and `annotator.db`.

Screens, commands and tests all go through `Project`. One instance belongs to one thread; a worker opens
its own.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from annotator.config import Config
from annotator.model.annotation import AnnotationSet, History
from annotator.model.decision import Completion, Decision, Event, Suggestion
from annotator.model.record import GOLD, Record
from annotator.model.schema import LabelSchema
from annotator.model.text import Document
from annotator.store.rows import (
    AddResult,
    AnnotatorTally,
    CompletionRow,
    Diagnosis,
    DocumentSummary,
    Finding,
    Known,
    Position,
    ProjectStatus,
    SuggestionRun,
    SuggestionTally,
)

DATABASE = "annotator.db"


def current_annotator(explicit: str | None = None) -> str:
    """Who annotates: `explicit`, else ANNOTATOR_NAME, else the unix user. Raises UsageError for a bad name."""
    raise NotImplementedError


def check_annotator(name: str) -> str:
    """The name, when it may be an annotator's. Raises UsageError otherwise."""
    raise NotImplementedError


class Project:
    """A project that is open. Close it, or use it as a context manager."""

    root: Path
    config: Config
    schema: LabelSchema

    @staticmethod
    def find(start: Path | None = None) -> Path:
        """The project folder: ANNOTATOR_PROJECT, else the nearest one from `start` (the current folder) up.

        Raises ProjectError when there is none.
        """
        raise NotImplementedError

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
        raise NotImplementedError

    @classmethod
    def open(cls, root: Path, *, timeout: float = 10.0) -> Project:
        """The project in a folder. `timeout`: seconds to wait for the database before BusyError."""
        raise NotImplementedError

    def close(self) -> None:
        """Close the database; nothing is lost without it."""
        raise NotImplementedError

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
        raise NotImplementedError

    def document(self, id: str) -> Document:
        """A document by its id. Raises ProjectError when there is none."""
        raise NotImplementedError

    def document_by_hash(self, sha256: str) -> str | None:
        """The id of the document with this text."""
        raise NotImplementedError

    def document_ids(self) -> list[str]:
        """All ids, in document order."""
        raise NotImplementedError

    def documents(
        self,
        annotator: str,
        *,
        offset: int = 0,
        limit: int | None = None,
        search: str = "",
        completion: Completion | None = None,
    ) -> list[DocumentSummary]:
        """The queue of an annotator in document order: rows `[offset, offset + limit)` of those whose title
        or id holds `search` (in any case) and whose completion is the given one."""
        raise NotImplementedError

    def count_documents(self, annotator: str, *, search: str = "", completion: Completion | None = None) -> int:
        """Number of rows that `documents` would give without a limit."""
        raise NotImplementedError

    # --- work

    def annotations(self, document: str, annotator: str) -> tuple[AnnotationSet, History]:
        """What stands in one completion, and what can be undone and redone."""
        raise NotImplementedError

    def record(self, document: str, annotator: str, decisions: Sequence[Decision]) -> None:
        """Record one group of decisions: durable on return, all or none.

        Raises ConflictError when a `before` is not what is stored, BusyError when the database stayed
        locked, StoreError for any other failure; nothing was written then.
        """
        raise NotImplementedError

    def events(self, document: str, annotator: str | None = None) -> Iterator[Event]:
        """The log of a document in local order, of one annotator or of all."""
        raise NotImplementedError

    def completions(
        self, *, document: str | None = None, annotator: str | None = None
    ) -> Iterator[CompletionRow]:
        """Work begun or done, by document order, then annotator."""
        raise NotImplementedError

    def add_records(self, records: Iterable[Record]) -> AddResult:
        """Import completions, all or none; documents that are new are added.

        Raises InputError when an id already stands for another text, or when that annotator already has
        other work on the document.
        """
        raise NotImplementedError

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
        raise NotImplementedError

    # --- places

    def position(self, document: str, annotator: str) -> Position | None:
        """Where the annotator was in a document."""
        raise NotImplementedError

    def last_position(self, annotator: str) -> Position | None:
        """Where the annotator was last, in any document."""
        raise NotImplementedError

    def save_position(self, annotator: str, position: Position) -> None:
        """Keep a place; survives the death of the process, at a power cut the last ones may be lost."""
        raise NotImplementedError

    # --- suggestions

    def put_suggestions(self, document: str, suggestions: Sequence[Suggestion], *, run: SuggestionRun) -> None:
        """Replace the suggestions of a document by the suggesters of `run` that nobody has decided on."""
        raise NotImplementedError

    def suggestions(self, document: str) -> list[Suggestion]:
        """The suggestions of a document, decided or not, by paragraph, rank and id."""
        raise NotImplementedError

    # --- knowledge

    def entities(self) -> list[Known]:
        """Canonical actors in use, the most frequent first."""
        raise NotImplementedError

    def concepts(self) -> list[Known]:
        """Canonical propositions in use, the most frequent first."""
        raise NotImplementedError

    def memory(self) -> Any:
        """What the project has accepted and rejected before, as a `Memory`."""
        raise NotImplementedError

    # --- the project as a whole

    def status(self) -> ProjectStatus:
        """The project in figures."""
        raise NotImplementedError

    def verify(self) -> list[Finding]:
        """Whether the state follows from the log and texts and offsets hold; reads everything."""
        raise NotImplementedError

    def diagnosis(self) -> Diagnosis:
        """How the database is run."""
        raise NotImplementedError

    def backup(self, file: Path) -> None:
        """A complete copy of the database into a new file, while others go on writing."""
        raise NotImplementedError

    def setting(self, key: str) -> str | None:
        """A value kept in the database: `project_uuid`, `blind_seed`, `created`, ..."""
        raise NotImplementedError

    @property
    def blind_seed(self) -> str:
        """What chooses the blind paragraphs: of the settings, else the project's own."""
        raise NotImplementedError

    def new_session(self) -> str:
        """A short token, unique to this run of the program."""
        return os.urandom(5).hex()


__all__ = [
    "DATABASE", "GOLD", "AddResult", "AnnotatorTally", "CompletionRow", "Config", "Diagnosis",
    "DocumentSummary", "Finding", "Known", "Position", "Project", "ProjectStatus", "SuggestionRun",
    "SuggestionTally", "check_annotator", "current_annotator",
]  # fmt: skip
