"""How far the annotators agree; computed aside, so that the screen
never waits, and following what is saved."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.worker import get_current_worker

from annotator.errors import AnnotatorError
from annotator.model.text import paragraph_number
from annotator.project import Project
from annotator.tui.screens.base import CommandScreen
from annotator.tui.screens.help import TextScreen
from annotator.tui.styled_rows import PLAIN, Piece, clip, justify, paragraphs, strip
from annotator.tui.views.beside import beside
from annotator.tui.views.pairs import pair_rows
from annotator.tui.widgets.rows import Rows

if TYPE_CHECKING:
    from annotator.workflows.agreement.compute import Follower
    from annotator.workflows.agreement.differences import DifferenceFilter, PairDifference
    from annotator.workflows.agreement.lines import ReportLine
    from annotator.workflows.agreement.values import Spot

LOOK = 0.02
"""Seconds between two looks at whether somebody saved something;
a look costs some ten microseconds."""

MOST = 500
"""So many differences are shown at once; all of them are in
a table of `annotator agreement --tables`."""

_BLOCKS = "█▉▊▋▌▍▎▏░▒▓"
_DRAWN = re.compile(f"([{_BLOCKS}]+|≥.80$|≥.667$)")


class AgreementScreen(CommandScreen):
    """The report with a cursor: enter opens what stands behind a line, `w` says what its figure is,
    `f` chooses what is compared, `y` copies, `o` writes a report."""

    CSS_PATH = "listing.tcss"
    context = "help"

    def __init__(self, root: Path) -> None:
        super().__init__()
        self._root = root
        self._lines: list[ReportLine] = []
        self._message = "reading what the annotators finished …"
        self._said = ""
        self._choice = ""
        self._at = self._top = self._cell = 0
        self._wanted = ""
        self._search: str | None = None
        """What the queue was searched for before differences were decided from here."""

    @property
    def own_keys(self) -> tuple[tuple[str, str], ...]:
        return (
            ("enter", "the differences behind the line, or its paragraph side by side"),
            ("r", "decide these differences in review, one after the other"),
            ("h l", "a single cell of a row of labels or annotators"),
            ("w", "what the figure is, how to read it, and when not to"),
            ("f", "compare only some layers, labels, annotators, documents or days"),
            ("y", "copy the report"),
            ("o", "write a report: Markdown, LaTeX or CSV"),
            ("n N", "the next and the previous paragraph"),
            ("s S", "the next and the previous section"),
            ("esc", "back"),
        )

    def compose(self) -> ComposeResult:
        yield Rows(id="list")

    def on_mount(self) -> None:
        self.run_worker(self._follow, thread=True, exclusive=True)

    def on_resize(self, _: events.Resize) -> None:
        self.redraw()

    def on_screen_resume(self) -> None:
        self._back()
        self.redraw()

    def say(self, message: str) -> None:
        self._said = message
        if self.is_attached and self.is_current:
            self.redraw()

    def _follow(self) -> None:
        """Read, tell, and look again for as long as the screen is open; the
        connection belongs to this thread."""
        from annotator.workflows.agreement.compute import Follower
        from annotator.workflows.agreement.scope import Scope

        worker = get_current_worker()
        try:
            with Project.open(self._root) as project:
                choice = Scope.parse(self._choice)
                follower = Follower(
                    project,
                    annotators=choice.annotators or None,
                    layers=choice.layers or None,
                    documents=choice.in_documents(project),
                )
                self._tell(follower, choice.labels)
                while not worker.is_cancelled:
                    time.sleep(LOOK)
                    if follower.update():
                        self._tell(follower, choice.labels)
        except AnnotatorError as error:
            self._post(error)

    def _tell(self, follower: Follower, labels: Sequence[str]) -> None:
        from annotator.workflows.agreement.report import lines

        try:
            found = lines(follower.agreement(), labels)
        except AnnotatorError as error:
            self._post(error)
        else:
            self._post(found)

    def _post(self, what: list[ReportLine] | AnnotatorError) -> None:
        if self.is_attached and not get_current_worker().is_cancelled:
            self.app.call_from_thread(self._take, what)

    def _take(self, what: list[ReportLine] | AnnotatorError) -> None:
        """Show what was found, the cursor on the paragraph that it was on."""
        if isinstance(what, AnnotatorError):
            self._lines, self._message = [], f"{what.message}. {what.hint}"
        else:
            from annotator.workflows.agreement.lines import unnamed

            called = self.shell.session.queue.called()
            what = [unnamed(line, called) for line in what] if called else what
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

    def _line(self) -> ReportLine | None:
        return self._lines[self._at] if self._at < len(self._lines) else None

    def _spot(self) -> Spot | None:
        line = self._line()
        return line.spot if line is not None else None

    def redraw(self) -> None:
        width, height = self.app.size
        theme = self.theme_now
        room = max(1, height - 3)
        self._at = max(0, min(self._at, len(self._lines) - 1))
        self._top = max(
            0, min(max(min(self._top, self._at), self._at - room + 1), len(self._lines) - room)
        )
        state = self._said or self._here() or ("follows what is saved" if self._lines else "")
        title = f" Agreement  {clip(self._choice, max(0, width - 40))}".rstrip()
        bar = justify([(title, PLAIN)], [(f"{state} ", PLAIN)], width)
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
        self.query_one(Rows).show([strip(row) for row in [*rows[: height - 1], self._foot(width)]])

    def _selection(self) -> DifferenceFilter | None:
        """What enter opens: of a row, or of the cell that was gone to."""
        line = self._line()
        if line is None:
            return None
        return line.cells[self._cell - 1] if 0 < self._cell <= len(line.cells) else line.opens

    def _here(self) -> str:
        """The words of what enter opens, where that is not plain from the line."""
        found = self._selection()
        return found.title if found is not None else ""

    def _pieces(self, line: ReportLine, width: int, here: bool) -> list[Piece]:
        """A line with colour on its bars, shades and verdicts, which says nothing
        that the characters do not."""
        from annotator.workflows.agreement.breakdown import spot_text

        theme = self.theme_now
        style = {"head": theme.strong, "note": theme.muted}.get(line.kind, PLAIN)
        if line.spot is not None:
            return [(clip(spot_text(line.spot, width), width), theme.strong if here else PLAIN)]
        text = clip(line.text, width)
        if line.kind != "text":
            return [(text, style)]
        inks = {"≥.80": theme.ink("green"), "≥.667": theme.ink("yellow")}
        parts = [part for part in _DRAWN.split(text) if part]
        return [
            (part, inks.get(part, theme.ink("sky") if part[0] in _BLOCKS else PLAIN))
            for part in parts
        ]

    def _foot(self, width: int) -> list[Piece]:
        theme = self.theme_now
        pairs = (
            ("enter", "open"),
            ("w", "what is it"),
            ("f", "choose"),
            ("y", "copy"),
            ("o", "report"),
            ("n N", "paragraphs"),
            ("s S", "sections"),
            ("h l", "cells"),
            ("esc", "back"),
            ("?", "keys"),
        )
        foot: list[Piece] = []
        for key, words in pairs:
            if sum(len(text) for text, _ in foot) + len(key) + len(words) + 3 <= width:
                foot += [(f" {key}", theme.strong), (f" {words} ", theme.muted)]
        return foot

    def take(self, key: str) -> None:
        page = max(1, self.app.size.height - 4)
        steps = {
            "j": 1,
            "down": 1,
            "k": -1,
            "up": -1,
            "pagedown": page,
            "space": page,
            "]": page,
            "pageup": -page,
            "[": -page,
            "home": -(10**6),
            "end": 10**6,
            "G": 10**6,
        }
        keys: dict[str, Callable[[], None]] = {
            "enter": self._enter,
            "w": self._explain,
            "f": self._choose,
            "y": self._copy,
            "o": self._ask_report,
            "r": self._decide,
            "/": self._find,
        }
        self._said = ""
        if key in ("escape", "q", "A"):
            self.app.pop_screen()
        elif key in steps:
            self._at, self._cell = max(0, self._at + steps[key]), 0
            self.redraw()
        elif key in ("h", "left", "l", "right"):
            self._to_cell(1 if key in ("l", "right") else -1)
        elif key in ("n", "N"):
            self._jump("spot", forward=key == "n")
        elif key in ("s", "S"):
            self._jump("head", forward=key == "s")
        elif key in keys:
            keys[key]()
        else:
            self.everywhere(key)

    def _to_cell(self, step: int) -> None:
        line = self._line()
        count = len(line.cells) if line is not None else 0
        self._cell = max(0, min(count, self._cell + step))
        self.redraw()

    def _enter(self) -> None:
        spot, selection = self._spot(), self._selection()
        if spot is not None:
            self._open(spot)
        elif selection is not None:
            self._differences(selection)
        else:
            self._jump("spot", forward=True)

    def _explain(self) -> None:
        """What the figure of the line is."""
        from annotator.workflows.agreement.report import explained

        line = self._line()
        if line is None or line.figure is None:
            self.say("w says it on lines with a figure")
            return
        words = explained(line.figure)
        self.app.push_screen(
            TextScreen(
                words[0],
                lambda _, width: [
                    row for one in words[1:] for row in (paragraphs(one, width) if one else [[]])
                ],
                close="w",
            )
        )

    def _decide(self) -> None:
        """The differences behind the line or cell are decided one after the other; then one is
        back here."""
        selection = self._selection()
        if selection is None:
            self.say("r decides the differences behind a line of causes, labels or annotators")
            return
        from annotator.workflows.agreement.scope import Scope
        from annotator.workflows.review.open_differences import words_of

        chosen = Scope.parse(self._choice)
        documents = f" document:{','.join(chosen.documents)}" if chosen.documents else ""
        self._search = self.shell.session.queue.search
        said = self.shell.decide(words_of(selection) + documents)
        if said:
            self._back()
            self.say(said)

    def _back(self) -> None:
        """The queue shows again what it showed."""
        if self._search is not None:
            self.shell.session.queue.search, self._search = self._search, None

    def _find(self) -> None:
        """To the next line with these words."""
        from annotator.tui.screens.prompt import PromptScreen

        def answered(wanted: str | None) -> None:
            if wanted:
                self._wanted = wanted.casefold()
                self._to_found()
            self.redraw()

        self.app.push_screen(
            PromptScreen("find", self.theme_now, value=self._wanted, anew=True), answered
        )

    def _to_found(self) -> None:
        places = [i for i, line in enumerate(self._lines) if self._wanted in line.text.casefold()]
        if places:
            self._at = next((i for i in places if i > self._at), places[0])
            self._cell = 0
        self._said = f"{len(places)} with “{self._wanted}”; / and enter go to the next"

    def _choose(self) -> None:
        """Compare only a part: layers, labels, annotators, documents, days."""
        from annotator.tui.screens.prompt import PromptScreen
        from annotator.workflows.agreement.scope import Scope

        def problem(text: str) -> str:
            try:
                Scope.parse(text)
            except AnnotatorError as error:
                return f"{error.message}. {error.hint}"
            return ""

        def chosen(text: str | None) -> None:
            if text is not None:
                self._choice = text.strip()
                self._lines, self._message = [], "reading what the annotators finished …"
                self._at = self._top = self._cell = 0
                self.run_worker(self._follow, thread=True, exclusive=True)
            self.redraw()

        title = "compare (layer:claim label:fact by:ada,ben document:… since:2026-11-01 until:…)"
        self.app.push_screen(
            PromptScreen(title, self.theme_now, value=self._choice, check=problem), chosen
        )

    def _copy(self) -> None:
        """The report into the clipboard of the terminal."""
        self.app.copy_to_clipboard("\n".join(line.text for line in self._lines) + "\n")
        self.say(f"{len(self._lines)} lines copied, where the terminal lets programs copy")

    def _ask_report(self) -> None:
        """Ask for a file, and write the report aside."""
        from annotator.tui.screens.prompt import PromptScreen
        from annotator.workflows.agreement.methods_report import check_report

        def problem(text: str) -> str:
            try:
                check_report(Path(text))
            except AnnotatorError as error:
                return f"{error.message}. {error.hint}"
            return ""

        def chosen(text: str | None) -> None:
            if text:
                self.run_worker(
                    partial(self._write, Path(text).expanduser()), thread=True, group="report"
                )
                self._said = "writing the report …"
            self.redraw()

        title = "write a report to (.md, .tex or .csv)"
        self.app.push_screen(
            PromptScreen(title, self.theme_now, value="agreement.md", check=problem), chosen
        )

    def _write(self, file: Path) -> None:
        from annotator.workflows.agreement.methods_data import study
        from annotator.workflows.agreement.methods_report import write_report
        from annotator.workflows.agreement.scope import Scope

        try:
            with Project.open(self._root) as project:
                choice = Scope.parse(self._choice)
                made = study(
                    project,
                    annotators=choice.annotators or None,
                    layers=choice.layers or None,
                    documents=choice.in_documents(project),
                )
                write_report(made, file)
        except AnnotatorError as error:
            words = error.message
        else:
            words = f"written: {file.resolve()}"
        if self.is_attached:
            self.app.call_from_thread(self.say, words)

    def _differences(self, selection: DifferenceFilter) -> None:
        """The disagreements behind a line or a cell, read now and aside."""
        self.say("reading the differences …")
        self.run_worker(
            partial(self._read_differences, selection), thread=True, group="differences"
        )

    def _read_differences(self, selection: DifferenceFilter) -> None:
        from annotator.workflows.agreement.methods_data import all_differences
        from annotator.workflows.agreement.scope import Scope

        found: list[PairDifference] = []
        count = 0
        try:
            with Project.open(self._root) as project:
                choice = Scope.parse(self._choice)
                for one in all_differences(
                    project,
                    annotators=choice.annotators or None,
                    layers=(selection.layer,),
                    documents=choice.in_documents(project),
                ):
                    if selection.holds(one):
                        count += 1
                        found += [one] if count <= MOST else []
        except AnnotatorError as error:
            self.app.call_from_thread(self.say, error.message)
            return
        if self.is_attached:
            self.app.call_from_thread(self._show_differences, selection, found, count)

    def _show_differences(
        self, selection: DifferenceFilter, found: Sequence[PairDifference], count: int
    ) -> None:
        self._said = ""
        more = f", the first {MOST} of them" if count > len(found) else ""
        called = self.shell.session.queue.called()
        shown = [one.between(called) for one in found] if called else found
        self.app.push_screen(
            TextScreen(
                f"{selection.title}: {count:,}{more}",
                lambda theme, width: pair_rows(shown, theme, width),
                close="enter",
            )
        )

    def _jump(self, kind: str, *, forward: bool) -> None:
        places = [i for i, line in enumerate(self._lines) if line.kind == kind]
        later = (
            [i for i in places if i > self._at]
            if forward
            else [i for i in places[::-1] if i < self._at]
        )
        if later:
            self._at, self._cell = later[0], 0
            if kind == "head":
                self._top = self._at
            self.redraw()

    def _open(self, spot: Spot) -> None:
        """The paragraph as each annotator coded it, read now."""
        from annotator.workflows.agreement.compute import passage
        from annotator.workflows.agreement.scope import Scope
        from annotator.workflows.agreement.side_by_side import side_by_side

        try:
            with Project.open(self._root) as project:
                made = passage(project, spot, Scope.parse(self._choice).annotators or None)
                found = side_by_side(made, project.schema) if made is not None else None
        except AnnotatorError as error:
            self.say(error.message)
            return
        if found is None:
            self.say("this paragraph is no longer finished by two annotators")
            return
        called = self.shell.session.queue.called()
        names = ", ".join(called.get(who, who) for who in found.voters)
        title = f"{spot.document} ¶ {paragraph_number(spot.paragraph)}: {names}"
        self.app.push_screen(
            TextScreen(
                title,
                lambda theme, width: beside(found, theme, width, called=called),
                close="enter",
            )
        )


__all__ = ["AgreementScreen"]
