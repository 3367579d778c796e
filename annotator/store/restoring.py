"""Puts a backup in the place of the database while others work: a swap under the lock that keeps
the old file."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from annotator.errors import BusyError, StoreError
from annotator.store import known_head
from annotator.store.connection import Database
from annotator.store.driver_errors import translated
from annotator.store.file_identity import beside, flush, has_log, note_for
from annotator.store.files import reserve
from annotator.store.lock import Lock, holder
from annotator.store.sqlite_driver import WAL_IS_SAFE, sqlite


@dataclass(frozen=True, slots=True)
class Restored:
    """The result: the file in which the old database is kept, if there was one, and the numbers of
    events in it and in the backup; None if unreadable."""

    kept: Path | None
    before: int | None
    after: int | None


def restore(
    database: Path, backup: Path, *, timeout: float = 10.0, force: bool = False
) -> Restored:
    """Put a copy of `backup` in the place of `database`. People who have the old one open are told
    at their next decision.

    Raises StoreError for a backup that is damaged, not ours, or (unless `force`) of another
    project; BusyError if the lock was not available within `timeout` seconds. Then nothing changes.
    """
    if database.exists() and backup.exists() and database.samefile(backup):
        raise StoreError("is the database itself", file=backup, hint="Name a backup of it")
    project, after = _examined(backup)
    there, before = _identity(database)
    if there is not None and project != there and not force:
        hint = "Check the name of the file, or use --force to restore it anyway"
        raise StoreError("is a backup of another project", file=backup, hint=hint)
    with reserve(database, ".restoring") as new:
        with closing(Database(backup, read_only=True)) as source:
            source.backup(new)
        kept = swap_in(database, new, timeout)
    return Restored(kept, before, after)


def _examined(backup: Path) -> tuple[str | None, int | None]:
    """Project and last event of an intact backup."""
    if not backup.is_file():
        raise StoreError(
            "there is no such file", file=backup, hint="Name a file made by `annotator backup`"
        )
    try:
        with closing(Database(backup, read_only=True)) as found:
            damage = [row[0] for row in found.rows("PRAGMA integrity_check(3)") if row[0] != "ok"]
            if damage:
                raise StoreError(f"the backup is damaged: {damage[0]}")
            project = found.value("SELECT value FROM setting WHERE key = 'project'")
            return project, found.value("SELECT coalesce(max(sequence), 0) FROM event")
    except StoreError as error:
        hint = "Take another backup; nothing was changed"
        raise StoreError(error.message, file=backup, hint=hint) from error


def _identity(database: Path) -> tuple[str | None, int | None]:
    """Project and last event of the present database; each is None if it cannot be read."""
    try:
        with closing(Database(database, read_only=True)) as found:
            project = found.value("SELECT value FROM setting WHERE key = 'project'")
            return project, found.value("SELECT coalesce(max(sequence), 0) FROM event")
    except StoreError:
        return None, None


def swap_in(
    database: Path, new: Path, timeout: float, *, check: Callable[[], None] = lambda: None
) -> Path | None:
    """Put a new file in the place of the database, with its mode and owner, under the lock. Returns
    the file in which the old one is kept, if there was one. `check` is called under the lock, and
    may raise.

    Raises BusyError if the lock was not available within `timeout` seconds, StoreError if the file
    cannot be put there. Then nothing changes.
    """
    lock = Lock(beside(database, ".lock"))
    try:
        _finish(new, like=database)
        if not lock.acquire(timeout):
            who = holder(lock.path) or "another process"
            raise BusyError(
                f"{who} holds the database", file=database, hint="Try again; nothing was changed"
            )
        check()
        kept = _keep(database) if os.path.lexists(database) else None
        # First the log, then the file: anyone who opens it in between finds the complete old
        # database, never a mixture.
        for suffix in ("-wal", "-shm"):
            beside(database, suffix).unlink(missing_ok=True)
        new.replace(database)
        flush(database.parent)
        lock.put_note(note_for(database))
        known_head.forget(lock)
        return kept
    except OSError as error:
        hint = "Check the folder, its permissions and the space on the disk; nothing was changed"
        where = Path(error.filename) if isinstance(error.filename, str) else database
        raise StoreError(error.strerror or str(error), file=where, hint=hint) from error
    finally:
        lock.close()


def _finish(new: Path, *, like: Path) -> None:
    """Give a copy the journal mode of a database, and the mode and owner of the present one."""
    try:
        with closing(sqlite.connect(str(new), isolation_level=None)) as copy:
            copy.execute(f"PRAGMA journal_mode = {'WAL' if WAL_IS_SAFE else 'TRUNCATE'}")
    except sqlite.Error as error:
        raise translated(error, new) from error
    with suppress(OSError):
        found = like.stat()
        if stat.S_ISREG(found.st_mode):
            new.chmod(found.st_mode & 0o7777)
            os.chown(new, found.st_uid, found.st_gid)
    flush(new)


def _keep(database: Path) -> Path:
    """Keep the old database under another name, with everything in its log."""
    kept = free_name(database, "before")
    try:
        old = sqlite.connect(str(database), isolation_level=None, timeout=2)
        with closing(old):
            emptied = _checkpoint(old)
            if not emptied:
                # Somebody is reading, so the log stays and the copy is made through it.
                with closing(sqlite.connect(str(kept))) as copy:
                    old.backup(copy)
                return kept
    except sqlite.Error:
        # It is damaged: keep it as it is, with its log.
        if has_log(database):
            os.link(beside(database, "-wal"), beside(kept, "-wal"))
    os.link(database, kept)
    return kept


def _checkpoint(connection: Any) -> bool:
    """Move the whole log into the file. Returns whether that was possible."""
    connection.execute("SELECT 1 FROM sqlite_schema").fetchall()
    row = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return row is None or row[0] == 0


def free_name(database: Path, word: str) -> Path:
    """A name beside the database that is not taken, with a word and the time in it."""
    stem = f"{database.stem}-{word}-{time.strftime('%Y%m%d-%H%M%S')}"
    number = 1
    while (
        kept := database.with_name(f"{stem}{f'-{number}' * (number > 1)}{database.suffix}")
    ).exists():
        number += 1
    return kept


__all__ = ["Restored", "free_name", "restore", "swap_in"]
