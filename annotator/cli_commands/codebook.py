"""`annotator codebook`: the names that annotators should use, with their meanings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from annotator.cli_commands._options import choice_option, json_option
from annotator.cli_commands._shared import annotator_of, open_project, with_count
from annotator.console import notify, print_json, print_lines
from annotator.model.text import plural

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from annotator.model.names import NameKind

Row = TypeVar("Row", bound="DataclassInstance")

LINES = 40
"""How many messages about a file are shown one by one."""


@click.group("codebook")
def command() -> None:
    """Manage the codebook: which entities and concepts to use.

    Each name has a definition, aliases, a parent, an opposite and an id.

    \b
    Example:
      annotator codebook import codebook.csv
    """


@command.command("import")
@click.argument("path", type=click.Path(path_type=Path))
@choice_option("--entry", ["concept", "entity"], "concept", "What the codes of a .qdc file are.")
@click.option("--dry-run", is_flag=True, help="Show what would be imported, and import nothing.")
@json_option
@click.pass_context
def import_(ctx: click.Context, path: Path, entry: NameKind, dry_run: bool, as_json: bool) -> int:
    """Import names from a CSV, TSV or REFI-QDA file.

    They replace entries of the same name. The columns are entry (entity or concept), name, kind,
    aliases (separated by | or ;), definition, parent, opposite and external_id. A file without the
    column entry is an authority file of entities: id, name, aliases, kind. A codebook of ATLAS.ti,
    MAXQDA, NVivo or QualCoder (.qdc) brings names, definitions and parents. The exit code is 1 if
    something was left out or is inconsistent.

    \b
    Examples:
      annotator codebook import codebook.csv
      annotator codebook import people-and-states.tsv --dry-run
      annotator codebook import codes.qdc --entry concept
    """
    from annotator.workflows.names.codebook import import_codebook

    with open_project(ctx) as project:
        done = import_codebook(project, path, who=annotator_of(ctx), dry_run=dry_run, entry=entry)
    notify(*done.messages[:LINES])
    if len(done.messages) > LINES:
        notify(f"and {len(done.messages) - LINES:,} more of these; --json lists all")
    if as_json:
        print_json(asdict(done))
    else:
        would = "would be " if dry_run else ""
        print_lines(
            f"{plural(done.added, 'name')} {would}new, {done.changed} "
            f"{would}changed, "
            f"{done.same} unchanged"
        )
    return 1 if done.messages else 0


@command.command("export")
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option("--pseudonyms", is_flag=True, help="Replace the names of annotators with pseudonyms.")
@json_option
@click.pass_context
def export(ctx: click.Context, path: Path | None, pseudonyms: bool, as_json: bool) -> int:
    """Write the codebook as CSV or REFI-QDA.

    It goes to PATH, or to the screen without PATH or with -. Every name has the number of its uses,
    documents and annotators. Names that are in use but not in the codebook come last. A PATH that
    ends in .qdc becomes a codebook of REFI-QDA.

    \b
    Examples:
      annotator codebook export codebook.csv
      annotator codebook export codebook.qdc
      annotator codebook export | column -s, -t
    """
    from annotator.workflows.agreement.csv_tables import write_text
    from annotator.workflows.exchange.pseudonyms import Pseudonyms
    from annotator.workflows.names.codebook import COLUMNS, COUNTS, as_csv, rows_of
    from annotator.workflows.names.qda import as_qdc

    with open_project(ctx) as project:
        rows = rows_of(project, called=Pseudonyms(project).called if pseudonyms else None)
    named = [dict(zip((*COLUMNS, *COUNTS), row, strict=True)) for row in rows]
    file = None if path is None or str(path) == "-" else path
    if file is not None:
        is_qdc = file.suffix.lower() == ".qdc"
        text, lost = as_qdc(named) if is_qdc else (as_csv(rows), {})
        write_text(file, text)
        notify(*(f"not in this format: {with_count(*one)}" for one in sorted(lost.items())))
        notify(f"{file}: {plural(len(rows), 'name')}")
    if as_json:
        print_json(named)
    elif file is None:
        print_lines(*as_csv(rows).rstrip("\n").split("\n"))
    return 0


@command.command()
@click.pass_context
def undo(ctx: click.Context) -> int:
    """Take back the last change of the codebook.

    Run the command again to take back the one before.

    \b
    Example:
      annotator codebook undo
    """
    from annotator.workflows.names.codebook import undo_codebook

    with open_project(ctx) as project:
        names = undo_codebook(project, who=annotator_of(ctx))
    print_lines(f"{plural(len(names), 'name')} restored" if names else "nothing to take back")
    return 0


@command.command()
@json_option
@click.pass_context
def log(ctx: click.Context, as_json: bool) -> int:
    """List all changes, rulings on names, and renamings.

    Each has its time and its author; the oldest comes first.

    \b
    Example:
      annotator codebook log
    """
    from annotator.workflows.names.name_events import history

    with open_project(ctx) as project:
        lines = history(project)
    return _print(as_json, lines, lambda line: f"{line.time}  {line.who or '–'}  {line.what}")


@command.command()
@json_option
@click.pass_context
def proposals(ctx: click.Context, as_json: bool) -> int:
    """List the names that annotators proposed for a closed codebook.

    \b
    Example:
      annotator codebook proposals
    """
    from annotator.workflows.names.closed import proposals as proposed

    with open_project(ctx) as project:
        found = proposed(project)
    return _print(
        as_json, found, lambda one: f"{one.who}  {one.document}  {one.note}  “{one.words}”"
    )


def _print(as_json: bool, rows: Sequence[Row], words: Callable[[Row], str]) -> int:
    """Print rows, each in words, or as JSON."""
    if as_json:
        print_json([asdict(one) for one in rows])
    else:
        print_lines(*map(words, rows))
    return 0
