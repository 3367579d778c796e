"""The family of formats: rules for every member, files of other programs, and programs that read
ours."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import BINARY, EXAMPLES, LABELS, SCHEMA, TEXT, span_of
from support import cases, examples

from annotator.cli import run
from annotator.errors import InputError
from annotator.families import formats
from annotator.formats import spacy as spacy_format
from annotator.formats.api import (
    FindingKind,
    ReadOptions,
    ReadReport,
    WriteOptions,
    admit,
    data_of,
    problems,
    read_records,
    reader,
)
from annotator.model.decision import Completion
from annotator.model.record import Record
from annotator.model.span import Relation, Span
from annotator.model.text import Document, split_paragraphs
from annotator.project import Project
from annotator.resources import folder
from annotator.workflows.exchange.importing import ingest
from annotator.workflows.exchange.validate import validate

OF_TEXTS = ("cas", "csv", "docx", "html", "markdown", "odt", "pdf", "qdpx")
"""Formats of texts alone, CAS and REFI-QDA; their examples are in test_formats_texts.py,
test_formats_out.py and test_formats_qda.py."""
FOREIGN = ("brat", "doccano", "label-studio", "prodigy")


def _write(where: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (where / name).write_text(text, encoding="utf-8")


@dataclass
class Read:
    """What a file holds, after the door."""

    records: list[Record]
    documents: list[Document]
    report: ReadReport


def _read(
    name: str, where: Path, settings: Mapping[str, Any] | None = None, **options: Any
) -> Read:
    example = EXAMPLES[name]
    member = reader(formats.load(name))
    assert member is not None
    report = ReadReport(where / example.main)
    table = example.settings if settings is None else settings
    read = ReadOptions(schema=SCHEMA, report=report, settings=table, **options)
    values = [admit(entry, read) for entry in member.read(where / example.main, read)]
    return Read(
        [v for v in values if isinstance(v, Record)],
        [v for v in values if isinstance(v, Document)],
        report,
    )


WAYS = ("dumps", "parts", "files")
"""What a format that writes has: one of these."""


@pytest.mark.parametrize("name", formats.names())
def test_a_member_says_what_it_is_and_reads_or_writes(name: str) -> None:
    module = formats.load(name)
    assert module.summary and all(ending.startswith(".") for ending in module.extensions)
    reads = hasattr(module, "read")
    ways = [way for way in WAYS if hasattr(module, way)]
    assert reads or ways
    assert len(ways) < 2, "a format writes in one way"
    assert not reads or name in EXAMPLES or name in OF_TEXTS, "a format that reads has an example"


@pytest.mark.parametrize("name", [n for n in formats.names() if n in EXAMPLES])
def test_what_is_read_holds_and_every_quote_is_its_slice(name: str, tmp_path: Path) -> None:
    _write(tmp_path, EXAMPLES[name].files)
    batch = _read(name, tmp_path)
    assert batch.documents or batch.records
    for record in batch.records:
        assert record.document.text == TEXT
        assert not list(problems(data_of(record), SCHEMA))
        said = {record.document.quote(s.start, s.end): (s.layer, s.label) for s in record.spans}
        assert said == {
            "Iran": ("actor", "state"),
            "the plan": ("claim", "policy"),
            "Putin": ("actor", "person"),
        }
        (stance,) = record.relations
        ends = {s.id: record.document.quote(s.start, s.end) for s in record.spans}
        assert (stance.label, ends[stance.source], ends[stance.target]) == (
            "oppose",
            "Iran",
            "the plan",
        )


@pytest.mark.parametrize("name", FOREIGN)
def test_an_unknown_label_is_one_error_with_file_place_label_and_remedy(
    name: str, tmp_path: Path
) -> None:
    example = EXAMPLES[name]
    _write(tmp_path, {n: example.spoil(text) for n, text in example.files.items()})
    with pytest.raises(InputError) as caught:
        _read(name, tmp_path)
    error = caught.value
    assert error.file == tmp_path / example.main and error.line and error.key
    assert "“Nation”" in error.message
    assert f"[format.{name}.labels]" in error.hint and '"Nation" = "actor.person"' in error.hint
    with pytest.raises(InputError) as caught:
        _read(name, tmp_path, {})
    assert "nor are" in caught.value.message, "all unknown labels are named at once"
    with pytest.raises(InputError) as caught:
        _read(name, tmp_path, {"labels": {**LABELS, "Nation": "actor.planet"}})
    assert caught.value.key == f"format.{name}.labels.Nation"


@pytest.mark.parametrize("name", FOREIGN)
def test_it_comes_in_by_the_command_line_and_leaves_as_valid_records(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ANNOTATOR_PROJECT", raising=False)
    (tmp_path / "in").mkdir()
    _write(tmp_path / "in", EXAMPLES[name].files)
    assert run(["init", "p"]) == 0
    lines = "".join(f'{json.dumps(k)} = "{v}"\n' for k, v in LABELS.items())
    with (tmp_path / "p" / "annotator.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n[format.{name}.labels]\n{lines}")
    before = ["--project", "p"]
    path = f"in/{EXAMPLES[name].main}"
    found = int(name == "brat")  # events are left out
    assert run([*before, "import", path, "--dry-run"]) == found
    assert not found or "events are not read" in capsys.readouterr().err
    assert run([*before, "import", "in", "--format", name]) == found
    capsys.readouterr()
    assert run([*before, "import", path]) == found
    assert "already" in capsys.readouterr().err
    assert run([*before, "export", "jsonl", "-o", "out"]) == 0
    assert validate(tmp_path / "out", SCHEMA).problems == ()


def test_what_has_no_place_becomes_a_note_or_is_counted(tmp_path: Path) -> None:
    _write(tmp_path, EXAMPLES["brat"].files)
    batch = _read("brat", tmp_path)
    (record,) = batch.records
    by_id = {s.id: s for s in record.spans}
    assert by_id["T1"].entity == "Iran"
    assert by_id["T2"].attributes == {"modality": "hedged"}
    assert record.notes == {
        "T1": "Reference: Wikipedia:14653",
        "T2": "Negation: yes",
        "T3": "who is it?",
    }
    assert "left out: events are not read" in "".join(batch.report.lines())
    assert any("“MISC”" in warning for warning in batch.report.lines())
    _write(tmp_path, EXAMPLES["label-studio"].files)
    batch = _read("label-studio", tmp_path)
    (record,) = batch.records
    assert record.annotator == "ada@example.org" and record.document.meta == {"n": "1.5"}
    assert {s.id: s.attributes for s in record.spans}["b"] == {"modality": "hedged"}
    assert record.notes == {"b": "tone: dry", "@document": "genre: editorial"}
    assert [d.text for d in batch.documents] == ["Nobody has been here."]
    assert "predictions are not an annotator's work" in "".join(batch.report.lines())
    _write(tmp_path, EXAMPLES["doccano"].files)
    (record,) = _read("doccano", tmp_path).records
    assert record.notes == {"@document": "a remark"} and record.document.meta == {
        "outlet": "Herald"
    }


def test_answers_of_prodigy_on_one_text_are_one_record(tmp_path: Path) -> None:
    rows = [
        {**BINARY, "spans": [span_of("Iran", "GPE")]},
        {**BINARY, "answer": "reject"},
        {**BINARY, "_annotator_id": "db-ben", "answer": "ignore"},
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    batch = _read("prodigy", tmp_path)
    ada, ben = batch.records
    assert [(s.label, s.start) for s in ada.spans] == [
        ("state", 2)
    ] and ada.status is Completion.DONE
    assert (ben.annotator, ben.status, ben.spans) == ("db-ben", Completion.SKIPPED, ())
    assert "rejected answers have no annotations" in "".join(batch.report.lines())


def test_offsets_that_do_not_fit_the_quote_are_reported_with_both(tmp_path: Path) -> None:
    _write(tmp_path, {"a.txt": TEXT, "a.ann": "T1\tGPE 4 8\tIran\n"})
    batch = _read("brat", tmp_path)
    (line,) = [one for one in batch.report.lines() if "text-bound" in one]
    where = f"{tmp_path / 'a.ann'}:1: text-bound T1"
    assert line == f"{where}: changed: “Iran” is not at [4, 8) but nearby, at [2, 6)"
    assert [(s.start, s.end) for s in batch.records[0].spans] == [(2, 6)]
    _write(tmp_path, {"a.txt": TEXT, "a.ann": "T1\tGPE 4 8\tIraq\n"})
    (line,) = [one for one in _read("brat", tmp_path).report.lines() if "text-bound" in one]
    assert "left out: the text at [4, 8) is “an r”, but the quotation is “Iraq”" in line
    _write(tmp_path, {"a.txt": TEXT, "a.ann": ""})
    batch = _read("brat", tmp_path)
    assert not batch.records and batch.documents[0].id == "a", "nobody has worked on it"
    _write(tmp_path, {"a.txt": TEXT, "a.ann": "T1\tCLAIM 2 6;15 23\tIran the plan\n"})
    batch = _read("brat", tmp_path)
    assert [(s.start, s.end) for s in batch.records[0].spans] == [(2, 23)]
    assert any("2 pieces" in warning for warning in batch.report.lines())


@pytest.mark.parametrize(
    ("name", "file", "text", "word"),
    cases("formats", "what_does_not_hold_is_left_out_and_reported_with_its_place"),
)
def test_what_does_not_hold_is_left_out_and_reported_with_its_place(
    name: str, file: str, text: str, word: str, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text("Iran.", encoding="utf-8")
    (tmp_path / file).write_text(text, encoding="utf-8")
    read = _read(name, tmp_path)
    told = "".join(read.report.lines())
    assert word in told and f"{file}:1:" in told
    assert read.report.count(FindingKind.LEFT_OUT) and not read.records


# --- what reads ours


def _docbin(records: Sequence[Record]) -> bytes:
    """The first file of an export for spaCy, in which all records are."""
    return next(spacy_format.files(records, WriteOptions(SCHEMA)))[1]


def _gold() -> list[Record]:
    return list(read_records(folder("seeds") / "gold.jsonl", SCHEMA))


def test_spacy_reads_every_span_with_its_offsets_label_entity_and_id() -> None:
    import spacy
    from spacy.tokens import DocBin

    records = _gold()
    docs = list(DocBin().from_bytes(_docbin(records)).get_docs(spacy.blank("en").vocab))
    assert len(docs) == len(records)
    for record, doc in zip(records, docs, strict=True):
        assert doc.text == record.document.text
        found = {
            (layer, s.label_, s.start_char, s.end_char, s.kb_id_, s.id_)
            for layer, group in doc.spans.items()
            for s in group
        }
        assert found == {
            (s.layer, s.label, s.start, s.end, s.entity or "", s.id) for s in record.spans
        }
        assert all(
            s.text == record.document.quote(s.start_char, s.end_char)
            for g in doc.spans.values()
            for s in g
        )
        own = doc.user_data["annotator"]
        assert [(r["source"], r["label"], r["target"]) for r in own["relations"]] == [
            (r.source, r.label, r.target) for r in record.relations
        ]


def test_a_large_part_for_spacy_is_a_folder_that_its_corpus_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A DocBin is built in memory, so it must not grow with the export."""
    import spacy
    from spacy.training import Corpus

    monkeypatch.setattr(spacy_format, "_AT_ONCE", 2)
    records = _gold()[:6]
    parts = {one.document.id: "train" for one in records[:5]} | {records[5].document.id: "dev"}
    how = WriteOptions(SCHEMA, part_of=parts.__getitem__)
    made = dict(spacy_format.files(records, how))
    bins = ["train/0001.spacy", "train/0002.spacy", "train/0003.spacy", "dev.spacy"]
    assert [name for name in made if name.endswith(".spacy")] == bins
    for name in bins:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(made[name])
    config = made["spancat.cfg"].decode()
    assert 'train = "train"\n' in config and 'dev = "dev.spacy"\n' in config
    found = list(Corpus(tmp_path / "train")(spacy.blank("en")))
    assert [one.reference.text for one in found] == [r.document.text for r in records[:5]]


@settings(max_examples=examples(60))
@given(st.text(alphabet="ab .'\n🙂ن-", min_size=1, max_size=40), st.data())
def test_spacy_keeps_any_text_and_any_bounds(text: str, data: st.DataObject) -> None:
    from spacy.tokens import DocBin
    from spacy.vocab import Vocab

    spans = []
    for i in range(3):
        start = data.draw(st.integers(0, len(text) - 1))
        spans.append(
            Span(f"s{i}", "actor", "state", start, data.draw(st.integers(start + 1, len(text))))
        )
    record = Record(
        Document("d", "t", text, split_paragraphs(text)), "ada", Completion.DONE, tuple(spans)
    )
    (doc,) = DocBin().from_bytes(_docbin([record])).get_docs(Vocab())
    assert doc.text == text
    assert sorted((s.start_char, s.end_char) for s in doc.spans["actor"]) == sorted(
        (s.start, s.end) for s in spans
    )


def test_a_paragraph_leaves_alone_in_every_format_that_writes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Project.create(tmp_path / "p") as project:
        iran, plan = TEXT.index("Iran"), TEXT.index("the plan")
        spans = (
            Span("a", "actor", "state", iran, iran + 4),
            Span("c", "claim", "policy", plan, plan + 8),
        )
        made = Document("d", "t", TEXT, split_paragraphs(TEXT))
        relations = (Relation("r", "stance", "oppose", "a", "c"),)
        project.log.add_records([Record(made, "ada", Completion.DONE, spans, relations)])
        for name in formats.names():
            if any(hasattr(formats.load(name), way) for way in WAYS):
                where = ["--project", str(tmp_path / "p"), "export", name, "--unit", "paragraph"]
                done = run([*where, "-o", str(tmp_path / name)]) == 0
                assert done or "needs the extra" in capsys.readouterr().err
        where = ["--project", str(tmp_path / "p"), "export", "jsonl", "--unit", "paragraph"]
        assert run([*where, "-o", str(tmp_path / "jsonl"), "--check"]) == 0
        assert ingest(project, tmp_path / "jsonl" / "records.jsonl").added.completions == 2
