"""Settings of a connection that hold for a block."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Execute = Callable[[str], object]

_LEVELS = {True: "FULL", False: "NORMAL"}

_PAGES = 1000
"""The number of log pages from which a commit moves the log into the file: SQLite's default."""

_CACHE, _MORE_CACHE = 2_000, 32_000
"""Kilobytes of pages kept in memory: SQLite's default, and for long work, which changes pages all
over the indexes again and again."""


@contextmanager
def synchronous(execute: Execute, *, full: bool) -> Iterator[None]:
    """With `full`, commits inside the block survive a power cut; without it, perhaps not."""
    execute(f"PRAGMA synchronous = {_LEVELS[full]}")
    try:
        yield
    finally:
        execute(f"PRAGMA synchronous = {_LEVELS[not full]}")


@contextmanager
def without_foreign_keys(execute: Execute) -> Iterator[None]:
    """SQLite does not check foreign keys inside the block."""
    execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        execute("PRAGMA foreign_keys = ON")


@contextmanager
def for_long_work(execute: Execute) -> Iterator[None]:
    """No commit inside the block moves the log into the file, and more pages are kept in
    memory."""
    execute("PRAGMA wal_autocheckpoint = 0")
    execute(f"PRAGMA cache_size = -{_MORE_CACHE}")
    try:
        yield
    finally:
        execute(f"PRAGMA cache_size = -{_CACHE}")
        execute(f"PRAGMA wal_autocheckpoint = {_PAGES}")


__all__ = ["for_long_work", "synchronous", "without_foreign_keys"]
