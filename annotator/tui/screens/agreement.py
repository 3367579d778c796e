"""How far the annotators agree; computed aside, so that the screen never waits, and following what is saved."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.worker import get_current_worker

from annotator.errors import AnnotatorError
from annotator.model.text import paragraph_number
from annotator.project import Project
from annotator.tui.rows import PLAIN, Piece, clip, justify, paragraphs, strip
from annotator.tui.screens.base import CommandScreen
from annotator.tui.screens.help import TextScreen
from annotator.tui.views.beside import beside
from annotator.tui.widgets.rows import Rows

if TYPE_CHECKING:
    from annotator.workflows.agreement.report import Line
    from annotator.workflows.agreement.values import Spot

LOOK = 0.02
"""Seconds between two looks at whether somebody saved something; a look costs some ten microseconds."""

_BLOCKS = "█▉▊▋▌▍▎▏░▒▓"
_DRAWN = re.compile(f"([{_BLOCKS}]+|≥.80$|≥.667$)")


class AgreementScreen(CommandScreen):
    """The report with a cursor; enter opens the paragraph of the line, `n` `N` go from one such line to another."""

    CSS_PATH = "listing.tcss"
    context = "help"

    def __init__(self, root: Path) -> None:
        super().__init__()
        self._root = root
        self._lines: list[Line] = []
        self._message = "reading what the annotators finished …"
        self._at = self._top = 0

    def compose(self) -> ComposeResult:
        yield Rows(id="list")

    def on_mount(self) -> None:
        self.run_worker(self._follow, thread=True, exclusive=True)

    def on_resize(self, _: events.Resize) -> None:
        self.redraw()

    def on_screen_resume(self) -> None:
        self.redraw()

    def _follow(self) -> None:
        """Read, tell, and look again for as long as the screen is open; the connection belongs to this thread."""
        from annotator.workflows.agreement.compute import Follower

        worker = get_current_worker()
        try:
            with Project.open(self._root) as project:
                follower = Follower(project)
                self._tell(follower)
                while not worker.is_cancelled:
                    time.sleep(LOOK)
                    if follower.update():
                        self._tell(follower)
        except AnnotatorError as error:
            self._post(error)

    def _tell(self, follower: object) -> None:
        from annotator.workflows.agreement.compute import Follower
        from annotator.workflows.agreement.report import lines

        assert isinstance(follower, Follower)
        try:
            found = lines(follower.agreement())
        except AnnotatorError as error:
            self._post(error)
        else:
            self._post(found)

    def _post(self, what: list[Line] | AnnotatorError) -> None:
        if self.is_attached and not get_current_worker().is_cancelled:
            self.app.call_from_thread(self._take, what)

    def _take(self, what: list[Line] | AnnotatorError) -> None:
        """Show what was found, the cursor on the paragraph that it was on."""
        if isinstance(what, AnnotatorError):
            self._lines, self._message = [], f"{what.message}. {what.hint}"
        else:
            spot = self._spot()
            self._lines, self._message = what, ""
            if spot is not None:
                same = (spot.document, spot.paragraph)
                places = (
                    i
                    for i, line in enumerate(what)
                    if line.spot and (line.spot.document, line.spot.paragraph) == same
                )
                self._at = next(places, self._at)
        if self.is_current:
            self.redraw()

    def _spot(self) -> Spot | None:
        return self._lines[self._at].spot if self._at < len(self._lines) else None

    def redraw(self) -> None:
        width, height = self.app.size
        theme = self.theme_now
        room = max(1, height - 3)
        self._at = max(0, min(self._at, len(self._lines) - 1))
        self._top = max(0, min(max(min(self._top, self._at), self._at - room + 1), len(self._lines) - room))
        state = "follows what is saved" if self._lines else ""
        bar = justify([(" Agreement", PLAIN)], [(f"{state} ", PLAIN)], width)
        rows: list[list[Piece]] = [[(text, theme.bar) for text, _ in bar], []]
        for i, line in enumerate(self._lines[self._top : self._top + room], self._top):
            rows.append(
                [
                    ("▸ " if i == self._at else "  ", theme.strong),
                    *self._pieces(line, width - 2, i == self._at),
                ]
            )
        if self._message:
            rows += paragraphs(self._message, min(width - 4, 76), theme.muted, indent="  ")
        rows += [[] for _ in range(height - 1 - len(rows))]
        self.query_one(Rows).show([strip(row) for row in [*rows[: height - 1], self._foot()]])

    def _pieces(self, line: Line, width: int, here: bool) -> list[Piece]:
        """A line with colour on its bars, shades and verdicts, which says nothing that the characters do not."""
        from annotator.workflows.agreement.report import spot_text

        theme = self.theme_now
        style = {"head": theme.strong, "note": theme.muted}.get(line.kind, PLAIN)
        if line.spot is not None:
            return [(clip(spot_text(line.spot, width), width), theme.strong if here else PLAIN)]
        text = clip(line.text, width)
        if line.kind != "text":
            return [(text, style)]
        inks = {"≥.80": theme.ink("green"), "≥.667": theme.ink("yellow")}
        parts = [part for part in _DRAWN.split(text) if part]
        return [(part, inks.get(part, theme.ink("sky") if part[0] in _BLOCKS else PLAIN)) for part in parts]

    def _foot(self) -> list[Piece]:
        theme = self.theme_now
        foot: list[Piece] = []
        for key, words in (("n N", "paragraphs"), ("enter", "side by side"), ("s S", "sections"),
                           ("PgDn PgUp", "scroll"), ("esc", "back")):  # fmt: skip
            foot += [(f" {key}", theme.strong), (f" {words} ", theme.muted)]
        return foot

    def take(self, key: str) -> None:
        page = max(1, self.app.size.height - 4)
        steps = {"j": 1, "down": 1, "k": -1, "up": -1, "pagedown": page, "space": page, "]": page, "pageup": -page,
                 "[": -page, "home": -(10**6), "end": 10**6, "G": 10**6}  # fmt: skip
        if key in ("escape", "q", "A"):
            self.app.pop_screen()
        elif key == "ctrl+q":
            self.run_quit()
        elif key in steps:
            self._at = max(0, self._at + steps[key])
            self.redraw()
        elif key in ("n", "N"):
            self._jump("spot", forward=key == "n")
        elif key in ("s", "S"):
            self._jump("head", forward=key == "s")
        elif key == "enter":
            spot = self._spot()
            if spot is not None:
                self._open(spot)
            else:
                self._jump("spot", forward=True)

    def _jump(self, kind: str, *, forward: bool) -> None:
        places = [i for i, line in enumerate(self._lines) if line.kind == kind]
        later = [i for i in places if i > self._at] if forward else [i for i in places[::-1] if i < self._at]
        if later:
            self._at = later[0]
            if kind == "head":
                self._top = self._at
            self.redraw()

    def _open(self, spot: Spot) -> None:
        """The paragraph as each annotator coded it, read now."""
        from annotator.workflows.agreement.compute import passage

        try:
            with Project.open(self._root) as project:
                found = passage(project, spot)
        except AnnotatorError as error:
            self.say(error.message)
            return
        if found is None:
            self.say("two annotators have no longer finished this paragraph")
            return
        title = f"{spot.document} ¶ {paragraph_number(spot.paragraph)}: {', '.join(sorted(found.works))}"
        self.app.push_screen(
            TextScreen(title, lambda theme, width: beside(found, theme, width), close="enter")
        )


__all__ = ["AgreementScreen"]
