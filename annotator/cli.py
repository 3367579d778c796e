"""The command line: it finds commands by file name, prints all errors in the same form, and sets
the exit codes of the table. Neither this module nor the top of a command's file imports anything
heavy, so that help appears at once.
"""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path

import click

from annotator import __version__
from annotator.console import (
    SafeContext,
    hear_warnings,
    notify,
    print_error,
    print_usage_error,
    with_safe_help,
)
from annotator.errors import AnnotatorError, ExitCode

_FOLDER = Path(__file__).parent / "cli_commands"


class _UnreadError(Exception):
    """The reader of our output is gone. Click would exit with 1, which means that a check found
    something."""


class Commands(click.Group):
    """Commands found in `cli_commands/`: the file `import_.py` holds the command `import`."""

    context_class = SafeContext

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return sorted(
            p.stem.rstrip("_") for p in _FOLDER.glob("*.py") if not p.stem.startswith("_")
        )

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        file = cmd_name if (_FOLDER / f"{cmd_name}.py").exists() else f"{cmd_name}_"
        module = importlib.import_module(f"annotator.cli_commands.{file}")
        return with_safe_help(module.command)

    def invoke(self, ctx: click.Context) -> object:
        hear_warnings()
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise _UnreadError from error


@click.group(
    cls=Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="annotator")
@click.option(
    "--project", type=click.Path(path_type=Path), help="The project folder, if it is not this one."
)
@click.option(
    "--annotator", metavar="NAME", help="Who annotates; otherwise ANNOTATOR_NAME or the unix user."
)
@click.pass_context
def group(ctx: click.Context, project: Path | None, annotator: str | None) -> None:
    """Code actors, claims and stances in editorials, in the terminal.

    Without a command, the terminal application opens on the project in this folder,
    or on a demo project if there is none.

    \b
    Example:
      annotator init; annotator import article.txt; annotator suggest; annotator
    """
    if annotator is not None:
        from annotator.identity import check_annotator

        annotator = check_annotator(annotator)
    ctx.obj = {"project": project, "annotator": annotator}
    if ctx.invoked_subcommand is None:
        from annotator.cli_commands.annotate import open_project_or_demo

        ctx.exit(open_project_or_demo(ctx))


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and leave with an exit code."""
    sys.exit(run(arguments))


def run(arguments: list[str] | None = None) -> int:
    """Run the command line; the exit code."""
    try:
        result = group.main(args=arguments, prog_name="annotator", standalone_mode=False)
    except AnnotatorError as error:
        print_error(error)
        return int(error.exit_code)
    except click.exceptions.Abort as error:
        # Long work that is decided on says what becomes of it.
        notify(
            "; ".join(["interrupted", *map(str, error.__cause__.args if error.__cause__ else ())])
        )
        return int(ExitCode.INTERRUPTED)
    except click.ClickException as error:
        print_usage_error(error)
        return int(ExitCode.USAGE)
    except _UnreadError:
        _write_no_more()
        return int(ExitCode.OK)
    except OSError as error:
        if error.filename is None:
            _write_no_more()
        hint = "Check the path, the permissions and the free space on the disk"
        print_error(
            AnnotatorError(
                error.strerror or str(error), file=error.filename or "the output", hint=hint
            )
        )
        return int(ExitCode.DATA)
    except KeyboardInterrupt:
        return int(ExitCode.INTERRUPTED)
    return result if isinstance(result, int) else int(ExitCode.OK)


def _write_no_more() -> None:
    """Exit without a complaint from the interpreter about unwritten output."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
