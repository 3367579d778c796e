"""Learning in a project: its data, what is stored, new suggestions, the background process, and its
death."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from support import CODED, MORE, TEXT, project, seeded

from annotator.cli import run
from annotator.english.reading import Reader
from annotator.errors import UsageError
from annotator.model import actions as do
from annotator.model.record import GOLD, Record
from annotator.project import Project
from annotator.resources import folder, load_schema
from annotator.store.learning import Finished
from annotator.tui.screens.learning import rows
from annotator.tui.session import Session
from annotator.tui.theme import THEMES
from annotator.workflows.background import Background
from annotator.workflows.evaluation import report as evaluation_report
from annotator.workflows.evaluation.arm import ALONE, LEARNING
from annotator.workflows.exchange.importing import ingest
from annotator.workflows.suggesting.suggest import suggest
from annotator.workflows.training import base_model as train_base
from annotator.workflows.training import output as train_output
from annotator.workflows.training import train as training
from annotator.workflows.training.base_model import base_for, seed_records, taught
from annotator.workflows.training.material import chosen, material
from annotator.workflows.training.renewal import nearest
from annotator.workflows.training.report import (
    complete,
    last_curve,
    over_prefixes,
    saved_curve,
    table,
)
from annotator.workflows.training.summary import FAILED, model_summary
from annotator.workflows.training.train import TooLittle, train

DARK = THEMES["dark"]


def test_a_model_says_what_it_was_made_of(made: Path) -> None:
    with Project.open(made) as of:
        (row,) = of.learning.models()
        assert (row.number, row.schema, row.kept) == (1, of.schema.codes_hash, True)
        assert row.trained_on["documents"] == CODED
        assert row.trained_on["paragraphs"] == len(of.learning.finished()) > CODED
        assert row.trained_on["sequence"] == of.learning.last_sequence()
        assert row.code == training.code() and row.metrics["layers"]
        assert 0 < row.metrics["last"]["saved"] < 1
        line = model_summary(of)
        assert line.startswith("model 1, from ") and " % of keys (" in line
        assert line.endswith(" % with names)")
        assert len(line) < 80
        (told,) = complete(row.metrics)
        cost = row.metrics["complete"]
        assert 0 < cost["saved"] < 1 and f"{cost['concept']} for concepts" in told
        assert cost["entity"] > 0


@pytest.mark.slow
def test_the_same_decisions_give_the_same_model(made: Path, tmp_path: Path) -> None:
    with Project.open(made) as of:
        (row,) = of.learning.models()
    with seeded(tmp_path / "again") as of:
        train(of, renew=False)
        assert of.learning.models()[0].sha256 == row.sha256


@pytest.mark.slow
@pytest.mark.parametrize("others", [2, None], ids=["few", "all"])
def test_a_model_is_trained_over_that_of_the_seeds_in_the_default_schema(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, others: int | None
) -> None:
    """Trained on a few seeds that the project does not have, and on all of them."""
    train_base._without.cache_clear()  # On this machine, it may have been made from other seeds.
    seeds = seed_records("train")
    with seeded(tmp_path / "p", base=True) as of:
        here = {of.documents.load(id).text for id in of.documents.ids()}
        held = [r for r in seeds if r.document.text in here]
        assert len(held) == CODED + MORE
        rest = [r for r in seeds if r.document.text not in here][:others]
        monkeypatch.setattr(train_base, "seed_records", lambda part: [*held, *rest])
        train(of, renew=False)
        (row,) = of.learning.models()
        assert row.metrics["paragraphs"] == row.trained_on["examples"], (
            "it is judged on the project's own"
        )
        assert row.trained_on["base"] == _paragraphs(rest), (
            "what it knows of these could not be judged"
        )
        found = material(of, Reader())
    every, few = _paragraphs(seeds), found.examples[:6]
    for wanted, schema, base in ((True, of.schema, every), (False, of.schema, 0)):
        assert taught(few, schema, texts=[], base=wanted).metrics["base"] == base
    assert base_for(["Another text."], of.schema).metrics["paragraphs"] == every  # type: ignore[union-attr]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(train_base, "base_file", lambda: tmp_path / "none")
        assert taught(few, of.schema, texts=[], base=True).metrics["base"] == 0
    other = replace(of.schema, name="ours")
    assert taught(few, other, texts=[], base=True).metrics["base"] == 0


def _paragraphs(records: Sequence[Record]) -> int:
    return sum(not p.excluded for r in records for p in r.document.paragraphs)


def test_where_all_seeds_are_at_hand_there_is_nothing_to_be_trained_over() -> None:
    schema = load_schema("actors-claims-stances")
    made = base_for([r.document.text for r in seed_records("train")], schema)
    assert made is not None and not any(made.by_kind) and not made.covers


def test_what_nobody_opened_is_suggested_anew_by_the_model_and_the_rest_stays(
    trained: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Project.open(trained) as of:
        seen, other = of.documents.ids()[CODED:]
        assert {s.version for s in of.suggestions.of(seen) if s.suggester == "model"} <= {"1"}
        session = Session(of, "ada", "a")
        session.open(seen)
        shown = session.review.items
        before = {
            p: of.suggestions.of(seen, p) for p in range(len(session.review.document.paragraphs))
        }
        assert run(["--project", str(trained), "train"]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert max(map(len, lines)) <= 80
        assert any(line.startswith("model 2 · ") for line in lines)
        assert any("█" in line for line in lines)
        assert of.suggestions.of(seen, session.review.paragraph) == before[session.review.paragraph]
        assert {s.version for s in of.suggestions.of(other) if s.suggester == "model"} == {"2"}
        while True:
            here = session.review.paragraph
            session.do(do.CloseParagraph())
            if session.review.paragraph == here:
                session.do(do.CloseParagraph())  # it asks once where something is undecided
            here = session.review.paragraph
            proposed = [i.suggestion for i in session.review.items if i.suggestion]
            assert {one.id for one in proposed} <= {one.id for one in of.suggestions.of(seen, here)}
            if versions := {one.version for one in proposed if one.suggester == "model"}:
                break
        assert versions == {"2"}
        assert shown


def test_gold_stands_for_the_annotators_and_a_paragraph_counts_once() -> None:
    every = [
        Finished("a", "ada", 0, 1),
        Finished("a", "ben", 0, 2),
        Finished("b", "ada", 0, 3),
        Finished("a", GOLD, 0, 9),
    ]
    assert chosen(every) == every[2:]


def test_documents_near_the_annotators_come_first(tmp_path: Path) -> None:
    with project(tmp_path / "p", *(f"{TEXT}\n{i}" for i in range(5))) as of:
        assert nearest(of) == of.documents.ids()
        session = Session(of, "ada", "a")
        session.open("doc-3")
        session.save_place()
        assert nearest(of) == ["doc-3", "doc-4", "doc-0", "doc-1", "doc-2"]


def test_too_little_is_reported_and_nothing_is_stored(tmp_path: Path) -> None:
    with project(tmp_path / "p", TEXT) as of:
        with pytest.raises(TooLittle):
            train(of)
        assert of.learning.models() == [] and model_summary(of) == ""
    assert run(["--project", str(tmp_path / "p"), "train"]) == 3


@pytest.mark.slow
def test_train_prints_figures_and_writes_a_pipeline_that_spacy_loads_by_itself(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "model"
    arguments = [
        "--project",
        str(trained),
        "train",
        "--folds",
        "9",
        "--curve",
        "-o",
        str(out),
        "--json",
    ]
    assert run(arguments) == 0
    said = capsys.readouterr()
    assert f"so there are {CODED} parts, not 9" in said.err
    found = json.loads(said.out)
    assert found["model"] == 2 and found["trained_on"]["documents"] == CODED
    assert found["thresholds"] == {"gate": 0.0, "stances": 0.65}
    judged = found["cross_validation"]
    assert (judged["folds"], judged["folds_asked"]) == (CODED, 9)
    assert judged["paragraphs"] == found["trained_on"]["examples"]
    for figures in judged["layers"]["learning"].values():
        assert figures["without"] > 0
        for scores in (figures["all"], *figures["labels"].values()):
            assert scores["precision"] is None or 0 <= scores["precision"] <= 1
    assert max(map(int, found["curve"])) == found["trained_on"]["examples"]
    script = f"""if 1:
        import json, spacy
        nlp = spacy.load({str(out)!r})
        doc = nlp("Iran condemned the sanctions. Mr Putin said that the plan is a dangerous mistake.")
        again = spacy.load({str(out)!r}).from_bytes(nlp.to_bytes())(doc.text)
        assert [s.text for s in again.spans["actor"]] == [s.text for s in doc.spans["actor"]]
        spans = [(s.text, s.label_, s._.score, bool(s._.reason)) for g in doc.spans.values() for s in g]
        print(json.dumps([spans, doc._.stances, nlp.pipe_names, len(doc.spans["actor"].attrs["scores"])]))
    """
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    spans, stances, pipes, scores = json.loads(done.stdout)
    assert pipes == ["annotator_model"] and scores >= 1
    assert {"Iran", "Putin"} <= {text for text, *_ in spans}
    assert all(0 <= score <= 1 and why for _, _, score, why in spans)
    assert stances and all(s["score"] >= 0.65 and s["label"] for s in stances)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="something other than"):
        train_output.check(tmp_path / "full")


def test_the_saved_pipeline_is_a_suggester_too(trained: Path, tmp_path: Path) -> None:
    with Project.open(trained) as of:
        train_output.write(of, 1, tmp_path / "model")
        train_output.write(of, 1, tmp_path / "model")
        name = f"pipeline:{tmp_path / 'model'}"
        known = set(of.documents.ids())
        ingest(of, sorted(folder("seeds").glob("*.txt"))[10])
        (new,) = set(of.documents.ids()) - known
        assert suggest(of, documents=[new], suggesters=[name]).suggestions > 3
        found = of.suggestions.of(new)
        assert {s.suggester for s in found} == {name} and {"actor", "claim"} == {
            s.value.layer for s in found
        }


def test_the_status_tells_of_the_model(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--project", str(made), "status"]) == 0
    assert "model 1, from " in capsys.readouterr().out
    assert run(["--project", str(made), "status", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["model"]["number"] == 1


def test_one_document_cannot_be_held_out_and_nothing_is_stored(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with project(tmp_path / "p", TEXT, f"{TEXT} More.") as of:
        suggest(of)
        session = Session(of, "ada", "a")
        session.open("doc-0")
        session.do(do.AcceptAll())
        session.do(do.CloseParagraph())
    assert run(["--project", str(tmp_path / "p"), "train", "--folds", "30"]) == 2
    assert "only one document" in capsys.readouterr().err
    with Project.open(tmp_path / "p") as of:
        assert of.learning.finished() and of.learning.models() == []


def test_f1_is_not_told_where_precision_or_recall_is_undefined() -> None:
    none = {"precision": None, "recall": 0.0, "f1": 0.0, "proposed": 0, "wanted": 3}
    some = {"precision": 0.0, "recall": 0.0, "f1": 0.0, "proposed": 2, "wanted": 3}
    lines = table({"layers": {"actor": {"all": none, "labels": {"person": some}}}})
    assert lines[-2].split() == ["actor", "–", ".00", "–", "3", "0"]
    assert lines[-1].split() == ["person", ".00", ".00", ".00", "3", "2"]
    assert evaluation_report._scores("actor", none, none).split() == [
        "actor",
        "–",
        "–",
        "–",
        ".00",
        "3",
    ]


def test_a_layer_of_which_the_last_paragraphs_held_nothing_is_reported() -> None:
    scores = {"precision": 1.0, "recall": 1.0, "f1": 1.0, "proposed": 3, "wanted": 3}
    found = {
        "labels": {},
        "all": scores,
        "saved": 0.5,
        "alone": 0.4,
        "saved_last": None,
        "alone_last": None,
    }
    told = table({"layers": {"actor": {**found, "wrong": 0.0}}, "covers": ["actor"]})
    assert told[-1] == "  its suggestions are shown until more decisions say otherwise"


def test_the_report_fits_eighty_columns() -> None:
    """Whatever the figures are; that of a real training is looked at where one is made."""
    scores = {"precision": 0.5, "recall": None, "f1": 1.0, "proposed": 12345, "wanted": 12345}
    figures = {
        "all": scores,
        "labels": {"x" * 40: scores},
        "saved": -0.25,
        "keys_per_item": 3.25,
        "wrong": None,
    }
    found = {
        "folds": 10,
        "documents": 100,
        "layers": {name: {"actor": figures} for name in (ALONE, LEARNING)},
    }
    points = {10: {"layers": {"actor": {"all": scores}}}, 2000: {"layers": {}}}
    curve = over_prefixes(points)
    assert all(len(line) <= 80 for line in (*evaluation_report.table(found), *curve))
    assert last_curve(saved_curve(points, 7)) == [
        "as of model 7, by annotator train --curve",
        *curve,
    ]
    assert "train --curve" in last_curve(None)[0]


def test_what_comes_while_somebody_marks_by_hand_waits_for_the_next_paragraph(
    tmp_path: Path,
) -> None:
    with project(tmp_path / "p", TEXT) as of:
        session = Session(of, "ada", "a", background=Background(of.root))
        session.open("doc-0", paragraph=2)
        session.do(do.StartSelection())
        session.do(do.SetLabel("actor", "bloc"))
        before = session.review.items
        suggest(of)
        assert session.take_arrivals() and session.review.items == before
        session.do(do.MoveParagraph(-1))
        session.do(do.MoveParagraph(-1))
        assert session.review.paragraph == 0 and session.review.items


def test_the_header_reports_a_new_model_once_and_the_line_of_the_hand_does_not(
    trained: Path,
) -> None:
    with Project.open(trained) as of:
        session = Session(of, "ada", "a", background=Background(of.root))
        session.open(of.documents.ids()[-1])
        assert session.source.news == ""
        _, data = of.learning.newest(of.schema.hashes) or (0, b"")
        row = of.learning.models()[0]
        of.learning.keep(
            data,
            kind=row.kind,
            schema=row.schema,
            config=row.config,
            code=row.code,
            trained_on=row.trained_on,
            metrics=row.metrics,
        )
        session.do(do.MoveParagraph(1))
        assert session.source.news == "new model 2" and not session.review.message
        session.do(do.MoveParagraph(1))
        assert session.source.news == ""
        of.keep_setting(FAILED, "MemoryError: no room")
        session.do(do.MoveParagraph(1))
        assert session.source.news == "training failed"


def test_the_screen_tells_what_was_learnt(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shown(of: Project) -> list[str]:
        session = Session(of, "ada", "a", background=Background(of.root))
        return ["".join(text for text, _ in row) for row in rows(session, DARK, 76)]

    with Project.open(made) as of:
        assert shown(of)[1] == "trained by annotator train", "nothing runs by itself here"
        monkeypatch.delenv("ANNOTATOR_BACKGROUND")
        lines = shown(of)
        assert (
            lines[0] == model_summary(of)
            and lines[1]
            == "trained from the first finished paragraph on, later every 10; t trains now"
        )
        assert any("precision" in line for line in lines) and any("█" in line for line in lines)
        assert max(map(len, lines)) <= 76
    with project(tmp_path / "p", TEXT) as of:
        assert shown(of)[0] == "this project has no model yet"
