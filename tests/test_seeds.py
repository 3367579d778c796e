"""The seed corpus: every text imports, every gold record holds and comes out as it went in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from annotator.model.decision import Completion
from annotator.model.schema import LabelSchema
from annotator.project import Project
from annotator.resources import folder, load_schema
from annotator.workflows.demo import add_seeds
from annotator.workflows.export import export
from annotator.workflows.ingest import ingest
from annotator.workflows.validate import validate

SEEDS = folder("seeds")


@pytest.fixture(scope="module")
def schema() -> LabelSchema:
    return load_schema("actors-claims-stances")


def test_every_text_has_a_title_and_four_to_seven_paragraphs(tmp_path: Path) -> None:
    titles = json.loads((SEEDS / "titles.json").read_text(encoding="utf-8"))
    with Project.create(tmp_path / "p") as project:
        add_seeds(project)
        ids = project.document_ids()
        assert ids == sorted(titles) == sorted(p.stem for p in SEEDS.glob("*.txt"))
        assert len(ids) == 24
        for id in ids:
            document = project.document(id)
            assert document.title == titles[id]["title"]
            assert 4 <= sum(not p.excluded for p in document.paragraphs) <= 7
            assert document.text == (SEEDS / f"{id}.txt").read_bytes().decode("utf-8")
        golden = {r.document.id for r in project.records(status=Completion.GOLD)}
        assert len(golden) >= 6


def test_the_gold_holds_and_an_export_of_it_is_the_same_bytes(tmp_path: Path, schema: LabelSchema) -> None:
    checked = validate(SEEDS / "gold.jsonl", schema)
    assert not checked.problems
    with Project.create(tmp_path / "p") as project:
        ingest(project, SEEDS / "gold.jsonl")
        result = export(project, "jsonl", tmp_path / "out", status="gold")
    assert result.file.read_bytes() == (SEEDS / "gold.jsonl").read_bytes()


def test_the_gold_is_complete_coding(schema: LabelSchema) -> None:
    for line in (SEEDS / "gold.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        layers = {span["layer"] for span in record["spans"]}
        assert layers == {"actor", "claim"}
        assert record["relations"]
        for span in record["spans"]:
            assert record["text"][span["start"] : span["end"]] == span["quote"]
            assert span["layer"] != "actor" or span["entity"], span["quote"]
        inside = [p for p in record["paragraphs"] if not p["excluded"]]
        for p in inside:
            assert any(p["start"] <= s["start"] < p["end"] for s in record["spans"]), (record["id"], p)
