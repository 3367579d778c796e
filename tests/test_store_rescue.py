"""What becomes of decisions whose database was removed, replaced or overwritten."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from replacing import (
    at_work,
    backed_up,
    checkpoint,
    copy_over,
    events,
    move_over,
    remove,
    said_by,
)
from support import TEXT, project

from annotator.errors import BusyError, ReplacedError, StoreError
from annotator.model import actions as do
from annotator.project import FileNow, Project
from annotator.store.connection import Database
from annotator.store.files import reserve
from annotator.store.opening import SCHEMA_VERSION
from annotator.store.restoring import restore
from annotator.store.sqlite_driver import WAL_IS_SAFE
from annotator.tui.session import Session


def test_decisions_go_into_the_file_that_is_there_now_if_they_fit(tmp_path: Path) -> None:
    root = tmp_path / "p"
    with project(root, TEXT) as of:
        session = at_work(of)
        session.do(do.Flag(paragraph=True))
        backup = tmp_path / "b.db"
        of.backup(backup)
        move_over(root / "annotator.db", backup)
        session.do(do.Note("first", paragraph=True))
        session.do(do.Note("second", paragraph=True))
        assert session.saving.replaced and session.saving.safe
        assert "another file was put in the place" in session.saving.unsaved_message()
        assert session.saving.adopt() == "2 decisions written into the database that is there now"
        assert session.saving.error is None and not session.saving.unsaved
        session.do(do.Note("third", paragraph=True))
        assert session.saving.error is None
    assert events(root) == 4
    assert not list(root.glob("*.unsaved-*"))


def _replaced_after(
    of: Project, decisions: int, backup: Path, replace: Callable[[Path, Path], None]
) -> Session:
    """A session that made some decisions, the last of them in the write-ahead log, and one more
    after the database was replaced by an earlier backup."""
    of.backup(backup)
    session = at_work(of)
    for _ in range(decisions - 1):
        session.do(do.Flag(paragraph=True))
    checkpoint(of.root)
    session.do(do.Flag(paragraph=True))
    replace(of.root / "annotator.db", backup)
    session.do(do.Flag(paragraph=True))
    return session


def test_decisions_that_do_not_fit_to_the_file_that_is_there_now_are_put_aside(
    tmp_path: Path,
) -> None:
    root = tmp_path / "p"
    with project(root, TEXT) as of:
        session = _replaced_after(of, 4, tmp_path / "b.db", move_over)
        said = session.saving.adopt()
        (left,) = root.glob("annotator.db.left-*")
        assert said == (
            "0 decisions written into the database that is there now; what does not fit it "
            f"is in {left.name}"
        )
    assert events(root) == 0


@pytest.mark.parametrize("replace", [remove, move_over])
def test_all_that_a_program_has_of_a_database_that_is_gone_can_be_rescued(
    tmp_path: Path, replace: Callable[[Path, Path], None], capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "p"
    with project(root, TEXT) as of:
        session = _replaced_after(of, 3, tmp_path / "b.db", replace)
        if replace is remove:
            with pytest.raises(StoreError, match="no database"):
                session.saving.adopt()
            assert len(session.saving.unsaved) == 1
        said = session.saving.rescue()
        assert not session.saving.unsaved
    (file,) = root.glob("annotator-rescued-*")
    assert said == f"kept in {file.name}"
    if replace is remove:
        said_by(capsys, ["--project", str(root), "restore", str(file)])
    else:
        assert "4 decisions added (ada 4)" in said_by(
            capsys, ["--project", str(root), "merge", str(file)]
        )
    assert events(root) == 4


def _not_ours(database: Path, backup: Path) -> None:
    database.unlink()
    database.write_text("a letter", encoding="utf-8")


def _other_project(database: Path, backup: Path) -> None:
    project(backup.parent / "q", TEXT).close()
    move_over(database, backed_up(backup.parent / "q", backup.parent / "q.db"))


def _link(database: Path, backup: Path) -> None:
    database.unlink()
    database.symlink_to(backup)


def _restored(database: Path, backup: Path) -> None:
    restore(database, backup)


def _rename_folder(database: Path, backup: Path) -> None:
    database.parent.rename(database.parent.with_name("r"))


CONTINUE, KEEP, BACK = "continue", "keep", "put back"


@pytest.mark.parametrize(
    ("replace", "now", "offered"),
    [
        (_rename_folder, FileNow.NO_FOLDER, [KEEP]),
        (remove, FileNow.NOTHING, [BACK, KEEP]),
        (_restored, FileNow.THIS_PROJECT, [CONTINUE, KEEP]),
        (move_over, FileNow.OLDER, [KEEP, CONTINUE]),
        (_other_project, FileNow.ANOTHER_PROJECT, [KEEP, BACK, CONTINUE]),
        (_not_ours, FileNow.UNUSABLE, [KEEP, BACK]),
        (_link, FileNow.UNUSABLE, [KEEP, BACK]),
    ],
)
def test_what_is_offered_can_be_done_and_loses_nothing(
    tmp_path: Path,
    replace: Callable[[Path, Path], None],
    now: FileNow,
    offered: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for row in range(len(offered)):
        root = tmp_path / str(row) / "p"
        with project(root, TEXT) as of:
            session = _replaced_after(of, 3, root.parent / "b.db", replace)
            found, remedies = session.saving.remedies()
            assert found is now
            assert [
                text.startswith(word) for (text, _), word in zip(remedies, offered, strict=True)
            ]
            remedies[row][1]()
            assert not session.saving.unsaved
        whole = [root / "annotator.db", *tmp_path.rglob("annotator-*.db"), root.parent / "q.db"]
        kept = [len(_events_in(file)) for file in whole if file.exists() and not file.is_symlink()]
        if offered[row] == CONTINUE:
            assert list(root.glob("*.left-*"))
        else:
            assert 4 in kept


def _events_in(file: Path) -> list[tuple[str]]:
    try:
        with closing(sqlite3.connect(file)) as raw:
            return raw.execute("SELECT id FROM event").fetchall()
    except sqlite3.DatabaseError:
        return []


def test_of_two_who_put_it_back_the_second_continues(tmp_path: Path) -> None:
    root = tmp_path / "p"
    with project(root, TEXT) as one, Project.open(root) as two:
        ada, ben = at_work(one), at_work(two, "ben")
        (root / "annotator.db").unlink()
        for session in (ada, ben):
            session.do(do.Flag(paragraph=True))
        ada.saving.put_back()
        with pytest.raises(ReplacedError, match="there again"):
            ben.saving.put_back()
        found, remedies = ben.saving.remedies()
        assert found is FileNow.THIS_PROJECT
        remedies[0][1]()
    assert events(root) == 1 and events(root, "ben") == 1


def test_what_does_not_fit_the_rescued_file_is_beside_it(tmp_path: Path) -> None:
    root = tmp_path / "p"
    with project(root, TEXT) as of:
        session = _replaced_after(of, 3, tmp_path / "b.db", remove)
        session.reload()
        session.do(do.Flag(paragraph=True))
        assert len(session.saving.unsaved) == 2
        session.saving.keep()
    (file,) = root.glob("annotator-rescued-*")
    assert len(_events_in(file)) == 4 and len(list(root.glob("*.left-*"))) == 1


def test_a_database_of_an_older_version_is_brought_up_to_date_before_anybody_goes_on(
    tmp_path: Path,
) -> None:
    root = tmp_path / "p"
    with project(root, TEXT) as of:
        session = at_work(of)
        old = backed_up(root, tmp_path / "b.db")
        with closing(sqlite3.connect(old)) as raw:
            raw.execute(f"PRAGMA user_version = {SCHEMA_VERSION - 1}")
        move_over(root / "annotator.db", old)
        session.do(do.Flag(paragraph=True))
        session.saving.adopt()
        assert of._database.version == SCHEMA_VERSION
    assert events(root) == 1


@pytest.mark.skipif(not WAL_IS_SAFE, reason="this SQLite keeps no log beside the database")
def test_a_reader_mixes_no_log_of_another_file_in(tmp_path: Path) -> None:
    root = tmp_path / "p"
    with project(root, TEXT) as of:
        _replaced_after(of, 3, tmp_path / "b.db", move_over)
        assert (root / "annotator.db-wal").stat().st_size > 0
        with closing(Database(root / "annotator.db", read_only=True)) as reader:
            assert reader.value("SELECT count(*) FROM event") == 0


def test_a_link_is_no_database_to_write_to(tmp_path: Path) -> None:
    """SQLite keeps the log beside the file that it names, where nobody here looks."""
    root = tmp_path / "p"
    project(root, TEXT).close()
    (root / "annotator.db").rename(tmp_path / "real.db")
    (root / "annotator.db").symlink_to(tmp_path / "real.db")
    with pytest.raises(StoreError, match="symbolic link"):
        Project.open(root)


def test_one_process_at_a_time_makes_a_copy(tmp_path: Path) -> None:
    """Two processes would write into one file. The file of a killed process is taken over."""
    root = tmp_path / "p"
    project(root, TEXT).close()
    backup = backed_up(root, tmp_path / "b.db")
    for file, work in {
        root / "annotator.db.restoring": lambda: restore(root / "annotator.db", backup),
        tmp_path / "c.db.part": lambda: backed_up(root, tmp_path / "c.db"),
    }.items():
        with (
            reserve(file.with_suffix(""), file.suffix),
            pytest.raises(BusyError, match="writes this file"),
        ):
            work()
        file.write_text("half", encoding="utf-8")
        work()
        assert not file.exists()


def test_of_a_database_that_was_overwritten_the_decisions_alone_are_kept(tmp_path: Path) -> None:
    root = tmp_path / "p"
    with project(root, TEXT) as of:
        session = _replaced_after(of, 31, tmp_path / "b.db", copy_over)
        assert session.saving.replaced
        files = of.rescue(session.saving.unsaved)
        assert all(file.exists() for file in files) and ".left-" in files[-1].name
    assert events(root) == 0


def test_a_file_that_cannot_be_written_whole_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a full disk, where the first bytes still go in."""

    def full(handle: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    root = tmp_path / "p"
    with project(root, TEXT) as of:
        session = _replaced_after(of, 3, tmp_path / "b.db", remove)
        with monkeypatch.context() as patched:
            patched.setattr(os, "write", full)
            with pytest.raises(StoreError, match="No space left"):
                of.journal.put_aside(session.saving.unsaved)
        assert not list(root.glob("*.left-*")) and len(session.saving.unsaved) == 1
