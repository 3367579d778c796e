"""`annotator review`: from several annotators' work to the gold."""

from __future__ import annotations

import click

from annotator.cli_commands._shared import json_option, open_project, plural, print_json, talk


@click.command()
@click.argument("document", required=False, metavar="[DOC]")
@click.option(
    "--strategy", default="unanimous", show_default=True, metavar="NAME",
    help="What stands without review: unanimous, majority, union or annotator:NAME.",
)  # fmt: skip
@click.option("--merge", "headless", is_flag=True, help="Merge without opening the screen.")
@json_option
@click.pass_context
def command(ctx: click.Context, document: str | None, strategy: str, headless: bool, as_json: bool) -> int:
    """Decide what the annotators coded differently; what they agree on is gold already.

    In the screen the differences stand as suggestions, each with whose they are (w), and all keys are those of
    annotating. A document whose last paragraph is done is gold. With --merge, documents without a difference
    become gold at once and the others wait for review.

    \b
    Examples:
      annotator review
      annotator review --merge --strategy majority
    """
    from annotator.workflows.adjudicate import check_strategy, merge_all

    check_strategy(strategy)
    if not headless:
        from annotator.cli_commands.annotate import check_terminal

        check_terminal()
    with open_project(ctx) as project:
        if document is not None:
            project.document(document)
        if headless:
            merged, gold = merge_all(project, strategy, documents=[document] if document else None)
            if as_json:
                print_json({"merged": merged, "gold": gold})
            else:
                talk(f"{plural(merged, 'document')} merged, {gold} gold, {merged - gold} to review")
            return 0
        from annotator.tui.app import run_review

        return run_review(project, strategy=strategy, document=document)
