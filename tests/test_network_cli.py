"""The network of a project on the command line: the gold of the debate,
its receipts, and changes of sides."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import networkx as nx
import pytest

from annotator.cli import run
from annotator.model.decision import Completion
from annotator.model.record import GOLD
from annotator.networks.periods import side_changes
from annotator.project import Project
from annotator.resources import folder
from annotator.workflows.network.network import NetworkOptions, read_statements
from annotator.workflows.network.side_changes import rulings


@pytest.fixture
def debate(tmp_path: Path) -> Path:
    root = tmp_path / "p"
    assert run(["init", str(root)]) == 0
    assert (
        run(["--project", str(root), "import", str(folder("seeds") / "debate" / "gold.jsonl")]) == 0
    )
    return root


def _say(
    capsys: pytest.CaptureFixture[str], root: Path, *words: str, code: int = 0
) -> tuple[str, str]:
    capsys.readouterr()
    assert run(["--project", str(root), *words]) == code
    return tuple(capsys.readouterr())  # type: ignore[return-value]


def test_without_a_concept_the_report_says_what_is_missing_in_place_of_empty_tables(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gold = (folder("seeds") / "debate" / "gold.jsonl").read_text(encoding="utf-8")
    row = json.loads(gold.splitlines()[0])
    for span in row["spans"]:
        span["attributes"].pop("concept", None)
    (tmp_path / "bare.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    root = tmp_path / "bare"
    assert run(["init", str(root)]) == 0
    _say(capsys, root, "import", str(tmp_path / "bare.jsonl"))
    told, _ = _say(capsys, root, "network")
    # The screen has the same words, which name no bare option and no status.
    assert "annotator network --unnamed includes them" in told
    assert "statements of the gold" in told and "There is no network yet" in told
    assert "i gives the claim in focus a concept" in told and "MATRIX" not in told
    assert "MATRIX" in _say(capsys, root, "network", "--unnamed")[0]
    _, told = _say(capsys, root, "network", "-o", str(tmp_path / "net.gexf"), code=2)
    assert "-o names a folder" in told and not (tmp_path / "net.gexf").exists()


def test_the_debate_is_reported_written_and_has_receipts(
    debate: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told, _ = _say(capsys, debate, "network", "--samples", "20")
    for words in (
        "WHO STANDS WITH WHOM",
        "TIES",
        "MATRIX",
        "CONCEPTS",
        "CHANGES OF SIDES",
        "barrage should be built",
    ):
        assert words in told
    assert all(len(line) <= 80 for line in told.splitlines())
    out = tmp_path / "network"
    _say(capsys, debate, "network", "--samples", "20", "-o", str(out))
    graph = nx.read_graphml(out / "affiliation.graphml")
    values = json.loads(_say(capsys, debate, "network", "--samples", "20", "--json")[0])
    assert graph.number_of_edges() == len(values["edges"]) > 50
    # Holders without ties are listed line by line, and a list that is cut off says how much it
    # hides.
    alone = [one["holders"][0] for one in values["communities"] if len(one["holders"]) == 1]
    named = told.split("  alone: ", 1)[1].split("\n\n", 1)[0].splitlines()[1:]
    assert [name.strip() for name in named] == sorted(alone) != []
    hidden = len(values["ties"]) - 15
    assert f"\n  and {hidden} more: annotator network --json\n" in told and hidden > 0
    # Every statement on an edge is an item of the gold, in the paragraph that it says.
    with Project.open(debate) as project:
        gold = {record.document.id: record for record in project.log.records(annotator=GOLD)}
    for edge in values["edges"]:
        for place in edge["statements"]:
            document, paragraph, item = place.split("/")
            record = gold[document]
            spans = {span.id: span for span in record.spans}
            target = next(
                (spans[r.target] for r in record.relations if r.id == item), spans.get(item)
            )
            assert target is not None
            assert record.document.paragraph_at(target.start).index + 1 == int(paragraph)
    before = {file.name: file.read_bytes() for file in out.iterdir()}
    _say(capsys, debate, "network", "--samples", "20", "-o", str(out))
    assert before == {file.name: file.read_bytes() for file in out.iterdir()}
    _, said = _say(capsys, debate, "network", "--samples", "20", "-o", str(out), "--check")
    assert "the same, byte by byte" in said
    (out / "matrix.svg").write_text("mine", encoding="utf-8")
    _, said = _say(capsys, debate, "network", "--samples", "0", "-o", str(out), code=3)
    assert "exists with other content" in said
    _, found = _say(capsys, debate, "network", "--samples", "20", "-o", str(out), "--check", code=1)
    assert (
        "matrix.svg: differs" in found
        and (out / "matrix.svg").read_text(encoding="utf-8") == "mine"
    )


def test_names_that_xml_cannot_hold_are_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gold = (folder("seeds") / "debate" / "gold.jsonl").read_text(encoding="utf-8")
    row = json.loads(gold.splitlines()[0])
    holders = {relation["from"] for relation in row["relations"]}
    holder = next(span for span in row["spans"] if span["id"] in holders)
    holder["entity"] = "Harbour\ufffe Board"
    (tmp_path / "odd.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    root = tmp_path / "odd"
    assert run(["init", str(root)]) == 0
    _say(capsys, root, "import", str(tmp_path / "odd.jsonl"))
    out = ["network", "--samples", "0", "-o", str(tmp_path / "out")]
    assert " names and quotations hold characters that XML" in _say(capsys, root, *out)[1]


def test_evidence_names_the_sentences_and_what_review_said(
    debate: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told, _ = _say(capsys, debate, "evidence", "Hester Quill", "not: barrage should be built")
    assert (
        "10-the-minister-who-read-the-report ¶ 1  gold" in told
        and "“the barrage should not be built”" in told
    )
    assert "review: " in told
    _, said = _say(capsys, debate, "evidence", "Hester Quil", "barrage should be built", code=2)
    assert "Did you mean “Hester Quill”" in said
    _, said = _say(capsys, debate, "evidence", "Hester Quill", "the moon should be built", code=2)
    assert "takes no side" in said


def test_a_change_of_sides_is_kept_or_sent_to_review(
    debate: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pair = ("Port of Sallow", "barrage should be built")
    _, said = _say(capsys, debate, "evidence", *pair)
    assert "changes sides: 2025-06-05 to 2025-07-08; --real keeps it" in said
    _say(capsys, debate, "evidence", *pair, "--real")
    assert "kept as a real change" in _say(capsys, debate, "evidence", *pair)[1]
    told, _ = _say(capsys, debate, "network", "--samples", "0")
    assert "- from 2025-07-08 on; kept as a real change" in told
    assert told.count("kept as a real change") == 1
    values = json.loads(_say(capsys, debate, "network", "--samples", "0", "--json")[0])
    ruled = {(one["holder"], one["concept"]): one["ruling"] for one in values["changes"]}
    assert ruled.pop(pair) == "real" and set(ruled.values()) == {None}
    with Project.open(debate) as project:
        every = read_statements(project, NetworkOptions())
        (change,) = rulings(project, side_changes(every))
        again = replace(change, after=(replace(change.after[0], item="another"),))
        assert not rulings(project, [again]), "a later change is another one"
    _, said = _say(capsys, debate, "evidence", *pair, "--slip")
    assert "sent to review: 14-two-hours-on-every-tide/1/" in said
    item = said.strip().rpartition("/")[2].split()[0]
    with Project.open(debate) as project:
        stands, _ = project.log.annotations("14-two-hours-on-every-tide", GOLD)
        flagged = stands.get(item, 0)
        assert flagged is not None and flagged.flagged and "is this a coding error?" in flagged.note
        assert stands.completion is Completion.IN_PROGRESS and not stands.mark(0).done
    assert (
        "no change of sides here"
        in _say(
            capsys, debate, "evidence", "Maud Carrick", "consultation was fair", "--slip", code=2
        )[1]
    )


def test_windows_rules_and_wrong_words(debate: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told, _ = _say(capsys, debate, "network", "--window", "60", "--step", "30")
    assert len(told.splitlines()) == 6 and told.startswith("2025-02-04 to 2025-04-04: ")
    _, said = _say(capsys, debate, "network", "--step", "3", code=2)
    assert "--step needs --window" in said
    _, said = _say(capsys, debate, "network", "--document", "nobody", code=2)
    assert "there is no document “nobody”" in said
    _, said = _say(capsys, debate, "network", "--status", "annotator=ada", code=3)
    assert "there are no statements in work with the status “annotator=ada”" in said


def test_without_dates_a_rule_by_time_says_which_document(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "p"
    assert run(["init", str(root)]) == 0
    data = json.loads(
        (folder("seeds") / "debate" / "gold.jsonl").read_text(encoding="utf-8").splitlines()[0]
    )
    del data["meta"]["date"]
    file = tmp_path / "undated.jsonl"
    file.write_text(json.dumps(data), encoding="utf-8")
    assert run(["--project", str(root), "import", str(file)]) == 0
    _, said = _say(capsys, root, "network", "--duplicates", "month", "--samples", "0", code=2)
    assert "has no date" in said and "metadata" in said
