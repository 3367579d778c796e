"""Writes JSON by hand for objects that an export has very many of. The text is the same as the
encoder makes with sorted keys and no spaces."""

from __future__ import annotations

import json
from collections.abc import Callable

from annotator.model.record import Record
from annotator.model.span import Attributes, Value
from annotator.model.text import Document

encoder = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
string: Callable[[str], str] = json.encoder.encode_basestring
"""A string in quotation marks, UTF-8 as it is."""


def optional(text: str | None) -> str:
    """A string or `null`."""
    return "null" if text is None else string(text)


def paragraphs_text(document: Document) -> str:
    """The list of paragraphs."""
    listed = [
        f'{{"end":{p.end},"excluded":{"true" if p.excluded else "false"},"start":{p.start}}}'
        for p in document.paragraphs
    ]
    return f"[{','.join(listed)}]"


def spans_text(
    record: Record, attributes: Callable[[Attributes], str], *, no_entity: str = "null"
) -> str:
    """The list of spans; `attributes` gives the text of their attributes."""
    text = record.document.text
    listed = [
        f'{{"attributes":{attributes(s.attributes)},"end":{s.end},'
        f'"entity":{no_entity if s.entity is None else string(s.entity)},"id":{string(s.id)},'
        f'"label":{string(s.label)},"layer":{string(s.layer)},'
        f'"quote":{string(text[s.start : s.end])},'
        f'"source":{string(s.origin)},"start":{s.start}}}'
        for s in record.spans
    ]
    return f"[{','.join(listed)}]"


def relations_text(record: Record, attributes: Callable[[Attributes], str]) -> str:
    """The list of relations; `attributes` gives the text of their attributes."""
    listed = [
        f'{{"attributes":{attributes(r.attributes)},"from":{string(r.source)},"id":{string(r.id)},'
        f'"label":{string(r.label)},"layer":{string(r.layer)},'
        f'"source":{string(r.origin)},"to":{string(r.target)}}}'
        for r in record.relations
    ]
    return f"[{','.join(listed)}]"


def attributes_text(attributes: Attributes) -> str:
    """The object of attributes."""
    if not attributes:
        return "{}"
    listed = [f"{string(name)}:{value_text(attributes[name])}" for name in sorted(attributes)]
    return f"{{{','.join(listed)}}}"


def value_text(value: Value) -> str:
    """The value of an attribute."""
    if isinstance(value, str):
        return string(value)
    if isinstance(value, list):
        return f"[{','.join([value_text(one) for one in value])}]"
    return str(value) if type(value) is int else encoder.encode(value)


__all__ = [
    "attributes_text",
    "encoder",
    "optional",
    "paragraphs_text",
    "relations_text",
    "spans_text",
    "string",
    "value_text",
]
