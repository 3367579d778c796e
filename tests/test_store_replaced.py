"""A database that is removed, replaced or overwritten while somebody works. The program never says
that something is saved if it is not in the file with that name, and it never mixes two
databases."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from processes import python
from replacing import (
    Coder,
    at_work,
    backed_up,
    copy_over,
    events,
    integrity,
    move_over,
    remove,
    remove_all,
    said_by,
)
from support import TEXT, document, project

from annotator.errors import ReplacedError, StoreError
from annotator.model import actions as do
from annotator.project import Project
from annotator.store import file_identity
from annotator.store.connection import sqlite
from annotator.store.restoring import restore
from annotator.store.sqlite_driver import WAL_IS_SAFE
from annotator.tui.session import Session


@pytest.mark.parametrize("replace", [remove, remove_all, move_over, copy_over])
@pytest.mark.parametrize("checkpointed", [True, False])
def test_what_does_not_reach_the_file_of_that_name_is_not_said_to_be_saved(
    tmp_path: Path, replace: Callable[[Path, Path], None], checkpointed: bool
) -> None:
    root = tmp_path / "p"
    project(root, TEXT).close()
    database = root / "annotator.db"
    backup = backed_up(root, tmp_path / "backup.db")
    coders = [Coder(root, "ada"), Coder(root, "ben")]
    for coder in coders:
        assert coder.decide(20) == (0, "NoneType")
    if checkpointed:
        with closing(sqlite3.connect(database)) as raw:
            raw.execute("PRAGMA wal_checkpoint(PASSIVE)")
        assert coders[0].decide(2) == (0, "NoneType")
    if not checkpointed and replace is copy_over and WAL_IS_SAFE:
        # The backup contains the same as the file without its log, so the log still fits it.
        replace(database, backup)
        assert coders[0].decide(5) == (0, "NoneType")
        for coder in coders:
            coder.end()
        assert events(root) == 25 and integrity(database) == "ok"
        return
    replace(database, backup)
    assert coders[0].decide(5) == (5, "ReplacedError")
    assert coders[1].decide(1) == (1, "ReplacedError")
    if replace in (move_over, copy_over):
        # Somebody else opens what is there now and works in it.
        third = Coder(root, "cyn")
        assert third.decide(30) == (0, "NoneType")
        for coder in coders:
            coder.end()
        assert third.decide(30) == (0, "NoneType")
        third.end()
        assert integrity(database) == "ok"
        assert events(root, "cyn") == 60
        return
    for coder in coders:
        coder.end()
    assert not database.exists()


@pytest.mark.skipif(not WAL_IS_SAFE, reason="this SQLite keeps no log beside the database")
@pytest.mark.parametrize("gone", [["-wal"], ["-shm"], ["-wal", "-shm"]])
def test_a_log_that_was_taken_away_loses_nothing(tmp_path: Path, gone: list[str]) -> None:
    """Its content is moved into the file, and everybody continues with another log."""
    root = tmp_path / "p"
    project(root, TEXT).close()
    coders = [Coder(root, "ada"), Coder(root, "ben")]
    for coder in coders:
        assert coder.decide(10) == (0, "NoneType")
    for suffix in gone:
        (root / f"annotator.db{suffix}").unlink()
    if gone == ["-shm"]:
        coders.append(Coder(root, "cyn"))
    for coder in (*reversed(coders), *coders, *coders):
        assert coder.decide(10) == (0, "NoneType")
    for coder in coders:
        coder.kill()
    assert (events(root, "ada"), events(root, "ben")) == (40, 40)
    assert events(root, "cyn") == (30 if gone == ["-shm"] else 0)
    assert integrity(root / "annotator.db") == "ok"


def test_a_database_that_was_emptied_takes_no_decision(tmp_path: Path) -> None:
    root = tmp_path / "p"
    project(root, TEXT).close()
    coder = Coder(root)
    assert coder.decide(3) == (0, "NoneType")
    (root / "annotator.db").write_bytes(b"")
    assert coder.decide(3) == (3, "ReplacedError")
    coder.end()


def test_an_older_file_without_fewer_events_is_another_one(tmp_path: Path) -> None:
    """Documents that were added since then make no events."""
    root = tmp_path / "p"
    project(root, TEXT).close()
    backup = backed_up(root, tmp_path / "backup.db")
    with Project.open(root) as of:
        of.documents.add([document(f"{k} {TEXT * 20}", id=f"new-{k}") for k in range(60)])
        of._database.execute("PRAGMA wal_checkpoint(PASSIVE)")
        session = at_work(of)
        shutil.copyfile(backup, root / "annotator.db")
        session.do(do.Flag(paragraph=True))
        assert session.saving.replaced
    # The file that is there now is intact, and the process that opened it wrote the decision.
    assert events(root) == 1 and integrity(root / "annotator.db") == "ok"


def test_a_touch_and_a_checkpoint_by_another_program_stop_nobody(tmp_path: Path) -> None:
    root = tmp_path / "p"
    with project(root, TEXT) as of:
        session = at_work(of)
        for number in range(6):
            session.do(do.Flag(paragraph=True))
            assert session.saving.error is None
            if number % 2:
                os.utime(root / "annotator.db")
            else:
                with closing(sqlite3.connect(root / "annotator.db")) as raw:
                    raw.execute("PRAGMA wal_checkpoint(PASSIVE)")
    assert events(root) == 6


def test_a_folder_that_was_copied_while_open_opens_with_its_log(tmp_path: Path) -> None:
    root = tmp_path / "p"
    with project(root, TEXT) as of:
        session = at_work(of)
        session.do(do.Flag(paragraph=True))
        assert not WAL_IS_SAFE or (root / "annotator.db-wal").stat().st_size > 0
        shutil.copytree(root, tmp_path / "q")
    assert events(tmp_path / "q") == 1


def test_restore_swaps_while_people_work_and_keeps_the_old_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "p"
    project(root, TEXT).close()
    coder = Coder(root)
    coder.decide(10)
    backup = backed_up(root, tmp_path / "backup.db")
    assert "annotator restore" in said_by(
        capsys, ["--project", str(root), "backup", str(tmp_path / "again.db")]
    )
    coder.decide(7)
    said = said_by(capsys, ["--project", str(root), "restore", str(backup)])
    assert "with its 17 events is kept here" in said and "with 10 events" in said
    assert coder.decide(1) == (1, "ReplacedError")
    assert events(root) == 10
    (kept,) = root.glob("annotator-before-*.db")
    coder.end()
    assert events(root) == 10
    with closing(sqlite3.connect(kept)) as raw:
        assert raw.execute("SELECT count(*) FROM event").fetchone() == (17,)
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_restore_brings_back_what_is_gone_or_damaged(tmp_path: Path) -> None:
    root = tmp_path / "p"
    with project(root, TEXT) as of:
        at_work(of).do(do.Flag(paragraph=True))
        of.backup(tmp_path / "b.db")
    database = root / "annotator.db"
    for break_ in (
        database.unlink,
        lambda: database.write_bytes(b"no database " * 500),
        lambda: None,
    ):
        break_()
        restore(database, tmp_path / "b.db")
        assert events(root) == 1
    assert len(list(root.glob("annotator-before-*"))) == 2


def test_restore_refuses_what_is_no_backup_of_this_project(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "p"
    project(root, TEXT).close()
    project(tmp_path / "q", TEXT).close()
    other = backed_up(tmp_path / "q", tmp_path / "other.db")
    (tmp_path / "text.db").write_text("no database", encoding="utf-8")
    damaged = backed_up(root, tmp_path / "damaged.db")
    data = bytearray(damaged.read_bytes())
    data[8192 : len(data) // 2] = b"\xff" * (len(data) // 2 - 8192)
    damaged.write_bytes(data)
    before = (root / "annotator.db").read_bytes()
    for file, word in {
        other: "another project",
        tmp_path / "text.db": "is not a database",
        damaged: "damaged",
        tmp_path / "none.db": "no such file",
        root / "annotator.db": "the database itself",
    }.items():
        assert word in said_by(capsys, ["--project", str(root), "restore", str(file)], 3)
        assert (root / "annotator.db").read_bytes() == before
    restore(root / "annotator.db", other, force=True)
    assert not list(root.glob("*.restoring*"))


def test_a_database_where_no_log_can_be_made_is_restored_and_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a read-only disk: a folder stands where SQLite would make the index of its log."""
    root = tmp_path / "p"
    project(root, TEXT).close()
    shutil.copytree(root, tmp_path / "q")
    copy = tmp_path / "q" / "annotator.db"
    copy.with_name("annotator.db-shm").mkdir()
    with monkeypatch.context() as patched:
        patched.setattr(os, "access", lambda path, mode: mode != os.W_OK)
        of = Project.open(tmp_path / "q")
    with of:
        assert of.verify(deep=True) == []
    with Project.open(root) as of:
        at_work(of).do(do.Flag(paragraph=True))
    assert events(root) == 1
    restore(root / "annotator.db", copy)
    assert events(root) == 0


@pytest.mark.parametrize("moment", ["before", "log", "file"])
def test_restore_killed_at_any_moment_leaves_a_whole_database(tmp_path: Path, moment: str) -> None:
    root = tmp_path / "p"
    project(root, TEXT).close()
    backup = backed_up(root, tmp_path / "b.db")
    coder = Coder(root)
    coder.decide(10)
    script = """
        import os, signal, sys
        from pathlib import Path
        from annotator.store import restoring
        def killed(*_): os.kill(os.getpid(), signal.SIGKILL)
        if sys.argv[1] == "before":
            restoring._keep = killed
        elif sys.argv[1] == "log":
            Path.replace = killed
        else:
            restoring.note_for = killed
        restoring.restore(Path(sys.argv[2]), Path(sys.argv[3]))
    """
    done = python(script, moment, root / "annotator.db", backup)
    assert done.returncode < 0, done.printed
    coder.end()
    assert integrity(root / "annotator.db") == "ok"
    assert events(root) == (0 if moment == "file" else 10)
    restore(root / "annotator.db", backup)
    assert events(root) == 0


def test_a_backup_put_there_by_hand_while_nobody_works_runs_as_any_other(tmp_path: Path) -> None:
    root = tmp_path / "p"
    with project(root, TEXT) as of:
        of.backup(tmp_path / "b.db")
        session = at_work(of)
        for _ in range(3):
            session.do(do.Flag(paragraph=True))
    move_over(root / "annotator.db", tmp_path / "b.db")
    with Project.open(root) as of:
        session = at_work(of)
        session.do(do.Flag(paragraph=True))
        assert session.saving.error is None
        assert of.diagnosis().journal_mode in ("wal", "truncate")
    assert events(root) == 1


def test_a_connection_tells_what_happened_to_its_file(tmp_path: Path) -> None:
    root = tmp_path / "p"
    with project(root, TEXT) as of:
        (root / "annotator.db").unlink()
        with pytest.raises(ReplacedError, match="is gone"):
            of.keep_setting("a", "b")
        with pytest.raises(StoreError):
            of.reopen()


@pytest.mark.skipif(not WAL_IS_SAFE, reason="a writer waits for the reader then")
def test_a_log_that_is_brought_in_by_halves_refuses_nobody(tmp_path: Path) -> None:
    """While somebody reads, a checkpoint goes only as far as they see, so the file by itself lacks
    pages that its header counts."""
    database = tmp_path / "p" / "annotator.db"
    unreadable = 0
    with project(tmp_path / "p", TEXT) as of:
        of._database.execute("PRAGMA wal_autocheckpoint = 0")
        session = Session(of, "ada", "a")
        session.open("doc-0")
        for number in range(12):
            session.do(do.Note(f"{number} {'x' * 700}", paragraph=True))
            with closing(sqlite.connect(str(database), isolation_level=None)) as reader:
                reader.execute("BEGIN")
                reader.execute("SELECT count(*) FROM event").fetchone()
                session.do(do.Note(f"{number} y", paragraph=True))
                with closing(sqlite.connect(str(database), isolation_level=None)) as other:
                    other.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
                try:
                    file_identity.last_event(database)
                except StoreError:
                    unreadable += 1
                session.do(do.Note(f"{number} z", paragraph=True))
                Project.open(tmp_path / "p").close()
            assert session.saving.unsaved == [] and session.saving.error is None
        assert unreadable
        assert len(list(of.log.events("doc-0"))) == 36
        assert of.verify(deep=True) == []
