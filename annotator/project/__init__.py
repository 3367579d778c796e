"""The headless facade: a project is a folder with `annotator.toml` and `annotator.db`.

Screens, commands and tests all go through `Project`. One instance belongs
to one thread; a worker opens its own.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from annotator.config import FILE, Config, read_config
from annotator.errors import ProjectError, StoreError
from annotator.folder import DATABASE, new_folder, schema_of
from annotator.model.names import concepts_of
from annotator.model.record import GOLD
from annotator.model.schema import LabelSchema
from annotator.model.span import Annotation
from annotator.model.text import Document
from annotator.project.documents import Documents
from annotator.project.log import Log
from annotator.project.names import Names
from annotator.project.suggestions import Suggestions
from annotator.store import hash_chain, names, overview
from annotator.store.assignments import Assignments, Held
from annotator.store.connection import SCHEMA_VERSION, Database
from annotator.store.files import let_group_in
from annotator.store.isolation import object_of, readable, texts_of
from annotator.store.journal import Journal, Pending, TakenIn, take_in
from annotator.store.learning import Learning
from annotator.store.parses import KeptParses
from annotator.store.provenance import Provenance
from annotator.store.results import (
    AddResult,
    AnnotatorTally,
    CompletionRow,
    Diagnosis,
    DocumentSummary,
    Finding,
    KnownName,
    MentionRow,
    MergeResult,
    Position,
    ProjectStatus,
    SuggestionRun,
    SuggestionTally,
)
from annotator.store.reviews import InReview
from annotator.store.turns import no_long_work, resume

T = TypeVar("T")

TOUR = "tour"
"""The setting that offers the guided tour; with a colon and an annotator's
name, that it is over for them."""


class Project:
    """A project that is open. Close it, or use it as a context manager.

    Its parts: `documents` has the texts and the queue, `log` the decisions and what comes of them,
    `suggestions` what is proposed, `names` the entities and concepts, `learning` what can be learnt
    from and the models, `assignments` who is to code which document, `provenance` what annotators
    were shown, `parses` what was parsed, `journal` the decisions that cannot be written yet.
    `taken_in` tells what others had left in theirs.
    """

    def __init__(self, root: Path, config: Config, schema: LabelSchema, database: Database) -> None:
        self.root = root
        self.config = config
        self.schema = schema
        self._database = database
        if database.version < SCHEMA_VERSION:
            from annotator.store.migrations import migrate

            migrate(database)
            hash_chain.catch_up(database)
        if not database.read_only:
            resume(database)
        concepts = concepts_of(schema)
        names.refresh(database, concepts)
        self.documents = Documents(database, schema)
        self.log = Log(database, concepts, schema)
        self.suggestions = Suggestions(database)
        self.names = Names(database)
        self.learning = Learning(database)
        self.assignments = Assignments(database)
        self.provenance = Provenance(database)
        self.parses = KeptParses(database)
        self.journal = Journal(database.path)
        self.taken_in = TakenIn() if database.read_only else take_in(database, concepts)

    @classmethod
    def create(
        cls,
        root: Path,
        *,
        schema: str = "actors-claims-stances",
        shared: bool = False,
        allow_network: bool = False,
    ) -> Project:
        """A new, empty project in a folder, which is made when missing;
        nothing is left behind on failure."""
        with new_folder(root, schema=schema, shared=shared, allow_network=allow_network):
            return cls.open(root)

    @classmethod
    def open(cls, root: Path, *, timeout: float = 10.0) -> Project:
        """The project in a folder. `timeout`: seconds to wait for the database before BusyError."""
        if not (root / FILE).is_file():
            raise ProjectError("is not a project", file=root, hint="Make one with `annotator init`")
        config = read_config(root / FILE)
        if config.shared:
            let_group_in()
        return cls(
            root, config, schema_of(root, config), Database(root / DATABASE, timeout=timeout)
        )

    def wait_at_most(self, seconds: float) -> None:
        """How long a write waits for the database from now on, before BusyError."""
        self._database.timeout = seconds
        self._database.execute(f"PRAGMA busy_timeout = {int(1000 * seconds)}")

    def reopen(self) -> None:
        """Open the database that stands in the folder now, after
        the one that was open was replaced.

        Raises StoreError if there is none that can be opened: then only `close` is left to do.
        """
        self._database.reopen()

    def rescue(self, pending: Sequence[Pending]) -> Path:
        """Keep what this connection has of a database that was replaced, and
        what is not written yet, beside it.

        The file that this makes can be merged or restored. Raises
        StoreError when it cannot be written.
        """
        from annotator.store.restoring import rescue

        return rescue(self._database, pending, concepts_of(self.schema))

    def close(self) -> None:
        """Close the database; nothing is lost without it."""
        self.journal.close()
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # --- the project as a whole

    def status(self) -> ProjectStatus:
        """The project in figures."""
        return overview.status(self._database)

    def verify(self, *, deep: bool = False) -> list[Finding]:
        """Whether the state follows from the log and texts and offsets hold; reads everything. With
        `deep` the chain of hashes over the log is walked, too."""
        from annotator.store import checking

        return checking.verify(self._database, deep=deep)

    def chain_head(self) -> tuple[int, str]:
        """The number of the last event in the chain of hashes, and its hash."""
        return hash_chain.head(self._database)

    def chain_hash(self, sequence: int) -> str:
        """The hash of an event in the chain, by its number; empty if there is none."""
        return hash_chain.hash_at(self._database, sequence)

    def diagnosis(self) -> Diagnosis:
        """How the database is run."""
        return overview.diagnosis(self._database)

    def backup(self, file: Path) -> None:
        """A complete copy of the database into a new file, while others go on writing; it waits
        for an import or a merge to end, and raises BusyError when that does not."""
        if file.exists():
            raise StoreError("exists already", file=file, hint="Choose a name that is not taken")
        part = file.with_name(file.name + ".part")
        try:
            # What cannot be written is told here, where it is known which of the two files it was.
            part.touch()
            # A copy of half an import could never be completed: what is left to do is in a file
            # beside this database.
            with nullcontext() if self._database.read_only else no_long_work(self._database):
                self._database.backup(part)
            part.replace(file)
        except OSError as error:
            hint = "Check the folder and its permissions"
            raise StoreError(
                f"cannot be written: {error.strerror}", file=file, hint=hint
            ) from error
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)

    def merge(
        self,
        database: Path,
        *,
        dry_run: bool = False,
        tell: Callable[[int, int], None] | None = None,
    ) -> MergeResult:
        """Bring in what the database of another project with the same label schema holds, all or
        nothing; with `dry_run` nothing. `tell` hears how many documents are done, of how many.

        Raises StoreError for a database that cannot be merged.
        """
        # What reads formats is not loaded to start.
        from annotator.formats.api import item_problem
        from annotator.store import project_merge

        def check(item: Annotation, document: Document) -> str:
            return item_problem(item, document, self.schema)

        return project_merge.merge(
            self._database, database, self.schema, check, dry_run=dry_run, tell=tell
        )

    def setting(self, key: str) -> str | None:
        """A value kept in the database: `project` (its UUID), `blind_seed` or `created`"""
        return overview.setting(self._database, key)

    def kept(self, key: str, make: Callable[[str], T]) -> T | None:
        """What is made of a setting; None where there is none, or none that this can be made of,
        which is told of."""
        text = self.setting(key)
        return (text and readable(partial(make, text), lambda: f"the setting {key}")) or None

    def kept_object(self, key: str) -> dict[str, Any]:
        """A JSON object kept as a setting; an empty one where there is none, or no object."""
        return self.kept(key, object_of) or {}

    def kept_texts(self, key: str) -> list[str]:
        """A JSON list of texts kept as a setting; an empty one where there is none, or no list."""
        return self.kept(key, texts_of) or []

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
    "DATABASE",
    "GOLD",
    "TOUR",
    "AddResult",
    "AnnotatorTally",
    "Assignments",
    "CompletionRow",
    "Config",
    "Diagnosis",
    "DocumentSummary",
    "Documents",
    "Finding",
    "Held",
    "InReview",
    "KnownName",
    "Learning",
    "Log",
    "MentionRow",
    "MergeResult",
    "Names",
    "Pending",
    "Position",
    "Project",
    "ProjectStatus",
    "Provenance",
    "SuggestionRun",
    "SuggestionTally",
    "Suggestions",
]
