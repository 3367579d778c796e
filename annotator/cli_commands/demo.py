"""`annotator demo`: the terminal application on a project made
from texts that come with the program."""

from __future__ import annotations

import click

CORPORA = ("seeds", "debate")
"""The same as in `workflows.demo`, which is too slow to import for `--help`."""


@click.command()
@click.argument("corpus", type=click.Choice(CORPORA), default="seeds")
@click.pass_context
def command(ctx: click.Context, corpus: str) -> int:
    """Open a demo project.

    SEEDS are editorials on many topics. DEBATE is one controversy in sixteen texts. Two people
    coded it and half of it is adjudicated, so that you can try review, agreement and the network.
    The program makes the project in your data folder, or under ANNOTATOR_HOME, and keeps it there.
    Remove its folder to begin again.

    \b
    Examples:
      annotator demo
      annotator demo debate
    """
    from annotator.cli_commands.annotate import open_application, open_demo
    from annotator.errors import UsageError

    if ctx.obj["project"] is not None:
        raise UsageError(
            "a demo uses its own project",
            hint="Leave out --project, or use `annotator annotate`",
        )
    return open_application(ctx, lambda: open_demo(corpus))
