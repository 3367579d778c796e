"""Keys that come faster than hands: a paste that the terminal did not bracket must not annotate."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

KEYS = 30
WITHIN = 0.05
"""So many keys in so many seconds are no typing ..."""

DIFFERENT = 8
"""... when so many of them differ; a key that is held, or typed ahead, is one key."""

REST = 0.3
"""Seconds of silence after which a key is a person's again."""


@dataclass
class Burst:
    """Tells pasted keys from typed ones; `clock` gives seconds."""

    clock: Callable[[], float] = time.monotonic
    message: str = (
        "that looked like a paste: the rest of it is dropped. Any key goes on, u takes back what it did"
    )
    _recent: deque[tuple[float, str]] = field(default_factory=lambda: deque(maxlen=KEYS))
    _last: float = 0.0
    _paused: bool = False

    def holds_back(self, key: str) -> bool:
        """Whether a key is not to be done: from the thirtieth of a burst on, until there was silence."""
        now = self.clock()
        rested = now - self._last > REST
        self._last = now
        if self._paused:
            self._paused = not rested
            self._recent.clear()
            return not rested
        self._recent.append((now, key))
        full = len(self._recent) == KEYS and now - self._recent[0][0] < WITHIN
        self._paused = full and len({key for _, key in self._recent}) >= DIFFERENT
        return self._paused


__all__ = ["Burst"]
