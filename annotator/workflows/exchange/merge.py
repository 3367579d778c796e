"""Merges the work of another project, or of a copy of this one on another host, into this
project."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from annotator.config import FILE, read_config
from annotator.errors import InputError, UsageError
from annotator.folder import schema_of
from annotator.project import DATABASE, Project
from annotator.store.merge_results import MergeResult


def merge(
    project: Project,
    other: Path,
    *,
    dry_run: bool = False,
    tell: Callable[[int, int], None] | None = None,
) -> MergeResult:
    """Merge the documents and the work of `other`, a project's folder or its database, completely
    or not at all. Nothing in `other` changes. Work is merged by the log, as it was decided, and
    merging decides nothing: if finished gold says nothing about what an annotator of the other host
    marked, review asks. Models, suggestions, runs and settings are not merged. With `dry_run`,
    nothing is stored.

    Raises UsageError for the project itself, InputError if `other` is not a project or has another
    label schema, and StoreError for a database that is unreadable or damaged.
    """
    database = database_of(other)
    if database.samefile(project.root / DATABASE):
        raise UsageError(
            f"{other} is the database of this project itself",
            hint="Name the project to take the work from",
        )
    _check_schema(project, database)
    return project.merge(database, dry_run=dry_run, tell=tell)


def database_of(other: Path) -> Path:
    """The database in a folder, or the file itself. Raises InputError if there is none."""
    database = other / DATABASE if other.is_dir() else other
    if not database.is_file():
        what = "is not a project" if other.is_dir() else "does not exist"
        raise InputError(
            what, file=other, hint=f"Name the other project's folder, or its {DATABASE}"
        )
    return database


def _check_schema(project: Project, database: Path) -> None:
    root = database.parent
    if not (root / FILE).is_file():
        raise InputError(
            f"has no {FILE} beside it that names its label schema",
            file=database,
            hint=(
                "Give the other project's folder, or a copy of it with its settings and label "
                "schema"
            ),
        )
    ours, theirs = project.schema, schema_of(root, read_config(root / FILE))
    if ours.codes_hash != theirs.codes_hash:
        raise InputError(
            f"has the label schema {theirs.name} {theirs.version} ({theirs.codes_hash[:12]}), this "
            f"project {ours.name} {ours.version} ({ours.codes_hash[:12]})",
            file=root,
            hint="Merge only projects with the same layers, labels and attributes",
        )


__all__ = ["database_of", "merge"]
