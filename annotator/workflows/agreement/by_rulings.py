"""Agreement as coded, beside agreement with the rulings on names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from annotator.measures.api import Result
from annotator.model.text import plural
from annotator.workflows.agreement.lines import ReportLine, note, number
from annotator.workflows.agreement.values import Agreement


@dataclass(frozen=True, slots=True)
class RuledFigure:
    """A figure that rulings on names change: its value as coded, and with the rulings. None where
    it is undefined."""

    layer: str
    name: str
    as_coded: float | None
    with_rulings: float | None


def by_rulings(coded: Iterable[Result], ruled: Iterable[Result]) -> list[RuledFigure]:
    """The figures that the rulings on names change, from those as coded and those with the
    rulings."""
    after = {(one.layer, one.name): one.value for one in ruled}
    return [
        RuledFigure(one.layer, one.name, one.value, after[one.layer, one.name])
        for one in coded
        if (one.layer, one.name) in after and _differ(one.value, after[one.layer, one.name])
    ]


def _differ(one: float | None, other: float | None) -> bool:
    """Whether two values differ by more than the rounding of sums that are kept up to date."""
    return one != other if one is None or other is None else abs(one - other) > 1e-9


def ruled_section(figures: Sequence[RuledFigure], found: Agreement) -> list[ReportLine]:
    """The figures whose two decimals change as rows of the report, each with its own figure in
    `found`, and the number of those that change by less; nothing if there are no figures."""
    if not figures:
        return []
    known = {(one.layer, one.name): one for one in found.results}
    lines = [ReportLine(f"{'BY RULINGS ON NAMES':<44} {'as coded':>9} {'by rulings':>11}", "head")]
    small = 0
    for one in figures:
        before, after = number(one.as_coded), number(one.with_rulings)
        if before == after:
            small += 1
            continue
        text = f"{f'  {one.layer}  {one.name}':<44} {before:>9} {after:>11}"
        own = known.get((one.layer, one.name))
        lines.append(ReportLine(text, figures=(own,) if own is not None else ()))
    if small:
        more = "" if small == len(figures) else " more"
        change = "changes" if small == 1 else "change"
        lines += note(f"{plural(small, 'figure')}{more} {change} by less than .01")
    return lines


__all__ = ["RuledFigure", "by_rulings", "ruled_section"]
