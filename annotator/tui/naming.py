"""What can be written into the item in focus: entity, concept, label, attributes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from annotator.model import actions as do
from annotator.model.review import ReviewState
from annotator.model.span import Relation, Span, Value
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


def choices(state: ReviewState) -> list[tuple[str, str, do.ReviewAction]]:
    """Every label and attribute value that the item in focus may have, with a note and the action."""
    item = state.focused
    layer = state.schema.layer(item.value.layer) if item else None
    if item is None or layer is None:
        return []
    out: list[tuple[str, str, do.ReviewAction]] = []
    if isinstance(item.value, Relation):
        out += [("change the side", layer.name, do.StartStance())]
    else:
        now = (item.value.layer, item.value.label)
        layers = (layer, *(x for x in state.schema.span_layers if x.name != layer.name))
        out += [
            (f"{x.name}: {label.name}", "now" if (x.name, label.name) == now else "",
             do.SetLabel(x.name, label.name))
            for x in layers for label in x.labels
        ]  # fmt: skip
    for attribute in layer.attributes:
        values: tuple[str | int, ...] = attribute.values
        if attribute.type == "integer" and attribute.minimum is not None and attribute.maximum is not None:
            values = tuple(range(attribute.minimum, attribute.maximum + 1))
        held = item.value.attributes.get(attribute.name)
        out += [
            (
                f"{attribute.name} = {value}",
                "now" if held == value else "",
                do.SetAttribute(attribute.name, value),
            )
            for value in values
        ]
        if held is not None and values:
            out.append((f"{attribute.name} = (none)", "clear it", do.SetAttribute(attribute.name, None)))
    return out


__all__ = ["NameField", "choices", "field_of", "offers", "set_to"]
