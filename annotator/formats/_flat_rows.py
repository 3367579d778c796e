"""Rows of one shape for tables of nested columns: Hugging Face's datasets, Parquet."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from annotator.formats._record import data_of
from annotator.formats._writing import value_texts
from annotator.model.record import Record
from annotator.model.schema import LabelSchema
from annotator.model.span import Attributes

_S, _I, _B = "string", "int64", "bool"
_ATTRIBUTES: list[dict[str, Any]] = [{"name": _S, "value": _S}]
FEATURES: dict[str, Any] = {
    "id": _S,
    "title": _S,
    "text": _S,
    "annotator": _S,
    "status": _S,
    "paragraphs": [{"start": _I, "end": _I, "excluded": _B}],
    "spans": [
        {
            "id": _S,
            "layer": _S,
            "label": _S,
            "start": _I,
            "end": _I,
            "quote": _S,
            "entity": _S,
            "attributes": _ATTRIBUTES,
            "source": _S,
        }
    ],
    "relations": [
        {
            "id": _S,
            "layer": _S,
            "label": _S,
            "from": _S,
            "to": _S,
            "attributes": _ATTRIBUTES,
            "source": _S,
        }
    ],
}
"""The columns and their types; a list holds the type of its members."""


def row_of(record: Record, schema: LabelSchema) -> dict[str, Any]:
    """The row of a record, with every key and the types of `FEATURES`; a missing value is an empty
    string."""
    row = data_of(record)
    for key in row.keys() - FEATURES.keys():
        del row[key]
    row["annotator"] = record.annotator or ""
    for span in row["spans"]:
        span["entity"] = span["entity"] or ""
    for item in (*row["spans"], *row["relations"]):
        item["attributes"] = [
            {"name": name, "value": value}
            for name, value in pairs(item["attributes"], schema.places[item["layer"]])
        ]
    return row


def pairs(attributes: Attributes, places: Container[str]) -> list[tuple[str, str]]:
    """Name and value, a pair for each value; those of the attributes in `places` are written
    `start-end`."""
    found: list[tuple[str, str]] = []
    for name in sorted(attributes):
        value = attributes[name]
        if isinstance(value, str):
            found.append((name, value))
        else:
            found += [(name, one) for one in value_texts(value, place=name in places)]
    return found


__all__ = ["FEATURES", "pairs", "row_of"]
