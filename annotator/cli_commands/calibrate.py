"""`annotator calibrate`: whether the scores of suggestions can be trusted."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from annotator.cli_commands._options import json_option
from annotator.cli_commands._shared import open_project, table
from annotator.console import notify, print_json, print_lines

if TYPE_CHECKING:
    from annotator.workflows.suggesting.calibration_check import CalibrationCheck, Reliability


@click.command()
@click.option("--tables", is_flag=True, help="Also show the share that was right by score.")
@json_option
@click.pass_context
def command(ctx: click.Context, tables: bool, as_json: bool) -> None:
    """Compare the scores of suggestions with decisions.

    A suggestion with a score of .7 should be right in seven of ten cases. For each suggester and
    layer, the command shows the mean score, the share that was right in label and bounds, and the
    calibration error: how far the two are apart on average over ten stretches of scores. The
    calibrated figures come from a shift of the scores that is fitted to the other decisions.
    `annotator suggest` and each training use the shift that fits all decisions.

    \b
    Examples:
      annotator calibrate
      annotator calibrate --tables
    """
    from annotator.workflows.suggesting.calibration_check import check_calibration

    with open_project(ctx) as project:
        found = check_calibration(project)
    if as_json:
        print_json([asdict(one) for one in found])
        return
    if not found:
        notify("nobody has decided on a suggestion yet")
        return
    print_lines(*table(_COLUMNS, [_row(one) for one in found], left=2))
    for one in found if tables else ():
        print_lines("", f"{one.layer} by {one.suggester}")
        print_lines(
            *table(("scores", "decided", "mean score", "right"), [_bin(b) for b in one.table])
        )


_COLUMNS = (
    "layer",
    "suggester",
    "decided",
    "score",
    "right",
    "error",
    "calibrated",
    "its error",
    "shift",
)


def _row(one: CalibrationCheck) -> tuple[Any, ...]:
    before = (f"{one.score:.3f}", f"{one.right:.3f}", f"{one.error:.3f}")
    after = (f"{one.calibrated:.3f}", f"{one.calibrated_error:.3f}", f"{one.shift:+.2f}")
    return (one.layer, one.suggester, one.n, *before, *after)


def _bin(one: Reliability) -> tuple[Any, ...]:
    return (f"{one.low:.1f} to {one.high:.1f}", one.n, f"{one.score:.3f}", f"{one.right:.3f}")
