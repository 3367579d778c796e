"""`annotator agreement`: how far the annotators agree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from annotator.cli_commands._options import documents_option, json_option, option_group
from annotator.cli_commands._shared import names_listed, open_project
from annotator.console import notify, print_csv, print_json, print_lines, suggest_next
from annotator.model.text import plural

if TYPE_CHECKING:
    from annotator.measures.api import Result
    from annotator.project import Project
    from annotator.workflows.agreement.by_rulings import RuledFigure
    from annotator.workflows.agreement.gamma import Gamma, Settings
    from annotator.workflows.agreement.part import ComparedPart
    from annotator.workflows.agreement.scope import Scope
    from annotator.workflows.agreement.values import Agreement, Contrast
    from annotator.workflows.review.side_by_side import SideBySide


def _scope(
    layers: tuple[str, ...],
    annotators: str | None,
    documents: tuple[str, ...],
    since: str | None,
    until: str | None,
) -> Scope:
    """The work to compare. Raises UsageError for an invalid date."""
    from annotator.workflows.agreement.methods_data import checked_day
    from annotator.workflows.agreement.scope import Scope

    names = names_listed(annotators)
    days = checked_day(since, "--since"), checked_day(until, "--until")
    return Scope(layers, (), names, documents, *days)


_scope_options = option_group(
    "scope",
    _scope,
    click.option(
        "--layer",
        "layers",
        multiple=True,
        metavar="NAME",
        help="Only this layer; you can repeat it.",
    ),
    click.option("--annotators", metavar="A,B", help="Only these annotators."),
    documents_option,
    click.option(
        "--since",
        metavar="DAY",
        help="Only documents that the last annotator finished on this day or later.",
    ),
    click.option(
        "--until",
        metavar="DAY",
        help="Only documents that the last annotator finished on this day or earlier.",
    ),
)


def _gamma_settings(
    with_gamma: bool, gamma_alpha: float, gamma_beta: float, gamma_seconds: float, seed: int
) -> Settings | None:
    """The settings of gamma; None if nobody asked for it."""
    from annotator.workflows.agreement.gamma import Settings

    settings = Settings(gamma_alpha, gamma_beta, seed=seed, seconds=gamma_seconds)
    return settings if with_gamma else None


_gamma_options = option_group(
    "gamma",
    _gamma_settings,
    click.option(
        "--gamma",
        "with_gamma",
        is_flag=True,
        help="Add gamma and gamma_cat (extra `gamma`); this takes a long time.",
    ),
    click.option(
        "--gamma-alpha", default=1.0, show_default=True, help="The weight of the position in gamma."
    ),
    click.option(
        "--gamma-beta", default=1.0, show_default=True, help="The weight of the label in gamma."
    ),
    click.option(
        "--gamma-seconds",
        default=300.0,
        show_default=True,
        help="The time limit of gamma for each layer.",
    ),
    click.option(
        "--seed",
        type=int,
        default=20240901,
        show_default=True,
        help="The seed of gamma's sampling.",
    ),
)


@click.command()
@_scope_options
@click.option(
    "--measure",
    "measures",
    multiple=True,
    metavar="NAME",
    help="Only this measure; you can repeat it.",
)
@click.option(
    "--same-names",
    is_flag=True,
    help="Count names as one if somebody ruled that they are the same.",
)
@click.option(
    "--pseudonyms", is_flag=True, help="Replace the names of annotators with pseudonyms everywhere."
)
@click.option("--no-intervals", is_flag=True, help="Leave out the intervals.")
@click.option("--bootstrap", type=click.IntRange(0, 100_000), hidden=True, help="No longer needed.")
@click.option(
    "--report",
    "reports",
    multiple=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write a report for a methods section: FILE.md, FILE.tex or FILE.csv; you can repeat it.",
)
@click.option(
    "--tables",
    "tables_to",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help=(
        "Write CSV files: figures, pairs of annotators, documents, habits, time, and every "
        "disagreement."
    ),
)
@_gamma_options
@click.option(
    "--beside",
    type=click.IntRange(0, 20),
    default=0,
    metavar="N",
    help="Add the N paragraphs that differ most, side by side, with the attributes that differ.",
)
@click.option(
    "--csv", "as_csv", is_flag=True, help="Print the figures as CSV, including those of labels."
)
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    scope: Scope,
    measures: tuple[str, ...],
    same_names: bool,
    pseudonyms: bool,
    no_intervals: bool,
    bootstrap: int | None,
    reports: tuple[Path, ...],
    tables_to: Path | None,
    gamma: Settings | None,
    beside: int,
    as_csv: bool,
    as_json: bool,
) -> None:
    """Show how far the annotators agree.

    The command compares documents that two or more of them finished. The figures are F1 of spans;
    Krippendorff's alpha with percent agreement and Gwet's AC1; alpha_U and the u-alpha family;
    labels, attributes and names of aligned spans; relations with their side; tuples and the
    network. The report adds intervals over documents, the causes of disagreement, how suggestions
    influence it, and where to look.

    \b
    Examples:
      annotator agreement
      annotator agreement --annotators ada,ben --layer claim --json
      annotator agreement --report agreement.md --report agreement.tex
      annotator agreement --since 2026-11-01 --tables agreement
      annotator agreement --measure alpha-u --csv > alpha.csv
    """
    if bootstrap is not None:
        notify("--bootstrap is no longer needed: intervals come from the jackknife. Leave it out.")
    with open_project(ctx) as project:
        part = replace(scope.part_of(project), measures=measures or None, same_names=same_names)
        part = _with_pseudonyms(project, part) if pseudonyms else part
        if reports or tables_to is not None:
            _write(project, part, reports, tables_to)
            if not (as_json or as_csv):
                suggest_next("annotator review")
            if not (as_json or as_csv or beside or gamma):
                return
        output = _output(
            project,
            part,
            intervals=not no_intervals and bootstrap != 0,
            settings=gamma,
            beside=beside,
        )
    output.print(as_json=as_json, as_csv=as_csv)


def _with_pseudonyms(project: Project, part: ComparedPart) -> ComparedPart:
    """The part with pseudonyms for its annotators."""
    from annotator.workflows.exchange.pseudonyms import Pseudonyms

    return replace(part, called=Pseudonyms(project).called)


@dataclass(frozen=True, slots=True)
class _Output:
    """The output of the command: the figures, those that rulings on names change, gamma if it was
    requested, and the paragraphs that differ most."""

    found: Agreement
    ruled: Sequence[RuledFigure]
    gammas: Sequence[Gamma] | None
    passages: Sequence[SideBySide]

    def print(self, *, as_json: bool, as_csv: bool) -> None:
        """Print it as JSON, as CSV or as text."""
        if as_json:
            print_json(self.json())
        elif as_csv:
            print_csv(_csv(self.found, self.gammas or ()))
        else:
            print_lines(*self.lines())
            suggest_next("annotator review")

    def json(self) -> dict[str, object]:
        """The figures as JSON values."""
        gammas = {} if self.gammas is None else {"gamma": [asdict(one) for one in self.gammas]}
        return _table(self.found) | gammas | {"by_rulings": [asdict(one) for one in self.ruled]}

    def lines(self) -> Iterator[str]:
        """The figures as text in 80 columns."""
        from annotator.workflows.agreement.report import gamma_lines, report

        yield from report(self.found, self.ruled)
        yield from gamma_lines(self.gammas or ())
        yield from _side_by_side(self.passages)


def _output(
    project: Project,
    part: ComparedPart,
    *,
    intervals: bool,
    settings: Settings | None,
    beside: int,
) -> _Output:
    from annotator.workflows.agreement.compute import Follower, comparison, layers_of, passage
    from annotator.workflows.agreement.gamma import gamma
    from annotator.workflows.review.side_by_side import side_by_side

    follower = Follower(
        project, part, intervals=intervals, keep=False, compare_names=True, second_process=True
    )
    found = follower.agreement()
    chosen = layers_of(project.schema, part.layers)
    gammas = gamma(comparison(project, part), chosen, settings) if settings else None
    spots = [passage(project, spot, part) for spot in found.worst[:beside]]
    passages = [side_by_side(spot, project.schema) for spot in spots if spot is not None]
    return _Output(found, follower.by_rulings(), gammas, passages)


def _write(
    project: Project, part: ComparedPart, reports: Sequence[Path], tables_to: Path | None
) -> None:
    """Write reports and tables, and print a line for each."""
    from annotator.workflows.agreement.csv_tables import files, write_tables
    from annotator.workflows.agreement.methods_data import all_differences, study
    from annotator.workflows.agreement.methods_report import check_report, write_report

    for file in reports:
        check_report(file)
    found = study(project, part)
    for file in reports:
        write_report(found, file)
        notify(f"{file}: the agreement of {plural(found.agreement.data.documents, 'document')}")
    if tables_to is not None:
        tables = files(found, all_differences(project, part))
        for name, rows in write_tables(tables_to, tables).items():
            notify(f"{tables_to / name}: {plural(rows, 'row')}")


def _side_by_side(passages: Iterable[SideBySide]) -> Iterator[str]:
    """The paragraphs as the annotators coded them, in the rows of the agreement screen."""
    from annotator.model.text import paragraph_number
    from annotator.tui.theme import THEMES
    from annotator.tui.views.side_by_side import beside
    from annotator.workflows.agreement.lines import WIDTH

    theme = next(iter(THEMES.values()))
    for one in passages:
        yield from ("", f"SIDE BY SIDE, {one.document.id} ¶{paragraph_number(one.paragraph)}")
        for row in beside(one, theme, WIDTH):
            yield "".join(text for text, _ in row).rstrip()


def _table(found: Agreement) -> dict[str, object]:
    """The agreement as JSON values."""
    from annotator.workflows.agreement.report import about_intervals

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
        "intervals": about_intervals(data.documents),
        "results": [_result(result) for result in found.results],
        "lost": {layer: asdict(lost) for layer, lost in found.lost.items()},
        "pairs": {
            layer: [{"annotators": list(p), "f1": value, "n": n} for p, (value, n) in pairs.items()]
            for layer, pairs in found.pairs.items()
        },
        "people": {
            layer: [{"annotator": who, "f1": value, "n": n} for who, (value, n) in people.items()]
            for layer, people in found.people.items()
        },
        "matrices": [
            {
                "layer": layer,
                "what": what,
                "pairs": [
                    {"annotators": list(who), **asdict(pair)} for who, pair in matrix.items()
                ],
            }
            for (layer, what), matrix in found.matrices.items()
        ],
        "without": {layer: dict(values) for layer, values in found.without.items()},
        "confusion": {
            layer: {"labels": list(labels), "counts": counts}
            for layer, (labels, counts) in found.confusion.items()
        },
        "blind": [_contrast(one) for one in found.blind],
        "model": [_contrast(one) for one in found.model],
        "worst": [asdict(spot) for spot in found.worst],
    }


def _contrast(one: Contrast) -> dict[str, object]:
    return {**asdict(one), "shown": _result(one.shown), "hidden": _result(one.hidden)}


def _result(result: Result) -> dict[str, object]:
    """A figure without its explanation."""
    return {name: value for name, value in asdict(result).items() if name != "about"}


def _csv(found: Agreement, gammas: Sequence[Gamma]) -> Iterator[Sequence[object]]:
    """One row for each figure, and for each label of it."""
    from annotator.workflows.agreement.csv_tables import FIGURES, figures

    yield FIGURES
    yield from figures(found)
    for g in gammas:
        for name, value in (("gamma", g.gamma), ("gamma_cat", g.gamma_cat)):
            yield [g.layer, "gamma", name, "", value, None, None, g.documents, None, g.reason, ""]
