"""The whole annotate screen as rows: header, text, statements, a line for messages, footer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from rich.style import Style
from textual.strip import Strip

from annotator.model.decision import paragraph_item
from annotator.model.review import Mode, ReviewState
from annotator.tui.commands import KeyMap
from annotator.tui.rows import PLAIN, Piece, clip, justify, paragraphs, strip
from annotator.tui.theme import Theme
from annotator.tui.views.bars import footer, header
from annotator.tui.views.lint import lint
from annotator.tui.views.statements import focus_card, statements
from annotator.tui.views.text import Look, Row, TextView

WIDE = 100
"""Columns from which the statements stand beside the text."""

SMALLEST = (41, 13)
"""Columns and rows below which nothing sensible can be shown."""

_EMPTY = strip([])


@dataclass(frozen=True, slots=True)
class Frame:
    """What is on the screen; `text` are the rows of the text view, which begin at screen row 1."""

    rows: list[Strip]
    text: list[Row]
    text_width: int


Side = Callable[[Theme, int, int], list[list[Piece]]]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the frame tells besides the state of review."""

    annotator: str
    saved: str = "saved"
    error: str = ""
    message: str = ""
    panel: bool = False
    notes: str = ""
    side: Side | None = None
    """What stands in place of the statements, by theme, width and height."""
    ambiguous: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Forms of the text that stand for several entities."""


def panel_width(width: int) -> int:
    """Columns of the statements beside the text; 0 where they stand below."""
    return 0 if width < WIDE else max(36, min(52, width * 36 // 100))


def frame(
    view: TextView,
    state: ReviewState,
    look: Look,
    keys: KeyMap,
    around: Surroundings,
    width: int,
    height: int,
) -> Frame:
    """The screen of `width` x `height` cells."""
    theme = look.theme
    if width < SMALLEST[0] or height < SMALLEST[1]:
        text = f"too small: {width}x{height}, needs {SMALLEST[0]}x{SMALLEST[1]}; nothing is lost"
        return Frame([strip(row) for row in paragraphs(text, width, theme.strong)[:height]], [], width)
    head = header(state, theme, width, annotator=around.annotator, saved=around.saved, notes=around.notes)
    body_height = height - 3
    panel = panel_width(width)
    below: list[list[Piece]] = []
    if panel == 0 and height >= 18:
        rows = max(8, body_height // 2) if around.panel else 5
        below = _below(state, look, width, rows, around)
    text_height = body_height - len(below)
    text_width = width - panel - 2 if panel else width
    text_rows = view.render(state, look, text_width, text_height)
    strips = [row.strip for row in text_rows]
    strips += [_EMPTY] * (text_height - len(strips))
    if panel:
        strips = _beside(state, look, strips, text_width, panel, body_height, around)
    strips += [strip(row) for row in below]
    strips.append(strip(_message(state, look, around, width, quiet=not panel)))
    return Frame(
        [strip(head), *strips, strip(footer(state, keys, theme, width, review=around.side is not None))],
        text_rows,
        text_width,
    )


def _below(state: ReviewState, look: Look, width: int, rows: int, around: Surroundings) -> list[list[Piece]]:
    rule: list[Piece] = [("─" * width, look.theme.muted)]
    if around.side is not None:
        content = around.side(look.theme, width - 2, rows - 1)
    elif around.panel:
        content = statements(state, look.theme, width - 2, rows - 1, codes=look.codes)
    else:
        content = focus_card(state, look.theme, width - 2, rows - 1, codes=look.codes)
    content = [[(" ", PLAIN), *row] for row in content]
    return [rule, *content, *([[]] * (rows - 1 - len(content)))][:rows]


def _beside(
    state: ReviewState,
    look: Look,
    left: list[Strip],
    text_width: int,
    panel: int,
    height: int,
    around: Surroundings,
) -> list[Strip]:
    cards = (around.side or partial(statements, state, codes=look.codes))(look.theme, panel - 1, height - 2)
    cards += [[]] * (height - 1 - len(cards))
    cards.append(_lint_row(state, look, panel - 1, around))
    return [
        _joined(one, tuple(row), look.theme.muted, text_width) for one, row in zip(left, cards, strict=True)
    ]


_rows: dict[tuple[int, tuple[Piece, ...], int], tuple[Strip, Strip]] = {}


def _joined(left: Strip, right: tuple[Piece, ...], bar: Style, width: int) -> Strip:
    """A row of text and a row of a card side by side, kept while both stay the same."""
    key = (id(left), right, width)
    known = _rows.get(key)
    if known is None or known[0] is not left:
        if len(_rows) > 2000:
            _rows.clear()
        both = Strip.join([left.adjust_cell_length(width), strip([("│ ", bar), *right])])
        known = _rows[key] = (left, both)
    return known[1]


def _lint_row(state: ReviewState, look: Look, width: int, around: Surroundings) -> list[Piece]:
    found = lint(state, around.ambiguous)
    if not found:
        return []
    more = f" (+{len(found) - 1})" if len(found) > 1 else ""
    return [(clip(f"LINT  {found[0][0]}{more}", width), look.theme.muted)]


_ASK = {
    Mode.SELECT: "select",
    Mode.HOLDER: "who holds it? its letter; a capital letter where there are several; the last one small",
    Mode.SIDE: "which side?",
}


def _message(state: ReviewState, look: Look, around: Surroundings, width: int, *, quiet: bool) -> list[Piece]:
    """What was done or is asked; at the right what is hidden, and with `quiet` how much lint there is."""
    theme = look.theme
    if around.error:
        return [(clip(f" {around.error} ", width).ljust(width), theme.error)]
    text = around.message or state.message
    if state.mode is not Mode.BROWSE and not text:
        text = _ASK[state.mode]
        if state.selection is not None:
            chosen = state.selection
            quote = state.document.quote(chosen.start, chosen.end)
            text = f"{'new bounds' if chosen.item else 'new span'}: “{quote}”"
    right: list[Piece] = []
    note = state.annotations.get(paragraph_item(state.paragraph), state.paragraph)
    if not text and note is not None and note.note:
        right.append((f"¶ {clip(note.note, width // 2)}  ", theme.muted))
    if quiet and (found := lint(state, around.ambiguous)):
        right.append((f"lint {len(found)}  ", theme.muted))
    if state.only:
        layer = state.schema.layer(state.only)
        right.append((f"only {(layer.title if layer else state.only).lower()}  ", theme.muted))
    if state.threshold:
        right.append((f"score ≥ {state.threshold:.1f} ", theme.muted))
    return justify([(f" {text}" if text else "", theme.strong)], right, width)


__all__ = ["SMALLEST", "WIDE", "Frame", "Surroundings", "frame", "panel_width"]
