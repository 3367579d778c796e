"""A database of the first version, brought up to date by processes that are killed inside every
migration."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlite_utils import Database as Utils
from support import TEXT, document, project, suggestions

from annotator.model import actions as do
from annotator.model.decision import Completion
from annotator.model.record import Record
from annotator.project import Project, SuggestionRun
from annotator.store.connection import Database
from annotator.store.migrations import migrations
from annotator.store.opening import SCHEMA_VERSION
from annotator.tui.session import Session

_OPENED = """
import os, signal, sys
from pathlib import Path
from annotator.project import Project
from annotator.store.migrations import migrations

step = migrations._migrations[{step}]
function = step.fn

def killed(db):
    left = {statements}

    def one_more(sql):
        nonlocal left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    # What is changed goes to the log at once, not only with the commit.
    db.execute("PRAGMA cache_size = 1")
    db.conn.set_trace_callback(one_more)
    function(db)
    os.kill(os.getpid(), signal.SIGKILL)

step.fn = killed
Project.open(Path({root!r}))
"""
"""A process that opens a project and is killed inside a migration, at that statement of it or, with
0, after the last one."""


def _worked_in(root: Path) -> None:
    """A project with every kind of content that the first version had."""
    with project(root, TEXT, "Another text.\n\nOf two paragraphs.") as of:
        of.suggestions.put("doc-0", suggestions(), run=SuggestionRun({"rules": "1"}))
        session = Session(of, "ada", "a")
        session.open("doc-0")
        for action in (do.Accept(), do.Reject(), do.Undo(), do.Note("why?"), do.Flag()):
            session.do(action)
        session.save_place()
        of.log.add_records([Record(document("A third one."), "ben", Completion.DONE)])


def _as_in_the_first_version(root: Path) -> None:
    """Copy what the first version could hold into a database of that version."""
    now, old = root / "annotator.db", root / "old.db"
    with closing(Database(old, create=True)) as database, database.write():
        utils = Utils(database.connection, use_counts_table=False, execute_plugins=False)
        migrations.apply(utils, stop_before=[migrations._migrations[1].name])
        database.execute("PRAGMA user_version = 1")
    with closing(sqlite3.connect(old)) as raw:
        raw.execute("ATTACH ? AS now", (str(now),))
        tables = raw.execute(
            "SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' "
            "AND name NOT LIKE '\\_%' ESCAPE '\\' ORDER BY rowid"
        ).fetchall()
        for (table,) in tables:
            found = raw.execute(f"PRAGMA main.table_info({table})").fetchall()
            columns = ", ".join(f'"{column[1]}"' for column in found)
            raw.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM now.{table}")
        raw.commit()
    for file in root.glob("annotator.db*"):
        file.unlink()
    old.replace(now)
    for file in root.glob("old.db*"):
        file.unlink()


def _content(of: Project) -> list[object]:
    """The content that must not be lost. The first version did not record what annotators were
    shown, nor whether a paragraph was blind."""
    ids = of.documents.ids()
    return [
        [of.documents.load(id) for id in ids],
        [replace(record, shown=(), opened={}) for record in of.log.records()],
        [event for id in ids for event in of.log.events(id)],
        [of.suggestions.of(id) for id in ids],
        of.log.position("doc-0", "ada"),
        of.status(),
    ]


@pytest.mark.slow
def test_a_migration_that_is_killed_goes_on_at_the_next_start(tmp_path: Path) -> None:
    root = tmp_path / "p"
    _worked_in(root)
    with Project.open(root) as of:
        before = _content(of)
    _as_in_the_first_version(root)
    for step in range(1, SCHEMA_VERSION):
        for statements in (2, 0):
            script = _OPENED.format(step=step, statements=statements, root=str(root))
            done = subprocess.run(
                [sys.executable, "-c", script], check=False, capture_output=True, text=True
            )
            assert done.returncode == -signal.SIGKILL, done.stderr
            with closing(sqlite3.connect(root / "annotator.db")) as raw:
                assert raw.execute("PRAGMA user_version").fetchone() == (step,)
                assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    with Project.open(root) as of:
        assert of.diagnosis().schema_version == SCHEMA_VERSION
        assert of.verify() == []
        assert _content(of) == before
