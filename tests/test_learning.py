"""Learning from decisions: choice, calibration, the model as bytes, and its proposals."""

from __future__ import annotations

import itertools
import random
from collections import Counter

import pytest
from base_model import digest, make
from support import read

from annotator.english.reading import Reader, shared_reader
from annotator.english.tokens import Token
from annotator.english.usage import Usage
from annotator.errors import SuggesterError
from annotator.learners.actors.features import describe
from annotator.learners.actors.lexicon import Lexicon
from annotator.learners.actors.model import passage_of
from annotator.learners.actors.tagging import OUTSIDE, places_of, tags
from annotator.learners.bundle import Bundle
from annotator.learners.display_choice import SpanCandidate, choose, gain
from annotator.learners.evaluation import Judged, Trial, calibration_error, report
from annotator.learners.examples import Example
from annotator.learners.labels import LabelMap
from annotator.learners.learning import learn
from annotator.model.memory import EMPTY, Memory, Outcome
from annotator.model.schema import LabelSchema
from annotator.model.span import AUTHOR, Relation, Span
from annotator.model.text import Document, split_paragraphs
from annotator.resources import load_schema
from annotator.suggesters import model, rules
from annotator.workflows.training.base_model import examples_in, seed_records


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


@pytest.fixture(scope="module")
def decided(reader: Reader) -> list[Example]:
    return examples_in(seed_records("train")[:6], reader)


@pytest.fixture(scope="module")
def learnt(decided: list[Example], schema: LabelSchema) -> Bundle:
    return learn(decided, schema, texts=[e.reading.text for e in decided])


def _tokens(text: str) -> list[Token]:
    out, at = [], 0
    for word in text.split():
        out.append(Token(word, at, at + len(word), word.lower(), not out))
        at += len(word) + 1
    return out


def test_the_best_set_of_candidates_is_that_of_trying_all() -> None:
    draw = random.Random(7)
    for _ in range(200):
        some = []
        for _ in range(draw.randint(0, 7)):
            first = draw.randint(0, 8)
            some.append(
                SpanCandidate(
                    first, first + draw.randint(1, 4), draw.choice("ab"), draw.random(), "model"
                )
            )
        chosen = choose(some)
        assert all(a.last <= b.first for a, b in itertools.pairwise(chosen))
        best = max(
            sum(gain(c) for c in subset)
            for size in range(len(some) + 1)
            for subset in itertools.combinations(sorted(some, key=lambda c: c.first), size)
            if all(a.last <= b.first for a, b in itertools.pairwise(subset))
        )
        assert sum(gain(c) for c in chosen) == pytest.approx(best)


def test_the_gate_hides_what_is_less_likely() -> None:
    one = SpanCandidate(0, 1, "a", 0.69, "model")
    assert choose([one]) == [one] and choose([one], gate=0.7) == []


def test_places_of_overlapping_spans_keep_the_longest_and_tags_say_where_they_are() -> None:
    tokens = _tokens("The Bank of England spoke")
    places = places_of(tokens, [(4, 8, "org"), (4, 19, "org"), (20, 25, "act")])
    assert places == ((1, 4, "org"), (4, 5, "act"))
    assert tags(5, places) == ["O", "B-org", "I-org", "I-org", "B-act"]


def test_a_name_in_a_list_knows_what_the_rules_say_of_the_names_beside_it(reader: Reader) -> None:
    text = "She met Angela Merkel, Xq Zwv or Olaf Scholz in Utrecht. Xq Zwv left."
    document = Document("d", "", text, split_paragraphs(text))
    reading = reader.read(document, document.paragraphs[0])
    tokens = reading.tokens
    found = [one for one in reading.actors if text[one.start : one.end] != "Xq Zwv"]
    features = describe(tokens, found, {}, [()] * len(tokens))
    first, again = (i for i, token in enumerate(tokens) if token.text == "Xq")
    assert {"list-1=person2", "list1=person2", "list-1=,person2", "list1=orperson2"} <= set(
        features[first]
    )
    assert {"run.len=2", "run.before2=merkel ,", "run.after2=or olaf", "run.at=0|2"} <= set(
        features[first]
    )
    assert "list-1=" in features[again]  # a sentence ends between them
    assert not any(name.startswith(("run.", "list")) for name in features[first - 1])


@pytest.mark.parametrize(
    ("text", "at", "strict", "barred"),
    [
        ("The regulator, Ofgrub, left.", 1, True, True),
        ("The regulator, Ofgrub, left.", 1, False, False),
        ("The regulator left.", 1, True, False),
        ("The police station burned.", 1, True, True),
        ("Officials left West Elbonia.", 2, False, True),
    ],
)
def test_what_cannot_be_a_span_is_no_candidate(
    schema: LabelSchema, text: str, at: int, *, strict: bool, barred: bool
) -> None:
    reading, labels = read(text), LabelMap(schema)
    passage = passage_of(reading, "actor", labels, "d", (), reading.usage, strict=strict)
    assert passage.barred is not None
    assert passage.barred(at, at + 1) == barred


def test_a_lexicon_leaves_out_the_document_itself() -> None:
    lexicon = Lexicon({("Iran",): Counter({"state": 3, OUTSIDE: 1})})
    own = Lexicon({("Iran",): Counter({"state": 3})})
    tokens = _tokens("In Iran")
    assert lexicon.matches(tokens) == [(1, 2, {"state": 3, OUTSIDE: 1})]
    assert lexicon.matches(tokens, own) == [(1, 2, {OUTSIDE: 1})]
    assert Lexicon.of_data(lexicon.to_data()).forms == lexicon.forms


def test_use_counts_capitals_within_sentences_only() -> None:
    usage = Usage.of(["Iran spoke. Then the Iran Deal fell, and iran said so to Iran."])
    assert usage.capital["Iran"] == [2, 1, 0, 1]
    assert "Then" not in usage.capital and usage.lower["iran"] == 1
    assert Usage.of_data(usage.to_data()) == usage


def test_the_calibration_error_is_the_distance_of_chance_and_share() -> None:
    assert calibration_error([]) is None
    assert calibration_error(
        [(0.75, True), (0.75, True), (0.75, True), (0.75, False)]
    ) == pytest.approx(0)
    assert calibration_error([(0.9, False), (0.1, True)]) == pytest.approx(0.9)


def _judged(*, model: bool, rules: bool, wanted: bool = True) -> Judged:
    """A paragraph in which the model, or the rules, propose the one right span, or a wrong one."""
    right, wrong = (0, 4, "state"), (5, 10, "person")
    proposed, alone = ([(right if hit else wrong, 0.9)] for hit in (model, rules))
    return Judged("Iran spoke", proposed, [span for span, _ in alone], [right] if wanted else [])


def test_who_speaks_is_who_costs_the_fewest_keys() -> None:
    model, ruled = _judged(model=True, rules=False), _judged(model=False, rules=True)
    assert Trial({}).speaker(spans=True) == "rules", "nothing is known"
    assert Trial({}, gain=2.0).speaker(spans=True) == "base", "it did better on its own texts"
    assert Trial({0: ruled}, gain=0.5).speaker(spans=True) == "rules", (
        "decided from the first paragraph on"
    )
    assert Trial({0: ruled, 1: model}, gain=0.5).speaker(spans=True) == "base"
    assert Trial({0: model}, gain=None).speaker(spans=True) == "rules", (
        "a base that is silent stays so"
    )
    assert Trial({0: ruled}, {0: model}).speaker(spans=True) == "own"
    assert Trial({0: model}, {0: model}, 1.0).speaker(spans=True) == "base", (
        "of equals the one that learnt less"
    )
    found = report([model], spans=True)
    assert found["all"]["f1"] == 1 and found["saved"] == 0.75 and found["gain"] == 5
    assert found["labels"]["state"]["wanted"] == 1


def test_nobody_speaks_where_much_was_proposed_and_nothing_marked() -> None:
    wrong = _judged(model=False, rules=False, wanted=False)
    assert Trial(dict.fromkeys(range(4), wrong), gain=1.0).speaker(spans=True) == "base"
    assert Trial(dict.fromkeys(range(5), wrong), gain=1.0).speaker(spans=True) == "nobody"
    mixed = dict.fromkeys(range(5), wrong) | {5: _judged(model=True, rules=True)}
    assert Trial(mixed, gain=1.0).speaker(spans=True) != "nobody"


def test_a_model_read_back_proposes_the_same(
    learnt: Bundle, decided: list[Example], schema: LabelSchema
) -> None:
    back = Bundle.of_bytes(learnt.to_bytes(), schema)
    assert back.metrics == learnt.metrics and back.takes == learnt.takes
    for one in decided[:4]:
        assert back.suggest(one.reading) == learnt.suggest(one.reading)


def test_what_is_proposed_stands_in_the_text_and_in_the_schema(
    learnt: Bundle, reader: Reader, schema: LabelSchema
) -> None:
    record = seed_records("train")[6]
    ruled = rules.create(schema=schema, config={}, memory=EMPTY)
    layers: Counter[str] = Counter()
    for paragraph in record.document.paragraphs:
        found = learnt.suggest(reader.read(record.document, paragraph))
        by_rules = [
            s.value for s in ruled.suggest(record.document, paragraph) if isinstance(s.value, Span)
        ]
        # Relations may hang on spans of a layer that is left to the rules.
        ids = {s.id for s in found} | {s.id for s in by_rules if s.layer not in learnt.takes}
        for one in found:
            layers[one.value.layer] += 1
            layer = schema.layer(one.value.layer)
            assert layer is not None and layer.label(one.value.label) is not None
            assert 0 <= one.score <= 1 and one.reason and one.rule
            if isinstance(one.value, Span):
                assert paragraph.start <= one.value.start < one.value.end <= paragraph.end
                assert record.document.quote(one.value.start, one.value.end).strip()
            elif isinstance(one.value, Relation):
                assert {one.value.source, one.value.target} - {"@author"} <= ids
    assert set(layers) == learnt.takes and layers.total() > 5


def test_what_was_decided_since_is_proposed(reader: Reader, schema: LabelSchema) -> None:
    text = "Later the qwib spoke.\n\nNobody heard the qwib at all."
    document = Document("x", "", text, split_paragraphs(text))
    reading = reader.read(document, document.paragraphs[1])

    def actors(memory: Memory) -> list[tuple[str, str, str | None]]:
        bundle = Bundle.of_bytes(model.BASE.read_bytes(), schema)
        bundle.remember(memory, reader)
        spans = [s.value for s in bundle.suggest(reading, memory) if isinstance(s.value, Span)]
        return [
            (document.quote(s.start, s.end), s.label, s.entity) for s in spans if s.layer == "actor"
        ]

    accepted = [Outcome("actor", "collective", "qwib", True, "the qwib")] * 3
    assert actors(EMPTY) == []
    assert actors(Memory.of(accepted)) == [("qwib", "collective", None)]
    rejected = [Outcome("actor", "collective", "qwib", False)] * 9
    assert actors(Memory.of([*accepted, *rejected])) == []


def test_bytes_that_are_no_model_are_refused(schema: LabelSchema) -> None:
    import zlib

    import srsly

    for data in (
        b"",
        b"nonsense",
        zlib.compress(b"x"),
        zlib.compress(srsly.msgpack_dumps({"format": "other"})),
    ):
        with pytest.raises(SuggesterError) as caught:
            Bundle.of_bytes(data, schema)
        assert "annotator train" in caught.value.hint


def test_nothing_to_learn_from_is_an_error(schema: LabelSchema, decided: list[Example]) -> None:
    from dataclasses import replace

    empty = [replace(one, spans=(), relations=()) for one in decided]
    with pytest.raises(SuggesterError, match="nothing to learn"):
        learn(empty, schema, texts=[])


def test_a_schema_without_the_layers_gets_nothing(
    learnt: Bundle, reader: Reader, decided: list[Example]
) -> None:
    other = Bundle.of_bytes(learnt.to_bytes(), load_schema("dna"))
    layers = {layer.name for layer in load_schema("dna").layers}
    assert {s.value.layer for s in other.suggest(decided[0].reading)} <= layers


def test_the_model_that_comes_with_the_program_is_that_of_the_seeds(schema: LabelSchema) -> None:
    bundle = Bundle.of_bytes(model.BASE.read_bytes(), schema)
    assert bundle.metrics["data"] == digest(seed_records("train")), (
        "make it anew: python tests/base_model.py"
    )
    assert bundle.takes == {"actor", "claim", "stance"}
    assert len(model.BASE.read_bytes()) < 1_000_000
    assert bundle.metrics["documents"] == len(seed_records("train"))


@pytest.mark.slow
@pytest.mark.parametrize("parsed", [True, False])
def test_the_model_that_comes_with_the_program_can_be_made_anew(
    schema: LabelSchema, *, parsed: bool
) -> None:
    """Its weights belong to the rules as they are. Machines round differently, so suggestions are
    compared, and their scores about."""
    reader = shared_reader() if parsed else Reader()
    shipped = Bundle.of_bytes((model.BASE if parsed else model.BASE_UNPARSED).read_bytes(), schema)
    made = make(reader)
    for example in examples_in(seed_records("test")[:4], reader):
        found, wanted = (
            {(one.value.layer, one.value.label, one.value.id): one.score for one in of}
            for of in (made.suggest(example.reading), shipped.suggest(example.reading))
        )
        assert found == pytest.approx(wanted, abs=0.02)


def test_a_word_that_only_other_documents_marked_is_shown_without_being_likely(
    schema: LabelSchema,
) -> None:
    """Nothing in its sentence supports it, but almost all its places in the seeds do."""
    text = "The word “council” is printed on the lid of the box."
    found = Bundle.of_bytes(model.BASE.read_bytes(), schema).suggest(read(text))
    (score,) = (one.score for one in found if one.rule.startswith("memory."))
    assert 0.5 <= score < 0.6


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Environmental groups are divided over the sea wall.", "unclear"),
        ("The court has yet to decide whether the decree is lawful.", "neutral"),
        ("The Greens abstained on the loan for the stadium.", "neutral"),
    ],
)
def test_who_takes_no_side_is_not_said_to_take_one(
    text: str, label: str, schema: LabelSchema
) -> None:
    found = Bundle.of_bytes(model.BASE.read_bytes(), schema).suggest(read(text))
    stances = [s.value for s in found if isinstance(s.value, Relation)]
    assert [one.label for one in stances if one.source != AUTHOR] == [label]


def test_without_a_model_of_ones_own_the_base_speaks_for_its_schema_only() -> None:
    made = model.create(schema=load_schema("actors-claims-stances"), config={}, memory=EMPTY)
    assert made.version.startswith("base") and made.takes
    none = model.create(schema=load_schema("dna"), config={}, memory=EMPTY)
    assert none.takes == frozenset()
    text = "Iran spoke."
    document = Document("x", "", text, split_paragraphs(text))
    assert none.suggest(document, document.paragraphs[0]) == []
