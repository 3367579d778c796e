"""Replacements of the same width for characters that some terminals lack."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from unicodedata import normalize

StandIn = Callable[[str], str]

_CONSOLE: Mapping[str, str] = dict(zip("┄┅━╌▸◂✓", "·=═·►◄√", strict=True))
"""The Linux console has the lines of the IBM PC, which are neither dotted nor heavy."""

_ASCII: Mapping[str, str] = dict(
    zip("┄┅━╌─│┌┐└┘▸◂▌✓¶·…“”„‘’«»–—≥×›←→↑↓≠", '.:=.-|++[]><|v#.."""\'\'""-->x><>^v!', strict=True)
)


@lru_cache(maxsize=4096)
def _in_ascii(char: str) -> str:
    """An ASCII character for any other one: the letter without its accent, or a question mark."""
    if char.isascii():
        return char or "?"
    plain = normalize("NFKD", char)[:1]
    return _ASCII.get(char[:1]) or (plain if plain.isascii() and plain.isprintable() else "?")


def stand_in(term: str, encoding: str) -> StandIn | None:
    """A function that gives what a terminal shows for the character of a cell, by TERM and the
    encoding of the locale; None if the terminal can show everything. The second cell of a wide
    character is empty."""
    if "utf" not in encoding.lower():
        return _in_ascii
    if term == "linux" or term.startswith("linux-"):
        return lambda char: _CONSOLE.get(char, char)
    return None


__all__ = ["StandIn", "stand_in"]
