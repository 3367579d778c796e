"""Names that would act on a terminal: no command prints a control character, and names of
annotators cannot contain any."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
from hostile import EVIL, HARMFUL, make
from readme import commands
from support import TEXT, document

from annotator.cli import run
from annotator.console import less_options, print_csv, print_error, print_lines
from annotator.errors import AnnotatorError
from annotator.identity import check_annotator, kept_name
from annotator.model.decision import Completion
from annotator.model.record import GOLD, Record
from annotator.plugins import Family
from annotator.project import Project


@pytest.fixture(scope="module")
def poisoned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project full of such names; not to be changed."""
    root = tmp_path_factory.mktemp("poisoned") / "p"
    make(root)
    return root


@pytest.fixture
def hostile(poisoned: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it in a folder with such a name, and files to give to commands."""
    root = tmp_path / f"p {EVIL.replace(chr(0), '').replace('/', '')}"
    shutil.copytree(poisoned, root)
    monkeypatch.chdir(root)
    monkeypatch.setenv("ANNOTATOR_NAME", "ada")
    monkeypatch.setenv("ANNOTATOR_BACKGROUND", "off")
    monkeypatch.setenv("ANNOTATOR_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("ANNOTATOR_PROJECT", raising=False)
    bad = EVIL.replace("\x00", "")
    (tmp_path / f"{bad}.jsonl").write_text(
        json.dumps(
            {"id": EVIL, "text": "A text.", "annotator": EVIL, EVIL: 1, "spans": [{"label": EVIL}]}
        )
        + "\n",
        encoding="utf-8",
    )
    (tmp_path / f"{bad}.toml").write_text(
        f"name = {json.dumps(EVIL)}\n[[{json.dumps(EVIL)}]]\n", encoding="utf-8"
    )
    (tmp_path / os.fsdecode(b"not utf-8 \xff\x9b.txt")).write_bytes(b"One \xff text.\n")
    return root


def _lines(hostile: Path) -> dict[str, list[list[str]]]:
    """For each command, valid arguments and arguments that nobody should give."""
    bad = EVIL.replace("\x00", "")
    files = [str(file) for file in hostile.parent.iterdir() if file.is_file()]
    schema = next(file for file in files if file.endswith(".toml"))
    records = next(file for file in files if file.endswith(".jsonl"))
    return {
        "agreement": [
            [],
            ["--json"],
            ["--csv"],
            ["--layer", bad],
            ["--measure", bad],
            ["--annotators", f"{bad},b"],
        ],
        "annotate": [[], [bad]],
        "assign": [
            [],
            ["--json"],
            ["cid", "dee"],
            [bad],
            ["cid", "--document", bad],
            ["--clear", bad],
        ],
        "backup": [["copy"], [bad], ["copy"]],
        "doctor": [[], ["--json"]],
        "effort": [[records], [bad], ["--schema", schema, records]],
        "export": [
            ["jsonl", "-o", "out"],
            ["spacy", "-o", bad],
            [bad],
            ["jsonl", "--status", f"annotator={bad}"],
            ["jsonl", "--status", bad],
        ],
        "help": [[], [bad], ["keys"]],
        "import": [
            files,
            [*files, "--as", "cid"],
            [records, "--as", bad],
            [bad],
            [records, "--format", bad],
        ],
        "init": [[str(hostile / "new")], [str(hostile)], [str(hostile / "x"), "--schema", schema]],
        "man": [[]],
        "merge": [[str(hostile)], [bad], [records]],
        "review": [
            ["--merge"],
            ["--right"],
            ["--right", "--json"],
            [bad],
            ["--strategy", f"annotator:{bad}"],
            ["--strategy", bad, "--merge"],
        ],
        "schema": [[], [bad]],
        "schema check": [[schema], [bad]],
        "schema list": [[]],
        "schema show": [[], ["--json"], [schema], [bad]],
        "status": [[], ["--json"]],
        "suggest": [[], ["--suggester", bad], ["--pipeline", bad], ["--document", bad], ["--json"]],
        "train": [[], ["--json"], ["--folds", bad]],
        "validate": [[records], [records, "--json"], [str(hostile.parent)], [bad]],
    }


@pytest.mark.parametrize(("name", "command"), list(commands()))
def test_no_command_lets_a_control_character_out(
    name: str,
    command: click.Command,
    hostile: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = _lines(hostile)
    bad = EVIL.replace("\x00", "")
    lines = known.get(name, [[], [bad], ["--json"]])
    names = Family.names
    monkeypatch.setattr(
        Family, "names", lambda self: (*names(self), bad) if sys_lists else names(self)
    )
    sys_lists = False
    seen = ""
    for arguments in (*lines, [f"--{bad}"], ["--help"], [bad, bad, bad]):
        if arguments == ["--help"]:
            sys_lists = True
        run([*name.split(), *arguments])
        found = capsys.readouterr()
        for told in (found.out, found.err):
            assert HARMFUL.search(told) is None, (name, arguments, told)
        if "--json" in arguments and found.out:
            json.loads(found.out)
        seen += found.out + found.err
        sys_lists = False
    if lines != [[]]:
        assert "forged" in seen, f"{name} is not shown what it should make harmless"


def test_a_line_is_one_line_and_what_the_encoding_lacks_is_replaced(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    print_lines(f"a {EVIL} b", "c")
    assert capsys.readouterr().out.count("\n") == 2
    print_error(AnnotatorError(EVIL, hint=EVIL, file=EVIL))
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2 and lines[0].startswith("error: ") and lines[1].startswith("  ")
    print_csv([["a", EVIL, 1], ['"', None, 0.5]])
    rows = list(csv.reader(capsys.readouterr().out.splitlines()))
    assert (
        rows[0][0] == "a"
        and rows[0][2] == "1"
        and "forged" in rows[0][1]
        and rows[1] == ['"', "", "0.5"]
    )
    out = io.TextIOWrapper(io.BytesIO(), encoding="latin-1")
    monkeypatch.setattr("sys.stdout", out)
    print_lines("naïve – \ud800")
    out.flush()
    assert out.buffer.getvalue() == b"na\xefve ? ?\n"  # type: ignore[attr-defined]


def test_results_as_json_keep_the_names(hostile: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["status", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert f"ann {EVIL.replace(chr(0), '')}" in {row["annotator"] for row in told["annotators"]}
    assert told["project"] == str(hostile)


def test_records_on_standard_output_escape_what_a_terminal_could_interpret(
    hostile: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert run(["--project", str(hostile), "export", "jsonl", "-o", "-"]) in (0, 1)
    data = capfdbinary.readouterr().out.decode("utf-8")
    assert data and HARMFUL.search(data.replace("\n", "")) is None
    assert run(["--project", str(hostile), "export", "jsonl", "-o", str(hostile / "out")]) in (0, 1)
    written = (hostile / "out" / "records.jsonl").read_text(encoding="utf-8")
    assert [json.loads(line) for line in data.splitlines()] == [
        json.loads(line) for line in written.split("\n") if line
    ]


_WARNS = """
import sys, warnings
from annotator.cli import run
from annotator.cli_commands import status
from annotator.store.isolation import leave_out
def warned(**_):
    leave_out(sys.argv[1], sys.argv[1])
    warnings.warn(sys.argv[1])
status.command.callback = warned
run(["status"])
"""


def test_what_is_logged_and_what_libraries_warn_of_is_harmless(tmp_path: Path) -> None:
    """Without our handler, Python would write messages to the terminal unchanged. Pytest has a
    handler too, so this runs in a process of its own."""
    evil = EVIL.replace("\x00", "")
    line = [sys.executable, "-c", _WARNS, evil]
    told = subprocess.run(line, capture_output=True, check=True, cwd=tmp_path).stderr.decode()
    assert told.count("forged") == 3 and HARMFUL.search(told) is None


def test_lists_of_what_there_is_are_harmless_in_errors_and_help(
    hostile: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    names = Family.names
    monkeypatch.setattr(Family, "names", lambda self: (*names(self), EVIL))
    assert run(["suggest", "--suggester", "nothing"]) in (2, 3)
    told = capsys.readouterr().err
    assert "forged" in told and HARMFUL.search(told) is None
    monkeypatch.setattr(run.__globals__["group"], "help", f"Code. {EVIL}")
    assert run(["--help"]) == 0
    told = capsys.readouterr().out
    assert "forged" in told and HARMFUL.search(told) is None


@pytest.mark.parametrize(
    "name",
    [
        EVIL,
        "a\nb",
        "a\tb",
        "\u202eada",
        "a\u200bb",
        "@ada",
        "",
        " ",
        "a/b",
        "x" * 65,
        "a\x9bb",
        "a\ud800",
    ],
)
def test_every_door_refuses_a_name_that_no_annotator_may_have(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(AnnotatorError):
        check_annotator(name)
    with Project.create(tmp_path / "p") as made:
        made.documents.add([document(id="doc")])
        with pytest.raises(AnnotatorError, match="annotator"):
            made.log.add_records([Record(document(id="doc"), name, Completion.DONE)])
        with pytest.raises(AnnotatorError, match="annotator"):
            made.assignments.add([(name, "doc")])
        assert not list(made.log.completions()) and not made.assignments.any()
    monkeypatch.chdir(tmp_path / "p")
    record = {
        "id": "doc",
        "text": TEXT,
        "annotator": name,
        "status": "done",
        "spans": [],
        "relations": [],
    }
    (tmp_path / "r.jsonl").write_text(json.dumps(record) + "\n", encoding="utf-8")
    run(["import", "../r.jsonl"])
    if name and "\x00" not in name and "\ud800" not in name:
        assert run(["--annotator", name, "status"]) == 2
        assert run(["import", "../r.jsonl", "--as", name]) == 2
        assert run(["assign", name]) == 2
    with Project.open(tmp_path / "p") as made:
        assert {row.annotator for row in made.log.completions()} <= {
            "ada",
            os.environ.get("USER", "root"),
            "root",
        }


def test_a_name_is_kept_as_it_was_checked_or_not_at_all() -> None:
    assert kept_name("ada") == "ada" and kept_name(GOLD) == GOLD
    with pytest.raises(AnnotatorError):
        kept_name(" ada")


@pytest.mark.parametrize(
    ("options", "wanted"), [("", "-R"), ("-i", "-i -R"), ("-FRX", "-FRX"), ("FX", "FX -R")]
)
def test_a_pager_shows_the_colours_of_a_page(options: str, wanted: str) -> None:
    assert less_options(options) == wanted
