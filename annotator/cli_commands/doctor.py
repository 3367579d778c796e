"""`annotator doctor`: whether everything is as it should be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from annotator.cli_commands._shared import json_option, print_json, tell


@click.command()
@json_option
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> int:
    """Check the installation, the terminal and the project; the exit code is 1 if something is wrong.

    \b
    Example:
      annotator doctor
    """
    from annotator.errors import ExitCode, ProjectError, SchemaError, StoreError
    from annotator.folder import find_folder

    facts = _facts()
    findings = [*_terminal_findings(), *_parser_findings(facts)]
    named: Path | None = ctx.obj["project"]
    try:
        findings += _project_findings(named if named is not None else find_folder(), facts)
    except (ProjectError, SchemaError, StoreError) as error:
        if "project" in facts or (named is None and error.file is not None):
            facts.setdefault("project", "cannot be opened")
            findings.append(str(error))
        elif named is not None:
            raise  # There is no project where one was named.
        else:
            facts["project"] = f"none here ({error.message})"
    if as_json:
        print_json({"facts": facts, "findings": findings})
    else:
        for name, value in facts.items():
            tell(f"{name:18} {value}")
        for finding in findings:
            tell(f"found: {finding}")
        tell("nothing found" if not findings else f"{len(findings)} found")
    return int(ExitCode.FINDINGS) if findings else int(ExitCode.OK)


def _project_findings(root: Path, facts: dict[str, str]) -> Iterator[str]:
    """What does not hold in a project; `facts` get what can be told of it.

    Raises ProjectError, SchemaError or StoreError for what hides the rest.
    """
    from annotator.config import FILE, read_config
    from annotator.errors import UsageError
    from annotator.folder import schema_of
    from annotator.project import Project
    from annotator.tui.commands import check_labels, key_map
    from annotator.workflows.suggesting.suggest import unloadable

    if (root / FILE).is_file():
        facts["project"] = str(root)
        config = read_config(root / FILE)
        schema = schema_of(root, config)
        facts["label schema"] = f"{schema.name} {schema.version}"
        facts["label schema hash"] = schema.hash[:16]
        try:
            check_labels(key_map(config.keys), schema)
        except UsageError as error:
            yield str(error)
    with Project.open(root) as project:
        d = project.diagnosis()
        facts["database version"] = str(d.schema_version)
        facts["journal"] = f"{d.journal_mode}, synchronous {d.synchronous}"
        yield from d.remarks
        for finding in project.verify():
            yield f"{finding.where}: {finding.message}"
        yield from map(str, unloadable(project))


def _facts() -> dict[str, str]:
    """Versions, without importing what is only named."""
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
    """Which pipeline parses sentences for suggestions, with its files compared with the official ones."""
    from annotator.english.parser import REMEDY, search

    told = search()
    found = told.found
    facts["parser"] = f"{found.name} {found.version}" if found is not None else "none"
    if found is not None:
        return list(told.refused)
    return [*told.refused, f"there is no parser, so suggestions are less good: {REMEDY}"]


def _terminal_findings() -> list[str]:
    import locale
    import os

    found = []
    if locale.getpreferredencoding(False).replace("-", "").lower() != "utf8":
        found.append("the locale is not UTF-8: set LANG to a UTF-8 locale, such as C.UTF-8")
    if os.environ.get("TERM", "dumb") == "dumb":
        found.append("TERM is dumb or not set: the screens need a terminal, such as TERM=xterm-256color")
    return found
