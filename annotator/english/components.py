"""The rules as components of a spaCy pipeline: `annotator_actors`,
`annotator_claims`, `annotator_stances`.

They set `doc.spans["actor"]`, `doc.spans["claim"]` and `doc._.stances`; a saved pipeline with them
loads with `spacy.load`. Knowledge from the rest of the document is passed in
`doc.user_data["annotator_document"]`. Importing this module imports spaCy.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span, SpanGroup

from annotator.english.actors import DocumentContext, Index, Scan, context_of, index_of, scan
from annotator.english.claims import Clause, find_claims
from annotator.english.exclusions import admitted
from annotator.english.stances import find_stances
from annotator.english.tokens import FoundSpan, Token
from annotator.model.text import Paragraph, split_paragraphs

DOCUMENT = "annotator_document"
LONGEST = 300
"""The most tokens that are read as one sentence; a longer one is read in stretches of that many.
The longest sentence of the seeds has 51 tokens. What rules and learners do in a sentence costs more
than its length."""
_UNBROKEN = re.compile(r"\S{1,200}(?!\w)|\S{1,200}")
"""A stretch without white space that goes to the tokenizer at once: it searches what is left of it
for every sign that it takes off. Longer ones are cut, between words if possible."""
_MOST = 200
_TOKENS = "annotator_tokens"


def extend() -> None:
    """The attributes of documents and spans that the components set."""
    if not Doc.has_extension("stances"):
        Doc.set_extension("stances", default=())
        Doc.set_extension("clauses", default=())
        Doc.set_extension("actors", default=())
        for name in ("score", "reason", "rule", "entity", "attributes"):
            Span.set_extension(name, default=None)


extend()


def tokens_of(doc: Doc) -> tuple[Token, ...]:
    """The tokens that are not white space; made once for a doc, whose sentences must be set by
    then."""
    known: tuple[Token, ...] | None = doc.user_data.get(_TOKENS)
    if known is not None:
        return known
    out: list[Token] = []
    first, length = True, 0
    for token in doc:
        first = first or bool(token.is_sent_start) or length == LONGEST
        if not token.is_space:
            out.append(Token(token.text, token.idx, token.idx + len(token), token.lower_, first))
            first, length = False, 1 if first else length + 1
    made = doc.user_data[_TOKENS] = tuple(out)
    return made


def _group(doc: Doc, name: str, found: Sequence[FoundSpan]) -> None:
    spans: list[Span] = []
    for one in found:
        span = doc.char_span(one.start, one.end, label=one.label, alignment_mode="expand")
        if span is None:
            continue
        span._.score, span._.reason, span._.rule = one.score, one.reason, one.rule
        span._.entity, span._.attributes = one.entity, dict(one.attributes)
        spans.append(span)
    doc.spans[name] = SpanGroup(doc, name=name, spans=spans)


def _unbroken(text: str) -> Iterator[list[int]]:
    """Where the runs without white space that are too long for the tokenizer are cut."""
    if max(map(len, text.split()), default=0) > _MOST:
        for run in re.finditer(r"\S+", text):
            pieces = _UNBROKEN.finditer(text, *run.span())
            yield [piece.start() for piece in pieces if piece.start() > run.start()]


class Lexer:
    """Makes tokens with the tokenizer and the sentencizer of a pipeline, and knows
    the names of the tables as such tokens."""

    def __init__(self, nlp: Language) -> None:
        self._nlp = nlp

    def texts(self, text: str) -> tuple[str, ...]:
        """The tokens of a name as texts."""
        return tuple(token.text for token in self._nlp.tokenizer(text))

    def tokens(self, text: str) -> tuple[Token, ...]:
        """The tokens of a paragraph."""
        doc = self._doc(text)
        return tokens_of(
            self._nlp.get_pipe("sentencizer")(doc) if self._nlp.has_pipe("sentencizer") else doc
        )

    def _doc(self, text: str) -> Doc:
        cuts = [at for run in _unbroken(text) for at in run]
        if not cuts:
            return self._nlp.make_doc(text)
        bounds = zip([0, *cuts], [*cuts, len(text)], strict=True)
        tokens = [token for a, b in bounds for token in self._nlp.make_doc(text[a:b])]
        words, spaces = [t.text for t in tokens], [bool(t.whitespace_) for t in tokens]
        return Doc(self._nlp.vocab, words=words, spaces=spaces)

    @cached_property
    def names(self) -> Index:
        """The names of the tables by their first tokens."""
        return index_of(self.texts)

    def scans(self, text: str, paragraphs: Iterable[Paragraph]) -> tuple[Scan, ...]:
        """Paragraphs of a text, each read by itself."""
        return tuple(scan(self.tokens(text[p.start : p.end]), self.names) for p in paragraphs)


class _Actors:
    """Finds actors, knowing the names in the paragraph's document."""

    def __init__(self, nlp: Language) -> None:
        self._lexer = Lexer(nlp)
        self._context = lru_cache(maxsize=8)(self._context_of)

    def _context_of(self, text: str) -> DocumentContext:
        return context_of(self._lexer.scans(text, split_paragraphs(text)))

    def __call__(self, doc: Doc) -> Doc:
        context = self._context(str(doc.user_data.get(DOCUMENT) or doc.text))
        tokens = tokens_of(doc)
        found = admitted(tokens, scan(tokens, self._lexer.names).actors(context), None)
        doc._.actors = tuple(found)
        _group(doc, "actor", found)
        return doc


@Language.factory("annotator_actors")
def actors(nlp: Language, name: str) -> Any:
    """The component that sets `doc.spans["actor"]`."""
    return _Actors(nlp)


@Language.component("annotator_claims")
def claims(doc: Doc) -> Doc:
    """Sets `doc.spans["claim"]`; reads the actors, to know who is reported."""
    clauses: list[Clause] = find_claims(tokens_of(doc), doc._.actors)
    doc._.clauses = tuple(clauses)
    _group(doc, "claim", [clause.found for clause in clauses])
    return doc


@Language.component("annotator_stances")
def stances(doc: Doc) -> Doc:
    """Sets `doc._.stances`, a tuple of edges between the indices of found actors and claims."""
    doc._.stances = tuple(find_stances(tokens_of(doc), doc._.actors, doc._.clauses))
    return doc


def pipeline() -> Language:
    """Blank English with the sentencizer and the three components."""
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    for component in ("annotator_actors", "annotator_claims", "annotator_stances"):
        nlp.add_pipe(component)
    return nlp


__all__ = ["DOCUMENT", "Lexer", "actors", "claims", "extend", "pipeline", "stances", "tokens_of"]
