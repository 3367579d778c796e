"""Sums of tables over documents, in all and without each of
them, kept up to date document by document.

Statistics come in batches of documents. A figure is computed from the sums over all documents; its
interval from the sums without one document, or without one group of documents where there are many.
So memory is bounded by the number of non-zero entries, and a changed document costs only its own
statistics. Sums that are read only once are stored by group.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np

from annotator.measures._intervals import Interval, interval
from annotator.measures._table_sums import Batch, Shorts, TableSums
from annotator.measures._tables import AnyTable, Array, Figure, Part, Result, Sums

GROUPS = 1000
"""Up to this number of documents, one is left out at a time; with more, one of this number of
groups is."""

AT_ONCE = 500_000
"""This many numbers of sums without a group are computed at a time."""

AT_MOST = 20_000_000
"""In a table with many columns, groups are joined until there are so many numbers in all, but not
below"""

LEAST_GROUPS = 100
"""so many groups."""

NOISE = 1e-9
"""After everything is taken out of a sum, what rounding leaves is less than this share of it."""


def _with_interval(value: float, n: int, found: Interval) -> Part:
    return Part(value, n, found.low, found.high, no_interval=found.reason)


def _lowest(figure: Figure, total: Array) -> float:
    """The lowest value of a figure with these sums, `(1, keys)`."""
    return float(figure.lowest(total)[0]) if callable(figure.lowest) else figure.lowest


def _result(figure: Figure, layer: str, parts: Mapping[int, Part]) -> Result:
    """The result of a figure; a missing part has no value."""
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
        """With `keep`, documents can be replaced and dropped. Otherwise `documents` says how many
        there will be."""
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
        if self._keep:
            self._forget(batch.documents, tables)
        for name in batch.documents:
            self._group.setdefault(name, -1)
            if not self._keep:
                self._group[name] = self._group_of(name)
        groups = np.array([self._group[name] for name in batch.documents], dtype=np.int64)
        for id, table in tables.items():
            self.tallies.setdefault(id, TableSums()).add(
                table, batch, None if self._keep else groups
            )
        if self._keep:
            self._number()

    def _forget(self, documents: Iterable[str], kept: Collection[tuple[str, ...]]) -> None:
        """Take documents out of all tables but those that are kept."""
        known = [name for name in documents if name in self._group]
        for id, tally in self.tallies.items():
            if id not in kept:
                for name in known:
                    tally.remove(name)

    def _group_of(self, name: str) -> int:
        """The group of a document: one of its own, or one of a fixed number by its name."""
        if self._many:
            digest = hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()
            return int.from_bytes(digest, "little") % GROUPS
        if self._group[name] < 0:
            self._count += 1
            return self._count - 1
        return self._group[name]

    def _number(self) -> None:
        """Assign a group to each document without one; if the number of documents has become large,
        or no longer is, assign new groups to all."""
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
        """A value that changes whenever a table whose id begins like this, or the number of
        documents, changes."""
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
        # Rounding must not turn full agreement into more than 1.
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
