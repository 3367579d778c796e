"""Saves the work of a process whose database was removed or replaced: finds out what the path names
now, and what the process still has of the old file."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path

from annotator.errors import ReplacedError, StoreError
from annotator.model.names import Concepts
from annotator.store import hash_chain
from annotator.store.connection import Database
from annotator.store.driver_errors import translated
from annotator.store.file_identity import beside
from annotator.store.files import reserve
from annotator.store.journal import Journal, Pending, write_fitting
from annotator.store.lock import MODE
from annotator.store.restoring import free_name, swap_in
from annotator.store.results import FileNow
from annotator.store.sqlite_driver import sqlite


def file_now(db: Database, project: str | None) -> FileNow:
    """What the path of a connection names now; `project` is the id of the project that is open."""
    path = db.path
    if not path.parent.is_dir():
        return FileNow.NO_FOLDER
    if not path.exists():
        return FileNow.NOTHING
    if path.is_symlink():
        return FileNow.UNUSABLE
    try:
        with closing(Database(path, read_only=True)) as found:
            if found.value("SELECT value FROM setting WHERE key = 'project'") != project:
                return FileNow.ANOTHER_PROJECT
            lacks = _lacks_events_of(db, found) and not _is_kept_beside(db)
    except StoreError:
        return FileNow.UNUSABLE
    return FileNow.OLDER if lacks else FileNow.THIS_PROJECT


def _lacks_events_of(db: Database, found: Database) -> bool:
    """Whether the last event that a connection can still read is missing from another database."""
    try:
        last = db.value("SELECT id FROM event ORDER BY sequence DESC LIMIT 1")
    except StoreError:
        return False
    return last is not None and found.value("SELECT 1 FROM event WHERE id = ?", (last,)) is None


def _is_kept_beside(db: Database) -> bool:
    """Whether the file that a connection has open has another name now, such as the one that
    `annotator restore` gave it."""
    with os.scandir(db.path.parent) as entries:
        return any(entry.inode() == db.opened.inode for entry in entries)


def is_intact(db: Database) -> bool:
    """Whether a connection still has the whole file that it opened. If the file was overwritten
    instead of removed, it does not."""
    try:
        return bool(db.value("PRAGMA quick_check(1)") == "ok")
    except StoreError:
        return False


def place_for(db: Database) -> Path:
    """The folder for rescued files: that of the database or, if it is gone, the user's own."""
    here = db.path.parent
    return here if here.is_dir() else Path.home()


def rescue(db: Database, pending: Sequence[Pending], concepts: Concepts) -> list[Path]:
    """Copy what a connection has of a replaced database, with the decisions that are not written
    yet, to a file in `place_for(db)`. If the old file was overwritten, there is nothing intact to
    copy, and only the decisions are saved. Returns the files: the copy, and one with the decisions
    that are not in it.

    Raises StoreError if nothing can be written.
    """
    path = place_for(db) / db.path.name
    file = _claimed(path)
    left: Sequence[Pending] = pending
    files: list[Path] = []
    try:
        _copy_to(db, file)
        with closing(Database(file)) as copy:
            _, left = write_fitting(copy, pending, concepts)
        files.append(file)
    except StoreError:
        file.unlink(missing_ok=True)
        if not pending:
            raise
        left = pending
    finally:
        for suffix in ("-wal", "-shm", "-journal", ".lock", ".long"):
            with suppress(OSError):
                beside(file, suffix).unlink(missing_ok=True)
    return [*files, *([Journal(path).put_aside(left)] if left else [])]


def _claimed(database: Path) -> Path:
    """A new file beside a database, which nobody else writes."""
    while True:
        file = free_name(database, "rescued")
        try:
            os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, MODE))
        except FileExistsError:
            continue
        except OSError as error:
            hint = "Free some space, or check the permissions of the folder"
            raise StoreError(error.strerror or str(error), file=file, hint=hint) from error
        return file


def put_back(db: Database, project: str | None) -> Path | None:
    """Restore the database from what a connection has of it. The file that is in its place now is
    kept under another name; returns that name, if there is such a file.

    Raises ReplacedError if somebody else did that meanwhile, StoreError if the old file is no
    longer intact or nothing can be written. Then nothing changes.
    """

    def still_missing() -> None:
        if file_now(db, project) in (FileNow.THIS_PROJECT, FileNow.OLDER):
            raise ReplacedError(
                "a database of this project is there again", file=db.path, hint="Choose again"
            )

    still_missing()
    with reserve(db.path, ".restoring") as new:
        _copy_to(db, new)
        return swap_in(db.path, new, db.timeout, check=still_missing)


def _copy_to(db: Database, file: Path) -> None:
    """Copy everything that a connection has to a file. Raises StoreError if that is not intact."""
    db.backup(file)
    try:
        with closing(Database(file, read_only=True)) as copy:
            damage = copy.value("PRAGMA integrity_check(1)")
            if damage != "ok" or any(True for _ in hash_chain.check(copy)):
                raise StoreError("the old database is no longer intact", file=file)
    except sqlite.Error as error:
        raise translated(error, file) from error


__all__ = ["file_now", "is_intact", "place_for", "put_back", "rescue"]
