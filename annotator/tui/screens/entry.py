"""The codebook's entry of one name as a form: definition, kind or opposite, parent, aliases, id."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from typing import TYPE_CHECKING

from annotator.errors import AnnotatorError, UsageError
from annotator.model.decision_text import both_ends
from annotator.model.names import NameKind
from annotator.tui.screens.prompt import SEVERAL, PromptScreen
from annotator.tui.screens.rows import END, RowsScreen, row_steps
from annotator.tui.styled_rows import PLAIN, Piece, justify, paragraphs, strip
from annotator.tui.widgets.rows import Rows
from annotator.workflows.names.closed import not_allowed
from annotator.workflows.names.codebook import undo_codebook
from annotator.workflows.names.entry import (
    EntryField,
    entry_fields,
    entry_of,
    entry_problem,
    remove_entry,
    with_field,
    write_entry,
)
from annotator.workflows.names.name_facts import children, usage_line
from annotator.workflows.names.offers import Offer

if TYPE_CHECKING:
    from annotator.tui.shell import Shell

NAME = 16
"""The width of a field's number and name, in cells."""

NOTHING = "–"
"""The choice that clears a field."""


class EntryScreen(RowsScreen):
    """The fields of an entry, and what the project does with the name. Enter lets a field be
    written; every answer is one change, which u takes back."""

    context = "help"
    follows = True
    own_keys = (
        ("enter", "write the field; an empty answer clears it"),
        ("1-5", "go to the field with that number, and write it"),
        ("a", "add the name to the codebook as it is"),
        ("x", "remove the name from the codebook; it stays where it is used"),
        ("u", "take back your last change of the codebook"),
        ("j k", "down, up"),
        ("esc", "back"),
    )

    def __init__(self, shell: Shell, kind: NameKind, name: str) -> None:
        super().__init__()
        self._session, self._kind, self._called = shell.session, kind, name
        self._fields: list[EntryField] = []
        self._at = 0

    @property
    def _who(self) -> str:
        return self._session.source.decided_by or self._session.annotator

    def others_changed(self, documents: Collection[str]) -> None:  # noqa: ARG002
        self.redraw()

    # --- showing

    def redraw(self) -> None:
        project, theme = self._session.project, self.theme_now
        width, height = self.app.size
        self._fields = entry_fields(project, self._kind, self._called)
        self._at = max(0, min(self._at, len(self._fields) - 1))
        listed = project.names.codebook().by_name.get((self._kind, self._called)) is not None
        where = "codebook " if listed else "not in the codebook "
        title = f" {self._kind}: {both_ends(self._called, max(8, width - len(where) - 12))}"
        head = [(t, theme.bar) for t, _ in justify([(title, PLAIN)], [(where, PLAIN)], width)]
        body: list[list[Piece]] = []
        ends: list[int] = []
        for number, field in enumerate(self._fields, 1):
            body += self._rows_of(field, number, width)
            ends.append(len(body))
        body.append([])
        body += paragraphs(usage_line(project, self._kind, self._called), width - 4, theme.muted)
        if names := children(project, self._kind, self._called):
            body += paragraphs(f"parent of {', '.join(names)}", width - 4, theme.muted)
        room = max(1, height - 4)
        top = max(0, min(ends[self._at] - room, len(body) - room))
        shown = [[("  ", PLAIN), *row] for row in body[top : top + room]]
        shown += [[]] * (room - len(shown))
        change = ("x", "remove") if listed else ("a", "add to the codebook")
        foot = self.foot([("enter", "write"), change, ("u", "take it back"), ("1-5", "field")])
        rows = [head, [], *shown, [], foot]
        self.lay_message(rows, height - 2, upwards=True)
        self.query_one(Rows).show([strip(row) for row in rows])

    def _rows_of(self, field: EntryField, number: int, width: int) -> list[list[Piece]]:
        """A field: its number, its name, and its text, wrapped."""
        theme, here = self.theme_now, number - 1 == self._at
        wrapped = paragraphs(field.text or "–", width - NAME - 6, theme.strong if here else PLAIN)
        first: list[Piece] = [
            ("▸ " if here else "  ", theme.strong),
            (f"{number} ", theme.hint if here else theme.muted),
            (f"{field.name:<{NAME - 4}}", theme.muted),
        ]
        later: list[Piece] = [(" " * NAME, PLAIN)]
        return [[*(later if i else first), *row] for i, row in enumerate(wrapped)]

    # --- keys

    def take(self, key: str) -> None:
        self._message = ""
        steps = {**row_steps(END), "tab": 1, "shift+tab": -1}
        if self.go_back(key) or self.everywhere(key):
            pass
        elif key in steps:
            self._at += steps[key]
            self.redraw()
        elif key == "enter":
            self._ask(self._fields[self._at])
        elif key in "12345" and int(key) <= len(self._fields):
            self._at = int(key) - 1
            self._ask(self._fields[self._at])
        elif key in ("a", "x", "u"):
            self._change(key)

    def _ask(self, field: EntryField) -> None:
        """Ask for a field's text; what the codebook cannot have is refused on the line."""
        project = self._session.project
        try:
            not_allowed(project, self._who)
        except UsageError as error:
            self.say(error.message)
            return

        def check(answer: str) -> str:
            entry = entry_of(project.names.codebook(), self._kind, self._called)
            return entry_problem(project, with_field(entry, field.attribute, _text(answer)))

        title = f"{field.name} of {both_ends(self._called, 40)}"
        if field.choices is None:
            several = SEVERAL if field.attribute == "aliases" else ""
            prompt = PromptScreen(
                f"{title}{several}", self.theme_now, value=field.text, check=check
            )
        else:
            held = [Offer(field.text, "now"), Offer(NOTHING, "clears it")] if field.text else []
            others = [Offer(one) for one in field.choices if one != field.text]
            if not others:
                self.say(f"the codebook has no other {self._kind} yet")
                return
            prompt = PromptScreen(
                title, self.theme_now, offers=[*held, *others], strict=True, check=check
            )
        self.app.push_screen(prompt, partial(self._answered, field))

    def _answered(self, field: EntryField, answer: str | None) -> None:
        if answer is None:
            self.redraw()
            return
        names = self._session.project.names
        # Others may have changed other fields while the line was open.
        entry = with_field(
            entry_of(names.codebook(), self._kind, self._called), field.attribute, _text(answer)
        )
        self._report(
            lambda: write_entry(self._session.project, entry, who=self._who),
            f"{field.name} written; u takes it back",
            "nothing changed",
        )

    def _change(self, key: str) -> None:
        project, kind, name, who = self._session.project, self._kind, self._called, self._who
        entry = entry_of(project.names.codebook(), kind, name)
        if key == "u":
            self._report(
                lambda: ", ".join(undo_codebook(project, who=who, own=True)[:3]),
                "your last change is taken back: {}",
                "there is no change of yours to take back",
            )
        elif problem := entry_problem(project, entry, removed=key == "x"):
            self.say(problem)
        elif key == "a":
            self._report(
                lambda: write_entry(project, entry, who=who),
                "added to the codebook; u takes it back",
                "the codebook has it already",
            )
        else:
            self._report(
                lambda: remove_entry(project, kind, name, who=who),
                "removed from the codebook; u takes it back",
                "the codebook does not have it",
            )

    def _report(self, change: Callable[[], bool | str], done: str, nothing: str) -> None:
        """Make a change and say what it did; `done` may have a place for the result."""
        try:
            changed = change()
        except AnnotatorError as error:
            self.say(error.message)
            return
        if changed:
            self._session.reload()
        self.say(done.format(changed) if changed else nothing)


def _text(answer: str) -> str:
    return "" if answer == NOTHING else answer


__all__ = ["EntryScreen"]
