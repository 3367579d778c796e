"""Sides between actors by rules: one example of each construction, and sentences that only look
like one."""

from __future__ import annotations

import pytest
from support import cases, read


def _sides(text: str) -> set[tuple[str, str, str]]:
    reading = read(text)
    quotes = [text[a.start : a.end] for a in reading.actors]
    return {
        (quotes[e.source], e.side, quotes[e.target])
        for e in reading.edges
        if e.on_actor and e.source is not None
    }


@pytest.mark.parametrize("text", cases("rules_stances", "iran_is_against_russia"))
def test_iran_is_against_russia(text: str) -> None:
    assert ("Iran", "oppose", "Russia") in _sides(text)


@pytest.mark.parametrize("text", cases("rules_stances", "iran_is_for_russia"))
def test_iran_is_for_russia(text: str) -> None:
    assert ("Iran", "support", "Russia") in _sides(text)


@pytest.mark.parametrize("text", cases("rules_stances", "no_side_is_taken"))
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
