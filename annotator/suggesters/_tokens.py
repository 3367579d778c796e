"""A paragraph as the rules read it: tokens with their places, and sentences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Token:
    """A word or sign: its text, lower case form, place `[start, end)` in code points."""

    text: str
    start: int
    end: int
    lower: str
    first: bool  # first of its sentence


@dataclass(frozen=True, slots=True)
class Found:
    """A proposed span over tokens `[first, last)`; `start` and `end` in code points of the paragraph."""

    label: str
    start: int
    end: int
    first: int
    last: int
    score: float
    reason: str
    rule: str
    entity: str | None = None
    attributes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Edge:
    """A proposed stance: `source` is the place of an actor among those found, or None for the author;
    `target` the place of a claim, or of an actor when `on_actor`."""

    side: str
    source: int | None
    target: int
    on_actor: bool
    score: float
    reason: str
    rule: str
    attributes: dict[str, str | int] = field(default_factory=dict)


def phrase_at(tokens: Sequence[Token], at: int, phrases: Iterable[str], end: int) -> int:
    """Number of tokens of the longest phrase (words divided by blanks) that stands at `at`; 0 for none."""
    best = 0
    for phrase in phrases:
        parts = phrase.split(" ")
        if best < len(parts) <= end - at and all(tokens[at + i].lower == p for i, p in enumerate(parts)):
            best = len(parts)
    return best


__all__ = ["Edge", "Found", "Token", "phrase_at"]
