"""What the parts of the store read from and write to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from annotator.store.damaged_rows import Row


class Access(Protocol):
    """Something to read from and write to: a database within a transaction, or a `Staging`."""

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """All rows of a query."""

    def row(self, sql: str, parameters: Sequence[Any] = ()) -> Row | None:
        """The first row of a query, or None."""

    def value(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        """The first value of the first row; None if there is no row."""

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> object:
        """Run a statement, or collect it."""

    def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run a statement for each row, or collect it."""


__all__ = ["Access"]
