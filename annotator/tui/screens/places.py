"""Places with some words in all documents."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from annotator.errors import AnnotatorError
from annotator.model.text import paragraph_number
from annotator.project import Project
from annotator.tui.screens.listing import ListLine, ListScreen
from annotator.tui.screens.prompt import PromptScreen
from annotator.workflows.search import SearchMatch, pattern_problem, search

if TYPE_CHECKING:
    from annotator.tui.shell import Shell


def find_everywhere(app: Shell) -> None:
    """Ask for text, and list the places in all documents."""

    def answered(wanted: str | None) -> None:
        if wanted:
            app.push_screen(PlacesScreen(app, wanted))

    app.push_screen(
        PromptScreen("find in all documents", app.look, check=pattern_problem), answered
    )


class PlacesScreen(ListScreen):
    """Places with some words in all documents. A thread looks for them, so that the screen never
    waits."""

    def __init__(self, app: Shell, wanted: str) -> None:
        self._hits: list[SearchMatch] = []
        self._root: Path = app.session.project.root
        self._words = wanted
        super().__init__(f"Places with {wanted}", self._shown, self._go, empty="looking ...")

    def mounted(self) -> None:
        self.run_worker(self._look, thread=True, exclusive=True)

    def _look(self) -> None:
        try:
            with Project.open(self._root) as project:
                found, problem = search(project, self._words, limit=MOST), ""
        except AnnotatorError as error:
            found, problem = [], error.message
        self.app.call_from_thread(self._found, found, problem)

    def _found(self, hits: list[SearchMatch], problem: str) -> None:
        self._hits, self._empty = hits, problem or "no place"
        if self.is_current:
            self.reload()
            if len(hits) == MOST:
                self.say(f"the first {MOST}; add words to find fewer")

    def _shown(self) -> list[ListLine]:
        return [
            ListLine(f"… {hit.context} …", f"{hit.document} ¶ {paragraph_number(hit.paragraph)}")
            for hit in self._hits
        ]

    def _go(self, at: int) -> None:
        hit = self._hits[at]
        self.shell.go_to(hit.document, hit.paragraph, None, find=(self._words, hit.start))


MOST = 500
"""The number of places listed."""

__all__ = ["MOST", "PlacesScreen", "find_everywhere"]
