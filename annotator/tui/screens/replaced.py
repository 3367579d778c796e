"""What is to become of decisions whose database was taken
away or replaced while somebody worked."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from annotator.errors import StoreError
from annotator.model.text import plural
from annotator.tui.saving import Saving
from annotator.tui.screens.listing import Line, ListScreen


def replaced_screen(session: Saving, done: Callable[[str], None]) -> ListScreen:
    """Asks where the unsaved decisions belong; `done` is called
    with what to say once they are there."""
    screen: ListScreen

    def lines() -> list[Line]:
        return [
            Line("go on with the file that is there now, and write them into it"),
            Line("keep them in a file beside it, with all that this program has of the old one"),
        ]

    def choose(row: int) -> None:
        try:
            if row == 0:
                said = session.adopt()
            else:
                said = f"kept in {session.rescue().name}"
                # Where there is no file to go on with, the next decision asks again.
                with suppress(StoreError):
                    session.adopt()
        except StoreError as error:
            screen.say(f"{error.message}. {error.hint}")
            return
        screen.app.pop_screen()
        done(said)

    why = session.error.message if session.error is not None else "the database was replaced"
    screen = ListScreen(
        f"{why}: what becomes of {plural(len(session.unsaved), 'decision')}?", lines, choose
    )
    return screen


__all__ = ["replaced_screen"]
