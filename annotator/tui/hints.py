"""Hint letters: short codes over the words and items of the paragraph, typed to go there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

ALPHABET = "asdfghjklqwertyuiopzxcvbnm"
"""Home row first."""


def codes(count: int) -> list[str]:
    """So many codes of equal length, one letter where that is enough, else two (at most 26 x 26)."""
    if count <= len(ALPHABET):
        return list(ALPHABET[:count])
    # Enough first letters for all, so that no code is the beginning of another.
    return [a + b for a in ALPHABET for b in ALPHABET][:count]


def assign(targets: Sequence[int], first: Iterable[int] = ()) -> dict[int, str]:
    """Offset -> code; those of `first` are served first. A target too near before another goes without
    when its code would run into it."""
    wanted = list(dict.fromkeys([*first, *targets]))
    given = dict(zip(wanted, codes(len(wanted)), strict=False))
    return dict(sorted(given.items()))


__all__ = ["ALPHABET", "assign", "codes"]
