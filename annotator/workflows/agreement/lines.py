"""A line of the report, and how numbers look in it."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, replace

from annotator.measures.api import Part, Result
from annotator.model.other_names import OtherNames
from annotator.model.text import percent
from annotator.workflows.agreement.differences import DifferenceFilter
from annotator.workflows.agreement.values import ParagraphDisagreement

TENTATIVE, RELIABLE = 0.667, 0.8
"""Krippendorff (2004), p. 241: values below .667 are not reliable, values from .8 on are."""

_CHANCE = ("alpha", "u-alpha", "|u-alpha", "cu-alpha", "(k)u-alpha", "kappa", "Fleiss")
"""The chance-corrected figures, to which the limits apply."""

WIDTH = 78

BAR = 8

SHADES = " ░▒▓█"


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A line of the report. `kind` is head, note (explains), text, or spot (leads to a paragraph).

    `opens` are the differences behind it, `cells` those behind its single cells, which stand in the
    columns `[begin, end)` of `places`, and `figures` the figures in it."""

    text: str
    kind: str = "text"
    spot: ParagraphDisagreement | None = None
    opens: DifferenceFilter | None = None
    cells: tuple[DifferenceFilter, ...] = ()
    places: tuple[tuple[int, int], ...] = ()
    figures: tuple[Result, ...] = ()


def unnamed(line: ReportLine, called: Mapping[str, str]) -> ReportLine:
    """A line with other names for annotators, with the columns in the same places."""
    others = OtherNames(called)

    def of(selection: DifferenceFilter) -> DifferenceFilter:
        return replace(selection, title=others.text(selection.title))

    return replace(
        line,
        text=others.columns(line.text),
        opens=of(line.opens) if line.opens is not None else None,
        cells=tuple(of(cell) for cell in line.cells),
    )


def number(value: float | None) -> str:
    """Two decimals without the zero before the point; a dash if undefined."""
    if value is None:
        return "–"
    size = f"{abs(value):.2f}"
    if size == "0.00":
        return "0"
    return f"{'-' if value < 0 else ''}{size.removeprefix('0')}"


def bar(value: float | None, width: int = BAR) -> str:
    """A bar over the part of `width` cells that a value in [0, 1] fills, in eighths; empty if
    undefined."""
    if value is None:
        return " " * width
    eighths = round(max(0.0, min(1.0, value)) * width * 8)
    full, rest = divmod(eighths, 8)
    return ("█" * full + (" ▏▎▍▌▋▊▉"[rest] if rest else "")).ljust(width, "·")


def band(result: Result) -> str:
    """What Krippendorff's limits say about a chance-corrected figure; the lower end of its
    interval must clear them."""
    if result.low is None or not result.name.startswith(_CHANCE):
        return ""
    if result.low >= RELIABLE:
        return "reliable"
    return "tentative" if result.low >= TENTATIVE else ""


def interval_words(result: Result | None) -> str:
    if result is None or result.low is None or result.high is None:
        return ""
    return f"{number(result.low)}–{number(result.high)}"


def share_words(result: Result) -> str:
    return "" if result.coverage is None else percent(result.coverage, narrow=True)


def note(text: str) -> list[ReportLine]:
    return [ReportLine(f"  {part}", "note") for part in textwrap.wrap(text, WIDTH - 2)]


BANDS = {"": "", "tentative": "≥.667", "reliable": "≥.80"}


def shaded(count: int, total: int) -> str:
    """A shade and the count; the shade is the share of the row."""
    return f"{SHADES[level(count, total)]}{count}".rjust(7) if count else "·".rjust(7)


def value_of(parts: Mapping[str, Part], label: str) -> float | None:
    found = parts.get(label)
    return found.value if found is not None else None


def level(count: float, total: float) -> int:
    """The shade for a share, from 0 to 4."""
    return 0 if not count else 1 + min(3, int(4 * count / total))


__all__ = [
    "BANDS",
    "BAR",
    "RELIABLE",
    "SHADES",
    "TENTATIVE",
    "WIDTH",
    "ReportLine",
    "band",
    "bar",
    "interval_words",
    "level",
    "note",
    "number",
    "shaded",
    "share_words",
    "unnamed",
    "value_of",
]
