"""Finds out how another program counted offsets, and converts those of a whole file to code points
of the stored text.

Programs count code points, UTF-16 units or grapheme clusters. Some count a line end of two
characters as one, or of one as two; some count a byte order mark; some count entities (`&amp;`) as
they are written, others as they are shown. All combinations are tried on the whole file. If the
file has quotations, the right one makes them fit; otherwise it is the one in which spans do not cut
words.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from annotator.formats._counting import (
    LINE_ENDS,
    UNITS,
    Counting,
    clusters,
    entities,
    has_clusters,
    joins,
)


@dataclass(slots=True)
class Place:
    """The offsets that a file gives for a text, with their quotation if there is one."""

    text: str
    start: int
    end: int
    quote: str | None = None
    bom: bool = False
    """Whether the text began with a byte order mark, which is not part of it."""
    in_pieces: bool = False
    """Whether the quotation leaves out what is between the pieces of the span."""

    def fits(self, there: str) -> bool:
        """Whether the text at some bounds is what the quotation says, or there is none."""
        if not self.quote:
            return True
        return (_holds_pieces if self.in_pieces else alike)(there, self.quote)


@dataclass(frozen=True, slots=True)
class Resolved:
    """The code points of each place (None: outside the text), the counting that gave them, and
    other countings that would have given other code points."""

    points: list[tuple[int, int] | None]
    counting: Counting
    others: tuple[Counting, ...] = ()
    better: Counting | None = None
    """A counting that would cut fewer words, but was not certain enough to use."""
    equal: Counting | None = None
    """A counting that fits as well, where nothing shows which one is right."""


def resolve(places: Sequence[Place], *, unit: str, settings: Mapping[str, Any]) -> Resolved:
    """The code points of all places of a file; `unit` is what the program usually counts. The keys
    `offsets`, `line_ends`, `bom` and `entities` of `settings` fix a part of it."""
    texts = {place.text: place.bom for place in places}
    tried = _Tried(places, list(_candidates(texts, unit, settings)))
    best, better = tried.chosen()
    if not tried.quoted and any(_UNSPACED.search(text) for text in texts):
        # Where there are no spaces between words, a wrong counting would not be noticed.
        tried.the_rest()
    points, scores = tried.points, tried.scores
    differ = [one for one in points if points[one] != points[best]]
    others = tuple(one for one in differ if not one.is_rare)
    equal = next((one for one in differ if scores[one] <= scores[best]), None)
    return Resolved(points[best], best, others, better, equal)


class _Tried:
    """The countings of a file that were tried: the points that each gives, and how badly it fits.
    The first of `every` is the usual one."""

    def __init__(self, places: Sequence[Place], every: Sequence[Counting]) -> None:
        self._places, self._every = places, every
        self.quoted = any(place.quote for place in places)
        self.points: dict[Counting, list[tuple[int, int] | None]] = {}
        self.scores: dict[Counting, float] = {}

    def _best_of(self, several: Iterable[Counting]) -> Counting:
        """Try these; the best of all that were tried so far."""
        for one in several:
            self.points[one] = _points(self._places, one)
            self.scores[one] = _score(self._places, self.points[one])
        return min(self.scores, key=self.scores.__getitem__)

    def the_rest(self) -> Counting:
        """Try those that were not tried yet; the best of all."""
        return self._best_of(one for one in self._every if one not in self.points)

    def chosen(self) -> tuple[Counting, Counting | None]:
        """The counting to use, and one that fits better but is only reported, because without
        quotations it may fit by chance."""
        usual, scores = self._every[0], self.scores
        best = self._best_of(one for one in self._every if one == usual or not one.is_rare)
        better = None
        if not self.quoted and not _is_clear(scores[best], scores[usual]):
            better, best = best if scores[best] + 1 <= scores[usual] else None, usual
        if scores[best] < 1:
            return best, better
        rarely = self.the_rest()
        if rarely.is_rare and _is_clear(scores[rarely], scores[best]):
            return (rarely, None) if self.quoted else (best, rarely)
        return best, better


def _is_clear(score: float, other: float) -> bool:
    """Whether a counting fits so much better than another one that it cannot be chance."""
    return score + 1 <= other and score * 4 <= other


def _units(texts: Iterable[str], usual: str) -> list[str]:
    """The units that differ on these texts, the usual one first."""
    wide = any(max(text, default="") > "\uffff" for text in texts)
    first = "code-points" if usual == "utf-16" and not wide else usual
    if all(text.isascii() for text in texts):
        return [first]
    several = any(has_clusters(text) for text in texts)
    differs = {"code-points": True, "utf-16": wide, "graphemes": several, "utf-8": True}
    return [first, *(unit for unit, so in differs.items() if so and unit != first)]


def _line_ends(texts: Iterable[str]) -> list[str]:
    """The ways to count line ends that differ on these texts, the usual one first."""
    ends = ["as-is"]
    if any("\r\n" in text for text in texts):
        ends.append("one")
    if any(re.search("(?<!\r)\n", text) for text in texts):
        ends.append("two")
    return ends


def _candidates(
    texts: Mapping[str, bool], unit: str, settings: Mapping[str, Any]
) -> Iterator[Counting]:
    """Countings that differ on these texts: the usual one first, then those that are most like
    it."""
    marks = [False, True] if any(texts.values()) else [False]
    shown = [False, True] if any(next(entities(text), None) for text in texts) else [False]
    units = [settings["offsets"]] if "offsets" in settings else _units(texts, unit)
    ends = [settings["line_ends"]] if "line_ends" in settings else _line_ends(texts)
    if "bom" in settings:
        marks = [settings["bom"]]
    if "entities" in settings:
        shown = [settings["entities"] == "shown"]
    every = list(product(units, ends, marks, shown))
    usual = every[0]
    # Sorting is stable: among countings that change equally much, the most frequent one stays
    # first.
    for one in sorted(every, key=lambda one: sum(x != y for x, y in zip(one, usual, strict=True))):
        yield Counting(*one)


def _points(places: Sequence[Place], counting: Counting) -> list[tuple[int, int] | None]:
    maps: dict[str, Mapping[int, int]] = {}
    out: list[tuple[int, int] | None] = []
    for place in places:
        one = (
            counting
            if place.bom or not counting.bom
            else Counting(counting.unit, counting.line_ends, False, counting.entities)
        )
        found = maps.get(place.text)
        if found is None:
            found = maps[place.text] = one.points(place.text)
        start, end = found.get(place.start), found.get(place.end)
        out.append(None if start is None or end is None else (start, end))
    return out


def _score(places: Sequence[Place], points: Sequence[tuple[int, int] | None]) -> float:
    """How badly a counting fits: quotations that are invalid, else bounds in unlikely places; 0 is
    a perfect fit."""
    bad = 0.0
    for place, found in zip(places, points, strict=True):
        if place.start >= place.end:
            continue
        if found is None:
            bad += 2
        elif place.quote:
            there = place.text[found[0] : found[1]]
            bad += 0.1 * (there != place.quote) if place.fits(there) else 1
        else:
            bad += _unlikely(place.text, *found)
    return bad


def _unlikely(text: str, start: int, end: int) -> float:
    """How unlikely two bounds are: 1 for each that is inside a word or a character, or has white
    space next to it within the span; less for punctuation there."""
    if start >= end:
        return 2
    bad = float(_cut(text, start, inward=start) + _cut(text, end, inward=end - 1))
    return bad + 0.5 * (text[start] in _CLOSING) + 0.25 * (text[end - 1] in _BETWEEN)


_CLOSING = frozenset(",.;:!?)]，。、；：！？）")
"""Punctuation that hardly begins a span."""

_BETWEEN = frozenset(",;:，、；：")
"""Punctuation that hardly ends one."""

_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
"""Letters of languages that have no spaces between words, so that bounds of words are not seen."""


def _cut(text: str, at: int, *, inward: int) -> bool:
    if 0 <= inward < len(text) and text[inward].isspace():
        return True
    if not 0 < at < len(text):
        return False
    before, after = text[at - 1], text[at]
    if any(a < at < b for a, b, _ in entities(text, at)):
        return True
    if joins(after) or before == "\u200d":
        return True
    return before.isalnum() and after.isalnum() and not _UNSPACED.search(before + after)


def alike(text: str, quote: str) -> bool:
    """Whether a quotation equals a text, apart from white space, entities and normal form."""
    return without_spaces(text) == without_spaces(quote) or _folded(text) == _folded(quote)


def _holds_pieces(text: str, quote: str) -> bool:
    """Whether a text begins and ends like a quotation and contains all its characters in order."""
    words, rest = quote.split(), iter(text)
    bounded = not words or (text.startswith(words[0]) and text.endswith(words[-1]))
    return bounded and all(char in rest for char in without_spaces(quote))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", without_spaces(html.unescape(text)))


def without_spaces(text: str) -> str:
    """The text without white space, escaped or not, which programs change in quotations."""
    return "".join(text.replace("\\n", " ").replace("\\r", " ").replace("\\t", " ").split())


NEARBY = 40
"""Characters around given bounds in which a quotation is looked for."""


def nearby(text: str, start: int, end: int, quote: str) -> tuple[int, int] | None:
    """The bounds of a quotation near the given ones; None if it is not there. If there are several,
    it is the one that shares a bound with them, or else the only one that overlaps them."""
    words = quote.split()
    if not words:
        return None
    pattern = re.compile(r"\s+".join(map(re.escape, words)))
    low, high = max(0, start - NEARBY), min(len(text), max(start, end) + NEARBY)
    near = [
        found.span() for found in pattern.finditer(text, low, min(len(text), high + len(quote)))
    ]
    bounded = [one for one in near if one[0] == start or one[1] == end]
    overlapping = [one for one in near if one[0] < end and start < one[1]]
    for some in (near, bounded, overlapping):
        if len(some) == 1:
            return some[0]
    if near:
        return None
    every = [found.span() for found in pattern.finditer(text)]
    return every[0] if len(every) == 1 else None


def same_places(text: str, other: str) -> Mapping[int, int]:
    """Offsets of a text -> offsets of a text that differs only in line ends, byte order mark or
    normal form."""
    theirs = {folded: at for at, folded in _boundaries(other).items()}
    return {at: theirs[folded] for at, folded in _boundaries(text).items() if folded in theirs}


def _boundaries(text: str) -> dict[int, int]:
    """Bounds of grapheme clusters -> the length of the folded text before them."""
    at = length = 0
    out = {0: 0}
    for cluster in clusters(text):
        at += len(cluster)
        if cluster in ("\r\n", "\r"):
            length += 1
        elif not (cluster == "\ufeff" and at == 1):
            length += len(unicodedata.normalize("NFC", cluster))
        out[at] = length
    return out


__all__ = [
    "LINE_ENDS",
    "UNITS",
    "Counting",
    "Place",
    "Resolved",
    "alike",
    "clusters",
    "nearby",
    "resolve",
    "same_places",
    "without_spaces",
]
