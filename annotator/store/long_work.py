"""Long work in short turns: all of it or nothing, and nobody waits longer than one turn.

The work is prepared without the lock, as statements with their values. A small amount is written in
one transaction. A large amount goes into a file beside the database, `annotator.db.turns-…`. Once
that file has its name, the work is certain, and is done in turns of some milliseconds each. If the
process dies in between, the next one that opens the project continues, since every turn records the
progress in its transaction. A turn ends early if somebody waits for the lock.

Nobody sees any of it before everything is there: new documents and new completions are hidden
(`shown_documents.py`), and `at_last` takes the statements that make the rest visible. Work on
existing documents is announced first (`keep_out`): anyone who wants to change such a document in
the meantime must try again later. `afterwards` takes the statements to run once everything is
shown.

There is one long work at a time: it holds a separate lock, `annotator.db.long`, from its first read
to its last turn.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice, starmap
from pathlib import Path
from typing import IO, Any

from annotator.errors import BusyError, ConflictError, ReplacedError, StoreError
from annotator.store import hash_chain
from annotator.store.arriving import (
    ALL_IS_THERE,
    forget_arriving,
    is_something_arriving,
)
from annotator.store.codec import uuid7
from annotator.store.connection import Database, Row
from annotator.store.file_identity import beside, flush
from annotator.store.lock import MODE, Lock, holder
from annotator.store.shown_documents import HIDE
from annotator.store.turns import END, TURNS, SqlStatement, go_on, keep_place, line_of

STAGED = ".staged-"
FEW = 500
"""The most rows that are written in one transaction."""

PATIENCE = 60
"""How many times longer long work waits for other long work than for the database."""

_LATER = "the rest is written when somebody opens the project next"

BLOCK = 50
"""The most rows for which a statement is run at once."""


class Staging:
    """Collects statements to be written all at once or in turns. Reads see the state before
    them."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.path = db.path
        self._rows: list[SqlStatement] = []
        self._gathered: dict[tuple[str, int], list[Sequence[Any]]] = {}
        self._held = 0
        self._last: list[SqlStatement] = []
        self._after: list[SqlStatement] = []
        self._hidden_from: int | None = None
        self._works: dict[tuple[str, str], tuple[int | None, bool]] = {}
        self._file: IO[bytes] | None = None
        self._part: Path | None = None

    # --- what is collected

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        """A statement of the main part."""
        self._take(sql, [parameters])

    def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """A statement of the main part for each row."""
        rest = iter(rows)
        while some := list(islice(rest, BLOCK)):
            self._take(sql, some)

    def gather(self, sql: str, rows: Iterable[Sequence[Any]], *, at_once: int = BLOCK) -> None:
        """A statement of the main part for each row, run together with other rows of the same
        statement, `at_once` at a time. This takes half the time of running it for a few rows here
        and a few there. What is gathered comes after what was executed meanwhile, and in the order
        of the statements."""
        held = self._gathered.setdefault((sql, at_once), [])
        before = len(held)
        held += rows
        self._count(len(held) - before)

    def _take_gathered(self) -> None:
        for (sql, at_once), rows in self._gathered.items():
            pieces = range(0, len(rows), at_once)
            self._rows += [(sql, rows[at : at + at_once]) for at in pieces]
        self._gathered.clear()

    def _take(self, sql: str, rows: list[Sequence[Any]]) -> None:
        self._rows.append((sql, rows))
        self._count(len(rows))

    def _count(self, rows: int) -> None:
        self._held += rows
        if self._held > FEW:
            self._spill()

    def at_last(self, sql: str, parameters: Sequence[Any]) -> None:
        """A statement of the turn that shows everything."""
        _append(self._last, sql, parameters)

    def afterwards(self, sql: str, parameters: Sequence[Any]) -> None:
        """A statement of the turns that follow once everything is shown."""
        _append(self._after, sql, parameters)

    def hide_from(self, position: int) -> None:
        """Hide documents from this position on until the end."""
        self._hidden_from = position

    def keep_out(
        self, document: str, annotator: str, revision: int | None, *, hidden: bool
    ) -> None:
        """Announce a change of an annotator's work on an existing document: nothing is written if
        its log is no longer at `revision`. With `hidden`, the completion is not shown before
        everything is there, so that its row can be written at any time."""
        self._works[document, annotator] = revision, hidden

    # --- what is read

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """The same as `Database.rows`."""
        return self.db.rows(sql, parameters)

    def row(self, sql: str, parameters: Sequence[Any] = ()) -> Row | None:
        """The same as `Database.row`."""
        return self.db.row(sql, parameters)

    def value(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        """The same as `Database.value`."""
        return self.db.value(sql, parameters)

    # --- the file

    def _spill(self) -> None:
        self._take_gathered()
        self._part = self._part or beside(self.path, f"{STAGED}{uuid7()}")
        with _errors_of(self._part):
            if self._file is None:
                flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
                self._file = os.fdopen(os.open(self._part, flags, MODE), "wb")
            self._file.writelines(starmap(line_of, self._rows))
        self._rows.clear()
        self._held = 0

    def discard(self) -> None:
        """Delete the file."""
        if self._file is not None and self._part is not None:
            self._part.unlink(missing_ok=True)
            # On a full disk, the rest of the buffer cannot be written.
            with suppress(OSError):
                self._file.close()
            self._file = None

    def commit(self) -> None:
        """Write what was collected. Raises what a guard raises, and StoreError; then nothing is
        written."""
        self._take_gathered()
        if self._file is None:
            with self.db.write():
                self._check(self._works)
                self.db.execute("PRAGMA defer_foreign_keys = ON")
                for sql, rows in (*self._rows, *self._last, *self._after):
                    self.db.many(sql, rows)
                hash_chain.extend(self.db, limit=10 * FEW)
            return
        self._spill()
        assert self._part is not None
        name = beside(self.path, f"{TURNS}{uuid7()}")
        with self._file as file:
            shown = ((sql, [()]) for sql in ALL_IS_THERE)
            with _errors_of(self._part):
                file.writelines(line_of("last", *one) for one in (*self._last, *shown))
                file.writelines(starmap(line_of, self._after))
                file.write(END)
                file.flush()
                os.fsync(file.fileno())
            fcntl.flock(file, fcntl.LOCK_EX)
            self._announce()
            with self.db.write():
                # This happens within one turn, so either both the announcement and the file's name
                # exist, or the file does not count.
                keep_place(self.db, name, 0)
                if self._hidden_from is not None:
                    self.db.execute(HIDE, (self._hidden_from,))
                self._part.replace(name)
                flush(name.parent)
            self._file = None
            try:
                go_on(self.db, name)
            except KeyboardInterrupt:
                raise KeyboardInterrupt(f"the task is finished later: {_LATER}") from None
            except ReplacedError:
                raise
            except StoreError as error:
                hint = f"{error.hint}. {_LATER[0].upper()}{_LATER[1:]}"
                message = f"this could not be finished: {error.message.partition(';')[0]}"
                raise StoreError(message, file=self.path, hint=hint) from error

    def _announce(self) -> None:
        """Keep everybody out of the completions that this changes."""
        works = iter(self._works)
        try:
            while some := list(islice(works, BLOCK)):
                with self.db.relaxed(), self.db.write():
                    self._check(some)
                    self.db.many(
                        "INSERT INTO coming VALUES (?, ?, ?)",
                        [(*one, self._works[one][1]) for one in some],
                    )
        except BaseException:
            forget_arriving(self.db)
            raise

    def _check(self, works: Iterable[tuple[str, str]]) -> None:
        for document, annotator in works:
            found = self.db.value(
                "SELECT revision FROM completion WHERE annotator = ? AND document = ?",
                (annotator, document),
            )
            if found != self._works[document, annotator][0]:
                message = f"{annotator} changed “{document}” meanwhile"
                hint = "Try again; nothing was written"
                raise ConflictError(message, file=self.path, hint=hint)


def write_all(db: Database, sql: str, rows: Sequence[Sequence[Any]]) -> None:
    """Run a statement for each row: few at once, many in turns."""
    if len(rows) <= FEW:
        with db.write():
            db.many(sql, rows)
        return
    with long_work(db) as staging:
        staging.many(sql, rows)


def _append(statements: list[SqlStatement], sql: str, parameters: Sequence[Any]) -> None:
    if statements and statements[-1][0] == sql and len(statements[-1][1]) < BLOCK:
        statements[-1][1].append(parameters)
    else:
        statements.append((sql, [parameters]))


@contextmanager
def _errors_of(file: Path) -> Iterator[None]:
    """Turn errors of a file into ours, which name it."""
    try:
        yield
    except OSError as error:
        hint = "Free some space, or check the permissions of the folder"
        raise StoreError(error.strerror or str(error), file=file, hint=hint) from error


def resume(db: Database) -> None:
    """Finish the work of processes that died, and remove work that was never committed. What cannot
    be written now stays for the next time and remains hidden until then."""
    for path in unfinished(db.path):
        with suppress(OSError, StoreError), path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            go_on(db, path)
    if _beside(db.path, STAGED) or (is_something_arriving(db) and not unfinished(db.path)):
        with suppress(OSError, StoreError), no_long_work(db, patience=0):
            _clear(db)


def _clear(db: Database) -> None:
    """Remove the file of a process that died before its work was committed."""
    for path in _beside(db.path, STAGED):
        path.unlink(missing_ok=True)
    if is_something_arriving(db) and not unfinished(db.path):
        forget_arriving(db)


def _beside(database: Path, word: str) -> list[Path]:
    """The files beside a database whose names continue with a word."""
    start = database.name + word
    with os.scandir(database.parent) as entries:
        return sorted(database.parent / e.name for e in entries if e.name.startswith(start))


def unfinished(database: Path) -> list[Path]:
    """The files of work that is committed but not finished."""
    return _beside(database, TURNS)


def _finish(db: Database) -> None:
    """Finish the work of processes that died, before other work begins. Raises StoreError if that
    is not possible."""
    for path in unfinished(db.path):
        with suppress(FileNotFoundError), path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            go_on(db, path)


@contextmanager
def long_work(db: Database, *, patience: float | None = None) -> Iterator[Staging]:
    """A place to collect long work, which is written if the block ends without an error.

    Raises BusyError if other long work has not ended within `patience` seconds (`PATIENCE`).
    """
    with no_long_work(db, patience=patience):
        _finish(db)
        _clear(db)
        staging = Staging(db)
        try:
            yield staging
            staging.commit()
        finally:
            staging.discard()


@contextmanager
def no_long_work(db: Database, *, patience: float | None = None) -> Iterator[None]:
    """Inside the block, no long work is half done. Raises BusyError as `long_work` does, and
    StoreError if the database is read-only."""
    db.check_writable()
    patience = PATIENCE * db.timeout if patience is None else patience
    lock = Lock(beside(db.path, ".long"))
    try:
        if not lock.acquire(patience):
            who = holder(lock.path) or "another process"
            message = f"{who} has been working on a long task for {patience:g} seconds"
            raise BusyError(message, file=db.path, hint="Try again when it is done")
        yield
    finally:
        lock.close()


__all__ = [
    "Staging",
    "long_work",
    "no_long_work",
    "resume",
    "unfinished",
    "write_all",
]
