"""Learns a project's models, one for each layer with enough data, and decides whose suggestions are
shown.

Everything is a function of the examples: the same ones give the same models.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from annotator.english.reading import parse
from annotator.english.usage import Usage
from annotator.errors import SuggesterError
from annotator.learners.actors.crf import LEAST, Training
from annotator.learners.actors.model import FlatModel, is_flat
from annotator.learners.actors.tagging import LabelledRange, TaggedParagraph
from annotator.learners.bundle import Bundle, claims_as_suggestions
from annotator.learners.claims.model import ClaimProposal
from annotator.learners.claims.training import train_clauses
from annotator.learners.display_choice import choose
from annotator.learners.evaluation import LAST, Judged, Speaker, Trial, report, rounded
from annotator.learners.examples import Example, with_guesses
from annotator.learners.stances.model import PairModel, RelationProposal
from annotator.learners.word_clusters import WordClusters
from annotator.model.decision import Suggestion
from annotator.model.effort import Effort, total
from annotator.model.memory import EMPTY
from annotator.model.schema import LabelSchema, Layer
from annotator.model.span import AUTHOR, Relation, Span


def learn(
    examples: Sequence[Example],
    schema: LabelSchema,
    *,
    texts: Iterable[str],
    base: Bundle | None = None,
) -> Bundle:
    """Learn from finished paragraphs, the oldest first; `texts` are all texts, labelled or not.

    A `base` was trained on others for the same schema; the models learn what differs from it. In
    each layer, the suggestions shown are those that cost the fewest keys in these paragraphs: those
    of rules and memory, of the base, or of the model learnt here.

    Raises SuggesterError if nothing is marked in them.
    """
    if not any(one.spans or one.relations for one in examples):
        raise SuggesterError(
            "there is nothing to learn from yet", hint="Finish some paragraphs first"
        )
    bundle = Bundle(schema)
    texts = list(texts)
    lesson = _TrainingData(
        bundle, examples, Usage.of(texts), cache(lambda: WordClusters.of(texts)), base
    )
    speakers: dict[str, Speaker] = {}
    layers: dict[str, Any] = {}
    last: list[Effort] = []
    for layer in schema.layers:
        spans = layer.kind == "span"
        trial = lesson.learn(layer)
        speaker = speakers[layer.name] = trial.speaker(spans=spans)
        if speaker == "base":
            lesson.take(layer.name)
        if trial.own:
            judged = [trial.own[i] for i in sorted(trial.own)]
            layers[layer.name] = {**report(judged, spans=spans), "speaker": speaker}
        last.append(trial.spent(speaker, spans=spans))
    if not any(bundle.by_kind):
        raise SuggesterError(
            "there is nothing to learn from yet", hint="Finish some paragraphs first"
        )
    metrics = {**_material(examples), "layers": layers, "last": _last(last, len(examples))}
    covers = frozenset(name for name, one in speakers.items() if one in ("base", "own"))
    muted = frozenset(name for name, one in speakers.items() if one == "nobody")
    return replace(bundle, covers=covers, muted=muted, metrics=metrics)


def _material(examples: Sequence[Example]) -> dict[str, Any]:
    """The amount of training data."""
    return {
        "paragraphs": len(examples),
        "parsed": any(parse(one.reading) is not None for one in examples),
        "documents": len({one.reading.document for one in examples}),
        "annotations": sum(len(one.spans) + len(one.relations) for one in examples),
    }


def _last(efforts: Sequence[Effort], paragraphs: int) -> dict[str, Any]:
    """The cost of the last paragraphs, from the efforts of their layers."""
    spent = total(efforts)
    return {
        "saved": rounded(spent.saved),
        "keys": spent.keys,
        "by_hand": spent.without,
        "paragraphs": min(LAST, paragraphs),
    }


@dataclass(frozen=True)
class _TrainingData:
    """The training data of layers, and the bundle for their models. `blind` are the spans that
    models propose for examples which they have not seen, by the places of these and layers.
    """

    bundle: Bundle
    examples: Sequence[Example]
    usage: Usage
    kinds: Callable[[], WordClusters]
    base: Bundle | None
    blind: dict[int, dict[str, list[Span]]] = field(default_factory=dict)

    @property
    def known(self) -> Bundle:
        """The base, or an empty one."""
        return self.base or Bundle(self.bundle.schema)

    def learn(self, layer: Layer) -> Trial:
        """Train the model of a layer if there is enough data, or else take that of the base.
        Returns its figures."""
        try:
            own = self._train(layer)
        except ValueError:  # too little is decided
            self.take(layer.name)
            own = {}
        enough = self.base is not None or len(self.examples) >= LEAST
        return Trial(self._before(layer), own if enough else {}, self._gain(layer.name))

    def take(self, layer: str) -> None:
        """Put the base's model of a layer into the bundle."""
        for mine, theirs in zip(self.bundle.by_kind, self.known.by_kind, strict=True):
            mine.pop(layer, None)
            mine |= {layer: theirs[layer]} if layer in theirs else {}

    def _gain(self, layer: str) -> float | None:
        """The keys that the base saves over the rules per paragraph of its own texts; None if it
        does not suggest."""
        if self.base is None or layer not in self.base.covers:
            return None
        return float(self.base.metrics.get("layers", {}).get(layer, {}).get("gain") or 0.0)

    def _train(self, layer: Layer) -> dict[int, Judged]:
        """Train the model of a layer. Returns its proposals on held-out paragraphs. Raises
        ValueError if too little is decided."""
        if layer.kind != "span":
            return self._train_pairs(layer)
        if is_flat(self.examples, layer.name):
            return self._train_flat(layer)
        return self._train_clauses(layer)

    def _train_pairs(self, layer: Layer) -> dict[int, Judged]:
        """Train on the decided spans and, where models proposed them unseen, on those."""
        name, examples = layer.name, self.examples
        ends = {*layer.sources, *layer.targets} - {AUTHOR}
        guessed = {
            i: with_guesses(examples[i], [s for end in sorted(ends) for s in by[end]])
            for i, by in self.blind.items()
            if ends <= by.keys()
        }
        self.bundle.pairs[name], related = PairModel.train(
            examples, layer, self.known.pairs.get(name), guessed
        )
        return {i: self._judge_pairs(examples[i], layer, found) for i, found in related.items()}

    def _train_flat(self, layer: Layer) -> dict[int, Judged]:
        name, bundle, examples = layer.name, self.bundle, self.examples
        model, training, passages = FlatModel.train(
            examples, layer, bundle.labels, self.usage, self.known.flat.get(name)
        )
        bundle.flat[name] = model
        for i, candidates in training.held_out.items():
            shown = model.shown(examples[i].reading, passages[i], candidates, EMPTY, gate=0.0)
            self._guess(layer, i, shown)
        return {i: _judge_flat(examples[i], passages[i], training, i) for i in training.held_out}

    def _train_clauses(self, layer: Layer) -> dict[int, Judged]:
        name, examples = layer.name, self.examples
        before = self.known.clauses.get(name)
        # A base knows only its own kinds of words.
        kinds = before.kinds if before else self.kinds()
        self.bundle.clauses[name], proposed = train_clauses(examples, layer, kinds, before)
        for i, found in proposed.items():
            self._guess(layer, i, claims_as_suggestions(examples[i].reading, layer, found))
        return {i: self._judge_clauses(examples[i], layer, found) for i, found in proposed.items()}

    def _guess(self, layer: Layer, place: int, found: Sequence[Suggestion]) -> None:
        spans = [one.value for one in found if isinstance(one.value, Span)]
        self.blind.setdefault(place, {})[layer.name] = spans

    def _before(self, layer: Layer) -> dict[int, Judged]:
        """The proposals for the last paragraphs without learning from them."""
        places = range(max(0, len(self.examples) - LAST), len(self.examples))
        return {i: self._unlearnt(self.examples[i], layer) for i in places}

    def _unlearnt(self, one: Example, layer: Layer) -> Judged:
        """The proposals of the base and of the rules for a paragraph."""
        name, known = layer.name, self.known
        if layer.kind != "span":
            pairs = known.pairs.get(name)
            return self._judge_pairs(
                one, layer, pairs.suggest(one.reading, one.spans) if pairs else ()
            )
        if name in known.clauses:
            return self._judge_clauses(one, layer, known.clauses[name].suggest(one.reading))
        if name not in known.flat:
            return self._judge_clauses(one, layer, ())
        start = one.reading.paragraph.start
        found = known.flat[name].suggest(one.reading, known.labels, EMPTY, gate=0.0)
        proposed = [(_stretch(s.value, start), s.score) for s in found if isinstance(s.value, Span)]
        return replace(self._judge_clauses(one, layer, ()), proposed=proposed)

    def _judge_clauses(self, one: Example, layer: Layer, found: Sequence[ClaimProposal]) -> Judged:
        start = one.reading.paragraph.start
        proposed = [((p.start - start, p.end - start, p.label), p.chance) for p in found]
        alone = [_stretch(span, start) for span, _ in self.bundle.by_rules(one.reading, layer.name)]
        wanted = [_stretch(span, start) for span in one.spans if span.layer == layer.name]
        return Judged(one.reading.text, proposed, alone, wanted)

    def _judge_pairs(self, one: Example, layer: Layer, found: Sequence[RelationProposal]) -> Judged:
        """Judge the relations between the decided spans."""
        start = one.reading.paragraph.start
        ends: Mapping[str, tuple[int, int, str]] = {s.id: _stretch(s, start) for s in one.spans} | {
            AUTHOR: (0, 0, AUTHOR)
        }
        proposed = [((ends[p.source], p.label, ends[p.target]), p.chance) for p in found]
        edges = [s.value for s in self.bundle.edges(one.reading, layer, one.spans)]
        alone = [
            (ends[r.source], r.label, ends[r.target]) for r in edges if isinstance(r, Relation)
        ]
        wanted = [
            (ends[r.source], r.label, ends[r.target])
            for r in one.relations
            if r.layer == layer.name and r.source in ends and r.target in ends
        ]
        return Judged(one.reading.text, proposed, alone, wanted)


def _judge_flat(
    example: Example, passage: TaggedParagraph, training: Training, number: int
) -> Judged:
    tokens = passage.tokens

    def stretch(first: int, last: int, label: str) -> LabelledRange:
        return tokens[first].start, tokens[last - 1].end, label

    held_out, ruled = training.held_out[number], training.alone[number]
    proposed = [(stretch(c.first, c.last, c.label), c.chance) for c in choose(held_out)]
    alone = [stretch(c.first, c.last, c.label) for c in choose(ruled)]
    return Judged(
        example.reading.text, proposed, alone, [stretch(*place) for place in passage.gold]
    )


def _stretch(span: Span, start: int) -> tuple[int, int, str]:
    return span.start - start, span.end - start, span.label


__all__ = ["learn"]
