"""A paragraph made ready for rules and learners: its tokens, and what the rules find in it.

Reading is done once for a paragraph. Importing this module imports spaCy.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from annotator.english.actors import Context, Scan, context_of
from annotator.english.claims import Clause, find_claims
from annotator.english.pipeline import Lexer, pipeline
from annotator.english.stances import find_stances
from annotator.english.tokens import Edge, Found, Token
from annotator.english.usage import Usage
from annotator.model.text import Document, Paragraph


@dataclass(frozen=True, slots=True)
class Reading:
    """What the rules make of a paragraph. Offsets of tokens and of what is found are those of the paragraph's
    text, so that `paragraph.start` is added for those of the document; `usage` is that of the document's words."""

    document: str
    paragraph: Paragraph
    text: str
    tokens: tuple[Token, ...]
    actors: tuple[Found, ...]
    clauses: tuple[Clause, ...]
    edges: tuple[Edge, ...]
    context: Context
    usage: Usage


@dataclass(frozen=True, slots=True)
class _Whole:
    """What a document tells of its paragraphs: what each says by itself, the names in all of them, and how its
    words are used."""

    scans: tuple[Scan, ...]
    context: Context
    usage: Usage


class Reader:
    """Reads paragraphs as the pipeline of the rules does; keeps what the last few documents tell."""

    def __init__(self) -> None:
        self.lexer = Lexer(pipeline())
        self._whole = lru_cache(maxsize=8)(self._whole_of)
        self._last: tuple[Document, Reading] | None = None

    def _whole_of(self, text: str, paragraphs: tuple[Paragraph, ...]) -> _Whole:
        scans = self.lexer.scans(text, paragraphs)
        return _Whole(scans, context_of(scans), Usage.of([text]))

    def read(self, document: Document, paragraph: Paragraph) -> Reading:
        """A paragraph of the document as the rules see it; the last one is kept, for the next suggester that
        asks."""
        if self._last is not None and self._last[0] is document and self._last[1].paragraph == paragraph:
            return self._last[1]
        whole = self._whole(document.text, document.paragraphs)
        scan = whole.scans[paragraph.index]
        actors = tuple(scan.actors(whole.context))
        clauses = tuple(find_claims(scan.tokens, actors))
        edges = tuple(find_stances(scan.tokens, actors, clauses))
        reading = Reading(
            document.id, paragraph, document.text[paragraph.start : paragraph.end], scan.tokens, actors, clauses,
            edges, whole.context, whole.usage,
        )  # fmt: skip
        self._last = (document, reading)
        return reading


@cache
def shared_reader() -> Reader:
    """The reader that the suggesters of a process have in common."""
    return Reader()


def tokens_within(tokens: Sequence[Token], start: int, end: int) -> tuple[int, int] | None:
    """The tokens `[first, last)` that `[start, end)` (code points of the paragraph) touches; None for none."""
    first = bisect_right(tokens, start, key=lambda token: token.end)
    last = bisect_left(tokens, end, key=lambda token: token.start)
    return (first, last) if first < last else None


__all__ = ["Reader", "Reading", "shared_reader", "tokens_within"]
