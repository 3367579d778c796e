"""The list of questions that review asks an annotator, and that of the answers, without a
terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from adjudicating import adjudication, gold_session, project_of, take
from support import document
from textual.geometry import Size

from annotator.model import actions as do
from annotator.model.decision import Completion
from annotator.model.record import Record
from annotator.model.span import Span
from annotator.tui.key_map import KeyMap, key_map
from annotator.tui.layout import UNICODE, Glyphs
from annotator.tui.screens.listing import ListScreen
from annotator.tui.screens.requests import asked_screen
from annotator.tui.session import Session
from annotator.tui.styled_rows import Drawn
from annotator.tui.theme import THEMES, Theme


@dataclass
class StandIn:
    """An application without a terminal: it records what screens request and show."""

    session: Session
    key_map: KeyMap = field(default_factory=lambda: key_map({}))
    look: Theme = THEMES["dark"]
    glyphs: Glyphs = UNICODE
    left: bool = False
    size: Size = field(default_factory=lambda: Size(100, 12))
    asked: list[tuple[Any, Callable[[str | None], None]]] = field(default_factory=list)
    went: list[tuple[object, ...]] = field(default_factory=list)
    rows: Sequence[Drawn] = ()

    def push_screen(self, screen: Any, answered: Callable[[str | None], None]) -> None:
        self.asked.append((screen, answered))

    def go_to(self, *place: object, find: object = None, message: str = "") -> None:
        self.went.append((*place, find, message))

    def show(self, rows: Sequence[Drawn]) -> None:
        self.rows = rows

    def text(self) -> str:
        return "\n".join(row.text for row in self.rows)


@contextmanager
def _listed(session: Session, patch: pytest.MonkeyPatch) -> Iterator[tuple[ListScreen, StandIn]]:
    """The list for a session, shown by a stand-in."""
    app = StandIn(session)
    with patch.context() as on:
        on.setattr(ListScreen, "app", app)
        on.setattr(ListScreen, "is_attached", True)
        on.setattr(ListScreen, "query_one", lambda *_: app)
        screen = asked_screen(app)  # type: ignore[arg-type]
        screen.reload()
        yield screen, app


TEXT = "Iran met Russia in Doha."


def _coded(who: str, label: str, *, both: bool = True) -> Record:
    spans = (Span(f"{who}0", "actor", label, 0, 4), Span(f"{who}1", "actor", label, 9, 15))
    return Record(document(TEXT), who, Completion.DONE, spans[: 1 + both])


def test_the_annotator_answers_item_by_item_and_review_reads_the_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    coded = (_coded("ada", "state"), _coded("ben", "bloc", both=False))
    with project_of(tmp_path / "p", *coded) as project:
        review = gold_session(project)
        review.open("doc")
        for text in ("» ben, is this a bloc?", "» is this an actor?"):
            first = adjudication(review).in_focus()
            assert first is not None
            take(review, first.version("ada"), "ada's")
            review.do(do.NoteOn(first.version("ada")[0].id, text))
        coder = Session(project, "ben", "s")
        coder.open("doc")
        with _listed(coder, monkeypatch) as (screen, app):
            assert "What review asks you" in app.text()
            assert "doc ¶ 1 “Iran”: ben, is this a bloc?" in app.text()
            # Enter goes to the annotator's own item, or selects the words if there is none.
            screen.take("enter")
            screen.take("j")
            screen.take("enter")
            assert app.went == [
                ("doc", 0, "ben0", None, "review asks: ben, is this a bloc?"),
                ("doc", 0, None, ("Russia", 9), "review asks: is this an actor?"),
            ]
            # An answer is a note; what is open comes first.
            screen.take("g")
            screen.take("c")
            app.asked[-1][1]("no, my mistake")
            assert "answered; 1 open" in app.text()
            assert app.text().index("is this an actor?") < app.text().index("no, my mistake")
            # A question without an answer stays as it was.
            screen.take("c")
            app.asked[-1][1](None)
            screen.take("s")
            assert "only open; 1 open, 1 answered, 0 changed" in app.text()
            assert "no, my mistake" not in app.text()
        coder.open("doc", item="ben0")
        coder.do(do.SetLabel("actor", "state"))
        with _listed(coder, monkeypatch) as (_, app):
            assert "you changed it" in app.text()
        with _listed(review, monkeypatch) as (screen, app):
            assert "What annotators answered" in app.text()
            assert "ben changed" in app.text()
            screen.take("enter")
            assert app.went[0][:2] == ("doc", 0)
            assert app.went[0][-1] == "you wrote: ben, is this a bloc?"
