"""`annotator blame`: who is behind each annotation of a document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from annotator.cli_commands._options import json_option, status_option
from annotator.cli_commands._shared import open_project, table
from annotator.console import print_json, print_lines
from annotator.model.text import paragraph_number

if TYPE_CHECKING:
    from annotator.project import Project
    from annotator.workflows.history.blame import BlamedItem


@click.command()
@click.argument("doc")
@status_option("all")
@json_option
@click.pass_context
def command(ctx: click.Context, doc: str, status: str, as_json: bool) -> None:
    """Show who is behind each annotation of DOC.

    The command lists what stands in everybody's work, in reading order: who made it, when, and who
    gave it which name or attribute later. A field that was changed and changed back by an undo
    belongs to the one who gave it its value first.

    \b
    Examples:
      annotator blame editorial
      annotator blame editorial --status gold
      annotator blame editorial --status annotator=ada --json
    """
    with open_project(ctx) as project:
        several = _works(project, doc, status)
    if as_json:
        print_json([_data(doc, one) for items in several.values() for one in items])
        return
    for i, (annotator, items) in enumerate(several.items()):
        if i:
            print_lines("")
        if len(several) > 1:
            print_lines("gold" if annotator.startswith("@") else annotator)
        print_lines(*table(("¶", "annotation", "by", "time", "how"), _rows(items), left=5))


def _works(project: Project, document: str, status: str) -> dict[str, list[BlamedItem]]:
    """The blamed items of everybody whose work is wanted, by annotator."""
    from annotator.workflows.exchange.export_records import wanted_annotator
    from annotator.workflows.history.blame import blamed

    project.documents.load(document)
    whose = wanted_annotator(status)
    rows = project.log.completions(document=document, annotator=whose)
    return {row.annotator: blamed(project, document, row.annotator) for row in rows}


def _rows(items: list[BlamedItem]) -> list[tuple[Any, ...]]:
    from annotator.workflows.history.blame import how
    from annotator.workflows.history.decisions import who

    rows: list[tuple[Any, ...]] = []
    for item in items:
        for i, (event, fields) in enumerate(item.changes):
            what = item.words if i == 0 else f"  {', '.join(fields)}"
            number = paragraph_number(item.paragraph) if i == 0 else ""
            rows.append((number, what, who(event) or "–", event.time, how(item, event)))
    return rows


def _data(document: str, item: BlamedItem) -> dict[str, Any]:
    from annotator.store.codec import annotation_json
    from annotator.workflows.history.decisions import who

    return {
        "document": document,
        "annotator": item.annotator,
        "paragraph": item.paragraph,
        "annotation": annotation_json(item.value),
        "words": item.words,
        "fields": {
            name: {
                "who": who(event) or None,
                "time": event.time,
                "action": event.decision.action.value,
                "event": event.id,
            }
            for name, event in item.fields.items()
        },
    }
