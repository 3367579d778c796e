"""`annotator evidence`: the receipts of an edge."""

from __future__ import annotations

import click

from annotator.cli_commands._shared import (
    annotator_of,
    json_option,
    open_project,
    print_json,
    talk,
    tell,
)
from annotator.model.text import plural


@click.command()
@click.argument("entity")
@click.argument("concept")
@click.option(
    "--status",
    default="gold",
    show_default=True,
    metavar="gold|all|annotator=NAME",
    help="Whose work.",
)
@click.option("--real", is_flag=True, help="A change of sides here is real: keep it.")
@click.option(
    "--slip",
    is_flag=True,
    help="A change of sides here is a slip of the coding: send it to review.",
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
    """The sentences behind a side: who coded what ENTITY says on CONCEPT,
    where, and why review decided so.

    An entity that took one side first and the other one later is shown with both; --real keeps the
    change, --slip flags the statement after it in the gold and opens its paragraph in review again.

    \b
    Examples:
      annotator evidence "Hester Quill" "barrage should be built"
      annotator evidence Iran "sanctions should be lifted" --status all
    """
    from annotator.networks.files import receipt
    from annotator.networks.periods import turns
    from annotator.workflows.network import changes, report
    from annotator.workflows.network.network import Options, evidence, read_statements

    if real and slip:
        raise click.UsageError("a change is real or a slip, not both")
    with open_project(ctx) as project:
        found = evidence(read_statements(project, Options(status=status)), entity, concept)
        turned = turns(found)
        if (real or slip) and not turned:
            raise click.UsageError("no change of sides here")
        if real:
            changes.keep_as_real(project, turned)
            talk(f"kept as real: {plural(len(turned), 'change')} of sides")
        if slip:
            sent = changes.send_to_review(project, turned, reviewer=annotator_of(ctx))
            talk(*(f"sent to review: {receipt(one)}" for one in sent))
        notes = _notes(project, {one.document for one in found})
        kept = {(turn.holder, turn.concept): changes.kept(project, turn) for turn in turned}
    if as_json:
        print_json(
            [
                {
                    "document": s.document,
                    "date": s.date,
                    "paragraph": s.paragraph,
                    "coder": s.coder,
                    "item": s.item,
                    "side": s.side,
                    "sign": s.sign,
                    "start": s.start,
                    "end": s.end,
                    "quote": s.quote,
                    "cue": s.cue,
                    "note": notes.get(receipt(s), ""),
                }
                for s in found
            ]
        )
        return
    tell(*report.evidence_lines(found, notes))
    for turn in turned:
        word = kept[turn.holder, turn.concept]
        said = {"real": "kept as a real change", "slip": "sent to review"}.get(
            word, "--real keeps it, --slip sends it to review"
        )
        talk(f"changes sides: {turn.before[-1].date[:10]} to {turn.after[0].date[:10]}; {said}")


def _notes(project: object, documents: set[str]) -> dict[str, str]:
    """The notes of the gold on these documents, by receipt."""
    from annotator.model.record import GOLD
    from annotator.model.text import paragraph_number
    from annotator.project import Project

    assert isinstance(project, Project)
    return {
        f"{document}/{paragraph_number(paragraph)}/{item}": text
        for document, paragraph, item, text in project.log.notes(GOLD)
        if document in documents
    }
