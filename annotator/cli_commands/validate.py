"""`annotator validate`: checks files of records."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from annotator.cli_commands._options import json_option
from annotator.console import notify, print_json, print_lines
from annotator.model.text import plural

if TYPE_CHECKING:
    from annotator.model.schema import LabelSchema


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--schema",
    metavar="NAME|FILE",
    help="The label schema, if it is not the project's or the default.",
)
@json_option
@click.pass_context
def command(ctx: click.Context, path: Path, schema: str | None, as_json: bool) -> int:
    """Check files of canonical records.

    The command checks a file, or all files in a folder, against the JSON Schema. It also checks the
    meaning: every quote must be the text at its offsets, ids must be unique, relations must have
    both ends, and the schema must have the labels. The exit code is 1 if something is wrong.

    \b
    Example:
      annotator validate exports/records.jsonl
    """
    from annotator.errors import ExitCode
    from annotator.resources import load_schema
    from annotator.workflows.exchange.validate import validate

    result = validate(path, load_schema(schema) if schema else _project_schema(ctx))
    if as_json:
        print_json(
            {
                "files": result.files,
                "records": result.records,
                "problems": [
                    {"file": str(p.file), "line": p.line, "key": p.key, "message": p.message}
                    for p in result.problems
                ],
                "notes": list(result.notes),
            }
        )
    else:
        for problem in result.problems:
            print_lines(str(problem))
        for note in result.notes:
            notify(note)
        found = plural(len(result.problems), "problem") if result.problems else "no problem"
        notify(f"{plural(result.records, 'record')} in {plural(result.files, 'file')}: {found}")
    return int(ExitCode.FINDINGS) if result.problems else int(ExitCode.OK)


def _project_schema(ctx: click.Context) -> LabelSchema:
    """The schema of the project that contains this folder, if there is one."""
    from annotator.errors import ProjectError
    from annotator.folder import find_folder
    from annotator.project import Project
    from annotator.resources import load_schema

    try:
        root = ctx.obj["project"] or find_folder()
    except ProjectError:
        return load_schema("actors-claims-stances")
    with Project.open(root) as project:
        return project.schema
