"""The canonical names that a span bears: entities of actors, concepts of claims."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal, TypeAlias

from annotator.model.schema import LabelSchema
from annotator.model.span import Span, Value

Kind: TypeAlias = Literal["entity", "concept"]

Concepts: TypeAlias = Mapping[str, tuple[str, bool]]
"""Layer -> the attribute that holds its concepts, and whether it holds several."""


def concepts_of(schema: LabelSchema) -> Concepts:
    """Where the concepts of a schema's layers are held."""
    found = ((layer.name, layer.attribute_of_type("concept")) for layer in schema.layers)
    return {name: (attribute.name, attribute.multiple) for name, attribute in found if attribute}


def names_of(span: Span, concepts: Concepts) -> list[tuple[Kind, str]]:
    """Kind and name; several entities of a plural are divided by semicolons."""
    names: list[tuple[Kind, str]] = []
    for part in (span.entity or "").split(";"):
        if part.strip():
            names.append(("entity", part.strip()))
    held = span.attributes.get(concepts[span.layer][0]) if span.layer in concepts else None
    several = held if isinstance(held, list) else [held] if held else []
    names += [("concept", str(one)) for one in several]
    return list(dict.fromkeys(names))


def renamed(span: Span, concepts: Concepts, kind: Kind, old: str, new: str) -> Span:
    """The span with `new` in place of the name `old`, once; the same span when it does not bear it."""
    names = [name for own, name in names_of(span, concepts) if own == kind]
    if old not in names:
        return span
    changed = list(dict.fromkeys(new if name == old else name for name in names))
    if kind == "entity":
        return replace(span, entity="; ".join(changed))
    attribute, multiple = concepts[span.layer]
    value: Value = changed if multiple else changed[0]
    return replace(span, attributes={**span.attributes, attribute: value})


__all__ = ["Concepts", "Kind", "concepts_of", "names_of", "renamed"]
