"""Code that screens with rows of text share: their place, a line for messages, steps by keys."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from textual import events
from textual.app import ComposeResult

from annotator.tui.screens.base import CommandScreen
from annotator.tui.styled_rows import Piece, paragraphs
from annotator.tui.views.header_and_footer import foot_row
from annotator.tui.widgets.rows import Rows

END = 10**6
"""More rows than any list has."""

_TOLD = 6
"""The most rows of a message."""


class RowsScreen(CommandScreen):
    """A screen that fills the terminal with rows; one of them shows `_message`."""

    _message = ""
    _wanted = ""
    """The words that are searched for, on screens with a search."""

    def compose(self) -> ComposeResult:
        yield Rows()

    # Textual calls such a handler of a class and of its bases; so each calls a method of its own.
    def on_resize(self, _: events.Resize) -> None:
        self.resized()

    def on_screen_resume(self) -> None:
        self.returned()

    def resized(self) -> None:
        """The terminal has another size now."""
        self.redraw()

    def returned(self) -> None:
        """The screen is the one in view, at first or again."""
        self.redraw()

    def searched(self) -> None:
        """Show what the search finds; called when its words change."""
        self.redraw()

    def go_back(self, key: str, also: Collection[str] = ()) -> bool:
        """Take a key that goes back: esc, which ends a search first, q, or one of the screen's
        own. Returns whether it is one."""
        if key == "escape" and self._wanted:
            self._wanted = ""
            self.searched()
        elif key in ("escape", "q") or key in also:
            self.app.pop_screen()
        else:
            return False
        return True

    def foot(self, keys: Sequence[tuple[str, str]]) -> list[Piece]:
        """The footer: these keys, then the help and the way back."""
        last = [(self.key_map.shown("help"), "keys"), ("esc", "back")]
        return foot_row(keys, self.theme_now, self.app.size.width, last=last)

    def lay_message(
        self, rows: list[list[Piece]], at: int, *, upwards: bool = False, message: str = ""
    ) -> None:
        """Put a message, or else `_message`, into the row `at`; see `lay_over`."""
        if message or self._message:
            width = self.app.size.width
            lines = paragraphs(
                message or self._message, width - 1, self.theme_now.strong, indent=" ", limit=_TOLD
            )
            lay_over(rows, lines, at, upwards=upwards)

    def say(self, message: str) -> None:
        self._message = message
        if self.is_attached:
            self.redraw()


def lay_over(
    rows: list[list[Piece]], told: Sequence[list[Piece]], at: int, *, upwards: bool = False
) -> None:
    """Put a message into the row `at`. If it has more rows, they cover the rows below it, or with
    `upwards` those above it, until the next key."""
    begin = max(0, at + 1 - len(told)) if upwards else at
    rows[begin : begin + len(told)] = told


def row_steps(page: int) -> Mapping[str, int]:
    """By how many rows keys move: j and k by one, PgDn and PgUp by `page`, g and home to the first,
    G and end to the last."""
    return {
        "j": 1,
        "down": 1,
        "k": -1,
        "up": -1,
        "pagedown": page,
        "pageup": -page,
        "g": -END,
        "home": -END,
        "G": END,
        "end": END,
    }


__all__ = ["END", "RowsScreen", "lay_over", "row_steps"]
