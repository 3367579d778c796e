"""Who holds a claim, by what opens or closes its sentence, and what type its words give it."""

from __future__ import annotations

import pytest
from support import cases, read

Found = tuple[list[tuple[str, str]], set[tuple[str, str, str]]]


def _found(text: str) -> Found:
    """The claims with their types, and who (@author: the text) takes which side on which of
    them."""
    found = read(text)
    claims = [(one.found.label, text[one.found.start : one.found.end]) for one in found.clauses]
    names = [text[one.start : one.end] for one in found.actors]
    return claims, {
        (names[e.source] if e.source is not None else "@author", e.side, claims[e.target][1])
        for e in found.edges
        if not e.on_actor
    }


@pytest.mark.parametrize(
    ("text", "claim", "holder"),
    cases("rules_frames", "the_holder_of_a_claim_is_outside_of_it"),
)
def test_the_holder_of_a_claim_is_outside_of_it(text: str, claim: str, holder: str) -> None:
    claims, sides = _found(text)
    assert [quote for _, quote in claims] == [claim]
    assert sides == ({(holder, "support", claim)} if holder else set())


def test_who_votes_to_reject_something_is_against_it() -> None:
    assert _found("Norway voted to reject the plan.")[1] == {("Norway", "oppose", "the plan")}


@pytest.mark.parametrize(
    ("text", "holder", "side"),
    [
        ("The critics are right that the bridge is unsafe.", "critics", "support"),
        ("The critics are wrong to think that the bridge is unsafe.", "critics", "oppose"),
        ("The critics are surely not right that the bridge is unsafe.", "critics", "oppose"),
        ("The critics may be right that the bridge is unsafe.", "critics", None),
        ("It is right that the bridge is unsafe.", None, None),
    ],
)
def test_who_is_right_that_something_is_so_holds_it(
    text: str, holder: str | None, side: str | None
) -> None:
    claims, sides = _found(text)
    quote = "the bridge is unsafe"
    assert [claim for _, claim in claims] == [quote]
    expected = {(holder, "support", quote)} if holder else set()
    assert sides == expected | ({("@author", side, quote)} if side else set())


def test_after_a_concession_the_text_speaks_for_itself() -> None:
    claims, sides = _found(
        "Ann Orr may be right that screens help, but that is no reason to buy one."
    )
    assert [quote for _, quote in claims] == ["screens help", "that is no reason to buy one"]
    assert {claim for _, _, claim in sides} == {"screens help"}


@pytest.mark.parametrize(
    "text", ["That may be so, but the price is high.", "Perhaps they do, but the price is high."]
)
def test_a_concession_alone_is_no_claim(text: str) -> None:
    assert [quote for _, quote in _found(text)[0]] == ["the price is high"]


def test_whoever_does_not_believe_somebody_is_against_what_they_say() -> None:
    text = "The minister said the trams were slow. The opposition did not believe him."
    assert _found(text)[1] == {
        ("minister", "support", "the trams were slow"),
        ("opposition", "oppose", "the trams were slow"),
    }


@pytest.mark.parametrize(("text", "label"), cases("rules_frames", "types_by_the_words_of_a_claim"))
def test_types_by_the_words_of_a_claim(text: str, label: str) -> None:
    assert [label for label, _ in _found(text)[0]] == [label]


def test_a_relative_clause_is_no_claim_of_its_own() -> None:
    text = "The rest is a reserve that will never be touched."
    assert [quote for _, quote in _found(text)[0]] == [text[:-1]]


def test_what_somebody_is_told_of_is_no_claim_of_the_teller() -> None:
    text = "The ministry has told Norway what the bridge will cost."
    assert _found(text)[1] == set()


def test_nobody_says_the_same_twice() -> None:
    text = "She saw that the barrage was a mistake, and she said so."
    sides = _found(text)[1]
    assert sides == {("She", "support", "the barrage was a mistake")}


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("Nor is it true that nobody was asked.", "nobody was asked"),
        ("It is not true that rents have doubled.", "rents have doubled"),
        ("It is a myth that rents have doubled.", "rents have doubled"),
    ],
)
def test_what_is_said_to_be_untrue_is_what_the_text_is_against(text: str, claim: str) -> None:
    claims, sides = _found(text)
    assert [quote for _, quote in claims] == [claim]
    assert sides == {("@author", "oppose", claim)}


def test_a_quotation_goes_on_with_the_same_speaker() -> None:
    text = '"This law is a gift," said Mariam Okoye after the vote. "Rents will rise by Christmas."'
    assert _found(text)[1] == {
        ("Mariam Okoye", "support", claim)
        for claim in ("This law is a gift", "Rents will rise by Christmas")
    }


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Norway has said they will stay at home.", "policy"),
        ("The ministry said that it would rain.", "prediction"),
        ("The minister said she would lose.", "prediction"),
        ("The country needs power that comes when it is wanted.", "value"),
        ("The tracks need seven metres.", "fact"),
        ("It is the duty of the assembly to know what it buys.", "policy"),
    ],
)
def test_types_of_announcements_needs_and_duties(text: str, label: str) -> None:
    assert [label for label, _ in _found(text)[0]] == [label]


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("Not the villagers, who will lose the ferry.", []),
        ("Not a single tree was felled.", ["Not a single tree was felled"]),
        ('"No," said the mayor.', []),
        ("Norway saw that film twice.", ["Norway saw that film twice"]),
        ("Norway voted to support families.", ["to support families"]),
        ("The leader has offered no other.", ["The leader has offered no other"]),
        (
            "Those who called her a traitor owe her an apology.",
            ["Those who called her a traitor owe her an apology", "a traitor"],
        ),
    ],
)
def test_bounds_of_phrases(text: str, claims: list[str]) -> None:
    assert [quote for _, quote in _found(text)[0]] == claims


def test_some_of_a_group_say_it() -> None:
    text = "Some of our voters say that the levy is unfair."
    assert _found(text)[1] == {("voters", "support", "the levy is unfair")}


@pytest.mark.parametrize(
    ("text", "actors"),
    [
        ("As a judge she refused to send them to prison.", []),
        ("The judge refused to send them to prison.", ["judge"]),
    ],
)
def test_what_somebody_is_is_no_actor(text: str, actors: list[str]) -> None:
    assert [text[one.start : one.end] for one in read(text).actors] == actors


@pytest.mark.parametrize(
    ("text", "actors"),
    [
        ("Their own athletes' commission protested.", ["athletes' commission"]),
        ("The ministry jails unruly protesters.", ["ministry", "unruly protesters"]),
        ("The farmers' lawyers left.", ["farmers", "lawyers"]),
        ("The treaty was signed by Cairo and Amman.", ["Cairo", "Amman"]),
        ("The road was built near Cairo and Amman.", []),
    ],
)
def test_actors_with_what_belongs_to_them(text: str, actors: list[str]) -> None:
    assert [text[one.start : one.end] for one in read(text).actors] == actors


def test_all_who_welcome_a_plan_support_it() -> None:
    text = "The ceasefire was welcomed by Cairo and Amman."
    assert _found(text)[1] == {(who, "support", "The ceasefire") for who in ("Cairo", "Amman")}


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("Ann Orr is a fool.", "oppose"),
        ("Ann Orr is no fool.", "support"),
        ("Ann Orr will lose the vote.", None),
        ("Ann Orr would be wise to leave.", None),
        ("Ann Orr is right that the bridge is old.", None),
        ("Ann Orr must resign.", "oppose"),
    ],
)
def test_the_text_judges_somebody(text: str, side: str | None) -> None:
    found = [one.side for one in read(text).edges if one.on_actor and one.source is None]
    assert found == ([side] if side else [])


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        ("Norway, but not Sweden, supports the ban.", {("Norway", "support", "the ban")}),
        ("Norway does not support the ban.", {("Norway", "oppose", "the ban")}),
        ("Norway's minister, Ann Orr, opposes the ban.", {("Ann Orr", "oppose", "the ban")}),
        ("Norway has never said that the bridge was unsafe.", set()),
        (
            "Norway does not believe that the bridge is unsafe.",
            {("Norway", "oppose", "the bridge is unsafe")},
        ),
    ],
)
def test_who_takes_a_side_and_whether_it_is_denied(
    text: str, sides: set[tuple[str, str, str]]
) -> None:
    assert _found(text)[1] == sides
