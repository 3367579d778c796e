"""The learner of long spans: what it proposes after a few paragraphs, and that it is the same each time."""

from __future__ import annotations

from functools import cache

import pytest

from annotator.model.schema import Layer
from annotator.model.span import Span
from annotator.model.text import Document, split_paragraphs
from annotator.resources import load_schema
from annotator.suggesters._clauses import ClauseModel
from annotator.suggesters._reading import Example, Reader

SCHEMA = load_schema("actors-claims-stances")
CLAIM = SCHEMA.layer("claim")
assert CLAIM is not None

TOPICS = ("harbour", "tax", "bridge", "school", "river", "law", "union", "market")
TEXTS = [
    f"However, the {topic} must be closed at once. The {topic} was a costly mistake. Thank you for the {topic} report."
    for topic in TOPICS
]


@cache
def _reader() -> Reader:
    return Reader()


def _example(text: str, number: int, *, marked: bool = True, final: bool = False) -> Example:
    document = Document(f"d{number}", "", text, split_paragraphs(text))
    spans = []
    for quote, label in (("must be closed at once", "policy"), ("was a costly mistake", "value")):
        end = text.index(quote) + len(quote) + final
        start = text.rindex(", " if label == "policy" else ". ", 0, end - len(quote)) + 2
        start += 0 if text[start] in "tT" else 1
        spans.append(Span(f"{number}{label}", "claim", label, start, end))
    reading = _reader().read(document, document.paragraphs[0])
    return Example(reading, tuple(spans) if marked else (), (), document.id)


def _quotes(model: ClauseModel, text: str) -> list[tuple[str, str]]:
    document = Document("new", "", text, split_paragraphs(text))
    reading = _reader().read(document, document.paragraphs[0])
    return [(p.label, text[p.start : p.end]) for p in model.suggest(reading)]


def _train(**options: bool) -> ClauseModel:
    assert CLAIM is not None
    return ClauseModel.train([_example(t, i, **options) for i, t in enumerate(TEXTS)], CLAIM)[0]


NEW = "However, the ferry must be closed at once. The ferry was a costly mistake. Thank you for the ferry report."


def test_bounds_labels_and_what_is_none_are_learnt() -> None:
    assert _quotes(_train(), NEW) == [
        ("policy", "the ferry must be closed at once"),
        ("value", "The ferry was a costly mistake"),
    ]


def test_a_final_stop_is_kept_where_annotators_keep_it() -> None:
    assert ("value", "The ferry was a costly mistake.") in _quotes(_train(final=True), NEW)


def test_nothing_marked_is_told() -> None:
    assert CLAIM is not None
    with pytest.raises(ValueError, match="nothing is marked"):
        ClauseModel.train([_example(TEXTS[0], 0, marked=False)], CLAIM)


def test_the_same_examples_make_the_same_model_and_it_survives_being_stored() -> None:
    one, other = _train(), _train()
    assert one.to_data() == other.to_data()
    assert _quotes(ClauseModel.of_data(one.to_data()), NEW) == _quotes(one, NEW)


def test_chances_are_probabilities_and_a_reason_is_given() -> None:
    document = Document("new", "", NEW, split_paragraphs(NEW))
    found = _train().suggest(_reader().read(document, document.paragraphs[0]))
    assert found
    assert all(0 < p.chance < 1 and p.reason for p in found)


def test_offsets_are_those_of_the_document() -> None:
    text = "First paragraph stands here.\n\n" + NEW
    document = Document("new", "", text, split_paragraphs(text))
    found = _train().suggest(_reader().read(document, document.paragraphs[1]))
    assert "The ferry was a costly mistake" in {text[p.start : p.end] for p in found}


def test_other_layers_are_learnt_as_well() -> None:
    layer = Layer("topic", "span", "", "sky", "T", ())
    example = _example(TEXTS[0], 0)
    spans = tuple(Span(s.id, "topic", "any", s.start, s.end) for s in example.spans)
    model, _ = ClauseModel.train([Example(example.reading, spans, (), "d")], layer)
    assert {label for label, _ in _quotes(model, NEW)} == {"any"}
