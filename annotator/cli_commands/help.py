"""`annotator help`: the pages of documentation, in the terminal."""

from __future__ import annotations

import click

from annotator.console import SafeContext, print_lines, print_page
from annotator.pages import page, topics


@click.command()
@click.argument("topic", required=False)
@click.pass_context
def command(ctx: click.Context, topic: str | None) -> None:
    """Print a page of the documentation.

    Without TOPIC, the command lists the topics. TOPIC can also be the name of a command. A page is
    plain Markdown when it goes to a file or a pipe.

    \b
    Examples:
      annotator help
      annotator help keys
      annotator help formats | less
    """
    group = ctx.find_root().command
    assert isinstance(group, click.Group)
    if topic is None:
        print_lines(*_contents(ctx))
    elif topic not in topics() and (known := group.get_command(ctx, topic)) is not None:
        own = SafeContext(known, info_name=topic, parent=ctx.find_root(), max_content_width=100)
        print_lines(*known.get_help(own).split("\n"))
    else:
        print_page(page(topic).text)


def _contents(ctx: click.Context) -> list[str]:
    """The topics, and the subject of each."""
    made = ctx.make_formatter()
    with made.section("annotator help TOPIC prints a page"):
        made.write_dl([(topic, page(topic).summary) for topic in topics()])
    return [*made.getvalue().rstrip().split("\n"), "", "annotator --help lists the commands."]
