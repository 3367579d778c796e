"""`annotator init`: a new project."""

from __future__ import annotations

from pathlib import Path

import click

from annotator.console import notify, suggest_next


@click.command()
@click.argument("directory", type=click.Path(path_type=Path), default=Path(), metavar="[DIR]")
@click.option(
    "--schema",
    default="actors-claims-stances",
    show_default=True,
    metavar="NAME|FILE",
    help="The label schema; `annotator schema list` shows the shipped ones.",
)
@click.option("--shared", is_flag=True, help="Several unix users work in it: the group may write.")
@click.option("--allow-network", is_flag=True, help="Allow --shared on a network file system.")
def command(directory: Path, schema: str, shared: bool, allow_network: bool) -> None:
    """Make a project in DIR, by default in this folder.

    \b
    Example:
      annotator init iran-russia --schema dna
    """
    from annotator.project import Project

    with Project.create(
        directory, schema=schema, shared=shared, allow_network=allow_network
    ) as project:
        notify(f"made a project in {project.root} with the label schema {project.schema.name}")
        suggest_next("annotator import FILE..., then annotator suggest, then annotator")
