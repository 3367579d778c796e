"""`annotator suggest`: suggestions, computed ahead."""

from __future__ import annotations

import click

from annotator.cli_commands._shared import json_option, open_project, print_json, talk
from annotator.model.text import plural


@click.command()
@click.option("--suggester", "names", multiple=True, metavar="NAME", help="Only this one; may be repeated.")
@click.option(
    "--pipeline", "pipelines", multiple=True, metavar="NAME|PATH", help="A spaCy pipeline; repeatable."
)
@click.option("--document", "documents", multiple=True, metavar="DOC", help="Only this one; may be repeated.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes.")
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    names: tuple[str, ...],
    pipelines: tuple[str, ...],
    documents: tuple[str, ...],
    workers: int,
    as_json: bool,
) -> None:
    """Compute suggestions for the documents, and store them.

    What annotators have decided is never touched; suggestions nobody has decided on are replaced.

    \b
    Example:
      annotator suggest --suggester rules
      annotator suggest --pipeline en_core_web_sm
    """
    from annotator.workflows.suggest import suggest

    wanted = (*names, *(f"pipeline:{name}" for name in pipelines))

    with open_project(ctx) as project:
        result = suggest(
            project, documents=list(documents) or None, suggesters=wanted or None, workers=workers
        )
    if as_json:
        print_json({"documents": result.documents, "suggestions": result.suggestions})
    else:
        talk(f"{plural(result.suggestions, 'suggestion')} for {plural(result.documents, 'document')}")
