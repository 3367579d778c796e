"""`annotator help`: the pages of documentation, in the terminal."""

from __future__ import annotations

import sys

import click

from annotator.pages import Page, page, topics


@click.command()
@click.argument("topic", required=False)
@click.pass_context
def command(ctx: click.Context, topic: str | None) -> None:
    """Print a page of the documentation; without TOPIC, list the topics.

    TOPIC can also be the name of a command. A page is plain Markdown when it goes to a file or a pipe.

    \b
    Examples:
      annotator help
      annotator help keys
      annotator help formats | less
    """
    group = ctx.find_root().command
    assert isinstance(group, click.Group)
    if topic is None:
        click.echo("\n".join(_contents()))
    elif topic not in topics() and (known := group.get_command(ctx, topic)) is not None:
        own = click.Context(known, info_name=topic, parent=ctx.find_root(), max_content_width=100)
        click.echo(known.get_help(own))
    else:
        _print(page(topic))


def _contents() -> list[str]:
    """The topics and what each is about."""
    width = max(map(len, topics()))
    rows = [f"  {topic.ljust(width)}  {page(topic).summary}" for topic in topics()]
    return ["annotator help TOPIC prints a page:", "", *rows, "", "annotator --help lists the commands."]


def _print(found: Page) -> None:
    """The page as it is for a pipe, set and in a pager for a person."""
    if not sys.stdout.isatty():
        click.echo(found.text, nl=False)
        return
    from rich.console import Console
    from rich.markdown import Markdown

    console = Console(width=min(Console().width, 100))
    with console.pager(styles=True, links=False):
        console.print(Markdown(found.text, hyperlinks=False))
