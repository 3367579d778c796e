"""Statements as cards that read like sentences: who, which side, what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from annotator.model.decision_text import both_ends, holder_of
from annotator.model.items import Card, Item, Stance
from annotator.model.review import ReviewState
from annotator.model.schema import LabelSchema
from annotator.model.span import Relation, Span
from annotator.model.text import with_article
from annotator.tui.styled_rows import PLAIN, Piece, clip, justify, paragraphs, width_of
from annotator.tui.theme import Theme
from annotator.tui.views.item_rows import (
    Rows,
    attribute_list,
    attribute_words,
    concept_words,
    marker,
    standing,
)

NO_CODES: Mapping[str, str] = MappingProxyType({})


def statements(
    state: ReviewState,
    theme: Theme,
    width: int,
    height: int,
    *,
    codes: Mapping[str, str] = NO_CODES,
) -> Rows:
    """The cards of the paragraph, by pages: the page with the card in focus, or with the statement
    around the focus. `codes` are hint letters of stances."""
    if not state.cards:
        excluded = state.is_excluded(state.paragraph)
        words = "this paragraph is not annotated" if excluded else _none_yet(state.schema)
        return [
            [("STATEMENTS", theme.muted)],
            [],
            *paragraphs(words, width, theme.muted),
        ]
    # Whole pages, so that moving between cards shifts nothing until the end of the page.
    pages = _pages(state, theme, width, height - 2)
    here = card_in_focus(state)
    page = pages.page(state, here)
    shown: Rows = [pages.heads[page], _EMPTY]
    for card in pages.cards[page]:
        shown += _kept_rows(state, card, theme, width, codes, focused=card is here)
        shown.append(_EMPTY)
    return shown[:height]


_EMPTY: list[Piece] = []


def _none_yet(schema: LabelSchema) -> str:
    """The rows that are shown if there are no statements."""
    relation = next(iter(schema.relation_layers), None)
    if relation is None:
        return "this project's schema has no statements"
    target = next((name for name in relation.targets if name in schema.statement_layers), "")
    words = with_article(target or relation.targets[0])
    return f"no statements here yet; {with_article(relation.name)} on {words} begins one"


@dataclass(frozen=True, slots=True)
class _Pages:
    """The cards by pages. `of` has the page of each card by its target, `ends` the end of each
    target."""

    cards: list[list[Card]]
    heads: list[list[Piece]]
    of: dict[str, int]
    ends: list[int]

    def page(self, state: ReviewState, here: Card | None) -> int:
        """The page of the card in focus, or else of the first card whose target ends after the item
        in focus begins."""
        if here is not None:
            return self.of[here.target.id]
        value = state.focused.value if state.focused else None
        at = value.start if isinstance(value, Span) else state.bounds[0]
        number = next((i for i, end in enumerate(self.ends) if end > at), len(self.ends) - 1)
        return list(self.of.values())[number]


_paged: list[tuple[tuple[Card, ...], tuple[str, int, int], _Pages]] = []


def _pages(state: ReviewState, theme: Theme, width: int, room: int) -> _Pages:
    """The cards by pages of that many rows, reused while they are the same; the focus does not
    change heights."""
    key = (theme.name, width, room)
    if _paged and _paged[0][0] is state.cards and _paged[0][1] == key:
        return _paged[0][2]
    pages = _Pages([[]], [], {}, [])
    used = 0
    for card in state.cards:
        rows = len(_kept_rows(state, card, theme, width, NO_CODES, focused=False))
        if pages.cards[-1] and used + rows > room:
            pages.cards.append([])
            used = 0
        pages.cards[-1].append(card)
        used += rows + 1
        target = card.target.value
        pages.of[card.target.id] = len(pages.cards) - 1
        pages.ends.append(target.end if isinstance(target, Span) else 0)
    done = 0
    for cards in pages.cards:
        last = f"-{done + len(cards)}" if len(cards) > 1 else ""
        of = f"{done + 1}{last} of " if len(pages.cards) > 1 else ""
        pages.heads.append([(f"STATEMENTS {of}{len(state.cards)}", theme.muted)])
        done += len(cards)
    _paged[:] = [(state.cards, key, pages)]
    return pages


_by_target: list[tuple[tuple[Card, ...], dict[str, Card]]] = []


def card_in_focus(state: ReviewState) -> Card | None:
    """The card whose target, or one of whose stances, is in focus."""
    if not _by_target or _by_target[0][0] is not state.cards:
        _by_target[:] = [(state.cards, {card.target.id: card for card in state.cards})]
    if state.draft is not None:
        return _by_target[0][1].get(state.draft.target)
    item = state.focused
    if item is None:
        return None
    return _by_target[0][1].get(item.value.target if isinstance(item.value, Relation) else item.id)


_made: dict[tuple[int, str | None, int, str], tuple[Card, Rows]] = {}


def _kept_rows(
    state: ReviewState,
    card: Card,
    theme: Theme,
    width: int,
    codes: Mapping[str, str],
    *,
    focused: bool,
) -> Rows:
    """The rows of a card, reused while the card and the focus in it are the same."""
    if codes:
        return card_rows(state, card, theme, width, codes=codes)
    focus = None
    if focused:
        focus = state.focus if state.draft is None else card.target.id
    key = (id(card), focus, width, theme.name)
    known = _made.get(key)
    if known is None or known[0] is not card:
        if len(_made) > 500:
            _made.clear()
        # Keep the card with its rows, so that its id is not reused.
        seen = state if focused else state.changed(focus=None, draft=None)
        known = _made[key] = (card, card_rows(seen, card, theme, width))
    return known[1]


def item_at(state: ReviewState, theme: Theme, width: int, height: int, row: int) -> str | None:
    """The id of the item in a row of `statements`: a stance, or the target of a card."""
    if not state.cards:
        return None
    pages = _pages(state, theme, width, height - 2)
    first = 2
    for card in pages.cards[pages.page(state, card_in_focus(state))]:
        rows = len(_kept_rows(state, card, theme, width, NO_CODES, focused=False))
        if first <= row < first + rows:
            return item_of_card(card, row - first)
        first += rows + 1
    return None


def item_of_card(card: Card, row: int) -> str:
    """The item in a row of a card: its stances, each with its note, come before its target."""
    end = 0
    for stance in card.stances:
        end += 1 + bool(stance.relation.note or stance.relation.flagged)
        if row < end:
            return stance.relation.id
    return card.target.id


def card_rows(
    state: ReviewState,
    card: Card,
    theme: Theme,
    width: int,
    *,
    quote: int = 3,
    codes: Mapping[str, str] = NO_CODES,
) -> Rows:
    """One card: a line for each holder with the side taken, then the target."""
    on_target = card.target.id == (state.draft.target if state.draft is not None else state.focus)
    rows: Rows = []
    for stance in card.stances:
        rows += stance_rows(state, stance, theme, width, codes.get(stance.relation.id, ""))
    if not rows:
        rows = [no_holder_row(card, theme, here=on_target)]
    rows += quote_rows(state, card, width, limit=quote, here=on_target)
    rows += note_rows(card.target, theme, width)
    concept = concept_words(state, card.target)
    if concept:
        rows += paragraphs(f"= {concept}", width, theme.muted, indent="    ", limit=2)
    return [*rows, target_row(state, card, theme, width, _unusual(state, card.target))]


def quote_rows(state: ReviewState, card: Card, width: int, *, limit: int, here: bool) -> Rows:
    """The words of a card's target; they are marked if they are in focus and stances stand above
    them."""
    span = card.target.value
    assert isinstance(span, Span)
    text = f"“{state.document.quote(span.start, span.end)}”"
    # Only the marker changes with the focus, and no style changes with a decision: writing the
    # quotation again would take most of a key's bytes.
    quoted = paragraphs(text, width, PLAIN, indent="    ", limit=limit)
    if here and card.stances:
        quoted[0] = [marker(True), ("  ", PLAIN), *quoted[0][1:]]
    return quoted


def target_row(
    state: ReviewState, card: Card, theme: Theme, width: int, details: Sequence[str]
) -> list[Piece]:
    """The last row of a card: the label of its target, `details`, and what became of it."""
    layer = state.schema.layer(card.target.value.layer)
    left: list[Piece] = [
        ("    ", PLAIN),
        (card.target.value.label, theme.ink(layer.color if layer else "grey")),
        (" · ".join(["", *details]), theme.muted),
    ]
    whole = f"  {standing(card.target)}"
    fits = width_of([*left, (whole, PLAIN)]) <= width
    # How sure a suggestion is says that it is one, and `details` are not cut for the longer words.
    became = whole if fits else f"  {standing(card.target, short=True)}"
    return justify(left, [(became, theme.muted)], width)


def _unusual(state: ReviewState, item: Item) -> list[str]:
    """The values of an item's attributes that differ from the defaults. The rest is in `own_rows`:
    a card has the same height with and without focus, so that no move shifts the others."""
    layer = state.schema.layer(item.value.layer)
    found: list[str] = []
    for attribute in layer.attributes if layer else ():
        held = item.value.attributes.get(attribute.name)
        if (
            held is not None
            and held != attribute.default
            and attribute.type in ("choice", "integer")
        ):
            found.append(attribute_words(state, attribute.name, held, attribute))
    return found


def note_rows(item: Item, theme: Theme, width: int) -> Rows:
    """The note and the flag of an item of a card, in one row."""
    text = "! " * item.flagged + (f"note: {item.note}" if item.note else "flagged" * item.flagged)
    return [[("    ", PLAIN), (clip(text, max(4, width - 4)), theme.strong)]] if text else []


def no_holder_row(card: Card, theme: Theme, *, here: bool) -> list[Piece]:
    """The first row of a card without stances."""
    how = card.target.value.attributes.get("attribution")
    words = "author asserts" if how == "author" else "nobody holds this yet"
    if how in ("direct", "indirect"):
        words = "somebody (no holder yet)"
    return [marker(here), (words, theme.muted)]


def side_of(state: ReviewState, stance: Stance) -> tuple[str, str]:
    """Who takes which side: `Iran` and ` + support`."""
    relation = stance.relation.value
    assert isinstance(relation, Relation)
    layer = state.schema.layer(relation.layer)
    label = layer.label(relation.label) if layer else None
    who = holder_of(state, relation) if stance.holder is not None else "author"
    return who, f" {label.symbol if label else '?'} {relation.label}"


def stance_rows(
    state: ReviewState,
    stance: Stance,
    theme: Theme,
    width: int,
    code: str = "",
    *,
    whole: bool = False,
) -> Rows:
    """`▸ Iran + support strength 3 · implied   83%`; strength and basis if they are not the usual
    ones and there is room. With `whole`, all attributes are there, if need be in a second row.
    Note and flag come below. `code` is what to type to go there."""
    relation = stance.relation.value
    assert isinstance(relation, Relation)
    layer = state.schema.layer(relation.layer)
    who, side = side_of(state, stance)
    color = "grey"
    if stance.holder is not None:
        holder_layer = state.schema.layer(stance.holder.value.layer)
        color = holder_layer.color if holder_layer else "grey"
    sign = (f"{code:<2}", theme.hint) if code else marker(state.focus == relation.id)
    listed = attribute_list if whole else _unusual
    more = " · ".join(listed(state, stance.relation))
    right: list[Piece] = [(" " + standing(stance.relation, short=True), theme.muted)]
    ink = theme.ink(layer.color if layer else "grey")
    # The holder is never cut to make room for the rest.
    room = width - 2 - width_of([(side, PLAIN), *right])
    who = both_ends(who, max(6, room))
    left: list[Piece] = [sign, (who, theme.ink(color)), (side, ink)]
    fits = width_of([(f"{who} {more}", PLAIN)]) <= room
    if more and fits:
        left.append((f" {more}", ink))
    below = paragraphs(more, width, theme.muted, indent="    ", limit=2)
    rows = [justify(left, right, width), *(below if more and whole and not fits else [])]
    return [*rows, *note_rows(stance.relation, theme, width)]


__all__ = [
    "NO_CODES",
    "card_in_focus",
    "card_rows",
    "item_at",
    "item_of_card",
    "no_holder_row",
    "note_rows",
    "quote_rows",
    "side_of",
    "stance_rows",
    "statements",
    "target_row",
]
