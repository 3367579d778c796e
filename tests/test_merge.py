"""Another host's work, merged by the log: the same on both hosts after it, or nothing and why."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import TEXT, document, project, review, suggestions

from annotator.cli import run
from annotator.errors import AnnotatorError, BusyError, StoreError
from annotator.formats.jsonl import dumps
from annotator.model import actions as do
from annotator.model.decision import Completion
from annotator.model.record import GOLD, Record
from annotator.model.review import step
from annotator.model.span import Span
from annotator.model.text import Document, Paragraph
from annotator.project import MergeResult, Position, Project, SuggestionRun
from annotator.store import merging
from annotator.store.connection import SCHEMA_VERSION, WAL_IS_SAFE
from annotator.store.rows import Fork
from annotator.tui.session import Session
from annotator.workflows import background
from annotator.workflows.adjudicate import merge_all, review_rows
from annotator.workflows.export import render
from annotator.workflows.ingest import ingest
from annotator.workflows.merge import merge

SECOND = "The Council voted for the tax. Voters will not forgive it.\n\nA minister said so."
_STATE = ("event", "item", "completion", "name")


@pytest.fixture
def hosts(tmp_path: Path) -> tuple[Path, Path]:
    """Two copies of a project with two documents, suggestions, and first decisions of ada and ben."""
    one, other = tmp_path / "one", tmp_path / "other"
    with project(one, TEXT, SECOND) as of:
        of.put_suggestions("doc-0", suggestions(), run=SuggestionRun({"rules": "1"}))
        _keys(of, "ada", do.Accept())
        _keys(of, "ben", do.Reject())
    shutil.copytree(one, other)
    return one, other


def _keys(of: Project, annotator: str, *keys: do.ReviewAction, document: str = "doc-0") -> Session:
    session = Session(of, annotator, of.new_session())
    session.open(document)
    for key in keys:
        session.do(key)
    assert not session.unsaved, session.error
    return session


def _decide(root: Path, annotator: str, *keys: do.ReviewAction, document: str = "doc-0") -> None:
    with Project.open(root) as of:
        _keys(of, annotator, *keys, document=document)


def _merged(root: Path, other: Path, **options: Any) -> MergeResult:
    with Project.open(root) as of:
        result = merge(of, other, **options)
        assert of.verify() == []
    return result


def _dump(root: Path, *tables: str) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of tables (all of them), without the local numbers of events when tables are named."""
    database = sqlite3.connect(root / "annotator.db")
    try:
        every = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        out = {}
        for table in tables or every:
            columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
            wanted = ", ".join(f'"{c}"' for c in columns if not (tables and c == "sequence"))
            out[table] = sorted(database.execute(f"SELECT {wanted} FROM {table}"), key=repr)
        return out
    finally:
        database.close()


def _exported(root: Path) -> bytes:
    with Project.open(root) as of:
        return render(of, "jsonl", status="all")[0]


def _files(root: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in root.iterdir()}


def _mark(word: int, label: str = "state") -> tuple[do.ReviewAction, ...]:
    return do.StartSelection(word), do.SetLabel("actor", label)


# --- what comes


def test_both_ways_make_both_hosts_the_same(hosts: tuple[Path, Path]) -> None:
    one, other = hosts
    _decide(one, "ada", do.AcceptAll(), do.FocusItem("sIran"), do.SetAttribute("entity", "Iran; Persia"))
    _decide(one, "cleo", *_mark(1), document="doc-1")
    _decide(other, "ben", do.Undo(), *_mark(3), do.Note("hm"), do.Flag(), do.CloseParagraph())
    _decide(other, "ben", do.MoveParagraph(1), do.ToggleExcluded(), *_mark(2, "bloc"), document="doc-1")
    shutil.copytree(one, one.with_name("before"))
    there = _merged(one, other)
    here = _merged(other, one.with_name("before"))
    assert (there.documents, set(there.decisions), there.completions, there.ahead) == (0, {"ben"}, 2, 1)
    assert (set(here.decisions), here.completions, here.forks) == ({"ada", "cleo"}, 2, ())
    with Project.open(one) as of:
        assert there.decisions["ben"] + here.decisions["ada"] + here.decisions["cleo"] == sum(
            sum(1 for _ in of.events(id)) - {"doc-0": 2}.get(id, 0) for id in of.document_ids()
        )
        assert [k.name for k in of.entities()] == ["Iran", "Persia"]
    assert _dump(one, *_STATE) == _dump(other, *_STATE)
    assert _exported(one) == _exported(other) != b""


_ACTIONS = st.sampled_from(
    [do.Accept(), do.Reject(), do.Skip(), do.AcceptAll(), do.MoveFocus(1), do.Undo(), do.Redo(),
     do.CloseParagraph(), do.ReopenParagraph(), do.MoveParagraph(1), do.StartSelection(2),
     do.SetLabel("actor", "state"), do.SetLabel("claim", "value"), do.SetAttribute("entity", "Iran"),
     do.Note("hm"), do.Flag(), do.ToggleExcluded(), do.Delete(),
     do.SetCompletion(Completion.SKIPPED), do.SetCompletion(Completion.DONE)]
)  # fmt: skip
_KEYS = st.lists(_ACTIONS, max_size=12)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_KEYS, _KEYS, _KEYS)
def test_whatever_was_decided_there_stands_here_as_if_it_had_been_decided_here(
    tmp_path: Path, before: list[do.ReviewAction], ada: list[do.ReviewAction], ben: list[do.ReviewAction]
) -> None:
    one = tmp_path / os.urandom(4).hex()
    other = one.with_name(f"{one.name}-other")

    def decide(root: Path, annotator: str, keys: list[do.ReviewAction]) -> None:
        with Project.open(root) as of:
            state = review(of, "doc-0", annotator)
            for key in keys:
                state, decisions = step(state, key)
                if decisions:
                    of.record("doc-0", annotator, decisions)

    with project(one, TEXT) as of:
        of.put_suggestions("doc-0", suggestions(), run=SuggestionRun({"rules": "1"}))
    decide(one, "ada", before)
    decide(one, "ben", before)
    shutil.copytree(one, other)
    decide(one, "ada", ada)
    decide(other, "ben", ben)
    _merged(one, other)
    _merged(other, one)
    assert _dump(one, *_STATE) == _dump(other, *_STATE)
    for who in ("ada", "ben"):
        with Project.open(one) as a, Project.open(other) as b:
            assert a.annotations("doc-0", who) == b.annotations("doc-0", who)


def test_names_follow_what_came(hosts: tuple[Path, Path]) -> None:
    one, other = hosts
    name = (do.FocusItem("sIran"), do.SetAttribute("entity", "Iran; Persia"))
    _decide(one, "ada", *name)
    _merged(other, one)
    for keys, left in (
        ((do.FocusItem("sIran"), do.SetAttribute("entity", "Persia; Tehran")), ["Persia", "Tehran"]),
        ((do.FocusItem("sIran"), do.Delete()), []),
        ((do.Undo(),), ["Persia", "Tehran"]),
    ):
        _decide(other, "ada", *keys)
        _merged(one, other)
        with Project.open(one) as of:
            assert [known.name for known in of.names("ada", "entity")] == left


def test_undo_and_redo_reach_what_came(hosts: tuple[Path, Path]) -> None:
    one, other = hosts
    _decide(other, "ada", do.MoveFocus(1), do.AcceptAll(), *_mark(9), do.Undo())
    _merged(one, other)
    with Project.open(one) as of, Project.open(other) as there:
        assert of.annotations("doc-0", "ada") == there.annotations("doc-0", "ada")
        session = _keys(of, "ada", do.Redo())
        stands = {a.id for a in session.review.annotations.annotations()}
        assert len(stands) == 7
        for _ in range(3):
            session.do(do.Undo())
        assert not list(session.review.annotations.annotations()) and not session.unsaved
        assert of.verify() == []
    result = _merged(other, one)
    assert result.decisions["ada"] > 4 and not result.forks
    assert _dump(one, *_STATE) == _dump(other, *_STATE)


def test_merging_again_or_from_one_that_is_behind_changes_nothing(hosts: tuple[Path, Path]) -> None:
    one, other = hosts
    _decide(one, "ada", do.AcceptAll())
    _decide(other, "ben", do.Undo())
    assert _merged(one, other).decisions == {"ben": 1}
    before = _dump(one)
    assert _merged(one, other) == MergeResult(ahead=1)
    assert _dump(one) == before


def test_new_documents_come_as_they_are_there_and_in_one_order_on_both(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    project(one, TEXT).close()
    shutil.copytree(one, other)
    theirs = Document(
        "theirs",
        "A title",
        "Aa\nBb",
        (Paragraph(0, 0, 2), Paragraph(1, 3, 5, True)),
        {"outlet": "X", "n": [1]},
    )
    for root, texts in (
        (one, [document("One of ours.", id="ours")]), (other, [theirs, document("And one.", id="and")])
    ):  # fmt: skip
        with Project.open(root) as of:
            of.add_documents(texts)
    _decide(other, "ben", *_mark(0), document="theirs")
    shutil.copytree(one, tmp_path / "before")
    result = _merged(one, other)
    _merged(other, tmp_path / "before")
    assert (result.documents, result.renamed, set(result.decisions)) == (2, (), {"ben"})
    with Project.open(one) as of, Project.open(other) as there:
        assert of.document("theirs") == theirs
        ids = of.document_ids()
        assert ids == there.document_ids()
        assert ids[0] == "doc-0" and ids.index("theirs") < ids.index("and")
        assert [row.order for row in of.documents("ada")] == [0, 1, 2, 3]
    assert _dump(one, "document", "paragraph", *_STATE) == _dump(other, "document", "paragraph", *_STATE)


def test_of_documents_that_are_new_on_both_the_one_imported_first_comes_first(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    project(one, TEXT).close()
    shutil.copytree(one, other)
    for root, id, year in ((one, "a", 2024), (one, "b", 2026), (other, "c", 2023), (other, "d", 2025)):
        with Project.open(root) as of:
            of.add_documents([document(f"The text {id}.", id=id)])
        _sql(root, f"UPDATE document SET imported = '{year}-01-01T00:00:00Z' WHERE id = '{id}'")
    _merged(one, other)
    _merged(other, one)
    for root in (one, other):
        with Project.open(root) as of:
            assert of.document_ids() == ["doc-0", "c", "a", "d", "b"]


def test_a_new_document_stands_behind_the_one_it_follows_there(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    project(one, "A text.", "B text.", "C text.").close()
    with project(other, "A text.") as of:
        of.add_documents([document("New text.", id="new"), document("C text.", id="doc-2")])
    _merged(one, other)
    with Project.open(one) as of:
        ids = of.document_ids()
        assert [id for id in ids if id != "new"] == ["doc-0", "doc-1", "doc-2"]
        assert ids.index("doc-0") < ids.index("new") < ids.index("doc-2")


def test_the_same_text_is_one_document_by_whatever_id_and_ids_are_made_free(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    project(one, TEXT, "Taken here.").close()
    with project(other, "Another text, with the first one's id.") as of:
        of.add_documents([document(TEXT, id="elsewhere")])
        _keys(of, "ben", *_mark(0), *_mark(4), do.Undo(), do.CloseParagraph(), document="elsewhere")
        _keys(of, "ben", *_mark(1), document="doc-0")
    result = _merged(one, other)
    assert result.documents == 1
    assert set(result.renamed) == {("elsewhere", "doc-0"), ("doc-0", "doc-0-2")}
    with Project.open(one) as of, Project.open(other) as there:
        assert of.document("doc-0-2").text == there.document("doc-0").text
        for here, id in (("doc-0", "elsewhere"), ("doc-0-2", "doc-0")):
            assert of.annotations(here, "ben") == there.annotations(id, "ben")
            assert [e.id for e in of.events(here)] == [e.id for e in there.events(id)]
        session = _keys(of, "ben", do.Undo(), do.Undo())
        assert not list(session.review.annotations.annotations())
    assert _merged(other, one).decisions == {"ben": 2}
    with Project.open(one) as of, Project.open(other) as there:
        assert of.annotations("doc-0", "ben") == there.annotations("elsewhere", "ben")


def test_places_and_opened_paragraphs_come_with_work_that_is_new_here(hosts: tuple[Path, Path]) -> None:
    one, other = hosts
    with Project.open(one) as of:
        of.save_position("ada", Position("doc-0", 0))
        of.save_position("cleo", Position("doc-1", 0))
    with Project.open(other) as of:
        _keys(of, "dora", *_mark(1), document="doc-1")
        for who, id in (
            ("ben", "doc-0"),
            ("ada", "doc-0"),
            ("ada", "doc-1"),
            ("cleo", "doc-1"),
            ("dora", "doc-1"),
            ("dora", "doc-0"),
        ):
            of.save_position(who, Position(id, 1, "x", "tracks"))
        of.mark_opened("doc-1", 1, "dora")
        of.mark_opened("doc-0", 2, "ada")
    _merged(one, other)
    with Project.open(one) as of:
        assert of.position("doc-0", "ada") == of.last_position("ada") == Position("doc-0", 0)
        assert of.position("doc-1", "ada") == Position("doc-1", 1, "x", "tracks")
        assert of.position("doc-0", "ben") is None, "who has worked on it here, and was nowhere in particular"
        assert of.position("doc-1", "cleo") == Position("doc-1", 0)
        assert of.last_position("dora") == Position("doc-0", 1, "x", "tracks")
        assert of.position("doc-1", "dora") == Position("doc-1", 1, "x", "tracks")
    opened = {(document, paragraph, who) for document, paragraph, who in _dump(one, "opened")["opened"]}
    assert ("doc-1", 1, "dora") in opened and ("doc-0", 2, "ada") not in opened


# --- what does not


def test_what_went_on_on_both_sides_is_told_and_left_while_the_rest_comes(
    hosts: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = hosts
    _decide(one, "ada", do.MoveFocus(1), do.Accept())
    _decide(other, "ada", do.AcceptAll())
    _decide(other, "ben", do.Undo())
    _decide(other, "ada", *_mark(1), document="doc-1")
    before = [row for row in _dump(one, "event")["event"] if row[2] == "ada"]
    assert run(["--project", str(one), "merge", str(other)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "2 decisions added (ada 1, ben 1)" in said.err, said.err
    assert "doc-0: ada went on here and there since the two parted, 2 decisions here, 5 there" in said.err, (
        said.err
    )
    assert "annotator import FILE --as ada-2" in said.err
    assert [r for r in _dump(one, "event")["event"] if r[1:3] == ("doc-0", "ada")] == before
    for _ in range(2):
        result = _merged(one, other)
        assert result == MergeResult(forks=(Fork("doc-0", "ada", 2, 5),))


def test_the_work_of_a_fork_can_be_had_under_another_name_as_the_hint_says(hosts: tuple[Path, Path]) -> None:
    one, other = hosts
    _decide(one, "ada", do.MoveFocus(1), do.Accept(), do.SetCompletion(Completion.DONE))
    _decide(other, "ada", do.AcceptAll(), do.SetCompletion(Completion.DONE))
    assert len(_merged(one, other).forks) == 1
    arguments = ["export", "jsonl", "--status", "annotator=ada", "-o", str(one.parent / "out")]
    assert run(["--project", str(other), *arguments]) == 0
    assert run(["--project", str(one), "import", str(one.parent / "out" / "ada.jsonl"), "--as", "ada-2"]) == 0
    with Project.open(one) as of:
        (row,) = review_rows(of)
        assert row.voters == ("ada", "ada-2") and row.undecided > 0


def test_more_forks_than_ten_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    project(one, *(f"{n} {TEXT}" for n in range(12))).close()
    shutil.copytree(one, other)
    for root, word in ((one, 1), (other, 2)):
        with Project.open(root) as of:
            for id in of.document_ids():
                _keys(of, "ada" if id != "doc-0" else GOLD, *_mark(word), document=id)
    capsys.readouterr()
    assert run(["--project", str(one), "merge", str(other)]) == 1
    said = capsys.readouterr().err.splitlines()
    assert sum("went on here and there" in line for line in said) == 10
    assert "and 2 more of these" in said
    assert any(line.startswith("doc-0: gold went on") for line in said)
    assert said[-1].startswith("  Of the gold one stays")


def test_what_came_to_both_by_itself_and_is_the_same_is_no_fork(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    record = Record(document(), "ada", Completion.DONE, (Span("a1", "actor", "state", 0, 4, "Iran"),))
    (tmp_path / "ada.jsonl").write_text(dumps(record), encoding="utf-8")
    for root in (one, other):
        with project(root) as of:
            ingest(of, tmp_path / "ada.jsonl")
    assert _merged(one, other) == MergeResult(alike=1)
    _decide(other, "ada", do.Delete(), document="doc")
    (fork,) = _merged(one, other).forks
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
            of.add_documents([Document("d", "t", "aaa bbb", paragraphs)])
    assert _merged(one, other) == MergeResult()
    _decide(other, "ben", *_mark(0), document="d")
    _decide(other, "ben", *_mark(0))
    capsys.readouterr()
    assert run(["--project", str(one), "merge", str(other)]) == 1
    assert "left out: d" in capsys.readouterr().err
    with Project.open(one) as of:
        assert [(row.document, row.annotator) for row in of.completions()] == [("doc-0", "ben")]


# --- gold


def test_gold_comes_as_it_was_decided_and_merging_decides_nothing(tmp_path: Path) -> None:
    """A gold that came with a file has decided on the work that came with it; what another host has is for review, and
    for both hosts the same, so that their logs stay one."""
    one, other = tmp_path / "one", tmp_path / "other"
    iran, mr, russia = (TEXT.index(word) for word in ("Iran", "Mr", "Russia"))
    spans = {
        None: (Span("g1", "actor", "state", iran, iran + 4),),
        "ada": (Span("a1", "actor", "state", iran, iran + 4), Span("a2", "actor", "person", mr, mr + 2)),
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
        gold = [event.id for event in of.events("doc-0", GOLD)]
        assert len(gold) > 2, "besides the annotation and the completion, what the file of ada has otherwise"
    shutil.copytree(one, tmp_path / "before")
    _merged(one, other)
    _merged(other, tmp_path / "before")
    for root in (one, other):
        with Project.open(root) as of:
            assert [event.id for event in of.events("doc-0", GOLD)] == gold
            (row,) = review_rows(of)
            assert row.status is Completion.GOLD and len(row.waiting) == 1
    assert _dump(one, *_STATE) == _dump(other, *_STATE)
    # Review goes on at one host, and that reaches the other.
    with Project.open(other) as of:
        merge_all(of, "majority")
        ingest(of, tmp_path / "None.jsonl")
    assert not _merged(one, other).forks
    assert _dump(one, *_STATE) == _dump(other, *_STATE)


# --- all or nothing


def test_a_failure_in_the_middle_leaves_nothing(
    hosts: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = hosts
    with Project.open(other) as of:
        of.add_documents([document("A new text.", id="new")])
    _decide(other, "ada", do.AcceptAll())
    _decide(other, "ben", do.Undo())
    before, calls = _dump(one), []

    def failing(*arguments: Any) -> str:
        calls.append(arguments)
        if len(calls) == 2:
            raise StoreError("the disk is full")
        return "in_progress"

    with monkeypatch.context() as broken:
        broken.setattr(merging, "completion_of", failing)
        with pytest.raises(StoreError, match="full"):
            _merged(one, other)
    assert len(calls) == 2
    assert _dump(one) == before
    assert _merged(one, other).completions == 2


def test_killed_in_the_middle_it_leaves_nothing(hosts: tuple[Path, Path]) -> None:
    one, other = hosts
    with Project.open(other) as of:
        of.add_documents([document("A new text.", id="new")])
    _decide(other, "ada", do.AcceptAll())
    _decide(other, "ben", do.Undo())
    before = _dump(one)
    script = f"""
        import os, signal
        from pathlib import Path
        from annotator.project import Project
        from annotator.store import merging
        from annotator.workflows.merge import merge
        put, calls = merging._bring_up, []
        def killed(*arguments):
            put(*arguments)
            calls.append(1)
            if len(calls) == 2:
                os.kill(os.getpid(), signal.SIGKILL)
        merging._bring_up = killed
        merge(Project.open(Path({str(one)!r})), Path({str(other)!r}))
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert _dump(one) == before
    assert (_merged(one, other).completions, _dump(one) == before) == (2, False)


def test_a_dry_run_tells_what_would_come_and_keeps_nothing(
    hosts: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = hosts
    with Project.open(other) as of:
        of.add_documents([document("A new text.", id="new")])
    _decide(other, "ada", do.AcceptAll())
    _decide(other, GOLD, *_mark(1), document="new")
    before = _dump(one)
    capsys.readouterr()
    assert run(["--project", str(one), "merge", str(other), "--dry-run"]) == 0
    assert capsys.readouterr().err == f"{other}: 1 document and 6 decisions would be added (gold 1, ada 5)\n"
    assert _dump(one) == before
    told = _merged(one, other, dry_run=True)
    assert _dump(one) == before
    assert _merged(one, other) == told


def test_as_json(
    hosts: tuple[Path, Path], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = hosts
    asked: list[str] = []
    monkeypatch.setattr(background.Background, "start", lambda self, what: asked.append(what))
    with Project.open(other) as of:
        of.add_documents([document("A new text.", id="new")])
    _decide(one, "ben", do.Undo())
    _decide(other, "ben", do.MoveFocus(1), do.Accept())
    _decide(other, "ada", do.AcceptAll())
    for dry in (True, False):
        capsys.readouterr()
        assert run(["--project", str(one), "merge", str(other), "--json", *["--dry-run"] * dry]) == 1
        said = capsys.readouterr()
        assert said.err == ""
        assert json.loads(said.out) == {
            "ahead": 0, "alike": 0, "completions": 1, "decisions": {"ada": 5}, "documents": 1, "dry_run": dry,
            "forks": [{"annotator": "ben", "document": "doc-0", "ours": 1, "theirs": 1}], "left_out": [],
            "other": str(other), "renamed": [],
        }  # fmt: skip
    assert asked == [background.SUGGEST], "once, and not by the dry run"


# --- the other one


def test_nothing_is_changed_in_the_other_nor_laid_beside_it(hosts: tuple[Path, Path]) -> None:
    one, other = hosts
    _decide(other, "ben", do.Undo())
    before = _files(other)
    assert _merged(one, other / "annotator.db").decisions == {"ben": 1}
    assert _files(other) == before


def test_what_is_open_there_is_read_as_it_is_now(hosts: tuple[Path, Path]) -> None:
    one, other = hosts
    with Project.open(other) as of:
        session = _keys(of, "ben", do.Undo())
        assert _merged(one, other).decisions == {"ben": 1}
        session.do(do.Accept())
        assert _merged(one, other).decisions == {"ben": 1}


@pytest.mark.skipif(not WAL_IS_SAFE, reason="a writer waits for the reader then")
@pytest.mark.parametrize("torn", [False, True])
def test_one_that_is_written_to_meanwhile_is_told_and_nothing_is_kept(
    hosts: tuple[Path, Path], torn: bool
) -> None:
    one, other = hosts
    _decide(other, "ben", do.Undo())
    before = _dump(one)
    written: list[int] = []

    def write(done: int, count: int) -> None:
        if not written:
            written.append(done)
            _decide(other, "ada", do.AcceptAll())
            if torn:
                raise StoreError("the database is damaged")

    with pytest.raises(BusyError, match="while it was read"):
        _merged(one, other, tell=write)
    assert _dump(one) == before
    assert _merged(one, other, tell=write).decisions == {"ada": 5, "ben": 1}


def _sql(root: Path, *statements: str) -> None:
    database = sqlite3.connect(root / "annotator.db")
    for statement in statements:
        database.execute(statement)
    database.commit()
    database.close()


def _other_schema(root: Path) -> None:
    file = root / "annotator.toml"
    file.write_text(
        file.read_text(encoding="utf-8").replace("actors-claims-stances", "dna"), encoding="utf-8"
    )


def _damage(root: Path) -> None:
    data = (root / "annotator.db").read_bytes()
    (root / "annotator.db").write_bytes(data[:8192] + b"\xff" * (len(data) - 8192))


_BREAK: dict[str, Any] = {
    "there is no such file": lambda root: shutil.rmtree(root),
    "holds no project": lambda root: (root / "annotator.db").unlink(),
    "beside it, which names its label schema": lambda root: (root / "annotator.toml").unlink(),
    "is not a database of annotator": lambda root: (root / "annotator.db").write_bytes(b"no database " * 99),
    "annotator.db: is not a database": lambda root: (root / "annotator.db").write_bytes(b""),
    "is not a database of": lambda root: _sql(root, "PRAGMA application_id = 7"),
    "written by an older annotator": lambda root: _sql(root, f"PRAGMA user_version = {SCHEMA_VERSION - 1}"),
    "written by a newer annotator": lambda root: _sql(root, f"PRAGMA user_version = {SCHEMA_VERSION + 1}"),
    "the database is damaged": _damage,
    "has the label schema dna": _other_schema,
    "does not hold at revision 2": lambda root: _sql(
        root, "DROP TRIGGER event_no_update", "UPDATE event SET before = NULL WHERE revision = 2"
    ),
    "does not hold at revision 3": lambda root: _sql(
        root, "DROP TRIGGER event_no_update", "UPDATE event SET action = 'dance' WHERE revision = 3"
    ),
    "is not the one that was imported": lambda root: _sql(
        root, "DROP TRIGGER text_no_update", "UPDATE text SET text = 'Another.' WHERE document = 'new'"
    ),
    "“planet” is no layer": lambda root: _sql(
        root, "DROP TRIGGER event_no_update", """UPDATE event SET after = replace(after, '"actor"', '"planet"')
        WHERE document = 'new'"""
    ),
    "ends after the text": lambda root: _sql(
        root, "DROP TRIGGER event_no_update", """UPDATE event SET after = replace(after, '"end":1', '"end":99')
        WHERE document = 'new'"""
    ),
}  # fmt: skip


@pytest.mark.parametrize("word", _BREAK)
def test_one_that_cannot_be_merged_is_one_error_and_nothing_is_changed(
    hosts: tuple[Path, Path], word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = hosts
    with Project.open(other) as of:
        of.add_documents([document("A new text.", id="new")])
    _decide(other, "ada", do.Undo(), do.Redo())
    _decide(other, "ben", *_mark(0), document="new")
    _BREAK[word](other)
    before, theirs = _dump(one), _files(other) if other.exists() else {}
    capsys.readouterr()
    assert run(["--project", str(one), "merge", str(other)]) == 3
    said = capsys.readouterr().err
    error, hint = said.splitlines()
    assert error.startswith(f"error: {other}") and word in error
    assert hint.startswith("  ")
    assert _dump(one) == before
    assert (_files(other) if other.exists() else {}) == theirs


def test_the_schemas_of_both_are_named(hosts: tuple[Path, Path]) -> None:
    one, other = hosts
    _other_schema(other)
    with pytest.raises(AnnotatorError, match=r"dna 1\S* \(\w{12}\), this project actors-claims-stances 1"):
        _merged(one, other)


@pytest.mark.parametrize("name", ["one", "one/annotator.db", "link", "link.db"])
def test_a_project_is_not_merged_into_itself(
    hosts: tuple[Path, Path], name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    one, _ = hosts
    (one.parent / "link").symlink_to(one)
    (one.parent / "link.db").symlink_to(one / "annotator.db")
    capsys.readouterr()
    assert run(["--project", str(one), "merge", str(one.parent / name)]) == 2
    assert "of this very project" in capsys.readouterr().err
