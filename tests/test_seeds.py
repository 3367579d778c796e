"""The seed corpus: every text can be imported, every gold record is valid and is exported as it was
imported."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from annotator.cli import run
from annotator.cli_commands.demo import CORPORA as OFFERED
from annotator.config import Config
from annotator.model.decision import Completion
from annotator.model.schema import LabelSchema
from annotator.model.span import AUTHOR
from annotator.project import Project
from annotator.resources import folder
from annotator.workflows.demo import CORPORA, DECIDED, add_corpus
from annotator.workflows.exchange.export import export
from annotator.workflows.exchange.export_records import ExportOptions
from annotator.workflows.exchange.importing import ingest
from annotator.workflows.exchange.validate import validate
from annotator.workflows.review.discussion import reason_of
from annotator.workflows.review.queue import review_rows

SEEDS = folder("seeds")
DEBATE = SEEDS / "debate"
HOMES = (SEEDS, DEBATE)
GOLD = (SEEDS / "gold.jsonl", SEEDS / "coded-once.jsonl", DEBATE / "gold.jsonl")
CODINGS = tuple(home / f"{name}.jsonl" for home in HOMES for name in ("coder-a", "coder-b"))


def _named(path: Path) -> str:
    """The name of a file or folder for the names of tests."""
    return path.relative_to(SEEDS.parent).as_posix()


def _records(name: str, home: Path = SEEDS) -> dict[str, dict[str, Any]]:
    lines = (home / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return {record["id"]: record for record in map(json.loads, lines)}


def _items(record: dict[str, Any]) -> dict[str, tuple[Any, ...]]:
    """The content of each span and relation of a record by id; the ends of a relation are given by
    their content."""
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
        add_corpus(project)
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


@pytest.mark.parametrize("file", GOLD, ids=_named)
def test_the_gold_holds_and_an_export_of_it_is_the_same_bytes(
    file: Path, tmp_path: Path, schema: LabelSchema
) -> None:
    checked = validate(file, schema)
    assert not checked.problems
    with Project.create(tmp_path / "p") as project:
        ingest(project, file)
        result = export(
            project, "jsonl", tmp_path / "out", ExportOptions(status="gold", notes=True)
        )
    assert result.file.read_bytes() == file.read_bytes()


@pytest.mark.parametrize("file", CODINGS, ids=_named)
def test_each_coding_holds_and_an_export_of_it_is_the_same_bytes(
    file: Path, tmp_path: Path, schema: LabelSchema
) -> None:
    assert not validate(file, schema).problems
    with Project.create(tmp_path / "p") as project:
        ingest(project, file)
        result = export(
            project,
            "jsonl",
            tmp_path / "out",
            ExportOptions(status=f"annotator={file.stem}", notes=True),
        )
    assert result.file.read_bytes() == file.read_bytes()


def test_every_gold_record_is_in_one_part() -> None:
    splits = json.loads((SEEDS / "splits.json").read_text(encoding="utf-8"))
    names = ("gold", "coded-once")
    parts = [id for part in ("train", "dev", "test") for id in splits[part]]
    assert sorted(parts) == sorted(id for name in names for id in _records(name))
    texts = {record["text"] for name in names for record in _records(name).values()}
    assert len(texts) == len(parts)


def test_every_claim_of_the_test_documents_has_concepts_of_its_document() -> None:
    """All but at most one: the gold of the first six documents has no concept for a claim that is
    not about the debate."""
    splits = json.loads((SEEDS / "splits.json").read_text(encoding="utf-8"))
    records = _records("gold") | _records("coded-once")
    for id in splits["test"]:
        claims = [s for s in records[id]["spans"] if s["layer"] == "claim"]
        concepts = [c for s in claims for c in s["attributes"].get("concept", ())]
        assert len(concepts) >= len(claims) - 1
        for concept in concepts:
            assert 1 <= len(concept.removeprefix("not: ").split()) <= 8, concept


@pytest.mark.parametrize("file", GOLD, ids=_named)
def test_the_gold_is_complete_coding(file: Path) -> None:
    for line in file.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        layers = {span["layer"] for span in record["spans"]}
        assert layers == {"actor", "claim"}
        assert record["relations"]
        for span in record["spans"]:
            assert record["text"][span["start"] : span["end"]] == span["quote"]
            assert span["layer"] != "actor" or span["entity"], span["quote"]
        inside = [p for p in record["paragraphs"] if not p["excluded"]]
        for p in inside:
            assert any(p["start"] <= s["start"] < p["end"] for s in record["spans"]), (
                record["id"],
                p,
            )


@pytest.mark.parametrize("home", HOMES, ids=_named)
def test_there_is_gold_of_every_text_that_was_coded_twice(home: Path) -> None:
    first, second = _records("coder-a", home), _records("coder-b", home)
    assert list(_records("gold", home)) == sorted(first.keys() & second.keys())


@pytest.mark.parametrize("home", HOMES, ids=_named)
def test_gold_is_what_both_coded_or_has_a_reason(home: Path) -> None:
    """This holds down to the attributes: an adjudicated item has a reason, and any other is in both
    codings."""
    first, second = _records("coder-a", home), _records("coder-b", home)
    for id, record in _records("gold", home).items():
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


@pytest.mark.parametrize("home", HOMES, ids=_named)
def test_what_one_coded_and_gold_leaves_out_has_a_reason(home: Path) -> None:
    """A span that no gold span of its layer overlaps is named in the note of its paragraph."""
    codings = (_records("coder-a", home), _records("coder-b", home))
    for id, record in _records("gold", home).items():
        notes = record["meta"]["completion"]["notes"]
        for span in (s for coding in codings for s in coding[id]["spans"]):
            if any(
                s["layer"] == span["layer"]
                and s["start"] < span["end"]
                and span["start"] < s["end"]
                for s in record["spans"]
            ):
                continue
            at = next(
                i
                for i, p in enumerate(record["paragraphs"])
                if p["start"] <= span["start"] < p["end"]
            )
            assert span["quote"].split()[0] in notes.get(f"@p{at}", ""), (id, span["quote"])


def _titles() -> dict[str, dict[str, str]]:
    titles: dict[str, dict[str, str]] = json.loads(
        (DEBATE / "titles.json").read_text(encoding="utf-8")
    )
    return titles


def test_the_debate_is_sixteen_texts_in_order_of_time() -> None:
    titles = _titles()
    texts = sorted(DEBATE.glob("*.txt"))
    assert list(titles) == [text.stem for text in texts]
    assert len(texts) == 16
    dates = [titles[text.stem]["date"] for text in texts]
    assert dates == sorted(dates)
    for text in texts:
        of = titles[text.stem]
        assert of["outlet"], text
        assert (of["author"] is None) == (of["genre"] == "editorial"), text
        assert 4 <= len(text.read_text(encoding="utf-8").strip().split("\n\n")) <= 6


def test_half_of_the_debate_is_for_testing_by_the_rule_of_its_readme() -> None:
    """Of every four in order of time the first and the fourth
    train, the second and the third test."""
    splits = json.loads((DEBATE / "splits.json").read_text(encoding="utf-8"))
    ids = sorted(_titles())
    assert splits["train"] == [id for n, id in enumerate(ids) if n % 4 in (0, 3)]
    assert splits["test"] == [id for n, id in enumerate(ids) if n % 4 in (1, 2)]


@pytest.mark.parametrize("name", ["coder-a", "coder-b", "gold"])
def test_a_record_of_the_debate_holds_its_text_as_it_stands_in_the_file(name: str) -> None:
    titles = _titles()
    for id, record in _records(name, DEBATE).items():
        assert record["text"] == (DEBATE / f"{id}.txt").read_bytes().decode("utf-8")
        for key in ("date", "outlet", "genre", "author"):
            assert record["meta"].get(key) == titles[id][key], (id, key)


def _codebook() -> list[dict[str, str]]:
    with (DEBATE / "codebook.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_codebook_of_the_debate_holds_together() -> None:
    rows = _codebook()
    for entry in ("entity", "concept"):
        names = [row["name"] for row in rows if row["entry"] == entry]
        assert len(names) == len(set(names))
        assert {row["parent"] for row in rows if row["entry"] == entry} <= {*names, ""}
    assert len({row["external_id"] for row in rows}) == len(rows)
    for row in rows:
        assert row["entry"] in ("entity", "concept")
        assert row["definition"].endswith("."), row
        assert row["parent"] != row["name"]
        assert row["entry"] == "entity" or len(row["name"].split()) <= 8


def test_the_codebook_covers_every_entity_and_concept_of_the_gold() -> None:
    rows = _codebook()
    entities = {row["name"] for row in rows if row["entry"] == "entity"}
    concepts = {row["name"] for row in rows if row["entry"] == "concept"}
    for id, record in _records("gold", DEBATE).items():
        for span in record["spans"]:
            assert span["layer"] != "actor" or set(span["entity"].split("; ")) <= entities, (
                id,
                span,
            )
            used = {c.removeprefix("not: ") for c in span["attributes"].get("concept", ())}
            assert used <= concepts, (id, span)


def test_concepts_of_the_debate_come_back_and_are_denied() -> None:
    """Unlike in the seeds, most concepts occur in several documents, and many with both signs."""
    where: dict[str, set[str]] = {}
    signs: dict[str, set[bool]] = {}
    for id, record in _records("gold", DEBATE).items():
        for span in record["spans"]:
            for concept in span["attributes"].get("concept", ()):
                name = concept.removeprefix("not: ")
                where.setdefault(name, set()).add(id)
                signs.setdefault(name, set()).add(name == concept)
    assert sum(len(ids) >= 3 for ids in where.values()) >= len(where) * 2 // 3
    assert sum(len(both) == 2 for both in signs.values()) >= 10


def _sides(holder: str, concept: str, *, until: str) -> tuple[set[int], set[int]]:
    """The signs of a holder on a concept in the gold, before a date
    and from it on: 1 for, -1 against."""
    found: tuple[set[int], set[int]] = (set(), set())
    for record in _records("gold", DEBATE).values():
        spans = {span["id"]: span for span in record["spans"]}
        for stance in record["relations"]:
            source, target = spans.get(stance["from"]), spans[stance["to"]]
            if source is None or source["entity"] != holder:
                continue
            side = {"support": 1, "oppose": -1}.get(stance["label"], 0)
            for name in target["attributes"].get("concept", ()):
                if name.removeprefix("not: ") == concept:
                    sign = -side if name != concept else side
                    found[record["meta"]["date"] >= until].add(sign)
    return found


def test_one_actor_of_the_debate_changes_sides_and_the_camps_shift() -> None:
    resigns, bargain = "2025-05-20", "2025-06-10"
    assert _sides("Hester Quill", "barrage will bring lasting jobs", until=resigns)[0] == {1}
    assert _sides("Hester Quill", "barrage should be built", until=resigns)[1] == {-1}
    assert _sides("Ida Morrow", "barrage should be built", until=bargain)[0] == {-1}
    assert _sides("Green League", "barrage should be built", until=bargain)[1] >= {1}
    assert _sides("Leon Astley", "locks will delay ships", until=resigns) == ({-1}, {1})
    assert _sides("Port of Sallow", "barrage should be built", until="2025-07-01") == ({1}, {-1})


def test_the_demo_of_the_debate_holds_all_documents_and_the_gold_of_half(tmp_path: Path) -> None:
    splits = json.loads((DEBATE / "splits.json").read_text(encoding="utf-8"))
    with Project.create(tmp_path / "p") as project:
        add_corpus(project, "debate")
        ids = project.documents.ids()
        assert ids == sorted(_titles())
        assert [project.documents.load(id).title for id in ids] == [
            _titles()[id]["title"] for id in ids
        ]
        golden = [r.document.id for r in project.log.records(status=Completion.GOLD)]
        assert golden == sorted(splits["train"])
        assert any(row.undecided and row.status is Completion.NEW for row in review_rows(project))


def test_the_command_offers_the_corpora_that_there_are() -> None:
    assert list(OFFERED) == list(CORPORA)


def test_a_demo_is_a_project_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["demo", "debate"]) == 2
    assert "not a terminal" in capsys.readouterr().err
    assert run(["--project", "anywhere", "demo"]) == 2
    assert "Leave out --project" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize("home", HOMES, ids=_named)
def test_the_readme_shows_how_far_the_coders_agree_now(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = str(tmp_path / "p")
    files = [str(home / f"{name}.jsonl") for name in ("coder-a", "coder-b")]
    assert run(["init", root]) == 0 and run(["--project", root, "import", *files]) == 0
    capsys.readouterr()
    assert run(["--project", root, "agreement"]) == 0
    headlines = capsys.readouterr().out.split("\n\nWHY NOT HIGHER")[0]
    assert f"```\n{headlines}\n```" in (home / "README.md").read_text(encoding="utf-8")
