"""Writes only the cells that differ from what the terminal already shows.

Textual repaints whole regions; on a slow link the cells that stay the same are most of the bytes. The
painter keeps what it wrote last and sends the difference. It reads Textual's updates by two attributes
(`strips`, `chops`) of a private kind: the version is pinned, and what it does not know makes it give way
to Textual's own writing and start anew with the next full paint.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rich.cells import split_graphemes
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style

Cell = tuple[str, str]
"""What stands in a cell: the character (empty in the second cell of a wide one), and the SGR codes."""

BLANK: Cell = (" ", "")
_NARROW = re.compile("[ -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2500-\u259f\u25b8\u25c2\u2713]*")
"""Characters that take a cell each everywhere: Latin, quotation marks, the lines of tracks."""

_GAP = 4
"""Cells that are cheaper to write again than to jump over."""


class Painter:
    """The screen as last written, and the bytes that turn it into another."""

    def __init__(self, color_system: ColorSystem | None) -> None:
        self._color_system = color_system
        self._codes: dict[Style, str] = {}
        self._rows: list[list[Cell]] = []
        self._size = (0, 0)

    def forget(self) -> None:
        """What the terminal shows is not known any more; the next paint is a full one."""
        self._size = (0, 0)

    def knows(self, size: tuple[int, int]) -> bool:
        """Whether what a terminal of that size shows is known."""
        return self._size == size

    def paint(self, changes: Iterable[tuple[int, int, Iterable[Segment]]], width: int, height: int) -> str:
        """The bytes for these changes, each `(x, y, segments)`, on a screen of that size."""
        out: list[str] = []
        if self._size != (width, height):
            self._size = (width, height)
            self._rows = [[BLANK] * width for _ in range(height)]
            out.append("\x1b[m\x1b[H\x1b[2J")
        fresh: dict[int, list[Cell]] = {}
        for x, y, segments in changes:
            if 0 <= y < height:
                row = fresh.setdefault(y, list(self._rows[y]))
                cells = self._cells(segments)[: width - x]
                row[x : x + len(cells)] = cells
        at: tuple[int, int] | None = None
        for y in sorted(fresh):
            at = self._write_row(out, y, fresh[y], at)
            self._rows[y] = fresh[y]
        return "".join(out)

    def _code(self, style: Style | None) -> str:
        if style is None:
            return ""
        code = self._codes.get(style)
        if code is None:
            plain = style.clear_meta_and_links() if style.meta or style.link else style
            rendered = plain.render("x", color_system=self._color_system)
            code = rendered[2 : rendered.index("m")] if rendered.startswith("\x1b[") else ""
            code = (
                ";".join(part for part in code.split(";") if part not in ("39", "49"))
                if "8;" not in code
                else code
            )
            self._codes[style] = code
        return code

    def _cells(self, segments: Iterable[Segment]) -> list[Cell]:
        cells: list[Cell] = []
        for text, style, control in segments:
            if control:
                continue
            code = self._code(style)
            if _NARROW.fullmatch(text):
                cells += [(char, code) for char in text]
                continue
            for start, end, size in split_graphemes(text)[0]:
                if size == 0 and cells:
                    cells[-1] = (cells[-1][0] + text[start:end], cells[-1][1])
                elif size:
                    cells.append((text[start:end], code))
                    cells += [("", code)] * (size - 1)
        return cells

    def _write_row(
        self, out: list[str], y: int, new: Sequence[Cell], at: tuple[int, int] | None
    ) -> tuple[int, int] | None:
        """Write what differs in a row; `at` is where the cursor is, if that is known."""
        old = self._rows[y]
        if old == new:
            return at
        last = len(new)
        while last and new[last - 1] == BLANK:
            last -= 1
        tail = any(old[x] != BLANK for x in range(last, len(old)))
        x, style = 0, ""
        stop = last
        while x < stop:
            if old[x] == new[x] or new[x][0] == "":
                # The second half of a wide character goes with its first.
                x += 1
                continue
            begin = x
            while begin > 0 and new[begin][0] == "":
                begin -= 1
            end = _end_of_run(old, new, begin, stop)
            out.append(_move(at, begin, y))
            for char, code in new[begin:end]:
                if code != style:
                    out.append(f"\x1b[{'0;' if style and code else ''}{code}m")
                    style = code
                out.append(char)
            x = end
            # A write into the last column leaves the cursor in doubt.
            at = (end, y) if end < len(new) else None
        if style:
            out.append("\x1b[m")
        if tail:
            out.append(_move(at, last, y) + "\x1b[K")
            at = (last, y)
        return at


def _end_of_run(old: Sequence[Cell], new: Sequence[Cell], begin: int, stop: int) -> int:
    """The end of what is written in one go from `begin`: through gaps that are not worth a jump."""
    end = begin + 1
    while end < stop and new[end][0] == "":
        end += 1
    x, same = end, 0
    while x < stop and same <= _GAP:
        if old[x] != new[x]:
            end, same = x + 1, 0
        else:
            same += 1 if new[x][1] == new[end - 1][1] else _GAP + 1
        x += 1
    while end < stop and new[end][0] == "":
        end += 1
    return end


def _move(at: tuple[int, int] | None, x: int, y: int) -> str:
    """The shortest way to a cell."""
    if at == (x, y):
        return ""
    if at is not None and at[1] == y and x > at[0]:
        return f"\x1b[{x - at[0]}C" if x - at[0] > 1 else "\x1b[C"
    if at is not None and x == 0 and y == at[1] + 1:
        return "\r\n"
    return f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H"


__all__ = ["BLANK", "Painter"]
