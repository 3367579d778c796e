"""The whole annotate screen as rows: header, text, statements, a line for messages, footer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from annotator.model.review import Mode, ReviewState
from annotator.model.schema import LabelSchema
from annotator.tui.key_map import KeyMap
from annotator.tui.styled_rows import (
    PLAIN,
    Drawn,
    Piece,
    clip,
    paragraphs,
    strip,
    width_of,
)
from annotator.tui.theme import Theme
from annotator.tui.views.focus_strip import focus_card, item_of_focus_card
from annotator.tui.views.header_and_footer import FooterState, footer, footer_state, header
from annotator.tui.views.item_rows import ITEM_ROWS, own_rows
from annotator.tui.views.lint import NamesElsewhere, in_short, lint
from annotator.tui.views.message_row import long_message, message_row
from annotator.tui.views.offers import offer_rows
from annotator.tui.views.statements import item_at, statements
from annotator.tui.views.strokes import Look
from annotator.tui.views.text import Row, TextView
from annotator.tui.views.two_columns import joined

WIDE = 100
"""The least number of columns for statements beside the text."""

LEAST = 18
"""The least number of rows for statements or the tour in rows of their own below the text."""

SMALLEST = (41, 13)
"""The smallest screen, in columns and rows, on which something useful can be shown."""

_OVER = 4
"""How many rows of the text or the cards a message may lie over if it is too long for its own row.
It stays until the next key."""

_EMPTY = strip([])


@dataclass(frozen=True, slots=True)
class Area:
    """A part of the screen: column and row of its first cell, and its columns and rows."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Frame:
    """The content of the screen; `text` are the rows of the text view, which begin at screen row
    1."""

    rows: list[Drawn]
    text: list[Row]
    text_width: int
    beside: Area | None = None
    """Where the statements, or what stands in their place, are."""


SidePanel = Callable[[Theme, int, int], list[list[Piece]]]


@dataclass(frozen=True, slots=True)
class FrameContext:
    """What the frame shows besides the state of review."""

    annotator: str
    saved: str = "saved"
    error: str = ""
    message: str = ""
    panel: bool = False
    notes: str = ""
    side: SidePanel | None = None
    """What is shown in place of the statements, by theme, width and height."""
    elsewhere: NamesElsewhere = field(default_factory=NamesElsewhere)
    """What is known of names beyond the paragraph."""
    tour: tuple[str, str, str] | None = None
    """Title and words of a step of the guided tour, and how to leave it."""
    left: str = ""
    """What is left to decide, if that is not what is pending in the paragraph."""
    offers: Mapping[str, str] = field(default_factory=dict)
    """Names offered for the item in focus, by the keys that take them."""
    counting: bool = False
    """Whether digits are a number now: how often to run the key after them."""


def panel_width(width: int) -> int:
    """The columns of the statements beside the text; 0 if they are below it."""
    return 0 if width < WIDE else max(36, min(52, width * 36 // 100))


def rows_below(width: int, height: int, *, more: bool, side: bool) -> int:
    """The rows below the text for the statements, or for the `side` in their place, including the
    rule above them; 0 if they are beside the text or not shown. `more` makes room for several."""
    if panel_width(width) or (height < LEAST and not side):
        return 0
    if height < LEAST:
        # What has to be decided is shown at every size.
        return 4
    half = (height - 3) // 2
    if more:
        return max(8, half)
    return max(5, min(8, half - 2)) if side else 5


def item_beside(
    made: Frame, state: ReviewState, theme: Theme, row: int, *, several: bool
) -> str | None:
    """The id of the item in a row of the statements, which are beside the text or below it. Below
    it there are `several`, or only the one in focus."""
    area = made.beside
    if area is None:
        return None
    if area.x == 1 and not several:
        return item_of_focus_card(state, theme, area.width, area.height, row)
    return item_at(state, theme, area.width, area.height, row)


def frame(
    view: TextView,
    state: ReviewState,
    look: Look,
    keys: KeyMap,
    around: FrameContext,
    width: int,
    height: int,
) -> Frame:
    """The screen of `width` x `height` cells."""
    theme = look.theme
    if width < SMALLEST[0] or height < SMALLEST[1]:
        return _too_small(theme, width, height)
    head = _header_row(state, theme, width, around)
    tour = _tour(around.tour, theme, width, height)
    body_height = height - 3 - len(tour)
    panel = panel_width(width)
    below: list[list[Piece]] = []
    if rows := rows_below(width, height, more=around.panel, side=around.side is not None):
        below = _below(state, look, width, rows, around)
    text_height = body_height - len(below)
    text_width = width - panel - 2 if panel else width
    text_rows = view.render(state, look, text_width, text_height)
    strips = [row.drawn for row in text_rows]
    strips += [_EMPTY] * (text_height - len(strips))
    if panel:
        strips = _beside(state, look, keys, strips, text_width, panel, body_height, around)
    under = [*below, *tour]
    room = _empty_at_the_end(under) if tour else min(_OVER, body_height)
    strips += map(strip, under)
    strips = _with_message(strips, state, look, keys, around, width, room=room)
    now = footer_state(state, counting=around.counting)
    foot = _footer(now, state.schema, keys, theme, width, review=around.side is not None)
    area = None
    if panel:
        area = Area(width - panel, 1, panel - 1, body_height - 2 - ITEM_ROWS)
    elif below:
        area = Area(1, text_height + 2, width - 2, len(below) - 1)
    return Frame([head, *strips, foot], text_rows, text_width, area)


def _too_small(theme: Theme, width: int, height: int) -> Frame:
    """The frame for a screen that is too small for anything useful."""
    text = f"too small: {width}x{height}, needs {SMALLEST[0]}x{SMALLEST[1]}; nothing is lost"
    rows = paragraphs(text, width, theme.strong)[:height]
    return Frame([strip(row) for row in rows], [], width)


def _with_message(
    body: list[Drawn],
    state: ReviewState,
    look: Look,
    keys: KeyMap,
    around: FrameContext,
    width: int,
    *,
    room: int,
) -> list[Drawn]:
    """The rows under the header and the message; a long one lies over at most `room` of their last
    rows."""
    lines = long_message(
        around.error or around.message or state.message,
        look.theme.error if around.error else look.theme.strong,
        width,
        room,
    )
    if not lines:
        return [*body, _message_row(state, look, around, keys, width)]
    return [*body[: len(body) - len(lines) + 1], *map(strip, lines)]


def _empty_at_the_end(rows: Sequence[list[Piece]]) -> int:
    """How many rows at the end of these have nothing in them."""
    return next((i for i, row in enumerate(reversed(rows)) if width_of(row)), len(rows))


def _header_row(state: ReviewState, theme: Theme, width: int, around: FrameContext) -> Drawn:
    texts = (around.annotator, around.saved, around.notes, around.left)
    return _kept(
        "header",
        (state.items, state.annotations, state.document, theme),
        (state.progress, state.paragraph, width, *texts),
        lambda: header(
            state,
            theme,
            width,
            annotator=around.annotator,
            saved=around.saved,
            notes=around.notes,
            left=around.left,
        ),
    )


def _message_row(
    state: ReviewState, look: Look, around: FrameContext, keys: KeyMap, width: int
) -> Drawn:
    """The line under the text; it counts the findings of lint if no panel shows them."""
    panel, selecting = panel_width(width), state.mode is Mode.SELECT
    shown = (state.message, state.mode, state.only, state.threshold, state.paragraph)
    return _kept(
        "message",
        (
            state.items,
            state.annotations,
            state.selection,
            state.draft,
            look.theme,
            around.elsewhere,
        ),
        (*shown, around.error, around.message, width),
        lambda: message_row(
            state,
            look.theme,
            keys,
            width,
            said=around.message,
            error=around.error,
            lints=0 if panel or selecting else len(lint(state, around.elsewhere)),
        ),
    )


_feet: dict[tuple[FooterState, str, int, bool], tuple[KeyMap, Drawn]] = {}


def _footer(
    now: FooterState, schema: LabelSchema, keys: KeyMap, theme: Theme, width: int, *, review: bool
) -> Drawn:
    """The footer, made once for each set of usable keys."""
    key = (now, theme.name, width, review)
    known = _feet.get(key)
    if known is None or known[0] is not keys:
        known = _feet[key] = (keys, strip(footer(now, schema, keys, theme, width, review=review)))
    return known[1]


_lines: dict[str, tuple[tuple[object, ...], tuple[object, ...], Drawn]] = {}


def _kept(
    name: str,
    things: tuple[object, ...],
    values: tuple[object, ...],
    make: Callable[[], list[Piece]],
) -> Drawn:
    """A line of the frame, made again only if one of the `things` is another object than before, or
    one of the `values` is not equal."""
    known = _lines.get(name)
    if (
        known is None
        or known[1] != values
        or any(a is not b for a, b in zip(known[0], things, strict=True))
    ):
        known = _lines[name] = (things, values, strip(make()))
    return known[2]


def _tour(
    step: tuple[str, str, str] | None, theme: Theme, width: int, height: int
) -> list[list[Piece]]:
    """The guided tour below everything else, so that it covers nothing: a line with its title and
    two more lines, or one line altogether on a small screen."""
    if step is None:
        return []
    title, words, leave = step
    if height < LEAST:
        return [[(f" {title} ", theme.hint), (clip(f" {words}", width - len(title) - 2), PLAIN)]]
    rule = "─" * max(0, width - len(title) - len(leave) - 6)
    head: list[Piece] = [
        ("─ ", theme.muted),
        (title, theme.strong),
        (f" {rule} {leave} ─", theme.muted),
    ]
    rows = [[(" ", PLAIN), *row[1:]] for row in paragraphs(words, width - 2, limit=2)]
    return [head, *rows, *([[]] * (2 - len(rows)))]


def _below(
    state: ReviewState, look: Look, width: int, rows: int, around: FrameContext
) -> list[list[Piece]]:
    rule: list[Piece] = [("─" * width, look.theme.muted)]
    if around.side is not None:
        content = around.side(look.theme, width - 2, rows - 1)
    elif around.panel:
        content = statements(state, look.theme, width - 2, rows - 1, codes=look.codes)
    else:
        room = rows - 1 - bool(around.offers)
        content = focus_card(state, look.theme, width - 2, room, codes=look.codes)
        content += offer_rows(around.offers, look.theme, width - 2, rows - 1 - len(content))
    content = [[(" ", PLAIN), *row] for row in content]
    return [rule, *content, *([[]] * (rows - 1 - len(content)))][:rows]


def _beside(
    state: ReviewState,
    look: Look,
    keys: KeyMap,
    left: list[Drawn],
    text_width: int,
    panel: int,
    height: int,
    around: FrameContext,
) -> list[Drawn]:
    if around.side is not None:
        cards = around.side(look.theme, panel - 1, height - 2)
        cards += [_NOTHING] * (height - 1 - len(cards))
    else:
        cards = statements(state, look.theme, panel - 1, height - 2 - ITEM_ROWS, codes=look.codes)
        room = height - 1 - ITEM_ROWS - len(cards)
        offered = offer_rows(around.offers, look.theme, panel - 1, room)
        cards += [*([_NOTHING] * (room - len(offered))), *offered]
        own = own_rows(state, panel - 1)
        cards += [*own, *([_NOTHING] * (ITEM_ROWS - len(own)))]
    cards.append(_lint_row(state, look, keys, panel - 1, around))
    return joined(left, cards, look.theme, text_width)


_NOTHING: list[Piece] = []


_linted: list[tuple[tuple[object, ...], list[Piece]]] = []


def _lint_row(
    state: ReviewState, look: Look, keys: KeyMap, width: int, around: FrameContext
) -> list[Piece]:
    """The first finding behind the key that goes there, and how many more there are; reused while
    nothing is decided."""
    about = (state.cards, state.annotations, around.elsewhere, look.theme, keys, width)
    if not _linted or any(a is not b for a, b in zip(_linted[0][0], about, strict=True)):
        found = in_short(lint(state, around.elsewhere))
        words = f"{keys.shown('lint')} {found}".lstrip()
        row = [(clip(words, width), look.theme.muted)] if found else _NOTHING
        _linted[:] = [(about, row)]
    return _linted[0][1]


__all__ = ["SMALLEST", "WIDE", "Frame", "FrameContext", "frame", "panel_width"]
