"""One line of input at the bottom of the screen, with offers above it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.screen import ModalScreen
from textual.suggester import Suggester
from textual.widgets import Input

from annotator.model.decision_text import both_ends_of
from annotator.model.names import affirmative, contrary_of, names_in, parted
from annotator.tui.styled_rows import PLAIN, Piece, clip, strip
from annotator.tui.theme import Theme
from annotator.tui.widgets.rows import Rows
from annotator.workflows.names.offers import (
    Completer,
    KnownNames,
    Offer,
    OfferIndex,
    Offers,
)

SEVERAL = "; put ; between several"
"""Follows the title where a line may hold several values."""

OFFERED = 6
"""The number of rows for offers, each with the digit that takes it while nothing is typed."""
TAKES = 24
"""The cells of a title row that are kept for what tab takes."""
_NOTE = 28
"""The cells that are kept for the note beside a long offer."""
_ROOM = 16
"""The most letters of a name in a message that names two."""
TURN = "!"
"""The key that turns a concept into its contrary."""


def _offered(rest: str) -> str:
    """Text that is offered and not typed: grey, and in brackets, because not every terminal has
    grey."""
    return f"[{rest}]"


class _InlineCompletion(Suggester):
    """The grey text after the cursor."""

    def __init__(self, rest: Callable[[str], str]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._rest = rest

    async def get_suggestion(self, value: str) -> str | None:
        rest = self._rest(value)
        return value + _offered(rest) if rest else None


class _LineInput(Input):
    """An input line that asks its prompt about each key before it treats it as a letter."""

    takes: Callable[[str, str], bool] | None = None

    def on_key(self, event: events.Key) -> None:
        if self.takes is not None and self.takes(event.key, event.character or ""):
            event.stop()
            event.prevent_default()


class PromptScreen(ModalScreen[str | None]):
    """Asks for a line. With `strict`, only an offer is an answer; with `again`, typing replaces the
    present text; with `several`, offers complete the text after the last semicolon. With
    `numbered`, a digit takes an offer while nothing is typed; `completer` suggests the next word,
    which Right or Tab takes; with `contraries`, a key turns the text into its contrary; `known` are
    names that are mentioned when a new one resembles them. Esc answers None."""

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
        numbered: bool = False,
        contraries: bool = False,
        completer: Completer | None = None,
        known: Sequence[str] = (),
        check: Callable[[str], str] | None = None,
    ) -> None:
        super().__init__()
        self._title, self._look, self._value = title, theme, value
        self._offers = Offers.of(offers)
        self._strict, self._check, self._anew = strict, check, anew
        self._several, self._numbered, self._contraries = several, numbered, contraries
        self._completer, self._known = completer, KnownNames(known)
        self._index = OfferIndex(self._offers)
        self._found: Sequence[Offer] = self._offers
        self._chosen = self._first()
        self._complaint = ""
        self._warned = ""
        self._unfinished = ("", "")

    def compose(self) -> ComposeResult:
        yield Rows(id="offers")
        grey = _InlineCompletion(self._grey) if self._completer or self._known else None
        first = self._grey("") if self._completer is not None and not self._value else ""
        yield _LineInput(
            self._value,
            _offered(first) if first else "",
            id="line",
            compact=True,
            select_on_focus=self._anew,
            suggester=grey,
        )

    def on_mount(self) -> None:
        line = self.query_one("#line", _LineInput)
        line.takes = self._takes
        line.cursor_blink = False
        self.query_one("#offers").styles.height = min(OFFERED, len(self._offers)) + 1
        line.focus()
        self._show()

    def on_resize(self, _: events.Resize) -> None:
        self._show()

    @cached_property
    def _widest(self) -> int:
        """The cells of the offer with the most letters."""
        return cell_len(max(self._offers.values, key=len, default=""))

    @property
    def _line(self) -> Input:
        return self.query_one("#line", Input)

    def on_input_changed(self, event: Input.Changed) -> None:
        untouched = event.value == self._value
        part = self._part(event.value)[1]
        self._found = self._index.matching("" if untouched else part)
        self._chosen = 0 if self._strict else (self._first() if untouched else -1)
        near = None if untouched or not self._known else self._known.nearest(part)
        self._complaint = f"known: {near[0]}  {near[1]} % alike" if near else ""
        self._show()

    def _part(self, value: str) -> tuple[str, str]:
        """The text up to the last semicolon, and the text after it."""
        before, _, last = value.rpartition(";") if self._several else ("", "", value)
        return before.strip(), last

    def _first(self) -> int:
        """The offer that is chosen before anything is typed."""
        return 0 if self._strict or self._preselected else -1

    @property
    def _preselected(self) -> bool:
        """Whether the first offer is chosen until something is typed, if there is no text yet."""
        return bool(self._offers) and self._offers[0].preselected and not self._value

    def _is_empty(self) -> bool:
        """Whether nothing of the current item has been typed yet; untouched text counts as
        nothing."""
        value = self._line.value
        if self._anew and value == self._value:
            return True
        return not affirmative(self._part(value)[1]).strip()

    def _with(self, value: str, name: str) -> str:
        """The line with a name in place of the text being written; a mark of the contrary is
        kept."""
        before, part = self._part("" if self._anew and value == self._value else value)
        if parted(part)[1]:
            name = contrary_of(name)
        return f"{before}; {name}" if before else name

    def _grey(self, value: str) -> str:
        """The grey text after the cursor, without its brackets: the name that is chosen before
        anything is typed, the rest of the first offer that begins like the text, or else the next
        word."""
        if not value and self._preselected:
            return self._offers[0].value
        before, part = self._part(value)
        bare = affirmative(part.lstrip())
        if begun := self._begun(before, bare):
            return begun[len(bare) :]
        untouched = bool(value) and value == self._value
        return "" if self._completer is None or untouched else self._completer.rest(bare)

    def _begun(self, before: str, bare: str) -> str:
        """The first offer that begins like the text; empty for none, and for concepts, of which the
        next word is suggested alone."""
        if not bare or self._contraries:
            return ""
        return next((o.value for o in self._found if _goes_on(bare, o.value, before)), "")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        answer: str = event.value
        if self._chosen >= 0 or self._strict:
            if not self._found:
                return
            answer = self._with(answer, self._found[max(0, self._chosen)].value)
        elif answer != self._value and (begun := self._half_typed(answer)):
            self._complain(begun)
            return
        self._answer(answer)

    def _half_typed(self, answer: str) -> str:
        """What to say when an item is entered for the first time that is only the beginning of a
        known name."""
        parts = names_in("concept" if self._contraries else "entity", answer)
        bare = [affirmative(part) for part in parts]
        found = self._known.unfinished(bare if self._several else [answer])
        if found is None or self._warned == answer:
            return ""
        self._warned, self._unfinished = answer, found
        own, known = both_ends_of(found, _ROOM)
        return f"known: “{known}”; tab takes it, enter again keeps “{own}”"

    def _answer(self, answer: str) -> None:
        if self._check is not None and (complaint := self._check(answer)):
            self._complain(complaint)
            return
        self.dismiss(answer)

    def _complain(self, complaint: str) -> None:
        self._complaint = complaint
        self._show()

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

    def _takes(self, key: str, character: str) -> bool:
        """Handle a key that takes an offer by its number, completes the text, or turns it into its
        contrary. Returns whether it was one."""
        if self._numbered and character.isdecimal() and self._is_empty():
            return self._takes_number(int(character) - 1)
        if self._contraries and character == TURN:
            self._turn()
            return True
        if key == "tab" and self._warned and self._warned == self._line.value:
            typed, known = self._unfinished
            before, _, after = self._line.value.rpartition(typed)
            self._write(f"{before}{known}{after}")
            return True
        at_end = self._line.cursor_position == len(self._line.value)
        return key in ("tab", "right") and at_end and self._completes()

    def _takes_number(self, number: int) -> bool:
        """Take the offer with an index, if it is shown. Returns whether it is."""
        shown = 0 <= number < min(OFFERED, len(self._found))
        if shown:
            self._answer(self._with(self._line.value, self._found[number].value))
        return shown

    def _turn(self) -> None:
        """Turn the name that is being typed into its contrary."""
        value = self._line.value
        untouched = self._anew and value == self._value
        before, part = self._part("" if untouched and not value else value)
        part = contrary_of(part.lstrip())
        self._write(f"{before}; {part}" if before else part)

    def _completes(self) -> bool:
        """Complete the text as the grey letters say. Returns whether there are any."""
        value = self._line.value
        rest = self._grey(value) if self._completer or self._known else ""
        if rest:
            self._write(value + rest + (" " if self._contraries else ""))
        return bool(rest)

    def _write(self, value: str) -> None:
        line = self._line
        line.value = value
        line.cursor_position = len(value)

    def _show(self) -> None:
        width, theme = self.app.size.width, self._look
        top = max(0, self._chosen - OFFERED + 1)
        grey = self._grey(self._line.value) if self.is_mounted else ""
        takes = f" tab takes {_offered(grey)} " if grey else ""
        title = f" {self._complaint or self._title}"
        if cell_len(title) + cell_len(takes) > width:
            takes = ""
        title = clip(title, width)
        rows: list[list[Piece]] = [
            [(title + " " * (width - cell_len(title) - cell_len(takes)) + takes, theme.bar)]
        ]
        shown = self._found[top : top + OFFERED]
        # Letters of some scripts take two cells.
        longest = max([self._widest, *(cell_len(offer.value) for offer in shown)])
        column = min(longest, max(width // 2, width - _NOTE))
        numbered = self._numbered and top == 0 and self.is_mounted and self._is_empty()
        for i, offer in enumerate(shown, top):
            here = i == self._chosen
            style = theme.strong if here else PLAIN
            name = clip(offer.value, column)
            mark = "▸ " if here else f"{i + 1} " if numbered else "  "
            rows.append(
                [
                    (mark, theme.strong),
                    (name, style),
                    (" " * (column + 2 - cell_len(name)), PLAIN),
                    (clip(offer.note, width - column - 5), theme.muted),
                ]
            )
        self.query_one("#offers", Rows).show([strip(row) for row in rows])


def _goes_on(typed: str, name: str, before: str) -> bool:
    """Whether a name completes what is typed: a list of names does not after names that it
    repeats."""
    if not name.startswith(typed) or name == typed:
        return False
    parts = {part.strip() for part in name.split(";")}
    return not before or parts.isdisjoint(part.strip() for part in before.split(";"))


__all__ = ["SEVERAL", "TAKES", "PromptScreen"]
