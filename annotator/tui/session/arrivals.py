"""The suggestions of a document as they come to its annotator: made
aside, learnt meanwhile, kept as seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from annotator.errors import StoreError
from annotator.model.decision import Suggestion
from annotator.model.provenance import shown_of
from annotator.model.review import Mode, ReviewState, arrive
from annotator.model.text import Document
from annotator.project import Project
from annotator.workflows.background import SUGGEST, Background, model_summary


class Arrivals:
    """`suggestions` gives what is proposed in a paragraph by now; failures
    to keep something go to `failed`."""

    def __init__(
        self,
        project: Project,
        annotator: str,
        *,
        background: Background | None,
        suggestions: Callable[[Document, int | None], Sequence[Suggestion]],
        failed: Callable[[StoreError], None],
    ) -> None:
        self.awaiting = False
        """Whether the open document has no suggestions yet, and they are being made."""
        self._project = project
        self._annotator = annotator
        self._background = background
        self._suggestions = suggestions
        self._failed = failed
        self._opened: set[tuple[str, int]] = set()
        """The paragraphs, by document, that the annotator came to once."""
        self._asked: set[str] = set()
        self._shown: dict[tuple[str, int], set[str]] = {}
        """By document and paragraph, the suggestions that are kept as seen."""
        self.news = ""
        """What was said last of a new model."""
        self._summary: str | None = None

    def ask(self, document: str) -> None:
        """For a document that has no suggestions at all: have them made aside."""
        self.awaiting = False
        if (
            self._background is None
            or document in self._asked
            or self._project.suggestions.of(document)
        ):
            return
        self._asked.add(document)
        self._background.start(SUGGEST)
        self.awaiting = not self._background.error

    def at(self, state: ReviewState) -> ReviewState:
        """Of a paragraph that is seen for the first time, what is suggested by now; from then on it
        stays. What a model learnt meanwhile so comes with the next paragraph that is opened, and
        a quiet line says so."""
        place = (state.document.id, state.paragraph)
        if place in self._opened:
            self.keep_shown(state)
            return state
        try:
            # Kept first: whatever is read after that is not changed by training any more.
            self._project.suggestions.mark_opened(*place, self._annotator)
        except StoreError as error:
            self._failed(error)
            return state
        fresh = self._suggestions(state.document, state.paragraph)
        if fresh:
            self._opened.add(place)
        message = state.message or self._new_model()
        if list(fresh) != list(state.suggestions.get(state.paragraph, ())):
            state = replace(state, suggestions={**state.suggestions, state.paragraph: list(fresh)})
            state = arrive(state, state.paragraph, state.focus)
        self.keep_shown(state)
        return replace(state, message=message)

    def _new_model(self) -> str:
        """What is to be said of a model that came since the last paragraph."""
        if self._background is None:
            return ""
        before, self._summary = self._summary, model_summary(self._project)
        failed = self._background.error
        self.news = failed or ("" if before in (None, self._summary) else self._summary or "")
        return self.news

    def keep_shown(self, state: ReviewState) -> None:
        """Keep what is proposed in the paragraph in work, the first
        time that the annotator sees it."""
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
            # Tried again with the next key: what is not kept now is not known.
            self._failed(error)
            return
        known.update(s.id for s in seen)

    def take(self, state: ReviewState) -> ReviewState | None:
        """The state once the suggestions are there that the document waits for; None before. They
        are shown at once where nothing is in the paragraph that they would change, else when a
        paragraph is opened."""
        if not self.awaiting or not self._project.suggestions.of(state.document.id):
            return None
        self.awaiting = False
        if state.mode is Mode.BROWSE and not state.items:
            return self.at(state).changed(message="suggestions have come")
        return state


__all__ = ["Arrivals"]
