"""Tables: texts are read from CSV, TSV and what spreadsheets write; items and statements are
written. It writes four tables, which R's `read.csv` and pandas can read (UTF-8, LF, doubled
quotation marks, empty cells for missing values): `items.csv` has a row for each item and a column
for each attribute, `items-long.csv` a row for each value; `statements.csv` has a row for each
statement and concept, with `sign` -1 if the concept is the contrary of its wording, and
`statements-wide.csv` a row for each statement.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
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
from annotator.model.names import concepts_of
from annotator.model.record import Record
from annotator.model.span import AUTHOR, Relation, Span

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
        yield name, _bytes([",".join(map(_cell, (*_WHERE, *head)))])
    written = _Rows(how, names, more)
    for some in _batched(records):
        tables: tuple[list[str], ...] = ([], [], [], [])
        for record in some:
            count_lost(record, how.lost, "notes", "flags", "excluded paragraphs")
            how.lost["metadata"] += len(record.document.meta.keys() - {"date"})
            where = _where(record)
            items: list[Span | Relation] = [*record.spans, *record.relations]
            for item in items:
                written.item(f"{where},{written.head(record, item)}", item, tables[0], tables[1])
            for one in resolved_relations(record):
                written.statement(where, one, tables[2], tables[3])
        for name, rows in zip(_TABLES, tables, strict=True):
            yield name, _bytes(rows)


def _batched(records: Iterable[Record]) -> Iterator[list[Record]]:
    rest = iter(records)
    while some := list(islice(rest, _AT_ONCE)):
        yield some


def _bytes(rows: list[str]) -> bytes:
    # Row by row: most are ASCII, and a single one that is not would make encoding all of them slow.
    return b"\n".join([*map(str.encode, rows), b""])


def _cell(text: str) -> str:
    """A cell, in quotation marks if it needs them. The csv module would take twice as long for a
    row, and here cells that are the same in many rows are made once."""
    if _SPECIAL(text) is None:
        return text
    return '"' + text.replace('"', '""') + '"'


@lru_cache(maxsize=100_000)
def _attribute(name: str, value: str) -> str:
    """The last cells of the row of a value."""
    return f",{_cell(name)},{_cell(value)}"


_known_cell = lru_cache(maxsize=100_000)(_cell)
"""The cell of a text that many rows have: a label, a name, a value."""


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


_NO_CONCEPT: list[tuple[str, int | str]] = [("", "")]


class _Rows:
    """Makes the rows of the four tables. The attributes `names` have a column in `items.csv`, and
    the attributes `more` have one in the tables of statements."""

    def __init__(self, how: WriteOptions, names: Sequence[str], more: Sequence[str]) -> None:
        self._ids_of = how.ids_of
        self._column = {name: i for i, name in enumerate(names)}
        self._more = more
        self._concepts = {name: held for name, (held, _) in concepts_of(how.schema).items()}

    def head(self, record: Record, item: Span | Relation) -> str:
        """The cells of an item before its attributes."""
        kind = f"{_known_cell(item.layer)},{_known_cell(item.label)}"
        origin = _known_cell(item.origin)
        if isinstance(item, Span):
            quote = _cell(record.document.text[item.start : item.end])
            entity = _known_cell(item.entity) if item.entity else ""
            return (
                f"{_cell(item.id)},span,{kind},{item.start},{item.end},{quote},"
                f"{entity},,,{origin},{self._entity_ids(item)}"
            )
        ends = f"{_cell(item.source)},{_cell(item.target)}"
        return f"{_cell(item.id)},relation,{kind},,,,,{ends},{origin},"

    def _entity_ids(self, span: Span | None) -> str:
        """The cell with the external ids of the entities of a span."""
        if span is None or not span.entity:
            return ""
        return _known_cell(
            self._ids_of("entity", [name.strip() for name in span.entity.split(";")])
        )

    def item(self, head: str, item: Span | Relation, wide: list[str], long: list[str]) -> None:
        """Add the row of an item, and the rows of its values."""
        cells = [""] * len(self._column)
        before = len(long)
        for name in sorted(item.attributes):
            value = item.attributes[name]
            values = (value,) if isinstance(value, str) else said(value)
            if name in self._column:
                cells[self._column[name]] = _known_cell("; ".join(values))
            long += [head + _attribute(name, one) for one in values]
        if len(long) == before:
            long.append(f"{head},,")
        wide.append(f"{head},{','.join(cells)}" if cells else head)

    def statement(
        self, where: str, one: ResolvedRelation, rows: list[str], wide: list[str]
    ) -> None:
        """Add the rows of a statement: one for each concept of its claim,
        and to `wide` one with all of them."""
        relation, target, holder = one.relation, one.target, one.holder
        text, attributes = one.record.document.text, relation.attributes
        attribute = self._concepts.get(target.layer)
        held = target.attributes.get(attribute) if attribute is not None else None
        concepts = list(map(sign_of, said(held))) if held is not None else []
        strength = attributes.get("strength")
        before = (
            f"{where},{_cell(relation.id)},"
            f"{_cell(text[holder.start : holder.end]) if holder else AUTHOR},"
            f"{_known_cell(holder.entity or '') if holder else AUTHOR},"
            f"{_known_cell(relation.label)},{'' if strength is None else _cell(str(strength))},"
            f"{_cell(target.id)},{_known_cell(target.label)}"
        )
        place = f"{_cell(text[target.start : target.end])},{target.start},{target.end}"
        entity = self._entity_ids(holder)
        rest = "".join(
            [
                f",{_known_cell('; '.join(said(attributes[n])))}" if n in attributes else ","
                for n in self._more
            ]
        )
        for concept, sign in concepts or _NO_CONCEPT:
            id = _known_cell(self._ids_of("concept", [concept]))
            rows.append(f"{before},{_known_cell(concept)},{sign},{place},{entity},{id}{rest}")
        every = [name for name, _ in concepts]
        signs = "; ".join([str(sign) for _, sign in concepts])
        ids = _known_cell(self._ids_of("concept", every))
        shown = _known_cell("; ".join(every))
        wide.append(f"{before},{shown},{signs},{place},{entity},{ids}{rest}")
