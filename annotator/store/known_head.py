"""Remembers, beside the database, the last event of its log: the head of the chain of hashes.
SQLite drops everything after the first damaged page of a write-ahead log, and if that log is cut
off or removed, the database is intact but older. So each writer notes the number and the hash of
its last event in the lock file, and whoever opens the database checks that the chain still has this
event. If not, a file beside the database, with a copy of the write-ahead log, says what is missing
until somebody has dealt with it.
"""

from __future__ import annotations

import os
import shutil
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

from annotator.store.file_identity import beside, has_log
from annotator.store.lock import MODE, Lock

LOST = ".lost-"
_PLACE = 256
"""Where the head stands in the lock file, behind the note of `file_identity.py`."""


def put(lock: Lock, sequence: int, hash: bytes) -> None:
    """Note the head of a database. Call this under the lock, when its event is on disk."""
    head = b"%d %b" % (sequence, hash.hex().encode())
    lock.put_note(b"%b %08x\n" % (head, zlib.crc32(head)), place=_PLACE)


def forget(lock: Lock) -> None:
    """Remove the note, since another database was put in place on purpose."""
    if get(lock) is not None:
        lock.put_note(b"", place=_PLACE)


def get(lock: Lock) -> tuple[int, str] | None:
    """The noted head: number and hash; None if there is none, or it cannot be read."""
    head, _, check = lock.note(place=_PLACE).strip().rpartition(b" ")
    if check != b"%08x" % zlib.crc32(head):
        return None
    sequence, _, hash = head.decode("ascii").partition(" ")
    return int(sequence), hash


def lost(lock: Lock, value: Callable[[str, Sequence[int]], object]) -> tuple[int, str] | None:
    """The noted head, if the chain no longer has it. `value` is `Database.value`."""
    known = get(lock)
    if known is None:
        return None
    hash = value("SELECT hash FROM chain WHERE sequence = ?", known[:1])
    return None if isinstance(hash, bytes) and hash.hex() == known[1] else known


def set_aside(database: Path, lost: tuple[int, str]) -> Path:
    """Write a file that says which head the database no longer has, with a copy of its log."""
    path = beside(database, f"{LOST}{lost[0]}-{lost[1][:32]}")
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, MODE))
    if has_log(database):
        shutil.copyfile(beside(database, "-wal"), path)
    path.chmod(database.stat().st_mode & 0o666)
    return path


def losses(database: Path) -> list[tuple[Path, int, str]]:
    """The files that say what a database has lost, each with the number of an event and the start
    of its hash."""
    found: list[tuple[Path, int, str]] = []
    for file in sorted(database.parent.glob(f"{database.name}{LOST}*")):
        number, _, hash = file.name.removeprefix(f"{database.name}{LOST}").partition("-")
        if number.isdecimal() and hash:
            found.append((file, int(number), hash))
    return found


__all__ = ["forget", "get", "losses", "lost", "put", "set_aside"]
