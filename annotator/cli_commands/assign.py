"""`annotator assign`: who codes which document."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import click

from annotator.cli_commands._options import documents_option, json_option, option_group
from annotator.cli_commands._shared import open_project, table
from annotator.console import notify, print_json, print_lines
from annotator.errors import UsageError
from annotator.model.text import plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from annotator.project import Project
    from annotator.workflows.active_learning import Strategy
    from annotator.workflows.assign import AssignmentReport, AssignmentResult


@dataclass(frozen=True, slots=True)
class _Division:
    """Which documents are divided, and how: annotators for each, the share for everybody named, and
    what comes first."""

    each: int | None
    overlap: float | None
    documents: tuple[str, ...]
    by: Strategy | None
    count: int

    @property
    def option(self) -> str:
        """An option that only makes sense if documents are assigned; empty if none was given."""
        return (
            "--each" if self.each is not None else "--overlap" if self.overlap is not None else ""
        )

    def assign(self, project: Project, names: Sequence[str], *, dry_run: bool) -> AssignmentResult:
        """Assign documents to the annotators named."""
        from annotator.workflows.assign import assign

        documents: Sequence[str] = self.documents
        if self.by is not None:
            documents = _teaching(project, self.by, self.count, dry_run)
        each = 1 if self.each is None else self.each
        return assign(
            project,
            names,
            each=each,
            overlap=self.overlap or 0.0,
            documents=documents,
            dry_run=dry_run,
        )


_division_options = option_group(
    "division",
    _Division,
    click.option(
        "--each",
        type=int,
        metavar="N",
        help="How many annotators each document gets, including those that it has. [1]",
    ),
    click.option(
        "--overlap",
        type=float,
        metavar="SHARE",
        help="The share of documents that goes to everybody named, such as 0.2.",
    ),
    documents_option,
    click.option(
        "--by",
        type=click.Choice(["uncertainty", "diversity"]),
        help="Assign the documents that teach the model most.",
    ),
    click.option(
        "--count",
        type=int,
        default=20,
        show_default=True,
        help="How many documents to assign with --by.",
    ),
)


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@_division_options
@click.option(
    "--clear",
    "taking",
    is_flag=True,
    help="Take back documents that are not begun, from the annotators named or from all.",
)
@click.option("--dry-run", is_flag=True, help="Show what would happen, and change nothing.")
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    names: tuple[str, ...],
    division: _Division,
    taking: bool,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Divide the documents among annotators.

    Each document that is not assigned yet goes to one of the annotators named, or to as many as
    --each says, so that everybody has about the same number of words. With --overlap, a share of
    the documents goes to all of them, for agreement; a seed of the project decides which, also for
    documents that are imported later. Documents that somebody has begun stay with them. Run the
    command again after an import, with the same options: it assigns the new documents, first to
    those with the fewest words. In the application, annotators see the documents assigned to them.
    Without names, the command shows who has what.

    With --by, the command assigns --count documents that nobody has yet: those that the model is
    least sure about (uncertainty), or those least like what is coded so far (diversity). A fifth of
    them is drawn at random and marked, so that agreement on that part stays unbiased.

    \b
    Examples:
      annotator assign ada ben cid --overlap 0.2
      annotator assign dee --each 2
      annotator assign ben --clear
      annotator assign
    """
    from annotator.workflows.assign import clear, report

    _check(division, taking=taking, named=bool(names), dry_run=dry_run)
    with open_project(ctx) as project:
        if taking:
            outcome = clear(project, names, documents=division.documents, dry_run=dry_run)
            message = _taken(outcome, dry_run)
        elif names:
            outcome = division.assign(project, names, dry_run=dry_run)
            message = _assigned(outcome, division.each or 1, dry_run)
        else:
            _print_report(report(project), as_json=as_json)
            return 0
    if as_json:
        print_json(_outcome_data(outcome, "taken" if taking else "assigned", dry_run))
    else:
        notify(message)
        _print_report(outcome.report, as_json=False)
    return 0


def _check(division: _Division, *, taking: bool, named: bool, dry_run: bool) -> None:
    """Raise UsageError if --clear is combined with an option that assigns documents, or if there is
    something to do but nobody is named."""
    if taking and division.option:
        hint = "Take documents back first, then assign with a second command"
        raise UsageError("--clear only takes back documents", key=division.option, hint=hint)
    if not taking and not named and (division.documents or dry_run or division.option):
        hint = "Name the annotators: annotator assign ada ben ..."
        raise UsageError("no annotator is named", hint=hint)


def _teaching(project: Project, by: Strategy, count: int, dry_run: bool) -> Sequence[str]:
    """The documents that teach the model most, and a line on how they were drawn."""
    from annotator.workflows.active_learning import next_documents

    found = next_documents(project, by, count, dry_run=dry_run)
    number = plural(len(found.documents), "document")
    notify(f"{len(found.random)} of {number} are drawn at random, and marked")
    return found.documents


def _data(report: AssignmentReport) -> dict[str, Any]:
    return {
        "annotators": [asdict(one) for one in report.holdings],
        "documents": report.documents,
        "unassigned": {"documents": report.free, "words": report.free_words},
    }


def _outcome_data(outcome: AssignmentResult, done: str, dry_run: bool) -> dict[str, Any]:
    pairs = [{"annotator": who, "document": id} for who, id in outcome.pairs]
    return _data(outcome.report) | {done: pairs, "dry_run": dry_run}


def _print_report(report: AssignmentReport, *, as_json: bool) -> None:
    """Who has what."""
    if as_json:
        print_json(_data(report))
        return
    if not report.documents:
        notify("no documents yet: annotator import FILE...")
        return
    if report.holdings:
        rows = [
            (h.annotator, f"{h.documents:,}", f"{h.words:,}", f"{h.done:,}")
            for h in report.holdings
        ]
        for line in table(("annotator", "documents", "words", "done"), rows):
            print_lines(line)
    if report.free:
        print_lines(
            f"{plural(report.free, 'document')} with {plural(report.free_words, 'word')} "
            "assigned to nobody"
        )


def _assigned(outcome: AssignmentResult, each: int, dry_run: bool) -> str:
    """What was assigned, as text."""
    count = len({id for _, id in outcome.pairs})
    people = "an annotator" if each == 1 else f"{each} annotators"
    message = f"nothing to assign: every document has {people} already"
    if count:
        message = f"{plural(count, 'document')} {'would be ' if dry_run else ''}assigned"
        message += f", {outcome.shared:,} of them to all" if outcome.shared else ""
    elif not outcome.report.documents:
        message = "nothing to assign"
    if outcome.short:
        message = message if count else "nothing assigned"
        message += f"; {plural(outcome.short, 'document')} still without {people}: name others"
    return message


def _taken(outcome: AssignmentResult, dry_run: bool) -> str:
    """What was taken back, as text."""
    if not outcome.pairs:
        return "there is nothing to take back: no documents are assigned, or all of them are begun"
    return f"{plural(len(outcome.pairs), 'assignment')} {'would be ' if dry_run else ''}taken back"
