"""`annotator backup`: a copy of the database."""

from __future__ import annotations

from pathlib import Path

import click

from annotator.cli_commands._shared import open_project
from annotator.console import notify


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_context
def command(ctx: click.Context, file: Path) -> None:
    """Copy the database into FILE, even while people work.

    `annotator restore FILE` puts it back, also while people work. Never use `cp` or `mv` for that:
    people who have the database open would keep working in a file that is gone.

    \b
    Example:
      annotator backup monday.db
    """
    with open_project(ctx) as project:
        project.backup(file)
    notify(f"{file}: written; `annotator restore {file}` puts it back")
