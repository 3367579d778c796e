"""Small files with faults that users of other programs have reported: what each gives, and what is
reported. Each stands for a kind of fault, so it is tried in every format that can have it.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from reading import Read, read, write
from support import document

from annotator.cli import run
from annotator.errors import InputError
from annotator.formats.jsonl import dumps
from annotator.model.decision import Completion
from annotator.model.provenance import Shown
from annotator.model.record import Record
from annotator.model.text import Paragraph
from annotator.project import Project
from annotator.workflows.exchange.importing import ImportOptions, files, ingest

SHARED = Path(__file__).resolve().parents[2] / "shared" / "cases"

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
NFD = "The cafe\u0301 owner Rene\u0301 met the Tram Board."
TONE = "\U0001f44d\U0001f3ff Kit Moss thanks the Tram Board."
ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e007f Kit Moss leads the Tram Board."
HANGUL = "\u1100\u1161\u1102\u1161 Kit Moss left the Tram Board."
EMOJI = f"Well {FAMILY} said Kit Moss of the Tram Board."
CRLF = "Kit Moss spoke.\r\nThe Tram Board heard.\r\nNobody else.\r\n"
PLAIN = "Kit Moss met the Tram Board."
BOM = "\ufeff"


def _utf16(text: str, at: int) -> int:
    return len(text[:at].encode("utf-16-le")) // 2


def _graphemes(text: str, at: int) -> int:
    from wcwidth import iter_graphemes

    return len(list(iter_graphemes(text[:at])))


def _one(text: str, at: int) -> int:
    return at - text[:at].count("\r\n")


def _points(text: str, at: int) -> int:
    return at


COUNTS: dict[str, Any] = {
    "code points": _points,
    "UTF-16 units": _utf16,
    "grapheme clusters": _graphemes,
    "a CR LF as one": _one,
    "the byte order mark as one": lambda text, at: at + 1,
}


def _file(name: str, where: Path, text: str, spans: list[tuple[int, int, str, str | None]]) -> Path:
    """A file of a program with these spans: start, end, label, quotation."""
    if name == "brat":
        write(where / "a.txt", text)
        lines = [
            f"T{i}\t{label} {a} {b}\t{quote or ''}\n"
            for i, (a, b, label, quote) in enumerate(spans, 1)
        ]
        return write(where / "a.ann", "".join(lines))
    if name == "doccano":
        return write(
            where / "a.jsonl",
            [{"id": 1, "text": text, "label": [[a, b, x] for a, b, x, _ in spans]}],
        )
    if name == "prodigy":
        marks = [{"start": a, "end": b, "label": x} for a, b, x, _ in spans]
        return write(
            where / "a.jsonl", [{"text": text, "spans": marks, "answer": "accept", "_task_hash": 1}]
        )
    results = [
        {
            "id": f"r{i}",
            "type": "labels",
            "value": {"start": a, "end": b, "labels": [x], **({"text": q} if q else {})},
        }
        for i, (a, b, x, q) in enumerate(spans)
    ]
    return write(
        where / "a.json", [{"id": 1, "data": {"text": text}, "annotations": [{"result": results}]}]
    )


PROGRAMS = ("brat", "doccano", "prodigy", "label-studio")


def _counted(
    name: str,
    where: Path,
    text: str,
    counting: str,
    names: tuple[str, ...],
    *,
    quoted: bool,
    stored: str = "",
) -> Read:
    count = COUNTS[counting]
    spans = [
        (
            count(text, text.index(n)),
            count(text, text.index(n) + len(n)),
            "person",
            n if quoted else None,
        )
        for n in names
    ]
    return read(name, _file(name, where, stored or text, spans))


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("quoted", [True, False])
@pytest.mark.parametrize(
    ("text", "counting", "names"),
    [
        (NFD, "code points", ("Rene\u0301", "Tram Board")),
        (NFD, "grapheme clusters", ("Rene\u0301", "Tram Board")),
        (EMOJI, "code points", ("Kit Moss", "Tram Board")),
        (EMOJI, "UTF-16 units", ("Kit Moss", "Tram Board")),
        (EMOJI, "grapheme clusters", ("Kit Moss", "Tram Board")),
        (TONE, "UTF-16 units", ("Kit Moss", "Tram Board")),
        (TONE, "grapheme clusters", ("Kit Moss", "Tram Board")),
        (ENGLAND, "grapheme clusters", ("Kit Moss", "Tram Board")),
        (HANGUL, "grapheme clusters", ("Kit Moss", "Tram Board")),
        (CRLF, "code points", ("Kit Moss", "The Tram Board", "Nobody")),
        (CRLF, "a CR LF as one", ("Kit Moss", "The Tram Board", "Nobody")),
    ],
)
def test_how_a_file_counts_is_found_in_every_format(
    name: str, quoted: bool, text: str, counting: str, names: tuple[str, ...], tmp_path: Path
) -> None:
    names = tuple(n for n in names if n in text)
    found = _counted(name, tmp_path, text, counting, names, quoted=quoted)
    assert [quote for quote, _ in found.marked()] == list(names)
    assert not found.left_out
    assert "the file seems to count" in found.told
    plain = [(s.start, s.end) for s in found.records[0].spans]
    if plain != [(COUNTS[counting](text, a), COUNTS[counting](text, b)) for a, b in plain]:
        assert counting in found.told
    elif max(text) < "\U00010000":
        assert "code points" in found.told


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("counted", [True, False])
def test_a_byte_order_mark_is_no_part_of_a_text_whether_it_is_counted_or_not(
    name: str, counted: bool, tmp_path: Path
) -> None:
    counting = "the byte order mark as one" if counted else "code points"
    found = _counted(
        name, tmp_path, PLAIN, counting, ("Kit Moss", "Tram Board"), quoted=True, stored=BOM + PLAIN
    )
    assert found.records[0].document.text == PLAIN
    assert [quote for quote, _ in found.marked()] == ["Kit Moss", "Tram Board"]


@pytest.mark.parametrize("name", ["brat", "label-studio"])
def test_entities_are_counted_as_shown_or_as_written(name: str, tmp_path: Path) -> None:
    text = "Moss &amp; Sons &quot;met&quot; the Tram Board."
    for shown in (True, False):
        at = text.index("Tram Board") - (14 if shown else 0)
        found = read(name, _file(name, tmp_path, text, [(at, at + 10, "person", "Tram Board")]))
        assert found.marked() == [("Tram Board", "person")]
        assert "moved" not in found.told and ("entities as shown" in found.told) is shown


@pytest.mark.parametrize("name", ["brat", "label-studio"])
def test_of_several_equal_quotations_the_one_that_touches_the_bounds_is_taken(
    name: str, tmp_path: Path
) -> None:
    text = "The Board met. The Board left. Board, Board!"
    for bounds in ((4, 8), (5, 9), (5, 10), (3, 8)):
        found = read(name, _file(name, tmp_path, text, [(*bounds, "person", "Board")]))
        assert [(s.start, s.end) for s in found.records[0].spans] == [(4, 9)], bounds
    found = read(name, _file(name, tmp_path, text, [(10, 14, "person", "Board")]))
    assert not found.records and "the quotation is “Board”" in found.told


def test_an_id_of_two_spans_costs_neither(tmp_path: Path) -> None:
    lines = "T1\tperson 0 3\tKit\nT1\torganization 17 27\tTram Board\nA1\tmention T1 name\n"
    write(tmp_path / "a.txt", PLAIN)
    found = read("brat", write(tmp_path / "a.ann", lines))
    assert found.marked() == [("Kit", "person"), ("Tram Board", "organization")]
    assert "another span has the id “T1” too" in found.told
    assert [dict(s.attributes) for s in found.records[0].spans] == [{"mention": "name"}, {}]


def test_files_of_brat_may_be_compressed_or_have_other_line_ends(
    of: Project, tmp_path: Path
) -> None:
    lines = b"T1\tperson 0 3\tKit\rT2\tperson 4 8\tMoss\r"
    write(tmp_path / "a.ann.gz", gzip.compress(lines))
    write(tmp_path / "a.txt.gz", gzip.compress(PLAIN.encode()))
    assert [f.name for f in files([tmp_path])[0]] == ["a.ann.gz"]
    ingest(of, tmp_path / "a.ann.gz")
    (record,) = of.log.records()
    assert [record.document.quote(s.start, s.end) for s in record.spans] == ["Kit", "Moss"]


def test_two_texts_under_one_number_are_no_two_answers(tmp_path: Path) -> None:
    """The later one does not replace the earlier one, since they are about different texts."""
    rows = [
        {"id": 1, "text": PLAIN, "label": [[0, 8, "person"]]},
        {"id": 1, "text": "Kit left.", "label": [[0, 3, "person"]]},
    ]
    found = read("doccano", write(tmp_path / "a.jsonl", rows))
    assert [found.marked(i)[0][0] for i in range(len(found.records))] == ["Kit Moss", "Kit"]


def test_the_later_annotation_is_found_by_time_and_not_by_letters(tmp_path: Path) -> None:
    def at(when: str, end: int) -> dict[str, Any]:
        value = {"start": 0, "end": end, "labels": ["person"]}
        return {
            "updated_at": when,
            "completed_by": 1,
            "result": [{"type": "labels", "value": value}],
        }

    for early, late in (
        ("2026-03-05T00:00:00+02:00", "2026-03-04T23:30:00Z"),
        ("2026-03-04T23:30:00Z", "2026-03-04T23:30:00.5Z"),
    ):
        task = {"id": 1, "data": {"text": PLAIN}, "annotations": [at(late, 3), at(early, 8)]}
        found = read("label-studio", write(tmp_path / "a.json", [task]))
        assert found.marked() == [("Kit", "person")]


def test_what_is_beside_the_work_is_reported_or_kept(tmp_path: Path) -> None:
    """Drafts, labels of texts, answers with another word, metadata that is not text."""
    draft = {"result": [{"type": "labels", "value": {"start": 0, "end": 3, "labels": ["person"]}}]}
    task = {
        "id": 1,
        "meta": {"k": 1},
        "data": {"text": PLAIN},
        "annotations": [],
        "drafts": [draft],
    }
    found = read("label-studio", write(tmp_path / "a.json", [task]))
    assert "drafts: left out: 1 result" in found.told and found.documents[0].meta == {"k": 1}
    picture = {**task, "data": {"image": "/data/upload/a.png"}, "drafts": []}
    found = read("label-studio", write(tmp_path / "a.json", [task, picture]))
    assert len(found.documents) == 1 and "[1].data.text: left out" in found.told
    row = {"text": PLAIN, "label": [[0, 8, "person"]], "cats": {"news": 1}}
    found = read("doccano", write(tmp_path / "a.jsonl", [{**row, "annotation_approver": "kim"}]))
    assert "cats: left out: labels of whole texts" in found.told
    assert found.records[0].document.meta == {"annotation_approver": "kim"}
    answer = {"text": PLAIN, "answer": "maybe", "n": 5, "meta": 7}
    found = read("prodigy", write(tmp_path / "a.jsonl", [answer]))
    assert "not “maybe”" in found.told and found.documents[0].meta == {"n": 5, "meta": 7}


def test_what_brat_says_of_relations_is_theirs(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", PLAIN)
    lines = [
        "T1\tperson 0 8\tKit Moss",
        "T2\tpolicy 9 12\tmet",
        "R1\tsupport Arg1:T1 Arg2:T2",
        "R2\tsupport Arg1:T1 Arg2:T9",
        "A1\tbasis R1 implied",
        "A2\tbasis R2 implied",
        "A3\tbasis R3 implied",
        "#1\tAnnotatorNotes R1\tsure?",
    ]
    found = read("brat", write(tmp_path / "a.ann", "\n".join(lines)))
    (relation,) = found.records[0].relations
    assert relation.attributes == {"basis": "implied"}
    assert found.records[0].notes == {relation.id: "sure?"}
    assert "belongs to “R2”, which was left out" in found.told
    assert "belongs to “R3”, which is not there, or is not read" in found.told
    assert found.left_out == 3


def test_notes_of_an_item_that_is_there_twice_are_kept(tmp_path: Path) -> None:
    def span(id: str, end: int, layer: str = "actor") -> dict[str, Any]:
        label = "person" if layer == "actor" else "fact"
        return {"id": id, "layer": layer, "label": label, "start": 0, "end": end}

    stance = {"layer": "stance", "label": "support", "from": "a", "to": "c"}
    notes = {"a": "one", "b": "two", "r": "three", "s": "four", "c": "five"}
    row = {
        "text": PLAIN,
        "spans": [span("a", 8), span("b", 8), span("c", 12, "claim")],
        "relations": [{"id": "r", **stance}, {"id": "s", **stance}],
        "meta": {"completion": {"notes": notes}},
    }
    (record,) = read("jsonl", write(tmp_path / "a.jsonl", [row])).records
    assert record.notes == {"a": "one; two", "r": "three; four", "c": "five"}


def test_what_label_studio_holds_beside_labels_and_in_other_texts(tmp_path: Path) -> None:
    def region(id: str, to: str, quote: str, **more: Any) -> dict[str, Any]:
        value = {"start": 0, "end": len(quote), "text": quote, "labels": ["person"]}
        return {"id": id, "type": "labels", "to_name": to, "value": value, **more}

    def task(data: dict[str, str], *results: dict[str, Any]) -> dict[str, Any]:
        return {"id": 1, "data": data, "annotations": [{"id": 1, "result": list(results)}]}

    data = {"text": PLAIN, "title": "Kit wins"}
    results = (
        region("a", "text", "Kit Moss", meta={"text": ["who is it?"]}),
        region("b", "title", "Kit Moss"),  # A control that has the name of another text.
        region("c", "title", "Kit"),
    )
    found = read("label-studio", write(tmp_path / "a.json", [task(data, *results)]))
    assert found.records[0].notes == {"a": "who is it?"}
    assert found.marked() == [("Kit Moss", "person")], "the two are one span"
    assert "result[2]: left out: the region is in another text of the task, “title”" in found.told
    address = task({"text": "s3://bucket/a.txt"}, results[0])
    found = read("label-studio", write(tmp_path / "b.json", [address]))
    assert not found.records and not found.documents
    assert "[0].data.text: left out: the text is in another file" in found.told


def test_relations_of_prodigy_are_read_by_the_tokens_of_their_line(tmp_path: Path) -> None:
    words = PLAIN.rstrip(".").split()
    tokens = [
        {"id": i, "start": PLAIN.index(w), "end": PLAIN.index(w) + len(w)}
        for i, w in enumerate(words)
    ]
    spans = [{"start": 0, "end": 8, "label": "person"}, {"start": 9, "end": 12, "label": "policy"}]
    row = {"text": PLAIN, "spans": spans, "tokens": tokens, "answer": "accept"}
    relations = [{"head": "1", "child": 2.0, "label": "support"}]
    found = read("prodigy", write(tmp_path / "a.jsonl", [{**row, "relations": relations}]))
    assert len(found.records[0].relations) == 1 and not found.left_out


def test_nothing_of_a_file_of_json_is_passed_over(tmp_path: Path) -> None:
    """Duplicate keys, several lists, several objects on one line, a byte order mark before each
    line."""

    def read_of(content: str) -> Read:
        return read("jsonl", write(tmp_path / "a.jsonl", content))

    found = read_of('{"text": "One.", "text": "Two."}')
    assert "the key “text” appears twice in one object; the last counts" in found.told
    for content in (
        '[{"text": "One."}]\n[{"text": "Two."}]',
        '{"text": "One."}{"text": "Two."}',
        '{"text": "One."},\n{"text": "Two."},\n',
        '{"text": "One."}\r{"text": "Two."}\r',
        '\ufeff{"text": "One."}\n\ufeff{"text": "Two."}',
    ):
        found = read_of(content)
        assert [d.text for d in found.documents] == ["One.", "Two."] and not found.told, content
    found = read_of('{"text": "One."}\n{"text": "Two."}{"text"\n{"text": "Three."}')
    assert len(found.documents) == 3 and "a.jsonl:2: left out: broken JSON" in found.told
    found = read_of('{"text": "One."}\n{"text": "Two.", "label": [[0, 3, "person"]]}')
    assert "a.jsonl:2: label: left out: 1 annotation of another format" in found.told
    found = read_of('{"text": "One.", "spans": null, "annotator": null, "meta": 5, "title": 7}')
    assert found.documents[0].title == "7" and found.documents[0].meta == {"meta": 5}
    found = read_of('{"text": 5}')
    assert found.told.endswith("text: left out: must be a text, not a number")


def test_an_encoding_without_a_mark_holds_for_finding_the_format(
    of: Project, tmp_path: Path
) -> None:
    row = json.dumps({"id": 1, "text": PLAIN, "label": [[0, 8, "person"]]}) + "\n"
    file = write(tmp_path / "a.jsonl", row.encode("utf-16-le"))
    ingest(of, file, ImportOptions(encoding="utf-16-le"))
    assert [len(record.spans) for record in of.log.records()] == [1]


def test_objects_of_json_may_spread_over_lines(tmp_path: Path) -> None:
    rows = [{"id": i, "text": PLAIN, "label": [[0, 8, "person"]]} for i in (1, 2)]
    text = "\n".join(json.dumps(row, indent=2) for row in rows)
    for content in (text, BOM + text, "\n\n" + text + "\n\n", text.encode("utf-16")):
        found = read("doccano", write(tmp_path / "a.jsonl", content))
        assert [found.marked(i) for i in range(len(found.records))] == [
            [("Kit Moss", "person")]
        ] * 2
        assert not found.left_out
    found = read("doccano", write(tmp_path / "a.jsonl", text + "\n{"))
    assert len(found.records) == 2 and found.left_out == 1
    one_a_line = json.dumps(rows[0]) + "\n{\n" + json.dumps(rows[1])
    found = read("doccano", write(tmp_path / "a.jsonl", one_a_line))
    assert len(found.records) == 2 and found.left_out == 1


def test_an_empty_ann_beside_a_text_is_a_text_that_nobody_worked_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """brat makes one for every text, so a folder with one is not refused."""
    write(tmp_path / "a.txt", PLAIN)
    write(tmp_path / "a.ann", "")
    write(tmp_path / "b.txt", "The Tram Board met.")
    write(tmp_path / "b.ann", "T1\torganization 4 14\tTram Board\n")
    with Project.create(tmp_path / "p"):
        pass
    assert run(["--project", str(tmp_path / "p"), "import", str(tmp_path)]) == 0
    assert "a.ann: 1 document imported\n" in capsys.readouterr().err


def test_a_number_that_is_too_long_costs_its_line(tmp_path: Path) -> None:
    long = '{"text": "A tram.", "n": ' + "9" * 5000 + "}\n"
    found = read("jsonl", write(tmp_path / "a.jsonl", long + '{"text": "A bus."}\n'))
    assert [one.text for one in found.documents] == ["A bus."]
    assert "a.jsonl:1: left out: a number has more than 4,300 digits" in found.told


def test_a_row_without_a_text_is_reported_for_just_that(tmp_path: Path) -> None:
    found = read("jsonl", write(tmp_path / "a.jsonl", [{"id": "x", "image": "a.png"}]))
    assert "text: left out: the text is missing; another key" in found.told and found.left_out == 1


def test_combinations_of_countings(tmp_path: Path) -> None:
    text = f"{FAMILY}\r\nKit Moss\r\nmet the Tram Board."
    for quote in ("Kit Moss", "Tram Board"):
        at = text.index(quote)
        counted = _utf16(text, at) - text[:at].count("\r\n")
        spans = [(counted, counted + len(quote), "person", quote)]
        found = read("label-studio", _file("label-studio", tmp_path, text, spans))
        assert found.marked() == [(quote, "person")]
        assert "UTF-16 units, a CR LF as one" in found.told


def test_a_setting_says_how_a_file_counts(tmp_path: Path) -> None:
    file = _file(
        "doccano", tmp_path, EMOJI, [(EMOJI.index("Kit"), EMOJI.index("Kit") + 3, "person", None)]
    )
    assert read("doccano", file, settings={"offsets": "code-points"}).marked() == [
        ("Kit", "person")
    ]
    assert read("doccano", file, settings={"offsets": "utf-16"}).marked() != [("Kit", "person")]


@pytest.mark.parametrize("name", ["brat", "label-studio"])
@pytest.mark.parametrize(("off", "extra"), [(0, -1), (0, 1), (1, 1), (-1, -1), (3, 9)])
def test_a_span_moves_to_its_quotation_if_that_occurs_once_nearby(
    name: str, off: int, extra: int, tmp_path: Path
) -> None:
    at = PLAIN.index("Board")
    found = read(
        name, _file(name, tmp_path, PLAIN, [(at + off, at + 5 + extra, "person", "Board")])
    )
    assert found.marked() == [("Board", "person")]
    assert "but nearby, at [22, 27)" in found.told and not found.left_out


@pytest.mark.parametrize("name", ["brat", "label-studio"])
def test_a_span_whose_quotation_is_nowhere_is_left_out_and_both_are_reported(
    name: str, tmp_path: Path
) -> None:
    spans = [(0, 3, "person", "Kit"), (9, 12, "person", "sold")]
    found = read(name, _file(name, tmp_path, PLAIN, spans))
    assert found.marked() == [("Kit", "person")]
    assert "left out: the text at [9, 12) is “met”, but the quotation is “sold”" in found.told


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize(
    ("bad", "why"),
    [((4, 4), "is empty"), ((8, 4), "is reversed"), ((4, 99), "is outside the text")],
)
def test_spans_without_extent_are_left_out_in_every_format(
    name: str, bad: tuple[int, int], why: str, tmp_path: Path
) -> None:
    found = read(
        name, _file(name, tmp_path, PLAIN, [(0, 8, "person", None), (*bad, "person", None)])
    )
    assert found.marked() == [("Kit Moss", "person")]
    assert why in found.told and found.left_out == 1


@pytest.mark.parametrize(
    ("start", "end", "why"),
    [(4, 4, "empty"), (8, 4, "reversed"), (-1, 4, "outside"), (4, 99, "outside")],
)
def test_so_are_those_of_canonical_records_with_the_relations_that_end_there(
    start: int, end: int, why: str, tmp_path: Path
) -> None:
    spans = [
        {"id": "a", "layer": "actor", "label": "person", "start": 0, "end": 8},
        {"id": "b", "layer": "claim", "label": "fact", "start": start, "end": end},
    ]
    relations = [{"layer": "stance", "label": "support", "from": "a", "to": "b"}]
    found = read(
        "jsonl",
        write(
            tmp_path / "a.jsonl",
            [{"id": "x", "text": PLAIN, "spans": spans, "relations": relations}],
        ),
    )
    assert found.marked() == [("Kit Moss", "person")] and not found.records[0].relations
    assert why in found.told and "which was left out" in found.told and found.left_out == 2


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_same_span_twice_is_one_and_white_space_is_trimmed(name: str, tmp_path: Path) -> None:
    spans = [
        (0, 8, "person", None),
        (0, 8, "person", None),
        (16, 28, "organization", None),
        (17, 27, "organization", None),
    ]
    found = read(name, _file(name, tmp_path, PLAIN.replace(".", " ."), spans))
    assert found.marked() == [("Kit Moss", "person"), ("Tram Board", "organization")]
    assert (
        "a second time" in found.told and "white space around “Tram Board” is removed" in found.told
    )
    assert not found.left_out


@pytest.mark.parametrize("name", [*PROGRAMS, "jsonl"])
@pytest.mark.parametrize("mark", ["\u200b", "\u2060", "\ufeff", " \u200b ", "\u00a0\u3000"])
def test_characters_without_width_are_white_space_at_the_ends_of_a_span(
    name: str, mark: str, tmp_path: Path
) -> None:
    text = f"Then {mark}Kit Moss{mark} met the Tram Board."
    bounds = (5, 13 + 2 * len(mark))
    if name == "jsonl":
        span = {"layer": "actor", "label": "person", "start": bounds[0], "end": bounds[1]}
        path = write(tmp_path / "a.jsonl", [{"text": text, "spans": [span]}])
    else:
        path = _file(name, tmp_path, text, [(*bounds, "person", None)])
    found = read(name, path)
    assert found.marked() == [("Kit Moss", "person")] and not found.left_out
    assert "white space around “Kit Moss” is removed" in found.told


def test_white_space_around_a_cue_is_trimmed(tmp_path: Path) -> None:
    row = {
        "text": "Kit Moss says yes.",
        "spans": [
            {"id": "a", "layer": "actor", "label": "person", "start": 0, "end": 8},
            {"id": "c", "layer": "claim", "label": "fact", "start": 14, "end": 17},
        ],
        "relations": [
            {
                "layer": "stance",
                "label": "support",
                "from": "a",
                "to": "c",
                "attributes": {"cue": [8, 14], "strength": 2},
            }
        ],
    }
    found = read("jsonl", write(tmp_path / "a.jsonl", [row]))
    assert found.records[0].relations[0].attributes == {"cue": [9, 13], "strength": 2}
    assert "relations[0].attributes.cue" in found.told and "“says” is removed" in found.told


def test_a_text_of_characters_without_width_is_blank(tmp_path: Path) -> None:
    found = read("jsonl", write(tmp_path / "a.jsonl", [{"text": "\u200b\u2060"}]))
    assert not found.documents and "holds only white space" in found.told


def test_an_id_of_two_items_of_a_canonical_record_costs_neither(tmp_path: Path) -> None:
    def span(id: str, start: int, end: int, layer: str = "actor", **more: str) -> dict[str, Any]:
        label = "person" if layer == "actor" else "fact"
        return {"id": id, "layer": layer, "label": label, "start": start, "end": end, **more}

    spans = [
        span("a", 0, 8),
        span("a", 9, 12, "claim"),
        span("a", 9, 12, "claim"),
        span("b", 13, 16, "claim"),
        span("a", 5, 5),
        span("a-2", 17, 21),
    ]
    relations = [
        {"id": id, "layer": "stance", "label": label, "from": "a", "to": "b"}
        for id, label in (("r", "support"), ("r", "oppose"), ("b", "neutral"))
    ]
    meta = {"completion": {"notes": {"a": "who?"}, "flags": ["a"]}}
    row = {"text": PLAIN, "spans": spans, "relations": relations, "meta": meta}
    found = read("jsonl", write(tmp_path / "a.jsonl", [row]))
    (record,) = found.records
    assert [(s.id, s.start) for s in record.spans] == [
        ("a", 0),
        ("a-3", 9),
        ("b", 13),
        ("a-2", 17),
    ]
    assert {(r.id, r.label, r.source, r.target) for r in record.relations} == {
        ("r", "support", "a", "b"),
        ("r-2", "oppose", "a", "b"),
        ("b-2", "neutral", "a", "b"),
    }
    assert record.notes == {"a": "who?"} and record.flags == ("a",)
    assert found.told.count("belongs to another item") == 3


def test_a_span_with_other_attributes_is_another_one_and_relations_follow_the_one_that_stays(
    tmp_path: Path,
) -> None:
    def span(id: str, **more: object) -> dict[str, object]:
        return {"id": id, "layer": "actor", "label": "person", "start": 0, "end": 8, **more}

    spans = [
        span("a"),
        span("b"),
        span("c", entity="Kit"),
        {"id": "d", "layer": "claim", "label": "fact", "start": 9, "end": 12},
    ]
    relations = [
        {"id": "r", "layer": "stance", "label": "support", "source": "b", "target": "d"},
        {"id": "s", "layer": "stance", "label": "support", "source": "a", "target": "d"},
    ]
    row = {
        "text": PLAIN,
        "spans": spans,
        "relations": relations,
        "meta": {"completion": {"notes": {"b": "who?"}}},
    }
    (record,) = read("jsonl", write(tmp_path / "a.jsonl", [row])).records
    assert {s.id for s in record.spans} == {"a", "c", "d"}
    assert [(r.source, r.target) for r in record.relations] == [("a", "d")]
    assert record.notes == {"a": "who?"}


def _related(name: str, where: Path, ends: list[tuple[str, str]]) -> Path:
    """Kit Moss supports `met`; relations between 1 (the actor) and 2 (the claim)."""
    a, b = (0, 8), (9, 12)
    if name == "brat":
        write(where / "a.txt", PLAIN)
        rows = ["T1\tperson 0 8\tKit Moss", "T2\tfact 9 12\tmet"]
        rows += [f"R{i}\tsupport Arg1:T{s} Arg2:T{t}" for i, (s, t) in enumerate(ends)]
        return write(where / "a.ann", "\n".join(rows) + "\n")
    if name == "doccano":
        entities = [
            {"id": i, "start_offset": s, "end_offset": e, "label": x}
            for i, (s, e), x in ((1, a, "person"), (2, b, "fact"))
        ]
        relations = [{"from_id": int(s), "to_id": int(t), "type": "support"} for s, t in ends]
        return write(
            where / "a.jsonl", [{"text": PLAIN, "entities": entities, "relations": relations}]
        )
    if name == "prodigy":
        spans = [
            {"start": 0, "end": 8, "label": "person", "token_start": 0, "token_end": 1},
            {"start": 9, "end": 12, "label": "fact", "token_start": 2, "token_end": 2},
        ]
        heads = {"1": 1, "2": 2, "9": 5}
        relations = [{"head": heads[s], "child": heads[t], "label": "support"} for s, t in ends]
        return write(
            where / "a.jsonl",
            [{"text": PLAIN, "spans": spans, "relations": relations, "answer": "accept"}],
        )
    results: list[dict[str, object]] = [
        {"id": i, "type": "labels", "value": {"start": s, "end": e, "labels": [x]}}
        for i, (s, e), x in (("1", a, "person"), ("2", b, "fact"))
    ]
    results += [
        {"type": "relation", "from_id": s, "to_id": t, "labels": ["support"]} for s, t in ends
    ]
    return write(
        where / "a.json", [{"id": 1, "data": {"text": PLAIN}, "annotations": [{"result": results}]}]
    )


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize(
    ("ends", "kept", "told", "left_out"),
    [
        ([("1", "2"), ("1", "2")], 1, "the same relation a second time", 0),
        ([("2", "1")], 1, "the wrong way round, so it is reversed", 0),
        ([("1", "2"), ("1", "9")], 1, "", 1),
        ([("1", "1")], 1, "", 0),
    ],
)
def test_relations_twice_reversed_and_dangling(
    name: str, ends: list[tuple[str, str]], kept: int, told: str, left_out: int, tmp_path: Path
) -> None:
    found = read(name, _related(name, tmp_path, ends))
    (record,) = found.records
    assert len(record.relations) == kept and found.left_out == left_out
    assert told in found.told
    layer = {s.id: s.layer for s in record.spans}
    assert all(layer[r.source] == "actor" for r in record.relations)


@pytest.mark.parametrize("value", [4.0, "4", "4.0", " 4 "])
@pytest.mark.parametrize("name", PROGRAMS[1:])
def test_offsets_written_as_other_numbers_are_read(
    name: str, value: object, tmp_path: Path
) -> None:
    spans: Any = [(value, 8, "person", None)]
    assert read(name, _file(name, tmp_path, PLAIN, spans)).marked() == [("Moss", "person")]
    row = {
        "text": PLAIN,
        "spans": [{"layer": "actor", "label": "person", "start": value, "end": 8.0}],
    }
    assert read("jsonl", write(tmp_path / "c.jsonl", [row])).marked() == [("Moss", "person")]


@pytest.mark.parametrize("value", [None, True, "x", 4.5, [], {}, float("nan"), 10**30, "9" * 40])
@pytest.mark.parametrize("name", PROGRAMS[1:])
def test_offsets_that_are_no_numbers_cost_the_span(
    name: str, value: object, tmp_path: Path
) -> None:
    spans: Any = [(0, 3, "person", None), (value, 8, "person", None)]
    found = read(name, _file(name, tmp_path, PLAIN, spans))
    assert found.marked() == [("Kit", "person")] and found.left_out == 1


@pytest.mark.parametrize("label", [None, "", 5, {}, [], ["person", None]])
@pytest.mark.parametrize("name", PROGRAMS[1:])
def test_labels_that_are_none_cost_the_span_alone(name: str, label: Any, tmp_path: Path) -> None:
    found = read(name, _file(name, tmp_path, PLAIN, [(0, 3, "person", None), (9, 12, label, None)]))
    assert ("Kit", "person") in found.marked() and found.left_out == 1


def test_several_labels_on_one_region_are_several_items(tmp_path: Path) -> None:
    results = [
        {
            "id": "a",
            "type": "labels",
            "value": {"start": 0, "end": 8, "text": "Kit Moss", "labels": ["person", "state"]},
        },
        {
            "id": "b",
            "type": "labels",
            "value": {"start": 9, "end": 12, "text": "met", "labels": []},
        },
        {"id": "c", "type": "brushlabels", "value": {"format": "rle"}},
        {"id": "d", "type": "choices", "from_name": "tone", "value": {"choices": ["dry"]}},
    ]
    task = {"id": 1, "data": {"text": PLAIN}, "annotations": [{"result": results}]}
    found = read("label-studio", write(tmp_path / "a.json", [task]))
    assert found.marked() == [("Kit Moss", "person"), ("Kit Moss", "state")]
    assert found.records[0].notes == {"@document": "tone: dry"}
    assert (
        found.left_out == 2
        and "has no label" in found.told
        and "type brushlabels are not read" in found.told
    )


def test_regions_of_html_dialogues_and_numbers_are_left_out_with_the_real_reason(
    tmp_path: Path,
) -> None:
    region = {
        "id": "a",
        "type": "hypertextlabels",
        "value": {
            "start": "/p[1]/text()[1]",
            "end": "/p[1]/text()[1]",
            "startOffset": 0,
            "endOffset": 3,
            "hypertextlabels": ["person"],
        },
    }
    tasks = [
        {
            "id": 1,
            "data": {"text": "<p>Kit &amp; Ann</p>"},
            "annotations": [{"result": [region, region]}],
        },
        {
            "id": 2,
            "data": {"talk": [{"author": "K", "text": "Hi."}]},
            "annotations": [{"result": [region]}],
        },
        {"id": 3, "data": {"text": 7}, "annotations": [{"result": []}]},
        {"id": 4, "data": {"text": None}, "annotations": None},
        {"id": 5, "data": {"text": PLAIN}, "annotations": [{"result": None, "completed_by": None}]},
    ]
    found = read("label-studio", write(tmp_path / "a.json", tasks))
    assert "regions of HTML (by XPath) are not read" in found.told
    assert (
        "dialogues are not read" in found.told
        and "1 result of a task whose text is not read" in found.told
    )
    assert "must be a text, not a number" in found.told and "must be a text, not null" in found.told
    assert [d.text for d in found.documents] == ["<p>Kit &amp; Ann</p>"] and len(found.records) == 1


def _answers(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    base = {"text": PLAIN, "_task_hash": 2, "_view_id": "ner_manual", "_session_id": "d-ann"}
    return [{**base, **row} for row in rows]


def _mark(*bounds: int) -> list[dict[str, Any]]:
    return [
        {"start": a, "end": b, "label": "person"}
        for a, b in zip(bounds[::2], bounds[1::2], strict=True)
    ]


def _accepted(spans: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {"answer": "accept", "spans": spans, **more}


_KIT, _KIT_MOSS = _mark(0, 3), _mark(0, 8)


@pytest.mark.parametrize(
    ("first", "second", "quotes"),
    [
        (_accepted(_KIT), _accepted(_KIT_MOSS), ["Kit Moss"]),
        (_accepted(_KIT, _timestamp=9), _accepted(_KIT_MOSS, _timestamp=2), ["Kit"]),
        ({"answer": "ignore"}, _accepted(_KIT_MOSS), ["Kit Moss"]),
        (_accepted(_KIT_MOSS), {"answer": "ignore"}, ["Kit Moss"]),
        ({"answer": "reject", "spans": _KIT}, _accepted(_KIT_MOSS), ["Kit Moss"]),
        (_accepted(_KIT_MOSS), _accepted([]), []),
    ],
)
def test_the_last_accepted_answer_of_a_session_counts(
    first: dict[str, Any], second: dict[str, Any], quotes: list[str], tmp_path: Path
) -> None:
    found = read("prodigy", write(tmp_path / "a.jsonl", _answers(first, second)))
    assert [quote for quote, _ in found.marked()] == quotes
    assert len(found.records) == 1 and found.records[0].status.value == "done"


def test_one_person_s_later_annotation_of_a_task_counts_or_both_if_asked_for(
    tmp_path: Path,
) -> None:
    def done(at: str, *bounds: int) -> dict[str, Any]:
        value = {"start": bounds[0], "end": bounds[1], "labels": ["person"]}
        result = [{"id": "x", "type": "labels", "value": value}]
        return {"completed_by": {"email": "kit@example.org"}, "updated_at": at, "result": result}

    task = {
        "id": 1,
        "data": {"text": PLAIN},
        "annotations": [done("2026-03-02", 0, 8), done("2026-03-01", 0, 3)],
    }
    file = write(tmp_path / "a.json", [task])
    found = read("label-studio", file)
    assert found.marked() == [("Kit Moss", "person")] and "answered more than once" in found.told
    both = read("label-studio", file, every_answer=True)
    assert [r.annotator for r in both.records] == ["kit@example.org", "kit@example.org-2"]


def test_old_exports_of_doccano_are_read_or_say_how_to_name_their_labels(tmp_path: Path) -> None:
    triples = [[0, 8, "person"]]
    for row in (
        {"text": PLAIN, "labels": triples},
        {"data": PLAIN, "label": triples},
        {"text": PLAIN, "spans": triples},
    ):
        assert read("doccano", write(tmp_path / "a.jsonl", [{"id": 3, **row}])).marked() == [
            ("Kit Moss", "person")
        ]
    assert read("doccano", write(tmp_path / "a.json", [{"text": PLAIN, "label": triples}])).marked()
    numbered = [{"text": PLAIN, "annotations": [{"label": 7, "start_offset": 0, "end_offset": 8}]}]
    found = read("doccano", write(tmp_path / "b.jsonl", numbered))
    assert not found.records and len(found.documents) == 1, (
        "work of which nothing is left is not finished work"
    )
    assert '[format.doccano.labels] and then "7" = "LAYER.LABEL"' in found.told
    named = read("doccano", tmp_path / "b.jsonl", settings={"labels": {"7": "person"}})
    assert named.marked() == [("Kit Moss", "person")]


@pytest.mark.parametrize("name", ["jsonl", "doccano", "prodigy"])
def test_json_lines_in_other_encodings_cut_short_and_with_half_a_character(
    name: str, tmp_path: Path
) -> None:
    marks = {
        "jsonl": '"spans":[{"layer":"actor","label":"person","start":0,"end":4}]',
        "doccano": '"label":[[0,4,"person"]]',
        "prodigy": '"answer":"accept","spans":[{"start":0,"end":4,"label":"person"}]',
    }[name]
    line = '{"id":"a","text":"Caf\u00e9 Moss.",' + marks + "}\n"
    for encoding in ("utf-8-sig", "utf-16", "utf-16-le"):
        bom = b"\xff\xfe" if encoding == "utf-16-le" else b""
        found = read(name, write(tmp_path / "a.jsonl", bom + line.encode(encoding)))
        assert found.marked() == [("Café", "person")], encoding
    latin = write(tmp_path / "a.jsonl", line.encode("latin-1"))
    found = read(name, latin)
    assert "a.jsonl:1: left out: not UTF-8 at byte" in found.told and "--encoding" in found.told
    assert read(name, latin, encoding="latin-1").marked() == [("Café", "person")]
    broken = line.replace('"a"', '"b"').replace("Moss", r"\ud83d Moss")
    found = read(name, write(tmp_path / "a.jsonl", line + broken + line[:30]))
    assert len(found.records) == 1 and found.left_out == 2
    assert "a.jsonl:2: text: left out: contains half a surrogate pair" in found.told
    assert "a.jsonl:3: left out: broken JSON" in found.told


def test_rows_of_text_are_documents_to_code_and_keep_what_else_they_say(tmp_path: Path) -> None:
    rows = [
        {
            "text": "A tram.\n\nA bus.",
            "date": "2026-01-02",
            "words": 1.5,
            "meta": {"outlet": "The Rail"},
        },
        {"text": "A ferry.", "url": "https://example.org", "id": 7, "title": "Ferry"},
        {"text": "A train.", "annotator": "kit"},
        {"text": " "},
        {"body": "x"},
    ]
    found = read("jsonl", write(tmp_path / "corpus.jsonl", rows))
    one, two = found.documents
    assert one.meta == {"date": "2026-01-02", "outlet": "The Rail", "words": "1.5"}
    assert (two.id, two.title, two.meta) == ("7", "Ferry", {"url": "https://example.org"})
    assert [r.annotator for r in found.records] == ["kit"] and found.left_out == 2
    assert len(read("jsonl", tmp_path / "corpus.jsonl", empty_is_done=True).records) == 3


@pytest.mark.parametrize("value", [None, 3, 1.5, ["human"], {}, "", " ", True])
@pytest.mark.parametrize("key", ["source", "id", "layer", "label", "attributes", "entity"])
def test_no_value_of_a_wrong_type_gets_in(key: str, value: object, tmp_path: Path) -> None:
    if (key, value) in (("entity", None), ("attributes", {})):
        return
    span = {"id": "a", "layer": "actor", "label": "person", "start": 0, "end": 8, key: value}
    good = {"id": "good", "text": "Another text.", "spans": []}
    found = read(
        "jsonl", write(tmp_path / "a.jsonl", [{"id": "bad", "text": PLAIN, "spans": [span]}, good])
    )
    assert [r.document.id for r in found.records] == ["good"] and found.left_out == 1
    assert f"a.jsonl:1: spans[0].{key}" in found.told
    with pytest.raises(InputError):
        read("jsonl", tmp_path / "a.jsonl", strict=True)


def test_meta_as_deep_as_json_can_nest_is_refused_and_so_are_settings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for depth in (70, 900, 100_000):
        line = '{"id":"a","text":"x.","meta":' + '{"a":' * depth + "1" + "}" * depth + "}\n"
        found = read("jsonl", write(tmp_path / "a.jsonl", line))
        assert not found.records and not found.documents and "deep" in found.told
    assert run(["init", str(tmp_path / "p")]) == 0
    for text in ("a = " + "[" * 5000 + "]" * 5000, "a." * 5000 + "b = 1"):
        write(tmp_path / "p" / "annotator.toml", text)
        capsys.readouterr()
        assert run(["--project", str(tmp_path / "p"), "status"]) == 3
        assert "annotator.toml" in capsys.readouterr().err


# --- the same documents


@pytest.fixture
def of(tmp_path: Path) -> Project:
    return Project.create(tmp_path / "p")


def _work(id: str, text: str, name: str) -> dict[str, Any]:
    at = text.index("Board")
    spans = [{"id": "x", "layer": "actor", "label": "organization", "start": at, "end": at + 5}]
    return {"id": id, "text": text, "annotator": name, "spans": spans}


def test_equal_texts_under_two_ids_stay_two_or_are_one_when_asked_for(
    of: Project, tmp_path: Path
) -> None:
    rows = [_work("t1", PLAIN, "a"), _work("t2", PLAIN, "b"), _work("t3", PLAIN, "a")]
    file = write(tmp_path / "a.jsonl", rows)
    result = ingest(of, file)
    assert of.documents.ids() == ["t1", "t2", "t3"] and result.added.completions == 3
    assert "“t2” has the same text as “t1”" in "".join(result.warnings)
    with Project.create(tmp_path / "q") as other:
        result = ingest(other, file, ImportOptions(same_text=True))
        assert other.documents.ids() == ["t1"] and result.added.completions == 2
        assert result.left_out == 1 and "--every-answer" in "".join(result.warnings)
    with Project.create(tmp_path / "r") as third:
        assert (
            ingest(third, file, ImportOptions(same_text=True, every_answer=True)).added.completions
            == 3
        )


OTHERWISE = [
    PLAIN.replace(" met ", "\r\nmet "),
    BOM + PLAIN.replace(" met ", "\nmet "),
    PLAIN.replace(" met ", "\rmet "),
]


@pytest.mark.parametrize("text", OTHERWISE)
def test_texts_that_differ_in_line_ends_or_mark_are_one_document_with_offsets_moved(
    text: str, of: Project, tmp_path: Path
) -> None:
    ingest(of, write(tmp_path / "a.jsonl", [_work("d", PLAIN.replace(" met ", "\nmet "), "ann")]))
    result = ingest(of, write(tmp_path / "b.jsonl", [_work("d", text, "ben")]))
    assert of.documents.ids() == ["d"]
    ann, ben = of.log.records()
    assert ann.spans[0].start == ben.spans[0].start
    assert ben.document.quote(ben.spans[0].start, ben.spans[0].end) == "Board"
    assert "offsets are moved" in "".join(result.warnings) and not result.left_out


def test_what_was_shown_moves_with_the_text(of: Project, tmp_path: Path) -> None:
    """In one file a mark stands before the text, and its first paragraph is divided; what was shown
    and opened belongs to the stored text and its paragraphs."""
    seen = Shown("s", 1, "actor", "organization", "rules", "1", 15, 20)
    text = "Ann Berg met\nthe Board.\nIt rained."
    stored = replace(document(text, id="d"), paragraphs=(Paragraph(0, 0, 23), Paragraph(1, 24, 34)))
    theirs = replace(
        document(BOM + text, id="d"),
        paragraphs=(Paragraph(0, 1, 13), Paragraph(1, 14, 24), Paragraph(2, 25, 35)),
    )
    late = replace(seen, id="t", paragraph=2, start=28, end=34)
    work = Record(
        theirs, "ben", Completion.DONE, shown=(seen, late), opened={0: False, 1: True, 2: True}
    )
    of.documents.add([stored])
    (tmp_path / "b.jsonl").write_text(dumps(work), encoding="utf-8")
    ingest(of, tmp_path / "b.jsonl")
    (ben,) = of.log.records()
    assert [(s.paragraph, stored.quote(s.start or 0, s.end or 0)) for s in ben.shown] == [
        (1, "rained")
    ]
    assert ben.opened == {1: True}


def test_normal_forms_of_one_text_are_one_document(of: Project, tmp_path: Path) -> None:
    import unicodedata

    texts = [
        unicodedata.normalize(form, "Rene\u0301 Dvor\u030ca\u0301k and \ud55c\uad6d met the Board.")
        for form in ("NFC", "NFD")
    ]
    ingest(of, write(tmp_path / "a.jsonl", [_work("d", texts[0], "ann")]))
    ingest(of, write(tmp_path / "b.jsonl", [_work("d", texts[1], "ben")]))
    assert {r.document.quote(r.spans[0].start, r.spans[0].end) for r in of.log.records()} == {
        "Board"
    }
    assert of.documents.load("d").text == texts[0]


def test_an_id_that_stands_for_another_text_costs_the_record_and_a_name_is_made_free(
    of: Project, tmp_path: Path
) -> None:
    ingest(of, write(tmp_path / "a.txt", PLAIN))
    result = ingest(
        of,
        write(
            tmp_path / "b.jsonl", [_work("a", PLAIN + " Or not.", "ann"), _work("b", PLAIN, "ann")]
        ),
    )
    assert result.left_out == 1 and "already belongs to another text" in "".join(result.warnings)
    (tmp_path / "other").mkdir()
    ingest(of, write(tmp_path / "other" / "a.txt", "Something else."))
    assert of.documents.ids() == ["a", "b", "a-2"]


def test_one_file_for_each_user_is_their_work_on_the_same_documents(
    tmp_path: Path, of: Project
) -> None:
    where = tmp_path / "coders"
    where.mkdir()
    for name, label in (("ann", [[0, 8, "person"]]), ("ben", [[0, 3, "person"]]), ("cid", [])):
        ingest(
            of,
            write(where / f"{name}.jsonl", [{"id": 1, "text": PLAIN, "label": label}]),
            ImportOptions(as_file_name=True, empty_is_done=name == "cid"),
        )
    assert of.documents.ids() == ["coders-1"]
    assert [(r.annotator, len(r.spans)) for r in of.log.records()] == [
        ("ann", 1),
        ("ben", 1),
        ("cid", 0),
    ]
    # Without the option too, one number and one text of that program are one document.
    for name in ("dee", "eva"):
        ingest(
            of,
            write(
                tmp_path / f"{name}.jsonl",
                [{"id": 7, "text": "The Board.", "label": [[4, 9, "person"]]}],
            ),
            ImportOptions(annotator=name),
        )
    assert of.documents.ids() == ["coders-1", "dee-7"]


def test_other_work_of_the_same_person_costs_the_record_alone(of: Project, tmp_path: Path) -> None:
    file = write(tmp_path / "a.jsonl", [_work("d", PLAIN, "ann")])
    ingest(of, file)
    assert ingest(of, file).added.known == ("d (ann)",)
    changed = {**_work("d", PLAIN, "ann"), "spans": []}
    result = ingest(of, write(tmp_path / "b.jsonl", [changed, _work("e", "The Board.", "ann")]))
    assert result.left_out == 1 and result.added.completions == 1
    assert "already has other work of ann" in "".join(result.warnings)
    assert "--as-file-name for the name of the file" in "".join(result.warnings)


def test_work_of_somebody_called_gold_is_an_annotators_and_import_says_so_once(
    of: Project, tmp_path: Path
) -> None:
    rows = [_work(id, text, "gold") for id, text in (("d", PLAIN), ("e", "The Board."))]
    result = ingest(of, write(tmp_path / "a.jsonl", rows))
    told = [line for line in result.warnings if "“gold” counts as an annotator" in line]
    assert len(told) == 1 and result.left_out == 0
    other = ingest(of, write(tmp_path / "b.jsonl", [_work("f", "Board", "ann")]))
    assert "“gold”" not in "".join(other.warnings)


def test_a_failing_file_does_not_stop_the_next_and_is_all_or_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["init", "p"]) == 0
    write(tmp_path / "a.jsonl", [{"text": PLAIN, "label": [[0, 8, "nobody knows"]]}])
    write(tmp_path / "b.jsonl", [_work("d", PLAIN, "ann"), {"text": 5, "spans": []}])
    assert run(["--project", "p", "import", "a.jsonl", "b.jsonl"]) == 3
    assert run(["--project", "p", "import", "b.jsonl", "--strict"]) == 3
    assert run(["--project", "p", "import", "b.jsonl"]) == 1
    capsys.readouterr()
    assert run(["--project", "p", "import", "b.jsonl", "--json"]) == 1
    (told,) = json.loads(capsys.readouterr().out)["files"]
    assert told["left_out"] == 1 and told["known"] == ["d (ann)"]
    with Project.open(tmp_path / "p") as project:
        assert project.documents.ids() == ["d"]


# --- the cases themselves


@pytest.mark.skipif(not SHARED.is_dir(), reason="the collection of cases is not here")
def test_every_case_of_the_collection_is_read_or_refused_in_our_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANNOTATOR_BACKGROUND", "off")
    expected = _EXPECTED
    for path in sorted(
        p for p in SHARED.rglob("*") if p.is_file() and p.suffix not in (".txt", ".md")
    ):
        name = f"{path.parent.name}/{path.name}"
        if path.suffix == ".html":
            pytest.importorskip("trafilatura")
        project = tmp_path / name.replace("/", "-")
        with Project.create(project) as made:
            if path.parent.name[:2] in ("81", "82"):
                write(
                    project / "unit.toml",
                    'name = "unit"\n'
                    'version = "1"\n'
                    "[[layer]]\n"
                    'name = "unit"\n'
                    'kind = "span"\n'
                    "open = true\n",
                )
                write(project / "annotator.toml", 'schema = "unit.toml"\n')
            made.close()
        code = run(["--project", str(project), "import", str(path)])
        told = capsys.readouterr().err
        assert code in (0, 1, 3) and path.name in told and "Traceback" not in told, name
        with Project.open(project) as made:
            found = [
                [r.document.quote(s.start, s.end) for s in r.spans] for r in made.log.records()
            ]
            assert (
                len(made.documents.ids()) == expected.get(name, [len(made.documents.ids())])[0]
            ), name
        if name in expected:
            assert [code, found] == expected[name][1:], (name, told)


_P, _A = "Port Authority", "Anna Berg"
_EXPECTED: dict[str, list[Any]] = {
    "01-brat-crlf/note.ann": [1, 0, [[_A, "The council"]]],
    "02-brat-bom/ann-bom.ann": [1, 0, [["Gerald", "Birkin"]]],
    "02-brat-bom/bom-counted.ann": [1, 0, [["Gerald", "Birkin"]]],
    "03-brat-offbyone/a.ann": [1, 0, [["bank"]]],
    "05-brat-zerowidth/y.ann": [1, 1, [["port"]]],
    "05-brat-zerowidth/z.ann": [1, 1, [["port"]]],
    "11-doccano-emoji/codepoint.jsonl": [1, 0, [[_A, _P]]],
    "11-doccano-emoji/utf16.jsonl": [1, 0, [[_A, _P]]],
    "12-doccano-dups/d.jsonl": [1, 0, [[_P, "Authority"]]],
    "14-doccano-sametext/s.jsonl": [3, 0, [[_P], [_A], [_P]]],
    "14-doccano-sametext/unlabelled.jsonl": [2, 0, [[_P]]],
    "15-doccano-oldexport/array.json": [1, 0, [["EU"]]],
    "15-doccano-oldexport/data.jsonl": [1, 0, [["EU"]]],
    "15-doccano-oldexport/ids.jsonl": [1, 1, []],
    "15-doccano-oldexport/textlabel.jsonl": [1, 0, [["EU"]]],
    "18-doccano-relations/r.jsonl": [1, 0, [[_A, "fares must fall"]]],
    "18-doccano-relations/reversed.jsonl": [1, 0, [[_A, "fares must fall"]]],
    "19-whitespace-spans/w.jsonl": [1, 0, [[_P, _A]]],
    "21-ls-crlf/crlf.json": [1, 0, [[_P]]],
    "22-ls-beyond/b.json": [1, 0, [["no"]]],
    "24-ls-html/h.json": [1, 1, []],
    "25-ls-multi/m.json": [1, 1, [[_P, _P]]],
    "29-ls-same-id/same-region-twice.json": [1, 0, [[_P]]],
    "31-prodigy-twice/ignored-then.jsonl": [1, 0, [["The Port Authority"]]],
    "31-prodigy-twice/rejected.jsonl": [1, 0, [[_P]]],
    "31-prodigy-twice/t.jsonl": [1, 0, [["The Port Authority"]]],
    "35-ls-nulls/floats.json": [1, 0, [[_P]]],
    "36-floats/d.jsonl": [1, 0, [[_P]]],
    "36-floats/p.jsonl": [1, 0, [[_P]]],
    "38-ls-entities/e.json": [1, 0, [[_A]]],
    "40-jsonl/latin1.jsonl": [0, 3, []],
    "40-jsonl/surrogate.jsonl": [0, 3, []],
    "40-jsonl/truncated.jsonl": [1, 1, [[_P]]],
    "40-jsonl/utf16.jsonl": [1, 0, [[_P]]],
    "55-dup-one-side/d.jsonl": [1, 0, [[_P], [_P]]],
    "59-space-difference/d.jsonl": [1, 0, [[_P], [_P]]],
    "81-equal-texts/d.jsonl": [3, 0, [["Lower"], ["Lower"], []]],
    "83-text-only/corpus.jsonl": [2, 0, []],
    "84-table/articles.csv": [2, 0, []],
    "85-html/page.html": [1, 0, []],
    "90-poison/null.jsonl": [0, 3, []],
    "91-foreign-shapes/label-studio.json": [1, 1, []],
}
