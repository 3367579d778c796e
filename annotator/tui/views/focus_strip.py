"""The statement in focus, in a few rows under the text: the item in focus whole, the rest in
short."""

from __future__ import annotations

from collections.abc import Mapping

from annotator.model.items import Card, Stance
from annotator.model.review import ReviewState
from annotator.model.span import Span, contains
from annotator.tui.styled_rows import PLAIN, Piece, clip, paragraphs, width_of
from annotator.tui.theme import Theme
from annotator.tui.views.item_rows import (
    Rows,
    attribute_list,
    concept_words,
    item_rows,
    name_words,
)
from annotator.tui.views.statements import (
    NO_CODES,
    card_in_focus,
    card_rows,
    item_of_card,
    no_holder_row,
    note_rows,
    quote_rows,
    side_of,
    stance_rows,
    target_row,
)

_Line = tuple[str, list[Piece]]
"""The id of an item, and a row about it."""

_EMPTY: list[Piece] = []


def focus_card(
    state: ReviewState,
    theme: Theme,
    width: int,
    height: int,
    *,
    codes: Mapping[str, str] = NO_CODES,
) -> Rows:
    """The card in focus; for an item without a card, the item itself under the statement around
    it. `codes` are hint letters of stances."""
    card = card_in_focus(state)
    if card is not None:
        return [row for _, row in _lines(state, card, theme, width, height, codes)]
    own = item_rows(state, theme, width)
    around = _card_around(state)
    if around is None:
        return own
    # The statement stays in its place while the focus moves inside it.
    room = height - len(own)
    quote = max(1, room - max(1, len(around.stances)) - 1)
    rows = card_rows(state, around, theme, width, quote=quote, codes=codes)[:room]
    return [*rows, *([_EMPTY] * (room - len(rows))), *own]


def item_of_focus_card(
    state: ReviewState, theme: Theme, width: int, height: int, row: int
) -> str | None:
    """The id of the item in a row of `focus_card`, as far as it shows a card."""
    card = card_in_focus(state)
    if card is not None:
        lines = _lines(state, card, theme, width, height, NO_CODES)
        return lines[row][0] if row < len(lines) else card.target.id
    around = _card_around(state)
    return item_of_card(around, row) if around is not None else None


def _card_around(state: ReviewState) -> Card | None:
    """The smallest statement around the item in focus."""
    item = state.focused
    if item is None or not isinstance(item.value, Span):
        return None
    found: Card | None = None
    for card in state.cards:
        target = card.target.value
        if isinstance(target, Span) and contains(target, item.value):
            smaller = found is None or (
                isinstance(found.target.value, Span) and target.length < found.target.value.length
            )
            found = card if smaller else found
    return found


def _lines(
    state: ReviewState,
    card: Card,
    theme: Theme,
    width: int,
    height: int,
    codes: Mapping[str, str],
) -> list[_Line]:
    """The rows of a card: every holder has a row if there is room; otherwise those not in focus
    share one, and the name of the target stands in its last row."""
    target = card.target.id
    on_target = target == (state.draft.target if state.draft is not None else state.focus)
    for tight in (False, True):
        holders = _holders(state, card, theme, width, codes, tight=tight)
        if not holders:
            holders = [(target, no_holder_row(card, theme, here=on_target))]
        below = _below(state, card, theme, width, tight=tight, whole=on_target)
        if len(holders) + 1 + len(below) <= height:
            break
    else:
        # What is not in focus goes first.
        holders = [line for line in holders if line[0] == state.focus]
    limit = max(1, height - len(holders) - len(below))
    quote = quote_rows(state, card, width, limit=limit, here=on_target)
    return [*holders, *((target, row) for row in (*quote, *below))][:height]


def _holders(
    state: ReviewState,
    card: Card,
    theme: Theme,
    width: int,
    codes: Mapping[str, str],
    *,
    tight: bool,
) -> list[_Line]:
    """The stances of a card, the one in focus whole. With `tight`, those not in focus share a row
    if there are several."""
    others = [stance for stance in card.stances if stance.relation.id != state.focus]
    shared = others if tight and len(others) > 1 else []
    found: list[_Line] = []
    for stance in card.stances:
        if stance in shared:
            continue
        id = stance.relation.id
        rows = stance_rows(state, stance, theme, width, codes.get(id, ""), whole=id == state.focus)
        found += [(id, row) for row in rows]
    if shared:
        sides = clip(_sides_in_words(state, shared), width - 2)
        found.append((shared[0].relation.id, [("  ", PLAIN), (sides, theme.muted)]))
    return found


def _sides_in_words(state: ReviewState, stances: list[Stance]) -> str:
    """`Iran, Russia + support; author - oppose`."""
    sides: dict[str, list[str]] = {}
    for stance in stances:
        who, side = side_of(state, stance)
        sides.setdefault(side, []).append(who)
    return "; ".join(f"{', '.join(who)}{side}" for side, who in sides.items())


def _below(
    state: ReviewState, card: Card, theme: Theme, width: int, *, tight: bool, whole: bool
) -> Rows:
    """The rows under the words of the target: its note, its name, and its label, with all its
    attributes if it is in focus. With `tight`, the name stands in the last row if it fits, and
    notes on what is not in focus are left out."""
    rows = note_rows(card.target, theme, width) if whole or not tight else []
    concept = concept_words(state, card.target)
    details = attribute_list(state, card.target) if whole else []
    if not concept:
        missing = name_words(state, card.target) if whole else ""
        details += [missing] if missing else []
    elif tight and (not whole or _fits(card, concept, details, width)):
        details = [f"= {concept}", *details]
    else:
        limit = 1 if tight else 2
        rows += paragraphs(f"= {concept}", width, theme.muted, indent="    ", limit=limit)
    return [*rows, target_row(state, card, theme, width, details)]


_STANDING = 18
"""The cells at the end of a row that say what became of an item."""


def _fits(card: Card, concept: str, details: list[str], width: int) -> bool:
    words = " · ".join([card.target.value.label, f"= {concept}", *details])
    return width_of([(words, PLAIN)]) <= width - 4 - _STANDING


__all__ = ["focus_card", "item_of_focus_card"]
