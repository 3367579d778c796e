"""Features of annotations in a CAS: which are values, and which refer to other annotations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from annotator.formats._foreign import ForeignFile, ForeignWork
from annotator.model.schema import LabelSchema, Layer

_PLACE = {"sofa", "begin", "end", "Governor", "Dependent", "type", "xmiID"}
_SAID = {"id", "label", "value"}
_NOT_A_LETTER = re.compile(r"[^0-9A-Za-z_]+")


def feature_names(layer: Layer) -> dict[str, str]:
    """Attribute -> the feature that holds it. UIMA wants a letter, then letters, digits and `_`,
    and some names mean something else there, so some attributes need another name."""
    taken = {name.lower() for name in _PLACE | _SAID}
    found: dict[str, str] = {}
    for attribute in layer.attributes:
        plain = _NOT_A_LETTER.sub("_", attribute.name)
        free = plain if plain[:1].isalpha() else f"a_{plain}"
        while free.lower() in taken:
            free = f"{free}_"
        taken.add(free.lower())
        found[attribute.name] = free
    return found


def _attribute_names(schema: LabelSchema) -> dict[str, str]:
    """Feature -> the attribute that it holds, where the two have different names."""
    pairs = [pair for layer in schema.layers for pair in feature_names(layer).items()]
    return {feature: name for name, feature in pairs if feature != name}


def add_features(foreign: ForeignFile, work: ForeignWork, name: str, one: Any) -> None:
    """Add the features of an annotation to the item with its `name`: every value of a list is a
    value. Links to other annotations are left out and reported."""
    several, names = _multiple(foreign.schema), _attribute_names(foreign.schema)
    links = 0
    for feature in sorted({f.name for f in one.type.all_features} - _PLACE - _SAID):
        called = names.get(feature, feature)
        for value in _values(getattr(one, feature, None)):
            if isinstance(value, str | int | float):
                text = str(value)
                for part in text.split("; ") if called in several else [text]:
                    if part:
                        foreign.more(work, name, called, part)
            elif value is not None:
                links += 1
    if links:
        message = f"its links to other annotations are not read: {links:,}"
        foreign.report.left_out(
            "links to other annotations", message, line=work.line, key=name, count=links
        )


def _values(held: Any) -> Iterator[Any]:
    """The value of a feature, or all values of an array."""
    elements = getattr(held, "elements", held)
    if isinstance(elements, list | tuple):
        yield from elements
    else:
        yield held


def _multiple(schema: LabelSchema) -> set[str]:
    """The names of attributes with several values."""
    return {a.name for layer in schema.layers for a in layer.attributes if a.multiple}


__all__ = ["add_features", "feature_names"]
