"""The simulation of effort on one's own data: what it reads, what it counts, and that it never looks ahead."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from support import document, project, suggestion

from annotator.cli import run
from annotator.config import Config, Suggesting
from annotator.errors import InputError, UsageError
from annotator.model.effort import EXTEND, FOCUS, GO, LABEL, PAGE, REJECT, RELATE
from annotator.model.span import AUTHOR, Relation, Span
from annotator.resources import folder, load_schema
from annotator.workflows.effort import ALONE, LEARNING, read_stream, simulate
from annotator.workflows.scoring import Decided, Score

SCHEMA = load_schema("actors-claims-stances")
ALONE_CONFIG = Config(suggestions=Suggesting(base=False))


def _rows(path: Path, *rows: Mapping[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def _decided(text: str, *spans: Span, relations: tuple[Relation, ...] = ()) -> Decided:
    doc = document(text)
    return Decided(doc, doc.paragraphs[0], spans, relations)


def test_keys_and_scores_of_a_paragraph() -> None:
    iran, deal = Span("i", "actor", "state", 0, 4), Span("d", "claim", "fact", 15, 33)
    one = _decided(
        "Iran said that the deal is dead.",
        iran,
        deal,
        relations=(Relation("r", "stance", "support", "i", "d"),),
    )
    shown = [
        suggestion(Span("a", "actor", "state", 0, 4), score=0.75),
        suggestion(Span("b", "actor", "bloc", 5, 9), score=0.25),
        suggestion(Span("c", "claim", "value", 15, 33)), suggestion(Relation("s", "stance", "oppose", "a", "c")),
        suggestion(Relation("t", "stance", "oppose", AUTHOR, "c")),
    ]  # fmt: skip
    score = Score(SCHEMA)
    right = {s.id for s, holds in score.add(one, shown) if holds}
    assert right == {"a"}
    found = score.result()
    assert found["actor"]["keys"] == PAGE + FOCUS + REJECT
    assert found["actor"]["without"] == PAGE + GO + LABEL
    assert found["claim"]["keys"] == PAGE + FOCUS + LABEL
    assert found["claim"]["without"] == PAGE + GO + EXTEND + LABEL
    # The side is changed on the pair that is right but for it; the other is rejected.
    assert found["stance"]["keys"] == FOCUS + LABEL + FOCUS + REJECT and found["stance"]["without"] == RELATE
    assert found["actor"]["all"] == {
        "precision": 0.5,
        "recall": 1.0,
        "f1": 0.6667,
        "proposed": 2,
        "wanted": 1,
    }
    assert found["actor"]["calibration_error"] == 0.25
    every = score.together(0)
    assert every["keys"] == sum(found[layer]["keys"] for layer in found) - PAGE
    assert every["without"] == sum(found[layer]["without"] for layer in found) - PAGE


def test_a_name_is_missed_when_it_comes_first_and_remembered_when_it_comes_again(tmp_path: Path) -> None:
    text = "Then zorblax arrived with news."
    rows = [{"text": text, "spans": [[5, 12, "state"]]}] * 6
    stream = read_stream(_rows(tmp_path / "a.jsonl", *rows), SCHEMA, Config())
    found = simulate(stream, SCHEMA, ALONE_CONFIG, every=2)
    first, second, third = found["windows"]
    assert (first["first"], first["last"], third["last"]) == (1, 2, 6)
    by_hand = 2 * (PAGE + GO + LABEL)
    assert first[ALONE]["keys"] == first[ALONE]["without"] == by_hand
    assert second[ALONE]["keys"] == third[ALONE]["keys"] == 2 * PAGE
    assert found["together"][LEARNING]["without"] == 3 * by_hand
    assert found["trainings"] == 2


def test_rows_are_joined_to_paragraphs_and_labels_may_name_their_layer(tmp_path: Path) -> None:
    file = _rows(
        tmp_path / "a.jsonl", {"text": "Iran left.", "spans": [[0, 4, "actor.state"]]}, {"text": "It did."},
        {"text": "Mr Putin came.", "spans": [[3, 8, "person"]]},
    )  # fmt: skip
    first, second = read_stream(file, SCHEMA, Config(), group=2)
    assert first.document.text == "Iran left. It did."
    both = read_stream(file, SCHEMA, Config(), group=3)
    (one,) = both
    assert [(s.label, one.document.quote(s.start, s.end)) for s in one.spans] == [
        ("state", "Iran"),
        ("person", "Putin"),
    ]
    assert second.document.text == "Mr Putin came."


@pytest.mark.parametrize(
    ("row", "where"),
    [({"text": "Iran", "spans": [[0, 9, "state"]]}, "spans"), ({"text": "Iran", "spans": [[0, 4, "planet"]]}, "spans"),
     ({"text": "Iran", "spans": [[0, 4]]}, "spans"), ({"spans": []}, "text")],
)  # fmt: skip
def test_a_row_that_does_not_hold_is_named_by_its_line(
    tmp_path: Path, row: Mapping[str, Any], where: str
) -> None:
    file = _rows(tmp_path / "a.jsonl", {"text": "Iran", "spans": [[0, 4, "state"]]}, row)
    with pytest.raises(InputError) as caught:
        read_stream(file, SCHEMA, Config())
    assert (caught.value.line, caught.value.key) == (2, where) and caught.value.hint


def test_a_file_without_annotations_or_json_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(UsageError, match="nothing is marked"):
        read_stream(_rows(tmp_path / "a.jsonl", {"text": "Iran"}), SCHEMA, Config())
    (tmp_path / "b.jsonl").write_text("nonsense\n", encoding="utf-8")
    with pytest.raises(InputError, match="JSON"):
        read_stream(tmp_path / "b.jsonl", SCHEMA, Config())
    (tmp_path / "c.jsonl").write_bytes(b'{"text": "\xff"}')
    with pytest.raises(InputError, match="is not UTF-8"):
        read_stream(tmp_path / "c.jsonl", SCHEMA, Config())
    assert run(["effort", str(tmp_path / "none.jsonl")]) == 3
    told = capsys.readouterr().err
    with pytest.raises(InputError, match="is a folder"):
        read_stream(tmp_path, SCHEMA, Config())
    assert "none.jsonl: there is no such file" in told and "Check the path" in told and "Errno" not in told


def test_canonical_records_give_the_gold_where_there_is_any() -> None:
    gold = read_stream(folder("seeds") / "gold.jsonl", SCHEMA, Config())
    coded = read_stream(folder("seeds") / "coder-a.jsonl", SCHEMA, Config())
    assert len({one.document.id for one in gold}) == 24
    assert len(gold) == len(coded) and any(one.relations for one in gold)
    assert all(one.paragraph.start <= s.start < s.end <= one.paragraph.end for one in gold for s in one.spans)


def test_the_command_tells_progress_layers_and_labels(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    lines = (folder("seeds") / "gold.jsonl").read_text(encoding="utf-8").splitlines()[:2]
    file = tmp_path / "gold.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8")
    project(tmp_path / "p").close()
    (tmp_path / "p" / "annotator.toml").write_text("[suggestions]\nbase = false\n", encoding="utf-8")
    of = ["--project", str(tmp_path / "p"), "effort", str(file)]
    assert run([*of, "--limit", "7", "--every", "5", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["paragraphs"] == 7 and found["trainings"] == 1 and found["every"] == 5
    assert {"actor", "claim"} <= set(found["layers"][LEARNING])
    assert run([*of, "--limit", "6"]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[0].startswith("6 paragraphs of 1 document,")
    assert max(map(len, shown)) <= 80 and any(line.startswith("all ") for line in shown)
