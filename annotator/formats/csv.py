"""Tables: texts are read from CSV, TSV and what spreadsheets write; items and statements are
written. It writes four tables, which R's `read.csv` and pandas can read (UTF-8, LF, doubled
quotation marks, empty cells for missing values): `items.csv` has a row for each item and a column
for each attribute, `items-long.csv` a row for each value; `statements.csv` has a row for each
statement and concept, with `sign` -1 if the concept is the contrary of its wording, and
`statements-wide.csv` a row for each statement.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path

from annotator.formats._csv_rows import CsvRows, Tables, cell
from annotator.formats._json import tell_spans
from annotator.formats._reading import Entry, Identity, ReadOptions, document_id
from annotator.formats._table import WHERE, table
from annotator.formats._writing import (
    WriteOptions,
    count_lost,
)
from annotator.model.record import Record

summary = "tables: of texts, one a row (in); of items and statements (out)"
extensions = (".csv", ".tsv")
holds_ids = True


def read(path: Path, options: ReadOptions) -> Iterator[Entry]:
    """A document from each row; unknown columns go into its metadata under their own names."""
    prefix = options.prefix or document_id(path)
    for number, (line, row) in enumerate(table(path, options), 1):
        text = row.get("text", "")
        if not text.strip():
            options.report.left_out(
                "rows without a text", "the row has no text", line=line, key="text"
            )
            continue
        for key, value in row.items():
            if key.startswith("@"):
                remedy = "export them as JSON, and import that"
                tell_spans(key[1:], value, line, options.report, remedy)
        own = row.get("id", "").strip()
        data = {
            "text": text.removeprefix("\ufeff"),
            "meta": _meta(row),
            "title": row.get("title") or None,
        }
        if own:
            data["id"] = own
        identity = Identity.ID if own else Identity.NAME
        yield Entry(
            data, own or f"{prefix}-{number}", line, work=options.empty_is_done, identity=identity
        )


def _meta(row: Mapping[str, str]) -> dict[str, str]:
    """The metadata in a row: its unknown columns, its date and its source."""
    meta = {
        key.removeprefix("@"): value for key, value in row.items() if key.startswith("@") and value
    }
    return meta | {key: row[key] for key in ("date", "source") if row.get(key)}


_AT_ONCE = 4
_TABLES = ("items.csv", "items-long.csv", "statements.csv", "statements-wide.csv")
_ITEM = (
    "item",
    "kind",
    "layer",
    "label",
    "start",
    "end",
    "quote",
    "entity",
    "from",
    "to",
    "source",
    "entity_id",
)
_STATEMENT = (
    "statement",
    "holder",
    "entity",
    "side",
    "strength",
    "claim",
    "type",
    "concept",
    "sign",
    "quote",
    "start",
    "end",
    "entity_id",
    "concept_id",
)


def files(records: Iterable[Record], how: WriteOptions) -> Iterator[tuple[str, bytes]]:
    """The four tables, a few hundred records at a time."""
    names = sorted(
        {a.name for layer in how.schema.layers for a in layer.attributes if a.type != "entity"}
    )
    more = sorted(
        {a.name for layer in how.schema.relation_layers for a in layer.attributes} - {"strength"}
    )
    heads = (
        [*_ITEM, *names],
        [*_ITEM, "attribute", "value"],
        [*_STATEMENT, *more],
        [*_STATEMENT, *more],
    )
    for name, head in zip(_TABLES, heads, strict=True):
        yield name, _bytes([",".join(map(cell, (*WHERE, *head)))])
    rows = CsvRows(how, names, more)
    for some in _batched(records):
        tables = Tables()
        for record in some:
            count_lost(record, how.lost, "notes", "flags", "excluded paragraphs")
            how.lost["metadata"] += len(record.document.meta.keys() - {"date"})
            rows.add(record, tables)
        every = (tables.items, tables.values, tables.statements, tables.wide)
        for name, lines in zip(_TABLES, every, strict=True):
            yield name, _bytes(lines)


def _batched(records: Iterable[Record]) -> Iterator[list[Record]]:
    rest = iter(records)
    while some := list(islice(rest, _AT_ONCE)):
        yield some


def _bytes(rows: list[str]) -> bytes:
    # Rows are encoded one by one: most are ASCII, and a single one that is not would make encoding
    # all of them slow.
    return b"\n".join([*map(str.encode, rows), b""])
