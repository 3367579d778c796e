"""One line of input at the foot of the screen, with what is known offered above it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.screen import ModalScreen
from textual.widgets import Input

from annotator.tui.rows import PLAIN, Piece, clip, strip
from annotator.tui.theme import Theme
from annotator.tui.widgets.rows import Rows

OFFERED = 6
"""Rows of offers."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Something to choose: what is taken, what is shown beside it, and other words that find it."""

    value: str
    note: str = ""
    aliases: tuple[str, ...] = ()


def matching(offers: Sequence[Offer], typed: str) -> list[Offer]:
    """The offers that the typed words find, those that begin with it first; all of them for nothing."""
    wanted = typed.casefold().strip()
    if not wanted:
        return list(offers)
    ranked: list[tuple[int, int, Offer]] = []
    for i, offer in enumerate(offers):
        names = [offer.value.casefold(), *(alias.casefold() for alias in offer.aliases)]
        if any(name.startswith(wanted) for name in names):
            ranked.append((0, i, offer))
        elif any(wanted in name for name in names):
            ranked.append((1, i, offer))
    return [offer for _, _, offer in sorted(ranked, key=lambda r: r[:2])]


class Prompt(ModalScreen[str | None]):
    """Asks for a line. With `strict` only an offer is an answer. Esc answers None."""

    CSS_PATH = "prompt.tcss"

    def __init__(
        self,
        title: str,
        theme: Theme,
        *,
        value: str = "",
        offers: Sequence[Offer] = (),
        strict: bool = False,
        check: Callable[[str], str] | None = None,
    ) -> None:
        super().__init__()
        self._title, self._look, self._value = title, theme, value
        self._offers, self._strict, self._check = offers, strict, check
        self._found: list[Offer] = list(offers)
        self._chosen = 0 if strict else -1
        self._complaint = ""

    def compose(self) -> ComposeResult:
        yield Rows(id="offers")
        yield Input(self._value, id="line", compact=True, select_on_focus=False)

    def on_mount(self) -> None:
        line = self.query_one("#line", Input)
        line.cursor_blink = False
        self.query_one("#offers").styles.height = min(OFFERED, len(self._offers)) + 1
        line.focus()
        self._show()

    def on_resize(self, _: events.Resize) -> None:
        self._show()

    def on_input_changed(self, event: Input.Changed) -> None:
        self._found = matching(self._offers, "" if event.value == self._value else event.value)
        self._chosen = 0 if self._strict else -1
        self._complaint = ""
        self._show()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        answer: str = event.value
        if self._chosen >= 0 or self._strict:
            if not self._found:
                return
            answer = self._found[max(0, self._chosen)].value
        if self._check is not None and (complaint := self._check(answer)):
            self._complaint = complaint
            self._show()
            return
        self.dismiss(answer)

    def on_key(self, event: events.Key) -> None:
        if event.key == "escape":
            event.stop()
            self.dismiss(None)
        elif event.key in ("down", "up", "tab"):
            event.stop()
            event.prevent_default()
            if not self._found:
                return
            step = -1 if event.key == "up" else 1
            low = 0 if self._strict else -1
            self._chosen = max(low, min(len(self._found) - 1, self._chosen + step))
            self._show()

    def _show(self) -> None:
        width, theme = self.app.size.width, self._look
        top = max(0, self._chosen - OFFERED + 1)
        rows: list[list[Piece]] = [[((f" {self._complaint or self._title}").ljust(width), theme.bar)]]
        for i, offer in enumerate(self._found[top : top + OFFERED], top):
            here = i == self._chosen
            style = theme.strong if here else PLAIN
            rows.append(
                [("▸ " if here else "  ", theme.strong), (clip(offer.value, width - 24), style),
                 (f"  {clip(offer.note, 40)}", theme.muted)]
            )  # fmt: skip
        self.query_one("#offers", Rows).show([strip(row) for row in rows])


__all__ = ["Offer", "Prompt", "matching"]
