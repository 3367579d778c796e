"""Claims by rules that are objects of verbs, in reports and in main
clauses; orders; and what type they have."""

from __future__ import annotations

import pytest
from support import cases, read


def _claims(text: str) -> list[str]:
    return [text[c.found.start : c.found.end] for c in read(text).clauses]


def _labels(text: str) -> list[str]:
    return [c.found.label for c in read(text).clauses]


@pytest.mark.parametrize(("text", "claims"), cases("rules_objects", "reports"))
def test_reports(text: str, claims: list[str]) -> None:
    assert _claims(text) == claims


@pytest.mark.parametrize(("text", "claims"), cases("rules_objects", "objects"))
def test_objects(text: str, claims: list[str]) -> None:
    assert _claims(text) == claims


@pytest.mark.parametrize("text", cases("rules_objects", "no_object_claim"))
def test_no_object_claim(text: str) -> None:
    assert _claims(text) == [text.rstrip(".")]


@pytest.mark.parametrize(("text", "claims"), cases("rules_objects", "clauses"))
def test_clauses(text: str, claims: list[str]) -> None:
    assert _claims(text) == claims


@pytest.mark.parametrize(("text", "labels"), cases("rules_objects", "types"))
def test_types(text: str, labels: list[str]) -> None:
    assert _labels(text) == labels


@pytest.mark.parametrize(("text", "holder", "side"), cases("rules_objects", "holders"))
def test_holders(text: str, holder: str, side: str) -> None:
    reading = read(text)
    (clause,) = reading.clauses
    assert clause.frame is not None
    place = clause.frame.holder
    assert (
        None if place is None else text[reading.actors[place].start : reading.actors[place].end]
    ) == (holder or None)
    assert clause.frame.side == side


def test_what_the_text_is_against_is_the_authors_side() -> None:
    reading = read("We oppose the new runway.")
    (edge,) = reading.edges
    assert (edge.source, edge.side) == (None, "oppose")
    assert reading.clauses[0].found.attributes["attribution"] == "author"


def test_what_the_text_is_for_needs_no_stance() -> None:
    reading = read("We support the new runway.")
    assert [text.frame for text in reading.clauses] == [None]
    assert reading.edges == ()


@pytest.mark.parametrize(
    "text",
    cases("rules_objects", "a_sentence_that_breaks_off_is_read_all_the_same"),
)
def test_a_sentence_that_breaks_off_is_read_all_the_same(text: str) -> None:
    assert all(c.found.start < c.found.end for c in read(text).clauses)


@pytest.mark.parametrize(
    ("text", "side", "claim"),
    cases("rules_objects", "what_holders_do_not_decide_is_a_claim"),
)
def test_what_holders_do_not_decide_is_a_claim(text: str, side: str, claim: str) -> None:
    first = read(text).clauses[0]
    assert first.frame is not None
    assert first.frame.holder is not None
    assert (text[first.found.start : first.found.end], first.frame.side) == (claim, side)


@pytest.mark.parametrize(
    "text",
    [
        "The court abstained on the grounds that it had not been asked.",
        "Shareholders were split on party lines.",
        "The river is divided on the map.",
    ],
)
def test_how_they_are_divided_is_none(text: str) -> None:
    assert _claims(text) == [text[:-1]]


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        ("Poland and Hungary want to leave.", {("Poland", "support"), ("Hungary", "support")}),
        ("Poland and the French want to leave.", {("Poland", "support"), ("French", "support")}),
        (
            "The sale was welcomed by ministers, criticised by farmers and condemned by parents.",
            {("ministers", "support"), ("farmers", "oppose"), ("parents", "oppose")},
        ),
    ],
)
def test_as_many_hold_a_claim_as_take_a_side(text: str, sides: set[tuple[str, str]]) -> None:
    reading = read(text)
    found = [(reading.actors[e.source], e.side) for e in reading.edges if e.source is not None]
    assert {(text[a.start : a.end], side) for a, side in found} == sides
