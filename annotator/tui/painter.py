"""Writes only the cells that differ from what the terminal already shows, in as few bytes as
possible.

Textual repaints whole regions, and on a slow link most of the bytes are for cells that did not
change. The painter remembers what it wrote last and sends the difference: the shortest move to each
run of changed cells, only the attributes that change, and blanks by erasing. It uses only sequences
that every terminal since the VT220 knows (CUP, CUU, CUD, CUF, EL, ECH, SGR).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from unicodedata import combining

from rich.cells import cell_len, split_graphemes
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style

from annotator.tui.layout import NARROW
from annotator.tui.missing_characters import StandIn
from annotator.tui.sgr import canonical
from annotator.tui.writes import ScreenPosition, Write, shortest, written

Cell = tuple[str, str]
"""The content of a cell: the character (empty in the second cell of a wide one), and the SGR
codes."""

BLANK: Cell = (" ", "")
_GAP = 5
"""The most unchanged cells between changed ones that may be cheaper to write again than to jump
over."""

_BLANKS = re.compile(" {6,}")
"""From this many blanks on, erasing is shorter than writing if nothing follows; ..."""
_ERASE_AND_GO = 11
"""... and from this many if the cursor has to continue after them."""

_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{1,2}")
"""Letters that form a flag in pairs."""


class Painter:
    """The screen as it was last written, and the bytes that turn it into another."""

    def __init__(self, color_system: ColorSystem | None, stand_in: StandIn | None = None) -> None:
        self._color_system = color_system
        self._stand_in = stand_in
        self._codes: dict[int, tuple[Style, str]] = {}
        self._rows: list[list[Cell]] = []
        self._segments: list[list[Segment]] = []
        """The segments of each row, as last painted from its beginning."""
        self._size = (0, 0)
        self._writes: list[Write] = []
        """What the paint under way has to write."""
        self._at: ScreenPosition | None = None
        """Where the last paint left the cursor; None if that is in doubt."""
        self._in_order = False
        self._unsure: list[ScreenPosition] = []
        """After characters on whose width terminals differ: the column after them, and the column
        after the most cells that they may cover."""

    def forget(self) -> None:
        """Forget what the terminal shows; the next paint is a full one."""
        self._size = (0, 0)

    @property
    def known(self) -> bool:
        """Whether it is known what the terminal shows."""
        return self._size != (0, 0)

    @property
    def width(self) -> int:
        """Columns of the terminal."""
        return self._size[0]

    def knows(self, size: tuple[int, int]) -> bool:
        """Whether it is known what a terminal of that size shows."""
        return self._size == size

    def paint(
        self, changes: Iterable[tuple[int, int, Iterable[Segment]]], width: int, height: int
    ) -> str:
        """The bytes for these changes, each `(x, y, segments)`, on a screen of that size."""
        clear = ""
        if self._size != (width, height):
            self._size = (width, height)
            self._rows = [[BLANK] * width for _ in range(height)]
            self._segments = [[] for _ in range(height)]
            clear = "\x1b[m\x1b[H\x1b[2J"
            self._at = (0, 0)
        for x, y, segments in changes:
            if 0 <= y < height:
                self._segments[y] = []
                self._write(x, y, self._cells([one for one in segments if not one.control]))
        return clear + self._taken()

    def paint_rows(self, rows: Iterable[tuple[int, list[Segment]]]) -> str:
        """The bytes for whole rows, each `(y, segments)`, on a screen whose contents are known. The
        lists are kept, and must not be changed."""
        for y, segments in rows:
            if y < len(self._rows):
                self._paint(y, segments)
        return self._taken()

    def _taken(self) -> str:
        """The bytes for what is to be written. Characters on whose width terminals differ, and what
        covers them, are written in their order."""
        writes, self._writes = self._writes, []
        in_order, self._in_order = self._in_order, False
        out, self._at = (written if in_order else shortest)(writes, self._at)
        return out

    def _paint(self, y: int, segments: list[Segment]) -> None:
        """Paint a row. Segments at its two ends that are the same as before are skipped."""
        old = self._segments[y]
        skip = end = 0
        for before, now in zip(old, segments, strict=False):
            if before is not now and before != now:
                break
            skip += 1
        self._segments[y] = segments
        if skip == len(segments) == len(old):
            return
        for before, now in zip(reversed(old[skip:]), reversed(segments[skip:]), strict=False):
            if before is not now and before != now:
                break
            end += 1
        stop = len(segments) - end
        if end and _width(segments[skip:stop]) != _width(old[skip : len(old) - end]):
            stop = len(segments)
        self._write(_width(segments[:skip]), y, self._cells(segments[skip:stop]))

    def _code(self, style: Style | None) -> str:
        if style is None:
            return ""
        known = self._codes.get(id(style))
        if known is None:
            plain = style.clear_meta_and_links() if style.meta or style.link else style
            rendered = plain.render("x", color_system=self._color_system)
            code = rendered[2 : rendered.index("m")] if rendered.startswith("\x1b[") else ""
            # The style is kept too, so that its id stays its own.
            known = self._codes[id(style)] = (style, canonical(code))
            if len(self._codes) > 5000:
                self._codes = {id(style): known}
        return known[1]

    def _cells(self, segments: Iterable[Segment]) -> list[Cell]:
        cells: list[Cell] = []
        for text, style, _ in segments:
            code = self._code(style)
            if text.isascii() or NARROW.fullmatch(text):
                cells += [(char, code) for char in text]
                continue
            for start, end, size in split_graphemes(text)[0]:
                if size == 0 and cells:
                    cells[-1] = (cells[-1][0] + text[start:end], cells[-1][1])
                elif size:
                    cells.append((text[start:end], code))
                    cells += [("", code)] * (size - 1)
        if self._stand_in is not None:
            return [(self._stand_in(char), code) for char, code in cells]
        return cells

    # --- a row

    def _write(self, x: int, y: int, new: list[Cell]) -> None:
        """Write the cells from `x` on that differ."""
        row = self._rows[y]
        new = new[: len(row) - x]
        old = row[x : x + len(new)]
        if old == new:
            return
        stop = len(new)
        if x + stop == len(row):
            while stop and new[stop - 1] == BLANK:
                stop -= 1
        erases = any(cell != BLANK for cell in old[stop:])
        at = 0
        while at < stop:
            if old[at] == new[at] or new[at][0] == "":
                # The second half of a wide character goes with its first.
                at += 1
                continue
            end = _end_of_run(old, new, at, stop, through=erases)
            self._run(x + at, y, new[at:end])
            at = end
        if erases:
            self._writes.append((x + stop, y, "\x1b[K", "", (x + stop, y)))
        row[x : x + len(new)] = new
        if self._unsure:
            self._settle(y)

    def _settle(self, y: int) -> None:
        """Write again what a terminal may have covered if it gives a joined character more cells
        than we do."""
        row = self._rows[y]
        at = begin = min(after for after, _ in self._unsure)
        end = max(natural for _, natural in self._unsure)
        while at < min(end, len(row)):
            end = max(end, at + _at_most(row[at][0]))
            at += 1
        while end < len(row) and row[end][0] == "":
            end += 1
        self._run(begin, y, row[begin:end])
        self._unsure.clear()

    def _run(self, x: int, y: int, cells: Sequence[Cell]) -> None:
        """Write cells one after the other; many blanks are erased."""
        at, end = 0, len(cells)
        while at < end:
            code = cells[at][1]
            stop = at + 1
            while stop < end and cells[stop][1] == code:
                stop += 1
            text = "".join([char for char, _ in cells[at:stop]])
            blanks = None if code else _BLANKS.search(text)
            if blanks is not None and len(text) == stop - at:
                stop = at + self._erased(x + at, y, text, blanks, last=stop == end)
            else:
                self._put(x + at, y, text, code, stop - at)
            at = stop

    def _erased(self, x: int, y: int, text: str, blanks: re.Match[str], *, last: bool) -> int:
        """Write plain text to the end of its first long stretch of blanks. Returns the number of
        cells."""
        begin, end = blanks.span()
        if begin:
            self._put(x, y, text[:begin], "", begin)
        if end - begin < _ERASE_AND_GO and not (last and end == len(text)):
            self._put(x + begin, y, text[begin:end], "", end - begin)
            return end
        self._writes.append((x + begin, y, f"\x1b[{end - begin}X", "", (x + begin, y)))
        return end

    def _put(self, x: int, y: int, text: str, code: str, size: int) -> None:
        if not (text.isascii() or NARROW.fullmatch(text)):
            text = self._wide(x, text)
        # A write into the last column leaves the cursor in doubt.
        after = (x + size, y) if x + size < self._size[0] else None
        self._writes.append((x, y, text, code, after))

    def _wide(self, x: int, text: str) -> str:
        """The output for text that may have characters on whose width terminals differ: each of
        these is written over blanks, and the text after it starts with a move to its column."""
        out: list[str] = []
        self._in_order = True
        graphemes = split_graphemes(text)[0]
        flags = {
            found.start() for found in _FLAG.finditer(text) if found.end() - found.start() == 2
        }
        for start, end, size in graphemes:
            char = text[start:end]
            if start - 1 in flags:
                continue
            if start in flags:
                # A terminal may draw two such letters as one flag.
                char, size = text[start : start + 2], 2
            if natural := _at_most(char):
                if natural > size:
                    self._unsure.append((x + size, x + natural))
                out.append(f"{' ' * size}\x1b[{x + 1}G{char}\x1b[{x + size + 1}G")
            else:
                out.append(char)
            x += size
        return "".join(out)


@lru_cache(maxsize=4096)
def _at_most(char: str) -> int:
    """The most cells that a terminal may give to several code points that are one character here; 0
    if all terminals agree."""
    rest = [c for c in char[1:] if not combining(c)]
    if _FLAG.match(char):
        return 4
    if not rest:
        return 0
    return cell_len(char[0]) + sum(
        2 if c > "\U0001f000" else cell_len(c) or c == "\ufe0f" for c in rest
    )


def _width(segments: Sequence[Segment]) -> int:
    """The width in cells; the text has no control characters."""
    text = "".join([one.text for one in segments])
    if text.isascii() or NARROW.fullmatch(text):
        return len(text)
    return sum([cell_len(one.text) for one in segments])


def _end_of_run(
    old: Sequence[Cell], new: Sequence[Cell], begin: int, stop: int, *, through: bool
) -> int:
    """The end of what is written in one go from `begin`, including gaps that are not worth a jump.
    With `through`, the cursor has to get to `stop` in any case."""
    end = begin + 1
    while end < stop:
        if old[end] != new[end] or new[end][0] == "":
            end += 1
            continue
        x, cost, code = end, 0, new[end - 1][1]
        while x < stop and x - end < _GAP and old[x] == new[x] and new[x][1] == code:
            cost += len(new[x][0].encode())
            x += 1
        goes_on = (x < stop and old[x] != new[x]) or (x == stop and through)
        if not goes_on or cost > (3 if x - end == 1 else 4):
            break
        end = x
    return end


__all__ = ["BLANK", "Painter"]
