"""Keys that come faster than anyone types: a paste without brackets must not annotate."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

KEYS = 30
WITHIN = 0.05
"""This many keys in this many seconds are not typed ..."""

DIFFERENT = 8
"""... if at least this many of them differ: a key that is held down or typed ahead is one key."""

REST = 0.3
"""Seconds of silence after which keys count as typed again."""

KEPT = 500
"""The longest burst that the annotator can choose to run; anything longer is a text."""

YES = "Y"
"""The key that runs what was held back. It is none that people press without reading, as enter is
after a paste."""

Key = TypeVar("Key")


@dataclass
class Burst(Generic[Key]):
    """Distinguishes pasted keys from typed ones. `name` gives a key's name, `clock` the time in
    seconds."""

    name: Callable[[Key], str]
    clock: Callable[[], float] = time.monotonic
    message: str = ""
    _recent: deque[tuple[float, str]] = field(default_factory=lambda: deque(maxlen=KEYS))
    _held: list[Key] = field(default_factory=list)
    _count: int = 0
    _last: float = 0.0
    asking: bool = False
    """Whether keys are held back until the annotator says what to do with them."""

    def admits(self, keys: Sequence[Key]) -> list[Key]:
        """The keys to run now, out of those that just came. In a burst there are none, and
        `message` asks what to do; after a silence, the next key answers."""
        now = self.clock()
        rested = now - self._last > REST
        self._last = now
        if self.asking:
            if not rested:
                self._hold(keys)
                return []
            return self._answer(keys)
        self.message = ""
        for key in keys:
            self._recent.append((now, self.name(key)))
        full = len(self._recent) == KEYS and now - self._recent[0][0] < WITHIN
        if not full or len({name for _, name in self._recent}) < DIFFERENT:
            return list(keys)
        self.asking = True
        self._held, self._count = [], 0
        self._hold(keys)
        return []

    def _hold(self, keys: Sequence[Key]) -> None:
        self._count += len(keys)
        self._held = [] if self._count > KEPT else [*self._held, *keys]
        many = f"{self._count} keys came at once, like a paste"
        self.message = (
            f"{many}, and were ignored. Press any key to go on"
            if self._count > KEPT
            else f"{many}: {YES} runs them, any other key drops them"
        )

    def _answer(self, keys: Sequence[Key]) -> list[Key]:
        """The keys that were held back, if the annotator wants them. The key that answers has no
        other effect."""
        held, first = self._held, keys[0]
        self.asking, self._held, self.message = False, [], ""
        self._recent.clear()
        return [*(held if self.name(first) == YES else []), *keys[1:]]


__all__ = ["Burst"]
