"""The rules as components of a spaCy pipeline: `annotator_actors`, `annotator_claims`, `annotator_stances`.

They set `doc.spans["actor"]`, `doc.spans["claim"]` and `doc._.stances`; a saved pipeline with them loads
with `spacy.load`. What the rest of the document tells comes in `doc.user_data["annotator_document"]`.
Importing this module imports spaCy.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span, SpanGroup

from annotator.suggesters._actors import Context, context_of, find_actors
from annotator.suggesters._claims import Clause, find_claims
from annotator.suggesters._stances import find_stances
from annotator.suggesters._tokens import Found, Token

DOCUMENT = "annotator_document"
_TOKENS = "annotator_tokens"


def extend() -> None:
    """The attributes of documents and spans that the components set."""
    if not Doc.has_extension("stances"):
        Doc.set_extension("stances", default=())
        Doc.set_extension("clauses", default=())
        Doc.set_extension("actors", default=())
        Doc.set_extension("context", default=None)
        for name in ("score", "reason", "rule", "entity", "attributes"):
            Span.set_extension(name, default=None)


extend()


def tokens_of(doc: Doc) -> tuple[Token, ...]:
    """The tokens that are no white space; made once for a doc, whose sentences have to stand by then."""
    known: tuple[Token, ...] | None = doc.user_data.get(_TOKENS)
    if known is not None:
        return known
    out: list[Token] = []
    first = True
    for token in doc:
        first = first or bool(token.is_sent_start)
        if not token.is_space:
            out.append(Token(token.text, token.idx, token.idx + len(token), token.lower_, first))
            first = False
    made = doc.user_data[_TOKENS] = tuple(out)
    return made


def _group(doc: Doc, name: str, found: Sequence[Found]) -> None:
    spans: list[Span] = []
    for one in found:
        span = doc.char_span(one.start, one.end, label=one.label, alignment_mode="expand")
        if span is None:
            continue
        span._.score, span._.reason, span._.rule = one.score, one.reason, one.rule
        span._.entity, span._.attributes = one.entity, dict(one.attributes)
        spans.append(span)
    doc.spans[name] = SpanGroup(doc, name=name, spans=spans)


class _Actors:
    """Finds actors; knows the names in the document that the paragraph stands in."""

    def __init__(self, nlp: Language) -> None:
        self._nlp = nlp
        self._context = lru_cache(maxsize=8)(self._context_of)

    def tokenize(self, text: str) -> list[str]:
        return [token.text for token in self._nlp.tokenizer(text)]

    def _context_of(self, text: str) -> Context:
        sentencizer = self._nlp.get_pipe("sentencizer") if self._nlp.has_pipe("sentencizer") else None
        tokens: list[Token] = []
        at = 0
        for line in text.splitlines(keepends=True):
            doc = self._nlp.make_doc(line)
            if sentencizer is not None:
                doc = sentencizer(doc)
            tokens += [Token(t.text, at + t.start, at + t.end, t.lower, t.first) for t in tokens_of(doc)]
            at += len(line)
        return context_of(tokens, self.tokenize)

    def __call__(self, doc: Doc) -> Doc:
        context = self._context(str(doc.user_data.get(DOCUMENT) or doc.text))
        found = find_actors(tokens_of(doc), context, self.tokenize)
        doc._.actors = tuple(found)
        doc._.context = context
        _group(doc, "actor", found)
        return doc


@Language.factory("annotator_actors")
def actors(nlp: Language, name: str) -> Any:
    """The component that sets `doc.spans["actor"]`."""
    return _Actors(nlp)


@Language.component("annotator_claims")
def claims(doc: Doc) -> Doc:
    """Sets `doc.spans["claim"]`; reads the actors, for who is reported."""
    clauses: list[Clause] = find_claims(tokens_of(doc), doc._.actors)
    doc._.clauses = tuple(clauses)
    _group(doc, "claim", [clause.found for clause in clauses])
    return doc


@Language.component("annotator_stances")
def stances(doc: Doc) -> Doc:
    """Sets `doc._.stances`, a tuple of edges between the places of actors and claims found."""
    doc._.stances = tuple(find_stances(tokens_of(doc), doc._.actors, doc._.clauses))
    return doc


def pipeline() -> Language:
    """Blank English with the sentencizer and the three components."""
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    for component in ("annotator_actors", "annotator_claims", "annotator_stances"):
        nlp.add_pipe(component)
    return nlp


__all__ = ["DOCUMENT", "actors", "claims", "extend", "pipeline", "stances", "tokens_of"]
