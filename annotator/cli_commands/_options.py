"""Options that commands share, and builders for options of one kind."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

Command = Callable[..., Any]
F = TypeVar("F", bound=Command)

json_option = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")

documents_option = click.option(
    "--document",
    "documents",
    multiple=True,
    metavar="ID",
    help="Only this document; you can repeat it.",
)

force_option = click.option(
    "--force",
    is_flag=True,
    help="Overwrite the files of an earlier export; no other file is deleted.",
)


def choice_option(flag: str, choices: Sequence[str], default: str, help: str) -> Callable[[F], F]:
    """An option with one of several values, of which the help shows the default."""
    return click.option(
        flag, type=click.Choice(choices), default=default, show_default=True, help=help
    )


def number_option(
    flag: str,
    help: str,
    *,
    default: int,
    least: int = 0,
    most: int | None = None,
    metavar: str | None = None,
) -> Callable[[F], F]:
    """An option with a whole number within inclusive bounds, of which the help shows the
    default."""
    return click.option(
        flag,
        type=click.IntRange(least, most),
        default=default,
        show_default=True,
        metavar=metavar,
        help=help,
    )


def status_option(default: str) -> Callable[[F], F]:
    """The option that says whose work a command takes."""
    return click.option(
        "--status",
        default=default,
        show_default=True,
        metavar="gold|all|annotator=NAME",
        help="Whose work.",
    )


def option_group(name: str, make: Command, *options: Callable[[Command], Command]) -> Command:
    """Options that a command gets as one value, `name`: `make` takes those that its parameters
    name, and returns the value. It may raise UsageError."""
    taken = tuple(inspect.signature(make).parameters)

    def decorate(command: Command) -> Command:
        @functools.wraps(command)
        def call(*args: Any, **values: Any) -> Any:
            values[name] = make(**{one: values.pop(one) for one in taken})
            return command(*args, **values)

        made: Command = call
        for option in reversed(options):
            made = option(made)
        return made

    return decorate


__all__ = [
    "choice_option",
    "documents_option",
    "force_option",
    "json_option",
    "number_option",
    "option_group",
    "status_option",
]
