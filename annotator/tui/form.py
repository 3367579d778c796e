"""Everything about a statement as fields of a form: the values of each field, and the actions that
change it.

Pure: a screen shows the fields and asks for values, and this module turns the answers into actions
of the model.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from annotator.model import actions as do
from annotator.model.decision_text import both_ends, holder_of
from annotator.model.items import Card, Item
from annotator.model.review import ReviewState
from annotator.model.schema import Attribute, Layer
from annotator.model.span import AUTHOR, Relation, Span, Value

FieldKind = Literal[
    "label", "holder", "bounds", "choice", "integer", "text", "entity", "concept", "note", "flag"
]

LETTERS = "abcdefghilmnoprsuvwxyz"
"""Letters that lead to a field; `j`, `k`, `q` and `t` move and leave."""

LONGEST = 60
"""The number of code points of a quotation in a field."""


@dataclass(frozen=True, slots=True)
class FormField:
    """One field of an item. `values` are the possible values, if they can be listed, and `held`
    those it has. Pressing `letter` goes to it, and `heading` begins a new part of the form."""

    item: str
    kind: FieldKind
    name: str
    text: str
    letter: str = ""
    values: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    multiple: bool = False
    heading: str = ""


def fields(state: ReviewState) -> list[FormField]:
    """The fields of the statement in focus, those of the stance in focus first. For an item outside
    any statement, its own fields; empty without a focus."""
    item = state.focused
    if item is None:
        return []
    found: list[FormField] = []
    for one in _parts(state, item):
        own = list(_of_item(state, one))
        found += [_headed(state, one, own[0]), *own[1:]]
    return [
        FormField(f.item, f.kind, f.name, f.text, letter, f.values, f.held, f.multiple, f.heading)
        for f, letter in zip(found, [*LETTERS, *[""] * len(found)], strict=False)
    ]


def _parts(state: ReviewState, item: Item) -> list[Item]:
    """The stance in focus, the other stances of its statement, and what they are about."""
    target = item.value.target if isinstance(item.value, Relation) else item.id
    card: Card | None = next((c for c in state.cards if c.target.id == target), None)
    if card is None:
        return [item]
    stances = sorted((s.relation for s in card.stances), key=lambda one: one.id != item.id)
    return [*stances, card.target] if item.id != card.target.id else [card.target, *stances]


def _headed(state: ReviewState, item: Item, first: FormField) -> FormField:
    what = item.value.layer.upper()
    if isinstance(item.value, Relation):
        what += f" of {holder_of(state, item.value)}"
    return FormField(
        first.item,
        first.kind,
        first.name,
        first.text,
        "",
        first.values,
        first.held,
        first.multiple,
        what,
    )


def _of_item(state: ReviewState, item: Item) -> Iterator[FormField]:
    value = item.value
    layer = state.schema.layer(value.layer)
    if isinstance(value, Relation):
        yield FormField(item.id, "holder", "holder", holder_of(state, value))
    else:
        quote = both_ends(state.document.quote(value.start, value.end), LONGEST)
        yield FormField(item.id, "bounds", "text", f"“{quote}”")
    if layer is None:
        return
    title = "side" if isinstance(value, Relation) else "label"
    labels = tuple(label.name for label in layer.labels)
    yield FormField(item.id, "label", title, value.label, values=labels, held=(value.label,))
    for attribute in layer.attributes:
        yield _of_attribute(state, item, attribute)
    yield FormField(item.id, "note", "note", item.note)
    yield FormField(
        item.id,
        "flag",
        "flag",
        "yes" if item.flagged else "",
        values=("yes",),
        held=("yes",) * item.flagged,
    )


def _of_attribute(state: ReviewState, item: Item, attribute: Attribute) -> FormField:
    """The field of an attribute; an entity has a key of its own in the record."""
    value = item.value
    own: Value | None = value.attributes.get(attribute.name)
    if attribute.type == "entity" and isinstance(value, Span):
        own = value.entity
    if attribute.type == "span":
        return FormField(item.id, "bounds", attribute.name, _quoted(state, own))
    held = tuple(map(str, own)) if isinstance(own, list) else () if own is None else (str(own),)
    choices = attribute.values if attribute.type == "choice" else ()
    return FormField(
        item.id,
        attribute.type,
        attribute.name,
        "; ".join(held),
        values=_numbers(attribute) if attribute.type == "integer" else choices,
        held=held,
        multiple=attribute.multiple,
    )


def _quoted(state: ReviewState, held: Value | None) -> str:
    """The words of a stretch of text, in quotation marks; empty if there is none."""
    if not isinstance(held, list) or len(held) != 2:
        return ""
    quote = state.document.quote(int(held[0]), int(held[1]))
    return f"“{both_ends(quote, LONGEST)}”" if quote else ""


def _numbers(attribute: Attribute) -> tuple[str, ...]:
    """The numbers that an attribute may hold, if they are few enough to be shown."""
    low, high = attribute.minimum, attribute.maximum
    if low is None or high is None or high - low > 11:
        return ()
    return tuple(map(str, range(low, high + 1)))


def choose(state: ReviewState, field: FormField, value: str) -> list[do.ReviewAction]:
    """The actions that give a field one of its values. Choosing the present value removes it, if
    the field may be empty."""
    there = do.FocusItem(field.item)
    if field.kind == "flag":
        return [there, do.Flag()]
    layer = _layer(state, field)
    if field.kind == "label":
        return [there, do.SetLabel(layer.name, value)] if layer is not None else []
    if field.kind == "holder":
        return [there, do.SetHolder(value)]
    if field.multiple:
        left = [one for one in field.held if one != value]
        several = left if value in field.held else [*left, value]
        return [there, do.SetAttribute(field.name, several or None)]
    if value in field.held:
        return [there, do.SetAttribute(field.name, None)]
    return [there, do.SetAttribute(field.name, int(value) if field.kind == "integer" else value)]


def write(field: FormField, answer: str) -> list[do.ReviewAction]:
    """The actions that write an answer into a field. An empty answer clears it; `;` separates
    several values."""
    there, text = do.FocusItem(field.item), answer.strip()
    if field.kind == "note":
        return [there, do.Note(text)]
    if field.kind == "integer":
        return [there, do.SetAttribute(field.name, int(text) if text else None)]
    if field.multiple:
        several = [part.strip() for part in text.split(";") if part.strip()]
        return [there, do.SetAttribute(field.name, several or None)]
    return [there, do.SetAttribute(field.name, text or None)]


def problem(state: ReviewState, field: FormField, answer: str) -> str:
    """Why a field cannot take an answer; empty if it can."""
    text = answer.strip()
    layer = _layer(state, field)
    attribute = layer.attribute(field.name) if layer is not None else None
    if attribute is None or not text:
        return ""
    if field.kind == "integer":
        if not text.lstrip("-").isdigit():
            return "write a whole number"
        return attribute.problem([int(text)] if field.multiple else int(text)) or ""
    return ""


def holders(state: ReviewState, field: FormField) -> list[tuple[str, str]]:
    """Who may hold the stance of a field: ids and names, with the author first if the layer allows
    it."""
    layer = _layer(state, field)
    item = state.find(field.item)
    if layer is None or item is None or not isinstance(item.value, Relation):
        return []
    found = [(AUTHOR, "the author")] if layer.admits_author() else []
    for one in state.items:
        if (
            isinstance(one.value, Span)
            and one.value.layer in layer.sources
            and one.id != item.value.target
        ):
            quote = both_ends(state.document.quote(one.value.start, one.value.end), 40)
            name = one.value.entity
            found.append((one.id, f"{quote} = {name}" if name and name != quote else quote))
    return found


def _layer(state: ReviewState, field: FormField) -> Layer | None:
    item = state.find(field.item)
    return state.schema.layer(item.value.layer) if item is not None else None


def at(found: Sequence[FormField], *, item: str | None, letter: str = "") -> int:
    """The index of the field with a letter, or else of the first field of an item; 0 if there is
    neither."""
    for i, field in enumerate(found):
        if (letter and field.letter == letter) or (not letter and field.item == item):
            return i
    return 0


__all__ = ["FormField", "at", "choose", "fields", "holders", "problem", "write"]
