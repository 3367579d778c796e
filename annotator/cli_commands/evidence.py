"""`annotator evidence`: the statements behind an edge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from annotator.cli_commands._options import json_option, status_option
from annotator.cli_commands._shared import annotator_of, open_project
from annotator.console import notify, print_json, print_lines
from annotator.model.text import plural

if TYPE_CHECKING:
    from annotator.model.statements import Statement
    from annotator.networks.periods import SideChange
    from annotator.project import Project


@click.command()
@click.argument("entity")
@click.argument("concept")
@status_option("gold")
@click.option("--real", is_flag=True, help="Keep a change of sides: it is real.")
@click.option(
    "--slip",
    is_flag=True,
    help="Send a change of sides back to review: it is a coding error.",
)
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    entity: str,
    concept: str,
    status: str,
    real: bool,
    slip: bool,
    as_json: bool,
) -> None:
    """Show the sentences behind a side.

    The command lists what ENTITY says on CONCEPT: where, who coded it, and why review decided so.

    If an entity took one side first and the other later, the command shows both. --real keeps the
    change; --slip flags the later statement in the gold and reopens its paragraph in review.

    \b
    Examples:
      annotator evidence "Hester Quill" "barrage should be built"
      annotator evidence Iran "sanctions should be lifted" --status all
    """
    from annotator.networks.graph_files import receipt
    from annotator.networks.periods import side_changes
    from annotator.workflows.network import report
    from annotator.workflows.network.network import NetworkOptions, read_evidence
    from annotator.workflows.network.side_changes import rulings

    if real and slip:
        raise click.UsageError(
            "--real and --slip cannot be used together: a change is real or a slip"
        )
    with open_project(ctx) as project:
        found = read_evidence(project, NetworkOptions(status=status), entity, concept)
        changes = side_changes(found)
        if real or slip:
            _rule(project, changes, real=real, reviewer=annotator_of(ctx))
        notes = _notes(project, {one.document for one in found})
        ruled = rulings(project, changes)
    if as_json:
        print_json([_row(one) | {"note": notes.get(receipt(one), "")} for one in found])
        return
    print_lines(*report.evidence_lines(found, notes))
    for one in changes:
        ruling = report.RULED.get(ruled.get(one, ""), "--real keeps it, --slip sends it to review")
        notify(f"changes sides: {one.before[-1].date[:10]} to {one.after[0].date[:10]}; {ruling}")


def _rule(project: Project, changes: Sequence[SideChange], *, real: bool, reviewer: str) -> None:
    """Keep changes of sides as real, or send them to review as slips."""
    from annotator.networks.graph_files import receipt
    from annotator.workflows.network.side_changes import keep_as_real, send_to_review

    if not changes:
        raise click.UsageError("there is no change of sides here")
    if real:
        keep_as_real(project, changes)
        notify(f"kept as real: {plural(len(changes), 'change')} of sides")
        return
    for one in send_to_review(project, changes, reviewer=reviewer):
        notify(f"sent to review: {receipt(one)}")


def _row(statement: Statement) -> dict[str, object]:
    """A statement as JSON values."""
    names = "document date paragraph coder item side sign start end quote cue".split()
    return {name: getattr(statement, name) for name in names}


def _notes(project: Project, documents: set[str]) -> dict[str, str]:
    """The notes of the gold on these documents, by receipt."""
    from annotator.model.record import GOLD
    from annotator.model.text import paragraph_number

    return {
        f"{document}/{paragraph_number(paragraph)}/{item}": text
        for document, paragraph, item, text in project.log.notes(GOLD)
        if document in documents
    }
