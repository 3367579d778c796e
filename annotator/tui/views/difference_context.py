"""The data from which the rows of a difference are made: what is shown, and how far it is
decided."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from annotator.model.fields import Field
from annotator.model.schema import LabelSchema
from annotator.model.span import Annotation
from annotator.model.text import Document
from annotator.tui.styled_rows import Piece
from annotator.tui.theme import Theme

Rows = list[list[Piece]]
Voters = Sequence[tuple[str, str]]
"""Annotators in the order of their keys, with their displayed names."""


def _nothing(_: str) -> Annotation | None:
    return None


def _no_note(_: str, __: str) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class DifferenceContext:
    """What is needed to show a difference: the text, the schema, annotations by their ids, and the
    annotators. `note` gives what an annotator (first argument) noted on their version of an item
    (second argument)."""

    document: Document
    schema: LabelSchema
    voters: Voters
    value_of: Callable[[str], Annotation | None] = _nothing
    note: Callable[[str, str], str] = _no_note

    @property
    def span_layers(self) -> frozenset[str]:
        """The names of the layers of spans."""
        return frozenset(layer.name for layer in self.schema.span_layers)

    def ink(self, layer: str, theme: Theme) -> Piece:
        """The name of a layer in its colour."""
        known = self.schema.layer(layer)
        return layer, theme.ink(known.color if known else "grey")

    def symbol(self, value: Annotation) -> str:
        """The sign of an annotation's label, if it has one."""
        layer = self.schema.layer(value.layer)
        label = layer.label(value.label) if layer else None
        return label.symbol if label else ""


@dataclass(frozen=True, slots=True)
class Deciding:
    """The state of a difference in review: the version in focus, the field that a number decides
    (empty for all), the open fields, what is decided about a field, and for each annotator whether
    their version stands (`✓`), stands changed (`~`), was rejected (`×`) or waits (a blank)."""

    focus: str | None
    field: str
    open: Sequence[str]
    decided: Callable[[Field], object]
    became: Callable[[str], str]


__all__ = ["Deciding", "DifferenceContext", "Rows", "Voters"]
