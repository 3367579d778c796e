"""Runs pressed keys: all that have come run in order, and then the screen is painted once.

Keys that mean an action of the model run right here. Keys that open or close a screen go through
Textual's messages, and the keys after them wait until that screen takes them.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol

from annotator.tui.burst import Burst
from annotator.tui.screens.base import CommandScreen, key_of
from annotator.tui.terminal_driver import Pressed, event_of

if TYPE_CHECKING:
    from annotator.tui.shell import Shell

PATIENCE = 0.5
"""Seconds to wait for a screen to open or close before the next key is sent to it."""


def name_of(key: Pressed) -> str:
    """The key as the key map writes it."""
    return key if isinstance(key, str) else key_of(key)


class Pump(Protocol):
    """Something that handles messages one after the other."""

    def call_later(self, callback: Any, *args: Any) -> bool:
        """Call something once the messages before it are handled."""


class Keyboard:
    """Keys on their way to the screens."""

    def __init__(self, app: Shell) -> None:
        self._app = app
        self._typed: deque[Pressed] = deque()
        self._slow: asyncio.Task[None] | None = None
        self.burst: Burst[Pressed] = Burst(name_of)

    def receive(self, keys: list[Pressed]) -> None:
        """Run these keys, after those that wait."""
        self._typed.extend(self.admitted(keys))
        if self._slow is None:
            self._work()

    def admitted(self, keys: list[Pressed]) -> list[Pressed]:
        """The keys to run. In a burst, the screen says what the annotator can do about it."""
        screen = self._app.screen
        if not isinstance(screen, CommandScreen):
            return keys
        asked, before = self.burst.asking, self.burst.message
        keys = self.burst.admits(keys)
        if self.burst.message != before or asked != self.burst.asking:
            screen.say(self.burst.message)
        return keys

    def _work(self) -> None:
        while self._typed:
            screen = self._app.screen
            if not isinstance(screen, CommandScreen) or not screen.is_mounted:
                break
            name = name_of(self._typed[0])
            quick = screen.is_quick(name)
            if not quick:
                break
            try:
                with screen.held():
                    while quick:
                        self._typed.popleft()
                        screen.typed(name)
                        name = name_of(self._typed[0]) if self._typed else ""
                        quick = bool(name) and screen.is_quick(name)
            except Exception as error:
                self._typed.clear()
                self._app.call_later(_fail, error)
        if self._typed:
            self._slow = asyncio.create_task(self._one(self._typed.popleft()))

    async def _one(self, key: Pressed) -> None:
        """Send one key through messages."""
        try:
            self._app.post_message(event_of(key) if isinstance(key, str) else key)
            await self._settled()
        finally:
            self._slow = None
            self._work()

    async def _settled(self) -> None:
        """Wait until whatever takes keys has no messages left. The third round finds what the
        second one focused."""
        for _ in range(3):
            screen = self._app.screen
            pumps: list[Pump] = [self._app, screen]
            if screen.focused is not None:
                pumps.append(screen.focused)
            for pump in pumps:
                reached = asyncio.Event()
                if pump.call_later(reached.set):
                    with suppress(TimeoutError):
                        await asyncio.wait_for(reached.wait(), PATIENCE)


def _fail(error: Exception) -> None:
    """Raise the error where Textual sees it and ends with a report."""
    raise error


__all__ = ["Keyboard", "name_of"]
