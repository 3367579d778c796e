"""Keys that come faster than hands: a paste that the terminal did not bracket must not annotate."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

KEYS = 30
WITHIN = 0.05
"""So many keys in so many seconds are no typing ..."""

DIFFERENT = 8
"""... when so many of them differ; a key that is held, or typed ahead, is one key."""

REST = 0.3
"""Seconds of silence after which a key is a person's again."""

KEPT = 500
"""Keys of a burst that can still be done when the annotator wants it; what is longer is a text."""

YES = "enter"

Key = TypeVar("Key")


@dataclass
class Burst(Generic[Key]):
    """Tells pasted keys from typed ones; `name` gives a key's name, `clock` seconds."""

    name: Callable[[Key], str]
    clock: Callable[[], float] = time.monotonic
    message: str = ""
    _recent: deque[tuple[float, str]] = field(default_factory=lambda: deque(maxlen=KEYS))
    _held: list[Key] = field(default_factory=list)
    _count: int = 0
    _last: float = 0.0
    asking: bool = False
    """Whether keys are held back until the annotator says what becomes of them."""

    def admits(self, keys: Sequence[Key]) -> list[Key]:
        """The keys to be done now, of those that came now. Of a burst there are none, and `message`
        asks; after a silence the next key answers."""
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
        came = f"{self._count} keys came at once, like a paste"
        self.message = (
            f"{came}: nothing of it is done. Press any key to go on"
            if self._count > KEPT
            else f"{came}: {YES} does them, any other key drops them"
        )

    def _answer(self, keys: Sequence[Key]) -> list[Key]:
        """All that was held if that is wanted; the key that answers does nothing else."""
        held, first = self._held, keys[0]
        self.asking, self._held, self.message = False, [], ""
        self._recent.clear()
        return [*(held if self.name(first) == YES else []), *keys[1:]]


__all__ = ["Burst"]
