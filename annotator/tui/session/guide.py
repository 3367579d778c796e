"""The guided tour of one annotator: offered once; it can be left at any time and begun again. In a
later sitting it goes on at the same step."""

from __future__ import annotations

from collections.abc import Callable

from annotator.errors import StoreError
from annotator.model.review import ReviewState
from annotator.project import TOUR, Project
from annotator.tui.tour import Tour, TourStep, name_confirmed, watch

_NAMES = {step: "done" if step is TourStep.END else step.name.lower() for step in TourStep}
"""What is kept in the database about each step."""

_STEPS = {name: step for step, name in _NAMES.items()}


class TourProgress:
    """`tour` is the state of the tour while it is on. A failure to save how far it is, is
    passed to `failed`."""

    def __init__(
        self, project: Project, annotator: str, failed: Callable[[StoreError], None]
    ) -> None:
        self.tour: Tour | None = None
        self._project = project
        self._kept = f"{TOUR}:{annotator}"
        self._failed = failed

    def offer(self, state: ReviewState | None) -> None:
        """Begin the tour if the project offers it and the annotator has not finished it."""
        if self._project.setting(TOUR):
            step = _STEPS.get(self._project.setting(self._kept) or "", TourStep.MOVE)
            if step is not TourStep.END:
                self.tour = Tour(step, state)

    def begin(self, state: ReviewState | None) -> None:
        """Begin the tour at its first step."""
        self.tour = Tour(seen=state)

    def leave(self) -> None:
        """End the tour, and do not offer it again."""
        self.tour = None
        self._keep(TourStep.END)

    def watch(self, state: ReviewState) -> None:
        """Show the tour the present state."""
        if self.tour is not None:
            self._now(watch(self.tour, state))

    def name_confirmed(self) -> None:
        """Tell the tour that the line of a name was taken, with or without a change."""
        if self.tour is not None:
            self._now(name_confirmed(self.tour))

    def _now(self, tour: Tour) -> None:
        before, self.tour = self.tour, tour
        if before is None or tour.step is not before.step:
            self._keep(tour.step)

    def _keep(self, step: TourStep) -> None:
        try:
            self._project.keep_setting(self._kept, _NAMES[step])
        except StoreError as error:
            self._failed(error)


__all__ = ["TourProgress"]
