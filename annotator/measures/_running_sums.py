"""Sums of tables over documents, in all and without each of
them, kept up to date document by document.

Statistics come in batches of documents. A figure is computed from the sums over all documents; its
interval from the sums without one document, or without one group of documents where there are many.
So memory is bounded by what is not zero, and a document that changed costs its own statistics and
nothing else. Sums that are read only once are kept by group.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotator.measures._intervals import Interval, interval
from annotator.measures._tables import AnyTable, Array, Figure, Ints, Key, Part, Result, Sums

GROUPS = 1000
"""Up to this many documents, one is left out at a time; of more, one of this many groups."""

AT_ONCE = 2_000_000
"""This many numbers of sums without a group are computed at a time."""

Shorts = NDArray[np.int32]

AT_MOST = 20_000_000
"""In a table with many columns, groups are joined until there are so many numbers in all, but not
below"""

LEAST_GROUPS = 100
"""so many groups."""

PENDING = 100_000
"""At least this many entries are gathered before they are summed."""

NOISE = 1e-9
"""After everything is taken out of a sum, what rounding leaves is less than this share of it."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Documents in order, and for each of their passages which document
    it is of (an index, ascending)."""

    documents: Sequence[str]
    document: Ints


@dataclass(frozen=True, slots=True)
class _Entries:
    """Sums by group (or document) and column, sorted by group: three arrays of one length."""

    group: Shorts
    column: Shorts
    value: Array

    @classmethod
    def summed(cls, group: Ints, column: Ints, value: Array) -> _Entries:
        """One entry for each group and column."""
        if not len(group):
            return cls(_short(group), _short(column), np.asarray(value, dtype=np.float64))
        width = int(column.max()) + 1
        flat, place = np.unique(group.astype(np.int64) * width + column, return_inverse=True)
        sums = np.bincount(place, weights=value, minlength=len(flat))
        return cls(_short(flat // width), _short(flat % width), np.asarray(sums, dtype=np.float64))


def _short(numbers: Ints) -> Shorts:
    return np.asarray(numbers, dtype=np.int32)


def _joined(parts: Sequence[_Entries]) -> _Entries:
    """Entries of several batches, summed."""
    if not parts:
        return _Entries.summed(
            np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0)
        )
    return _Entries.summed(
        np.concatenate([part.group for part in parts]).astype(np.int64),
        np.concatenate([part.column for part in parts]).astype(np.int64),
        np.concatenate([part.value for part in parts]),
    )


class TableSums:
    """One table over all documents. `version` counts its changes."""

    def __init__(self) -> None:
        self.version = 0
        self._place: dict[Key, int] = {}
        self._total = np.zeros(0)
        self._support = np.zeros(0, dtype=np.int64)
        self._held: dict[str, tuple[Shorts, Array]] = {}
        self._pending: list[_Entries] = []
        self._waiting = 0
        self._live: tuple[tuple[Key, ...], Ints] | None = None
        self._grouped: tuple[int, _Entries] | None = None

    def columns(self, keys: Sequence[Key]) -> Ints:
        """The columns of keys; new ones get the next number."""
        columns = np.array(
            [self._place.setdefault(key, len(self._place)) for key in keys], dtype=np.int64
        )
        room, size = len(self._total), len(self._place)
        if size > room:
            more = max(size, 2 * room) - room
            self._total = np.concatenate([self._total, np.zeros(more)])
            self._support = np.concatenate([self._support, np.zeros(more, dtype=np.int64)])
        return columns

    def add(self, table: AnyTable, batch: Batch, groups: Ints | None) -> None:
        """Count a batch: by its documents, which can be taken out again, or once for all by
        `groups`, the group of each document."""
        row, column, value = table.entries()
        column = self.columns(table.keys)[column] if len(row) else column
        document = batch.document[row]
        if groups is not None:
            self._count(column, value, 1)
            self._pending.append(_Entries.summed(groups[document], column, value))
            self._waiting += len(self._pending[-1].group)
            if self._waiting > max(PENDING, len(self._pending[0].group)):
                self._pending = [_joined(self._pending)]
                self._waiting = 0
            return
        found = _Entries.summed(document, column, value)
        ends = np.searchsorted(found.group, np.arange(len(batch.documents) + 1))
        new: list[int] = []
        for i, name in enumerate(batch.documents):
            own = (found.column[ends[i] : ends[i + 1]], found.value[ends[i] : ends[i + 1]])
            if name in self._held:
                self._replace(name, *own)
            elif len(own[0]):
                self._held[name] = own
                new.append(i)
        if new:
            fresh = np.isin(found.group, new)
            self._count(found.column[fresh], found.value[fresh], 1)

    def _replace(self, document: str, column: Shorts, value: Array) -> None:
        """Count a document again, where it has changed."""
        before = self._held[document]
        if np.array_equal(before[0], column) and np.array_equal(before[1], value):
            return
        self.remove(document)
        if len(column):
            self._count(column, value, 1)
            self._held[document] = (column, value)

    def _count(self, column: Ints | Shorts, value: Array, sign: int) -> None:
        self.version += 1
        size = len(self._total)
        change = np.bincount(column, weights=value, minlength=size)
        self._total += sign * change
        before = self._support > 0
        self._support += sign * np.bincount(column, minlength=size)
        if sign < 0:
            self._total[self._support == 0] = 0
        if self._live is not None and not np.array_equal(before, self._support > 0):
            self._live = None

    def remove(self, document: str) -> None:
        """Stop counting a document."""
        column, value = self._held.pop(document, (np.zeros(0, dtype=np.int32), np.zeros(0)))
        if len(column):
            self._count(column, value, -1)

    def alive(self) -> tuple[tuple[Key, ...], Ints]:
        """Keys that something stands for, in a fixed order, and their columns."""
        if self._live is None:
            keys = list(self._place)
            found = sorted(np.flatnonzero(self._support > 0).tolist(), key=lambda i: repr(keys[i]))
            self._live = (tuple(keys[i] for i in found), np.array(found, dtype=np.int64))
        return self._live

    def sums(self) -> Sums:
        """The sums over all documents."""
        keys, columns = self.alive()
        return Sums(keys, self._total[columns])

    def grouped(self, group: Mapping[str, int]) -> _Entries:
        """Sums by group of documents, in the columns of `alive`."""
        if self._grouped is None or self._grouped[0] != self.version:
            if self._pending:
                self._pending, self._waiting = [_joined(self._pending)], 0
                found = self._pending[0]
            else:
                found = self._by_group(group)
            place = np.zeros(len(self._total) or 1, dtype=np.int32)
            columns = self.alive()[1]
            place[columns] = np.arange(len(columns))
            self._grouped = (self.version, _Entries(found.group, place[found.column], found.value))
        return self._grouped[1]

    def _by_group(self, group: Mapping[str, int]) -> _Entries:
        names = list(self._held)
        if not names:
            return _joined(())
        sizes = [len(self._held[name][0]) for name in names]
        return _Entries.summed(
            np.repeat(np.array([group[name] for name in names], dtype=np.int64), sizes),
            np.concatenate([self._held[name][0] for name in names]).astype(np.int64),
            np.concatenate([self._held[name][1] for name in names]),
        )

    def regroup(self) -> None:
        """Forget sums by group: documents have other groups now."""
        self._grouped = None
        self.version += 1

    def of_documents(self) -> Iterator[tuple[str, Shorts, Array]]:
        """Every document that has anything, its columns and values."""
        for name, (column, value) in self._held.items():
            yield name, column, value


def _with_interval(value: float, n: int, found: Interval) -> Part:
    return Part(value, n, found.low, found.high, no_interval=found.reason)


def _lowest(figure: Figure, total: Array) -> float:
    """The lowest value of a figure with these sums, `(1, keys)`."""
    return float(figure.lowest(total)[0]) if callable(figure.lowest) else figure.lowest


def _result(figure: Figure, layer: str, parts: Mapping[int, Part]) -> Result:
    """The result of a figure; what has no part has no value."""
    own = parts.get(id(figure), Part(None, figure.n, reason=figure.refused or figure.reason))
    by_name = {
        one.name: parts[id(one)] for one in figure.parts if id(one) in parts and not figure.refused
    }
    return Result(
        figure.measure,
        layer,
        figure.name,
        own.value,
        own.reason,
        own.low,
        own.high,
        figure.n,
        figure.coverage,
        by_name,
        own.no_interval,
        figure.about,
    )


class RunningSums:
    """All running sums of a set of documents: `put` adds documents, and `results` turns the sums
    into figures."""

    def __init__(self, *, intervals: bool = True, keep: bool = True, documents: int = 0) -> None:
        """With `keep` documents can be put in again and dropped. Otherwise `documents`
        says how many there will be."""
        self.tallies: dict[tuple[str, ...], TableSums] = {}
        self._intervals = intervals
        self._keep = keep
        self._many = documents > GROUPS
        self._group: dict[str, int] = {}
        self._count = 0

    def __contains__(self, document: str) -> bool:
        return document in self._group

    def __len__(self) -> int:
        return len(self._group)

    def put(self, batch: Batch, tables: Mapping[tuple[str, ...], AnyTable]) -> None:
        """Count documents; this replaces what was counted for them before. A missing table
        counts as empty."""
        for name in batch.documents:
            if name in self._group and self._keep:
                for id, tally in self.tallies.items():
                    if id not in tables:
                        tally.remove(name)
            self._group.setdefault(name, -1)
        if not self._keep:
            for name in batch.documents:
                self._group[name] = self._group_of(name)
        groups = np.array([self._group[name] for name in batch.documents], dtype=np.int64)
        for id, table in tables.items():
            self.tallies.setdefault(id, TableSums()).add(
                table, batch, None if self._keep else groups
            )
        if self._keep:
            self._number()

    def _group_of(self, name: str) -> int:
        """Documents have a group each, or by their name one of many."""
        if self._many:
            digest = hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()
            return int.from_bytes(digest, "little") % GROUPS
        if self._group[name] < 0:
            self._count += 1
            return self._count - 1
        return self._group[name]

    def _number(self) -> None:
        """Give groups to documents without one, and new ones to all where
        there are many now, or no longer."""
        many = len(self._group) > GROUPS
        anew = many != self._many
        self._many = many
        for name, group in self._group.items():
            if anew or group < 0:
                self._group[name] = self._group_of(name)
        if anew:
            for tally in self.tallies.values():
                tally.regroup()

    def drop(self, document: str) -> None:
        """Stop counting a document."""
        for tally in self.tallies.values():
            tally.remove(document)
        del self._group[document]
        self._number()

    def sums(self, *id: str) -> Sums:
        """The sums of one table; empty if there is no such table."""
        tally = self.tallies.get(id)
        return tally.sums() if tally is not None else Sums((), np.zeros(0))

    def version(self, *prefix: str) -> tuple[int, ...]:
        """Changes with every change of a table whose id begins so,
        and of the number of documents."""
        own = (tally.version for id, tally in self.tallies.items() if id[: len(prefix)] == prefix)
        return (len(self), *own)

    def results(self, figures: Sequence[Figure], layer: str, *prefix: str) -> list[Result]:
        """Figures with their intervals, and those of their parts."""
        known = [one for figure in figures for one in (figure, *figure.parts)]
        by_table: dict[str, list[Figure]] = {}
        for one in known:
            if not one.refused:
                by_table.setdefault(one.table, []).append(one)
        parts: dict[int, Part] = {}
        for table, several in by_table.items():
            tally = self.tallies.get((*prefix, table))
            if tally is not None:
                parts |= zip(map(id, several), self._parts(tally, several), strict=True)
        return [_result(figure, layer, parts) for figure in figures]

    def _parts(self, tally: TableSums, figures: Sequence[Figure]) -> list[Part]:
        """Values and intervals of figures of one table."""
        total = tally.sums().total[None, :]
        values = [float(figure.value(total)[0]) for figure in figures]
        # Rounding must not make more than 1 of full agreement.
        values = [1.0 if 1 < value < 1 + NOISE else value for value in values]
        wanted = [i for i, value in enumerate(values) if self._intervals and not np.isnan(value)]
        without = self._without(tally, [figures[i] for i in wanted]) if wanted else []
        found = {
            i: interval(values[i], without[at], _lowest(figures[i], total))
            for at, i in enumerate(wanted)
        }
        return [
            Part(None, figure.n, reason=figure.reason)
            if np.isnan(value)
            else _with_interval(value, figure.n, found.get(i, Interval()))
            for i, (figure, value) in enumerate(zip(figures, values, strict=True))
        ]

    def _without(self, tally: TableSums, figures: Sequence[Figure]) -> list[Array]:
        """The value of each figure without each group of documents. For a wide table fewer groups
        are made."""
        entries, total = tally.grouped(self._group), tally.sums().total
        width = max(1, len(total))
        groups = np.unique(np.fromiter(self._group.values(), np.int64, len(self._group)))
        joined = max(LEAST_GROUPS, AT_MOST // width)
        place = np.arange(len(groups)) % joined if len(groups) > joined else np.arange(len(groups))
        row = place[np.searchsorted(groups, entries.group)]
        order = np.argsort(row, kind="stable")
        row, column, value = row[order], entries.column[order], entries.value[order]
        out: list[list[Array]] = [[] for _ in figures]
        count, step = int(place.max(initial=-1)) + 1, max(1, AT_ONCE // width)
        for at in range(0, count, step):
            size = min(step, count - at)
            first, last = np.searchsorted(row, [at, at + size])
            flat = (row[first:last] - at) * width + column[first:last]
            gone = np.bincount(flat, weights=value[first:last], minlength=size * width)
            left = total - gone.reshape(size, width)[:, : len(total)]
            left[np.abs(left) < NOISE * np.abs(total)] = 0
            for figure, rows in zip(figures, out, strict=True):
                rows.append(figure.value(left))
        return [np.concatenate(rows) if rows else np.zeros(0) for rows in out]

    def by_document(self, figure: Figure, *prefix: str) -> dict[str, float]:
        """The figure in each single document where it is defined; only if documents are kept."""
        tally = self.tallies.get((*prefix, figure.table))
        out: dict[str, float] = {}
        if tally is None or figure.refused:
            return out
        columns = tally.alive()[1]
        place = np.zeros(int(columns.max(initial=-1)) + 1, dtype=np.int64)
        place[columns] = np.arange(len(columns))
        step = max(1, AT_ONCE // max(1, len(columns)))
        waiting: list[tuple[str, Shorts, Array]] = []

        def flush() -> None:
            rows = np.zeros((len(waiting), len(columns)))
            for i, (_, column, value) in enumerate(waiting):
                rows[i, place[column]] = value
            for (name, _, _), value in zip(waiting, figure.value(rows).tolist(), strict=True):
                if value == value:
                    out[name] = value

        for one in tally.of_documents():
            waiting.append(one)
            if len(waiting) == step:
                flush()
                waiting.clear()
        if waiting:
            flush()
        return out


__all__ = ["GROUPS", "Batch", "RunningSums", "TableSums"]
