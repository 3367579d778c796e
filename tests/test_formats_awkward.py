"""Inputs that are unusual but valid, or nearly: each is read, or what is not read is reported."""

from __future__ import annotations

import gzip
import io
import sys
from pathlib import Path
from typing import Any

import pytest
from reading import read, write

from annotator.cli import run
from annotator.errors import InputError
from annotator.families import formats
from annotator.formats.api import first_object, recognised
from annotator.project import Project

TEXT = "Kit Moss met the Tram Board."


def _sent(data: bytes, project: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[int, list[str]]:
    """Exit code and texts after an import from standard input."""
    monkeypatch.setenv("ANNOTATOR_BACKGROUND", "off")
    Project.create(project).close()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    code = run(["--project", str(project), "import", "-"])
    with Project.open(project) as made:
        return code, [made.documents.load(id).text for id in made.documents.ids()]


@pytest.mark.parametrize(
    ("data", "texts"),
    [
        (b"[Reuters] Iran rejects the plan.", ["[Reuters] Iran rejects the plan."]),
        (b"{sic} Iran rejects it.", ["{sic} Iran rejects it."]),
        ('{"text": "Köln."}\n'.encode("utf-16"), ["Köln."]),
        (b' [\n {"text": "One."}]', ["One."]),
        (gzip.compress(b'{"text": "One."}\n', mtime=0), ["One."]),
        (gzip.compress(b"One tram.", mtime=0), ["One tram."]),
    ],
)
def test_standard_input_is_what_its_beginning_says(
    data: bytes, texts: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _sent(data, tmp_path / "project", monkeypatch) == (0, texts)


def test_broken_json_on_standard_input_is_no_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = b'{"text": "One\n{"text": "Two."}\n'
    assert _sent(data, tmp_path / "project", monkeypatch) == (1, ["Two."])


@pytest.mark.parametrize("name", ["jsonl", "doccano", "prodigy", "label-studio"])
def test_objects_in_one_line_are_numbered_on(name: str, tmp_path: Path) -> None:
    texts = ["One.", "Two.", "Three."]
    rows: list[Any] = [{"text": text} for text in texts]
    if name == "label-studio":
        rows = [{"data": row} for row in rows]
    found = read(name, write(tmp_path / "a.json", rows))
    named = [d.id for d in [*found.documents, *(r.document for r in found.records)]]
    assert named == ["a-1", "a-2", "a-3"]


def test_an_array_in_another_encoding_says_where_and_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not utf-8") as caught:
        read("jsonl", write(tmp_path / "a.json", '[\n{"text": "Köln"}]'.encode("cp1252")))
    assert caught.value.line == 2
    assert "--encoding" in str(caught.value.hint)


def test_blank_cells_after_the_last_column_cost_nothing(tmp_path: Path) -> None:
    found = read("csv", write(tmp_path / "t.csv", "id,text\n1,One,\n2,Two,, \n3,Three,x\n"))
    assert [one.text for one in found.documents] == ["One", "Two"]
    assert found.left_out == 1 and "t.csv:4" in found.told


def test_the_line_of_excel_may_be_quoted(tmp_path: Path) -> None:
    (one,) = read("csv", write(tmp_path / "t.csv", '"sep=;"\r\ntext;n\r\nOne, two;3\r\n')).documents
    assert (one.text, one.meta) == ("One, two", {"n": "3"})


@pytest.mark.parametrize(
    "held",
    [
        '[[0, 8, "person"]]',
        "[[0, 8, 'person']]",
        "[(0, 8, 'person')]",
        '[{"start": 0, "end": 8, "labels": ["person"]}]',
    ],
)
def test_annotations_in_a_cell_or_a_text_are_counted(held: str, tmp_path: Path) -> None:
    cell = held.replace('"', '""')
    for name, path in (
        ("csv", write(tmp_path / "t.csv", f'text,label\n{TEXT},"{cell}"\n')),
        ("jsonl", write(tmp_path / "a.jsonl", [{"text": TEXT, "label": held}])),
    ):
        found = read(name, path)
        assert len(found.documents) == 1
        assert found.left_out == 1 and "label: left out: 1 annotation of another" in found.told


def test_blank_lines_before_the_header_do_not_hide_what_divides_the_cells(tmp_path: Path) -> None:
    (one,) = read("csv", write(tmp_path / "t.csv", "\r\n\nid;text\n1;One, two\n")).documents
    assert (one.id, one.text) == ("1", "One, two")


def test_a_broken_first_line_does_not_hide_the_format(tmp_path: Path) -> None:
    row = '{"id": 1, "text": "Kit.", "label": [[0, 3, "person"]]}\n'
    path = write(tmp_path / "a.jsonl", f"{row[:-9]}\n{row}")
    first = first_object(path, 1 << 20)
    assert first is not None and recognised(formats.load("doccano"), first)
    found = read("doccano", path)
    assert found.marked() == [("Kit", "person")] and found.left_out == 1


def test_metadata_of_doccano_that_are_a_text_are_kept(tmp_path: Path) -> None:
    rows = [{"id": 1, "text": "Kit.", "label": [[0, 3, "person"]], "meta": "from a paper"}]
    found = read("doccano", write(tmp_path / "a.jsonl", rows))
    assert found.records[0].document.meta == {"meta": "from a paper"}


@pytest.mark.parametrize("held", ["[1, 2, 3]", "[sic] a word", "[[not, a, list", "[('a', 'b')]"])
def test_other_lists_in_a_cell_are_metadata(held: str, tmp_path: Path) -> None:
    found = read("csv", write(tmp_path / "t.csv", f'text,label\n{TEXT},"{held}"\n'))
    assert found.documents[0].meta == {"label": held} and not found.told


def test_a_picture_before_the_texts_does_not_hide_prodigy(tmp_path: Path) -> None:
    project = tmp_path / "project"
    Project.create(project).close()
    span = {"start": 0, "end": 8, "label": "person"}
    rows = [
        {"image": "x.png", "answer": "accept", "_task_hash": 1, "spans": []},
        {"text": TEXT, "answer": "accept", "_task_hash": 2, "spans": [span]},
    ]
    code = run(["--project", str(project), "import", str(write(tmp_path / "a.jsonl", rows))])
    with Project.open(project) as made:
        assert code == 1
        assert [(s.start, s.end) for r in made.log.records() for s in r.spans] == [(0, 8)]


def test_entities_that_show_white_space_are_like_it(tmp_path: Path) -> None:
    text = "Moss &amp; Co met Anna&nbsp;Berg."
    region = {
        "type": "labels",
        "value": {"start": 14, "end": 23, "text": "Anna\u00a0Berg", "labels": ["person"]},
    }
    task = {"data": {"text": text}, "annotations": [{"result": [region]}]}
    found = read("label-studio", write(tmp_path / "a.json", [task]))
    assert found.marked() == [("Anna&nbsp;Berg", "person")] and not found.left_out


def test_a_byte_that_is_not_utf8_costs_its_place_and_not_all_letters(tmp_path: Path) -> None:
    said = "Zoë, René, Köln, Größe, Москва"
    found = read("text", write(tmp_path / "a.txt", f"One.\n{said}\n".encode() + b"a \xff b"))
    assert found.documents[0].text == f"One.\n{said}\na \ufffd b"
    assert "a.txt:3: changed: not UTF-8 in 1 place" in found.told
    for other in ("cp1251", "gb18030", "cp866"):
        source = "Москва встречает новый трамвай сегодня вечером, и все жители очень рады."
        found = read("text", write(tmp_path / "a.txt", source.encode(other)))
        assert "\ufffd" not in found.documents[0].text


def test_another_key_of_the_text_is_named_in_the_settings(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", [{"body": "One.", "id": "x"}, {"id": "y"}])
    found = read("jsonl", path, settings={"text": "body"})
    assert [(one.id, one.text, one.meta) for one in found.documents] == [("x", "One.", {})]
    assert "a.jsonl:2: body: left out: the text is missing" in found.told
    assert '[format.jsonl] text = "KEY"' in read("jsonl", path).told


# --- who did what


def test_old_exports_of_doccano_name_a_user_with_each_span(tmp_path: Path) -> None:
    def mark(name: str, **more: object) -> dict[str, object]:
        at = TEXT.index(name)
        return {"label": "person", "start_offset": at, "end_offset": at + len(name), **more}

    marks: list[object] = [mark("Kit Moss", user=3), mark("Tram Board", user=4), mark("Kit")]
    row = {"id": 1, "text": TEXT, "annotations": [*marks, [4, 8, "person"]]}
    found = read("doccano", write(tmp_path / "a.jsonl", [row]))
    works = {one.annotator: found.marked(i) for i, one in enumerate(found.records)}
    assert works == {
        "annotator-3": [("Kit Moss", "person")],
        "annotator-4": [("Tram Board", "person")],
        "imported": [("Kit", "person"), ("Moss", "person")],
    }
    assert {one.document.id for one in found.records} == {"a-1"} and not found.left_out


def test_what_brat_writes_of_several_annotators_comes_back_as_theirs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    span = {"layer": "actor", "label": "person", "start": 0, "end": 8}
    rows = [
        {"id": id, "text": text, "annotator": who, "spans": spans}
        for id, text in (("one", TEXT), ("two", f"{TEXT}\r\nTwo."))
        for who, spans in (("ada", [span]), ("bo", [span, {**span, "start": 17, "end": 27}]))
    ]
    source, back, folder = (tmp_path / name for name in ("source", "back", "folder"))
    for project in (source, back):
        Project.create(project).close()
    at = ["--project", str(source)]
    assert not run([*at, "import", str(write(tmp_path / "a.jsonl", rows))])
    assert not run([*at, "export", "brat", "-o", str(folder)])
    capsys.readouterr()
    at = ["--project", str(back), "import", str(folder)]
    assert not run([*at, "--as-file-name"])
    with Project.open(back) as made:
        found = {(r.document.id, r.annotator): len(r.spans) for r in made.log.records()}
    assert found == {("one", "ada"): 1, ("one", "bo"): 2, ("two", "ada"): 1, ("two", "bo"): 2}
    run(["--project", str(back), "import", str(folder / "bo"), "--as", "ada"])
    assert "use --as NAME, or --as-file-name" in " ".join(capsys.readouterr().err.split())


def test_json_min_of_label_studio_is_the_work_of_its_annotators(tmp_path: Path) -> None:
    region = {"start": 0, "end": 8, "text": "Kit Moss", "labels": ["person"]}
    about = {"annotation_id": 7, "lead_time": 1.5, "created_at": "2026-01-01T00:00:00Z"}
    rows = [
        {"id": 5, "article": TEXT, "label": [region], "annotator": 1, **about},
        {"id": 5, "article": TEXT, "annotator": "bo@example.org", **about, "annotation_id": 8},
        {"id": 6, "article": "Other.", "annotator": 1, **about, "n": 3},
    ]
    path = write(tmp_path / "a.json", rows)
    first = formats.load("doccano"), formats.load("label-studio")
    assert [recognised(member, rows[0]) for member in first] == [False, True]
    found = read("label-studio", path)
    works = [
        (one.document.id, one.annotator, found.marked(i)) for i, one in enumerate(found.records)
    ]
    assert works == [
        ("a-5", "annotator-1", [("Kit Moss", "person")]),
        ("a-5", "bo@example.org", []),
        ("a-6", "annotator-1", []),
    ]
    assert not found.left_out and "what was answered" in found.told


# --- offsets


def _doccano(path: Path, text: str, names: list[str], before: int) -> Path:
    """A file of doccano in which the spans of these names begin later than in the text."""
    places = [text.index(name) for name in names]
    marks = [
        [a + before, a + before + len(name), "person"]
        for a, name in zip(places, names, strict=True)
    ]
    return write(path, [{"id": 1, "text": text, "label": marks}])


def test_without_spaces_between_words_punctuation_says_how_a_file_counts(tmp_path: Path) -> None:
    text = "\U0001f642我说，北京人走。他说，东京人来。"
    names = ["北京", "东京"]
    for before, counting in ((0, "code points"), (1, "UTF-16 units")):
        found = read("doccano", _doccano(tmp_path / "a.jsonl", text, names, before))
        assert [quote for quote, _ in found.marked()] == names
        assert f"seems to count {counting}" in found.told


@pytest.mark.parametrize(
    ("text", "names", "before", "counting"),
    [
        ("ÄÖÜ sagte, dass Kit Moss und Ada Berg kamen.", ["Kit Moss", "Ada Berg"], 3, "bytes"),
        ("It is so:\nKit Moss met Ada Berg there.", ["Kit Moss", "Ada Berg"], 1, "an LF as two"),
    ],
)
def test_a_rare_counting_is_named_if_spans_cut_words_by_all_others(
    text: str, names: list[str], before: int, counting: str, tmp_path: Path
) -> None:
    path = _doccano(tmp_path / "a.jsonl", text, names, before)
    assert f"spans cut words; if the file counts {counting}" in read("doccano", path).told.replace(
        "code points, ", ""
    ).replace("grapheme clusters, ", "")
    assert "cut words" not in read("doccano", _doccano(path, text, names, 0)).told


def test_one_comma_within_a_span_is_not_enough_to_change_the_counting(tmp_path: Path) -> None:
    text = "So \U0001f642 it is, Moss, met Ada x."
    (first, second) = ("Moss,", "Ada")
    found = read("doccano", _doccano(tmp_path / "a.jsonl", text, [first, second], 1))
    assert [quote for quote, _ in found.marked()] == [first, second]


# --- Markdown


@pytest.mark.parametrize(
    ("source", "title", "meta", "text"),
    [
        (
            '+++\ntitle = "Trams"\ndate = 2026-03-04\ntags = ["a", "b"]\n+++\nA tram.\n',
            "Trams",
            {"date": "2026-03-04", "tags": ["a", "b"]},
            "A tram.",
        ),
        (
            "---\r\n# of us\r\ntitle: Trams: now\r\nauthors:\r\n  - Ann\r\n  - 'Bo'\r\n"
            "about: >\r\n  Two\r\n  lines\r\n---\r\nA tram.\r\n",
            "Trams: now",
            {"authors": ["Ann", "Bo"], "about": "Two lines"},
            "A tram.",
        ),
        ("---\n\nA tram.\n\n---\nA bus.\n", "A tram.", {}, "A tram.\n\nA bus."),
        ("---\n---\nA tram.\n", "A tram.", {}, "A tram."),
    ],
)
def test_front_matter_is_metadata_and_two_rules_are_not(
    source: str, title: str, meta: dict[str, Any], text: str, tmp_path: Path
) -> None:
    found = read("markdown", write(tmp_path / "a.md", source))
    (one,) = found.documents
    assert (one.title, one.meta, one.text) == (title, meta, text)
    assert not found.left_out


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("---\na: b\nc:\n  d: e\n---\nA tram.\n", "a.md:4: left out: “d: e” is neither"),
        ("+++\ntitle = \n+++\nA tram.\n", "a.md:1: left out: the front matter is not valid TOML"),
        (
            "---\na: b\n---\nA tram.\n\n<div>Boxed <b>words</b></div>\n",
            "a.md:6: left out: a piece of HTML is not read: “Boxed words”",
        ),
    ],
)
def test_what_markdown_holds_beside_its_text_is_reported(
    source: str, told: str, tmp_path: Path
) -> None:
    found = read("markdown", write(tmp_path / "a.md", source))
    assert [one.text for one in found.documents] == ["A tram."]
    assert found.left_out == 1 and told in found.told


def test_comments_and_pictures_have_no_words(tmp_path: Path) -> None:
    source = "A tram. ![a bus](x.png)\n\n<!-- later -->\n\n<style>p {}</style>\n"
    found = read("markdown", write(tmp_path / "a.md", source))
    assert found.documents[0].text == "A tram."
    assert not found.left_out and "1 picture without" in found.told
