"""Databases that are taken away, replaced or overwritten while somebody works, for tests."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from processes import Python

from annotator.cli import run
from annotator.project import Project
from annotator.tui.session import Session

CODER = """
import sys
from pathlib import Path
from annotator.model import actions as do
from annotator.project import FileNow, Project
from annotator.tui.session import Session
p = Project.open(Path(sys.argv[1]))
s = Session(p, sys.argv[2], p.new_session()); s.open("doc-0")
print("open", flush=True)
for line in sys.stdin:
    for _ in range(int(line)):
        s.do(do.Flag(paragraph=True))
    print(len(s.saving.unsaved), type(s.saving.error).__name__, flush=True)
"""


class Coder:
    """An annotator at work in a process of its own."""

    def __init__(self, root: Path, name: str = "ada") -> None:
        self._process = Python(CODER, root, name)
        assert self._process.read() == "open"

    def decide(self, times: int = 1) -> tuple[int, str]:
        """Make a number of decisions. Returns how many are unsaved then, and the kind of the
        error."""
        self._process.say(str(times))
        unsaved, kind = self._process.read().split()
        return int(unsaved), kind

    def end(self) -> None:
        """Let the annotator leave the program."""
        self._process.end()

    def kill(self) -> None:
        """Kill it."""
        self._process.kill()


def integrity(file: Path) -> str:
    with closing(sqlite3.connect(file)) as raw:
        found: str = raw.execute("PRAGMA integrity_check").fetchone()[0]
        return found


def events(root: Path, name: str = "ada") -> int:
    with Project.open(root) as of:
        assert of.verify() == []
        return len(list(of.log.events("doc-0", name)))


def at_work(of: Project, name: str = "ada") -> Session:
    session = Session(of, name, "a")
    session.open("doc-0")
    return session


def backed_up(root: Path, to: Path) -> Path:
    with Project.open(root) as of:
        of.backup(to)
    return to


def checkpoint(root: Path) -> None:
    with closing(sqlite3.connect(root / "annotator.db")) as raw:
        raw.execute("PRAGMA wal_checkpoint(PASSIVE)")


def remove(database: Path, backup: Path) -> None:
    database.unlink()


def remove_all(database: Path, backup: Path) -> None:
    for file in database.parent.glob("annotator.db*"):
        file.unlink()


def move_over(database: Path, backup: Path) -> None:
    shutil.copy(backup, backup.with_suffix(".2"))
    backup.with_suffix(".2").replace(database)


def copy_over(database: Path, backup: Path) -> None:
    shutil.copyfile(backup, database)


def said_by(capsys: pytest.CaptureFixture[str], arguments: list[str], code: int = 0) -> str:
    capsys.readouterr()
    assert run(arguments) == code
    return capsys.readouterr().err
