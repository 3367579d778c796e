"""Reads completions as records, for export."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from annotator.collector import collector_paused
from annotator.model.decision import (
    Completion,
)
from annotator.model.provenance import Shown
from annotator.model.record import GOLD, Record
from annotator.model.span import NO_ATTRIBUTES, Relation, Span, reading_order, relation_order
from annotator.model.text import Document
from annotator.store import documents, provenance
from annotator.store.bounds import check_whole, standing
from annotator.store.connection import Database
from annotator.store.isolation import check_attributes, check_texts, leave_out, value_of
from annotator.store.results import CompletionRow

_AT_ONCE = 512
"""The number of completions read in one query."""


def records(
    db: Database,
    *,
    status: Completion | None = None,
    annotator: str | None = None,
    document: str | None = None,
) -> Iterator[Record]:
    """The records, by document order, then annotator, with some documents at a time in memory."""
    wanted = [
        row
        for row in documents.completions(db, document=document, annotator=annotator)
        if status is None or row.completion is status
    ]
    for some in _batches(wanted):
        ids = list(dict.fromkeys(row.document for row in some))
        # Everything read is needed until the batch is done, so garbage collection would find
        # nothing.
        with collector_paused():
            known, work = documents.load_many(db, ids), _work(db, ids, annotator)
        seen, histories = provenance.shown(db, ids, annotator), provenance.histories(db, ids)
        opened = provenance.opened(db, ids, annotator)
        for row in some:
            place = (row.document, row.annotator)
            if row.document not in known:
                leave_out(f"{row.document} ({row.annotator})", "its text is missing")
                continue
            found = _record(
                known[row.document],
                row.annotator,
                row.completion,
                work.get(place) or _CompletionContent(),
            )
            yield _with_provenance(
                found, seen.get(place, ()), opened.get(place, {}), histories.get(place)
            )


def _with_provenance(
    record: Record,
    shown: tuple[Shown, ...],
    opened: Mapping[int, bool | None],
    imported: tuple[Mapping[str, Any], int] | None,
) -> Record:
    """The record with what was shown and opened, and with its imported history if nothing was
    changed since."""
    history = imported[0] if imported is not None else {}
    there = range(len(record.document.paragraphs))
    known = {at: blind for at, blind in opened.items() if blind is not None and at in there}
    if not (shown or known or history):
        return record
    return replace(record, shown=shown, opened=known, history=history)


def _batches(rows: Sequence[CompletionRow]) -> Iterator[Sequence[CompletionRow]]:
    """Completions in order, some hundred at a time, with those of a document together."""
    first = 0
    for at in range(1, len(rows) + 1):
        if at == len(rows) or (
            at - first >= _AT_ONCE and rows[at].document != rows[at - 1].document
        ):
            yield rows[first:at]
            first = at


@dataclass(slots=True)
class _CompletionContent:
    """The content of one completion; `excluded` has the paragraphs that were excluded or brought
    back, `broken` the items that cannot be read."""

    spans: list[Span] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    done: list[int] = field(default_factory=list)
    excluded: dict[int, bool] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    flags: list[str] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)

    def add(self, item: str, columns: Sequence[Any], rest: Sequence[Any]) -> None:
        """Add one item: its columns, and the values that only its state contains (see `_STATE`).
        Raises ValueError if a column has no value."""
        paragraph, kind, layer, label, start, end, source, target, entity = columns
        attributes, origin, done, excluded, note, flagged = rest
        if kind == "span":
            check_whole(layer, label, start, end)
            self.spans.append(Span(item, layer, label, start, end, entity, attributes, origin))
        elif kind == "relation":
            check_whole(layer, label, source, target)
            self.relations.append(Relation(item, layer, label, source, target, attributes, origin))
        elif kind == "paragraph":
            if done:
                self.done.append(paragraph)
            if excluded is not None:
                self.excluded[paragraph] = excluded
        if note and kind != "none":
            self.notes[item] = note
        if flagged and kind != "none":
            self.flags.append(item)


_STATE = """json_extract(state, '$.value.attributes', '$.value.origin', '$.mark.done',
    '$.mark.excluded', '$.note', '$.flagged')"""


def _work(
    db: Database, ids: Sequence[str], annotator: str | None
) -> dict[tuple[str, str], _CompletionContent]:
    """The content of the completions of some documents. Most of it is in columns. What only the
    state contains is equal in many items, so it is parsed once.
    """
    rows = db.rows(
        'SELECT document, annotator, item, paragraph, kind, layer, label, start, "end", source, '
        f"target, entity, {_STATE} FROM item WHERE document IN (SELECT value FROM "
        "json_each(?1)) AND (?2 IS NULL OR annotator = ?2) AND (kind <> 'document' OR "
        "instr(state, '\"note\"') OR instr(state, '\"flagged\"'))",
        (json.dumps(list(ids)), annotator),
    )
    read: dict[str, tuple[Any, ...] | Exception] = {}
    out: dict[tuple[str, str], _CompletionContent] = {}
    here: tuple[str, str] | None = None
    work = _CompletionContent()
    for id, who, item, *columns, state in rows:
        if here is None or who != here[1] or id != here[0]:
            here = (id, who)
            work = out.setdefault(here, _CompletionContent())
        rest = read.get(state)
        if rest is None:
            rest = read[state] = _read(state)
        try:
            if isinstance(rest, Exception):
                raise rest
            work.add(item, columns, rest)
        except (TypeError, ValueError, RecursionError) as error:
            work.broken.add(item)
            leave_out(f"{id} ({who}): {item}", error)
    return out


def _read(state: str) -> tuple[Any, ...] | Exception:
    """The values that only the state of an item contains, in the order of `_STATE`, or what is
    wrong with them."""
    try:
        attributes, origin, done, excluded, note, flagged = value_of(state)
        held = check_attributes(attributes, "" if origin is None else origin) or NO_ATTRIBUTES
        if note is not None:
            check_texts(note=note)
    except (TypeError, ValueError, RecursionError) as error:
        return error
    return held, origin, done, excluded, note, flagged


def _readable_ends(work: _CompletionContent, where: str) -> Iterator[Relation]:
    """The relations, without those of items that cannot be read."""
    for one in work.relations:
        if work.broken and not work.broken.isdisjoint((one.source, one.target)):
            leave_out(f"{where}: {one.id}", "one of its ends cannot be read")
        else:
            yield one


def _record(
    document: Document, annotator: str, status: Completion, work: _CompletionContent
) -> Record:
    if work.excluded:
        paragraphs = tuple(
            p if (x := work.excluded.get(p.index)) is None else replace(p, excluded=x)
            for p in document.paragraphs
        )
        document = replace(document, paragraphs=paragraphs)
    where = f"{document.id} ({annotator})"
    spans = standing(work.spans, len(document.text), where)
    return Record(
        document,
        None if annotator == GOLD else annotator,
        status,
        tuple(sorted(spans, key=reading_order)),
        tuple(sorted(_readable_ends(work, where), key=relation_order)),
        tuple(sorted(work.done)),
        dict(sorted(work.notes.items())),
        tuple(sorted(work.flags)),
    )


def standing_record(db: Database, document: Document, annotator: str, status: Completion) -> Record:
    """The content of one completion."""
    work = _work(db, [document.id], annotator).get((document.id, annotator), _CompletionContent())
    return _record(document, annotator, status, work)


__all__ = ["records", "standing_record"]
