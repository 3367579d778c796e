"""`annotator restore`: puts a backup in the place of the database."""

from __future__ import annotations

from pathlib import Path

import click

from annotator.console import notify


@click.command()
@click.argument("backup", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Accept a backup of another project too.")
@click.pass_context
def command(ctx: click.Context, backup: Path, force: bool) -> None:
    """Put a backup in the place of the project's database.

    You can do this while people work. The old database is kept beside it under another name. People
    who are working learn at their next decision that the database was replaced. They lose nothing,
    and choose where the decision goes.

    \b
    Example:
      annotator restore monday.db
    """
    from annotator.folder import DATABASE, find_folder, let_group_in_as_set
    from annotator.store.restoring import restore

    named: Path | None = ctx.obj["project"]
    root = named if named is not None else find_folder()
    let_group_in_as_set(root)
    done = restore(root / DATABASE, backup, force=force)
    if done.kept is not None:
        events = "" if done.before is None else f" with its {done.before:,} events"
        notify(f"{done.kept}: the old database{events} is kept here")
    notify(f"{root / DATABASE}: is now a copy of {backup}, with {done.after or 0:,} events")
