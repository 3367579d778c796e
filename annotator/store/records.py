"""Records: what stands in completions read for export, and completions of elsewhere written on import."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from annotator.errors import InputError
from annotator.identity import kept_name
from annotator.model.decision import (
    DOCUMENT,
    Action,
    Completion,
    CompletionMark,
    ItemValue,
    ParagraphMark,
    Standing,
    Status,
    paragraph_item,
)
from annotator.model.naming import Concepts
from annotator.model.provenance import Shown
from annotator.model.record import GOLD, Record, same_work
from annotator.model.span import NO_ATTRIBUTES, Annotation, Relation, Span, reading_order, relation_order
from annotator.model.text import Document
from annotator.store import documents, naming, provenance
from annotator.store.codec import now, standing_text, uuid7
from annotator.store.connection import Database
from annotator.store.log import INSERT_EVENT, PUT_COMPLETION, PUT_ITEM, item_row
from annotator.store.rows import AddResult, CompletionRow

_AT_ONCE = 512
"""Completions that are read in one query."""


def records(
    db: Database,
    *,
    status: Completion | None = None,
    annotator: str | None = None,
    document: str | None = None,
) -> Iterator[Record]:
    """What stands, by document order, then annotator; some documents at a time in memory."""
    wanted = [
        row
        for row in documents.completions(db, document=document, annotator=annotator)
        if status is None or row.completion is status
    ]
    for some in _batches(wanted):
        ids = list(dict.fromkeys(row.document for row in some))
        known, work = documents.load_many(db, ids), _work(db, ids, annotator)
        seen, told = provenance.shown(db, ids, annotator), provenance.histories(db, ids)
        for row in some:
            place = (row.document, row.annotator)
            found = _record(known[row.document], row.annotator, row.completion, work.get(place) or _Work())
            yield _with_provenance(found, seen.get(place, ()), told.get(place))


def _with_provenance(
    record: Record, shown: tuple[Shown, ...], told: tuple[Mapping[str, Any], int] | None
) -> Record:
    """The record with what was shown, and with the history that it came with where nothing was changed since."""
    history = told[0] if told is not None else {}
    return replace(record, shown=shown, history=history) if shown or history else record


def _batches(rows: Sequence[CompletionRow]) -> Iterator[Sequence[CompletionRow]]:
    """Completions in their order, those of a document together, some hundred at a time."""
    first = 0
    for at in range(1, len(rows) + 1):
        if at == len(rows) or (at - first >= _AT_ONCE and rows[at].document != rows[at - 1].document):
            yield rows[first:at]
            first = at


@dataclass(slots=True)
class _Work:
    """What stands in one completion; `excluded` holds the paragraphs that were left out or brought back."""

    spans: list[Span] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    done: list[int] = field(default_factory=list)
    excluded: dict[int, bool] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    flags: list[str] = field(default_factory=list)


_STATE = """json_extract(
    state, '$.value.attributes', '$.value.origin', '$.mark.done', '$.mark.excluded', '$.note', '$.flagged')"""


def _work(db: Database, ids: Sequence[str], annotator: str | None) -> dict[tuple[str, str], _Work]:
    """What stands in the completions of some documents.

    Most of it has columns of its own. What only the state holds is alike in many items, and read once.
    """
    rows = db.rows(
        f'SELECT document, annotator, item, paragraph, kind, layer, label, start, "end", source, target, entity, '
        f"{_STATE} FROM item WHERE document IN (SELECT value FROM json_each(?1)) AND (?2 IS NULL OR annotator = ?2)",
        (json.dumps(list(ids)), annotator),
    )
    read: dict[str, list[Any]] = {}
    out: dict[tuple[str, str], _Work] = {}
    for id, who, item, paragraph, kind, layer, label, start, end, source, target, entity, state in rows:
        work = out.get((id, who))
        if work is None:
            work = out[id, who] = _Work()
        rest = read.get(state)
        if rest is None:
            rest = read[state] = json.loads(state)
        attributes, origin, done, excluded, note, flagged = rest
        if kind == "span":
            work.spans.append(
                Span(item, layer, label, start, end, entity, attributes or NO_ATTRIBUTES, origin)
            )
        elif kind == "relation":
            work.relations.append(
                Relation(item, layer, label, source, target, attributes or NO_ATTRIBUTES, origin)
            )
        elif kind == "paragraph":
            if done:
                work.done.append(paragraph)
            if excluded is not None:
                work.excluded[paragraph] = excluded
        if note and kind != "none":
            work.notes[item] = note
        if flagged and kind != "none":
            work.flags.append(item)
    return out


def _record(document: Document, annotator: str, status: Completion, work: _Work) -> Record:
    if work.excluded:
        paragraphs = tuple(
            p if (x := work.excluded.get(p.index)) is None else replace(p, excluded=x)
            for p in document.paragraphs
        )
        document = replace(document, paragraphs=paragraphs)
    return Record(
        document,
        None if annotator == GOLD else annotator,
        status,
        tuple(sorted(work.spans, key=reading_order)),
        tuple(sorted(work.relations, key=relation_order)),
        tuple(sorted(work.done)),
        dict(sorted(work.notes.items())),
        tuple(sorted(work.flags)),
    )


def add_records(db: Database, incoming: Iterable[Record], *, concepts: Concepts) -> AddResult:
    """Import completions, all or none; see `project.log.add_records`."""
    fresh = done = 0
    known: list[str] = []
    with db.write():
        for one in incoming:
            new = documents.place(db, one.document)
            fresh += new
            stored = one.document if new else documents.load(db, one.document.id)
            name = GOLD if one.annotator is None else kept_name(one.annotator)
            if _add_record(db, stored, name, one, concepts):
                done += 1
            else:
                known.append(f"{stored.id} ({'gold' if name == GOLD else name})")
    return AddResult(fresh, done, tuple(known))


def _add_record(db: Database, stored: Document, name: str, one: Record, concepts: Concepts) -> bool:
    """Import one completion; False when it is there already, just as it is."""
    bounds = [(p.start, p.end) for p in one.document.paragraphs]
    if bounds != [(p.start, p.end) for p in stored.paragraphs]:
        raise InputError(
            f"“{stored.id}” is in the project with other paragraphs", key="paragraphs",
            hint="Import it into a project of its own, or leave `paragraphs` out",
        )  # fmt: skip
    begun = db.row(
        "SELECT completion FROM completion WHERE annotator = ? AND document = ? AND completion <> 'new'",
        (name, stored.id),
    )
    if begun is not None:
        work = _work(db, [stored.id], name).get((stored.id, name), _Work())
        there = _record(stored, name, Completion(begun[0]), work)
        if same_work(there, one):
            return False
        raise InputError(
            f"“{stored.id}” already holds other work of {'the gold' if name == GOLD else name}",
            key="annotator",
            hint="Import it under another name with --as",
        )
    _write_completion(db, stored, name, one, concepts)
    return True


def _standings(stored: Document, one: Record) -> Iterator[tuple[str, int, Standing]]:
    """Item, paragraph and state of everything a record holds."""

    def standing(item: str, status: Status, value: ItemValue) -> Standing:
        return Standing(status, value, one.notes.get(item, ""), item in one.flags)

    paragraph_of = {s.id: stored.paragraph_at(s.start).index for s in one.spans}
    places = [(s, paragraph_of[s.id]) for s in one.spans]
    edges = [(r, paragraph_of[r.target]) for r in one.relations]
    placed: list[tuple[Annotation, int]] = [*places, *edges]
    for value, index in placed:
        status = Status.ACCEPTED if value.origin == "suggestion" else Status.ADDED
        yield value.id, index, standing(value.id, status, value)
    done = set(one.done)
    for own, theirs in zip(stored.paragraphs, one.document.paragraphs, strict=True):
        item = paragraph_item(own.index)
        excluded = None if own.excluded == theirs.excluded else theirs.excluded
        mark = ParagraphMark(own.index in done, excluded)
        if mark != ParagraphMark() or item in one.notes or item in one.flags:
            yield item, own.index, standing(item, Status.MARKED, mark)
    yield DOCUMENT, -1, standing(DOCUMENT, Status.MARKED, CompletionMark(one.status))


def _write_completion(db: Database, stored: Document, name: str, one: Record, concepts: Concepts) -> None:
    time, group = now(), uuid7()
    events_, items = [], []
    before = db.value(
        "SELECT revision FROM completion WHERE annotator = ? AND document = ?", (name, stored.id)
    )
    for revision, (item, paragraph, after) in enumerate(_standings(stored, one), (before or 0) + 1):
        text = standing_text(after)
        events_.append(
            (
                uuid7(), stored.id, name, revision, group, Action.IMPORT.value, item, paragraph, None, text,
                None, time, None,
            )
        )  # fmt: skip
        items.append(item_row(stored.id, name, item, paragraph, after, text))
    db.many(INSERT_EVENT, events_)
    db.many(PUT_ITEM, items)
    spans = ((name, s.id, stored.paragraph_at(s.start).index, s) for s in one.spans)
    naming.put(db, stored.id, stored.text, spans, concepts)
    shown = sum(not p.excluded for p in one.document.paragraphs)
    row = (name, stored.id, one.status.value, events_[-1][3], len(one.done), shown, time)
    db.execute(PUT_COMPLETION, row)
    provenance.put_shown(db, stored.id, name, one.shown)
    if one.history:
        provenance.put_imported(db, stored.id, name, one.history, events_[-1][3])


__all__ = ["add_records", "records"]
