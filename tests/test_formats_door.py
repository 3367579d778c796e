"""The door: import, `validate` and the API agree on what is a record,
and foreign files raise our errors only.

The last two tests are a fuzzer, seeded: some seconds always, a minute in `.ci/run` (marked slow).
ANNOTATOR_FUZZ gives the seconds of the latter.
"""

from __future__ import annotations

import copy
import io
import json
import os
import random
import time
import zipfile
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reading import EXAMPLES, SCHEMA, read, write
from support import examples

from annotator.cli import run
from annotator.errors import AnnotatorError, InputError
from annotator.formats.api import check_record, data_of, problems, read_records, record_of, upgraded
from annotator.model.decision import Completion, Suggestion
from annotator.model.names import names_in
from annotator.model.record import Record
from annotator.model.span import Span
from annotator.model.text import Document, split_paragraphs
from annotator.project import Project, SuggestionRun
from annotator.resources import folder
from annotator.workflows.exchange.importing import ingest
from annotator.workflows.exchange.validate import validate

WHOLE = [data_of(record) for record in read_records(folder("seeds") / "gold.jsonl", SCHEMA)][:2]
_ANY = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 10**4),
    st.floats(allow_nan=False),
    st.text(max_size=4),
    st.sampled_from(
        [
            "@author",
            "a/b",
            "@x",
            "gold",
            "done",
            "\ud83d",
            " ",
            "a\u200b",
            "state",
            "stance",
            "x" * 70,
        ]
    ),
    st.just([]),
    st.just({}),
    st.just([1, "a"]),
    st.just({"a": {"b": 1.5}}),
)


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    out = [path] if path else []
    pairs = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, one in pairs:
        out += _paths(one, (*path, key))
    return out


def _small() -> dict[str, Any]:
    """A whole record of two spans and a relation."""
    text = "Iran rejects the plan."
    row = {
        "schema": "annotator/1",
        "id": "d",
        "text": text,
        "annotator": "ada",
        "status": "done",
        "spans": [
            {"id": "a", "layer": "actor", "label": "state", "start": 0, "end": 4, "entity": "Iran"},
            {
                "id": "b",
                "layer": "claim",
                "label": "policy",
                "start": 13,
                "end": 21,
                "attributes": {"concept": ["plan"]},
            },
        ],
        "relations": [
            {
                "layer": "stance",
                "label": "oppose",
                "source": "a",
                "target": "b",
                "attributes": {"cue": [5, 12]},
            }
        ],
        "meta": {"outlet": "x", "completion": {"done": [0], "notes": {"a": "?"}, "flags": ["b"]}},
    }
    from annotator.formats.api import completed

    return completed(row, id="d", annotator=None, splitting="auto")


SMALL = _small()
PATHS = _paths(SMALL)


def _set(data: Any, path: tuple[Any, ...], value: Any, how: str) -> None:
    for part in path[:-1]:
        data = data[part]
    if how == "drop" and isinstance(data, dict):
        data.pop(path[-1], None)
    elif how == "add" and isinstance(data, dict):
        data["extra"] = value
    else:
        data[path[-1]] = value


def test_a_record_of_version_1_is_read_and_leaves_as_version_2() -> None:
    assert SMALL["schema"] == "annotator/2" and problems(SMALL, SCHEMA) == []
    (relation,) = SMALL["relations"]
    assert (relation["from"], relation["to"], relation["source"]) == ("a", "b", "human")
    assert upgraded(SMALL) == SMALL
    assert data_of(record_of(SMALL)) == SMALL


def test_a_value_that_costs_the_whole_record_says_so(tmp_path: Path) -> None:
    data = copy.deepcopy(SMALL)
    data["relations"][0]["attributes"] = {"cue": [0, 999]}
    found = read("jsonl", write(tmp_path / "a.jsonl", [data]))
    assert not found.records and found.left_out == 1
    assert "relations[0].attributes.cue: left out: [0, 999] is outside" in found.told
    assert found.told.endswith("; the whole record is left out")


def test_what_names_paragraphs_and_items_that_are_not_there_is_told(tmp_path: Path) -> None:
    """Otherwise a note would be lost, and a paragraph that the text does not have would count as
    done."""
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"done": [1]}, "no paragraph has the index 1; the text has 1 paragraph"),
        ({"notes": {"a": "?", "nobody": "!"}}, "no item has the id “nobody”"),
        ({"notes": {"@p1": "!"}}, "no item has the id “@p1”"),
        ({"flags": ["#r0", "nobody"]}, "no item has the id “nobody”"),
    ]
    for completion, said in wrong:
        data = copy.deepcopy(SMALL)
        data["meta"]["completion"] = completion
        (name,) = completion
        assert problems(data, SCHEMA) == [(f"meta.completion.{name}", said)]
        found = read("jsonl", write(tmp_path / "a.jsonl", [data]))
        assert found.left_out == 1 and said in found.told
        kept = [(r.notes, r.flags) for r in found.records]
        assert kept == {"done": [], "flags": [({}, ("#r0",))]}.get(
            name, [({"a": "?"} if "a" in completion[name] else {}, ())]
        )


@settings(max_examples=examples(300), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.lists(
        st.tuples(st.sampled_from(PATHS), _ANY, st.sampled_from(["put", "put", "drop", "add"])),
        max_size=2,
    )
)
def test_import_validate_and_the_library_agree_on_random_records(
    changes: list[tuple[tuple[Any, ...], Any, str]], tmp_path: Path
) -> None:
    from jsonschema import Draft202012Validator

    data = copy.deepcopy(SMALL)
    for path, value, how in changes:
        try:
            _set(data, path, copy.deepcopy(value), how)
        except (KeyError, IndexError, TypeError):
            return
    found = problems(data, SCHEMA)
    if not found:
        record = record_of(data)
        assert data_of(check_record(record, SCHEMA))["text"] == data["text"]
        schema = json.loads((folder("schemas") / "record.schema.json").read_text(encoding="utf-8"))
        schema["properties"]["annotator"].pop("pattern")  # the reference library knows no \p
        assert not list(Draft202012Validator(schema).iter_errors(data))
    file = tmp_path / "a.jsonl"
    file.write_text(json.dumps(data) + "\n", encoding="utf-8")
    assert bool(validate(file, SCHEMA).problems) == bool(found)
    read("jsonl", file)
    if not found:
        expected = _with_names_as_read(data)
        assert [data_of(r) for r in read("jsonl", file).records] == [data_of(record_of(expected))]


def _with_names_as_read(data: dict[str, Any]) -> dict[str, Any]:
    """The record with names as they are read, each once, without names of blanks only."""
    expected = copy.deepcopy(data)

    for span in expected["spans"]:
        span["entity"] = span["entity"] and "; ".join(names_in("entity", span["entity"]))
        if span["layer"] == "claim" and "concept" in span["attributes"]:
            several = (names_in("concept", one) for one in span["attributes"]["concept"])
            span["attributes"]["concept"] = list(dict.fromkeys(chain.from_iterable(several)))
    return expected


def test_a_concept_of_blanks_only_is_left_out_of_its_list(tmp_path: Path) -> None:
    data = copy.deepcopy(SMALL)
    data["spans"][0]["entity"] = "New\u2003Iran "
    data["spans"][1]["attributes"]["concept"] = ["", " plan  B ", "\t"]
    file = tmp_path / "a.jsonl"
    file.write_text(json.dumps(data) + "\n", encoding="utf-8")
    found = read("jsonl", file)
    (record,) = found.records
    actor, claim = record.spans
    assert actor.entity == "New Iran" and claim.attributes["concept"] == ["plan B"]
    assert sum(n for (_, what), n in found.report.counts.items() if "blanks only" in what) == 1


@pytest.mark.parametrize(
    ("given", "concepts", "told"),
    [
        (["not:tolls"], ["not: tolls"], "“not:tolls” is written “not: tolls”"),
        (["NOT : tolls", "dues"], ["not: tolls", "dues"], "is written “not: tolls”"),
        (["not: not: tolls"], ["tolls"], "is written “tolls”"),
        (["tolls; dues"], ["tolls", "dues"], "“tolls; dues” is written"),
        (["tolls", "tolls"], ["tolls"], "holds a name twice"),
        (["tolls", "not:"], ["tolls"], "holds a name of blanks only"),
        (["not: tolls", "dues"], ["not: tolls", "dues"], ""),
    ],
)
def test_names_come_in_as_the_line_for_names_writes_them(
    given: list[str], concepts: list[str], told: str, tmp_path: Path
) -> None:
    data = copy.deepcopy(SMALL)
    data["spans"][0]["entity"] = "Iran"
    data["spans"][1]["attributes"]["concept"] = given
    file = tmp_path / "a.jsonl"
    file.write_text(json.dumps(data) + "\n", encoding="utf-8")
    found = read("jsonl", file)
    assert found.records[0].spans[1].attributes["concept"] == concepts
    said = [line for line in found.report.lines() if "concept" in line]
    assert len(said) == bool(told) and told in "".join(said)


def _bad(**changes: Any) -> Record:
    text = "Iran rejects the plan."
    span = Span("a", "actor", "state", 0, 4)
    for name, value in changes.items():
        object.__setattr__(span, name, value)
    return Record(Document("d", "t", text, split_paragraphs(text)), "ada", Completion.DONE, (span,))


@pytest.mark.parametrize(
    "changes",
    [
        {"origin": None},
        {"origin": 3},
        {"id": None},
        {"id": "@a"},
        {"layer": 3},
        {"label": None},
        {"label": "nation"},
        {"start": -1},
        {"start": 4.0},
        {"end": 99},
        {"end": "4"},
        {"entity": 3},
        {"entity": " "},
        {"attributes": {"mention": 3}},
        {"attributes": {"x": "y"}},
        {"attributes": {"mention": float("nan")}},
        {"attributes": [1]},
        {"label": "\ud83d"},
    ],
)
def test_the_api_lets_nothing_in_that_validate_would_find(
    changes: dict[str, Any], tmp_path: Path
) -> None:
    with Project.create(tmp_path / "p") as project:
        with pytest.raises(InputError):
            project.log.add_records([_bad(**changes)])
        assert project.documents.ids() == []
        project.log.add_records([_bad()])
        assert [len(r.spans) for r in project.log.records()] == [1]


@pytest.mark.parametrize(
    ("of_span", "changes"),
    [
        *[
            (True, one)
            for one in (
                {"entity": 5},
                {"entity": "\ud83d"},
                {"origin": None},
                {"attributes": [1]},
                {"label": "nation"},
                {"end": 99},
                {"start": -1},
                {"id": None},
                {"layer": 3},
                {"attributes": {"mention": float("nan")}},
            )
        ],
        *[
            (False, one)
            for one in (
                {"score": float("nan")},
                {"score": "1"},
                {"score": 2},
                {"raw": float("inf")},
                {"paragraph": 7},
                {"paragraph": True},
                {"suggester": None},
                {"shown": 1},
                {"rank": 1.5},
                {"value": "Iran"},
            )
        ],
    ],
)
def test_a_suggester_can_store_nothing_that_could_not_be_read_again(
    of_span: bool, changes: dict[str, Any], tmp_path: Path
) -> None:
    run = SuggestionRun({"theirs": "1"})
    with Project.create(tmp_path / "p") as project:
        project.log.add_records([_bad()])
        good = Suggestion(Span("s", "actor", "state", 0, 4, origin="suggestion"), 0, "ours", "1", 1)
        wrong = Suggestion(Span("t", "actor", "state", 0, 4, origin="suggestion"), 0, "x", "1", 0.5)
        for name, value in changes.items():
            object.__setattr__(wrong.value if of_span else wrong, name, value)
        with pytest.raises(InputError, match="gives a suggestion that is invalid"):
            project.suggestions.put("d", [good, wrong], run=run)
        assert project.suggestions.of("d") == [] and not project.verify()
        assert project.suggestions.put("d", [good], run=run) == 1


@pytest.mark.parametrize("name", ["", "@x", "a/b", "x" * 65, "a\x1b[0m", 5, None])
def test_names_of_annotators_are_checked_at_the_door(name: Any, tmp_path: Path) -> None:
    record = _bad()
    object.__setattr__(record, "annotator", name)
    with Project.create(tmp_path / "p") as project, pytest.raises(InputError):
        project.log.add_records([record])


def test_documents_too_are_checked(tmp_path: Path) -> None:
    deep: Any = "x"
    for _ in range(500):
        deep = {"a": deep}
    text = "A text."
    with Project.create(tmp_path / "p") as project:
        for meta in ({"a": 1.5}, {"a": deep}, {"a": "\ud83d"}, {"a": object()}):
            with pytest.raises(InputError):
                project.documents.add([Document("d", "t", text, split_paragraphs(text), meta)])


@pytest.mark.parametrize("encoding", ["idna", "rot13", "utf-7", "utf-16", "nonsense", "punycode"])
@pytest.mark.parametrize("file", ["a.jsonl", "a.html", "a.csv"])
def test_whatever_encoding_is_named_our_errors_come(
    file: str,
    encoding: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Some codecs of Python fail although they are told to ignore what they cannot read."""
    path = write(tmp_path / file, b'{"text": "A text.", "\xff": "\x80..a"}\n')
    Project.create(tmp_path / "p").close()
    monkeypatch.chdir(tmp_path / "p")
    assert run(["import", str(path), "--encoding", encoding]) in (0, 1, 3)
    assert "Error" not in capsys.readouterr().err


# --- the fuzzer


def _seeds() -> dict[str, list[tuple[str, bytes]]]:
    """The files of every format with which the fuzzer begins."""
    out: dict[str, list[tuple[str, bytes]]] = {}
    for name in ("brat", "doccano", "prodigy", "label-studio", "jsonl"):
        example = EXAMPLES[name]
        out[name] = [(example.main, example.files[example.main].encode())]
    out["jsonl"] += [("whole.jsonl", json.dumps(row).encode() + b"\n") for row in (SMALL, *WHOLE)]
    out["csv"] = [("a.csv", b'id,text,date\n1,"A tram, said ""Kit"".",2026\n2,A bus.,\n')]
    out["markdown"] = [
        ("a.md", b"---\ntitle: x\n---\n# A *b*\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")
    ]
    project = (Path(__file__).parent / "golden" / "qdpx" / "project.qde").read_bytes()
    out["qdpx"] = [("a.qdpx", project)]
    golden = Path(__file__).parent / "golden" / "cas"
    out["cas"] = [("cas.json", next(golden.glob("ann/*.json")).read_bytes())]
    return out


def _packed(qde: bytes) -> bytes:
    """A REFI-QDA project around its XML, with one of its texts."""
    held = io.BytesIO()
    text = next((Path(__file__).parent / "golden" / "qdpx" / "sources").glob("8*.txt"))
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("project.qde", qde)
        archive.writestr(f"sources/{text.name}", text.read_bytes())
    return held.getvalue()


_BITS = [
    b"null",
    b"[]",
    b"{}",
    b"1e999",
    b"-1",
    b"\\ud83d",
    b'"',
    b"\xff",
    b"\x00",
    b"[[[[",
    b"true",
    b"\n",
    b"\t",
    b"4.0",
    b"NaN",
]


def _spoilt(data: bytes, chance: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(out) + 1)
        how = chance.random()
        if how < 0.4:
            out[at : at + chance.randint(0, 8)] = chance.choice(_BITS)
        elif how < 0.6:
            del out[at : at + chance.randint(1, 30)]
        elif how < 0.8 and out:
            out[min(at, len(out) - 1)] = chance.randrange(256)
        else:
            other = chance.randrange(len(out) + 1)
            out[at:at] = out[other : other + 40]
    return bytes(out)


_DEEP: list[Any] = [[[[[]]]]]
for _ in range(70):
    _DEEP = [_DEEP]
_VALUES: list[Any] = [
    None,
    True,
    0,
    3,
    -1,
    2**63,
    10**25,
    1.5,
    -0.0,
    4.0,
    1e308,
    "x",
    "",
    " ",
    "done",
    "gold",
    "skipped",
    "ada",
    "@gold",
    "@author",
    "@p0",
    "@p9",
    "@document",
    "../x",
    "--help",
    "a/b",
    "x" * 70,
    "x" * 5000,
    "\ud83d",
    "\0",
    "\x1b[31m",
    "\u202e",
    "\u2028",
    "\ufeff",
    "\u200b",
    "a\u0301",
    "\u0130",
    "\r",
    "\r\n",
    "\t",
    "%s",
    "{0}",
    "<b>",
    "&amp;",
    "'",
    "\\",
    [],
    {},
    ["x"],
    [None],
    [[]],
    [0, 0],
    [5, 4],
    [0, 10**9],
    ["a", "a"],
    {"a": 1},
    {"": 1},
    {"\ud83d": 1},
    {"a\nb": [1, None]},
    {"done": [9]},
    {"notes": {"@p9": "x"}},
    {"flags": ["nobody"]},
    _DEEP,
]
"""What a value of a JSON file is replaced by."""


def _typed(data: bytes, chance: random.Random) -> bytes:
    """JSON in which one value is replaced."""
    try:
        whole = json.loads(data)
    except ValueError:
        return data
    for _ in range(chance.randint(1, 3)):
        path = chance.choice(_paths(whole))
        value = copy.deepcopy(chance.choice(_VALUES))
        try:
            _set(whole, path, value, chance.choice(["put", "put", "drop"]))
        except (KeyError, IndexError, TypeError):
            continue
    return json.dumps(whole).encode() + b"\n"


FEW = 300
LONG = float(os.environ.get("ANNOTATOR_FUZZ", "60"))
"""How many inputs are tried at least, and for how many seconds more are tried in the slow run."""


@pytest.mark.parametrize(
    ("seconds", "seed"),
    [(0.0, 20261128), pytest.param(LONG, 20261129, marks=pytest.mark.slow)],
    ids=["few", "long"],
)
def test_whatever_a_file_holds_our_errors_come_and_nothing_else(
    seconds: float, seed: int, tmp_path: Path
) -> None:
    chance = random.Random(seed)
    seeds = _seeds()
    write(
        tmp_path / "a.txt",
        "\U0001f642 Iran rejects the plan.\nMr Putin says that sanctions must end.",
    )
    end, count = time.monotonic() + seconds, 0
    with Project.create(tmp_path / "p") as project:
        while time.monotonic() < end or count < FEW:
            name = chance.choice(sorted(seeds))
            file, data = chance.choice(seeds[name])
            spoilt = _typed(data, chance) if chance.random() < 0.5 else _spoilt(data, chance)
            if name == "qdpx":
                spoilt = (
                    _packed(spoilt) if chance.random() < 0.8 else _spoilt(_packed(data), chance)
                )
            path = write(tmp_path / file, spoilt)
            count += 1
            try:
                ingest(project, path)
            except AnnotatorError as error:
                assert error.message and "Error:" not in error.message, (name, spoilt, error)
        assert not list(project.verify())
        with Project.create(tmp_path / "q") as other:
            other.merge(project.root / "annotator.db")
            assert not list(other.verify())
        for record in project.log.records():
            assert not problems(data_of(record), project.schema)
