"""The session of a reviewer: the gold is in work, the annotators' differences are what is proposed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from annotator.model.decision import Completion, Suggestion
from annotator.model.review import ReviewState
from annotator.model.text import Document
from annotator.project import DocumentSummary
from annotator.tui.session import Session
from annotator.workflows.adjudicate import ADJUDICATED, Versions, differences, prefill, review_rows, versions


@dataclass
class ReviewSession(Session):
    """Opens documents as `@gold`, filled with what the strategy decides by itself."""

    strategy: str = "unanimous"
    _versions: dict[str, Versions] = field(default_factory=dict)

    def prepare(self, document: Document) -> None:
        found = versions(self.project.records(document=document.id), self.strategy)
        if found is not None:
            self._versions[document.id] = found
            prefill(self.project, document, found)

    def suggestions(self, document: Document) -> list[Suggestion]:
        found = self._versions.get(document.id)
        return differences(document, found) if found is not None else []

    def is_blind(self, document: Document, paragraph: int) -> bool:  # noqa: ARG002
        """A reviewer sees what there is."""
        return False

    def begun(self, state: ReviewState) -> ReviewState:
        return replace(state, origin=ADJUDICATED, finished=Completion.GOLD)

    def documents(
        self,
        *,
        offset: int = 0,
        limit: int | None = None,
        search: str = "",
        completion: Completion | None = None,
    ) -> list[DocumentSummary]:
        rows = self._rows(search, completion)
        return rows[offset:] if limit is None else rows[offset : offset + limit]

    def count(self, *, search: str = "", completion: Completion | None = None) -> int:
        return len(self._rows(search, completion))

    def ids(self) -> list[str]:
        return [row.document for row in review_rows(self.project, self.strategy)]

    def _rows(self, search: str, completion: Completion | None) -> list[DocumentSummary]:
        known = {row.id: row for row in self.project.documents(self.annotator, search=search)}
        out: list[DocumentSummary] = []
        for row in review_rows(self.project, self.strategy):
            own = known.get(row.document)
            if own is not None and completion in (None, row.status):
                out.append(
                    DocumentSummary(
                        own.id,
                        own.title,
                        own.order,
                        own.paragraphs,
                        own.done,
                        row.undecided,
                        row.status,
                        row.voters,
                    )
                )
        return out

    @property
    def name(self) -> str:
        return "review"


__all__ = ["ReviewSession"]
