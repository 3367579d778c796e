"""Label schemas: which layers, labels and attributes there are, with the guidelines for them.

A schema is one TOML file; see `schema_reading`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Literal, TypeAlias

from annotator.model.span import AUTHOR

LayerKind: TypeAlias = Literal["span", "relation"]
AttributeType: TypeAlias = Literal["choice", "text", "integer", "entity", "concept", "span"]

COLORS = ("sky", "orange", "green", "yellow", "blue", "vermillion", "purple", "grey")
"""The palette of Okabe and Ito (2008), distinguishable with every common colour blindness."""


@dataclass(frozen=True, slots=True)
class Guideline:
    """What an annotator reads about a layer or a label; spans in
    examples stand in [square brackets]."""

    definition: str = ""
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    borderline: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Label:
    """One label of a layer: its name, the key that gives it, its letter in the tracks."""

    name: str
    key: str
    symbol: str
    guideline: Guideline = Guideline()


@dataclass(frozen=True, slots=True)
class Attribute:
    """A further property of a layer's annotations.

    `values` only for type `choice`; `minimum` and `maximum` (inclusive) only for `integer`.
    `entity` is the canonical name of an actor and stands in the record's own key, not among the
    attributes. If `agree` is false, a difference in this attribute needs no decision: gold takes
    the majority's value.
    """

    name: str
    type: AttributeType
    values: tuple[str, ...] = ()
    default: str | int | None = None
    multiple: bool = False
    minimum: int | None = None
    maximum: int | None = None
    definition: str = ""
    agree: bool = True

    def problem(self, value: object) -> str | None:
        """Why `value` is not allowed, or None if it is."""
        if self.multiple:
            if not isinstance(value, list):
                return "must be a list"
            return next((p for one in value if (p := self._problem_of_one(one))), None)
        return self._problem_of_one(value)

    def _problem_of_one(self, value: object) -> str | None:
        if self.type == "integer":
            return self._problem_of_integer(value)
        if self.type == "span":
            pair = isinstance(value, list) and list(map(type, value)) == [int, int]
            return None if pair else "must be a [start, end] pair"
        if not isinstance(value, str):
            return "must be a string"
        if self.type == "choice" and value not in self.values:
            return f"must be one of {', '.join(self.values)}"
        return None

    def _problem_of_integer(self, value: object) -> str | None:
        if not isinstance(value, int) or isinstance(value, bool):
            return "must be an integer"
        low, high = self.minimum, self.maximum
        if (low is not None and value < low) or (high is not None and value > high):
            return f"must be from {low} to {high}"
        return None


@dataclass(frozen=True)
class Layer:
    """A kind of annotation: spans, or relations from `sources`
    to `targets` (names of span layers)."""

    name: str
    kind: LayerKind
    title: str
    color: str
    symbol: str
    labels: tuple[Label, ...]
    attributes: tuple[Attribute, ...] = ()
    sources: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    open: bool = False
    guideline: Guideline = Guideline()

    @cached_property
    def _labels(self) -> dict[str, Label]:
        return {label.name: label for label in self.labels}

    def label(self, name: str) -> Label | None:
        """The label of that name, if it is in the tagset."""
        return self._labels.get(name)

    def attribute(self, name: str) -> Attribute | None:
        """The attribute of that name, if there is one."""
        return next((a for a in self.attributes if a.name == name), None)

    def attribute_of_type(self, type_: AttributeType) -> Attribute | None:
        """The first attribute of that type, if there is one."""
        return next((a for a in self.attributes if a.type == type_), None)

    def admits_author(self) -> bool:
        """Whether `@author` may be the source of a relation of this layer."""
        return AUTHOR in self.sources


@dataclass(frozen=True)
class LabelSchema:
    """All layers of a project. `version` is the author's; `hash` follows from the content, and
    `codes_hash` from what annotations can be."""

    name: str
    version: str
    title: str
    layers: tuple[Layer, ...]
    description: str = ""
    sources: tuple[str, ...] = ()

    @cached_property
    def _layers(self) -> dict[str, Layer]:
        return {layer.name: layer for layer in self.layers}

    def layer(self, name: str) -> Layer | None:
        """The layer of that name, if there is one."""
        return self._layers.get(name)

    @cached_property
    def span_layers(self) -> tuple[Layer, ...]:
        return tuple(layer for layer in self.layers if layer.kind == "span")

    @cached_property
    def relation_layers(self) -> tuple[Layer, ...]:
        return tuple(layer for layer in self.layers if layer.kind == "relation")

    @cached_property
    def span_keys(self) -> dict[str, tuple[Layer, Label]]:
        """A dict from key to layer and label, over all span layers."""
        return {b.key: (layer, b) for layer in self.span_layers for b in layer.labels if b.key}

    @cached_property
    def label_keys(self) -> frozenset[str]:
        """The keys of all labels."""
        return frozenset(label.key for layer in self.layers for label in layer.labels)

    @cached_property
    def places(self) -> dict[str, frozenset[str]]:
        """Layer -> the names of its attributes that are places in the text."""
        return {
            layer.name: frozenset(a.name for a in layer.attributes if a.type == "span")
            for layer in self.layers
        }

    def relations_to(self, target_layer: str) -> tuple[Layer, ...]:
        """Relation layers whose target may be a span of `target_layer`."""
        return tuple(layer for layer in self.relation_layers if target_layer in layer.targets)

    @cached_property
    def statement_layers(self) -> frozenset[str]:
        """Span layers that a statement is about: targets of relations that are never sources."""
        targets = {name for layer in self.relation_layers for name in layer.targets}
        return frozenset(
            targets - {name for layer in self.relation_layers for name in layer.sources}
        )

    @cached_property
    def author_layers(self) -> frozenset[str]:
        """Span layers whose claims the text can assert itself (attribution `author`): targets of
        relations that `@author` may be the source of."""
        return frozenset(
            name
            for layer in self.relation_layers
            if layer.admits_author()
            for name in layer.targets
        )

    @cached_property
    def hash(self) -> str:
        """sha256 of the whole content as sorted JSON, 64 hexadecimal digits."""
        whole = asdict(self)
        for layer in whole["layers"]:
            for attribute in layer["attributes"]:
                # Schemas that do not use it keep the hash under which models were trained.
                if attribute["agree"]:
                    del attribute["agree"]
        return _sha256(whole)

    @cached_property
    def codes_hash(self) -> str:
        """sha256 of name, layers, labels and attributes, without version, guidelines, titles, keys
        and colours: annotations and models of two schemas with the same one fit both."""
        layers = [
            {
                "name": layer.name,
                "kind": layer.kind,
                "labels": [label.name for label in layer.labels],
                "attributes": [
                    {name: value for name, value in asdict(one).items() if name in _OF_VALUES}
                    for one in layer.attributes
                ],
                "ends": [layer.sources, layer.targets],
                "open": layer.open,
            }
            for layer in self.layers
        ]
        return _sha256({"name": self.name, "layers": layers})

    @property
    def hashes(self) -> tuple[str, str]:
        """The hashes under which models for this schema are kept: `codes_hash`, and `hash` for
        those that older versions of the program trained."""
        return self.codes_hash, self.hash


_OF_VALUES = frozenset(("name", "type", "values", "default", "multiple", "minimum", "maximum"))
"""The fields of an attribute that say what values it can have."""


def _sha256(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


__all__ = [
    "COLORS",
    "Attribute",
    "AttributeType",
    "Guideline",
    "Label",
    "LabelSchema",
    "Layer",
    "LayerKind",
]
