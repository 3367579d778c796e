"""Writes Prodigy's JSONL. A line has an object for each token, so objects of tokens are written as
whole columns of JSON; everything else is made as objects first."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator

from annotator.formats._tokens import Tokens
from annotator.formats._writing import (
    WriteOptions,
    annotator_name,
    count_lost,
    names_of_labels,
    number_of,
)
from annotator.json_text import json_bytes
from annotator.model.record import Record
from annotator.model.span import Relation, Span

_LOST = (
    "attributes",
    "entities",
    "notes",
    "flags",
    "excluded paragraphs",
    "relations of the author",
    "titles",
)
_KEPT = 100_000
"""The number of words whose JSON is kept."""
_ANSWERS = {"done": "accept", "gold": "accept", "skipped": "ignore", "in_progress": "accept"}


def write_lines(records: Iterable[Record], how: WriteOptions) -> Iterator[bytes]:
    """A line for each record, with tokens cut where spans begin and end."""
    label, side = names_of_labels(how.schema, "span"), names_of_labels(how.schema, "relation")
    tokens_of = _TokenObjects()
    for record in records:
        count_lost(record, how.lost, *_LOST)
        how.lost["works in progress, exported as accepted"] += record.status.value == "in_progress"
        document, text = record.document, record.document.text
        how.lost["metadata named id"] += "id" in document.meta
        if record.status.value == "skipped":
            how.lost["items of skipped works, which Prodigy ignores"] += len(record.spans) + len(
                record.relations
            )
        tokens = _tokens(text, record.spans)
        spans = _spans(record, tokens, label)
        task = {
            "text": text,
            "meta": {**document.meta, "id": document.id},
            "spans": list(spans.values()),
            "relations": _relations(record, spans, side),
            "answer": _ANSWERS[record.status.value],
            "_annotator_id": annotator_name(record),
            "_session_id": annotator_name(record),
            "_view_id": "relations",
            "_input_hash": number_of(document.id, text),
            "_task_hash": number_of(document.id, text, annotator_name(record)),
        }
        # The tokens come last, also by the alphabet. They are most of a line, so they are added to
        # the rest without being copied once more.
        yield tokens_of.added(json_bytes(task)[:-1], text, tokens)


def _tokens(text: str, spans: Iterable[Span]) -> Tokens:
    """Words, cut where a span begins or ends, and the white space at the ends of spans."""
    tokens = Tokens(text, 0, len(text))
    tokens.cut({at for s in spans for at in (s.start, s.end)})
    for s in spans:
        for at in (s.start, s.end - 1):
            if text[at].isspace():
                tokens.add(at)
    return tokens


def _spans(
    record: Record, tokens: Tokens, label: Callable[[Span | Relation], str]
) -> dict[str, dict[str, object]]:
    """The objects of spans, by id."""
    text = record.document.text
    return {
        s.id: {
            "start": s.start,
            "end": s.end,
            "label": label(s),
            "text": text[s.start : s.end],
            "token_start": bisect_left(tokens.starts, s.start),
            "token_end": bisect_left(tokens.ends, s.end),
        }
        for s in record.spans
    }


def _relations(
    record: Record,
    spans: dict[str, dict[str, object]],
    side: Callable[[Span | Relation], str],
) -> list[dict[str, object]]:
    """The objects of relations between spans."""
    return [
        {
            "head": spans[r.source]["token_end"],
            "child": spans[r.target]["token_end"],
            "label": side(r),
            "head_span": spans[r.source],
            "child_span": spans[r.target],
        }
        for r in record.relations
        if r.source in spans
    ]


class _TokenObjects:
    """Makes the JSON of tokens from pieces that are kept for all texts: one for each number, one
    for each place among the tokens, and one for each word. The piece of a word opens the next
    token, since it says whether there is white space between them. There are few pieces, so that
    they stay in the cache of the processor."""

    def __init__(self) -> None:
        self._numbers: list[bytes] = []
        self._ids: list[bytes] = []
        self._touching = _Words(b',"text":%b,"ws":false},{"end":')
        self._apart = _Words(b',"text":%b,"ws":true},{"end":')

    def added(self, line: bytes, text: str, tokens: Tokens) -> bytes:
        """A line that lacks its end, with the tokens of its text; `ws` says whether white space
        comes after a token."""
        starts, ends, count = tokens.starts, tokens.ends, len(tokens.starts)
        if not count:
            return line + b',"tokens":[]}\n'
        numbers, ids = self._numbers, self._ids
        numbers += [b"%d" % i for i in range(len(numbers), len(text) + 1)]
        ids += [b',"id":%d,"start":' % i for i in range(len(ids), count)]
        touching, apart = self._touching, self._apart
        words = [
            touching[word] if start == end else apart[word]
            for word, end, start in zip(tokens.words, ends, [*starts[1:], len(text)], strict=True)
        ]
        words[-1] = words[-1].removesuffix(b',{"end":') + b"]}\n"
        pieces = [line, b',"tokens":[{"end":', *words * 4]
        pieces[2::4] = map(numbers.__getitem__, ends)
        pieces[3::4] = ids[:count]
        pieces[4::4] = map(numbers.__getitem__, starts)
        pieces[5::4] = words
        return b"".join(pieces)


class _Words(dict[str, bytes]):
    """The pieces of words: a word as JSON inside a `frame`. A dictionary answers twice as fast as
    `lru_cache`."""

    def __init__(self, frame: bytes) -> None:
        super().__init__()
        self._frame = frame

    def __missing__(self, word: str) -> bytes:
        if len(self) == _KEPT:
            self.clear()
        found = self[word] = self._frame % json_bytes(word)
        return found


__all__ = ["write_lines"]
