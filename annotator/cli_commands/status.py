"""`annotator status`: the project in figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from annotator.cli_commands._shared import json_option, open_project, print_json
from annotator.model.text import plural

if TYPE_CHECKING:
    from annotator.project import Project, ProjectStatus


@click.command()
@json_option
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """Documents, paragraphs done, labels by layer, and what became of the suggestions.

    \b
    Example:
      annotator status --json | jq .annotators
    """
    with open_project(ctx) as project:
        status = project.status()
        if as_json:
            print_json(_data(project, status))
        else:
            for line in _lines(project, status):
                click.echo(line)


def _data(project: Project, status: ProjectStatus) -> dict[str, Any]:
    return {
        "project": str(project.root),
        "schema": {
            "name": project.schema.name, "version": project.schema.version, "hash": project.schema.hash,
        },
        "documents": status.documents,
        "paragraphs": status.paragraphs,
        "annotators": [
            {
                "annotator": a.annotator,
                "paragraphs_done": a.paragraphs_done,
                "documents": {completion.value: n for completion, n in a.documents.items()},
            }
            for a in status.annotators
        ],
        "labels": {layer: dict(labels) for layer, labels in status.labels.items()},
        "model": _model(project),
        "suggestions": [
            {
                "suggester": t.suggester, "layer": t.layer, "accepted": t.accepted, "corrected": t.corrected,
                "rejected": t.rejected, "skipped": t.skipped, "pending": t.pending,
            }
            for t in status.suggestions
        ],
    }  # fmt: skip


def _model(project: Project) -> dict[str, Any] | None:
    """The newest model for the project's schema."""
    rows = project.learning.models(schema=project.schema.hash, limit=1)
    return {"number": rows[0].number, "trained_on": dict(rows[0].trained_on)} if rows else None


def _lines(project: Project, status: ProjectStatus) -> list[str]:
    from annotator.workflows.background import news

    lines = [
        f"{project.root}",
        f"label schema {project.schema.name} {project.schema.version}",
        f"{plural(status.documents, 'document')}, {plural(status.paragraphs, 'paragraph')} to annotate",
    ]
    if said := news(project):
        lines.append(said)
    if not status.documents:
        return [*lines, "", "next: annotator import FILE..."]
    if status.annotators:
        rows: list[tuple[Any, ...]] = []
        for a in status.annotators:
            counts = {completion.value: n for completion, n in a.documents.items()}
            rows.append(
                (a.annotator, counts.get("done", 0) + counts.get("gold", 0), counts.get("in_progress", 0),
                 counts.get("skipped", 0), a.paragraphs_done)
            )  # fmt: skip
        lines += ["", *_table(("annotator", "done", "in progress", "skipped", "paragraphs done"), rows)]
    if status.labels:
        counted = [
            (layer, label, n) for layer, labels in status.labels.items() for label, n in labels.items()
        ]
        lines += ["", *_table(("layer", "label", "annotations"), counted, left=2)]
    if status.suggestions:
        tallies = [
            (t.suggester, t.layer, t.accepted, t.corrected, t.rejected, t.skipped, t.pending)
            for t in status.suggestions
        ]
        names = ("suggester", "layer", "accepted", "corrected", "rejected", "skipped", "pending")
        lines += ["", *_table(names, tallies, left=2)]
    return lines


def _table(names: tuple[str, ...], rows: Sequence[tuple[Any, ...]], left: int = 1) -> list[str]:
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
