"""Learning over a model that was trained on others' work: what both have in common is known from
the start, and differences are learnt."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from annotator.english.reading import shared_reader
from annotator.errors import SuggesterError
from annotator.learners.bundle import Bundle
from annotator.learners.evaluation import Trial
from annotator.learners.examples import Example
from annotator.learners.learning import learn
from annotator.model.schema import LabelSchema
from annotator.model.span import Span
from annotator.workflows.training.base_model import base_of, examples_in, seed_records

pytestmark = pytest.mark.slow  # Each needs a model of twelve documents.


@pytest.fixture(scope="module")
def base(schema: LabelSchema) -> Bundle:
    return base_of(seed_records("train")[6:18], schema)


@pytest.fixture(scope="module")
def decided() -> list[Example]:
    return examples_in(seed_records("train")[:6], shared_reader())


def _texts(examples: list[Example]) -> list[str]:
    return [one.reading.text for one in examples]


def _labels(bundle: Bundle, examples: list[Example], layer: str) -> Counter[str]:
    found = [s.value for one in examples for s in bundle.suggest(one.reading)]
    return Counter(s.label for s in found if isinstance(s, Span) and s.layer == layer)


def test_a_model_over_a_base_is_judged_on_the_project_s_own(
    decided: list[Example], schema: LabelSchema, base: Bundle
) -> None:
    own = decided[:5]
    found = learn(own, schema, texts=_texts(own), base=base)
    assert found.metrics["paragraphs"] == 5 and found.metrics["layers"]["actor"]["paragraphs"] == 5
    spoken = {name: one["speaker"] for name, one in found.metrics["layers"].items()}
    assert {name for name, who in spoken.items() if who in ("base", "own")} == found.covers
    alone = learn(own, schema, texts=[])
    assert not alone.covers and not alone.metrics["layers"]


def test_what_others_marked_is_known_and_what_one_marks_otherwise_is_learnt(
    decided: list[Example],
    schema: LabelSchema,
    base: Bundle,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """These annotators call organizations blocs, and mark no predictions. The test asks the model
    itself, no matter whose suggestions save the most keys."""
    monkeypatch.setattr(Trial, "speaker", lambda *_, **__: "own")

    def otherwise(span: Span) -> Span | None:
        if span.label == "prediction":
            return None
        return replace(span, label="bloc") if span.label == "organization" else span

    changed = [
        replace(one, spans=tuple(s for s in map(otherwise, one.spans) if s), relations=())
        for one in decided
    ]
    own, rest = changed[:16], decided[16:]
    found = learn(own, schema, texts=_texts(own), base=base)
    before, after = _labels(base, rest, "actor"), _labels(found, rest, "actor")
    assert before["organization"] > 10 > 2 > before["bloc"]
    assert after["bloc"] > 10 > 2 > after["organization"]
    before, after = _labels(base, rest, "claim"), _labels(found, rest, "claim")
    assert after["prediction"] < 0.7 * before["prediction"]
    assert after["policy"] > 0.7 * before["policy"] > 0


def test_a_model_over_a_base_reads_back_as_it_was(
    decided: list[Example], schema: LabelSchema, base: Bundle
) -> None:
    found = learn(decided[:20], schema, texts=_texts(decided), base=base)
    again = Bundle.of_bytes(found.to_bytes(), schema)
    assert again.to_bytes() == found.to_bytes()
    for one in decided[20:]:
        assert again.suggest(one.reading) == found.suggest(one.reading)
        assert found.suggest(one.reading)


def test_of_layers_of_which_too_little_is_decided_the_base_speaks(
    decided: list[Example], schema: LabelSchema, base: Bundle
) -> None:
    claims = [
        replace(one, spans=tuple(s for s in one.spans if s.layer == "claim"), relations=())
        for one in decided[:6]
    ]
    found = learn(claims, schema, texts=_texts(claims), base=base)
    assert (
        found.flat["actor"] is base.flat["actor"] and found.pairs["stance"] is base.pairs["stance"]
    )
    judged = found.metrics["layers"]
    assert judged.keys() == {"claim"}
    assert "actor" in found.muted, "many were proposed, and nobody marks any"
    assert "claim" not in found.muted
    nothing = [replace(one, spans=(), relations=()) for one in claims]
    with pytest.raises(SuggesterError, match="nothing to learn"):
        learn(nothing, schema, texts=[], base=base)
