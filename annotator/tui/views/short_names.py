"""Names of labels beside their keys, as short as the footer needs and still distinct."""

from __future__ import annotations

from collections.abc import Sequence


def longest_names(labels: Sequence[tuple[str, str]], room: int) -> int:
    """How many letters of names there is room for."""
    longest = max((len(name) for _, name in labels), default=0)
    while longest > _SHORTEST and cells_of(labels, longest) > room:
        longest -= 1
    return longest


_SHORTEST = 3
"""The least number of letters of a label's name."""


def cells_of(labels: Sequence[tuple[str, str]], longest: int) -> int:
    """The cells of labels and their keys, names cut to `longest` letters."""
    return sum(len(key) + min(len(name), longest) + 2 for key, name in labels)


def shortened(names: Sequence[str], longest: int) -> list[str]:
    """The names in at most `longest` letters each, cut so that they stay distinct: at the end; if
    several would then be the same, without their common beginning; or else so that the end
    stays."""
    out: list[str] = []
    for name in names:
        rivals = [other for other in names if other != name and len(other) > longest]
        ways = (_cut, _without_beginning, _with_end)
        fits = (
            way
            for way in ways
            if way(name, longest, rivals) not in {way(r, longest, rivals) for r in rivals}
        )
        out.append(name if len(name) <= longest else next(fits, _cut)(name, longest, rivals))
    return out


def _cut(name: str, longest: int, _: Sequence[str] = ()) -> str:
    """The beginning of a name. An ellipsis costs a letter, which a very short name cannot spare."""
    return name[: longest - 1].rstrip() + "…" if longest > 5 else name[:longest]


def _without_beginning(name: str, longest: int, rivals: Sequence[str]) -> str:
    """The first letter, and what comes after the beginning that it
    shares with those that look like it."""
    like = [r for r in rivals if _cut(r, longest) == _cut(name, longest)]
    shared = next((i for i, at in enumerate(zip(name, *like, strict=False)) if len(set(at)) > 1), 0)
    rest = name[shared:]
    return f"{name[:1]}…{rest if len(rest) <= longest - 2 else rest[: longest - 2]}"


def _with_end(name: str, longest: int, _: Sequence[str]) -> str:
    half = (longest - 1) // 2
    return f"{name[: longest - 1 - half]}…{name[-half:]}"


__all__ = ["cells_of", "longest_names", "shortened"]
