"""The headless facade: a project is a folder with `annotator.toml` and `annotator.db`.

Screens, commands and tests all go through `Project`. One instance belongs
to one thread; a worker opens its own.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

from annotator.config import FILE, Config, read_config
from annotator.errors import ProjectError, StoreError
from annotator.folder import DATABASE, new_folder, schema_of
from annotator.model.names import concepts_of
from annotator.model.record import GOLD
from annotator.model.schema import LabelSchema
from annotator.model.span import Annotation
from annotator.model.text import Document, plural
from annotator.project.documents import Documents
from annotator.project.log import Log
from annotator.project.names import Names
from annotator.project.suggestions import Suggestions
from annotator.store import hash_chain, names, notes_and_values
from annotator.store.assignments import Assignments, DocumentHolder
from annotator.store.connection import Database
from annotator.store.file_identity import flush
from annotator.store.files import let_group_in, reserve
from annotator.store.finished import ChangeTracker
from annotator.store.isolation import object_of, readable, texts_of
from annotator.store.journal import Journal, Pending, RecoveredDecisions, take_in
from annotator.store.known_head import losses
from annotator.store.learning import Learning
from annotator.store.long_work import no_long_work, resume
from annotator.store.opening import SCHEMA_VERSION
from annotator.store.parses import KeptParses
from annotator.store.provenance import Provenance
from annotator.store.results import (
    ALL_DOCUMENTS,
    AddResult,
    CompletionRow,
    DocumentSummary,
    EventFilter,
    FileNow,
    Finding,
    KnownName,
    MentionRow,
    Position,
    QueueFilter,
    SuggestionRun,
)
from annotator.store.reviews import InReview

if TYPE_CHECKING:
    from annotator.store.merge_results import MergeResult
    from annotator.store.reports import Activity, Diagnosis, ProjectStatus

T = TypeVar("T")

TOUR = "tour"
"""The setting that offers the guided tour; with a colon and an annotator's name, it says how far
they are."""


class Project:
    """An open project. Close it, or use it as a context manager.

    Its parts: `documents` has the texts and the queue, `log` the decisions and their results,
    `suggestions` the proposals, `names` the entities and concepts, `learning` the training data and
    the models, `assignments` who codes which document, `provenance` what annotators were shown,
    `parses` the parses, `journal` the decisions that cannot be written yet. `taken_in` tells which
    decisions came from the journals of other processes.
    """

    def __init__(self, root: Path, config: Config, schema: LabelSchema, database: Database) -> None:
        self.root = root
        self.config = config
        self.schema = schema
        self._database = database
        self._concepts = concepts_of(schema)
        self._bring_up_to_date(database)
        self._id = self.setting("project")
        self.documents = Documents(database, schema)
        self.log = Log(database, self._concepts, schema)
        self.suggestions = Suggestions(database, schema)
        self.names = Names(database)
        self.learning = Learning(database)
        self.assignments = Assignments(database)
        self.provenance = Provenance(database)
        self.parses = KeptParses(database)
        self.journal = Journal(database.path)
        self.taken_in = (
            RecoveredDecisions() if database.read_only else take_in(database, self._concepts)
        )

    @classmethod
    def create(
        cls,
        root: Path,
        *,
        schema: str = "actors-claims-stances",
        shared: bool = False,
        allow_network: bool = False,
    ) -> Project:
        """A new, empty project in a folder, which is made if it is missing. On failure, nothing of
        it remains."""
        with new_folder(root, schema=schema, shared=shared, allow_network=allow_network):
            return cls.open(root)

    @classmethod
    def open(cls, root: Path, *, timeout: float = 10.0) -> Project:
        """The project in a folder. `timeout` is the number of seconds to wait for the database
        before BusyError."""
        if not (root / FILE).is_file():
            raise ProjectError("is not a project", file=root, hint="Make one with `annotator init`")
        config = read_config(root / FILE)
        if config.shared:
            let_group_in()
        return cls(
            root, config, schema_of(root, config), Database(root / DATABASE, timeout=timeout)
        )

    def wait_at_most(self, seconds: float) -> None:
        """Set how long a write waits for the database before BusyError."""
        self._database.timeout = seconds
        self._database.execute(f"PRAGMA busy_timeout = {int(1000 * seconds)}")

    def _bring_up_to_date(self, database: Database) -> None:
        if database.version < SCHEMA_VERSION:
            from annotator.store.migrations import migrate

            migrate(database)
            hash_chain.catch_up(database)
        if not database.read_only:
            resume(database)
        names.refresh(database, self._concepts)

    def reopen(self) -> None:
        """Open the database that is in the folder now, after the open one was replaced.

        Raises StoreError if there is none that can be opened; then nothing changes.
        """
        self._database.reopen(self._bring_up_to_date)
        self._id = self.setting("project")

    def file_now(self) -> FileNow:
        """What the path of the database names now, after it was removed or replaced."""
        from annotator.store.rescuing import file_now

        return file_now(self._database, self._id)

    def has_old_file(self) -> bool:
        """Whether this connection still has the whole file of a database that was replaced."""
        from annotator.store.rescuing import is_intact

        return is_intact(self._database)

    def put_back(self) -> Path | None:
        """Make a removed or replaced database again from what this connection has of it. Returns
        the file in which what was in its place is kept, if there was anything.

        Raises StoreError if that is not possible; then nothing changes.
        """
        from annotator.store.rescuing import put_back

        return put_back(self._database, self._id)

    def rescue(self, pending: Sequence[Pending]) -> list[Path]:
        """Save what this connection has of a replaced database, and what is not written yet, to
        files beside it, which it returns.

        A file `annotator-rescued-….db` can be merged or restored. Raises StoreError if nothing can
        be written.
        """
        from annotator.store.rescuing import rescue

        return rescue(self._database, pending, self._concepts)

    def close(self) -> None:
        """Close the database. If this is not called, nothing is lost."""
        self.journal.close()
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- the project as a whole

    def status(self) -> ProjectStatus:
        """The project in figures."""
        from annotator.store import reports

        return reports.status(self._database)

    def activity(self) -> list[Activity]:
        """Everybody who has documents, has worked, or has decided in review, by name."""
        from annotator.store import reports

        return reports.activity(self._database)

    def verify(self, *, deep: bool = False) -> list[Finding]:
        """Check that the state follows from the log and that texts and offsets are valid; reads
        everything. With `deep`, also checks the chain of hashes over the log."""
        from annotator.store import checking

        return checking.verify(self._database, deep=deep)

    def chain_head(self) -> tuple[int, str]:
        """The number of the last event in the chain of hashes, and its hash."""
        return hash_chain.head(self._database)

    def chain_hash(self, sequence: int) -> str:
        """The hash of an event in the chain, by its number; empty if there is none."""
        return hash_chain.hash_at(self._database, sequence)

    def news(self) -> list[str]:
        """What a person who opens the project should know at once: what was lost, and what became
        of decisions that had not been written."""
        taken = self.taken_in
        notes = [
            f"the database no longer has event {number}, which was written; see `annotator doctor`"
            for _, number in self.losses()
        ]
        if taken.decisions:
            many = plural(taken.decisions, "decision")
            notes.append(f"{many} that waited beside the database: now saved")
        return notes + [
            f"{file}: holds decisions that no longer fit the database, or cannot be read"
            for file in taken.left
        ]

    def losses(self) -> list[tuple[Path, int]]:
        """The files beside the database that list events which it no longer has, each with the
        number of the last one."""

        def has(number: int, start: str) -> bool:
            try:
                return self.chain_hash(number).startswith(start)
            except StoreError:
                return False

        found = losses(self._database.path)
        return [(file, number) for file, number, start in found if not has(number, start)]

    def diagnosis(self) -> Diagnosis:
        """How the database is configured."""
        from annotator.store import reports

        return reports.diagnosis(self._database)

    def backup(self, file: Path) -> None:
        """Copy the whole database into a new file while others keep writing. Waits for an import or
        a merge to end, and raises BusyError if it does not."""
        if file.exists():
            raise StoreError("exists already", file=file, hint="Choose a name that is not taken")
        with reserve(file, ".part", mode=0o666) as part:
            # A copy of half an import could never be completed, since the rest of it is in a file
            # beside this database.
            with nullcontext() if self._database.read_only else no_long_work(self._database):
                self._database.backup(part)
            try:
                flush(part)
                part.replace(file)
                flush(file.parent)
            except OSError as error:
                hint = "Check the folder and its permissions"
                raise StoreError(
                    f"cannot be written: {error.strerror}", file=file, hint=hint
                ) from error

    def merge(
        self,
        database: Path,
        *,
        dry_run: bool = False,
        tell: Callable[[int, int], None] | None = None,
    ) -> MergeResult:
        """Bring in the content of the database of another project with the same label schema: all
        or nothing, and with `dry_run` nothing. `tell` is called with the number of documents done
        and their total.

        Raises StoreError if the database cannot be merged.
        """
        # Imported here because the start of the program does not need it.
        from annotator.formats.api import item_problem
        from annotator.store import project_merge

        def check(item: Annotation, document: Document) -> str:
            return item_problem(item, document, self.schema)

        return project_merge.merge(
            self._database, database, self.schema, check, dry_run=dry_run, tell=tell
        )

    def setting(self, key: str) -> str | None:
        """A value kept in the database: `project` (its UUID), `blind_seed` or `created`"""
        return notes_and_values.setting(self._database, key)

    def read_setting(self, key: str, make: Callable[[str], T]) -> T | None:
        """The result of `make` on a setting; None if there is no such setting, or if it is invalid,
        which is reported."""
        text = self.setting(key)
        return (text and readable(partial(make, text), lambda: f"the setting {key}")) or None

    def kept_object(self, key: str) -> dict[str, Any]:
        """A JSON object stored as a setting; empty if there is none or it is not an object."""
        return self.read_setting(key, object_of) or {}

    def kept_texts(self, key: str) -> list[str]:
        """A JSON list of texts stored as a setting; empty if there is none or it is not a list."""
        return self.read_setting(key, texts_of) or []

    def keep_setting(self, key: str, value: str) -> None:
        """Store a value in the database for everybody who works in the project."""
        notes_and_values.keep_settings(self._database, {key: value})

    @property
    def blind_seed(self) -> str:
        """The seed that chooses the blind paragraphs: from the settings, or else the project's
        own."""
        return self.config.blind_seed or self.setting("blind_seed") or ""

    def new_session(self) -> str:
        """A short token, unique to this run of the program."""
        return os.urandom(5).hex()


__all__ = [
    "ALL_DOCUMENTS",
    "DATABASE",
    "GOLD",
    "TOUR",
    "AddResult",
    "Assignments",
    "ChangeTracker",
    "CompletionRow",
    "Config",
    "DocumentHolder",
    "DocumentSummary",
    "Documents",
    "EventFilter",
    "FileNow",
    "Finding",
    "InReview",
    "KnownName",
    "Learning",
    "Log",
    "MentionRow",
    "Names",
    "Pending",
    "Position",
    "Project",
    "Provenance",
    "QueueFilter",
    "SuggestionRun",
    "Suggestions",
]
