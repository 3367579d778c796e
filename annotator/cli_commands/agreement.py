"""`annotator agreement`: how far the annotators agree."""

from __future__ import annotations

import click

from annotator.cli_commands._shared import json_option, open_project, print_json


@click.command()
@click.option("--layer", "layers", multiple=True, metavar="NAME", help="Only this layer; may be repeated.")
@click.option("--annotators", metavar="A,B", help="Only these annotators.")
@click.option("--measure", "measures", multiple=True, metavar="NAME", help="Only this; may be repeated.")
@click.option(
    "--bootstrap", type=click.IntRange(0, 100_000), default=1000, show_default=True, help="Samples."
)
@click.option("--seed", type=int, default=20240901, show_default=True, help="Of the bootstrap.")
@click.option("--csv", "as_csv", is_flag=True, help="Print the figures as CSV.")
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    layers: tuple[str, ...],
    annotators: str | None,
    measures: tuple[str, ...],
    bootstrap: int,
    seed: int,
    as_csv: bool,
    as_json: bool,
) -> None:
    """How far the annotators agree on documents that two or more of them finished.

    F1 of spans, Krippendorff's alpha on characters and tokens, u-alpha, labels and attributes of aligned
    spans, relations with their side; with intervals, what agreement is lost to, and where to look.

    \b
    Examples:
      annotator agreement
      annotator agreement --annotators ada,ben --layer claim --json
    """
    from annotator.measures._data import Resampling
    from annotator.workflows.agree import agreement, report

    with open_project(ctx) as project:
        found = agreement(
            project,
            annotators=[a.strip() for a in annotators.split(",")] if annotators else None,
            layers=layers or None,
            measures=measures or None,
            resampling=Resampling(bootstrap, seed),
        )
    if as_json:
        print_json(_table(found))
    elif as_csv:
        click.echo(_csv(found), nl=False)
    else:
        click.echo("\n".join(report(found)))


def _table(found: object) -> dict[str, object]:
    """The agreement as JSON values."""
    from dataclasses import asdict

    from annotator.workflows.agree import Agreement

    assert isinstance(found, Agreement)
    comparison = found.comparison
    return {
        "annotators": list(comparison.annotators),
        "documents": comparison.documents,
        "completions": comparison.completions,
        "paragraphs": len(comparison.passages),
        "empty": comparison.empty,
        "unfinished": comparison.unfinished,
        "bootstrap": {"samples": found.resampling.samples, "seed": found.resampling.seed},
        "results": [asdict(result) for result in found.results],
        "lost": {layer: asdict(lost) for layer, lost in found.lost.items()},
        "pairs": {
            layer: [{"annotators": list(pair), "f1": value} for pair, value in pairs.items()]
            for layer, pairs in found.pairs.items()
        },
        "worst": [asdict(spot) for spot in found.worst],
    }


def _csv(found: object) -> str:
    """One row for each figure."""
    import csv
    import io

    from annotator.workflows.agree import Agreement

    assert isinstance(found, Agreement)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["layer", "measure", "name", "value", "low", "high", "n", "coverage", "reason"])
    for r in found.results:
        writer.writerow([r.layer, r.measure, r.name, r.value, r.low, r.high, r.n, r.coverage, r.reason])
    return out.getvalue()
