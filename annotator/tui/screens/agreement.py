"""How far the annotators agree; computed aside, so that the screen never waits."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult

from annotator.errors import AnnotatorError
from annotator.project import Project
from annotator.tui.rows import PLAIN, Piece, clip, strip
from annotator.tui.screens.base import CommandScreen
from annotator.tui.screens.help import TextScreen
from annotator.tui.views.beside import Marks, beside
from annotator.tui.widgets.rows import Rows

if TYPE_CHECKING:
    from annotator.workflows.agree import Agreement, Spot
    from annotator.workflows.agree_report import Line


class AgreementScreen(CommandScreen):
    """The report with a cursor; enter opens the paragraph of the line, `n` `N` go from one such line to another."""

    CSS_PATH = "listing.tcss"
    context = "help"

    def __init__(self, root: Path) -> None:
        super().__init__()
        self._root = root
        self._found: Agreement | None = None
        self._lines: list[Line] = []
        self._message = "computing ..."
        self._at = self._top = 0

    def compose(self) -> ComposeResult:
        yield Rows(id="list")

    def on_mount(self) -> None:
        self.run_worker(self._compute, thread=True, exclusive=True)

    def on_resize(self, _: events.Resize) -> None:
        self.redraw()

    def on_screen_resume(self) -> None:
        self.redraw()

    def _compute(self) -> None:
        from annotator.workflows.agree import agreement
        from annotator.workflows.agree_report import lines

        try:
            with Project.open(self._root) as project:
                found = agreement(project)
        except AnnotatorError as error:
            self.app.call_from_thread(self._refused, error)
        else:
            self.app.call_from_thread(self._show, found, lines(found))

    def _refused(self, error: AnnotatorError) -> None:
        self._message = f"{error.message}. {error.hint}"
        self.redraw()

    def _show(self, found: Agreement, lines: list[Line]) -> None:
        self._found, self._lines, self._message = found, lines, ""
        if self.is_current:
            self.redraw()

    def redraw(self) -> None:
        width, height = self.app.size
        theme = self.theme_now
        room = max(1, height - 3)
        self._at = max(0, min(self._at, len(self._lines) - 1))
        self._top = max(0, min(max(min(self._top, self._at), self._at - room + 1), len(self._lines) - room))
        head: list[Piece] = [(" Agreement".ljust(width), theme.bar)]
        rows: list[list[Piece]] = [head, []]
        for i, line in enumerate(self._lines[self._top : self._top + room], self._top):
            here = i == self._at
            style = theme.strong if line.head or (here and line.spot) else PLAIN
            rows.append([("▸ " if here else "  ", theme.strong), (clip(line.text, width - 2), style)])
        if self._message:
            rows.append([(clip(f"  {self._message}", width), theme.muted)])
        rows += [[] for _ in range(height - 1 - len(rows))]
        foot: list[Piece] = []
        for key, words in (("enter", "side by side"), ("n N", "next, previous worst"), ("j k PgDn PgUp", "move"),
                           ("esc", "back")):  # fmt: skip
            foot += [(f" {key}", theme.strong), (f" {words} ", theme.muted)]
        self.query_one(Rows).show([strip(row) for row in [*rows, foot]])

    def take(self, key: str) -> None:
        page = max(1, self.app.size.height - 4)
        steps = {"j": 1, "down": 1, "k": -1, "up": -1, "pagedown": page, "space": page, "pageup": -page,
                 "home": -(10**6), "end": 10**6}  # fmt: skip
        if key in ("escape", "q", "A"):
            self.app.pop_screen()
        elif key == "ctrl+q":
            self.run_quit()
        elif key in steps:
            self._at = max(0, self._at + steps[key])
            self.redraw()
        elif key in ("n", "N"):
            self._jump(forward=key == "n")
        elif key == "enter" and self._at < len(self._lines):
            spot = self._lines[self._at].spot
            if spot is not None:
                self._open(spot)
            else:
                self._jump(forward=True)

    def _jump(self, *, forward: bool) -> None:
        places = [i for i, line in enumerate(self._lines) if line.spot]
        later = [i for i in places if i > self._at] if forward else [i for i in places[::-1] if i < self._at]
        if later:
            self._at = later[0]
            self.redraw()

    def _open(self, spot: Spot) -> None:
        """The paragraph as each annotator coded it."""
        assert self._found is not None
        passage = next(
            p
            for p in self._found.comparison.passages
            if p.name == spot.document and p.index == spot.paragraph
        )
        works = {who: Marks(w.spans, w.relations, w.ends) for who, w in passage.works.items()}
        title = f"{spot.document} ¶ {spot.paragraph + 1}: {', '.join(sorted(works))}"
        self.app.push_screen(
            TextScreen(
                title,
                lambda theme, width: beside(passage.text, passage.start, passage.end, works, theme, width),
                close="enter",
            )
        )


__all__ = ["AgreementScreen"]
