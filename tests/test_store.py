"""The database: durable with every key, fair under load, tamper-proof, and clear about errors."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from processes import Ended, Python, python
from support import ACTIONS, TEXT, document, examples, project, review, suggestions

from annotator.errors import ConflictError, StoreError
from annotator.model import actions as do
from annotator.model.annotation import fold
from annotator.model.review import step
from annotator.project import Project, SuggestionRun
from annotator.store import migrations
from annotator.store.opening import SCHEMA_VERSION
from annotator.tui.session import Session


def _with_suggestions(root: Path) -> Project:
    made = project(root, TEXT)
    made.suggestions.put("doc-0", suggestions(), run=SuggestionRun({"rules": "1"}))
    return made


def test_a_decision_is_there_after_the_process_was_killed_right_behind_it(tmp_path: Path) -> None:
    _with_suggestions(tmp_path / "p").close()
    script = """
        import os, signal, sys
        from pathlib import Path
        from annotator.model import actions as do
        from annotator.project import Project
        from annotator.tui.session import Session
        p = Project.open(Path(sys.argv[1]))
        s = Session(p, "ada", p.new_session()); s.open("doc-0"); s.do(do.AcceptAll())
        os.kill(os.getpid(), signal.SIGKILL)
    """
    done = python(script, tmp_path / "p")
    assert done.returncode == -signal.SIGKILL, done.printed
    with Project.open(tmp_path / "p") as again:
        annotations, history = again.log.annotations("doc-0", "ada")
        assert len(list(annotations.annotations())) == 6
        assert history.undo is not None
        assert again.verify() == []


_WRITER = """
import sys
from pathlib import Path
from annotator.model import actions as do
from annotator.project import Project
from annotator.tui.session import Session
p = Project.open(Path(sys.argv[1]), timeout=60)
s = Session(p, sys.argv[2], p.new_session()); s.open("doc-0")
for i in range(25):
    s.do(do.StartSelection(i)); s.do(do.SetLabel("actor", "state"))
    assert not s.saving.unsaved, s.saving.error
"""


def test_eight_annotators_write_at_once_and_nothing_is_lost(tmp_path: Path) -> None:
    project(tmp_path / "p", "word " * 60).close()
    writers = [Python(_WRITER, tmp_path / "p", f"coder-{i}") for i in range(8)]
    assert [writer.end() for writer in writers] == [Ended(0, "")] * 8
    with Project.open(tmp_path / "p") as again:
        for i in range(8):
            events = list(again.log.events("doc-0", f"coder-{i}"))
            assert [e.revision for e in events] == list(range(1, len(events) + 1))
            assert len(events) >= 6
        assert again.verify() == []


_ACTIONS = st.sampled_from(
    [
        *ACTIONS,
        do.MoveFocus(-1),
        do.StartSelection(),
        do.MoveSelection(1),
        do.GrowSelection(),
        do.StartStance(),
        do.ChooseHolder("@author"),
        do.ChooseSide("oppose"),
    ]
)


@settings(max_examples=examples(25), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_ACTIONS, max_size=25))
def test_what_is_stored_is_what_the_screen_showed_and_what_the_log_says(
    tmp_path: Path, keys: list[do.ReviewAction]
) -> None:
    root = tmp_path / os.urandom(4).hex()
    with _with_suggestions(root) as of:
        state = review(of, "doc-0", "ada")
        for action in keys:
            state, decisions = step(state, action)
            if decisions:
                of.log.record("doc-0", "ada", decisions)
        stored, history = of.log.annotations("doc-0", "ada")
        assert stored == state.annotations
        assert history == state.history
        folded, _ = fold(e.decision for e in of.log.events("doc-0", "ada"))
        assert folded == stored
        assert of.verify() == []


def test_two_terminals_of_one_annotator_do_not_overwrite_each_other(tmp_path: Path) -> None:
    with _with_suggestions(tmp_path / "p") as of:
        one, other = Session(of, "ada", "a"), Session(of, "ada", "b")
        one.open("doc-0")
        other.open("doc-0")
        one.do(do.Accept())
        _, decisions = step(other.review, do.Reject())
        with pytest.raises(ConflictError):
            of.log.record("doc-0", "ada", decisions)
        other.do(do.Reject())
        assert "read again" in other.review.message
        assert other.review.annotations == one.review.annotations
        assert not other.saving.unsaved


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET action = 'accept'",
        "DELETE FROM event",
        "UPDATE text SET body = 'x'",
        "DELETE FROM text",
        "DELETE FROM document",
        "UPDATE document SET length = 1",
    ],
)
def test_events_and_texts_cannot_be_changed(tmp_path: Path, statement: str) -> None:
    with _with_suggestions(tmp_path / "p") as of:
        session = Session(of, "ada", "a")
        session.open("doc-0")
        session.do(do.Accept())
    raw = sqlite3.connect(tmp_path / "p" / "annotator.db")
    columns = {row[1] for row in raw.execute("PRAGMA table_info(text)")}
    if "body" in statement and "body" not in columns:
        statement = statement.replace(
            "body", next(c for c in columns if c not in ("sha256", "document"))
        )
    with pytest.raises(sqlite3.Error, match="never"):
        raw.execute(statement)
    raw.close()


def test_verify_finds_a_state_that_does_not_follow_from_the_log(tmp_path: Path) -> None:
    with _with_suggestions(tmp_path / "p") as of:
        session = Session(of, "ada", "a")
        session.open("doc-0")
        session.do(do.Accept())
        assert of.verify() == []
    raw = sqlite3.connect(tmp_path / "p" / "annotator.db")
    raw.execute("DELETE FROM item")
    raw.commit()
    raw.close()
    with Project.open(tmp_path / "p") as of:
        assert of.verify() != []


def test_a_database_that_is_missing_is_said_and_not_made(tmp_path: Path) -> None:
    project(tmp_path / "p").close()
    for file in (tmp_path / "p").glob("annotator.db*"):
        file.unlink()
    with pytest.raises(StoreError, match=r"annotator\.db"):
        Project.open(tmp_path / "p")
    assert not (tmp_path / "p" / "annotator.db").exists()


def test_a_database_of_another_program_is_refused(tmp_path: Path) -> None:
    project(tmp_path / "p").close()
    for file in (tmp_path / "p").glob("annotator.db*"):
        file.unlink()
    raw = sqlite3.connect(tmp_path / "p" / "annotator.db")
    raw.execute("CREATE TABLE theirs (x)")
    raw.commit()
    raw.close()
    with pytest.raises(StoreError, match="not"):
        Project.open(tmp_path / "p")


def test_a_newer_database_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    project(tmp_path / "p").close()
    file = tmp_path / "p" / "annotator.db"
    raw = sqlite3.connect(file)
    raw.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    raw.commit()
    raw.close()
    with pytest.raises(StoreError, match="newer") as caught:
        Project.open(tmp_path / "p")
    assert caught.value.hint


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    project(tmp_path / "p").close()
    for file in (tmp_path / "p").glob("annotator.db*"):
        file.unlink()
    (tmp_path / "p" / "annotator.db").write_bytes(b"not a database " * 100)
    with pytest.raises(StoreError):
        Project.open(tmp_path / "p")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anything")
def test_a_read_only_database_is_said_at_the_first_decision(tmp_path: Path) -> None:
    _with_suggestions(tmp_path / "p").close()
    for file in (tmp_path / "p").iterdir():
        file.chmod(0o440)
    (tmp_path / "p").chmod(0o550)
    try:
        with Project.open(tmp_path / "p") as of:
            session = Session(of, "ada", "a")
            session.open("doc-0")
            session.do(do.Accept())
            assert session.saving.error is not None
            assert len(session.saving.unsaved) == 1
    finally:
        (tmp_path / "p").chmod(0o750)


def test_a_project_that_this_user_may_only_read_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also on a read-only disk, where SQLite cannot create the files of its log, and when somebody
    else begins to write."""
    _with_suggestions(tmp_path / "p").close()
    before = sorted(tmp_path.joinpath("p").iterdir())
    with monkeypatch.context() as patched:
        patched.setattr(os, "access", lambda path, mode: mode != os.W_OK)
        of = Project.open(tmp_path / "p")
    with of:
        assert of.documents.ids() == ["doc-0"] and of.status().documents == 1
        assert sorted(tmp_path.joinpath("p").iterdir()) == before
        for write in (
            lambda: of.documents.add([document("Another text.", id="x")]),
            lambda: of.keep_setting("key", "value"),
        ):
            with pytest.raises(StoreError, match="is read-only"):
                write()
        with Project.open(tmp_path / "p") as other:
            other.documents.add([document("Another text.", id="x")])
            assert of.documents.ids() == ["doc-0", "x"]
            other.documents.add([document("A third text.", id="y")])
            assert of.documents.ids() == ["doc-0", "x", "y"]


def test_what_could_not_be_saved_is_kept_and_saved_later_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with _with_suggestions(tmp_path / "p") as of:
        session = Session(of, "ada", "a")
        session.open("doc-0")
        with monkeypatch.context() as broken:

            def full(*_: object) -> None:
                raise StoreError("the disk is full")

            broken.setattr(of.log, "save", full)
            session.do(do.Accept())
            session.do(do.Accept())
            assert len(session.saving.unsaved) == 2
            assert session.saving.error is not None
            assert not list(of.log.annotations("doc-0", "ada")[0].annotations())
        assert session.saving.save()
        assert session.saving.error is None
        assert of.log.annotations("doc-0", "ada")[0] == session.review.annotations


def test_every_migration_counts_as_a_version() -> None:
    numbered = [name for name in vars(migrations) if name[:1] == "m" and name[1:4].isdigit()]
    assert len(numbered) == SCHEMA_VERSION


def test_a_backup_is_a_project_s_database_of_its_own(tmp_path: Path) -> None:
    with _with_suggestions(tmp_path / "p") as of:
        session = Session(of, "ada", "a")
        session.open("doc-0")
        session.do(do.Accept())
        of.backup(tmp_path / "copy.db")
        with pytest.raises(StoreError, match="exists"):
            of.backup(tmp_path / "copy.db")
    project(tmp_path / "q").close()
    (tmp_path / "copy.db").replace(tmp_path / "q" / "annotator.db")
    for extra in (tmp_path / "q").glob("annotator.db-*"):
        extra.unlink()
    with Project.open(tmp_path / "q") as again:
        assert again.log.annotations("doc-0", "ada")[0] == session.review.annotations


def test_without_pysqlite3_the_standard_library_s_driver_does_with_another_journal(
    tmp_path: Path,
) -> None:
    script = f"""
        import sys
        sys.modules["pysqlite3"] = None
        from pathlib import Path
        from annotator.model import actions as do
        from annotator.project import Project
        from annotator.tui.session import Session
        sys.path.insert(0, {str(Path(__file__).parent)!r})
        from support import project, TEXT
        root = Path({str(tmp_path / "p")!r})
        with project(root, TEXT) as p:
            s = Session(p, "ada", "a"); s.open("doc-0"); s.do(do.StartSelection()); s.do(do.SetLabel("actor", "state"))
            assert not s.saving.unsaved, s.saving.error
        with Project.open(root) as p:
            assert len(list(p.log.annotations("doc-0", "ada")[0].annotations())) == 1
            found = p.diagnosis()
            print(found.driver, found.journal_mode, "|".join(found.remarks))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    driver, journal, remarks = (
        done.stdout.split(maxsplit=2)
        if len(done.stdout.split()) > 2
        else (*done.stdout.split(), "")
    )
    safe = not (3, 7, 0) <= sqlite3.sqlite_version_info <= (3, 51, 2)
    assert driver == "sqlite3"
    assert journal == ("wal" if safe else "truncate")
    assert safe or "WAL" in remarks
    with Project.open(tmp_path / "p") as again:
        assert again.verify() == []


def test_the_table_of_names_follows_every_decision_and_is_made_anew_for_another_schema(
    tmp_path: Path,
) -> None:
    def rows(of: Project) -> list[tuple[str, str]]:
        known = [*of.names.given("ada", "entity"), *of.names.given("ada", "concept")]
        return [(name.name, form) for name in known for form in name.aliases]

    with _with_suggestions(tmp_path / "p") as of:
        session = Session(of, "ada", "a")
        session.open("doc-0")
        session.do(do.AcceptAll())
        session.do(do.FocusItem("sIran"))
        session.do(do.SetAttribute("entity", "Iran; Persia"))
        session.do(do.FocusItem("sPlan"))
        session.do(do.SetAttribute("concept", ["plans should be rejected"]))
        everything = [
            ("Iran", "Iran"),
            ("Persia", "Iran"),
            ("Putin", "Putin"),
            ("plans should be rejected", "the plan"),
        ]
        assert rows(of) == everything
        assert [
            (m.document, m.item, m.quote) for m in of.names.mentions("ada", "entity", "Persia")
        ] == [("doc-0", "sIran", "Iran")]
        assert dict(of.names.ambiguous("ada", "doc-0")) == {"Iran": ("Iran", "Persia")}
        assert of.names.given("ben", "entity") == []
        session.do(do.Undo())
        assert rows(of) == everything[:3]
        session.do(do.Redo())
    # As left by an older program, or by one with another schema.
    database = sqlite3.connect(tmp_path / "p" / "annotator.db")
    database.execute("DELETE FROM name")
    database.execute("DELETE FROM setting WHERE key = 'names_from'")
    database.commit()
    database.close()
    with Project.open(tmp_path / "p") as of:
        assert rows(of) == everything
