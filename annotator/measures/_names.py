"""Names as values that can be compared: entities, and sets of concepts."""

from __future__ import annotations

from annotator.model.names import CONTRARY
from annotator.model.schema import Attribute, Layer
from annotator.model.span import Annotation, Span
from annotator.model.text import as_read


def turned(concept: str) -> tuple[str, bool]:
    """The concept without `not: `, and whether that turned it round."""
    contrary = False
    while concept.startswith(CONTRARY):
        concept, contrary = concept.removeprefix(CONTRARY).strip(), not contrary
    return concept, contrary


def names_in(item: Annotation, attribute: Attribute) -> frozenset[str]:
    """The names (or values) that an annotation has of an attribute; empty where it has none.

    Several entities of a plural are divided by semicolons; the contrary of a concept is that
    concept, since it turns the side and not what is spoken of.
    """
    if attribute.type == "entity":
        held: object = item.entity if isinstance(item, Span) else None
        parts = str(held or "").split(";")
        return frozenset(as_read(part) for part in parts if part.strip())
    held = item.attributes.get(attribute.name)
    several = held if isinstance(held, list) else [] if held is None else [held]
    values = (as_read(str(one)) for one in several)
    if attribute.type == "concept":
        return frozenset(turned(value)[0] for value in values if value)
    return frozenset(value for value in values if value)


def named(layer: Layer) -> list[Attribute]:
    """The attributes of a layer that hold names, or several values at once."""
    return [
        a
        for a in layer.attributes
        if a.type in ("entity", "concept") or (a.multiple and a.type != "span")
    ]


__all__ = ["named", "names_in", "turned"]
