"""Reads, completes and checks canonical records as JSON objects, and converts them to `Record` and
back. `schemas/record.schema.json` gives the shape, which a library checks; `meaning` checks what a
schema cannot say. Every value that enters a project passes `problems`, wherever it comes from, and
`annotator validate` uses the same function.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from annotator.errors import InputError
from annotator.formats._shape import MAX_DEPTH, depth, problems
from annotator.json_text import broken_at, json_bytes, json_text
from annotator.model.decision import Completion
from annotator.model.record import Record, split_meta
from annotator.model.schema import LabelSchema
from annotator.model.span import Relation, Span, reading_order, relation_order
from annotator.model.text import (
    Document,
    Paragraph,
    Splitting,
    split_paragraphs,
    text_sha256,
    title_of,
)

FORMAT = "annotator/2"
"""The version of the record that is written."""

OLD = "annotator/1"
"""The version before it, in which relations have `source` and `target`, and `origin` gives their
provenance."""

Data: TypeAlias = dict[str, Any]
"""The object of a record."""

KEYS = frozenset(
    "annotator id meta paragraphs relations schema spans status text text_sha256 title".split()
)
"""The keys of a record."""

WORK = frozenset({"annotator", "relations", "spans", "status"})
"""The keys that make a record somebody's work; without them, it is a text to annotate."""


# --- from bytes


def _pairs(pairs: list[tuple[str, Any]]) -> Data:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key “{twice}” appears twice in one object")
    return found


def parse(line: bytes | str) -> Data:
    """The object of a line. Raises ValueError with a message for a person."""
    try:
        text = line if isinstance(line, str) else line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8 at byte {error.start}") from error
    try:
        data = json.loads(text, object_pairs_hook=_pairs)
    except json.JSONDecodeError as error:
        raise ValueError(broken_at(error)) from error
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(data, dict):
        raise ValueError("must be an object, in braces")
    return data


# --- versions and what may be left out


def upgraded(data: Mapping[str, Any]) -> Data:
    """The object in version 2. An object of version 2, or one without relations, is returned as
    it is."""
    new = dict(data)
    if new.get("schema") == OLD:
        new["schema"] = FORMAT
    elif "schema" in new:
        return new
    relations = new.get("relations")
    if isinstance(relations, list):
        new["relations"] = [_upgraded(one) for one in relations]
    return new


def _upgraded(relation: Any) -> Any:
    """A relation of version 1, recognised by its `target`, in version 2."""
    if not isinstance(relation, dict) or "target" not in relation:
        return relation
    new = {
        key: value for key, value in relation.items() if key not in ("source", "target", "origin")
    }
    new |= {"from": relation.get("source"), "to": relation["target"]}
    return new | {"source": relation["origin"]} if "origin" in relation else new


def completed(
    data: Mapping[str, Any], *, id: str, annotator: str | None, splitting: Splitting
) -> Data:
    """The object, completed by the keys that may be left out. `id` and `annotator` are used where
    the object has none. Keys that it has are left alone, whatever they hold; unknown ones go into
    `meta`.
    """
    new = upgraded(data)
    text = new.get("text")
    meta = new.pop("meta", None)
    extra = {key: plain(new.pop(key)) for key in sorted(set(new) - KEYS)}
    if meta is None or isinstance(meta, dict):
        meta = {**extra, **plain(meta or {})}
    new["meta"] = meta
    new.setdefault("schema", FORMAT)
    if new.get("id") in (None, ""):
        new["id"] = id
    new |= {key: _as_text(new[key]) for key in ("id", "title") if key in new}
    new["status"] = new.get("status") or "done"
    if new.get("annotator") is None:
        new["annotator"] = None if new["status"] == "gold" else annotator
    for key in ("spans", "relations"):
        if new.get(key) is None:
            new[key] = []
    if isinstance(text, str):
        _complete_text(new, text, splitting)
        _complete_items(new, "spans", "#", text)
        _complete_items(new, "relations", "#r", text)
    return new


def _complete_items(new: Data, key: str, prefix: str, text: str) -> None:
    """Complete the items under a key; those without an id are numbered after a prefix."""
    if isinstance(new[key], list):
        new[key] = [_completed_item(one, f"{prefix}{i}", text) for i, one in enumerate(new[key])]


def _as_text(value: Any) -> Any:
    """A number as a text, without a fraction if it is whole; anything else as it is."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return str(int(value) if isinstance(value, float) and value.is_integer() else value)


def _complete_text(new: Data, text: str, splitting: Splitting) -> None:
    if new.get("paragraphs") is None:
        new["paragraphs"] = [
            {"start": p.start, "end": p.end, "excluded": p.excluded}
            for p in split_paragraphs(text, splitting=splitting)
        ]
    elif isinstance(new["paragraphs"], list):
        new["paragraphs"] = [
            {"excluded": False, **p} if isinstance(p, dict) else p for p in new["paragraphs"]
        ]
    if new.get("text_sha256") is None:
        new["text_sha256"] = text_sha256(text)
    if new.get("title") is None:
        pieces = new["paragraphs"] if isinstance(new["paragraphs"], list) else []
        whole = all(isinstance(p, dict) and _bounded(p, text) for p in pieces)
        new["title"] = title_of(text, [_paragraph(0, p) for p in pieces]) if whole else ""


def _completed_item(one: Any, id: str, text: str) -> Any:
    if not isinstance(one, dict):
        return one
    new = dict(one)
    for key, value in (("id", id), ("source", "human"), ("attributes", {})):
        new.setdefault(key, value)
    if "from" not in new and "to" not in new:
        new.setdefault("entity", None)
        if new.get("quote") is None:
            # If the bounds are invalid, they are the problem, not the quote.
            new["quote"] = text[new["start"] : new["end"]] if _bounded(new, text) else "…"
    return new


def _bounded(one: Mapping[str, Any], text: str) -> bool:
    start, end = one.get("start"), one.get("end")
    return type(start) is int and type(end) is int and 0 <= start < end <= len(text)


def plain(value: Any) -> Any:
    """A JSON value as metadata may hold it: floats become strings. A value that is nested too
    deeply stays as it is, and the door refuses it."""
    return _plain(value) if depth(value) <= MAX_DEPTH else value


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value


# --- from and to values


def _paragraph(index: int, p: Mapping[str, Any]) -> Paragraph:
    return Paragraph(index, p["start"], p["end"], p.get("excluded", False))


def document_of(data: Mapping[str, Any]) -> Document:
    """The document of a complete record without problems, with its own metadata."""
    own, _ = split_meta(data["meta"], gold=data["status"] == "gold")
    return _document(data, own)


def _document(data: Mapping[str, Any], own: Mapping[str, Any]) -> Document:
    paragraphs = tuple(_paragraph(i, p) for i, p in enumerate(data["paragraphs"]))
    return Document(data["id"], data["title"], data["text"], paragraphs, own)


def record_of(data: Mapping[str, Any]) -> Record:
    """The record that a complete object of version 2 without problems describes."""
    own, added = split_meta(data["meta"], gold=data["status"] == "gold")
    spans = [
        Span(
            s["id"],
            s["layer"],
            s["label"],
            s["start"],
            s["end"],
            s["entity"],
            s["attributes"],
            s["source"],
        )
        for s in data["spans"]
    ]
    relations = [
        Relation(r["id"], r["layer"], r["label"], r["from"], r["to"], r["attributes"], r["source"])
        for r in data["relations"]
    ]
    return Record(
        _document(data, own),
        data["annotator"],
        Completion(data["status"]),
        tuple(sorted(spans, key=reading_order)),
        tuple(sorted(relations, key=relation_order)),
        added.done,
        added.notes,
        added.flags,
        added.shown,
        added.opened,
        added.history,
    )


def data_of(record: Record) -> Data:
    """The object of a record, with every key of version 2."""
    document, text = record.document, record.document.text
    return {
        "schema": FORMAT,
        "id": document.id,
        "title": document.title,
        "text": text,
        "text_sha256": document.sha256,
        "paragraphs": [
            {"start": p.start, "end": p.end, "excluded": p.excluded} for p in document.paragraphs
        ],
        "annotator": record.annotator,
        "status": record.status.value,
        "spans": [
            {
                "id": s.id,
                "layer": s.layer,
                "label": s.label,
                "start": s.start,
                "end": s.end,
                "quote": text[s.start : s.end],
                "entity": s.entity,
                "attributes": dict(s.attributes),
                "source": s.origin,
            }
            for s in record.spans
        ],
        "relations": [
            {
                "id": r.id,
                "layer": r.layer,
                "label": r.label,
                "from": r.source,
                "to": r.target,
                "attributes": dict(r.attributes),
                "source": r.origin,
            }
            for r in record.relations
        ],
        "meta": record.meta,
    }


def dumps(record: Record) -> str:
    """The line of a record: sorted keys, no spaces, unescaped UTF-8, LF."""
    return json_text(data_of(record)) + "\n"


def encoded(record: Record) -> bytes:
    """The same in UTF-8."""
    return json_bytes(data_of(record)) + b"\n"


def check_document(document: Document, schema: LabelSchema) -> Document:
    """The document if it is valid. Raises InputError for the first problem."""
    check_record(Record(document, "somebody", Completion.IN_PROGRESS), schema)
    return document


def item_problem(item: Span | Relation, document: Document, schema: LabelSchema) -> str:
    """The problem of one item of a document, regardless of its ends; empty if there is none."""
    return items_problem((item,), document, schema)


def items_problem(items: Sequence[Span | Relation], document: Document, schema: LabelSchema) -> str:
    """The first problem of several items of a document with ids of their own, regardless of ends of
    relations; empty if there is none."""
    spans = tuple(one for one in items if isinstance(one, Span))
    relations = tuple(one for one in items if not isinstance(one, Span))
    record = Record(document, "somebody", Completion.IN_PROGRESS, spans, relations)
    try:
        found = problems(data_of(record), schema)
    except (AttributeError, TypeError, ValueError, RecursionError) as error:
        return str(error)
    rest = (one for one in found if not _END.fullmatch(one[0]))
    return next((f"{key}: {message}" for key, message in rest), "")


_END = re.compile(r"relations\[\d+\]\.(from|to)")


def _check_parts(record: Record) -> None:
    """Raise TypeError for empty parts of the wrong type, which would leave no trace in the data."""
    for name in ("done", "flags"):
        if not isinstance(getattr(record, name), (tuple, list)):
            raise TypeError(f"“{name}” is no tuple")
    if not isinstance(record.notes, Mapping):
        raise TypeError("“notes” is no mapping")


def check_record(record: Record, schema: LabelSchema) -> Record:
    """The record that a caller made, if it is valid. Raises InputError for the first problem."""
    try:
        data = data_of(record)
        _check_parts(record)
    except (AttributeError, TypeError, ValueError, RecursionError) as error:
        hint = "Build records from model values, with the types that they document"
        raise InputError(f"is not a record: {error}", hint=hint) from error
    for key, message in problems(data, schema):
        hint = "`annotator validate` on an export lists everything that is wrong"
        raise InputError(message, key=f"{record.document.id}: {key}", hint=hint)
    return record
