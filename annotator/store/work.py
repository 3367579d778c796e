"""The event log and the state that follows from it, always in one transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from annotator.errors import ConflictError, InputError
from annotator.model.annotation import AnnotationSet, History, groups
from annotator.model.decision import (
    DOCUMENT,
    Action,
    Completion,
    CompletionMark,
    Decision,
    Event,
    ItemValue,
    ParagraphMark,
    Standing,
    Status,
    paragraph_item,
)
from annotator.model.naming import Concepts
from annotator.model.record import GOLD, Record
from annotator.model.span import Annotation, Relation, Span, reading_order, relation_order
from annotator.model.text import Document
from annotator.store import documents, naming
from annotator.store.codec import (
    EVENT_COLUMNS,
    event_of,
    kind_of,
    now,
    standing_of,
    standing_text,
    standings_of,
    uuid7,
)
from annotator.store.connection import Database
from annotator.store.rows import AddResult, CompletionRow

INSERT_EVENT = (
    "INSERT INTO event (id, document, annotator, revision, grouping, action, item, paragraph, before, after, "
    "reverts, time) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
PUT_ITEM = "INSERT OR REPLACE INTO item VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_AT_ONCE = 512
"""Completions that are read in one query."""

PUT_COMPLETION = "INSERT OR REPLACE INTO completion VALUES (?, ?, ?, ?, ?, ?, ?)"


def item_row(
    document: str, annotator: str, item: str, paragraph: int, after: Standing, state: str | None
) -> tuple[object, ...]:
    """The row of `PUT_ITEM` for an item that stands so; `state` is the same as JSON."""
    value = after.value
    span = value if isinstance(value, Span) else None
    relation = value if isinstance(value, Relation) else None
    either = span or relation
    return (
        document, annotator, item, paragraph, kind_of(value), after.status.value,
        either.layer if either else None, either.label if either else None,
        span.start if span else None, span.end if span else None,
        relation.source if relation else None, relation.target if relation else None,
        span.entity if span else None, state,
    )  # fmt: skip


def record(
    db: Database, document: str, annotator: str, decisions: Sequence[Decision], *, concepts: Concepts
) -> None:
    """Append decisions to the log and bring the state and the names up to them, in one durable transaction.

    Raises ConflictError when a `before` is not the stored state: nothing is written then.
    """
    if not decisions:
        return
    time = now()
    with db.write():
        before = db.row(
            "SELECT revision, done, paragraphs FROM completion WHERE annotator = ? AND document = ?",
            (annotator, document),
        )
        if before is None:
            to_annotate = db.value("SELECT paragraphs FROM document WHERE id = ?", (document,))
            before = (0, 0, to_annotate)
        revision, done, paragraphs = before
        for d in decisions:
            revision += 1
            old, new = standing_text(d.before), standing_text(d.after)
            stored = db.value(
                "SELECT state FROM item WHERE document = ? AND annotator = ? AND item = ?",
                (document, annotator, d.item),
            )
            if stored != old:
                raise ConflictError(
                    f"“{d.item}” of “{document}” was changed elsewhere by {annotator}",
                    file=db.path,
                    hint="The document is read again; do it once more",
                )
            db.execute(
                INSERT_EVENT,
                (
                    uuid7(), document, annotator, revision, d.group, d.action.value, d.item, d.paragraph,
                    old, new, d.reverts, time,
                ),
            )  # fmt: skip
            _put(db, document, annotator, d, new)
            naming.update(db, document, annotator, d, concepts)
            done += _is_done(d.after) - _is_done(d.before)
            paragraphs += _shown(db, document, d, d.after) - _shown(db, document, d, d.before)
        status = completion_of(db, document, annotator)
        row = (annotator, document, status, revision, max(0, done), max(0, paragraphs), time)
        db.execute(PUT_COMPLETION, row)


def _put(db: Database, document: str, annotator: str, d: Decision, state: str | None) -> None:
    if d.after is None:
        db.execute(
            "DELETE FROM item WHERE document = ? AND annotator = ? AND item = ?",
            (document, annotator, d.item),
        )
    else:
        db.execute(PUT_ITEM, item_row(document, annotator, d.item, d.paragraph, d.after, state))


def _is_done(standing: Standing | None) -> int:
    return int(standing is not None and isinstance(standing.value, ParagraphMark) and standing.value.done)


def _shown(db: Database, document: str, d: Decision, standing: Standing | None) -> int:
    """1 when the decision's paragraph is to be annotated in that state; 0 also for any other item."""
    value = (d.after or d.before or Standing(Status.MARKED)).value
    if not isinstance(value, ParagraphMark):
        return 0
    mark = standing.value if standing is not None else None
    if isinstance(mark, ParagraphMark) and mark.excluded is not None:
        return int(not mark.excluded)
    own = db.value(
        "SELECT excluded FROM paragraph WHERE document = ? AND number = ?", (document, d.paragraph)
    )
    return int(not own)


def completion_of(db: Database, document: str, annotator: str) -> str:
    """How far an annotator is with a document, by what stands in the state table."""
    state = db.value(
        "SELECT state FROM item WHERE document = ? AND annotator = ? AND item = ?",
        (document, annotator, DOCUMENT),
    )
    if state is not None and "completion" in (data := json.loads(state)):
        return str(data["completion"])
    begun = db.row("SELECT 1 FROM item WHERE document = ? AND annotator = ? LIMIT 1", (document, annotator))
    return "in_progress" if begun else "new"


def state(db: Database, document: str, annotator: str) -> AnnotationSet:
    """What stands in one completion, from the state table."""
    by_paragraph: dict[int, dict[str, Standing]] = {}
    rows = db.rows(
        "SELECT item, paragraph, state FROM item WHERE document = ? AND annotator = ?", (document, annotator)
    )
    for item, paragraph, text in rows:
        standing = standing_of(text)
        assert standing is not None
        by_paragraph.setdefault(paragraph, {})[item] = standing
    return AnnotationSet(by_paragraph)


def history(db: Database, document: str, annotator: str) -> History:
    """What can be undone and redone, from the log."""
    found = History()
    for group in groups(event.decision for event in events(db, document, annotator)):
        found = found.push(group)
    return found


def events(db: Database, document: str, annotator: str | None = None) -> Iterator[Event]:
    """The log of a document in local order."""
    rows = db.rows(
        f"SELECT {EVENT_COLUMNS} FROM event WHERE document = ?1 AND (?2 IS NULL OR annotator = ?2) "
        "ORDER BY sequence",
        (document, annotator),
    )
    for row in rows:
        yield event_of(row)


# --- records in and out


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
        known, stands = documents.load_many(db, ids), _states(db, ids, annotator)
        for row in some:
            found = stands.get((row.document, row.annotator), {})
            yield _record(known[row.document], row.annotator, row.completion, found)


def _batches(rows: Sequence[CompletionRow]) -> Iterator[Sequence[CompletionRow]]:
    """Completions in their order, those of a document together, some hundred at a time."""
    first = 0
    for at in range(1, len(rows) + 1):
        if at == len(rows) or (at - first >= _AT_ONCE and rows[at].document != rows[at - 1].document):
            yield rows[first:at]
            first = at


def _items(db: Database, document: str, annotator: str) -> Mapping[str, Standing]:
    return _states(db, [document], annotator).get((document, annotator), {})


def _states(
    db: Database, ids: Sequence[str], annotator: str | None
) -> dict[tuple[str, str], dict[str, Standing]]:
    """What stands in the completions of some documents: item -> state."""
    rows = db.rows(
        "SELECT document, annotator, item, state FROM item WHERE document IN (SELECT value FROM json_each(?1)) "
        "AND (?2 IS NULL OR annotator = ?2)",
        (json.dumps(list(ids)), annotator),
    )
    out: dict[tuple[str, str], dict[str, Standing]] = {}
    for (id, who, item, _), standing in zip(rows, standings_of([row[3] for row in rows]), strict=True):
        out.setdefault((id, who), {})[item] = standing
    return out


def _mark(stands: Mapping[str, Standing], index: int) -> ParagraphMark:
    standing = stands.get(paragraph_item(index))
    value = standing.value if standing else None
    return value if isinstance(value, ParagraphMark) else ParagraphMark()


def _record(document: Document, annotator: str, status: Completion, stands: Mapping[str, Standing]) -> Record:
    marks = {p.index: _mark(stands, p.index) for p in document.paragraphs}
    shown = document
    if any(mark.excluded is not None for mark in marks.values()):
        paragraphs = tuple(
            p if (x := marks[p.index].excluded) is None else replace(p, excluded=x)
            for p in document.paragraphs
        )
        shown = replace(document, paragraphs=paragraphs)
    spans: list[Span] = []
    relations: list[Relation] = []
    notes: dict[str, str] = {}
    flags: list[str] = []
    for item, standing in stands.items():
        value = standing.value
        if isinstance(value, Span):
            spans.append(value)
        elif isinstance(value, Relation):
            relations.append(value)
        if value is not None and standing.note:
            notes[item] = standing.note
        if value is not None and standing.flagged:
            flags.append(item)
    return Record(
        shown,
        None if annotator == GOLD else annotator,
        status,
        tuple(sorted(spans, key=reading_order)),
        tuple(sorted(relations, key=relation_order)),
        tuple(index for index, mark in marks.items() if mark.done),
        dict(sorted(notes.items())),
        tuple(sorted(flags)),
    )


def add_records(db: Database, incoming: Iterable[Record], *, concepts: Concepts) -> AddResult:
    """Import completions, all or none; see `Project.add_records`."""
    fresh = done = 0
    known: list[str] = []
    renamed: list[tuple[str, str]] = []
    with db.write():
        for one in incoming:
            placed = documents.place(db, one.document)
            fresh += placed.new
            if placed.id != one.document.id:
                renamed.append((one.document.id, placed.id))
            stored = one.document if placed.new else documents.load(db, placed.id)
            name = GOLD if one.annotator is None else one.annotator
            if _add_record(db, stored, name, one, concepts):
                done += 1
            else:
                known.append(f"{placed.id} ({'gold' if name == GOLD else name})")
    return AddResult(fresh, done, tuple(known), tuple(dict.fromkeys(renamed)))


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
        there = _record(stored, name, Completion(begun[0]), _items(db, stored.id, name))
        if _same(there, one):
            return False
        raise InputError(
            f"“{stored.id}” already holds other work of {'the gold' if name == GOLD else name}",
            key="annotator",
            hint="Import it under another name with --as",
        )
    _write_completion(db, stored, name, one, concepts)
    return True


def _same(a: Record, b: Record) -> bool:
    def key(r: Record) -> tuple[object, ...]:
        spans = sorted(r.spans, key=reading_order)
        relations = sorted(r.relations, key=lambda x: (x.target, x.source, x.layer, x.id))
        excluded = [p.excluded for p in r.document.paragraphs]
        return r.status, spans, relations, excluded, r.done, dict(r.notes), tuple(sorted(r.flags))

    return key(a) == key(b)


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
                None, time,
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
