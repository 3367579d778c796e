"""How far the annotators agree. The figures are computed in a thread, so that the screen never
waits, and are updated when somebody saves."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual.worker import get_current_worker

from annotator.errors import AnnotatorError
from annotator.project import Project
from annotator.tui.screens.agreement_asking import AgreementAskingScreen
from annotator.tui.screens.rows import row_steps
from annotator.tui.styled_rows import PLAIN, Piece, clip, justify, paragraphs, strip
from annotator.tui.widgets.rows import Rows

if TYPE_CHECKING:
    from annotator.workflows.agreement.compute import Follower
    from annotator.workflows.agreement.lines import ReportLine
    from annotator.workflows.agreement.values import ParagraphDisagreement

LOOK = 0.02
"""Seconds between two checks whether somebody saved something; a check takes some ten
microseconds."""

_BLOCKS = "█▉▊▋▌▍▎▏░▒▓"
_DRAWN = re.compile(f"([{_BLOCKS}]+|≥.80$|≥.667$)")


class AgreementScreen(AgreementAskingScreen):
    """The report with a cursor: enter opens the differences behind a line, `w` explains its figure,
    `f` limits the comparison, `y` copies, `o` writes a report."""

    context = "help"
    own_keys = (
        ("enter", "open the differences behind the line, or its paragraph side by side"),
        ("r", "decide these differences in review, one after the other"),
        ("h l", "choose a single cell in a row of labels or annotators"),
        ("w", "explain the figure: what it is, how to read it, and when not to use it"),
        ("f", "compare only some layers, labels, annotators, documents or days"),
        ("/", "find words in the report"),
        ("g G", "go to the first or last line"),
        ("y", "copy the report"),
        ("o", "write a report: Markdown, LaTeX or CSV"),
        ("n N", "go to the next or previous place that was found, or else paragraph"),
        ("s S", "go to the next or previous section"),
        ("esc", "end the search, or go back"),
    )

    def mounted(self) -> None:
        self.follow()

    def follow(self) -> None:
        self.run_worker(self._follow, thread=True, exclusive=True)

    def _follow(self) -> None:
        """Read, report, and check again as long as the screen is open; the connection belongs to
        this thread."""
        from annotator.workflows.agreement.compute import Follower
        from annotator.workflows.agreement.scope import Scope

        worker = get_current_worker()
        try:
            with Project.open(self._root) as project:
                choice = Scope.parse(self._choice)
                follower = Follower(project, choice.part_of(project), compare_names=True)
                self._tell(follower, choice.labels)
                while not worker.is_cancelled:
                    time.sleep(LOOK)
                    if follower.update():
                        self._tell(follower, choice.labels)
        except AnnotatorError as error:
            self._post(error)

    def _tell(self, follower: Follower, labels: Sequence[str]) -> None:
        """Show the agreement as coded and, where names were ruled to be the same, what changes
        with that."""
        from annotator.workflows.agreement.report import lines

        try:
            found = lines(follower.agreement(), labels, ruled=follower.by_rulings())
        except AnnotatorError as error:
            self._post(error)
        else:
            self._post(found)

    def _post(self, what: list[ReportLine] | AnnotatorError) -> None:
        if self.is_attached and not get_current_worker().is_cancelled:
            self.app.call_from_thread(self._take, what)

    def _take(self, what: list[ReportLine] | AnnotatorError) -> None:
        """Show what was found, with the cursor on the same paragraph as before."""
        if isinstance(what, AnnotatorError):
            self._lines, self._state = [], f"{what.message}. {what.hint}"
        else:
            from annotator.workflows.agreement.lines import unnamed

            called = self.shell.session.queue.called()
            what = [unnamed(line, called) for line in what] if called else what
            spot = self._spot()
            self._lines, self._state = what, ""
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

    def _spot(self) -> ParagraphDisagreement | None:
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
        title = f" Agreement  {clip(self._choice, max(0, width - 40))}".rstrip()
        long = len(self._message) > width - len(title) - 4
        state = "" if long else self._message or self._here()
        state = state or ("updated as people save" if self._lines else "")
        bar = justify([(title, PLAIN)], [(f"  {clip(state, width - 14)} ", PLAIN)], width)
        rows: list[list[Piece]] = [[(text, theme.bar) for text, _ in bar], []]
        for i, line in enumerate(self._lines[self._top : self._top + room], self._top):
            rows.append(
                [
                    ("▸ " if i == self._at else "  ", theme.strong),
                    *self._pieces(line, width - 2, i == self._at),
                ]
            )
        if self._state:
            rows += paragraphs(self._state, min(width - 4, 76), theme.muted, indent="  ")
        rows += [[] for _ in range(height - 1 - len(rows))]
        if long:
            self.lay_message(rows, 1)
        self.query_one(Rows).show([strip(row) for row in [*rows[: height - 1], self._keys_row()]])

    def _here(self) -> str:
        """Words for what enter opens, if the line does not make that plain."""
        found = self._selection()
        return found.title if found is not None else ""

    def _pieces(self, line: ReportLine, width: int, here: bool) -> list[Piece]:
        """A line with colour on its bars, shades and verdicts; the colour adds no information to
        the characters."""
        from annotator.workflows.agreement.breakdown import spot_text

        theme = self.theme_now
        style = {"head": theme.strong, "note": theme.muted}.get(line.kind, PLAIN)
        if line.spot is not None:
            return [(clip(spot_text(line.spot, width), width), theme.strong if here else PLAIN)]
        text = clip(line.text, width)
        if line.kind != "text":
            return [(text, style)]
        if here and 0 < self._cell <= len(line.places):
            begin, end = line.places[self._cell - 1]
            return [
                *self._inked(text[:begin]),
                (text[begin:end], theme.bar),
                *self._inked(text[end:]),
            ]
        return self._inked(text)

    def _inked(self, text: str) -> list[Piece]:
        """Text with colour on its bars, shades and verdicts."""
        theme = self.theme_now
        inks = {"≥.80": theme.ink("green"), "≥.667": theme.ink("yellow")}
        parts = [part for part in _DRAWN.split(text) if part]
        return [
            (part, inks.get(part, theme.ink("sky") if part[0] in _BLOCKS else PLAIN))
            for part in parts
        ]

    def _keys_row(self) -> list[Piece]:
        keys = (
            ("enter", "open"),
            ("w", "what is it"),
            *((("r", "decide"),) if self.shell.session.queue.decides else ()),
            ("f", "choose"),
            ("y", "copy"),
            ("o", "report"),
            ("n N", "paragraphs"),
            ("s S", "sections"),
            ("h l", "cells"),
        )
        return self.foot(keys)

    def take(self, key: str) -> None:
        page = max(1, self.app.size.height - 4)
        steps = {**row_steps(page), "space": page, "]": page, "[": -page}
        keys: dict[str, Callable[[], None]] = {
            "enter": self._enter,
            "w": self._explain,
            "f": self._choose,
            "y": self._copy,
            "o": self._ask_report,
            "r": self._decide,
            "/": self._find,
        }
        self._message = ""
        if self.go_back(key, ("A",)):
            pass
        elif key in steps:
            self._at, self._cell = max(0, self._at + steps[key]), 0
            self.redraw()
        elif key in ("h", "left", "l", "right"):
            self._to_cell(1 if key in ("l", "right") else -1)
        elif key in ("n", "N"):
            self._next_found(forward=key == "n")
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

    def _next_found(self, *, forward: bool) -> None:
        """Go to the next or previous line with the words of the search; without a search, to the
        next or previous paragraph."""
        if self._wanted:
            self.to_found(forward=forward)
            self.redraw()
        else:
            self._jump("spot", forward=forward)

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


__all__ = ["AgreementScreen"]
