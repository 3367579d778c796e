"""One line of input at the foot of the screen, with what is known offered above it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.screen import ModalScreen
from textual.widgets import Input

from annotator.tui.offers import Offer, matching
from annotator.tui.rows import PLAIN, Piece, clip, strip
from annotator.tui.theme import Theme
from annotator.tui.widgets.rows import Rows

OFFERED = 6
"""Rows of offers."""


class Prompt(ModalScreen[str | None]):
    """Asks for a line. With `strict` only an offer is an answer; with `anew` what is typed replaces what is there;
    with `several` offers complete what stands behind the last semicolon. Esc answers None."""

    CSS_PATH = "prompt.tcss"

    def __init__(
        self,
        title: str,
        theme: Theme,
        *,
        value: str = "",
        offers: Sequence[Offer] = (),
        strict: bool = False,
        anew: bool = False,
        several: bool = False,
        check: Callable[[str], str] | None = None,
    ) -> None:
        super().__init__()
        self._title, self._look, self._value = title, theme, value
        self._offers, self._strict, self._check, self._anew = offers, strict, check, anew
        self._several = several
        self._found: list[Offer] = list(offers)
        self._chosen = self._first()
        self._complaint = ""

    def compose(self) -> ComposeResult:
        yield Rows(id="offers")
        yield Input(self._value, id="line", compact=True, select_on_focus=self._anew)

    def on_mount(self) -> None:
        line = self.query_one("#line", Input)
        line.cursor_blink = False
        self.query_one("#offers").styles.height = min(OFFERED, len(self._offers)) + 1
        line.focus()
        self._show()

    def on_resize(self, _: events.Resize) -> None:
        self._show()

    def on_input_changed(self, event: Input.Changed) -> None:
        self._found = matching(self._offers, "" if event.value == self._value else self._part(event.value)[1])
        self._chosen = 0 if self._strict else (self._first() if event.value == self._value else -1)
        self._complaint = ""
        self._show()

    def _part(self, value: str) -> tuple[str, str]:
        """What is written before the last semicolon, and what is being written after it."""
        before, _, last = value.rpartition(";") if self._several else ("", "", value)
        return before.strip(), last

    def _first(self) -> int:
        """What is chosen before anything is typed: what is remembered, where nothing is written yet."""
        known = bool(self._offers) and self._offers[0].remembered and not self._value
        return 0 if self._strict or known else -1

    def on_input_submitted(self, event: Input.Submitted) -> None:
        answer: str = event.value
        if self._chosen >= 0 or self._strict:
            if not self._found:
                return
            offered = self._found[max(0, self._chosen)].value
            before = self._part(answer)[0]
            answer = f"{before}; {offered}" if before else offered
        if self._check is not None and (complaint := self._check(answer)):
            self._complaint = complaint
            self._show()
            return
        self.dismiss(answer)

    def on_key(self, event: events.Key) -> None:
        if event.key == "escape":
            event.stop()
            self.dismiss(None)
        elif event.key in ("down", "up", "tab", "pagedown", "pageup"):
            event.stop()
            event.prevent_default()
            if not self._found:
                return
            step = {"up": -1, "pageup": -OFFERED, "pagedown": OFFERED}.get(event.key, 1)
            low = 0 if self._strict else -1
            self._chosen = max(low, min(len(self._found) - 1, self._chosen + step))
            self._show()

    def _show(self) -> None:
        width, theme = self.app.size.width, self._look
        top = max(0, self._chosen - OFFERED + 1)
        rows: list[list[Piece]] = [[((f" {self._complaint or self._title}").ljust(width), theme.bar)]]
        column = min(max((cell_len(offer.value) for offer in self._offers), default=0), width // 2)
        for i, offer in enumerate(self._found[top : top + OFFERED], top):
            here = i == self._chosen
            style = theme.strong if here else PLAIN
            name = clip(offer.value, column)
            rows.append(
                [("▸ " if here else "  ", theme.strong), (name, style),
                 (" " * (column + 2 - cell_len(name)), PLAIN), (clip(offer.note, width - column - 5), theme.muted)]
            )  # fmt: skip
        self.query_one("#offers", Rows).show([strip(row) for row in rows])


__all__ = ["Prompt"]
