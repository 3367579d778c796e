"""A widget that shows rows made elsewhere and repaints only those that changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, Protocol, runtime_checkable

from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from annotator.tui.styled_rows import PLAIN, Drawn

_EMPTY = Drawn([], 0)


@runtime_checkable
class RowPainter(Protocol):
    """An application that can paint rows itself."""

    def paint_rows(self, rows: Rows, changed: Iterable[int]) -> bool:
        """Paint rows of a widget. Returns whether that was possible."""


class Rows(Widget):
    """Rows of styled text, cut and padded to the widget's width;
    no layout, no markup, no wrapping."""

    DEFAULT_CSS = """
    Rows { width: 100%; height: 100%; background: ansi_default; color: ansi_default; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._rows: tuple[Drawn, ...] = ()
        self._fast: RowPainter | Literal[False] | None = None

    def show(self, rows: Sequence[Drawn]) -> None:
        """Show these rows from the top; everything below them is blank."""
        before, self._rows = self._rows, tuple(rows)
        changed = [
            y
            for y, (old, new) in enumerate(zip(before, self._rows, strict=False))
            if old is not new
        ]
        changed += range(min(len(before), len(self._rows)), max(len(before), len(self._rows)))
        if not changed:
            return
        if self._fast is None:
            self._fast = self.app if isinstance(self.app, RowPainter) else False
        if self._fast and self._fast.paint_rows(self, changed):
            return
        width = self.size.width
        for y in changed:
            self.refresh(Region(0, y, width, 1))

    def render_lines(self, crop: Region) -> list[Strip]:
        """The current rows; Textual's cache would return rows that were since painted directly."""
        return [self.render_line(y).crop(crop.x, crop.right) for y in range(crop.y, crop.bottom)]

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if y >= len(self._rows):
            return Strip.blank(width)
        row = self._rows[y]
        return Strip(row.segments, row.width).adjust_cell_length(width)

    def segments(self, y: int, width: int) -> list[Segment]:
        """A row ready to paint, of the given width or more."""
        row = self._rows[y] if y < len(self._rows) else _EMPTY
        return (
            row.segments
            if row.width >= width
            else [*row.segments, Segment(" " * (width - row.width), PLAIN)]
        )


__all__ = ["Rows"]
