"""Runs queries. One that fails because single rows are damaged is repeated without these rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from annotator.store.isolation import leave_out
from annotator.store.sqlite_driver import sqlite

Row = tuple[Any, ...]


def undamaged_rows(connection: Any, sql: str, parameters: Sequence[Any]) -> list[Row]:
    """All rows of a query except damaged ones, which are reported."""
    try:
        found: list[Row] = connection.execute(sql, parameters).fetchall()
    except sqlite.OperationalError as error:
        if "decode to UTF-8" in str(error):
            return _without_broken_texts(connection, sql, parameters)
        if "malformed JSON" in str(error):
            return _without_broken_states(connection, sql, parameters)
        raise
    return found


class _NoText(str):
    """Text, as far as it can be read."""

    __slots__ = ()


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return _NoText(data.decode(errors="replace"))


def _without_broken_texts(connection: Any, sql: str, parameters: Sequence[Any]) -> list[Row]:
    """The rows with valid texts only; others are left out and reported."""
    connection.text_factory = _text
    try:
        rows: list[Row] = connection.execute(sql, parameters).fetchall()
    finally:
        connection.text_factory = str
    found: list[Row] = []
    for row in rows:
        if any(isinstance(value, _NoText) for value in row):
            words = [f"“{str(value)[:40]}”" for value in row if value is not None]
            leave_out(f"a row with {', '.join(words[:4])}", "it contains something other than text")
        else:
            found.append(row)
    return found


def _without_broken_states(connection: Any, sql: str, parameters: Sequence[Any]) -> list[Row]:
    """Run a query that reads the states of items, without the states that are not JSON: for the
    query, a view without these rows hides the table."""
    broken = connection.execute(
        "SELECT document, annotator, item FROM main.item WHERE NOT json_valid(state)"
    ).fetchall()
    for document, annotator, item in broken:
        leave_out(f"{document} ({annotator}): {item}", "its state is not JSON")
    columns = [f'"{row[1]}"' for row in connection.execute("PRAGMA main.table_info(item)")]
    held = ", ".join(columns).replace(
        '"state"', "CASE WHEN json_valid(state) THEN state END AS state"
    )
    connection.execute(f"CREATE TEMP VIEW item AS SELECT {held} FROM main.item")
    try:
        found: list[Row] = connection.execute(sql, parameters).fetchall()
        return found
    finally:
        connection.execute("DROP VIEW temp.item")


__all__ = ["Row", "undamaged_rows"]
