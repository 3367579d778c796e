"""Finished work for comparing annotators: only the annotations, a few hundred completions at a
time."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from annotator.model.decision import Completion
from annotator.model.record import GOLD, Record
from annotator.model.span import (
    NO_ATTRIBUTES,
    Attributes,
    Relation,
    Span,
    reading_order,
    relation_order,
)
from annotator.model.text import Document
from annotator.store import documents
from annotator.store.bounds import WITHOUT, standing
from annotator.store.connection import Database
from annotator.store.isolation import check_attributes, leave_out, state_of

_AT_ONCE = 1000
"""About this many completions are read at a time."""


def progress(
    db: Database, annotators: list[str] | None, document: str | None = None
) -> dict[str, tuple[int, int, int]]:
    """The numbers of completions that are done, skipped, and begun but not done, for every document
    with work (or one), in document order; of these annotators, if given. Gold does not count."""
    # Leave conditions out instead of making them null, so that an index serves one document.
    where, values = "c.completion <> 'new' AND c.annotator <> ?", [GOLD]
    if annotators is not None:
        where, values = (
            f"{where} AND c.annotator IN (SELECT value FROM json_each(?))",
            [*values, json.dumps(annotators)],
        )
    if document is not None:
        where, values = f"{where} AND c.document = ?", [*values, document]
    rows = db.rows(
        "SELECT c.document, sum(c.completion = 'done'), sum(c.completion = 'skipped'), "
        "sum(c.completion = 'in_progress') FROM completion c JOIN document d ON d.id = c.document "
        f"WHERE {where} GROUP BY c.document ORDER BY d.position",
        values,
    )
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


def sharing(db: Database, annotators: list[str] | None) -> list[str]:
    """The annotators who finished a document that somebody else finished too, by name; among these
    annotators, if given."""
    own = (
        "completion = 'done' AND annotator <> ?1 AND (?2 IS NULL OR annotator IN (SELECT value "
        "FROM json_each(?2)))"
    )
    rows = db.rows(
        f"SELECT DISTINCT annotator FROM completion WHERE {own} AND document IN (SELECT "
        f"document FROM completion WHERE {own} GROUP BY document HAVING count(*) > 1) ORDER BY "
        "annotator",
        (GOLD, None if annotators is None else json.dumps(annotators)),
    )
    return [row[0] for row in rows]


def batches(db: Database, ids: Sequence[str], annotators: list[str] | None) -> Iterator[list[str]]:
    """The documents in their order, as many at a time as `records` should read."""
    sizes = {id: row[0] for id, row in progress(db, annotators).items()} if len(ids) > 1 else {}
    some: list[str] = []
    held = 0
    for id in ids:
        some.append(id)
        held += sizes.get(id, 1)
        if held >= _AT_ONCE:
            yield some
            some, held = [], 0
    if some:
        yield some


def records(db: Database, ids: Sequence[str], annotators: Sequence[str] | None) -> list[Record]:
    """The finished completions of a batch of documents, in the order of `ids`, then by annotator.
    Records are without notes, flags and paragraphs marked as done."""
    wanted = json.dumps(list(ids))
    names = None if annotators is None else json.dumps(list(annotators))
    done = db.rows(
        "SELECT document, annotator FROM completion WHERE document IN (SELECT value FROM "
        "json_each(?1)) AND completion = 'done' AND annotator <> ?2 AND (?3 IS NULL OR "
        "annotator IN (SELECT value FROM json_each(?3))) ORDER BY annotator",
        (wanted, GOLD, names),
    )
    held: dict[tuple[str, str], tuple[list[Span], list[Relation]]] = {
        (d, who): ([], []) for d, who in done
    }
    _read(db, wanted, held)
    known = documents.load_many(db, ids)
    excluded = _excluded(db, wanted)
    people: dict[str, list[str]] = {}
    for document, who in done:
        people.setdefault(document, []).append(who)
    out: list[Record] = []
    for id in ids:
        if id not in known:
            continue  # The reason was reported when the document was read.
        for who in people.get(id, ()):
            spans, relations = held[id, who]
            spans = standing(spans, len(known[id].text), f"{id} ({who})")
            spans.sort(key=reading_order)
            relations.sort(key=relation_order)
            document = _shown(known[id], excluded.get((id, who)))
            out.append(Record(document, who, Completion.DONE, tuple(spans), tuple(relations)))
    return out


def _read(
    db: Database, wanted: str, held: Mapping[tuple[str, str], tuple[list[Span], list[Relation]]]
) -> None:
    """Spans and relations, read from their columns; only attributes, if there are any, are
    parsed."""
    _read_kind(db, wanted, held, "span", 'start, "end", entity')
    _read_kind(db, wanted, held, "relation", "source, target, NULL")


def _read_kind(
    db: Database,
    wanted: str,
    held: Mapping[tuple[str, str], tuple[list[Span], list[Relation]]],
    kind: str,
    columns: str,
) -> None:
    """Read the items of a kind; `columns` are two bounds or ends, and the entity."""
    rows = db.rows(
        f"SELECT document, annotator, CASE WHEN instr(state, '\"attributes\":{{}}') THEN NULL "
        f"ELSE state END, item, layer, label, {columns} FROM item WHERE document IN (SELECT value "
        f"FROM json_each(?1)) AND kind = '{kind}'",
        (wanted,),
    )
    states = _attributes([row[2] for row in rows])
    for document, who, state, id, layer, label, one, other, entity in rows:
        found = held.get((document, who))
        attributes = NO_ATTRIBUTES if state is None else next(states)
        if attributes is None:
            leave_out(f"{document} ({who}): {id}", "its attributes are invalid")
        elif None in (layer, label, one, other):
            leave_out(f"{document} ({who}): {id}", WITHOUT)
        elif found is not None and kind == "span":
            found[0].append(Span(id, layer, label, one, other, entity, attributes))
        elif found is not None:
            found[1].append(Relation(id, layer, label, one, other, attributes))


def _attributes(states: Sequence[str | None]) -> Iterator[Attributes | None]:
    """The attributes in states that have any; None for unreadable ones."""
    for state in states:
        try:
            if state is not None:
                yield check_attributes(state_of(state)["value"]["attributes"]) or NO_ATTRIBUTES
        except (TypeError, LookupError, ValueError, RecursionError):
            yield None


def _excluded(db: Database, wanted: str) -> dict[tuple[str, str], dict[int, bool]]:
    """Paragraphs that annotators excluded or brought back: a dict from (document, annotator) to a
    dict from paragraph to whether it is excluded."""
    rows = db.rows(
        "SELECT document, annotator, paragraph, json_extract(state, '$.mark.excluded') FROM item "
        "WHERE document IN (SELECT value FROM json_each(?1)) AND kind = 'paragraph' "
        "AND instr(state, '\"excluded\":null') = 0",
        (wanted,),
    )
    out: dict[tuple[str, str], dict[int, bool]] = {}
    for document, who, paragraph, value in rows:
        if value is not None:
            out.setdefault((document, who), {})[paragraph] = bool(value)
    return out


def _shown(document: Document, changed: Mapping[int, bool] | None) -> Document:
    if not changed:
        return document
    return replace(
        document,
        paragraphs=tuple(
            replace(p, excluded=changed.get(p.index, p.excluded)) for p in document.paragraphs
        ),
    )


class ChangeTracker:
    """Tells what has changed in the work of a project since the last call. It keeps no
    transaction open."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._data = self._sequence = self._run = -1
        self.changed()

    def changed(self) -> set[str] | None:
        """The documents with decisions or suggestions since the last call; None if nobody has
        written anything, which costs no reading of a table."""
        data = int(self._db.value("PRAGMA data_version"))
        if data == self._data:
            return None
        # This is read first, and the last numbers before the rows, so that the next call finds
        # whatever is written in between.
        self._data = data
        sequence = int(self._db.value("SELECT coalesce(max(sequence), 0) FROM event"))
        run = int(self._db.value("SELECT coalesce(max(id), 0) FROM run"))
        found = self._documents("event WHERE sequence", self._sequence, sequence)
        found |= self._documents("suggestion WHERE run", self._run, run)
        self._sequence, self._run = sequence, run
        return found

    def _documents(self, what: str, after: int, until: int) -> set[str]:
        if after < 0 or after == until:
            return set()
        column = what.rpartition(" ")[2]
        sql = f"SELECT DISTINCT document FROM {what} > ? AND {column} <= ?"
        return {row[0] for row in self._db.rows(sql, (after, until))}


__all__ = ["ChangeTracker", "batches", "progress", "records", "sharing"]
