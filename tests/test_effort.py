"""The simulation of effort on a user's own data: what it reads, what it counts, and that it never
looks ahead."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from support import document, project, suggestion

from annotator.cli import run
from annotator.config import Config, Suggesting
from annotator.errors import InputError
from annotator.model.effort import EXTEND, FOCUS, GO, LABEL, PAGE, REJECT, RELATE
from annotator.model.span import AUTHOR, Relation, Span
from annotator.resources import folder, load_schema
from annotator.workflows.effort.scoring import Decided, Score
from annotator.workflows.evaluation.arm import ALONE, LEARNING
from annotator.workflows.evaluation.simulation import simulate
from annotator.workflows.evaluation.stream import read_stream

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
        suggestion(Span("c", "claim", "value", 15, 33)),
        suggestion(Relation("s", "stance", "oppose", "a", "c")),
        suggestion(Relation("t", "stance", "oppose", AUTHOR, "c")),
    ]
    score = Score(SCHEMA)
    right = {s.id for s, holds in score.add(one, shown) if holds}
    assert right == {"a"}
    found = score.result()
    assert found["actor"]["keys"] == PAGE + FOCUS + REJECT
    assert found["actor"]["without"] == PAGE + GO + LABEL
    assert found["claim"]["keys"] == PAGE + FOCUS + LABEL
    assert found["claim"]["without"] == PAGE + GO + EXTEND + LABEL
    # The side of the pair that is otherwise right is changed; the other pair is rejected.
    assert (
        found["stance"]["keys"] == FOCUS + LABEL + FOCUS + REJECT
        and found["stance"]["without"] == RELATE
    )
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


def test_a_name_is_missed_when_it_comes_first_and_remembered_when_it_comes_again(
    tmp_path: Path,
) -> None:
    text = "Then zorblax arrived with news."
    rows = [{"text": text, "spans": [[5, 12, "state"]]}] * 6
    stream = read_stream(_rows(tmp_path / "a.jsonl", *rows), SCHEMA, Config()).paragraphs
    found = simulate(stream, SCHEMA, ALONE_CONFIG, every=2)
    first, second, third = found["windows"]
    assert (first["first"], first["last"], third["last"]) == (1, 2, 6)
    by_hand = 2 * (PAGE + GO + LABEL)
    assert first[ALONE]["without"] == by_hand
    assert first[ALONE]["keys"] == by_hand / 2 + PAGE, "the first paragraph is learnt from at once"
    assert second[ALONE]["keys"] == third[ALONE]["keys"] == 2 * PAGE
    assert found["together"][LEARNING]["without"] == 3 * by_hand
    assert found["trainings"] == 3


def test_rows_are_joined_to_paragraphs_and_labels_may_name_their_layer(tmp_path: Path) -> None:
    file = _rows(
        tmp_path / "a.jsonl",
        {"text": "Iran left.", "spans": [[0, 4, "actor.state"]]},
        {"text": "It did."},
        {"text": "Mr Putin came.", "spans": [[3, 8, "person"]]},
    )
    first, second = read_stream(file, SCHEMA, Config(), group=2).paragraphs
    assert first.document.text == "Iran left. It did."
    both = read_stream(file, SCHEMA, Config(), group=3).paragraphs
    (one,) = both
    assert [(s.label, one.document.quote(s.start, s.end)) for s in one.spans] == [
        ("state", "Iran"),
        ("person", "Putin"),
    ]
    assert second.document.text == "Mr Putin came."


@pytest.mark.parametrize(
    ("row", "where"),
    [
        ({"text": "Iran", "spans": [[0, 9, "state"]]}, "spans"),
        ({"text": "Iran", "spans": [[0, 4, "planet"]]}, "spans"),
        ({"text": "Iran", "spans": [[0, 4]]}, "spans"),
        ({"spans": []}, "text"),
        ({"text": "Iran", "spans": [[0.0, 4.0, "state"]]}, "spans"),
        ({"text": "Iran", "spans": None}, "spans"),
    ],
)
def test_a_row_that_does_not_hold_is_named_by_its_line(
    tmp_path: Path, row: Mapping[str, Any], where: str
) -> None:
    file = _rows(tmp_path / "a.jsonl", {"text": "Iran", "spans": [[0, 4, "state"]]}, row)
    with pytest.raises(InputError) as caught:
        read_stream(file, SCHEMA, Config())
    assert (caught.value.line, caught.value.key) == (2, where) and caught.value.hint


@pytest.mark.parametrize(
    ("span", "key", "words"),
    [
        ({"start": 0, "end": 4, "label": "state"}, "layer", "is missing; it names a span layer"),
        (
            {"layer": "actor", "start": 0, "end": 4},
            "label",
            "is missing; it names a label of actor",
        ),
        (
            {"layer": "actor", "label": "state", "start": 0, "end": 9},
            "start",
            "is outside the text",
        ),
    ],
)
def test_a_record_that_does_not_hold_is_reported_in_words_that_fit(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    span: Mapping[str, Any],
    key: str,
    words: str,
) -> None:
    assert run(["effort", str(_rows(tmp_path / "a.jsonl", {"text": "Iran", "spans": [span]}))]) == 3
    told = capsys.readouterr().err
    assert f"a.jsonl:1: spans[0].{key}: " in told and words in told
    assert "imported" not in told and "None" not in told and "annotator validate" in told


def test_separators_of_lines_within_a_text_divide_no_records(tmp_path: Path) -> None:
    row = {"text": "Iran\u2028left.", "spans": [[0, 4, "state"]]}
    (tmp_path / "a.jsonl").write_text(
        json.dumps(row, ensure_ascii=False) + "\r\n", encoding="utf-8"
    )
    (one,) = read_stream(tmp_path / "a.jsonl", SCHEMA, Config()).paragraphs
    assert one.document.text == "Iran\u2028left."


def _record(
    annotator: str | None, status: str, *done: int, text: str = "Iran left.\n\nPutin came.\n\nNo."
) -> Any:
    return {
        "text": text,
        "annotator": annotator,
        "status": status,
        "meta": {"completion": {"done": list(done)}},
        "spans": [{"layer": "actor", "label": "state", "start": 0, "end": 4}],
    }


@pytest.mark.parametrize(
    ("status", "done", "judged", "left_out"),
    [
        ("in_progress", (0, 2), [0, 2], 1),
        ("done", (), [0, 1, 2], 0),
        ("done", (0,), [0, 1, 2], 0),
        ("gold", (0,), [0, 1, 2], 0),
    ],
)
def test_only_what_is_finished_is_judged(
    tmp_path: Path, status: str, done: tuple[int, ...], judged: list[int], left_out: int
) -> None:
    who = None if status == "gold" else "ada"
    other = (
        _record(who, "skipped", 0, text="Iran once more.")
        if who
        else _record(None, "gold", text="Iran.")
    )
    file = _rows(tmp_path / "a.jsonl", _record(who, status, *done), other)
    found = read_stream(file, SCHEMA, Config())
    assert [one.paragraph.index for one in found.paragraphs][:3] == judged
    assert found.left_out == left_out + bool(who)


def test_of_several_annotators_the_one_who_finished_most_is_compared_with(tmp_path: Path) -> None:
    rows = [_record("ada", "in_progress", 0, text=f"Iran {i}.\n\nNo.") for i in range(2)]
    found = read_stream(
        _rows(tmp_path / "a.jsonl", *rows, _record("bob", "done")), SCHEMA, Config()
    )
    assert (len(found.paragraphs), found.left_out) == (3, 0)


def test_what_was_left_out_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = _rows(tmp_path / "a.jsonl", _record("ada", "in_progress", 0))
    assert run(["effort", str(file), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["paragraphs"], told["left_out"]) == (1, 2)
    assert run(["effort", str(file)]) == 0
    assert "2 unfinished paragraphs left out" in capsys.readouterr().out.splitlines()
    assert run(["effort", str(_rows(file, _record("ada", "skipped", 0)))]) == 3
    told = capsys.readouterr().err
    assert "nothing is marked" in told and "3 unfinished paragraphs left out" in told


def test_a_broken_project_here_is_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = _rows(tmp_path / "a.jsonl", _record("ada", "done"))
    (tmp_path / "annotator.toml").write_text("[suggestions]\ngate = true\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert run(["effort", str(file)]) == 3
    assert "annotator.toml: suggestions.gate: is true" in capsys.readouterr().err


def test_a_file_without_annotations_or_json_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["effort", str(_rows(tmp_path / "a.jsonl", {"text": "Iran"}))]) == 3
    assert "a.jsonl: nothing is marked" in capsys.readouterr().err
    (tmp_path / "empty.jsonl").touch()
    assert run(["effort", str(tmp_path / "empty.jsonl")]) == 3
    told = capsys.readouterr().err
    assert "the file is empty" in told and "annotate" not in told.replace("annotator", "")
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
    assert (
        "none.jsonl: there is no such file" in told
        and "Check the path" in told
        and "Errno" not in told
    )


def test_canonical_records_give_the_gold_where_there_is_any() -> None:
    gold = read_stream(folder("seeds") / "gold.jsonl", SCHEMA, Config()).paragraphs
    coded = read_stream(folder("seeds") / "coder-a.jsonl", SCHEMA, Config()).paragraphs
    assert len({one.document.id for one in gold}) == 24
    assert len(gold) == len(coded) and any(one.relations for one in gold)
    assert all(
        one.paragraph.start <= s.start < s.end <= one.paragraph.end
        for one in gold
        for s in one.spans
    )


def test_the_command_tells_progress_layers_and_labels(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    lines = (folder("seeds") / "gold.jsonl").read_text(encoding="utf-8").splitlines()[:2]
    file = tmp_path / "gold.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8")
    project(tmp_path / "p").close()
    (tmp_path / "p" / "annotator.toml").write_text(
        "[suggestions]\nbase = false\n", encoding="utf-8"
    )
    of = ["--project", str(tmp_path / "p"), "effort", str(file)]
    assert run([*of, "--limit", "7", "--every", "5", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["paragraphs"] == 7 and found["trainings"] == 3 and found["every"] == 5
    assert {"actor", "claim"} <= set(found["layers"][LEARNING])
    assert run([*of, "--limit", "6", "--every", "6"]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[0].startswith("6 paragraphs of 1 document,")
    assert max(map(len, shown)) <= 80 and any(line.startswith("all ") for line in shown)
