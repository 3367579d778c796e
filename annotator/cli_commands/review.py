"""`annotator review`: from several annotators' work to the gold."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from annotator.cli_commands._options import choice_option, json_option
from annotator.cli_commands._shared import annotator_of, open_project
from annotator.cli_commands.annotate import check_terminal
from annotator.console import hear_no_warnings, notify, print_json, print_lines, suggest_next
from annotator.model.text import plural

if TYPE_CHECKING:
    from annotator.project import Project


@click.command()
@click.argument("document", required=False, metavar="[DOC]")
@click.option(
    "--strategy",
    default="unanimous",
    show_default=True,
    metavar="NAME",
    help=(
        "What becomes gold without review: unanimous, majority, dawid-skene, union or "
        "annotator:NAME."
    ),
)
@click.option("--merge", "headless", is_flag=True, help="Make gold without opening the screen.")
@choice_option(
    "--order",
    ["amount", "leverage"],
    "amount",
    "What comes first: documents with the most to decide, or differences that change the network "
    "most.",
)
@click.option("--hide-names", is_flag=True, help="Don't show who coded what.")
@click.option(
    "--right", "who", is_flag=True, help="Show who was right in how many cases, by label."
)
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    document: str | None,
    strategy: str,
    headless: bool,
    order: str,
    hide_names: bool,
    who: bool,
    as_json: bool,
) -> int:
    """Decide what the annotators coded differently.

    What they all coded alike is gold already. The screen shows the annotators' versions side by
    side: a number takes that annotator's version, a the majority's, x none, and m takes one and
    edits it. All other keys are those of annotating. A document becomes gold when its last
    paragraph is done and nothing is left to decide. With --merge, documents without differences
    become gold at once, and the others wait for review.

    \b
    Examples:
      annotator review
      annotator review --merge --strategy majority
      annotator review --right
    """
    from annotator.workflows.review.versions import check_strategy

    check_strategy(strategy)
    if who and (headless or document is not None):
        raise click.UsageError("--right takes no document, and does not go with --merge")
    if not headless and not who:
        check_terminal()
    with open_project(ctx) as project:
        if document is not None:
            project.documents.load(document)
        if who:
            return _who_was_right(project, strategy, as_json=as_json)
        reviewer = annotator_of(ctx)
        if headless:
            return _merge(project, strategy, document, reviewer, as_json=as_json)
        from annotator.tui.running import run_review

        hear_no_warnings()
        return run_review(
            project,
            strategy=strategy,
            document=document,
            hidden=hide_names,
            reviewer=reviewer,
            by_leverage=order == "leverage",
        )


def _merge(
    project: Project, strategy: str, document: str | None, reviewer: str, *, as_json: bool
) -> int:
    """Merge one document or all, and say how many became gold."""
    from annotator.workflows.review.adjudication import merge_all
    from annotator.workflows.review.redefinition import requeue

    for label, count in requeue(project).items():
        notify(f"the definition of {label} changed: {plural(count, 'item')} to review again")
    documents = [document] if document else None
    merged, gold = merge_all(project, strategy, documents=documents, reviewer=reviewer)
    if as_json:
        print_json({"merged": merged, "gold": gold})
    else:
        notify(f"{plural(merged, 'document')} merged, {gold} gold, {merged - gold} to review")
        if merged > gold:
            suggest_next("annotator review")
    return 0


def _who_was_right(project: Project, strategy: str, *, as_json: bool) -> int:
    """Print the tallies."""
    from annotator.workflows.review.who_was_right import right

    found = right(project, strategy)
    if as_json:
        print_json([asdict(r) for r in found])
        return 0
    for r in found:
        print_lines(f"{r.layer:<10} {r.label:<16} {r.annotator:<16} {r.right:>5} of {r.of}")
    if not found:
        notify("nobody has decided a difference yet")
    return 0
