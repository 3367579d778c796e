"""Commands that start quickly import nothing heavy, which fresh processes show."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from support import TEXT, document, project

from annotator.cli import run
from annotator.english.parse import Parse, key_of
from annotator.families import formats
from annotator.formats.jsonl import dumps
from annotator.model.decision import Completion
from annotator.model.record import Record

HEAVY = (
    "spacy",
    "numpy",
    "pandas",
    "sqlite_utils",
    "jsonschema_rs",
    "textual",
    "krippendorff",
    "distributed",
    "rapidfuzz",
)


def _loaded(code: str) -> set[str]:
    """The heavy modules that a fresh process holds after running `code`."""
    script = f"import sys\n{code}\nprint(*[m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["export", "--help"], ["suggest", "--help"]]
)
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    assert _loaded(f"from annotator.cli import run\nrun({arguments!r})") == set()


def test_opening_a_project_and_deciding_imports_no_numpy_and_no_sqlite_utils(
    tmp_path: Path,
) -> None:
    with project(tmp_path / "p", TEXT) as of:
        first = TEXT.partition("\n")[0]
        word = Parse(("",), ("",), ("ROOT",), (0,), ("",), ("",), (-1,), (0,), (len(first),))
        of.parses.keep_parses("1", {key_of(first): word.to_bytes()})
    code = f"""
from pathlib import Path
from annotator.project import Project
from annotator.tui.session import Session
from annotator.model import actions as do
with Project.open(Path({str(tmp_path / "p")!r})) as p:
    session = Session(p, "ada", p.new_session())
    session.open("doc-0")
    session.do(do.StartSelection()); session.do(do.GrowSelection())
    assert session.review.selection.end == {len(TEXT.partition(chr(10))[0])}
    session.do(do.SetLabel("actor", "state"))
    assert not session.saving.unsaved, session.saving.error
    session.save_place(); p.names.entities(); p.names.concepts()
"""
    assert _loaded(code) == set()


def test_the_screens_import_no_spacy_and_no_numpy() -> None:
    assert _loaded("import annotator.tui.app, annotator.tui.screens.prompt") == {"textual"}


def test_what_shows_pages_is_imported_when_there_is_one_to_show() -> None:
    code = "import annotator.tui.app, annotator.tui.screens.help, annotator.tui.screens.prompt\n"
    code += "assert not {'textual.widgets._markdown', 'markdown_it'} & set(sys.modules)"
    assert _loaded(code) == {"textual"}


def test_every_family_lists_its_members_without_importing_them() -> None:
    code = "from annotator import families as r\n"
    code += "for f in (r.suggesters, r.measures, r.formats, r.merging): f.names()"
    assert _loaded(code) == set()


def test_opening_a_document_imports_nothing_that_another_key_opens(tmp_path: Path) -> None:
    """Modules that the first picture does not need are imported when a key first needs them."""
    with project(tmp_path / "p", TEXT):
        pass
    later = ("prompt", "help", "listing", "queue", "name_list", "matrix", "form", "replaced")
    code = f"""
from pathlib import Path
from annotator.project import Project
from annotator.tui.screens.annotate import AnnotateScreen
from annotator.tui.session import Session
with Project.open(Path({str(tmp_path / "p")!r})) as p:
    session = Session(p, "ada", p.new_session())
    session.open("doc-0")
    AnnotateScreen(session)
later = {{f"annotator.tui.screens.{{name}}" for name in {later!r}}}
later |= {{"annotator.store.reports", "annotator.store.merge_results", "annotator.tui.item_names"}}
assert not later & set(sys.modules), later & set(sys.modules)
"""
    assert _loaded(code) == {"textual"}


def test_a_file_of_records_loads_no_other_format(tmp_path: Path) -> None:
    """Loading them all takes longer than reading a small file."""
    root, file = tmp_path / "p", tmp_path / "records.jsonl"
    project(root).close()
    file.write_text(dumps(Record(document(), "ada", Completion.DONE)), encoding="utf-8")
    script = (
        "import sys\nfrom annotator.cli import run\n"
        f"assert run(['--project', {str(root)!r}, 'import', {str(file)!r}]) == 0\n"
        "print(*(name for name in sys.modules if name.startswith('annotator.formats.')))\n"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True).stdout
    loaded = {name.removeprefix("annotator.formats.") for name in told.decode().split()}
    assert loaded & set(formats.names()) == {"jsonl"}


def test_an_unknown_format_is_a_fault_of_the_call(tmp_path: Path) -> None:
    project(tmp_path / "p").close()
    (tmp_path / "a.txt").write_text("A text.", encoding="utf-8")
    line = ["--project", str(tmp_path / "p"), "import", str(tmp_path / "a.txt")]
    assert run([*line, "--format", "nosuch"]) == 2
