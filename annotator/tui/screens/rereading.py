"""How often a screen that takes long to compute is computed again while others work."""

from __future__ import annotations

import math
import time

PATIENCE = 10
"""A screen is computed again after this many times the time that it took last."""


class Rereading:
    """Whether others changed something since a screen was computed, and when it may be computed
    again."""

    def __init__(self) -> None:
        self.behind = False
        self._began = self._due = 0.0

    @property
    def is_due(self) -> bool:
        """Whether there is something new, and it is time to compute it."""
        return self.behind and time.monotonic() >= self._due

    def begins(self) -> None:
        """Call this when computing begins."""
        self.behind, self._began, self._due = False, time.monotonic(), math.inf

    def is_over(self) -> None:
        """Call this when computing has ended."""
        now = time.monotonic()
        self._due = now + PATIENCE * (now - self._began)


__all__ = ["PATIENCE", "Rereading"]
