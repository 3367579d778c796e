"""Parquet: the rows of Hugging Face's format as one file, with the types of all columns stated.

The columns are filled directly. Rows as dicts, which Arrow takes apart again, take twice as long.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any

from annotator.formats._extras import extra
from annotator.formats._flat_rows import FEATURES, pairs
from annotator.formats._writing import WriteOptions, count_lost
from annotator.model.record import Record
from annotator.model.schema import LabelSchema
from annotator.model.span import Relation, Span

summary = "Parquet, one file with the types of all columns (out; extra parquet)"
extensions = (".parquet",)

_AT_ONCE = 1000


def parts(records: Iterable[Record], how: WriteOptions) -> Iterator[bytes]:
    """The bytes of the file, with about a thousand rows in memory at a time."""
    arrow, parquet = extra("pyarrow", name="parquet"), extra("pyarrow.parquet", name="parquet")
    schema = arrow.schema([(name, _type(arrow, kind)) for name, kind in FEATURES.items()])
    with tempfile.TemporaryFile(prefix="annotator-") as out:
        with parquet.ParquetWriter(out, schema) as writer:
            batch = _ColumnBatch(how.schema)
            for record in records:
                count_lost(record, how.lost, "notes", "flags", "metadata")
                batch.add(record)
                if len(batch.rows["id"]) == _AT_ONCE:
                    writer.write_table(batch.table(arrow, schema))
                    batch = _ColumnBatch(how.schema)
            if batch.rows["id"]:
                writer.write_table(batch.table(arrow, schema))
        out.seek(0)
        while part := out.read(1 << 20):
            yield part


class _Lists:
    """A column of lists of objects: how many each row has, and the values of all by key."""

    def __init__(self, features: Mapping[str, Any]) -> None:
        self.features = features
        self.counts: list[int] = []
        self.values: dict[str, list[Any]] = {
            key: [] for key, kind in features.items() if not isinstance(kind, list)
        }
        self.inner = {
            key: _Lists(kind[0]) for key, kind in features.items() if isinstance(kind, list)
        }

    def array(self, arrow: Any) -> Any:
        """The column for Arrow."""
        members = [
            self.inner[key].array(arrow)
            if key in self.inner
            else arrow.array(self.values[key], _type(arrow, kind))
            for key, kind in self.features.items()
        ]
        offsets = arrow.array(accumulate(self.counts, initial=0), arrow.int32())
        structs = arrow.StructArray.from_arrays(members, list(self.features))
        return arrow.ListArray.from_arrays(offsets, structs)


class _ColumnBatch:
    """The columns of some records."""

    def __init__(self, schema: LabelSchema) -> None:
        self._places = schema.places
        self.rows: dict[str, list[str]] = {
            key: [] for key, kind in FEATURES.items() if not isinstance(kind, list)
        }
        self.lists = {
            key: _Lists(kind[0]) for key, kind in FEATURES.items() if isinstance(kind, list)
        }

    def add(self, record: Record) -> None:
        """Add the row of a record; a missing value is an empty string."""
        document, rows = record.document, self.rows
        rows["id"].append(document.id)
        rows["title"].append(document.title)
        rows["text"].append(document.text)
        rows["annotator"].append(record.annotator or "")
        rows["status"].append(record.status.value)
        paragraphs = self.lists["paragraphs"]
        paragraphs.counts.append(len(document.paragraphs))
        for p in document.paragraphs:
            paragraphs.values["start"].append(p.start)
            paragraphs.values["end"].append(p.end)
            paragraphs.values["excluded"].append(p.excluded)
        text, spans, values = document.text, record.spans, self.lists["spans"].values
        self._items(self.lists["spans"], spans)
        values["start"] += [s.start for s in spans]
        values["end"] += [s.end for s in spans]
        values["quote"] += [text[s.start : s.end] for s in spans]
        values["entity"] += [s.entity or "" for s in spans]
        relations, values = record.relations, self.lists["relations"].values
        self._items(self.lists["relations"], relations)
        values["from"] += [r.source for r in relations]
        values["to"] += [r.target for r in relations]

    def _items(self, lists: _Lists, items: Sequence[Span | Relation]) -> None:
        """Add what spans and relations have in common."""
        lists.counts.append(len(items))
        values, attributes = lists.values, lists.inner["attributes"]
        values["id"] += [one.id for one in items]
        values["layer"] += [one.layer for one in items]
        values["label"] += [one.label for one in items]
        values["source"] += [one.origin for one in items]
        held = [pairs(one.attributes, self._places[one.layer]) for one in items]
        attributes.counts += map(len, held)
        attributes.values["name"] += [name for some in held for name, _ in some]
        attributes.values["value"] += [value for some in held for _, value in some]

    def table(self, arrow: Any, schema: Any) -> Any:
        """The columns as a table of Arrow."""
        arrays = [
            self.lists[key].array(arrow)
            if key in self.lists
            else arrow.array(self.rows[key], _type(arrow, kind))
            for key, kind in FEATURES.items()
        ]
        return arrow.Table.from_arrays(arrays, schema=schema)


def _type(arrow: Any, kind: Any) -> Any:
    if isinstance(kind, list):
        return arrow.list_(
            arrow.struct([(name, _type(arrow, one)) for name, one in kind[0].items()])
        )
    return {"string": arrow.string(), "int64": arrow.int64(), "bool": arrow.bool_()}[kind]
