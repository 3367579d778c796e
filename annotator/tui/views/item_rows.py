"""The item in focus in rows: what it is, its name, its attributes, its flag and its note."""

from __future__ import annotations

from annotator.model.decision_text import both_ends, holder_of
from annotator.model.items import Item
from annotator.model.review import ReviewState
from annotator.model.schema import Attribute
from annotator.model.span import Span, Value
from annotator.model.sureness import sureness
from annotator.tui.styled_rows import PLAIN, Piece, justify, paragraphs, width_of
from annotator.tui.theme import Theme

Rows = list[list[Piece]]

ANNOTATORS = "annotators"
"""The rule name of suggestions that are annotators' versions."""

ITEM_ROWS = 3
"""The number of rows under the statements that are reserved for the item in focus."""


def own_rows(state: ReviewState, width: int) -> Rows:
    """The item in focus in full, in `ITEM_ROWS` rows: layer, label and name (a long name begins in
    the second row); then its status, attributes, flag and note. The rows have no style of their
    own, since every move writes them again."""
    item = state.focused
    if item is None:
        return []
    what = f"{item.value.layer} {item.value.label}"
    named = (
        name_words(state, item)
        if isinstance(item.value, Span)
        else f"of {holder_of(state, item.value)}"
    )
    whole = f"{what}{'' if named[:2] in ('= ', 'of') else ','} {named}" if named else what
    fits = width_of([(whole, PLAIN)]) <= width - 2
    rest = " · ".join([*([] if fits else [named]), standing(item), *_rest(state, item)])
    more = paragraphs(rest, width, indent="  ", limit=ITEM_ROWS - 1)
    return [[marker(True), (whole if fits else what, PLAIN)], *more]


def item_rows(state: ReviewState, theme: Theme, width: int) -> Rows:
    """The same with the text of the item, for a strip as wide as the screen: at most three rows."""
    item = state.focused
    if item is None:
        return []
    tail: list[Piece] = [(f" {standing(item)}", theme.muted)]
    what = f"{item.value.layer} {item.value.label}"
    if not isinstance(item.value, Span):
        text = f"a stance without a target  {what}"
        return [justify([marker(True), (text, theme.muted)], tail, width)]
    room = max(8, width - width_of([(what, PLAIN), *tail]) - 8)
    quote = both_ends(state.document.quote(item.value.start, item.value.end), room)
    head = justify([marker(True), (f"“{quote}”", PLAIN), (f"  {what}", theme.muted)], tail, width)
    rest = " · ".join(part for part in (name_words(state, item), *_rest(state, item)) if part)
    return [head, *paragraphs(rest, width, theme.muted, indent="  ", limit=2)] if rest else [head]


def name_words(state: ReviewState, item: Item) -> str:
    """The entity or the concepts of an item as `= Iran`, or as `= Iran?` if only proposed and not
    sure; a note that it has none yet, if its layer can have one."""
    proposed = state.proposed_name(item)
    if proposed is not None:
        return f"= {proposed.entity}{'' if item.pending and proposed.sure else '?'}"
    layer = state.schema.layer(item.value.layer)
    for kind in ("entity", "concept"):
        if isinstance(item.value, Span) and layer is not None and layer.attribute_of_type(kind):
            held = item.value.entity if kind == "entity" else concept_words(state, item)
            return f"= {held}" if held else f"no {kind}"
    return ""


def _rest(state: ReviewState, item: Item) -> list[str]:
    """The attributes of an item except names, its flag and its note."""
    found = [*attribute_list(state, item), *(["flagged"] if item.flagged else [])]
    return [*found, f"note: {item.note}"] if item.note else found


def attribute_list(state: ReviewState, item: Item) -> list[str]:
    """The attributes of an item except names, in the order of the schema."""
    layer = state.schema.layer(item.value.layer)
    found: list[str] = []
    proposed = state.proposed_name(item) is not None
    attributes = item.value.attributes
    known = [a.name for a in layer.attributes if a.name in attributes] if layer else []
    for name in dict.fromkeys((*known, *attributes)):
        held = attributes[name]
        if proposed and name == "mention":
            continue  # It comes with the name, from the words.
        attribute = layer.attribute(name) if layer else None
        if attribute is None or attribute.type not in ("entity", "concept"):
            found.append(attribute_words(state, name, held, attribute))
    return found


def attribute_words(state: ReviewState, name: str, held: Value, attribute: Attribute | None) -> str:
    """The value of an attribute as it is shown: a choice alone, a number with the attribute's name,
    a stretch of text as a quotation."""
    if isinstance(held, list):
        if attribute is not None and attribute.type == "span":
            quote = state.document.quote(int(held[0]), int(held[1]))
            return f"{name} “{both_ends(quote, 24)}”"
        return "; ".join(map(str, held))
    return f"{name} {held}" if isinstance(held, int) else str(held)


def standing(item: Item, *, short: bool = False) -> str:
    """The status of an item in a word; for a suggestion, also how sure it is (`suggested: fair`),
    and with `short` only that."""
    if item.pending:
        # An item with a note or a flag still waits for its decision.
        skipped = not item.undecided
        if skipped or item.suggestion is None:
            return "skipped" if skipped else "suggested"
        # In review the proposals are the annotators' own.
        by = item.suggestion.suggester if item.suggestion.rule == ANNOTATORS else "suggested"
        score = sureness(item.suggestion.score)
        return score if short and by == "suggested" else f"{by}: {score}"
    assert item.standing is not None
    return item.standing.status.value


def concept_words(state: ReviewState, item: Item) -> str:
    layer = state.schema.layer(item.value.layer)
    attribute = layer.attribute_of_type("concept") if layer else None
    held = item.value.attributes.get(attribute.name) if attribute else None
    return "; ".join(map(str, held)) if isinstance(held, list) else str(held or "")


def marker(here: bool) -> Piece:
    return ("▸ " if here else "  ", PLAIN)


__all__ = [
    "ITEM_ROWS",
    "Rows",
    "attribute_list",
    "attribute_words",
    "concept_words",
    "item_rows",
    "marker",
    "name_words",
    "own_rows",
    "standing",
]
