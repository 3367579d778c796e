"""`annotator annotate`: the terminal application."""

from __future__ import annotations

from pathlib import Path

import click

from annotator.cli_commands._shared import annotator_of, open_project, talk


@click.command()
@click.argument("document", required=False, metavar="[DOC]")
@click.pass_context
def command(ctx: click.Context, document: str | None) -> int:
    """Open the terminal application, on a document if DOC names one.

    \b
    Example:
      annotator annotate editorial
    """
    return open_application(ctx, document=document, demo=False)


def open_application(ctx: click.Context, *, document: str | None, demo: bool) -> int:
    """Open the application on the project; with `demo`, on the demo project where there is none."""
    import gc
    import os

    from annotator.errors import ProjectError, UsageError

    # To look for garbage among what is being loaded takes a tenth of the start; the screen takes it up again.
    gc.disable()
    name = annotator_of(ctx)
    check_terminal()
    wanted = ctx.obj["project"] is not None or os.environ.get("ANNOTATOR_PROJECT")
    if demo and not wanted and not _has_project(Path.cwd()):
        from annotator.workflows.demo import demo_folder, demo_project

        if not demo_folder().exists():
            talk("making the demo project from the seed editorials ...")
        project = demo_project()
    else:
        project = open_project(ctx)
    with project:
        if document is not None:
            try:
                project.documents.load(document)
            except ProjectError as error:
                raise UsageError(error.message, hint=error.hint) from error
        from annotator.tui.app import run

        return run(project, annotator=name, document=document)


def _has_project(start: Path) -> bool:
    from annotator.errors import ProjectError
    from annotator.folder import find_folder

    try:
        find_folder(start)
    except ProjectError:
        return False
    return True


def check_terminal() -> None:
    """Raise UsageError where no screen can be shown."""
    import os
    import sys

    from annotator.errors import UsageError

    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(
            "this is not a terminal", hint="`annotator --help` lists the commands that need none"
        )
    if os.environ.get("TERM", "") in ("", "dumb"):
        raise UsageError("TERM says that this terminal cannot draw", hint="Try TERM=xterm-256color annotator")
