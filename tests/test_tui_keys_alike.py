"""Every list, table and report takes the same keys: they move, search, and go back alike.

The screens are played without a terminal: a stand-in for the Textual application only records
calls.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.cells import cell_len
from support import TEXT, project
from textual.geometry import Size

from annotator.model import actions as do
from annotator.project import Project
from annotator.tui.key_map import key_map
from annotator.tui.layout import UNICODE, Glyphs
from annotator.tui.screens.agreement import AgreementScreen
from annotator.tui.screens.annotate import AnnotateScreen
from annotator.tui.screens.base import CommandScreen
from annotator.tui.screens.form import FormScreen
from annotator.tui.screens.help import HelpScreen, TextScreen
from annotator.tui.screens.history import history_screen
from annotator.tui.screens.listing import ListLine, ListScreen
from annotator.tui.screens.matrix import MatrixScreen
from annotator.tui.screens.name_list import RegistryScreen
from annotator.tui.screens.network import NetworkScreen
from annotator.tui.screens.queue import QueueScreen
from annotator.tui.screens.rows import RowsScreen
from annotator.tui.session import Session
from annotator.tui.styled_rows import Drawn
from annotator.tui.theme import THEMES
from annotator.workflows.agreement.lines import ReportLine
from annotator.workflows.names.matrix import Matrix

ROWS = 60
"""More than fit on the screen."""

SIZE = Size(80, 24)


@dataclass
class App:
    """Records what screens request from the application."""

    session: Session
    glyphs: Glyphs = UNICODE
    opened: list[str] = field(default_factory=list)
    answer: str | None = None
    """The answer to the next question."""
    popped: int = 0
    left: bool = False
    rows: list[str] = field(default_factory=list)
    """The rows that were shown last."""
    screen: Any = None
    copied: str = ""
    at_queue: bool = False
    size: Size = SIZE
    look: Any = field(default_factory=lambda: THEMES["dark"])
    key_map: Any = field(default_factory=lambda: key_map({}))

    def show(self, rows: Sequence[Drawn]) -> None:
        self.rows = [row.text for row in rows]

    def copy_to_clipboard(self, text: str) -> None:
        self.copied = text

    def pop_screen(self) -> None:
        self.popped += 1

    def push_screen(self, screen: Any, answered: Callable[[str | None], None]) -> None:
        answered(self.answer)

    def open(self, name: str, *_: Any) -> None:
        self.opened.append(name)

    def show_queue(self) -> None:
        self.at_queue = True

    def leave(self) -> None:
        self.left = True


def _list(_: Session) -> RowsScreen:
    return ListScreen("Names", lambda: [ListLine(f"name {n}") for n in range(ROWS)], lambda _: None)


def _report(_: Session) -> RowsScreen:
    return TextScreen(
        "Report", lambda *_: [[(f"name {n}", THEMES["dark"].bar)] for n in range(ROWS)]
    )


def _help(_: Session) -> RowsScreen:
    return HelpScreen("browse", [("f7", f"name {n}") for n in (1, 5, 15)])


def _network(session: Session) -> RowsScreen:
    screen = NetworkScreen(session.project.root, "ada")
    screen._lines = [f"name {n}" for n in range(ROWS)]
    return screen


def _agreement(session: Session) -> RowsScreen:
    screen = AgreementScreen(session.project.root)
    screen._lines = [ReportLine(f"name {n}") for n in range(ROWS)]
    return screen


def _matrix(session: Session) -> RowsScreen:
    screen = MatrixScreen(session, lambda _: None)
    names = tuple(f"name {n}" for n in range(ROWS))
    screen._made = Matrix("ada", names, ("a", "b"), {(n, n % 2): () for n in range(ROWS)})
    screen._shape()
    return screen


def _queue(session: Session) -> RowsScreen:
    return QueueScreen(session)


def _form(session: Session) -> RowsScreen:
    return FormScreen(SimpleNamespace(session=session))  # type: ignore[arg-type]


def _place(screen: Any) -> int:
    """The row that the cursor is on, or the first one in view."""
    if isinstance(screen, TextScreen):
        return screen._top
    at = screen._at
    return int(at[0] if isinstance(at, tuple) else at or 0)


def _history(session: Session) -> RowsScreen:
    return history_screen(SimpleNamespace(session=session))  # type: ignore[arg-type]


def _entities(session: Session) -> RowsScreen:
    return RegistryScreen(CommandScreen.app, "entity")  # type: ignore[arg-type]


def _annotate(session: Session) -> RowsScreen:
    return AnnotateScreen(session)


MAKERS = {
    "list": _list,
    "report": _report,
    "help": _help,
    "network": _network,
    "agreement": _agreement,
    "matrix": _matrix,
    "queue": _queue,
    "form": _form,
}
SEARCHED = [name for name in MAKERS if name not in ("queue", "form")]
"""Those in which `/` searches; the queue filters documents by its own command."""

TOGGLED = ("report", "help")
"""Those which `?` closes, since it opens them."""

SAYING = {**MAKERS, "history": _history, "entities": _entities, "annotate": _annotate}
"""More screens that say what a key did."""

Made = tuple[App, Any]


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    with project(tmp_path / "p", *[TEXT] * ROWS) as of:
        assert isinstance(of, Project)
        session = Session(of, "ada", of.new_session())
        session.open("doc-0")
        session.do(do.StartSelection())
        session.do(do.SetLabel("actor", "state"))
        yield session


@pytest.fixture
def make(session: Session, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Made]:
    """Makes a screen by its name, in an application of its own."""

    def made(name: str) -> Made:
        app = App(session)
        monkeypatch.setattr(CommandScreen, "app", app, raising=False)
        monkeypatch.setattr(CommandScreen, "is_attached", True, raising=False)
        monkeypatch.setattr(CommandScreen, "query_one", lambda *_: app)
        screen = app.screen = SAYING[name](session)
        if isinstance(screen, AnnotateScreen):
            screen._rows = app  # type: ignore[assignment]
        screen.returned()
        return app, screen

    return made


@pytest.mark.parametrize("name", MAKERS)
def test_keys_move_alike(make: Callable[[str], Made], name: str) -> None:
    _, screen = make(name)
    top = "home" if name == "form" else "g"  # A letter leads to a field in the form.
    screen.take("end" if name == "form" else "G")
    last = _place(screen)
    assert last >= 3
    for keys, place in (
        ((top,), 0),
        (("j",), 1),
        (("down",), 2),
        (("k",), 1),
        (("up",), 0),
        (("k",), 0),
        (("pagedown",) * 9, last),
        (("j",), last),
        (("pageup",) * 9, 0),
    ):
        for key in keys:
            screen.take(key)
        assert _place(screen) == place, keys
    if name != "matrix":  # In a table, these keys go to the ends of the row.
        screen.take("end")
        assert _place(screen) == last
        screen.take("home")
        assert _place(screen) == 0


@pytest.mark.parametrize("name", MAKERS)
def test_help_is_everywhere(make: Callable[[str], Made], name: str) -> None:
    app, screen = make(name)
    screen.take("?")
    assert (app.opened == ["help"]) is (name not in TOGGLED)
    assert bool(app.popped) is (name in TOGGLED)


@pytest.mark.parametrize("name", SEARCHED)
def test_esc_ends_a_search_before_it_leaves(make: Callable[[str], Made], name: str) -> None:
    app, screen = make(name)
    app.answer = "name 5"
    screen.take("/")
    assert screen._wanted == "name 5"
    first = _place(screen)
    screen.take("n")
    second = _place(screen)
    screen.take("N")
    assert second != first == _place(screen) or name == "help"
    screen.take("escape")
    assert (screen._wanted, app.popped) == ("", 0)
    screen.take("escape")
    assert app.popped == 1


@pytest.mark.parametrize("name", SEARCHED)
def test_q_leaves_at_once(make: Callable[[str], Made], name: str) -> None:
    app, screen = make(name)
    app.answer = "name 5"
    screen.take("/")
    screen.take("q")
    assert app.popped == 1


def test_a_filter_of_the_queue_ends_before_q_leaves(make: Callable[[str], Made]) -> None:
    app, screen = make("queue")
    app.answer = "doc-5"
    screen.run_find()
    assert screen._count == 11
    screen.take("escape")
    assert (screen._count, app.left) == (ROWS, False)
    screen.take("q")
    assert app.left


def test_esc_ends_a_search_in_the_document_before_it_leaves(
    make: Callable[[str], Made], session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, _ = make("list")
    screen = AnnotateScreen(session)
    monkeypatch.setattr(screen, "redraw", lambda: None)
    monkeypatch.setattr(screen, "after", lambda: None)
    screen.find(TEXT.split()[0])
    assert screen._found
    screen.take("escape")
    assert (screen._found, app.at_queue) == ((), False)
    screen.take("escape")
    assert app.at_queue


SAID = (
    "3 decisions are kept beside the database, in annotator.db.left-0193b0c4-7f1e-7c3a-9d55, and "
    "the file that is there now was not changed"
)


@pytest.mark.parametrize("name", MAKERS)
def test_a_message_is_whole_at_80_columns_until_the_next_key(
    make: Callable[[str], Made], name: str
) -> None:
    app, screen = make(name)
    screen.say(SAID)
    assert _shows(app, SAID), app.rows
    assert len(app.rows) == SIZE.height
    assert all(cell_len(row) <= SIZE.width for row in app.rows)
    screen.take("j")
    assert not _shows(app, SAID)


@pytest.mark.parametrize(
    ("name", "keys", "told"),
    [
        ("queue", "x", "skipped; x brings it back"),
        ("queue", "x x", "no longer skipped"),
        ("entities", "u", "nothing was renamed"),
        ("history", "u", "taken back: added state “"),
        ("history", "u j u", "nothing has been decided here yet"),
        ("agreement", "w", "w explains figures and sections; there is none in this line"),
        ("agreement", "y", "60 lines copied, if the terminal allows it"),
        ("matrix", "f", "no concept here has a parent in the codebook"),
        ("form", "b 8", "label has no value 8"),
        ("report", "д", "Cyrillic keyboard: д was read as l"),
        ("help", "η", "Greek keyboard: η was read as h"),
        ("annotate", "N", "nothing undecided comes before this"),
        ("annotate", "; 1 2", "12 times"),
        ("annotate", "; escape", ""),
    ],
)
def test_the_message_row_says_what_the_last_key_did(
    make: Callable[[str], Made], name: str, keys: str, told: str
) -> None:
    """Whatever else there is to say: news from the background, a pace, a filter."""
    app, screen = make(name)
    for key in keys.split():
        screen.typed(key)
    assert any(told in row for row in app.rows[:-1]), app.rows
    assert all(cell_len(row) <= SIZE.width for row in app.rows)
    assert app.popped == 0 and not app.at_queue


def _shows(app: App, words: str) -> bool:
    return words.replace(" ", "") in "".join(app.rows).replace(" ", "")
