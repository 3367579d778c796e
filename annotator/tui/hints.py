"""Hint letters: short codes over the words and items of the paragraph, typed to go there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

ALPHABET = "asdfghjklqwertyuiopzxcvbnm"
"""Home row first."""


def codes(count: int) -> list[str]:
    """`count` codes (at most 26 x 26), none of which begins another. As many as possible have one
    letter and come first; the others have two."""
    letters = len(ALPHABET)
    single = letters if count <= letters else max(0, (letters**2 - count) // (letters - 1))
    pairs = [a + b for a in ALPHABET[single:] for b in ALPHABET]
    return [*ALPHABET[:single], *pairs][:count]


def assign(targets: Sequence[int], first: Iterable[int] = ()) -> dict[int, str]:
    """A dict from offset to code, in which the offsets of `first` get their codes first. A target
    gets none if its code would run into the next target."""
    wanted = list(dict.fromkeys([*first, *targets]))
    given = dict(zip(wanted, codes(len(wanted)), strict=False))
    return dict(sorted(given.items()))


__all__ = ["ALPHABET", "assign", "codes"]
