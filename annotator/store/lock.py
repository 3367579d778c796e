"""The lock for which all writers of a database queue: blocking, first come first served, without
polling.

Two locks on one file make a fair queue. A writer waits for the door (an open-file-description lock
on one byte), then for the room (an `flock` on the file), and leaves the door as soon as it has the
room. A writer that leaves the room and wants to return queues behind those who wait, so long work
in many short turns overtakes nobody. The kernel grants each lock in the order of the requests, and
frees the locks of a process that dies.

A third lock, on another byte, shows that somebody is moving the log of the database into its file.
It keeps nobody out.

The locks of the queue support no time limit, so a helper thread waits if the room is not free at
once. If its caller has given up, the thread drops the lock as soon as it gets it.
"""

from __future__ import annotations

import errno
import fcntl
import os
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue

MODE = 0o660
"""The umask removes what an unshared project does not grant."""

_OFD_SET = getattr(fcntl, "F_OFD_SETLK", None)
_OFD_WAIT = getattr(fcntl, "F_OFD_SETLKW", None)
_OFD_GET = getattr(fcntl, "F_OFD_GETLK", None)
_NOTE = 256
_DOOR, _MOVING = 1 << 30, (1 << 30) + 1
"""The bytes of the file that are the door and the sign that the log is being moved; nothing is ever
written there."""

_FLOCK = "hhqqi4x"


def _byte(kind: int, place: int) -> bytes:
    """A `struct flock` for one byte."""
    return struct.pack(_FLOCK, kind, os.SEEK_SET, place, 1, 0)


_CLOSE_DOOR, _OPEN_DOOR = _byte(fcntl.F_WRLCK, _DOOR), _byte(fcntl.F_UNLCK, _DOOR)
_BEGIN_MOVE, _END_MOVE = _byte(fcntl.F_WRLCK, _MOVING), _byte(fcntl.F_UNLCK, _MOVING)


class Lock:
    """One holder's access to the lock of a file. Belongs to one thread; the file is made if it is
    missing."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle = -1
        self._file = (0, 0)
        self._helper: _Helper | None = None

    def acquire(self, timeout: float) -> bool:
        """Take the lock. Returns False if it was not available within `timeout` seconds. Raises
        OSError if the file cannot be opened."""
        self._open()
        helper = self._helper
        if helper is None or helper.is_idle():
            if _take_now(self._handle):
                return True
            if timeout <= 0:
                return False
            if helper is None:
                helper = self._helper = _Helper(self._handle)
        return helper.wait(timeout)

    def release(self) -> None:
        """Release the lock."""
        fcntl.flock(self._handle, fcntl.LOCK_UN)

    @contextmanager
    def moving(self) -> Iterator[bool]:
        """Tell others that the log is being moved. Yields False if somebody else is moving it, or
        if the system cannot tell."""
        self._open()
        if _OFD_SET is None or _OFD_GET is None:
            yield False
            return
        try:
            fcntl.fcntl(self._handle, _OFD_SET, _BEGIN_MOVE)
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EACCES, errno.EINVAL):
                raise
            yield False
            return
        try:
            yield True
        finally:
            fcntl.fcntl(self._handle, _OFD_SET, _END_MOVE)

    def is_moved_by_others(self) -> bool:
        """Whether somebody else is moving the log just now."""
        self._open()
        return _is_held(self._handle, _BEGIN_MOVE, unknown=False)

    def is_waited_for(self) -> bool:
        """Whether somebody waits at the door while this process holds the lock. If the system
        cannot tell, the answer is yes."""
        return _is_held(self._handle, _CLOSE_DOOR, unknown=True)

    def note(self, *, place: int = 0) -> bytes:
        """The note at a place in the file."""
        self._open()
        return os.pread(self._handle, _NOTE, place)

    def put_note(self, note: bytes, *, place: int = 0) -> None:
        """Write a note of at most 256 bytes to a place in the file, over the old one. It is not
        flushed to disk."""
        os.pwrite(self._handle, note.ljust(_NOTE), place)

    def close(self) -> None:
        """Close the file. A helper that still waits closes it when it is done."""
        helper, self._helper, handle, self._handle = self._helper, None, self._handle, -1
        if helper is not None:
            helper.close()
        elif handle >= 0:
            os.close(handle)

    def _open(self) -> None:
        """Open the file that the path names now: a removed file would keep nobody out."""
        if self._handle >= 0:
            try:
                found = os.stat(self.path)  # noqa: PTH116 - half the time of Path.stat
            except FileNotFoundError:
                found = None
            if found is not None and (found.st_dev, found.st_ino) == self._file:
                return
            self.close()
        self._handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, MODE)
        opened = os.fstat(self._handle)
        self._file = (opened.st_dev, opened.st_ino)


def _is_held(handle: int, byte: bytes, *, unknown: bool) -> bool:
    """Whether somebody else holds a byte; `unknown` if the system cannot tell."""
    if _OFD_GET is None:
        return unknown
    try:
        found = fcntl.fcntl(handle, _OFD_GET, byte)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        return unknown
    return bool(struct.unpack(_FLOCK, found)[0] != fcntl.F_UNLCK)


def _take_now(handle: int) -> bool:
    """Take the door and the room if both are free."""
    try:
        _move_door(handle, _OFD_SET, _CLOSE_DOOR)
    except OSError as error:
        if error.errno in (errno.EAGAIN, errno.EACCES):
            return False
        raise
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        _leave_door(handle)
    return True


def _take(handle: int) -> None:
    """Wait for the door, then for the room."""
    _move_door(handle, _OFD_WAIT, _CLOSE_DOOR)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
    finally:
        _leave_door(handle)


def _leave_door(handle: int) -> None:
    _move_door(handle, _OFD_SET, _OPEN_DOOR)


def _move_door(handle: int, command: int | None, byte: bytes) -> None:
    """Close or open the door, where the system has such locks."""
    if command is None:
        return
    try:
        fcntl.fcntl(handle, command, byte)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise


class _Helper:
    """A thread that waits for the lock. A caller that gave up and asks again keeps its place in
    the queue."""

    def __init__(self, handle: int) -> None:
        self._handle = handle
        self._asked: SimpleQueue[bool] = SimpleQueue()
        self._guard = threading.Lock()
        # A plain lock, held until the wait is over; a semaphore would double the cost of the wait.
        self._granted = threading.Lock()
        self._granted.acquire()
        self._waiting = self._busy = self._closed = False
        self._error: OSError | None = None
        threading.Thread(target=self._run, name="lock", daemon=True).start()

    def is_idle(self) -> bool:
        """Whether the thread is not waiting for a lock."""
        with self._guard:
            return not self._busy

    def wait(self, timeout: float) -> bool:
        """Let the thread wait. Returns whether it got the lock in time."""
        with self._guard:
            self._waiting = True
            if not self._busy:
                self._busy = True
                self._asked.put(True)
        if not self._granted.acquire(timeout=timeout):
            with self._guard:
                if self._waiting:
                    self._waiting = False
                    return False
            # The lock was granted just after the wait ended.
            self._granted.acquire()
        if self._error is not None:
            error, self._error = self._error, None
            raise error
        return True

    def close(self) -> None:
        """End the thread as soon as it no longer waits; it closes the file."""
        with self._guard:
            self._closed = True
            self._asked.put(False)

    def _run(self) -> None:
        while self._asked.get():
            error: OSError | None = None
            try:
                _take(self._handle)
            except OSError as raised:
                error = raised
            with self._guard:
                self._busy = False
                if self._waiting and not self._closed:
                    self._waiting, self._error = False, error
                    self._granted.release()
                elif error is None:
                    fcntl.flock(self._handle, fcntl.LOCK_UN)
        os.close(self._handle)


def holder(path: Path) -> str:
    """Who holds the lock of a file, as `process 123 (name)`; empty if nobody does or it is
    unknown."""
    try:
        inode = path.stat().st_ino
        lines = Path("/proc/locks").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    for fields in map(str.split, lines):
        if fields[1:2] == ["FLOCK"] and fields[5].rpartition(":")[2] == str(inode):
            pid = fields[4]
            try:
                name = (
                    Path(f"/proc/{pid}/comm").read_text(encoding="utf-8", errors="replace").strip()
                )
            except OSError:
                return f"process {pid}"
            return f"process {pid} ({name})"
    return ""


__all__ = ["Lock", "holder"]
