"""The log in words, who is behind each annotation, who works in a project, and whether scores can
be trusted."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from adjudicating import gold_session, take
from support import TEXT, document, project, review, suggestions

from annotator.cli import run
from annotator.learners.calibration import Verdict
from annotator.model import actions as do
from annotator.model.blame import blame, fields_of
from annotator.model.decision import Action, Completion
from annotator.model.record import GOLD, Record
from annotator.model.review import step
from annotator.model.span import Span
from annotator.project import EventFilter, Project
from annotator.store.results import SuggestionRun
from annotator.workflows.history.blame import blamed
from annotator.workflows.history.decisions import entries
from annotator.workflows.suggesting.calibration_check import checks

Tell = Callable[..., str]


def act(of: Project, annotator: str, *several: do.ReviewAction, reviewer: str = "") -> None:
    """Perform these actions in the first document, each recorded by itself."""
    state = review(of, "doc-0", annotator)
    for action in several:
        state, decisions = step(state, action)
        of.log.record("doc-0", annotator, decisions, reviewer=reviewer or None)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    with project(tmp_path / "p", TEXT) as of:
        of.suggestions.put("doc-0", suggestions(), run=SuggestionRun({"rules": "1"}))
    return tmp_path / "p"


@pytest.fixture
def say(root: Path, capsys: pytest.CaptureFixture[str]) -> Tell:
    def tell(*words: str, code: int = 0) -> str:
        capsys.readouterr()
        assert run(["--project", str(root), *words]) == code
        return "".join(capsys.readouterr())

    return tell


def _words(of: Project, **wanted: Any) -> list[str]:
    return [entry.words for entry in entries(of, EventFilter(**wanted))]


def test_the_log_says_in_words_what_each_key_did_the_newest_first(root: Path) -> None:
    with Project.open(root) as of:
        act(of, "ada", do.Accept(), do.Reject(), do.Undo(), do.Redo(), do.AcceptAll())
        act(of, "ben", do.FocusItem("sIran"), do.SetLabel("actor", "organization"))
        assert _words(of, people=("ben",)) == ["label of “Iran”: organization"]
        first = _words(of, people=("ada",))
        assert first[1:] == [
            "redone: rejected policy “the plan”",
            "undone: rejected policy “the plan”",
            "rejected policy “the plan”",
            "accepted state “Iran”",
        ]
        assert first[0].startswith("accepted ")
        assert len(list(entries(of, EventFilter(), 2))) == 2
        assert _words(of, since="2999-01-01") == _words(of, before="2000-01-01") == []


def test_the_log_of_the_gold_says_what_review_decided_against(tmp_path: Path) -> None:
    iran = Span("a", "actor", "state", 0, 4, "Iran", {"mention": "name"})
    with Project.create(tmp_path / "p") as of:
        of.log.add_records(
            Record(document(), who, Completion.DONE, spans)
            for who, spans in (("ada", (iran,)), ("ben", ()))
        )
        session = gold_session(of, reviewer="lea")
        session.open("doc")
        session.do(do.FocusItem(session.review.items[0].id))
        take(session, (), "none of them")
        (entry, *_) = entries(of, EventFilter())
        assert (entry.who, entry.words) == ("lea", "rejected state “Iran”")


def test_a_log_of_several_golds_reads_the_rulings_on_names_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    iran = Span("a", "actor", "state", 0, 4, "Iran", {"mention": "name"})
    with Project.create(tmp_path / "p") as of:
        of.log.add_records(
            Record(
                document(f"{TEXT} {n}", id=f"d{n}"),
                who,
                Completion.DONE if who else Completion.GOLD,
                (iran,),
            )
            for n in range(3)
            for who in (None, "ada", "ben")
        )
        read, same = [], type(of.names).same
        monkeypatch.setattr(type(of.names), "same", lambda self: read.append(1) or same(self))
        assert len({entry.document for entry in entries(of, EventFilter(people=(GOLD,)))}) == 3
        assert len(read) == 1


def test_who_works_in_a_project_is_known_without_its_texts_and_suggestions(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Project.open(root) as of:
        act(of, "ada", do.AcceptAll())
        act(of, "ada", do.Undo())
        asked: list[str] = []
        of._database.connection.set_trace_callback(asked.append)
        (ada,) = of.activity()
        of._database.connection.set_trace_callback(None)
        first, *_, last = of.log.events("doc-0", "ada")
        assert (ada.first, ada.last, ada.decisions) == (first.time, last.time, last.revision)
        assert not any("FROM document" in sql or "sum_suggestion" in sql for sql in asked)
        plan = [
            str(row[3])
            for sql in asked
            if "min(time)" in sql
            for row in of._database.rows(f"EXPLAIN QUERY PLAN {sql}")
        ]
        assert any("SEARCH e USING COVERING INDEX event_first" in step for step in plan)


def test_a_field_belongs_to_the_decision_that_gave_it_its_value(root: Path) -> None:
    with Project.open(root) as of:
        act(of, "ada", do.FocusItem("sIran"), do.Accept())
        act(of, "ada", do.FocusItem("sIran"), do.SetAttribute("entity", "Iran (state)"))
        act(of, "ada", do.FocusItem("sIran"), do.SetLabel("actor", "bloc"))
        events = list(of.log.events("doc-0", "ada"))
        behind = {name: e.decision.action for name, e in blame(events)["sIran"].items()}
        changed = [e for e in events if e.decision.item == "sIran"]
        assert len(changed) == 3
        fields = blame(events)["sIran"]
        assert fields["bounds"] == changed[0]
        assert fields["entity"] == changed[1]
        assert fields["label"] == changed[2]
        assert behind["bounds"] is Action.ACCEPT and behind["label"] is Action.CORRECT
        # An undo gives the label back to the decision that it came from, a redo takes it again.
        act(of, "ada", do.Undo())
        assert blame(of.log.events("doc-0", "ada"))["sIran"]["label"] == changed[0]
        act(of, "ada", do.Redo())
        assert blame(of.log.events("doc-0", "ada"))["sIran"]["label"] == changed[2]


def test_blame_has_every_standing_item_and_exactly_its_fields(root: Path) -> None:
    with Project.open(root) as of:
        act(of, "ada", do.AcceptAll(), do.Undo(), do.Redo(), do.FocusItem("sEnd"), do.Delete())
        items = blamed(of, "doc-0", "ada")
        standing, _ = of.log.annotations("doc-0", "ada")
        assert {i.value.id for i in items} == {a.id for a in standing.annotations()} != set()
        for item in items:
            assert set(item.fields) == set(fields_of(item.standing))
            assert [i for i in items if isinstance(i.value, Span)] == sorted(
                (i for i in items if isinstance(i.value, Span)), key=lambda i: i.value.start
            )


def test_the_commands_name_people_and_reviewers(root: Path, say: Tell) -> None:
    assert "nobody has worked here yet" in say("annotators")
    assert "nobody has decided" in say("calibrate")
    assert say("log") == ""
    with Project.open(root) as of:
        act(of, "ada", do.AcceptAll())
        act(of, GOLD, do.Accept(), reviewer="lea")
    log = json.loads(say("log", "--json"))
    assert [(entry["who"], entry["annotator"]) for entry in log] == [("lea", GOLD), ("ada", "ada")]
    assert log[0]["events"][0]["after"]["status"] == "accepted"
    assert "lea (gold)  doc-0 ¶ 1  accepted state “Iran”" in say("log", "--limit", "1")
    assert say("log", "--annotators", "lea").count("\n") == 1
    people = {one["name"]: one for one in json.loads(say("annotators", "--json"))}
    assert set(people) == {"ada", "lea"}
    assert people["lea"]["reviewed"] == {"documents": 1, "decisions": 1}
    assert people["ada"]["decisions"] == people["ada"]["annotations"] == 6
    gold = json.loads(say("blame", "doc-0", "--status", "gold", "--json"))
    assert [(one["words"], one["fields"]["label"]["who"]) for one in gold] == [
        ("state “Iran”", "lea")
    ]
    told = say("blame", "doc-0")
    assert "gold\n" in told and "ada\n" in told and "accepted" in told
    say("blame", "nowhere", code=3)
    say("blame", "doc-0", "--status", "perhaps", code=2)
    say("log", "--document", "nowhere", code=3)
    say("log", "--since", "yesterday", code=2)


def test_calibration_is_checked_against_decisions_that_it_was_not_fitted_to() -> None:
    # A suggester that says .9 and is right half of the time.
    verdicts = [Verdict("rules", "actor", "state", 0.9, i % 2 == 0) for i in range(1000)]
    (one,) = checks(verdicts)
    assert (one.n, one.right) == (1000, 0.5)
    assert one.score == pytest.approx(0.9)
    assert one.error == pytest.approx(0.4)
    assert one.calibrated == pytest.approx(0.5, abs=0.02) and one.calibrated_error < 0.02
    assert one.shift == pytest.approx(-2.1, abs=0.2)
    (row,) = one.table
    assert (row.low, row.n, row.right) == (0.9, 1000, 0.5)
    # With one decision, only the prior is left for the fit.
    (few,) = checks(verdicts[:1])
    assert few.calibrated == pytest.approx(few.score)


def test_calibrate_reads_what_annotators_decided(root: Path, say: Tell) -> None:
    with Project.open(root) as of:
        act(of, "ada", do.Accept(), do.Reject(), do.AcceptAll())
    found = {one["layer"]: one for one in json.loads(say("calibrate", "--json"))}
    assert found["actor"]["n"] == 2 and found["actor"]["right"] == 1.0
    assert found["claim"]["n"] == 2 and found["claim"]["right"] == 0.5
    told = say("calibrate", "--tables")
    assert "actor by rules" in told and "0.8 to 0.9" in told
