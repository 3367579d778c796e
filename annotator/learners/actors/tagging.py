"""Paragraphs as sequences of tags: the training data for the learner of spans that do not
overlap."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from annotator.english.tokens import FoundSpan, Token

OUTSIDE = "O"
"""The label of tokens that are not marked."""

LabelledRange = tuple[int, int, str]
"""Tokens `[first, last)` and a label."""


@dataclass(frozen=True, slots=True)
class TaggedParagraph:
    """A prepared paragraph: its tokens, what the rules find, and the features of each token that do
    not depend on decisions.

    `group` says which passages belong together; `gold` has the decided places, or None; `barred`
    says whether tokens `[first, last)` cannot be a span.
    """

    group: str
    tokens: tuple[Token, ...]
    found: tuple[FoundSpan, ...]
    described: tuple[tuple[str, ...], ...]
    gold: tuple[LabelledRange, ...] = ()
    barred: Callable[[int, int], bool] | None = None


def places_of(
    tokens: Sequence[Token], spans: Iterable[tuple[int, int, str]]
) -> tuple[LabelledRange, ...]:
    """Spans in code points as places of tokens. If spans overlap, only the longest stays."""
    out: list[LabelledRange] = []
    taken: set[int] = set()
    for start, end, label in sorted(spans, key=lambda s: (s[0] - s[1], s)):
        first, last = (
            bisect_right(tokens, start, key=lambda t: t.end),
            bisect_left(tokens, end, key=lambda t: t.start),
        )
        if first < last and taken.isdisjoint(range(first, last)):
            taken.update(range(first, last))
            out.append((first, last, label))
    return tuple(sorted(out))


def tags(length: int, places: Iterable[LabelledRange]) -> list[str]:
    """A tag for each token: `B-label` begins a place, `I-label` goes on, `O` is outside."""
    out = [OUTSIDE] * length
    for first, last, label in places:
        out[first] = f"B-{label}"
        out[first + 1 : last] = [f"I-{label}"] * (last - first - 1)
    return out


__all__ = ["OUTSIDE", "LabelledRange", "TaggedParagraph", "places_of", "tags"]
