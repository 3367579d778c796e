"""A trained model as a component of a spaCy pipeline: `annotator_model`.

`annotator train -o DIR` saves a pipeline that holds it, `spacy.load(DIR)` reads it where annotator
is installed. For a text it sets `doc.spans[layer]` for every layer of spans (with `span._.score`
and `span._.reason`, the scores also in `group.attrs["scores"]`, as `spancat` leaves them) and
`doc._.stances`, one mapping for each relation. The rules propose what the model does not take over,
as in the application. Sentences begin where the rules see them begin, unless another component has
set them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import srsly
from spacy.language import Language
from spacy.tokens import Doc, SpanGroup

from annotator.english import components
from annotator.english.reading import shared_reader
from annotator.errors import SuggesterError
from annotator.model.decision import Suggestion
from annotator.model.memory import EMPTY
from annotator.model.schema import LabelSchema
from annotator.model.schema_reading import parse_schema
from annotator.model.span import AUTHOR, Relation, Span
from annotator.model.text import Document, split_paragraphs
from annotator.suggesters import model, rules
from annotator.suggesters.api import Suggester
from annotator.workflows.suggesting.combining import Policy, combine, consulted

FACTORY = "annotator_model"
_FILE = "model.msgpack"


class Component:
    """Proposes what a bundle of models and the rules find. It is empty until `teach` or one of
    spaCy's loading methods."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._given: dict[str, Any] = {}
        self._suggesters: list[Suggester] = []
        self._policy = Policy()
        self.schema: LabelSchema | None = None

    def teach(
        self, data: bytes, *, number: int, schema: str, gate: float = 0.0, stances: float = 0.65
    ) -> None:
        """Take a bundle's bytes, its number, the TOML of its label schema, and the least chances of
        spans and relations. Raises SuggesterError or SchemaError if they are invalid."""
        read = parse_schema(schema, file="the label schema of the pipeline")
        learnt = model.create(schema=read, config={"data": data, "number": number}, memory=EMPTY)
        self._given = {
            "data": data,
            "number": number,
            "schema": schema,
            "gate": gate,
            "stances": stances,
        }
        flat = frozenset(
            layer.name for layer in read.span_layers if layer.attribute_of_type("entity")
        )
        self._policy = Policy(flat, gate, stances, taken=learnt.takes)
        every: list[Suggester] = [learnt, rules.create(schema=read, config={}, memory=EMPTY)]
        self._suggesters = consulted(every, (layer.name for layer in read.layers), self._policy)
        self.schema = read

    def __call__(self, doc: Doc) -> Doc:
        if self.schema is None:
            raise SuggesterError(
                f"the component “{self.name}” has no model",
                hint="Save one with `annotator train -o DIR`, and load that",
            )
        document = Document("doc", "", doc.text, split_paragraphs(doc.text))
        found = self._found(document)
        for layer in self.schema.span_layers:
            _set_spans(doc, layer.name, [s for s in found if s.value.layer == layer.name])
        _set_sentences(doc, document)
        doc._.stances = tuple(_stances(found))
        return doc

    def _found(self, document: Document) -> list[Suggestion]:
        """The suggestions that are shown in a document."""
        found: list[Suggestion] = []
        for paragraph in document.paragraphs:
            if not paragraph.excluded:
                every = [s for one in self._suggesters for s in one.suggest(document, paragraph)]
                found += [s for s in combine(document, every, EMPTY, self._policy) if s.shown]
        return found

    # --- spaCy's methods to store a component

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:  # noqa: ARG002 - spaCy's own signature
        """The whole component."""
        data: bytes = srsly.msgpack_dumps(self._given)
        return data

    def from_bytes(self, data: bytes, *, exclude: Iterable[str] = ()) -> Component:  # noqa: ARG002
        """Read what `to_bytes` wrote."""
        given = srsly.msgpack_loads(data)
        if given:
            self.teach(given.pop("data"), **given)
        return self

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:  # noqa: ARG002
        """Write it to a folder."""
        Path(path).mkdir(parents=True, exist_ok=True)
        (Path(path) / _FILE).write_bytes(self.to_bytes())

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> Component:  # noqa: ARG002
        """Read what `to_disk` wrote."""
        return self.from_bytes((Path(path) / _FILE).read_bytes())


def _stances(found: Iterable[Suggestion]) -> Iterator[dict[str, Any]]:
    """The relations as mappings, with the places of their ends."""
    every = list(found)
    places = {s.id: [s.value.start, s.value.end] for s in every if isinstance(s.value, Span)}
    for one in every:
        value = one.value
        if isinstance(value, Relation):
            yield {
                "layer": value.layer,
                "label": value.label,
                "score": one.score,
                "reason": one.reason,
                "source": AUTHOR if value.source == AUTHOR else places[value.source],
                "target": places[value.target],
                "attributes": dict(value.attributes),
            }


def _set_sentences(doc: Doc, document: Document) -> None:
    """Set sentence starts from the tokens that model and rules read, unless they are already
    set."""
    if doc.has_annotation("SENT_START"):
        return
    lexer = shared_reader().lexer
    starts: set[int] = set()
    for paragraph in document.paragraphs:
        for token in lexer.tokens(doc.text[paragraph.start : paragraph.end]):
            place = paragraph.start + token.start
            span = doc.char_span(place, place + 1, alignment_mode="expand") if token.first else None
            if span is not None:
                starts.add(span.start)
    # White space before the first sentence belongs to it.
    starts = starts - {min(starts)} | {0} if starts else {0}
    for one in doc:
        one.is_sent_start = one.i in starts


def _set_spans(doc: Doc, name: str, found: Sequence[Suggestion]) -> None:
    spans, scores = [], []
    for one in sorted(
        found, key=lambda s: (s.value.start, s.value.end) if isinstance(s.value, Span) else (0, 0)
    ):
        value = one.value
        assert isinstance(value, Span)
        span = doc.char_span(value.start, value.end, label=value.label, alignment_mode="expand")
        if span is not None:
            span._.score, span._.reason, span._.rule = one.score, one.reason, one.rule
            span._.entity, span._.attributes = value.entity, dict(value.attributes)
            spans.append(span)
            scores.append(one.score)
    doc.spans[name] = SpanGroup(doc, name=name, spans=spans, attrs={"scores": scores})


@Language.factory(FACTORY)
def learnt(nlp: Language, name: str) -> Component:
    """The component, empty."""
    return Component(name)


# The components of the rules define the extensions of documents and spans.
components.extend()

__all__ = ["FACTORY", "Component", "learnt"]
