"""How suggestions reach an annotator: computed in the background, replaced by a new model, recorded
as seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from annotator.errors import StoreError
from annotator.model.decision import Suggestion
from annotator.model.provenance import shown_of
from annotator.model.review import Mode, ReviewState, arrive
from annotator.model.text import Document
from annotator.project import Project
from annotator.workflows.background import SUGGEST, Background
from annotator.workflows.training.summary import TRAINING_FAILED, model_news

ARRIVED = "new suggestions"
BACKGROUND_FAILED = "background failed"
"""What the header says if nothing is computed; the screen about learning says why."""


class Arrivals:
    """`suggestions` gives what is now proposed in a paragraph, and `is_blind` says whether nothing
    is proposed there on purpose; a failure to save something is passed to `failed`."""

    def __init__(
        self,
        project: Project,
        annotator: str,
        *,
        background: Background | None,
        suggestions: Callable[[Document, int | None], Sequence[Suggestion]],
        is_blind: Callable[[Document, int], bool],
        failed: Callable[[StoreError], None],
    ) -> None:
        self.awaiting = False
        """Whether the suggestions of the open document are still being computed."""
        self._project = project
        self._annotator = annotator
        self._background = background
        self._suggestions = suggestions
        self._is_blind = is_blind
        self._failed = failed
        self._opened: set[tuple[str, int]] = set()
        """The paragraphs, by document, that the annotator has visited."""
        self._asked: set[str] = set()
        self._shown: dict[tuple[str, int], set[str]] = {}
        """The suggestions recorded as seen, by document and paragraph."""
        self.news = ""
        """What is new since the paragraph before, in few words: a model, or a failure."""
        self._known: str | None = None

    def ask(self, document: str) -> None:
        """Have the suggestions of a document computed in the background, if it has none at all."""
        self.awaiting = False
        if (
            self._background is None
            or document in self._asked
            or self._project.suggestions.has(document)
        ):
            return
        self._asked.add(document)
        self._background.start(SUGGEST)
        self.awaiting = not self._background.error

    def at(self, state: ReviewState) -> ReviewState:
        """The suggestions of a paragraph. They are fixed when it is first seen, so the suggestions
        of a new model appear with the next paragraph that is opened, and `news` says so."""
        place = (state.document.id, state.paragraph)
        if place in self._opened:
            self.keep_shown(state)
            return state
        try:
            # Record this first: training does not change what is read afterwards.
            blind = self._is_blind(state.document, state.paragraph)
            self._project.suggestions.mark_opened(*place, self._annotator, blind=blind)
        except StoreError as error:
            self._failed(error)
            return state
        fresh = self._suggestions(state.document, state.paragraph)
        if fresh:
            self._opened.add(place)
        self.news = self._new_model()
        if list(fresh) != list(state.suggestions.get(state.paragraph, ())):
            message = state.message
            state = replace(state, suggestions={**state.suggestions, state.paragraph: list(fresh)})
            state = replace(arrive(state, state.paragraph, state.focus), message=message)
        self.keep_shown(state)
        return state

    def _new_model(self) -> str:
        """What to say about a model that is new since the last paragraph, or about a failure."""
        if self._background is None:
            return ""
        if self._background.error:
            return BACKGROUND_FAILED
        before, self._known = self._known, model_news(self._project)
        is_new = before is not None and before != self._known
        return self._known if is_new or self._known == TRAINING_FAILED else ""

    def keep_shown(self, state: ReviewState) -> None:
        """Record what is proposed in the paragraph in work when the annotator first sees it."""
        known = self._shown.setdefault((state.document.id, state.paragraph), set())
        seen = [
            item.suggestion
            for item in state.items
            if item.suggestion is not None and item.pending and item.id not in known
        ]
        if not seen:
            return
        try:
            self._project.provenance.keep_shown(
                state.document.id, self._annotator, [shown_of(s) for s in seen]
            )
        except StoreError as error:
            # The next key tries again, since nothing was recorded.
            self._failed(error)
            return
        known.update(s.id for s in seen)

    def take(self, state: ReviewState) -> ReviewState | None:
        """The state with the suggestions that the document waits for; None until they are there.
        They are shown at once if the paragraph is still empty, and otherwise when a paragraph is
        opened."""
        if not self.awaiting or not self._project.suggestions.has(state.document.id):
            return None
        self.awaiting = False
        if state.mode is Mode.BROWSE and not state.items:
            state = self.at(state)
            self.news = ARRIVED
        return state


__all__ = ["Arrivals"]
