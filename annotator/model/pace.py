"""How fast an annotator works: what was done today, and how long the rest takes at this pace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from annotator.model.text import plural

BREAK = timedelta(minutes=5)
"""Two decisions further apart than this have a break between them, which does not count as work."""

DAYS = 14
"""The number of past days from which the daily pace of an annotator is computed."""


@dataclass(frozen=True, slots=True)
class Pace:
    """`paragraphs` finished and `minutes` worked today; `left` paragraphs to finish, which take
    `minutes_left` at this pace, on `days` days like those before; both None where nothing was
    finished yet."""

    paragraphs: int
    minutes: float
    left: int
    minutes_left: float | None
    days: int | None


def pace(log: Sequence[tuple[datetime, bool]], *, left: int, now: datetime) -> Pace:
    """The pace of one annotator. `log` holds the time of each decision of the last `DAYS` days, in
    order and in the zone of `now`, and whether it finished a paragraph."""
    worked: dict[str, float] = {}
    finished: dict[str, int] = {}
    for i, (when, closes) in enumerate(log):
        day = when.date().isoformat()
        gap = when - log[i - 1][0] if i else timedelta()
        same = i > 0 and log[i - 1][0].date() == when.date()
        worked[day] = worked.get(day, 0.0) + (
            gap / timedelta(minutes=1) if same and gap <= BREAK else 0.0
        )
        finished[day] = finished.get(day, 0) + closes
    today = now.date().isoformat()
    minutes, count = worked.get(today, 0.0), finished.get(today, 0)
    # Once enough was done today, only today counts; otherwise earlier days count too.
    base, done = (minutes, count) if count >= 5 else (sum(worked.values()), sum(finished.values()))
    if not done or not base:
        return Pace(count, minutes, left, None, None)
    needed = left * base / done
    daily = sum(worked.values()) / len(worked)
    return Pace(count, minutes, left, needed, max(1, ceil(needed / daily)) if left else 0)


def pace_in_words(found: Pace, now: datetime) -> str:
    """One line: `today 12 paragraphs in 1 h 05; 84 left, done by 4 December at this pace`."""
    text = f"today {plural(found.paragraphs, 'paragraph')} in {_hours(found.minutes)}"
    if not found.left:
        return f"{text}; nothing is left"
    if found.minutes_left is None or found.days is None:
        return f"{text}; {found.left} left"
    end = now + timedelta(minutes=found.minutes_left)
    if end.date() == now.date() and found.days <= 1:
        return f"{text}; {found.left} left, done by {end:%H:%M} at this pace"
    day = now + timedelta(days=max(1, found.days - 1))
    return f"{text}; {found.left} left, done by {day.day} {day:%B} at this pace"


def _hours(minutes: float) -> str:
    whole = round(minutes)
    return f"{whole} min" if whole < 60 else f"{whole // 60} h {whole % 60:02}"


__all__ = ["Pace", "pace", "pace_in_words"]
