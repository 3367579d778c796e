"""The review queue: the documents that wait for review, the worst first.

The state of a document is computed from its work, which takes milliseconds. It is kept in the
database until somebody works on the document, so reading the queue again only costs the documents
that changed.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass

from annotator import __version__
from annotator.collector import collector_paused
from annotator.model.decision import Completion
from annotator.project import InReview, Project
from annotator.workflows.review.adjudication import everything
from annotator.workflows.review.alignment import Difference
from annotator.workflows.review.changes import Change
from annotator.workflows.review.discussion import reason_of
from annotator.workflows.review.versions import Merger
from annotator.workflows.review.waiting import Situation, situation

VERSION = 3
"""Raised when the way to find differences changes, so that older stored states are not used."""

_TURN = 64
"""The number of documents stored in one transaction."""


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """A document of the review queue: how many differences wait, the codes of the reasons given so
    far, when somebody last worked on it, and whether it was changed since it was gold.

    Without `counted`, it is not yet known how many wait. `waiting` and `changes` are computed on
    request.
    """

    document: str
    voters: tuple[str, ...]
    undecided: int
    status: Completion
    reasons: frozenset[str]
    updated: str
    changed: bool
    counted: bool
    merger: Merger

    def _situation(self) -> Situation | None:
        return situation(self.merger, self.document)

    @property
    def waiting(self) -> tuple[Difference, ...]:
        """The waiting differences."""
        here = self._situation()
        return here.waiting if here is not None else ()

    @property
    def changes(self) -> tuple[Change, ...]:
        """What changed since it became gold."""
        here = self._situation()
        return here.changes if here is not None else ()


def review_rows(
    project: Project, strategy: str = "unanimous", *, seconds: float | None = None
) -> list[ReviewRow]:
    """The documents that two or more annotators finished (one is enough for a strategy that decides
    everything, or once review has begun). Gold that was changed since comes first, then documents
    with most to decide; among equals, the one on which work ended first.

    `seconds` limits the time for counting; documents that are not counted yet come last.
    """
    merger = Merger(project, strategy)
    basis = _basis(merger)
    until = None if seconds is None else time.monotonic() + seconds
    rows: list[ReviewRow] = []
    fresh: list[tuple[str, int, InReview]] = []
    with collector_paused():
        worked_on = project.log.in_review(basis)
    for document, revisions, updated, known in worked_on:
        here = known
        if here is None and (until is None or time.monotonic() < until):
            here = _worked_out(merger, document)
            fresh.append((document, revisions, here))
            if len(fresh) == _TURN:
                project.log.keep_in_review(basis, fresh)
                fresh = []
        if here is None or here.voters:
            one = here or InReview()
            rows.append(
                ReviewRow(
                    document,
                    one.voters,
                    one.undecided,
                    one.status,
                    one.reasons,
                    updated,
                    one.changed,
                    here is not None,
                    merger,
                )
            )
    project.log.keep_in_review(basis, fresh)
    return sorted(
        rows,
        key=lambda row: (
            not row.changed,
            row.status is Completion.GOLD,
            not row.counted,
            -row.undecided,
            row.updated,
        ),
    )


def _basis(merger: Merger) -> str:
    """What the state of documents depends on besides their work."""
    project = merger.project
    rulings = project.names.rulings()
    what: Sequence[object] = (
        VERSION,
        __version__,
        merger.strategy,
        project.schema.codes_hash,
        [(b.name, a.name) for b in project.schema.layers for a in b.attributes if not a.agree],
        merger.learnt_from,
        len(rulings),
        rulings[-1].id if rulings else "",
    )
    return hashlib.sha256(json.dumps(what).encode()).hexdigest()[:16]


def _worked_out(merger: Merger, document: str) -> InReview:
    """The state of a document; without voters if it is not in review."""
    here = situation(merger, document)
    if here is None:
        return InReview()
    gold = here.gold
    if len(here.found.voters) < 2 and not here.found.complete and gold.completion is Completion.NEW:
        return InReview()
    reasons = frozenset(reason for _, _, s in everything(gold) if (reason := reason_of(s.note)))
    return InReview(here.found.voters, len(here.waiting), gold.completion, here.changed, reasons)


__all__ = ["ReviewRow", "review_rows"]
