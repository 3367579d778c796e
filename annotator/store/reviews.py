"""The state of documents in review, stored with what it depends on, so that the review queue reads
no work.

A row is valid as long as nobody's log of the document has grown (the sum of revisions is the same)
and everything else it depends on (`basis`: strategy, label schema, rulings on names, the program)
is the same. Others are computed again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from annotator.model.decision import Completion
from annotator.store.connection import Database
from annotator.store.isolation import readable, texts_of

if TYPE_CHECKING:
    from sqlite_utils import Database as Utils


def m011_reviews(db: Utils) -> None:
    """How documents stand in review, by what they stood on then."""
    db.execute(
        """
        CREATE TABLE review (
            document TEXT PRIMARY KEY REFERENCES document (id),
            basis TEXT NOT NULL,
            revisions INTEGER NOT NULL,
            voters TEXT NOT NULL CHECK (json_valid(voters)),
            undecided INTEGER NOT NULL CHECK (undecided >= 0),
            status TEXT NOT NULL,
            changed INTEGER NOT NULL CHECK (changed IN (0, 1)),
            reasons TEXT NOT NULL CHECK (json_valid(reasons))
        ) STRICT, WITHOUT ROWID
        """
    )


@dataclass(frozen=True, slots=True)
class InReview:
    """The state of a document in review: who finished it, how many differences wait, the status of
    the gold, whether it was changed since it was gold, and the codes of reasons given. Without
    voters, there is nothing to merge in it."""

    voters: tuple[str, ...] = ()
    undecided: int = 0
    status: Completion = Completion.NEW
    changed: bool = False
    reasons: frozenset[str] = frozenset()


Worked = tuple[str, int, str, InReview | None]
"""Document, sum of revisions, time of the last work on it, and its state; None if that is not
known."""


def all_worked_on(db: Database, basis: str) -> list[Worked]:
    """Every document that somebody finished, in document order."""
    rows = db.rows(
        "SELECT x.document, x.revisions, x.updated, r.voters, r.undecided, r.status, r.changed, "
        "r.reasons FROM (SELECT document, sum(revision) AS revisions, max(updated) AS updated, "
        "sum(completion = 'done' AND annotator NOT LIKE '@%') AS done FROM completion GROUP BY "
        "document) x JOIN document d ON d.id = x.document LEFT JOIN review r ON r.document = "
        "x.document AND r.revisions = x.revisions AND r.basis = ? WHERE x.done > 0 ORDER BY "
        "d.position",
        (basis,),
    )
    words = cache(texts_of)

    def made(
        document: str,
        revisions: int,
        updated: str,
        voters: str | None,
        undecided: int,
        status: str,
        changed: int,
        reasons: str,
    ) -> Worked:
        stands = None
        if voters is not None:
            stands = readable(
                lambda: InReview(
                    tuple(words(voters)),
                    undecided,
                    Completion(status),
                    bool(changed),
                    frozenset(words(reasons)),
                ),
                lambda: f"{document}: its state in review",
            )
        return document, revisions, updated, stands

    return [made(*row) for row in rows]


def put(db: Database, basis: str, rows: Iterable[tuple[str, int, InReview]]) -> None:
    """Store the states of documents, with the sums of revisions from which they were computed. They
    can be computed again at any time."""
    values = [
        (
            document,
            basis,
            revisions,
            json.dumps(row.voters, ensure_ascii=False),
            row.undecided,
            row.status.value,
            row.changed,
            json.dumps(sorted(row.reasons), ensure_ascii=False),
        )
        for document, revisions, row in rows
    ]
    if values and not db.read_only:
        with db.relaxed(), db.write():
            db.many("INSERT OR REPLACE INTO review VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)


__all__ = ["InReview", "Worked", "all_worked_on", "m011_reviews", "put"]
