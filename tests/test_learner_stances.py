"""The learner of relations: what it proposes between given spans, and when it declines to learn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import pytest
from support import read

from annotator.english.judgements import PLAIN
from annotator.english.reading import Reader
from annotator.english.stances import ECHOED, ENDORSED, HELD
from annotator.learners.examples import Example, with_guesses
from annotator.learners.labels import of_edge
from annotator.learners.logistic import Binary
from annotator.learners.stances.model import (
    LEAST,
    PRIOR,
    PairModel,
    RelationProposal,
)
from annotator.learners.stances.pairs import pairs_of
from annotator.model.schema import Layer
from annotator.model.span import AUTHOR, Relation, Span
from annotator.model.text import Document, split_paragraphs
from annotator.resources import load_schema

NAMES = ("Iran", "Russia", "France", "Germany", "Spain", "Italy")


def _stance() -> Layer:
    layer = load_schema("actors-claims-stances").layer("stance")
    assert layer is not None
    return layer


@cache
def _reader() -> Reader:
    return Reader()


def _of_author(a: str, id: str, side: str, then: str) -> Example:
    """A report on which the author takes a side in the next sentence."""
    text = f"{a} says that the treaty was a mistake. {then}"
    document = Document(id, "", text, split_paragraphs(text))
    start = text.index("the treaty")
    spans = (
        Span("a", "actor", "state", 0, len(a)),
        Span("c", "claim", "value", start, start + len("the treaty was a mistake")),
    )
    relations = (Relation("1", "stance", side, AUTHOR, "c"),)
    reading = _reader().read(document, document.paragraphs[0])
    return Example(reading, spans, relations, document.id)


def _text(a: str, b: str) -> str:
    return (
        f"{a} frobs {b}. {a} says that the treaty was a mistake. {b} waited in the rain with {a}."
    )


def _spans(text: str, a: str, b: str, key: str) -> tuple[Span, ...]:
    claim = "the treaty was a mistake"
    places = [
        ("holder", "actor", "state", 0, len(a)),
        ("foe", "actor", "state", text.index(b), text.index(b) + len(b)),
        ("speaker", "actor", "state", text.index(f"{a} says"), text.index(f"{a} says") + len(a)),
        ("claim", "claim", "value", text.index(claim), text.index(claim) + len(claim)),
    ]
    return tuple(Span(f"{key}{name}", layer, label, s, e) for name, layer, label, s, e in places)


def _example(a: str, b: str, *, decided: bool = True) -> Example:
    text = _text(a, b)
    document = Document(f"{a}{b}", "", text, split_paragraphs(text))
    relations = (
        Relation("1", "stance", "oppose", f"{a}{b}holder", f"{a}{b}foe"),
        Relation("2", "stance", "support", f"{a}{b}speaker", f"{a}{b}claim"),
    )
    reading = _reader().read(document, document.paragraphs[0])
    return Example(reading, _spans(text, a, b, a + b), relations if decided else (), document.id)


@cache
def _model() -> PairModel:
    pairs = [(a, b) for a in NAMES for b in NAMES if a != b]
    return PairModel.train([_example(a, b) for a, b in pairs], _stance())[0]


def _suggest(model: PairModel) -> Sequence[RelationProposal]:
    text = _text("China", "Norway")
    document = Document("new", "", text, split_paragraphs(text))
    reading = _reader().read(document, document.paragraphs[0])
    return model.suggest(reading, _spans(text, "China", "Norway", ""))


def test_a_verb_that_the_rules_do_not_know_is_learnt() -> None:
    found = {(p.source, p.label, p.target): p for p in _suggest(_model())}
    assert set(found) == {("holder", "oppose", "foe"), ("speaker", "support", "claim")}
    assert all(p.chance > 0.8 and p.reason for p in found.values())


@pytest.mark.parametrize("name", ["cue", "trigger"])
def test_strength_basis_and_cue_are_those_of_the_rules(name: str) -> None:
    reported = next(p for p in _suggest(_model()) if p.target == "claim")
    assert reported.edge is not None
    layer = _stance()
    renamed = tuple(replace(a, name=name) if a.type == "span" else a for a in layer.attributes)
    given = of_edge(replace(layer, attributes=renamed), reported.edge, 100)
    cue = given[name]
    assert isinstance(cue, list)
    assert _text("China", "Norway")[int(cue[0]) - 100 : int(cue[1]) - 100] in ("says", "says that")
    assert given["basis"] == "explicit"
    assert set(given) == {name, "basis", "strength"}


def test_relations_go_to_the_proposed_spans_that_stand_where_their_ends_do() -> None:
    one = _example("Iran", "Russia")
    holder, foe, speaker, claim = one.spans
    longer = replace(claim, id="near", start=claim.start - 4)
    short = replace(holder, id="far", end=holder.start + 1)
    moved = with_guesses(one, [short, foe, speaker, longer])
    assert moved.spans == (short, foe, speaker, longer)
    assert [(r.source, r.target) for r in moved.relations] == [(speaker.id, "near")]


def test_chances_are_those_between_spans_as_they_are_proposed() -> None:
    examples = [_example(a, b) for a in NAMES for b in NAMES if a != b]
    guessed = {i: replace(one, relations=()) for i, one in enumerate(examples)}
    model, _ = PairModel.train(examples, _stance(), None, guessed)
    assert all(p.chance < 0.5 for p in _suggest(model))


@pytest.mark.parametrize(
    ("text", "target", "side", "rule", "least"),
    [
        ("Norway blamed Sweden for the losses.", ("actor", "Sweden"), "oppose", PLAIN, 0.8),
        (
            "Norway's plan to sell the port is bad.",
            ("claim", "to sell the port"),
            "support",
            HELD,
            0.6,
        ),
    ],
)
def test_what_is_said_outright_or_owned_is_not_outvoted_unless_a_project_decides_so(
    text: str, target: tuple[str, str], side: str, rule: str, least: float
) -> None:
    layer, quote = target
    spans = [
        Span("holder", "actor", "state", 0, len("Norway")),
        Span("target", layer, "any", text.index(quote), text.index(quote) + len(quote)),
    ]
    doubting = replace(_model(), chance=Binary((*[0.0] * (len(PRIOR) - 1), -4.0)))
    (found,) = doubting.suggest(read(text), spans)
    assert (found.source, found.target) == ("holder", "target")
    assert found.edge is not None and found.edge.side == side
    assert found.chance > least
    assert not replace(doubting, sure={rule: (1.0, 9.0)}).suggest(read(text), spans)


@pytest.mark.parametrize(
    ("text", "rule", "holder", "side"),
    [
        ("Norway says that the ice will melt. It is right.", ENDORSED, AUTHOR, "support"),
        ("Norway says that the ice will melt. It is wrong.", ENDORSED, AUTHOR, "oppose"),
        ("Norway says that the ice will melt, and Sweden agrees.", ECHOED, "other", "support"),
    ],
)
def test_who_is_said_to_be_right_is_not_outvoted_either(
    text: str, rule: str, holder: str, side: str
) -> None:
    quote = "the ice will melt"
    spans = [
        Span("holder", "actor", "state", 0, len("Norway")),
        Span("claim", "claim", "prediction", text.index(quote), text.index(quote) + len(quote)),
    ]
    if holder == "other":
        at = text.index("Sweden")
        spans.append(Span("other", "actor", "state", at, at + len("Sweden")))
    never = replace(_model(), chance=Binary((*[0.0] * (len(PRIOR) - 1), -4.0)))
    data = never.to_data()
    del data["sure"][rule]  # a model from before the rule
    for doubting in (never, PairModel.of_data(data)):
        (found,) = doubting.suggest(read(text), spans)
        assert (found.source, found.target) == (holder, "claim")
        assert found.edge is not None and found.edge.side == side
        assert found.chance > 0.8
    assert not replace(never, sure={}).suggest(read(text), spans)


def test_a_plan_is_its_owner_s_and_a_sentence_about_it_is_not() -> None:
    text = "Norway made a promise to sell the port."
    holder = Span("holder", "actor", "state", 0, len("Norway"))
    about = Span("target", "claim", "value", 0, len(text) - 1)
    assert not [p for p in _model().suggest(read(text), [holder, about]) if p.source == "holder"]


def test_too_little_is_reported_with_a_number() -> None:
    with pytest.raises(ValueError, match=f"2 relations.* {LEAST} are needed"):
        PairModel.train([_example("Iran", "Russia")], _stance())


def test_a_stored_model_proposes_the_same() -> None:
    again = PairModel.of_data(_model().to_data())
    assert [(p.source, p.target, p.label) for p in _suggest(again)] == [
        (p.source, p.target, p.label) for p in _suggest(_model())
    ]


def test_a_likelier_holder_speaks_against_the_others() -> None:
    """In most cases, one actor holds a claim."""

    def holders(above: float) -> set[str]:
        """The holders that are proposed if nearly every pair is, except for the effect of the last
        column."""
        chance = Binary((0.2, *PRIOR[1:-2], above, 2.0))
        found = _suggest(replace(_model(), chance=chance))
        return {p.source for p in found if p.target == "claim" and p.source != AUTHOR}

    assert holders(0.0) == {"holder", "foe", "speaker"}
    assert holders(-4.0) == {"speaker"}


@pytest.mark.parametrize(
    ("text", "described"),
    [
        ("The prosecutor, Nadine Farr, argues that the witnesses cannot wait.", True),
        ("Nadine Farr, the prosecutor, argues that the witnesses cannot wait.", True),
        ("The prosecutor argues that the witnesses cannot wait.", False),
        ("The prosecutor, a stern man, argues that Nadine Farr cannot wait.", False),
    ],
)
def test_a_noun_beside_a_name_is_told_from_a_holder(text: str, described: bool) -> None:
    at = text.index("prosecutor")
    claim = text.index("that ") + 5
    spans = (
        Span("a", "actor", "person", at, at + len("prosecutor")),
        Span("c", "claim", "fact", claim, len(text) - 1),
    )
    (pair,) = pairs_of(read(text), spans, ("actor",), ("claim",), 1)
    assert f"actor>claim|P.named={described}" in pair.features


def test_the_author_can_take_sides() -> None:
    examples = []
    for i, a in enumerate(NAMES * 5):
        examples.append(_of_author(a, f"{a}{i}", "support", "And so it was."))
    model, _ = PairModel.train(examples, _stance())
    found = model.suggest(examples[0].reading, examples[0].spans)
    assert [(p.source, p.label, p.target) for p in found] == [(AUTHOR, "support", "c")]


def test_the_author_s_side_is_learnt_from_words_further_on_in_the_next_sentence() -> None:
    """The sentences with a claim, their first words, and the punctuation mark after them are
    alike."""
    words = {"support": "sound and careful", "oppose": "muddled and hasty"}

    def example(a: str, i: int, side: str) -> Example:
        return _of_author(a, f"{a}{i}{side}", side, f"Few who read this find it {words[side]}.")

    examples = [example(a, i, side) for i in range(3) for a in NAMES for side in words]
    model, _ = PairModel.train(examples, _stance())
    for side in words:
        one = example("China", 0, side)
        found = model.suggest(one.reading, one.spans)
        assert [(p.source, p.label) for p in found if p.chance > 0.5] == [(AUTHOR, side)]


def test_the_holder_of_a_claim_that_is_a_verbs_object_is_found() -> None:
    text = "France opposes the wall."
    document = Document("new", "", text, split_paragraphs(text))
    spans = (Span("a", "actor", "state", 0, 6), Span("c", "claim", "policy", 15, 23))
    (pair,) = [
        p
        for p in pairs_of(
            _reader().read(document, document.paragraphs[0]),
            spans,
            ("actor",),
            ("claim", "actor"),
            1,
        )
        if p.edge is not None
    ]
    assert pair.ends == ("a", "c")
    assert pair.edge is not None
    assert pair.edge.side == "oppose"
