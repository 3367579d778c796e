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


@dataclass(frozen=True)
class Look:
    """How text is shown; `hints` maps offsets of the document to letters that are put over it."""

    theme: Theme
    compact: bool = False
    glyphs: Glyphs = UNICODE
    hints: Mapping[int, str] = field(default_factory=dict)
    found: tuple[tuple[int, int], ...] = ()


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
    _document: str = ""

    def render(self, state: ReviewState, look: Look, width: int, height: int) -> list[Row]:
        """The rows in view, at most `height`; scrolled as little as shows the item in focus."""
        if self._document != state.document.id:
            self._document, self.first, self.top = state.document.id, max(0, state.paragraph - 1), 0
            self._lines.clear()
            self._depth.clear()
            self._rows.clear()
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
        begin, end = _wanted(state, here, self.lines(state, state.paragraph, width), height)
        if state.paragraph < self.first or (state.paragraph == self.first and begin < self.top):
            self.first, self.top = state.paragraph, begin
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
            look.compact, look.theme.name, look.hints if current else None, look.found, state.is_done(index),
        )  # fmt: skip
        known = self._rows.get(index)
        if known is None or known[0] != key:
            if len(self._rows) > 200:
                self._rows.clear()
            known = (key, tuple(self._build(state, look, width, index)))
            self._rows[index] = known
        return known[1]

    def _build(self, state: ReviewState, look: Look, width: int, index: int) -> list[Row]:
        current = index == state.paragraph
        paragraph = state.document.paragraphs[index]
        lines = self.lines(state, index, width)
        text = displayable(state.document.text[paragraph.start : paragraph.end])
        gutter = _gutter(state, index, look.theme)
        if state.is_excluded(index):
            label = [gutter, (text.split("\n")[0][: width - 24], look.theme.muted)]
            note = "  not annotated" + (" · o brings it back" if current else "")
            return [Row(strip([*label, (note, look.theme.muted)]), index, 0, True), _blank(index, 0)]
        items = [i for i in state.items_of(index) if isinstance(i.value, Span)]
        lit = _lit(state) if current else frozenset()
        painter = _Painter(state.schema, look, paragraph.start, items, lit)
        marks = [] if look.compact else [painter.mark(item) for item in items]
        pieces = tracks(lines, marks)
        depth = self._depth.setdefault((index, width), [0] * len(lines))
        rows: list[Row] = []
        for number, line in enumerate(lines):
            body = painter.text(text, line, state if current else None, plain=not current)
            rows.append(
                Row(strip([gutter if number == 0 else (" " * MARGIN, PLAIN), *body]), index, number, True)
            )
            levels = 1 + max((p.level for p in pieces[number]), default=-1)
            depth[number] = max(depth[number], levels) if not look.compact else depth[number]
            for level in range(0 if look.compact else depth[number]):
                on_it = [p for p in pieces[number] if p.level == level]
                rows.append(Row(strip([(" " * MARGIN, PLAIN), *painter.track(on_it)]), index, number, False))
        return [*rows, _blank(index, len(lines) - 1)]


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
        return frozenset(x for x in (state.draft.target, state.draft.source) if x)
    item = state.focused
    if item is None:
        return frozenset()
    if isinstance(item.value, Relation):
        return frozenset({item.value.target, item.value.source} - {AUTHOR})
    return frozenset({item.id})


def _wanted(state: ReviewState, rows: Sequence[Row], lines: Sequence[Line], height: int) -> tuple[int, int]:
    """The rows `[begin, end)` of the paragraph that have to be in view."""
    if len(rows) <= height:
        return 0, len(rows)
    low, _ = state.bounds
    start, end = low, low + 1
    if state.selection is not None:
        start, end = max(state.selection.start, state.selection.end - 1), state.selection.end
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
    """Styles the text of one paragraph, which begins at `base`, and draws its marks."""

    schema: LabelSchema
    look: Look
    base: int
    items: Sequence[Item]
    lit: frozenset[str]

    def mark(self, item: Item) -> Mark:
        """The mark of a span: statements in brackets with their label's name, others by letter."""
        span = item.value
        assert isinstance(span, Span)
        layer = self.schema.layer(span.layer)
        label = layer.label(span.label) if layer else None
        bracket = span.layer in self.schema.statement_layers
        sign = "!" if item.flagged else "*" if item.note else ""
        title = f"{layer.symbol if layer else '?'} {span.label}{sign}" if bracket else (
            (label.symbol if label else span.label[:1].upper()) + sign
        )  # fmt: skip
        return Mark(item.id, span.start - self.base, span.end - self.base, title, bracket)

    def _color(self, item: Item) -> str:
        layer = self.schema.layer(item.value.layer)
        return layer.color if layer else "grey"

    def track(self, pieces: Sequence[Part]) -> list[Piece]:
        """The pieces of one track of one line."""
        by_id = {item.id: item for item in self.items}
        out: list[Piece] = []
        at = 0
        for piece in pieces:
            item = by_id[piece.mark.id]
            focused = item.id in self.lit
            drawn = draw(piece, self.look.glyphs, pending=item.pending, focused=focused)
            style = self.look.theme.mark(self._color(item), pending=item.pending, focused=focused)
            out += [(" " * (piece.left - at), PLAIN), (drawn, style)]
            at = piece.right
        return out

    def text(self, text: str, line: Line, state: ReviewState | None, *, plain: bool) -> list[Piece]:
        """A line of text in runs of one style; hint letters stand over the words they lead to."""
        end = line.start + len(text[line.start : line.end].rstrip())
        base_style = self.look.theme.muted if plain else PLAIN
        styles: list[Style] = [base_style] * (end - line.start)

        def paint(start: int, stop: int, style: Style, *, over: bool = False) -> None:
            for at in range(max(start, line.start), min(stop, end)):
                styles[at - line.start] = style if over else styles[at - line.start] + style

        for item in sorted(self.items, key=lambda i: i.id in self.lit):
            span = item.value
            assert isinstance(span, Span)
            start, stop = span.start - self.base, span.end - self.base
            if self.look.compact:
                paint(start, stop, self._compact(item))
            if item.id in self.lit and (span.layer not in self.schema.statement_layers or self.look.compact):
                paint(start, stop, self.look.theme.fill(self._color(item)), over=True)
            elif item.id in self.lit:
                paint(start, stop, self.look.theme.strong)
        for a, b in self.look.found:
            paint(a - self.base, b - self.base, self.look.theme.found)
        if state is not None and state.selection is not None:
            chosen = state.selection
            paint(chosen.start - self.base, chosen.end - self.base, self.look.theme.selection, over=True)
        shown = list(text[line.start : end])
        if state is not None:
            self._put_hints(shown, styles, line)
        return _runs(shown, styles)

    def _put_hints(self, shown: list[str], styles: list[Style], line: Line) -> None:
        for offset, letters in self.look.hints.items():
            for i, letter in enumerate(letters):
                at = offset - self.base + i - line.start
                # A wide or joined character cannot be covered by one letter without moving the text.
                if 0 <= at < len(shown) and line.columns[at + 1] - line.columns[at] == 1:
                    shown[at], styles[at] = letter, self.look.theme.hint

    def _compact(self, item: Item) -> Style:
        statement = item.value.layer in self.schema.statement_layers
        ink = self.look.theme.ink(self._color(item))
        return ink + Style(bold=not statement, underline=statement, italic=item.pending)


def _runs(shown: Sequence[str], styles: Sequence[Style]) -> list[Piece]:
    out: list[Piece] = []
    start = 0
    for at in range(1, len(shown) + 1):
        if at == len(shown) or styles[at] != styles[start]:
            out.append(("".join(shown[start:at]), styles[start]))
            start = at
    return out


__all__ = ["MARGIN", "Look", "Row", "TextView"]
