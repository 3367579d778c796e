"""The form of a statement: all its fields on one screen, each with a key."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from annotator.model import actions as do
from annotator.tui import form
from annotator.tui.form import FormField
from annotator.tui.screens.prompt import SEVERAL, PromptScreen
from annotator.tui.screens.rows import END, RowsScreen, row_steps
from annotator.tui.styled_rows import PLAIN, Piece, clip, justify, strip
from annotator.tui.widgets.rows import Rows
from annotator.workflows.names.offers import Offer

if TYPE_CHECKING:
    from annotator.tui.shell import DocumentScreen

NAME = 16
"""The width of a field's letter and name, in cells."""


class FormScreen(RowsScreen):
    """Tab and shift+tab go through the fields; a digit chooses a value, enter lets one be
    written."""

    context = "help"
    own_keys = (
        ("tab", "go to the next field; shift+tab: to the one before"),
        ("a-z", "go to the field with that letter"),
        ("1-9", "choose the value with that number, or remove it"),
        ("enter", "write the field: text, a name, or its words in the text"),
        ("ctrl+z", "undo"),
        ("esc", "back"),
    )

    def __init__(self, below: DocumentScreen) -> None:
        super().__init__()
        self._below, self._message, self._top = below, "", 0
        self._fields: list[FormField] = []
        self._item = below.session.review.focus
        self._at: int | None = None

    # --- showing

    def redraw(self) -> None:
        state = self._below.session.review
        self._fields = form.fields(state)
        if self._at is None:
            self._at = form.at(self._fields, item=self._item)
        self._at = max(0, min(self._at, len(self._fields) - 1))
        width, height = self.app.size
        theme = self.theme_now
        body: list[list[Piece]] = []
        here = 0
        for i, field in enumerate(self._fields):
            if field.heading:
                body += [[], [(f" {clip(field.heading, width - 2)}", theme.muted)]]
            if i == self._at:
                here = len(body)
            body += self._row(field, width, here=i == self._at)
        room = height - 3
        self._top = max(0, min(self._top, here - 1), here - room + 2)
        title = f" {state.document.title}"
        head = [
            (t, theme.bar) for t, _ in justify([(title, PLAIN)], [("statement ", PLAIN)], width)
        ]
        message = self._message or state.message
        shown = body[1:][self._top : self._top + room]
        shown += [[]] * (room - len(shown))
        foot: list[Piece] = [(" ", PLAIN)]
        for key, words in (
            ("tab", "next"),
            ("a-z", "field"),
            ("1-9", "value"),
            ("enter", "write"),
            ("u", "undo"),
            ("esc", "back"),
        ):
            if key != "u" or state.history.undo is not None:
                foot += [
                    (key if key != "u" else "ctrl+z", theme.strong),
                    (f" {words}  ", theme.muted),
                ]
        rows = [head, *shown, [], foot]
        self.lay_message(rows, height - 2, upwards=True, message=message)
        self.query_one(Rows).show([strip(row) for row in rows])

    def _row(self, field: FormField, width: int, *, here: bool) -> list[list[Piece]]:
        """A field: its letter, its name, and its numbered values or its content; wrapped if there
        are many."""
        theme = self.theme_now
        head: list[Piece] = [
            (" ▸ " if here else "   ", theme.strong),
            (f"{field.letter:<2}", theme.hint if here else theme.muted),
            (f"{clip(field.name, NAME - 3):<{NAME - 2}}", theme.muted),
        ]
        if not field.values:
            return [
                [
                    *head,
                    (clip(field.text, width - NAME - 6) or "–", theme.strong if here else PLAIN),
                ]
            ]
        rows, room = [head], width - NAME - 4
        for number, value in enumerate(field.values, 1):
            chosen = value in field.held
            key = f"{number} " if number <= 9 and value != str(number) else ""
            text = f"{key}{value}{' ✓' if chosen else ''}  "
            if len(text) > room:
                rows, room = [*rows, [(" " * (NAME + 3), PLAIN)]], width - NAME - 4
            room -= len(text)
            rows[-1].append((text, theme.strong if chosen else PLAIN))
        return rows

    # --- keys

    def take(self, key: str) -> None:
        session = self._below.session
        self._message = ""
        session.clear_notice()
        # Letters lead to fields here.
        steps = {k: by for k, by in row_steps(END).items() if k not in form.LETTERS}
        steps |= {"tab": 1, "shift+tab": -1}
        if self.go_back(key, ("t",)) or self.everywhere(key):
            pass
        elif key in ("ctrl+z", "U", "ctrl+y"):
            self._do([do.Undo() if key == "ctrl+z" else do.Redo()])
        elif key in steps:
            self._at = max(0, (self._at or 0) + steps[key])
            self.redraw()
        elif not self._fields:
            self.redraw()
        else:
            self._on_field(key)

    def _on_field(self, key: str) -> None:
        """Take a key that fills in the field with the cursor, or goes to another one."""
        if key.isdigit():
            self._digit(self._fields[self._at or 0], int(key))
        elif key in ("enter", "right", "space"):
            self._edit(self._fields[self._at or 0])
        elif len(key) == 1 and any(field.letter == key for field in self._fields):
            self._at = form.at(self._fields, item=None, letter=key)
            field = self._fields[self._at]
            self.redraw()
            if not field.values or field.kind == "flag":
                self._edit(field)

    def _do(self, actions: list[do.ReviewAction]) -> None:
        for action in actions:
            self._below.session.do(action)
        self.redraw()

    def _digit(self, field: FormField, number: int) -> None:
        """Choose the value with that number; in a field of numbers without a list, the number
        itself."""
        state = self._below.session.review
        if field.kind == "integer" and str(number) in field.values:
            self._do(form.choose(state, field, str(number)))
        elif 1 <= number <= len(field.values):
            self._do(form.choose(state, field, field.values[number - 1]))
        else:
            self.say(f"{field.name} has no value {number}")

    def _edit(self, field: FormField) -> None:
        """Let a field be written: by a list that narrows, a line of text, or selecting its words in
        the text."""
        if field.kind == "flag":
            self._do(form.choose(self._below.session.review, field, "yes"))
        elif field.kind == "bounds":
            self.app.pop_screen()
            self._below.session.do(do.FocusItem(field.item))
            self._below.act(do.EditBounds())
        elif field.kind in ("entity", "concept"):
            self._below.session.do(do.FocusItem(field.item))
            self._below.run_name()
        elif field.kind == "holder":
            self._pick(field, form.holders(self._below.session.review, field))
        elif field.values:
            self._pick(field, [(value, value) for value in field.values])
        else:
            self._write(field)

    def _pick(self, field: FormField, choices: list[tuple[str, str]]) -> None:
        ids = {name: id for id, name in choices}

        def chosen(name: str) -> None:
            self._do(form.choose(self._below.session.review, field, ids[name]))

        offers = [Offer(name, "now" if id in field.held else "") for id, name in choices]
        self._ask(PromptScreen(field.name, self.theme_now, offers=offers, strict=True), chosen)

    def _write(self, field: FormField) -> None:
        def check(answer: str) -> str:
            return form.problem(self._below.session.review, field, answer)

        several = SEVERAL if field.multiple else ""
        prompt = PromptScreen(
            f"{field.name}{several}", self.theme_now, value=field.text, check=check
        )
        self._ask(prompt, lambda answer: self._do(form.write(field, answer)))

    def _ask(self, prompt: PromptScreen, then: Callable[[str], None]) -> None:
        def answered(answer: str | None) -> None:
            if answer is not None:
                then(answer)
            self.redraw()

        self.app.push_screen(prompt, answered)


__all__ = ["FormScreen"]
