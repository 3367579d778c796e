"""The text of a document with its marks: the main view of the annotate screen.

Rows are made paragraph by paragraph and only for those in view, so that a key costs as much in a
document of five paragraphs as in one of a thousand.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from annotator.model.review import Mode, ReviewState
from annotator.model.span import AUTHOR, Relation, Span
from annotator.model.text import displayable
from annotator.tui.layout import Mark, Tracks, WrappedLine, line_of, wrap
from annotator.tui.styled_rows import Piece, strip
from annotator.tui.theme import Theme
from annotator.tui.views.paragraph_rows import (
    BuiltParagraph,
    ParagraphRows,
    Row,
    TextRows,
    TrackRows,
    blank,
)
from annotator.tui.views.strokes import MARGIN, Look, Stretch, Strokes

_NO_HINTS: Mapping[int, str] = {}
_NO_HIGHLIGHTS: frozenset[str] = frozenset()
_KEPT = 200
"""The number of paragraphs whose rows are kept."""


@dataclass
class TextView:
    """The rows of a document around the paragraph in work; remembers the scroll position.

    The first row in view is row `top` of paragraph `first`. While the document is open, a line
    keeps the tracks it once had, so that the text does not move up when a suggestion is rejected.
    """

    first: int = 0
    top: int = 0
    _lines: dict[tuple[int, int], tuple[WrappedLine, ...]] = field(default_factory=dict)
    _depth: dict[tuple[int, int], list[int]] = field(default_factory=dict)
    _rows: dict[int, tuple[object, Sequence[Row]]] = field(default_factory=dict)
    _built: dict[int, BuiltParagraph] = field(default_factory=dict)
    _tracks: dict[tuple[int, int], tuple[tuple[Mark, ...], Tracks]] = field(default_factory=dict)
    _document: str = ""
    _here: int | None = None
    """The paragraph in work when the rows were last made."""

    def render(self, state: ReviewState, look: Look, width: int, height: int) -> list[Row]:
        """The rows in view, at most `height`, scrolled just enough to show the item in focus."""
        if self._document != state.document.id:
            self._document, self.first, self.top = state.document.id, max(0, state.paragraph - 1), 0
            self._here = None
            for cache in (self._lines, self._depth, self._rows, self._built, self._tracks):
                cache.clear()
        if self._here is not None and self._here < state.paragraph and state.is_done(self._here):
            # After a finished paragraph, the next one begins at the top.
            self.first, self.top = state.paragraph, 0
        self._here = state.paragraph
        self._scroll(state, look, width, height)
        rows: list[Row] = []
        at, skip = self.first, self.top
        while len(rows) < height and at < len(state.document.paragraphs):
            rows += self._paragraph(state, look, width, at)[skip : skip + height - len(rows)]
            at, skip = at + 1, 0
        return rows

    def lines(self, state: ReviewState, index: int, width: int) -> tuple[WrappedLine, ...]:
        """The wrapped lines of a paragraph in a view of that width, with offsets within the
        paragraph."""
        key = (index, width)
        if key not in self._lines:
            paragraph = state.document.paragraphs[index]
            text = displayable(state.document.text[paragraph.start : paragraph.end])
            self._lines[key] = wrap(text, width - 2 * MARGIN)
        return self._lines[key]

    def _scroll(self, state: ReviewState, look: Look, width: int, height: int) -> None:
        """Move `first` and `top` so that the paragraph is in view, or its focus if it does not
        fit."""
        here = self._paragraph(state, look, width, state.paragraph)
        lines = self.lines(state, state.paragraph, width)
        begin, end = _lines_in_view(state, here, lines, height, look.found_at)
        long = len(here) > height
        if state.paragraph < self.first or (state.paragraph == self.first and begin < self.top):
            # In a paragraph longer than the screen, a jump leaves room for the next moves in its
            # direction.
            room = max(0, min(begin, end - 3 * height // 4)) if long else begin
            self.first, self.top = state.paragraph, room
            return
        above = -self.top
        for index in range(self.first, state.paragraph):
            above += len(self._paragraph(state, look, width, index))
            if above > height + len(here):
                break
        if above + end <= height:
            return
        # Too far down: walk up from the row that must be the last one in view.
        first, top = state.paragraph, end - height
        if long:
            # Nothing of the paragraph before is left in view: it would take this one's room.
            top = max(top, min(begin - height // 4, len(here) - height), 0)
        while top < 0 and first > 0:
            first -= 1
            top += len(self._paragraph(state, look, width, first))
        self.first, self.top = first, max(0, top)
        if self.first == state.paragraph:
            self.top = min(self.top, begin)

    def _paragraph(self, state: ReviewState, look: Look, width: int, index: int) -> Sequence[Row]:
        """The rows of one paragraph and the blank row after it, kept until something in it
        changes."""
        current = index == state.paragraph
        about = (state.focus, state.selection, state.draft) if current else None
        key = (
            width,
            current,
            about,
            state.annotations.paragraph(index),
            state.threshold,
            look.compact,
            look.theme.name,
            look.hints,
            look.found,
            look.found_at,
            state.is_done(index),
            state.only,
            look.apart if current else (),
        )
        known = self._rows.get(index)
        if known is None or known[0] != key:
            if len(self._rows) > _KEPT:
                self._rows.clear()
                self._built.clear()
            known = (key, self._build(state, look, width, index))
            self._rows[index] = known
        return known[1]

    def _build(self, state: ReviewState, look: Look, width: int, index: int) -> Sequence[Row]:
        """The rows of a paragraph, to be made again only where something changed."""
        current = index == state.paragraph
        paragraph = state.document.paragraphs[index]
        gutter = _gutter(state, index, look.theme)
        if state.is_excluded(index):
            text = displayable(state.document.text[paragraph.start : paragraph.end])
            note = "  not annotated" + (" · o brings it back" if current else "")
            pieces = [gutter, (text[: width - 30], look.theme.muted), (note, look.theme.muted)]
            return [Row(strip(pieces), index, 0, True), blank(index, 0)]
        built = self._laid_out(state, look, width, index, gutter)
        hints = look.hints or _NO_HINTS
        before = built.painter.highlighted
        highlighted = _highlighted(state) if current else _NO_HIGHLIGHTS
        built.painter = Strokes(state, look, index, built.items, highlighted)
        stretches = built.painter.stretches()
        changed = set(stretches) ^ set(built.stretches)
        for number in (
            range(len(built.lines))
            if hints is not built.hints
            else _covered(built.lines, paragraph.start, changed)
        ):
            built.rows[built.first[number]] = None
        for name in highlighted ^ before:
            if not look.compact and name in built.begins:
                number, level = built.begins[name]
                built.rows[built.first[number] + 1 + level] = None
        built.stretches, built.hints = stretches, hints
        return ParagraphRows(built)

    def _laid_out(
        self, state: ReviewState, look: Look, width: int, index: int, gutter: Piece
    ) -> BuiltParagraph:
        """The data from which a paragraph's rows are made, kept until its items or its whole look
        change."""
        items = state.items_of(index)
        key = (width, index == state.paragraph, look.compact, look.theme.name, look.glyphs, gutter)
        known = self._built.get(index)
        if known is not None and known.key != key:
            known = None
        if known is not None and known.of is items:
            return known
        spans = {i.id: i for i in items if isinstance(i.value, Span)}
        lines = self.lines(state, index, width)
        painter = Strokes(state, look, index, spans, _NO_HIGHLIGHTS)
        laid = self._tracks_of(
            index, width, lines, tuple(painter.mark(item) for item in spans.values())
        )
        first = self._first_rows(index, width, lines, None if look.compact else laid)
        begins = {name: (number, level) for name, number, level in laid.beginnings()}
        shown, texts, made = self._reusable(state, index, known)
        rows: list[Row | None] = [None] * (first[-1] + 1)
        self._built[index] = BuiltParagraph(
            key, items, spans, shown, lines, laid, first, begins, texts, made, rows, painter, gutter
        )
        return self._built[index]

    def _reusable(
        self, state: ReviewState, index: int, known: BuiltParagraph | None
    ) -> tuple[str, TextRows, TrackRows]:
        """The text of a paragraph as it is shown, and the rows made of it in other looks."""
        if known is not None:
            return known.shown, known.texts if len(known.texts) < 2000 else {}, known.made
        own = state.document.paragraphs[index]
        return displayable(state.document.text[own.start : own.end]), {}, {}

    def _first_rows(
        self, index: int, width: int, lines: Sequence[WrappedLine], laid: Tracks | None
    ) -> list[int]:
        """The row of each line of a paragraph, and the row after its last one. Below a line are its
        tracks, never fewer than there were."""
        depth = self._depth.setdefault((index, width), [0] * len(lines))
        first = [0]
        for number in range(len(lines)):
            if laid is not None:
                depth[number] = max(depth[number], laid.number(number))
            first.append(first[-1] + 1 + (0 if laid is None else depth[number]))
        return first

    def _tracks_of(
        self, index: int, width: int, lines: Sequence[WrappedLine], marks: tuple[Mark, ...]
    ) -> Tracks:
        """The tracks of the marks, kept until a mark changes."""
        known = self._tracks.get((index, width))
        if known is None or known[0] != marks:
            known = (marks, Tracks(lines, marks))
            self._tracks[index, width] = known
        return known[1]


def _covered(lines: Sequence[WrappedLine], base: int, stretches: Iterable[Stretch]) -> list[int]:
    """The lines of the paragraph, which begins at `base`, that have a part of any of the
    stretches."""
    found: set[int] = set()
    for start, end, _, _ in stretches:
        first, last = max(start - base, 0), min(end - base, lines[-1].end) - 1
        if last >= first:
            found.update(range(line_of(lines, first), line_of(lines, last) + 1))
    return sorted(found)


def _gutter(state: ReviewState, index: int, theme: Theme) -> Piece:
    """The margin before a paragraph's first line: the current position, and what is done."""
    sign = "▌" if index == state.paragraph else " "
    tick = "✓" if state.is_done(index) else " "
    flag = state.annotations.get(f"@p{index}", index)
    if flag is not None and (flag.flagged or flag.note):
        tick = "!" if flag.flagged else "*"
    return f"{sign}{tick} ", theme.strong if index == state.paragraph else theme.muted


def _highlighted(state: ReviewState) -> frozenset[str]:
    """The spans in focus; for a relation, its two ends."""
    if state.draft is not None:
        return frozenset(
            x for x in (state.draft.target, state.draft.source, *state.draft.more) if x
        )
    item = state.focused
    if item is None:
        return frozenset()
    if isinstance(item.value, Relation):
        return frozenset({item.value.target, item.value.source} - {AUTHOR})
    return frozenset({item.id})


def _lines_in_view(
    state: ReviewState,
    rows: Sequence[Row],
    lines: Sequence[WrappedLine],
    height: int,
    found: tuple[int, int] | None,
) -> tuple[int, int]:
    """The rows `[begin, end)` of the paragraph that must be in view."""
    if len(rows) <= height:
        return 0, len(rows)
    low, _ = state.bounds
    start, end = _text_in_view(state, found)
    first, last = line_of(lines, start - low), line_of(lines, end - 1 - low)
    begin = bisect_left(rows, first, key=_line_number)
    end = bisect_right(rows, last, key=_line_number)
    if state.mode is Mode.HOLDER:
        begin = _with_holder(state, rows, lines, start, begin, at_least=end - height)
    return begin, min(end, begin + height)


def _text_in_view(state: ReviewState, found: tuple[int, int] | None) -> tuple[int, int]:
    """The part of the text that must be in view: the end of the selection, what was found, or the
    spans in focus, at most 400 characters of them; else the beginning of the paragraph."""
    low, high = state.bounds
    if state.selection is not None:
        return max(state.selection.start, state.selection.end - 1), state.selection.end
    if found is not None and low <= found[0] < high:
        return found
    items = (state.find(name) for name in _highlighted(state))
    values = [i.value for i in items if i is not None and isinstance(i.value, Span)]
    values = [value for value in values if value.start >= low]
    if not values:
        return low, low + 1
    start = min(v.start for v in values)
    return start, min(max(v.end for v in values), start + 400)


def _with_holder(
    state: ReviewState,
    rows: Sequence[Row],
    lines: Sequence[WrappedLine],
    target: int,
    begin: int,
    *,
    at_least: int,
) -> int:
    """The row from which the nearest holder before the target is in view too, since holders mostly
    come before what they say; the target's own row if that one is above `at_least`."""
    low, _ = state.bounds
    starts = [i.value.start for i in state.holders() if isinstance(i.value, Span)]
    before = max((start for start in starts if low <= start < target), default=None)
    if before is None:
        return begin
    row = bisect_left(rows, line_of(lines, before - low), key=_line_number)
    return min(row, begin) if row >= at_least else begin


def _line_number(row: Row) -> int:
    return row.line


__all__ = ["Row", "TextView"]
