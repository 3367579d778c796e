"""The pace line: breaks do not count as work, and the rest takes as long per paragraph as
before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from annotator.model.pace import pace, pace_in_words

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def _log(*minutes: float, day: int = 0, every: int = 1) -> list[tuple[datetime, bool]]:
    """Decisions at these minutes after nine o'clock; every `every`-th of them finishes a
    paragraph."""
    base = NOW.replace(hour=9) - timedelta(days=day)
    return [(base + timedelta(minutes=m), i % every == every - 1) for i, m in enumerate(minutes)]


def test_a_break_is_no_work() -> None:
    found = pace(_log(0, 2, 4, 30, 32, 34), left=12, now=NOW)
    assert (found.paragraphs, found.minutes) == (6, 8)
    assert found.minutes_left == 16 and found.days == 2
    assert (
        pace_in_words(found, NOW)
        == "today 6 paragraphs in 8 min; 12 left, done by 3 March at this pace"
    )


def test_the_days_before_help_where_today_is_too_short() -> None:
    log = [*_log(*range(61), day=1), *_log(0)]
    found = pace(log, left=30, now=NOW)
    assert found.paragraphs == 1 and found.minutes_left is not None
    assert round(found.minutes_left) == round(30 * 60 / 62) and found.days == 1
    assert "done by 10:29 at this pace" in pace_in_words(found, NOW)


def test_nothing_is_foretold_from_nothing() -> None:
    assert pace_in_words(pace([], left=5, now=NOW), NOW) == "today 0 paragraphs in 0 min; 5 left"
    assert pace_in_words(pace(_log(0, 1, 2, 3, 4, 5), left=0, now=NOW), NOW).endswith(
        "; nothing is left"
    )
    assert "in 1 h 05" in pace_in_words(pace(_log(*range(66)), left=5, now=NOW), NOW)
