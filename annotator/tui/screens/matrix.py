"""The signed matrix: a cursor on its cells, and the evidence of the cell in focus."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from itertools import islice
from typing import TYPE_CHECKING

from rich.cells import cell_len

from annotator.errors import AnnotatorError
from annotator.model.text import paragraph_number, plural
from annotator.project import Project
from annotator.tui.screens.rereading import Rereading
from annotator.tui.screens.rows import END, RowsScreen
from annotator.tui.styled_rows import PLAIN, Piece, clip, justify, paragraphs, strip
from annotator.tui.widgets.rows import Rows
from annotator.workflows.names.matrix import ColumnKind, Evidence, Matrix, of_document, of_project

if TYPE_CHECKING:
    from annotator.tui.session import Session
    from annotator.workflows.names.matrix_shape import Order

_CELL = 4
_SHOWN = 6
"""The number of rows for evidence."""

_STEPS = {
    "h": (0, -1),
    "left": (0, -1),
    "l": (0, 1),
    "right": (0, 1),
    "j": (1, 0),
    "down": (1, 0),
    "k": (-1, 0),
    "up": (-1, 0),
    "pagedown": (10, 0),
    "pageup": (-10, 0),
    "g": (-END, 0),
    "G": (END, 0),
    "home": (0, -END),
    "end": (0, END),
}


_ORDERED: Mapping[Order, str] = {"disputed": "most disputed first", "name": "by name"}
"""What the screen says about the order, unless it is the first one, by evidence."""


def _place(made: Matrix, holder: str, target: str) -> tuple[int, int] | None:
    """The cell of a holder and a target; None if one of them is not there."""
    if holder not in made.holders or target not in made.targets:
        return None
    return made.holders.index(holder), made.targets.index(target)


class MatrixScreen(RowsScreen):
    """Holders in rows, targets in numbered columns. Calls `chosen` with the evidence to go to.

    The matrix of the project is computed in a thread with its own connection.
    """

    context = "help"
    follows = True
    own_keys = (
        ("enter 1-9", "go to the evidence of the cell"),
        ("h j k l", "move by one cell"),
        ("g G", "go to the first or last row; home and end go to the first or last column"),
        ("n N", "go to the next or previous cell that is not empty"),
        ("c", "switch between concepts and claims"),
        ("p", "switch between the document and the project"),
        ("/", "show only rows and columns with these words"),
        ("o", "sort by evidence, by how evenly the sides are divided, or by name"),
        ("f", "group concepts under their parents in the codebook"),
        ("w", "show who stands with whom"),
        ("esc", "end the search, or go back"),
    )

    def __init__(self, session: Session, chosen: Callable[[Evidence], None]) -> None:
        super().__init__()
        self._session, self._chosen = session, chosen
        self._by: ColumnKind = "concept"
        self._whole = session.state is None
        self._matrix: Matrix | None = None
        self._made: Matrix | None = None
        self._order: Order = "evidence"
        self._folded = False
        self._parents: Mapping[str, str] = {}
        self._problem = ""
        self._at = (0, 0)
        self._stays: tuple[str, str] | None = None
        """The holder and the target that the cursor is on, while the matrix is read again."""
        self._rereading = Rereading()

    def mounted(self) -> None:
        self._make()

    def others_changed(self, documents: Collection[str]) -> None:
        self._session.others_changed(documents)
        self._rereading.behind = True

    def catch_up(self) -> None:
        super().catch_up()
        if self.is_current and self._rereading.is_due:
            self._session.catch_up()
            if self._matrix is not None and self._matrix.cells:
                row, column = self._at
                self._stays = (self._matrix.holders[row], self._matrix.targets[column])
            self._make(anew=False)

    def _make(self, *, anew: bool = True) -> None:
        """Compute the matrix: of the document at once, of the project in a thread. What is shown
        stays until then, unless the matrix is made `anew`."""
        self._rereading.begins()
        if self._whole:
            if anew:
                self._matrix, self._made, self._problem = None, None, ""
            root, who, by = self._session.project.root, self._session.annotator, self._by

            def compute() -> None:
                try:
                    with Project.open(root) as project:
                        made: Matrix | str = of_project(project, who, by=by)
                except AnnotatorError as error:
                    made = error.message
                self.app.call_from_thread(self._show, made)

            self.redraw()
            self.run_worker(compute, thread=True, exclusive=True)
            return
        state = self._session.review
        stands = state.annotations
        made = of_document(
            state.document,
            stands.spans(),
            stands.relations(),
            self._session.project.schema,
            by=self._by,
        )
        self._show(made)

    def _show(self, made: Matrix | str) -> None:
        self._rereading.is_over()
        self._made, self._problem = (None, made) if isinstance(made, str) else (made, "")
        self._shape()

    def searched(self) -> None:
        self._shape()

    def _shape(self) -> None:
        """Fold, sort and search the computed matrix."""
        from annotator.workflows.names.matrix_shape import folded, ordered, searched

        made = self._made
        if made is not None:
            if self._folded:
                made = folded(made, lambda name: self._parents.get(name, name))
            made = searched(ordered(made, self._order), self._wanted)
        self._matrix = made
        self._at = min(made.cells, default=(0, 0)) if made is not None else (0, 0)
        if made is not None and self._stays is not None:
            self._at = _place(made, *self._stays) or self._at
        self._stays = None
        if self.is_attached:
            self.redraw()

    def _search(self) -> None:
        from annotator.tui.screens.prompt import PromptScreen

        def chosen(text: str | None) -> None:
            if text is not None:
                self._wanted = text.strip()
                self.searched()
            else:
                self.redraw()

        self.app.push_screen(
            PromptScreen("rows and columns with", self.theme_now, value=self._wanted), chosen
        )

    def _next_order(self) -> None:
        from annotator.workflows.names.matrix_shape import ORDERS

        self._order = ORDERS[(ORDERS.index(self._order) + 1) % len(ORDERS)]
        self._shape()

    def _fold(self) -> None:
        """Group concepts under the highest of their parents, or show each by itself again."""
        self._folded = not self._folded
        if self._folded and self._made is not None:
            codebook = self._session.project.names.codebook()
            self._parents = {
                name: above[-1]
                for name in self._made.targets
                if (above := codebook.ancestors("concept", name))
            }
            if not self._parents:
                self._folded = False
                self._message = "no concept here has a parent in the codebook"
        self._shape()

    def take(self, key: str) -> None:
        found, self._message = self._matrix, ""
        shapes = {
            "/": self._search,
            "o": self._next_order,
            "f": self._fold,
            "c": self._turn_columns,
            "w": self._open_network,
            "p": self._turn_whole,
        }
        if key in shapes:
            shapes[key]()
        elif self.go_back(key, ("M",)) or self.everywhere(key):
            pass
        elif found is not None and found.cells:
            self._to_cell(found, key)

    def _turn_columns(self) -> None:
        """Show concepts in the columns, or claims."""
        self._by = "claim" if self._by == "concept" else "concept"
        self._make()

    def _turn_whole(self) -> None:
        """Show the whole project, or only the document."""
        if self._session.state is None:
            self.say("no document is open")
            return
        self._whole = not self._whole
        self._make()

    def _open_network(self) -> None:
        from annotator.tui.screens.network import NetworkScreen

        self.app.push_screen(NetworkScreen(self._session.project.root, self._session.annotator))

    def _to_cell(self, found: Matrix, key: str) -> None:
        """Take a key that moves the cursor or goes to the evidence of its cell."""
        if key in _STEPS:
            down, right = _STEPS[key]
            self._at = (
                max(0, min(len(found.holders) - 1, self._at[0] + down)),
                max(0, min(len(found.targets) - 1, self._at[1] + right)),
            )
            self.redraw()
        elif key in ("n", "N"):
            self._to_filled(found, 1 if key == "n" else -1)
        elif key == "enter" or key in "123456789":
            self._choose(found, 0 if key == "enter" else int(key) - 1)

    def _to_filled(self, found: Matrix, step: int) -> None:
        """Go to the next or previous cell with evidence, row by row."""
        nearest = min if step > 0 else max
        beyond = (c for c in found.cells if (c > self._at if step > 0 else c < self._at))
        self._at = nearest(beyond, default=None) or nearest(found.cells)
        self.redraw()

    def _choose(self, found: Matrix, number: int) -> None:
        several = found.evidence(self._at, self._session.project, limit=number + 1)
        if number < len(several):
            self.app.pop_screen()
            self._chosen(several[number])

    def redraw(self) -> None:
        width, height = self.app.size
        theme = self.theme_now
        where = "the project" if self._whole else "the document"
        title = f" Who holds what in {where}: actors by {self._by}s"
        head = justify([(title, PLAIN)], [(self._shown(), PLAIN)], width)
        rows: list[list[Piece]] = [[(text, theme.bar) for text, _ in head], []]
        if self._matrix is None:
            rows.append([(f"  {self._problem or 'reading the project ...'}", theme.muted)])
        elif not self._matrix.cells:
            empty = "nothing to show yet: no stance and no claim of the author is decided"
            nothing = (
                f"no row or column contains “{self._wanted}”; / changes the search"
                if self._wanted
                else empty
            )
            rows.append([(f"  {nothing}", theme.muted)])
        else:
            rows += self._table(self._matrix, width, height - 4 - _SHOWN)
            rows += self._legend(self._matrix, width, height - 3 - _SHOWN - len(rows))
            rows += self._evidence(self._matrix, width)
        rows += [[]] * (height - 1 - len(rows))
        self.lay_message(rows, 1)
        self.query_one(Rows).show([strip(row) for row in [*rows[: height - 1], self._footer()]])

    def _shown(self) -> str:
        """How the matrix is searched, sorted and folded, and how large it is then."""
        if self._matrix is None:
            return ""
        size = f"{len(self._matrix.holders)} x {len(self._matrix.targets)} "
        shape = [f"“{self._wanted}”"] if self._wanted else []
        shape += [_ORDERED[self._order]] if self._order in _ORDERED else []
        shape += ["folded"] if self._folded else []
        return f"  {', '.join(shape)}  {size}" if shape else size

    def _footer(self) -> list[Piece]:
        keys = (
            ("enter 1-9", "evidence"),
            ("h j k l", "move"),
            ("p", "document" if self._whole else "project"),
            ("/", "search"),
            ("n N", "next coded"),
            ("c", "concepts" if self._by == "claim" else "claims"),
            ("o", "order"),
            ("f", "fold"),
            ("w", "camps"),
        )
        return self.foot(keys)

    def _table(self, found: Matrix, width: int, room: int) -> list[list[Piece]]:
        theme = self.theme_now
        names = min(28, width // 3)
        shown = max(1, (width - names - 4) // _CELL)
        first = max(0, self._at[1] - shown + 1)
        columns = range(first, min(len(found.targets), first + shown))
        room = max(2, room - 1)
        top = max(0, self._at[0] - room + 1)
        below = min(len(found.holders), top + room)
        every = len(found.holders)
        part = f"rows {top + 1}-{below} of {every}" if below - top < every else ""
        rows: list[list[Piece]] = [
            [
                (f"  {part:<{names}}", theme.muted),
                *(
                    (f"{c + 1:>{_CELL}}", theme.strong if c == self._at[1] else theme.muted)
                    for c in columns
                ),
            ]
        ]
        for r in range(top, below):
            mark = "▸ " if r == self._at[0] else "  "
            name = clip(found.holders[r], names)
            row: list[Piece] = [
                (mark, theme.strong),
                (f"{name}{' ' * (names - cell_len(name))}", theme.ink("sky")),
            ]
            for c in columns:
                signs = found.signs((r, c)) or "·"
                style = (
                    theme.hint
                    if (r, c) == self._at
                    else (theme.muted if signs == "·" else theme.strong)
                )
                row += [(" " * (_CELL - len(signs)), PLAIN), (signs, style)]
            rows.append(row)
        return rows

    def _legend(self, found: Matrix, width: int, room: int) -> list[list[Piece]]:
        """The words of as many columns as fit, beginning with the one in focus if not all of them
        do."""
        first = self._at[1] if len(found.targets) > room - 2 else 0
        shown = list(islice(enumerate(found.targets), first, first + max(0, room - 2)))
        rows: list[list[Piece]] = [
            [(f" {number + 1:>4}  ", self.theme_now.muted), (clip(text, width - 8), PLAIN)]
            for number, text in shown
        ]
        hidden = len(found.targets) - len(shown)
        if rows and hidden:
            rows.append([(f"        and {plural(hidden, 'more column')}", self.theme_now.muted)])
        return [*([[]] if rows else []), *rows, *([[]] * (room - len(rows) - bool(rows)))]

    def _evidence(self, found: Matrix, width: int) -> list[list[Piece]]:
        """The words of the column, and the evidence of the cell."""
        theme = self.theme_now
        about = paragraphs(found.targets[self._at[1]], width - 8, theme.strong, limit=2)
        rows: list[list[Piece]] = [[("─" * width, theme.muted)]]
        rows += [
            [(f" {self._at[1] + 1:>4}  " if i == 0 else " " * 7, theme.muted), *row]
            for i, row in enumerate(about)
        ]
        room = _SHOWN + 1 - len(rows)
        every = len(found.cells.get(self._at, ()))
        several = found.evidence(self._at, self._session.project, limit=room)
        for number, evidence in enumerate(several[:room], 1):
            more = f"  (+{every - room})" if number == room and every > room else ""
            place: list[Piece] = [
                (
                    f"  {clip(evidence.document, 24)} ¶ "
                    f"{paragraph_number(evidence.paragraph)}{more} ",
                    theme.muted,
                )
            ]
            left: list[Piece] = [
                (f"   {number}  ", theme.muted),
                (f"{evidence.sign} ", theme.strong),
                (f"“{evidence.quote}”", PLAIN),
            ]
            rows.append(justify(left, place, width))
        return rows


__all__ = ["MatrixScreen"]
