"""Maps the rules' own labels and attributes to a project's schema."""

from __future__ import annotations

from collections.abc import Mapping

from annotator.english.label_map import label_map
from annotator.english.tokens import FoundSpan, FoundStance
from annotator.model.content_ids import relation_id, span_id
from annotator.model.schema import LabelSchema, Layer
from annotator.model.span import Relation, Span, Value

Target = tuple[str, str]
"""Layer and label."""


class LabelMap:
    """The rules' labels as layers and labels of a schema; labels that the schema lacks have no
    target."""

    def __init__(self, schema: LabelSchema) -> None:
        self._schema = schema
        spans, relations, self._names_only = label_map()
        self._spans = {key: _target(schema, key, others) for key, others in spans.items()}
        self._relations = {key: _target(schema, key, others) for key, others in relations.items()}

    def of_span(self, kind: str, found: FoundSpan) -> Target | None:
        """The target for the label of an `actor` or `claim` that the rules found."""
        place = self._spans.get(f"{kind}.{found.label}")
        if place is None or (
            place[0] in self._names_only and found.attributes.get("mention") == "nominal"
        ):
            return None
        return place

    def of_side(self, side: str) -> Target | None:
        """The target for the side of a stance."""
        return self._relations.get(f"stance.{side}")

    def span(self, document: str, offset: int, kind: str, found: FoundSpan) -> Span | None:
        """A found span as one of the schema; `offset` is where the paragraph starts in the
        document."""
        place = self.of_span(kind, found)
        if place is None:
            return None
        layer, label = place
        known = self._schema.layer(layer)
        assert known is not None
        start, end = offset + found.start, offset + found.end
        entity = found.entity if known.attribute_of_type("entity") is not None else None
        attributes = fitting(known, dict(found.attributes))
        id = span_id(document, layer, label, start, end)
        return Span(id, layer, label, start, end, entity, attributes, "suggestion")

    def relation(
        self, document: str, offset: int, edge: FoundStance, source: str, target: str
    ) -> Relation | None:
        """A found stance between two spans (or from the author), by their ids, as a relation of the
        schema; `offset` is where the paragraph starts in the document."""
        place = self.of_side(edge.side)
        if place is None:
            return None
        layer, label = place
        known = self._schema.layer(layer)
        assert known is not None
        id = relation_id(document, layer, label, source, target)
        return Relation(
            id, layer, label, source, target, of_edge(known, edge, offset), "suggestion"
        )


def _target(schema: LabelSchema, key: str, others: list[str]) -> Target | None:
    """Layer and label of the schema for a label of ours: the first that the schema has."""
    for name in (key, *others):
        layer, _, label = name.partition(".")
        known = schema.layer(layer)
        if known is not None and known.label(label) is not None:
            return layer, label
    return None


def of_edge(layer: Layer, edge: FoundStance, offset: int) -> dict[str, Value]:
    """The strength, basis and cue of a found stance, if the layer has these attributes; `offset` is
    where the paragraph starts in the document."""
    given: dict[str, Value] = {
        k: v for k, v in edge.attributes.items() if k in ("basis", "strength")
    }
    cue = layer.attribute_of_type("span")
    if cue is not None and "cue_start" in edge.attributes:
        a, b = int(edge.attributes["cue_start"]), int(edge.attributes["cue_end"])
        given[cue.name] = [offset + a, offset + b]
    return fitting(layer, given)


def fitting(layer: Layer, attributes: Mapping[str, Value]) -> dict[str, Value]:
    """The attributes that the layer has and that may have the value."""
    out: dict[str, Value] = {}
    for name, value in attributes.items():
        attribute = layer.attribute(name)
        if attribute is not None and attribute.problem(value) is None:
            out[name] = value
    return out


__all__ = ["LabelMap", "Target", "fitting", "of_edge"]
