"""Agreement as coded, beside agreement with the rulings on names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from annotator.project import Project
from annotator.workflows.agreement.lines import number
from annotator.workflows.agreement.values import Agreement


@dataclass(frozen=True, slots=True)
class RuledFigure:
    """A figure that rulings on names change: its value as coded, and with the rulings. None where
    it is undefined."""

    layer: str
    name: str
    as_coded: float | None
    with_rulings: float | None


def by_rulings(
    project: Project, found: Agreement, compute: Callable[[bool], Agreement], *, same_names: bool
) -> list[RuledFigure]:
    """The figures that the rulings on names change; none without rulings. `found` is the agreement
    with the rulings (`same_names`) or without, and `compute` gives the other one."""
    if not project.names.same().canonical:
        return []
    other = compute(not same_names)
    coded, ruled = (other, found) if same_names else (found, other)
    after = {(one.layer, one.name): one.value for one in ruled.results}
    return [
        RuledFigure(one.layer, one.name, one.value, after[one.layer, one.name])
        for one in coded.results
        if (one.layer, one.name) in after and after[one.layer, one.name] != one.value
    ]


def ruled_lines(figures: Sequence[RuledFigure]) -> list[str]:
    """The figures as a table; nothing if there are none."""
    if not figures:
        return []
    lines = ["", f"{'BY RULINGS ON NAMES':<44} {'as coded':>9} {'by rulings':>11}"]
    for one in figures:
        what = f"  {one.layer}  {one.name}"
        lines.append(f"{what:<44} {number(one.as_coded):>9} {number(one.with_rulings):>11}")
    return lines


__all__ = ["RuledFigure", "by_rulings", "ruled_lines"]
