"""All output of the command line goes through this module, to standard output or standard error.

Annotators, ids, titles, labels, paths and arguments come from anywhere. Characters in them that a
terminal could interpret (escape sequences, C0 and C1 controls, line ends, bidirectional controls)
are replaced with visible signs; JSON escapes them instead. Each argument is one line: a line end
inside it belongs to some name.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterable
from typing import TextIO

import click

from annotator.errors import AnnotatorError
from annotator.model.text import HARMFUL, displayable

_TALK = "annotator-talk"
"""The name of the handler that prints what is logged."""

_WIDTH = 100
"""The largest width of help and pages, in columns."""


def print_lines(*lines: str) -> None:
    """Print the lines of a result to standard output."""
    _say(sys.stdout, lines)


def notify(*lines: str) -> None:
    """Print messages to standard error."""
    _say(sys.stderr, lines)


def suggest_next(command: str) -> None:
    """Name the next step to a person: nothing if another program reads what is printed."""
    if sys.stdout.isatty() and sys.stderr.isatty():
        notify(f"next: {command}")


def hear_warnings() -> None:
    """From now on, print what is logged, and what libraries warn of, as any other message. Python
    would write it to the terminal as it is."""
    import logging

    class Talk(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            notify(record.getMessage())

    root = logging.getLogger()
    if not any(one.name == _TALK for one in root.handlers):
        talk = Talk(logging.WARNING)
        talk.name = _TALK
        root.addHandler(talk)
    logging.captureWarnings(True)


def hear_no_warnings() -> None:
    """From now on, print none of that: it would be written over a screen."""
    import logging

    root = logging.getLogger()
    for one in root.handlers[:]:
        if one.name == _TALK:
            root.removeHandler(one)
    root.addHandler(logging.NullHandler())


def print_json(value: object) -> None:
    """Print a result to standard output as JSON, with sorted keys and indentation. Characters that
    a terminal could interpret are escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False)
    for line in text.split("\n"):
        _write(sys.stdout, HARMFUL.sub(_escaped, line))


def print_data(data: bytes, *, as_json: bool) -> None:
    """Print data to standard output as it is. In lines of JSON, characters that a terminal could
    interpret are escaped, which does not change the values."""
    if as_json:
        lines = data.decode("utf-8").split("\n")
        data = "\n".join(HARMFUL.sub(_escaped, line) for line in lines).encode("utf-8")
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def print_csv(rows: Iterable[Iterable[object]]) -> None:
    """Print the rows of a result to standard output as CSV."""
    import csv
    import io

    for row in rows:
        line = io.StringIO()
        csv.writer(line, lineterminator="").writerow(
            displayable(cell) if isinstance(cell, str) else cell for cell in row
        )
        _write(sys.stdout, line.getvalue())


def print_error(error: AnnotatorError) -> None:
    """Print an error: where, what, and what to do."""
    where = f"{error.where}: " if error.where else ""
    notify(f"error: {where}{error.message}")
    if error.hint:
        notify(f"  {error.hint}")


def print_usage_error(error: click.ClickException) -> None:
    """Print a usage error from click in the form of our own errors."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError) or not isinstance(
        error, click.UsageError
    ):
        notify(*error.format_message().split("\n"))
        return
    notify(f"error: {error.format_message().rstrip('.')}")
    if error.ctx is not None:
        notify(f"  {error.ctx.get_usage()}", f"  Try {error.ctx.command_path} --help")


def print_page(markdown: str) -> None:
    """Print a page: as plain Markdown to a file or a pipe, formatted and in a pager to a
    terminal."""
    if not sys.stdout.isatty():
        print_lines(*markdown.rstrip("\n").split("\n"))
        return
    from rich.console import Console
    from rich.markdown import Markdown

    console = Console(width=min(Console().width, _WIDTH))
    os.environ["LESS"] = less_options(os.environ.get("LESS", ""))
    with console.pager(styles=True, links=False):
        console.print(Markdown(markdown, hyperlinks=False))


def less_options(options: str) -> str:
    """The options of `less`, with the one that shows colours; without it, their codes stand in the
    text."""
    return options if "R" in options else f"{options} -R".strip()


class Formatter(click.HelpFormatter):
    """Formats help, in which names of files and plug-ins can occur."""

    def write(self, string: str) -> None:
        super().write("\n".join(displayable(line) for line in string.split("\n")))


class SafeContext(click.Context):
    """A click context whose help contains no control characters."""

    formatter_class = Formatter


def with_safe_help(command: click.Command) -> click.Command:
    """The command and its subcommands, with help that contains no control characters."""
    command.context_class = SafeContext
    for below in getattr(command, "commands", {}).values():
        with_safe_help(below)
    return command


def _say(stream: TextIO, lines: tuple[str, ...]) -> None:
    for line in lines:
        _write(stream, displayable(line))


def _write(stream: TextIO, line: str) -> None:
    """Write a line that is already safe, using only characters that the stream's encoding has."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    click.echo(line.encode(encoding, "replace").decode(encoding), file=stream)


def _escaped(found: re.Match[str]) -> str:
    return json.dumps(found.group())[1:-1]


__all__ = [
    "Formatter",
    "SafeContext",
    "hear_no_warnings",
    "hear_warnings",
    "notify",
    "print_data",
    "print_error",
    "print_json",
    "print_lines",
    "print_page",
    "print_usage_error",
    "with_safe_help",
]
