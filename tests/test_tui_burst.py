"""A paste without brackets is distinguished from typing, held back, and the annotator is asked."""

from __future__ import annotations

import pytest

from annotator.tui.burst import KEPT, REST, YES, Burst

TEXT = "The quick brown fox jumps over the lazy dog and runs away from it all."


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def _burst() -> tuple[Burst[str], Clock]:
    clock = Clock()
    return Burst(str, clock), clock


def _type(burst: Burst[str], clock: Clock, keys: str, apart: float) -> str:
    done = ""
    for key in keys:
        clock.now += apart
        done += "".join(burst.admits([key]))
    return done


def test_what_comes_in_one_piece_is_held_back_whole_and_done_when_wanted() -> None:
    burst, clock = _burst()
    assert burst.admits(list(TEXT)) == []
    assert f"{len(TEXT)} keys" in burst.message
    clock.now += 0.001
    assert burst.admits(list("and more")) == []
    clock.now += REST + 0.1
    assert "".join(burst.admits([YES])) == TEXT + "and more"
    assert not burst.asking and not burst.message


@pytest.mark.parametrize("key", ["x", "enter", "space", "y"])
def test_any_other_key_drops_what_was_held_and_does_nothing_else(key: str) -> None:
    burst, clock = _burst()
    burst.admits(list(TEXT))
    clock.now += REST + 0.1
    assert burst.admits([key]) == []
    assert burst.admits(["x"]) == ["x"]


def test_what_comes_key_by_key_is_held_back_from_the_thirtieth_on() -> None:
    burst, clock = _burst()
    assert _type(burst, clock, TEXT, 0.0005) == TEXT[:29]
    clock.now += REST + 0.1
    assert burst.admits(["q"]) == []
    assert _type(burst, clock, "aj", 0.2) == "aj"


def test_a_whole_text_is_not_even_offered() -> None:
    burst, clock = _burst()
    for _ in range(25):
        assert burst.admits(list(TEXT * 60)) == []
    assert "and were ignored" in burst.message
    assert len(TEXT) * 60 > KEPT
    clock.now += REST + 0.1
    assert burst.admits([YES]) == []


def test_fast_typing_and_keys_typed_ahead_are_done() -> None:
    burst, clock = _burst()
    assert _type(burst, clock, TEXT, 0.01) == TEXT
    assert burst.admits(["j"] * 200) == ["j"] * 200
    assert _type(burst, clock, "ajajajxaj" * 10, 0.0) == "ajajajxaj" * 10
