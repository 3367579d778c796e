"""Suggestions by rules: a spaCy pipeline of our own (blank English, sentencizer, three components)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from annotator.errors import SuggesterError
from annotator.model.decision import Suggestion
from annotator.model.memory import Memory
from annotator.model.schema import LabelSchema, Layer
from annotator.model.span import AUTHOR, Relation, Span, Value
from annotator.model.text import Document, Paragraph
from annotator.suggesters import _tables as tables
from annotator.suggesters._ids import relation_id, span_id
from annotator.suggesters._tokens import Edge, Found

if TYPE_CHECKING:
    from spacy.language import Language

VERSION = "1"
"""Raised whenever the rules or their tables propose something else."""


def create(*, schema: LabelSchema, config: Mapping[str, Any], memory: Memory) -> Rules:
    """The rules for a schema. `config` may hold `mute`, a list of rules (as suggestions name them) to be
    left out. Raises SuggesterError when spaCy cannot be loaded."""
    try:
        from annotator.suggesters._pipeline import pipeline
    except ImportError as error:
        raise SuggesterError(f"spaCy cannot be loaded: {error}", hint="Install annotator again") from error
    return Rules(schema, pipeline(), frozenset(config.get("mute", ())))


class Rules:
    """Proposes actors, claims and stances, in the labels of the project's schema."""

    name = "rules"
    version = VERSION

    def __init__(self, schema: LabelSchema, nlp: Language, muted: frozenset[str]) -> None:
        self._schema = schema
        self.nlp = nlp
        self._muted = muted
        spans, relations, self._names_only = tables.label_map()
        self._spans = {key: _target(schema, key, others) for key, others in spans.items()}
        self._relations = {key: _target(schema, key, others) for key, others in relations.items()}

    def suggest(self, document: Document, paragraph: Paragraph) -> list[Suggestion]:
        """Proposals for a paragraph, in reading order, stances last."""
        from annotator.suggesters._pipeline import DOCUMENT

        doc = self.nlp.make_doc(document.text[paragraph.start : paragraph.end])
        doc.user_data[DOCUMENT] = document.text
        for _, component in self.nlp.pipeline:
            doc = component(doc)
        actors = [self._span(document, paragraph, "actor", found) for found in doc._.actors]
        claims = [self._span(document, paragraph, "claim", clause.found) for clause in doc._.clauses]
        out = [one for one in (*actors, *claims) if one is not None]
        for edge in doc._.stances:
            source = actors[edge.source] if edge.source is not None else None
            target = actors[edge.target] if edge.on_actor else claims[edge.target]
            made = self._relation(document, paragraph, edge, source, target)
            if made is not None:
                out.append(made)
        return [one for one in out if one.rule not in self._muted]

    def _span(self, document: Document, paragraph: Paragraph, kind: str, found: Found) -> Suggestion | None:
        place = self._spans.get(f"{kind}.{found.label}")
        if place is None or (place[0] in self._names_only and found.attributes.get("mention") == "nominal"):
            return None
        layer, label = place
        known = self._schema.layer(layer)
        assert known is not None
        start, end = paragraph.start + found.start, paragraph.start + found.end
        attributes = _fitting(known, dict(found.attributes))
        entity = found.entity if known.attribute_of_type("entity") is not None else None
        value = Span(
            span_id(document.id, layer, label, start, end), layer, label, start, end, entity, attributes,
            "suggestion",
        )  # fmt: skip
        return Suggestion(
            value, paragraph.index, self.name, self.version, found.score, 0, found.reason, found.rule
        )

    def _relation(
        self,
        document: Document,
        paragraph: Paragraph,
        edge: Edge,
        source: Suggestion | None,
        target: Suggestion | None,
    ) -> Suggestion | None:
        place = self._relations.get(f"stance.{edge.side}")
        if place is None or target is None or (edge.source is not None and source is None):
            return None
        layer, label = place
        known = self._schema.layer(layer)
        assert known is not None
        begin = source.id if source is not None else AUTHOR
        source_layer = source.value.layer if source is not None else AUTHOR
        if source_layer not in known.sources or target.value.layer not in known.targets:
            return None
        given: dict[str, Value] = {k: v for k, v in edge.attributes.items() if k in ("basis", "strength")}
        cue = known.attribute_of_type("span")
        if cue is not None and "cue_start" in edge.attributes:
            a, b = int(edge.attributes["cue_start"]), int(edge.attributes["cue_end"])
            given[cue.name] = [paragraph.start + a, paragraph.start + b]
        value = Relation(
            relation_id(document.id, layer, label, begin, target.id), layer, label, begin, target.id,
            _fitting(known, given), "suggestion",
        )  # fmt: skip
        return Suggestion(
            value, paragraph.index, self.name, self.version, edge.score, 0, edge.reason, edge.rule
        )


def _target(schema: LabelSchema, key: str, others: list[str]) -> tuple[str, str] | None:
    """Layer and label of the schema that stand for a label of ours: the first that it has."""
    for name in (key, *others):
        layer, _, label = name.partition(".")
        known = schema.layer(layer)
        if known is not None and known.label(label) is not None:
            return layer, label
    return None


def _fitting(layer: Layer, attributes: Mapping[str, Value]) -> dict[str, Value]:
    """Those of the attributes that the layer has and that may hold the value."""
    out: dict[str, Value] = {}
    for name, value in attributes.items():
        attribute = layer.attribute(name)
        if attribute is not None and attribute.problem(value) is None:
            out[name] = value
    return out


__all__ = ["VERSION", "Rules", "create"]
