"""Who is reported to hold a claim, on which side, and which words show it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReportingFrame:
    """Words that say who holds the claim after or before them: the holder (its index among the
    found actors), the side, and the tokens `[first, last)` of the cue."""

    holder: int | None
    side: str
    first: int
    last: int
    strength: int = 2
    implied: bool = False
    own: bool = False
    """Whether the text's own voice holds it, which is recorded only if it opposes it."""


def flip(side: str, *, negative: bool) -> str:
    """The other side if a negation stands before it; only `+` and `-` have one."""
    return {"+": "-", "-": "+"}.get(side, side) if negative else side


__all__ = ["ReportingFrame", "flip"]
