"""Claims in the complements of nouns of wanting and promising, and who holds them."""

from __future__ import annotations

import pytest

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


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Norway's plan to close the port will cost votes.", {("Norway", "support", "to close the port")}),
        ("Norway's refusal to sign the treaty is foolish.", {("Norway", "oppose", "to sign the treaty")}),
        ("Norway repeated its promise of lower tariffs.", {("Norway", "support", "lower tariffs")}),
        ("Norway made a promise to lift the ban.", {("Norway", "support", "to lift the ban")}),
        ("The mayor was elected on a promise to lift the ban.", {("mayor", "support", "to lift the ban")}),
        (
            "The talks between Norway and Sweden were short. Their plans to build a bridge are dead.",
            {("Norway", "support", "to build a bridge"), ("Sweden", "support", "to build a bridge")},
        ),
        (
            "Norway left. Its plans to build roads, ports, and railways signal a new approach to trade.",
            {("Norway", "support", "to build roads, ports, and railways")},
        ),
        (
            "For Norway, Sweden is an ally in its ambition to build a bridge.",
            {("Norway", "support", "to build a bridge")},
        ),
        (
            "Norway turned to states that share its vision of a free ocean.",
            {("Norway", "support", "a free ocean"), ("states", "support", "a free ocean")},
        ),
    ],
)  # fmt: skip
def test_whose_plan_it_is(text: str, wanted: set[tuple[str, str, str]]) -> None:
    assert _sides(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "There is a plan to sell the port to Norway.",
        "The plan to sell the port pleased Norway.",
        "Norway dropped the idea.",
        "Norway should make a promise to lift the ban.",
    ],
)
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
