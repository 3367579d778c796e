"""`annotator network`: who stands with whom."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from annotator.cli_commands._shared import json_option, open_project, print_json, talk, tell
from annotator.model.text import plural

_MODES = ("congruence", "conflict", "subtract")
_NORMALISATIONS = ("no", "average", "jaccard", "cosine")
_DUPLICATES = ("include", "document", "week", "month", "year", "once")


@click.command()
@click.option(
    "--status",
    default="gold",
    show_default=True,
    metavar="gold|all|annotator=NAME",
    help="Whose work.",
)
@click.option(
    "--mode",
    type=click.Choice(_MODES),
    default="subtract",
    show_default=True,
    help="What ties two holders: the same sides, opposite sides, or the difference.",
)
@click.option(
    "--normalise",
    type=click.Choice(_NORMALISATIONS),
    default="average",
    show_default=True,
    help="What a tie is divided by.",
)
@click.option(
    "--duplicates",
    type=click.Choice(_DUPLICATES),
    default="document",
    show_default=True,
    help="How often one holder's side on one concept counts: once a document, once a week ...",
)
@click.option("--author", is_flag=True, help="Take the authors of the texts as a holder too.")
@click.option("--actors", is_flag=True, help="Take sides on actors too, not only on concepts.")
@click.option("--unnamed", is_flag=True, help="Take claims without a concept too, by their words.")
@click.option(
    "--document",
    "documents",
    multiple=True,
    metavar="DOC",
    help="Only this document; several may be named.",
)
@click.option(
    "--samples",
    default=200,
    show_default=True,
    type=click.IntRange(0, 100_000),
    metavar="N",
    help="Samples of the documents for the error bars; 0 for none.",
)
@click.option(
    "--window",
    type=click.IntRange(1),
    metavar="DAYS",
    help="A network for each window of so many days.",
)
@click.option(
    "--step",
    type=click.IntRange(1),
    metavar="DAYS",
    help="Days from window to window. [default: --window]",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write GraphML, GEXF, CSV and two SVG pictures into this folder.",
)
@click.option(
    "--check",
    is_flag=True,
    help="With -o: write nothing; compare with what is there, byte by byte.",
)
@click.option("--force", is_flag=True, help="Write over files with other content.")
@json_option
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> None:
    """Who stands with whom: camps, ties, the signed matrix of holders
    and concepts, and changes of sides.

    Edges and camps come with the share of samples of the documents in which they show again. Claims
    that the texts assert themselves are the author's, and in the network with --author only.

    \b
    Examples:
      annotator network
      annotator network --mode congruence --normalise jaccard --duplicates month
      annotator network --window 60 --step 30
      annotator network -o network --json
    """
    from annotator.workflows.network import network as workflow
    from annotator.workflows.network import report

    output: Path | None = options.pop("output")
    force, as_json, normalise = (options.pop(name) for name in ("force", "as_json", "normalise"))
    checks = options.pop("check")
    if checks and output is None:
        raise click.UsageError("--check goes with -o")
    window, step = options.pop("window"), options.pop("step")
    if step is not None and window is None:
        raise click.UsageError("--step goes with --window")
    chosen = workflow.NetworkOptions(normalisation=normalise, **options)
    with open_project(ctx) as project:
        statements = workflow.read_statements(project, chosen)
    if window is not None:
        made = workflow.over_time(statements, chosen, window=window, step=step or window)
        if as_json:
            rows = [
                {"first": str(part.first), "last": str(part.last), **report.values(one)}
                for part, one in made
            ]
            print_json(rows)
        else:
            tell(*report.slice_lines(made))
        for part, one in made if output is not None else ():
            assert output is not None
            workflow.write(one, output / f"{part.first}", force=force)
        return
    found = workflow.network(statements, chosen)
    if checks and output is not None:
        workflow.check(found, output)
        talk(f"{output}: the same, byte by byte")
        return
    if output is not None:
        files = workflow.write(found, output, force=force)
        talk(f"{output}: {plural(len(files), 'file')}")
    if as_json:
        print_json(report.values(found))
    elif output is None:
        tell(*report.lines(found))
