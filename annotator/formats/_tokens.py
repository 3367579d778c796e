"""Tokens of a text as columns, cut where spans begin and end, for formats of tokens. Whole columns
are made and written at once, since there are ten or more tokens for each span."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from functools import lru_cache

from annotator.model.text import word_columns

_columns = lru_cache(maxsize=64)(word_columns)
"""The words of the paragraphs of a text, which comes again in the work of each annotator."""


class Tokens:
    """The words of `text[start:end]`: starts, ends and texts, in order and without overlap."""

    __slots__ = ("_text", "ends", "starts", "words")

    def __init__(self, text: str, start: int, end: int) -> None:
        self._text = text
        starts, ends, words = _columns(text, start, end)
        self.starts, self.ends, self.words = starts.copy(), ends.copy(), words.copy()

    def cut(self, bounds: Iterable[int]) -> None:
        """Cut the tokens at the `bounds` inside them."""
        starts, ends = self.starts, self.ends
        for at in bounds:
            i = bisect_left(starts, at)
            if i and at < ends[i - 1]:
                first, last = starts[i - 1], ends[i - 1]
                starts.insert(i, at)
                ends.insert(i - 1, at)
                self.words[i - 1 : i] = [self._text[first:at], self._text[at:last]]

    def add(self, at: int) -> None:
        """Add the white space at a place as a token, unless it already is one."""
        i = bisect_left(self.starts, at)
        if self.starts[i : i + 1] != [at]:
            self.starts.insert(i, at)
            self.ends.insert(i, at + 1)
            self.words.insert(i, self._text[at])


__all__ = ["Tokens"]
