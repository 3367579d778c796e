"""Asks what to do with decisions whose database was removed or replaced while somebody worked."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from annotator.errors import StoreError
from annotator.model.text import plural
from annotator.tui.screens.listing import ListLine, ListScreen
from annotator.tui.session.saving import Saving


def replaced_screen(saving: Saving, done: Callable[[str], None]) -> ListScreen:
    """Asks where the unsaved decisions belong. Calls `done` with a message once they are there."""
    screen: ListScreen

    def lines() -> list[ListLine]:
        return [
            ListLine("continue with the file that is there now, and write the decisions into it"),
            ListLine(
                "keep the decisions in a file beside it, with everything that this program has of "
                "the old one"
            ),
        ]

    def choose(row: int) -> None:
        try:
            if row == 0:
                said = saving.adopt()
            else:
                said = f"kept in {saving.rescue().name}"
                # If there is no file to continue with, the next decision asks again.
                with suppress(StoreError):
                    saving.adopt()
        except StoreError as error:
            screen.say(f"{error.message}. {error.hint}")
            return
        screen.app.pop_screen()
        done(said)

    why = saving.error.message if saving.error is not None else "the database was replaced"
    screen = ListScreen(
        f"{why}: what should happen to {plural(len(saving.unsaved), 'decision')}?", lines, choose
    )
    return screen


__all__ = ["replaced_screen"]
