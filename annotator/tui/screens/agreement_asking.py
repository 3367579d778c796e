"""What the agreement screen opens and asks for: the explanation of a figure, the differences behind
a line, a paragraph side by side, a part to compare, a report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from annotator.errors import AnnotatorError
from annotator.model.text import paragraph_number
from annotator.project import Project
from annotator.tui.screens.help import TextScreen
from annotator.tui.screens.rows import RowsScreen
from annotator.tui.styled_rows import paragraphs
from annotator.tui.views.difference_list import pair_rows
from annotator.tui.views.side_by_side import beside

if TYPE_CHECKING:
    from annotator.workflows.agreement.differences import DifferenceFilter, PairDifference
    from annotator.workflows.agreement.lines import ReportLine
    from annotator.workflows.agreement.values import ParagraphDisagreement

MOST = 500
"""The number of differences shown at once; `annotator agreement --tables` writes all of them."""


class AgreementAskingScreen(RowsScreen):
    """A screen with the lines of the report and a cursor."""

    def __init__(self, root: Path) -> None:
        super().__init__()
        self._root = root
        self._lines: list[ReportLine] = []
        self._state = "reading what the annotators finished …"
        self._message = ""
        self._choice = ""
        self._at = self._top = self._cell = 0

    def follow(self) -> None:
        """Read the chosen work again, in a thread."""
        raise NotImplementedError

    def _line(self) -> ReportLine | None:
        return self._lines[self._at] if self._at < len(self._lines) else None

    def _selection(self) -> DifferenceFilter | None:
        """What enter opens, for a row or for the chosen cell."""
        line = self._line()
        if line is None:
            return None
        return line.cells[self._cell - 1] if 0 < self._cell <= len(line.cells) else line.opens

    def _explain(self) -> None:
        """Explain the figures of the line, one after the other, or else its section."""
        from annotator.workflows.agreement.explanation import explained, explained_section

        line = self._line()
        heads = [one.text for one in self._lines[: self._at + 1] if one.kind == "head"]
        words = explained_section(heads[-1]) if heads else []
        if line is not None and line.figures:
            words = explained(line.figures[0])
            for more in line.figures[1:]:
                words += ["", "", *explained(more)]
        if not words:
            self.say("w explains figures and sections; there is none in this line")
            return
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
        """Decide the differences behind the line or cell one after the other, and then come back
        here."""
        selection = self._selection()
        if selection is None:
            self.say(
                "r works on lines of causes, labels or annotators: it decides the "
                "differences behind them"
            )
            return
        from annotator.workflows.agreement.scope import Scope
        from annotator.workflows.review.open_differences import words_of

        chosen = Scope.parse(self._choice)
        documents = f" document:{','.join(chosen.documents)}" if chosen.documents else ""
        if reason := self.shell.decide(words_of(selection) + documents):
            self.say(reason)

    def _find(self) -> None:
        """Go to the next line with these words."""
        from annotator.tui.screens.prompt import PromptScreen

        def answered(wanted: str | None) -> None:
            if wanted:
                self._wanted = wanted.strip()
                self.to_found()
            self.redraw()

        self.app.push_screen(
            PromptScreen("find", self.theme_now, value=self._wanted, anew=True), answered
        )

    def to_found(self, *, forward: bool = True) -> None:
        """Go to the next or previous line with the words of the search; after the last one, start
        from the other end."""
        wanted = self._wanted.casefold()
        places = [i for i, line in enumerate(self._lines) if wanted in line.text.casefold()]
        if places:
            beyond = [i for i in places if (i > self._at if forward else i < self._at)]
            self._at, self._cell = (beyond or places)[0 if forward else -1], 0
        self._message = f"{len(places)} with “{self._wanted}”; n N"

    def _choose(self) -> None:
        """Compare only a part: layers, labels, annotators, documents, days."""
        from annotator.tui.screens.prompt import PromptScreen
        from annotator.workflows.agreement.compute import check_part
        from annotator.workflows.agreement.scope import Scope

        def problem(text: str) -> str:
            try:
                with Project.open(self._root) as project:
                    check_part(project, Scope.parse(text).part_of(project))
            except AnnotatorError as error:
                return f"{error.message}. {error.hint}"
            return ""

        def chosen(text: str | None) -> None:
            if text is not None:
                self._choice = text.strip()
                self._lines, self._state = [], "reading what the annotators finished …"
                self._at = self._top = self._cell = 0
                self.follow()
            self.redraw()

        title = "compare (layer:claim label:fact by:ada,ben document:… since:2026-11-01 until:…)"
        self.app.push_screen(
            PromptScreen(title, self.theme_now, value=self._choice, check=problem), chosen
        )

    def _copy(self) -> None:
        """Copy the report to the clipboard of the terminal."""
        self.app.copy_to_clipboard("\n".join(line.text for line in self._lines) + "\n")
        self.say(f"{len(self._lines)} lines copied, if the terminal allows it")

    def _ask_report(self) -> None:
        """Ask for a file, and write the report in a thread."""
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
                self._message = "writing the report …"
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
                made = study(project, Scope.parse(self._choice).part_of(project))
                write_report(made, file)
        except AnnotatorError as error:
            words = error.message
        else:
            words = f"written: {file.resolve()}"
        if self.is_attached:
            self.app.call_from_thread(self.say, words)

    def _differences(self, selection: DifferenceFilter) -> None:
        """Read the disagreements behind a line or a cell, in a thread."""
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
                part = Scope.parse(self._choice).part_of(project)
                for one in all_differences(project, replace(part, layers=(selection.layer,))):
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
        self._message = ""
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

    def _open(self, spot: ParagraphDisagreement) -> None:
        """Read the paragraph and show how each annotator coded it."""
        from annotator.workflows.agreement.compute import passage
        from annotator.workflows.agreement.scope import Scope
        from annotator.workflows.review.side_by_side import side_by_side

        try:
            with Project.open(self._root) as project:
                made = passage(project, spot, Scope.parse(self._choice).part_of(project))
                found = side_by_side(made, project.schema) if made is not None else None
        except AnnotatorError as error:
            self.say(error.message)
            return
        if found is None:
            self.say("fewer than two annotators now have this paragraph finished")
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


__all__ = ["AgreementAskingScreen"]
