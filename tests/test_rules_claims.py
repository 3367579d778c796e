"""Bounds of claims by rules: frames, joined reports, main clauses, and what is not a claim."""

from __future__ import annotations

import pytest
from support import cases, read

from annotator.english.claims import Clause


def _clauses(text: str) -> tuple[Clause, ...]:
    return read(text).clauses


@pytest.mark.parametrize(("text", "claims"), cases("rules_claims", "bounds"))
def test_bounds(text: str, claims: list[str]) -> None:
    assert [text[c.found.start : c.found.end] for c in _clauses(text)] == claims


@pytest.mark.parametrize(
    ("text", "cue"),
    cases("rules_claims", "a_frame_in_the_middle_is_within_the_claim"),
)
def test_a_frame_in_the_middle_is_within_the_claim(text: str, cue: str) -> None:
    (clause,) = _clauses(text)
    assert text[clause.found.start : clause.found.end] == text[:-1]
    tokens, frame = read(text).tokens, clause.frame
    assert (tokens[frame.first].text if frame else "") == cue


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
