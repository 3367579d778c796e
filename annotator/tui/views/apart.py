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
        shared = [True] * len(split[i])
        for j, other in enumerate(folded):
            if i != j:
                kept = {
                    at
                    for block in SequenceMatcher(
                        None, folded[i], other, autojunk=False
                    ).get_matching_blocks()
                    for at in range(block.a, block.a + block.size)
                }
                shared = [had and at in kept for at, had in enumerate(shared)]
        out.append(_runs(" ".join(text.split()), split[i], shared))
    return out


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
    parts = [(" ".join(text.split()), same) for text, same in runs]
    for end in {0, len(parts) - 1} if parts else ():
        if runs[end][0].isspace() and not runs[end][1]:
            parts[end] = ("␣", False)
    apart = sum(len(text) for text, same in parts if not same)
    shared = sum(same for _, same in parts)
    left = room - apart - len(parts) + 1
    if apart and left < _LEAST * shared:
        # Everything is shortened: each part that differs keeps its two ends.
        each = max(_LEAST, room // len(parts))
        parts = [(text if same else both_ends(text, each), same) for text, same in parts]
        left = room - sum(len(text) for text, same in parts if not same) - len(parts) + 1
    each = max(_LEAST, left // shared) if shared else 0
    out: list[Piece] = []
    for i, ((text, same), (raw, _)) in enumerate(zip(parts, runs, strict=True)):
        if not text:
            continue
        if i and (raw[:1].isspace() or runs[i - 1][0][-1:].isspace()) and text != "␣":
            out.append((" ", plain))
        out.append((both_ends(text, each), plain) if same else (text, strong))
    return out


__all__ = ["Runs", "highlighted", "worded"]
