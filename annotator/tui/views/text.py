"""The text of a document with its marks: the main view of the annotate screen.

Rows are made paragraph by paragraph and only for those in view, so that a key costs the same in a
document of five paragraphs and of a thousand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rich.style import Style
from textual.strip import Strip

from annotator.model.items import Item
from annotator.model.review import ReviewState
from annotator.model.schema import LabelSchema
from annotator.model.span import AUTHOR, Relation, Span
from annotator.model.text import displayable
from annotator.tui.layout import UNICODE, Glyphs, Line, Mark, draw, line_of, tracks, wrap
from annotator.tui.layout import Piece as Part
from annotator.tui.rows import PLAIN, Piece, strip
from annotator.tui.theme import Theme

MARGIN = 3
_KEPT = 200
"""Paragraphs whose rows are kept."""


@dataclass(frozen=True)
class Look:
    """How text is shown; `hints` maps offsets of the document to letters that are put over it, `codes` relations
    to letters in their cards. `found` are places that were looked for, `found_at` the one to be in view."""

    theme: Theme
    compact: bool = False
    glyphs: Glyphs = UNICODE
    hints: Mapping[int, str] = field(default_factory=dict)
    found: tuple[tuple[int, int], ...] = ()
    found_at: tuple[int, int] | None = None
    codes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the view: the line of which paragraph it belongs to, and whether it is the text itself."""

    strip: Strip
    paragraph: int
    line: int
    text: bool


@dataclass
class TextView:
    """Rows of a document around the paragraph in work; remembers where it is scrolled to.

    The first row in view is row `top` of paragraph `first`. A line keeps the tracks it once had while the
    document is open, so that text does not move up when a suggestion is rejected.
    """

    first: int = 0
    top: int = 0
    _lines: dict[tuple[int, int], tuple[Line, ...]] = field(default_factory=dict)
    _depth: dict[tuple[int, int], list[int]] = field(default_factory=dict)
    _rows: dict[int, tuple[object, tuple[Row, ...]]] = field(default_factory=dict)
    _made: dict[tuple[int, int], dict[int, tuple[object, list[Row]]]] = field(default_factory=dict)
    _tracks: dict[tuple[int, int], tuple[tuple[Mark, ...], tuple[tuple[Part, ...], ...]]] = field(
        default_factory=dict
    )
    _document: str = ""

    def render(self, state: ReviewState, look: Look, width: int, height: int) -> list[Row]:
        """The rows in view, at most `height`; scrolled as little as shows the item in focus."""
        if self._document != state.document.id:
            self._document, self.first, self.top = state.document.id, max(0, state.paragraph - 1), 0
            for cache in (self._lines, self._depth, self._rows, self._made, self._tracks):
                cache.clear()
        self._scroll(state, look, width, height)
        rows: list[Row] = []
        at, skip = self.first, self.top
        while len(rows) < height and at < len(state.document.paragraphs):
            rows += self._paragraph(state, look, width, at)[skip:]
            at, skip = at + 1, 0
        return rows[:height]

    def lines(self, state: ReviewState, index: int, width: int) -> tuple[Line, ...]:
        """The wrapped lines of a paragraph in a view of that width; offsets are the paragraph's."""
        key = (index, width)
        if key not in self._lines:
            paragraph = state.document.paragraphs[index]
            text = displayable(state.document.text[paragraph.start : paragraph.end])
            self._lines[key] = wrap(text, width - 2 * MARGIN)
        return self._lines[key]

    def _scroll(self, state: ReviewState, look: Look, width: int, height: int) -> None:
        """Move `first` and `top` so that the paragraph, or where it does not fit its focus, is in view."""
        here = self._paragraph(state, look, width, state.paragraph)
        lines = self.lines(state, state.paragraph, width)
        begin, end = _wanted(state, here, lines, height, look.found_at)
        long = len(here) > height
        if state.paragraph < self.first or (state.paragraph == self.first and begin < self.top):
            # In a paragraph longer than the screen a jump leaves room for the next moves in its direction.
            self.first, self.top = state.paragraph, max(0, end - 3 * height // 4) if long else begin
            return
        above = -self.top
        for index in range(self.first, state.paragraph):
            above += len(self._paragraph(state, look, width, index))
            if above > height + len(here):
                break
        if above + end <= height:
            return
        # Too far down: walk up from the row that has to be the last one in view.
        first, top = state.paragraph, end - height
        if long:
            top = max(top, min(begin - height // 4, len(here) - height))
        while top < 0 and first > 0:
            first -= 1
            top += len(self._paragraph(state, look, width, first))
        self.first, self.top = first, max(0, top)
        if self.first == state.paragraph:
            self.top = min(self.top, begin)

    def _paragraph(self, state: ReviewState, look: Look, width: int, index: int) -> tuple[Row, ...]:
        """Rows of one paragraph and the blank one after it, kept until something in it changes."""
        current = index == state.paragraph
        about = (state.focus, state.selection, state.draft) if current else None
        key = (
            width, current, about, state.annotations.paragraph(index), state.threshold,
            look.compact, look.theme.name, look.hints, look.found, look.found_at, state.is_done(index), state.only,
        )  # fmt: skip
        known = self._rows.get(index)
        if known is None or known[0] != key:
            if len(self._rows) > _KEPT:
                self._rows.clear()
                self._made.clear()
            known = (key, tuple(self._build(state, look, width, index)))
            self._rows[index] = known
        return known[1]

    def _build(self, state: ReviewState, look: Look, width: int, index: int) -> list[Row]:
        """Rows of a paragraph, made anew just for the lines that changed."""
        current = index == state.paragraph
        paragraph = state.document.paragraphs[index]
        gutter = _gutter(state, index, look.theme)
        if state.is_excluded(index):
            text = displayable(state.document.text[paragraph.start : paragraph.end])
            note = "  not annotated" + (" · o brings it back" if current else "")
            pieces = [gutter, (text[: width - 30], look.theme.muted), (note, look.theme.muted)]
            return [Row(strip(pieces), index, 0, True), _blank(index, 0)]
        lines = self.lines(state, index, width)
        items = {i.id: i for i in state.items_of(index) if isinstance(i.value, Span)}
        lit = _lit(state) if current else frozenset()
        painter = _Painter(state, look, index, items, lit)
        pieces_of = self._pieces(index, width, lines, tuple(painter.mark(item) for item in items.values()))
        made = self._made.setdefault((index, width), {})
        depth = self._depth.setdefault((index, width), [0] * len(lines))
        rows: list[Row] = []
        for number, line in enumerate(lines):
            on_line = pieces_of[number]
            if not look.compact:
                depth[number] = max(depth[number], 1 + max((p.level for p in on_line), default=-1))
            margin = gutter if number == 0 else (" " * MARGIN, PLAIN)
            key = (margin, depth[number], painter.look_of(line, on_line))
            known = made.get(number)
            if known is None or known[0] != key:
                strips = painter.line(line, on_line, margin, 0 if look.compact else depth[number])
                known = (key, [Row(s, index, number, i == 0) for i, s in enumerate(strips)])
                made[number] = known
            rows += known[1]
        return [*rows, _blank(index, len(lines) - 1)]

    def _pieces(
        self, index: int, width: int, lines: Sequence[Line], marks: tuple[Mark, ...]
    ) -> tuple[tuple[Part, ...], ...]:
        """The pieces of the marks by line, kept until a mark changes."""
        known = self._tracks.get((index, width))
        if known is None or known[0] != marks:
            known = (marks, tracks(lines, marks))
            self._tracks[index, width] = known
        return known[1]


def _blank(index: int, line: int) -> Row:
    return Row(strip([]), index, line, False)


def _gutter(state: ReviewState, index: int, theme: Theme) -> Piece:
    """The margin before a paragraph's first line: where one is, and what is done."""
    sign = "▌" if index == state.paragraph else " "
    tick = "✓" if state.is_done(index) else " "
    flag = state.annotations.get(f"@p{index}", index)
    if flag is not None and (flag.flagged or flag.note):
        tick = "!" if flag.flagged else "*"
    return f"{sign}{tick} ", theme.strong if index == state.paragraph else theme.muted


def _lit(state: ReviewState) -> frozenset[str]:
    """The spans that the focus is on: of a relation its two ends."""
    if state.draft is not None:
        return frozenset(x for x in (state.draft.target, state.draft.source, *state.draft.more) if x)
    item = state.focused
    if item is None:
        return frozenset()
    if isinstance(item.value, Relation):
        return frozenset({item.value.target, item.value.source} - {AUTHOR})
    return frozenset({item.id})


def _wanted(
    state: ReviewState, rows: Sequence[Row], lines: Sequence[Line], height: int, found: tuple[int, int] | None
) -> tuple[int, int]:
    """The rows `[begin, end)` of the paragraph that have to be in view."""
    if len(rows) <= height:
        return 0, len(rows)
    low, _ = state.bounds
    start, end = low, low + 1
    if state.selection is not None:
        start, end = max(state.selection.start, state.selection.end - 1), state.selection.end
    elif found is not None and low <= found[0] < state.bounds[1]:
        start, end = found
    else:
        spans = [state.find(name) for name in _lit(state)]
        values = [
            i.value for i in spans if i is not None and isinstance(i.value, Span) and i.value.start >= low
        ]
        if values:
            start = min(v.start for v in values)
            end = min(max(v.end for v in values), start + 400)
    first, last = line_of(lines, start - low), line_of(lines, end - 1 - low)
    hit = [i for i, row in enumerate(rows) if first <= row.line <= last]
    return hit[0], min(hit[-1] + 1, hit[0] + height)


@dataclass(frozen=True)
class _Painter:
    """Styles the text of one paragraph and draws its marks; `items` are its spans by id."""

    state: ReviewState
    look: Look
    index: int
    items: Mapping[str, Item]
    lit: frozenset[str]

    @property
    def _base(self) -> int:
        return self.state.document.paragraphs[self.index].start

    @property
    def _current(self) -> bool:
        return self.index == self.state.paragraph

    @property
    def _schema(self) -> LabelSchema:
        return self.state.schema

    def mark(self, item: Item) -> Mark:
        """The mark of a span: statements in brackets with their label's name, others by letter."""
        span = item.value
        assert isinstance(span, Span)
        layer = self._schema.layer(span.layer)
        label = layer.label(span.label) if layer else None
        bracket = span.layer in self._schema.statement_layers
        sign = "!" if item.flagged else "*" if item.note else ""
        title = f"{layer.symbol if layer else '?'} {span.label}{sign}" if bracket else (
            (label.symbol if label else span.label[:1].upper()) + sign
        )  # fmt: skip
        return Mark(item.id, span.start - self._base, span.end - self._base, title, bracket)

    def look_of(self, line: Line, pieces: Sequence[Part]) -> object:
        """All that a line's rows depend on; equal looks give equal rows."""
        shapes = tuple((p, self.items[p.mark.id].pending, p.mark.id in self.lit) for p in pieces)
        low, high = line.start + self._base, line.end + self._base
        chosen = self.state.selection if self._current else None
        selected = (chosen.start, chosen.end) if chosen and chosen.start < high and chosen.end > low else None
        hints = tuple((at, code) for at, code in self.look.hints.items() if low - 2 < at < high)
        found = tuple(f for f in self.look.found if f[0] < high and f[1] > low)
        at = self.look.found_at if self.look.found_at in found else None
        return (shapes, self._current, selected, hints, found, at, self.look.compact, self.look.theme.name)

    def line(self, line: Line, pieces: Sequence[Part], margin: Piece, levels: int) -> list[Strip]:
        """The rows of a line: its text, and so many tracks under it."""
        rows = [strip([margin, *self._text(line, [self.items[p.mark.id] for p in pieces])])]
        for level in range(levels):
            on_it = [p for p in pieces if p.level == level]
            rows.append(strip([(" " * MARGIN, PLAIN), *self._track(on_it)]))
        return rows

    def _color(self, item: Item) -> str:
        layer = self._schema.layer(item.value.layer)
        return layer.color if layer else "grey"

    def _track(self, pieces: Sequence[Part]) -> list[Piece]:
        """The pieces of one track of one line."""
        out: list[Piece] = []
        at = 0
        for piece in pieces:
            item = self.items[piece.mark.id]
            # A bracket is heavy where it begins; its further lines stay, which spares most of a key's bytes.
            focused = item.id in self.lit and (piece.begins or not piece.mark.bracket)
            drawn = draw(piece, self.look.glyphs, pending=item.pending, focused=focused)
            style = self.look.theme.mark(self._color(item), pending=item.pending, focused=focused)
            out.append((" " * (piece.left - at), PLAIN))
            if focused and piece.mark.bracket and len(drawn) > len(piece.mark.title) + 1:
                head = len(piece.mark.title) + 1
                out += [(drawn[:head], self.look.theme.fill(self._color(item))), (drawn[head:], style)]
            else:
                out.append((drawn, style))
            at = piece.right
        return out

    def _text(self, line: Line, items: Sequence[Item]) -> list[Piece]:
        """A line of text in runs of one style; hint letters stand over the words they lead to."""
        base = self._base
        text = displayable(self.state.document.text[base + line.start : base + line.end]).rstrip()
        styles: list[Style] = [PLAIN if self._current else self.look.theme.muted] * len(text)

        def paint(start: int, stop: int, style: Style, *, over: bool = False) -> None:
            first = base + line.start
            for at in range(max(start - first, 0), min(stop - first, len(text))):
                styles[at] = style if over else styles[at] + style

        for item in sorted(items, key=lambda i: i.id in self.lit):
            span = item.value
            assert isinstance(span, Span)
            if self.look.compact:
                paint(span.start, span.end, self._compact(item))
            if item.id not in self.lit:
                continue
            # A statement in focus has its heavy track; filling all its lines would be most of a key's bytes.
            if span.layer not in self._schema.statement_layers or self.look.compact:
                paint(span.start, span.end, self.look.theme.fill(self._color(item)), over=True)
        for a, b in self.look.found:
            paint(a, b, self.look.theme.hint if (a, b) == self.look.found_at else self.look.theme.found)
        chosen = self.state.selection
        if self._current and chosen is not None:
            paint(chosen.start, chosen.end, self.look.theme.selection, over=True)
        shown = list(text)
        self._put_hints(shown, styles, line)
        return _runs(shown, styles)

    def _put_hints(self, shown: list[str], styles: list[Style], line: Line) -> None:
        for offset, letters in self.look.hints.items():
            for i, letter in enumerate(letters):
                at = offset - self._base + i - line.start
                # A wide or joined character cannot be covered by one letter without moving the text.
                if 0 <= at < len(shown) and line.columns[at + 1] - line.columns[at] == 1:
                    shown[at], styles[at] = letter, self.look.theme.hint

    def _compact(self, item: Item) -> Style:
        statement = item.value.layer in self._schema.statement_layers
        ink = self.look.theme.ink(self._color(item))
        return ink + Style(bold=not statement, underline=statement, italic=item.pending)


def _runs(shown: Sequence[str], styles: Sequence[Style]) -> list[Piece]:
    out: list[Piece] = []
    start = 0
    for at in range(1, len(shown) + 1):
        if at == len(shown) or (styles[at] is not styles[start] and styles[at] != styles[start]):
            out.append(("".join(shown[start:at]), styles[start]))
            start = at
    return out


__all__ = ["MARGIN", "Look", "Row", "TextView"]
