"""The queue of review: what has most to decide first, or what moves the network most."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from string import ascii_uppercase

from annotator.model.decision import Completion
from annotator.model.review import ReviewState
from annotator.model.text import plural
from annotator.project import DocumentSummary, Project
from annotator.tui.session.queue import Lead, Queue
from annotator.workflows.review.changes import told
from annotator.workflows.review.leverage import Leverage, leverages
from annotator.workflows.review.leverage import told as leverage_told
from annotator.workflows.review.queue import ReviewRow, review_rows
from annotator.workflows.review.versions import Merger
from annotator.workflows.review.waiting import situation

HASTE = 0.3
"""Seconds that a look at the queue may take for counting what was not counted before."""

FILTERS = ("layer", "label", "by", "reason")
"""Words that narrow the queue down, as in `layer:claim by:ada`;
other words are looked for in titles."""


class ReviewQueue(Queue):
    """The documents that somebody finished. With `hidden` annotators go by letters."""

    def __init__(self, project: Project, gold: str, *, strategy: str, hidden: bool) -> None:
        super().__init__(project, gold)
        self.strategy = strategy
        self.hidden = hidden
        self.by_leverage = False
        """Whether what moves the network most comes first."""
        self._weighed: list[Leverage] = []
        self._known: list[ReviewRow] = []
        """The rows as they were read last."""
        self._counted: tuple[str, Completion | None, list[ReviewRow]] | None = None
        """What was counted last: search, status, and its rows."""

    @cached_property
    def merger(self) -> Merger:
        """What the strategy learnt, read once."""
        return Merger(self.project, self.strategy)

    def documents(
        self,
        *,
        offset: int = 0,
        limit: int | None = None,
        search: str = "",
        completion: Completion | None = None,
    ) -> list[DocumentSummary]:
        counted, self._counted = self._counted, None
        rows = (
            counted[2]
            if counted and counted[:2] == (search, completion)
            else self._rows(search, completion)
        )
        page = rows[offset:] if limit is None else rows[offset : offset + limit]
        known = self.project.documents.some(self.annotator, [row.document for row in page])
        return [self._summary(row, known[row.document]) for row in page]

    def count(self, *, search: str = "", completion: Completion | None = None) -> int:
        # What is counted is what is shown next: it is read once for both.
        self._counted = (search, completion, self._rows(search, completion))
        return len(self._counted[2])

    def ids(self) -> list[str]:
        return [row.document for row in self._read()]

    def neighbour(self, document: str, direction: int) -> str | None:
        return _beyond(self.ids(), document, direction)

    def waiting(self, document: str, direction: int) -> str | None:
        rows = self._read()
        left = [
            row.document
            for row in rows
            if row.undecided or not row.counted or row.document == document
        ]
        return _beyond(left, document, direction)

    def turn_order(self) -> str:
        """First what moves the network most, and a line on how much that decides;
        or what has most to decide."""
        self.by_leverage = not self.by_leverage
        if not self.by_leverage:
            return "first what has most to decide"
        self._weighed = leverages(self.project, self.strategy)
        return f"first what moves the network most: {leverage_told(self._weighed)}"

    def leads(self, state: ReviewState, direction: int) -> Iterator[Lead] | None:
        """By leverage, the open differences that move the network most, wherever they are."""
        return self._heaviest(state, direction) if self.by_leverage else None

    def _heaviest(self, state: ReviewState, direction: int) -> Iterator[Lead]:
        here = state.document.id
        for one in self._weighed if direction > 0 else reversed(self._weighed):
            difference = one.difference
            if one.document == here:
                if state.focus in difference.ids:
                    continue
            else:
                there = situation(self.merger, one.document)
                if there is None or difference.ids not in {d.ids for d in there.waiting}:
                    continue
            items = tuple(c.id for c in difference.candidates)
            yield Lead(one.document, items, f"this moves {plural(one.edges, 'edge')}")

    def remark(self, document: str) -> str:
        """What changed since a document was gold."""
        row = next((r for r in self._known if r.document == document), None)
        if row is None or not row.changed:
            return ""
        text = self.project.documents.load(document)
        more = f" (+{len(row.changes) - 1})" if len(row.changes) > 1 else ""
        return f"gold, changed since: {told(text, row.changes[0])}{more}"

    def _read(self) -> list[ReviewRow]:
        """The queue as it is now. What takes long to count is counted bit by
        bit, with every look at the queue."""
        return review_rows(self.project, self.strategy, seconds=HASTE)

    def _rows(self, search: str, completion: Completion | None) -> list[ReviewRow]:
        wanted, words = _filter(search)
        self._known = self._read()
        if self.by_leverage:
            most: dict[str, int] = {}
            for one in self._weighed:
                most[one.document] = max(most.get(one.document, 0), one.edges)
            self._known.sort(key=lambda row: (not row.changed, -most.get(row.document, -1)))
        titled = set(self.project.documents.titled(words)) if words else None
        return [
            row
            for row in self._known
            if (titled is None or row.document in titled)
            and completion in (None, row.status)
            and _matches(row, wanted)
        ]

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
    """The one before (-1) or after (1) a document."""
    at = ids.index(document) + direction if document in ids else -1
    return ids[at] if 0 <= at < len(ids) else None


def _filter(search: str) -> tuple[dict[str, str], str]:
    """The filters of a search, and the words that are left."""
    wanted: dict[str, str] = {}
    words: list[str] = []
    for word in search.split():
        name, colon, value = word.partition(":")
        if colon and value and name in FILTERS:
            wanted[name] = value.casefold()
        else:
            words.append(word)
    return wanted, " ".join(words)


def _matches(row: ReviewRow, wanted: dict[str, str]) -> bool:
    """Whether a document has a waiting version by layer, label and annotator,
    and a decision for the reason."""
    if "reason" in wanted and wanted["reason"] not in {reason.casefold() for reason in row.reasons}:
        return False
    if not wanted.keys() & {"layer", "label", "by"}:
        return True
    return any(
        wanted.get("layer", c.value.layer.casefold()) == c.value.layer.casefold()
        and wanted.get("label", c.value.label.casefold()) == c.value.label.casefold()
        and ("by" not in wanted or wanted["by"] in {who.casefold() for who in c.votes})
        for difference in row.waiting
        for c in difference.candidates
    )


__all__ = ["FILTERS", "ReviewQueue"]
