"""Exports: the lines are those of the JSON encoder, and files come part by part."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import TEXT, document, project

from annotator.errors import ExportError, FindingsError
from annotator.formats import _record
from annotator.model.decision import Completion
from annotator.model.record import Record
from annotator.model.span import AUTHOR, Relation, Span
from annotator.model.text import Document, Paragraph
from annotator.project import Project
from annotator.workflows.exchange import export as exporting
from annotator.workflows.exchange.export import Rendering, check, export
from annotator.workflows.exchange.export_records import ExportOptions
from annotator.workflows.whole_files import (
    check_files,
    check_folder,
    write_files,
    write_folder,
)

STRINGS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
VALUES = st.one_of(
    STRINGS,
    st.integers(),
    st.booleans(),
    st.lists(STRINGS, max_size=3),
    st.lists(st.integers(), max_size=2),
)
ATTRIBUTES = st.dictionaries(STRINGS, VALUES, max_size=4)
META = st.dictionaries(
    STRINGS, st.recursive(VALUES | st.none(), lambda v: st.lists(v, max_size=2), max_leaves=4)
)


@given(
    text=st.text(st.characters(exclude_categories=["Cs"]), min_size=3),
    strings=st.lists(STRINGS, min_size=8, max_size=8),
    attributes=ATTRIBUTES,
    meta=META,
    who=st.none() | STRINGS,
    excluded=st.booleans(),
)
def test_a_line_is_what_the_encoder_makes_of_the_record(
    text: str,
    strings: list[str],
    attributes: dict[str, object],
    meta: dict[str, object],
    who: str | None,
    excluded: bool,
) -> None:
    id, title, span, layer, label, relation, origin, entity = strings
    record = Record(
        Document(id, title, text, (Paragraph(0, 0, 2, excluded), Paragraph(1, 2, len(text))), meta),
        who,
        Completion.DONE,
        (
            Span(span, layer, label, 0, 2, None, attributes, origin),
            Span("b", layer, label, 1, 3, entity),
        ),
        (Relation(relation, layer, label, AUTHOR, span, attributes, origin),),
        (0, 1),
        {span: title},
        (span,),
    )
    right = json.dumps(
        _record.data_of(record), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    assert _record.dumps(record) == right + "\n"


@pytest.fixture
def coded(tmp_path: Path) -> Project:
    of = project(tmp_path / "p")
    of.log.add_records(
        Record(
            document(f"{TEXT} {i}.", id=f"d{i}"),
            "ada",
            Completion.DONE,
            (Span("a", "actor", "state", 0, 4),),
        )
        for i in range(7)
    )
    return of


def test_lines_come_part_by_part_and_make_the_same_file(
    coded: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = b"".join(Rendering(coded, "jsonl").parts())
    monkeypatch.setattr(exporting, "_LINES", 3)
    made = Rendering(coded, "jsonl")
    parts = list(made.parts())
    assert [part.count(b"\n") for part in parts] == [3, 3, 1]
    assert b"".join(parts) == whole and (made.rows, made.size) == (7, len(whole))


def test_a_file_that_differs_is_left_as_it_is_and_the_line_is_reported(
    coded: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "_LINES", 2)
    file = export(coded, "jsonl", tmp_path / "out").file
    assert file is not None and check(coded, "jsonl", tmp_path / "out") == file
    right = file.read_bytes()
    lines = right.splitlines(keepends=True)
    for wrong, line in (
        (b"".join(lines[:5]), 6),
        (right[:-1], 7),
        (right + b"more\n", 8),
        (right.replace(b'"d3"', b'"d9"'), 4),
        (b"", 1),
    ):
        file.write_bytes(wrong)
        with pytest.raises(FindingsError) as found:
            check(coded, "jsonl", tmp_path / "out")
        assert found.value.line == line
        with pytest.raises(ExportError, match="other content"):
            export(coded, "jsonl", tmp_path / "out")
        assert file.read_bytes() == wrong
    export(coded, "jsonl", tmp_path / "out", force=True)
    assert file.read_bytes() == right
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_work_on_one_paragraph_is_together_and_the_rest_is_counted(tmp_path: Path) -> None:
    """In `d`, the second paragraph is excluded, so the claim that reaches into it belongs to
    none."""
    plan, west = TEXT.index("the plan"), TEXT.index("The West")
    spans = (
        Span("a", "actor", "state", 0, 4),
        Span("p", "claim", "policy", plan, plan + 8),
        Span("w", "claim", "policy", west, west + 19),
        Span("x", "claim", "policy", west - 14, west + 8),
    )
    relations = (
        Relation("r1", "stance", "oppose", "a", "p", {"cue": [5, 12], "strength": 2}),
        Relation("r2", "stance", "support", "a", "w"),
        Relation("r3", "stance", "support", AUTHOR, "x"),
        Relation("r4", "stance", "support", AUTHOR, "w", {"cue": [5, 12], "strength": 1}),
    )
    notes = {"a": "who?", "@p2": "hm", "x": "long", "@document": "good"}
    of = project(tmp_path / "p")
    written = document(id="d")
    of.log.add_records(
        Record(
            written, who, Completion.IN_PROGRESS, spans, relations, (2,), notes, ("w", "@document")
        )
        for who in ("ada", "ben")
    )
    made = Rendering(of, "jsonl", ExportOptions(unit="paragraph", notes=True))
    found = [_record.record_of(json.loads(line)) for line in b"".join(made.parts()).splitlines()]
    assert [(one.document.id, one.annotator) for one in found] == [
        (f"d#{index}", who) for index in (0, 2, 3) for who in ("ada", "ben")
    ]
    first, later = found[0], found[2]
    assert [r.attributes for r in first.relations] == [{"cue": [5, 12], "strength": 2}]
    assert (first.notes, first.done, later.notes) == ({"a": "who?"}, (), {"@p0": "hm"})
    assert (later.done, later.flags) == ((0,), ("w",))
    assert [r.attributes for r in later.relations] == [{"strength": 1}]
    assert made.left_out == {
        "spans over several paragraphs, or in excluded ones": 2,
        "relations whose spans are left out": 2,
        "relations between paragraphs": 2,
        "notes and flags on what is in no paragraph": 6,
        "places in other paragraphs": 2,
    }
    options = ExportOptions(unit="paragraph")
    tasks = json.loads(b"".join(Rendering(of, "label-studio", options).parts()))
    assert [len(task["annotations"]) for task in tasks] == [2, 2, 2]
    with zipfile.ZipFile(io.BytesIO(b"".join(Rendering(of, "qdpx", options).parts()))) as archive:
        assert len(set(archive.namelist())) == len(archive.namelist()) == 4


def test_paragraphs_of_a_document_are_in_one_part_of_the_split(tmp_path: Path) -> None:
    of = project(tmp_path / "p")
    of.log.add_records(
        Record(document(f"{TEXT} {i}.", id=f"d{i}"), "ada", Completion.DONE) for i in range(30)
    )
    made = Rendering(of, "huggingface", ExportOptions(unit="paragraph"))
    parts: dict[str, set[str]] = {}
    for name, data in made.files():
        if name.endswith(".jsonl"):
            parts.setdefault(json.loads(data)["id"].partition("#")[0], set()).add(name)
    assert len(parts) == 30 and all(len(names) == 1 for names in parts.values())
    assert len(set.union(*parts.values())) > 1


def test_nothing_to_export_makes_no_folder(tmp_path: Path) -> None:
    with project(tmp_path / "p", TEXT) as of, pytest.raises(ExportError, match="nothing to export"):
        export(of, "jsonl", tmp_path / "out")
    assert not (tmp_path / "out").exists()


FILES = {"a.txt": b"one", "deep/b.txt": b"two"}


def test_a_folder_is_replaced_as_a_whole(tmp_path: Path) -> None:
    target = tmp_path / "out"
    write_folder(target, FILES.items())
    write_folder(target, FILES.items())  # The same again is no conflict.
    with pytest.raises(ExportError, match="exists with other content"):
        write_folder(target, (FILES | {"a.txt": b"three"}).items())
    write_folder(target, (FILES | {"a.txt": b"three"}).items(), force=True)
    assert (target / "a.txt").read_bytes() == b"three"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("foreign", ["letter.odt", "deep/letter.odt", "photos/one.jpg"])
def test_force_deletes_no_file_that_is_not_of_the_export(tmp_path: Path, foreign: str) -> None:
    (mine := tmp_path / "out" / foreign).parent.mkdir(parents=True)
    mine.write_bytes(b"mine")
    for force in (False, True):
        with pytest.raises(ExportError, match="is not part of this export"):
            write_folder(tmp_path / "out", FILES.items(), force=force)
    assert mine.read_bytes() == b"mine"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_no_folder_takes_the_place_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(b"mine")
    with pytest.raises(ExportError, match="is a file"):
        write_folder(tmp_path / "out", FILES.items(), force=True)
    assert (tmp_path / "out").read_bytes() == b"mine"


def test_the_current_folder_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "out").mkdir()
    monkeypatch.chdir(tmp_path / "out")
    for target in (Path(), Path(".."), tmp_path / "out"):
        with pytest.raises(ExportError, match="is the current folder"):
            write_folder(target, FILES.items(), force=True)


def test_several_files_are_written_or_none(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep/b.txt").write_bytes(b"mine")
    with pytest.raises(ExportError, match="exists with other content"):
        write_files(tmp_path, FILES)
    assert not (tmp_path / "a.txt").exists()
    write_files(tmp_path, FILES, force=True)
    assert (tmp_path / "deep/b.txt").read_bytes() == b"two"


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.txt", b"three", "differs"),
        ("deep/b.txt", None, "is not there"),
        ("c.txt", b"mine", "does not belong here"),
    ],
)
def test_a_check_says_how_a_file_differs(
    tmp_path: Path, name: str, data: bytes | None, words: str
) -> None:
    """The same in one piece and part by part."""
    write_folder(tmp_path / "out", FILES.items())
    check_files(tmp_path / "out", FILES, alone=True)
    check_folder(tmp_path / "out", FILES.items())
    (tmp_path / "out" / name).unlink(missing_ok=True)
    if data is not None:
        (tmp_path / "out" / name).write_bytes(data)
    with pytest.raises(FindingsError, match=words):
        check_files(tmp_path / "out", FILES, alone=True)
    with pytest.raises(FindingsError, match=words):
        check_folder(tmp_path / "out", FILES.items())
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("link", ["a.txt", "deep"])
def test_a_check_finds_links_and_folders_without_content(tmp_path: Path, link: str) -> None:
    """The target of a link may change, and is not copied with the folder."""
    write_folder(tmp_path / "out", FILES.items())
    (tmp_path / "out" / "empty").mkdir()
    with pytest.raises(FindingsError, match="does not belong here"):
        check_files(tmp_path / "out", FILES, alone=True)
    with pytest.raises(FindingsError, match="does not belong here"):
        check_folder(tmp_path / "out", FILES.items())
    (tmp_path / "out" / "empty").rmdir()
    (tmp_path / "out" / link).rename(tmp_path / "away")
    (tmp_path / "out" / link).symlink_to(tmp_path / "away")
    with pytest.raises(FindingsError, match="differs"):
        check_files(tmp_path / "out", FILES, alone=True)
    with pytest.raises(FindingsError, match="differs"):
        check_folder(tmp_path / "out", FILES.items())
