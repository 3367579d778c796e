"""Writes Prodigy's JSONL. A line has an object for each token, so objects of tokens are written as
whole columns of JSON; everything else is made as objects first."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import islice

from annotator.formats._tokens import Tokens
from annotator.formats._writing import (
    WriteOptions,
    annotator_name,
    count_lost,
    names_of_labels,
    number_of,
)
from annotator.json_text import json_bytes, json_list, json_object
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
_ANSWERS = {"done": "accept", "gold": "accept", "skipped": "ignore", "in_progress": "accept"}


def write_lines(records: Iterable[Record], how: WriteOptions) -> Iterator[bytes]:
    """A line for each record, with tokens cut where spans begin and end."""
    label, side = names_of_labels(how.schema, "span"), names_of_labels(how.schema, "relation")
    tokens_of = _TokenObjects()
    for record in records:
        count_lost(record, how.lost, *_LOST)
        how.lost["works in progress, exported as accepted"] += record.status.value == "in_progress"
        document, text = record.document, record.document.text
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
        members = {key: json_bytes(value) for key, value in task.items()}
        yield json_object({**members, "tokens": tokens_of.json(text, tokens)}) + b"\n"


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
    """Makes the JSON of tokens from pieces that hold a number each, which are kept for all texts:
    there is one for each place in the longest text."""

    def __init__(self) -> None:
        self._ends: list[bytes] = []
        self._ids: list[bytes] = []
        self._starts: list[bytes] = []
        self._word = lru_cache(maxsize=100_000)(json_bytes)

    def json(self, text: str, tokens: Tokens) -> bytes:
        """The list of the tokens of a text; `ws` says whether white space comes after a token."""
        self._reach(len(text))
        follows = [*islice(tokens.starts, 1, None), len(text)]
        columns = (
            map(self._ends.__getitem__, tokens.ends),
            self._ids[: len(tokens.starts)],
            map(self._starts.__getitem__, tokens.starts),
            map(self._word, tokens.words),
            [
                b',"ws":false}' if end == start else b',"ws":true}'
                for end, start in zip(tokens.ends, follows, strict=True)
            ],
        )
        pieces = [b""] * (len(columns) * len(tokens.starts))
        for i, column in enumerate(columns):
            pieces[i :: len(columns)] = column
        return json_list([b"".join(pieces)[1:]])

    def _reach(self, length: int) -> None:
        """Make the pieces up to a place."""
        for i in range(len(self._ends), length + 1):
            self._ends.append(b',{"end":%d' % i)
            self._ids.append(b',"id":%d' % i)
            self._starts.append(b',"start":%d,"text":' % i)


__all__ = ["write_lines"]
