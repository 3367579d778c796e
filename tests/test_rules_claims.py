"""Bounds of claims by rules: frames, joined reports, main clauses, and what is none."""

from __future__ import annotations

from functools import cache

import pytest

from annotator.model.text import Document, split_paragraphs
from annotator.suggesters._claims import Clause
from annotator.suggesters._reading import Reader


@cache
def _reader() -> Reader:
    return Reader()


def _clauses(text: str) -> tuple[Clause, ...]:
    document = Document("d", "", text, split_paragraphs(text))
    return _reader().read(document, document.paragraphs[0]).clauses


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("The branch says that marsh takes years and that Skerrow has none.",
         ["marsh takes years", "Skerrow has none"]),
        ("The harbour lobby claims that the captain was threatened.", ["the captain was threatened"]),
        ("She was told by letter that the contract is secret.", ["the contract is secret"]),
        ("The talks failed; rather, the war goes on.", ["The talks failed", "the war goes on"]),
        ("They want boats; lorries; and an unmarked carrier.", ["They want boats; lorries; and an unmarked carrier"]),
        ("The law protects a plan of the council, and a ban on cars.",
         ["The law protects a plan of the council, and a ban on cars"]),
        ("We thank the chair for the report. I now turn to the figures.", []),
    ],
)  # fmt: skip
def test_bounds(text: str, claims: list[str]) -> None:
    assert [text[c.found.start : c.found.end] for c in _clauses(text)] == claims


def test_joined_reports_have_the_same_frame() -> None:
    first, second = _clauses("Iran says that the deal helps and that the war must end.")
    assert first.frame == second.frame
    assert first.frame is not None
    assert first.frame.side == "+"


def test_a_report_without_a_known_holder_is_indirect() -> None:
    (clause,) = _clauses("The harbour lobby claims that the captain was threatened.")
    assert clause.found.attributes["attribution"] == "indirect"


@pytest.mark.parametrize(
    ("text", "claim", "side"),
    [
        ("Iran opposes any concrete on the dunes.", "any concrete on the dunes", "-"),
        ("Iran promises to scrap the lane.", "to scrap the lane", "+"),
        ("Iran does not want a wall on the front.", "a wall on the front", "-"),
    ],
)
def test_the_object_of_a_verb_of_wanting_is_a_claim(text: str, claim: str, side: str) -> None:
    (clause,) = _clauses(text)
    assert text[clause.found.start : clause.found.end] == claim
    assert clause.found.label == "policy"
    assert clause.frame is not None
    assert clause.frame.side == side


def test_a_verb_aimed_at_an_actor_makes_no_claim_of_it() -> None:
    assert [c.frame for c in _clauses("Iran opposes Russia.")] in ([], [None])
