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

from annotator.project import QueueFilter
from annotator.tui.key_map import KeyMap
from annotator.tui.keyboard import Keyboard
from annotator.tui.layout import ASCII, UNICODE, Glyphs
from annotator.tui.missing_characters import stand_in
from annotator.tui.painter import Painter
from annotator.tui.screens.annotate import AnnotateScreen
from annotator.tui.screens.base import CommandScreen
from annotator.tui.session import Session
from annotator.tui.terminal_driver import Pressed, TerminalDriver
from annotator.tui.textual_private import PrivateApp, Update, changes
from annotator.tui.theme import THEMES, Theme, adapted, choose, colors_of
from annotator.tui.widgets.rows import Rows

LAST = 0.7
"""Seconds after a hang-up until the program ends, even if something still holds it up."""


class AnnotatorApp(PrivateApp):
    """Shows the document that the annotator was in last, or the queue."""

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
        # On other systems than Linux, use Textual's own driver, with its threads.
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
        """The search of the queue before other differences were chosen."""
        self._ending = False
        self.keyboard = Keyboard(self)
        self._late: Rows | None = None
        self._direct: Rows | None = None
        """The widget that fills the screen, if it may be painted directly."""

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
        # Textual is ready before the first picture is painted.
        self.screen.call_after_refresh(self._settle)

    def _settle(self) -> None:
        """Do what the first picture need not wait for. Everything loaded at the start stays in
        memory, so exclude it from garbage collection."""
        if self.session.propose_names() and isinstance(self.screen, AnnotateScreen):
            self.screen.redraw()
        gc.freeze()
        gc.set_threshold(20_000, 20, 20)
        gc.enable()

    def _open_first(self) -> None:
        """Open the document asked for, or else the last one worked on, the first one, or the queue.
        An annotator with assigned documents gets one of these."""
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
            self.open("queue")
            return
        # The queue screen is made when somebody goes there.
        session.open(document)
        if session.guide is not None:
            session.guide.offer(session.state)
        if news := session.project.news():
            session.say("; ".join(news))
        self.show_document()

    def show_queue(self) -> None:
        """Go from the document to the queue, or to the screen from which it was opened."""
        if self._searched is not None:
            self.session.queue.search, self._searched = self._searched, None
        if len(self.screen_stack) > 2:
            self.pop_screen()
        else:
            self._direct = None
            from annotator.tui.screens.queue import QueueScreen

            self.switch_screen(QueueScreen(self.session))

    def go_to(
        self,
        document: str,
        paragraph: int,
        item: str | None,
        *,
        find: tuple[str, int] | None = None,
        message: str = "",
    ) -> None:
        """Go from a list to a place in a document, and close every screen above the queue. `find`
        is the text to mark there and the offset of the place; `message` is said on arrival."""
        self.session.save_place()
        self.session.open(document, paragraph=paragraph, item=item)
        on_queue = any(
            s.context == "queue" for s in self.screen_stack if isinstance(s, CommandScreen)
        )
        keep = 2 if on_queue else 1
        while len(self.screen_stack) > keep:
            self.pop_screen()
        screen = self.show_document()
        if find is not None:
            screen.call_after_refresh(screen.find, find[0], near=find[1])
        if message:
            screen.call_after_refresh(screen.say, message)

    def show_document(self) -> AnnotateScreen:
        """Show the document that the session has open, to annotate or to review."""
        screen = self._screen_of(self.session)
        self.push_screen(screen)
        return screen

    def decide(self, search: str) -> str:
        """Open the first of the differences that a search of review finds, above the screen that
        asked. If it finds none, returns the reason."""
        queue = self.session.queue
        before = queue.search
        count = queue.narrow(search)
        if count is None:
            return "you can decide differences only in review: annotator review"
        if not count:
            so_far = (
                " in what was read so far; press the key again to read on" if queue.reading else ""
            )
            queue.search = before
            return f"there is nothing to decide with {search}{so_far}"
        self._searched = before
        document = queue.documents(QueueFilter(search), limit=1)[0].id
        self.session.open(document)
        if lead := queue.first(document):
            self.session.follow(lead)
        self.show_document()
        return ""

    def leave(self) -> None:
        """End the program; if decisions are not saved, only when asked twice."""
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
                kept, keys = session.saving.kept_message(), self.key_map.shown("quit")
                why = (
                    session.saving.error.message
                    if session.saving.error is not None
                    else "the last attempt failed"
                )
                screen.say(f"{kept}; {keys} again leaves without saving: {why}")
            return
        self.exit(0)

    def _hang_up(self) -> None:
        """The terminal or the system ends the program: save what can be saved and exit within a
        second."""
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
        """Exit without waiting for anything that prevents an orderly end, such as a busy thread.
        Everything that could be saved is saved."""
        if isinstance(self.terminal, TerminalDriver):
            self.terminal.abandon()
        os._exit(0 if self.session.saving.safe else 3)

    async def action_quit(self) -> None:
        self.leave()

    def action_help_quit(self) -> None:
        """Does nothing, so that ctrl+c cannot end a day's work by accident."""

    # --- the terminal

    def keys_came(self, keys: list[Pressed]) -> None:
        """Take keys from the terminal, in order."""
        if self.is_alive:
            self.keyboard.receive(keys)

    def terminal_ready(self) -> None:
        """Paint what was held back while the terminal was taking earlier output."""
        late, self._late = self._late, None
        if late is not None and not self.paint_rows(late, range(late.size.height)):
            late.refresh()

    def terminal_gone(self) -> None:
        """Nobody sees the screen any more: end."""
        self._hang_up()

    # --- painting

    def next_theme(self) -> None:
        """Switch to the next theme: dark, light, 16 colours, none."""
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
        """Paint these rows of a widget that fills the screen, bypassing Textual's compositor.
        Returns whether that was possible. The compositor's next update asks the widget again and
        finds the same rows."""
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
            # A slow terminal gets only the newest picture once it is ready.
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
        """Open the screen with this name on top; see `routes`."""
        from annotator.tui.routes import ROUTES

        screen = ROUTES[name](self, *about)
        if screen is not None:
            self.push_screen(screen)

    def push_screen(self, *args: Any, **kwargs: Any) -> Any:
        """Put another screen on top; until it is shown, nothing is painted directly."""
        self._direct = None
        return super().push_screen(*args, **kwargs)

    def pop_screen(self) -> Any:
        self._direct = None
        return super().pop_screen()

    def painted(self, renderable: Any) -> bool:
        """Write the difference from what is shown; Textual paints everything else."""
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
