"""Rows of the tables of items and statements, as lines of CSV.

Cells that many rows have are made once: those of labels, names, and values of attributes. Rows that
begin with the same cells are joined in one step, since the beginning is most of a row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from annotator.formats._writing import WriteOptions, annotator_name, sign_of, value_texts
from annotator.json_text import json_bytes
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


class _ValueCells(NamedTuple):
    """The cells of an item's values, each in two parts: what is before its place in the text, and
    what is after it; without a place, everything is before it. `columns` are the last cells of its
    row, `values` the last cells of the row of each of its values, and `more` those of the tables of
    statements."""

    columns: tuple[str, str]
    values: tuple[Sequence[str], Sequence[str]]
    more: tuple[str, str]
    strength: str


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
        self._kind = lru_cache(maxsize=_KEPT)(_kind_cells)
        self._known_values: dict[tuple[str, bytes], _ValueCells] = {}
        self._names, self._more = names, more
        self._places = {
            layer: min(places) if places else "" for layer, places in how.schema.places.items()
        }
        self._every_place = how.schema.places
        self._concepts = {name: held for name, (held, _) in concepts_of(how.schema).items()}

    def add(self, record: Record, tables: Tables) -> None:
        """Add the rows of a record's items, of their values, and of its statements: the spans in
        the order of the text, then the relations, in the order of the claims they are about."""
        where, text, kind, item = _where(record), record.document.text, self._kind, self._item
        spans: dict[str, _SpanCells] = {}
        for s in record.spans:
            id, start, end, layer = s.id, s.start, s.end, s.layer
            name, name_id = self._entity(s.entity) if s.entity else ("", "")
            own, quote = id if id.isalnum() else cell(id), cell(text[start:end])
            spans[id] = (s, own, quote, name, name_id)
            item(
                f"{where},{own},span,{kind(layer, s.label)},{start},{end},"
                f"{quote},{name},,,{_known_cell(s.origin)},{name_id}",
                layer,
                s.attributes,
                tables,
            )
        for r in sorted(record.relations, key=lambda one: _position(one, spans)):
            self._relation(f"{where},{cell(r.id)}", r, spans, tables)

    def _relation(
        self, before: str, r: Relation, spans: Mapping[str, _SpanCells], tables: Tables
    ) -> None:
        """Add the rows of a relation; `before` are its first cells."""
        target, holder = spans.get(r.target), spans.get(r.source)
        ends = (
            f"{holder[1] if holder else cell(r.source)},{target[1] if target else cell(r.target)}"
        )
        kind, origin = self._kind(r.layer, r.label), _known_cell(r.origin)
        head = f"{before},relation,{kind},,,,,{ends},{origin},"
        cells, place = self._item(head, r.layer, r.attributes, tables)
        if target is None or (holder is None and r.source != AUTHOR):
            return
        _, _, quote, name, name_id = holder or (None, "", AUTHOR, AUTHOR, "")
        first, last = cells.more
        side = _known_cell(r.label)
        self._statement(
            f"{before},{quote},{name},{side},{cells.strength}",
            target,
            name_id,
            f"{first}{place}{last}",
            tables,
        )

    def _item(
        self, head: str, layer: str, given: Attributes, tables: Tables
    ) -> tuple[_ValueCells, str]:
        """Add an item's row, and the rows of its values; `head` is what is before them. Return the
        cells of its values, and that of its place."""
        own = self._places[layer]
        if own and own in given:
            # Two places are hardly ever alike, so the cells of all the rest are stored without it.
            given = dict(given)
            (place,) = value_texts(given.pop(own), place=True)
        else:
            own = place = ""
        # What a project holds without attributes is a mapping that is no dictionary.
        key = (own, json_bytes(given if type(given) is dict else dict(given)))
        cells = self._known_values.get(key)
        if cells is None:
            cells = self._kept(key, self._value_cells(given, layer, own))
        (before, after), (first, last), *_ = cells
        values = tables.values
        for value in first:
            values.append(head + value)
        if own:
            before = f"{before}{place}{after}"
            values.append(f"{head},{_known_cell(own)},{place}")
            values += [head + value for value in last]
        tables.items.append(head + before)
        return cells, place

    def _kept(self, key: tuple[str, bytes], cells: _ValueCells) -> _ValueCells:
        if len(self._known_values) == _KEPT:
            self._known_values.clear()
        self._known_values[key] = cells
        return cells

    def _value_cells(self, given: Attributes, layer: str, place: str) -> _ValueCells:
        """The cells of the values of an item with such attributes."""
        cells = dict[str, str]()
        values: tuple[list[str], list[str]] = ([], [])
        for name, value in sorted(given.items()):
            held = value_texts(value, place=name in self._every_place[layer])
            if held:
                cells[name] = cell("; ".join(held))
            side = values[1 if place and name > place else 0]
            side += [f",{cell(name)},{cell(one)}" for one in held]
        if not place and not values[0]:
            values[0].append(",,")
        return _ValueCells(
            _divided(("", *self._names), cells, place),
            values,
            _divided(self._more, cells, place, ","),
            cells.get("strength", ""),
        )

    def _statement(
        self, before: str, target: _SpanCells, name_id: str, more: str, tables: Tables
    ) -> None:
        """Add the rows of a statement about the claim `target`: one for each concept of the claim,
        and to `wide` one with all of them. `before` are its first cells, and `more` its last."""
        claim, claim_id, claim_quote, *_ = target
        before = f"{before},{claim_id},{_known_cell(claim.label)}"
        after = f"{claim_quote},{claim.start},{claim.end},{name_id}"
        concepts = self._concepts_of(claim)
        each = [
            f"{before},{concept},{sign},{after},{id}{more}"
            for concept, sign, id in map(self._concept, concepts)
        ] or [f"{before},,,{after},{more}"]
        tables.statements += each
        if len(each) == 1:
            tables.wide += each
        else:
            names, signs, ids = self._all_concepts(concepts)
            tables.wide.append(f"{before},{names},{signs},{after},{ids}{more}")

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


def _kind_cells(layer: str, label: str) -> str:
    return f"{cell(layer)},{cell(label)}"


def _divided(
    names: Sequence[str], cells: Mapping[str, str], place: str, lead: str = ""
) -> tuple[str, str]:
    """The cells of `names`, divided where the place belongs; `lead` is before the first cell."""
    row = [cells.get(name, "") for name in names]
    if not place or place not in names:
        return (lead + ",".join(row) if row else ""), ""
    at = names.index(place)
    before, after = row[:at], row[at + 1 :]
    return lead + "".join([f"{one}," for one in before]), "".join([f",{one}" for one in after])


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
