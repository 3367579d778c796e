"""The documents of a session in their order: all of them, or those assigned to an annotator."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from annotator.errors import UsageError
from annotator.model.decision import Completion
from annotator.model.review import ReviewState
from annotator.project import ALL_DOCUMENTS, DocumentSummary, Project, QueueFilter
from annotator.workflows.review.discussion import Message, messages

if TYPE_CHECKING:
    from annotator.workflows.active_learning import Strategy


@dataclass(frozen=True, slots=True)
class PendingPlace:
    """A place where something waits: a document, items of which one is undecided, and the message
    on arrival."""

    document: str
    items: tuple[str, ...]
    message: str


class Queue(ABC):
    """The documents of a session. `statuses` are the filters that follow “all”."""

    statuses: ClassVar[Sequence[Completion]] = (
        Completion.NEW,
        Completion.IN_PROGRESS,
        Completion.DONE,
        Completion.SKIPPED,
    )

    decides: ClassVar[bool] = False
    """Whether it is for deciding differences between annotators."""
    asking: ClassVar[str] = "filter by title"
    """The prompt of the search."""

    def __init__(self, project: Project, annotator: str) -> None:
        self.project = project
        self.annotator = annotator
        self.greeting = ""
        """The first message of the queue."""
        self.search = ""
        """The words of the filter."""
        self.every = False
        """Whether an annotator with assigned documents wants to see all documents anyway."""

    @property
    def assigned(self) -> bool:
        """Whether documents are assigned to the annotator."""
        return False

    @property
    def own(self) -> bool:
        """Whether the queue, and every key that leads to another document, is limited to the
        annotator's own documents."""
        return not self.every and self.assigned

    @abstractmethod
    def documents(
        self, wanted: QueueFilter = ALL_DOCUMENTS, *, offset: int = 0, limit: int | None = None
    ) -> list[DocumentSummary]:
        """Rows of the queue; see `project.documents.queue`. The queue itself knows whether it
        holds only the annotator's own documents."""

    @abstractmethod
    def count(self, wanted: QueueFilter = ALL_DOCUMENTS) -> int:
        """The number of rows of the queue."""

    @abstractmethod
    def ids(self) -> list[str]:
        """The documents of the queue, in its order."""

    @abstractmethod
    def neighbour(self, document: str, direction: int) -> str | None:
        """The document before (-1) or after (1) one, in the order of the queue."""

    def waiting(self, document: str, direction: int) -> str | None:  # noqa: ARG002
        """The nearest document before (-1) or after (1) one that has something to decide; for a
        queue without `pending_places`."""
        return None

    def pending_places(self, state: ReviewState, direction: int) -> Iterator[PendingPlace] | None:  # noqa: ARG002
        """The places where something waits, in the queue's own order (-1: reversed); None if that
        is reading order. The caller may open documents while iterating."""
        return None

    def first(self, document: str) -> PendingPlace | None:  # noqa: ARG002
        """The first item that the search chooses in a document, if it searches for more than
        titles."""
        return None

    def narrow(self, search: str) -> int | None:  # noqa: ARG002
        """Choose single differences. Returns how many wait; None if the queue has no
        differences."""
        return None

    @property
    def reading(self) -> bool:
        """Whether some documents have not been searched yet for what was asked."""
        return False

    def called(self) -> Mapping[str, str]:
        """The letters of annotators while their names are hidden, the same in all documents; empty
        if names are shown."""
        return {}

    def searched(self) -> str:
        """The search in words."""
        return f"titles with “{self.search}”" if self.search else ""

    def after(self, document: str) -> str | None:
        """The document to go to after leaving one: the same document, if it is not finished."""
        row = self.project.documents.rows_of(self.annotator, [document]).get(document)
        over = row is None or row.completion in (Completion.DONE, Completion.SKIPPED)
        return self.neighbour(document, 1) or document if over else document

    def turn_order(self) -> str:
        """Switch the queue to its other order. Returns a message that names it."""
        return "the queue has one order; review has two"

    def remark(self, document: str) -> str:  # noqa: ARG002
        """What the queue says about a document besides the messages of review."""
        return ""

    def all_done(self) -> str:
        """What to say once the annotator, who sees only assigned documents, has finished all of
        them."""
        return ""

    def messages(self, documents: Sequence[str]) -> dict[str, list[Message]]:
        """The messages of review to the annotators in these documents, by document."""
        found: dict[str, list[Message]] = {}
        for message in messages(self.project, documents):
            found.setdefault(message.document, []).append(message)
        return found

    def pace(self) -> str:
        """How fast the annotator works, in one line; empty if the project does not want it."""
        if not self.project.config.pace:
            return ""
        from annotator.model.pace import DAYS, pace, pace_in_words

        now = datetime.now().astimezone()
        since = (now - timedelta(days=DAYS)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        log = [
            (datetime.fromisoformat(time).astimezone(), closes)
            for time, closes in self.project.log.times(self.annotator, since)
        ]
        return pace_in_words(
            pace(log, left=self.project.log.left(self.annotator, own=self.own), now=now), now
        )


class AnnotatorQueue(Queue):
    """All documents, or those assigned to the annotator, in the project's order or with those first
    that teach the model most."""

    def __init__(self, project: Project, annotator: str) -> None:
        super().__init__(project, annotator)
        self._strategy: Strategy | None = None
        self._order: list[str] | None = None
        """The documents, if their order is not the project's."""

    def turn_order(self) -> str:
        from annotator.workflows.active_learning import WAYS, queue_order

        ways = (None, *WAYS)
        self._strategy = ways[(ways.index(self._strategy) + 1) % len(ways)]
        self._order = None
        if self._strategy is None:
            return "the documents in the project's order"
        try:
            ordered = queue_order(self.project, self._strategy, self.annotator, self._in_order())
        except UsageError as error:
            return f"the documents in the project's order: {error.message}"
        self._order = ordered
        doubted = self._strategy == "uncertainty"
        what = "the model is least sure about" if doubted else "is least like the rest"
        return f"what {what} comes first; every fifth document is drawn at random"

    def _in_order(self) -> list[str]:
        """The documents in the project's order."""
        return self.project.documents.ids(own=self.annotator if self.own else None)

    @property
    def assigned(self) -> bool:
        return self.project.assignments.any(self.annotator)

    def documents(
        self, wanted: QueueFilter = ALL_DOCUMENTS, *, offset: int = 0, limit: int | None = None
    ) -> list[DocumentSummary]:
        if self._order is not None and wanted == ALL_DOCUMENTS:
            ids = self.ids()[offset:]
            page = ids if limit is None else ids[:limit]
            known = self.project.documents.rows_of(self.annotator, page)
            return [known[id] for id in page if id in known]
        wanted = replace(wanted, own=self.own)
        return self.project.documents.queue(self.annotator, wanted, offset=offset, limit=limit)

    def count(self, wanted: QueueFilter = ALL_DOCUMENTS) -> int:
        return self.project.documents.count(self.annotator, replace(wanted, own=self.own))

    def ids(self) -> list[str]:
        if self._order is None:
            return self._in_order()
        if len(self._order) != self.count():
            # Other documents arrived, or all are shown instead of the annotator's own.
            now, before = self._in_order(), set(self._order)
            kept = set(now)
            self._order = [id for id in self._order if id in kept]
            self._order += [id for id in now if id not in before]
        return self._order

    def neighbour(self, document: str, direction: int) -> str | None:
        if self._order is not None:
            return next(iter(self._beyond(document, direction)), None)
        own = self.annotator if self.own else None
        return self.project.documents.neighbour(document, direction, own=own)

    def waiting(self, document: str, direction: int) -> str | None:
        if self._order is None:
            return self.project.documents.waiting(self.annotator, document, direction, own=self.own)
        there = self._beyond(document, direction)
        rows = self.project.documents.rows_of(self.annotator, there)
        skipped = Completion.SKIPPED
        left = (rows[id] for id in there if id in rows)
        return next((r.id for r in left if r.pending and r.completion is not skipped), None)

    def _beyond(self, document: str, direction: int) -> list[str]:
        """The documents after (1) or before (-1) a given one, the nearest first."""
        ids = self.ids()
        if document not in ids:
            return []
        at = ids.index(document)
        return ids[at + 1 :] if direction > 0 else ids[:at][::-1]

    def all_done(self) -> str:
        from annotator.workflows.assign import all_done

        return all_done(self.project, self.annotator) if self.own else ""


__all__ = ["AnnotatorQueue", "PendingPlace", "Queue"]
