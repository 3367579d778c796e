"""Another host's work, merged by the log: what is not merged but reported, all or nothing, and bad
databases."""

from __future__ import annotations

import json
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest
from hosts import decide, dump, files, keys, mark, merged, sql
from processes import python
from support import TEXT, document, project

from annotator.cli import run
from annotator.errors import AnnotatorError, BusyError, StoreError
from annotator.formats.jsonl import dumps
from annotator.model import actions as do
from annotator.model.decision import Completion
from annotator.model.record import GOLD, Record
from annotator.model.span import Span
from annotator.model.text import Document, Paragraph
from annotator.project import Project
from annotator.resources import schema_path
from annotator.store import hash_chain
from annotator.store.merge_results import Fork, MergeResult
from annotator.store.opening import SCHEMA_VERSION
from annotator.store.sqlite_driver import WAL_IS_SAFE
from annotator.workflows import background
from annotator.workflows.exchange.importing import ingest
from annotator.workflows.review.adjudication import merge_all
from annotator.workflows.review.queue import review_rows

STATE = ("event", "item", "completion", "name")


# --- what does not


def test_what_went_on_on_both_sides_is_reported_and_left_while_the_rest_comes(
    hosts: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = hosts
    decide(one, "ada", do.MoveFocus(1), do.Accept())
    decide(other, "ada", do.AcceptAll())
    decide(other, "ben", do.Undo())
    decide(other, "ada", *mark(1), document="doc-1")
    before = [row for row in dump(one, "event")["event"] if row[2] == "ada"]
    assert run(["--project", str(one), "merge", str(other)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "2 decisions added (ada 1, ben 1)" in said.err, said.err
    assert "doc-0: ada worked here and there, 2 decisions here, 5 there" in said.err, said.err
    assert "annotator import FILE --as ada-2" in said.err
    assert [r for r in dump(one, "event")["event"] if r[1:3] == ("doc-0", "ada")] == before
    for _ in range(2):
        result = merged(one, other)
        assert result == MergeResult(forks=(Fork("doc-0", "ada", 2, 5),))


def test_the_work_of_a_fork_can_be_had_under_another_name_as_the_hint_says(
    hosts: tuple[Path, Path],
) -> None:
    one, other = hosts
    decide(one, "ada", do.MoveFocus(1), do.Accept(), do.SetCompletion(Completion.DONE))
    decide(other, "ada", do.AcceptAll(), do.SetCompletion(Completion.DONE))
    assert len(merged(one, other).forks) == 1
    arguments = ["export", "jsonl", "--status", "annotator=ada", "-o", str(one.parent / "out")]
    assert run(["--project", str(other), *arguments]) == 0
    assert (
        run(
            [
                "--project",
                str(one),
                "import",
                str(one.parent / "out" / "ada.jsonl"),
                "--as",
                "ada-2",
            ]
        )
        == 0
    )
    with Project.open(one) as of:
        (row,) = review_rows(of)
        assert row.voters == ("ada", "ada-2") and row.undecided > 0


def test_more_forks_than_ten_are_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    project(one, *(f"{n} {TEXT}" for n in range(12))).close()
    shutil.copytree(one, other)
    for root, word in ((one, 1), (other, 2)):
        with Project.open(root) as of:
            for id in of.documents.ids():
                keys(of, "ada" if id != "doc-0" else GOLD, *mark(word), document=id)
    capsys.readouterr()
    assert run(["--project", str(one), "merge", str(other)]) == 1
    said = capsys.readouterr().err.splitlines()
    assert sum("worked here and there" in line for line in said) == 10
    assert "and 2 more of these" in said
    assert any(line.startswith("doc-0: gold worked") for line in said)
    assert said[-1].startswith("  There can be only one gold")


def test_what_came_to_both_by_itself_and_is_the_same_is_no_fork(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    record = Record(
        document(), "ada", Completion.DONE, (Span("a1", "actor", "state", 0, 4, "Iran"),)
    )
    (tmp_path / "ada.jsonl").write_text(dumps(record), encoding="utf-8")
    for root in (one, other):
        with project(root) as of:
            ingest(of, tmp_path / "ada.jsonl")
    assert merged(one, other) == MergeResult(alike=1)
    decide(other, "ada", do.Delete(), document="doc")
    (fork,) = merged(one, other).forks
    assert (fork.ours, fork.theirs) == (2, 3)


@pytest.mark.parametrize("change", ["bounds", "excluded"])
def test_a_text_with_other_paragraphs_keeps_its_work_there(
    tmp_path: Path, change: str, capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    parts = (Paragraph(0, 0, 3), Paragraph(1, 4, 7))
    changed = (parts[0], Paragraph(1, 5, 7) if change == "bounds" else Paragraph(1, 4, 7, True))
    for root, paragraphs in ((one, parts), (other, changed)):
        with project(root, TEXT) as of:
            of.documents.add([Document("d", "t", "aaa bbb", paragraphs)])
    assert merged(one, other) == MergeResult()
    decide(other, "ben", *mark(0), document="d")
    decide(other, "ben", *mark(0))
    capsys.readouterr()
    assert run(["--project", str(one), "merge", str(other)]) == 1
    assert "other paragraphs there: d" in capsys.readouterr().err
    with Project.open(one) as of:
        assert [(row.document, row.annotator) for row in of.log.completions()] == [("doc-0", "ben")]


# --- gold


def test_gold_comes_as_it_was_decided_and_merging_decides_nothing(tmp_path: Path) -> None:
    """A gold that was imported with a file has decided on the work in that file. Work of another
    host is for review, and is the same for both hosts, so that their logs stay equal."""
    one, other = tmp_path / "one", tmp_path / "other"
    iran, mr, russia = (TEXT.index(word) for word in ("Iran", "Mr", "Russia"))
    spans = {
        None: (Span("g1", "actor", "state", iran, iran + 4),),
        "ada": (
            Span("a1", "actor", "state", iran, iran + 4),
            Span("a2", "actor", "person", mr, mr + 2),
        ),
        "ben": (Span("b1", "actor", "state", russia, russia + 6),),
    }
    for name, some in spans.items():
        status = Completion.DONE if name else Completion.GOLD
        line = dumps(Record(document(id="doc-0"), name, status, some))
        (tmp_path / f"{name}.jsonl").write_text(line, encoding="utf-8")
    for root, names in ((one, (None, "ada")), (other, ("ben",))):
        with project(root, TEXT) as of:
            for name in names:
                ingest(of, tmp_path / f"{name}.jsonl")
    with Project.open(one) as of:
        gold = [event.id for event in of.log.events("doc-0", GOLD)]
        assert len(gold) > 2, (
            "besides the annotation and the completion, what the file of ada has otherwise"
        )
    shutil.copytree(one, tmp_path / "before")
    merged(one, other)
    merged(other, tmp_path / "before")
    for root in (one, other):
        with Project.open(root) as of:
            assert [event.id for event in of.log.events("doc-0", GOLD)] == gold
            (row,) = review_rows(of)
            assert row.status is Completion.GOLD and len(row.waiting) == 1
    assert dump(one, *STATE) == dump(other, *STATE)
    # Review continues at one host, and the other host receives it.
    with Project.open(other) as of:
        merge_all(of, "majority")
        ingest(of, tmp_path / "None.jsonl")
    assert not merged(one, other).forks
    assert dump(one, *STATE) == dump(other, *STATE)


# --- all or nothing


def test_a_failure_in_the_middle_leaves_nothing(
    hosts: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = hosts
    with Project.open(other) as of:
        of.documents.add([document("A new text.", id="new")])
    decide(other, "ada", do.AcceptAll())
    decide(other, "ben", do.Undo())
    before, calls = dump(one), []

    def failing(*arguments: Any, **_: Any) -> int:
        calls.append(arguments)
        raise StoreError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(hash_chain, "extend", failing)  # the last step
        with pytest.raises(StoreError, match="full"):
            merged(one, other)
    assert len(calls) == 1
    assert dump(one) == before
    assert merged(one, other).completions == 2


def test_killed_in_the_middle_it_leaves_nothing(hosts: tuple[Path, Path]) -> None:
    one, other = hosts
    with Project.open(other) as of:
        of.documents.add([document("A new text.", id="new")])
    decide(other, "ada", do.AcceptAll())
    decide(other, "ben", do.Undo())
    before = dump(one)
    script = """
        import os, signal, sys
        from pathlib import Path
        from annotator.project import Project
        from annotator.store.connection import Database
        from annotator.workflows.exchange.merge import merge
        put, calls = Database.many, []
        def killed(*arguments):
            put(*arguments)
            calls.append(1)
            if len(calls) == 4:
                os.kill(os.getpid(), signal.SIGKILL)
        Database.many = killed
        merge(Project.open(Path(sys.argv[1])), Path(sys.argv[2]))
    """
    done = python(script, one, other)
    assert done.returncode == -signal.SIGKILL, done.printed
    assert dump(one) == before
    assert (merged(one, other).completions, dump(one) == before) == (2, False)


def test_a_dry_run_tells_what_would_come_and_keeps_nothing(
    hosts: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = hosts
    with Project.open(other) as of:
        of.documents.add([document("A new text.", id="new")])
    decide(other, "ada", do.AcceptAll())
    decide(other, GOLD, *mark(1), document="new")
    before = dump(one)
    capsys.readouterr()
    assert run(["--project", str(one), "merge", str(other), "--dry-run"]) == 0
    assert (
        capsys.readouterr().err
        == f"{other}: 1 document and 6 decisions would be added (gold 1, ada 5)\n"
    )
    assert dump(one) == before
    told = merged(one, other, dry_run=True)
    assert dump(one) == before
    assert merged(one, other) == told


def test_as_json(
    hosts: tuple[Path, Path], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = hosts
    asked: list[str] = []
    monkeypatch.setattr(background.Background, "start", lambda self, what: asked.append(what))
    with Project.open(other) as of:
        of.documents.add([document("A new text.", id="new")])
    decide(one, "ben", do.Undo())
    decide(other, "ben", do.MoveFocus(1), do.Accept())
    decide(other, "ada", do.AcceptAll())
    for dry in (True, False):
        capsys.readouterr()
        assert (
            run(["--project", str(one), "merge", str(other), "--json", *["--dry-run"] * dry]) == 1
        )
        said = capsys.readouterr()
        assert said.err == ""
        assert json.loads(said.out) == {
            "ahead": 0,
            "alike": 0,
            "completions": 1,
            "conflicts": [],
            "decisions": {"ada": 5},
            "documents": 1,
            "dry_run": dry,
            "entries": 0,
            "forks": [{"annotator": "ben", "document": "doc-0", "ours": 1, "theirs": 1}],
            "left_out": [],
            "other": str(other),
            "renamed": [],
            "rulings": 0,
        }
    assert asked == [background.SUGGEST], "once, and not by the dry run"


# --- the other one


def test_nothing_is_changed_in_the_other_nor_laid_beside_it(hosts: tuple[Path, Path]) -> None:
    one, other = hosts
    decide(other, "ben", do.Undo())
    before = files(other)
    assert merged(one, other / "annotator.db").decisions == {"ben": 1}
    assert files(other) == before


def test_what_is_open_there_is_read_as_it_is_now(hosts: tuple[Path, Path]) -> None:
    one, other = hosts
    with Project.open(other) as of:
        session = keys(of, "ben", do.Undo())
        assert merged(one, other).decisions == {"ben": 1}
        session.do(do.Accept())
        assert merged(one, other).decisions == {"ben": 1}


def test_a_correction_of_a_guideline_on_one_host_does_not_keep_the_other_out(
    hosts: tuple[Path, Path],
) -> None:
    one, other = hosts
    own = schema_path("actors-claims-stances").read_text(encoding="utf-8")
    (other / "own.toml").write_text(own.replace("Who appears", "Who is named", 1), encoding="utf-8")
    settings = other / "annotator.toml"
    text = settings.read_text(encoding="utf-8").replace('"actors-claims-stances"', '"own.toml"')
    settings.write_text(text, encoding="utf-8")
    decide(other, "ben", do.Undo())
    assert merged(one, other).decisions == {"ben": 1}


@pytest.mark.skipif(not WAL_IS_SAFE, reason="a writer waits for the reader then")
@pytest.mark.parametrize("torn", [False, True])
def test_one_that_is_written_to_meanwhile_is_reported_and_nothing_is_kept(
    hosts: tuple[Path, Path], torn: bool
) -> None:
    one, other = hosts
    decide(other, "ben", do.Undo())
    before = dump(one)
    written: list[int] = []

    def write(done: int, count: int) -> None:
        if not written:
            written.append(done)
            decide(other, "ada", do.AcceptAll())
            if torn:
                raise StoreError("the database is damaged")

    with pytest.raises(BusyError, match="while it was read"):
        merged(one, other, tell=write)
    assert dump(one) == before
    assert merged(one, other, tell=write).decisions == {"ada": 5, "ben": 1}


def _other_schema(root: Path) -> None:
    file = root / "annotator.toml"
    file.write_text(
        file.read_text(encoding="utf-8").replace("actors-claims-stances", "dna"), encoding="utf-8"
    )


def _damage(root: Path) -> None:
    data = (root / "annotator.db").read_bytes()
    (root / "annotator.db").write_bytes(data[:8192] + b"\xff" * (len(data) - 8192))


_BREAK: dict[str, Any] = {
    "does not exist": lambda root: shutil.rmtree(root),
    "is not a project": lambda root: (root / "annotator.db").unlink(),
    "beside it that names its label schema": lambda root: (root / "annotator.toml").unlink(),
    "is not a database of annotator": lambda root: (root / "annotator.db").write_bytes(
        b"no database " * 99
    ),
    "annotator.db: is not a database": lambda root: (root / "annotator.db").write_bytes(b""),
    "is not a database of": lambda root: sql(root, "PRAGMA application_id = 7"),
    "written by an older annotator": lambda root: sql(
        root, f"PRAGMA user_version = {SCHEMA_VERSION - 1}"
    ),
    "written by a newer annotator": lambda root: sql(
        root, f"PRAGMA user_version = {SCHEMA_VERSION + 1}"
    ),
    "the database is damaged": _damage,
    "has the label schema dna": _other_schema,
    "is damaged at revision 2": lambda root: sql(
        root, "DROP TRIGGER event_no_update", "UPDATE event SET before = NULL WHERE revision = 2"
    ),
    "is damaged at revision 3": lambda root: sql(
        root, "DROP TRIGGER event_no_update", "UPDATE event SET action = 'dance' WHERE revision = 3"
    ),
    "is not the one that was imported": lambda root: sql(
        root,
        "DROP TRIGGER text_no_update",
        "UPDATE text SET text = 'Another.' WHERE document = 'new'",
    ),
    "“planet” is no span layer": lambda root: sql(
        root,
        "DROP TRIGGER event_no_update",
        """UPDATE event SET after = replace(after, '"actor"', '"planet"')
        WHERE document = 'new'""",
    ),
    "is invalid": lambda root: sql(
        root,
        "DROP TRIGGER event_no_update",
        """UPDATE event SET after =
        replace(after, '"origin":"human"', '"origin":null') WHERE document = 'new'""",
    ),
    "its id does not match": lambda root: sql(
        root,
        "DROP TRIGGER event_no_update",
        "UPDATE event SET item = item || 'x' WHERE document = 'new'",
    ),
    "there is no paragraph 10": lambda root: sql(
        root,
        "DROP TRIGGER event_no_update",
        "UPDATE event SET paragraph = 9 WHERE document = 'new'",
    ),
    "it goes from 0 to 99 in a text": lambda root: sql(
        root,
        "DROP TRIGGER event_no_update",
        """UPDATE event SET after = replace(after, '"end":1', '"end":99')
        WHERE document = 'new'""",
    ),
}


@pytest.mark.parametrize("word", _BREAK)
def test_one_that_cannot_be_merged_is_one_error_and_nothing_is_changed(
    hosts: tuple[Path, Path], word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = hosts
    with Project.open(other) as of:
        of.documents.add([document("A new text.", id="new")])
    decide(other, "ada", do.Undo(), do.Redo())
    decide(other, "ben", *mark(0), document="new")
    _BREAK[word](other)
    before, theirs = dump(one), files(other) if other.exists() else {}
    capsys.readouterr()
    assert run(["--project", str(one), "merge", str(other)]) == 3
    said = capsys.readouterr().err
    error, hint = said.splitlines()
    assert error.startswith(f"error: {other}") and word in error
    assert hint.startswith("  ")
    assert dump(one) == before
    assert (files(other) if other.exists() else {}) == theirs


def test_the_schemas_of_both_are_named(hosts: tuple[Path, Path]) -> None:
    one, other = hosts
    _other_schema(other)
    with pytest.raises(
        AnnotatorError, match=r"dna 1\S* \(\w{12}\), this project actors-claims-stances 1"
    ):
        merged(one, other)


@pytest.mark.parametrize("name", ["one", "one/annotator.db", "link", "link.db"])
def test_a_project_is_not_merged_into_itself(
    hosts: tuple[Path, Path], name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    one, _ = hosts
    (one.parent / "link").symlink_to(one)
    (one.parent / "link.db").symlink_to(one / "annotator.db")
    capsys.readouterr()
    assert run(["--project", str(one), "merge", str(one.parent / name)]) == 2
    assert "of this project itself" in capsys.readouterr().err
