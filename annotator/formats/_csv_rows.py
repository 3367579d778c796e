"""Rows of the tables of items and statements, as lines of CSV.

Cells that many rows have are made once: those of labels, names, and values of attributes. Rows that
begin with the same cells are joined in one step, since the beginning is most of a row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias

from annotator.formats._writing import WriteOptions, annotator_name, sign_of, value_texts
from annotator.model.names import concepts_of, names_in
from annotator.model.record import Record
from annotator.model.span import AUTHOR, Attributes, Relation, Span

_KEPT = 100_000
"""The number of cells of each kind that are kept."""


def cell(text: str) -> str:
    """A cell, in quotation marks if it needs them. The csv module would take twice as long for a
    row."""
    if "," in text or '"' in text or "\n" in text or "\r" in text:
        return '"' + text.replace('"', '""') + '"'
    return text


_known_cell = lru_cache(maxsize=_KEPT)(cell)
"""The cell of a text that many rows have: a label, a name, a value."""


@dataclass(slots=True)
class Tables:
    """The lines of the four tables that are not written yet; a text can hold several lines."""

    items: list[str] = field(default_factory=list)
    values: list[str] = field(default_factory=list)
    statements: list[str] = field(default_factory=list)
    wide: list[str] = field(default_factory=list)


_ValueCells: TypeAlias = tuple[str, Sequence[str], Mapping[str, str]]
"""The cells of an item's values: the last cells of its row, the last cells of the row of each of
its values, and the cell of each attribute."""


_SpanCells: TypeAlias = tuple[Span, str, str, str, str]
"""A span with those of its cells that its statements have too: its id, its quote, its name and the
external id of its name. There is one for each span, and a named tuple takes long to make."""


class CsvRows:
    """Makes the rows of the four tables. The attributes `names` have a column in `items.csv`, and
    the attributes `more` have one in the tables of statements."""

    def __init__(self, how: WriteOptions, names: Sequence[str], more: Sequence[str]) -> None:
        self._ids_of = how.ids_of
        self._entity = lru_cache(maxsize=_KEPT)(self._entity_cells)
        self._concept = lru_cache(maxsize=_KEPT)(self._concept_cells)
        self._known_values: dict[str, _ValueCells] = {}
        self._names, self._more = ("", *names), more
        self._blank = dict.fromkeys((*self._names, *more, "strength"), "")
        self._places = {
            layer.name
            for layer in how.schema.layers
            if any(attribute.type == "span" for attribute in layer.attributes)
        }
        self._concepts = {name: held for name, (held, _) in concepts_of(how.schema).items()}

    def add(self, record: Record, tables: Tables) -> None:
        """Add the rows of a record's items, of their values, and of its statements: the spans in
        the order of the text, then the relations, in the order of the claims they are about."""
        where, text, known = _where(record), record.document.text, _known_cell
        spans: dict[str, _SpanCells] = {}
        for s in record.spans:
            name, name_id = self._entity(s.entity) if s.entity else ("", "")
            id, quote = cell(s.id), cell(text[s.start : s.end])
            spans[s.id] = (s, id, quote, name, name_id)
            head = (
                f"{where},{id},span,{known(s.layer)},{known(s.label)},{s.start},{s.end},"
                f"{quote},{name},,,{known(s.origin)},{name_id}"
            )
            self._item(head, s, tables)
        for r in sorted(record.relations, key=lambda one: _position(one, spans)):
            id = cell(r.id)
            target, holder = spans.get(r.target), spans.get(r.source)
            head = (
                f"{where},{id},relation,{known(r.layer)},{known(r.label)},,,,,"
                f"{holder[1] if holder else cell(r.source)},"
                f"{target[1] if target else cell(r.target)},{known(r.origin)},"
            )
            cells = self._item(head, r, tables)
            if target is not None and (holder is not None or r.source == AUTHOR):
                self._statement(f"{where},{id}", r, holder, target, cells, tables)

    def _item(self, head: str, item: Span | Relation, tables: Tables) -> Mapping[str, str]:
        """Add an item's row, and the rows of its values; `head` is what is before them. Return the
        cells of its values by the names of the attributes."""
        columns, values, cells = self._cells_of(item)
        tables.items.append(head + columns)
        if len(values) == 1:
            tables.values.append(head + values[0])
        else:
            tables.values += [head + value for value in values]
        return cells

    def _cells_of(self, item: Span | Relation) -> _ValueCells:
        """The cells of an item's values."""
        if item.layer in self._places:
            # Two places are hardly ever alike, so storing their cells would be in vain.
            return self._value_cells(item.attributes)
        key = repr(item.attributes)
        found = self._known_values.get(key)
        if found is None:
            if len(self._known_values) == _KEPT:
                self._known_values.clear()
            found = self._known_values[key] = self._value_cells(item.attributes)
        return found

    def _value_cells(self, given: Attributes) -> _ValueCells:
        """The cells of the values of an item with such attributes."""
        cells, values = self._blank.copy(), list[str]()
        for name, value in sorted(given.items()):
            if not isinstance(value, list):
                cells[name], row = _known_row(name, str(value))
                values.append(row)
            elif held := value_texts(value):
                cells[name] = cell("; ".join(held))
                values += [f",{_known_cell(name)},{cell(one)}" for one in held]
        return ",".join([cells[name] for name in self._names]), values or [",,"], cells

    def _statement(
        self,
        where: str,
        r: Relation,
        holder: _SpanCells | None,
        target: _SpanCells,
        cells: Mapping[str, str],
        tables: Tables,
    ) -> None:
        """Add the rows of a statement with the `cells` of its values: one for each concept of its
        claim, and to `wide` one with all of them."""
        claim, claim_id, claim_quote, *_ = target
        _, _, quote, name, name_id = holder or (None, "", AUTHOR, AUTHOR, "")
        before = (
            f"{where},{quote},{name},{_known_cell(r.label)},{cells['strength']},{claim_id},"
            f"{_known_cell(claim.label)}"
        )
        after = f"{claim_quote},{claim.start},{claim.end},{name_id}"
        rest = "".join([f",{cells[name]}" for name in self._more])
        concepts = self._concepts_of(claim)
        each = [
            f"{before},{concept},{sign},{after},{id}{rest}"
            for concept, sign, id in map(self._concept, concepts)
        ] or [f"{before},,,{after},{rest}"]
        tables.statements += each
        if len(each) == 1:
            tables.wide += each
        else:
            names, signs, ids = self._all_concepts(concepts)
            tables.wide.append(f"{before},{names},{signs},{after},{ids}{rest}")

    def _concepts_of(self, claim: Span) -> list[str]:
        attribute = self._concepts.get(claim.layer)
        held = claim.attributes.get(attribute) if attribute is not None else None
        return value_texts(held) if held is not None else []

    def _all_concepts(self, concepts: Sequence[str]) -> tuple[str, str, str]:
        """The cells with the concepts of a claim in their positive wordings, their signs and their
        ids."""
        signed = [sign_of(concept) for concept in concepts]
        every = [name for name, _ in signed]
        signs = "; ".join([str(sign) for _, sign in signed])
        return _known_cell("; ".join(every)), signs, _known_cell(self._ids_of("concept", every))

    def _entity_cells(self, entity: str) -> tuple[str, str]:
        """The cells with the entities of a span, and with their external ids."""
        return cell(entity), cell(self._ids_of("entity", names_in("entity", entity)))

    def _concept_cells(self, concept: str) -> tuple[str, int, str]:
        """The cell with a concept in its positive wording, its sign, and the cell with its id."""
        name, sign = sign_of(concept)
        return cell(name), sign, cell(self._ids_of("concept", [name]))


@lru_cache(maxsize=_KEPT)
def _known_row(name: str, value: str) -> tuple[str, str]:
    """The cell of a value, and the last cells of its own row."""
    found = cell(value)
    return found, f",{cell(name)},{found}"


def _position(r: Relation, spans: Mapping[str, _SpanCells]) -> tuple[int, int, int, str, str]:
    """Sort key of a relation: where its target is in the text, then its source; the author's own
    come first."""
    target, holder = spans.get(r.target), spans.get(r.source)
    start, end = (target[0].start, target[0].end) if target else (-1, -1)
    return start, -end, holder[0].start if holder else -1, r.layer, r.id


def _where(record: Record) -> str:
    """The cells that are the same in all rows of a record."""
    document = record.document
    date = document.meta.get("date")
    texts = (
        document.id,
        document.title,
        "" if date is None else str(date),
        annotator_name(record),
        record.status.value,
    )
    return ",".join(map(cell, texts))
