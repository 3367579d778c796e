"""Where text and marks go, in terminal cells: wrapping and tracks. Pure; no widget, no colour.

Columns count terminal cells from 0; offsets count code points of the paragraph's text. No character
is ever inserted into the text: marks stand on lines of their own under it.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len, split_graphemes


@dataclass(frozen=True, slots=True)
class WrappedLine:
    """One line of wrapped text: code points `[start, end)`, and the column of each.

    `columns` has one more entry than there are code points: the column after the last one.
    """

    start: int
    end: int
    columns: tuple[int, ...]

    @property
    def width(self) -> int:
        """Cells that the line takes."""
        return self.columns[-1]

    def column(self, offset: int) -> int:
        """Column of a code point, clamped to the line."""
        return self.columns[max(0, min(offset, self.end) - self.start)]

    def offset(self, column: int) -> int:
        """The code point at a column, clamped to the line."""
        at = bisect_right(self.columns, column) - 1
        at = bisect_left(self.columns, self.columns[max(0, at)])
        return self.start + max(0, min(at, self.end - self.start - 1))


@dataclass(frozen=True, slots=True)
class Mark:
    """A span to draw: `[start, end)` of the paragraph's text, and the words that name it.

    A `bracket` mark is drawn as `└C value──┘` and continues over lines; others are drawn as
    `S────`.
    """

    id: str
    start: int
    end: int
    title: str
    bracket: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """The part of a mark on one line, in columns `[left, right)`;
    track `level` 0 is next to the text."""

    mark: Mark
    left: int
    right: int
    level: int
    begins: bool
    ends: bool


NARROW = re.compile("[ -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2500-\u259f\u25b8\u25c2\u2713]*")
"""Text whose characters have one cell each on every terminal and are never joined: Latin, quotation
marks, the lines of tracks. Its only white space is the blank."""


def wrap(text: str, width: int) -> tuple[WrappedLine, ...]:
    """Lines of at most `width` cells (at least 2), broken at spaces; longer words are cut.

    Every code point is in exactly one line; the spaces at a break belong to the line
    before it and may reach beyond its width.
    """
    width = max(2, width)
    if NARROW.fullmatch(text):
        return tuple(_wrapped_narrow(text, width))
    graphemes, _ = split_graphemes(text)
    lines: list[WrappedLine] = []
    columns: list[int] = [0]
    start = at = 0
    breakpoint = -1  # offset after the last space on the line

    def close(end: int) -> None:
        nonlocal start, columns, breakpoint, at
        cut = end - start
        lines.append(WrappedLine(start, end, tuple(columns[: cut + 1])))
        rest, base = columns[cut:], columns[cut]
        columns = [c - base for c in rest]
        start, at, breakpoint = end, columns[-1], -1

    for begin, end, cells in graphemes:
        if text[begin].isspace():
            columns.extend([at] * (end - begin - 1))
            at += cells
            columns.append(at)
            breakpoint = end
            continue
        if at + cells > width and begin > start:
            close(breakpoint if breakpoint > start else begin)
            if at + cells > width and begin > start:
                close(begin)
        columns.extend([at] * (end - begin - 1))
        at += cells
        columns.append(at)
    if len(text) > start or not lines:
        lines.append(WrappedLine(start, len(text), tuple(columns)))
    return tuple(lines)


def _wrapped_narrow(text: str, width: int) -> Iterator[WrappedLine]:
    """The same for a text whose code points have a cell each, in a twentieth of the time."""
    start, size = 0, len(text)
    while size - start > width:
        over = start + width
        while over < size and text[over] == " ":
            over += 1
        if over == size:
            break
        end = text.rfind(" ", start, over) + 1
        end = end if end > start else over
        yield WrappedLine(start, end, tuple(range(end - start + 1)))
        start = end
    if size > start or not size:
        yield WrappedLine(start, size, tuple(range(size - start + 1)))


def line_of(lines: Sequence[WrappedLine], offset: int) -> int:
    """Index of the line that holds a code point."""
    return max(0, bisect_right(lines, offset, key=_start) - 1)


def _start(line: WrappedLine) -> int:
    return line.start


class Tracks:
    """The tracks of marks under the lines of a text.

    Shorter marks are nearer to the text, so a nested mark is above the one around it. On a track,
    at least one cell separates two marks. A line has no tracks that none of its marks uses. What is
    on a line is laid out when it is asked for, so a view costs what its lines cost.
    """

    def __init__(self, lines: Sequence[WrappedLine], marks: Sequence[Mark]) -> None:
        self._lines, self._marks = lines, marks
        taken = _Taken(lines[-1].end + 1)
        self._levels: dict[str, int] = {}
        for mark in sorted(marks, key=lambda m: (m.bracket, m.end - m.start, m.start, m.id)):
            # A mark that ends where another begins is on another track.
            self._levels[mark.id] = taken.take(mark.start, mark.end + 1)
        on_lines = _Taken(len(lines))
        for mark in marks:
            first, last = self._lines_of(mark)
            on_lines.put(first, last + 1, 1 << self._levels[mark.id])
        self._used = [on_lines.of(number, number + 1) for number in range(len(lines))]

    def _lines_of(self, mark: Mark) -> tuple[int, int]:
        """The first and the last line that a mark is on."""
        return line_of(self._lines, mark.start), line_of(self._lines, mark.end - 1)

    def number(self, line: int) -> int:
        """How many tracks a line has."""
        return self._used[line].bit_count()

    def beginnings(self) -> Iterator[tuple[str, int, int]]:
        """The id of each mark, the line on which it begins, and its track there."""
        for mark in self._marks:
            line = line_of(self._lines, mark.start)
            yield mark.id, line, self._track(mark, line)

    def _track(self, mark: Mark, line: int) -> int:
        return (self._used[line] & ((1 << self._levels[mark.id]) - 1)).bit_count()

    def on(self, number: int) -> tuple[Piece, ...]:
        """The pieces on a line, by track, from left to right."""
        line = self._lines[number]
        pieces: list[Piece] = []
        for mark in self._marks:
            if mark.start < line.end and line.start < mark.end:
                begins, ends = mark.start >= line.start, mark.end <= line.end
                left = line.column(mark.start) if begins else 0
                right = line.column(mark.end) if ends else line.width
                right = max(right, left + 1)
                pieces.append(Piece(mark, left, right, self._track(mark, number), begins, ends))
        return tuple(sorted(pieces, key=lambda p: (p.level, p.left)))


class _Taken:
    """Which levels are taken where, as bits: a segment tree, so that a thousand marks within each
    other are not compared with each other."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._whole = [0] * (4 * size)
        self._somewhere = [0] * (4 * size)

    def take(self, start: int, end: int) -> int:
        """Take the first level that is free in all of `[start, end)`."""
        taken = self.of(start, end)
        bit = ~taken & (taken + 1)
        self.put(start, end, bit)
        return bit.bit_length() - 1

    def of(self, start: int, end: int) -> int:
        """The levels that are taken anywhere in `[start, end)`."""
        return self._of(start, end, 1, 0, self._size)

    def _of(self, start: int, end: int, node: int, low: int, high: int) -> int:
        if start >= high or end <= low:
            return 0
        if start <= low and high <= end:
            return self._somewhere[node]
        middle = (low + high) // 2
        return (
            self._whole[node]
            | self._of(start, end, 2 * node, low, middle)
            | self._of(start, end, 2 * node + 1, middle, high)
        )

    def put(self, start: int, end: int, bit: int) -> None:
        """Take levels in all of `[start, end)`."""
        self._put(start, end, bit, 1, 0, self._size)

    def _put(self, start: int, end: int, bit: int, node: int, low: int, high: int) -> None:
        if start >= high or end <= low:
            return
        self._somewhere[node] |= bit
        if start <= low and high <= end:
            self._whole[node] |= bit
            return
        middle = (low + high) // 2
        self._put(start, end, bit, 2 * node, low, middle)
        self._put(start, end, bit, 2 * node + 1, middle, high)


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The characters that marks are drawn with; `ascii` is for terminals without box drawing."""

    decided: str
    pending: str
    focused: str
    focused_pending: str
    corners: str
    goes_on: str
    came_from: str


UNICODE = Glyphs("─", "┄", "━", "┅", "└┘", "▸", "◂")
ASCII = Glyphs("-", ".", "=", ":", "[]", ">", "<")


ENDS = 8
"""The number of dotted cells at each end of a pending piece."""

HEAVY = 1
"""The number of heavy cells after the name of the mark in focus. Each costs three bytes in every
move of the focus, and three more in the next."""


def draw(piece: Piece, glyphs: Glyphs, *, pending: bool, focused: bool) -> str:
    """The characters of a piece, which fill exactly its width.

    A pending mark is dotted at both ends of each line, a decided one solid; a mark in focus is
    heavy after its name. The rest of a line is always the same, so that little has to be painted
    again.
    """
    width = piece.right - piece.left
    title = piece.mark.title if piece.begins else ""
    left = right = ""
    if piece.mark.bracket:
        left = glyphs.corners[0] if piece.begins else glyphs.came_from
        right = glyphs.corners[1] if piece.ends else glyphs.goes_on
        if width == 1:
            return left if piece.begins or not piece.ends else right
        if cell_len(title) > width - 2:
            title = title[:1] if width > 2 else ""
    room = width - len(left) - len(right) - cell_len(title)
    return _fit(
        f"{left}{title}{_line(room, glyphs, pending=pending, focused=focused)}{right}", width
    )


def _line(room: int, glyphs: Glyphs, *, pending: bool, focused: bool) -> str:
    """A line of that many cells."""
    line = glyphs.decided * room
    if pending:
        line = (
            glyphs.pending * min(ENDS, room)
            + line[2 * ENDS :]
            + glyphs.pending * max(0, min(ENDS, room - ENDS))
        )
    if focused:
        heavy = glyphs.focused_pending if pending else glyphs.focused
        line = heavy * min(HEAVY, room) + line[HEAVY:]
    return line


def _fit(text: str, width: int) -> str:
    """The text cut to that many cells. Its characters have one cell each, except for a title's wide
    letters."""
    if cell_len(text) == len(text):
        return text[:width]
    out, used = [], 0
    for char in text:
        size = cell_len(char)
        if used + size > width:
            break
        out.append(char)
        used += size
    return "".join(out) + " " * (width - used)


__all__ = [
    "ASCII",
    "UNICODE",
    "Glyphs",
    "Mark",
    "Piece",
    "Tracks",
    "WrappedLine",
    "draw",
    "line_of",
    "wrap",
]
