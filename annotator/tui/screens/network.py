"""Who stands with whom, opened from the matrix: the report of the network, computed in a thread."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from textual.worker import get_current_worker

from annotator.errors import AnnotatorError
from annotator.model.record import GOLD
from annotator.project import Project
from annotator.tui.screens.help import TextScreen
from annotator.tui.screens.rereading import Rereading
from annotator.tui.styled_rows import PLAIN, Piece, paragraphs
from annotator.tui.theme import Theme

SAMPLES = 100
"""The number of samples for the shares: few, since somebody is waiting."""


class NetworkScreen(TextScreen):
    """The network of everything that an annotator coded, or of the gold."""

    follows = True

    def __init__(self, root: Path, annotator: str) -> None:
        who = "the gold" if annotator == GOLD else annotator
        super().__init__(f"Who stands with whom, by {who}", self._rows, close="w")
        self._root = root
        self._status = "gold" if annotator == GOLD else f"annotator={annotator}"
        self._lines: list[str] = ["reading the project …"]
        self._rereading = Rereading()

    def mounted(self) -> None:
        self._compute()

    def others_changed(self, documents: Collection[str]) -> None:  # noqa: ARG002
        self._rereading.behind = True

    def catch_up(self) -> None:
        super().catch_up()
        if self.is_current and self._rereading.is_due:
            self._compute()

    def _compute(self) -> None:
        self._rereading.begins()
        self.run_worker(self._make, thread=True, exclusive=True)

    def _make(self) -> None:
        """Read and compute, with its own connection."""
        from annotator.networks.periods import side_changes
        from annotator.workflows.network import network, report
        from annotator.workflows.network.side_changes import rulings

        worker = get_current_worker()
        options = network.NetworkOptions(status=self._status, samples=SAMPLES)
        try:
            with Project.open(self._root) as project:
                statements = network.read_statements(project, options)
                ruled = rulings(project, side_changes(statements))
            made = report.lines(network.network(statements, options), ruled)
        except AnnotatorError as error:
            made = [error.message, *([error.hint] if error.hint else [])]
        if self.is_attached and not worker.is_cancelled:
            self.app.call_from_thread(self._show, made)

    def _show(self, lines: list[str]) -> None:
        self._rereading.is_over()
        self._lines = lines
        if self.is_current:
            self.redraw()

    def _rows(self, theme: Theme, width: int) -> list[list[Piece]]:
        """The lines of the report. Headings, which begin with capitals, are bold."""
        rows: list[list[Piece]] = []
        for line in self._lines:
            style = theme.strong if line.split("  ")[0].isupper() else PLAIN
            rows += [[(line, style)]] if len(line) <= width else paragraphs(line, width, style)
        return rows


__all__ = ["SAMPLES", "NetworkScreen"]
