"""The command line: the way from a text to the gold, bad input, and exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from support import TEXT, document

from annotator.cli import run
from annotator.errors import InputError
from annotator.formats.jsonl import dumps
from annotator.model.decision import Completion
from annotator.model.record import Record
from annotator.model.span import Relation, Span
from annotator.project import Project
from annotator.resources import folder, load_schema
from annotator.workflows.exchange.importing import ImportOptions, ingest


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project in the current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ANNOTATOR_PROJECT", raising=False)
    monkeypatch.setenv("ANNOTATOR_NAME", "ada")
    assert run(["init", "p"]) == 0
    monkeypatch.chdir(tmp_path / "p")
    return tmp_path / "p"


def _record(id: str = "doc") -> Record:
    doc = document(id=id)
    iran, plan = doc.text.index("Iran"), doc.text.index("the plan")
    spans = (
        Span("a1", "actor", "state", iran, iran + 4, "Iran", {"mention": "name"}),
        Span("c1", "claim", "policy", plan, plan + 8, None, {"modality": "asserted"}),
    )
    return Record(
        doc, "ada", Completion.DONE, spans, (Relation("s1", "stance", "oppose", "a1", "c1"),)
    )


def test_from_a_text_to_records_and_back_gives_the_same_bytes(
    here: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "article.txt").write_text(TEXT, encoding="utf-8")
    assert run(["import", "article.txt"]) == 0
    assert run(["suggest", "--suggester", "rules"]) == 0
    (here / "in.jsonl").write_text(dumps(_record("other")), encoding="utf-8")
    assert run(["import", "in.jsonl"]) == 0
    assert run(["export", "jsonl", "--status", "all", "-o", "out"]) == 0
    (first,) = (here / "out").glob("*.jsonl")
    assert run(["validate", str(first)]) == 0
    monkeypatch.chdir(tmp_path)
    assert run(["init", "q"]) == 0
    monkeypatch.chdir(tmp_path / "q")
    assert run(["import", str(first)]) == 0
    assert run(["export", "jsonl", "--status", "all", "-o", "out"]) == 0
    (second,) = (tmp_path / "q" / "out").glob("*.jsonl")
    assert first.read_bytes() == second.read_bytes()
    capsys.readouterr()
    assert run(["status", "--json"]) == 0
    status = json.loads(capsys.readouterr().out)
    assert status["labels"]["actor"]["state"] == 1


def test_a_file_that_is_known_is_said_and_not_doubled(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "a.txt").write_text(TEXT, encoding="utf-8")
    (here / "b.txt").write_text(TEXT, encoding="utf-8")
    assert run(["import", "a.txt"]) == 0
    capsys.readouterr()
    assert run(["import", "a.txt"]) == 0
    assert "already" in capsys.readouterr().err
    assert run(["import", "b.txt", "--same-text"]) == 0
    assert "imported as the same document" in capsys.readouterr().err
    assert run(["import", "b.txt"]) == 0
    assert "same text as “a”" in capsys.readouterr().err
    with Project.open(here) as project:
        assert project.documents.ids() == ["a", "b"]


def test_many_files_are_reported_together_and_bad_ones_one_by_one(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "in").mkdir()
    for number in range(12):
        (here / "in" / f"{number:02}.txt").write_text(f"{number} {TEXT}", encoding="utf-8")
    (here / "in" / "bad.txt").write_bytes(b"\xff\xfe\xfa")
    capsys.readouterr()
    assert run(["import", "in"]) == 3
    said = capsys.readouterr().err.splitlines()
    assert said[0].startswith("error: in/bad.txt") and said[-1] == "12 files: 12 documents imported"
    (here / "in" / "bad.txt").unlink()
    (here / "in" / "new.txt").write_text(f"new {TEXT}", encoding="utf-8")
    assert run(["import", "in"]) == 0
    (line,) = capsys.readouterr().err.splitlines()
    assert line == "13 files: 1 document imported; already in the project: 00, 01, 02 and 9 more"


_BAD = {
    "undecodable.txt": b"A text \x81\x8d with bytes of no encoding.",
    "empty.txt": b"",
    "blank.txt": b" \n\t\n",
    "binary.txt": b"\x7fELF\x02\x01\x01\x00\x00\x00\x00" * 40,
    "nul.txt": b"some\x00text",
    "boilerplate.txt": b"Advertisement\n\nRead more\n",
    "broken.jsonl": b"\n".join([b'{"text": "x"', b"{}"]),
    "list.jsonl": b"[1, 2]\n",
}


@pytest.mark.parametrize("name", sorted(_BAD))
def test_a_bad_file_is_one_message_with_its_name_and_nothing_is_imported(
    here: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / name).write_bytes(_BAD[name])
    capsys.readouterr()
    assert run(["import", name]) == 3
    said = capsys.readouterr().err
    assert said.startswith("error: ")
    assert name in said
    assert "Traceback" not in said
    with Project.open(here) as project:
        assert project.documents.ids() == []


def _changed(**changes: object) -> bytes:
    data = json.loads(dumps(_record()))
    for key, value in changes.items():
        part, _, field = key.partition("__")
        if field:
            data[part][0][field] = value
        else:
            data[key] = value
    return json.dumps(data).encode() + b"\n"


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"spans__end": 10_000}, "spans[0]"),
        ({"spans__quote": "Iraq"}, "quote"),
        ({"spans__label": "planet"}, "planet"),
        ({"spans__layer": "weather"}, "weather"),
        ({"spans__id": "c1"}, "c1"),
        ({"relations__to": "nobody"}, "nobody"),
        ({"text_sha256": "0" * 64}, "sha256"),
        ({"schema": "annotator/9"}, "schema"),
        ({"status": "perhaps"}, "status"),
        ({"spans__start": 1.5}, "integer"),
    ],
)
def test_a_record_that_does_not_hold_is_reported_with_line_and_key(
    here: Path, changes: dict[str, object], word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "x.jsonl").write_bytes(_changed(**changes))
    capsys.readouterr()
    assert run(["import", "x.jsonl", "--strict"]) == 3
    said = capsys.readouterr().err
    assert "x.jsonl:1" in said
    assert word in said
    assert run(["validate", "x.jsonl"]) == 1
    with Project.open(here) as project:
        assert project.documents.ids() == []


def test_broken_json_on_line_7_of_10_is_reported_with_its_line(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = []
    for i in range(10):
        data = json.loads(dumps(_record(f"doc-{i}")))
        lines.append(json.dumps({"id": f"doc-{i}", "text": f"{data['text']} {i}", "spans": []}))
    lines[6] = lines[6][:-5]
    (here / "ten.jsonl").write_text("\n".join(lines), encoding="utf-8")
    capsys.readouterr()
    assert run(["import", "ten.jsonl", "--strict"]) == 3
    assert "ten.jsonl:7" in capsys.readouterr().err
    with Project.open(here) as project:
        assert project.documents.ids() == []
    assert run(["import", "ten.jsonl"]) == 1
    assert "ten.jsonl:7: left out: broken JSON" in capsys.readouterr().err
    with Project.open(here) as project:
        assert project.documents.ids() == [f"doc-{i}" for i in range(10) if i != 6]


def test_a_line_beyond_the_limit_is_refused_before_it_is_read(here: Path) -> None:
    (here / "long.jsonl").write_bytes(b'{"text": "' + b"x" * 5000 + b'"}\n')
    (here / "long.txt").write_bytes(b"x " * 3000)
    with Project.open(here) as project:
        for name in ("long.jsonl", "long.txt"):
            with pytest.raises(InputError, match="long"):
                ingest(project, here / name, ImportOptions(max_bytes=1000))
        assert project.documents.ids() == []


def test_crlf_bom_and_cp1252_keep_the_text_as_it_is(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "crlf.txt").write_bytes(b"One says so.\r\n\r\nTwo says no.\r\n")
    (here / "bom.txt").write_bytes(b"\xef\xbb\xbfA text with a mark.")
    (here / "old.txt").write_bytes("A caf\xe9 in Paris.".encode("cp1252"))
    assert run(["import", "crlf.txt", "bom.txt", "old.txt"]) == 0
    assert "cp1252" in capsys.readouterr().err
    with Project.open(here) as project:
        assert project.documents.load("crlf").text == "One says so.\r\n\r\nTwo says no.\r\n"
        assert len(project.documents.load("crlf").paragraphs) == 2
        assert project.documents.load("bom").text == "A text with a mark."
        assert project.documents.load("old").text == "A café in Paris."


def test_the_owner_s_line_of_advertisement_stays_in_place_and_excluded(here: Path) -> None:
    (here / "a.txt").write_text("First.\nAdvertisement\nSecond.\n", encoding="utf-8")
    assert run(["import", "a.txt"]) == 0
    with Project.open(here) as project:
        doc = project.documents.load("a")
        assert [(doc.text[p.start : p.end], p.excluded) for p in doc.paragraphs] == [
            ("First.", False),
            ("Advertisement", True),
            ("Second.", False),
        ]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["import", "missing.txt"], 3),
        (["export", "nonsense"], 2),
        (["schema", "show", "nonsense"], 3),
        (["what"], 2),
        (["--project", "elsewhere", "status"], 3),
        (["init"], 3),
        (["suggest", "--suggester", "nobody"], 2),
    ],
)
def test_exit_codes(
    here: Path, arguments: list[str], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == code
    assert "Traceback" not in capsys.readouterr().err


def test_without_a_terminal_the_application_says_so(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([]) == 2
    assert "terminal" in capsys.readouterr().err


_REFUSED = {
    "validate missing.jsonl": "missing.jsonl: there is no such file",
    "validate nowhere/": "nowhere: there is no such file",
    "init a.txt": "a.txt: is a file",
    "init a.txt/p": "a.txt/p: cannot be made",
    "backup nowhere/copy.db": "nowhere/copy.db: cannot be written",
    "import a.pdf": "a.pdf: is a PDF that cannot be read",
    "suggest --document what": "The documents are kept",
}


@pytest.mark.parametrize("line", _REFUSED)
def test_what_cannot_be_read_or_made_is_one_message_with_its_name(
    here: Path, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "a.txt").write_text("A text.", encoding="utf-8")
    (here / "a.pdf").write_text("%PDF-1.4\n1 0 obj\n", encoding="utf-8")
    (here / "kept.txt").write_text("Another text.", encoding="utf-8")
    assert run(["import", "kept.txt"]) == 0
    capsys.readouterr()
    assert run(line.split()) == 3
    assert _REFUSED[line] in capsys.readouterr().err
    assert (here / "a.txt").read_text(encoding="utf-8") == "A text."


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ('[keys]\naccept = "ctrl+b"', "tmux"),
        ('[keys]\nacept = "a"', "acept"),
        ('[keys]\nundo = "+"', "support"),
        ("[keys", "TOML"),
    ],
)
def test_the_doctor_finds_settings_that_do_not_hold(
    here: Path,
    settings: str,
    word: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    capsys.readouterr()
    assert run(["doctor", "--json"]) == 0
    file = here / "annotator.toml"
    file.write_text(file.read_text(encoding="utf-8") + settings + "\n", encoding="utf-8")
    capsys.readouterr()
    assert run(["doctor", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)["findings"]
    assert len(found) == 1 and word in found[0] and "annotator.toml" in found[0]


def test_the_doctor_tells_what_it_can_of_a_project_without_a_database(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    (here / "annotator.db").write_bytes(b"no database at all " * 300)
    for suffix in ("-wal", "-shm"):
        (here / f"annotator.db{suffix}").unlink(missing_ok=True)
    for arguments in (["doctor", "--json"], ["--project", str(here), "doctor", "--json"]):
        capsys.readouterr()
        assert run(arguments) == 1
        told = json.loads(capsys.readouterr().out)
        assert told["facts"]["project"] == str(here) and "label schema" in told["facts"]
        found, remedy = told["findings"]
        assert "annotator restore" in remedy
        assert "annotator.db" in found and "is not a database of annotator" in found
    (here / "annotator.toml").write_text('schema = "gone.toml"\n', encoding="utf-8")
    assert run(["doctor"]) == 1
    assert "found: there is no label schema" in capsys.readouterr().out


def test_a_schema_is_shown_as_json(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for named in (["dna"], []):
        capsys.readouterr()
        assert run(["schema", "show", *named, "--json"]) == 0
        schema = load_schema(*named or ["actors-claims-stances"])
        told = json.loads(capsys.readouterr().out)
        assert told["hash"] == schema.hash and told["name"] == schema.name
        names = {
            layer["name"]: [label["name"] for label in layer["labels"]] for layer in told["layers"]
        }
        assert names == {
            layer.name: [label.name for label in layer.labels] for layer in schema.layers
        }


@pytest.mark.parametrize("name", ["", " ", "a/b", "@gold"])
@pytest.mark.parametrize("command", ["status", "doctor"])
def test_a_name_that_cannot_be_is_refused_by_every_command(
    here: Path, name: str, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--annotator", name, command]) == 2
    assert f"“{name}” cannot be an annotator's name" in capsys.readouterr().err


_SHOW = [sys.executable, "-m", "annotator", "schema", "show", "dna"]


def test_whoever_reads_may_go_away() -> None:
    with subprocess.Popen(
        _SHOW, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None and running.stderr is not None
        running.stdout.close()
        assert running.stderr.read() == ""
        assert running.wait() == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_one_message() -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as out:
        ended = subprocess.run(_SHOW, stdout=out, stderr=subprocess.PIPE, text=True, check=False)
    assert ended.returncode == 3
    assert ended.stderr.startswith("error: the output: No space left")
    assert "Traceback" not in ended.stderr


def test_an_interrupt_while_the_program_is_loaded_leaves_no_traceback() -> None:
    loading = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "annotator.cli":
            signal.raise_signal(signal.SIGINT)
sys.meta_path.insert(0, Finder())
from annotator.__main__ import main
main()
"""
    ended = subprocess.run([sys.executable, "-c", loading], capture_output=True, check=False)
    assert ended.returncode == 130 and not ended.stderr


def test_a_merge_that_leaves_something_to_review_names_the_next_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(["init", str(tmp_path / "p")]) == 0
    for name in ("coder-a", "coder-b"):
        rows = (folder("seeds") / "debate" / f"{name}.jsonl").read_text(encoding="utf-8")
        (tmp_path / f"{name}.jsonl").write_text(f"{rows.splitlines()[0]}\n", encoding="utf-8")
        run(["--project", str(tmp_path / "p"), "import", str(tmp_path / f"{name}.jsonl")])
    merge = ["--project", str(tmp_path / "p"), "review", "--merge"]
    capsys.readouterr()
    assert run(merge) == 0
    assert "next:" not in capsys.readouterr().err, "another program reads this"
    for stream in (sys.stdout, sys.stderr):
        monkeypatch.setattr(stream, "isatty", lambda: True)
    assert run(merge) == 0
    assert "0 gold, 1 to review\nnext: annotator review\n" in capsys.readouterr().err
    assert run([*merge, "--strategy", "annotator:coder-a"]) == 0
    assert "next:" not in capsys.readouterr().err


def test_a_person_is_told_the_next_command_and_another_program_is_not(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def following(*words: str) -> str:
        capsys.readouterr()
        assert run(list(words)) == 0
        return "\n".join(x for x in capsys.readouterr().err.splitlines() if x.startswith("next: "))

    (here / "article.txt").write_text(TEXT, encoding="utf-8")
    (here / "ada.jsonl").write_text(dumps(_record()), encoding="utf-8")
    ben = replace(_record(), annotator="ben")
    (here / "ben.jsonl").write_text(dumps(ben), encoding="utf-8")
    assert following("import", "article.txt", "--dry-run") == ""
    assert following("status") == "" and following("init", str(here / "a-third")) == ""
    for stream in (sys.stdout, sys.stderr):
        monkeypatch.setattr(stream, "isatty", lambda: True)
    assert following("import", "article.txt", "--dry-run").endswith("without --dry-run")
    assert following("status") == "next: annotator import FILE..."
    assert following("init", str(here / "another")).startswith("next: annotator import FILE...")
    assert following("import", "article.txt") == "next: annotator"
    assert following("import", "ada.jsonl") == "next: annotator"
    assert following("import", "ben.jsonl") == "next: annotator agreement"
    assert following("import", "ben.jsonl", "--json") == ""
    assert following("suggest") == "next: annotator"
    assert following("suggest", "--json") == ""
    assert following("agreement", "--no-intervals") == "next: annotator review"
    assert following("agreement", "--no-intervals", "--csv") == ""
    assert following("export", "jsonl", "-o", "all.jsonl") == "next: annotator validate all.jsonl"
    assert following("export", "csv", "-o", "tables") == ""
    for name in ("brat", "doccano"):
        told = following("export", name, "-o", name)
        assert f"annotator import --format {name} --as-file-name {name} in another" in told
    # The command that is named works, and gives everybody's work back.
    assert run(["init", "other"]) == 0
    capsys.readouterr()
    command = ["--project", "other", "import", "--format", "brat", "--as-file-name", "brat"]
    assert run(command) == 0
    with Project.open(here / "other") as project:
        assert {one.annotator for one in project.log.records()} == {"ada", "ben"}


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("x.csv", "a,b\n1,2\n", "is not JSON"),
        ("x.html", "<p>Iran</p>", "is not JSON"),
        ("tasks.json", '[\n{"data": {"text": "Iran"}}\n]', "holds a list in brackets"),
        ("tasks.jsonl", '[{"text": "Iran"}]', "holds a list in brackets"),
    ],
)
def test_validate_names_the_real_reason(
    here: Path, name: str, content: str, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / name).write_text(content, encoding="utf-8")
    assert run(["validate", name]) == 3
    told = capsys.readouterr().err
    assert told.startswith(f"error: {name}: {why}") and "broken JSON" not in told
    assert f"annotator import --dry-run {name}" in told
