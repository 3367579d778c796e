"""The turns in which long work is written from its file (`long_work.py`): as many rows as take some
milliseconds, and fewer as soon as somebody waits for the lock."""

from __future__ import annotations

import re
import time
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import orjson

from annotator.errors import StoreError
from annotator.json_text import json_bytes
from annotator.store import hash_chain, search
from annotator.store.connection import Database

TURNS = ".turns-"
"""What the names of the files go on with after the name of the database."""

TURN = 0.005
"""Seconds of the processor that a turn should take while nobody waits for it to end. A transaction
costs by the pages that it changes, so that a few long ones cost half of many short ones. Beside an
import of 10,000 documents, `tests/bench/load.py` gives 50 annotators a p99 of 10 to 13 ms (5 ms
without it); with turns of .01 and a log moved after 5,000 rows, it was 20 ms."""

WAITED = 0.001
"""Seconds after which a turn ends if somebody waits for it."""

LOGGED = 200
"""The number of rows after which their log is moved into the database file. Moving more at once
keeps others from the disk."""

CALM = 1.0
"""Seconds without anybody waiting after which turns take longer and more of the log is moved at
once, both by the factor `LONGER`: every turn and every move costs by itself."""

LONGER = 12

_ALLOWED = re.compile(r"\s*(INSERT|UPDATE|DELETE)\b")
"""What statements a file may contain: nothing that reaches beyond this database."""

SqlStatement = tuple[str, list[Sequence[Any]]]
"""A statement, and the rows for which it is run."""


def _key(path: Path) -> str:
    return f"turns:{path.name.rpartition(TURNS)[2]}"


def keep_place(db: Database, path: Path, done: int) -> None:
    db.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (_key(path), str(done)))


def go_on(db: Database, path: Path) -> None:
    """Do the rest of committed work, in turns."""
    found = db.value("SELECT value FROM setting WHERE key = ?", (_key(path),))
    if found is None:
        # Either its first turn was lost, or its last one is done.
        path.unlink(missing_ok=True)
        return
    done, size = int(found), [20]
    with db.relaxed(), db.write():
        search.merge_as_told(db)
    logged, pace = 0, _TurnPace()
    # Some rows come before those that they refer to.
    with db.in_turns(), path.open("rb") as file:
        for turn in _turns(_from(file, done), size):
            began, left = time.thread_time(), turn
            while left.statements or left.ends:
                some, left = _write(db, path, left, done, pace)
                done += len(some.statements)
                logged += some.rows
                if some.ends:
                    break
            took = time.thread_time() - began
            if logged >= LOGGED * pace.factor:
                db.move_log()
                logged = 0
            wanted = TURN * pace.factor
            size[0] = max(1, int(size[0] * min(2.0, max(0.25, wanted / max(took, 1e-6)))))
    path.unlink(missing_ok=True)


class _TurnPace:
    """How much longer turns may be while nobody else is waiting."""

    def __init__(self) -> None:
        self._waited = -CALM

    @property
    def factor(self) -> int:
        """1 if somebody waited a moment ago."""
        return 1 if time.monotonic() - self._waited < CALM else LONGER

    def see(self, db: Database) -> None:
        """Note whether somebody waits now."""
        if db.is_wanted():
            self._waited = time.monotonic()


def is_over(db: Database, began: float, longest: float = 2 * TURN) -> bool:
    """Whether a turn that began at this time of `perf_counter` has to end: because somebody waits,
    or because it took `longest`. Anyone who comes while it is written has to wait for its
    commit."""
    took = time.perf_counter() - began
    return took > WAITED and (took > longest or db.is_wanted())


def _write(
    db: Database, path: Path, turn: _Turn, done: int, pace: _TurnPace
) -> tuple[_Turn, _Turn]:
    """Write a turn in one transaction, or only part of it if somebody waits. Returns what was
    written, and what is left."""
    # A power cut may undo turns together with the recorded progress; they are then done again. The
    # turn that shows everything is on disk before anybody is told of it.
    if turn.shows:
        db.flush_log()
    with db.durable() if turn.shows else nullcontext(), db.write():
        began, number, longest = time.perf_counter(), 0, 2 * TURN * pace.factor
        for sql, rows in turn.statements:
            db.many(sql, rows)
            number += 1
            if not turn.shows and is_over(db, began, longest):
                break
        pace.see(db)
        some, left = turn.divided(number)
        hash_chain.extend(db, limit=2 * some.rows + 20)
        search.merge_some(db)
        if some.ends:
            search.merge_by_itself(db)
            db.execute("DELETE FROM setting WHERE key = ?", (_key(path),))
        else:
            keep_place(db, path, done + number)
    return some, left


def line_of(*data: Any) -> bytes:
    """A line of the file of a long work, with a checksum."""
    text = json_bytes(data)
    return b"%08x %b\n" % (zlib.crc32(text), text)


END = line_of("end")
"""The last line: a file without it was cut off."""


def _from(file: IO[bytes], done: int) -> Iterator[tuple[SqlStatement, bool]]:
    """The statements after the first `done` ones, and whether they belong to the turn that shows
    everything. Raises StoreError at the first line that was changed."""
    number = 0
    for number, line in enumerate(file):
        if line == END:
            return
        if number >= done:
            sum, _, text = line.partition(b" ")
            if sum != b"%08x" % zlib.crc32(text.rstrip(b"\n")) or line[-1:] != b"\n":
                raise _damaged(file, number + 1)
            data = orjson.loads(text)
            sql, rows = data[-2:]
            if not _ALLOWED.match(sql):
                raise _damaged(file, number + 1)
            yield (sql, rows), len(data) == 3
    raise _damaged(file, number + 2)


def damage(path: Path) -> StoreError | None:
    """What is wrong with the file of a long work, if anything."""
    try:
        with path.open("rb") as file:
            for _ in _from(file, 0):
                pass
    except StoreError as error:
        return error
    return None


def _damaged(file: IO[bytes], line: int) -> StoreError:
    hint = "What it brings stays hidden; restore a backup that was made before it"
    return StoreError("the file of a long task is damaged", file=file.name, line=line, hint=hint)


@dataclass(frozen=True, slots=True)
class _Turn:
    """What is written in one transaction."""

    statements: list[SqlStatement]
    shows: bool
    ends: bool

    @property
    def rows(self) -> int:
        """The number of rows in all statements."""
        return sum(len(rows) for _, rows in self.statements)

    def divided(self, number: int) -> tuple[_Turn, _Turn]:
        """The first `number` statements, and the others."""
        first, rest = self.statements[:number], self.statements[number:]
        ends = self.ends and not rest
        return _Turn(first, self.shows, ends), _Turn(rest, self.shows, self.ends and not ends)


def _turns(lines: Iterable[tuple[SqlStatement, bool]], size: Sequence[int]) -> Iterator[_Turn]:
    """Statements divided into turns of `size[0]` rows at that moment; those that show everything
    are one turn. There is always a last turn that ends the work."""
    some: list[SqlStatement] = []
    rows, showing = 0, False
    for one, shows in lines:
        if some and (shows != showing or (not shows and rows >= size[0])):
            yield _Turn(some, showing, ends=False)
            some, rows = [], 0
        showing = shows
        some.append(one)
        rows += len(one[1])
    yield _Turn(some, showing, ends=True)


__all__ = ["END", "TURNS", "SqlStatement", "damage", "go_on", "is_over", "keep_place", "line_of"]
