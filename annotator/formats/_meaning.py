"""Checks what a record means, beyond its shape: offsets inside the text, ids that exist, labels of
the schema. The shape may be wrong as well: the check accepts any JSON value, so one run names every
problem.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from annotator.errors import InputError, UsageError
from annotator.identity import check_annotator
from annotator.model.decision import DOCUMENT, paragraph_item
from annotator.model.names import names_in
from annotator.model.record import COMPLETION, split_meta
from annotator.model.schema import LabelSchema, Layer
from annotator.model.span import AUTHOR
from annotator.model.text import plural, text_sha256

Problem: TypeAlias = tuple[str, str]
_Ends: TypeAlias = dict[str, tuple[str, int, int]]


def meaning(data: Mapping[str, Any], schema: LabelSchema) -> Iterator[Problem]:
    """Key and message of every problem; `text` must be a string."""
    text = data["text"]
    if not text.strip():
        yield "text", "must be a non-empty string"
        return
    if "\0" in text:
        yield "text", "contains a NUL character"
    yield from _head(data, text)
    yield from _paragraphs(data.get("paragraphs"), text)
    spans: _Ends = {}
    yield from _spans(data.get("spans"), text, schema, spans)
    yield from _relations(data.get("relations"), text, schema, spans)
    yield from _completion(data)


def item_names(data: Mapping[str, Any]) -> set[str]:
    """The names that notes and flags of a record can have: the ids of its spans and relations, its
    paragraphs, and the document."""
    paragraphs, *annotations = (
        one if isinstance(one := data.get(key), list) else []
        for key in ("paragraphs", "spans", "relations")
    )
    ids = {str(one.get("id")) for some in annotations for one in some if isinstance(one, dict)}
    return {DOCUMENT, *map(paragraph_item, range(len(paragraphs))), *ids}


def _completion(data: Mapping[str, Any]) -> Iterator[Problem]:
    """Check that the completion refers only to paragraphs and items that the record has."""
    meta, paragraphs = data.get("meta"), data.get("paragraphs")
    if not isinstance(meta, dict) or COMPLETION not in meta or not isinstance(paragraphs, list):
        return
    try:
        _, added = split_meta(meta, gold=data.get("status") == "gold")
    except InputError:
        return  # `_head` tells what is wrong with it.
    key = f"meta.{COMPLETION}"
    seen = (one.paragraph for one in added.shown)
    for name, indices in (("done", added.done), ("shown", seen), ("opened", added.opened)):
        beyond = [index for index in indices if index >= len(paragraphs)]
        if beyond:
            has = plural(len(paragraphs), "paragraph")
            yield f"{key}.{name}", f"no paragraph has the index {beyond[0]}; the text has {has}"
    items = item_names(data)
    for name, named in (("notes", added.notes), ("flags", added.flags)):
        missing = [item for item in named if item not in items]
        if missing:
            yield f"{key}.{name}", f"no item has the id “{missing[0]}”"


def _head(data: Mapping[str, Any], text: str) -> Iterator[Problem]:
    if data.get("text_sha256") != text_sha256(text):
        yield "text_sha256", "is not the hash of the text"
    name = data.get("annotator")
    if isinstance(name, str):
        yield from _annotator(name)
    if data.get("status") == "gold" and name is not None:
        yield "annotator", "must be null in gold"
    elif data.get("status") != "gold" and name is None:
        yield "annotator", "must be a name unless the status is gold"
    meta = data.get("meta")
    if isinstance(meta, dict):
        try:
            split_meta(meta, gold=data.get("status") == "gold")
        except InputError as error:
            yield error.key or "meta", error.message
        yield from _floats(meta, "meta")


def _annotator(name: str) -> Iterator[Problem]:
    """Whether the name of an annotator is one that a project may have."""
    try:
        clean = check_annotator(name)
    except UsageError as error:
        yield "annotator", f"{error.message}. {error.hint}"
        return
    if clean != name:
        yield "annotator", "must not begin or end with white space"


def _floats(value: Any, path: str) -> Iterator[Problem]:
    """Numbers that are not integers. `4.0` is one of them, though JSON Schema accepts it as an
    integer."""
    if isinstance(value, float):
        yield path, f"{value} is not an integer; records hold no other numbers"
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from _floats(one, f"{path}.{key}")
    elif isinstance(value, list):
        for i, one in enumerate(value):
            yield from _floats(one, f"{path}[{i}]")


def _paragraphs(given: Any, text: str) -> Iterator[Problem]:
    at = 0
    for i, one in enumerate(given if isinstance(given, list) else ()):
        start, end = (one.get("start"), one.get("end")) if isinstance(one, dict) else (None, None)
        if type(start) is not int or type(end) is not int:
            yield f"paragraphs[{i}]", "must be an object with integers start and end"
            return
        if not at <= start < end <= len(text):
            size = f"the text of {plural(len(text), 'character')}"
            yield f"paragraphs[{i}]", f"[{start}, {end}) is out of order or outside {size}"
            return
        at = end


def _outside(place: str, text: str) -> str:
    """What is wrong with a place that is not in the text."""
    return f"{place} is outside the text of {plural(len(text), 'character')}"


def _spans(given: Any, text: str, schema: LabelSchema, known: _Ends) -> Iterator[Problem]:
    seen: set[str] = set()
    for i, one in enumerate(given if isinstance(given, list) else ()):
        key = f"spans[{i}]"
        if not isinstance(one, dict):
            continue
        yield from _either(one, key, text, schema, "span", seen)
        start, end = one.get("start"), one.get("end")
        if type(start) is not int or type(end) is not int:
            yield f"{key}.start", "start and end must be integers"
            continue
        if not 0 <= start < end <= len(text):
            yield f"{key}.start", _outside(f"[{start}, {end})", text)
            continue
        quote = one.get("quote")
        if quote != text[start:end]:
            yield (
                f"{key}.quote",
                f"is not the text of [{start}, {end}), which is “{text[start:end]}”",
            )
        entity = one.get("entity")
        if isinstance(entity, str) and not names_in("entity", entity):
            yield f"{key}.entity", "must be a name or null"
        known[str(one.get("id", f"#{i}"))] = (str(one.get("layer")), start, end)


def _relations(given: Any, text: str, schema: LabelSchema, spans: _Ends) -> Iterator[Problem]:
    seen: set[str] = set(spans)
    for i, one in enumerate(given if isinstance(given, list) else ()):
        key = f"relations[{i}]"
        if not isinstance(one, dict):
            continue
        yield from _either(one, key, text, schema, "relation", seen)
        layer = schema.layer(str(one.get("layer")))
        for end, allowed in (("from", layer.sources), ("to", layer.targets)) if layer else ():
            name = one.get(end)
            if end == "from" and name == AUTHOR and AUTHOR in allowed:
                continue
            if not isinstance(name, str) or name not in spans:
                yield f"{key}.{end}", f"no span has the id “{name}”"
            elif spans[name][0] not in allowed:
                yield f"{key}.{end}", f"a span of layer {spans[name][0]} cannot stand here"


def _either(
    one: Mapping[str, Any], key: str, text: str, schema: LabelSchema, kind: str, seen: set[str]
) -> Iterator[Problem]:
    """Check what spans and relations have in common: id, layer, label, attributes."""
    name = one.get("id")
    if isinstance(name, str):
        if name in seen:
            yield f"{key}.id", f"“{name}” appears twice"
        seen.add(name)
    layer = schema.layer(str(one.get("layer")))
    if layer is None or layer.kind != kind:
        names = [x.name for x in schema.layers if x.kind == kind]
        wrong = f"“{one['layer']}” is no" if "layer" in one else "is missing; it names a"
        yield f"{key}.layer", f"{wrong} {kind} layer of {schema.name} ({', '.join(names)})"
        return
    label = one.get("label")
    if (
        not isinstance(label, str)
        or not label.strip()
        or (layer.label(label) is None and not layer.open)
    ):
        names = [x.name for x in layer.labels]
        wrong = f"“{label}” is no" if "label" in one else "is missing; it names a"
        yield f"{key}.label", f"{wrong} label of {layer.name} ({', '.join(names)})"
    yield from _attributes(one.get("attributes"), f"{key}.attributes", text, layer)


def _attributes(given: Any, key: str, text: str, layer: Layer) -> Iterator[Problem]:
    for name, value in given.items() if isinstance(given, dict) else ():
        attribute = layer.attribute(name)
        if attribute is None:
            names = [a.name for a in layer.attributes if a.type != "entity"]
            yield f"{key}.{name}", f"is not an attribute of {layer.name} ({', '.join(names)})"
        elif attribute.type == "entity":
            yield (
                f"{key}.{name}",
                "belongs in the key “entity” of its span, not among the attributes",
            )
        elif problem := attribute.problem(value):
            yield f"{key}.{name}", problem
        elif attribute.type == "span" and not 0 <= value[0] < value[1] <= len(text):
            yield f"{key}.{name}", _outside(f"{value}", text)
