"""The fields of an annotation besides its place and label: entity, concept and the other
attributes. This module reads, compares and writes all of them in one way."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace

from annotator.model.names import NameKind, names_held
from annotator.model.schema import Attribute, LabelSchema, Layer
from annotator.model.span import Annotation, Span, Value
from annotator.model.text import as_read


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a layer's annotations. `entity` marks the one outside the attributes, `concept`
    that of concepts, `pair` a stretch of text; where `agree` is false, annotators need not agree on
    it; `order` are the values of a choice."""

    name: str
    entity: bool = False
    concept: bool = False
    agree: bool = True
    pair: bool = False
    order: tuple[str, ...] = ()
    default: str | int | None = None

    def of(self, value: Annotation) -> Value | None:
        """The content of this field in an annotation; None for nothing, however that is written."""
        if self.entity:
            held: Value | None = value.entity if isinstance(value, Span) else None
        else:
            held = value.attributes.get(self.name)
        return None if held is None or held in ("", []) else held

    def key(self, value: Annotation) -> Hashable:
        """A key that is equal for equal contents. The order of several values or entities does not
        count, and neither do differences that a reader cannot see."""
        held = self.of(value)
        if held is not None and (self.entity or self.concept):
            kind: NameKind = "entity" if self.entity else "concept"
            return frozenset(names_held(kind, held))
        if isinstance(held, list):
            return tuple(held) if self.pair else frozenset(map(_plain, held))
        return _plain(held)

    def put(self, value: Annotation, held: Value | None) -> Annotation:
        """The annotation with another content of this field; None takes it away."""
        if self.entity:
            name = held if isinstance(held, str) else None
            return replace(value, entity=name) if isinstance(value, Span) else value
        rest = {name: old for name, old in value.attributes.items() if name != self.name}
        return replace(value, attributes=rest if held is None else {**rest, self.name: held})


def _plain(held: str | int | None) -> Hashable:
    return as_read(held) if isinstance(held, str) else held


def fields_of(
    layer: str, schema: LabelSchema | None, values: Iterable[Annotation] = ()
) -> tuple[Field, ...]:
    """The fields of a layer in the order of the schema; without one, all that the values hold."""
    known = schema.layer(layer) if schema is not None else None
    if known is None:
        every = sorted({name for value in values for name in value.attributes})
        return (Field("entity", entity=True), *(Field(name) for name in every))
    listed = list(fields_of_layer(known))
    # Annotators need not agree on fields that the schema does not list, but the first annotator
    # must not decide them either.
    names = {field.name for field in listed}
    held = list(values)
    named = any(isinstance(value, Span) and value.entity for value in held)
    if named and not any(field.entity for field in listed):
        listed.append(Field("entity", entity=True, agree=False))
    others = sorted({name for value in held for name in value.attributes} - names)
    return (*listed, *(Field(name, agree=False) for name in others))


def fields_of_layer(layer: Layer) -> tuple[Field, ...]:
    """The fields that the schema lists for a layer, in its order."""
    return tuple(_field(attribute) for attribute in layer.attributes)


def _field(attribute: Attribute) -> Field:
    """An attribute of the schema as a field."""
    kind, values = attribute.type, attribute.values if attribute.type == "choice" else ()
    return Field(
        attribute.name,
        kind == "entity",
        kind == "concept",
        attribute.agree,
        kind == "span",
        values,
        attribute.default,
    )


def content(value: Annotation, fields: Sequence[Field]) -> str:
    """The contents of some fields as text, which is equal for equal contents and gives a total
    order."""
    return _AS_TEXT.encode([_sortable(field.key(value)) for field in fields])


_AS_TEXT = json.JSONEncoder(ensure_ascii=False)


def _sortable(key: Hashable) -> object:
    if isinstance(key, frozenset):
        return sorted(map(str, key))
    return list(key) if isinstance(key, tuple) else key


__all__ = ["Field", "content", "fields_of", "fields_of_layer"]
