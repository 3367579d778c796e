"""What a line of input offers, and which of it the typed words find."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Offer:
    """Something to choose: what is taken, what is shown beside it, and other words that find it."""

    value: str
    note: str = ""
    aliases: tuple[str, ...] = ()
    remembered: bool = False
    """Whether it is what was taken for the same thing before: chosen until something else is typed."""


def matching(offers: Sequence[Offer], typed: str) -> list[Offer]:
    """The offers that the typed words find, those that begin with it first; all of them for nothing."""
    wanted = typed.casefold().strip()
    if not wanted:
        return list(offers)
    ranked: list[tuple[int, int, Offer]] = []
    for i, offer in enumerate(offers):
        names = [offer.value.casefold(), *(alias.casefold() for alias in offer.aliases)]
        if any(name.startswith(wanted) for name in names):
            ranked.append((0, i, offer))
        elif any(wanted in name for name in names):
            ranked.append((1, i, offer))
    return [offer for _, _, offer in sorted(ranked, key=lambda r: r[:2])]


__all__ = ["Offer", "matching"]
