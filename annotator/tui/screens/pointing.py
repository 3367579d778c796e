"""Ways to go to a place in the document: hint letters, the mouse, and search."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from textual import events

from annotator.model import actions as do
from annotator.model.review import Mode, ReviewState
from annotator.model.span import Relation, Span
from annotator.model.text import is_word, words
from annotator.tui.hints import assign
from annotator.tui.screens.asking import AskingScreen
from annotator.tui.views.frame import Frame, item_beside
from annotator.tui.views.strokes import MARGIN
from annotator.tui.views.text import TextView


class PointingScreen(AskingScreen):
    """A screen that shows a document in which the user can point to places."""

    _panel = False
    """Whether all statements are shown on a narrow screen."""

    def __init__(self) -> None:
        super().__init__()
        self._view = TextView()
        self._frame: Frame | None = None
        self._hints: dict[int, str] = {}
        self._codes: dict[str, str] = {}
        self._targets: dict[str, str | int] = {}
        self._typed = ""
        self._found: tuple[tuple[int, int], ...] = ()
        self._found_at: tuple[int, int] | None = None
        self._drag: int | None = None

    # --- hints

    def _clear_hints(self) -> None:
        self._hints, self._codes, self._targets, self._typed = {}, {}, {}, ""

    def _hint_holders(self) -> None:
        state = self.session.review
        places = {i.value.start: i.id for i in state.holders() if isinstance(i.value, Span)}
        self._hints = assign(list(places))
        self._targets = {code: places[at] for at, code in self._hints.items()}

    def _in_view(self) -> Iterator[tuple[int, int, int]]:
        """Paragraph, start and end of every visible line of text that may be annotated."""
        shown, state = self._frame, self.session.review
        for row in shown.text if shown is not None else ():
            if row.text and not state.is_excluded(row.paragraph):
                line = self._view.lines(state, row.paragraph, shown.text_width if shown else 0)[
                    row.line
                ]
                base = state.document.paragraphs[row.paragraph].start
                yield row.paragraph, base + line.start, base + line.end

    def run_jump(self) -> None:
        """Show letters over every word and item in view; while selecting, over the words of the
        paragraph."""
        state = self.session.review
        lines = list(self._in_view())
        if state.mode is Mode.BROWSE:
            starts = _words_in(state.document.text, lines)
            items = _items_at(state, [paragraph for paragraph, _, _ in lines], set(starts))
            cards = _stances_of(state)
        else:
            lines = [line for line in lines if line[0] == state.paragraph]
            starts, items, cards = _words_in(state.document.text, lines), {}, {}
        here = [at for at in sorted(items) if state.bounds[0] <= at < state.bounds[1]]
        given = assign(starts, [*here, *cards, *sorted(items)])
        self._hints = {at: code for at, code in given.items() if at >= 0}
        self._codes = {cards[at]: code for at, code in given.items() if at < 0}
        targets: Mapping[int, str] = {**items, **cards}
        self._targets = {code: targets.get(at, at) for at, code in given.items()}
        self._message = "type the letters of a place; esc leaves"
        self.redraw()

    def _type_hint(self, key: str) -> None:
        """Take a key while letters are shown: it narrows them down, goes to a place, or leaves."""
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
        self._narrow(key, holder=holder)

    def _narrow(self, key: str, *, holder: bool) -> None:
        """Take a letter: go to the place that has these letters, or leave those that begin so."""
        self._typed += key.lower()
        left = {
            code: target for code, target in self._targets.items() if code.startswith(self._typed)
        }
        if self._typed in left:
            target = left[self._typed]
            self._clear_hints()
            self._message = ""
            # A capital chooses a holder and waits for the next.
            self._go_to(target, more=holder and key.isupper())
        elif not left:
            self._typed = ""
            self._message = f"no place has the letter {key}"
            self.redraw()

    def _go_to(self, target: str | int, *, more: bool = False) -> None:
        state = self.session.review
        if state.mode is Mode.HOLDER:
            self.act(do.ChooseHolder(str(target), more))
        elif isinstance(target, str):
            self.act(do.FocusItem(target))
        elif state.mode is Mode.SELECT and state.selection is not None:
            end = next(b for a, b in words(state.document.text, target, state.bounds[1]))
            self.act(
                do.SelectRange(
                    min(target, state.selection.anchor), max(end, state.selection.anchor + 1)
                )
            )
        else:
            paragraph = state.document.paragraph_at(target).index
            if paragraph != state.paragraph:
                self.session.do(do.GoParagraph(paragraph))
            self.act(do.StartSelection(target))

    # --- mouse

    def _offset_at(self, x: int, y: int) -> int | None:
        """The offset in the document's text under a cell, if there is text."""
        shown = self._frame
        if shown is None or not 1 <= y <= len(shown.text) or x >= shown.text_width:
            return None
        row = shown.text[y - 1]
        lines = self._view.lines(self.session.review, row.paragraph, shown.text_width)
        paragraph = self.session.review.document.paragraphs[row.paragraph]
        return paragraph.start + lines[row.line].offset(max(0, x - MARGIN))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        self._drag = self._offset_at(event.x, event.y)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """While a button is down, the selection follows the mouse word by word."""
        end = self._offset_at(event.x, event.y) if self._drag is not None and event.button else None
        if end is not None and self._drag is not None and end != self._drag:
            self._select(self._drag, end)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """A click goes to the item or word under it; a drag selects."""
        start, end = self._drag, self._offset_at(event.x, event.y)
        self._drag = None
        if start is None and self._frame is not None and event.y == len(self._frame.rows) - 1:
            self.click_key(self._frame.rows[-1], event.x)
            return
        if start is None and (cell := self._cell_beside(event.x, event.y)):
            self.click_beside(*cell)
            return
        if start is None or end is None:
            return
        self._clear_hints()
        if start != end:
            self._select(start, end)
        else:
            self._click(start)

    def _select(self, start: int, end: int) -> None:
        state = self.session.review
        paragraph = state.document.paragraph_at(start).index
        if paragraph != state.paragraph:
            self.session.do(do.GoParagraph(paragraph))
        before = self.session.review.selection
        self.session.do(do.SelectRange(start, end + 1 if end > start else end))
        if self.session.review.selection != before:
            self.after()

    def _click(self, at: int) -> None:
        state = self.session.review
        paragraph = state.document.paragraph_at(at).index
        under = _under(state, paragraph, at)
        if state.mode is Mode.HOLDER:
            holders = {i.id for i in state.holders()}
            chosen = min((pair for pair in under if pair[1] in holders), default=None)
            if chosen is not None:
                self.act(do.ChooseHolder(chosen[1]))
        elif under and state.mode is Mode.BROWSE:
            self.act(do.FocusItem(min(under)[1]))
        elif paragraph != state.paragraph:
            self.act(do.GoParagraph(paragraph))
        else:
            self.act(do.StartSelection(at))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._scroll(event.x, event.y, 1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._scroll(event.x, event.y, -1)

    def _scroll(self, x: int, y: int, step: int) -> None:
        """Over the text the wheel goes from paragraph to paragraph, beside it from item to item."""
        beside = self._cell_beside(x, y) is not None
        self.act(do.MoveFocus(step) if beside else do.MoveParagraph(step))

    def _cell_beside(self, x: int, y: int) -> tuple[int, int] | None:
        """`(row, column)` of a cell of what stands beside or below the text, counted from its
        first."""
        at = self._frame.beside if self._frame is not None else None
        if at is None or x < at.x or not at.y <= y < self.app.size.height - 2:
            return None
        return y - at.y, x - at.x

    def click_beside(self, row: int, x: int) -> None:  # noqa: ARG002
        """A click on a row of the statements goes to the stance or the claim in it."""
        state = self.session.review
        if self._frame is None or state.mode is not Mode.BROWSE:
            return
        item = item_beside(self._frame, state, self.theme_now, row, several=self._panel)
        if item is not None:
            self.act(do.FocusItem(item))

    # --- finding

    def run_find(self) -> None:
        from annotator.tui.screens.prompt import PromptScreen
        from annotator.workflows.search import pattern_problem

        self._ask(PromptScreen("find", self.theme_now, check=pattern_problem), self.find)

    def find(self, wanted: str, *, near: int | None = None) -> None:
        """Mark every match in the document, and go to the first one from `near`, or else from the
        paragraph in work."""
        from annotator.workflows.search import pattern

        text = self.session.review.document.text
        found = pattern(wanted).finditer(text) if wanted else iter(())
        self._found = tuple(m.span() for m in found if m.end() > m.start())
        self._found_at = None
        self._message = f"{len(self._found)} found" if wanted else ""
        if self._found:
            low = self.session.review.bounds[0] if near is None else near
            self._to_found(next((f for f in self._found if f[0] >= low), self._found[0]))

    def run_find_next(self) -> None:
        if self._found:
            low = self._found_at[0] if self._found_at is not None else self.session.review.bounds[0]
            self._to_found(next((f for f in self._found if f[0] > low), self._found[0]))
        else:
            self.say(f"nothing was searched for yet; {self.key_map.shown('find')} searches")

    def _to_found(self, place: tuple[int, int]) -> None:
        index = self.session.review.document.paragraph_at(place[0]).index
        if index != self.session.review.paragraph:
            self.session.do(do.GoParagraph(index))
        self._found_at = place
        number = self._found.index(place) + 1
        self._message = (
            f"{number} of {len(self._found)} found; {self.key_map.shown('find_next')} for the next"
        )
        self.after()

    def after(self) -> None:
        """What follows a change."""
        raise NotImplementedError


def _words_in(text: str, lines: Sequence[tuple[int, int, int]]) -> list[int]:
    """Where the words of lines (paragraph, start, end) begin."""
    return [
        bounds[0]
        for _, low, high in lines
        for bounds in words(text, low, high)
        if is_word(text, bounds)
    ]


def _items_at(state: ReviewState, paragraphs: Iterable[int], starts: set[int]) -> dict[int, str]:
    """The spans of these paragraphs that begin at one of these offsets, by offset; the first of
    several."""
    return {
        item.value.start: item.id
        for paragraph in dict.fromkeys(paragraphs)
        for item in reversed(state.items_of(paragraph))
        if isinstance(item.value, Span) and item.value.start in starts
    }


def _stances_of(state: ReviewState) -> dict[int, str]:
    """The stances of the paragraph by negative offsets, since their letters are in the cards and
    not in the text."""
    stances = [item.id for item in state.items if isinstance(item.value, Relation)]
    return {-1 - n: id for n, id in enumerate(stances)}


def _under(state: ReviewState, paragraph: int, at: int) -> list[tuple[int, str]]:
    """Length and id of the spans of a paragraph that hold an offset."""
    return [
        (item.value.length, item.id)
        for item in state.items_of(paragraph)
        if isinstance(item.value, Span) and item.value.start <= at < item.value.end
    ]


__all__ = ["PointingScreen"]
