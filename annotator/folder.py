"""Finds and makes the folder of a project, and reads the schema that it names. `Project` works in
it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from annotator.config import FILE, TEMPLATE, Config, read_config
from annotator.errors import AnnotatorError, ProjectError
from annotator.model.schema import LabelSchema
from annotator.resources import load_schema, schema_names, schema_path
from annotator.store import notes_and_values
from annotator.store.codec import now, uuid7
from annotator.store.connection import Database
from annotator.store.files import let_group_in, refuse_network, share

DATABASE = "annotator.db"


def find_folder(start: Path | None = None) -> Path:
    """The project folder: ANNOTATOR_PROJECT, or else `start` (the current folder) or the nearest
    project folder above it.

    Raises ProjectError if there is none.
    """
    named = os.environ.get("ANNOTATOR_PROJECT")
    if named and start is None:
        root = Path(named).expanduser()
        if not (root / FILE).is_file():
            raise ProjectError(
                "ANNOTATOR_PROJECT names a folder without a project",
                file=root,
                hint="Make one with `annotator init`, or unset the variable",
            )
        return root
    here = (start or Path.cwd()).absolute()
    for folder in (here, *here.parents):
        if (folder / FILE).is_file():
            return folder
    raise ProjectError(
        "no project in this folder or above it",
        hint="Make one with `annotator init`, or name one with --project",
    )


@contextmanager
def new_folder(root: Path, *, schema: str, shared: bool, allow_network: bool) -> Iterator[None]:
    """The folder of a new, empty project, which is made if it is missing. If this or the block
    fails, nothing of it remains.

    Raises ProjectError if it cannot be made, SchemaError for a schema that is invalid.
    """
    _check_free(root)
    source = schema_path(schema)
    load_schema(schema)
    made = [folder for folder in (root, *root.parents) if not folder.exists()]
    if shared:
        let_group_in()
    try:
        root.mkdir(parents=True, exist_ok=True)
        if shared and not allow_network:
            refuse_network(root)
        named = schema if schema in schema_names() else _copied(source, root)
        _make_database(root / DATABASE)
        settings = TEMPLATE.format(schema=named, shared=str(shared).lower())
        (root / FILE).write_text(settings, encoding="utf-8")
        if shared:
            share(root, root / DATABASE, (root / FILE, root / named))
        yield
    except BaseException as error:
        _remove_made(root, made)
        if isinstance(error, OSError):
            hint = "Check the path and its permissions"
            raise ProjectError(f"cannot be made: {error.strerror}", file=root, hint=hint) from error
        raise


def _check_free(root: Path) -> None:
    """Raise ProjectError where a new project cannot be."""
    if any((root / name).exists() for name in (FILE, DATABASE)):
        raise ProjectError(
            "is already a project", file=root, hint="Open it, or choose another folder"
        )
    if root.exists() and not root.is_dir():
        raise ProjectError(
            "is a file", file=root, hint="Name a folder, or one that does not exist yet"
        )


def _remove_made(root: Path, made: Sequence[Path]) -> None:
    """Remove what was made of a project, and the folders `made` for it if they are empty."""
    beside = (f"{DATABASE}{ending}" for ending in ("-wal", "-shm", ".lock", ".long", "-journal"))
    for file in (FILE, DATABASE, *beside):
        with suppress(OSError):
            (root / file).unlink(missing_ok=True)
    for folder in made:
        with suppress(OSError):
            folder.rmdir()


def let_group_in_as_set(root: Path) -> None:
    """Let the group use the files that this process makes, if the settings of a project say so. A
    project whose settings cannot be read can be restored, too."""
    with suppress(AnnotatorError):
        if read_config(root / FILE).shared:
            let_group_in()


def _copied(schema: Path, root: Path) -> str:
    """Copy the user's own schema into the folder; returns its name."""
    if schema.resolve() != (root / schema.name).resolve():
        shutil.copyfile(schema, root / schema.name)
    return schema.name


def schema_of(root: Path, config: Config) -> LabelSchema:
    """The label schema that a project's settings name: one of the program's,
    else a file in the project's folder.

    Raises SchemaError if it is invalid.
    """
    return load_schema(
        config.schema if config.schema in schema_names() else str(root / config.schema)
    )


def _make_database(path: Path) -> None:
    """A new database with all tables and the project's own identity and seed."""
    from annotator.store.migrations import migrate

    database = Database(path, create=True)
    try:
        migrate(database)
        seeds = {"project": uuid7(), "created": now(), "blind_seed": os.urandom(8).hex()}
        notes_and_values.keep_settings(database, seeds)
    finally:
        database.close()


__all__ = ["DATABASE", "find_folder", "let_group_in_as_set", "new_folder", "schema_of"]
