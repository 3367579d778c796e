"""Makes a large matrix readable: searches, sorts, and folds it by the codebook's hierarchy."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Literal, TypeAlias

from annotator.workflows.names.matrix import Matrix, Taken

Order: TypeAlias = Literal["evidence", "name", "disputed"]

ORDERS: tuple[Order, ...] = ("evidence", "disputed", "name")
"""Orders: by the amount of evidence, by how evenly the sides are divided, by name."""


def searched(found: Matrix, words: str) -> Matrix:
    """The columns and rows whose names contain all the words (case does not matter). For a word in
    names of rows only, these rows with all their columns, and the other way round."""
    wanted = words.casefold().split()
    if not wanted:
        return found
    rows, columns = (
        {i for i, name in enumerate(names) if all(word in name.casefold() for word in wanted)}
        for names in (found.holders, found.targets)
    )
    keep = {at: held for at, held in found.cells.items() if at[0] in rows or at[1] in columns}
    return _only(found, keep)


def _only(found: Matrix, cells: Mapping[tuple[int, int], Sequence[Taken]]) -> Matrix:
    """The rows and columns that have some of these cells, in their order."""
    rows, columns = sorted({at[0] for at in cells}), sorted({at[1] for at in cells})
    return _laid_out(found, rows, columns, cells)


def _laid_out(
    found: Matrix,
    rows: Sequence[int],
    columns: Sequence[int],
    cells: Mapping[tuple[int, int], Sequence[Taken]],
) -> Matrix:
    row, column = ({old: new for new, old in enumerate(order)} for order in (rows, columns))
    return replace(
        found,
        holders=tuple(found.holders[i] for i in rows),
        targets=tuple(found.targets[i] for i in columns),
        cells={(row[r], column[c]): held for (r, c), held in cells.items()},
    )


def ordered(found: Matrix, by: Order) -> Matrix:
    """The matrix with rows and columns in another order; `evidence` is the original order."""
    if by == "evidence":
        return found
    if by == "name":
        rows, columns = _by_name(found.holders), _by_name(found.targets)
    else:
        rows, columns = (_by_dispute(found, axis) for axis in (0, 1))
    return _laid_out(found, rows, columns, found.cells)


def _by_name(names: Sequence[str]) -> list[int]:
    return sorted(range(len(names)), key=lambda i: (names[i].casefold(), names[i]))


def _by_dispute(found: Matrix, axis: int) -> list[int]:
    """Rows (0) or columns (1), beginning with those whose smaller side is largest."""
    counts: dict[int, dict[str, int]] = {}
    for at, held in found.cells.items():
        own = counts.setdefault(at[axis], {})
        for _, _, sign in held:
            own[sign] = own.get(sign, 0) + 1
    size = len(found.targets if axis else found.holders)

    def rank(i: int) -> tuple[int, int, int]:
        own = counts.get(i, {})
        return (-min(own.get("+", 0), own.get("-", 0)), -sum(own.values()), i)

    return sorted(range(size), key=rank)


def folded(found: Matrix, parent: Callable[[str], str]) -> Matrix:
    """The matrix with each column merged into that of its parent; `parent` gives the highest
    parent, or the name itself."""
    place: dict[str, int] = {}
    into = [place.setdefault(parent(target), len(place)) for target in found.targets]
    cells: dict[tuple[int, int], list[Taken]] = {}
    for (row, column), held in sorted(found.cells.items()):
        cells.setdefault((row, into[column]), []).extend(held)
    return replace(
        found, targets=tuple(place), cells={at: tuple(held) for at, held in cells.items()}
    )


__all__ = ["ORDERS", "Order", "folded", "ordered", "searched"]
