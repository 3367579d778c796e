"""Texts side by side: words that only some of them have are highlighted, even if there is no room
for whole texts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from rich.style import Style

from annotator.model.decision_text import both_ends
from annotator.tui.styled_rows import Piece

Runs = list[tuple[str, bool]]
"""A text in parts, each with a flag whether all versions have it."""

_LEAST = 9
"""The number of code points that a shortened part keeps: a beginning, the sign of a gap and an
end."""


def worded(texts: Sequence[str]) -> list[Runs]:
    """The words of each text in runs: those that all other texts have in the same order, and those
    that they do not. White space between words counts as one blank."""
    split = [re.findall(r"\w+|[^\w\s]", text) for text in texts]
    folded = [[word.casefold() for word in words] for words in split]
    out: list[Runs] = []
    for i, text in enumerate(texts):
        others = (_matching(folded[i], other) for j, other in enumerate(folded) if j != i)
        shared = set(range(len(split[i]))).intersection(*others)
        flags = [at in shared for at in range(len(split[i]))]
        out.append(_runs(" ".join(text.split()), split[i], flags))
    return out


def _matching(words: Sequence[str], others: Sequence[str]) -> set[int]:
    """The places of the words that the others have in the same order."""
    blocks = SequenceMatcher(None, words, others, autojunk=False).get_matching_blocks()
    return {at for block in blocks for at in range(block.a, block.a + block.size)}


def _runs(text: str, words: Sequence[str], shared: Sequence[bool]) -> Runs:
    """The text in parts, cut before each word of another kind than the word before it."""
    runs: Runs = []
    at = start = 0
    for i, word in enumerate(words):
        begin = text.index(word, at)
        if i and shared[i] != shared[i - 1]:
            runs.append((text[start:begin], shared[i - 1]))
            start = begin
        at = begin + len(word)
    if text:
        runs.append((text[start:], shared[-1] if shared else True))
    return runs


def highlighted(runs: Runs, room: int, plain: Style, strong: Style) -> list[Piece]:
    """A text in at most that many code points. Words that not all versions have are bold and take
    precedence; shared words are shortened. White space that differs at an end is shown as `␣`."""
    parts, each = _fitted(_parts(runs), room)
    out: list[Piece] = []
    for i, ((text, same), (raw, _)) in enumerate(zip(parts, runs, strict=True)):
        if not text:
            continue
        if i and (raw[:1].isspace() or runs[i - 1][0][-1:].isspace()) and text != "␣":
            out.append((" ", plain))
        out.append((both_ends(text, each), plain) if same else (text, strong))
    return out


def _parts(runs: Runs) -> Runs:
    """The runs with single blanks; white space that differs at an end becomes `␣`."""
    parts = [(" ".join(text.split()), same) for text, same in runs]
    for end in {0, len(parts) - 1} if parts else ():
        if runs[end][0].isspace() and not runs[end][1]:
            parts[end] = ("␣", False)
    return parts


def _fitted(parts: Runs, room: int) -> tuple[Runs, int]:
    """The parts, those that differ shortened if there is no room for the ends of the others, and
    the number of code points that each shared part gets."""
    shared = sum(same for _, same in parts)

    def left() -> int:
        return room - sum(len(text) for text, same in parts if not same) - len(parts) + 1

    if shared < len(parts) and left() < _LEAST * shared:
        each = max(_LEAST, room // len(parts))
        parts = [(text if same else both_ends(text, each), same) for text, same in parts]
    return parts, max(_LEAST, left() // shared) if shared else 0


__all__ = ["Runs", "highlighted", "worded"]
