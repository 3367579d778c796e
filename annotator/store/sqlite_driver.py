"""Chooses the SQLite driver, once, by the version of SQLite that each one brings.

`pysqlite3` brings its own SQLite and is a dependency where it has a wheel (Linux on x86-64). Built
from source, it has the system's SQLite and is no better than the standard library. SQLite 3.7.0 to
3.51.2 can lose data with several connections in WAL mode (the WAL-reset bug); such a version runs
with journal_mode=TRUNCATE, where readers wait for writers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from types import ModuleType

OLDEST = (3, 38, 0)
"""The first SQLite with strict tables and with JSON functions allowed in CHECKs."""

DRIVERS = ("pysqlite3.dbapi2", "sqlite3.dbapi2")
"""The drivers, the preferred one first."""


def wal_is_safe(version: Sequence[int]) -> bool:
    """Whether this version of SQLite is safe in WAL mode."""
    return not (3, 7, 0) <= tuple(version) <= (3, 51, 2)


def choose(load: Callable[[str], ModuleType] = import_module) -> ModuleType:
    """The first driver whose SQLite is safe in WAL mode; if there is none, the one with the
    newest SQLite. A driver that follows a safe one is not even imported."""
    found: list[ModuleType] = []
    for name in DRIVERS:
        try:
            driver = load(name)
        except ImportError:
            continue
        if wal_is_safe(driver.sqlite_version_info):
            return driver
        found.append(driver)
    return max(found, key=lambda one: tuple(one.sqlite_version_info))


sqlite = choose()

WAL_IS_SAFE = wal_is_safe(sqlite.sqlite_version_info)

__all__ = ["DRIVERS", "OLDEST", "WAL_IS_SAFE", "choose", "sqlite", "wal_is_safe"]
