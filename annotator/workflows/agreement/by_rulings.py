"""Agreement as coded, beside agreement with the rulings on names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from annotator.workflows.agreement.lines import ReportLine, number
from annotator.workflows.agreement.values import Agreement


@dataclass(frozen=True, slots=True)
class RuledFigure:
    """A figure that rulings on names change: its value as coded, and with the rulings. None where
    it is undefined."""

    layer: str
    name: str
    as_coded: float | None
    with_rulings: float | None


def by_rulings(coded: Agreement, ruled: Agreement) -> list[RuledFigure]:
    """The figures that the rulings on names change, from the agreement as coded and the agreement
    with the rulings."""
    after = {(one.layer, one.name): one.value for one in ruled.results}
    return [
        RuledFigure(one.layer, one.name, one.value, after[one.layer, one.name])
        for one in coded.results
        if (one.layer, one.name) in after and after[one.layer, one.name] != one.value
    ]


def ruled_section(figures: Sequence[RuledFigure], found: Agreement) -> list[ReportLine]:
    """The figures as rows of the report, each with its own figure in `found`; nothing if there are
    none."""
    if not figures:
        return []
    known = {(one.layer, one.name): one for one in found.results}
    lines = [ReportLine(f"{'BY RULINGS ON NAMES':<44} {'as coded':>9} {'by rulings':>11}", "head")]
    for one in figures:
        what = f"  {one.layer}  {one.name}"
        text = f"{what:<44} {number(one.as_coded):>9} {number(one.with_rulings):>11}"
        lines.append(ReportLine(text, figure=known.get((one.layer, one.name))))
    return lines


__all__ = ["RuledFigure", "by_rulings", "ruled_section"]
