"""How past decisions change scores, and which proposals are shown."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
from support import TEXT, document, project, suggestion, suggestions

from annotator.config import read_config
from annotator.errors import ProjectError
from annotator.learners.calibration import LABEL, LAYER, UNCALIBRATED, Calibration, Verdict
from annotator.model import actions as do
from annotator.model.decision import Suggestion
from annotator.model.memory import EMPTY
from annotator.model.span import AUTHOR, Relation, Span
from annotator.project import Project, SuggestionRun
from annotator.tui.session import Session
from annotator.workflows.suggesting.combining import Policy, combine
from annotator.workflows.suggesting.suggest import SuggestionEngine, SuggestionPlan, suggest


def _verdicts(score: float, right: int, wrong: int, *, label: str = "state") -> list[Verdict]:
    one = Verdict("rules", "actor", label, score, True)
    return [one] * right + [replace(one, right=False)] * wrong


def test_without_decisions_no_score_moves() -> None:
    (one, *_) = suggestions()
    assert Calibration.fit([]).adjust(one) is one and UNCALIBRATED.adjust(one) is one
    other = Calibration.fit(_verdicts(0.8, 3, 9))
    assert other.adjust(replace(one, suggester="memory")).score == one.score


def test_the_shifts_are_the_mode_of_their_posterior() -> None:
    verdicts = [*_verdicts(0.8, 4, 9), *_verdicts(0.6, 7, 1, label="person")]
    found = Calibration.fit(verdicts)

    def loss(layer: float, state: float, person: float) -> float:
        value = layer**2 / LAYER**2 / 2 + (state**2 + person**2) / LABEL**2 / 2
        for one in verdicts:
            x = (
                math.log(one.score / (1 - one.score))
                + layer
                + (state if one.label == "state" else person)
            )
            value += math.log1p(math.exp(-x if one.right else x))
        return value

    mode = (
        found.layers["rules", "actor"],
        *(found.labels["rules", "actor", x] for x in ("state", "person")),
    )
    least = loss(*mode)
    for i in range(3):
        for step in (1e-3, -1e-3):
            moved = list(mode)
            moved[i] += step
            assert loss(*moved) > least


def test_scores_go_where_the_decisions_are_the_further_the_more_there_are() -> None:
    one = suggestion(Span("s", "actor", "state", 0, 4), score=0.8)
    few, many, all_ = (
        Calibration.fit(_verdicts(0.8, n, n)).adjust(one).score for n in (1, 10, 400)
    )
    assert 0.8 > few > many > all_ > 0.5 and all_ < 0.53
    moved = Calibration.fit(_verdicts(0.8, 10, 10)).adjust(one)
    assert moved.raw == 0.8
    # A label without decisions of its own follows its layer, not as far.
    person = suggestion(Span("p", "actor", "person", 0, 4), score=0.8)
    assert moved.score < Calibration.fit(_verdicts(0.8, 10, 10)).adjust(person).score < 0.8


def _actor(name: str, start: int, end: int, score: float, by: str = "rules") -> Suggestion:
    return replace(suggestion(Span(name, "actor", "state", start, end), score=score), suggester=by)


def test_of_overlapping_spans_those_are_shown_that_save_most() -> None:
    doc = document("The Bank of England spoke.")
    found = [_actor("whole", 4, 19, 0.6), _actor("bank", 4, 8, 0.7), _actor("england", 12, 19, 0.5)]
    assert {s.id for s in combine(doc, found, EMPTY) if s.shown} == {"whole", "bank", "england"}
    merged = combine(doc, found, EMPTY, Policy(flat=frozenset({"actor"})))
    assert [(s.id, s.shown, s.rank) for s in merged] == [
        ("whole", True, 0),
        ("bank", False, 1),
        ("england", False, 2),
    ]
    assert not any(
        s.shown
        for s in combine(doc, [_actor("poor", 4, 8, 0.2)], EMPTY, Policy(frozenset({"actor"})))
    )


def test_the_gate_holds_back_spans_and_the_stances_on_them() -> None:
    doc = document()
    found = [replace(s, score=0.9 if s.id != "sIran" else 0.6) for s in suggestions()]
    shown = {s.id: s.shown for s in combine(doc, found, EMPTY, Policy(gate=0.7, relations=0.8))}
    assert shown == {
        "sIran": False,
        "rIran": False,
        "sPlan": True,
        "sPutin": True,
        "sEnd": True,
        "rPutin": True,
    }
    less = {s.id: s.shown for s in combine(doc, suggestions(), EMPTY, Policy(relations=0.81))}
    assert less["sIran"] and not less["rIran"]


def test_one_side_for_a_pair_the_most_likely_one() -> None:
    claim = suggestion(Span("c", "claim", "fact", 0, 4))
    sides = [
        replace(
            suggestion(Relation(f"r{side}", "stance", side, AUTHOR, "c"), score=score), suggester=by
        )
        for side, score, by in (("support", 0.5, "rules"), ("oppose", 0.7, "model"))
    ]
    assert [s.id for s in combine(document(), [claim, *sides], EMPTY)] == ["c", "roppose"]


def test_where_the_model_took_over_rules_and_memory_keep_silent_and_others_do_not() -> None:
    found = [
        _actor(by, 4 * i, 4 * i + 3, 0.8, by)
        for i, by in enumerate(("rules", "memory", "model", "mine"))
    ]
    policy = Policy(taken=frozenset({"actor"}))
    assert {s.id for s in combine(document(), found, EMPTY, policy)} == {"model", "mine"}


def test_a_project_s_decisions_move_its_next_suggestions(tmp_path: Path) -> None:
    with project(tmp_path / "p", TEXT) as of:
        of.suggestions.put("doc-0", suggestions(), run=SuggestionRun({"rules": "1"}))
        before = SuggestionEngine.of(SuggestionPlan.of(of, ["rules"])).compute(
            of.documents.load("doc-0")
        )
        session = Session(of, "ada", "a")
        session.open("doc-0")
        for item in ("sIran", "sPutin"):
            session.do(do.FocusItem(item))
            session.do(do.Reject())
        after = SuggestionEngine.of(SuggestionPlan.of(of, ["rules"])).compute(
            of.documents.load("doc-0")
        )
        scores = [
            {s.id: s.score for s in found if s.value.layer == "actor"} for found in (before, after)
        ]
        assert scores[0].keys() == scores[1].keys() != set()
        certain = {s.id for s in after if s.rule.startswith("certain.")}
        assert certain < scores[0].keys(), "what was rejected is no longer certain"
        assert all(scores[1][id] < scores[0][id] for id in scores[0].keys() - certain)
        own = [
            {s.raw or s.score for s in found if s.value.layer == "actor"}
            for found in (before, after)
        ]
        assert own[0] == own[1]
        assert all(s.raw is None for s in after if s.value.layer == "stance")


def test_blind_paragraphs_get_suggestions_that_are_not_seen(tmp_path: Path) -> None:
    project(tmp_path / "p", TEXT).close()
    (tmp_path / "p" / "annotator.toml").write_text("blind_share = 1.0\n", encoding="utf-8")
    with Project.open(tmp_path / "p") as of:
        assert suggest(of).suggestions > 3
        assert all(s.blind for s in of.suggestions.of("doc-0"))
        assert of.documents.queue("ada")[0].pending == 0
        session = Session(of, "ada", "a")
        session.open("doc-0")
        session.do(do.SetThreshold(-1.0))
        assert not session.review.items


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("gate = 2", "gate"),
        ("stances = true", "stances"),
        ("retrain = -1", "retrain"),
        ("retrain = 1.5", "retrain"),
        ("base = 1", "base"),
        ("grate = 1", "grate"),
    ],
)
def test_settings_that_do_not_hold_are_named(tmp_path: Path, line: str, key: str) -> None:
    file = tmp_path / "annotator.toml"
    file.write_text(f"[suggestions]\n{line}\n", encoding="utf-8")
    with pytest.raises(ProjectError) as caught:
        read_config(file)
    assert caught.value.key == f"suggestions.{key}" and caught.value.hint


def test_settings_of_suggestions_are_read(tmp_path: Path) -> None:
    file = tmp_path / "annotator.toml"
    file.write_text("[suggestions]\ngate = 0.7\nretrain = 0\n", encoding="utf-8")
    shown = read_config(file).suggestions
    assert (shown.gate, shown.stances, shown.retrain) == (0.7, 0.65, 0)
