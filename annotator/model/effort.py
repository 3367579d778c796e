"""The annotator's effort in keys, with and without suggestions. A paragraph costs the key that
ends it, which accepts everything left as suggested. Wrong suggestions are corrected or
rejected, and missing annotations are made by hand. The model assumes a person who makes no
mistakes and needs no time to read, so the figures compare suggesters and do not predict how
long work takes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

TextRange = tuple[int, int, str]
"""Start and end in code points, and a label."""

PAGE = 1
"""The number of keys that end a paragraph."""
FOCUS, LABEL, REJECT, GO = 1, 1, 1, 2
EXTEND = 3
"""The largest number of keys that extend a new span."""
RELATE = 4
"""Keys of a new relation: its key, two letters of the holder's hint, the side."""


@dataclass(frozen=True, slots=True)
class Effort:
    """The cost of one or more paragraphs: `keys` with the suggestions, and the keys `without` them.
    Of the suggestions, `right` needed no correction and the others were `wrong`; `wanted`
    annotations were to be made."""

    keys: int = 0
    without: int = 0
    right: int = 0
    wrong: int = 0
    wanted: int = 0

    def plus(self, other: Effort) -> Effort:
        """Both together."""
        return Effort(
            self.keys + other.keys,
            self.without + other.without,
            self.right + other.right,
            self.wrong + other.wrong,
            self.wanted + other.wanted,
        )

    @property
    def saved(self) -> float | None:
        """The share of keys that is saved; below 0 if suggestions cost more than they save; None
        if there are no keys."""
        return 1 - self.keys / self.without if self.without else None


def words(text: str) -> int:
    """Words of a stretch of text, at least 1."""
    return max(1, len(text.split()))


def making(size: int) -> int:
    """The number of keys to make a span of this many words by hand: going there, extending and
    labelling it."""
    return GO + min(size - 1, EXTEND) + LABEL


def creating(text: str, start: int, end: int) -> int:
    """The number of keys to make a given span of a text."""
    return making(words(text[start:end]))


def shared(a: TextRange, b: TextRange) -> float:
    """Intersection over union of two stretches, in [0, 1]."""
    both = min(a[1], b[1]) - max(a[0], b[0])
    return 0.0 if both <= 0 else both / (max(a[1], b[1]) - min(a[0], b[0]))


def of_spans(text: str, suggested: Sequence[TextRange], wanted: Sequence[TextRange]) -> Effort:
    """Keys for the spans of a paragraph, its last key included.

    Each suggestion is matched with at most one wanted span, by overlap. A right one costs nothing.
    One with wrong bounds or label is corrected, or rejected and made again if that takes fewer
    keys. A superfluous one is rejected.
    """
    match = _matched(suggested, wanted)
    taken = set(match.values())
    keys, right = PAGE, 0
    for i, one in enumerate(suggested):
        if i not in match:
            keys += FOCUS + REJECT
        elif one == wanted[match[i]]:
            right += 1
        else:
            keys += _mending(text, one, wanted[match[i]])
    made = [creating(text, a, b) for a, b, _ in wanted]
    keys += sum(cost for j, cost in enumerate(made) if j not in taken)
    return Effort(keys, PAGE + sum(made), right, len(suggested) - right, len(wanted))


def _matched(suggested: Sequence[TextRange], wanted: Sequence[TextRange]) -> dict[int, int]:
    """A dict from suggestion to the wanted span that it is matched with, both by index. Those that
    share most come first, and those with the same label first among equals."""
    pairs = [
        (overlap, s[2] == w[2], i, j)
        for i, s in enumerate(suggested)
        for j, w in enumerate(wanted)
        if (overlap := shared(s, w)) > 0
    ]
    match: dict[int, int] = {}
    taken: set[int] = set()
    for _, _, i, j in sorted(pairs, reverse=True):
        if i not in match and j not in taken:
            match[i] = j
            taken.add(j)
    return match


def _mending(text: str, suggested: TextRange, wanted: TextRange) -> int:
    moved = sum(
        words(text[min(a, b) : max(a, b)])
        for a, b in zip(suggested[:2], wanted[:2], strict=True)
        if a != b
    )
    mend = FOCUS + moved + (LABEL if suggested[2] != wanted[2] else 0)
    return min(mend, FOCUS + REJECT + creating(text, wanted[0], wanted[1]))


StanceRanges = tuple[TextRange, str, TextRange]
"""Source, label and target of a relation; the author's source is an empty stretch."""


def of_relations(suggested: Iterable[StanceRanges], wanted: Iterable[StanceRanges]) -> Effort:
    """Keys for the relations of a paragraph: a wrong side is changed, a superfluous relation
    rejected."""
    ends = {(a[:2], b[:2]): label for a, label, b in wanted}
    given = {(a[:2], b[:2]): label for a, label, b in suggested}
    right = sum(ends.get(place) == label for place, label in given.items())
    keys = sum(RELATE for place in ends if place not in given)
    for place, label in given.items():
        if place not in ends:
            keys += FOCUS + REJECT
        elif ends[place] != label:
            keys += FOCUS + LABEL
    return Effort(keys, RELATE * len(ends), right, len(given) - right, len(ends))


def total(every: Iterable[Effort]) -> Effort:
    """The sum."""
    out = Effort()
    for one in every:
        out = out.plus(one)
    return out


__all__ = [
    "Effort",
    "StanceRanges",
    "TextRange",
    "creating",
    "making",
    "of_relations",
    "of_spans",
    "shared",
    "total",
    "words",
]
