"""How the text of a paragraph is styled, and how its marks are drawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from rich.style import Style

from annotator.model.items import Item
from annotator.model.review import ReviewState
from annotator.model.schema import LabelSchema
from annotator.model.span import Span
from annotator.model.text import displayable
from annotator.tui.layout import UNICODE, Glyphs, Mark, WrappedLine, draw
from annotator.tui.layout import Piece as Part
from annotator.tui.styled_rows import PLAIN, Piece
from annotator.tui.theme import Theme

MARGIN = 3
"""The number of cells left of the text."""

BLANK_MARGIN: Piece = (" " * MARGIN, PLAIN)


@dataclass(frozen=True)
class Look:
    """How text is shown. `hints` maps offsets of the document to letters put over it, `codes` maps
    relations to letters in their cards. `found` are the matches of a search, `found_at` the one to
    keep in view; `apart` are the places that only some versions of the difference in focus have."""

    theme: Theme
    compact: bool = False
    glyphs: Glyphs = UNICODE
    hints: Mapping[int, str] = field(default_factory=dict)
    found: tuple[tuple[int, int], ...] = ()
    found_at: tuple[int, int] | None = None
    codes: Mapping[str, str] = field(default_factory=dict)
    apart: tuple[tuple[int, int], ...] = ()


Stretch = tuple[int, int, Style, bool]
"""`[start, end)` of the document's text in a style, which replaces the present one (True) or is
added to it."""


Track = tuple[tuple[Part, bool, str], ...]
"""The pieces of a track, each with its colour and whether it is pending."""


@dataclass(frozen=True)
class Strokes:
    """Styles the text of one paragraph and draws its marks; `items` are its spans by id."""

    state: ReviewState
    look: Look
    index: int
    items: Mapping[str, Item]
    highlighted: frozenset[str]

    @property
    def base(self) -> int:
        """Where the paragraph begins in the document's text."""
        return self.state.document.paragraphs[self.index].start

    @property
    def _current(self) -> bool:
        return self.index == self.state.paragraph

    @property
    def _schema(self) -> LabelSchema:
        return self.state.schema

    def mark(self, item: Item) -> Mark:
        """The mark of a span: a bracket with the label's name for statements, a letter for
        others."""
        span = item.value
        assert isinstance(span, Span)
        layer = self._schema.layer(span.layer)
        label = layer.label(span.label) if layer else None
        bracket = span.layer in self._schema.statement_layers
        sign = "!" if item.flagged else "*" if item.note else ""
        title = (
            f"{layer.symbol if layer else '?'} {span.label}{sign}"
            if bracket
            else ((label.symbol if label else span.label[:1].upper()) + sign)
        )
        return Mark(
            item.id, span.start - self.base, span.end - self.base, displayable(title), bracket
        )

    def _color(self, item: Item) -> str:
        layer = self._schema.layer(item.value.layer)
        return layer.color if layer else "grey"

    def track(self, pieces: Sequence[Part]) -> Track:
        """The content of one track of a line."""
        return tuple(
            (piece, (item := self.items[piece.mark.id]).pending, self._color(item))
            for piece in pieces
        )

    def drawn(self, track: Track, focused: Sequence[bool]) -> list[Piece]:
        """The pieces of a track. The focus shows on the first line of a mark; its other lines do
        not change, which saves most of a key's bytes."""
        out: list[Piece] = [BLANK_MARGIN]
        at = 0
        for (piece, pending, color), here in zip(track, focused, strict=True):
            cells = draw(piece, self.look.glyphs, pending=pending, focused=here)
            style = self.look.theme.mark(color)
            out.append((" " * (piece.left - at), PLAIN))
            if here and piece.mark.bracket:
                # A span of few cells has no room for its whole name.
                head = min(len(cells), len(piece.mark.title) + 1)
                # The heavy cells are filled too, which takes one change of colour less.
                while cells[head : head + 1] in _heavy(self.look.glyphs):
                    head += 1
                out += [(cells[:head], self.look.theme.fill(color)), (cells[head:], style)]
            else:
                out.append((cells, style))
            at = piece.right
        return out

    def stretches(self) -> tuple[Stretch, ...]:
        """The parts of the text in a special style, in the order in which the styles are
        applied."""
        out = [*self._marks_in_text(), *self._focus(), *self._found()]
        chosen = self.state.selection
        if self._current and chosen is not None:
            out.append((chosen.start, chosen.end, self.look.theme.selection, True))
        return tuple(out)

    def _marks_in_text(self) -> Iterator[Stretch]:
        """The spans of a compact view, which has no tracks."""
        for item in self.items.values() if self.look.compact else ():
            if isinstance(item.value, Span):
                yield item.value.start, item.value.end, self._compact(item), False

    def _focus(self) -> Iterator[Stretch]:
        """The spans in focus that are filled."""
        for name in self.highlighted:
            highlighted = self.items.get(name)
            # A statement in focus has a heavy track; filling all its lines would take most of a
            # key's bytes.
            if highlighted is None or not isinstance(highlighted.value, Span):
                continue
            if self.look.compact or highlighted.value.layer not in self._schema.statement_layers:
                fill = self.look.theme.fill(self._color(highlighted))
                yield highlighted.value.start, highlighted.value.end, fill, True

    def _found(self) -> Iterator[Stretch]:
        """What a search found, then what differs between versions."""
        theme = self.look.theme
        for a, b in self._here(self.look.found):
            yield a, b, theme.hint if (a, b) == self.look.found_at else theme.found, False
        for a, b in self._here(self.look.apart) if self._current else ():
            yield a, b, theme.found, False

    def _here(self, places: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        """The stretches that are in the paragraph, or partly in it."""
        own = self.state.document.paragraphs[self.index]
        return ((a, b) for a, b in places if a < own.end and b > own.start)

    def text(
        self,
        line: WrappedLine,
        text: str,
        stretches: Sequence[Stretch],
        hints: Sequence[tuple[int, str]],
    ) -> list[Piece]:
        """The text of a line in runs of one style; hint letters are put over their words."""
        first = self.base + line.start
        plain = PLAIN if self._current else self.look.theme.muted
        runs = _styled(text, first, stretches, plain)
        if not hints:
            return runs
        return self._with_hints(text, line, [style for run, style in runs for _ in run], hints)

    def _with_hints(
        self, text: str, line: WrappedLine, styles: list[Style], hints: Sequence[tuple[int, str]]
    ) -> list[Piece]:
        shown = list(text)
        for offset, letters in hints:
            for i, letter in enumerate(letters):
                at = offset - self.base + i - line.start
                # A wide or joined character cannot be covered by one letter
                # without moving the text.
                if 0 <= at < len(shown) and line.columns[at + 1] - line.columns[at] == 1:
                    shown[at], styles[at] = letter, self.look.theme.hint
        return _runs(shown, styles)

    def _compact(self, item: Item) -> Style:
        statement = item.value.layer in self._schema.statement_layers
        ink = self.look.theme.ink(self._color(item))
        shape = ink + Style(bold=not statement, underline=statement)
        return shape + self.look.theme.pending if item.pending else shape


def _heavy(glyphs: Glyphs) -> tuple[str, str]:
    """The characters of a mark in focus."""
    return glyphs.focused, glyphs.focused_pending


def _runs(shown: Sequence[str], styles: Sequence[Style]) -> list[Piece]:
    out: list[Piece] = []
    start = 0
    for at in range(1, len(shown) + 1):
        if at == len(shown) or (styles[at] is not styles[start] and styles[at] != styles[start]):
            out.append(("".join(shown[start:at]), styles[start]))
            start = at
    return out


def _styled(
    text: str, first: int, stretches: Sequence[Stretch], plain: Style
) -> list[tuple[str, Style]]:
    """The text, which begins at `first`, in runs of one style."""
    if not stretches:
        return [(text, plain)]
    cuts = {0, len(text)}
    for start, end, _, _ in stretches:
        cuts |= {max(0, min(start - first, len(text))), max(0, min(end - first, len(text)))}
    return [
        (
            text[a:b],
            _together(
                plain,
                [
                    (own, over)
                    for start, end, own, over in stretches
                    if start - first <= a and b <= end - first
                ],
            ),
        )
        for a, b in pairwise(sorted(cuts))
    ]


def _together(plain: Style, laid_on: Sequence[tuple[Style, bool]]) -> Style:
    """Styles in the order in which they are laid on. Of one that comes several times only the last
    matters, so that many spans at one place are not added up one by one."""
    style, added = plain, dict[int, Style]()
    for own, over in reversed(laid_on):
        if over:
            style = own
            break
        added.setdefault(id(own), own)
    for own in reversed(added.values()):
        style += own
    return style


__all__ = ["BLANK_MARGIN", "MARGIN", "Look", "Stretch", "Strokes", "Track"]
