"""Exports: round trips lose exactly what a format says, other programs can read the files, and the
bytes are fixed.

The bytes of one small record in every format stand in `golden/`;
ANNOTATOR_GOLDEN=1 writes them again.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reading import SCHEMA, read, write
from support import document, examples

from annotator.cli import run
from annotator.errors import InputError, UsageError
from annotator.families import formats
from annotator.formats.api import (
    EncodesLines,
    QdaCode,
    WriteOptions,
    WritesFolder,
    WritesLines,
    WritesParts,
    qda_codebook,
)
from annotator.model.decision import Completion, Suggestion
from annotator.model.names import NameKind
from annotator.model.record import Record
from annotator.model.span import AUTHOR, Relation, Span, Value
from annotator.model.text import Document, split_paragraphs
from annotator.project import Project
from annotator.resources import folder
from annotator.workflows.exchange.dataset import write_dataset
from annotator.workflows.exchange.export_filter import ExportFilter, chosen
from annotator.workflows.exchange.importing import ingest
from annotator.workflows.names.rulings import rule_same

GOLDEN = Path(__file__).parent / "golden"
TEXT = (
    "\U0001f6a2 The Port Board wants\n"
    "lower fares; Kit Moss rejects\r\n"
    "the plan of Rene\u0301.\n"
    "\n"
    "The West should act."
)


def _span(id: str, layer: str, label: str, quote: str, **more: object) -> Span:
    at = TEXT.index(quote)
    return replace(Span(id, layer, label, at, at + len(quote)), **more)  # type: ignore[arg-type]


SPANS = (
    _span(
        "a",
        "actor",
        "organization",
        "Port Board",
        entity="Port Board of Sable",
        attributes={"mention": "name"},
    ),
    _span("b", "actor", "person", "Kit Moss", attributes={"mention": "name"}),
    _span(
        "c",
        "claim",
        "policy",
        "wants\nlower fares",
        attributes={"concept": ["fares should fall"], "modality": "asserted"},
    ),
    _span(
        "d",
        "claim",
        "policy",
        "the plan",
        attributes={"concept": ["not: fares should fall", "a plan exists"]},
    ),
    _span("e", "claim", "policy", "The West should act", attributes={"attribution": "author"}),
)
RELATIONS = (
    Relation("r1", "stance", "support", "a", "c", {"strength": 3, "basis": "explicit"}),
    Relation(
        "r2",
        "stance",
        "oppose",
        "b",
        "d",
        {"cue": [TEXT.index("rejects"), TEXT.index("rejects") + 7]},
    ),
    Relation("r3", "stance", "support", AUTHOR, "e", {"strength": 1}),
)
RECORD = Record(
    Document(
        "d/1", "Fares", TEXT, split_paragraphs(TEXT), {"date": "2026-03-04", "outlet": "The Quay"}
    ),
    "ann",
    Completion.DONE,
    SPANS,
    RELATIONS,
    (0,),
    {"a": "who?"},
    ("b",),
)
RECORDS = [
    RECORD,
    replace(RECORD, annotator="ben", spans=SPANS[:1], relations=(), notes={}, flags=()),
    Record(
        Document("d2", "None", "Nothing here.", split_paragraphs("Nothing here.")),
        None,
        Completion.GOLD,
    ),
]


def _files(name: str, records: list[Record], how: WriteOptions | None = None) -> dict[str, bytes]:
    """Everything that a format writes, by the names of files."""
    member, how = formats.load(name), how or WriteOptions(SCHEMA)
    out: dict[str, bytes] = {}
    if isinstance(member, WritesFolder):
        for inner, data in member.files(iter(records), how):
            out[inner] = out.get(inner, b"") + data
    elif isinstance(member, WritesParts):
        out["records" + member.extensions[0]] = b"".join(member.parts(iter(records), how))
    elif isinstance(member, WritesLines):
        out["records" + member.extensions[0]] = "".join(map(member.dumps, records)).encode("utf-8")
    return out


def test_the_bytes_of_a_line_are_those_of_its_text() -> None:
    """The value holds integers beyond 64 bits, which one of the two writers refuses."""
    record = Record(
        document("Ünï takes — “all”.\n", id="ü"),
        "ada",
        Completion.DONE,
        (Span("s", "actor", "person", 0, 3, "Ü\u2028", {"n": 2**70}),),
    )
    for name in WRITERS:
        member = formats.load(name)
        if isinstance(member, EncodesLines):
            assert member.encoded(record) == member.dumps(record).encode("utf-8")
    assert isinstance(formats.load("jsonl"), EncodesLines)


WRITERS = [
    name
    for name in formats.names()
    if isinstance(formats.load(name), WritesFolder | WritesParts | WritesLines)
]
TEXTUAL = [name for name in WRITERS if name not in ("spacy", "dna", "parquet")]


def _unpacked(files: dict[str, bytes]) -> dict[str, bytes]:
    """The files, and for archives their members: how they are packed is left to the library."""
    out = {name: data for name, data in files.items() if not name.endswith(".qdpx")}
    for name in files.keys() - out.keys():
        with zipfile.ZipFile(io.BytesIO(files[name])) as archive:
            out |= {inner: archive.read(inner) for inner in archive.namelist()}
    return out


@pytest.mark.parametrize("name", TEXTUAL)
def test_the_bytes_of_a_format_do_not_change_unseen(name: str) -> None:
    made = _unpacked(_files(name, RECORDS))
    where = GOLDEN / name
    if os.environ.get("ANNOTATOR_GOLDEN"):
        for inner, data in made.items():
            (where / inner).parent.mkdir(parents=True, exist_ok=True)
            (where / inner).write_bytes(data)
    there = {
        str(p.relative_to(where)): p.read_bytes() for p in sorted(where.rglob("*")) if p.is_file()
    }
    assert made == there, "ANNOTATOR_GOLDEN=1 writes the files of tests/golden anew"


# --- round trips

_SPANS = {"actor": ("person", "state", "organization"), "claim": ("fact", "policy")}


@st.composite
def records(draw: st.DrawFn) -> Record:
    """A record that a project can contain: no white space at the ends of spans, no duplicate
    items."""
    text = draw(
        st.text(alphabet="ab c.\n\U0001f642e\u0301ä&;", min_size=1, max_size=30).filter(
            lambda t: t.strip() and "\n\n" not in t
        )
    )
    solid = [
        (a, b)
        for a in range(len(text))
        for b in range(a + 1, len(text) + 1)
        if not text[a].isspace() and not text[b - 1].isspace()
    ]
    spans: dict[tuple[object, ...], Span] = {}
    for i in range(draw(st.integers(1, 4))):
        layer = draw(st.sampled_from(sorted(_SPANS)))
        start, end = draw(st.sampled_from(solid))
        label = draw(st.sampled_from(_SPANS[layer]))
        attributes = (
            {"mention": "name"}
            if layer == "actor"
            else {"modality": draw(st.sampled_from(["asserted", "question"]))}
        )
        entity = draw(st.sampled_from([None, "Kit Moss"])) if layer == "actor" else None
        spans.setdefault(
            (layer, label, start, end), Span(f"s{i}", layer, label, start, end, entity, attributes)
        )
    actors = [s.id for s in spans.values() if s.layer == "actor"]
    targets = [s.id for s in spans.values() if s.layer == "claim"]
    relations: dict[tuple[str, str, str], Relation] = {}
    for i in range(draw(st.integers(0, 4)) if actors and targets else 0):
        source, target = draw(st.sampled_from([*actors, AUTHOR])), draw(st.sampled_from(targets))
        held: dict[str, Value] = {}
        if draw(st.booleans()):
            held["cue"] = list(draw(st.sampled_from(solid)))
        if draw(st.booleans()):
            held["strength"] = draw(st.sampled_from([1, 3]))
        # Two stances may have the same ends and differ in what they hold.
        relations.setdefault(
            (source, target, repr(held)),
            Relation(f"r{i}", "stance", "support", source, target, held),
        )
    document = Document("d", "t", text, split_paragraphs(text))
    return Record(
        document, "ann", Completion.DONE, tuple(spans.values()), tuple(relations.values())
    )


_READS = {
    "cas": "ann/d.json",
    "brat": "ann/d.ann",
    "doccano": "ann.jsonl",
    "prodigy": "records.jsonl",
    "label-studio": "records.json",
    "qdpx": "records.qdpx",
}
_KEEPS_ATTRIBUTES = ("brat", "cas", "label-studio", "qdpx")
_KEEPS_STANCES = ("brat", "cas", "qdpx")
"""Formats that hold the attributes of stances, without which some are the same."""


def _key(
    record: Record, *, attributes: bool, stances: bool
) -> tuple[Counter[object], Counter[object]]:
    spans = {s.id: (s.layer, s.label, s.start, s.end) for s in record.spans}
    more = {
        s.id: (s.entity, sorted(s.attributes.items())) if attributes else () for s in record.spans
    }
    relations = [
        (
            r.label,
            spans[r.source],
            spans[r.target],
            repr(sorted(r.attributes.items())) if stances else "",
        )
        for r in record.relations
        if r.source != AUTHOR
    ]
    return (
        Counter((spans[i], repr(more[i])) for i in spans),
        Counter(relations if stances else set(relations)),
    )


@pytest.mark.parametrize("name", [*sorted(_READS), "xmi"])
def test_round_trips_lose_exactly_what_the_format_says(name: str, tmp_path: Path) -> None:
    unit = {"doccano": "utf-16", "label-studio": "utf-16"}.get(name, "code-points")
    format_ = "cas" if name == "xmi" else name

    @settings(max_examples=examples(60))
    @given(record=records())
    def holds(record: Record) -> None:
        how = WriteOptions(SCHEMA)
        for inner, data in _files(format_, [record], how).items():
            (tmp_path / inner).parent.mkdir(parents=True, exist_ok=True)
            write(tmp_path / inner, data)
        path = tmp_path / _READS[format_]
        found = read(
            format_,
            _as_xmi(path) if name == "xmi" else path,
            settings={"offsets": unit, "entities": "stored", "line_ends": "as-is"},
        )
        assert not found.left_out, found.told
        (back,) = found.records
        kept, stances = format_ in _KEEPS_ATTRIBUTES, format_ in _KEEPS_STANCES
        assert _key(back, attributes=kept, stances=stances) == _key(
            record, attributes=kept, stances=stances
        )
        assert not back.notes
        assert back.document.text == record.document.text
        own = sum(r.source == AUTHOR for r in record.relations)
        assert how.lost["relations of the author"] == own
        held = sum(len(r.attributes) for r in record.relations)
        assert kept or how.lost["attributes"] == len(record.spans) + held

    holds()


def _as_xmi(path: Path) -> Path:
    """The same CAS as XMI, with its types beside it, as the library writes them."""
    cassis = pytest.importorskip("cassis")
    with path.open("rb") as file:
        cas = cassis.load_cas_from_json(file)
    write(path.with_name("TypeSystem.xml"), cas.typesystem.to_xml().encode("utf-8"))
    return write(path.with_suffix(".xmi"), cas.to_xmi().encode("utf-8"))


@settings(max_examples=examples(60))
@given(record=records())
def test_a_cas_is_what_the_library_would_write(record: Record) -> None:
    cassis = pytest.importorskip("cassis")
    (data,) = _files("cas", [record]).values()
    cas = cassis.load_cas_from_json(io.BytesIO(data))
    assert cas.to_json(pretty_print=True).encode("utf-8") == data


# --- what reads ours


def _rows(data: bytes) -> Iterator[dict[str, str]]:
    return csv.DictReader(io.StringIO(data.decode("utf-8"), newline=""))


def test_tables_of_statements_have_a_row_for_each_concept_and_turn_contraries() -> None:
    made = _files("csv", RECORDS)
    rows = list(_rows(made["statements.csv"]))
    assert [(r["holder"], r["side"], r["concept"], r["sign"]) for r in rows] == [
        ("Port Board", "support", "fares should fall", "1"),
        ("Kit Moss", "oppose", "fares should fall", "-1"),
        ("Kit Moss", "oppose", "a plan exists", "1"),
        (AUTHOR, "support", "", ""),
    ]
    assert (
        rows[0]["document"] == "d/1"
        and rows[0]["date"] == "2026-03-04"
        and rows[0]["coder"] == "ann"
    )
    assert rows[0]["quote"] == "wants\nlower fares" and rows[0]["entity"] == "Port Board of Sable"
    wide = list(_rows(made["statements-wide.csv"]))
    assert [r["concept"] for r in wide] == [
        "fares should fall",
        "fares should fall; a plan exists",
        "",
    ]
    items = list(_rows(made["items.csv"]))
    assert len(items) == len(SPANS) + len(RELATIONS) + 1 and items[0]["mention"] == "name"
    longer = list(_rows(made["items-long.csv"]))
    assert ("concept", "a plan exists") in [(r["attribute"], r["value"]) for r in longer]
    for data in made.values():
        assert b"\r\n" not in data.replace(b"rejects\r\nthe", b"") and not data.startswith(
            b"\xef\xbb\xbf"
        )
        assert len({len(row) for row in csv.reader(io.StringIO(data.decode(), newline=""))}) == 1


def test_ids_of_the_codebook_leave_beside_the_names(
    of: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = write(
        tmp_path / "book.csv",
        "entry,name,external_id\nentity,Port Board of Sable,Q1\nconcept,fares should fall,C2\n"
        "concept,never used,C3\n",
    )
    command = ["--project", str(tmp_path / "p")]
    assert run([*command, "codebook", "import", str(book)]) == 0
    assert run([*command, "export", "csv", "-o", str(tmp_path / "t")]) == 0
    rows = list(_rows((tmp_path / "t" / "statements.csv").read_bytes()))
    assert [(r["entity_id"], r["concept_id"]) for r in rows] == [
        ("Q1", "C2"),
        ("", "C2"),
        ("", ""),
        ("", ""),
    ]
    wide = list(_rows((tmp_path / "t" / "statements-wide.csv").read_bytes()))
    assert wide[1]["concept"] == "fares should fall; a plan exists"
    assert wide[1]["concept_id"] == "C2; "
    items = list(_rows((tmp_path / "t" / "items.csv").read_bytes()))
    assert [r["entity_id"] for r in items if r["entity"]] == ["Q1", "Q1"]
    network = [*command, "network", "--status", "all", "--samples", "0", "-o", str(tmp_path / "n")]
    assert run(network) == 0
    graph = nx.read_graphml(tmp_path / "n" / "affiliation.graphml")
    ids = {d["label"]: d["external_id"] for _, d in graph.nodes(data=True) if "external_id" in d}
    assert ids == {"Port Board of Sable": "Q1", "fares should fall": "C2"}
    (edge, *_) = _rows((tmp_path / "n" / "affiliation.csv").read_bytes())
    assert {edge["source_id"], edge["target_id"]} <= {"Q1", "C2", ""}
    of.log.add_records([replace(RECORD, annotator=None, status=Completion.GOLD, notes={})])
    assert run([*command, "export", "jsonl", "--status", "gold", "-o", str(tmp_path / "g")]) == 0
    manifest = json.loads((tmp_path / "g" / "manifest.json").read_text(encoding="utf-8"))
    known = {"entity": {"Port Board of Sable": "Q1"}, "concept": {"fares should fall": "C2"}}
    assert manifest["external_ids"] == known
    capsys.readouterr()
    lost = "external ids of names (2); `annotator codebook export` writes them"
    for name, line in (("csv", ""), ("qdpx", ""), ("jsonl", lost), ("doccano", lost)):
        target = tmp_path / f"{name}-out"
        assert run([*command, "export", name, "--status", "all", "-o", str(target)]) == 0
        told = capsys.readouterr().err
        assert (f"not in this format: {line}\n" in told) if line else "external ids" not in told


def test_ids_of_the_codebook_are_attributes_in_dna_and_codes_in_projects(tmp_path: Path) -> None:
    guid = "1ff58b12-6f6f-4b0c-8be5-bbdc91f55294"
    ids: dict[tuple[NameKind, str], str] = {
        ("entity", "Port Board of Sable"): "Q1",
        ("concept", "fares should fall"): guid,
    }
    how = WriteOptions(SCHEMA, ids=ids)
    (data,) = _files("dna", RECORDS, how).values()
    db = sqlite3.connect(write(tmp_path / "a.dna", data))
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    found = db.execute(
        "SELECT e.Value, a.AttributeValue FROM ATTRIBUTEVALUES a JOIN ENTITIES e ON e.ID = "
        "a.EntityId JOIN ATTRIBUTEVARIABLES v ON v.ID = a.AttributeVariableId AND v.VariableId = "
        "e.VariableId WHERE a.AttributeValue != ''"
    ).fetchall()
    assert sorted(found) == [("Port Board of Sable", "Q1"), ("fares should fall", guid)]
    (data,) = _files("qdpx", RECORDS, how).values()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        project = archive.read("project.qde").decode("utf-8")
    assert f'<Code guid="{guid}" name="fares should fall"' in project
    assert f'<CodeRef targetGUID="{guid}"/>' in project
    assert "<Description>id: Q1</Description>" in project


_COMMON = {"notes", "flags", "excluded paragraphs", "relations of the author"}
_WHOLE = {"metadata", "titles", "statuses other than done"}
_BARE = {"attributes", "entities"}
_LOST: dict[str, set[str]] = {
    "brat": _COMMON | _WHOLE,
    "cas": _COMMON | _WHOLE - {"titles"},
    "conll": _COMMON - {"relations of the author"} | _WHOLE | _BARE | {"relations"},
    "csv": _COMMON - {"relations of the author"} | {"metadata"},
    "dna": _COMMON - {"relations of the author"}
    | {"metadata", "attributes", "statuses other than done"},
    "doccano": _COMMON - {"notes"} | _BARE | {"titles", "statuses other than done"},
    "huggingface": {"notes", "flags", "metadata"},
    "jsonl": set(),
    "label-studio": _COMMON | {"attributes of relations"},
    "parquet": {"notes", "flags", "metadata"},
    "prodigy": _COMMON | _BARE | {"titles", "works in progress, exported as accepted"},
    "qdpx": _COMMON - {"notes"}
    | {"notes on paragraphs and on relations of the author", "statuses other than done"},
    "spacy": {"notes", "flags", "excluded paragraphs", "metadata"},
}


@pytest.mark.parametrize("name", WRITERS)
def test_everything_that_a_format_cannot_hold_is_counted(name: str) -> None:
    """A record with one of everything."""
    if name == "parquet":
        pytest.importorskip("pyarrow", reason="run by .ci/run, with its own environment")
    text = "Iran rejects the plan.\n\nAdvertisement"
    first, second = split_paragraphs(text)
    assert second.excluded
    made = Document("d", "A title", text, (first, second), {"desk": "x"})
    spans = (
        Span("a", "actor", "state", 0, 4, "Iran", {"mention": "name"}),
        Span("c", "claim", "policy", 13, 21, None, {"concept": ["a plan"]}),
    )
    relations = (
        Relation("r", "stance", "oppose", "a", "c", {"strength": 3}),
        Relation("s", "stance", "support", AUTHOR, "c"),
    )
    notes = {"@p0": "on a paragraph", "r": "on a stance"}
    record = Record(
        made, "ann", Completion.IN_PROGRESS, spans, relations, notes=notes, flags=("a",)
    )
    how = WriteOptions(SCHEMA)
    _files(name, [record], how)
    assert {what for what, count in how.lost.items() if count} == _LOST[name]


def test_what_is_written_in_other_ways_or_in_its_place_is_counted(tmp_path: Path) -> None:
    """Metadata with names that a format uses itself, characters that XML cannot hold, and lines of
    notes."""
    meta = {"title": "x", "id": "y", "document": "z", "empty": "", "odd\ufffe": "a"}
    made = Document("d\uffff", "A title", "Iran acts.", split_paragraphs("Iran acts."), meta)
    spans = (
        Span("a", "actor", "state", 0, 4, "Ir\ufffean"),
        Span("b", "actor", "person", 0, 4, "Ir\ufffean"),
    )
    work = Record(
        made, "ann", Completion.SKIPPED, spans, notes={"a": "two\r\nlines", "b": "\ufffe"}
    )
    illegal = "names, notes and metadata with characters that XML cannot hold, written as U+FFFD"
    for name, counts in {
        "qdpx": {illegal: 4, "metadata named title": 1, "statuses other than done": 1},
        "prodigy": {"metadata named id": 1, "items of skipped works, which Prodigy ignores": 2},
        "label-studio": {"metadata named text, document, title": 2},
        "doccano": {"statuses other than done": 1},
        "brat": {"notes whose line ends and further blanks become one blank": 1},
    }.items():
        how = WriteOptions(SCHEMA)
        files = _files(name, [work], how)
        assert {what: how.lost[what] for what in counts} == counts, name
        if name == "qdpx":
            back = read(name, write(tmp_path / "p.qdpx", files["records.qdpx"]))
            assert not back.left_out and back.records[0].document.title == "A title"
            assert back.records[0].document.meta["empty"] == ""
            assert "two\r\nlines" in back.records[0].notes.values()
        if name == "prodigy":
            back = read(name, write(tmp_path / "p.jsonl", files["records.jsonl"]))
            assert "annotations of ignored answers are not read" in back.told


def test_a_database_of_dna_holds_by_its_own_constraints(tmp_path: Path) -> None:
    (data,) = _files("dna", RECORDS).values()
    db = sqlite3.connect(write(tmp_path / "a.dna", data))
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    # What rDNA takes if it is not told another type, and its variables.
    variables = "SELECT Variable, DataType FROM VARIABLES v JOIN STATEMENTTYPES t ON t.ID = "
    variables += "v.StatementTypeId WHERE t.Label = 'DNA Statement' ORDER BY v.ID"
    assert db.execute(variables).fetchall()[:4] == [
        ("person", "short text"),
        ("organization", "short text"),
        ("concept", "short text"),
        ("agreement", "boolean"),
    ]
    rows = db.execute(
        "SELECT e.Value, a.Value, s.Start, s.Stop, d.Text, d.Date FROM STATEMENTS s JOIN "
        "DATASHORTTEXT t ON t.StatementId = s.ID JOIN VARIABLES v ON v.ID = t.VariableId AND "
        "v.Variable = 'concept' JOIN ENTITIES e ON e.ID = t.Entity JOIN DATABOOLEAN a ON "
        "a.StatementId = s.ID JOIN DOCUMENTS d ON d.ID = s.DocumentId ORDER BY s.ID"
    ).fetchall()
    assert [(r[0], r[1]) for r in rows] == [
        ("fares should fall", 1),
        ("fares should fall", 1),
        ("a plan exists", 0),
        ("The West should act", 1),
    ]
    assert rows[0][4] == TEXT.replace("\r\n", "\n"), "as DNA shows it"
    units = rows[0][4].encode("utf-16-le")
    quotes = [units[2 * start : 2 * stop].decode("utf-16-le") for _, _, start, stop, *_ in rows]
    assert quotes[2:] == ["the plan", "The West should act"], "after a CR LF"
    (version,) = db.execute("SELECT Value FROM SETTINGS WHERE Property = 'version'").fetchone()
    assert version.startswith("3.0."), "DNA 3.1.0 and those before it open no other"
    assert units[2 * rows[0][2] : 2 * rows[0][3]].decode("utf-16-le") == "wants\nlower fares"
    assert rows[0][5] == 1772582400
    assert db.execute("SELECT Name FROM CODERS ORDER BY ID").fetchall() == [
        ("ann",),
        ("ben",),
        ("gold",),
    ]


def test_a_date_that_is_no_day_is_told_by_dna(tmp_path: Path) -> None:
    """DNA has no statement without a time."""
    for date, seconds, lost in (("2024-02-29", 1709164800, 0), ("2024-02-30", 0, 1)):
        told: Counter[str] = Counter()
        about = replace(RECORDS[0].document, meta={"date": date})
        options = WriteOptions(SCHEMA, lost=told)
        (data,) = _files("dna", [replace(RECORDS[0], document=about)], options).values()
        db = sqlite3.connect(write(tmp_path / f"{date}.dna", data))
        assert db.execute("SELECT Date FROM DOCUMENTS").fetchall() == [(seconds,)]
        assert told["dates that are no days, which become 1970-01-01"] == lost


def test_places_in_a_database_of_dna_are_never_empty_at_a_line_end(tmp_path: Path) -> None:
    text = "Cut\r\nfares"
    spans = tuple(Span(f"s{a}-{b}", "claim", "policy", a, b) for a, b in ((0, 4), (3, 4), (3, 5)))
    sides = tuple(Relation(f"r{s.id}", "stance", "support", AUTHOR, s.id) for s in spans)
    (data,) = _files("dna", [Record(document(text), "ada", Completion.DONE, spans, sides)]).values()
    db = sqlite3.connect(write(tmp_path / "a.dna", data))
    assert db.execute("SELECT Start, Stop FROM STATEMENTS").fetchall() == [(0, 3), (3, 4), (3, 4)]
    db.close()


def test_a_database_of_dna_opens_by_its_password_and_holds_no_text_that_is_too_long() -> None:
    """Checks the constraints of DNA's own tables. DNA reads each permission, and compares the typed
    password by the salt and digest of jasypt's strong encryptor."""
    record = replace(RECORDS[0], document=replace(RECORDS[0].document, title="long " * 50))
    how = WriteOptions(SCHEMA)
    (data,) = _files("dna", [record], how).values()
    db = sqlite3.connect(":memory:")
    db.deserialize(data)
    (title,) = db.execute("SELECT Title FROM DOCUMENTS").fetchone()
    assert len(title) == 190 and title.startswith("long long")
    assert how.lost["texts of more than 190 characters, cut"] == 1
    (permission, kept) = db.execute(
        "SELECT PermissionEditCoderRelations, Password FROM CODERS"
    ).fetchone()
    assert permission == 1
    raw = base64.b64decode(kept)
    digest = raw[:16] + b"annotator"
    for _ in range(100_000):
        digest = hashlib.sha256(digest).digest()
    assert digest == raw[16:]


def test_tokens_of_conll_carry_bio_labels() -> None:
    how = WriteOptions(SCHEMA)
    (data,) = _files("conll", RECORDS, how).values()
    rows = [line.split("\t") for line in data.decode().splitlines() if "\t" in line]
    assert ["Port", "B-organization", "O"] in rows and ["Board", "I-organization", "O"] in rows
    assert ["wants", "O", "B-policy"] in rows and ["fares", "O", "I-policy"] in rows
    assert how.lost["relations"] == 3


@given(bounds=st.lists(st.tuples(st.integers(0, 23), st.integers(1, 9)), max_size=5))
def test_tokens_of_prodigy_are_the_words_cut_where_spans_begin_and_end(
    bounds: list[tuple[int, int]],
) -> None:
    """White space is a token only where a span begins or ends with it."""
    text = "US's  well-being, e.g. this, is"
    places = sorted({(a, min(a + n, len(text))) for a, n in bounds})
    spans = [Span(f"s{a}-{b}", "actor", "person", a, b) for a, b in places]
    (data,) = _files(
        "prodigy", [Record(document(text), "ada", Completion.DONE, tuple(spans))]
    ).values()
    line = json.loads(data)
    tokens = [(token["start"], token["end"]) for token in line["tokens"]]
    assert tokens == sorted(tokens)
    assert all(token["text"] == text[token["start"] : token["end"]] for token in line["tokens"])
    assert "".join(text[a:b] for a, b in tokens).replace(" ", "") == text.replace(" ", "")
    for span in line["spans"]:
        assert tokens[span["token_start"]][0] == span["start"]
        assert tokens[span["token_end"]][1] == span["end"]
    blank = {(a, b) for a, b in tokens if text[a:b] == " "}
    assert blank <= {(a, a + 1) for a, _ in places} | {(b - 1, b) for _, b in places}


def test_a_folder_for_datasets_loads_with_its_features(tmp_path: Path) -> None:
    made = _files(
        "huggingface",
        RECORDS,
        WriteOptions(SCHEMA, part_of=lambda id: "test" if id == "d2" else "train"),
    )
    assert sorted(made) == ["README.md", "data/test.jsonl", "data/train.jsonl"]
    datasets = pytest.importorskip("datasets", reason="run by .ci/run, with its own environment")
    for inner, data in made.items():
        (tmp_path / "rows" / inner).parent.mkdir(parents=True, exist_ok=True)
        write(tmp_path / "rows" / inner, data)
    loaded = datasets.load_dataset(str(tmp_path / "rows"), cache_dir=str(tmp_path / "cache"))
    assert {part: rows.num_rows for part, rows in loaded.items()} == {"train": 2, "test": 1}
    assert loaded["train"].features == loaded["test"].features
    assert (
        loaded["train"][0]["relations"][0]["from"] == "a" and loaded["test"][0]["relations"] == []
    )


def test_parquet_states_the_types_of_rows_without_relations(tmp_path: Path) -> None:
    parquet = pytest.importorskip(
        "pyarrow.parquet", reason="run by .ci/run, with its own environment"
    )
    (data,) = _files("parquet", RECORDS).values()
    (none,) = _files("parquet", RECORDS[2:]).values()
    table, empty = (
        parquet.read_table(write(tmp_path / f"{i}.parquet", d)) for i, d in enumerate((data, none))
    )
    assert table.schema.equals(empty.schema) and table.num_rows == 3
    lines = [
        json.loads(line)
        for name, data in _files("huggingface", RECORDS).items()
        if name.endswith(".jsonl")
        for line in data.splitlines()
    ]
    assert sorted(table.to_pylist(), key=repr) == sorted(
        [{key: line[key] for key in table.column_names} for line in lines], key=repr
    )


SUGGESTED = [
    Suggestion(replace(SPANS[0], id="s1"), 0, "rules", "1", 0.9),
    Suggestion(replace(SPANS[2], id="s2"), 0, "rules", "1", 0.5),
    Suggestion(replace(SPANS[1], id="s3"), 0, "crf", "2", 0.25),
    Suggestion(Relation("s4", "stance", "support", "s1", "s2", {}), 0, "crf", "2", 0.75),
    Suggestion(Relation("s5", "stance", "support", "gone", "s2", {}), 0, "crf", "2", 0.7),
]


def _tasks(records: list[Record]) -> tuple[list[dict[str, Any]], WriteOptions]:
    how = WriteOptions(SCHEMA, suggestions=lambda d: SUGGESTED if d.id == "d/1" else ())
    return json.loads(_files("label-studio", records, how)["records.json"]), how


def test_annotations_are_everybody_s_work_and_predictions_what_models_suggest(
    tmp_path: Path,
) -> None:
    begun = replace(RECORD, annotator="cleo", status=Completion.IN_PROGRESS)
    tasks, how = _tasks([*RECORDS[:2], begun, RECORDS[2]])
    by = [a["completed_by"]["email"] for a in tasks[0]["annotations"]]
    assert by == ["ann", "ben", "cleo"] and len(tasks[1]["annotations"]) == 1
    found = {p["model_version"]: p for p in tasks[0]["predictions"]}
    assert sorted(found) == ["crf 2", "rules 1"] and tasks[1]["predictions"] == []
    assert (found["rules 1"]["score"], found["crf 2"]["score"]) == (0.7, 0.6)
    scores = [(r["id"], r["score"]) for r in found["rules 1"]["result"] if r["type"] == "labels"]
    assert scores == [("s1", 0.9), ("s2", 0.5)]
    crf = [(r["type"], r.get("id", r.get("from_id"))) for r in found["crf 2"]["result"]]
    assert {("labels", "s1"), ("labels", "s2"), ("labels", "s3"), ("relation", "s1")} <= set(crf)
    assert how.lost["suggested relations whose ends are not suggested"] == 1
    back = read("label-studio", write(tmp_path / "a.json", tasks))
    assert [(r.annotator, r.status.value) for r in back.records] == [
        ("ann", "done"),
        ("ben", "done"),
        ("cleo", "in_progress"),
        ("gold", "done"),
    ]


def _labeling_config() -> str:
    """The configuration of a Label Studio project for our schema: a control for each attribute."""
    labels = [f'<Label value="{b.name}"/>' for x in SCHEMA.span_layers for b in x.labels]
    controls = []
    for layer in SCHEMA.span_layers:
        for one in layer.attributes:
            where = f'name="{one.name}" toName="text" perRegion="true"'
            if one.type == "choice":
                inner = "".join(f'<Choice value="{v}"/>' for v in one.values)
                controls.append(f"<Choices {where}>{inner}</Choices>")
            else:
                controls.append(f"<TextArea {where}/>")
    return (
        f'<View><Labels name="label" toName="text">{"".join(labels)}</Labels>'
        f'<Text name="text" value="$text"/>{"".join(controls)}</View>'
    )


def test_the_sdk_of_label_studio_finds_every_region_and_relation_valid() -> None:
    interface = pytest.importorskip(
        "label_studio_sdk.label_interface", reason="run by .ci/run, with its own environment"
    )
    config = interface.LabelInterface(_labeling_config())
    config.validate()
    tasks, _ = _tasks(RECORDS)
    for task in tasks:
        for one in (*task["annotations"], *task["predictions"]):
            assert config.validate_prediction(one, return_errors=True) == []
    wrong = {**tasks[0]["predictions"][0], "score": 7}
    assert config.validate_prediction(wrong, return_errors=True), "the check can fail"


def test_a_library_of_refi_qda_reads_what_is_written(tmp_path: Path) -> None:
    """Its models are made from the schema of the standard and accept nothing else."""
    pyrefiqda = pytest.importorskip("pyrefiqda", reason="run by .ci/run, with its own environment")
    (data,) = _files("qdpx", RECORDS).values()
    path = write(tmp_path / "p.qdpx", data)
    project = pyrefiqda.RefiProject.load(path, extract_dir=str(tmp_path / "x"))
    assert [user.name for user in project.users.user] == ["ann", "ben", "gold"]
    source = project.sources.text_source[0]
    text = (
        tmp_path / "x" / "sources" / source.plain_text_path.removeprefix("internal://")
    ).read_bytes()
    assert text.decode("utf-8") == TEXT
    assert [s.name for s in source.plain_text_selection][:2] == ["Port Board", "Kit Moss"]
    assert len(project.links.link) == 2


def test_the_same_library_reads_a_codebook(tmp_path: Path) -> None:
    pyrefiqda = pytest.importorskip("pyrefiqda", reason="run by .ci/run, with its own environment")
    codes = [
        QdaCode("dues should rise", ("concepts", "dues"), description='Higher & "dearer".'),
        QdaCode("Kit Moss", ("entities",), sets=("person",)),
    ]
    book = pyrefiqda.RefiCodebook.load(
        write(tmp_path / "b.qdc", qda_codebook(codes).encode("utf-8"))
    )
    concepts, entities = book.codes.code
    (dues,) = concepts.code
    assert (concepts.name, dues.is_codable, dues.code[0].name) == (
        "concepts",
        False,
        "dues should rise",
    )
    assert dues.code[0].description == 'Higher & "dearer".'
    (group,) = book.sets.set
    assert group.name == "person" and group.member_code[0].guid == entities.code[0].guid


def test_pandas_reads_all_tables_with_their_types(tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas", reason="run by .ci/run, with its own environment")
    made = _files("csv", RECORDS)
    tables = {
        name: pandas.read_csv(write(tmp_path / name, data), keep_default_na=False)
        for name, data in made.items()
    }
    assert sorted(tables) == [
        "items-long.csv",
        "items.csv",
        "statements-wide.csv",
        "statements.csv",
    ]
    spans = tables["items.csv"][tables["items.csv"].kind == "span"]
    for row in spans.to_dict("records"):
        if row["document"] == "d/1":
            assert TEXT[int(row["start"]) : int(row["end"])] == row["quote"]
    rows = tables["statements.csv"]
    assert rows.sign.tolist() == ["1", "-1", "1", ""] and rows.start.dtype.kind == "i"
    numbers = pandas.read_csv(tmp_path / "statements.csv")
    assert numbers.sign.tolist()[:3] == [1, -1, 1] and numbers.sign.dtype.kind == "f"
    pivot = rows[rows.concept != ""].pivot_table("sign", "entity", "concept", aggfunc="count")
    assert pivot.loc["Port Board of Sable", "fares should fall"] == 1
    wide, long = tables["statements-wide.csv"], tables["items-long.csv"]
    assert (
        wide.statement.is_unique and wide.concept.tolist()[1] == "fares should fall; a plan exists"
    )
    concepts = long[long.attribute == "concept"].groupby("item").value.agg(list)
    assert concepts["d"] == ["not: fares should fall", "a plan exists"]


def _statements(record: Record) -> list[tuple[str, str, str]]:
    """Holder, side and claim of every stance, with the holder's words."""
    spans = {s.id: record.document.quote(s.start, s.end) for s in record.spans}
    return sorted((spans.get(r.source, AUTHOR), r.label, spans[r.target]) for r in record.relations)


@settings(max_examples=examples(40))
@given(record=records())
def test_pandas_reads_the_values_of_any_record(record: Record) -> None:
    pandas = pytest.importorskip("pandas", reason="run by .ci/run, with its own environment")
    tables = {
        name: pandas.read_csv(io.BytesIO(data), keep_default_na=False)
        for name, data in _files("csv", [record]).items()
    }
    items = tables["items.csv"].to_dict("records")
    found = {row["item"]: row for row in items if row["kind"] == "span"}
    assert found.keys() == {s.id for s in record.spans}
    for s in record.spans:
        row = found[s.id]
        assert (row["layer"], row["label"]) == (s.layer, s.label)
        assert (int(row["start"]), int(row["end"])) == (s.start, s.end)
        assert row["quote"] == record.document.quote(s.start, s.end)
        assert row["entity"] == (s.entity or "")
        assert all(row[name] == value for name, value in s.attributes.items())
    cues = {row["item"]: str(row["cue"]) for row in items if row["kind"] == "relation"}
    assert cues == {
        r.id: "-".join(map(str, r.attributes["cue"])) if "cue" in r.attributes else ""  # type: ignore[arg-type]
        for r in record.relations
    }
    for name in ("statements.csv", "statements-wide.csv"):
        rows = tables[name]
        quotes = zip(rows.holder, rows.side, rows.quote, strict=True)
        assert sorted(quotes) == _statements(record)


def test_datasets_and_arrow_read_the_values_of_any_record(tmp_path: Path) -> None:
    """Many records at once, since a data set takes long to load."""
    datasets = pytest.importorskip("datasets", reason="run by .ci/run, with its own environment")
    arrow = pytest.importorskip("pyarrow.parquet")
    count = iter(range(10))

    @settings(max_examples=2, suppress_health_check=[HealthCheck.too_slow])
    @given(some=st.lists(records(), min_size=5, max_size=12))
    def holds(some: list[Record]) -> None:
        given = [
            replace(one, document=replace(one.document, id=f"d{i}")) for i, one in enumerate(some)
        ]
        place = tmp_path / f"rows-{next(count)}"
        for inner, data in _files("huggingface", given).items():
            (place / inner).parent.mkdir(parents=True, exist_ok=True)
            write(place / inner, data)
        cache = str(tmp_path / "cache")
        rows = list(datasets.load_dataset(str(place), split="train", cache_dir=cache))
        (data,) = _files("parquet", given).values()
        assert arrow.read_table(io.BytesIO(data)).to_pylist() == rows
        for one, row in zip(given, rows, strict=True):
            assert (row["id"], row["text"]) == (one.document.id, one.document.text)
            assert [
                (s["id"], s["layer"], s["label"], s["start"], s["end"], s["entity"])
                for s in row["spans"]
            ] == [(s.id, s.layer, s.label, s.start, s.end, s.entity or "") for s in one.spans]
            assert [s["quote"] for s in row["spans"]] == [
                one.document.quote(s.start, s.end) for s in one.spans
            ]
            assert [(r["id"], r["from"], r["to"]) for r in row["relations"]] == [
                (r.id, r.source, r.target) for r in one.relations
            ]
            for there, item in zip(row["relations"], one.relations, strict=True):
                held = {x["name"]: x["value"] for x in there["attributes"]}
                assert held == {
                    name: "-".join(map(str, value)) if isinstance(value, list) else str(value)
                    for name, value in item.attributes.items()
                }

    holds()


@settings(max_examples=3)
@given(some=st.lists(records(), min_size=5, max_size=20))
def test_r_reads_every_cell(some: list[Record]) -> None:
    """R itself, where there is one: it reads every cell as it is, but for line ends of CR."""
    rscript = shutil.which("Rscript")
    if rscript is None:
        pytest.skip("needs R")
    for data in _files("csv", some).values():
        program = (
            'd <- read.csv(file("stdin", encoding = "UTF-8"), na.strings = "", '
            'colClasses = "character"); write.csv(d, row.names = FALSE, na = "")'
        )
        locale = {**os.environ, "LC_ALL": "C.UTF-8"}
        made = subprocess.run(
            [rscript, "-e", program], input=data, capture_output=True, check=True, env=locale
        )
        ours, theirs = (
            list(csv.reader(io.StringIO(one.decode("utf-8"), newline="")))
            for one in (data, made.stdout)
        )
        assert ours == theirs


@pytest.mark.slow
def test_spacy_debugs_and_trains_on_what_is_written(tmp_path: Path) -> None:
    from spacy.cli.debug_data import debug_data
    from spacy.cli.train import train

    texts = [f"The Port Board of pier {i} wants lower fares." for i in range(230)]
    some = [
        Record(
            Document(f"d{i}", "t", text, split_paragraphs(text)),
            "ann",
            Completion.DONE,
            (
                Span("a", "actor", "organization", 4, 14),
                Span("c", "claim", "policy", text.index("wants"), len(text) - 1),
            ),
        )
        for i, text in enumerate(texts)
    ]
    how = WriteOptions(SCHEMA, part_of=lambda id: "dev" if id.endswith("7") else "train")
    for inner, data in _files("spacy", some, how).items():
        write(tmp_path / inner, data)
    for name in ("spancat", "ner", "textcat"):
        paths = {f"paths.{part}": str(tmp_path / f"{part}.spacy") for part in ("train", "dev")}
        steps = {"training.max_steps": 2, "training.eval_frequency": 1}
        debug_data(tmp_path / f"{name}.cfg", config_overrides=paths, silent=True)
        train(tmp_path / f"{name}.cfg", tmp_path / name, overrides={**paths, **steps})
        assert (tmp_path / name / "model-last" / "config.cfg").is_file()


# --- the command line


@pytest.fixture
def of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    monkeypatch.chdir(tmp_path)
    with Project.create(tmp_path / "p") as project:
        project.log.add_records(RECORDS)
        yield project


@pytest.mark.parametrize("name", [n for n in WRITERS if n != "parquet"])
def test_every_format_leaves_by_the_command_line_and_what_is_lost_is_reported(
    name: str, of: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["--project", str(tmp_path / "p"), "export", name, "-o", f"out/{name}"]
    assert run(command) == 0
    told = capsys.readouterr().err
    assert name in ("jsonl", "spacy") or "not in this format: " in told
    assert run([*command, "--check"]) == 0
    for file in (tmp_path / "out" / name).rglob("*"):
        if file.is_file():
            file.write_bytes(b"changed")
    assert run([*command, "--check"]) == 1
    assert run(command) == 3
    assert "exists with other content" in capsys.readouterr().err
    assert run([*command, "--force"]) == 0
    assert run([*command, "--check"]) == 0


def test_a_file_can_be_named_where_the_format_writes_one(of: Project, tmp_path: Path) -> None:
    command = ["--project", str(tmp_path / "p"), "export"]
    file = tmp_path / "out" / "mine.jsonl"
    for check in ([], ["--check"]):
        assert run([*command, "jsonl", "-o", str(file), *check]) == 0
    assert len(file.read_bytes().splitlines()) == len(RECORDS)
    assert run([*command, "csv", "-o", str(tmp_path / "mine.csv")]) == 2
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine.jsonl"]
    assert not (tmp_path / "mine.csv").exists()


def test_a_choice_takes_documents_layers_times_and_what_enough_agree_on(of: Project) -> None:
    def left(**choice: object) -> tuple[list[tuple[str, str | None, int, int]], Counter[str]]:
        lost: Counter[str] = Counter()
        found = chosen(of, of.log.records(), ExportFilter(**choice), lost)  # type: ignore[arg-type]
        return [(r.document.id, r.annotator, len(r.spans), len(r.relations)) for r in found], lost

    assert left()[0] == [("d/1", "ann", 5, 3), ("d/1", "ben", 1, 0), ("d2", None, 0, 0)]
    assert left(documents=("d2",))[0] == [("d2", None, 0, 0)]
    rows, lost = left(layers=("actor",))
    assert (
        rows[:2] == [("d/1", "ann", 2, 0), ("d/1", "ben", 1, 0)]
        and lost["items of other layers"] == 6
    )
    rows, lost = left(layers=("stance",))
    assert rows[0] == ("d/1", "ann", 5, 3), "stances bring what they are between"
    rows, lost = left(min_agreement=1.0)
    assert (
        rows[:2] == [("d/1", "ann", 1, 0), ("d/1", "ben", 1, 0)]
        and lost["items that too few annotators coded alike"] == 7
    )
    assert left(min_agreement=0.5)[0][0] == ("d/1", "ann", 5, 3)
    assert left(since="2999-01-01")[0] == [] and len(left(since="2000-01-01")[0]) == 3
    row = next(of.log.completions())
    later = datetime.fromisoformat(row.updated).astimezone(timezone(timedelta(hours=14)))
    assert len(left(since=later.isoformat())[0]) == 3, "an offset is reckoned with"
    with pytest.raises(UsageError, match="is not a date"):
        left(since="yesterday")


def test_items_are_coded_alike_if_all_that_gold_asks_for_is_equal(tmp_path: Path) -> None:
    """Not only bounds and label: also names, by the rulings, and attributes, also of a relation."""

    def coded(who: str, entity: str, concept: str, strength: int) -> Record:
        spans = (
            Span("a", "actor", "person", 0, 4, entity, {"mention": "name"}),
            Span("b", "claim", "fact", 6, 9, None, {"concept": ["dues", concept]}),
        )
        edge = Relation("r", "stance", "support", "a", "b", {"strength": strength})
        return Record(document("Mara pays."), who, Completion.DONE, spans, (edge,))

    with Project.create(tmp_path / "p") as project:
        works = [coded("ann", "M", "x", 1), coded("ben", "Mara", "y", 2)]
        project.log.add_records(works)

        def left() -> set[str]:
            choice = ExportFilter(min_agreement=0.6)
            found = chosen(project, project.log.records(annotator="ann"), choice, Counter())
            return {item.id for one in found for item in (*one.spans, *one.relations)}

        assert left() == set()
        rule_same(project, "entity", ["M"], "Mara")
        assert left() == {"a"}
        rule_same(project, "concept", ["x"], "y")
        assert left() == {"a", "b"}
        project.log.add_records([coded("cy", "Mara", "y", 2)])
        assert left() == {"a", "b"}
        choice = ExportFilter(min_agreement=0.6)
        (found,) = chosen(project, project.log.records(annotator="cy"), choice, Counter())
        assert len(found.relations) == 1


def test_notes_leave_in_no_format_unless_asked_for(
    of: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["--project", str(tmp_path / "p"), "export"]
    for name in ("jsonl", "brat", "doccano", "qdpx", "csv", "label-studio"):
        for wanted in ([], ["--notes"]):
            where = tmp_path / f"{name}{len(wanted)}"
            assert run([*command, name, "-o", str(where), *wanted]) == 0
            told = capsys.readouterr().err
            written = _unpacked(
                {str(p): p.read_bytes() for p in where.rglob("*") if p.is_file()}
            ).values()
            assert ("left out: notes (1); --notes includes them" in told) == (not wanted), name
            if not wanted:
                assert not any(b"who?" in data for data in written), name
            elif name in ("jsonl", "brat", "doccano", "qdpx"):
                assert any(b"who?" in data for data in written), name


def test_names_that_are_none_are_reported(
    of: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["--project", str(tmp_path / "p"), "export", "csv"]
    assert run([*command, "--layer", "nobody"]) == 2 and "Choose one of" in capsys.readouterr().err
    assert run([*command, "--document", "nothing"]) == 3
    assert run([*command, "-o", "-"]) == 2 and "several files" in capsys.readouterr().err
    for elsewhere, writer in (("network", "annotator network -o"), ("qdc", "annotator codebook")):
        assert run([*command[:-1], elsewhere]) == 2 and writer in capsys.readouterr().err
    assert (
        run([*command, "--since", "2999-01-01"]) == 3
        and "nothing to export" in capsys.readouterr().err
    )


def _cas(text: str, *marks: tuple[int, int, str]) -> tuple[Any, Any]:
    """A CAS with named entities, and its types."""
    cassis = pytest.importorskip("cassis")
    types = cassis.TypeSystem()
    entity = types.create_type("custom.Entity", "uima.tcas.Annotation")
    types.create_feature(entity, "value", "uima.cas.String")
    cas = cassis.Cas(typesystem=types)
    cas.sofa_string, cas.sofa_mime = text, "text/plain"
    cas.add_all([entity(begin=a, end=b, value=label) for a, b, label in marks])
    return cas, types


def _zipped(files: dict[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return held.getvalue()


def test_the_archive_of_a_project_of_inception_is_the_work_of_its_users_and_its_gold(
    tmp_path: Path,
) -> None:
    """XMI in an archive for each user, JSON beside it, and a document on which nobody has
    worked."""
    cas, types = _cas("Kit Moss spoke.", (0, 8, "person"))
    xmi = {"ada.xmi": cas.to_xmi().encode(), "TypeSystem.xml": types.to_xml().encode()}
    states = {
        "annotation_documents": [
            {"name": "a.txt", "user": "ben", "state": "INPROGRESS"},
            {"name": "a.txt", "user": "cleo", "state": "FINISHED"},
        ],
        "source_documents": [{"name": "a.txt", "state": "CURATION_FINISHED"}],
    }
    members = {
        "exportedproject7.json": json.dumps(states).encode(),
        "source/a.txt": b"Kit Moss spoke.",
        "annotation_ser/a.txt/ada.ser": b"\xac\xed",
        "annotation/a.txt/ada.zip": _zipped(xmi),
        "annotation/a.txt/ben.json": _cas("Kit Moss spoke.", (0, 3, "person"))[0]
        .to_json()
        .encode(),
        "annotation/a.txt/cleo.json": _cas("Kit Moss spoke.")[0].to_json().encode(),
        "annotation/a.txt/INITIAL_CAS.json": _cas("Kit Moss spoke.")[0].to_json().encode(),
        "annotation/b.txt/INITIAL_CAS.json": _cas("Nobody spoke.")[0].to_json().encode(),
        "annotation/c.txt/ada.json": b'{"%TYPES": 3}',
        "curation/a.txt/CURATION_USER.json": cas.to_json().encode(),
    }
    path = write(tmp_path / "project.zip", _zipped(members))
    found = read("cas", path)
    assert [(r.annotator, r.status.value, len(r.spans)) for r in found.records] == [
        ("ada", "done", 1),
        ("ben", "in_progress", 1),
        ("cleo", "done", 0),
        (None, "gold", 1),
    ]
    assert {r.document.id for r in found.records} == {"a"}
    assert [(d.id, d.text) for d in found.documents] == [("b", "Nobody spoke.")]
    assert found.left_out == 1 and "annotation/c.txt/ada.json" in found.told
    with Project.create(tmp_path / "p") as project:
        result = ingest(project, path)
        assert (result.added.documents, result.added.completions) == (2, 4)
    one = read("cas", write(tmp_path / "a.zip", _zipped(xmi)))
    assert [(r.document.id, r.annotator) for r in one.records] == [("a", "imported")]
    ours = _zipped(_files("cas", RECORDS[:2]))
    assert [r.annotator for r in read("cas", write(tmp_path / "o.zip", ours)).records] == [
        "ann",
        "ben",
    ]
    for wrong, said in (
        (b"no zip", "an archive of INCEpTION"),
        (_zipped({"a.ser": b""}), "no CAS"),
    ):
        with pytest.raises(InputError, match=said):
            read("cas", write(tmp_path / "w.zip", wrong))


def test_a_single_cas_says_whose_work_it_is_on_which_document(tmp_path: Path) -> None:
    """Files of our export, moved to one folder under other names, and a file that nobody has
    worked on."""
    pytest.importorskip("cassis")
    gold = replace(RECORDS[0], annotator=None, status=Completion.GOLD)
    named = replace(RECORDS[1], document=replace(RECORDS[1].document, id="letter.2", title="Rain"))
    found = []
    for i, record in enumerate((RECORDS[0], named, gold)):
        (data,) = _files("cas", [record]).values()
        found += read("cas", write(tmp_path / f"{i}.json", data)).records
    assert [(r.document.id, r.annotator, r.status.value) for r in found] == [
        ("d-1", "ann", "done"),
        ("letter.2", "ben", "done"),
        ("d-1", None, "gold"),
    ]
    assert found[1].document.title == "Rain"
    begun = next(iter(_files("cas", RECORDS[:1]).values())).replace(b'"ann"', b'"INITIAL_CAS"')
    untouched = read("cas", write(tmp_path / "begun.json", begun))
    assert not untouched.records and len(untouched.documents) == 1


def test_a_layer_of_a_project_is_read_whatever_it_is_called_and_analyses_are_counted(
    tmp_path: Path,
) -> None:
    cas, types = _cas("Kit Moss spoke.")
    own = types.create_type("webanno.custom.Sentence", "uima.tcas.Annotation")
    ukp = "de.tudarmstadt.ukp.dkpro.core.api"
    sentence = types.create_type(f"{ukp}.segmentation.type.Sentence", "uima.tcas.Annotation")
    lemma = types.create_type(f"{ukp}.segmentation.type.Lemma", "uima.tcas.Annotation")
    types.create_feature(lemma, "value", "uima.cas.String")
    cas.add_all([own(begin=0, end=8), sentence(begin=0, end=15)])
    cas.add_all([lemma(begin=a, end=b, value="x") for a, b in ((0, 3), (4, 8))])
    path = write(tmp_path / "a.json", cas.to_json())
    found = read("cas", path, settings={"labels": {"Sentence": "actor.person"}})
    assert found.marked() == [("Kit Moss", "person")]
    assert "analyses of words are not read: 2 Lemma" in found.told and not found.left_out


def test_features_of_a_cas_are_read_or_reported_whatever_their_type(tmp_path: Path) -> None:
    """Lists, numbers and features of relations are read; links, annotations of the whole text and
    other views are reported."""
    cas, types = _cas("Kit Moss wants rain.")
    actor = types.create_type("webanno.custom.Actor", "uima.tcas.Annotation")
    claim = types.create_type("webanno.custom.Claim", "uima.tcas.Annotation")
    stance = types.create_type("webanno.custom.Stance", "uima.tcas.Annotation")
    genre = types.create_type("webanno.custom.Genre", "uima.cas.AnnotationBase")
    for of in (actor, claim, stance):
        types.create_feature(of, "label", "uima.cas.String")
    types.create_feature(claim, "concept", "uima.cas.StringArray")
    types.create_feature(claim, "weight", "uima.cas.Float")
    types.create_feature(claim, "holder", "uima.tcas.Annotation")
    types.create_feature(stance, "strength", "uima.cas.Integer")
    for end in ("Governor", "Dependent"):
        types.create_feature(stance, end, "uima.tcas.Annotation")
    concepts = types.get_type("uima.cas.StringArray")(elements=["it rains", "not: sun"])
    kit = actor(begin=0, end=8, label="person")
    rain = claim(begin=9, end=19, label="fact", concept=concepts, weight=0.5, holder=kit)
    ends = {"Governor": kit, "Dependent": rain}
    cas.add_all([kit, rain, stance(begin=9, end=19, label="support", strength=2, **ends), genre()])
    _describe_by(types, cas, username=" ada ", sourceDocumentName="a.txt")
    found = read("cas", write(tmp_path / "a.json", cas.to_json()))
    (record,) = found.records
    assert record.annotator == "ada"
    assert record.spans[1].attributes == {"concept": ["it rains", "not: sun"]}
    assert [r.attributes for r in record.relations] == [{"strength": 2}]
    assert list(record.notes.values()) == ["weight: 0.5"] and found.left_out == 2
    assert "its links to other annotations are not read: 1" in found.told
    assert "annotations of the whole text are not read: Genre" in found.told
    ignored = read("cas", tmp_path / "a.json", settings={"labels": {"support": ""}})
    assert not ignored.records[0].relations and ignored.left_out == 2
    other = cas.create_view("other")
    other.sofa_string = "Another text."
    (tmp_path / "TypeSystem.xml").write_text(types.to_xml(), encoding="utf-8")
    found = read("cas", write(tmp_path / "b.xmi", cas.to_xmi()))
    assert "only the text of the first view is read" in found.told and found.left_out == 3


@pytest.mark.parametrize("end", ["x", None, 1.5])
def test_bounds_of_a_cas_that_are_no_numbers_cost_the_annotation(
    end: object, tmp_path: Path
) -> None:
    pytest.importorskip("cassis")
    data = json.loads(next(iter(_files("cas", RECORDS[:1]).values())))
    spans = [one for one in data["%FEATURE_STRUCTURES"] if one.get("label") == "organization"]
    spans[0]["end"] = end
    found = read("cas", write(tmp_path / "a.json", data))
    assert len(found.records[0].spans) == len(SPANS) - 1 and found.left_out


def _describe_by(types: Any, cas: Any, **said: str) -> None:
    """Say in a CAS whose work it is, as INCEpTION does."""
    name = "de.tudarmstadt.ukp.clarin.webanno.api.type.CASMetadata"
    made = types.create_type(name, "uima.tcas.Annotation")
    for feature in said:
        types.create_feature(made, feature, "uima.cas.String")
    cas.add(made(begin=0, end=1, **said))


def test_an_archive_without_a_cas_names_what_it_holds(tmp_path: Path) -> None:
    pytest.importorskip("cassis")
    members = {"annotation/a.txt/ada.tsv": b"x", "annotation_ser/a.txt/ada.ser": b"x"}
    with pytest.raises(InputError, match=r"annotations are there as \.ser, \.tsv"):
        read("cas", write(tmp_path / "a.zip", _zipped(members)))


def test_a_cas_of_inception_is_read_with_its_type_system(tmp_path: Path) -> None:
    cassis = pytest.importorskip("cassis")
    types = cassis.TypeSystem()
    entity = types.create_type(
        "de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity", "uima.tcas.Annotation"
    )
    types.create_feature(entity, "value", "uima.cas.String")
    token = types.create_type(
        "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Token", "uima.tcas.Annotation"
    )
    cas = cassis.Cas(typesystem=types)
    cas.sofa_string, cas.sofa_mime = "\U0001f6a2 Kit Moss spoke.", "text/plain"
    cas.add_all([entity(begin=2, end=10, value="person"), token(begin=2, end=5)])
    types.to_xml(tmp_path / "TypeSystem.xml")
    cas.to_xmi(tmp_path / "a.xmi")
    found = read("cas", tmp_path / "a.xmi")
    assert found.marked() == [("Kit Moss", "person")] and "analyses" not in found.told
    (tmp_path / "TypeSystem.xml").unlink()
    with pytest.raises(InputError, match=r"no TypeSystem\.xml"):
        read("cas", tmp_path / "a.xmi")
    with pytest.raises(InputError, match="cannot be read as a CAS"):
        read("cas", write(tmp_path / "b.json", '{"%TYPES": 3}'))


def test_datasets_reads_the_data_set_of_the_seeds_as_its_card_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    datasets = pytest.importorskip("datasets")
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    with Project.create(tmp_path / "p") as project:
        ingest(project, folder("seeds") / "gold.jsonl")
        write_dataset(project, tmp_path / "out")
    card = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    code = card.partition("```python\n")[2].partition("```")[0]
    monkeypatch.chdir(tmp_path / "out")
    made: dict[str, Any] = {}
    exec(code, made)
    assert sum(len(part) for part in made["gold"].values()) == 24
    assert len(made["records"]) == len(made["gold"]["train"])
