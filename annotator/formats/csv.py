"""Tables: of texts in (CSV, TSV, and what spreadsheets write); of items and statements out.

Out go four tables, as R's `read.csv` and pandas read them (UTF-8, LF, quotation marks doubled,
empty cells for what is not there): `items.csv`, one row an item with a column for each attribute,
`items-long.csv`, one row a value; `statements.csv`, one row a statement and concept, with `sign` -1
where the concept is the contrary of its wording, and `statements-wide.csv`, one row a statement.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from annotator.formats._reading import Entry, Identity, ReadOptions, document_id
from annotator.formats._table import table
from annotator.formats._writing import (
    Statement,
    WriteOptions,
    count_lost,
    said,
    sign_of,
    statements,
    who,
)
from annotator.model.record import Record
from annotator.model.schema import LabelSchema
from annotator.model.span import AUTHOR, Relation, Span

summary = "tables: of texts, one a row (in); of items and statements (out)"
extensions = (".csv", ".tsv")


def read(path: Path, options: ReadOptions) -> Iterator[Entry]:
    """A document of each row; columns that are not known go into
    its metadata under their own names."""
    prefix = options.prefix or document_id(path)
    for number, (line, row) in enumerate(table(path, options), 1):
        text = row.get("text", "")
        if not text.strip():
            options.report.left_out(
                "rows without a text", "the row has no text", line=line, key="text"
            )
            continue
        meta = {
            key.removeprefix("@"): value
            for key, value in row.items()
            if key.startswith("@") and value
        }
        meta |= {key: row[key] for key in ("date", "source") if row.get(key)}
        own = row.get("id", "").strip()
        data = {
            "text": text.removeprefix("\ufeff"),
            "meta": meta,
            "title": row.get("title") or None,
        }
        if own:
            data["id"] = own
        identity = Identity.ID if own else Identity.NAME
        yield Entry(
            data, own or f"{prefix}-{number}", line, work=options.empty_is_done, identity=identity
        )


_AT_ONCE = 256
_WHERE = ("document", "title", "date", "coder", "status")
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
)
_STATEMENT = (
    "statement", "holder", "entity", "side", "strength", "claim", "type", "concept", "sign",
    "quote", "start", "end",
)  # fmt: skip


def files(records: Iterable[Record], how: WriteOptions) -> Iterator[tuple[str, bytes]]:
    """The four tables, some hundred records at a time."""
    names = sorted(
        {a.name for layer in how.schema.layers for a in layer.attributes if a.type != "entity"}
    )
    more = sorted(
        {a.name for layer in how.schema.relation_layers for a in layer.attributes} - {"strength"}
    )
    yield "items.csv", _rows([[*_WHERE, *_ITEM, *names]])
    yield "items-long.csv", _rows([[*_WHERE, *_ITEM, "attribute", "value"]])
    yield "statements.csv", _rows([[*_WHERE, *_STATEMENT, *more]])
    yield "statements-wide.csv", _rows([[*_WHERE, *_STATEMENT, *more]])
    for some in _batched(records):
        for record in some:
            count_lost(record, how.lost, "notes", "flags", "excluded paragraphs")
        yield "items.csv", _rows(row for record in some for row in _items(record, names))
        yield "items-long.csv", _rows(row for record in some for row in _long(record))
        found = [one for record in some for one in statements(record)]
        yield (
            "statements.csv",
            _rows(row for one in found for row in _statement(one, how.schema, more, wide=False)),
        )
        yield (
            "statements-wide.csv",
            _rows(row for one in found for row in _statement(one, how.schema, more, wide=True)),
        )


def _batched(records: Iterable[Record]) -> Iterator[list[Record]]:
    held: list[Record] = []
    for record in records:
        held.append(record)
        if len(held) == _AT_ONCE:
            yield held
            held = []
    if held:
        yield held


def _rows(rows: Iterable[Sequence[object]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode("utf-8")


def _where(record: Record) -> list[object]:
    document = record.document
    return [
        document.id,
        document.title,
        document.meta.get("date", ""),
        who(record),
        record.status.value,
    ]


def _item(record: Record, item: Span | Relation) -> list[object]:
    if isinstance(item, Span):
        quote = record.document.quote(item.start, item.end)
        return [
            item.id,
            "span",
            item.layer,
            item.label,
            item.start,
            item.end,
            quote,
            item.entity or "",
            "",
            "",
            item.origin,
        ]
    return [
        item.id,
        "relation",
        item.layer,
        item.label,
        "",
        "",
        "",
        "",
        item.source,
        item.target,
        item.origin,
    ]


def _all(record: Record) -> list[Span | Relation]:
    return [*record.spans, *record.relations]


def _items(record: Record, names: Sequence[str]) -> Iterator[list[object]]:
    where = _where(record)
    for item in _all(record):
        values = [
            "; ".join(said(item.attributes[n])) if n in item.attributes else "" for n in names
        ]
        yield [*where, *_item(record, item), *values]


def _long(record: Record) -> Iterator[list[object]]:
    where = _where(record)
    for item in _all(record):
        row = [*where, *_item(record, item)]
        pairs = [
            (name, one) for name, value in sorted(item.attributes.items()) for one in said(value)
        ]
        for name, value in pairs or [("", "")]:
            yield [*row, name, value]


def _statement(
    one: Statement, schema: LabelSchema, more: Sequence[str], *, wide: bool
) -> Iterator[list[object]]:
    """The rows of a statement: one for each concept of its claim,
    or (`wide`) one with all of them."""
    record, relation, target = one.record, one.relation, one.target
    document, holder = record.document, one.holder
    layer = schema.layer(target.layer)
    attribute = layer.attribute_of_type("concept") if layer is not None else None
    held = target.attributes.get(attribute.name) if attribute is not None else None
    concepts = [sign_of(name) for name in (said(held) if held is not None else [])]
    rows: list[tuple[str, object]] = [*concepts] or [("", "")]
    if wide and concepts:
        rows = [
            ("; ".join(name for name, _ in concepts), "; ".join(str(sign) for _, sign in concepts))
        ]
    values = [
        "; ".join(said(relation.attributes[n])) if n in relation.attributes else "" for n in more
    ]
    for concept, sign in rows:
        yield [
            *_where(record),
            relation.id,
            document.quote(holder.start, holder.end) if holder else AUTHOR,
            (holder.entity or "") if holder else AUTHOR,
            relation.label,
            relation.attributes.get("strength", ""),
            target.id,
            target.label,
            concept,
            sign,
            document.quote(target.start, target.end),
            target.start,
            target.end,
            *values,
        ]
