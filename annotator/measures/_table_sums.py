"""Sums of one table over documents, from which a document can be taken out again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotator.measures._tables import AnyTable, Array, Ints, Key, Sums

Shorts = NDArray[np.int32]

PENDING = 25_000
"""At least this many entries are gathered before they are summed."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Documents in order, and for each of their passages which document
    it is of (an index, ascending)."""

    documents: Sequence[str]
    document: Ints


@dataclass(frozen=True, slots=True)
class Entries:
    """Sums by group (or document) and column, sorted by group: three arrays of one length."""

    group: Shorts
    column: Shorts
    value: Array

    @classmethod
    def summed(cls, group: Ints, column: Ints, value: Array) -> Entries:
        """One entry for each group and column."""
        if not len(group):
            return cls(_short(group), _short(column), np.asarray(value, dtype=np.float64))
        width = int(column.max()) + 1
        flat, place = np.unique(group.astype(np.int64) * width + column, return_inverse=True)
        sums = np.bincount(place, weights=value, minlength=len(flat))
        return cls(_short(flat // width), _short(flat % width), np.asarray(sums, dtype=np.float64))


def _short(numbers: Ints) -> Shorts:
    return np.asarray(numbers, dtype=np.int32)


def _joined(parts: Sequence[Entries]) -> Entries:
    """Entries of several batches, summed."""
    if not parts:
        return Entries.summed(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0))
    return Entries.summed(
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
        self._pending: list[Entries] = []
        self._waiting = 0
        self._live: tuple[tuple[Key, ...], Ints] | None = None
        self._grouped: tuple[int, Entries] | None = None

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
            self._pending.append(Entries.summed(groups[document], column, value))
            self._waiting += len(self._pending[-1].group)
            if self._waiting > max(PENDING, len(self._pending[0].group)):
                self._pending = [_joined(self._pending)]
                self._waiting = 0
            return
        found = Entries.summed(document, column, value)
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
        """Keys whose sums are not empty, in a fixed order, and their columns."""
        if self._live is None:
            keys = list(self._place)
            found = sorted(np.flatnonzero(self._support > 0).tolist(), key=lambda i: repr(keys[i]))
            self._live = (tuple(keys[i] for i in found), np.array(found, dtype=np.int64))
        return self._live

    def sums(self) -> Sums:
        """The sums over all documents."""
        keys, columns = self.alive()
        return Sums(keys, self._total[columns])

    def grouped(self, group: Mapping[str, int]) -> Entries:
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
            self._grouped = (self.version, Entries(found.group, place[found.column], found.value))
        return self._grouped[1]

    def _by_group(self, group: Mapping[str, int]) -> Entries:
        names = list(self._held)
        if not names:
            return _joined(())
        sizes = [len(self._held[name][0]) for name in names]
        return Entries.summed(
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


__all__ = ["Batch", "Entries", "Shorts", "TableSums"]
