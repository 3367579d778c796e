"""Clauses that only take a side on an earlier statement: they are stances and not claims."""

from __future__ import annotations

import pytest
from support import cases, read

Sides = set[tuple[str, str, str]]


def _found(text: str) -> tuple[list[str], Sides]:
    """The claims, and who (@author: the text) takes which side on which of them."""
    found = read(text)
    claims = [text[one.found.start : one.found.end] for one in found.clauses]
    names = [text[one.start : one.end] for one in found.actors]
    return claims, {
        (names[e.source] if e.source is not None else "@author", e.side, claims[e.target])
        for e in found.edges
        if not e.on_actor
    }


@pytest.mark.parametrize(
    ("text", "claim", "sides"),
    cases("rules_echoes", "an_echo_is_a_side_on_what_was_said"),
)
def test_an_echo_is_a_side_on_what_was_said(
    text: str, claim: str, sides: list[tuple[str, str]]
) -> None:
    claims, found = _found(text)
    assert claims == [claim]
    assert found == {(holder, side, claim) for holder, side in sides}


def test_both_are_right_about_what_each_says() -> None:
    text = "Norway says that fish will die, and Sweden says that ice will melt. Both are right."
    assert _found(text)[1] >= {
        ("@author", "support", "fish will die"),
        ("@author", "support", "ice will melt"),
    }


def test_about_one_thing_somebody_is_right_about_the_last() -> None:
    text = "Norway says that fish will die and that ice will melt. About the ice it is right."
    assert [claim for holder, _, claim in _found(text)[1] if holder == "@author"] == [
        "ice will melt"
    ]


def test_whoever_has_demanded_it_holds_it_too() -> None:
    text = "Parliament should therefore set up an inquiry, as Norway and Sweden have demanded."
    assert {holder for holder, side, _ in _found(text)[1] if side == "support"} == {
        "Norway",
        "Sweden",
    }


@pytest.mark.parametrize("text", cases("rules_echoes", "what_is_no_echo_is_no_side_of_the_author"))
def test_what_is_no_echo_is_no_side_of_the_author(text: str) -> None:
    assert not [one for one in _found(text)[1] if one[0] == "@author"]


@pytest.mark.parametrize(
    "text",
    [
        "Ana Brell says that the lane will go. She was right to resign.",
        "Ana Brell says that the lane will go. She believes it to be safe.",
    ],
)
def test_what_says_something_new_stays_a_claim(text: str) -> None:
    assert len(_found(text)[0]) == 2
