"""`annotator agreement`: how far the annotators agree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from annotator.cli_commands._shared import json_option, open_project, print_json, tell
from annotator.console import tell_csv

if TYPE_CHECKING:
    from annotator.measures.api import Passage
    from annotator.workflows.agreement.gamma import Gamma


@click.command()
@click.option("--layer", "layers", multiple=True, metavar="NAME", help="Only this layer; may be repeated.")
@click.option("--annotators", metavar="A,B", help="Only these annotators.")
@click.option("--measure", "measures", multiple=True, metavar="NAME", help="Only this; may be repeated.")
@click.option(
    "--bootstrap", type=click.IntRange(0, 100_000), default=1000, show_default=True, help="Samples."
)
@click.option("--seed", type=int, default=20240901, show_default=True, help="Of the bootstrap.")
@click.option(
    "--gamma", "with_gamma", is_flag=True, help="gamma and gamma_cat too (extra `gamma`); takes long."
)
@click.option("--gamma-alpha", default=1.0, show_default=True, help="Weight of the place in gamma.")
@click.option("--gamma-beta", default=1.0, show_default=True, help="Weight of the label in gamma.")
@click.option("--gamma-seconds", default=300.0, show_default=True, help="Time limit of gamma for each layer.")
@click.option(
    "--beside",
    type=click.IntRange(0, 20),
    default=0,
    metavar="N",
    help="Then the N paragraphs that differ most, side by side, with the attributes that differ.",
)
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
    with_gamma: bool,
    gamma_alpha: float,
    gamma_beta: float,
    gamma_seconds: float,
    beside: int,
    as_csv: bool,
    as_json: bool,
) -> None:
    """How far the annotators agree on documents that two or more of them finished.

    F1 of spans, Krippendorff's alpha on characters and tokens, alpha_U and the u-alpha family, labels and
    attributes of aligned spans with kappa, relations with their side, tuples and the network; with intervals,
    what agreement is lost to, the influence of suggestions, and where to look.

    \b
    Examples:
      annotator agreement
      annotator agreement --annotators ada,ben --layer claim --json
      annotator agreement --beside 5
      annotator agreement --measure alpha-u --bootstrap 2000 --csv > alpha.csv
    """
    from annotator.workflows.agreement.compute import agreement, comparison, passage
    from annotator.workflows.agreement.gamma import Settings, gamma
    from annotator.workflows.agreement.report import gamma_lines, report

    with open_project(ctx) as project:
        names = [a.strip() for a in annotators.split(",")] if annotators else None
        found = agreement(
            project,
            annotators=names,
            layers=layers or None,
            measures=measures or None,
            intervals=bootstrap > 0,
        )
        chosen = [layer for layer in project.schema.layers if not layers or layer.name in layers]
        settings = Settings(gamma_alpha, gamma_beta, seed=seed, seconds=gamma_seconds)
        gammas = gamma(comparison(project, names), chosen, settings) if with_gamma else []
        passages = [passage(project, spot, names) for spot in found.worst[:beside]]
    if as_json:
        print_json(_table(found) | ({"gamma": [asdict(one) for one in gammas]} if with_gamma else {}))
    elif as_csv:
        tell_csv(_csv(found, gammas))
    else:
        tell(*report(found), *gamma_lines(gammas), *_side_by_side(passages))


def _side_by_side(passages: Iterable[Passage | None]) -> Iterator[str]:
    """The paragraphs as the annotators coded them, in the rows of the agreement screen."""
    from annotator.model.text import paragraph_number
    from annotator.tui.theme import THEMES
    from annotator.tui.views.beside import beside
    from annotator.workflows.agreement.report import WIDTH

    theme = next(iter(THEMES.values()))
    for one in passages:
        if one is not None:
            yield from ("", f"SIDE BY SIDE, {one.name} ¶{paragraph_number(one.index)}")
            for row in beside(one, theme, WIDTH):
                yield "".join(text for text, _ in row).rstrip()


def _table(found: object) -> dict[str, object]:
    """The agreement as JSON values."""
    from annotator.workflows.agreement.compute import Agreement

    assert isinstance(found, Agreement)
    data = found.data
    return {
        "annotators": list(data.annotators),
        "documents": data.documents,
        "completions": data.completions,
        "paragraphs": data.paragraphs,
        "empty": data.empty,
        "skipped": data.skipped,
        "unfinished": data.unfinished,
        "alone": data.alone,
        "results": [asdict(result) for result in found.results],
        "lost": {layer: asdict(lost) for layer, lost in found.lost.items()},
        "pairs": {
            layer: [{"annotators": list(pair), "f1": value} for pair, value in pairs.items()]
            for layer, pairs in found.pairs.items()
        },
        "without": {layer: dict(values) for layer, values in found.without.items()},
        "confusion": {
            layer: {"labels": list(labels), "counts": counts}
            for layer, (labels, counts) in found.confusion.items()
        },
        "blind": [asdict(one) for one in found.blind],
        "model": [asdict(one) for one in found.model],
        "worst": [asdict(spot) for spot in found.worst],
    }


def _csv(found: object, gammas: Sequence[Gamma]) -> Iterator[tuple[object, ...]]:
    """One row for each figure."""
    from annotator.workflows.agreement.compute import Agreement

    assert isinstance(found, Agreement)
    yield ("layer", "measure", "name", "value", "low", "high", "n", "coverage", "reason")
    for r in found.results:
        yield (r.layer, r.measure, r.name, r.value, r.low, r.high, r.n, r.coverage, r.reason)
    for g in gammas:
        for name, value in (("gamma", g.gamma), ("gamma_cat", g.gamma_cat)):
            yield (g.layer, "gamma", name, value, None, None, g.documents, None, g.reason)
