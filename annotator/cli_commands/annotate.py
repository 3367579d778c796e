"""`annotator annotate`: the terminal application."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from annotator.cli_commands._shared import annotator_of, open_project
from annotator.console import hear_no_warnings, notify

if TYPE_CHECKING:
    from annotator.project import Project


@click.command()
@click.argument("document", required=False, metavar="[DOC]")
@click.pass_context
def command(ctx: click.Context, document: str | None) -> int:
    """Open the terminal application.

    With DOC, it opens this document at once.

    \b
    Example:
      annotator annotate editorial
    """
    return open_application(ctx, lambda: open_project(ctx), document=document)


def open_project_or_demo(ctx: click.Context) -> int:
    """Open the application on the project that is named or is in this folder, or else on a demo
    project."""
    wanted = ctx.obj["project"] is not None or os.environ.get("ANNOTATOR_PROJECT")
    if wanted or _has_project(Path.cwd()):
        return open_application(ctx, lambda: open_project(ctx))
    return open_application(ctx, open_demo)


def open_demo(corpus: str | None = None) -> Project:
    """The demo project of a corpus (None for the default one). Prints a message if it has to be
    made first."""
    from annotator.workflows.demo import SEEDS, demo_folder, demo_project

    corpus = corpus or SEEDS
    if not demo_folder(corpus).exists():
        notify(f"making the demo project from the corpus “{corpus}” ...")
    return demo_project(corpus)


def open_application(
    ctx: click.Context, opened: Callable[[], Project], *, document: str | None = None
) -> int:
    """Open the application on a project, once it is clear that a screen can be shown."""
    import gc

    from annotator.errors import ProjectError, UsageError

    # Garbage collection while modules load would take a tenth of the start. The screen turns it on
    # again.
    gc.disable()
    name = annotator_of(ctx)
    check_terminal()
    with opened() as project:
        if document is not None:
            try:
                project.documents.load(document)
            except ProjectError as error:
                raise UsageError(error.message, hint=error.hint) from error
        from annotator.tui.running import run

        hear_no_warnings()
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
    """Raise UsageError if no screen can be shown."""
    import sys

    from annotator.errors import UsageError

    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(
            "this is not a terminal", hint="The other commands work without one: `annotator --help`"
        )
    if os.environ.get("TERM", "") in ("", "dumb"):
        raise UsageError(
            "according to TERM, this terminal cannot draw a screen",
            hint="Try TERM=xterm-256color annotator",
        )
