"""Open screens show what others change: renamed names, rulings on names, the same work in another
terminal."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from adjudicating import adjudication, gold_session
from playing import play, press, until
from support import TEXT, document, project, suggestions
from textual.pilot import Pilot

from annotator.model import actions as do
from annotator.model.decision import Completion
from annotator.model.record import Record
from annotator.model.review import Mode
from annotator.model.span import AUTHOR, Relation, Span
from annotator.project import Project, SuggestionRun
from annotator.tui.session import Session
from annotator.workflows.names.renaming import rename
from annotator.workflows.names.rulings import rule_same, undo


def _named(root: Path) -> Project:
    """A project in which ada has accepted everything and named one actor."""
    of = project(root, TEXT)
    of.suggestions.put("doc-0", suggestions(), run=SuggestionRun({"rules": "1"}))
    session = Session(of, "ada", "first")
    session.open("doc-0")
    session.do(do.AcceptAll())
    session.do(do.FocusItem("sIran"))
    session.do(do.SetAttribute("entity", "Iran"))
    return of


def _entity(session: Session) -> str | None:
    item = session.review.find("sIran")
    assert item is not None and isinstance(item.value, Span)
    return item.value.entity


def test_an_open_document_is_read_again_when_its_names_change_elsewhere(tmp_path: Path) -> None:
    root = tmp_path / "p"
    with _named(root) as of, Project.open(root) as other:
        session = Session(of, "ada", "a")
        session.open("doc-0")
        watch = of.log.watch()
        assert rename(other, "ada", "entity", "Iran", "Persia") == 1
        changed = watch.changed()
        assert changed == {"doc-0"}
        session.do(do.EditBounds())
        session.others_changed(changed)
        assert session.review.mode is not Mode.BROWSE
        assert not session.catch_up() and _entity(session) == "Iran"
        session.do(do.Cancel())
        focus = session.review.focus
        assert session.catch_up() and _entity(session) == "Persia"
        assert session.review.focus == focus and "elsewhere" in session.review.message
        assert not session.catch_up()


def test_what_one_does_oneself_or_others_do_in_their_own_work_changes_nothing(
    tmp_path: Path,
) -> None:
    root = tmp_path / "p"
    with _named(root) as of, Project.open(root) as other:
        session, ben = Session(of, "ada", "a"), Session(other, "ben", "b")
        session.open("doc-0")
        watch = of.log.watch()
        for action in (do.Delete(), do.Undo(), do.Redo(), do.CloseParagraph(), do.Undo()):
            session.do(action)
        ben.open("doc-0")
        ben.do(do.AcceptAll())
        state, changed = session.review, watch.changed()
        assert changed == {"doc-0"}
        session.others_changed(changed)
        assert not session.catch_up() and session.review is state


def _coded(who: str, entity: str) -> Record:
    spans = (
        Span("a", "actor", "state", 0, 4, entity, {"mention": "name"}),
        Span("c", "claim", "policy", 13, 21, attributes={"concept": ["plan is good"]}),
    )
    edge = Relation("r", "stance", "support", "a", "c")
    return Record(document(id="doc"), who, Completion.DONE, spans, (edge,))


def test_a_ruling_of_another_reviewer_settles_an_open_difference(tmp_path: Path) -> None:
    with Project.create(tmp_path / "p") as of, Project.open(tmp_path / "p") as other:
        of.log.add_records([_coded("ada", "Iran"), _coded("ben", "Persia")])
        session = gold_session(of, reviewer="lea")
        session.open("doc")
        assert adjudication(session).counts() == (1, 1)
        rule_same(other, "entity", ["Persia"], "Iran", reviewer="lou")
        session.others_changed(set())
        assert session.catch_up() and adjudication(session).counts()[1] == 0
        # Nobody can take back somebody else's ruling.
        assert undo(of, reviewer="lea") == []
        assert len(undo(other, reviewer="lou")) == 1
        session.others_changed(set())
        assert session.catch_up() and adjudication(session).counts() == (1, 1)


def test_registry_matrix_and_pairs_of_names_follow_without_a_key(tmp_path: Path) -> None:
    root = tmp_path / "p"

    async def script(pilot: Pilot[int], _: Session) -> None:
        await press(pilot, "E")
        await until(pilot, "Iran")
        rename(other, "ada", "entity", "Iran", "Persia")
        await until(pilot, "Persia")
        await press(pilot, "escape M")
        await until(pilot, "Persia")
        rename(other, "ada", "entity", "Persia", "Iran")
        await until(pilot, lambda screen: "Iran" in screen and "Persia" not in screen)
        await press(pilot, "p")
        await until(pilot, "Iran")
        rename(other, "ada", "entity", "Iran", "Elam")
        await until(pilot, "Elam")
        await press(pilot, "escape E h")
        await until(pilot, "1-1 of 1")
        rename(other, "ada", "entity", "Elam", "Media")
        await until(pilot, "Media")
        rename(other, "ada", "entity", "Media", "Elam")
        await until(pilot, "Elam")
        rule_same(other, "entity", ["Persia"], "Elam", reviewer="lou")
        await until(pilot, "nothing left to decide")

    with Project.create(root) as of, Project.open(root) as other:
        works = (_coded("ada", "Iran"), _coded("ben", "Persia"))
        of.log.add_records(replace(w, relations=(*w.relations, _own(w))) for w in works)
        play(of, script)


def _own(record: Record) -> Relation:
    """The author's side on the claim."""
    return Relation("own", "stance", "oppose", AUTHOR, record.spans[1].id)
