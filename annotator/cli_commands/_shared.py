"""Code that commands share: which project they work on, who annotates, and how results are
written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from annotator.console import notify

if TYPE_CHECKING:
    from annotator.project import Project


def names_listed(text: str | None) -> tuple[str, ...]:
    """The names of a list such as `ada,ben`; none without one."""
    return tuple(name.strip() for name in text.split(",")) if text else ()


def open_project(ctx: click.Context) -> Project:
    """The project that --project names, or else the one that contains this folder."""
    from annotator.folder import find_folder
    from annotator.project import Project

    named: Path | None = ctx.obj["project"]
    project = Project.open(named if named is not None else find_folder())
    notify(*project.news())
    return project


def annotator_of(ctx: click.Context) -> str:
    """Who annotates."""
    from annotator.identity import current_annotator

    return current_annotator(ctx.obj["annotator"])


def with_count(what: str, count: int) -> str:
    """`notes (1); --notes includes them`: what there is, its number, and what to do about it. The
    number stands behind the noun, so that a noun in the plural fits every number."""
    noun, mark, advice = what.partition("; ")
    return f"{noun} ({count:,}){mark}{advice}"


def progress(nouns: str) -> Callable[[int, int], None]:
    """A function that reports progress after every fifty `nouns`."""

    def report(done: int, count: int) -> None:
        if done % 50 == 0 and done < count:
            notify(f"{done:,} of {count:,} {nouns}")

    return report


def table(names: tuple[str, ...], rows: Sequence[tuple[Any, ...]], left: int = 1) -> list[str]:
    """Aligned columns: the first `left` ones to the left, numbers to the right."""
    cells = [names, *(tuple(str(value) for value in row) for row in rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(names))]
    return [
        "  ".join(
            value.ljust(width) if i < left else value.rjust(width)
            for i, (value, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    ]


__all__ = ["annotator_of", "names_listed", "open_project", "progress", "table", "with_count"]
