"""What a project has learnt: a model for each layer that there
was enough for, and how well each does.

Of the layers in `covers` the model's proposals replace those of rules and memory, because on
paragraphs that it had not seen they saved more keys. Everything is a function of the examples: the
same ones give the same model.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import srsly

from annotator.english.reading import Reader, Reading, parse
from annotator.english.usage import Usage
from annotator.errors import SuggesterError
from annotator.learners.actors.crf import LEAST, Training
from annotator.learners.actors.model import FlatModel, is_flat
from annotator.learners.actors.tagging import TaggedParagraph
from annotator.learners.claims.model import ClaimProposal, ClauseModel
from annotator.learners.display_choice import choose
from annotator.learners.evaluation import LAST, Judged, better, of_last, report, rounded
from annotator.learners.examples import Example
from annotator.learners.labels import LabelMap, fitting, of_edge
from annotator.learners.stances.model import PairModel, RelationProposal
from annotator.learners.word_clusters import WordClusters
from annotator.model.content_ids import relation_id, span_id
from annotator.model.decision import Suggestion
from annotator.model.effort import Effort, total
from annotator.model.memory import EMPTY, Memory
from annotator.model.schema import LabelSchema, Layer
from annotator.model.span import AUTHOR, Relation, Span, iou

FORMAT = "annotator-model/6"
"""Raised when bytes or features change so that older models cannot be read."""


@dataclass
class Bundle:
    """Models by layer. `covers` are the layers that they take over;
    `metrics` what they were measured at."""

    schema: LabelSchema
    flat: dict[str, FlatModel] = field(default_factory=dict)
    clauses: dict[str, ClauseModel] = field(default_factory=dict)
    pairs: dict[str, PairModel] = field(default_factory=dict)
    covers: frozenset[str] = frozenset()
    metrics: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._labels = LabelMap(self.schema)

    @property
    def by_kind(self) -> tuple[dict[str, Any], ...]:
        """The models of each kind."""
        return self.flat, self.clauses, self.pairs

    @property
    def takes(self) -> frozenset[str]:
        """The layers whose suggestions come from here alone: those covered,
        and relations between their spans."""
        spans = {layer.name for layer in self.schema.span_layers} & self.covers
        ends = {r.name for r in self.schema.relation_layers if spans & {*r.sources, *r.targets}}
        return self.covers | ends

    def remember(self, memory: Memory, reader: Reader) -> None:
        """Take up what was decided since."""
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
            return self.flat[layer.name].suggest(reading, self._labels, memory, gate=gate)
        if layer.name in self.covers and layer.name in self.clauses:
            return _clauses(reading, layer, self.clauses[layer.name], gate)
        index = reading.paragraph.index
        return [
            Suggestion(span, index, "", "", score)
            for span, score in self._by_rules(reading, layer.name)
        ]

    def _by_rules(self, reading: Reading, layer: str) -> list[tuple[Span, float]]:
        """The spans of a layer that the rules find."""
        every = [("actor", one) for one in reading.actors] + [
            ("claim", one.found) for one in reading.clauses
        ]
        start = reading.paragraph.start
        made = [
            (self._labels.span(reading.document, start, kind, one), one.score)
            for kind, one in every
        ]
        return [(span, score) for span, score in made if span is not None and span.layer == layer]

    def _relations(self, reading: Reading, layer: Layer, spans: Sequence[Span]) -> list[Suggestion]:
        model = self.pairs.get(layer.name) if layer.name in self.covers else None
        if model is None:
            return self._edges(reading, layer, spans)
        out: list[Suggestion] = []
        for one in model.suggest(reading, spans):
            if layer.label(one.label) is None:
                continue
            id = relation_id(reading.document, layer.name, one.label, one.source, one.target)
            given = (
                of_edge(layer, one.edge, reading.paragraph.start) if one.edge is not None else {}
            )
            value = Relation(id, layer.name, one.label, one.source, one.target, given, "suggestion")
            out.append(
                Suggestion(
                    value, reading.paragraph.index, "", "", one.chance, 0, one.reason, one.rule
                )
            )
        return out

    def _edges(self, reading: Reading, layer: Layer, spans: Sequence[Span]) -> list[Suggestion]:
        """The rules' stances between the spans that stand where theirs do."""
        out: list[Suggestion] = []
        for edge in reading.edges:
            target = self._labels.of_side(edge.side)
            if target is None or target[0] != layer.name:
                continue
            begin, end = self._ends(
                reading, edge.source, edge.target, on_actor=edge.on_actor, spans=spans
            )
            if begin is None or end is None or begin == end:
                continue
            value = self._labels.relation(
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
    ) -> tuple[str | None, str | None]:
        """The spans that stand where the ends of a rules' edge do, by their ids."""
        begin: str | None = AUTHOR
        if source is not None:
            begin = self._nearest(reading, "actor", reading.actors[source], spans)
        end = reading.actors[target] if on_actor else reading.clauses[target].found
        return begin, self._nearest(reading, "actor" if on_actor else "claim", end, spans)

    def _nearest(
        self, reading: Reading, kind: str, found: Any, spans: Sequence[Span]
    ) -> str | None:
        there = self._labels.span(reading.document, reading.paragraph.start, kind, found)
        if there is None:
            return None
        near = [(iou(there, one), one.id) for one in spans if one.layer == there.layer]
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
            "metrics": self.metrics,
        }
        return zlib.compress(srsly.msgpack_dumps(data))

    @staticmethod
    def of_bytes(data: bytes, schema: LabelSchema) -> Bundle:
        """The bundle that `to_bytes` wrote, for a schema: models of layers
        that it has no more are left out.

        Raises SuggesterError when it is none, or of another version of the program.
        """
        try:
            read = srsly.msgpack_loads(zlib.decompress(data))
        except (ValueError, zlib.error, TypeError) as error:
            raise SuggesterError(
                "is not a trained model", hint="Train anew: `annotator train`"
            ) from error
        if not isinstance(read, dict) or read.get("format") != FORMAT:
            raise SuggesterError(
                "the model was trained by another version of annotator",
                hint="Train anew: `annotator train`",
            )
        layers = {layer.name: layer for layer in schema.layers}
        return Bundle(
            schema,
            {
                n: FlatModel.of_data(one, layers[n])
                for n, one in read["flat"].items()
                if n in layers
            },
            {n: ClauseModel.of_data(one) for n, one in read["clauses"].items() if n in layers},
            {n: PairModel.of_data(one) for n, one in read["pairs"].items() if n in layers},
            frozenset(read["covers"]) & frozenset(layers),
            read["metrics"],
        )


def _clauses(reading: Reading, layer: Layer, model: ClauseModel, gate: float) -> list[Suggestion]:
    out: list[Suggestion] = []
    for one in model.suggest(reading):
        if one.chance < gate or not (layer.label(one.label) or layer.open):
            continue
        id = span_id(reading.document, layer.name, one.label, one.start, one.end)
        attributes = fitting(layer, one.attributes)
        value = Span(id, layer.name, one.label, one.start, one.end, None, attributes, "suggestion")
        out.append(
            Suggestion(value, reading.paragraph.index, "", "", one.chance, 0, one.reason, one.rule)
        )
    return out


def learn(
    examples: Sequence[Example],
    schema: LabelSchema,
    *,
    texts: Iterable[str],
    base: Bundle | None = None,
) -> Bundle:
    """Learn from finished paragraphs, the oldest first; `texts` are those at hand, labelled or not.

    A `base` was trained on others for the same schema: what differs from it is learnt, and it
    speaks for layers of which too little is decided. All is measured on these paragraphs alone.

    Raises SuggesterError when nothing is marked in them.
    """
    if not any(one.spans or one.relations for one in examples):
        raise SuggesterError(
            "there is nothing to learn from yet", hint="Finish some paragraphs first"
        )
    bundle = Bundle(schema)
    texts = list(texts)
    usage = Usage.of(texts)

    @cache
    def kinds() -> WordClusters:
        return WordClusters.of(texts)

    covers: set[str] = set()
    layers: dict[str, Any] = {}
    last: list[Effort] = []
    for layer in schema.layers:
        judged = _learn_layer(bundle, examples, layer, usage, kinds, base)
        own = [judged[i] for i in sorted(judged)]
        spans = layer.kind == "span"
        if own:
            layers[layer.name] = report(own, spans=spans)
        early = base is not None and layer.name in base.covers and len(own) < LEAST
        if early or better(own, spans=spans):
            covers.add(layer.name)
        last.append(of_last(own, spans=spans, alone=layer.name not in covers))
    if not any(bundle.by_kind):
        raise SuggesterError(
            "there is nothing to learn from yet", hint="Finish some paragraphs first"
        )
    metrics = {
        "paragraphs": len(examples),
        "parsed": any(parse(one.reading) is not None for one in examples),
        "documents": len({one.reading.document for one in examples}),
        "annotations": sum(len(one.spans) + len(one.relations) for one in examples),
        "layers": layers,
        "last": {"saved": rounded(total(last).saved), "paragraphs": min(LAST, len(examples))},
    }
    return replace(bundle, covers=frozenset(covers), metrics=metrics)


def _learn_layer(
    bundle: Bundle,
    examples: Sequence[Example],
    layer: Layer,
    usage: Usage,
    kinds: Callable[[], WordClusters],
    base: Bundle | None,
) -> dict[int, Judged]:
    """Train the model of a layer, if there is enough to, else take that of the base; what it is
    judged by on paragraphs held out, by their places."""
    name, known = layer.name, base or Bundle(bundle.schema)
    judged: dict[int, Judged] = {}
    try:
        if layer.kind == "span" and is_flat(examples, name):
            bundle.flat[name], training, passages = FlatModel.train(
                examples, layer, bundle._labels, usage, known.flat.get(name)
            )
            judged = {
                i: _judge_flat(examples[i], passages[i], training, i) for i in training.held_out
            }
        elif layer.kind == "span":
            before = known.clauses.get(name)
            # What a base knows of kinds of words it knows of its own.
            bundle.clauses[name], proposed = ClauseModel.train(
                examples, layer, before.kinds if before else kinds(), before
            )
            judged = {
                i: _judge_clauses(bundle, found, examples[i], layer)
                for i, found in proposed.items()
            }
        else:
            bundle.pairs[name], related = PairModel.train(examples, layer, known.pairs.get(name))
            judged = {
                i: _judge_pairs(bundle, found, examples[i], layer) for i, found in related.items()
            }
    except ValueError:  # too little is decided
        for mine, theirs in zip(bundle.by_kind, known.by_kind, strict=True):
            mine |= {name: theirs[name]} if name in theirs else {}
        return {}
    return judged if base or len(examples) >= LEAST else {}


def _judge_flat(
    example: Example, passage: TaggedParagraph, training: Training, number: int
) -> Judged:
    tokens = passage.tokens

    def stretch(first: int, last: int, label: str) -> tuple[int, int, str]:
        return tokens[first].start, tokens[last - 1].end, label

    chosen = choose(training.held_out[number])
    proposed = [(stretch(c.first, c.last, c.label), c.chance) for c in chosen]
    alone = [stretch(c.first, c.last, c.label) for c in choose(training.alone[number])]
    return Judged(
        example.reading.text, proposed, alone, [stretch(*place) for place in passage.gold]
    )


def _judge_clauses(
    bundle: Bundle, found: Sequence[ClaimProposal], one: Example, layer: Layer
) -> Judged:
    start = one.reading.paragraph.start
    proposed = [((p.start - start, p.end - start, p.label), p.chance) for p in found]
    alone = [_stretch(span, start) for span, _ in bundle._by_rules(one.reading, layer.name)]
    wanted = [_stretch(span, start) for span in one.spans if span.layer == layer.name]
    return Judged(one.reading.text, proposed, alone, wanted)


def _judge_pairs(
    bundle: Bundle, found: Sequence[RelationProposal], one: Example, layer: Layer
) -> Judged:
    """Given the spans as decided."""
    start = one.reading.paragraph.start
    ends: Mapping[str, tuple[int, int, str]] = {s.id: _stretch(s, start) for s in one.spans} | {
        AUTHOR: (0, 0, AUTHOR)
    }
    proposed = [((ends[p.source], p.label, ends[p.target]), p.chance) for p in found]
    edges = [s.value for s in bundle._edges(one.reading, layer, one.spans)]
    alone = [(ends[r.source], r.label, ends[r.target]) for r in edges if isinstance(r, Relation)]
    wanted = [
        (ends[r.source], r.label, ends[r.target])
        for r in one.relations
        if r.layer == layer.name and r.source in ends and r.target in ends
    ]
    return Judged(one.reading.text, proposed, alone, wanted)


def _stretch(span: Span, start: int) -> tuple[int, int, str]:
    return span.start - start, span.end - start, span.label


__all__ = ["FORMAT", "Bundle", "learn"]
