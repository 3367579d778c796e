"""Layers with short spans that do not overlap (actors): from examples to the CRF, and from its
findings to suggestions with entity and attributes."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

from annotator.english.exclusions import excluded
from annotator.english.name_bounds import after_compass, before_name
from annotator.english.reading import Reader, Reading, parse, tokens_within
from annotator.english.tokens import FoundSpan
from annotator.english.usage import Usage
from annotator.learners.actors.crf import SpanModel, Training, train
from annotator.learners.actors.features import describe
from annotator.learners.actors.lexicon import Form
from annotator.learners.actors.tagging import OUTSIDE, TaggedParagraph, places_of
from annotator.learners.display_choice import SpanCandidate, choose
from annotator.learners.examples import Example
from annotator.learners.labels import LabelMap, fitting
from annotator.model.content_ids import span_id
from annotator.model.decision import Suggestion
from annotator.model.memory import Memory
from annotator.model.schema import Layer
from annotator.model.span import Span, Value

LONG = 6
"""The median length of spans, in tokens, above which a layer is not read token by token."""

_SURE, _OFTEN = 0.8, 3
"""The share, and the number of annotations, from which an attribute's value is proposed."""


def is_flat(examples: Sequence[Example], layer: str) -> bool:
    """Whether the spans of a layer are short, and no two of a paragraph overlap."""
    lengths: list[int] = []
    for one in examples:
        end = 0
        for span in sorted(
            (s for s in one.spans if s.layer == layer), key=lambda s: (s.start, s.end)
        ):
            if span.start < end:
                return False
            end = span.end
            start = one.reading.paragraph.start
            lengths.append(len(one.reading.text[span.start - start : span.end - start].split()))
    return bool(lengths) and median(lengths) <= LONG


def passage_of(
    reading: Reading,
    layer: str,
    labels: LabelMap,
    group: str,
    spans: Iterable[Span],
    usage: Usage,
    *,
    strict: bool,
) -> TaggedParagraph:
    """A paragraph in the form that the CRF needs: the rules' findings for the layer, in its labels,
    and the decided spans. `usage` is that of words in all texts; if `strict`, tokens that the
    guidelines exclude cannot be a span."""
    found: list[FoundSpan] = []
    for kind, every in (("actor", reading.actors), ("claim", [c.found for c in reading.clauses])):
        for one in every:
            target = labels.of_span(kind, one)
            if target is not None and target[0] == layer:
                found.append(replace(one, label=target[1]))
    start = reading.paragraph.start
    gold = places_of(
        reading.tokens,
        [(s.start - start, s.end - start, s.label) for s in spans if s.layer == layer],
    )
    used = usage.features(reading.tokens, reading.usage)
    described = describe(reading.tokens, found, reading.context.words, used, parse(reading))

    def barred(first: int, last: int) -> bool:
        """Whether these tokens cannot be a span."""
        out = strict and excluded(reading.tokens, first, last, parse(reading))
        return out or part_of_name(reading, first, last)

    return TaggedParagraph(group, reading.tokens, tuple(found), described, gold, barred)


def _strays(examples: Sequence[Example], layer: str) -> tuple[int, frozenset[tuple[str, str]]]:
    """How many spans are marked, and which of them the guidelines exclude, by document and
    words."""
    marked, out = 0, set[tuple[str, str]]()
    for one in examples:
        start, tokens = one.reading.paragraph.start, one.reading.tokens
        for span in (s for s in one.spans if s.layer == layer):
            place = tokens_within(tokens, span.start - start, span.end - start)
            marked += 1
            if place is not None and excluded(tokens, *place, parse(one.reading)):
                out.add(
                    (one.reading.document, one.reading.text[span.start - start : span.end - start])
                )
    return marked, frozenset(out)


_STRAY = 0.02
"""The share of marked spans that may be against the guidelines."""


def part_of_name(reading: Reading, first: int, last: int) -> bool:
    """Whether tokens `[first, last)` are part of a longer name: one of the tables (`Saudi` in
    `Saudi Arabia`), or a point of the compass before another name (`West` in `West Elbonia`)."""
    before = bisect_right(reading.names, first, key=lambda name: name[0])
    if before:
        a, b = reading.names[before - 1]
        if last <= b and (a, b) != (first, last):
            return True
    return before_name(reading.tokens, first, last) or after_compass(reading.tokens, first)


@dataclass
class FlatModel:
    """What was learnt about one layer. `habits` has the most frequent values of attributes by label
    and by whether the span begins with a capital. If `strict`, almost none of the marked spans is
    one that the guidelines exclude (other schemas may want them); `strays` are those few, by
    document and words."""

    layer: Layer
    model: SpanModel
    habits: dict[str, dict[str, Value]]
    strict: bool
    strays: frozenset[tuple[str, str]] = frozenset()

    @staticmethod
    def train(
        examples: Sequence[Example],
        layer: Layer,
        labels: LabelMap,
        usage: Usage,
        base: FlatModel | None = None,
    ) -> tuple[FlatModel, Training, list[TaggedParagraph]]:
        """The model, on top of a `base` if there is one, and the proposals by which to judge it.
        Raises ValueError if nothing is marked."""
        marked, strays = _strays(examples, layer.name)
        strict = len(strays) <= _STRAY * marked
        passages = [
            passage_of(e.reading, layer.name, labels, e.group, e.spans, usage, strict=strict)
            for e in examples
        ]
        training = train(passages, usage, base.model if base else None)
        habits = _habits(examples, layer, base.habits if base else {})
        return FlatModel(layer, training.model, habits, strict, strays), training, passages

    def bars(self, reading: Reading, start: int, end: int) -> bool:
        """Whether the guidelines exclude code points `[start, end)` of a paragraph as a span of the
        layer, and nobody has marked these words in this document anyway."""
        place = tokens_within(reading.tokens, start, end)
        if not self.strict or place is None:
            return False
        if (reading.document, reading.text[start:end]) in self.strays:
            return False
        return excluded(reading.tokens, *place, parse(reading))

    def remember(self, memory: Memory, reader: Reader) -> None:
        """Learn from what was accepted and rejected since the model was trained."""
        forms: dict[Form, dict[str, int]] = {}
        for (layer, key), tallies in memory.labels.items():
            if layer != self.layer.name:
                continue
            counts = {label: tally.accepted for label, tally in tallies.items() if tally.accepted}
            counts[OUTSIDE] = sum(tally.rejected for tally in tallies.values())
            for spelling in memory.forms.get((layer, key), {}):
                forms[reader.lexer.texts(spelling)] = counts
        self.model.lexicon.learn(forms)

    def suggest(
        self, reading: Reading, labels: LabelMap, memory: Memory, *, gate: float
    ) -> list[Suggestion]:
        """The suggestions worth showing in a paragraph, in reading order; the caller gives name and
        version."""
        passage = passage_of(
            reading,
            self.layer.name,
            labels,
            reading.document,
            (),
            self.model.usage,
            strict=self.strict,
        )
        return self.shown(reading, passage, self.model.candidates(passage), memory, gate=gate)

    def shown(
        self,
        reading: Reading,
        passage: TaggedParagraph,
        candidates: Iterable[SpanCandidate],
        memory: Memory,
        *,
        gate: float,
    ) -> list[Suggestion]:
        """The same for candidates that are already known."""
        found = {(f.first, f.last): f for f in passage.found}
        known = [one for one in candidates if self.layer.label(one.label) or self.layer.open]
        return [
            self._suggestion(reading, one, found.get((one.first, one.last)), memory)
            for one in choose(known, gate=gate)
        ]

    def _suggestion(
        self, reading: Reading, one: SpanCandidate, found: FoundSpan | None, memory: Memory
    ) -> Suggestion:
        start, end = reading.tokens[one.first].start, reading.tokens[one.last - 1].end
        quote = reading.text[start:end]
        attributes: dict[str, Value] = dict(self.habits.get(_habit(one.label, quote), {}))
        entity = memory.entity(self.layer.name, quote)
        if found is not None:
            attributes |= found.attributes
            entity = entity or found.entity
        if entity is None and quote[:1].isupper() and attributes.get("mention", "name") == "name":
            entity = reading.context.persons.get(quote.rsplit(" ", 1)[-1], quote)
        if self.layer.attribute_of_type("entity") is None:
            entity = None
        begin = reading.paragraph.start
        value = Span(
            span_id(reading.document, self.layer.name, one.label, begin + start, begin + end),
            self.layer.name,
            one.label,
            begin + start,
            begin + end,
            entity,
            fitting(self.layer, attributes),
            "suggestion",
        )
        reason, rule = self._why(reading, one, found)
        return Suggestion(
            value, reading.paragraph.index, "", "", round(one.chance, 4), 0, reason, rule
        )

    def _why(
        self, reading: Reading, one: SpanCandidate, found: FoundSpan | None
    ) -> tuple[str, str]:
        """One line of explanation, and the rule's name."""
        form = tuple(t.text for t in reading.tokens[one.first : one.last])
        counts = self.model.lexicon.forms.get(form, Counter())
        parts: list[str] = []
        if counts[one.label]:
            parts.append(
                f"marked {one.label} in {counts[one.label]} of {sum(counts.values())} places"
            )
        if found is not None and found.label == one.label:
            parts.append(found.reason)
        if not parts:
            parts.append(f"{one.label} was marked in such places before")
        rule = found.rule if one.by == "rules" and found is not None else f"{one.by}.{one.label}"
        return "; ".join(parts), rule

    def to_data(self) -> dict[str, Any]:
        """What `of_data` reads back."""
        return {
            "model": self.model.to_data(),
            "habits": self.habits,
            "strict": self.strict,
            "strays": [list(one) for one in sorted(self.strays)],
        }

    @staticmethod
    def of_data(data: Mapping[str, Any], layer: Layer) -> FlatModel:
        """The model that `to_data` wrote."""
        model = SpanModel.of_data(data["model"])
        strays = frozenset((document, words) for document, words in data["strays"])
        return FlatModel(layer, model, dict(data["habits"]), bool(data["strict"]), strays)


def _habit(label: str, quote: str) -> str:
    return f"{label}|{'A' if quote[:1].isupper() else 'a'}"


def _habits(
    examples: Sequence[Example], layer: Layer, before: Mapping[str, Mapping[str, Value]]
) -> dict[str, dict[str, Value]]:
    """The habits in the examples; those of `before` count until there are enough examples."""
    out = {key: dict(values) for key, values in before.items()}
    for key, by_name in sorted(_value_counts(examples, layer).items()):
        for name, values in by_name.items():
            best = min(values, key=lambda v: (-values[v], str(v)))
            own = out.setdefault(key, {})
            if values[best] >= max(_OFTEN, _SURE * values.total()):
                own[name] = best
            elif values.total() >= _OFTEN:
                own.pop(name, None)
    return {key: values for key, values in out.items() if values}


def _value_counts(
    examples: Sequence[Example], layer: Layer
) -> dict[str, dict[str, Counter[Value]]]:
    """How often each value of an attribute was given, by kind of span and attribute."""
    counts: dict[str, dict[str, Counter[Value]]] = {}
    names = [a.name for a in layer.attributes if a.type in ("choice", "integer") and not a.multiple]
    for one in examples:
        start = one.reading.paragraph.start
        for span in (span for span in one.spans if span.layer == layer.name):
            key = _habit(span.label, one.reading.text[span.start - start : span.end - start])
            for name in names:
                value = span.attributes.get(name)
                if isinstance(value, str | int):
                    counts.setdefault(key, {}).setdefault(name, Counter())[value] += 1
    return counts


__all__ = ["FlatModel", "is_flat", "passage_of"]
