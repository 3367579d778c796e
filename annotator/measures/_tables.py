"""Statistics that add up, as named columns, and figures that follow from their sums."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from annotator.measures._data import Array

Key = tuple[Any, ...]
"""The name of a column: strings, numbers and tuples of them."""


@dataclass(frozen=True, slots=True)
class Table:
    """A row for each passage of a comparison, a column for each key: `(passages, keys)`.

    With `documents` a row belongs to the whole document and stands at its first passage; then documents are what
    the bootstrap draws however few there are.
    """

    keys: Sequence[Key]
    rows: Array
    documents: bool = False


class Sums:
    """A table summed over passages: `total` has one number for each of the `keys`, which are in a fixed order."""

    __slots__ = ("index", "keys", "total")

    def __init__(self, keys: Sequence[Key], total: Array) -> None:
        self.keys = tuple(keys)
        self.total = total
        self.index = {key: i for i, key in enumerate(self.keys)}

    def get(self, *key: Any) -> float:
        """The sum of one column; 0 for one that there is none of."""
        at = self.index.get(key)
        return 0.0 if at is None else float(self.total[at])

    def count(self, *key: Any) -> int:
        """The same for a column that holds whole numbers."""
        return round(self.get(*key))

    def of(self, kind: str) -> list[Key]:
        """The keys that begin with `kind`."""
        return [key for key in self.keys if key[0] == kind]

    def pick(self, *keys: Key) -> Callable[[Array], Array]:
        """From rows `(k, all keys)` to `(k, len(keys))`, zeros for keys that there are none of."""
        places = [(i, self.index[key]) for i, key in enumerate(keys) if key in self.index]

        def picked(rows: Array) -> Array:
            out = np.zeros((len(rows), len(keys)))
            for i, at in places:
                out[:, i] = rows[:, at]
            return out

        return picked

    def square(self, kind: str, values: Iterable[Any] | None = None) -> Square:
        """The columns `(kind, ..., one value, other value)` as matrices, of all values that occur or of these."""
        found = self.of(kind)
        own = {key[-2] for key in found} | {key[-1] for key in found}
        return Square(found, sorted(own if values is None else values), self.index)


@dataclass(frozen=True, slots=True)
class Square:
    """Columns whose keys end in two values, laid out as matrices."""

    keys: Sequence[Key]
    values: Sequence[Any]
    index: Mapping[Key, int]

    @property
    def size(self) -> int:
        """How many values there are, at least 1."""
        return max(1, len(self.values))

    def matrices(self, rows: Array) -> Array:
        """From rows `(k, all keys)` to flattened matrices `(k, size * size)`, keys with the same values added."""
        place = {value: i for i, value in enumerate(self.values)}
        out = np.zeros((len(rows), self.size * self.size))
        for key in self.keys:
            out[:, place[key[-2]] * self.size + place[key[-1]]] += rows[:, self.index[key]]
        return out


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: `value` maps rows `(k, keys)` of the sums of `table` to `(k,)`, NaN where undefined for the `reason`.

    `n` is the number of units that it rests on, `coverage` the share of all units that could be compared, `parts`
    the same figure by label. `refused` is the reason why there is none whatever the numbers.
    """

    measure: str
    name: str
    table: str
    value: Callable[[Array], Array]
    reason: str
    n: int = 0
    coverage: float | None = None
    parts: Mapping[str, float | None] = field(default_factory=dict)
    refused: str = ""


__all__ = ["Figure", "Key", "Square", "Sums", "Table"]
