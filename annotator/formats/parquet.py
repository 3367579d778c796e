"""Parquet: the rows of Hugging Face's format as one file, with the types of all columns stated."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from typing import Any

from annotator.formats._extras import extra
from annotator.formats._flat_rows import FEATURES, row_of
from annotator.formats._writing import WriteOptions, count_lost
from annotator.model.record import Record

summary = "Parquet, one file with the types of all columns (out; extra parquet)"
extensions = (".parquet",)

_AT_ONCE = 1000


def parts(records: Iterable[Record], how: WriteOptions) -> Iterator[bytes]:
    """The bytes of the file, with about a thousand rows in memory at a time."""
    arrow, parquet = extra("pyarrow", name="parquet"), extra("pyarrow.parquet", name="parquet")
    schema = arrow.schema([(name, _type(arrow, kind)) for name, kind in FEATURES.items()])
    with tempfile.TemporaryFile(prefix="annotator-") as out:
        with parquet.ParquetWriter(out, schema) as writer:
            for rows in _batches(records, how):
                writer.write_table(arrow.Table.from_pylist(rows, schema=schema))
        out.seek(0)
        while part := out.read(1 << 20):
            yield part


def _batches(records: Iterable[Record], how: WriteOptions) -> Iterator[list[dict[str, Any]]]:
    rows: list[dict[str, Any]] = []
    for record in records:
        count_lost(record, how.lost, "notes", "flags", "metadata")
        rows.append(row_of(record))
        if len(rows) == _AT_ONCE:
            yield rows
            rows = []
    if rows:
        yield rows


def _type(arrow: Any, kind: Any) -> Any:
    if isinstance(kind, list):
        return arrow.list_(
            arrow.struct([(name, _type(arrow, one)) for name, one in kind[0].items()])
        )
    return {"string": arrow.string(), "int64": arrow.int64(), "bool": arrow.bool_()}[kind]
