"""What commands share: the project they work on, who annotates, and how results are printed."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from annotator.errors import AnnotatorError

if TYPE_CHECKING:
    from annotator.project import Project

F = TypeVar("F", bound=Callable[..., Any])

json_option = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")


def open_project(ctx: click.Context) -> Project:
    """The project named by --project, else the one that this folder lies in."""
    from annotator.folder import find_folder
    from annotator.project import Project

    named: Path | None = ctx.obj["project"]
    return Project.open(named if named is not None else find_folder())


def annotator_of(ctx: click.Context) -> str:
    """Who annotates."""
    from annotator.identity import current_annotator

    return current_annotator(ctx.obj["annotator"])


def print_json(value: object) -> None:
    """A result on standard output: sorted keys, indented."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False))


def talk(text: str) -> None:
    """A line for the person, on standard error."""
    click.echo(text, err=True)


def progress(nouns: str) -> Callable[[int, int], None]:
    """What tells the person how far it is, every fifty `nouns`."""

    def tell(done: int, count: int) -> None:
        if done % 50 == 0 and done < count:
            talk(f"{done:,} of {count:,} {nouns}")

    return tell


def say(error: AnnotatorError) -> None:
    """An error as a person reads it: where, what, what to do."""
    where = f"{error.where}: " if error.where else ""
    click.echo(f"error: {where}{error.message}", err=True)
    if error.hint:
        click.echo(f"  {error.hint}", err=True)


def table(names: tuple[str, ...], rows: Sequence[tuple[Any, ...]], left: int = 1) -> list[str]:
    """Columns aligned: the first `left` ones to the left, numbers to the right."""
    cells = [names, *(tuple(str(value) for value in row) for row in rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(names))]
    return [
        "  ".join(
            value.ljust(width) if i < left else value.rjust(width)
            for i, (value, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    ]
