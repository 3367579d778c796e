"""Two hosts with copies of a project, for the tests of merging."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path
from typing import Any

from support import TEXT, project, suggestions

from annotator.model import actions as do
from annotator.project import Project, SuggestionRun
from annotator.store.merge_results import MergeResult
from annotator.tui.session import Session
from annotator.workflows.exchange.export import render
from annotator.workflows.exchange.export_records import ExportOptions
from annotator.workflows.exchange.merge import merge

SECOND = "The Council voted for the tax. Voters will not forgive it.\n\nA minister said so."


def two_hosts(folder: Path) -> tuple[Path, Path]:
    """Two copies of a project with two documents, suggestions,
    and first decisions of ada and ben."""
    one, other = folder / "one", folder / "other"
    with project(one, TEXT, SECOND) as of:
        of.suggestions.put("doc-0", suggestions(), run=SuggestionRun({"rules": "1"}))
        keys(of, "ada", do.Accept())
        keys(of, "ben", do.Reject())
    shutil.copytree(one, other)
    return one, other


def keys(
    of: Project, annotator: str, *actions: do.ReviewAction, document: str = "doc-0"
) -> Session:
    session = Session(of, annotator, of.new_session())
    session.open(document)
    for action in actions:
        session.do(action)
    assert not session.saving.unsaved, session.saving.error
    return session


def decide(root: Path, annotator: str, *actions: do.ReviewAction, document: str = "doc-0") -> None:
    with Project.open(root) as of:
        keys(of, annotator, *actions, document=document)


def merged(root: Path, other: Path, **options: Any) -> MergeResult:
    with Project.open(root) as of:
        result = merge(of, other, **options)
        assert of.verify() == []
    return result


def dump(root: Path, *tables: str) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of tables (all of them), without the local numbers
    of events when tables are named."""
    database = sqlite3.connect(root / "annotator.db")
    try:
        every = [
            row[0]
            for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        every.remove("search")  # a virtual table; the tables with its data are compared
        out = {}
        for table in tables or every:
            columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
            wanted = ", ".join(f'"{c}"' for c in columns if not (tables and c == "sequence"))
            out[table] = sorted(database.execute(f"SELECT {wanted} FROM {table}"), key=repr)
        return out
    finally:
        database.close()


def exported(root: Path) -> bytes:
    with Project.open(root) as of:
        return render(of, "jsonl", ExportOptions(notes=True))[0]


def files(root: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in root.iterdir()}


def mark(word: int, label: str = "state") -> tuple[do.ReviewAction, ...]:
    return do.StartSelection(word), do.SetLabel("actor", label)


def sql(root: Path, *statements: str) -> None:
    database = sqlite3.connect(root / "annotator.db")
    for statement in statements:
        database.execute(statement)
    database.commit()
    database.close()
