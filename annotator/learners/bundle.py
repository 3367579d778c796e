"""What a project has learnt: a model for each layer with enough data, and how good each is.

In the layers in `covers`, the model's proposals replace those of rules and memory, because they
saved more keys on unseen paragraphs. Everything is a function of the examples: the same ones give
the same model.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import srsly

from annotator.english.reading import Reader, Reading
from annotator.english.stances import ENDORSED
from annotator.errors import SuggesterError
from annotator.learners.actors.model import FlatModel
from annotator.learners.claims.model import ClaimProposal, ClauseModel
from annotator.learners.labels import LabelMap, fitting, of_edge
from annotator.learners.stances.model import PairModel, RelationProposal
from annotator.model.content_ids import relation_id, span_id
from annotator.model.decision import Suggestion
from annotator.model.memory import EMPTY, Memory
from annotator.model.overlaps import Overlaps
from annotator.model.schema import LabelSchema, Layer
from annotator.model.span import AUTHOR, Relation, Span, iou

FORMAT = "annotator-model/12"
"""The version of the bytes; raise it when bytes or features change so that older models cannot
be read."""


@dataclass
class Bundle:
    """Models by layer. `covers` are the layers that they take over; in those that are `muted`,
    nothing is proposed. `metrics` are their figures."""

    schema: LabelSchema
    flat: dict[str, FlatModel] = field(default_factory=dict)
    clauses: dict[str, ClauseModel] = field(default_factory=dict)
    pairs: dict[str, PairModel] = field(default_factory=dict)
    covers: frozenset[str] = frozenset()
    muted: frozenset[str] = frozenset()
    metrics: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.labels = LabelMap(self.schema)

    @property
    def by_kind(self) -> tuple[dict[str, Any], ...]:
        """The models of each kind."""
        return self.flat, self.clauses, self.pairs

    @property
    def takes(self) -> frozenset[str]:
        """The layers whose suggestions come only from here: those covered, and relations between
        their spans."""
        spans = {layer.name for layer in self.schema.span_layers} & self.covers
        ends = {r.name for r in self.schema.relation_layers if spans & {*r.sources, *r.targets}}
        return self.covers | ends

    def remember(self, memory: Memory, reader: Reader) -> None:
        """Learn from decisions made since."""
        for model in self.flat.values():
            model.remember(memory, reader)

    def suggest(
        self, reading: Reading, memory: Memory = EMPTY, *, gate: float = 0.0
    ) -> list[Suggestion]:
        """Suggestions for a paragraph in the layers that it takes, spans first; the caller
        gives them name, version and rank."""
        out: list[Suggestion] = []
        spans: list[Span] = []
        for layer in self.schema.span_layers:
            found = self._spans(reading, layer, memory, gate)
            spans += [s.value for s in found if isinstance(s.value, Span)]
            if layer.name in self.covers:
                out += found
        for layer in self.schema.relation_layers:
            if layer.name in self.takes:
                out += self._relations(reading, layer, spans)
        return out

    def _spans(
        self, reading: Reading, layer: Layer, memory: Memory, gate: float
    ) -> list[Suggestion]:
        if layer.name in self.covers and layer.name in self.flat:
            return self.flat[layer.name].suggest(reading, self.labels, memory, gate=gate)
        if layer.name in self.covers and layer.name in self.clauses:
            return claims_as_suggestions(
                reading, layer, self.clauses[layer.name].suggest(reading), gate
            )
        index = reading.paragraph.index
        return [
            Suggestion(span, index, "", "", score)
            for span, score in self.by_rules(reading, layer.name)
        ]

    def by_rules(self, reading: Reading, layer: str) -> list[tuple[Span, float]]:
        """The spans of a layer that the rules find."""
        every = [("actor", one) for one in reading.actors] + [
            ("claim", one.found) for one in reading.clauses
        ]
        start = reading.paragraph.start
        made = [
            (self.labels.span(reading.document, start, kind, one), one.score) for kind, one in every
        ]
        return [(span, score) for span, score in made if span is not None and span.layer == layer]

    def _relations(self, reading: Reading, layer: Layer, spans: Sequence[Span]) -> list[Suggestion]:
        model = self.pairs.get(layer.name) if layer.name in self.covers else None
        if model is None:
            return self.edges(reading, layer, spans)
        out: list[Suggestion] = []
        for one in model.suggest(reading, spans):
            label = self._label(layer, one)
            if layer.label(label) is None:
                continue
            id = relation_id(reading.document, layer.name, label, one.source, one.target)
            given = (
                of_edge(layer, one.edge, reading.paragraph.start) if one.edge is not None else {}
            )
            value = Relation(id, layer.name, label, one.source, one.target, given, "suggestion")
            out.append(
                Suggestion(
                    value, reading.paragraph.index, "", "", one.chance, 0, one.reason, one.rule
                )
            )
        return out

    def _label(self, layer: Layer, one: RelationProposal) -> str:
        """The label of a proposed relation: that of the rules if they find one, since they see
        negations and holders who take no side; of 407 in the seeds' part `train`, 403 are
        right. Of the author's sides, they see whether somebody is said to be right."""
        is_ruled = one.edge is not None and (
            one.edge.source is not None or one.edge.rule == ENDORSED
        )
        place = self.labels.of_side(one.edge.side) if is_ruled and one.edge else None
        return place[1] if place is not None and place[0] == layer.name else one.label

    def edges(self, reading: Reading, layer: Layer, spans: Sequence[Span]) -> list[Suggestion]:
        """The rules' stances, between the spans in the places of theirs."""
        out: list[Suggestion] = []
        overlaps = Overlaps([(span.start, span.end) for span in spans])
        for edge in reading.edges:
            target = self.labels.of_side(edge.side)
            if target is None or target[0] != layer.name:
                continue
            begin, end = self._ends(
                reading,
                edge.source,
                edge.target,
                on_actor=edge.on_actor,
                spans=spans,
                overlaps=overlaps,
            )
            if begin is None or end is None or begin == end:
                continue
            value = self.labels.relation(
                reading.document, reading.paragraph.start, edge, begin, end
            )
            assert value is not None
            made = Suggestion(
                value, reading.paragraph.index, "", "", edge.score, 0, edge.reason, edge.rule
            )
            out.append(made)
        return out

    def _ends(
        self,
        reading: Reading,
        source: int | None,
        target: int,
        *,
        on_actor: bool,
        spans: Sequence[Span],
        overlaps: Overlaps,
    ) -> tuple[str | None, str | None]:
        """The spans at the ends of a rules' edge, by their ids."""
        begin: str | None = AUTHOR
        if source is not None:
            begin = self._nearest(reading, "actor", reading.actors[source], spans, overlaps)
        end = reading.actors[target] if on_actor else reading.clauses[target].found
        kind = "actor" if on_actor else "claim"
        return begin, self._nearest(reading, kind, end, spans, overlaps)

    def _nearest(
        self, reading: Reading, kind: str, found: Any, spans: Sequence[Span], overlaps: Overlaps
    ) -> str | None:
        there = self.labels.span(reading.document, reading.paragraph.start, kind, found)
        if there is None:
            return None
        every = (spans[k] for k in overlaps.of(there.start, there.end))
        near = [(iou(there, one), one.id) for one in every if one.layer == there.layer]
        best = max(near, default=(0.0, ""))
        return best[1] if best[0] >= 0.5 else None

    def to_bytes(self) -> bytes:
        """What `of_bytes` reads back."""
        data = {
            "format": FORMAT,
            "flat": {name: one.to_data() for name, one in sorted(self.flat.items())},
            "clauses": {name: one.to_data() for name, one in sorted(self.clauses.items())},
            "pairs": {name: one.to_data() for name, one in sorted(self.pairs.items())},
            "covers": sorted(self.covers),
            "muted": sorted(self.muted),
            "metrics": self.metrics,
        }
        return zlib.compress(srsly.msgpack_dumps(data))

    @staticmethod
    def of_bytes(data: bytes, schema: LabelSchema) -> Bundle:
        """The bundle that `to_bytes` wrote, for a schema. Models of layers that the schema no
        longer has are left out.

        Raises SuggesterError if the bytes are not a bundle, or are from another version of the
        program.
        """
        read = _unpacked(data)
        layers = {layer.name: layer for layer in schema.layers}
        flat, clauses, pairs = (
            {name: one for name, one in read[kind].items() if name in layers}
            for kind in ("flat", "clauses", "pairs")
        )
        return Bundle(
            schema,
            {name: FlatModel.of_data(one, layers[name]) for name, one in flat.items()},
            {name: ClauseModel.of_data(one) for name, one in clauses.items()},
            {name: PairModel.of_data(one) for name, one in pairs.items()},
            frozenset(read["covers"]) & frozenset(layers),
            frozenset(read["muted"]) & frozenset(layers),
            read["metrics"],
        )


def _unpacked(data: bytes) -> dict[str, Any]:
    """The values in the bytes of a bundle. Raises SuggesterError if they are none."""
    try:
        read = srsly.msgpack_loads(zlib.decompress(data))
    except (ValueError, zlib.error, TypeError) as error:
        raise SuggesterError(
            "is not a trained model", hint="Train again: `annotator train`"
        ) from error
    if not isinstance(read, dict) or read.get("format") != FORMAT:
        raise SuggesterError(
            "the model was trained by another version of annotator",
            hint="Train again: `annotator train`",
        )
    return read


def claims_as_suggestions(
    reading: Reading, layer: Layer, proposals: Iterable[ClaimProposal], gate: float = 0.0
) -> list[Suggestion]:
    """Proposed long spans as suggestions, without those below a chance of `gate`."""
    out: list[Suggestion] = []
    for one in proposals:
        if one.chance < gate or not (layer.label(one.label) or layer.open):
            continue
        id = span_id(reading.document, layer.name, one.label, one.start, one.end)
        attributes = fitting(layer, one.attributes)
        value = Span(id, layer.name, one.label, one.start, one.end, None, attributes, "suggestion")
        out.append(
            Suggestion(value, reading.paragraph.index, "", "", one.chance, 0, one.reason, one.rule)
        )
    return out


__all__ = ["FORMAT", "Bundle", "claims_as_suggestions"]
