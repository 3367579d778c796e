"""The guided tour of one annotator: offered once; it can be left at any time and begun again."""

from __future__ import annotations

from collections.abc import Callable

from annotator.errors import StoreError
from annotator.model.review import ReviewState
from annotator.project import TOUR, Project
from annotator.tui.tour import Tour, TourStep, watch


class Guide:
    """`tour` is the state of the tour while it is on. A failure to save that it is over is passed
    to `failed`."""

    def __init__(
        self, project: Project, annotator: str, failed: Callable[[StoreError], None]
    ) -> None:
        self.tour: Tour | None = None
        self._project = project
        self._over = f"{TOUR}:{annotator}"
        self._failed = failed

    def offer(self, state: ReviewState | None) -> None:
        """Begin the tour if the project offers it and the annotator has not finished it."""
        if self._project.setting(TOUR) and not self._project.setting(self._over):
            self.begin(state)

    def begin(self, state: ReviewState | None) -> None:
        """Begin the tour at its first step."""
        self.tour = Tour(seen=state)

    def leave(self) -> None:
        """End the tour, and do not offer it again."""
        self.tour = None
        self._keep_over()

    def watch(self, state: ReviewState) -> None:
        """Show the tour the present state."""
        if self.tour is not None:
            before, self.tour = self.tour, watch(self.tour, state)
            if self.tour.step is TourStep.END and before.step is not TourStep.END:
                self._keep_over()

    def _keep_over(self) -> None:
        try:
            self._project.keep_setting(self._over, "done")
        except StoreError as error:
            self._failed(error)


__all__ = ["Guide"]
