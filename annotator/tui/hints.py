"""Hint letters: short codes over the words and items of the paragraph, typed to go there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

ALPHABET = "asdfghjklqwertyuiopzxcvbnm"
"""Home row first."""


def codes(count: int) -> list[str]:
    """So many codes (at most 26 x 26), none the beginning of another: as many of one letter as can
    be, which come first, the others of two."""
    letters = len(ALPHABET)
    single = letters if count <= letters else max(0, (letters**2 - count) // (letters - 1))
    pairs = [a + b for a in ALPHABET[single:] for b in ALPHABET]
    return [*ALPHABET[:single], *pairs][:count]


def assign(targets: Sequence[int], first: Iterable[int] = ()) -> dict[int, str]:
    """Offset -> code; those of `first` are served first. A target too near before another goes
    without when its code would run into it."""
    wanted = list(dict.fromkeys([*first, *targets]))
    given = dict(zip(wanted, codes(len(wanted)), strict=False))
    return dict(sorted(given.items()))


__all__ = ["ALPHABET", "assign", "codes"]
