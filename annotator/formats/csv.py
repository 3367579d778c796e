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
from annotator.model.span import AUTHOR, Attributes, Relation, Span

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


_AT_ONCE = 8
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
            written.items(where, record, tables[0], tables[1])
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


class _Rows:
    """Makes the rows of the four tables. The attributes `names` have a column in `items.csv`, and
    the attributes `more` have one in the tables of statements."""

    def __init__(self, how: WriteOptions, names: Sequence[str], more: Sequence[str]) -> None:
        self._ids_of = how.ids_of
        self._entity = lru_cache(maxsize=100_000)(self._entity_cells)
        self._concept = lru_cache(maxsize=100_000)(self._concept_cells)
        self._of_values = lru_cache(maxsize=100_000)(
            lambda _, attributes: self._cells(dict(attributes))
        )
        self._column = {name: i for i, name in enumerate(names)}
        self._more = more
        self._concepts = {name: held for name, (held, _) in concepts_of(how.schema).items()}

    def items(self, where: str, record: Record, wide: list[str], long: list[str]) -> None:
        """Add the rows of the items of a record, and the rows of their values."""
        text, cell, known, entity = record.document.text, _cell, _known_cell, self._entity
        for s in record.spans:
            name, ids = entity(s.entity) if s.entity else ("", "")
            head = (
                f"{where},{cell(s.id)},span,{known(s.layer)},{known(s.label)},{s.start},{s.end},"
                f"{cell(text[s.start : s.end])},{name},,,{known(s.origin)},{ids}"
            )
            self._add(head, s, wide, long)
        for r in record.relations:
            head = (
                f"{where},{cell(r.id)},relation,{known(r.layer)},{known(r.label)},,,,,"
                f"{cell(r.source)},{cell(r.target)},{known(r.origin)},"
            )
            self._add(head, r, wide, long)

    def _add(self, head: str, item: Span | Relation, wide: list[str], long: list[str]) -> None:
        """Add an item's row, and the rows of its values; `head` is what is before them."""
        attributes = item.attributes
        if list in map(type, attributes.values()):  # Lists are hardly ever alike.
            columns, values = self._cells(attributes)
        else:
            columns, values = self._of_values(item.layer, tuple(attributes.items()))
        wide.append(head + columns)
        if len(values) == 1:
            long.append(head + values[0])
        else:
            long += [head + one for one in values]

    def _cells(self, attributes: Attributes) -> tuple[str, list[str]]:
        """The last cells of the row of an item, and those of the rows of its values."""
        column, known = self._column, _known_cell
        cells, long = [""] * len(column), list[str]()
        for name in sorted(attributes):
            value = attributes[name]
            if isinstance(value, str):
                whole = known(value)
                long.append(f",{known(name)},{whole}")
            else:
                values = said(value)
                whole = known("; ".join(values))
                long += [f",{known(name)},{known(one)}" for one in values]
            if name in column:
                cells[column[name]] = whole
        return f",{','.join(cells)}" if cells else "", long or [",,"]

    def _entity_cells(self, entity: str) -> tuple[str, str]:
        """The cells with the entities of a span, and with their external ids."""
        names = [name.strip() for name in entity.split(";")]
        return _cell(entity), _cell(self._ids_of("entity", names))

    def statement(
        self, where: str, one: ResolvedRelation, rows: list[str], wide: list[str]
    ) -> None:
        """Add the rows of a statement: one for each concept of its claim,
        and to `wide` one with all of them."""
        relation, target, holder = one.relation, one.target, one.holder
        text, attributes = one.record.document.text, relation.attributes
        attribute = self._concepts.get(target.layer)
        held = target.attributes.get(attribute) if attribute is not None else None
        concepts = said(held) if held is not None else []
        strength = attributes.get("strength")
        name, entity = self._entity(holder.entity) if holder and holder.entity else ("", "")
        name = name if holder else AUTHOR
        before = (
            f"{where},{_cell(relation.id)},"
            f"{_cell(text[holder.start : holder.end]) if holder else AUTHOR},"
            f"{name},"
            f"{_known_cell(relation.label)},{'' if strength is None else _cell(str(strength))},"
            f"{_cell(target.id)},{_known_cell(target.label)}"
        )
        place = f"{_cell(text[target.start : target.end])},{target.start},{target.end}"
        rest = "".join(
            [
                f",{_known_cell('; '.join(said(attributes[n])))}" if n in attributes else ","
                for n in self._more
            ]
        )
        after = f"{place},{entity}"
        each = [
            f"{before},{name},{sign},{after},{id}{rest}"
            for name, sign, id in map(self._concept, concepts)
        ] or [f"{before},,,{after},{rest}"]
        rows += each
        if len(each) == 1:
            wide += each
            return
        signed = [sign_of(concept) for concept in concepts]
        every = [name for name, _ in signed]
        signs = "; ".join([str(sign) for _, sign in signed])
        ids = _known_cell(self._ids_of("concept", every))
        wide.append(f"{before},{_known_cell('; '.join(every))},{signs},{after},{ids}{rest}")

    def _concept_cells(self, concept: str) -> tuple[str, int, str]:
        """The cell with a concept in its positive wording, its sign, and the cell with its id."""
        name, sign = sign_of(concept)
        return _cell(name), sign, _cell(self._ids_of("concept", [name]))
