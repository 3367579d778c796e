"""`annotator log`: who decided what, and when."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import click

from annotator.cli_commands._options import documents_option, json_option, number_option
from annotator.cli_commands._shared import names_listed, open_project
from annotator.console import print_json, print_lines
from annotator.model.text import paragraph_number

if TYPE_CHECKING:
    from annotator.workflows.history.decisions import LogEntry


@click.command()
@documents_option
@click.option("--annotators", metavar="A,B", help="Only decisions by these people.")
@click.option("--since", metavar="DAY", help="Only decisions made on this day (UTC) or later.")
@click.option("--until", metavar="DAY", help="Only decisions made on this day (UTC) or earlier.")
@number_option("--limit", "The number of entries; 0 for all.", default=50, metavar="N")
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    documents: tuple[str, ...],
    annotators: str | None,
    since: str | None,
    until: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """Show who decided what, and when.

    The newest decision comes first. An entry is what one key did, even if it was taken back later.
    For the gold, it names the reviewer. With --json, an entry has all its events, with the state
    before and after each. `annotator codebook log` lists the changes of names.

    \b
    Examples:
      annotator log
      annotator log --document editorial --annotators ada,ben
      annotator log --since 2026-11-01 --limit 0 --json
    """
    from annotator.project import EventFilter
    from annotator.workflows.agreement.methods_data import checked_day
    from annotator.workflows.history.decisions import entries

    people = names_listed(annotators)
    first, last = checked_day(since, "--since"), checked_day(until, "--until")
    after = (date.fromisoformat(last) + timedelta(days=1)).isoformat() if last else ""
    wanted = EventFilter(documents, people, first or "", after)
    with open_project(ctx) as project:
        found = entries(project, wanted, limit or None)
        if as_json:
            print_json([_data(entry) for entry in found])
            return
        for entry in found:
            print_lines(_line(entry))


def _line(entry: LogEntry) -> str:
    gold = " (gold)" if entry.annotator.startswith("@") else ""
    where = f" ¶ {paragraph_number(entry.paragraph)}" if entry.paragraph >= 0 else ""
    if entry.words.startswith("¶"):
        where = ""
    return f"{entry.time}  {entry.who or '–'}{gold}  {entry.document}{where}  {entry.words}"


def _data(entry: LogEntry) -> dict[str, Any]:
    from annotator.workflows.history.decisions import event_json

    return {
        "document": entry.document,
        "annotator": entry.annotator,
        "who": entry.who or None,
        "time": entry.time,
        "words": entry.words,
        "events": [event_json(event) for event in entry.events],
    }
