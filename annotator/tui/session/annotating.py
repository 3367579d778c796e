"""The source of an annotator's own work: what suggesters propose, except from muted rules and in
blind paragraphs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from annotator.model.blind import is_blind
from annotator.model.decision import Action, Group, Suggestion
from annotator.model.names import Namer, names_in
from annotator.model.review import ReviewState
from annotator.model.span import Span
from annotator.model.text import Document
from annotator.project import Project
from annotator.tui.session.arrivals import Arrivals
from annotator.tui.session.guide import TourProgress
from annotator.tui.session.mutes import Mutes
from annotator.tui.session.queue import AnnotatorQueue
from annotator.tui.session.saving import Saving
from annotator.tui.session.source import Source
from annotator.workflows.background import Background


def _without_other_names(one: Suggestion, listed: Callable[[str], bool]) -> Suggestion:
    """A suggestion, without its entity if a closed codebook does not contain that."""
    if not isinstance(one.value, Span) or not one.value.entity:
        return one
    if all(map(listed, names_in("entity", one.value.entity))):
        return one
    return replace(one, value=replace(one.value, entity=None))


class Annotating(Source):
    """With `background`, suggestions are computed and models trained in the background, from what
    is decided."""

    def __init__(
        self,
        project: Project,
        annotator: str,
        *,
        saving: Saving,
        mutes: Mutes,
        background: Background | None = None,
    ) -> None:
        super().__init__(
            annotator,
            AnnotatorQueue(project, annotator),
            guide=TourProgress(project, annotator, saving.note),
        )
        self._project = project
        self._mutes = mutes
        self._background = background
        self._namer: Namer | None = None
        self._arrivals = Arrivals(
            project,
            annotator,
            background=background,
            suggestions=self.suggestions,
            is_blind=self.is_blind,
            failed=saving.note,
        )

    @property
    def awaiting(self) -> bool:
        return self._arrivals.awaiting

    @property
    def news(self) -> str:
        return "suggesting…" if self.awaiting else self._arrivals.news

    def suggestions(self, document: Document, paragraph: int | None = None) -> list[Suggestion]:
        """What is proposed in a document, or in one paragraph of it."""
        muted = self._mutes.rules()
        listed = self._listed()
        return [
            s if listed is None else _without_other_names(s, listed)
            for s in self._project.suggestions.of(document.id, paragraph)
            if f"{s.suggester}/{s.rule}" not in muted and not self.is_blind(document, s.paragraph)
        ]

    def is_blind(self, document: Document, paragraph: int) -> bool:
        """Decided by the project's `blind_share`."""
        share = self._project.config.blind_share
        return bool(share) and is_blind(
            document.id, paragraph, share=share, seed=self._project.blind_seed
        )

    def namer(self) -> Namer:
        if self._namer is None:
            from annotator.learners.names.namer import DocumentNamer

            names = self._project.names
            self._namer = DocumentNamer(names, names.weights(), only=self._listed())
        return self._namer

    def _listed(self) -> Callable[[str], bool] | None:
        """A test whether a closed codebook contains an entity; None if the codebook is open."""
        if self._project.config.codebook != "closed":
            return None
        names = self._project.names
        return lambda entity: names.codebook().get("entity", entity) is not None

    def begun(self, state: ReviewState) -> ReviewState:
        self._arrivals.ask(state.document.id)
        return state

    def arrived(self, state: ReviewState) -> ReviewState:
        return self._arrivals.at(state)

    def keep_shown(self, state: ReviewState) -> None:
        self._arrivals.keep_shown(state)

    def arrivals(self, state: ReviewState) -> ReviewState | None:
        return self._arrivals.take(state)

    def saved(self, state: ReviewState, group: Group) -> None:
        if self._background is None:
            return
        self._background.decided(state, group)
        if any(decision.action is Action.CLOSE for decision in group):
            self._background.paragraph_done(self._project)


__all__ = ["Annotating"]
