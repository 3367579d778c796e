"""Where the proposals of a session come from, in which queue, and what its decisions mean."""

from __future__ import annotations

from collections.abc import Sequence

from annotator.model.actions import ReviewAction
from annotator.model.decision import Group, Suggestion
from annotator.model.names import Namer
from annotator.model.review import ReviewState, Step, step
from annotator.model.text import Document
from annotator.tui.session.guide import TourProgress
from annotator.tui.session.queue import Queue


class Source:
    """What a session works on.

    A session opens a document in this order: `prepare`, `suggestions`, `begun`, `arrived`. By
    default, nothing is proposed and decisions are those of `review.step`; a source overrides the
    methods that differ.
    """

    def __init__(self, name: str, queue: Queue, *, guide: TourProgress | None = None) -> None:
        self.name = name
        """Who is working, as the screens show it."""
        self.queue = queue
        self.guide = guide
        """The guided tour, if the work has one."""
        self.decided_by: str | None = None
        """The person who decides, if the work is not their own."""

    @property
    def awaiting(self) -> bool:
        """Whether the suggestions of the open document are still being computed."""
        return False

    @property
    def news(self) -> str:
        """What the header says about work in the background, in few words."""
        return ""

    def prepare(self, document: Document) -> None:
        """Prepare a document; called before its decisions are read."""

    def suggestions(self, document: Document) -> Sequence[Suggestion]:  # noqa: ARG002
        """What is proposed in a document."""
        return ()

    def namer(self) -> Namer | None:
        """What proposes names of entities; loading it takes a moment."""
        return None

    def begun(self, state: ReviewState) -> ReviewState:
        """The state in which a document is opened."""
        return state

    def arrived(self, state: ReviewState) -> ReviewState:
        """The state on arrival in a paragraph, whose proposals may have changed by then."""
        return state

    def keep_shown(self, state: ReviewState) -> None:
        """Record which suggestions the annotator has seen."""

    def arrivals(self, state: ReviewState) -> ReviewState | None:  # noqa: ARG002
        """While `awaiting`: the state with the suggestions that the document waits for; None if
        nothing changed."""
        return None

    def is_blind(self, document: Document, paragraph: int) -> bool:  # noqa: ARG002
        """Whether suggestions are hidden in a paragraph."""
        return False

    def names_changed(self) -> bool:
        """Whether rulings on names changed what is proposed in the open document."""
        return False

    def beyond(self, state: ReviewState, action: ReviewAction) -> str | None:  # noqa: ARG002
        """Run an action that is about more than the open document. Returns its message; None for
        any other action. The document is read again afterwards."""
        return None

    def step(self, state: ReviewState, action: ReviewAction) -> Step:
        """What an action does to the state, and the decisions to record."""
        return step(state, action)

    def saved(self, state: ReviewState, group: Group) -> None:
        """Take notice of decisions that are now in the database, and of the state after them."""


__all__ = ["Source"]
