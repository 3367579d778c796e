"""What happens while nobody presses a key: places and decisions are saved, suggestions arrive."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

from textual.timer import Timer

from annotator.errors import ProjectError
from annotator.tui.screens.pointing import PointingScreen

RETRY = 2.0
"""Seconds between two attempts to save what could not be saved."""

WAIT = 0.5
"""Seconds between two checks for the first suggestions of a document."""

PLACE = 0.3
"""Seconds without a key after which the place is saved."""


class KeepingScreen(PointingScreen):
    """A screen on one document that saves the place, tries again to save what could not be saved,
    asks what to do with it if the database was replaced, and waits for a document's first
    suggestions."""

    follows = True

    def __init__(self) -> None:
        super().__init__()
        self._retry: Timer | None = None
        self._asked_about = 0
        """The number of unsaved decisions that the question about a replaced database was about."""
        self._waiter: Timer | None = None
        self._place: asyncio.TimerHandle | None = None

    def others_changed(self, documents: Collection[str]) -> None:
        self.session.others_changed(documents)

    def catch_up(self) -> None:
        super().catch_up()
        if self.is_current and self.session.catch_up():
            self.redraw()

    def after(self) -> None:
        """What follows a change: show it, save the place, try again to save what was not saved."""
        if self.session.guide is not None:
            self.session.guide.watch(self.session.review)
        self.redraw()
        if self._place is not None:
            self._place.cancel()
        self._place = asyncio.get_running_loop().call_later(PLACE, self._keep_place)
        if self.session.saving.error is not None and self._retry is None:
            self._retry = self.set_interval(RETRY, self._save_again)
        if self.session.saving.replaced and len(self.session.saving.unsaved) > self._asked_about:
            from annotator.tui.screens.replaced import replaced_screen

            self._asked_about = len(self.session.saving.unsaved)
            self.app.push_screen(replaced_screen(self.session.saving, self._settled))

    def _settled(self, message: str) -> None:
        """Another database is open now, which may have other work on this document, or not have it
        at all."""
        self._asked_about = 0
        try:
            self.session.reload()
        except ProjectError:
            self.shell.show_queue()
            return
        self.say(message)

    def _keep_place(self) -> None:
        """Save the place when no key has come for a while."""
        self._place = None
        self.session.save_place()
        if self._prepare_when_idle() or self.session.saving.error is not None:
            self.redraw()

    def _save_again(self) -> None:
        if self.session.saving.save() and self._retry is not None:
            self._retry.stop()
            self._retry = None
        self.redraw()

    def _look(self) -> None:
        """Check whether the suggestions that a document waits for have come."""
        if self.session.take_arrivals():
            self.redraw()
        if not self.session.source.awaiting and self._waiter is not None:
            self._waiter.stop()
            self._waiter = None

    def _prepare_when_idle(self) -> bool:
        """Called when no key has come for a while. Returns whether there is something new to
        show."""
        return False

    def _wait_for_suggestions(self) -> None:
        """Check for the first suggestions of the document until they are there."""
        self._waiter = self._waiter or self.set_interval(WAIT, self._look)


__all__ = ["KeepingScreen"]
