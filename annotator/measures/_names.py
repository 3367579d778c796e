"""Names as values that can be compared: entities, and sets of concepts."""

from __future__ import annotations

from annotator.model.names import names_held, parted
from annotator.model.schema import Attribute, Layer
from annotator.model.span import Annotation, Span
from annotator.model.text import as_read

_TAKEN = frozenset(
    ("label", "side", "bounds", "missing", "holder", "target", "aligned", "exact", "pairs")
)
"""What figures and differences are called whatever the schema is."""


def called(attribute: str) -> str:
    """The word for an attribute among figures and differences."""
    return f"{attribute} (attribute)" if attribute in _TAKEN else attribute


def names_in(item: Annotation, attribute: Attribute) -> frozenset[str]:
    """The names (or values) that an annotation has in an attribute; empty if it has none. The
    contrary of a concept counts as that concept, since it reverses the side and not the subject."""
    if attribute.type == "entity":
        return frozenset(entities_in(item))
    if attribute.type == "concept":
        return frozenset(name for name, _ in concepts_in(item, attribute.name))
    return frozenset(_values_in(item, attribute.name))


def entities_in(item: Annotation) -> list[str]:
    """The entities of an annotation, each once; several are separated by semicolons."""
    held = item.entity if isinstance(item, Span) else None
    return names_held("entity", held) if held else []


def concepts_in(item: Annotation, attribute: str) -> list[tuple[str, bool]]:
    """The concepts that an annotation has in an attribute, each with whether it was the contrary
    (`not: `)."""
    held = item.attributes.get(attribute)
    return [] if held is None else [parted(name) for name in names_held("concept", held)]


def _values_in(item: Annotation, attribute: str) -> list[str]:
    """The values of an attribute as they are read, without empty ones."""
    held = item.attributes.get(attribute)
    several = held if isinstance(held, list) else [] if held is None else [held]
    return [value for one in several if (value := as_read(str(one)))]


def named(layer: Layer) -> list[Attribute]:
    """The attributes of a layer that hold names, or several values at once."""
    return [a for a in layer.attributes if a.type in ("entity", "concept") or a.multiple]


__all__ = ["called", "concepts_in", "entities_in", "named", "names_in"]
