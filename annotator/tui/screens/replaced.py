"""Asks what to do with decisions whose database was removed or replaced while somebody worked."""

from __future__ import annotations

from collections.abc import Callable

from annotator.errors import StoreError
from annotator.model.text import plural
from annotator.tui.screens.listing import ListLine, ListScreen
from annotator.tui.session.saving import Saving


def replaced_screen(saving: Saving, done: Callable[[str], None]) -> ListScreen:
    """Asks where the unsaved decisions belong, and offers what can be done. Calls `done` with a
    message once they are there."""
    screen: ListScreen
    now, remedies = saving.remedies()

    def choose(row: int) -> None:
        nonlocal now, remedies
        try:
            message = remedies[row][1]()
        except StoreError as error:
            now, remedies = saving.remedies()
            screen.reload()
            screen.say(f"{error.message}. {error.hint}")
            return
        screen.app.pop_screen()
        done(message)

    why = saving.error.message if saving.error is not None else "the database was replaced"
    screen = ListScreen(
        f"{why}: what should happen to {plural(saving.unsaved_decisions, 'decision')}?",
        lambda: [ListLine(text) for text, _ in remedies],
        choose,
        about=lambda _: now.value,
    )
    return screen


__all__ = ["replaced_screen"]
