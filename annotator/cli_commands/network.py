"""`annotator network`: who stands with whom."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from annotator.cli_commands._options import (
    choice_option,
    documents_option,
    force_option,
    json_option,
    number_option,
    status_option,
)
from annotator.cli_commands._shared import open_project
from annotator.console import notify, print_json, print_lines
from annotator.model.text import plural

if TYPE_CHECKING:
    from annotator.networks.periods import Slice
    from annotator.workflows.network.network import Network

_MODES = ("congruence", "conflict", "subtract")
_NORMALISATIONS = ("no", "average", "jaccard", "cosine")
_ENDINGS = (".graphml", ".gexf", ".csv", ".svg")
_DUPLICATES = ("include", "document", "week", "month", "year", "once")


@click.command()
@status_option("gold")
@choice_option(
    "--mode",
    _MODES,
    "subtract",
    "What connects two holders: the same sides, opposite sides, or the difference.",
)
@choice_option("--normalise", _NORMALISATIONS, "average", "How to normalise ties.")
@choice_option(
    "--duplicates",
    _DUPLICATES,
    "document",
    "How often the same side of one holder on one concept counts: once per document, per week ...",
)
@click.option("--author", is_flag=True, help="Include the authors of the texts as a holder.")
@click.option("--actors", is_flag=True, help="Include sides on actors, not only on concepts.")
@click.option("--unnamed", is_flag=True, help="Include claims without a concept, by their words.")
@documents_option
@number_option(
    "--samples",
    "How often to resample the documents for the error bars; 0 for never.",
    default=200,
    most=100_000,
    metavar="N",
)
@click.option(
    "--window",
    type=click.IntRange(1),
    metavar="DAYS",
    help="Make a network for each window of this many days.",
)
@click.option(
    "--step",
    type=click.IntRange(1),
    metavar="DAYS",
    help="Days from one window to the next. [default: --window]",
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
    help="With -o: write nothing; compare with the existing files, byte by byte.",
)
@force_option
@json_option
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> None:
    """Show who stands with whom.

    The command prints camps, ties, the signed matrix of holders and concepts, and changes of sides.

    Edges and camps come with the share of resamples of the documents that show them again. Claims
    that a text asserts itself belong to its author, who is in the network only with --author.

    \b
    Examples:
      annotator network
      annotator network --mode congruence --normalise jaccard --duplicates month
      annotator network --window 60 --step 30
      annotator network -o network --json
    """
    from annotator.networks.periods import side_changes
    from annotator.workflows.network import network as workflow
    from annotator.workflows.network import report
    from annotator.workflows.network.side_changes import rulings

    output: Path | None = options.pop("output")
    force, as_json, normalise = (options.pop(name) for name in ("force", "as_json", "normalise"))
    checks, window, step = (options.pop(name) for name in ("check", "window", "step"))
    _check_together(output, checks, window, step)
    chosen = workflow.NetworkOptions(normalisation=normalise, **options)
    with open_project(ctx) as project:
        statements = workflow.read_statements(project, chosen)
        ids = project.names.codebook().ids
        ruled = rulings(project, side_changes(statements))
    if window is not None:
        made = workflow.over_time(statements, chosen, window=window, step=step or window, ids=ids)
        _print_slices(made, as_json=as_json)
        if output is not None:
            for part, one in made:
                _put(one, output / f"{part.first}", check=checks, force=force)
        return
    found = workflow.network(statements, chosen, ids)
    if output is not None:
        _put(found, output, check=checks, force=force)
    if checks:
        return
    if as_json:
        print_json(report.values(found, ruled))
    elif output is None:
        print_lines(*report.lines(found, ruled))


def _check_together(
    output: Path | None, checks: bool, window: int | None, step: int | None
) -> None:
    """Raise UsageError if an option is given without the one that it needs, or the name of a file
    in place of a folder."""
    if checks and output is None:
        raise click.UsageError("--check needs -o")
    if output is not None and output.suffix.lower() in _ENDINGS:
        raise click.UsageError(f"-o names a folder, in which it writes a {output.suffix} file too")
    if step is not None and window is None:
        raise click.UsageError("--step needs --window")


def _put(found: Network, folder: Path, *, check: bool, force: bool) -> None:
    """Write the files of a network, or compare them with the existing ones."""
    from annotator.workflows.network import network as workflow

    if check:
        workflow.check(found, folder)
        notify(f"{folder}: the same, byte by byte")
    else:
        files = workflow.write(found, folder, force=force)
        notify(f"{folder}: {plural(len(files), 'file')}")
        if found.not_xml:
            notify(
                f"{found.not_xml:,} names and quotations hold characters that XML cannot hold; "
                "GraphML, GEXF and pictures have U+FFFD there"
            )


def _print_slices(made: Sequence[tuple[Slice, Network]], *, as_json: bool) -> None:
    """Print the network of each window of time."""
    from annotator.workflows.network import report

    if not as_json:
        print_lines(*report.slice_lines(made))
        return
    print_json(
        [
            {"first": str(part.first), "last": str(part.last), **report.values(one)}
            for part, one in made
        ]
    )
