"""The report's sections on labels, annotators, paragraphs, and suggestions."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from annotator.measures.api import Part
from annotator.model.text import paragraph_number
from annotator.workflows.agreement.differences import DifferenceFilter
from annotator.workflows.agreement.lines import (
    SHADES,
    WIDTH,
    ReportLine,
    interval_words,
    level,
    note,
    number,
    shaded,
    value_of,
)
from annotator.workflows.agreement.values import Agreement, Contrast, ParagraphDisagreement


def labels_section(found: Agreement, only: Sequence[str] = ()) -> list[ReportLine]:
    """Per label: strict F1, alpha of the label, and the labels that it was confused with, as shares
    of the row."""
    out: list[ReportLine] = []
    for layer, (labels, counts) in found.confusion.items():
        if labels:
            out += [ReportLine("")] if out else []
            out += _Confusion(layer, labels, counts).lines(found, only)
    if out:
        out += note(
            "Rows: the type that one annotator gave. Columns: how often the other gave each type "
            "to the same item."
        )
    return out


_ROWS, _COLUMNS = 12, 5
"""The number of labels shown of a layer: in rows, and in columns."""


@dataclass(frozen=True, slots=True)
class _Confusion:
    """How often which labels of a layer were given to the same item."""

    layer: str
    labels: Sequence[str]
    counts: Sequence[Sequence[int]]

    def lines(self, found: Agreement, only: Sequence[str]) -> list[ReportLine]:
        """The most frequent labels, those in `only` if it is not empty."""
        labels, counts = self.labels, self.counts
        measures = [
            _parts(found, self.layer, span) or _parts(found, self.layer, relation)
            for span, relation in (("F1 strict", "F1 with side"), ("alpha label", "alpha side"))
        ]
        order = sorted(range(len(labels)), key=lambda i: (-sum(counts[i]), labels[i]))
        columns = order[:_COLUMNS]
        titles = " ".join(labels[j][:7].rjust(7) for j in columns)
        out = [ReportLine(f"{'TYPES OF ' + self.layer.upper():<20}   F1     α  {titles}", "head")]
        for i in order[:_ROWS]:
            if not only or labels[i] in only:
                figures = " ".join(f"{number(value_of(m, labels[i])):>5}" for m in measures)
                out.append(self._row(i, columns, figures))
        if len(order) > len(columns):
            out.append(ReportLine(_confused(labels, counts), "note"))
        return out

    def _row(self, i: int, columns: Sequence[int], figures: str) -> ReportLine:
        layer, label = self.layer, self.labels[i]
        total = sum(self.counts[i])
        cells = [shaded(self.counts[i][j], total) for j in columns]
        lead = f"  {label[:18]:<18}{figures}  "
        opened = tuple(self._both(label, self.labels[j]) for j in columns)
        whole = DifferenceFilter(f"{layer}: all differences with {label}", layer, labels=(label,))
        text, places = _in_columns(lead, cells)
        return ReportLine(text, opens=whole, cells=opened, places=places)

    def _both(self, one: str, other: str) -> DifferenceFilter:
        """The differences between two labels."""
        title = f"{self.layer}: {one} and {other}"
        # A cell counts confusions, not what else differs between the same two annotations.
        kinds = ("label", "bounds and label", "side") if one != other else ()
        return DifferenceFilter(title, self.layer, kinds, (one, other), both=True)


def _confused(labels: Sequence[str], counts: Sequence[Sequence[int]]) -> str:
    pairs = [(counts[i][j], labels[i], labels[j]) for i in range(len(labels)) for j in range(i)]
    confused = [
        f"{a}–{b} {n}" for n, a, b in sorted(pairs, key=lambda p: (-p[0], p[1], p[2]))[:3] if n
    ]
    more = f"; {len(labels)} types, all in --json" if len(labels) > 12 else ""
    return f"  most often confused: {', '.join(confused) or 'none'}{more}"[:WIDTH]


def _parts(found: Agreement, layer: str, name: str) -> Mapping[str, Part]:
    return next((r.parts for r in found.results if r.layer == layer and r.name == name), {})


_PEOPLE = 6
"""The number of annotators in the matrix."""

_Pairs: TypeAlias = Mapping[tuple[str, str], tuple[float | None, int]]
"""By two annotators, their F1 and the number of units behind it."""


def people_section(found: Agreement) -> list[ReportLine]:
    """The matrix of annotators with shades, and the mean when one is left out."""
    names = found.data.annotators
    if len(names) == 2:
        return _two_people(found, *names)
    out: list[ReportLine] = []
    for layer, pairs in found.pairs.items():
        out += [ReportLine("")] if out else []
        out += _people_matrix(layer, pairs, found.without.get(layer, {}), names[:_PEOPLE])
    if len(names) > _PEOPLE:
        out.append(ReportLine(f"  and {len(names) - _PEOPLE} more annotators: see --json", "note"))
    if out:
        out += note(
            "F1, strict; without: the mean of the other pairs when that annotator is left out."
        )
    return out


def _two_people(found: Agreement, one: str, other: str) -> list[ReportLine]:
    cells = "  ".join(
        f"{layer} {_cell(pairs, one, other).strip()}" for layer, pairs in found.pairs.items()
    )
    if not cells:
        return []
    head = ReportLine("WHO WITH WHOM, F1", "head")
    return [head, ReportLine(f"  {one} with {other}:  {cells}")]


def _people_matrix(
    layer: str, pairs: _Pairs, without: Mapping[str, float | None], shown: Sequence[str]
) -> Iterator[ReportLine]:
    """The F1 of a layer between the annotators shown, and `without` each of them."""
    head = " ".join(name[:8].rjust(8) for name in shown)
    last = "  without" if without else ""
    yield ReportLine(f"{'WHO WITH WHOM, ' + layer:<22}{head}{last}", "head")
    for one in shown:
        lead, cells = f"  {one[:18]:<20}", [_cell(pairs, one, other) for other in shown]
        text, places = _in_columns(lead, cells)
        rest = f"  {number(without.get(one)):>7}" if without else ""
        opened = tuple(
            DifferenceFilter(f"{layer}: {one} and {other}", layer, who=(one, other))
            for other in shown
            if other != one
        )
        whole = DifferenceFilter(f"{layer}: {one} and all others", layer, who=(one,))
        own = tuple(place for place, other in zip(places, shown, strict=True) if other != one)
        yield ReportLine(f"{text}{rest}", opens=whole, cells=opened, places=own)


def _in_columns(lead: str, cells: Sequence[str]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """A row of cells after its `lead`, and the columns of each cell, without the blanks before
    it."""
    text, places = lead, []
    for i, cell in enumerate(cells):
        text += f"{' ' if i else ''}{cell}"
        places.append((len(text) - len(cell.lstrip()), len(text)))
    return text, tuple(places)


def _cell(pairs: _Pairs, one: str, other: str) -> str:
    key = (min(one, other), max(one, other))
    if one == other or key not in pairs:
        return "·".rjust(8)
    value, _ = pairs[key]
    shade = " " if value is None else SHADES[level(value, 1)]
    return f"{shade}{number(value)}".rjust(8)


def spots_section(found: Agreement) -> list[ReportLine]:
    out = [ReportLine(f"{'WHERE TO LOOK':<40}{'differ':>12}   worst paragraphs first", "head")]
    out += [ReportLine(spot_text(spot), "spot", spot) for spot in found.worst]
    return out if found.worst else []


def spot_text(spot: ParagraphDisagreement, width: int = WIDTH) -> str:
    """The line of a paragraph to look at, in `width` columns."""
    where = (
        f"{textwrap.shorten(spot.document, 32, placeholder='…')} "
        f"¶{paragraph_number(spot.paragraph)}"
    )
    share = f"{spot.differing:,} of {spot.marked:,}"
    room = max(8, width - 58)
    quote = f"“{spot.quote}”" if len(spot.quote) <= room - 2 else f"“{spot.quote[: room - 3]}…”"
    return f"  {where:<38}{share:>12}   {quote}"


def influence_section(found: Agreement) -> list[ReportLine]:
    out: list[ReportLine] = []
    if found.blind:
        out += [_contrast_head("WITH EACH OTHER"), *(_contrast(one, "") for one in found.blind)]
    if found.model:
        out += [ReportLine("")] if out else []
        out += [
            _contrast_head("WITH THE SUGGESTIONS"),
            *(_contrast(one, one.name) for one in found.model),
        ]
    if not out:
        return []
    return [
        *out,
        *note(
            "F1, strict; of stances with side. Seen: in paragraphs where the annotator was shown "
            "suggestions (with each other: all annotators were); hidden: in blind paragraphs, and "
            "in work that was done without suggestions."
        ),
    ]


def _contrast_head(title: str) -> ReportLine:
    return ReportLine(
        f"{title:<28}{'seen':>5} {'95 %':<9} {'¶':>6}   {'hidden':>6} {'95 %':<9} {'¶':>6}", "head"
    )


def _contrast(one: Contrast, name: str) -> ReportLine:
    what = f"  {name[:14]:<15}{one.layer[:10]}" if name else f"  {one.layer}"
    text = (
        f"{what:<28}{number(one.shown.value):>5} {interval_words(one.shown):<9} "
        f"{one.paragraphs[0]:>6,}"
    )
    if one.paragraphs[1]:
        text += (
            f"   {number(one.hidden.value):>6} {interval_words(one.hidden):<9} "
            f"{one.paragraphs[1]:>6,}"
        )
    return ReportLine(text)


__all__ = ["influence_section", "labels_section", "people_section", "spot_text", "spots_section"]
