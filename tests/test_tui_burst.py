"""A paste without brackets is told from typing."""

from __future__ import annotations

from annotator.tui.burst import REST, Burst

TEXT = "The quick brown fox jumps over the lazy dog and runs away from it all."


class Clock:
    """Seconds, as the test wants them."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def _type(burst: Burst, clock: Clock, keys: str, apart: float) -> list[bool]:
    held = []
    for key in keys:
        clock.now += apart
        held.append(burst.holds_back(key))
    return held


def test_a_paste_is_held_back_from_its_thirtieth_key_until_there_was_silence() -> None:
    clock = Clock()
    burst = Burst(clock)
    held = _type(burst, clock, TEXT, 0.0005)
    assert held[:29] == [False] * 29
    assert all(held[29:])
    clock.now += REST + 0.1
    assert _type(burst, clock, "aj", 0.2) == [False, False]


def test_fast_typing_and_keys_typed_ahead_are_not() -> None:
    clock = Clock()
    burst = Burst(clock)
    assert not any(_type(burst, clock, TEXT, 0.01))
    assert not any(_type(burst, clock, "j" * 200, 0.0))
    assert not any(_type(burst, clock, "ajajajxaj" * 10, 0.0))
