"""The day of a document, as its metadata have it under `date`."""

from __future__ import annotations

from datetime import date


def day_of(value: object) -> date:
    """The day with which an ISO 8601 date or time begins (`2026-01-31`, `2026-01-31T12:00`). Raises
    ValueError for anything else, with the reason in words."""
    if value is None or value == "":
        raise ValueError("no date")
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError as error:
        raise ValueError(f"the date “{value}”, which is not like 2026-01-31") from error


def known_day(value: object) -> date | None:
    """The same, or None where there is no day."""
    try:
        return day_of(value)
    except ValueError:
        return None


__all__ = ["day_of", "known_day"]
