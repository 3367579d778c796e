"""Sides between actors by rules: one example of each construction, and sentences that only look
like one."""

from __future__ import annotations

import pytest
from support import read


def _sides(text: str) -> set[tuple[str, str, str]]:
    reading = read(text)
    quotes = [text[a.start : a.end] for a in reading.actors]
    return {
        (quotes[e.source], e.side, quotes[e.target])
        for e in reading.edges
        if e.on_actor and e.source is not None
    }


@pytest.mark.parametrize(
    "text",
    [
        "Iran condemned Russia.",
        "Iran, a member since January, condemned Russia.",
        "Iran, which signed in May, has sharply criticised Russia.",
        "Russia was condemned by Iran.",
        "Russia, condemned sharply by Iran, said nothing.",
        "Iran refused to endorse Russia.",
        "Iran signed the treaty, accusing Russia of deceit.",
        "Accusing Russia of deceit, Iran signed the treaty.",
        "Iran signed and then condemned Russia.",
        "Iran said that it had changed its mind before it condemned Russia.",
        "Iran's attack on Russia was noted.",
        "Iran launched a furious attack on Russia.",
        "The criticism of Russia by Iran was noted.",
        "Russia faced criticism from Iran.",
        "Iran is critical of Russia.",
        "Iran, an opponent of Russia, was absent.",
        "Iran has blamed the attack on Russia.",
        "Iran came out against Russia.",
    ],
)
def test_iran_is_against_russia(text: str) -> None:
    assert ("Iran", "oppose", "Russia") in _sides(text)


@pytest.mark.parametrize(
    "text",
    [
        "Iran praised Russia.",
        "Iran voiced support for Russia.",
        "Iran is an ally of Russia.",
        "Iran offered Russia its support.",
        "Iran never condemned Russia.",
    ],
)
def test_iran_is_for_russia(text: str) -> None:
    assert ("Iran", "support", "Russia") in _sides(text)


@pytest.mark.parametrize(
    "text",
    [
        "Iran welcomed the visitors to Russia.",
        "An attack on Russia worried Iran.",
        "Iran fell back on Russia.",
        "Iran asked whether France would support Russia.",
        "Iran's opponents praised Russia.",
        "Iran met Russia.",
        "Iran saw a charge that nobody made in Russia.",
    ],
)
def test_no_side_is_taken(text: str) -> None:
    assert not {edge for edge in _sides(text) if edge[0] == "Iran"}


def test_a_joined_object_counts_for_each() -> None:
    assert _sides("Iran condemned Russia and France.") == {
        ("Iran", "oppose", "Russia"),
        ("Iran", "oppose", "France"),
    }


def test_strife_goes_both_ways() -> None:
    assert _sides("The tensions between Iran and Russia grew.") == {
        ("Iran", "oppose", "Russia"),
        ("Russia", "oppose", "Iran"),
    }
