"""`annotator effort`: what suggestions would have saved."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from annotator.cli_commands._options import json_option, number_option
from annotator.cli_commands._shared import progress
from annotator.console import print_json, print_lines

if TYPE_CHECKING:
    from annotator.config import Config
    from annotator.model.schema import LabelSchema


@click.command()
@click.argument("gold", type=click.Path(path_type=Path), metavar="GOLD.jsonl")
@number_option(
    "--every", "The number of paragraphs between two trainings.", default=10, least=1, most=10_000
)
@number_option(
    "--group", "The number of rows that make a paragraph.", default=1, least=1, most=1000
)
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Only the first N paragraphs.")
@click.option("--schema", metavar="NAME|FILE", help="The label schema, if it is not the project's.")
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    gold: Path,
    every: int,
    group: int,
    limit: int | None,
    schema: str | None,
    as_json: bool,
) -> None:
    """Show how many keys suggestions would have saved.

    GOLD holds canonical records (as `annotator export` writes them) or rows {"text": ..., "spans":
    [[start, end, label], ...]}. Unfinished paragraphs of records are left out. The command goes
    through the paragraphs as in a project: it suggests, counts keys, and learns, once with rules
    and the memory of what was accepted, and once with a model that is trained every few paragraphs.
    It assumes an annotator who makes no mistakes and needs no time to read, so use the figures to
    compare, not to plan hours.

    \b
    Examples:
      annotator effort gold.jsonl
      annotator effort sentences.jsonl --group 3 --every 20 --limit 200 --json
    """
    from annotator.workflows.evaluation.report import report
    from annotator.workflows.evaluation.simulation import simulate
    from annotator.workflows.evaluation.stream import read_stream

    known, config = _schema_and_config(ctx, schema)
    stream = read_stream(gold, known, config, group=group)
    found = simulate(
        stream.paragraphs[:limit], known, config, every=every, progress=progress("paragraphs")
    )
    found["left_out"] = stream.left_out
    if as_json:
        print_json(found)
    else:
        print_lines(*report(found))


def _schema_and_config(ctx: click.Context, schema: str | None) -> tuple[LabelSchema, Config]:
    """The schema and settings of the project if there is one; otherwise the default schema, or the
    one named."""
    from annotator.config import FILE, Config, read_config
    from annotator.errors import ProjectError
    from annotator.folder import find_folder, schema_of
    from annotator.resources import load_schema

    named: Path | None = ctx.obj["project"]
    try:
        root = named if named is not None else find_folder()
    except ProjectError as error:
        if error.file is not None:
            raise  # A project was named, but there is none.
        return load_schema(schema or Config().schema), Config()
    config = read_config(root / FILE)
    return load_schema(schema) if schema else schema_of(root, config), config


__all__ = ["command"]
