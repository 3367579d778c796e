"""`annotator annotators`: who works in the project, and what they did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from annotator.cli_commands._options import json_option
from annotator.cli_commands._shared import open_project, table
from annotator.console import print_json, print_lines
from annotator.model.decision import Completion

if TYPE_CHECKING:
    from annotator.store.reports import Activity


@click.command()
@json_option
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """List who works in the project, and what they did.

    For each annotator, the command counts documents by state, finished paragraphs, and decisions in
    the log. For reviewers, it counts the documents of the gold that they decided in. The last
    column is the day of the last decision (UTC). With --json, it also says how many documents each
    annotator was assigned, how many annotations stand, and when the first decision was.

    \b
    Example:
      annotator annotators --json | jq '.[].name'
    """
    with open_project(ctx) as project:
        people = project.activity()
    if as_json:
        print_json([_data(one) for one in people])
        return
    if not people:
        print_lines("nobody has worked here yet")
        return
    for line in table(_COLUMNS, [_row(one) for one in people]):
        print_lines(line)


_COLUMNS = (
    "annotator",
    "done",
    "in progress",
    "skipped",
    "paragraphs",
    "decisions",
    "reviewed",
    "last",
)


def _row(one: Activity) -> tuple[Any, ...]:
    documents = (
        one.documents.get(state, 0)
        for state in (Completion.DONE, Completion.IN_PROGRESS, Completion.SKIPPED)
    )
    last = (one.last or "–")[:10]
    return (one.name, *documents, one.paragraphs, one.decisions, one.reviewed, last)


def _data(one: Activity) -> dict[str, Any]:
    return {
        "name": one.name,
        "assigned": one.assigned,
        "documents": {state.value: number for state, number in one.documents.items()},
        "paragraphs_done": one.paragraphs,
        "decisions": one.decisions,
        "annotations": one.annotations,
        "reviewed": {"documents": one.reviewed, "decisions": one.rulings},
        "first": one.first,
        "last": one.last,
    }
