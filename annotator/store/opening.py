"""Opens the file of a database: with which SQLite and settings, and whether the file is ours."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from annotator.errors import BusyError, StoreError
from annotator.store.driver_errors import errors_at
from annotator.store.sqlite_driver import OLDEST, WAL_IS_SAFE, sqlite

APPLICATION_ID = 0x414E4E54
"""The application id in the header of our databases: the letters ANNT."""

SCHEMA_VERSION = 20
"""The number of migrations. A test compares it with `migrations.py`, which is imported only to
migrate."""


def address(path: Path, mode: str, *, unlocked: bool) -> str:
    """The URI of a file for a mode of SQLite (ro, rw, rwc); `unlocked`, it is read without locks
    and without a log."""
    return f"file:{quote(str(path.absolute()))}?mode={mode}" + "&immutable=1" * unlocked


def connect(uri: str, timeout: float) -> Any:
    """A connection of the driver. Raises StoreError if the SQLite is too old."""
    if sqlite.sqlite_version_info < OLDEST:
        hint = "Install pysqlite3, or a Python with a newer SQLite"
        raise StoreError(f"SQLite {sqlite.sqlite_version} is too old, 3.38 is needed", hint=hint)
    connection = sqlite.connect(uri, uri=True, timeout=timeout, isolation_level=None)
    if WAL_IS_SAFE:
        # If this is on, older versions consider their own JSON functions unsafe in a CHECK.
        connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")
    return connection


def mark_as_ours(connection: Any) -> None:
    """Make a new, empty database ours."""
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA journal_mode = {'WAL' if WAL_IS_SAFE else 'TRUNCATE'}")


def check_version(connection: Any, path: Path) -> int:
    """The number of migrations that a database has. Raises StoreError if it is not ours, or newer
    than this program."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    if application != APPLICATION_ID:
        raise StoreError(
            "is not a database of annotator", file=path, hint="Name another project folder"
        )
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > SCHEMA_VERSION:
        raise StoreError(
            f"was written by a newer annotator (database version {version}, this program knows "
            f"{SCHEMA_VERSION})",
            file=path,
            hint="Update annotator",
        )
    return int(version)


def choose_journal(connection: Any, path: Path) -> None:
    """Set the journal mode that is safe with this SQLite."""
    if not WAL_IS_SAFE:
        # This is not stored in the file, so every connection must set it.
        connection.execute("PRAGMA journal_mode = TRUNCATE").fetchone()
    elif connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        # A backup was put here by hand. If somebody is reading it now, the next process to open it
        # does this.
        with suppress(BusyError), errors_at(path):
            connection.execute("PRAGMA journal_mode = WAL").fetchone()


__all__ = [
    "APPLICATION_ID",
    "SCHEMA_VERSION",
    "address",
    "check_version",
    "choose_journal",
    "connect",
    "mark_as_ours",
]
