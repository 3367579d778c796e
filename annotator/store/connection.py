"""How the database is locked, read and written: one place for every rule about connections.
`opening.py` opens its file.

- `sqlite_driver.py` says which SQLite is used. If WAL mode is not safe with it, the journal mode is
  TRUNCATE.
- `synchronous=FULL`: a decision that was acknowledged survives a power cut.
- Every write runs in BEGIN IMMEDIATE under a fair lock beside the database (`lock.py`), because
  SQLite's own back-off lets some writers starve.
- A write is acknowledged when it is in the file that the path names (`file_identity.py`).
- A missing file is an error; it is never created silently. A file that is not a database of ours is
  refused.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from annotator.errors import BusyError, StoreError
from annotator.store import known_head
from annotator.store.damaged_rows import Row, undamaged_rows
from annotator.store.driver_errors import errors_at, is_full, translated
from annotator.store.file_identity import (
    FileGuard,
    Footprint,
    beside,
    flush,
    has_log,
    log_of,
    may_write,
)
from annotator.store.lock import Lock, holder
from annotator.store.opening import (
    SCHEMA_VERSION,
    address,
    check_version,
    choose_journal,
    connect,
    mark_as_ours,
)
from annotator.store.pragmas import for_long_work, synchronous, without_foreign_keys
from annotator.store.shown_documents import leave_out_arriving, see_the_table
from annotator.store.sqlite_driver import sqlite


class Database:
    """One connection to the database file. Belongs to one thread."""

    def __init__(
        self, path: Path, *, timeout: float = 10.0, create: bool = False, read_only: bool = False
    ) -> None:
        """Open `path`; `timeout` is the number of seconds to wait for a lock. With `read_only`,
        nothing in the file changes, and if nobody has it open, no files are made beside it.

        Raises StoreError if the file is missing, not ours, newer than this program, unreadable or,
        to be written to, a symbolic link.
        """
        # SQLite keeps its log beside the target of a symbolic link, not beside the link.
        self.path = path = path.resolve() if read_only and path.is_symlink() else path
        self.timeout = timeout
        self.read_only = read_only
        self._unlocked = self._is_relaxed = False
        self._head: tuple[int, bytes] | None = None
        self._connections = 0
        if not create and not path.is_file():
            hint = (
                "Make a project with `annotator init`, or restore a backup with `annotator restore`"
            )
            raise StoreError("there is no database", file=path, hint=hint)
        self._lock = Lock(beside(path, ".lock"))
        self._connect("rwc" if create else "ro" if read_only else "rw")
        if create:
            known_head.forget(self._lock)
        else:
            self._look_for_losses()

    def _connect(self, mode: str) -> None:
        create = mode == "rwc"
        if mode != "ro" and self.path.is_symlink():
            hint = "Put the file itself there, or link its whole folder"
            raise StoreError("the database is a symbolic link", file=self.path, hint=hint)
        if create:
            self.path.touch(exist_ok=True)
        with self._errors():
            self._file_guard = FileGuard(self.path, self._lock)
            if mode == "rw" and not may_write(self.path):
                # Beside a file in WAL mode, SQLite would have to make two others.
                mode, self.read_only = "ro", True
            self._unlocked = mode == "ro" and self._file_guard.is_complete_alone()
            if mode == "rw":
                self._settle()
            uri = address(self.path, mode, unlocked=self._unlocked)
            self._connection = connect(uri, self.timeout)
            self._connections += 1
            try:
                self._prepare(create)
            except BaseException:
                self._connection.close()
                raise
            self._log = log_of(self.path)

    def _settle(self) -> None:
        """Make sure that a log beside the file belongs to it."""
        if (
            not has_log(self.path)
            or not os.access(self.path.parent, os.W_OK)
            or self._file_guard.is_known()
        ):
            return
        with self._locked():
            self._file_guard.settle()

    def reopen(self, prepare: Callable[[Database], None] = lambda _: None) -> None:
        """Open the file that the path names now, instead of the one that was opened, and `prepare`
        it. Raises StoreError if there is none that can be opened, and what `prepare` raises; then
        nothing changes."""
        if not self.path.is_file():
            hint = "Restore a backup with `annotator restore`"
            raise StoreError("there is no database", file=self.path, hint=hint)
        before = self._connection, self._file_guard, self._log, self.read_only, self._unlocked
        try:
            self._connect("rw")
            prepare(self)
        except BaseException:
            if self._connection is not before[0]:
                with suppress(sqlite.Error):
                    self._connection.close()
            self._connection, self._file_guard, self._log, self.read_only, self._unlocked = before
            raise
        # SQLite notices that its file has moved, and leaves the log of the new one alone.
        with suppress(sqlite.Error):
            before[0].close()
        # Whoever opens another file on purpose knows what it lacks.
        with suppress(StoreError), self._errors(), self._locked():
            if known_head.lost(self._lock, self.value) is not None:
                known_head.forget(self._lock)

    def _look_for_losses(self) -> None:
        """If the database lacks the last event that its log had, put a file beside it that says
        what it has lost."""
        # Other damage is reported when it is read.
        with suppress(StoreError), self._errors():
            if self.read_only or self.version < SCHEMA_VERSION:
                return
            if known_head.lost(self._lock, self.value) is None:
                return
            with self._locked():
                lost = known_head.lost(self._lock, self.value)
                if lost is not None:
                    known_head.set_aside(self.path, lost)
                    known_head.forget(self._lock)

    @property
    def reading_address(self) -> str:
        """The URI by which another connection reads the file as this one does."""
        return address(self.path, "ro", unlocked=self._unlocked)

    def _prepare(self, create: bool) -> None:
        if create:
            mark_as_ours(self._connection)
            return
        if check_version(self._connection, self.path) == SCHEMA_VERSION:
            leave_out_arriving(self._connection)
        if not self.read_only:
            choose_journal(self._connection, self.path)

    @contextmanager
    def migrating(self) -> Iterator[None]:
        """Inside the block, tables can be rebuilt: the connection sees the tables instead of the
        views of `shown_documents.py`, and SQLite does not check foreign keys."""
        see_the_table(self._connection)
        with without_foreign_keys(self.execute):
            yield
        leave_out_arriving(self._connection)

    @property
    def opened(self) -> Footprint:
        """The file that is open."""
        return self._file_guard.known

    @property
    def version(self) -> int:
        """The number of migrations applied to the file."""
        return int(self.value("PRAGMA user_version"))

    def version_of_data(self) -> tuple[int, int, int]:
        """A value that changes whenever anybody writes; asking for it reads no table."""
        # Changes by others and by this connection; a new connection counts both from the start.
        others = int(self.value("PRAGMA data_version"))
        return self._connections, others, int(self._connection.total_changes)

    @property
    def connection(self) -> Any:
        """The raw connection, for migrations and the backup."""
        return self._connection

    def _errors(self) -> AbstractContextManager[None]:
        return errors_at(self.path)

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """All rows of a query; no cursor stays open."""
        with self._errors():
            if self._unlocked:
                self._read_with_others()
            return undamaged_rows(self._connection, sql, parameters)

    def _read_with_others(self) -> None:
        """Use the log and the locks of the file when reading, if somebody has it open now."""
        if not self._connection.in_transaction and not self._file_guard.is_complete_alone():
            self._connection.close()
            self._connect("ro")

    def row(self, sql: str, parameters: Sequence[Any] = ()) -> Row | None:
        """The first row of a query, or None."""
        found = self.rows(sql, parameters)
        return found[0] if found else None

    def value(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        """The first value of the first row; None if there is no row."""
        found = self.row(sql, parameters)
        return found[0] if found else None

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Run a statement. Returns the number of rows that it changed."""
        with self._errors():
            return int(self._connection.execute(sql, parameters).rowcount)

    def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run a statement for each row."""
        with self._errors():
            self._connection.executemany(sql, rows)

    @contextmanager
    def write(self) -> Iterator[None]:
        """A write transaction: all of it or, on any error, nothing.

        Raises BusyError if the lock was not available within the timeout, ReplacedError if the path
        names another file than the one that was opened.
        """
        self.check_writable()
        with self._errors(), self._locked():
            self._file_guard.check()
            if log_of(self.path) != self._log:
                self._follow_log()
            self._head = None
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite.Error):
                    self._connection.execute("ROLLBACK")
                raise
            self._file_guard.renew()
            if self._head is not None and not self._is_relaxed:
                known_head.put(self._lock, *self._head)

    def chained(self, sequence: int, hash: bytes) -> None:
        """Record, in a transaction, that the log of decisions now ends with this event."""
        self._head = sequence, hash

    def check_writable(self) -> None:
        """Raise StoreError if this user may not write to the database."""
        if self.read_only:
            hint = "Ask for write permission on the file and its folder"
            raise StoreError("the database is read-only", file=self.path, hint=hint)

    def _follow_log(self) -> None:
        """Change to the write-ahead log and index that are beside the file now. Those that this
        connection has open were deleted, and whatever is written to them is lost when the process
        ends. So the content of the log is moved into the file first, unless somebody else has done
        that and begun another log."""
        if self._log[0] and not has_log(self.path):
            row = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if row[0]:
                message = "the log of the database was taken away while somebody reads"
                raise BusyError(message, file=self.path, hint="Try again in a moment")
        # SQLite shares an index among the connections of a process, so the old connection is closed
        # first.
        self._connection.close()
        self._connect("rw")

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Everything read inside the block is from the same moment.

        Raises BusyError if the file was written to anyway, which can happen if nobody had it open
        before.
        """
        before = self._written()
        self.execute("BEGIN")
        try:
            yield
        except StoreError as error:
            # What looks like damage may be half of somebody's write.
            self._unchanged(before, error)
            raise
        finally:
            with suppress(sqlite.Error):
                self._connection.execute("ROLLBACK")
        self._unchanged(before)

    def _written(self) -> tuple[int, int]:
        found = self.path.stat()
        return found.st_mtime_ns, found.st_size

    def _unchanged(self, before: tuple[int, int], error: StoreError | None = None) -> None:
        if self._unlocked and self._written() != before:
            hint = "Try again in a moment"
            raise BusyError(
                "was written to while it was read", file=self.path, hint=hint
            ) from error

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the lock. The kernel frees it however the process ends, even if it is killed."""
        if not self._lock.acquire(self.timeout):
            who = holder(self._lock.path) or "another process"
            raise BusyError(
                f"{who} held the database for {self.timeout:g} seconds",
                file=self.path,
                hint="Try again",
            )
        try:
            yield
        finally:
            self._lock.release()

    @contextmanager
    def relaxed(self) -> Iterator[None]:
        """Commits inside the block survive the end of the process, but perhaps not a power cut. Use
        it for positions, not for decisions."""
        with self._synchronous(full=False):
            yield

    @contextmanager
    def durable(self) -> Iterator[None]:
        """Commits inside the block survive a power cut, even within a `relaxed` block."""
        with self._synchronous(full=True):
            yield

    @contextmanager
    def _synchronous(self, *, full: bool) -> Iterator[None]:
        with synchronous(self.execute, full=full):
            self._is_relaxed = not full
            try:
                yield
            finally:
                self._is_relaxed = full

    def is_wanted(self) -> bool:
        """Whether somebody waits for the present transaction to end."""
        return self._lock.is_waited_for()

    @contextmanager
    def in_turns(self) -> Iterator[None]:
        """For work in many short transactions. They are `relaxed`, SQLite does not check foreign
        keys, and no commit moves the log into the file, because others would have to wait. Call
        `move_log` between the transactions."""
        with without_foreign_keys(self.execute), for_long_work(self.execute), self.relaxed():
            yield

    def move_log(self) -> None:
        """Move what was committed so far from the log into the file while others keep writing. Does
        nothing if somebody else is doing it."""
        with self._errors(), self._lock.moving() as begun:
            if begun:
                self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
                with self._locked():
                    self._file_guard.renew()

    def flush_log(self) -> None:
        """Flush everything committed so far to disk, without the lock, so that the next durable
        commit takes less time."""
        with suppress(OSError):
            flush(beside(self.path, "-wal"))

    def backup(self, target: Path) -> None:
        """Copy the whole database into a new file while others keep writing."""
        try:
            with closing(sqlite.connect(str(target))) as copy:
                self._connection.backup(copy)
                copy.execute("PRAGMA journal_mode = DELETE")
        except sqlite.DatabaseError as error:
            raise translated(error, target if is_full(error) else self.path) from error

    def close(self) -> None:
        """Close the connection."""
        with self._errors():
            self._connection.close()
            self._lock.close()


__all__ = ["Database", "Row", "sqlite"]
