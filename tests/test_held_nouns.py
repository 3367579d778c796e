"""Claims in the complements of nouns of wanting and promising, and who holds them."""

from __future__ import annotations

import pytest
from support import cases

from annotator.english.parser import shared_parser
from annotator.english.reading import Reading, shared_reader
from annotator.model.text import Document, Paragraph

pytestmark = pytest.mark.skipif(shared_parser() is None, reason="no parser is installed")


def _read(text: str) -> Reading:
    document = Document("d", "", text, (Paragraph(0, 0, len(text)),))
    return shared_reader().read(document, document.paragraphs[0])


def _sides(text: str) -> set[tuple[str, str, str]]:
    """Holder, side and claim of each stance."""
    reading = _read(text)
    return {
        (
            text[reading.actors[e.source].start : reading.actors[e.source].end],
            e.side,
            text[reading.clauses[e.target].found.start : reading.clauses[e.target].found.end],
        )
        for e in reading.edges
        if e.source is not None and not e.on_actor
    }


@pytest.mark.parametrize(("text", "wanted"), cases("held_nouns", "whose_plan_it_is"))
def test_whose_plan_it_is(text: str, wanted: list[tuple[str, str, str]]) -> None:
    assert _sides(text) == set(wanted)


@pytest.mark.parametrize("text", cases("held_nouns", "a_plan_that_nobody_owns_is_nobody_s"))
def test_a_plan_that_nobody_owns_is_nobody_s(text: str) -> None:
    assert _sides(text) == set()


def test_a_sentence_that_only_makes_a_promise_known_is_no_claim() -> None:
    made = "Norway made a promise to lift the ban."
    judged = "Norway's promise to lift the ban is foolish."
    assert [made[c.found.start : c.found.end] for c in _read(made).clauses] == ["to lift the ban"]
    assert [judged[c.found.start : c.found.end] for c in _read(judged).clauses] == [
        judged[:-1],
        "to lift the ban",
    ]
