"""A paragraph made ready for rules and learners: its tokens, and what the rules find in it.

Reading is done once for a paragraph; what is learnt from is an `Example`: a reading, and what annotators decided.
Importing this module imports spaCy.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from spacy.language import Language

from annotator.model.record import Record
from annotator.model.span import AUTHOR, Relation, Span
from annotator.model.text import Document, Paragraph
from annotator.suggesters._actors import Context
from annotator.suggesters._claims import Clause
from annotator.suggesters._counts import Usage
from annotator.suggesters._pipeline import DOCUMENT, pipeline, tokens_of
from annotator.suggesters._tokens import Edge, Found, Token


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
class Example:
    """A paragraph that an annotator finished, with what stands in it then; offsets are the document's.

    `group` names what must be held out together when something is judged: mostly the document.
    """

    reading: Reading
    spans: tuple[Span, ...]
    relations: tuple[Relation, ...]
    group: str


class Reader:
    """Reads paragraphs with the pipeline of the rules; keeps what the last few documents tell."""

    def __init__(self, nlp: Language | None = None) -> None:
        self.nlp = nlp or pipeline()
        self._usage = lru_cache(maxsize=8)(lambda text: Usage.of([text]))
        self._last: tuple[Document, Reading] | None = None

    def read(self, document: Document, paragraph: Paragraph) -> Reading:
        """The paragraph as the rules see it; the last one is kept, for the next suggester that asks."""
        if self._last is not None and self._last[0] is document and self._last[1].paragraph == paragraph:
            return self._last[1]
        text = document.text[paragraph.start : paragraph.end]
        doc = self.nlp.make_doc(text)
        doc.user_data[DOCUMENT] = document.text
        for _, component in self.nlp.pipeline:
            doc = component(doc)
        reading = Reading(
            document.id, paragraph, text, tokens_of(doc), doc._.actors, doc._.clauses, doc._.stances,
            doc._.context, self._usage(document.text),
        )  # fmt: skip
        self._last = (document, reading)
        return reading


@cache
def shared_reader() -> Reader:
    """The reader that the suggesters of a process have in common."""
    return Reader()


def examples_of(
    reader: Reader, record: Record, paragraphs: Iterable[int], *, group: str = ""
) -> list[Example]:
    """The given paragraphs (by index) of a completion, with what stands in them; a relation stands where its
    target does, and both its ends have to. `group` is the document unless it is given."""
    out: list[Example] = []
    for index in paragraphs:
        paragraph = record.document.paragraphs[index]
        spans = tuple(s for s in record.spans if paragraph.start <= s.start and s.end <= paragraph.end)
        here = {s.id for s in spans} | {AUTHOR}
        relations = tuple(r for r in record.relations if r.target in here and r.source in here)
        reading = reader.read(record.document, paragraph)
        out.append(Example(reading, spans, relations, group or record.document.id))
    return out


def tokens_within(tokens: Sequence[Token], start: int, end: int) -> tuple[int, int] | None:
    """The tokens `[first, last)` that `[start, end)` (code points of the paragraph) touches; None for none."""
    inside = [i for i, t in enumerate(tokens) if t.end > start and t.start < end]
    return (inside[0], inside[-1] + 1) if inside else None


__all__ = ["Example", "Reader", "Reading", "examples_of", "shared_reader", "tokens_within"]
