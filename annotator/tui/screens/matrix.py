"""The signed matrix: a cursor on its cells, enter goes to the evidence."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.screen import ModalScreen

from annotator.model.review import ReviewState
from annotator.tui.rows import PLAIN, Piece, clip, strip
from annotator.tui.screens.base import key_of
from annotator.tui.theme import THEMES, Theme
from annotator.tui.views.matrix import matrix
from annotator.tui.widgets.rows import Rows

_CELL = 4
_STEPS = {
    "h": (0, -1), "left": (0, -1), "l": (0, 1), "right": (0, 1),
    "j": (1, 0), "down": (1, 0), "k": (-1, 0), "up": (-1, 0),
}  # fmt: skip


class MatrixScreen(ModalScreen[str | None]):
    """Holders in rows, targets in numbered columns with their words below; answers the relation chosen."""

    CSS_PATH = "matrix.tcss"

    def __init__(self, state: ReviewState) -> None:
        super().__init__()
        self._matrix = matrix(state)
        self._at = min(self._matrix.cells, default=(0, 0))

    def compose(self) -> ComposeResult:
        yield Rows(id="matrix")

    def on_mount(self) -> None:
        self._show()

    def on_resize(self, _: events.Resize) -> None:
        self._show()

    def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        key = key_of(event)
        if key in ("escape", "q", "M"):
            self.dismiss(None)
        elif key == "enter":
            cell = self._matrix.cells.get(self._at)
            if cell is not None:
                self.dismiss(cell[1][0])
        elif key in _STEPS and self._matrix.cells:
            down, right = _STEPS[key]
            self._at = (
                max(0, min(len(self._matrix.holders) - 1, self._at[0] + down)),
                max(0, min(len(self._matrix.targets) - 1, self._at[1] + right)),
            )
            self._show()

    def _show(self) -> None:
        width, height = self.app.size
        theme: Theme = getattr(self.app, "look", THEMES["mono"])
        rows: list[list[Piece]] = [[(" Who holds what, as decided so far".ljust(width), theme.bar)], []]
        if not self._matrix.cells:
            rows.append([("  no stance is decided yet", theme.muted)])
        else:
            rows += self._table(theme, width, height)
        rows += [[]] * (height - 1 - len(rows))
        foot: list[Piece] = [
            ("  enter", theme.strong),
            (" to the evidence   h j k l move   esc back", theme.muted),
        ]
        self.query_one(Rows).show([strip(row) for row in [*rows[: height - 1], foot]])

    def _table(self, theme: Theme, width: int, height: int) -> list[list[Piece]]:
        found = self._matrix
        names = min(28, width // 3)
        shown = max(1, (width - names - 4) // _CELL)
        first = max(0, self._at[1] - shown + 1)
        columns = range(first, min(len(found.targets), first + shown))
        rows: list[list[Piece]] = [
            [(" " * (names + 2), PLAIN), *((f"{c + 1:>{_CELL}}", theme.muted) for c in columns)]
        ]
        room = max(3, height - 9)
        top = max(0, self._at[0] - room + 1)
        for r in range(top, min(len(found.holders), top + room)):
            row: list[Piece] = [(f"  {clip(found.holders[r], names):<{names}}", theme.ink("sky"))]
            for c in columns:
                signs = found.cells.get((r, c), ("·", ()))[0]
                here = (r, c) == self._at
                row.append(
                    (f"{signs:>{_CELL}}", theme.hint if here else (PLAIN if signs != "·" else theme.muted))
                )
            rows.append(row)
        about = found.targets[self._at[1]]
        return [*rows, [], [(f"  {self._at[1] + 1}  ", theme.strong), (clip(about, width - 8), PLAIN)]]


__all__ = ["MatrixScreen"]
