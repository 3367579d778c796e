"""The guided tour: each step waits for the action that it asks for, and covers nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.cells import cell_len
from support import TEXT, document, project, suggestions

from annotator.model import actions as do
from annotator.model.review import ReviewState, open_document, step
from annotator.project import TOUR, SuggestionRun
from annotator.resources import load_schema
from annotator.tui.key_map import key_map
from annotator.tui.session import Session
from annotator.tui.session.guide import TourProgress
from annotator.tui.theme import THEMES
from annotator.tui.tour import Tour, TourStep, head, name_confirmed, watch, words
from annotator.tui.views.frame import FrameContext, frame
from annotator.tui.views.strokes import Look
from annotator.tui.views.text import TextView

KEYS = key_map({})


def _state() -> ReviewState:
    schema = load_schema("actors-claims-stances")
    return open_document(document(TEXT), schema, session="s", suggestions=suggestions())


def _play(state: ReviewState, tour: Tour, *actions: do.ReviewAction) -> tuple[ReviewState, Tour]:
    for action in actions:
        state, _ = step(state, action)
        tour = watch(tour, state)
    return state, tour


def test_eight_steps_each_by_what_it_asks_for_and_no_sooner() -> None:
    state = _state()
    tour = Tour(seen=state)
    _, stays = _play(state, tour, do.Accept())
    assert stays.step in (TourStep.MOVE, TourStep.ACCEPT)
    state, tour = _play(state, tour, do.FocusItem("sPlan"))
    assert tour.step is TourStep.ACCEPT
    _, other = _play(state, tour, do.Reject())
    assert other.step is TourStep.ACCEPT
    state, tour = _play(state, tour, do.Accept())
    assert tour.step is TourStep.REJECT
    state, tour = _play(state, tour, do.FocusItem("sPutin"), do.Reject())
    assert tour.step is TourStep.CHANGE
    state, tour = _play(state, tour, do.FocusItem("sIran"), do.EditBounds())
    assert tour.step is TourStep.CHANGE and "word" in words(tour, state, KEYS)
    state, tour = _play(state, tour, do.MoveSelection(1, "end"), do.ConfirmSelection())
    assert tour.step is TourStep.NAME and "i writes the entity" in words(tour, state, KEYS)
    state, tour = _play(state, tour, do.SetAttribute("entity", "Islamic Republic of Iran"))
    assert tour.step is TourStep.JUMP and "f puts letters" in words(tour, state, KEYS)
    state, tour = _play(state, tour, do.StartSelection(TEXT.index("plan")))
    assert "1 person" in words(tour, state, KEYS)
    state, tour = _play(state, tour, do.SetLabel("actor", "organization"))
    assert tour.step is TourStep.STANCE
    assert "claim" in words(tour, state, KEYS)
    state, tour = _play(state, tour, do.FocusItem("sPlan"), do.StartStance())
    assert "letter" in words(tour, state, KEYS)
    state, tour = _play(state, tour, do.ChooseHolder("@author"))
    assert tour.step is TourStep.STANCE and "side" in words(tour, state, KEYS)
    state, tour = _play(state, tour, do.ChooseSide("support"))
    assert tour.step is TourStep.CLOSE
    state, tour = _play(state, tour, do.CloseParagraph(), do.CloseParagraph())
    assert tour.step is TourStep.END
    assert "annotator init" in words(tour, state, KEYS)
    _, tour = _play(state, tour, do.Undo(), do.Redo())
    assert tour.step is TourStep.END


def test_a_name_that_is_right_is_confirmed_by_its_line() -> None:
    """In the demo most actors have the right name already: the line is taken as it stands."""
    tour = name_confirmed(Tour(TourStep.NAME))
    assert tour.step is TourStep.JUMP
    assert name_confirmed(tour).step is TourStep.JUMP
    assert name_confirmed(Tour(TourStep.ACCEPT)).step is TourStep.ACCEPT


def test_a_holder_within_the_claim_itself_is_no_stance_to_learn_from() -> None:
    """Newcomers would code a claim about Putin as held by Putin, because his letter is shown
    there."""
    state, _ = _play(
        _state(),
        Tour(),
        do.SelectRange(TEXT.index("Mr Putin"), TEXT.index(" must")),
        do.SetLabel("claim", "fact"),
    )
    tour = Tour(TourStep.STANCE, state)
    state, tour = _play(
        state, tour, do.StartStance(), do.ChooseHolder("sPutin"), do.ChooseSide("support")
    )
    assert tour.step is TourStep.STANCE and "inside the claim itself" in words(tour, state, KEYS)
    state, tour = _play(
        state,
        tour,
        do.Undo(),
        do.StartStance(),
        do.ChooseHolder("@author"),
        do.ChooseSide("support"),
    )
    assert tour.step is TourStep.CLOSE


def test_taking_back_is_not_doing() -> None:
    state = _state()
    state, tour = _play(state, Tour(seen=state), do.Accept(), do.FocusItem("sPlan"))
    tour = Tour(TourStep.ACCEPT, state)
    _, tour = _play(state, tour, do.Undo(), do.Redo())
    assert tour.step is TourStep.REJECT, "a step that is done again counts"
    state, _ = _play(state, Tour(), do.Reject())
    _, tour = _play(state, Tour(TourStep.ACCEPT, state), do.Undo())
    assert tour.step is TourStep.ACCEPT


def test_a_paragraph_without_a_claim_is_told_where_one_is() -> None:
    state = _state()
    claims = [item.id for item in state.items if item.value.layer == "claim"]
    for claim in claims:
        assert "none here" not in words(Tour(TourStep.STANCE), state, KEYS)
        state, _ = _play(state, Tour(), do.FocusItem(claim), do.Reject())
    assert claims and "none here: ] goes to" in words(Tour(TourStep.STANCE), state, KEYS)


def test_the_keys_told_are_those_that_are_bound() -> None:
    state = _state()
    assert words(Tour(TourStep.ACCEPT), state, key_map({"accept": "y"})).startswith("y ")
    stance, _ = _play(state, Tour(), do.FocusItem("rIran"))
    assert "with j or k." in words(Tour(TourStep.NAME), stance, KEYS)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("width", "height"), [(41, 13), (80, 24), (100, 30)])
@pytest.mark.parametrize("at", TourStep)
def test_it_covers_nothing_and_fits(theme: str, width: int, height: int, at: TourStep) -> None:
    state = _state()
    told = (head(Tour(at)), words(Tour(at), state, KEYS), "T leaves the tour")
    look = Look(THEMES[theme])
    without = frame(TextView(), state, look, KEYS, FrameContext("ada"), width, height)
    made = frame(TextView(), state, look, KEYS, FrameContext("ada", tour=told), width, height)
    rows = [row.text for row in made.rows]
    assert len(rows) == height and all(cell_len(row) <= width for row in rows)
    text = [row.drawn.text for row in made.text]
    assert text == [row.drawn.text for row in without.text][: len(text)] and len(text) >= 6
    assert any("TOUR" in row for row in rows)
    if width >= 80:
        assert "…" not in "".join(rows[-4:-2]), "two lines are enough"
    assert rows[-1] == without.rows[-1].text


def test_it_is_offered_once_to_each_annotator(tmp_path: Path) -> None:
    made = project(tmp_path / "p", TEXT)
    made.suggestions.put("doc-0", suggestions(), run=SuggestionRun({"rules": "1"}))

    def begins(name: str) -> tuple[Session, TourProgress]:
        session = Session(made, name, made.new_session())
        session.open("doc-0")
        assert session.guide is not None
        session.guide.offer(session.state)
        return session, session.guide

    assert begins("ada")[1].tour is None, "a project of one's own offers no tour"
    made.keep_setting(TOUR, "offered")
    session, guide = begins("ada")
    assert guide.tour is not None and guide.tour.step is TourStep.MOVE
    session.do(do.MoveFocus(1))
    guide.watch(session.review)
    assert guide.tour.step is TourStep.ACCEPT
    later = begins("ada")[1].tour
    assert later is not None and later.step is TourStep.ACCEPT, "it goes on where it was"
    guide.leave()
    assert begins("ada")[1].tour is None
    assert begins("ben")[1].tour is not None
    guide.begin(session.state)
    assert guide.tour is not None
    made.close()
