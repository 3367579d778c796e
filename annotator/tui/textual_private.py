"""All private names of Textual that the program uses, so that a new version breaks only one file.

`NAMES` lists what is used; a test looks each of them up and says which are gone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import IO, Any

from rich.segment import Segment
from textual import constants
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual._parser import ParseError
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.screen import Screen

NAMES = (
    ("textual._compositor", "ChopsUpdate"),
    ("textual._compositor", "LayoutUpdate"),
    ("textual._parser", "ParseError"),
    ("textual._xterm_parser", "XTermParser"),
    ("textual._xterm_parser", "XTermParser.feed"),
    ("textual._xterm_parser", "XTermParser.tick"),
    ("textual.drivers.linux_driver", "LinuxDriver._run_input_thread"),
    ("textual.app", "App._display"),
    ("textual.app", "App._watch_app_focus"),
    ("textual.constants", "ESCAPE_DELAY"),
)
"""Module and name of everything imported or overridden."""

ATTRIBUTES = {
    "textual.app": ("_running", "_closed", "_batch_count", "_driver"),
    "textual.drivers.linux_driver": ("_file", "_key_thread", "attrs_before", "input_tty"),
    "textual.driver": ("_loop", "_debug"),
    "textual.message_pump": ("_running", "_closed"),
}
"""Attributes that are read, with a module whose source sets them."""

ESCAPE_DELAY = constants.ESCAPE_DELAY
"""Seconds after which a lone escape counts as the key."""


class PrivateApp(App[int]):
    """An application with public names for private parts of Textual."""

    @property
    def is_alive(self) -> bool:
        """Whether messages are handled and the application is not closing."""
        return self._running and not self._closed

    @property
    def is_batching(self) -> bool:
        """Whether updates are held back for now."""
        return bool(self._batch_count)

    @property
    def terminal(self) -> Driver | None:
        """The driver."""
        return self._driver

    def _watch_app_focus(self, focus: bool) -> None:
        """Do not repaint when the terminal gains or loses focus."""

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        """Write what Textual rendered: through `painted`, or else in Textual's way."""
        if not self.painted(renderable):
            super()._display(screen, renderable)

    def painted(self, renderable: Any) -> bool:
        """Write a rendered update. Returns whether that was done."""
        raise NotImplementedError


class PrivateDriver(LinuxDriver):
    """Textual's driver for Linux, with public names for its private parts."""

    @property
    def terminal_file(self) -> IO[str] | None:
        """The file to which the driver writes."""
        return self._file

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The event loop of the application."""
        return self._loop

    @property
    def reads_keys(self) -> bool:
        """Whether reading has begun, from a terminal."""
        return self._key_thread is not None and self.input_tty

    @property
    def attributes_before(self) -> list[Any] | None:
        """The attributes of the terminal before the program."""
        return self.attrs_before

    def parser(self) -> XTermParser:
        """A new parser of terminal input."""
        return XTermParser(self._debug)

    def _run_input_thread(self) -> None:
        """The reading thread ends at once if the loop reads."""
        self.input_thread()

    def input_thread(self) -> None:
        """The function that the thread runs instead of reading."""
        raise NotImplementedError


def runs_in(loop: asyncio.AbstractEventLoop) -> bool:
    """Whether this is called from within that loop."""
    return asyncio._get_running_loop() is loop


def changes(update: ChopsUpdate | LayoutUpdate) -> Iterator[tuple[int, int, Any]]:
    """`(x, y, segments)` of every piece that Textual rendered again."""
    if isinstance(update, LayoutUpdate):
        for y, line in enumerate(update.strips, update.region.y):
            x = update.region.x
            for strip in line:
                yield x, y, strip
                x += strip.cell_length
        return
    for y in {span[0] for span in update.spans}:
        for x, piece in update.chops[y].items():
            if piece is not None:
                yield x, y, piece


Update = ChopsUpdate | LayoutUpdate

__all__ = [
    "ATTRIBUTES",
    "ESCAPE_DELAY",
    "NAMES",
    "ParseError",
    "PrivateApp",
    "PrivateDriver",
    "Segment",
    "Update",
    "XTermParser",
    "changes",
    "runs_in",
]
