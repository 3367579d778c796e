"""A paragraph as the rules read it: tokens with their places, and sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeAlias

Phrases: TypeAlias = Mapping[str, tuple[tuple[str, ...], ...]]
"""The phrases that begin with each word, as words in lower case, the longest first."""


QUOTES = frozenset('"“”«»')
"""Quotation marks."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word or sign: its text, lower case form, place `[start, end)` in code points."""

    text: str
    start: int
    end: int
    lower: str
    first: bool  # first of its sentence


@dataclass(frozen=True, slots=True)
class FoundSpan:
    """A proposed span over tokens `[first, last)`; `start` and
    `end` in code points of the paragraph."""

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

    @classmethod
    def over(
        cls,
        tokens: Sequence[Token],
        first: int,
        last: int,
        label: str,
        score: float,
        reason: str,
        rule: str,
        entity: str | None = None,
        attributes: Mapping[str, str] | None = None,
    ) -> FoundSpan:
        """The span over tokens `[first, last)`, with the bounds of these."""
        start, end = tokens[first].start, tokens[last - 1].end
        found = dict(attributes or {})
        return cls(label, start, end, first, last, score, reason, rule, entity, found)


@dataclass(frozen=True, slots=True)
class FoundStance:
    """A proposed stance: `source` is the index of a found actor, or None for the author; `target`
    is the index of a claim, or of an actor if `on_actor`."""

    side: str
    source: int | None
    target: int
    on_actor: bool
    score: float
    reason: str
    rule: str
    attributes: dict[str, str | int] = field(default_factory=dict)


def as_written(tokens: Sequence[Token]) -> str:
    """The text of tokens, with one space where the paragraph has any (`Farmers' League`)."""
    parts = [tokens[0].text]
    for before, token in pairwise(tokens):
        parts += [" "] if token.start > before.end else []
        parts.append(token.text)
    return "".join(parts)


def phrase_at(tokens: Sequence[Token], at: int, phrases: Phrases, end: int) -> int:
    """The number of tokens of the longest phrase at `at`, not beyond `end`; 0 if there is none."""
    if at >= end:
        return 0
    for parts in phrases.get(tokens[at].lower, ()):
        length = len(parts)
        if length == 1 or (
            length <= end - at and all(tokens[at + i].lower == parts[i] for i in range(1, length))
        ):
            return length
    return 0


__all__ = ["QUOTES", "FoundSpan", "FoundStance", "Phrases", "Token", "as_written", "phrase_at"]
