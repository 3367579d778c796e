"""Certain suggestions are not outvoted: names of the tables, registered names, examples of the
guidelines."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache

import pytest

from annotator.english import tables
from annotator.model.decision import Suggestion
from annotator.model.memory import EMPTY, Memory, Outcome
from annotator.model.span import Span
from annotator.model.text import Document, Paragraph
from annotator.resources import load_schema, schema_names
from annotator.suggesters import guideline, model, rules
from annotator.suggesters import memory as remembering
from annotator.suggesters.api import Suggester, bracketed
from annotator.workflows.suggesting.combining import Policy, combine
from annotator.workflows.suggesting.suggest import propose

FRAMES = (
    "The delegates from {} left the hall in silence.",
    "Few in the room believed that {} would sign the treaty.",
    "Critics say the ports of {} are closed.",
    "{} has rejected the offer, and its rivals know why.",
)
WITH_ARTICLE = ("West", "United", "Gulf")
EXAMPLES_HOLD = 0.9


@cache
def _suggesters(schema: str, memory: Memory | None = None) -> tuple[tuple[Suggester, ...], Policy]:
    of, known = load_schema(schema), memory or EMPTY
    members = (model, rules, guideline, remembering)
    made = tuple(one.create(schema=of, config={}, memory=known) for one in members)
    flat = frozenset(layer.name for layer in of.span_layers if layer.attribute_of_type("entity"))
    return made, Policy(flat, 0.0, 0.8, taken=made[0].takes)


def _shown(
    text: str, layer: str, *, schema: str = "actors-claims-stances"
) -> list[tuple[int, int, str]]:
    document = Document("d", "", text, (Paragraph(0, 0, len(text)),))
    made, policy = _suggesters(schema)
    found = propose(document, made, EMPTY, policy=policy)
    values = (one.value for one in found if one.shown)
    return [(s.start, s.end, s.label) for s in values if isinstance(s, Span) and s.layer == layer]


def _sentence(name: str, number: int) -> str:
    form = f"the {name}" if name.startswith(WITH_ARTICLE) else name
    text = FRAMES[number % len(FRAMES)].format(form)
    return text[0].upper() + text[1:]


@pytest.mark.slow
def test_every_name_of_every_table_is_found_whole_with_its_label() -> None:
    wrong: Counter[str] = Counter()
    every: Counter[str] = Counter()
    for number, (name, known) in enumerate(tables.names().items()):
        for frame in (number, number + 1):
            text = _sentence(name, frame)
            start = text.find(name)
            if start < 0:
                continue
            over = [s for s in _shown(text, "actor") if s[0] < start + len(name) and start < s[1]]
            actor = known.kind in ("country", "known") and known.label not in ("place", "other")
            whole = all((a, b) == (start, start + len(name)) for a, b, _ in over)
            right = whole and (not actor or [s[2] for s in over] == [known.label])
            every[known.kind] += 1
            wrong[known.kind] += not right
    assert {kind: wrong[kind] for kind in every if 100 * wrong[kind] > every[kind]} == {}
    assert wrong["country"] == 0


@pytest.mark.parametrize(
    "name", ["South Korea", "Saudi Arabia", "European Union", "Costa Rica", "Papua New Guinea"]
)
def test_a_longer_name_is_one_actor(name: str) -> None:
    for number in range(len(FRAMES)):
        text = _sentence(name, number)
        start = text.index(name)
        over = [s for s in _shown(text, "actor") if s[0] < start + len(name) and start < s[1]]
        assert over == [(start, start + len(name), tables.names()[name].label)]


@pytest.mark.parametrize("name", ["West Asia", "West Bank", "West Indies", "South Elbonia"])
def test_no_part_of_a_longer_name_is_a_name(name: str) -> None:
    for number in range(len(FRAMES)):
        text = _sentence(name, number).replace("the West", "West")
        start = text.index(name)
        inside = [s for s in _shown(text, "actor") if start <= s[0] and s[1] <= start + len(name)]
        assert all((a, b) == (start, start + len(name)) for a, b, _ in inside)


def test_what_annotators_decide_otherwise_is_not_certain() -> None:
    outcomes = [
        Outcome("actor", "organization", name, True) for name in ("NATO", "European Union", "ASEAN")
    ]
    memory = Memory.of(outcomes)
    trust, fresh = rules.TableTrust(memory), rules.TableTrust(EMPTY)
    assert fresh.holds("actor", "bloc", "BRICS")
    assert not trust.holds("actor", "bloc", "NATO")
    assert not trust.holds("actor", "bloc", "BRICS"), "blocs are organizations in this project"
    assert trust.holds("actor", "state", "Norway")
    assert not rules.TableTrust(Memory.of([Outcome("actor", "state", "Chad", False)])).holds(
        "actor", "state", "Chad"
    )


def _suggestion(
    start: int, end: int, label: str, score: float, by: str, rule: str = ""
) -> Suggestion:
    value = Span(f"{by}{start}{end}", "actor", label, start, end)
    return Suggestion(value, 0, by, "1", score, rule=rule)


def test_what_is_certain_takes_the_place_of_what_a_learner_finds() -> None:
    text = "In South Korea nobody asked."
    document = Document("d", "", text, (Paragraph(0, 0, len(text)),))
    policy = Policy(frozenset({"actor"}), taken=frozenset({"actor"}))
    found = combine(
        document,
        [
            _suggestion(3, 14, "organization", 0.99, "model"),
            _suggestion(3, 8, "organization", 0.99, "model"),
            _suggestion(3, 14, "state", 0.92, "rules", "certain.country"),
            _suggestion(15, 21, "person", 0.9, "rules", "name.acts"),
        ],
        EMPTY,
        policy,
    )
    places = [
        (s.value.start, s.value.end, s.value.label) for s in found if isinstance(s.value, Span)
    ]
    assert places == [(3, 14, "state")]
    rejected = Memory.of([Outcome("actor", "state", "South Korea", False, times=2)])
    left = combine(
        document, [_suggestion(3, 14, "state", 0.9, "rules", "certain.country")], rejected, policy
    )
    assert left == []


def test_a_registered_name_is_certain_once_it_was_accepted_and_never_rejected() -> None:
    text = "Yesterday Marlo Works sued again, and Marlo Works lost; the mayor did not."
    document = Document("d", "", text, (Paragraph(0, 0, len(text)),))
    known = Memory.of(
        [
            Outcome("actor", "organization", "Marlo Works", True, "Marlo Works Ltd"),
            Outcome("actor", "person", "mayor", True, "mayor of Elm"),
        ]
    )
    made = remembering.create(schema=load_schema("actors-claims-stances"), config={}, memory=known)
    found = made.suggest(document, document.paragraphs[0])
    rules_of = {
        text[s.value.start : s.value.end]: s.rule for s in found if isinstance(s.value, Span)
    }
    assert rules_of == {"Marlo Works": "certain.memory", "mayor": "memory"}


def test_examples_of_the_guidelines_are_suggested_as_they_are_coded(
    capsys: pytest.CaptureFixture[str],
) -> None:
    held = every = 0
    for name in schema_names():
        for layer in load_schema(name).span_layers:
            for label in layer.labels:
                for example in label.guideline.examples:
                    text, spans = bracketed(example)
                    shown = _shown(text, layer.name, schema=name)
                    every += len(spans)
                    held += sum((start, end, label.name) in shown for start, end in spans)
    with capsys.disabled():
        print(f"\nexamples of the guidelines suggested as they are coded: {held} of {every}")  # noqa: T201
    assert held >= EXAMPLES_HOLD * every


def test_what_was_accepted_elsewhere_may_be_only_the_scene_here() -> None:
    """The guidelines name Moscow, and Ashgabat was accepted before. If something only happens
    there, neither is an actor, unless somebody marked it in this document."""
    text = "Ashgabat refused, and so did Moscow. The envoys met in Ashgabat and in Moscow."
    document = Document("d", "", text, (Paragraph(0, 0, len(text)),))
    known = Memory.of([Outcome("actor", "state", "Ashgabat", True, "Turkmenistan", 2)])
    made, policy = _suggesters.__wrapped__("actors-claims-stances", known)

    def shown() -> list[tuple[str, int]]:
        found = propose(document, made, known, policy=policy)
        spans = [s.value for s in found if s.shown and isinstance(s.value, Span)]
        return sorted(
            (text[s.start : s.end], s.start)
            for s in spans
            if text[s.start].isupper() and s.layer == "actor"
        )

    acting = [("Ashgabat", 0), ("Moscow", text.index("Moscow"))]
    assert shown() == acting
    (suggester,) = (one for one in made if isinstance(one, model.ModelSuggester))
    marked = frozenset({("d", "Ashgabat")})
    assert suggester._bundle is not None
    before = suggester._bundle.flat["actor"]
    suggester._bundle.flat["actor"] = replace(before, strays=marked)
    assert ("Ashgabat", text.rindex("Ashgabat")) in shown()


def test_a_claim_that_is_next_to_never_right_is_held_back() -> None:
    text = "They met on a Friday in spring."
    document = Document("d", "", text, (Paragraph(0, 0, len(text)),))
    value = Span("c", "claim", "fact", 0, 30)
    policy = Policy(frozenset({"actor"}), taken=frozenset({"claim"}))
    for score, seen in ((0.04, False), (0.3, True)):
        (one,) = combine(document, [Suggestion(value, 0, "model", "1", score)], EMPTY, policy)
        assert one.shown is seen


def test_the_name_of_a_people_is_certain() -> None:
    text = "The Irish, the Welsh and the Spanish said no."
    names = {text[a:b]: label for a, b, label in _shown(text, "actor")}
    assert names == dict.fromkeys(("Irish", "Welsh", "Spanish"), "collective")


@pytest.mark.parametrize(
    "text", ["The opposition accused the minister of corruption.", "They blame him for the flood."]
)
def test_what_somebody_is_accused_of_is_a_fact(text: str) -> None:
    assert [label for *_, label in _shown(text, "claim")] == ["fact"]


@pytest.mark.parametrize(
    ("text", "label", "verb"),
    [
        ("The chamber warns of a wave of closures in the autumn.", "prediction", "warns of"),
        ("Traders had expected a pause.", "prediction", "expected"),
        ("The committee rejected a plan to sell the harbour.", "policy", "rejected"),
        ("The union has called for, as ever, a strike.", "policy", "called for"),
    ],
)
def test_the_verb_before_a_claim_says_what_it_is(text: str, label: str, verb: str) -> None:
    document = Document("d", "", text, (Paragraph(0, 0, len(text)),))
    made, policy = _suggesters("actors-claims-stances")
    found = propose(document, made, EMPTY, policy=policy)
    (claim,) = [one for one in found if one.shown and one.value.layer == "claim"]
    assert claim.value.label == label
    assert f"“{verb}”" in claim.reason
    sides = [one for one in found if one.shown and one.value.layer == "stance"]
    assert all(f"“{verb}”" in one.reason for one in sides)


@pytest.mark.parametrize(
    "echo", ["So does Sweden, though it has no plan.", "It is right on both counts."]
)
def test_a_sentence_that_only_agrees_is_no_claim(echo: str) -> None:
    text = f"Norway says that the ice will melt in May. {echo}"
    assert [text[a:b] for a, b, _ in _shown(text, "claim")] == ["the ice will melt in May"]
