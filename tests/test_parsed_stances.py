"""Sides by the parse: subjects far away, passives, nouns,
reported judgements, the text's own voice."""

from __future__ import annotations

import pytest
from support import cases

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
    cases("parsed_stances", "who_takes_which_side_on_whom"),
)
def test_who_takes_which_side_on_whom(text: str, wanted: list[str]) -> None:
    assert tuple(wanted) in _sides(text)


@pytest.mark.parametrize("text", cases("parsed_stances", "where_nobody_takes_a_side_there_is_none"))
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
    cases("parsed_stances", "what_a_sentence_says_outright"),
)
def test_what_a_sentence_says_outright(text: str, plain: list[tuple[str, str, str]]) -> None:
    document = Document("d", "", text, (Paragraph(0, 0, len(text)),))
    found = shared_reader().read(document, document.paragraphs[0])
    names = [text[one.start : one.end] for one in found.actors]
    assert set(plain) == {
        (names[e.source], e.side, names[e.target])
        for e in found.edges
        if e.rule == PLAIN and e.source is not None
    }
