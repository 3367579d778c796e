"""Claims by rules that are objects of verbs, in reports and in main
clauses; orders; and what type they have."""

from __future__ import annotations

import pytest
from support import read


def _claims(text: str) -> list[str]:
    return [text[c.found.start : c.found.end] for c in read(text).clauses]


def _labels(text: str) -> list[str]:
    return [c.found.label for c in read(text).clauses]


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("The minister, however, told reporters on Friday that the tunnel is safe.", ["the tunnel is safe"]),
        ("Its chairman wrote last week that the scheme had saved lives.", ["the scheme had saved lives"]),
        ("The report found that fares had doubled, and that trains were late.",
         ["fares had doubled", "trains were late"]),
        ("She finds, too, that fares have doubled.", ["fares have doubled"]),
        ("Parents were told in May that lessons would stop.", ["lessons would stop"]),
        ("The owner admits in private, as his friends report, that the roof leaks.", ["the roof leaks"]),
        ("The ministry says that the union claims that the yard is closing.", ["the yard is closing"]),
        ("The ministry says that the union wants to close the yard.", ["to close the yard"]),
        ("There are those who say that the war cannot be won.", ["the war cannot be won"]),
        ("The West has said that the ships are real, and has sent a note.", ["the ships are real"]),
        ('He said that they were "a rabble", which was rude.', ['they were "a rabble"']),
        ("The mayor should say that the dam is unsafe.", ["The mayor should say that the dam is unsafe"]),
        ("Norway's offer to pay is generous.", ["Norway's offer to pay is generous", "to pay"]),
        ("They turned to states that share their aim.", ["They turned to states that share their aim"]),
        ("Banks would conclude that the debt is bad.", ["Banks would conclude that the debt is bad"]),
        ("It is a clear demand that nobody heard.", ["It is a clear demand that nobody heard"]),
    ],
)  # fmt: skip
def test_reports(text: str, claims: list[str]) -> None:
    assert _claims(text) == claims


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("We expect the exam to be harder next year.", ["the exam to be harder next year"]),
        ("Farmers want the levy abolished.", ["the levy abolished"]),
        ("Farmers and fishermen want the levy abolished.", ["the levy abolished"]),
        ("Poland and Hungary want to leave.", ["to leave"]),
        ("The report blames the council for the flood.", ["the flood"]),
        ("They are charged with leaking the report.", ["leaking the report"]),
        ("The sale was welcomed by the council and condemned by parents.", ["The sale"]),
        ("The plan to close the northern depot before the winter was welcomed by Norway and condemned by Sweden.",
         ["The plan to close the northern depot before the winter"]),
        ("The mayor condemned the sale of the flats.", ["the sale of the flats"]),
        ("The council welcomed the plan within the hour.", ["the plan"]),
        ("The council supports the barrage all the same.", ["the barrage"]),
        ("The council rejects the barrage on any terms.", ["the barrage"]),
        ("Norway has given up the toll, which Sweden had demanded.", ["the toll"]),
        ("The mayor wants a third runway at Fennick.", ["a third runway at Fennick"]),
        ("The council opposes the plan to build a wall on the border.",
         ["the plan to build a wall on the border"]),
        ("Ministers blame the shortage of beds on Norway.", ["the shortage of beds"]),
        ("The firm disputes the report.", ["the report"]),
        ("Voters hope to see the line open, with or without a bridge.",
         ["to see the line open, with or without a bridge"]),
        ("The council refuses to say how much it cost.", ["to say how much it cost"]),
        ("Parliament voted on Monday by ten to nine to abolish the levy.", ["to abolish the levy"]),
        ("The hospital has advised patients not to bring blankets.", ["not to bring blankets"]),
        ("The prime minister has been urged by her own party to resign.", ["to resign"]),
        ("The regulator has called for the plant to be closed.", ["the plant to be closed"]),
        ("The United Nations has offered observers.", ["observers"]),
        ("The mayor accused the company of hiding the leak.", ["hiding the leak"]),
        ("Their lawyers call it an abuse of power.", ["an abuse of power"]),
        ("Critics describe the scheme as a waste of money.", ["a waste of money"]),
        ("The survey found no sign of fraud.", ["no sign of fraud"]),
        ("The ministry has promised the islands a new ferry.", ["a new ferry"]),
        ("The mayor rejects the charge that he knew of it.", ["he knew of it"]),
        ("The union asks for two things: higher pay and shorter days.", ["higher pay and shorter days"]),
        ("The new runway is opposed by fishermen.", ["The new runway"]),
        ("The party opposes the new runway and calls for a tax on fuel.", ["the new runway", "a tax on fuel"]),
        ("We support the ban and hope that the fine will be dropped.", ["the ban", "the fine will be dropped"]),
        ("The party wants a wall, while its branch says that walls leak.", ["a wall", "walls leak"]),
        ("France accuses Spain of delay; Italy has asked for talks, and the Court will decide.",
         ["delay", "talks", "the Court will decide"]),
        ("There are members who oppose the merger.", ["the merger"]),
        ("The opposition wants an inquiry; the cabinet does not.", ["an inquiry"]),
    ],
)  # fmt: skip
def test_objects(text: str, claims: list[str]) -> None:
    assert _claims(text) == claims


@pytest.mark.parametrize(
    "text",
    [
        "Germany supports Ukraine.",
        "Nobody wants another war.",
        "The moment demands action.",
        "The report we asked for is late.",
        "The bank should offer a loan.",
        "He walks as slowly as his brother.",
    ],
)
def test_no_object_claim(text: str) -> None:
    assert _claims(text) == [text.rstrip(".")]


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("Close the prison, do not sell it; lease it; count every visitor.",
         ["Close the prison, do not sell it", "lease it", "count every visitor"]),
        ("Before the next flood comes, clear the ditches.", ["Before the next flood comes, clear the ditches"]),
        ("Look at the figures. Have the roads improved?", ["Have the roads improved"]),
        ("The line was agreed in May; trains do not run on it.",
         ["The line was agreed in May", "trains do not run on it"]),
        ("If the mill closes, and the rest of the street follows, the town will die.",
         ["If the mill closes, and the rest of the street follows, the town will die"]),
    ],
)  # fmt: skip
def test_clauses(text: str, claims: list[str]) -> None:
    assert _claims(text) == claims


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("Close the prison.", ["policy"]),
        ("If it fails, cut the budget.", ["policy"]),
        ("It would be foolish to sell the forest now.", ["policy"]),
        ("It would be a mistake.", ["policy"]),
        ("The mayor should say that the dam will be repaired.", ["policy"]),
        ("The owners insist that the mill be demolished.", ["policy"]),
        ("Nobody would have to pay.", ["prediction"]),
        ("Should the bill pass, judges will leave.", ["prediction"]),
        ("He moved into a house that will be finished soon.", ["fact"]),
        ("Shopkeepers fear the loss of trade.", ["prediction"]),
        ("The pact is a leash.", ["value"]),
        ("The party accused the minister of misleading the house.", ["fact"]),
        ("Tenants blame the landlord for neglecting the roof.", ["fact"]),
        ("What should be done?", []),
    ],
)
def test_types(text: str, labels: list[str]) -> None:
    assert _labels(text) == labels


@pytest.mark.parametrize(
    ("text", "holder", "side"),
    [
        ("The minister accused the company of hiding the leak.", "minister", "+"),
        ("The Green Party opposes the new runway.", "Green Party", "-"),
        ("The new runway was rejected by the Green Party.", "Green Party", "-"),
        ("The residents were told by the minister that lessons would stop.", "minister", "+"),
        ("The residents were told that lessons would stop.", None, "+"),
    ],
)
def test_holders(text: str, holder: str | None, side: str) -> None:
    reading = read(text)
    (clause,) = reading.clauses
    assert clause.frame is not None
    place = clause.frame.holder
    assert (
        None if place is None else text[reading.actors[place].start : reading.actors[place].end]
    ) == holder
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
    [
        "In harbours that are regarded",
        "that to",
        "who asked for, that",
        'calls it "',
        "There who that say",
    ],
)
def test_a_sentence_that_breaks_off_is_read_all_the_same(text: str) -> None:
    assert all(c.found.start < c.found.end for c in read(text).clauses)


@pytest.mark.parametrize(
    ("text", "side", "claim"),
    [
        ("The Greens abstained on the loan.", "0", "the loan"),
        ("The court has yet to decide whether the decree is lawful.", "0", "the decree is lawful"),
        ("The court remains undecided about the new tax.", "0", "the new tax"),
        ("Western capitals are divided over the wall.", "?", "the wall"),
        ("The court was torn over whether to hear the case.", "?", "to hear the case"),
        ("Shareholders were split on the merger, and the board resigned.", "?", "the merger"),
    ],
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
