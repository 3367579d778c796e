"""Sums of tables over documents, and over the bootstrap's resamples, kept up to date document by document.

Statistics come in batches of documents, so that memory is bounded by a batch and by what is not zero; a document that
changed is taken out and put in again, which costs its own statistics times the number of resamples and nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotator.measures._columns import Ints
from annotator.measures._data import FEW, Array, Resampling, Result
from annotator.measures._draws import draws
from annotator.measures._tables import Figure, Key, Sums, Table

KEPT = 4_000_000
"""Up to so many numbers of a table's resamples are kept; those of wider tables are made anew, in chunks."""

NOISE = 1e-9
"""What is left of a sum after taking out all of it is less than this share of its largest part."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Documents in order, and for each of their passages which document it is of (an index, ascending) and its index
    there. Every document has a passage."""

    documents: Sequence[str]
    document: Ints
    paragraph: Sequence[int]

    def units(self, passages: bool) -> list[str]:
        """The names that draws go by: of passages or of documents."""
        if not passages:
            return list(self.documents)
        pairs = zip(self.document.tolist(), self.paragraph, strict=True)
        return [f"{self.documents[d]}\x1f{paragraph}" for d, paragraph in pairs]


@dataclass(frozen=True, slots=True)
class _Entries:
    """What is not zero in a batch, by passage: row, column of the tally and value; `first` is where documents begin."""

    row: Ints
    column: Ints
    value: Array
    first: Ints

    def of(self, i: int) -> _Entry:
        """Rows, columns and values of one document."""
        part = slice(int(self.first[i]), int(self.first[i + 1]))
        return self.row[part], self.column[part], self.value[part]


_Entry = tuple[Ints, Ints, Array]
Weights = NDArray[np.uint8]
Part = tuple[_Entry, Ints, Weights]
"""Entries (row, column, value), for every row which unit it is of, and how often each unit is in each sample."""


class Tally:
    """One table over all documents. `version` counts its changes."""

    def __init__(self, samples: int, *, documents: bool) -> None:
        self.documents = documents
        self.version = 0
        self.blocks: dict[int, _Entries] = {}
        self._samples = samples
        self._place: dict[Key, int] = {}
        self._total = np.zeros(0)
        self._scale = np.zeros(0)
        self._support = np.zeros(0, dtype=np.int64)
        self._drawn: Array | None = None
        self._live: tuple[tuple[Key, ...], Ints] | None = None
        self._view: tuple[int, Array] | None = None

    def store(self, number: int, batch: Batch, table: Table) -> None:
        """Keep the entries of a batch; they count once `count` says so."""
        columns = self._columns(table.keys)
        row, column = np.nonzero(table.rows)
        ends = np.searchsorted(batch.document[row], np.arange(len(batch.documents) + 1))
        self.blocks[number] = _Entries(row, columns[column], table.rows[row, column], ends)

    def _columns(self, keys: Sequence[Key]) -> Ints:
        columns = np.array([self._place.setdefault(key, len(self._place)) for key in keys], dtype=np.int64)
        room, size = len(self._total), len(self._place)
        if size > room:
            more = max(size, 2 * room) - room
            self._total = np.concatenate([self._total, np.zeros(more)])
            self._scale = np.concatenate([self._scale, np.zeros(more)])
            self._support = np.concatenate([self._support, np.zeros(more, dtype=np.int64)])
            if self._drawn is not None:
                self._drawn = np.concatenate([self._drawn, np.zeros((self._samples, more))], axis=1)
        return columns

    def count(self, entries: _Entry, unit: Ints, weights: Weights, sign: int) -> None:
        """Add (or, with `sign` -1, take out) entries; `unit` says for every row which of the `weights` it has."""
        row, column, value = entries
        if not len(column):
            return
        self.version += 1
        used, which = np.unique(column, return_inverse=True)
        before = self._support[used] > 0
        self._support[used] += sign * np.bincount(which)
        self._total[used] += sign * np.bincount(which, weights=value)
        np.maximum.at(self._scale, column, np.abs(value))
        if self._drawn is not None:
            self._drawn[:, used] += sign * _summed(unit[row], which, value, weights, len(used))
        if sign < 0:
            self._clean(used)
        if self._live is not None and not np.array_equal(before, self._support[used] > 0):
            self._live = None

    def _clean(self, used: Ints) -> None:
        """Make zero what is left of sums that nothing is left of, and which rounding kept from being zero."""
        gone = used[self._support[used] == 0]
        self._total[gone] = 0
        if self._drawn is not None:
            part = self._drawn[:, used]
            part[np.abs(part) < NOISE * self._scale[used]] = 0
            self._drawn[:, used] = part

    def forget(self) -> None:
        """All sums to zero; entries stay."""
        self.version += 1
        self._live = None
        self._total[:] = 0
        self._support[:] = 0
        self._drawn = None

    def _alive(self) -> tuple[tuple[Key, ...], Ints]:
        """Keys that something stands for, in a fixed order, and their columns."""
        if self._live is None:
            keys = list(self._place)
            found = sorted(np.flatnonzero(self._support > 0).tolist(), key=lambda i: repr(keys[i]))
            self._live = (tuple(keys[i] for i in found), np.array(found, dtype=np.int64))
        return self._live

    def sums(self) -> Sums:
        """The sums over all documents."""
        keys, columns = self._alive()
        return Sums(keys, self._total[columns])

    def resampled(self, value: Callable[[Array], Array], parts: Callable[[], Iterator[Part]]) -> Array:
        """The values of a figure in all resamples, `(samples,)`; `parts` gives all that counts, for the first time
        and for tables whose resamples are too many to keep."""
        _, columns = self._alive()
        if self._samples * len(self._total) > KEPT:
            self._drawn = None
            return self._in_chunks(value, parts, columns)
        if self._drawn is None:
            self._drawn = np.zeros((self._samples, len(self._total)))
            for (row, column, one), unit, weights in parts():
                used, which = np.unique(column, return_inverse=True)
                self._drawn[:, used] += _summed(unit[row], which, one, weights, len(used))
        if self._view is None or self._view[0] != self.version:
            self._view = (self.version, self._drawn[:, columns])
        return value(self._view[1])

    def _in_chunks(
        self, value: Callable[[Array], Array], parts: Callable[[], Iterator[Part]], columns: Ints
    ) -> Array:
        """The same some samples at a time."""
        place = np.zeros(len(self._total), dtype=np.int64)
        place[columns] = np.arange(len(columns))
        step = max(1, KEPT // max(1, len(columns)))
        out: list[Array] = []
        for at in range(0, self._samples, step):
            drawn = np.zeros((min(step, self._samples - at), len(columns)))
            for (row, column, one), unit, weights in parts():
                used, which = np.unique(place[column], return_inverse=True)
                drawn[:, used] += _summed(unit[row], which, one, weights[:, at : at + step], len(used))
            out.append(value(drawn))
        return np.concatenate(out)


EXACT = 2**24
"""Whole numbers up to this are exact in single precision."""


def _summed(unit: Ints, which: Ints, value: Array, weights: Weights, size: int) -> Array:
    """Values times the weights of their units, summed by column: `(samples, size)`."""
    units, place = np.unique(unit, return_inverse=True)
    dense = np.bincount(place * size + which, weights=value, minlength=len(units) * size).reshape(-1, size)
    # No unit is drawn more than a dozen times; counts stay exact in half the time.
    whole = 12 * np.abs(value).sum() < EXACT and np.array_equal(value, np.rint(value))
    kind = np.float32 if whole else np.float64
    drawn = weights if len(units) == len(weights) else weights[units]
    return np.asarray(drawn.T.astype(kind) @ dense.astype(kind), dtype=np.float64)


class Book:
    """All tallies of a set of documents: what `put` puts in, `results` turns into figures."""

    def __init__(self, resampling: Resampling, *, documents: int) -> None:
        """`documents` is how many there will be: it says whether documents or passages are drawn."""
        self.resampling = resampling
        self.tallies: dict[tuple[str, ...], Tally] = {}
        self.few = documents < FEW
        self._batches: dict[int, Batch] = {}
        self._where: dict[str, tuple[int, int]] = {}
        self._alive_in: Counter[int] = Counter()
        self._weights: dict[tuple[int, bool], Weights] = {}
        self._number = 0

    def __contains__(self, document: str) -> bool:
        return document in self._where

    def __len__(self) -> int:
        return len(self._where)

    def put(self, batch: Batch, tables: Mapping[tuple[str, ...], Table]) -> None:
        """Count documents, in place of what there was of them. A table that there is none of has nothing."""
        number, self._number = self._number, self._number + 1
        old = [self._where[name] for name in batch.documents if name in self._where]
        self._batches[number] = batch
        for id, table in tables.items():
            tally = self.tallies.get(id)
            if tally is None:
                tally = self.tallies[id] = Tally(self.resampling.samples, documents=table.documents)
            tally.store(number, batch, table)
        for id, tally in self.tallies.items():
            if id in tables and len(old) == 1 == len(batch.documents) and self._same(tally, *old[0], number):
                continue
            for block, i in old:
                self._count(tally, block, i, -1)
            if id in tables:
                self._count(tally, number, None, 1)
        for i, name in enumerate(batch.documents):
            self._forget(name)
            self._where[name] = (number, i)
            self._alive_in[number] += 1

    def drop(self, document: str) -> None:
        """Count a document no more."""
        block, i = self._where[document]
        for tally in self.tallies.values():
            self._count(tally, block, i, -1)
        self._forget(document)

    def _forget(self, document: str) -> None:
        """Entries of a batch go when its last document goes."""
        found = self._where.pop(document, None)
        if found is None:
            return
        self._alive_in[found[0]] -= 1
        if not self._alive_in[found[0]]:
            del self._alive_in[found[0]], self._batches[found[0]]
            for passages in (False, True):
                self._weights.pop((found[0], passages), None)
            for tally in self.tallies.values():
                tally.blocks.pop(found[0], None)

    def _same(self, tally: Tally, block: int, i: int, number: int) -> bool:
        """Whether nothing of a document has changed in one table (nor, where passages are drawn, which they are)."""
        before, now = self._batches[block], self._batches[number]
        own = np.flatnonzero(before.document == i)
        if block not in tally.blocks or [before.paragraph[j] for j in own.tolist()] != list(now.paragraph):
            return False
        row, column, value = tally.blocks[block].of(i)
        fresh = tally.blocks[number].of(0)
        return all(np.array_equal(a, b) for a, b in zip((row - own[0], column, value), fresh, strict=True))

    def _drawn(self, block: int, passages: bool) -> Weights:
        """How often the documents (or passages) of a batch are in each sample."""
        key = (block, passages)
        if key not in self._weights:
            units = self._batches[block].units(passages)
            self._weights[key] = draws(units, self.resampling.samples, self.resampling.seed)
        return self._weights[key]

    def _part(self, tally: Tally, block: int, only: int | None) -> Part | None:
        """What a batch, or one document of it, has in a table."""
        entries = tally.blocks.get(block)
        if entries is None:
            return None
        passages = self.few and not tally.documents
        batch = self._batches[block]
        unit = np.arange(len(batch.document)) if passages else batch.document
        held = (entries.row, entries.column, entries.value) if only is None else entries.of(only)
        return held, unit, self._drawn(block, passages)

    def _count(self, tally: Tally, block: int, only: int | None, sign: int) -> None:
        part = self._part(tally, block, only)
        if part is not None:
            tally.count(*part, sign)

    def settle(self) -> None:
        """Draw passages or documents, whichever the number of documents says now."""
        few = len(self) < FEW
        if few == self.few:
            return
        self.few = few
        for tally in self.tallies.values():
            tally.forget()
            for block, i in self._where.values():
                self._count(tally, block, i, 1)

    def units(self) -> int:
        """How many documents, or passages, are drawn."""
        if not self.few:
            return len(self)
        return sum(int((self._batches[block].document == i).sum()) for block, i in self._where.values())

    def _parts(self, tally: Tally) -> Iterator[Part]:
        """All that counts in a table, batch by batch."""
        living: dict[int, list[int]] = {}
        for block, i in self._where.values():
            living.setdefault(block, []).append(i)
        for block, own in living.items():
            part = self._part(tally, block, None)
            if part is None:
                continue
            (row, column, value), unit, weights = part
            batch = self._batches[block]
            if len(own) < len(batch.documents):
                there = np.zeros(len(batch.documents), dtype=bool)
                there[own] = True
                keep = there[batch.document[row]]
                row, column, value = row[keep], column[keep], value[keep]
            if len(row):
                yield (row, column, value), unit, weights

    def sums(self, *id: str) -> Sums:
        """The sums of one table; empty when there is none."""
        tally = self.tallies.get(id)
        return tally.sums() if tally is not None else Sums((), np.zeros(0))

    def version(self, *prefix: str) -> tuple[int, ...]:
        """Changes with every change of a table whose id begins so, and when other units are drawn."""
        own = (tally.version for id, tally in self.tallies.items() if id[: len(prefix)] == prefix)
        return (len(self), *own)

    def result(self, figure: Figure, layer: str, *prefix: str) -> Result:
        """A figure with its interval: the 2.5th and 97.5th percentile over resamples (Efron 1979); without one when
        fewer than two documents (or passages) can be drawn, or when it is undefined in half of the resamples."""
        value: float | None = None
        low = high = None
        tally = self.tallies.get((*prefix, figure.table))
        if not figure.refused and tally is not None:
            found = float(figure.value(tally.sums().total[None, :])[0])
            value = None if np.isnan(found) else found
            if value is not None:
                low, high = self._interval(tally, figure.value)
        reason = figure.refused or figure.reason if value is None else ""
        return Result(
            figure.measure, layer, figure.name, value, reason, low, high, figure.n, figure.coverage,
            {} if figure.refused else figure.parts,
        )  # fmt: skip

    def _interval(self, tally: Tally, value: Callable[[Array], Array]) -> tuple[float | None, float | None]:
        samples = self.resampling.samples
        drawn = len(self) if tally.documents else self.units()
        if not samples or drawn < 2:
            return None, None
        values = tally.resampled(value, lambda: self._parts(tally))
        values = values[~np.isnan(values)]
        if len(values) < samples / 2:
            return None, None
        low, high = np.percentile(values, [2.5, 97.5])
        return float(low), float(high)


__all__ = ["KEPT", "Batch", "Book", "Tally"]
