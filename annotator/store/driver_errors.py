"""Turns errors of the SQLite driver into ours: what is wrong, where, and what to do."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from annotator.errors import BusyError, InputError, StoreError
from annotator.store.file_identity import without_folder
from annotator.store.sqlite_driver import sqlite

_LEAST = 1 << 17
"""Bytes that opening a database takes, beside it."""


@contextmanager
def errors_at(path: Path) -> Iterator[None]:
    """Turns the errors of the driver and of files into ours; `path` is the database's."""
    try:
        yield
    except (sqlite.Error, UnicodeEncodeError) as error:
        if isinstance(error, UnicodeEncodeError) or "binding parameter" in str(error):
            hint = "Give texts of whole characters, numbers, bytes or nothing"
            message = f"the database holds no such value: {error}"
            raise InputError(message, hint=hint) from error
        raise translated(error, path) from error
    except (UnicodeDecodeError, OverflowError) as error:
        raise translated(sqlite.DatabaseError(f"malformed text: {error}"), path) from error
    except OSError as error:
        if not path.parent.is_dir():
            raise without_folder(path) from error
        hint = "Check the permissions of the file and its folder"
        where = Path(error.filename) if isinstance(error.filename, str) else path
        raise StoreError(f"{error.strerror or error}", file=where, hint=hint) from error


def translated(error: Exception, path: Path) -> StoreError:
    """Our exception for an error of the driver, which says what to do."""
    text = str(error)
    low = text.lower()
    if "locked" in low or "busy" in low:
        return BusyError("the database is locked", file=path, hint="Try again in a moment")
    if "readonly" in low or "read-only" in low:
        hint = "Ask for write permission on the file and its folder"
        return StoreError("the database is read-only", file=path, hint=hint)
    if is_full(error) or ("disk i/o" in low and _has_no_room(path)):
        return StoreError(
            "the disk is full; nothing was written", file=path, hint="Free some space"
        )
    if "not a database" in low:
        return StoreError(
            "is not a database of annotator", file=path, hint="Name another project folder"
        )
    if any(
        word in low
        for word in ("malformed", "corrupt", "could not decode", "no such table", "no such column")
    ):
        hint = "Restore it from a backup (`annotator backup`); the damaged file was left as it is"
        return StoreError(f"the database is damaged: {text}", file=path, hint=hint)
    if "unable to open" in low:
        hint = "Check that the file exists and the permissions of its folder"
        return StoreError("the database cannot be opened", file=path, hint=hint)
    return StoreError(
        f"the database refused: {text}", file=path, hint="Check it with `annotator doctor`"
    )


def is_full(error: Exception) -> bool:
    """Whether an error of the driver says that the disk is full."""
    return "full" in str(error).lower()


def _has_no_room(path: Path) -> bool:
    """Whether there is no room for the files that SQLite makes to open a database."""
    try:
        found = os.statvfs(path.parent)
    except OSError:
        return False
    return found.f_bavail * found.f_frsize < _LEAST


__all__ = ["errors_at", "is_full", "translated"]
