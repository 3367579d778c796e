"""Keeps decisions that could not be written into the database at once in a file beside it.

Each process has its own file, `annotator.db.unsaved-…`, and holds a lock on it as long as it lives.
A line is one group of decisions with the ids of its future events and a checksum; it is on disk
before the screen reacts to the key. The file is deleted once everything is in the database. If a
process leaves a file behind, the next one that opens the project writes its decisions into the
database; the ids of the events make it safe to do this twice. Decisions that no longer fit (because
the same annotator worked elsewhere) are moved to `annotator.db.left-…`, with the lines that cannot
be read, and `annotator doctor` reports them.
"""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from annotator.errors import ConflictError, StoreError
from annotator.model.names import Concepts
from annotator.store.bounds import extent_of
from annotator.store.codec import uuid7
from annotator.store.connection import Database
from annotator.store.file_identity import beside, flush
from annotator.store.journal_lines import ROOM, Pending, groups, is_cut, line_of
from annotator.store.lock import MODE
from annotator.store.log import record

UNSAVED, LEFT = ".unsaved-", ".left-"

_CUT = b"# Decisions that stood here are missing: the file was cut, or lines were removed.\n"


@dataclass(frozen=True, slots=True)
class RecoveredDecisions:
    """The result of writing files that were left behind: the decisions that are now in the
    database, how many of them are new there, and the files with decisions that no longer fit."""

    decisions: int = 0
    left: tuple[Path, ...] = ()


class Journal:
    """The decisions that one process could not write yet. The file is made with its first line, or
    when room is reserved for it.

    Its lines are numbered, and zeros fill it up to the next `ROOM` bytes: so they can be written
    when the disk is full, and it shows when the file was cut, even at the end of a line.
    """

    def __init__(self, database: Path) -> None:
        self._database = database
        self._handle = -1
        self._end = self._lines = 0
        self._reserves = False
        self._kept: set[str] = set()
        self.path: Path | None = None

    def reserve(self) -> None:
        """Reserve room for some hundred decisions, for when the disk is full later. Does nothing if
        there is no room now."""
        self._reserves = True
        with suppress(OSError):
            if self._handle < 0:
                self._begin()

    def missing(self, pending: Sequence[Pending]) -> list[Pending]:
        """Those of these groups that are not on disk here."""
        return [one for one in pending if one.ids[0] not in self._kept]

    def keep(self, pending: Sequence[Pending]) -> None:
        """Write all of these groups to disk before returning. Raises StoreError if that fails."""
        fresh = self.missing(pending)
        if not fresh:
            return
        try:
            if self._handle < 0:
                self._begin()
            lines = [line_of(one, number) for number, one in enumerate(fresh, self._lines + 1)]
            self._append(b"".join(lines))
        except OSError as error:
            if self._handle >= 0:
                # Half a line would make the lines after it unreadable.
                with suppress(OSError):
                    self._wipe()
            raise _unwritten(self.path, error) from error
        self._lines += len(fresh)
        self._kept.update(one.ids[0] for one in fresh)

    def _begin(self) -> None:
        while self._handle < 0:
            self._handle = self._created()
        self._end = self._lines = 0

    def _created(self) -> int:
        """A new file, open and locked; -1 if somebody took it for one that was left behind, before
        it was locked."""
        self.path = beside(self._database, f"{UNSAVED}{uuid7()}")
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, MODE)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            if not os.fstat(handle).st_nlink:
                os.close(handle)
                return -1
            as_the_database(handle, self._database)
            _write(handle, bytes(ROOM))
            flush(self.path.parent)
        except OSError:
            os.close(handle)
            self.path.unlink(missing_ok=True)
            raise
        return handle

    def _append(self, lines: bytes) -> None:
        """Write lines, with the zeros that fill up the file, and flush them to disk."""
        end = self._end + len(lines)
        size = (end // ROOM + 1) * ROOM
        more = size - end if size > os.fstat(self._handle).st_size else 0
        os.lseek(self._handle, self._end, os.SEEK_SET)
        _write(self._handle, lines + bytes(more))
        self._end = end

    def _wipe(self) -> None:
        """Remove what was written after the last whole line; the room stays."""
        os.ftruncate(self._handle, (self._end // ROOM + 1) * ROOM)
        os.lseek(self._handle, self._end, os.SEEK_SET)
        _write(self._handle, bytes(ROOM - self._end % ROOM))

    def clear(self) -> None:
        """Empty the journal: everything is in the database, or should be dropped."""
        if self._kept:
            self._remove()
            if self._reserves:
                self.reserve()

    def _remove(self) -> None:
        assert self.path is not None
        self.path.unlink(missing_ok=True)
        self._leave()

    def _leave(self) -> None:
        os.close(self._handle)
        self._handle, self._kept = -1, set()

    def settle(
        self, save: Callable[[Pending], None], pending: Sequence[Pending]
    ) -> tuple[int, Path | None]:
        """Save the decisions that fit the database which replaced the one on which they were made.
        Returns their number, and the file with the others."""
        fitting, misfits = _sorted(save, pending)
        return fitting, self.put_aside(misfits) if misfits else None

    def put_aside(self, pending: Sequence[Pending]) -> Path:
        """Keep decisions in a file that is not taken in automatically."""
        return _put_aside(self._database, map(line_of, pending))

    def close(self) -> None:
        """Leave the file to the next process that opens the project, if anything is in it."""
        if self._handle >= 0 and self._kept:
            self._leave()
        elif self._handle >= 0:
            with suppress(OSError):
                self._remove()


def as_the_database(handle: int, database: Path) -> None:
    """Give a file beside the database the same mode, so that everybody who may work in the project
    can take it in."""
    try:
        os.fchmod(handle, database.stat().st_mode & 0o666)
    except FileNotFoundError:
        return


def left_behind(database: Path) -> list[Path]:
    """The files with decisions beside a database, of living and dead processes."""
    start = database.name + UNSAVED
    with os.scandir(database.parent) as entries:
        return sorted(
            database.parent / entry.name for entry in entries if entry.name.startswith(start)
        )


def put_aside(database: Path) -> list[Path]:
    """The files with decisions that no longer fit."""
    return sorted(database.parent.glob(f"{database.name}{LEFT}*"))


def take_in(db: Database, concepts: Concepts) -> RecoveredDecisions:
    """Write what dead processes have left behind. What cannot be written now stays for the next
    time."""
    done, left = 0, list[Path]()
    for path in left_behind(db.path):
        with _held(path) as handle:
            if handle is None:
                continue
            # What cannot be written now stays.
            with suppress(StoreError):
                decisions, aside = _take(db, path, concepts)
                done += decisions
                if aside:
                    left.append(_put_aside(db.path, aside))
                path.unlink(missing_ok=True)
    return RecoveredDecisions(done, tuple(left))


def waiting(database: Path) -> list[Path]:
    """The files of dead processes with decisions that are not in the database yet."""
    found: list[Path] = []
    for path in left_behind(database):
        with _held(path) as handle:
            if handle is not None and (is_cut(data := path.read_bytes()) or data.strip(b"\0")):
                found.append(path)
    return found


@contextmanager
def _held(path: Path) -> Iterator[int | None]:
    """The open, locked file of a dead process; None if its owner is alive, or if it is not a file
    that we may use."""
    flags = os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        handle = os.open(path, flags)
    except OSError:
        yield None
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        free = stat.S_ISREG(os.fstat(handle).st_mode)
    except BlockingIOError:
        free = False
    try:
        yield handle if free else None
    finally:
        os.close(handle)


def _take(db: Database, path: Path, concepts: Concepts) -> tuple[int, list[bytes]]:
    """The number of a file's decisions that are now in the database, and the lines that do not fit
    or cannot be read."""

    def save(one: Pending) -> None:
        extent = extent_of(db, one.document)
        for decision in one.group:
            try:
                extent.check(decision.paragraph, decision.after and decision.after.value)
            except ValueError as error:
                raise ConflictError(str(error), file=db.path) from error
        write(db, one, concepts)

    data = path.read_bytes()
    lines = list(groups(data))
    fitting, misfits = _sorted(save, [one for _, one in lines if one is not None])
    unread = [line for line, one in lines if one is None]
    return fitting, [*unread, *[_CUT] * is_cut(data), *map(line_of, misfits)]


def write_fitting(
    db: Database, pending: Iterable[Pending], concepts: Concepts
) -> tuple[int, list[Pending]]:
    """Record the groups that fit. Returns the number of their decisions, and the other groups."""
    return _sorted(lambda one: write(db, one, concepts), pending)


def write(db: Database, one: Pending, concepts: Concepts) -> None:
    """Record a group as `log.record` does, unless it is already in the log."""
    record(
        db,
        one.document,
        one.annotator,
        one.group,
        concepts=concepts,
        reviewer=one.reviewer,
        ids=one.ids,
        time=one.time,
    )


def _sorted(
    save: Callable[[Pending], None], pending: Iterable[Pending]
) -> tuple[int, list[Pending]]:
    """Save what fits. Returns the number of these decisions, and the groups that do not fit. Later
    decisions in the same document do not fit either."""
    fitting, misfits = 0, list[Pending]()
    stopped: set[tuple[str, str]] = set()
    for one in pending:
        place = (one.document, one.annotator)
        try:
            if place in stopped:
                raise ConflictError("an earlier decision does not fit")
            save(one)
            fitting += len(one.group)
        except ConflictError:
            stopped.add(place)
            misfits.append(one)
    return fitting, misfits


def _put_aside(database: Path, lines: Iterable[bytes]) -> Path:
    """Write lines to a file of their own, completely or not at all."""
    path = beside(database, f"{LEFT}{uuid7()}")
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, MODE)
        try:
            as_the_database(handle, database)
            _write(handle, b"".join(lines))
        except OSError:
            path.unlink(missing_ok=True)
            raise
        finally:
            os.close(handle)
    except OSError as error:
        raise _unwritten(path, error) from error
    return path


def _unwritten(path: Path | None, error: OSError) -> StoreError:
    hint = "Free some space, or check the permissions of the folder"
    return StoreError(error.strerror or str(error), file=path, hint=hint)


def _write(handle: int, data: bytes) -> None:
    """Write all of the data to a file, and flush it to disk."""
    while data:
        data = data[os.write(handle, data) :]
    os.fsync(handle)


__all__ = [
    "Journal",
    "Pending",
    "RecoveredDecisions",
    "groups",
    "is_cut",
    "put_aside",
    "take_in",
    "waiting",
    "write",
    "write_fitting",
]
