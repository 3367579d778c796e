"""The queue of an annotator: documents in order, with the annotator's progress in each."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from annotator.model.decision import Completion
from annotator.store.assignments import count_held, held_by
from annotator.store.connection import Database
from annotator.store.isolation import read_rows
from annotator.store.results import ALL_DOCUMENTS, DocumentSummary, QueueFilter

BLOCK = 256
"""The number of documents that `sum_block` counts together, by position."""

_ANYBODY = "?1 <> ''"


def _filtered(db: Database, annotator: str, wanted: QueueFilter) -> tuple[str, str, list[Any]]:
    """The tables and the condition of a queue, and the values of its parameters; ?1 is the
    annotator."""
    # ?1 is always present, so that the parameters without a number come after it.
    clauses, values = [_ANYBODY], []
    if wanted.own:
        clauses.append(held_by(db, annotator).replace("?", "?1"))
    if wanted.search:
        pattern = "%" + "".join(f"\\{c}" if c in "%_\\" else c for c in wanted.search) + "%"
        clauses.append("(d.title LIKE ? ESCAPE '\\' OR d.id LIKE ? ESCAPE '\\')")
        values += [pattern, pattern]
    if wanted.completion is not None:
        clauses.append("coalesce(c.completion, 'new') = ?")
        values.append(wanted.completion.value)
    join = _JOIN if wanted.completion is not None else "FROM document d"
    return join, " WHERE " + " AND ".join(clauses), values


_JOIN = "FROM document d LEFT JOIN completion c ON c.annotator = ?1 AND c.document = d.id"


def queue(
    db: Database,
    annotator: str,
    wanted: QueueFilter = ALL_DOCUMENTS,
    *,
    offset: int = 0,
    limit: int | None = None,
) -> list[DocumentSummary]:
    """The rows of an annotator's queue; see `project.documents.queue`."""
    join, where, values = _filtered(db, annotator, wanted)
    # The page is selected before anything is looked up for its rows.
    page = f"SELECT d.* {join}{where} ORDER BY d.position LIMIT ? OFFSET ?"
    return _summaries(db, page, [annotator, *values, -1 if limit is None else limit, offset])


def rows_of(db: Database, annotator: str, ids: Sequence[str]) -> dict[str, DocumentSummary]:
    """The rows of these documents in an annotator's queue, by id; unreadable ones are left out."""
    page = "SELECT d.* FROM document d WHERE d.id IN (SELECT value FROM json_each(?2))"
    return {row.id: row for row in _summaries(db, page, [annotator, json.dumps(list(ids))])}


def titled(db: Database, search: str) -> list[str]:
    """The ids of the documents whose title or id contains some words, in document order."""
    join, where, values = _filtered(db, "", QueueFilter(search))
    sql = f"SELECT d.id {join}{where.replace(_ANYBODY, '1')} ORDER BY d.position"
    return [row[0] for row in db.rows(sql, values)]


def _summaries(db: Database, page: str, values: Sequence[Any]) -> list[DocumentSummary]:
    rows = db.rows(
        "SELECT d.id, d.title, d.position, coalesce(c.paragraphs, d.paragraphs), "
        "coalesce(c.done, 0), coalesce(v.number, 0) - coalesce(w.decided, 0), "
        "coalesce(c.completion, 'new'), c.updated, (SELECT group_concat(o.annotator, char(10)) "
        "FROM completion o WHERE o.document = d.id AND o.annotator <> ?1 AND o.completion <> "
        f"'new') FROM ({page}) d LEFT JOIN completion c ON c.annotator = ?1 AND c.document = "
        "d.id LEFT JOIN sum_visible v ON v.document = d.id LEFT JOIN sum_decided w ON "
        "w.document = d.id AND w.annotator = ?1 ORDER BY d.position",
        values,
    )
    return list(read_rows(rows, _summary, lambda id, *_: id))


def _summary(
    id: str,
    title: str,
    order: int,
    paragraphs: int,
    done: int,
    pending: int,
    status: str,
    updated: str | None,
    others: str | None,
) -> DocumentSummary:
    return DocumentSummary(
        id,
        title,
        order,
        paragraphs,
        done,
        max(0, pending),
        Completion(status),
        tuple(sorted(others.split("\n"))) if others else (),
        updated,
    )


def count(db: Database, annotator: str, wanted: QueueFilter = ALL_DOCUMENTS) -> int:
    """The number of rows of the queue."""
    completion = wanted.completion
    if not wanted.search and completion is None:
        every = "SELECT count(*) FROM document"
        return count_held(db, annotator) if wanted.own else int(db.value(every))
    if not wanted.search and not wanted.own and completion not in (None, Completion.NEW):
        sql = "SELECT documents FROM sum_completion WHERE annotator = ? AND completion = ?"
        return int(db.value(sql, (annotator, completion.value)) or 0)
    join, where, values = _filtered(db, annotator, wanted)
    return int(db.value(f"SELECT count(*) {join}{where}", [annotator, *values]))


def neighbour(db: Database, document: str, direction: int, own: str | None = None) -> str | None:
    """The document after (1) or before (-1) a given one; with `own`, among those of this
    annotator."""
    than, order = (">", "ASC") if direction > 0 else ("<", "DESC")
    and_own = f" AND {held_by(db, own)}" if own is not None else ""
    found: str | None = db.value(
        f"SELECT d.id FROM document d WHERE d.position {than} (SELECT position FROM document "
        f"WHERE id = ?){and_own} ORDER BY d.position {order} LIMIT 1",
        (document,) if own is None else (document, own),
    )
    return found


def waiting(
    db: Database, annotator: str, document: str, direction: int, *, own: bool = False
) -> str | None:
    """The nearest document after (1) or before (-1) a given one that the annotator did not skip and
    that has undecided suggestions; with `own`, among the annotator's own. The sums by block make it
    possible to skip blocks of documents in which the annotator has decided everything.
    """
    than, order = (">", "ASC") if direction > 0 else ("<", "DESC")
    and_own = f"AND {held_by(db, annotator).replace('?', '?1')} " if own else ""
    at = db.value("SELECT position FROM document WHERE id = ?", (document,))
    if at is None:
        return None
    blocks = db.rows(
        "SELECT b.block FROM sum_block b LEFT JOIN sum_block w ON w.annotator = ?1 AND w.block "
        f"= b.block WHERE b.annotator = '' AND b.block {than}= ?2 / {BLOCK} AND b.documents > "
        f"coalesce(w.documents, 0) ORDER BY b.block {order}",
        (annotator, at),
    )
    for (block,) in blocks:
        found: str | None = db.value(
            "SELECT d.id FROM document d JOIN sum_visible v ON v.document = d.id "
            "LEFT JOIN sum_decided w ON w.document = d.id AND w.annotator = ?1 "
            "LEFT JOIN completion c ON c.annotator = ?1 AND c.document = d.id "
            f"WHERE d.position {than} ?2 AND d.position BETWEEN ?3 AND ?4 {and_own}"
            "AND coalesce(c.completion, 'new') <> 'skipped' AND v.number > coalesce(w.decided, 0) "
            f"ORDER BY d.position {order} LIMIT 1",
            (annotator, at, block * BLOCK, block * BLOCK + BLOCK - 1),
        )
        if found is not None:
            return found
    return None
