"""Flat JSON lines that the `datasets` library loads: every row has the same keys with the same types.

As in the canonical record, but attributes are lists of name and value, both strings, since their types differ from
layer to layer; what has no value is an empty string.
"""

from __future__ import annotations

import json
from typing import Any

from annotator.model.record import Record
from annotator.model.span import Attributes, Relation, Span

summary = "flat JSON lines for Hugging Face's datasets (out)"
extensions = (".jsonl",)
on_request = True


def dumps(record: Record) -> str:
    """The line of a record."""
    document = record.document
    data = {
        "id": document.id, "title": document.title, "text": document.text, "annotator": record.annotator or "",
        "status": record.status.value, "paragraphs": _paragraphs(record),
        "spans": [_span(document.text, span) for span in record.spans],
        "relations": [_relation(relation) for relation in record.relations],
    }  # fmt: skip
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"


def _paragraphs(record: Record) -> list[dict[str, Any]]:
    return [{"start": p.start, "end": p.end, "excluded": p.excluded} for p in record.document.paragraphs]


def _span(text: str, span: Span) -> dict[str, Any]:
    return {
        "id": span.id, "layer": span.layer, "label": span.label, "start": span.start, "end": span.end,
        "quote": text[span.start : span.end], "entity": span.entity or "",
        "attributes": _attributes(span.attributes), "source": span.origin,
    }  # fmt: skip


def _relation(relation: Relation) -> dict[str, Any]:
    return {
        "id": relation.id, "layer": relation.layer, "label": relation.label, "source": relation.source,
        "target": relation.target, "attributes": _attributes(relation.attributes), "origin": relation.origin,
    }  # fmt: skip


def _attributes(attributes: Attributes) -> list[dict[str, str]]:
    """Name and value; of several values one row each, of a place `start-end`."""
    rows: list[dict[str, str]] = []
    for name, value in sorted(attributes.items()):
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            rows += [{"name": name, "value": str(one)} for one in value]
        elif isinstance(value, list):
            rows.append({"name": name, "value": "-".join(map(str, value))})
        else:
            rows.append({"name": name, "value": str(value)})
    return rows
