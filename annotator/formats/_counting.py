"""The ways in which programs count offsets, and the code points of the text that their counts stand
for."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

UNITS = ("code-points", "utf-16", "graphemes", "utf-8")
LINE_ENDS = ("as-is", "one", "two")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_LONG = 34
"""Characters that an entity has at most."""

_NAMES = {
    "code-points": "code points",
    "utf-16": "UTF-16 units",
    "graphemes": "grapheme clusters",
    "utf-8": "bytes of UTF-8",
}


@dataclass(frozen=True, slots=True)
class Counting:
    """One way to count the characters of a text."""

    unit: str = "code-points"
    line_ends: str = "as-is"
    bom: bool = False
    entities: bool = False

    def __str__(self) -> str:
        parts = [_NAMES[self.unit]]
        if self.line_ends != "as-is":
            parts.append("a CR LF as one" if self.line_ends == "one" else "an LF as two")
        if self.bom:
            parts.append("the byte order mark as one")
        if self.entities:
            parts.append("entities as shown")
        return ", ".join(parts)

    @property
    def is_rare(self) -> bool:
        """Whether hardly any program counts like this."""
        return self.unit == "utf-8" or self.line_ends == "two"

    def points(self, text: str) -> Mapping[int, int]:
        """Offsets by this counting -> code points of the text; offsets inside a character are
        missing."""
        widths = _widths(text, self.unit)
        if self.line_ends == "one":
            for found in re.finditer("\r\n", text):
                widths[found.start()], widths[found.start() + 1] = 1, 0
        elif self.line_ends == "two":
            for found in re.finditer("(?<!\r)\n", text):
                widths[found.start()] = 2
        if self.entities:
            for start, end, shown in entities(text):
                widths[start:end] = [sum(_widths(shown, self.unit)), *[0] * (end - start - 1)]
        at = 1 if self.bom else 0
        out = {at: 0}
        for point, width in enumerate(widths, 1):
            at += width
            out[at] = point
        return out


def _widths(text: str, unit: str) -> list[int]:
    """How far each character moves the count."""
    if text.isascii() and unit != "graphemes":
        return [1] * len(text)
    if unit == "utf-16":
        return [1 + (char > "\uffff") for char in text]
    if unit == "utf-8":
        return [len(char.encode("utf-8", "surrogatepass")) for char in text]
    if unit == "graphemes":
        return [int(i == 0) for cluster in clusters(text) for i in range(len(cluster))]
    return [1] * len(text)


def clusters(text: str) -> Iterator[str]:
    """Extended grapheme clusters (UAX 29)."""
    from wcwidth import iter_graphemes

    return iter(iter_graphemes(text))


def entities(text: str, around: int | None = None) -> Iterator[tuple[int, int, str]]:
    """The bounds of each entity and what it shows, in the whole text or only around a place."""
    low, high = (0, len(text)) if around is None else (max(0, around - _LONG), around + _LONG)
    for found in _ENTITY.finditer(text, low, high):
        if (shown := html.unescape(found[0])) != found[0]:
            yield found.start(), found.end(), shown


def has_clusters(text: str) -> bool:
    """Whether a text may have a grapheme cluster of several characters."""
    return "\r\n" in text or any(joins(char) or _is_flag(char) for char in set(text))


def _is_flag(char: str) -> bool:
    """Whether a character is a regional indicator, two of which make a flag."""
    return "\U0001f1e6" <= char <= "\U0001f1ff"


@lru_cache(maxsize=10_000)
def joins(char: str) -> bool:
    """Whether a character belongs to the one before it: a mark, a joiner, a variation, a tone of
    skin, a tag, a vowel or last consonant of Hangul."""
    return not char.isascii() and any(
        len(next(clusters(base + char))) == 2 for base in ("a", "\uac00")
    )


__all__ = ["LINE_ENDS", "UNITS", "Counting", "clusters", "entities", "has_clusters", "joins"]
