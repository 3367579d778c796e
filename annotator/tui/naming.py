"""What can be written into the item in focus: entity or concept, and a label from a list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from annotator.model import actions as do
from annotator.model.review import Mode, ReviewState
from annotator.model.span import Span, Value
from annotator.project import Known
from annotator.tui.offers import Offer


@dataclass(frozen=True, slots=True)
class NameField:
    """The canonical name of an item: `kind` is entity or concept, `name` the attribute that holds it."""

    kind: str
    name: str
    value: str
    about: str
    multiple: bool
    form: str = ""
    """The text of the item, with single blanks."""


def field_of(state: ReviewState) -> NameField | None:
    """The field of the item in focus, if its layer has one."""
    item = state.focused
    if item is None or not isinstance(item.value, Span):
        return None
    layer = state.schema.layer(item.value.layer)
    if layer is None:
        return None
    quote = state.document.quote(item.value.start, item.value.end)
    about = f"“{quote if len(quote) < 50 else quote[:48] + '…'}”"
    form = " ".join(quote.split())
    entity = layer.attribute_of_type("entity")
    if entity is not None:
        return NameField("entity", "entity", item.value.entity or "", about, entity.multiple, form)
    concept = layer.attribute_of_type("concept")
    if concept is None:
        return None
    held = item.value.attributes.get(concept.name, "")
    value = "; ".join(map(str, held)) if isinstance(held, list) else str(held)
    return NameField("concept", concept.name, value, about, concept.multiple, form)


def offers(field: NameField, known: Sequence[Known]) -> list[Offer]:
    """The names in use, those first that stood for the same text before, with the forms they go by."""
    form = field.form.casefold()

    def times(name: Known) -> int:
        return sum(number for alias, number in name.aliases.items() if alias.casefold() == form)

    ranked = sorted(known, key=lambda name: -times(name))
    return [
        Offer(
            name.name,
            f"{name.count}  {', '.join(list(name.aliases)[:4])}"
            if field.kind == "entity"
            else str(name.count),
            tuple(name.aliases) if field.kind == "entity" else (),
            remembered=times(name) > 0,
        )
        for name in ranked
    ]


def set_to(field: NameField, answer: str) -> do.SetAttribute:
    """The action that writes the answer; an empty one clears the field, `;` parts several concepts."""
    text = answer.strip()
    value: Value | None = text or None
    if field.multiple and text:
        value = [part.strip() for part in text.split(";") if part.strip()]
    return do.SetAttribute(field.name, value)


def labels(state: ReviewState) -> list[tuple[str, str, do.ReviewAction]]:
    """Every label that the selection, or the stance in the making, may have: name, key, action. Where two layers
    have a label of one name, the layer stands before it."""
    if state.mode is Mode.SIDE and state.draft is not None:
        layer = state.schema.layer(state.draft.layer)
        sides = layer.labels if layer is not None else ()
        return [(label.name, label.key, do.ChooseSide(label.name)) for label in sides]
    every = [(layer, label) for layer in state.schema.span_layers for label in layer.labels]
    twice = {name for name, n in Counter(label.name for _, label in every).items() if n > 1}
    return [
        (f"{layer.name}: {label.name}" if label.name in twice else label.name,
         f"{label.key}  {layer.name}" if label.key else f"   {layer.name}", do.SetLabel(layer.name, label.name))
        for layer, label in every
    ]  # fmt: skip


__all__ = ["NameField", "field_of", "labels", "offers", "set_to"]
