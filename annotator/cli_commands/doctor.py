"""`annotator doctor`: whether everything is as it should be."""

from __future__ import annotations

import click

from annotator.cli_commands._shared import json_option, open_project, print_json


@click.command()
@json_option
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> int:
    """Check the installation, the terminal and the project; exit code 1 when anything is found.

    \b
    Example:
      annotator doctor
    """
    from annotator.errors import ExitCode, ProjectError, UsageError
    from annotator.tui.commands import check_labels, key_map

    facts = _facts()
    findings = _terminal_findings()
    try:
        with open_project(ctx) as project:
            d = project.diagnosis()
            facts |= {
                "project": str(project.root),
                "label schema": f"{project.schema.name} {project.schema.version}",
                "label schema hash": project.schema.hash[:16],
                "database version": str(d.schema_version),
                "journal": f"{d.journal_mode}, synchronous {d.synchronous}",
            }
            findings += list(d.remarks)
            findings += [f"{finding.where}: {finding.message}" for finding in project.verify()]
            try:
                check_labels(key_map(project.config.keys), project.schema)
            except UsageError as error:
                findings.append(str(error))
    except ProjectError as error:
        if ctx.obj["project"] is not None:
            raise
        if error.file is None:
            facts["project"] = f"none here ({error.message})"
        else:
            facts["project"] = "cannot be opened"
            findings.append(str(error))
    if as_json:
        print_json({"facts": facts, "findings": findings})
    else:
        for name, value in facts.items():
            click.echo(f"{name:18} {value}")
        for finding in findings:
            click.echo(f"found: {finding}")
        click.echo("nothing found" if not findings else f"{len(findings)} found")
    return int(ExitCode.FINDINGS) if findings else int(ExitCode.OK)


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


def _terminal_findings() -> list[str]:
    import locale
    import os

    found = []
    if locale.getpreferredencoding(False).replace("-", "").lower() != "utf8":
        found.append("the locale is not UTF-8: set LANG to one that is, such as C.UTF-8")
    if os.environ.get("TERM", "dumb") == "dumb":
        found.append("TERM is dumb or unset: the screens need a terminal, such as TERM=xterm-256color")
    return found
