"""Features of annotations in a CAS: which are values, and which refer to other annotations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from annotator.formats._foreign import ForeignFile, ForeignWork
from annotator.model.schema import LabelSchema

_PLACE = {"sofa", "begin", "end", "Governor", "Dependent", "type", "xmiID"}
_SAID = {"id", "label", "value"}


def add_features(foreign: ForeignFile, work: ForeignWork, name: str, one: Any) -> None:
    """Add the features of an annotation to the item with its `name`: every value of a list is a
    value. Links to other annotations are left out and reported."""
    several = _multiple(foreign.schema)
    links = 0
    for feature in sorted({f.name for f in one.type.all_features} - _PLACE - _SAID):
        for value in _values(getattr(one, feature, None)):
            if isinstance(value, str | int | float):
                said = str(value)
                for part in said.split("; ") if feature in several else [said]:
                    if part:
                        foreign.more(work, name, feature, part)
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


__all__ = ["add_features"]
