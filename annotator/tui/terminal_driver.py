"""The terminal, read and written in the event loop itself: no
thread stands between a key and its paint.

Textual's driver reads in one thread and writes in another, and passing a key between them costs
more than everything else this program does for it. The driver's other work (terminal modes,
resizing, suspending) is unchanged. A terminal that accepts no more output does not block the
program, and one that is gone ends it.
"""

from __future__ import annotations

import os
import select
import termios
import time
from codecs import getincrementaldecoder
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, cast

from textual import events

from annotator.tui.textual_private import (
    ESCAPE_DELAY,
    ParseError,
    PrivateDriver,
    XTermParser,
    runs_in,
)

if TYPE_CHECKING:
    from textual.app import App

FAREWELL = 0.3
"""Seconds to wait for the terminal to accept the sequences that restore it."""

_RESTORE = (
    b"\x1b[m\x1b[?2004l\x1b[?1000l\x1b[?1003l\x1b[?1006l\x1b[?1004l\x1b[?7h"
    b"\x1b[<u\x1b[?1049l\x1b[?25h"
)
"""Ends all modes that the program turns on: paste, mouse, focus, keyboard, alternate screen, hidden
cursor."""

PASTING = 1.0
"""Seconds of silence after which a paste is over, even if its end mark was lost."""

_QUIT = "\x11"
"""Ctrl+q, which ends a paste too."""

_PASTE, _PASTED = "\x1b[200~", "\x1b[201~"

Pressed: TypeAlias = "str | events.Key"
"""A key: a plain character, or else Textual's event."""


def event_of(char: str) -> events.Key:
    """Textual's event for a character that was pressed."""
    found = next(iter(XTermParser().feed(" " if char == "space" else char)))
    assert isinstance(found, events.Key)
    return found


class KeyReceiver(Protocol):
    """The application as its terminal sees it."""

    def keys_came(self, keys: list[Pressed]) -> None:
        """Take these pressed keys, in this order."""

    def terminal_ready(self) -> None:
        """Everything written is now on its way, which was not the case at the last write."""

    def terminal_gone(self) -> None:
        """The terminal is gone."""


class TerminalDriver(PrivateDriver):
    """Textual's driver for Linux, without its threads."""

    def __init__(self, app: App[Any], **options: Any) -> None:
        super().__init__(app, **options)
        self._receiver = cast("KeyReceiver", app)
        self._out = bytearray()
        self._sink: int | None = None
        self._waiting = False
        self._reading = False
        self._unsure = 0.0
        self._pasting = False
        self._heard = 0.0
        self._tail = ""
        self.lost = False

    @property
    def backlog(self) -> bool:
        """Whether the terminal still has output to accept, so that nothing more should be
        painted."""
        return bool(self._out)

    # --- life

    def start_application_mode(self) -> None:
        if self.input_tty and self._sink is None and self.terminal_file is not None:
            # Open the terminal separately, so that non-blocking mode does not affect others who
            # share it.
            with suppress(OSError):
                name = os.ttyname(self.terminal_file.fileno())
                self._sink = os.open(name, os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
        super().start_application_mode()  # type: ignore[no-untyped-call]
        if self.reads_keys:
            self._parser = self.parser()
            self._decode = getincrementaldecoder("utf-8")(errors="replace").decode
            self.loop.add_reader(self.fileno, self._readable)
            self._reading = True

    def input_thread(self) -> None:
        """Let the loop read from the terminal; if it is not one, end the program."""
        if not self.input_tty:
            self.loop.call_soon_threadsafe(self._gone)

    def disable_input(self) -> None:
        if self._reading:
            self.loop.remove_reader(self.fileno)
            self._reading = False
            with suppress(EOFError, ParseError):
                list(self._parser.feed(""))
        super().disable_input()

    def stop_application_mode(self) -> None:
        super().stop_application_mode()
        self._finish()

    def close(self) -> None:
        super().close()
        self._stop_waiting()
        if self._sink is not None:
            os.close(self._sink)
            self._sink = None

    def _finish(self) -> None:
        """Write what is left, if the terminal accepts it in time."""
        end = time.monotonic() + FAREWELL
        while self._out and not self.lost and self._sink is not None:
            left = end - time.monotonic()
            if left <= 0 or not select.select([], [self._sink], [], left)[1]:
                break
            self._push()
        self._out.clear()

    def abandon(self) -> None:
        """Restore the terminal, from any thread and in any state; it will not be used again."""
        if not self.lost and self._sink is not None:
            with suppress(OSError, termios.error):
                if self.attributes_before is not None:
                    termios.tcsetattr(self.fileno, termios.TCSANOW, self.attributes_before)
                os.write(self._sink, _RESTORE)

    def _gone(self) -> None:
        if not self.lost:
            self.lost = True
            self._out.clear()
            self._stop_waiting()
            if self._reading:
                self.loop.remove_reader(self.fileno)
                self._reading = False
            self._receiver.terminal_gone()

    # --- out

    def write(self, data: str) -> None:
        if self.lost:
            return
        if self._sink is None:
            super().write(data)
            return
        self._out += data.encode("utf-8", "replace")
        if not self._waiting:
            self._push()

    def _push(self) -> None:
        assert self._sink is not None
        try:
            while self._out:
                del self._out[: os.write(self._sink, self._out)]
        except BlockingIOError:
            if not self._waiting and runs_in(self.loop):
                self.loop.add_writer(self._sink, self._writable)
                self._waiting = True
        except OSError:
            self._gone()

    def _writable(self) -> None:
        self._push()
        if not self._out and self._waiting:
            self._stop_waiting()
            if not self.lost:
                self._receiver.terminal_ready()

    def _stop_waiting(self) -> None:
        if self._waiting and self._sink is not None:
            self.loop.remove_writer(self._sink)
        self._waiting = False

    # --- in

    def _readable(self) -> None:
        try:
            data = os.read(self.fileno, 65536)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if not data:
            self._gone()
            return
        text = self._decode(data)
        if (
            text.isascii()
            and text.isprintable()
            and not self._pasting
            and self.loop.time() > self._unsure
        ):
            self._receiver.keys_came(["space" if char == " " else char for char in text])
        elif text:
            self._parse(text)

    def _parse(self, text: str) -> None:
        """Pass anything that is not plain characters through Textual's parser."""
        recent = self._tail + text
        self._tail = recent[-len(_PASTE) :]
        begun, ended = recent.rfind(_PASTE), recent.rfind(_PASTED)
        if begun != ended:
            self._pasting = begun > ended
        if self._pasting:
            if _QUIT in text[max(0, text.rfind(_PASTE)) :]:
                self._end_paste()
                text = _QUIT
            else:
                self._heard = self.loop.time()
                self.loop.call_later(PASTING + 0.01, self._paste_is_over)
        self._unsure = self.loop.time() + ESCAPE_DELAY
        self._post(self._parser.feed(text))
        if "\x1b" in self._tail:
            # A lone escape is recognised by the silence after it.
            self.loop.call_later(ESCAPE_DELAY + 0.01, self._tick)

    def _paste_is_over(self) -> None:
        """After a silence, keys are typed again: without an end mark, a paste would swallow them
        all."""
        if self._pasting and self._reading and self.loop.time() - self._heard >= PASTING:
            self._end_paste()

    def _end_paste(self) -> None:
        """Forget what was pasted and wait for keys: a parser that never saw the end of a paste is
        useless."""
        self._parser = self.parser()
        self._pasting, self._tail = False, ""

    def _tick(self) -> None:
        if self._reading:
            self._post(self._parser.tick())

    def _post(self, messages: Any) -> None:
        """Pass on keys directly, and everything else in Textual's way."""
        keys: list[Pressed] = []
        for message in messages:
            if isinstance(message, events.Key):
                keys.append(message)
                continue
            if keys:
                self._receiver.keys_came(keys)
                keys = []
            self.process_message(message)
        if keys:
            self._receiver.keys_came(keys)


__all__ = ["KeyReceiver", "Pressed", "TerminalDriver", "event_of"]
