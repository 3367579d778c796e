"""Files of other programs with odd values: names, pieces, tables, and offsets that nothing
confirms. Also the order of our own tables."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from reading import SCHEMA, read, write

from annotator.errors import InputError
from annotator.families import formats
from annotator.formats.api import WriteOptions, WritesFolder, first_object
from annotator.project import Project
from annotator.workflows.exchange.importing import ImportOptions, ingest

TEXT = "Mr Orr backs the plan that trams run late."
PERSON = {"start": 3, "end": 6, "label": "person"}


def _prodigy(**more: Any) -> dict[str, Any]:
    return {"text": TEXT, "_input_hash": 1, "answer": "accept", "spans": [PERSON], **more}


def _studio(**more: Any) -> dict[str, Any]:
    region = {"id": "r", "type": "labels", "value": {"start": 3, "end": 6, "labels": ["person"]}}
    return {"id": 1, "data": {"text": TEXT}, "annotations": [{"result": [region], **more}]}


@pytest.mark.parametrize("given", [["ada"], {"a": 1}, True, 1.5])
def test_what_is_no_name_of_an_annotator_is_told_and_never_made_one(
    given: Any, tmp_path: Path
) -> None:
    spans = [{**PERSON, "user": given}]
    files = {
        "prodigy": [_prodigy(_annotator_id=given)],
        "label-studio": [_studio(completed_by=given)],
        "doccano": [{"id": 1, "text": TEXT, "annotations": spans}],
    }
    for name, content in files.items():
        found = read(name, write(tmp_path / "a.json", content))
        assert [one.annotator for one in found.records] == ["imported"], name
        told = "an annotator must be a name" in found.told
        assert told or (name == "label-studio" and isinstance(given, dict)), name


def test_an_annotator_s_number_is_called_the_same_in_every_format(tmp_path: Path) -> None:
    spans = [{**PERSON, "user": 5}]
    for name, content in {
        "prodigy": [_prodigy(_annotator_id=5)],
        "label-studio": [_studio(completed_by=5.0)],
        "doccano": [{"id": 1, "text": TEXT, "annotations": spans}],
    }.items():
        found = read(name, write(tmp_path / "a.json", content))
        assert [one.annotator for one in found.records] == ["annotator-5"], name


def test_ids_written_as_other_numbers_are_found(tmp_path: Path) -> None:
    ends = [
        {"id": 9.0, "label": "person", "start_offset": 3, "end_offset": 6},
        {"id": 4, "label": "policy", "start_offset": 22, "end_offset": 41},
    ]
    relations = [{"from_id": "9", "to_id": 4.0, "type": "support"}]
    row = {"id": 1, "text": TEXT, "entities": ends, "relations": relations}
    found = read("doccano", write(tmp_path / "a.jsonl", [row]))
    assert len(found.records[0].relations) == 1 and not found.left_out


def test_a_task_of_prodigy_without_an_answer_is_nobody_s_work(tmp_path: Path) -> None:
    task = {"text": TEXT, "_input_hash": 1, "tokens": [{"text": "Mr", "start": 0, "end": 2}]}
    found = read("prodigy", write(tmp_path / "a.jsonl", [task]))
    assert not found.records and [one.text for one in found.documents] == [TEXT]
    found = read("prodigy", write(tmp_path / "b.jsonl", [{**task, "spans": [PERSON]}]))
    assert found.marked() == [("Orr", "person")]


def test_a_first_line_that_is_nested_too_deeply_does_not_hide_the_format(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", '{"meta": ' + "[" * 9000 + "\n" + '{"_input_hash": 1}\n')
    assert first_object(path, 1 << 20) == {"_input_hash": 1}


@pytest.mark.parametrize(
    ("place", "quote", "kept"),
    [
        ("13 16;27 36", "the trams run", ["the plan that trams run"]),
        ("13 16;27 36", "the buses run", []),
        ("27 32;37 41", "trams late", ["trams run late"]),
    ],
)
def test_pieces_of_a_span_are_checked_by_their_quotation(
    place: str, quote: str, kept: list[str], tmp_path: Path
) -> None:
    write(tmp_path / "a.txt", TEXT)
    lines = f"T1\tpolicy {place}\t{quote}\nT2\tperson 3 6\tOrr\n"
    found = read("brat", write(tmp_path / "a.ann", lines))
    assert [one for one, label in found.marked() if label == "policy"] == kept
    assert found.left_out == (not kept)


@pytest.mark.parametrize(
    ("line", "entity", "note"),
    [
        ("Reference T1 Wikidata:Q5\t", None, "Reference: Wikidata:Q5"),
        ("Reference T1 own list:5\tAnn Orr", "Ann Orr", "Reference: own list:5"),
    ],
)
def test_normalizations_of_brat_keep_their_whole_reference(
    line: str, entity: str | None, note: str, tmp_path: Path
) -> None:
    write(tmp_path / "a.txt", TEXT)
    found = read("brat", write(tmp_path / "a.ann", f"T1\tperson 3 6\tOrr\nN1\t{line}\n"))
    (record,) = found.records
    assert (record.spans[0].entity, list(record.notes.values())) == (entity, [note])


def test_without_spaces_and_quotations_a_counting_that_fits_as_well_is_named(
    tmp_path: Path,
) -> None:
    text = "安娜去了北京。\n伊朗拒绝了计划。\n德黑兰说不。"
    spans = [[0, 2, "person"], [9, 11, "state"], [20, 23, "state"]]  # an LF counts as two
    found = read("doccano", write(tmp_path / "a.jsonl", [{"text": text, "label": spans}]))
    assert "an LF as two would fit as well" in found.told
    spans = [[0, 2, "person"], [8, 10, "state"], [12, 15, "state"], [15, 16, "state"]]
    found = read("doccano", write(tmp_path / "b.jsonl", [{"text": text, "label": spans}]))
    assert "as well" not in found.told  # punctuation shows that it counts as one


@pytest.mark.parametrize(
    ("content", "columns"),
    [
        ("SEP=;\nid;text\n1;Mr Orr ran.\n", {}),
        ("sep=,,,\nid,text,,\n1,Mr Orr ran.,,\n", {}),
        ("1,Mr Orr ran.\n", {"id": "1", "text": "2"}),
    ],
)
def test_tables_with_a_line_of_excel_or_without_a_header(
    content: str, columns: dict[str, str], tmp_path: Path
) -> None:
    found = read("csv", write(tmp_path / "a.csv", content), columns=columns)
    assert [(one.id, one.text) for one in found.documents] == [("1", "Mr Orr ran.")]


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        ({"text": "5"}, "there is no column “5”"),
        ({"text": "0"}, "there is no column “0”"),
        ({"text": "2", "id": "2"}, "text and id are the same column"),
    ],
)
def test_columns_that_are_not_there_or_named_twice(
    columns: dict[str, str], why: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=why):
        read("csv", write(tmp_path / "a.csv", "x,Mr Orr ran.\n"), columns=columns)


def test_a_table_with_two_columns_for_the_text_says_which_one_is_read(tmp_path: Path) -> None:
    table = "id,text,Body,text\n1,Mr Orr ran.,Ms Orr sat.,More.\n"
    found = read("csv", write(tmp_path / "a.csv", table))
    assert found.documents[0].text == "Mr Orr ran." and "Ms Orr sat." in str(
        found.documents[0].meta
    )
    assert (
        "column 2 (text) is read as the text; 3 (Body) and 4 (text) could be it too" in found.told
    )
    named = read("csv", write(tmp_path / "b.csv", table), columns={"text": "Body"})
    assert named.documents[0].text == "Ms Orr sat." and "could be" not in named.told


def test_what_is_wrong_with_json_is_a_whole_sentence(tmp_path: Path) -> None:
    for line, why in (
        ('{"text": "Mr Orr\tran."}', "column 17: Invalid control character"),
        ('{"text": "Mr Orr', "column 10: Unterminated string"),
    ):
        content = '{"text": "Ms Orr sat."}\n' + line
        told = read("jsonl", write(tmp_path / "a.jsonl", content)).told
        assert told.splitlines()[0].endswith(f"broken JSON at {why}")


@pytest.mark.parametrize(("name", "format"), [("a.txt", "text"), ("a.tsv", "csv")])
def test_a_table_of_webanno_is_refused_as_what_it_is(
    name: str, format: str, tmp_path: Path
) -> None:
    content = "#FORMAT=WebAnno TSV 3.3\n\n\n#Text=Mr Orr ran.\n1-1\t0-2\tMr\t\n"
    with pytest.raises(InputError, match="is a WebAnno TSV table") as caught:
        read(format, write(tmp_path / name, content))
    assert "CAS" in str(caught.value.hint)


def test_statements_are_in_the_order_of_the_text_whatever_their_ids(tmp_path: Path) -> None:
    spans = [
        {"id": "z", "layer": "actor", "label": "person", "start": 3, "end": 6},
        {"id": "y", "layer": "claim", "label": "policy", "start": 7, "end": 21},
        {"id": "a", "layer": "claim", "label": "policy", "start": 22, "end": 41},
    ]
    ends = [("1", "z", "a"), ("2", "@author", "a"), ("3", "z", "y")]
    sides = [
        {"id": id, "layer": "stance", "label": "support", "from": a, "to": b} for id, a, b in ends
    ]
    row = {"id": "d", "text": TEXT, "annotator": "ada", "spans": spans, "relations": sides}
    (record,) = read("jsonl", write(tmp_path / "a.jsonl", [row])).records
    writer = formats.load("csv")
    assert isinstance(writer, WritesFolder)
    made: dict[str, bytes] = {}
    for name, content in writer.files([record], WriteOptions(SCHEMA)):
        made[name] = made.get(name, b"") + content
    for name in ("statements.csv", "statements-wide.csv"):
        rows = csv.DictReader(made[name].decode().splitlines())
        assert [one["statement"] for one in rows] == ["3", "2", "1"], name
    items = csv.DictReader(made["items.csv"].decode().splitlines())
    assert [one["item"] for one in items] == ["z", "y", "a", "3", "2", "1"]


@pytest.mark.parametrize(
    ("date", "fits"),
    [
        ("2024-02-29", True),
        ("2024-02-29T23:30:00+02:00", True),
        ("", True),
        ("2024-02-30", False),
        ("31/12/2024", False),
        ("March 5, 2024", False),
        ("2024", False),
    ],
)
def test_a_date_that_is_no_day_is_kept_and_told(date: str, fits: bool, tmp_path: Path) -> None:
    """Networks over time could not use it, and nobody would know why."""
    with Project.create(tmp_path / "p") as project:
        row = {"id": "d", "text": TEXT, "date": date}
        files = [
            write(tmp_path / "a.jsonl", [row, {**row, "id": "e", "date": "2024-01-01"}]),
            write(tmp_path / "b.csv", f'id,text,date\nf,{TEXT},"{date}"\n'),
        ]
        for file, id in zip(files, ("d", "f"), strict=True):
            result = ingest(project, file, ImportOptions())
            told = [line for line in result.warnings if "not like 2026-01-31" in line]
            assert len(told) == (not fits) and result.left_out == 0
            assert all(f"“{id}” has the date “{date}”" in line for line in told)
            document = project.documents.load(id)
            assert document is not None and document.meta.get("date", "") == date


def test_names_that_brat_cannot_hold_as_attributes_come_back_from_notes(tmp_path: Path) -> None:
    lines = (
        "T1\tpolicy 22 41\tthat trams run late\n"
        "#1\tAnnotatorNotes T1\tconcept: trams should run late\n"
        "#2\tAnnotatorNotes T1\tunsure: see above\n"
    )
    write(tmp_path / "a.txt", TEXT)
    (record,) = read("brat", write(tmp_path / "a.ann", lines)).records
    assert record.spans[0].attributes == {"concept": ["trams should run late"]}
    assert list(record.notes.values()) == ["unsure: see above"]


@pytest.mark.parametrize("name", ["An\x1bn Orr", "Ann\x00 Orr\x7f", "\x9bAnn Orr"])
def test_names_hold_no_control_characters(name: str, tmp_path: Path) -> None:
    span = {**PERSON, "layer": "actor", "entity": name}
    row = {"text": TEXT, "annotator": "ada", "spans": [span]}
    found = read("jsonl", write(tmp_path / "a.jsonl", [row]))
    assert found.records[0].spans[0].entity == "Ann Orr"
    assert "without characters that cannot be seen" in found.told
