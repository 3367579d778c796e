"""Checks, around every write, whether the file at a path is still the database that was opened
there.

A file can be removed (`rm`), replaced by another (`mv`), or overwritten (`cp`) while it is open.
SQLite notices none of this in WAL mode: it keeps writing into a file that nobody will find again,
or mixes its log into a file to which the log does not belong. Device and inode reveal the first
two.

A seal reveals the third: after each write, the size and time of the file are noted in the lock
file. A file with another size or time was changed by something else: by another program's
checkpoint, after which it holds more than before, or by a copy over it, after which it holds less.
To tell these apart, the file is read alone, without its log. If it ends before the event that it is
known to hold (the floor), or is smaller than it was, it is another file. Any other file fits the
log, however it got there.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from annotator.errors import ReplacedError, StoreError
from annotator.store.lock import Lock
from annotator.store.sqlite_driver import sqlite

_CHANGED = "the database file was changed by another program"
_ASK = "Say where your decisions belong; they are kept until then"


class _ChangedError(StoreError):
    """The file by itself can no longer be read as a database, although this user may read it."""


@dataclass(frozen=True, slots=True)
class Footprint:
    """What identifies a file from outside; `changed` is in nanoseconds."""

    device: int
    inode: int
    size: int
    changed: int

    @classmethod
    def of(cls, path: Path) -> Footprint:
        """Raises FileNotFoundError if there is no file."""
        found = os.stat(path)  # noqa: PTH116 - half the time of Path.stat
        return cls(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)

    def is_same_file(self, other: Footprint) -> bool:
        """Whether both belong to the same file."""
        return (self.device, self.inode) == (other.device, other.inode)


def without_folder(path: Path) -> ReplacedError:
    """The error for a database whose folder was removed or renamed."""
    return ReplacedError("the folder of the project is gone", file=path, hint=_ASK)


def beside(path: Path, suffix: str) -> Path:
    """The file beside the database with its name and a suffix."""
    return path.with_name(path.name + suffix)


def has_log(path: Path) -> bool:
    """Whether the database has a write-ahead log that is not empty."""
    try:
        return beside(path, "-wal").stat().st_size > 0
    except OSError:
        return False


def log_of(path: Path) -> tuple[int, int]:
    """The inodes of the write-ahead log beside a database and of its index; 0 where there is
    none."""
    return _inode(f"{path}-wal"), _inode(f"{path}-shm")


def _inode(file: str) -> int:
    try:
        return os.stat(file).st_ino  # noqa: PTH116 - half the time of Path.stat
    except OSError:
        return 0


def last_event(path: Path) -> int:
    """The number of the last event in the file alone, without its log; 0 if there is none yet.
    Raises StoreError if the file cannot be read alone."""
    try:
        alone = sqlite.connect(f"file:{quote(str(path.absolute()))}?mode=ro&immutable=1", uri=True)
        try:
            if not alone.execute("SELECT 1 FROM sqlite_schema WHERE name = 'event'").fetchone():
                return 0
            found: int = alone.execute("SELECT coalesce(max(sequence), 0) FROM event").fetchone()[0]
            return found
        finally:
            alone.close()
    except (sqlite.Error, OSError) as error:
        if not os.access(path, os.R_OK):
            hint = "Check the permissions of the file and its folder"
            message = "you may not read the database any more"
            raise StoreError(message, file=path, hint=hint) from error
        raise _ChangedError(
            _CHANGED, file=path, hint="`annotator doctor` says which backup to take"
        ) from error


def _known_end(path: Path, found: Footprint, least: int) -> int | None:
    """The number of the last event in the file alone. It is None if the file cannot be read alone
    because a reader still prevents part of the log from being moved into it, so that pages are
    missing until the rest follows. Such a file is never smaller than it was (`least`), unlike one
    over which another is being copied.

    Raises StoreError for any other file that cannot be read.
    """
    try:
        return last_event(path)
    except StoreError:
        if has_log(path) and found.size >= least:
            return None
        raise


class FileGuard:
    """What one connection knows about its file. Use it only while holding the lock."""

    def __init__(self, path: Path, lock: Lock) -> None:
        """The file must exist, and this connection must not have it open yet."""
        self._path = path
        self._lock = lock
        self._last = Footprint.of(path)
        self._floor: int | None = None

    @property
    def known(self) -> Footprint:
        """The footprint that the file had last."""
        return self._last

    def check(self) -> None:
        """Call this before a transaction. Raises ReplacedError if the file is not the one that was
        opened."""
        found = self._here()
        noted = self._noted()
        if noted is not None and noted[0] == found:
            self._last, self._floor = noted
        elif found != self._last:
            if noted is not None and noted[0].is_same_file(found):
                self._last, self._floor = noted
            self._verify(found, self._floor or 0)

    def renew(self) -> None:
        """Call this after a transaction. Raises ReplacedError if the data did not reach the file
        with that name."""
        found = self._here()
        changed = found != self._last or self._floor is None
        if changed and not self._verify(found, self._floor or 0):
            return
        noted = self._noted()
        if noted != (self._last, self._floor):
            self._note(self._last, self._floor or 0)

    def _here(self) -> Footprint:
        try:
            found = Footprint.of(self._path)
        except FileNotFoundError:
            raise ReplacedError("the database file is gone", file=self._path, hint=_ASK) from None
        if not found.is_same_file(self._last):
            message = "another file was put in the place of the database"
            raise ReplacedError(message, file=self._path, hint=_ASK)
        return found

    def _verify(self, found: Footprint, floor: int) -> bool:
        """Accept the file with its present footprint as ours. Returns False if that cannot be
        decided yet. Raises ReplacedError if it ends before the floor or is smaller than it was."""
        if not found.size:
            # Somebody may be copying another file over it.
            raise ReplacedError("the database file was emptied", file=self._path, hint=_ASK)
        if self._is_changing(found, self._last):
            return False
        try:
            last = _known_end(self._path, found, self._last.size)
        except _ChangedError as error:
            raise ReplacedError(_CHANGED, file=self._path, hint=_ASK) from error
        if last is None:
            return False
        if last < floor or found.size < self._last.size:
            set_apart(self._path, same_file=True)
            self._note(Footprint.of(self._path), last)
            raise ReplacedError(
                "another file was copied over the database", file=self._path, hint=_ASK
            )
        self._last, self._floor = found, last
        return True

    def _is_changing(self, found: Footprint, known: Footprint) -> bool:
        """Whether somebody is moving the log into the file, so that some of its pages are there and
        others are not. That process checks the file when it has finished."""
        return (
            found.is_same_file(known)
            and found.size >= known.size
            and self._lock.is_moved_by_others()
        )

    def _noted(self) -> tuple[Footprint, int] | None:
        fields = self._lock.note().split()
        try:
            device, inode, size, changed, floor = map(int, fields)
        except ValueError:
            return None
        return Footprint(device, inode, size, changed), floor

    def _note(self, look: Footprint, floor: int) -> None:
        self._lock.put_note(_line(look, floor))

    def is_known(self) -> bool:
        """Whether the file still has the footprint that the last writer noted."""
        noted = self._noted()
        return noted is not None and noted[0] == self._last

    def settle(self) -> None:
        """Make sure that a log beside the file belongs to it. Call this under the lock before a
        connection is opened. The log of an earlier file is moved aside, since SQLite would mix it
        into this one."""
        noted = self._noted()
        if noted is None or not self._has_foreign_log():
            return
        set_apart(self._path, same_file=noted[0].is_same_file(Footprint.of(self._path)))
        self._last = Footprint.of(self._path)
        self._note(self._last, last_event(self._path))

    def _has_foreign_log(self) -> bool:
        """Whether the log beside the file belongs to an earlier file."""
        if not has_log(self._path):
            return False
        noted, found = self._noted(), Footprint.of(self._path)
        if noted is None or noted[0] == found or self._is_changing(found, noted[0]):
            return False
        last = _known_end(self._path, found, noted[0].size)
        return last is not None and (last < noted[1] or found.size < noted[0].size)

    def is_complete_alone(self) -> bool:
        """Whether a reader needs only the file and nothing beside it: nobody has it open, or the
        log there is not its own."""
        if _is_at_rest(self._path):
            return True
        try:
            return self._has_foreign_log()
        except (OSError, StoreError):
            # The lock file cannot be read, and perhaps the database cannot either.
            return False


def may_write(path: Path) -> bool:
    """Whether this user may change a file and create others beside it."""
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


def _is_at_rest(path: Path) -> bool:
    """Whether nobody has a database in WAL mode open, so that its file can be read alone. Otherwise
    SQLite would make two files beside it, which a reader cannot remove, or fail to read it if it
    cannot make them."""
    if beside(path, "-wal").exists():
        return False
    try:
        with path.open("rb") as file:
            return file.read(20)[18:] == b"\x02\x02"
    except OSError:
        return False


def _line(look: Footprint, floor: int) -> bytes:
    return b"%d %d %d %d %d\n" % (look.device, look.inode, look.size, look.changed, floor)


def note_for(path: Path) -> bytes:
    """The note for a database that was just put in place and that nobody has open yet."""
    return _line(Footprint.of(path), last_event(path))


def set_apart(path: Path, *, same_file: bool) -> None:
    """Separate a file that was put in the place of a database from the log that was left there.
    The log is kept under another name.

    With `same_file`, connections to the file before are still open on this very inode and would
    write their log into it when they close. It becomes a file of its own, and they find that theirs
    has moved.
    """
    if same_file:
        own = beside(path, ".apart")
        shutil.copy2(path, own)
        with suppress(OSError):
            old = path.stat()
            os.chown(own, old.st_uid, old.st_gid)
        flush(own)
        own.replace(path)
    log = beside(path, "-wal")
    if has_log(path):
        number = 1
        while (kept := beside(path, f".replaced-wal-{number}")).exists():
            number += 1
        log.replace(kept)
    else:
        log.unlink(missing_ok=True)
    beside(path, "-shm").unlink(missing_ok=True)
    flush(path.parent)


def flush(path: Path) -> None:
    """Flush a file, or the names in a folder, to disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


__all__ = [
    "FileGuard",
    "Footprint",
    "beside",
    "flush",
    "has_log",
    "log_of",
    "may_write",
    "note_for",
    "without_folder",
]
