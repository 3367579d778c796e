"""Sides by the parse: subjects far away, passives, nouns,
reported judgements, the text's own voice."""

from __future__ import annotations

import pytest

from annotator.english.judgements import PLAIN
from annotator.english.parser import shared_parser
from annotator.english.reading import Reader, shared_reader
from annotator.model.text import Document, Paragraph

Sides = set[tuple[str, str, str]]


def _sides(text: str) -> Sides:
    """Holder (the author is @author), side and target of the stances on actors."""
    document = Document("d", "", text, (Paragraph(0, 0, len(text)),))
    read = shared_reader().read(document, document.paragraphs[0])
    names = [text[one.start : one.end] for one in read.actors]
    return {
        (names[e.source] if e.source is not None else "@author", e.side, names[e.target])
        for e in read.edges
        if e.on_actor
    }


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "Norway, after months of doubt and two rounds of talks, condemned Sweden.",
            ("Norway", "oppose", "Sweden"),
        ),
        (
            "Poland was once again, and to nobody's surprise, condemned by Germany.",
            ("Germany", "oppose", "Poland"),
        ),
        ("France has promised to support Spain.", ("France", "support", "Spain")),
        ("Norway rejected the offer of Sweden.", ("Norway", "oppose", "Sweden")),
        ("Denmark's criticism of Iceland was loud.", ("Denmark", "oppose", "Iceland")),
        ("Angela Merkel said that Hungary is corrupt.", ("Angela Merkel", "oppose", "Hungary")),
        (
            "Angela Merkel said that Hungary is not corrupt.",
            ("Angela Merkel", "support", "Hungary"),
        ),
        ("The reckless Boris Johnson left.", ("@author", "oppose", "Boris Johnson")),
        ("Hungary is a disgrace.", ("@author", "oppose", "Hungary")),
        ("Angela Merkel was courageous.", ("@author", "support", "Angela Merkel")),
        ("Iran's increasing cooperation with Russia worries us.", ("Iran", "support", "Russia")),
        ("The alliance between Norway and Sweden grows.", ("Sweden", "support", "Norway")),
        ("The feud between Norway and Sweden goes on.", ("Norway", "oppose", "Sweden")),
        ("Norway has found a critic in Sweden.", ("Sweden", "oppose", "Norway")),
        ("Norway has adversaries in Sweden.", ("Norway", "oppose", "Sweden")),
        ("As Norway grows, it has turned to states like Spain.", ("Norway", "support", "Spain")),
        ("Norway is critical of how Sweden acts.", ("Norway", "oppose", "Sweden")),
        ("Norway has dealt a blow to Sweden.", ("Norway", "oppose", "Sweden")),
        ("Norway's withdrawal was a heavy blow to Sweden.", ("Norway", "oppose", "Sweden")),
        ("Norway quit the talks, a blow to Sweden.", ("Norway", "oppose", "Sweden")),
        ("In a blow to Sweden, Norway quit the talks.", ("Norway", "oppose", "Sweden")),
        ("Norway's veto came as a setback for Sweden.", ("Norway", "oppose", "Sweden")),
        ("Norway's silence is a slap in the face for Sweden.", ("Norway", "oppose", "Sweden")),
        ("In defiance of Sweden, Norway joined the pact.", ("Norway", "oppose", "Sweden")),
        ("Norway joined the pact against the wishes of Sweden.", ("Norway", "oppose", "Sweden")),
        ("Norway went ahead despite Sweden's protests.", ("Norway", "oppose", "Sweden")),
        (
            "The pact was signed by Norway over the objections of Sweden.",
            ("Norway", "oppose", "Sweden"),
        ),
        ("Norway signed the pact at the behest of Sweden.", ("Norway", "support", "Sweden")),
        ("Norway has remained neutral towards Sweden.", ("Norway", "neutral", "Sweden")),
    ],
)
def test_who_takes_which_side_on_whom(text: str, wanted: tuple[str, str, str]) -> None:
    assert wanted in _sides(text)


@pytest.mark.parametrize(
    "text",
    [
        "For Iran, Russia is a partner.",
        "For Norway, the deal with Sweden is a lifeline.",
        "Hungary is a country.",
        "The mayor left Poland on Monday.",
        "The storm was a blow to Poland.",
    ],
)
def test_where_nobody_takes_a_side_there_is_none(text: str) -> None:
    assert _sides(text) == set()


def test_what_somebody_is_said_to_judge_is_not_the_author_s_view() -> None:
    assert not any(
        holder == "@author" for holder, _, _ in _sides("Critics say that Hungary is corrupt.")
    )


def test_for_somebody_belongs_to_the_claim() -> None:
    text = "For Iran, deeper trade with Russia is a lifeline."
    document = Document("d", "", text, (Paragraph(0, 0, len(text)),))
    for parser in (shared_parser(), None):
        read = Reader(parser).read(document, document.paragraphs[0])
        assert [text[c.found.start : c.found.end] for c in read.clauses] == [text[:-1]]
        assert not [e for e in read.edges if not e.on_actor]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Norway blamed Sweden for the losses.", {("Norway", "oppose", "Sweden")}),
        ("Norway has thanked Sweden twice.", {("Norway", "support", "Sweden")}),
        ("Sweden was praised by Norway.", {("Norway", "support", "Sweden")}),
        (
            "Sweden was praised by Norway and condemned by Finland.",
            {("Norway", "support", "Sweden"), ("Finland", "oppose", "Sweden")},
        ),
        ("Blaming Sweden for the losses, Norway left.", {("Norway", "oppose", "Sweden")}),
        ("Norway paid tribute to Sweden.", {("Norway", "support", "Sweden")}),
        ("Norway should thank Sweden.", set()),
        ("If Norway thanked Sweden, nobody heard it.", set()),
        ("Did Norway praise Sweden?", set()),
        ("Norway doesn’t criticise Sweden.", set()),
        ("Norway praised the food of Sweden.", set()),
    ],
)
def test_what_a_sentence_says_outright(text: str, plain: Sides) -> None:
    document = Document("d", "", text, (Paragraph(0, 0, len(text)),))
    found = shared_reader().read(document, document.paragraphs[0])
    names = [text[one.start : one.end] for one in found.actors]
    assert plain == {
        (names[e.source], e.side, names[e.target])
        for e in found.edges
        if e.rule == PLAIN and e.source is not None
    }
