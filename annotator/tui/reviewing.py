"""The session of a reviewer: the gold is in work, the annotators' versions are what is proposed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from string import ascii_uppercase
from typing import ClassVar

from annotator.merging._candidates import Candidate
from annotator.model import actions as do
from annotator.model.decision import Completion, Suggestion
from annotator.model.review import ReviewState
from annotator.model.span import AUTHOR, Annotation, Relation, Span
from annotator.model.text import Document
from annotator.project import DocumentSummary
from annotator.tui.session import Session
from annotator.workflows.review.adjudication import (
    ADJUDICATED,
    ReviewRow,
    Versions,
    differences,
    learn,
    prefill,
    review_rows,
    versions,
)
from annotator.workflows.review.alignment import Difference, differences_of

FILTERS = ("layer", "label", "by", "reason")
"""Words that narrow the queue down, as in `layer:claim by:ada`; other words are looked for in titles."""


@dataclass
class ReviewSession(Session):
    """Opens documents as `@gold`, filled with what the strategy decides by itself.

    With `hidden` annotators go by letters, which differ from document to document; with `model_lane` the
    suggestions stand beside the annotators' versions.
    """

    has_tour: ClassVar[bool] = False
    strategy: str = "unanimous"
    hidden: bool = False
    model_lane: bool = False
    reviewer: str | None = None
    """Who decides, as the log keeps it."""
    _learnt: object | None = None
    _found: Versions | None = None
    _lanes: list[Difference] = field(default_factory=list)
    _suggested: list[Suggestion] = field(default_factory=list)

    def prepare(self, document: Document) -> None:
        if self._learnt is None:
            self._learnt = learn(self.project, self.strategy)
        found = versions(self.project.log.records(document=document.id), self.strategy, self._learnt)
        self._found, self._lanes = found, []
        if found is not None:
            self._lanes = differences_of(found)
            self._suggested = self.project.suggestions.of(document.id)
            prefill(self.project, document, found)

    def arrived(self) -> None:
        """What is to be decided is the annotators' versions, which no model changes."""

    @property
    def decided_by(self) -> str | None:
        return self.reviewer

    def _keep_shown(self) -> None:
        """Annotators' versions are no suggestions."""

    def suggestions(self, document: Document, paragraph: int | None = None) -> list[Suggestion]:  # noqa: ARG002
        if self._found is None:
            return []
        return differences(document, self._found, self.names(document.id) if self.hidden else None)

    def names(self, document: str) -> dict[str, str]:
        """Annotator -> letter, in an order that a hash of document and name gives."""
        voters = self._found.voters if self._found is not None else ()

        def place(who: str) -> bytes:
            return hashlib.sha256(f"{document}\x1f{who}".encode()).digest()

        return dict(zip(sorted(voters, key=place), ascii_uppercase, strict=False))

    def voters(self) -> list[tuple[str, str]]:
        """Annotators of the open document in the order of their keys, and what each is called."""
        if self._found is None:
            return []
        if not self.hidden:
            return [(who, who) for who in self._found.voters]
        return sorted(self.names(self._found.document).items(), key=lambda pair: pair[1])

    def is_blind(self, document: Document, paragraph: int) -> bool:  # noqa: ARG002
        """A reviewer sees what there is."""
        return False

    def begun(self, state: ReviewState) -> ReviewState:
        self.state = replace(state, origin=ADJUDICATED, finished=Completion.GOLD)
        self._reattach()
        return self.review

    # --- versions

    def here(self) -> list[Difference]:
        """What was made in the paragraph, aligned, in reading order."""
        low, high = self.review.bounds
        at = {c.id: c.value for c in self._found.candidates} if self._found is not None else {}

        def start(value: Annotation) -> int:
            while isinstance(value, Relation):
                value = at[value.target]
            return value.start

        return [d for d in self._lanes if low <= start(d.candidates[0].value) < high]

    def in_focus(self) -> Difference | None:
        """The versions that the item in focus is one of."""
        return next((d for d in self.here() if self.review.focus in d.ids), None)

    def proposed(self, difference: Difference) -> Annotation | None:
        """What the model suggested for the same span, when it is to be shown."""
        first = difference.candidates[0].value
        if not self.model_lane or not isinstance(first, Span):
            return None
        near = [
            s.value for s in self._suggested if isinstance(s.value, Span) and s.value.layer == first.layer
        ]
        return next((v for v in near if v.start < first.end and first.start < v.end), None)

    def take(self, versions: Sequence[Candidate], words: str) -> None:
        """Decide a difference: these of its versions stand, the others do not."""
        difference = self.in_focus()
        if difference is not None:
            taken = {c.id for c in versions}
            values = tuple(self._attached(c.value) for c in versions)
            drop = tuple(c.id for c in difference.candidates if c.id not in taken)
            self.do(do.Choose(values, drop, words))

    def do(self, action: do.ReviewAction) -> None:
        super().do(action)
        if isinstance(action, do.Choose | do.Undo | do.Redo):
            self._reattach()

    def _reattach(self) -> None:
        """Stances that are proposed go over to the versions that stand now."""
        state = self.review
        fresh: dict[int, list[Suggestion]] = {}
        for paragraph, several in state.suggestions.items():
            fresh[paragraph] = [
                replace(s, value=self._attached(s.value)) if isinstance(s.value, Relation) else s
                for s in several
            ]
        self.state = replace(state, suggestions=fresh)

    def _attached(self, value: Annotation) -> Annotation:
        """A version as it comes to stand: a relation's ends are the spans that stand there already."""
        value = replace(value, origin=ADJUDICATED)
        if isinstance(value, Span):
            return value
        return replace(value, source=self._standing(value.source), target=self._standing(value.target))

    def _standing(self, end: str) -> str:
        """The span itself where it stands or nothing of its kind does; else the version that stands."""
        item = self.review.find(end) if end != AUTHOR else None
        if end == AUTHOR or (item is not None and not item.pending):
            return end
        several = next((d for d in self._lanes if end in d.ids), None)
        for candidate in several.candidates if several is not None else ():
            other = self.review.find(candidate.id)
            if other is not None and not other.pending:
                return candidate.id
        return end

    # --- the queue

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

    def neighbour(self, direction: int) -> str | None:
        ids = self.ids()
        return _beyond(ids, self.review.document.id, direction)

    def waiting(self, document: str, direction: int) -> str | None:
        rows = review_rows(self.project, self.strategy)
        left = [row.document for row in rows if row.undecided or row.document == document]
        return _beyond(left, document, direction)

    def _rows(self, search: str, completion: Completion | None) -> list[DocumentSummary]:
        wanted, words = _filter(search)
        known = {row.id: row for row in self.project.documents.queue(self.annotator, search=words)}
        out: list[DocumentSummary] = []
        for row in review_rows(self.project, self.strategy):
            own = known.get(row.document)
            if own is None or completion not in (None, row.status) or not _matches(row, wanted):
                continue
            others = tuple(ascii_uppercase[: len(row.voters)]) if self.hidden else row.voters
            out.append(
                DocumentSummary(
                    own.id, own.title, own.order, own.paragraphs, own.done, row.undecided, row.status, others
                )
            )
        return out

    @property
    def name(self) -> str:
        return "review"


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
    """Whether a document has a waiting version by layer, label and annotator, and a decision for the reason."""
    if "reason" in wanted and wanted["reason"] not in {reason.casefold() for reason in row.reasons}:
        return False
    if not wanted.keys() & {"layer", "label", "by"}:
        return True
    return any(
        wanted.get("layer", c.value.layer.casefold()) == c.value.layer.casefold()
        and wanted.get("label", c.value.label.casefold()) == c.value.label.casefold()
        and ("by" not in wanted or wanted["by"] in {who.casefold() for who in c.votes})
        for c in row.waiting
    )


__all__ = ["FILTERS", "ReviewSession"]
