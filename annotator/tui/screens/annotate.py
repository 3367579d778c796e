"""The annotate screen: keys go to `review.step`, its decisions to the database, its state to the rows."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from textual import events
from textual.app import ComposeResult
from textual.timer import Timer

from annotator.errors import UsageError
from annotator.model import actions as do
from annotator.model.review import Mode
from annotator.model.span import Span
from annotator.model.text import words
from annotator.tui.commands import Command
from annotator.tui.hints import assign
from annotator.tui.screens.asking import AskingScreen
from annotator.tui.screens.prompt import Prompt
from annotator.tui.session import Session
from annotator.tui.views import chain
from annotator.tui.views.frame import Frame, Side, Surroundings, frame
from annotator.tui.views.statements import lint
from annotator.tui.views.text import MARGIN, Look, TextView
from annotator.tui.widgets.rows import Rows
from annotator.workflows.search import pattern

QUICK = frozenset(
    "next_undecided previous_undecided jump count density statements fewer more find_next lint outer inner".split()
)
"""Commands without an action of the model that stay on the screen."""

RETRY = 2.0
"""Seconds between two attempts to save what could not be saved."""

PLACE = 0.3
"""Seconds without a key after which the place is kept."""


class AnnotateScreen(AskingScreen):
    """One document, paragraph by paragraph."""

    CSS_PATH = "annotate.tcss"

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._view = TextView()
        self._compact = False
        self._panel = False
        self._message = ""
        self._hints: dict[int, str] = {}
        self._targets: dict[str, str | int] = {}
        self._typed = ""
        self._counting = False
        self._count = ""
        self._found: tuple[tuple[int, int], ...] = ()
        self._drag: int | None = None
        self._frame: Frame | None = None
        self._retry: Timer | None = None
        self._place: asyncio.TimerHandle | None = None
        self._place_due = 0.0
        self._held = False
        self._stale = False

    def compose(self) -> ComposeResult:
        yield Rows(id="rows")

    @property
    def context(self) -> str:  # type: ignore[override]
        return self.session.review.mode.value

    def on_resize(self, _: events.Resize) -> None:
        self.redraw()

    def on_screen_resume(self) -> None:
        self.redraw()

    # --- keys

    def is_quick(self, key: str) -> bool:
        command = self.key_map.command(self.context, key)
        return command is None or command.action is not None or command.name in QUICK or bool(self._targets)

    @contextmanager
    def held(self) -> Iterator[None]:
        self._held = True
        try:
            yield
        finally:
            self._held = False
            if self._stale:
                self.redraw()

    def take(self, key: str) -> None:
        if self._targets:
            self._type_hint(key)
            return
        state = self.session.review
        if self._counting and key.isdigit():
            self._count += key
            self._message = f"{self._count} times"
            self.redraw()
            return
        self._counting = False
        self._message = ""
        if state.mode is Mode.SIDE and state.draft is not None:
            layer = state.schema.layer(state.draft.layer)
            label = next((x for x in layer.labels if x.key == key), None) if layer else None
            if label is not None:
                self.act(do.ChooseSide(label.name))
                return
        if state.mode in (Mode.BROWSE, Mode.SELECT) and key in state.schema.span_keys:
            found, label = state.schema.span_keys[key]
            if self.key_map.command(self.context, key) is None:
                self.act(do.SetLabel(found.name, label.name))
                return
        command = self.key_map.command(self.context, key)
        if command is not None:
            self.run_command(command)

    def run_command(self, command: Command) -> None:
        if command.action is None:
            self._count = ""
            super().run_command(command)
            return
        times, self._count = min(int(self._count or 1), 999), ""
        for _ in range(times - 1):
            self.session.do(command.action)
        self.act(command.action)

    def run_count(self) -> None:
        """The digits that follow are a number, not labels."""
        self._counting = True
        self._message = "how often? digits, then a key"
        self.redraw()

    def act(self, action: do.ReviewAction) -> None:
        """Do, save, show."""
        self.session.do(action)
        if self.session.review.mode is Mode.HOLDER:
            self._hint_holders()
        self.after()

    def after(self) -> None:
        """What follows a change: show it, keep the place, try again what was not saved."""
        self.redraw()
        loop = asyncio.get_running_loop()
        self._place_due = loop.time() + PLACE
        if self._place is None:
            self._place = loop.call_at(self._place_due, self._keep_place)
        if self.session.error is not None and self._retry is None:
            self._retry = self.set_interval(RETRY, self._save_again)

    def _keep_place(self) -> None:
        """Keep the place once no key came for a while."""
        loop = asyncio.get_running_loop()
        if loop.time() < self._place_due:
            self._place = loop.call_at(self._place_due, self._keep_place)
            return
        self._place = None
        self.session.save_place()
        if self.session.error is not None:
            self.redraw()

    def _save_again(self) -> None:
        if self.session.save() and self._retry is not None:
            self._retry.stop()
            self._retry = None
        self.redraw()

    def say(self, message: str) -> None:
        self._message = message
        self.redraw()

    def redraw(self) -> None:
        self._stale = self._held
        if self._held:
            return
        width, height = self.app.size
        session = self.session
        error = ""
        if session.error is not None:
            count = len(session.unsaved)
            what = (
                f"{count} decision{'s' if count != 1 else ''} not saved"
                if count
                else "the place is not saved"
            )
            error = (
                f"{what}: {session.error.message}. Trying again; nothing is lost while this window is open"
            )
            if self.annotator_app.left and self._message:
                error = self._message
        look = Look(
            self.theme_now, self._compact, self.annotator_app.glyphs, self._hints, self._found
        )  # fmt: skip
        saved = "saved" if not session.unsaved else f"{len(session.unsaved)} unsaved"
        blind = session.is_blind(session.review.document, session.review.paragraph)
        notes = "blind: no suggestions here" if blind else ""
        notes = notes or session.message_here()
        around = Surroundings(session.name, saved, error, self._message, self._panel, notes, self.side())
        made = frame(self._view, session.review, look, self.key_map, around, width, height)
        self._frame = made
        self.query_one(Rows).show(made.rows)

    def side(self) -> Side | None:
        """What stands in place of the statements; nothing, in annotating."""
        return None

    # --- hints

    def _clear_hints(self) -> None:
        self._hints, self._targets, self._typed = {}, {}, ""

    def _hint_holders(self) -> None:
        state = self.session.review
        places = {i.value.start: i.id for i in state.holders() if isinstance(i.value, Span)}
        self._hints = assign(list(places))
        self._targets = {code: places[at] for at, code in self._hints.items()}

    def run_jump(self) -> None:
        """Letters over the items and words of the paragraph."""
        state = self.session.review
        low, high = state.bounds
        tokens = [t for t in words(state.document.text, low, high) if state.document.text[t[0]].isalnum()]
        items: dict[int, str] = {}
        if state.mode is Mode.BROWSE:
            items = {i.value.start: i.id for i in reversed(state.items) if isinstance(i.value, Span)}
        self._hints = assign([a for a, _ in tokens], sorted(items))
        self._targets = {code: items.get(at, at) for at, code in self._hints.items()}
        self._message = "type the letters of a place; esc leaves"
        self.redraw()

    def _type_hint(self, key: str) -> None:
        """A key while letters are shown: narrows them down, goes there, or leaves."""
        holder = self.session.review.mode is Mode.HOLDER
        command = self.key_map.command(self.context, key)
        if len(key) > 1 or (holder and key == "@"):
            self._clear_hints()
            self._message = ""
            if holder and command is not None and command.name in ("author", "cancel"):
                self.run_command(command)
            elif holder:
                self.act(do.Cancel())
            else:
                self.redraw()
            return
        self._typed += key
        left = {code: target for code, target in self._targets.items() if code.startswith(self._typed)}
        if self._typed in left:
            target = left[self._typed]
            self._clear_hints()
            self._message = ""
            self._go_to(target)
        elif not left:
            self._typed = ""
            self._message = f"no place has the letter {key}"
            self.redraw()

    def _go_to(self, target: str | int) -> None:
        state = self.session.review
        if state.mode is Mode.HOLDER:
            self.act(do.ChooseHolder(str(target)))
        elif isinstance(target, str):
            self.act(do.FocusItem(target))
        elif state.mode is Mode.SELECT and state.selection is not None:
            end = next(b for a, b in words(state.document.text, target, state.bounds[1]))
            self.act(
                do.SelectRange(min(target, state.selection.anchor), max(end, state.selection.anchor + 1))
            )
        else:
            self.act(do.StartSelection(target))

    # --- mouse

    def _offset_at(self, x: int, y: int) -> int | None:
        """The offset in the document's text under a cell, where there is text."""
        shown = self._frame
        if shown is None or not 1 <= y <= len(shown.text) or x >= shown.text_width:
            return None
        row = shown.text[y - 1]
        lines = self._view.lines(self.session.review, row.paragraph, shown.text_width)
        paragraph = self.session.review.document.paragraphs[row.paragraph]
        return paragraph.start + lines[row.line].offset(max(0, x - MARGIN))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        self._drag = self._offset_at(event.x, event.y)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """A click goes to the item under it, or to the word; a drag selects."""
        start, end = self._drag, self._offset_at(event.x, event.y)
        self._drag = None
        if start is None or end is None:
            return
        state = self.session.review
        self._clear_hints()
        paragraph = state.document.paragraph_at(start)
        if paragraph.index != state.paragraph:
            self.act(do.GoParagraph(paragraph.index))
            return
        if start != end:
            self.act(do.SelectRange(start, end + 1 if end > start else end))
            return
        under = [i for i in state.items if isinstance(i.value, Span) and i.value.start <= start < i.value.end]
        if under and state.mode is Mode.BROWSE:
            smallest = min(under, key=lambda i: i.value.length if isinstance(i.value, Span) else 0)
            self.act(do.FocusItem(smallest.id))
        else:
            self.act(do.StartSelection(start))

    def on_mouse_scroll_down(self, _: events.MouseScrollDown) -> None:
        self.act(do.MoveParagraph(1))

    def on_mouse_scroll_up(self, _: events.MouseScrollUp) -> None:
        self.act(do.MoveParagraph(-1))

    # --- commands of the screen

    def run_find(self) -> None:
        self._ask(Prompt("find", self.theme_now, check=_pattern_problem), self._find)

    def _find(self, wanted: str) -> None:
        text = self.session.review.document.text
        found = pattern(wanted).finditer(text) if wanted else iter(())
        self._found = tuple(m.span() for m in found if m.end() > m.start())
        self._message = f"{len(self._found)} found" if wanted else ""
        if self._found:
            low = self.session.review.bounds[0]
            self._to_found(next((f for f in self._found if f[0] >= low), self._found[0]))

    def run_find_next(self) -> None:
        _, high = self.session.review.bounds
        if self._found:
            self._to_found(next((f for f in self._found if f[0] >= high), self._found[0]))

    def _to_found(self, place: tuple[int, int]) -> None:
        index = self.session.review.document.paragraph_at(place[0]).index
        number = self._found.index(place) + 1
        self.act(do.GoParagraph(index))
        self._message = (
            f"{number} of {len(self._found)} found; {self.key_map.shown('find_next')} for the next"
        )
        self.redraw()

    def run_previous_undecided(self) -> None:
        self._to_undecided(-1)

    def run_next_undecided(self) -> None:
        self._to_undecided(1)

    def run_outer(self) -> None:
        self._climb(outwards=True)

    def run_inner(self) -> None:
        self._climb(outwards=False)

    def _climb(self, *, outwards: bool) -> None:
        """Along the chain of attribution, and say whose it is."""
        state = self.session.review
        item = chain.outer(state) if outwards else chain.inner(state)
        if item is None:
            self.say(f"no claim stands {'around' if outwards else 'in'} this one")
            return
        self.act(do.FocusItem(item))
        self.say(" › ".join(chain.holders(self.session.review)))

    def _to_undecided(self, direction: int) -> None:
        if self.session.to_undecided(direction):
            self.after()
        else:
            self._message = "nothing undecided is left"
            self.redraw()

    def run_next_document(self) -> None:
        self._to_document(1)

    def run_previous_document(self) -> None:
        self._to_document(-1)

    def _to_document(self, direction: int) -> None:
        document = self.session.neighbour(direction)
        if document is None:
            self._message = "this is the last document" if direction > 0 else "this is the first document"
            self.redraw()
            return
        self.session.save_place()
        self.session.open(document)
        self.after()

    def run_matrix(self) -> None:
        from annotator.tui.screens.matrix import MatrixScreen

        def jump(item: str | None) -> None:
            if item is not None:
                self.act(do.FocusItem(item))

        self.app.push_screen(MatrixScreen(self.session.review), jump)

    def run_lint(self) -> None:
        """To the next item that something is to be said about."""
        found = lint(self.session.review)
        if not found:
            self._message = "nothing to say about this paragraph"
            self.redraw()
            return
        ids = [item for _, item in found]
        at = (ids.index(self.session.review.focus) + 1) % len(ids) if self.session.review.focus in ids else 0
        self.act(do.FocusItem(ids[at]))
        self._message = found[at][0]
        self.redraw()

    def run_density(self) -> None:
        self._compact = not self._compact
        self.redraw()

    def run_statements(self) -> None:
        self._panel = not self._panel
        self.redraw()

    def run_fewer(self) -> None:
        self.act(do.SetThreshold(self.session.review.threshold + 0.1))

    def run_more(self) -> None:
        self.act(do.SetThreshold(self.session.review.threshold - 0.1))

    def run_back(self) -> None:
        self.session.save_place()
        self.annotator_app.show_queue()


def _pattern_problem(wanted: str) -> str:
    """Why this cannot be searched for; empty when it can."""
    try:
        pattern(wanted)
    except UsageError as error:
        return error.message
    return ""


__all__ = ["AnnotateScreen"]
