"""Bounds of claims by rules: frames, joined reports, main clauses, and what is not a claim."""

from __future__ import annotations

import pytest
from support import read

from annotator.english.claims import Clause


def _clauses(text: str) -> tuple[Clause, ...]:
    return read(text).clauses


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("The branch says that marsh takes years and that Skerrow has none.",
         ["marsh takes years", "Skerrow has none"]),
        ("The harbour lobby claims that the captain was threatened.", ["the captain was threatened"]),
        ("She was told by letter that the contract is secret.", ["the contract is secret"]),
        ("The talks failed; rather, the war goes on.", ["The talks failed", "the war goes on"]),
        ("They want boats; lorries; and an unmarked carrier.", ["boats; lorries; and an unmarked carrier"]),
        ("The law protects a plan of the council, and a ban on cars.",
         ["The law protects a plan of the council, and a ban on cars"]),
        ("We thank the chair for the report. I now turn to the figures.", []),
        ("The roof leaks, its walls are damp, and tenants are cold.",
         ["The roof leaks", "its walls are damp", "tenants are cold"]),
        ("France, Spain and Italy voted, and the rest followed.",
         ["France, Spain and Italy voted", "the rest followed"]),
        ("If they look away now, they will pay, and one day there will be nothing left.",
         ["If they look away now, they will pay", "one day there will be nothing left"]),
        ("The case is closed, and in the province, where nobody voted, the mayor stays.",
         ["The case is closed", "in the province, where nobody voted, the mayor stays"]),
        ("We have one answer: the fee should be raised.", ["We have one answer", "the fee should be raised"]),
        ("The Trust, which speaks for tenants, believes that without a roof the house will fall.",
         ["without a roof the house will fall"]),
        ("The ministry is demanding that the navy guard the ships.", ["the navy guard the ships"]),
        ("She told a meeting of small traders that the rate is too high.", ["the rate is too high"]),
        ('"We build in hope," said Councillor Ann Ray, who proposed it.', ["We build in hope"]),
        ('The judge says that the river "has not signed a truce".', ['the river "has not signed a truce"']),
        ("We suspect that it will last, and that in ten years nobody will care.",
         ["it will last", "in ten years nobody will care"]),
        ("The honest answer is that nobody knows yet.", ["nobody knows yet"]),
        ("It is seldom that both agree on this.", ["It is seldom that both agree on this"]),
        ("He told parliament he had never met her.", ["he had never met her"]),
        ("The minister told the committee the bridge was unsafe.", ["the bridge was unsafe"]),
        ("The minister said on Tuesday she would not resign.", ["she would not resign"]),
        ("Officials said last night the army had left.", ["the army had left"]),
        ("The firm warned prices would rise again.", ["prices would rise again"]),
        ("Ministers said they would publish the report.", ["they would publish the report"]),
        ("The president said the same.", ["The president said the same"]),
    ],
)  # fmt: skip
def test_bounds(text: str, claims: list[str]) -> None:
    assert [text[c.found.start : c.found.end] for c in _clauses(text)] == claims


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("The reform, said the chancellor, is late.", "said"),
        ("The dam, the minister claims, is safe.", "claims"),
        ("The dam would, she argues, be safe.", "argues"),
        ("The mayor, who says nothing, will resign.", ""),
        ("The mayor, as Ann Orr says, will resign.", ""),
    ],
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
