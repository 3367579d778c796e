"""The application: one project, one annotator, a queue and a document.

Nothing here animates, blinks or ticks; focus of the terminal's window changes nothing.
"""

from __future__ import annotations

import asyncio
import gc
import locale
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from rich.color import ColorSystem
from textual import events

from annotator.tui.key_map import KeyMap
from annotator.tui.keyboard import Keyboard
from annotator.tui.layout import ASCII, UNICODE, Glyphs
from annotator.tui.painter import Painter
from annotator.tui.repertoire import stand_in
from annotator.tui.screens.annotate import AnnotateScreen
from annotator.tui.screens.base import CommandScreen
from annotator.tui.screens.queue import QueueScreen
from annotator.tui.session import Session
from annotator.tui.terminal_driver import Pressed, TerminalDriver
from annotator.tui.textual_private import PrivateApp, Update, changes
from annotator.tui.theme import THEMES, Theme, adapted, choose, colors_of
from annotator.tui.widgets.rows import Rows

LAST = 0.7
"""Seconds from a hang-up to the end, whatever is still in the way of it."""


class AnnotatorApp(PrivateApp):
    """Shows the document the annotator was in last, or the queue."""

    ENABLE_COMMAND_PALETTE = False
    AUTO_FOCUS = None
    BINDINGS = []  # noqa: RUF012 - a class variable of Textual's
    CSS = """
    Screen { background: ansi_default; color: ansi_default; overflow: hidden; }
    """

    def __init__(
        self,
        session: Session,
        keys: KeyMap,
        *,
        document: str | None = None,
        screen: Callable[[Session], AnnotateScreen] = AnnotateScreen,
    ) -> None:
        no_color = bool(os.environ.get("NO_COLOR"))
        # Elsewhere than on Linux Textual's own driver does, with its threads.
        super().__init__(
            ansi_color=True, driver_class=TerminalDriver if sys.platform == "linux" else None
        )
        self.session = session
        self.key_map = keys
        self._wanted = document
        self._screen_of = screen
        self.look: Theme = adapted(
            choose(
                session.project.config.theme,
                colors=colors_of(self.console.color_system, os.environ.get("TERM", "")),
                no_color=no_color,
                background=os.environ.get("COLORFGBG", ""),
            ),
            os.environ,
        )
        self.glyphs: Glyphs = (
            UNICODE if "utf" in locale.getpreferredencoding(False).lower() else ASCII
        )
        system = self.console.color_system
        stand_ins = stand_in(os.environ.get("TERM", ""), locale.getpreferredencoding(False))
        self._painter = Painter(
            ColorSystem[system.upper().replace("256", "EIGHT_BIT")] if system else None, stand_ins
        )
        self.left = False
        self._searched: str | None = None
        """What the queue was searched for before other differences were asked for."""
        self._ending = False
        self.keyboard = Keyboard(self)
        self._late: Rows | None = None
        self._direct: Rows | None = None
        """The widget that is the whole screen, and may be painted directly."""

    # --- coming and going

    def on_mount(self) -> None:
        self.animation_level = "none"
        loop = asyncio.get_running_loop()
        for name in (signal.SIGHUP, signal.SIGTERM):
            if signal.getsignal(name) is signal.SIG_IGN:
                continue  # nohup: it ends when there is no terminal to read from any more.
            with suppress(NotImplementedError, RuntimeError, ValueError):
                loop.add_signal_handler(name, self._hang_up)
        self._open_first()

    def on_ready(self) -> None:
        """What was loaded to start is there to stay: it need not be looked
        through for garbage key after key."""
        if self.session.propose_names() and isinstance(self.screen, AnnotateScreen):
            self.screen.redraw()
        gc.freeze()
        gc.set_threshold(20_000, 20, 20)
        gc.enable()

    def _open_first(self) -> None:
        """The document asked for; else the one last worked on; else the first one; else the queue.
        For somebody to whom documents are assigned, one of theirs."""
        session = self.session
        session.names_wait = True
        document = self._wanted
        if document is None:
            place = session.project.log.last_position(session.annotator)
            document = place.document if place else None
            held = session.project.assignments
            if session.queue.own and (
                document is None or not held.holds(session.annotator, document)
            ):
                document = held.first_open(session.annotator)
            if document is None:
                document = next((row.id for row in session.queue.documents(limit=1)), None)
        if document is None:
            self.push_screen(QueueScreen(session))
            return
        # The queue is made when somebody goes there.
        session.open(document)
        if session.guide is not None:
            session.guide.offer(session.state)
        self.show_document()

    def show_queue(self) -> None:
        """From the document to the queue, or to the screen that the document was opened from."""
        if self._searched is not None:
            self.session.queue.search, self._searched = self._searched, None
        if len(self.screen_stack) > 2:
            self.pop_screen()
        else:
            self._direct = None
            self.switch_screen(QueueScreen(self.session))

    def go_to(
        self,
        document: str,
        paragraph: int,
        item: str | None,
        *,
        find: tuple[str, int] | None = None,
    ) -> None:
        """From a list to a place in a document; everything above the queue gives way. `find`: what
        was looked for there, to be marked, and the offset of the place."""
        self.session.save_place()
        self.session.open(document, paragraph=paragraph, item=item)
        keep = 2 if any(isinstance(screen, QueueScreen) for screen in self.screen_stack) else 1
        while len(self.screen_stack) > keep:
            self.pop_screen()
        screen = self.show_document()
        if find is not None:
            screen.call_after_refresh(screen.find, find[0], near=find[1])

    def show_document(self) -> AnnotateScreen:
        """The document that the session has open, to annotate or to review."""
        screen = self._screen_of(self.session)
        self.push_screen(screen)
        return screen

    def decide(self, search: str) -> str:
        """Open the first of the differences that a search of review asks for, above the screen that
        asked; else why not."""
        queue = self.session.queue
        before = queue.search
        count = queue.narrow(search)
        if count is None:
            return "differences are decided in review: annotator review"
        if not count:
            queue.search = before
            return f"nothing with {search} waits for a decision"
        self._searched = before
        document = queue.documents(limit=1, search=search)[0].id
        self.session.open(document)
        if lead := queue.first(document):
            self.session.follow(lead)
        self.show_document()
        return ""

    def leave(self) -> None:
        """End; with decisions not saved, only when asked twice."""
        session = self.session
        session.save_place()
        if (
            session.saving.unsaved
            and not session.saving.save()
            and not session.saving.safe
            and not self.left
        ):
            self.left = True
            screen = self.screen
            if isinstance(screen, CommandScreen):
                count = len(session.saving.unsaved)
                keys = self.key_map.shown("quit")
                why = (
                    session.saving.error.message
                    if session.saving.error is not None
                    else "tried in vain"
                )
                screen.say(f"{count} not saved, {keys} again leaves without saving: {why}")
            return
        self.exit(0)

    def _hang_up(self) -> None:
        """The terminal or the system ends the program: save what
        can be, and go, within a second."""
        if self._ending:
            return
        self._ending = True
        self._direct = None
        timer = threading.Timer(LAST, self._end_at_once)
        timer.daemon = True
        timer.start()
        self.session.project.wait_at_most(LAST / 4)
        self.session.saving.save()
        self.session.save_place()
        self.exit(0)

    def _end_at_once(self) -> None:
        """What hinders an orderly end, such as a thread at work, is not waited
        for. All that could be saved is."""
        if isinstance(self.terminal, TerminalDriver):
            self.terminal.abandon()
        os._exit(0 if self.session.saving.safe else 3)

    async def action_quit(self) -> None:
        self.leave()

    def action_help_quit(self) -> None:
        """Ctrl+C does not end a day's work by accident."""

    # --- the terminal

    def keys_came(self, keys: list[Pressed]) -> None:
        """Keys from the terminal, in order."""
        if self.is_alive:
            self.keyboard.receive(keys)

    def terminal_ready(self) -> None:
        """The terminal has taken all that was written: what was not
        painted meanwhile is painted now."""
        late, self._late = self._late, None
        if late is not None and not self.paint_rows(late, range(late.size.height)):
            late.refresh()

    def terminal_gone(self) -> None:
        """Nobody sees this any more."""
        self._hang_up()

    # --- painting

    def next_theme(self) -> None:
        """Dark, light, 16 colours, none."""
        names = list(THEMES)
        self.look = adapted(
            THEMES[names[(names.index(self.look.name) + 1) % len(names)]], os.environ
        )

    def repaint(self) -> None:
        """Paint the whole screen again."""
        self._painter.forget()
        self.screen.refresh(layout=True)

    def on_resize(self, _: events.Resize) -> None:
        self._painter.forget()

    def paint_rows(self, rows: Rows, changed: Iterable[int]) -> bool:
        """Paint these rows of a widget that fills the screen, past Textual's compositor; whether
        that could be done. The compositor's own next update asks the widget again, and finds the
        same."""
        if rows is not self._direct or not self._painter.known:
            self._direct = rows if self._fills_the_screen(rows) else None
        driver = self.terminal
        if (
            self._direct is None
            or not self.is_alive
            or self.is_batching
            or not isinstance(driver, TerminalDriver)
        ):
            return False
        if driver.backlog:
            # A slow terminal gets the newest picture when it is ready, not every one on the way.
            self._late = rows
            return True
        width = self._painter.width
        out = self._painter.paint_rows([(y, rows.segments(y, width)) for y in changed])
        if out:
            driver.write(out)
        return True

    def _fills_the_screen(self, rows: Rows) -> bool:
        return (
            isinstance(self.terminal, TerminalDriver)
            and self.is_alive
            and rows.screen is self.screen
            and rows.size == self.size
            and self._painter.knows(self.size)
        )

    def open(self, name: str, *about: Any) -> None:
        """Open the screen of a name on top; see `routes`."""
        from annotator.tui.routes import ROUTES

        screen = ROUTES[name](self, *about)
        if screen is not None:
            self.push_screen(screen)

    def push_screen(self, *args: Any, **kwargs: Any) -> Any:
        """Another screen is on top: what it shows is not to be painted past the compositor yet."""
        self._direct = None
        return super().push_screen(*args, **kwargs)

    def pop_screen(self) -> Any:
        self._direct = None
        return super().pop_screen()

    def painted(self, renderable: Any) -> bool:
        """Write the difference to what is shown; anything unknown goes Textual's own way."""
        driver = self.terminal
        ready = (
            self.is_alive and not self.is_headless and driver is not None and not driver.is_inline
        )
        if not isinstance(renderable, Update) or not ready or self.is_batching or driver is None:
            if renderable is not None and not self.is_batching:
                self._painter.forget()
            return False
        width, height = self.size
        out = self._painter.paint(changes(renderable), width, height)
        if out:
            driver.write(out)
            driver.flush()
        self.post_display_hook()
        return True


__all__ = ["AnnotatorApp"]
