"""`annotator suggest`: computes suggestions in advance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from annotator.cli_commands._options import documents_option, json_option, number_option
from annotator.cli_commands._shared import open_project, progress
from annotator.console import notify, print_json, print_lines, suggest_next
from annotator.errors import UsageError
from annotator.model.text import plural

if TYPE_CHECKING:
    from annotator.workflows.suggesting.suggest import SuggestResult


@click.command()
@click.option(
    "--suggester",
    "names",
    multiple=True,
    metavar="NAME",
    help="Only this suggester; you can repeat it.",
)
@click.option(
    "--pipeline",
    "pipelines",
    multiple=True,
    metavar="NAME|PATH",
    help="A spaCy pipeline; you can repeat it.",
)
@documents_option
@click.option("--missing", is_flag=True, help="Only documents that have no suggestions yet.")
@number_option("--workers", "The number of processes.", default=1, least=1, most=64)
@click.option(
    "--dask", metavar="ADDRESS", help="Compute on this Dask cluster, such as tcp://host:8786."
)
@click.option(
    "--dry-run",
    is_flag=True,
    help="With --suggester llm: show what the model would be asked and what that costs.",
)
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    names: tuple[str, ...],
    pipelines: tuple[str, ...],
    documents: tuple[str, ...],
    missing: bool,
    workers: int,
    dask: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Compute suggestions for the documents, and store them.

    The command never changes what annotators have decided. It replaces suggestions that nobody has
    decided on. If you stop it, finished suggestions stay, and --missing computes the rest.

    With --dask (the extra dask), the workers of a Dask cluster, such as tcp://host:8786, compute
    the suggestions; only this process touches the project. Scheduler and workers need the same
    version of annotator, and workers need the pipeline too. Give each worker one thread: dask
    worker ADDRESS --nworkers auto --nthreads 1. Use only a cluster that you trust with the texts,
    and tls:// if you do not trust the network.

    \b
    Example:
      annotator suggest --suggester rules
      annotator suggest --suggester llm --dry-run
      annotator suggest --pipeline en_core_web_sm
      annotator suggest --dask tcp://cluster.example:8786
    """
    from annotator.workflows.suggesting.suggest import suggest

    if dask is not None and workers > 1:
        hint = "Leave out --workers: with --dask, the workers of the cluster compute"
        raise UsageError("--workers and --dask cannot be used together", hint=hint)
    if dry_run:
        _estimate(ctx, names, documents, as_json=as_json)
        return
    wanted = (*names, *(f"pipeline:{name}" for name in pipelines))
    with open_project(ctx) as project:
        result = suggest(
            project,
            documents=list(documents) or None,
            suggesters=wanted or None,
            missing=missing,
            workers=workers,
            dask=dask,
            progress=progress("documents"),
        )
    _report(result, as_json=as_json)


def _report(result: SuggestResult, *, as_json: bool) -> None:
    """Print how many suggestions there are, and what the suggesters warn of."""
    for warning in result.warnings:
        notify(f"warning: {warning}")
    if as_json:
        counts = {"documents": result.documents, "suggestions": result.suggestions}
        counts["held_back"] = result.held_back
        print_json(counts | {"warnings": list(result.warnings)})
    else:
        found = plural(result.suggestions, "suggestion")
        held = f", {result.held_back:,} of them held back" if result.held_back else ""
        notify(f"{found} for {plural(result.documents, 'document')}{held}")
        suggest_next("annotator")


def _estimate(
    ctx: click.Context, names: tuple[str, ...], documents: tuple[str, ...], *, as_json: bool
) -> None:
    """Print what a language model would be asked. Raises UsageError for other suggesters."""
    from dataclasses import asdict

    from annotator.workflows.suggesting.language_model import estimate

    if names != ("llm",):
        hint = "annotator suggest --suggester llm --dry-run"
        raise UsageError("--dry-run is for a language model", hint=hint)
    with open_project(ctx) as project:
        found = estimate(project, list(documents) or None)
    if as_json:
        print_json(asdict(found))
        return
    print_lines(*found.system.splitlines(), "", *found.question.splitlines(), "")
    cost = (
        "no price is set: [suggester.llm] price"
        if found.cost is None
        else f"about {found.cost:.2f}"
    )
    kept = f"; {found.answered:,} more are answered already" if found.answered else ""
    notify(f"{plural(found.paragraphs, 'paragraph')} for {found.model}{kept}")
    notify(f"about {found.tokens_in:,} tokens in and {found.tokens_out:,} out; cost: {cost}")
