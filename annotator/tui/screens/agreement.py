"""How far the annotators agree, as text; computed aside, so that the screen never waits."""

from __future__ import annotations

from pathlib import Path

from annotator.errors import AnnotatorError
from annotator.project import Project
from annotator.tui.rows import PLAIN, Piece, clip
from annotator.tui.screens.help import TextScreen
from annotator.tui.theme import Theme


class AgreementScreen(TextScreen):
    """The report of `annotator agreement`."""

    def __init__(self, root: Path) -> None:
        super().__init__("Agreement", self._rows, close="A")
        self._root = root
        self._lines = ["computing ..."]

    def on_mount(self) -> None:
        self.run_worker(self._compute, thread=True, exclusive=True)

    def _compute(self) -> None:
        from annotator.workflows.agree import agreement, report

        try:
            with Project.open(self._root) as project:
                lines = report(agreement(project))
        except AnnotatorError as error:
            lines = [error.message, error.hint]
        self.app.call_from_thread(self._show, lines)

    def _show(self, lines: list[str]) -> None:
        self._lines = lines
        if self.is_current:
            self.redraw()

    def _rows(self, theme: Theme, width: int) -> list[list[Piece]]:
        return [[(clip(line, width), theme.strong if line.isupper() else PLAIN)] for line in self._lines]


__all__ = ["AgreementScreen"]
