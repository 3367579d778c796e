"""Whether a record holds: its shape, and that it means what it says. Import and `validate` both ask here.

`problems` gives every finding as (key, message); an empty result means that `record_of` works.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, TypeAlias

from annotator.errors import InputError
from annotator.model.decision import Completion
from annotator.model.record import Record, split_meta
from annotator.model.schema import LabelSchema, Layer
from annotator.model.span import AUTHOR, Relation, Span, reading_order
from annotator.model.text import Document, Paragraph, Splitting, split_paragraphs, text_sha256, title_of

FORMAT = "annotator/1"
STATUSES = ("in_progress", "done", "skipped", "gold")

Problem: TypeAlias = tuple[str, str]

_KEYS = {
    "annotator", "id", "meta", "paragraphs", "relations", "schema", "spans", "status", "text", "text_sha256",
    "title",
}  # fmt: skip


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key “{twice}” stands twice in one object")
    return found


def _no_float(text: str) -> Any:
    raise ValueError(f"{text} is not an integer; records hold no other numbers")


def parse(line: bytes) -> dict[str, Any]:
    """The object of a line. Raises ValueError with a message for a person."""
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8 at byte {error.start}") from error
    try:
        data = json.loads(text, object_pairs_hook=_pairs, parse_float=_no_float, parse_constant=_no_float)
    except json.JSONDecodeError as error:
        raise ValueError(f"broken JSON at column {error.colno}: {error.msg}") from error
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(data, dict):
        raise ValueError("must be an object, in braces")
    return data


def problems(data: dict[str, Any], schema: LabelSchema) -> Iterator[Problem]:
    """Everything that does not hold in a record's object."""
    text = data.get("text")
    if not isinstance(text, str) or not text.strip():
        yield "text", "must be a string that is not empty"
        return
    if "\0" in text:
        yield "text", "holds a NUL character"
    if any("\ud800" <= char <= "\udfff" for char in text):
        yield "text", "holds half a surrogate pair"
        return
    yield from _head(data, text)
    yield from _paragraphs(data.get("paragraphs"), text)
    spans: dict[str, tuple[str, int, int]] = {}
    yield from _spans(data.get("spans", []), text, schema, spans)
    yield from _relations(data.get("relations", []), schema, spans)


def _head(data: dict[str, Any], text: str) -> Iterator[Problem]:
    for key in sorted(set(data) - _KEYS):
        yield key, "unknown key"
    if data.get("schema", FORMAT) != FORMAT:
        yield "schema", f"must be “{FORMAT}”"
    for key in ("id", "title"):
        value = data.get(key)
        if value is not None and (not isinstance(value, str) or (key == "id" and not value.strip())):
            yield key, "must be a string that is not empty"
    sha = data.get("text_sha256")
    if sha is not None and sha != text_sha256(text):
        yield "text_sha256", "is not the hash of the text"
    annotator, status = data.get("annotator"), data.get("status")
    if annotator is not None and (
        not isinstance(annotator, str)
        or not annotator.strip()
        or annotator.startswith("@")
        or "/" in annotator
    ):
        yield "annotator", "must be a name without a slash that does not begin with @, or null"
    if status is not None and status not in STATUSES:
        yield "status", f"must be one of {', '.join(STATUSES)}"
    elif status == "gold" and annotator is not None:
        yield "annotator", "must be null in gold"
    meta = data.get("meta", {})
    if not isinstance(meta, dict):
        yield "meta", "must be an object"
        return
    try:
        split_meta(meta, gold=status == "gold")
    except InputError as error:
        yield error.key or "meta", error.message


def _paragraphs(given: Any, text: str) -> Iterator[Problem]:
    if given is None:
        return
    if not isinstance(given, list) or not given:
        yield "paragraphs", "must be a list that is not empty"
        return
    at = 0
    for i, one in enumerate(given):
        key = f"paragraphs[{i}]"
        start, end = (one.get("start"), one.get("end")) if isinstance(one, dict) else (None, None)
        if type(start) is not int or type(end) is not int:
            yield key, "must be an object with integers start and end"
            return
        if not at <= start < end <= len(text):
            yield key, f"[{start}, {end}) is out of order or outside the text of {len(text)} characters"
            return
        if not isinstance(one.get("excluded", False), bool):
            yield f"{key}.excluded", "must be true or false"
        at = end


def _spans(
    given: Any, text: str, schema: LabelSchema, known: dict[str, tuple[str, int, int]]
) -> Iterator[Problem]:
    if not isinstance(given, list):
        yield "spans", "must be a list"
        return
    seen: set[str] = set()
    for i, one in enumerate(given):
        key = f"spans[{i}]"
        if not isinstance(one, dict):
            yield key, "must be an object"
            continue
        yield from _shared(one, key, schema, "span", seen)
        start, end = one.get("start"), one.get("end")
        if type(start) is not int or type(end) is not int:
            yield f"{key}.start", "start and end must be integers"
            continue
        if not 0 <= start < end <= len(text):
            yield f"{key}.start", f"[{start}, {end}) is outside the text of {len(text)} characters"
            continue
        quote = one.get("quote")
        if quote is not None and quote != text[start:end]:
            yield f"{key}.quote", f"is not the text of [{start}, {end}), which is “{text[start:end]}”"
        entity = one.get("entity")
        if entity is not None and (not isinstance(entity, str) or not entity.strip()):
            yield f"{key}.entity", "must be a name or null"
        known[str(one.get("id", f"#{i}"))] = (str(one.get("layer")), start, end)


def _relations(given: Any, schema: LabelSchema, spans: dict[str, tuple[str, int, int]]) -> Iterator[Problem]:
    if not isinstance(given, list):
        yield "relations", "must be a list"
        return
    seen: set[str] = set(spans)
    for i, one in enumerate(given):
        key = f"relations[{i}]"
        if not isinstance(one, dict):
            yield key, "must be an object"
            continue
        yield from _shared(one, key, schema, "relation", seen)
        layer = schema.layer(str(one.get("layer")))
        for end, allowed in (("source", layer.sources), ("target", layer.targets)) if layer else ():
            name = one.get(end)
            if end == "source" and name == AUTHOR and AUTHOR in allowed:
                continue
            if not isinstance(name, str) or name not in spans:
                yield f"{key}.{end}", f"“{name}” is the id of no span"
            elif spans[name][0] not in allowed:
                yield f"{key}.{end}", f"a span of layer {spans[name][0]} cannot be the {end} here"


def _shared(
    one: dict[str, Any], key: str, schema: LabelSchema, kind: str, seen: set[str]
) -> Iterator[Problem]:
    """What spans and relations have in common: id, layer, label, attributes."""
    name = one.get("id")
    if name is not None:
        if not isinstance(name, str) or not name or name.startswith("@"):
            yield f"{key}.id", "must be a string that is not empty and does not begin with @"
        elif name in seen:
            yield f"{key}.id", f"“{name}” stands twice"
        else:
            seen.add(name)
    layer = schema.layer(str(one.get("layer")))
    if layer is None or layer.kind != kind:
        names = [x.name for x in schema.layers if x.kind == kind]
        told = f"“{one['layer']}” is no" if "layer" in one else "is missing; it names a"
        yield f"{key}.layer", f"{told} {kind} layer of {schema.name} ({', '.join(names)})"
        return
    label = one.get("label")
    if not isinstance(label, str) or not label.strip() or (layer.label(label) is None and not layer.open):
        names = [x.name for x in layer.labels]
        told = f"“{label}” is no" if "label" in one else "is missing; it names a"
        yield f"{key}.label", f"{told} label of {layer.name} ({', '.join(names)})"
    yield from _attributes(one.get("attributes", {}), f"{key}.attributes", layer)


def _attributes(given: Any, key: str, layer: Layer) -> Iterator[Problem]:
    if not isinstance(given, dict):
        yield key, "must be an object"
        return
    for name, value in given.items():
        attribute = layer.attribute(name)
        if attribute is None:
            names = [a.name for a in layer.attributes if a.type != "entity"]
            yield f"{key}.{name}", f"is no attribute of {layer.name} ({', '.join(names)})"
        elif problem := attribute.problem(value):
            yield f"{key}.{name}", problem


def record_of(data: dict[str, Any], *, id: str, annotator: str | None, splitting: Splitting) -> Record:
    """The record of an object without problems. `id` and `annotator` stand in for ones that are missing."""
    text: str = data["text"]
    given = data.get("paragraphs")
    paragraphs = (
        split_paragraphs(text, splitting=splitting)
        if given is None
        else tuple(Paragraph(i, p["start"], p["end"], p.get("excluded", False)) for i, p in enumerate(given))
    )
    own, added = split_meta(data.get("meta", {}), gold=data.get("status") == "gold")
    title = data.get("title")
    document = Document(
        data.get("id") or id, title_of(text, paragraphs) if title is None else title, text, paragraphs, own
    )
    spans = tuple(
        Span(
            s.get("id", f"#{i}"), s["layer"], s["label"], s["start"], s["end"], s.get("entity"),
            s.get("attributes", {}), s.get("source", "human"),
        )
        for i, s in enumerate(data.get("spans", []))
    )  # fmt: skip
    relations = tuple(
        Relation(
            r.get("id", f"#r{i}"), r["layer"], r["label"], r["source"], r["target"],
            r.get("attributes", {}), r.get("origin", "human"),
        )
        for i, r in enumerate(data.get("relations", []))
    )  # fmt: skip
    status = Completion(data.get("status") or "done")
    name = None if status is Completion.GOLD else data.get("annotator") or annotator
    return Record(
        document, name, status, tuple(sorted(spans, key=reading_order)),
        tuple(sorted(relations, key=lambda r: (r.target, r.source, r.layer, r.id))),
        added.done, added.notes, added.flags, added.shown, added.history,
    )  # fmt: skip
