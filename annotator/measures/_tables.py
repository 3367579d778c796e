"""Statistics that add up over passages, as named columns; the figures that follow from their
sums; and results."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

Key: TypeAlias = tuple[Any, ...]
"""The name of a column: strings, numbers and tuples of them."""

Entries: TypeAlias = tuple[Ints, Ints, Array]
"""The non-zero entries of a table: rows, columns, values."""


@dataclass(frozen=True, slots=True)
class Table:
    """A row for each passage of a comparison, a column for each key: `(passages, keys)`. A
    statistic of a whole document stands in the row of one of its passages."""

    keys: Sequence[Key]
    rows: Array

    def entries(self) -> Entries:
        """The non-zero entries."""
        row, column = np.nonzero(self.rows)
        return row, column, self.rows[row, column]


@dataclass(frozen=True, slots=True)
class SparseTable:
    """A table of which most cells are zero: a value for each pair of `row` and `column`, an index
    of `keys`."""

    keys: Sequence[Key]
    row: Ints
    column: Ints
    value: Array

    def entries(self) -> Entries:
        """The present entries."""
        return self.row, self.column, self.value


AnyTable: TypeAlias = Table | SparseTable


def counted(cells: Mapping[tuple[int, Key], float]) -> SparseTable:
    """The table of values counted by row and key."""
    place: dict[Key, int] = {}
    column = [place.setdefault(key, len(place)) for _, key in cells]
    return SparseTable(
        list(place),
        np.array([row for row, _ in cells], dtype=np.int64),
        np.array(column, dtype=np.int64),
        np.array(list(cells.values()), dtype=np.float64),
    )


class Sums:
    """A table summed over passages: `total` has one number for each of the
    `keys`, which are in a fixed order."""

    __slots__ = ("index", "keys", "total")

    def __init__(self, keys: Sequence[Key], total: Array) -> None:
        self.keys = tuple(keys)
        self.total = total
        self.index = {key: i for i, key in enumerate(self.keys)}

    def get(self, *key: Any) -> float:
        """The sum of one column; 0 for a missing one."""
        at = self.index.get(key)
        return 0.0 if at is None else float(self.total[at])

    def count(self, *key: Any) -> int:
        """The same for a column that holds whole numbers."""
        return round(self.get(*key))

    def of(self, kind: str) -> list[Key]:
        """The keys that begin with `kind`."""
        return [key for key in self.keys if key[0] == kind]

    def pick(self, *keys: Key) -> Callable[[Array], Array]:
        """A function that selects from rows `(k, all keys)` an array `(k, len(keys))`, with zeros
        for missing keys."""
        places = [(i, self.index[key]) for i, key in enumerate(keys) if key in self.index]
        into = np.array([i for i, _ in places], dtype=np.int64)
        taken = np.array([at for _, at in places], dtype=np.int64)

        def picked(rows: Array) -> Array:
            out = np.zeros((len(rows), len(keys)))
            out[:, into] = rows[:, taken]
            return out

        return picked

    def layout(self, kind: str, values: Iterable[Any] | None = None) -> MatrixLayout:
        """The columns `(kind, ..., one value, other value)` as matrices, of all values that occur
        or only of these."""
        found = self.of(kind)
        own = {key[-2] for key in found} | {key[-1] for key in found}
        return MatrixLayout(found, sorted(own if values is None else values), self.index)


@dataclass(frozen=True, slots=True)
class MatrixLayout:
    """Columns whose keys end in two values, laid out as matrices."""

    keys: Sequence[Key]
    values: Sequence[Any]
    index: Mapping[Key, int]

    @property
    def size(self) -> int:
        """How many values there are, at least 1."""
        return max(1, len(self.values))

    def matrices(self, rows: Array) -> Array:
        """A function from rows `(k, all keys)` to flattened matrices `(k, size * size)`; keys with
        the same values are added up."""
        place = {value: i for i, value in enumerate(self.values)}
        out = np.zeros((len(rows), self.size * self.size))
        for key in self.keys:
            out[:, place[key[-2]] * self.size + place[key[-1]]] += rows[:, self.index[key]]
        return out


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a reader needs to know about a figure: `what` it is in one sentence, its `formula`
    (TeX), its `source`, how to read it (`reading`), and when not to use it (`caution`)."""

    what: str
    formula: str
    source: str
    reading: str
    caution: str


class SparseCells:
    """Collects the entries of a sparse table."""

    def __init__(self, passages: int) -> None:
        self._passages = max(1, passages)
        self._parts: list[tuple[Ints, Ints, Array]] = []
        self._place: dict[Key, int] = {}

    def add(self, passage: Ints, cell: Ints, weight: Array, key: Callable[[int], Key]) -> None:
        """Sum the weights by passage and cell; `key` names a cell."""
        known, which = np.unique(cell, return_inverse=True)
        column = np.array(
            [self._place.setdefault(key(int(i)), len(self._place)) for i in known], dtype=np.int64
        )
        width = max(1, len(known))
        flat, place = np.unique(passage * width + which, return_inverse=True)
        sums = np.bincount(place, weights=weight, minlength=len(flat))
        if len(flat):
            self._parts.append((flat // width, column[flat % width], sums.astype(np.float64)))

    def table(self) -> SparseTable:
        """All that was added."""
        row, column, value = (
            np.concatenate([part[i] for part in self._parts]) if self._parts else np.zeros(0)
            for i in range(3)
        )
        return SparseTable(list(self._place), row.astype(np.int64), column.astype(np.int64), value)


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: `value` maps rows `(k, keys)` of the sums of `table` to `(k,)`,
    NaN where undefined for the `reason`.

    `n` is the number of units that it rests on, `coverage` the share of all units that could be
    compared, `parts` the same figure by label (a part's `name`). If `refused` gives a reason, the
    figure is not computed. `lowest` is its lowest possible value: a number (0 for a share), or a
    function of rows if it depends on how often each value was given. Intervals do not go below it.
    """

    measure: str
    name: str
    table: str
    value: Callable[[Array], Array]
    reason: str
    n: int = 0
    coverage: float | None = None
    parts: Sequence[Figure] = ()
    refused: str = ""
    lowest: float | Callable[[Array], Array] = -1.0
    about: Explanation | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A figure for one label: its value, None with the `reason`, its interval,
    and the units `n` that it rests on."""

    value: float | None
    n: int = 0
    low: float | None = None
    high: float | None = None
    reason: str = ""
    no_interval: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """One figure: `value` at most 1, or None with the `reason`; `low` and `high` bound its 95 %
    interval, and `no_interval` says why there is none.

    `n` is the number of units that it rests on, `coverage` the share of all units that could be
    compared, `parts` the same figure by label.
    """

    measure: str
    layer: str
    name: str
    value: float | None
    reason: str = ""
    low: float | None = None
    high: float | None = None
    n: int = 0
    coverage: float | None = None
    parts: Mapping[str, Part] = field(default_factory=dict)
    no_interval: str = ""
    about: Explanation | None = field(default=None, compare=False, repr=False)


def single(value: Callable[[Array], Array], sums: Array) -> float | None:
    """The value of one row of sums; None if undefined."""
    found = float(value(sums[None, :])[0])
    return None if np.isnan(found) else found


def f1(rows: Array) -> Array:
    """A function from rows `(shared, number of the one, number of the other)` to F1; NaN if nothing
    is marked."""
    total = rows[:, 1] + rows[:, 2]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(total > 0, 2 * rows[:, 0] / total, np.nan))


__all__ = [
    "AnyTable",
    "Array",
    "Entries",
    "Explanation",
    "Figure",
    "Ints",
    "Key",
    "MatrixLayout",
    "Part",
    "Result",
    "SparseCells",
    "SparseTable",
    "Sums",
    "Table",
    "counted",
    "f1",
    "single",
]
