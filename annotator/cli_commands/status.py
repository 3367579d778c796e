"""`annotator status`: figures about the project."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from annotator.cli_commands._options import json_option
from annotator.cli_commands._shared import open_project, table
from annotator.console import print_json, print_lines, suggest_next
from annotator.model.record import shown_name
from annotator.model.text import plural

if TYPE_CHECKING:
    from annotator.project import Project
    from annotator.store.reports import AnnotatorTally, ProjectStatus


@click.command()
@json_option
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """Show figures about the project.

    They are documents, finished paragraphs, labels by layer, and what became of the suggestions.

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
                print_lines(line)
            if not status.documents:
                suggest_next("annotator import FILE...")


def _data(project: Project, status: ProjectStatus) -> dict[str, Any]:
    return {
        "project": str(project.root),
        "schema": {
            "name": project.schema.name,
            "version": project.schema.version,
            "hash": project.schema.hash,
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
        "assignments": [
            {"annotator": name, "documents": of, "done": done}
            for name, of, done in _assigned(project)
        ],
        "labels": {layer: dict(labels) for layer, labels in status.labels.items()},
        "model": _model(project),
        "suggestions": [
            {
                "suggester": t.suggester,
                "layer": t.layer,
                "accepted": t.accepted,
                "corrected": t.corrected,
                "rejected": t.rejected,
                "skipped": t.skipped,
                "pending": t.pending,
            }
            for t in status.suggestions
        ],
    }


def _model(project: Project) -> dict[str, Any] | None:
    """The newest model for the project's schema."""
    rows = project.learning.models(schema=project.schema.hashes, limit=1)
    return {"number": rows[0].number, "trained_on": dict(rows[0].trained_on)} if rows else None


def _assigned(project: Project) -> list[tuple[str, int, int]]:
    """How many documents each annotator has and how many are done; empty if nothing is assigned."""
    if not project.assignments.any():
        return []
    held = project.assignments.held()
    documents, done = (
        Counter(h.annotator for h in held),
        Counter(h.annotator for h in held if h.done),
    )
    return [(name, of, done[name]) for name, of in documents.items()]


def _lines(project: Project, status: ProjectStatus) -> list[str]:
    from annotator.workflows.training.summary import model_summary

    lines = [
        f"{project.root}",
        f"label schema {project.schema.name} {project.schema.version}",
        f"{plural(status.documents, 'document')} with {plural(status.paragraphs, 'paragraph')}",
    ]
    if summary := model_summary(project):
        lines.append(summary)
    if not status.documents:
        return lines
    for names, rows, left in _tables(project, status):
        if rows:
            lines += ["", *table(names, rows, left=left)]
    return lines


def _tables(
    project: Project, status: ProjectStatus
) -> Iterator[tuple[tuple[str, ...], list[tuple[Any, ...]], int]]:
    """The tables of a status: the names of the columns, the rows, and how many columns are on the
    left."""
    yield (
        ("annotator", "done", "in progress", "skipped", "paragraphs done"),
        [_annotator_row(one) for one in status.annotators],
        1,
    )
    yield ("assigned to", "documents", "done"), _assigned(project), 1
    yield (
        ("layer", "label", "annotations"),
        [(layer, label, n) for layer, own in status.labels.items() for label, n in own.items()],
        2,
    )
    yield (
        ("suggester", "layer", "accepted", "corrected", "rejected", "skipped", "pending"),
        [
            (t.suggester, t.layer, t.accepted, t.corrected, t.rejected, t.skipped, t.pending)
            for t in status.suggestions
        ],
        2,
    )


def _annotator_row(one: AnnotatorTally) -> tuple[Any, ...]:
    counts = {completion.value: n for completion, n in one.documents.items()}
    done = counts.get("done", 0) + counts.get("gold", 0)
    return (
        shown_name(one.annotator),
        done,
        counts.get("in_progress", 0),
        counts.get("skipped", 0),
        one.paragraphs_done,
    )
