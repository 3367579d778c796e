"""A list to choose from on the whole screen: names of the registry, mentions, places that were
found."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from annotator.tui.screens.prompt import PromptScreen
from annotator.tui.screens.rows import RowsScreen, row_steps
from annotator.tui.styled_rows import PLAIN, Piece, clip, justify, strip, width_of
from annotator.tui.theme import Theme
from annotator.tui.widgets.rows import Rows

CHANGED = "somebody changed this line meanwhile: look at it again"


@dataclass(frozen=True, slots=True)
class ListLine:
    """A row of the list: its text, and what is shown at its right end."""

    text: str
    note: str = ""


def note_column(lines: Sequence[ListLine], width: int) -> int:
    """The cells of the column of notes: as many as the longest takes, at most half of the
    width."""
    longest = max((width_of([(line.note, PLAIN)]) for line in lines), default=0)
    return min(width // 2, longest)


def line_row(line: ListLine, theme: Theme, width: int, *, column: int, here: bool) -> list[Piece]:
    """A row of the list; the notes of all rows begin in the same cell."""
    note = clip(line.note, column)
    pad = " " * (column - width_of([(note, PLAIN)]))
    text: list[Piece] = [
        (" ▸ " if here else "   ", theme.strong),
        (line.text, theme.strong if here else PLAIN),
    ]
    return justify(text, [(f" {note}{pad} ", theme.muted)], width)


class ListScreen(RowsScreen):
    """Rows with a cursor. Enter calls `choose` with the number of the row. `keys` holds more keys,
    each with its word for the footer and what it does with the row; those `of_all` also work
    without a row."""

    context = "help"

    def __init__(
        self,
        title: str,
        lines: Callable[[], Sequence[ListLine]],
        choose: Callable[[int], None],
        *,
        keys: dict[str, tuple[str, Callable[[int], None]]] | None = None,
        empty: str = "nothing",
        of_all: Collection[str] = (),
        about: Callable[[int], str] | None = None,
        follows: bool = False,
    ) -> None:
        """`empty` is what is shown when there are no lines; with `follows`, they are read again
        when somebody changes something."""
        super().__init__()
        self.follows = follows
        self._title, self._source, self._choose = title, lines, choose
        self._more = keys or {}
        self._empty, self._of_all, self._about = empty, of_all, about
        self._every: Sequence[ListLine] = ()
        self._lines: list[tuple[int, ListLine]] = []
        self._at = self._top = 0

    @property
    def own_keys(self) -> tuple[tuple[str, str], ...]:
        more = tuple((key, word) for key, (word, _) in self._more.items())
        return (
            ("enter", "go there"),
            *more,
            ("/", "show only the rows with these words"),
            ("j k", "down, up"),
            ("g G", "go to the first or last row"),
            ("esc", "show all rows again, or go back"),
        )

    def returned(self) -> None:
        self.reload()

    def searched(self) -> None:
        self._at = 0
        self.reload()

    def reload(self) -> None:
        """Read the rows that contain the words of the filter again."""
        self._every = self._source()
        wanted = self._wanted.casefold()
        self._lines = [
            (number, line)
            for number, line in enumerate(self._every)
            if wanted in line.text.casefold() or wanted in line.note.casefold()
        ]
        self.redraw()

    def redraw(self) -> None:
        width, height = self.app.size
        theme = self.theme_now
        room = max(1, height - 3)
        column = note_column([line for _, line in self._lines], width)
        self._at = max(0, min(self._at, len(self._lines) - 1))
        self._top = max(min(self._top, self._at), self._at - room + 1)
        count = f"{self._at + 1 if self._lines else 0} of {len(self._lines)} "
        head = [
            (t, theme.bar)
            for t, _ in justify([(f" {self._title}", PLAIN)], [(count, PLAIN)], width)
        ]
        words = self._of_row()
        rows: list[list[Piece]] = [
            head,
            [(f"   {clip(words, width - 4)}", theme.strong)] if words else [],
        ]
        for i, (_, line) in enumerate(self._lines[self._top : self._top + room], self._top):
            rows.append(line_row(line, theme, width, column=column, here=i == self._at))
        if not self._lines:
            rows.append([(f"   {'none of them' if self._every else self._empty}", theme.muted)])
        rows += [[]] * (height - 1 - len(rows))
        self.lay_message(rows, 1)
        more = [(key, word) for key, (word, _) in self._more.items()]
        foot = self.foot([("enter", "go there"), *more, ("/", "filter")])
        self.query_one(Rows).show([strip(row) for row in [*rows, foot]])

    def _of_row(self) -> str:
        """What the filter is, and what there is to say about the row with the cursor."""
        parts = [f"with “{self._wanted}”"] if self._wanted else []
        if self._about is not None and self._lines:
            parts.append(self._about(self._lines[self._at][0]))
        return " · ".join(filter(None, parts))

    def take(self, key: str) -> None:
        page = max(1, self.app.size.height - 4)
        steps = {**row_steps(page), **({"n": 1, "N": -1} if self._wanted else {})}
        self._message = ""
        acts = key == "enter" or key in self._more
        changed = self.changed_by_others() is not None
        if changed and not self._is_found_again() and acts:
            self.say(CHANGED)
        elif key == "/":
            self.app.push_screen(
                PromptScreen("filter", self.theme_now, value=self._wanted), self._filter
            )
        elif self.go_back(key) or self.everywhere(key):
            pass
        elif key in steps:
            self._at = max(0, self._at + steps[key])
            self.redraw()
        else:
            self._act(key)

    def _act(self, key: str) -> None:
        """Do what a key does with the row that has the cursor, or with the whole list."""
        row = self._lines[self._at][0] if self._lines else 0
        if key == "enter" and self._lines:
            self._choose(row)
        elif key in self._more and (self._lines or key in self._of_all):
            self._more[key][1](row)

    def others_changed(self, documents: Collection[str]) -> None:  # noqa: ARG002
        if not self._is_found_again():
            self.say(CHANGED)

    def _is_found_again(self) -> bool:
        """Read the lines again, stay on the one in focus, and say whether it is still there."""
        before = self._lines[self._at][1].text if self._lines else None
        self.reload()
        after = next((i for i, (_, line) in enumerate(self._lines) if line.text == before), None)
        if after is not None:
            self._at = after
        self.redraw()
        return before is None or after is not None

    def _filter(self, answer: str | None) -> None:
        if answer is not None:
            self._wanted = answer.strip()
            self.searched()


__all__ = ["ListLine", "ListScreen", "line_row", "note_column"]
