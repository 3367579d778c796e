"""Rows of one shape for tables of nested columns: Hugging Face's datasets, Parquet."""

from __future__ import annotations

from typing import Any

from annotator.formats._writing import said
from annotator.model.record import Record
from annotator.model.span import Attributes

_S, _I, _B = "string", "int64", "bool"
_ATTRIBUTES: list[dict[str, Any]] = [{"name": _S, "value": _S}]
FEATURES: dict[str, Any] = {
    "id": _S, "title": _S, "text": _S, "annotator": _S, "status": _S,
    "paragraphs": [{"start": _I, "end": _I, "excluded": _B}],
    "spans": [{
        "id": _S, "layer": _S, "label": _S, "start": _I, "end": _I, "quote": _S, "entity": _S,
        "attributes": _ATTRIBUTES, "source": _S,
    }],
    "relations": [{
        "id": _S, "layer": _S, "label": _S, "from": _S, "to": _S, "attributes": _ATTRIBUTES,
        "source": _S,
    }],
}  # fmt: skip
"""The columns and their types; a list holds the type of its members."""


def row_of(record: Record) -> dict[str, Any]:
    """The row of a record: every key there, in `FEATURES`' types;
    what has no value is an empty string."""
    document = record.document
    return {
        "id": document.id,
        "title": document.title,
        "text": document.text,
        "annotator": record.annotator or "",
        "status": record.status.value,
        "paragraphs": [
            {"start": p.start, "end": p.end, "excluded": p.excluded} for p in document.paragraphs
        ],
        "spans": [
            {
                "id": s.id,
                "layer": s.layer,
                "label": s.label,
                "start": s.start,
                "end": s.end,
                "quote": document.quote(s.start, s.end),
                "entity": s.entity or "",
                "attributes": _pairs(s.attributes),
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
                "attributes": _pairs(r.attributes),
                "source": r.origin,
            }
            for r in record.relations
        ],
    }


def _pairs(attributes: Attributes) -> list[dict[str, str]]:
    """Name and value; of several values one row each, of a place `start-end`."""
    return [
        {"name": name, "value": one}
        for name in sorted(attributes)
        for one in said(attributes[name])
    ]


__all__ = ["FEATURES", "row_of"]
