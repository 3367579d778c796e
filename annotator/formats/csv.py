"""Tables: of texts in (CSV, TSV, and what spreadsheets write); of items and statements out.

Out go four tables, as R's `read.csv` and pandas read them (UTF-8, LF, quotation marks doubled,
empty cells for what is not there): `items.csv`, one row an item with a column for each attribute,
`items-long.csv`, one row a value; `statements.csv`, one row a statement and concept, with `sign` -1
where the concept is the contrary of its wording, and `statements-wide.csv`, one row a statement.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from annotator.formats._reading import Entry, Identity, ReadOptions, document_id
from annotator.formats._table import table
from annotator.formats._writing import (
    ResolvedRelation,
    WriteOptions,
    count_lost,
    resolved_relations,
    said,
    sign_of,
    who,
)
from annotator.model.record import Record
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


_AT_ONCE = 64
_TABLES = ("items.csv", "items-long.csv", "statements.csv", "statements-wide.csv")
_SPECIAL = re.compile('[",\r\n]').search
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
    "entity_id",
)
_STATEMENT = (
    "statement", "holder", "entity", "side", "strength", "claim", "type", "concept", "sign",
    "quote", "start", "end", "entity_id", "concept_id",
)  # fmt: skip


def files(records: Iterable[Record], how: WriteOptions) -> Iterator[tuple[str, bytes]]:
    """The four tables, some hundred records at a time."""
    names = sorted(
        {a.name for layer in how.schema.layers for a in layer.attributes if a.type != "entity"}
    )
    more = sorted(
        {a.name for layer in how.schema.relation_layers for a in layer.attributes} - {"strength"}
    )
    column = {name: i for i, name in enumerate(names)}
    heads = (
        [*_ITEM, *names],
        [*_ITEM, "attribute", "value"],
        [*_STATEMENT, *more],
        [*_STATEMENT, *more],
    )
    for name, head in zip(_TABLES, heads, strict=True):
        yield name, _bytes([",".join(map(_cell, (*_WHERE, *head)))])
    for some in _batched(records):
        tables: tuple[list[str], ...] = ([], [], [], [])
        for record in some:
            count_lost(record, how.lost, "notes", "flags", "excluded paragraphs")
            where = _where(record)
            items: list[Span | Relation] = [*record.spans, *record.relations]
            for item in items:
                _put_item(f"{where},{_item(record, item, how)}", item, column, tables[0], tables[1])
            for one in resolved_relations(record):
                _put_statement(where, one, how, more, tables[2], tables[3])
        for name, rows in zip(_TABLES, tables, strict=True):
            yield name, _bytes(rows)


def _batched(records: Iterable[Record]) -> Iterator[list[Record]]:
    rest = iter(records)
    while some := list(islice(rest, _AT_ONCE)):
        yield some


def _bytes(rows: Iterable[str]) -> bytes:
    return "\n".join([*rows, ""]).encode("utf-8")


def _cell(text: str) -> str:
    """A cell, in quotation marks where it needs them. The csv module takes twice as long for a row,
    and the cells that are the same in many rows are made once here."""
    if _SPECIAL(text) is None:
        return text
    return '"' + text.replace('"', '""') + '"'


def _where(record: Record) -> str:
    """The cells that are the same in all rows of a record."""
    document = record.document
    date = document.meta.get("date")
    texts = (
        document.id,
        document.title,
        "" if date is None else str(date),
        who(record),
        record.status.value,
    )
    return ",".join(map(_cell, texts))


def _item(record: Record, item: Span | Relation, how: WriteOptions) -> str:
    """The cells of an item without its attributes."""
    kind = f"{_cell(item.layer)},{_cell(item.label)}"
    if isinstance(item, Span):
        quote = _cell(record.document.text[item.start : item.end])
        return (
            f"{_cell(item.id)},span,{kind},{item.start},{item.end},{quote},"
            f"{_cell(item.entity or '')},,,{_cell(item.origin)},{_entity_ids(item, how)}"
        )
    ends = f"{_cell(item.source)},{_cell(item.target)}"
    return f"{_cell(item.id)},relation,{kind},,,,,{ends},{_cell(item.origin)},"


def _entity_ids(span: Span | None, how: WriteOptions) -> str:
    """The cell with the external ids of the entities of a span."""
    if span is None or not span.entity:
        return ""
    return _cell(how.ids_of("entity", [name.strip() for name in span.entity.split(";")]))


def _put_item(
    row: str, item: Span | Relation, column: Mapping[str, int], wide: list[str], long: list[str]
) -> None:
    """Add the row of an item, and the rows of its values; `row` holds the cells before."""
    cells = [""] * len(column)
    before = len(long)
    for name in sorted(item.attributes):
        values = said(item.attributes[name])
        if name in column:
            cells[column[name]] = _cell("; ".join(values))
        for value in values:
            long.append(f"{row},{_cell(name)},{_cell(value)}")
    if len(long) == before:
        long.append(f"{row},,")
    wide.append(",".join((row, *cells)))


def _put_statement(
    where: str,
    one: ResolvedRelation,
    how: WriteOptions,
    more: Sequence[str],
    rows: list[str],
    wide: list[str],
) -> None:
    """Add the rows of a statement: one for each concept of its claim,
    and to `wide` one with all of them."""
    relation, target, holder, text = one.relation, one.target, one.holder, one.record.document.text
    layer = how.schema.layer(target.layer)
    attribute = layer.attribute_of_type("concept") if layer is not None else None
    held = target.attributes.get(attribute.name) if attribute is not None else None
    concepts = [
        (name, str(sign)) for name, sign in map(sign_of, said(held) if held is not None else [])
    ]
    strength = relation.attributes.get("strength")
    first = (
        relation.id,
        text[holder.start : holder.end] if holder else AUTHOR,
        (holder.entity or "") if holder else AUTHOR,
        relation.label,
        "" if strength is None else str(strength),
        target.id,
        target.label,
    )
    last = [
        _cell(text[target.start : target.end]),
        str(target.start),
        str(target.end),
        *(
            "; ".join(said(relation.attributes[n])) if n in relation.attributes else ""
            for n in more
        ),
    ]
    last[3:] = map(_cell, last[3:])
    before = f"{where},{','.join(map(_cell, first))}"
    place, rest = ",".join(last[:3]), "".join(f",{cell}" for cell in last[3:])
    entity = _entity_ids(holder, how)
    for concept, sign in concepts or [("", "")]:
        id = _cell(how.ids_of("concept", [concept]))
        rows.append(f"{before},{_cell(concept)},{sign},{place},{entity},{id}{rest}")
    every = (
        _cell("; ".join([name for name, _ in concepts])),
        _cell("; ".join([sign for _, sign in concepts])),
    )
    ids = _cell(how.ids_of("concept", [name for name, _ in concepts]))
    wide.append(f"{before},{every[0]},{every[1]},{place},{entity},{ids}{rest}")
