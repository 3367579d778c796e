"""Builds rows of styled text: a list of `(text, style)` pieces becomes a strip."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from rich.cells import cell_len, split_graphemes
from rich.segment import Segment
from rich.style import Style

from annotator.model.text import displayable
from annotator.tui.layout import wrap

PLAIN = Style()
Piece = tuple[str, Style]


class Drawn:
    """A row ready to be painted: its segments and their width in cells. Textual's Strip would do,
    but making one costs more than painting a row."""

    __slots__ = ("segments", "width")

    def __init__(self, segments: list[Segment], width: int) -> None:
        self.segments = segments
        self.width = width

    @property
    def text(self) -> str:
        """The row without its styles."""
        return "".join(segment.text for segment in self.segments)


def strip(pieces: Iterable[Piece]) -> Drawn:
    """A row of these pieces, with control characters replaced."""
    return drawn((displayable(text), style) for text, style in pieces)


def drawn(pieces: Iterable[Piece], width: int | None = None) -> Drawn:
    """A row of pieces whose text has no control characters; the caller may know its width in
    cells."""
    segments = [Segment(text, style) for text, style in pieces if text]
    if width is not None:
        return Drawn(segments, width)
    return Drawn(segments, sum(cell_len(one.text) for one in segments))


def beside(left: Drawn, right: Drawn, column: int) -> Drawn:
    """Two rows as one, with the second beginning at a column that the first does not reach."""
    gap = Segment(" " * (column - left.width), PLAIN)
    return Drawn([*left.segments, gap, *right.segments], column + right.width)


def width_of(pieces: Iterable[Piece]) -> int:
    """The width of the pieces in cells."""
    return sum(cell_len(text) for text, _ in pieces)


def clip(text: str, width: int) -> str:
    """The text in at most `width` cells, with an ellipsis if it was cut."""
    text = displayable(text)
    if cell_len(text) <= width:
        return text
    used, end = 0, 0
    for _, stop, cells in split_graphemes(text)[0]:
        if used + cells > width - 1:
            break
        used, end = used + cells, stop
    return text[:end].rstrip() + "…" if width > 0 else ""


def paragraphs(
    text: str, width: int, style: Style = PLAIN, *, indent: str = "", limit: int = 0
) -> list[list[Piece]]:
    """The text wrapped into rows of `width` cells; after `limit` rows (0 for no limit) it is cut
    with an ellipsis."""
    return [
        [(indent, PLAIN), (line, style)]
        for line in _wrapped(text, max(2, width - len(indent)), limit)
    ]


def wrapped_pieces(pieces: Sequence[Piece], width: int, *, limit: int = 0) -> list[list[Piece]]:
    """Pieces wrapped into rows of `width` cells as `paragraphs` wraps a text, each letter in the
    style that it has; after `limit` rows (0: all) they are cut with an ellipsis."""
    text = displayable("".join(words for words, _ in pieces))
    lines = wrap(text, max(2, width))
    cut = bool(limit) and len(lines) > limit
    bounds = [(line.start, len(text[: line.end].rstrip())) for line in lines]
    rows = [_between(pieces, text, *one) for one in bounds[: limit - 1 if cut else None]]
    if cut:
        start = bounds[limit - 1][0]
        end = start + len(clip(text[start:], width)) - 1
        end = start + len(text[start:end].rstrip(" …"))  # What is cut already needs one sign.
        row = _between(pieces, text, start, end)
        rows.append([*row, ("…", row[-1][1] if row else PLAIN)])
    return rows


def _between(pieces: Sequence[Piece], text: str, start: int, end: int) -> list[Piece]:
    """The part of the pieces, whose joined text is `text`, in `[start, end)`."""
    row: list[Piece] = []
    at = 0
    for words, style in pieces:
        low, high = max(at, start), min(at + len(words), end)
        if low < high:
            row.append((text[low:high], style))
        at += len(words)
    return row


@lru_cache(maxsize=512)
def _wrapped(text: str, width: int, limit: int) -> tuple[str, ...]:
    if limit and len(text) > 4 * width * limit:
        # There is no need to wrap what will be cut; the ellipsis appears anyway.
        text = text[: 4 * width * limit]
    text = displayable(text)
    lines = [text[line.start : line.end].rstrip() for line in wrap(text, width)]
    if limit and len(lines) > limit:
        cut = clip(f"{lines[limit - 1]} {lines[limit]}", width)
        lines = [*lines[: limit - 1], cut if cut.endswith("…") else f"{clip(cut, width - 1)}…"]
    return tuple(lines)


def justify(
    left: Sequence[Piece], right: Sequence[Piece], width: int, fill: Style = PLAIN
) -> list[Piece]:
    """A row with `left` and `right` at its two ends; `left` is shortened if there is no room."""
    room = width - width_of(right)
    kept: list[Piece] = []
    for text, style in left:
        text = clip(text, room)
        room -= cell_len(text)
        kept.append((text, style))
        if room <= 0:
            break
    return [*kept, (" " * max(0, room), fill), *right]


__all__ = [
    "PLAIN",
    "Drawn",
    "Piece",
    "beside",
    "clip",
    "drawn",
    "justify",
    "paragraphs",
    "strip",
    "width_of",
    "wrapped_pieces",
]
