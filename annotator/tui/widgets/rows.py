"""A widget that shows rows made elsewhere and repaints just those that differ from what it showed."""

from __future__ import annotations

from collections.abc import Sequence

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget


class Rows(Widget):
    """Rows of styled text, cut and padded to the widget's width; no layout, no markup, no wrapping."""

    DEFAULT_CSS = """
    Rows { background: ansi_default; color: ansi_default; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._rows: tuple[Strip, ...] = ()

    def show(self, rows: Sequence[Strip]) -> None:
        """Show these rows from the top; what is beyond them is blank."""
        before, self._rows = self._rows, tuple(rows)
        width = self.size.width
        for y in range(max(len(before), len(self._rows))):
            old = before[y] if y < len(before) else None
            new = self._rows[y] if y < len(self._rows) else None
            if old is not new and old != new:
                self.refresh(Region(0, y, width, 1))

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if y >= len(self._rows):
            return Strip.blank(width)
        return self._rows[y].adjust_cell_length(width)


__all__ = ["Rows"]
