"""The rows of a paragraph in the view of a document: each is made when it comes into view."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import overload

from annotator.model.items import Item
from annotator.tui.layout import Piece as Part
from annotator.tui.layout import Tracks, WrappedLine
from annotator.tui.styled_rows import Drawn, Piece, drawn, strip
from annotator.tui.views.strokes import BLANK_MARGIN, MARGIN, Stretch, Strokes, Track


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the view: its paragraph and line, and whether it is the text itself."""

    drawn: Drawn
    paragraph: int
    line: int
    text: bool


TextRows = dict[tuple[int, object], Row]
"""The rows of text that were made, by line and look."""
TrackRows = dict[tuple[int, int], tuple[Track, dict[tuple[bool, ...], Row]]]
"""The rows of tracks that were made: what a track holds, and its rows by what is in focus."""


@dataclass
class BuiltParagraph:
    """A paragraph's rows, with everything they were made from. A row is made when it
    comes into view.

    `laid` has the tracks of each line, and `first` for every line the place of its row of text
    among `rows`, and one entry more; its tracks follow it. A row that changed is None until it is
    made again. `texts` and `made` keep rows that were made in other looks: of a line's text, and of
    a track by which of its pieces are in focus, together with what the track holds.
    """

    key: object
    of: tuple[Item, ...]
    items: Mapping[str, Item]
    shown: str
    lines: Sequence[WrappedLine]
    laid: Tracks
    first: list[int]
    begins: Mapping[str, tuple[int, int]]
    texts: TextRows
    made: TrackRows
    rows: list[Row | None]
    painter: Strokes
    gutter: Piece
    stretches: tuple[Stretch, ...] = ()
    hints: Mapping[int, str] = field(default_factory=dict)
    tracks: dict[int, list[Track]] = field(default_factory=dict)

    def row(self, at: int) -> Row:
        """A row, made if it is not there."""
        row = self.rows[at]
        if row is None:
            number = min(bisect_right(self.first, at), len(self.lines)) - 1
            level = at - self.first[number] - 1
            if at == self.first[-1]:
                row = blank(self.painter.index, number)
            elif level < 0:
                row = _text_row(self, number)
            else:
                row = _track_row(self, number, level)
            self.rows[at] = row
        return row

    def on(self, number: int) -> list[Track]:
        """The pieces on each track of a line."""
        tracks = self.tracks.get(number)
        if tracks is None:
            size = self.first[number + 1] - self.first[number] - 1
            parts: list[list[Part]] = [[] for _ in range(size)]
            for piece in self.laid.on(number) if size else ():
                parts[piece.level].append(piece)
            tracks = self.tracks[number] = [self.painter.track(some) for some in parts]
        return tracks


@dataclass(frozen=True, slots=True)
class ParagraphRows(Sequence[Row]):
    """The rows of a paragraph as a sequence."""

    built: BuiltParagraph

    def __len__(self) -> int:
        return len(self.built.rows)

    @overload
    def __getitem__(self, at: int) -> Row: ...
    @overload
    def __getitem__(self, at: slice) -> list[Row]: ...
    def __getitem__(self, at: int | slice) -> Row | list[Row]:
        if isinstance(at, slice):
            kept = self.built.rows
            return [kept[i] or self.built.row(i) for i in range(*at.indices(len(kept)))]
        return self.built.row(range(len(self))[at])


def _text_row(built: BuiltParagraph, number: int) -> Row:
    """A line's row of text, made if it is not yet known in this look."""
    line, painter, hints = built.lines[number], built.painter, built.hints
    low, high = painter.base + line.start, painter.base + line.end
    on_it = tuple(one for one in built.stretches if one[0] < high and one[1] > low)
    over_it = (
        tuple((at, code) for at, code in hints.items() if low - 2 < at < high) if hints else ()
    )
    key = (number, (on_it, over_it))
    row = built.texts.get(key)
    if row is None:
        margin = built.gutter if number == 0 else BLANK_MARGIN
        text = built.shown[line.start : line.end].rstrip()
        pieces = painter.text(line, text, on_it, over_it)
        width = MARGIN + line.columns[len(text)]
        row = Row(drawn([margin, *pieces], width), painter.index, number, True)
        built.texts[key] = row
    return row


def _track_row(built: BuiltParagraph, number: int, level: int) -> Row:
    """A track's row, made if it is not yet known with these marks in focus."""
    track, painter = built.on(number)[level], built.painter
    known = built.made.get((number, level))
    if known is None or known[0] != track:
        known = built.made[number, level] = (track, {})
    focused = tuple(part.mark.id in painter.highlighted and part.begins for part, _, _ in track)
    row = known[1].get(focused)
    if row is None:
        width = MARGIN + (track[-1][0].right if track else 0)
        row = Row(drawn(painter.drawn(track, focused), width), painter.index, number, False)
        known[1][focused] = row
    return row


def blank(index: int, line: int) -> Row:
    return Row(strip([]), index, line, False)


__all__ = ["BuiltParagraph", "ParagraphRows", "Row", "TextRows", "TrackRows", "blank"]
