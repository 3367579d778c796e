"""Round trips of what formats have no place of their own for: numbers in lists, places in the text,
attributes with the names of a format's own words, blanks that are meant."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import Read, read, write
from support import examples

from annotator.cli import run
from annotator.families import formats
from annotator.formats.api import ReadReport, WriteOptions, WritesFolder, WritesParts, data_of
from annotator.model.decision import Completion
from annotator.model.record import Record
from annotator.model.schema_reading import parse_schema
from annotator.model.span import NO_ATTRIBUTES, Relation, Span
from annotator.model.text import Document, split_paragraphs
from annotator.workflows.exchange.matching import moved

SCHEMA = parse_schema(
    """
name = "odd"
version = "1"
title = "Odd"

[[layer]]
name = "actor"
kind = "span"
title = "Actors"
color = "sky"
symbol = "A"
label = [{name = "person", key = "1", symbol = "P"}]
attribute = [
  {name = "label", type = "text"},
  {name = "value", type = "text"},
  {name = "begin", type = "integer"},
  {name = "codes", type = "integer", multiple = true},
  {name = "near-by", type = "span"},
]

[[layer]]
name = "stance"
kind = "relation"
title = "Stances"
color = "green"
symbol = "T"
sources = ["actor"]
targets = ["actor"]
label = [{name = "support", key = "+", symbol = "+"}]
attribute = [
  {name = "codes", type = "integer", multiple = true},
  {name = "cue", type = "span"},
]
""",
    file="odd.toml",
)
TEXT = "\U0001f642 Ann met Ben, and Ben met Cleo."
RECORD = Record(
    Document("letter.txt", "A letter", TEXT, split_paragraphs(TEXT), {"desk": "  two blanks "}),
    "ann",
    Completion.DONE,
    (
        Span(
            "a",
            "actor",
            "person",
            2,
            5,
            None,
            {"label": "x", "value": "y", "begin": 7, "codes": [3, 9], "near-by": [6, 9]},
        ),
        Span("b", "actor", "person", 10, 13),
    ),
    (
        Relation("r", "stance", "support", "a", "b", {"codes": [1, 4], "cue": [6, 9]}),
        Relation("s", "stance", "support", "a", "b", {"codes": [1, 4], "cue": [14, 15]}),
    ),
    notes={"b": "  who? "},
)
_READS = {
    "brat": ("ann/letter.txt.ann", {"offsets": "code-points"}),
    "cas": ("ann/letter.txt.json", {"offsets": "code-points"}),
    "qdpx": ("records.qdpx", {"offsets": "code-points"}),
    "label-studio": ("records.json", {"offsets": "utf-16"}),
}


def _written(name: str, record: Record) -> dict[str, bytes]:
    """Everything that a format writes of a record, by the names of files."""
    member, how = formats.load(name), WriteOptions(SCHEMA)
    made: dict[str, bytes] = {}
    if isinstance(member, WritesFolder):
        for inner, data in member.files([record], how):
            made[inner] = made.get(inner, b"") + data
    else:
        assert isinstance(member, WritesParts)
        made[f"records{member.extensions[0]}"] = b"".join(member.parts([record], how))
    return made


def _back(name: str, record: Record, tmp_path: Path) -> Read:
    """A record, written by a format and read again."""
    for inner, data in _written(name, record).items():
        (tmp_path / inner).parent.mkdir(exist_ok=True)
        write(tmp_path / inner, data)
    inner, settings_ = _READS[name]
    return read(name, tmp_path / inner, schema=SCHEMA, settings=settings_)


@pytest.mark.parametrize("name", sorted(_READS))
def test_numbers_places_and_odd_names_come_back(name: str, tmp_path: Path) -> None:
    """A list of two whole numbers is no place, and the name of an attribute may be a word of the
    format."""
    found = _back(name, RECORD, tmp_path)
    (back,) = found.records
    held = {(s.start, s.end): dict(s.attributes) for s in back.spans}
    expected = dict(RECORD.spans[0].attributes)
    if name == "qdpx":
        del expected["near-by"]  # counted: a code for each place would not be a code
    assert held == {(2, 5): expected, (10, 13): {}}
    if name != "label-studio":
        assert [dict(r.attributes) for r in back.relations] == [
            dict(r.attributes) for r in RECORD.relations
        ]
        assert not set(back.notes) - {s.id for s in back.spans if s.start == 10}


def test_tables_write_lists_of_numbers_as_numbers() -> None:
    made = _written("csv", RECORD)
    rows = list(csv.DictReader(io.StringIO(made["items.csv"].decode("utf-8"), newline="")))
    assert [(r["codes"], r["cue"], r["near-by"]) for r in rows] == [
        ("3; 9", "", "6-9"),
        ("", "", ""),
        ("1; 4", "6-9", ""),
        ("1; 4", "14-15", ""),
    ]
    longer = list(csv.DictReader(io.StringIO(made["items-long.csv"].decode(), newline="")))
    assert [r["value"] for r in longer if r["attribute"] == "codes"] == ["3", "9", *("14" * 2)]
    lines = _written("huggingface", RECORD)["data/train.jsonl"].decode()
    attributes = json.loads(lines)["spans"][0]["attributes"]
    assert [one["value"] for one in attributes if one["name"] == "codes"] == ["3", "9"]
    assert {"name": "near-by", "value": "6-9"} in attributes


@pytest.mark.parametrize("name", ["csv", "cas", "brat", "qdpx", "label-studio", "huggingface"])
def test_items_without_attributes_are_written_as_the_project_holds_them(name: str) -> None:
    bare = replace(RECORD.spans[0], attributes=NO_ATTRIBUTES)
    bow = replace(RECORD.relations[0], attributes=NO_ATTRIBUTES)
    record = replace(RECORD, spans=(bare, RECORD.spans[1]), relations=(bow,))
    empty = replace(
        record,
        spans=(replace(bare, attributes={}), RECORD.spans[1]),
        relations=(replace(bow, attributes={}),),
    )
    assert _written(name, record) == _written(name, empty)


def test_only_places_move_with_a_text(tmp_path: Path) -> None:
    """The same document with other line ends: places are counted anew, numbers are not."""
    text = "One.\r\n\r\nAnn met Ben."
    record = Record(
        Document("d", "t", text, split_paragraphs(text)),
        "ann",
        Completion.DONE,
        (Span("a", "actor", "person", 8, 11, None, {"codes": [8, 11], "near-by": [12, 15]}),),
    )
    stored = Document("d", "t", plain := text.replace("\r\n", "\n"), split_paragraphs(plain))
    found = moved(record, stored, SCHEMA, ReadReport(tmp_path / "d", False), 1)
    (span,) = found.spans
    assert (span.start, span.attributes) == (6, {"codes": [8, 11], "near-by": [10, 13]})


_BLANKS = st.text(alphabet=" \n\tab", min_size=1, max_size=6)


def test_blanks_in_our_own_projects_are_meant(tmp_path: Path) -> None:
    """Another program's project is cleaned of them, and of endings of names."""

    @settings(max_examples=examples(40))
    @given(note=_BLANKS, on=_BLANKS, meta=_BLANKS, name=st.sampled_from(["d.txt", "a.pdf", "d"]))
    def holds(note: str, on: str, meta: str, name: str) -> None:
        record = replace(
            RECORD,
            document=replace(RECORD.document, id=name, meta={"desk": meta}),
            notes={"a": note, "r": on},
        )
        (back,) = _back("qdpx", record, tmp_path).records
        assert (back.document.id, back.document.meta["desk"]) == (name, meta)
        assert sorted(back.notes.values()) == sorted([note, on])
        data = (tmp_path / "records.qdpx").read_bytes()
        write(tmp_path / "other.qdpx", _by_another_program(data))
        (other,) = read("qdpx", tmp_path / "other.qdpx", schema=SCHEMA).records
        assert other.document.id == name.partition(".")[0]
        assert other.document.meta["desk"] == meta.strip()

    holds()


def _by_another_program(project: bytes) -> bytes:
    """The same project with another origin."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(project)) as old, zipfile.ZipFile(out, "w") as new:
        for inner in old.namelist():
            data = old.read(inner)
            new.writestr(inner, data.replace(b'origin="annotator ', b'origin="Coder '))
    return out.getvalue()


def test_a_cue_comes_back_as_a_cue_and_not_as_a_note(tmp_path: Path) -> None:
    """Through the commands, from one project to another."""
    home, other = tmp_path / "home", tmp_path / "other"
    assert run(["init", str(home)]) == 0
    assert run(["--project", str(home), "import", str(_seed(tmp_path))]) == 0
    for name in ("brat", "cas", "qdpx"):
        target = tmp_path / name
        words = ["export", name, "--status", "all", "-o", str(target)]
        assert run(["--project", str(home), *words]) == 0
        assert run(["init", str(other / name)]) == 0
        where = ["--project", str(other / name)]
        if name == "cas":
            pytest.importorskip("cassis")
        assert run([*where, "import", "--format", name, "--as", "ann", str(target)]) == 0
        out = tmp_path / f"{name}.jsonl"
        assert run([*where, "export", "jsonl", "--notes", "-o", str(out), "--status", "all"]) == 0
        (record,) = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
        (stance,) = record["relations"]
        assert stance["attributes"] == {"cue": [5, 12], "strength": 2}, name
        assert "completion" not in record["meta"] or not record["meta"]["completion"].get("notes")


def _seed(tmp_path: Path) -> Path:
    text = "Iran rejects the plan."
    record = Record(
        Document("d", "Iran", text, split_paragraphs(text)),
        "ann",
        Completion.DONE,
        (
            Span("a", "actor", "state", 0, 4, "Iran", {"mention": "name"}),
            Span("c", "claim", "policy", 13, 21, None, {"concept": ["a plan"]}),
        ),
        (Relation("r", "stance", "oppose", "a", "c", {"strength": 2, "cue": [5, 12]}),),
    )
    return write(tmp_path / "seed.jsonl", json.dumps(data_of(record)).encode("utf-8"))
