"""Statements as cards that read like sentences: who, which side, what."""

from __future__ import annotations

from collections.abc import Sequence

from rich.style import Style

from annotator.model.items import Card, Item, Stance
from annotator.model.review import ReviewState
from annotator.model.span import Relation, Span
from annotator.tui.rows import PLAIN, Piece, clip, justify, paragraphs
from annotator.tui.theme import Theme

Rows = list[list[Piece]]

ANNOTATORS = "annotators"
"""The rule of suggestions that are annotators' versions."""


def statements(state: ReviewState, theme: Theme, width: int, height: int) -> Rows:
    """The cards of the paragraph, by pages: the one with the card in focus, or of what the focus stands in."""
    shown, anchor = False, _anchor(state)
    head: Rows = [[(f"STATEMENTS {len(state.cards) or ''}", theme.muted)], []]
    if not state.cards:
        return [
            head[0],
            [],
            *paragraphs("none in this paragraph yet; s on a claim begins one", width, theme.muted),
        ]
    # Whole pages, so that going from card to card moves nothing until the page is through.
    room = height - len(head)
    page: Rows = []
    for card in state.cards:
        rows = _kept_rows(state, card, theme, width)
        if page and len(page) + len(rows) > room:
            if shown:
                break
            page = []
        shown = shown or card is anchor
        page += [*rows, []]
    return [*head, *page[:room]]


def _anchor(state: ReviewState) -> Card | None:
    """The card in focus; else the first one that ends after the item in focus begins."""
    for card in state.cards:
        if _focused(state, card):
            return card
    value = state.focused.value if state.focused else None
    at = value.start if isinstance(value, Span) else state.bounds[0]
    return next(
        (c for c in state.cards if isinstance(c.target.value, Span) and c.target.value.end > at), None
    )


_made: dict[tuple[int, str | None, int, str], tuple[Card, Rows]] = {}


def _kept_rows(state: ReviewState, card: Card, theme: Theme, width: int) -> Rows:
    """The rows of a card, kept as long as the card is the same one and the focus in it too."""
    focus = (state.focus if state.draft is None else card.target.id) if _focused(state, card) else None
    key = (id(card), focus, width, theme.name)
    known = _made.get(key)
    if known is None or known[0] is not card:
        if len(_made) > 500:
            _made.clear()
        # The card is kept with its rows, so that its id stays its own.
        known = _made[key] = (card, card_rows(state, card, theme, width))
    return known[1]


def focus_card(state: ReviewState, theme: Theme, width: int, height: int) -> Rows:
    """The card in focus, for a strip under the text; what an item is that belongs to no card."""
    card = next((c for c in state.cards if _focused(state, c)), None)
    if card is not None:
        return card_rows(state, card, theme, width, quote=max(1, height - max(1, len(card.stances)) - 1))[
            :height
        ]
    return [item_line(state, theme, width)]


def item_line(state: ReviewState, theme: Theme, width: int) -> list[Piece]:
    """One line on the item in focus."""
    item = state.focused
    if item is None or not isinstance(item.value, Span):
        return []
    quote = state.document.quote(item.value.start, item.value.end)
    details = describe(item)
    return justify([("▸ ", theme.strong), (f"“{quote}”", PLAIN), (f"  {details}", theme.muted)], [], width)


def describe(item: Item) -> str:
    """Label, attributes and standing of an item, in a few words."""
    value = item.value
    parts = [f"{value.layer} {value.label}"]
    if isinstance(value, Span) and value.entity:
        parts.append(f"= {value.entity}")
    for name, held in value.attributes.items():
        parts.append(
            "; ".join(map(str, held))
            if isinstance(held, list)
            else str(held)
            if name != "strength"
            else "!" * int(held)
        )
    parts.append(standing(item))
    if item.note:
        parts.append(f"note: {item.note}")
    return " · ".join(parts)


def standing(item: Item) -> str:
    """What became of an item, in a word."""
    if item.pending:
        skipped = item.standing is not None
        if skipped or item.suggestion is None:
            return "skipped" if skipped else "suggested"
        # In review the proposals are the annotators' own.
        by = item.suggestion.suggester if item.suggestion.rule == ANNOTATORS else "suggested"
        return f"{by} {round(item.suggestion.score * 100)}%"
    assert item.standing is not None
    return item.standing.status.value


def _focused(state: ReviewState, card: Card) -> bool:
    if state.draft is not None:
        return card.target.id == state.draft.target
    ids = {card.target.id, *(s.relation.id for s in card.stances)}
    return state.focus in ids


def card_rows(state: ReviewState, card: Card, theme: Theme, width: int, *, quote: int = 3) -> Rows:
    """One card: a line for each holder with the side taken, then what it is about."""
    focused = _focused(state, card)
    rows = [_stance_row(state, s, theme, width, card) for s in card.stances]
    if not rows:
        rows = [[("▸ " if focused else "  ", theme.strong), (_no_holder(card.target), theme.muted)]]
    span = card.target.value
    assert isinstance(span, Span)
    layer = state.schema.layer(span.layer)
    ink = theme.ink(layer.color if layer else "grey")
    text = f"“{state.document.quote(span.start, span.end)}”"
    style = theme.strong if state.focus == card.target.id else (theme.muted if card.target.pending else PLAIN)
    rows += paragraphs(text, width, style, indent="    ", limit=quote)
    concept = _concept(state, card.target)
    if concept:
        rows += paragraphs(f"= {concept}", width, theme.muted, indent="    ", limit=2)
    details = [
        span.label,
        *(str(v) for n, v in span.attributes.items() if isinstance(v, str) and v != concept),
    ]
    tail = [(standing(card.target), theme.muted)]
    rows.append(
        justify(
            [("    ", PLAIN), (details[0], ink), (" · ".join(["", *details[1:]]), theme.muted)], tail, width
        )
    )
    return rows


def _no_holder(target: Item) -> str:
    how = target.value.attributes.get("attribution")
    if how == "author":
        return "author asserts"
    return "somebody (no holder yet)" if how in ("direct", "indirect") else "nobody holds this yet"


def _concept(state: ReviewState, item: Item) -> str:
    layer = state.schema.layer(item.value.layer)
    attribute = layer.attribute_of_type("concept") if layer else None
    held = item.value.attributes.get(attribute.name) if attribute else None
    return "; ".join(map(str, held)) if isinstance(held, list) else str(held or "")


def _stance_row(state: ReviewState, stance: Stance, theme: Theme, width: int, card: Card) -> list[Piece]:
    """`▸ Iran + support            suggested`."""
    relation = stance.relation.value
    assert isinstance(relation, Relation)
    focused = state.focus == relation.id
    layer = state.schema.layer(relation.layer)
    label = layer.label(relation.label) if layer else None
    who = "author"
    color = "grey"
    if stance.holder is not None and isinstance(stance.holder.value, Span):
        span = stance.holder.value
        who = span.entity or state.document.quote(span.start, span.end)
        holder_layer = state.schema.layer(span.layer)
        color = holder_layer.color if holder_layer else "grey"
    marker = "▸ " if focused or (_focused(state, card) and state.focus == card.target.id) else "  "
    side = f" {label.symbol if label else '?'} {relation.label}"
    strong = theme.strong if focused else Style()
    right: list[Piece] = [(" " + standing(stance.relation), theme.muted)]
    left: list[Piece] = [
        (marker, theme.strong),
        (clip(who, max(4, width - len(side) - 4 - len(right[0][0]))), theme.ink(color) + strong),
        (side, theme.ink(layer.color if layer else "grey") + strong),
    ]
    return justify(left, right, width)


def lint(state: ReviewState) -> Sequence[tuple[str, str]]:
    """What looks unfinished or contradictory in the paragraph's decided annotations, each with the item it is
    about; never in the way."""
    found: list[tuple[str, str]] = []
    for card in state.cards:
        if card.target.pending:
            continue
        stances = [s for s in card.stances if not s.relation.pending]
        how = card.target.value.attributes.get("attribution")
        if not stances and how in ("direct", "indirect"):
            found.append(("a claim without a holder", card.target.id))
        sides: dict[str, set[str]] = {}
        for stance in stances:
            value = stance.relation.value
            assert isinstance(value, Relation)
            span = stance.holder.value if stance.holder else None
            name = (span.entity if isinstance(span, Span) else None) or value.source
            sides.setdefault(name, set()).add(value.label)
        if any({"support", "oppose"} <= labels for labels in sides.values()):
            found.append(("one holder on both sides of a claim", card.target.id))
    return [*found, *_two_names(state)]


def _two_names(state: ReviewState) -> list[tuple[str, str]]:
    """Mentions whose text stands for another entity elsewhere in the document."""
    names: dict[tuple[str, str], str] = {}
    for span in state.annotations.spans():
        if span.entity and span.attributes.get("mention", "name") == "name":
            names.setdefault((span.layer, state.document.quote(span.start, span.end)), span.entity)
    return [
        (f"“{quote}” is {other} elsewhere", span.id)
        for span in state.annotations.spans(state.paragraph)
        if span.entity
        and (quote := state.document.quote(span.start, span.end))
        and (other := names.get((span.layer, quote), span.entity)) != span.entity
    ]


__all__ = ["card_rows", "describe", "focus_card", "item_line", "lint", "standing", "statements"]
