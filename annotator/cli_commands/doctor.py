"""`annotator doctor`: checks whether everything is as it should be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from annotator.cli_commands._options import json_option
from annotator.console import print_json, print_lines
from annotator.errors import StoreError

if TYPE_CHECKING:
    from annotator.project import Project


@click.command()
@click.option(
    "--deep",
    is_flag=True,
    help="Also check the chain of hashes over the log of decisions, and recount all sums.",
)
@click.option(
    "--noted",
    metavar="EVENT:HASH",
    help="A head of the chain that you noted earlier: check that it is still there.",
)
@json_option
@click.pass_context
def command(ctx: click.Context, deep: bool, noted: str | None, as_json: bool) -> int:
    """Check the installation, the terminal and the project.

    The exit code is 1 if something is wrong. It lists each damaged item, and the backup to restore
    if there is an intact one beside the database.

    \b
    Examples:
      annotator doctor
      annotator doctor --deep
      annotator doctor --deep --noted 4711:1f2e3d4c5b6a7988
    """
    from annotator.errors import ExitCode, ProjectError, SchemaError, StoreError
    from annotator.folder import find_folder

    head = _head_of(noted)
    facts = _facts()
    findings = [*_terminal_findings(), *_parser_findings(facts)]
    named: Path | None = ctx.obj["project"]
    try:
        findings += _project_findings(
            named if named is not None else find_folder(), facts, deep=deep, noted=head
        )
    except (ProjectError, SchemaError, StoreError) as error:
        if "project" in facts or (named is None and error.file is not None):
            facts.setdefault("project", "cannot be opened")
            findings.append(str(error))
        elif named is not None:
            raise  # A project was named, but there is none.
        else:
            facts["project"] = f"none here ({error.message})"
    if as_json:
        print_json({"facts": facts, "findings": findings})
    else:
        print_lines(*_lines(facts, findings))
    return int(ExitCode.FINDINGS) if findings else int(ExitCode.OK)


def _lines(facts: Mapping[str, object], findings: Sequence[str]) -> list[str]:
    return [
        *(f"{name:18} {value}" for name, value in facts.items()),
        *(f"found: {finding}" for finding in findings),
        f"{len(findings)} found" if findings else "nothing found",
    ]


def _project_findings(
    root: Path, facts: dict[str, str], *, deep: bool, noted: tuple[int, str] | None
) -> Iterator[str]:
    """What is wrong with a project; adds what is known about it to `facts`.

    Raises ProjectError, SchemaError or StoreError for a fault that hides all others.
    """
    from annotator.errors import (
        FAULTS_OF_PROGRAM,
        AnnotatorError,
        ProgramError,
        ProjectError,
        SchemaError,
    )
    from annotator.folder import DATABASE
    from annotator.project import Project
    from annotator.workflows.suggesting.suggest import unloadable

    yield from _settings_findings(root, facts)
    damaged: list[str] = []
    try:
        with Project.open(root) as project:
            damaged += _database_findings(project, facts, deep=deep)
            damaged += _not_as_noted(project, noted)
            damaged += _losses(project)
            yield from damaged
            yield from project.diagnosis().remarks
            yield from map(str, unloadable(project))
    except (ProjectError, SchemaError):
        raise
    except FAULTS_OF_PROGRAM as error:
        yield f"this installation is incomplete: {type(error).__name__}: {error}; install it again"
    except ProgramError as error:
        yield str(error)
    except Exception as error:
        if not (root / DATABASE).exists():
            raise
        # Damage can raise any error that reading can.
        message = (
            str(error) if isinstance(error, AnnotatorError) else f"{type(error).__name__}: {error}"
        )
        damaged.append(f"{root / DATABASE}: cannot be read: {message}")
        yield damaged[-1]
    yield from _files_left(root / DATABASE)
    yield from (shut := list(_files_shut(root / DATABASE)))
    if damaged and not shut:
        yield _remedy(root / DATABASE)


def _settings_findings(root: Path, facts: dict[str, str]) -> Iterator[str]:
    """What is wrong with the settings of a project. Raises ProjectError or SchemaError."""
    from annotator.config import FILE, read_config
    from annotator.errors import UsageError
    from annotator.folder import schema_of
    from annotator.tui.key_map import check_labels, key_map

    if not (root / FILE).is_file():
        return
    facts["project"] = str(root)
    config = read_config(root / FILE)
    schema = schema_of(root, config)
    facts["label schema"] = f"{schema.name} {schema.version}"
    facts["label schema hash"] = schema.hash[:16]
    try:
        check_labels(key_map(config.keys), schema)
    except UsageError as error:
        yield str(error)


def _database_findings(project: Project, facts: dict[str, str], *, deep: bool) -> list[str]:
    """What is wrong with a database that can be opened."""
    d = project.diagnosis()
    facts["database version"] = str(d.schema_version)
    facts["journal"] = f"{d.journal_mode}, synchronous {d.synchronous}"
    found = [f"{finding.where}: {finding.message}" for finding in project.verify(deep=deep)]
    try:
        sequence, head = project.chain_head()
    except StoreError as error:
        return [*found, str(error)]
    facts["log"] = f"{sequence} events, chain {sequence}:{head[:32]}" if sequence else "empty"
    return found


def _head_of(noted: str | None) -> tuple[int, str] | None:
    """Number and hash of a head of the chain. Raises UsageError if `noted` is not one."""
    from annotator.errors import UsageError

    if noted is None:
        return None
    number, _, start = noted.partition(":")
    start = start.lower().rstrip("…")
    if not number.isdecimal() or len(start) < 16 or set(start) - set("0123456789abcdef"):
        raise UsageError(
            f"“{noted}” is not the head of a chain",
            key="--noted",
            hint="Give it as `annotator doctor` printed it, such as 4711:1f2e3d4c5b6a7988",
        )
    return int(number), start


def _not_as_noted(project: Project, noted: tuple[int, str] | None) -> Iterator[str]:
    """A finding if the chain has another hash than the one that somebody noted."""
    if noted is None:
        return
    number, start = noted
    there = project.chain_hash(number)
    if not there:
        yield f"event {number}: the chain has no such event, but you noted its hash"
    elif not there.startswith(start):
        yield f"event {number}: its hash is not the one that you noted, so history was changed"


def _losses(project: Project) -> Iterator[str]:
    """What the log of decisions has lost."""
    for file, number in project.losses():
        yield (
            f"{file}: event {number} was written to the database, which no longer has it: its log "
            "was damaged or removed, an older copy was put in its place, or the history was "
            "changed; restore a backup that has it, or delete this file when you have dealt with it"
        )


def _files_left(database: Path) -> Iterator[str]:
    """Files beside a database that somebody should look at."""
    from annotator.store.journal import put_aside, waiting
    from annotator.store.long_work import unfinished
    from annotator.store.turns import damage

    for file in unfinished(database):
        damaged = damage(file)
        yield (
            str(damaged)
            if damaged is not None
            else (
                f"{file}: an import or another long task is not finished, and nothing of it is "
                "shown; check the free space, then open the project again"
            )
        )
    for file in waiting(database):
        yield (
            f"{file}: decisions that could not be written are kept here; the next start that can "
            "write to the database takes them in"
        )
    for file in put_aside(database):
        yield (
            f"{file}: decisions that no longer fit the database, or cannot be read, are kept here; "
            "delete it when you have "
            "dealt with them"
        )
    for file in sorted(database.parent.glob(f"{database.name}.replaced-wal-*")):
        yield (
            f"{file}: the log of a database that was replaced is kept here; "
            "delete it when "
            "nothing is missing"
        )


def _files_shut(database: Path) -> Iterator[str]:
    """Files of a project that this user may not use, although they may work in its folder."""
    import os

    if not os.access(database.parent, os.W_OK | os.X_OK):
        return
    for file in sorted(database.parent.glob(f"{database.name}*")):
        if file.is_file() and not os.access(file, os.R_OK | os.W_OK):
            yield (
                f"{file}: you may not read and write it, so nobody with your permissions can work "
                "here; its owner can change that: "
                f"`chmod {'660' if database.parent.stat().st_mode & 0o020 else '600'} {file}`"
            )


def _remedy(database: Path) -> str:
    """The hint which backup to restore."""
    from annotator.store.checking import backup_to_take

    best = backup_to_take(database, None)
    if best is None:
        return (
            "the project is damaged: `annotator restore FILE` restores a backup; there is none "
            "beside the database"
        )
    return (
        f"the project is damaged; the newest intact copy here is {best}: "
        "`annotator restore "
        f"{best}` restores it"
    )


def _facts() -> dict[str, str]:
    """Versions of the program and its dependencies, which are not imported."""
    import os
    import platform
    from importlib.metadata import version

    from annotator import __version__
    from annotator.store.connection import sqlite

    driver = sqlite.__name__.split(".")[0]
    return {
        "annotator": __version__,
        "Python": platform.python_version(),
        "SQLite": f"{sqlite.sqlite_version} by {driver}",
        "Textual": version("textual"),
        "spaCy": version("spacy"),
        "terminal": f"TERM={os.environ.get('TERM', '')} COLORTERM={os.environ.get('COLORTERM', '')}"
        + (" NO_COLOR" if os.environ.get("NO_COLOR") else ""),
    }


def _parser_findings(facts: dict[str, str]) -> list[str]:
    """Which pipeline parses sentences for suggestions, and whether its files are the official
    ones."""
    from annotator.english.parser import REMEDY, search

    result = search()
    found = result.found
    facts["parser"] = f"{found.name} {found.version}" if found is not None else "none"
    if found is not None:
        return list(result.refused)
    return [*result.refused, f"there is no parser, so suggestions are worse: {REMEDY}"]


def _terminal_findings() -> list[str]:
    import locale
    import os

    found = []
    if locale.getpreferredencoding(False).replace("-", "").lower() != "utf8":
        found.append("the locale is not UTF-8: set LANG to a UTF-8 locale, such as C.UTF-8")
    if os.environ.get("TERM", "dumb") == "dumb":
        found.append(
            "TERM is dumb or not set: the screens need a terminal, such as TERM=xterm-256color"
        )
    return found
