"""Prepares a paragraph for rules and learners: its tokens, what the rules find in it, and its
parse.

Each paragraph is read once. The parses of all paragraphs of a document are made when the first one
is needed. Importing this module imports spaCy.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Protocol

from annotator.english.actors import DocumentContext, Scan, context_of
from annotator.english.claims import Clause, find_claims
from annotator.english.components import Lexer, pipeline
from annotator.english.exclusions import admitted
from annotator.english.nominals import widened
from annotator.english.parse import Parse, key_of, mostly_english
from annotator.english.parser import Parser, shared_parser
from annotator.english.stances import find_stances
from annotator.english.tokens import FoundSpan, FoundStance, Token
from annotator.english.usage import Usage
from annotator.model.text import Document, Paragraph


class ParseStore(Protocol):
    """A store of parses shared by processes, by a hash of the paragraph's text."""

    def parses(self, version: str, keys: Sequence[str]) -> Mapping[str, bytes]:
        """The stored parses for this version of the parser."""

    def keep_parses(self, version: str, made: Mapping[str, bytes]) -> None:
        """Store more parses."""


class Parses:
    """The parses of a document's paragraphs, made together when the first one is asked for."""

    def __init__(
        self, reader: Reader, tokens: Sequence[Sequence[Token]], texts: Sequence[str]
    ) -> None:
        self._reader, self._tokens, self._texts = reader, tokens, texts
        self._made: Sequence[Parse | None] | None = None

    def of(self, index: int) -> Parse | None:
        """The parse of a paragraph; None without a parser, or if the text is not English."""
        if self._made is None:
            self._made = self._make()
        return self._made[index] if index < len(self._made) else None

    def _make(self) -> Sequence[Parse | None]:
        words = [
            token.lower for tokens in self._tokens for token in tokens if token.text[:1].isalpha()
        ]
        parser, kept = self._reader.parser, self._reader.kept
        if parser is None or not mostly_english(words):
            return [None] * len(self._tokens)
        keys = [key_of(text) for text in self._texts]
        out = self._stored(kept.parses(parser.key, keys) if kept is not None else {}, keys)
        missing = [i for i, one in enumerate(out) if one is None]
        made = dict(zip(missing, parser.parse(self._tokens[i] for i in missing), strict=True))
        if made and kept is not None:
            kept.keep_parses(parser.key, {keys[i]: one.to_bytes() for i, one in made.items()})
        return [made.get(i, one) for i, one in enumerate(out)]

    def _stored(self, known: Mapping[str, bytes], keys: Sequence[str]) -> list[Parse | None]:
        """The parses that are kept, by paragraph; None for those that are not."""
        return [
            Parse.of_bytes(known[key], len(tokens)) if key in known else None
            for key, tokens in zip(keys, self._tokens, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class Reading:
    """What the rules find in a paragraph. Offsets of tokens and findings are relative to the
    paragraph; add `paragraph.start` for those of the document. `usage` is that of the document's
    words, `names` are the tokens of all names from the tables, including places."""

    document: str
    paragraph: Paragraph
    text: str
    tokens: tuple[Token, ...]
    actors: tuple[FoundSpan, ...]
    clauses: tuple[Clause, ...]
    edges: tuple[FoundStance, ...]
    context: DocumentContext
    usage: Usage
    parses: Parses | None = field(default=None, repr=False, compare=False)
    names: tuple[tuple[int, int], ...] = ()


def parse(reading: Reading) -> Parse | None:
    """The parse of a paragraph, token by token; None without a parser, or if the text is not
    English."""
    return reading.parses.of(reading.paragraph.index) if reading.parses is not None else None


@dataclass(frozen=True, slots=True)
class _Whole:
    """What a document contributes to its paragraphs: what each shows by itself, the names in all of
    them, the use of its words, and the parses."""

    scans: tuple[Scan, ...]
    context: DocumentContext
    usage: Usage
    parses: Parses


_KEPT = 8
"""The number of documents whose data a reader keeps."""


def _same(one: Document, other: Document) -> bool:
    return one.text == other.text and one.paragraphs == other.paragraphs


class Reader:
    """Reads paragraphs as the pipeline of the rules does, and keeps data of the last few documents.
    Without a `parser`, nothing is parsed."""

    def __init__(self, parser: Parser | None = None) -> None:
        self.lexer = Lexer(pipeline())
        self.parser = parser
        self.kept: ParseStore | None = None
        self._recent: list[tuple[Document, _Whole]] = []
        self._last: tuple[Document, Reading] | None = None

    @contextmanager
    def keeping(self, store: ParseStore) -> Iterator[None]:
        """Inside the block, parses are read from a store and written to it."""
        before, self.kept = self.kept, store
        try:
            yield
        finally:
            self.kept = before

    def _whole(self, document: Document) -> _Whole:
        """What a document contributes. It is recognised as an object first: to compare or hash all
        of its paragraphs for each of them would cost their number squared."""
        for known, whole in self._recent:
            if known is document or _same(known, document):
                return whole
        text, paragraphs = document.text, document.paragraphs
        scans = self.lexer.scans(text, paragraphs)
        texts = [text[p.start : p.end] for p in paragraphs]
        parses = Parses(self, [scan.tokens for scan in scans], texts)
        whole = _Whole(scans, context_of(scans), Usage.of([text]), parses)
        self._recent = [(document, whole), *self._recent[: _KEPT - 1]]
        return whole

    def read(self, document: Document, paragraph: Paragraph) -> Reading:
        """A paragraph of the document as the rules see it. The last one is kept for the next
        suggester."""
        if (
            self._last is not None
            and self._last[0] is document
            and self._last[1].paragraph == paragraph
        ):
            return self._last[1]
        whole = self._whole(document)
        scan = whole.scans[paragraph.index]
        parsed, tokens = whole.parses.of(paragraph.index), scan.tokens
        found = widened(tokens, scan.actors(whole.context), parsed)
        actors = tuple(admitted(tokens, found, parsed))
        clauses = tuple(find_claims(tokens, actors, parsed))
        edges = tuple(find_stances(tokens, actors, clauses, parsed))
        reading = Reading(
            document.id,
            paragraph,
            document.text[paragraph.start : paragraph.end],
            scan.tokens,
            actors,
            clauses,
            edges,
            whole.context,
            whole.usage,
            whole.parses,
            scan.names,
        )
        self._last = (document, reading)
        return reading


@cache
def shared_reader() -> Reader:
    """The reader that the suggesters of a process share."""
    return Reader(shared_parser())


def tokens_within(tokens: Sequence[Token], start: int, end: int) -> tuple[int, int] | None:
    """The tokens `[first, last)` that `[start, end)` (code points of the paragraph) touches; None
    if it touches none."""
    first = bisect_right(tokens, start, key=lambda token: token.end)
    last = bisect_left(tokens, end, key=lambda token: token.start)
    return (first, last) if first < last else None


__all__ = ["ParseStore", "Parses", "Reader", "Reading", "parse", "shared_reader", "tokens_within"]
