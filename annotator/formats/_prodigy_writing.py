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
    """Makes the JSON of tokens from pieces that are kept for all texts: there is one for each word,
    and one of each kind for each place in the longest text. The first piece of a token ends the
    token before it, since it says whether there is white space between them."""

    def __init__(self) -> None:
        self._touching: list[bytes] = []
        self._apart: list[bytes] = []
        self._ids: list[bytes] = []
        self._starts: list[bytes] = []
        self._words = _Words()

    def added(self, line: bytes, text: str, tokens: Tokens) -> bytes:
        """A line that lacks its end, with the tokens of its text; `ws` says whether white space
        comes after a token."""
        starts, ends, number = tokens.starts, tokens.ends, len(tokens.starts)
        if not number:
            return line + b',"tokens":[]}\n'
        self._reach(len(text))
        touching, apart = self._touching, self._apart
        pieces = [line] * (4 * number)
        pieces[4::4] = [
            touching[end] if start == before else apart[end]
            for before, start, end in zip(ends, starts[1:], ends[1:], strict=False)
        ]
        pieces[1::4] = self._ids[:number]
        pieces[2::4] = map(self._starts.__getitem__, starts)
        pieces[3::4] = map(self._words.__getitem__, tokens.words)
        pieces[0] = b'%b,"tokens":[{"end":%d' % (line, ends[0])
        pieces.append(b',"ws":false}]}\n' if ends[-1] == len(text) else b',"ws":true}]}\n')
        return b"".join(pieces)

    def _reach(self, length: int) -> None:
        """Make the pieces for all places up to this one."""
        for i in range(len(self._ids), length + 1):
            self._touching.append(b',"ws":false},{"end":%d' % i)
            self._apart.append(b',"ws":true},{"end":%d' % i)
            self._ids.append(b',"id":%d' % i)
            self._starts.append(b',"start":%d,"text":' % i)


class _Words(dict[str, bytes]):
    """The JSON of words. A dictionary answers twice as fast as `lru_cache`."""

    def __missing__(self, word: str) -> bytes:
        if len(self) == _KEPT:
            self.clear()
        found = self[word] = json_bytes(word)
        return found


__all__ = ["write_lines"]
