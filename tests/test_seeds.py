"""The seed corpus: every text imports, every gold record holds and comes out as it went in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from annotator.config import Config
from annotator.model.decision import Completion
from annotator.model.schema import LabelSchema
from annotator.model.span import AUTHOR
from annotator.project import Project
from annotator.resources import folder, load_schema
from annotator.workflows.demo import DECIDED, add_seeds
from annotator.workflows.exchange.export import export
from annotator.workflows.exchange.importing import ingest
from annotator.workflows.exchange.validate import validate
from annotator.workflows.review.adjudication import review_rows
from annotator.workflows.review.discussion import reason_of

SEEDS = folder("seeds")


@pytest.fixture(scope="module")
def schema() -> LabelSchema:
    return load_schema("actors-claims-stances")


def _records(name: str) -> dict[str, dict[str, Any]]:
    lines = (SEEDS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return {record["id"]: record for record in map(json.loads, lines)}


def _items(record: dict[str, Any]) -> dict[str, tuple[Any, ...]]:
    """What each span and relation of a record says, by id: the ends of a relation as what they say themselves."""
    said: dict[str, tuple[Any, ...]] = {AUTHOR: (AUTHOR,)}
    for s in record["spans"]:
        attributes = json.dumps(s["attributes"], sort_keys=True)
        said[s["id"]] = (s["layer"], s["label"], s["start"], s["end"], s["entity"], attributes)
    for r in record["relations"]:
        attributes = json.dumps(r["attributes"], sort_keys=True)
        ends = (said[r["from"]][:4], said[r["to"]][:4])
        said[r["id"]] = (r["layer"], r["label"], *ends, attributes)
    del said[AUTHOR]
    return said


def test_every_text_has_a_title_and_four_to_seven_paragraphs(tmp_path: Path) -> None:
    titles = json.loads((SEEDS / "titles.json").read_text(encoding="utf-8"))
    with Project.create(tmp_path / "p") as project:
        add_seeds(project)
        ids = project.documents.ids()
        assert ids == sorted(titles) == sorted(p.stem for p in SEEDS.glob("*.txt"))
        assert len(ids) == 24
        for id in ids:
            document = project.documents.load(id)
            assert document.title == titles[id]["title"]
            assert 4 <= sum(not p.excluded for p in document.paragraphs) <= 7
            assert document.text == (SEEDS / f"{id}.txt").read_bytes().decode("utf-8")
        golden = [r.document.id for r in project.log.records(status=Completion.GOLD)]
        assert golden == ids[:DECIDED]
        assert any(row.undecided and row.status is Completion.NEW for row in review_rows(project))


GOLD = ("gold", "coded-once")


@pytest.mark.parametrize("name", GOLD)
def test_the_gold_holds_and_an_export_of_it_is_the_same_bytes(
    name: str, tmp_path: Path, schema: LabelSchema
) -> None:
    checked = validate(SEEDS / f"{name}.jsonl", schema)
    assert not checked.problems
    with Project.create(tmp_path / "p") as project:
        ingest(project, SEEDS / f"{name}.jsonl")
        result = export(project, "jsonl", tmp_path / "out", status="gold")
    assert result.file.read_bytes() == (SEEDS / f"{name}.jsonl").read_bytes()


def test_every_gold_record_is_in_one_part() -> None:
    splits = json.loads((SEEDS / "splits.json").read_text(encoding="utf-8"))
    parts = [id for part in ("train", "dev", "test") for id in splits[part]]
    assert sorted(parts) == sorted(id for name in GOLD for id in _records(name))
    texts = {record["text"] for name in GOLD for record in _records(name).values()}
    assert len(texts) == len(parts)


@pytest.mark.parametrize("name", GOLD)
def test_the_gold_is_complete_coding(name: str, schema: LabelSchema) -> None:
    for line in (SEEDS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
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


def test_there_is_gold_of_every_text_that_was_coded_twice() -> None:
    assert list(_records("gold")) == sorted(_records("coder-a").keys() & _records("coder-b").keys())


def test_gold_is_what_both_coded_or_has_a_reason() -> None:
    """Down to the attributes: what was adjudicated says why, and what did not need to be is in both codings."""
    first, second = _records("coder-a"), _records("coder-b")
    for id, record in _records("gold").items():
        both = set(_items(first[id]).values()) & set(_items(second[id]).values())
        notes = record["meta"]["completion"]["notes"]
        said = _items(record)
        origin = {s["id"]: s["source"] for s in record["spans"]}
        origin |= {r["id"]: r["source"] for r in record["relations"]}
        assert set(origin.values()) == {"unanimous", "adjudicated"}
        for item, content in said.items():
            if origin[item] == "unanimous":
                assert content in both, (id, content)
            else:
                assert content not in both, (id, content)
                assert item in notes, (id, content)
        for item, note in notes.items():
            assert item in said or item.startswith("@p")
            assert reason_of(note) in Config().reasons, (id, note)
            assert len(note.partition(":")[2].split()) >= 3, (id, note)


def test_what_one_coded_and_gold_leaves_out_has_a_reason() -> None:
    """A span that no gold span of its layer overlaps is named in the note of its paragraph."""
    codings = (_records("coder-a"), _records("coder-b"))
    for id, record in _records("gold").items():
        notes = record["meta"]["completion"]["notes"]
        for span in (s for coding in codings for s in coding[id]["spans"]):
            if any(
                s["layer"] == span["layer"] and s["start"] < span["end"] and span["start"] < s["end"]
                for s in record["spans"]
            ):
                continue
            at = next(i for i, p in enumerate(record["paragraphs"]) if p["start"] <= span["start"] < p["end"])
            assert span["quote"].split()[0] in notes.get(f"@p{at}", ""), (id, span["quote"])
