"""`annotator man`: the manual page, made from the commands."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import cleandoc

import click

from annotator.console import print_lines

ENVIRONMENT = (
    (
        "ANNOTATOR_PROJECT",
        "The project folder, if neither --project nor the current folder names one.",
    ),
    ("ANNOTATOR_NAME", "Who annotates, if --annotator does not say it."),
    (
        "ANNOTATOR_HOME",
        "The folder for demo projects; otherwise they are in the user's data folder.",
    ),
    ("NO_COLOR", "With any value: no colours."),
)
FILES = (
    (
        "annotator.toml",
        "The settings of a project; it makes a folder a project. `annotator help settings` "
        "lists them.",
    ),
    (
        "annotator.db",
        "Texts, decisions and suggestions, an SQLite database. Copy it with `annotator backup`.",
    ),
)
EXITS = (
    ("0", "Fine."),
    ("1", "A check found something."),
    ("2", "Wrong usage."),
    ("3", "Something is wrong with the data or the database."),
    ("130", "Interrupted."),
)


@click.command()
@click.pass_context
def command(ctx: click.Context) -> None:
    """Print the manual page, as roff.

    \b
    Examples:
      annotator man > ~/.local/share/man/man1/annotator.1
      annotator man | man -l -
    """
    group = ctx.find_root().command
    assert isinstance(group, click.Group)
    for line in page(group):
        print_lines(line)


def page(group: click.Group) -> Iterator[str]:
    """The lines of the manual page; the same commands give the same page."""
    from annotator import __version__

    context = click.Context(group, info_name="annotator", help_option_names=["-h", "--help"])
    yield from (f'.TH ANNOTATOR 1 "" "annotator {__version__}" "User Commands"', ".SH NAME")
    summary = (group.help or "").partition("\n")[0].rstrip(".")
    yield from (f"annotator \\- {_escape(summary[:1].lower() + summary[1:])}", ".SH SYNOPSIS")
    yield ".B annotator"
    yield "[OPTIONS] [COMMAND] [ARGS]..."
    yield ".SH DESCRIPTION"
    yield from _text(group.help or "")
    yield from (".SH OPTIONS", *_options(group, context), ".SH COMMANDS")
    yield from _commands(group, context, "")
    for title, rows in (("ENVIRONMENT", ENVIRONMENT), ("FILES", FILES), ("EXIT STATUS", EXITS)):
        yield f".SH {title}"
        for name, what in rows:
            yield from (".TP", f".B {_escape(name)}", _escape(what))
    yield ".SH SHELL COMPLETION"
    yield "In ~/.bashrc, ~/.zshrc (zsh_source) or a fish configuration (fish_source):"
    yield from (".PP", ".nf", _escape('eval "$(_ANNOTATOR_COMPLETE=bash_source annotator)"'), ".fi")


def _commands(group: click.Group, context: click.Context, before: str) -> Iterator[str]:
    for name in group.list_commands(context):
        one = group.get_command(context, name)
        assert one is not None
        own = click.Context(one, info_name=name, parent=context)
        yield f".SS {_escape(before + name)}"
        pieces = " ".join(one.collect_usage_pieces(own))
        yield from (f".B annotator {_escape(before + name)}", _escape(pieces), ".PP")
        yield from _text(one.help or "")
        yield from _options(one, own)
        if isinstance(one, click.Group):
            yield from _commands(one, own, f"{before}{name} ")


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record is not None:
            yield from (".TP", f".B {_escape(record[0])}", _escape(record[1]))


def _text(text: str) -> Iterator[str]:
    """Paragraphs. Text after a backspace keeps its lines."""
    for i, paragraph in enumerate(cleandoc(text).replace("\f", "").split("\n\n")):
        if i:
            yield ".PP"
        lines = paragraph.strip("\n").split("\n")
        if lines[0].strip() == "\b":
            yield from (".nf", *(_escape(line) for line in lines[1:]), ".fi")
        else:
            yield from map(_escape, lines)


def _escape(text: str) -> str:
    """Text in which roff finds no commands."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{text}" if text[:1] in (".", "'") else text
