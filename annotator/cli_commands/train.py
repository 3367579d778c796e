"""`annotator train`: trains a model on the decisions so far."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from annotator.cli_commands._options import json_option
from annotator.cli_commands._shared import open_project
from annotator.console import notify, print_json, print_lines

if TYPE_CHECKING:
    from annotator.project import Project
    from annotator.workflows.training.train import Trained


@click.command()
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="Also write a spaCy pipeline into this folder.",
)
@click.option(
    "--curve",
    "with_curve",
    is_flag=True,
    help="Show how good the model was after fewer paragraphs.",
)
@click.option(
    "--folds",
    type=click.IntRange(2, 50),
    metavar="N",
    help="Measure what annotators would see: hold out each of N parts of the documents in turn.",
)
@click.option("--background", is_flag=True, hidden=True)
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    output: Path | None,
    with_curve: bool,
    folds: int | None,
    background: bool,
    as_json: bool,
) -> int:
    """Train a model on the finished paragraphs.

    It then suggests again in paragraphs that nobody has opened. The command prints precision,
    recall and F1 of each label on held-out paragraphs, or on whole documents if there are enough.
    The application trains in the background after every few finished paragraphs. With -o, the
    command also writes a spaCy pipeline that `spacy.load` can read if annotator is installed.

    \b
    Examples:
      annotator train
      annotator train --folds 5 --curve --json
      annotator train -o model
    """
    with open_project(ctx) as project:
        root = project.root
        if not background:
            return _here(project, output, with_curve, folds, as_json)
    from annotator.workflows.background.work import work

    return work(root)


def _here(
    project: Project, output: Path | None, with_curve: bool, folds: int | None, as_json: bool
) -> int:
    from annotator.workflows.background import TRAIN, is_requested, locked, running
    from annotator.workflows.training.train import train

    if output is not None:
        from annotator.workflows.training.output import check

        check(output)
    if folds:
        _print_parts(project, folds)
    if running(project.root):
        notify("waiting for another training to end")
    with locked(project.root, wait=True):
        done = train(
            project,
            progress=notify,
            another_is_requested=lambda: is_requested(project.root, TRAIN),
        )
    found = _evaluation(project, done.number, with_curve=with_curve, folds=folds)
    if output is not None:
        from annotator.workflows.training.output import write

        write(project, done.number, output)
        notify(f"written to {output}")
    if as_json:
        print_json(_table(project, done, found))
    else:
        print_lines(*_lines(project, done, found))
    return 0


def _print_parts(project: Project, folds: int) -> None:
    """Print a note if there are too few documents for that many parts."""
    from annotator.workflows.evaluation.held_out import parts
    from annotator.workflows.training.material import chosen

    possible = parts(chosen(project.learning.finished()), folds)
    if 0 < possible < folds:
        notify(
            f"only {possible} documents have finished paragraphs, so there are {possible} "
            f"parts, not {folds}"
        )


def _evaluation(
    project: Project, number: int, *, with_curve: bool, folds: int | None
) -> dict[str, Any]:
    """The evaluation on held-out documents that the options request; the curve is stored with the
    model of that number."""
    found: dict[str, Any] = {}
    if with_curve or folds:
        from annotator.english.reading import shared_reader
        from annotator.workflows.evaluation.held_out import cross_validated, learning_curve
        from annotator.workflows.training.material import material
        from annotator.workflows.training.report import CURVE, saved_curve

        examples = material(project, shared_reader())
        if folds:
            found["cross_validation"] = cross_validated(project, examples, folds=folds)
        if with_curve:
            found["curve"] = learning_curve(project, examples)
            project.keep_setting(CURVE, saved_curve(found["curve"], number))
    return found


def _table(project: Project, done: Trained, found: dict[str, Any]) -> dict[str, Any]:
    shown = project.config.suggestions
    return {
        "model": done.number,
        "trained_on": dict(done.trained_on),
        "metrics": dict(done.metrics),
        "thresholds": {"gate": shown.gate, "stances": shown.stances},
        "seconds": round(done.seconds, 2),
        "renewed": done.renewed,
        "models": [
            {"model": row.number, "trained_on": dict(row.trained_on), "metrics": dict(row.metrics)}
            for row in project.learning.models()
        ],
    } | found


def _lines(project: Project, done: Trained, found: dict[str, Any]) -> list[str]:
    from annotator.workflows.evaluation.report import table as judged
    from annotator.workflows.training import report

    shown = project.config.suggestions
    lines = [
        report.head(done.number, done.trained_on, done.seconds),
        "",
        *report.table(done.metrics),
        "",
    ]
    lines.append(report.thresholds(shown.gate, shown.stances))
    if "cross_validation" in found:
        lines += ["", *judged(found["cross_validation"])]
    lines += report.over_prefixes(found.get("curve", {}))
    return [*lines, "", *report.over_models(project.learning.models())]
