"""The event log and the state that results from it, always written in one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from annotator.errors import ConflictError
from annotator.identity import kept_name
from annotator.model.annotation import AnnotationSet, History, groups
from annotator.model.decision import (
    DOCUMENT,
    Action,
    CompletionMark,
    Decision,
    Event,
    ParagraphMark,
    Standing,
    Status,
)
from annotator.model.names import Concepts
from annotator.model.span import Relation, Span
from annotator.store import hash_chain, names
from annotator.store.arriving import check_coming
from annotator.store.bounds import extent_of
from annotator.store.codec import (
    EVENT_COLUMNS,
    check_id,
    event_of,
    kind_of,
    now,
    standing_of,
    standing_text,
    uuid7,
)
from annotator.store.conflicts import check_stored, check_twins
from annotator.store.connection import Database
from annotator.store.isolation import read_rows, readable
from annotator.store.results import EventFilter

INSERT_EVENT = (
    "INSERT INTO event (id, document, annotator, revision, grouping, action, item, paragraph, "
    "before, after, reverts, time, reviewer) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_AT_ONCE = 500
"""The number of events of the log that are read in one query."""
PUT_ITEM = "INSERT OR REPLACE INTO item VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
PUT_COMPLETION = "INSERT OR REPLACE INTO main.completion VALUES (?, ?, ?, ?, ?, ?, ?)"


def item_row(
    document: str, annotator: str, item: str, paragraph: int, after: Standing, state: str | None
) -> tuple[object, ...]:
    """The row of `PUT_ITEM` for an item in this state; `state` is the state as JSON."""
    value = after.value
    span = value if isinstance(value, Span) else None
    relation = value if isinstance(value, Relation) else None
    either = span or relation
    return (
        document,
        annotator,
        item,
        paragraph,
        kind_of(value),
        after.status.value,
        either.layer if either else None,
        either.label if either else None,
        span.start if span else None,
        span.end if span else None,
        relation.source if relation else None,
        relation.target if relation else None,
        span.entity if span else None,
        state,
    )


def record(
    db: Database,
    document: str,
    annotator: str,
    decisions: Sequence[Decision],
    *,
    concepts: Concepts,
    reviewer: str | None = None,
    ids: Sequence[str] = (),
    time: str = "",
) -> None:
    """Append decisions to the log and update the state and the names, in one durable transaction.

    For the gold, `reviewer` is the person who decided. `ids` are the ids of the events, for
    decisions that may already be there, in which case nothing is done. `time` is when it was
    decided, if not now. Raises ConflictError if a `before` is not the stored state, or if somebody
    made the same thing meanwhile, and UsageError for a name that no annotator may have; nothing is
    written then.
    """
    if not decisions:
        return
    kept_name(annotator)
    time = time or now()
    with db.write():
        if ids and db.row("SELECT 1 FROM event WHERE id = ?", (ids[0],)):
            return
        check_coming(db, document, annotator)
        revision, done, paragraphs = _progress(db, document, annotator)
        for d, id in zip(decisions, ids or [uuid7() for _ in decisions], strict=True):
            revision += 1
            old, new = standing_text(d.before), standing_text(d.after)
            check_stored(db, document, annotator, d, old)
            who = (id, document, annotator, revision)
            what = (d.group, d.action.value, d.item, d.paragraph, old, new, d.reverts)
            db.execute(INSERT_EVENT, (*who, *what, time, reviewer))
            _put(db, document, annotator, d, new)
            names.update(db, document, annotator, d, concepts)
            done += _is_done(d.after) - _is_done(d.before)
            paragraphs += _shown(db, document, d, d.after) - _shown(db, document, d, d.before)
        check_twins(db, document, annotator, decisions)
        status = completion_of(db, document, annotator)
        row = (annotator, document, status, revision, max(0, done), max(0, paragraphs), time)
        db.execute(PUT_COMPLETION, row)
        hash_chain.extend(db)


def _progress(db: Database, document: str, annotator: str) -> tuple[int, int, int]:
    """Revision, finished paragraphs and paragraphs to annotate of a completion, begun or not.

    Raises ConflictError if there is no such document.
    """
    row = db.row(
        "SELECT revision, done, paragraphs FROM completion WHERE annotator = ? AND document = ?",
        (annotator, document),
    )
    if row is not None:
        return row[0], row[1], row[2]
    to_annotate = db.value("SELECT paragraphs FROM document WHERE id = ?", (document,))
    if to_annotate is None:
        hint = "Open the queue again: the database may have been restored from a backup"
        raise ConflictError(f"there is no document “{document}” any more", file=db.path, hint=hint)
    return 0, 0, to_annotate


def _put(db: Database, document: str, annotator: str, d: Decision, state: str | None) -> None:
    if d.after is None:
        db.execute(
            "DELETE FROM item WHERE document = ? AND annotator = ? AND item = ?",
            (document, annotator, d.item),
        )
    else:
        db.execute(PUT_ITEM, item_row(document, annotator, d.item, d.paragraph, d.after, state))


def _is_done(standing: Standing | None) -> int:
    return int(
        standing is not None and isinstance(standing.value, ParagraphMark) and standing.value.done
    )


def _shown(db: Database, document: str, d: Decision, standing: Standing | None) -> int:
    """1 if the decision is about a paragraph that has to be annotated in that state, else 0."""
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
    """The completion of an annotator's work on a document, from the state table."""
    state = db.value(
        "SELECT state FROM item WHERE document = ? AND annotator = ? AND item = ?",
        (document, annotator, DOCUMENT),
    )
    mark = readable(partial(standing_of, state), lambda: f"{document} ({annotator}): {DOCUMENT}")
    if mark is not None and isinstance(mark.value, CompletionMark):
        return mark.value.completion.value
    begun = db.row(
        "SELECT 1 FROM item WHERE document = ? AND annotator = ? LIMIT 1", (document, annotator)
    )
    return "in_progress" if begun else "new"


def state(db: Database, document: str, annotator: str) -> AnnotationSet:
    """The content of one completion, from the state table."""
    by_paragraph: dict[int, dict[str, Standing]] = {}
    rows = db.rows(
        "SELECT item, paragraph, state FROM item WHERE document = ? AND annotator = ?",
        (document, annotator),
    )
    within = extent_of(db, document) if rows else None

    def made(item: str, paragraph: int, text: str) -> tuple[str, int, Standing]:
        standing = standing_of(text)
        if standing is None or within is None:
            raise ValueError("it has no state")
        check_id(item, standing)
        within.check(paragraph, standing.value)
        return item, paragraph, standing

    for item, paragraph, standing in read_rows(
        rows, made, lambda item, *_: f"{document} ({annotator}): {item}"
    ):
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
    yield from read_rows(
        rows, lambda *row: event_of(row), lambda _, number, *__: f"event {number} of “{document}”"
    )


def grouped(db: Database, beginning: str, annotator: str | None = None) -> Iterator[Event]:
    """The events of groups whose names begin with `beginning`, and of those that undo or redo such
    groups, in local order. Reads the whole log."""
    rows = db.rows(
        f"SELECT {EVENT_COLUMNS} FROM event WHERE (grouping GLOB ?1 OR reverts GLOB ?1) "
        "AND (?2 IS NULL OR annotator = ?2) ORDER BY sequence",
        (f"{beginning}*", annotator),
    )
    yield from read_rows(rows, lambda *row: event_of(row), lambda _, number, *__: f"event {number}")


def latest(db: Database, wanted: EventFilter) -> Iterator[Event]:
    """The events that pass a filter, the newest first. The rows are read a few at a time, when they
    are needed, so that no read transaction is long."""
    last = int(db.value("SELECT coalesce(max(sequence), 0) FROM event")) + 1
    conditions = ["sequence < ?"]
    values: list[object] = []
    if wanted.documents:
        conditions.append(f"document IN ({', '.join('?' for _ in wanted.documents)})")
        values += wanted.documents
    if wanted.people:
        either = ", ".join("?" for _ in wanted.people)
        conditions.append(f"(annotator IN ({either}) OR reviewer IN ({either}))")
        values += [*wanted.people, *wanted.people]
    for bound, day in ((">=", wanted.since), ("<", wanted.before)):
        if day:
            conditions.append(f"time {bound} ?")
            values.append(day)
    sql = (
        f"SELECT {EVENT_COLUMNS} FROM event WHERE {' AND '.join(conditions)} "
        "ORDER BY sequence DESC LIMIT ?"
    )
    while rows := db.rows(sql, (last, *values, _AT_ONCE)):
        last = rows[-1][1]
        yield from read_rows(
            rows, lambda *row: event_of(row), lambda _, number, *__: f"event {number}"
        )


__all__ = [
    "INSERT_EVENT",
    "PUT_COMPLETION",
    "PUT_ITEM",
    "completion_of",
    "events",
    "grouped",
    "history",
    "item_row",
    "latest",
    "record",
    "state",
]


_RECENT = 50_000
"""The number of latest events, by everybody, that are searched for those of the last days, so that
a long log is not read."""


def times(db: Database, annotator: str, since: str) -> list[tuple[str, bool]]:
    """The times (ISO 8601, UTC) of an annotator's decisions since `since`, in order, and whether
    each finished a paragraph. Looks only at the latest events."""
    rows = db.rows(
        "SELECT time, action = ? FROM event WHERE sequence > (SELECT max(sequence) FROM event) - ? "
        "AND annotator = ? AND time >= ? ORDER BY time",
        (Action.CLOSE.value, _RECENT, annotator, since),
    )
    return [(time, bool(closes)) for time, closes in rows]


def left(db: Database, annotator: str, *, own: bool) -> int:
    """The number of paragraphs that an annotator has yet to finish, in all documents or only in
    assigned ones. Skipped documents do not count."""
    mine = "AND d.id IN (SELECT document FROM assignment WHERE annotator = ?1)" if own else ""
    found = db.value(
        "SELECT sum(max(0, coalesce(c.paragraphs, d.paragraphs) - coalesce(c.done, 0))) FROM "
        "document d LEFT JOIN completion c ON c.document = d.id AND c.annotator = ?1 WHERE "
        f"coalesce(c.completion, 'new') NOT IN ('done', 'skipped') {mine}",
        (annotator,),
    )
    return int(found or 0)
