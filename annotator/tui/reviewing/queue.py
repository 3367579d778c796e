"""The queue of review: first what has most to decide, or what changes the network most. It holds
everything that waits, or what was chosen by layer, label, annotator, kind or name."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from string import ascii_uppercase

from annotator.model.decision import Completion
from annotator.model.review import ReviewState
from annotator.model.text import and_more, plural
from annotator.project import ALL_DOCUMENTS, DocumentSummary, Project, QueueFilter
from annotator.tui.reviewing.pending_places import first, pending_places
from annotator.tui.session.queue import PendingPlace, Queue
from annotator.workflows.review.changes import describe
from annotator.workflows.review.leverage import Leverage, leverages
from annotator.workflows.review.leverage import describe as describe_leverage
from annotator.workflows.review.open_differences import DifferenceSearch, OpenDifferences
from annotator.workflows.review.queue import ReviewRow, review_rows
from annotator.workflows.review.versions import Merger

LOOK = 0.1
"""Seconds that opening a document may spend on reading what waits in others."""

PATIENCE = 3.0
"""Seconds for which the first difference that a search asks for is looked for."""

HASTE = 0.3
"""Seconds that reading the queue may spend on counting what was not counted before."""


class ReviewQueue(Queue):
    """The documents that somebody finished. With `hidden`, annotators are shown as letters."""

    decides = True
    asking = 'layer:claim label:fact,value kind:bounds by:ada,ben name:"…" reason:…, or a title'
    statuses = (Completion.NEW, Completion.IN_PROGRESS, Completion.GOLD)

    def __init__(self, project: Project, gold: str, *, merger: Merger, hidden: bool) -> None:
        super().__init__(project, gold)
        self.merger = merger
        self.strategy = merger.strategy
        self.hidden = hidden
        self.by_leverage = False
        """Whether what changes the network most comes first."""
        self.weighed: list[Leverage] = []
        """By leverage: every difference that was waiting when the network was last computed."""
        self._wanted = DifferenceSearch()
        self._titled: set[str] | None = None
        """The documents whose titles contain the words of the search; None for all."""
        self._counted_at: tuple[tuple[str, int], int] = (("", -1), 0)
        self._asked = ""
        """The search that `_wanted` was read from."""
        self._known: list[ReviewRow] = []
        """The rows as last read."""
        self._counted: tuple[QueueFilter, list[ReviewRow]] | None = None
        """What was last counted, and the rows."""

    @cached_property
    def open(self) -> OpenDifferences:
        """The differences that wait, as far as they have been read."""
        return OpenDifferences(self.merger)

    @property
    def wanted(self) -> DifferenceSearch:
        """The parsed search."""
        if self._asked != self.search:
            self._asked, self._wanted = self.search, DifferenceSearch.parse(self.search)
            rest = self._wanted.rest
            self._titled = set(self.project.documents.titled(rest)) if rest else None
        return self._wanted

    def chosen(self, document: str) -> set[frozenset[str]] | None:
        """The versions of the differences of a document that the search chooses; None if it chooses
        whole documents."""
        if not self.wanted.narrows:
            return None
        if not self._in_title(document):
            return set()
        self.open.know(document)
        return {one.ids for one in self.open.of(document) if self.wanted.holds(one)}

    def decided(self, document: str) -> None:
        """Take notice that something was decided in a document."""
        self.open.renew(document)

    def look(self, document: str) -> None:
        """Read what waits in a document and, for a moment, in others, to find what is like it."""
        self.open.renew(document)
        self.read_on(LOOK)

    def read_on(self, seconds: float) -> tuple[int, int]:
        """For a number of seconds, read what waits in more documents. Returns how many of the
        documents that may hold something were read by now, and how many there are."""
        rows = self._known or self.read()
        waiting = [row.document for row in rows if row.undecided or not row.counted]
        self.open.read(waiting, seconds=seconds)
        return sum(document in self.open.documents for document in waiting), len(waiting)

    def called(self) -> Mapping[str, str]:
        if not self.hidden:
            return {}
        names = {row.annotator for row in self.project.log.completions()} - {self.annotator}
        ordered = sorted(names, key=lambda who: hashlib.sha256(who.encode()).digest())
        return {who: f"#{i}" for i, who in enumerate(ordered, 1)}

    def course(self) -> str:
        """Which differences are being decided one after the other, and how many are left; empty if
        they are all there are."""
        if not self.wanted.narrows:
            return ""
        more = "" if self.open.complete else "+"
        return f"{self.wanted.title}: {self._left()}{more} left"

    def _left(self) -> int:
        """How many of the chosen differences wait, counted when something was read."""
        state = (self.search, self.open.revision)
        if self._counted_at[0] != state:
            documents = [id for id in self.open.documents if self._in_title(id)]
            count = sum(1 for _ in self.open.matching(self.wanted, documents))
            self._counted_at = (state, count)
        return self._counted_at[1]

    def _in_title(self, document: str) -> bool:
        """Whether a title contains the words of the search that choose no differences."""
        return self._titled is None or document in self._titled

    def documents(
        self, wanted: QueueFilter = ALL_DOCUMENTS, *, offset: int = 0, limit: int | None = None
    ) -> list[DocumentSummary]:
        counted, self._counted = self._counted, None
        rows = counted[1] if counted and counted[0] == wanted else self._rows(wanted)
        page = rows[offset:] if limit is None else rows[offset : offset + limit]
        known = self.project.documents.rows_of(self.annotator, [row.document for row in page])
        # A document that cannot be read is reported and left out of the list.
        return [self._summary(r, known[r.document]) for r in page if r.document in known]

    def count(self, wanted: QueueFilter = ALL_DOCUMENTS) -> int:
        # The counted rows are shown next, so they are read only once.
        self._counted = (wanted, self._rows(wanted))
        return len(self._counted[1])

    def ids(self) -> list[str]:
        return [row.document for row in self.read()]

    def neighbour(self, document: str, direction: int) -> str | None:
        return _beyond(self.ids(), document, direction)

    def turn_order(self) -> str:
        """Switch between what changes the network most and what has most to decide. Returns a line
        about the order."""
        self.by_leverage = not self.by_leverage
        if not self.by_leverage:
            return "documents with the most to decide come first"
        self.weighed = leverages(self.project, self.strategy)
        return f"network first: {describe_leverage(self.weighed)}"

    def pending_places(self, state: ReviewState, direction: int) -> Iterator[PendingPlace]:
        return pending_places(self, state, direction)

    def first(self, document: str) -> PendingPlace | None:
        return first(self, document)

    def narrow(self, search: str) -> int:
        self.search = search
        until = time.monotonic() + PATIENCE
        while True:
            count = sum(row.undecided for row in self._rows(QueueFilter(search)))
            if count or not self.reading or time.monotonic() > until:
                return count

    @property
    def reading(self) -> bool:
        return self.wanted.narrows and not self.open.complete

    def searched(self) -> str:
        title = self.wanted.title
        if not self.wanted.narrows:
            return super().searched()
        titles = f" in titles with “{self.wanted.rest}”" if self.wanted.rest else ""
        more = "" if self.open.complete else ", still counting"
        return f"{plural(self._left(), 'difference')} with {title}{titles}{more}"

    def after(self, document: str) -> str | None:
        rows = self.read()
        left = [row.document for row in rows if row.undecided or not row.counted]
        return document if document in left else next(iter(left), document)

    def remark(self, document: str) -> str:
        """What has changed since a document became gold: in its items, if anything has."""
        row = next((r for r in self._known if r.document == document), None)
        if row is None or not row.changed:
            return ""
        text = self.project.documents.load(document)
        change = next((one for one in row.changes if one.item), row.changes[0])
        change = replace(change, annotator=self.called().get(change.annotator, change.annotator))
        return f"gold, changed since: {describe(text, change)}{and_more(len(row.changes))}"

    def read(self) -> list[ReviewRow]:
        """Read the queue as it is now. Slow counting is spread over several reads."""
        return review_rows(self.project, self.strategy, seconds=HASTE)

    def _rows(self, asked: QueueFilter) -> list[ReviewRow]:
        wanted = DifferenceSearch.parse(asked.search)
        self._known = self._in_order(self.read())
        rows = [
            row
            for row in self._known
            if asked.completion in (None, row.status) and wanted.takes(row.document, row.reasons)
        ]
        if wanted.rest:
            titled = set(self.project.documents.titled(wanted.rest))
            rows = [row for row in rows if row.document in titled]
        return self._narrowed(rows, wanted) if wanted.narrows else rows

    def _narrowed(self, rows: Sequence[ReviewRow], wanted: DifferenceSearch) -> list[ReviewRow]:
        """The documents with open differences that are searched for, with their number."""
        self.open.read(
            (row.document for row in rows if row.undecided or not row.counted), seconds=HASTE
        )
        chosen = [
            replace(row, undecided=sum(wanted.holds(one) for one in self.open.of(row.document)))
            for row in rows
        ]
        return [row for row in chosen if row.undecided]

    def _in_order(self, rows: list[ReviewRow]) -> list[ReviewRow]:
        """The documents as read, or by what changes the network most, if that is asked for."""
        if not self.by_leverage:
            return rows
        most: dict[str, int] = {}
        for one in self.weighed:
            most[one.document] = max(most.get(one.document, 0), one.edges)
        return sorted(rows, key=lambda row: (not row.changed, -most.get(row.document, -1)))

    def _summary(self, row: ReviewRow, own: DocumentSummary) -> DocumentSummary:
        return replace(
            own,
            pending=row.undecided,
            completion=row.status,
            others=tuple(ascii_uppercase[: len(row.voters)]) if self.hidden else row.voters,
            updated=None,
            changed=row.changed,
            counted=row.counted,
        )


def _beyond(ids: Sequence[str], document: str, direction: int) -> str | None:
    """The document before (-1) or after (1) a given one."""
    at = ids.index(document) + direction if document in ids else -1
    return ids[at] if 0 <= at < len(ids) else None


__all__ = ["ReviewQueue"]
