"""The agreement as text: for the terminal, a pipe, and the rows of the screen.
It needs no colour, and 78 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import replace

from annotator.measures.api import LEAST_DOCUMENTS, Part, Result
from annotator.model.text import first_of, plural
from annotator.workflows.agreement.breakdown import (
    influence_section,
    labels_section,
    people_section,
    spots_section,
)
from annotator.workflows.agreement.by_rulings import RuledFigure, ruled_section
from annotator.workflows.agreement.differences import DifferenceFilter
from annotator.workflows.agreement.gamma import Gamma
from annotator.workflows.agreement.headlines import headlines
from annotator.workflows.agreement.lines import (
    BANDS,
    BAR,
    WIDTH,
    ReportLine,
    band,
    bar,
    interval_words,
    number,
    share_words,
)
from annotator.workflows.agreement.values import Agreement, DisagreementCounts

_LONGEST = 29
"""Cells for the name of a figure, where every figure has a row."""


def about_intervals(documents: int) -> str:
    """How the intervals of a number of documents are made, or why there are none."""
    if documents < LEAST_DOCUMENTS:
        return f"intervals: none, because they need {LEAST_DOCUMENTS} documents or more"
    return "intervals: 95 %, Student's t of the jackknife over documents"


def report(found: Agreement, ruled: Sequence[RuledFigure] = ()) -> list[str]:
    """The agreement as lines of plain text."""
    return [line.text for line in lines(found, ruled=ruled)]


def lines(
    found: Agreement, labels: Sequence[str] = (), *, ruled: Sequence[RuledFigure] = ()
) -> list[ReportLine]:
    """The report: data, headline, figures that rulings on names change, why, labels, annotators,
    worst paragraphs, suggestions, every figure. With `labels`, the rows of single labels are those
    of these labels only."""
    out = list(_data(found))
    if labels:
        words = (
            f"  rows of single labels: only {', '.join(labels)}; all other figures are of layers"
        )
        out.append(ReportLine(words, "note"))
    sections = (
        headlines(found),
        ruled_section(ruled, found),
        _why(found),
        labels_section(found, labels),
        people_section(found),
        spots_section(found),
        influence_section(found),
        _everything(found, labels),
    )
    for section in sections:
        out += [ReportLine(""), *section] if section else []
    return out


def gamma_lines(found: Sequence[Gamma]) -> list[str]:
    """gamma of each layer with everything that it depends on; nothing if it was not requested."""
    if not found:
        return []
    one = found[0].settings
    out = [
        "",
        "GAMMA (Mathet and others 2015, 2017), by pygamma-agreement",
        f"  alpha {one.alpha:g}, beta {one.beta:g}, delta-empty {one.delta_empty:g}, precision "
        f"{one.precision:g}, seed {one.seed}; documents are weighted by their units",
    ]
    for g in found:
        left_out = f", {g.left_out} left out (fewer than two marked anything)" if g.left_out else ""
        what = g.reason or f"over {plural(g.documents, 'document')}{left_out}"
        out.append(
            f"  {g.layer:<12} gamma {number(g.gamma):>5}   gamma_cat {number(g.gamma_cat):>5}   "
            f"{what}"
        )
    return out


def _data(found: Agreement) -> Iterator[ReportLine]:
    data = found.data
    names = first_of(data.annotators, 5)
    what = (
        f"{plural(data.documents, 'document')} finished by two or more of "
        f"{len(data.annotators)} annotators"
    )
    yield from (ReportLine(part) for part in textwrap.wrap(f"{what}: {names}", WIDTH))
    each = data.completions / max(1, data.documents)
    overlap = f"overlap: {each:.1f} annotators a document, {plural(data.paragraphs, 'paragraph')}"
    counted = f"{overlap}; {plural(data.alone, 'document')} with only one"
    yield from (ReportLine(part, "note") for part in textwrap.wrap(counted, WIDTH))
    left_out = f"{data.skipped:,} skipped, {data.unfinished:,} unfinished"
    yield ReportLine(
        f"counted: {data.empty:,} seen and left empty; not counted: {left_out}", "note"
    )
    yield from (
        ReportLine(part, "note") for part in textwrap.wrap(about_intervals(data.documents), WIDTH)
    )


_CAUSES = {
    "missing": "missing",
    "bounds": "bounds differ",
    "label": "type differs",
    "both": "bounds and type",
    "holder": "holder differs",
    "target": "target differs",
    "side": "side differs",
}

_KINDS = {"both": "bounds and label"}
"""The name of a cause in the list of differences, if it differs."""


def _why(found: Agreement) -> list[ReportLine]:
    out = [ReportLine(f"{'WHY NOT HIGHER':<20}{'found':>7}    F1 if only this were gone", "head")]
    most = max(
        (_gain(lost, cause) for lost in found.lost.values() for cause in lost.causes), default=0
    )
    for layer, lost in found.lost.items():
        if lost.f1 is None:
            continue
        out.append(ReportLine(f"{layer:<27}    {number(lost.f1):>4} now"))
        causes = sorted(lost.causes, key=lambda cause: -_gain(lost, cause))
        out += [
            ReportLine(
                _cause(lost, cause, most),
                opens=DifferenceFilter(
                    f"{layer}: {_CAUSES[cause]}", layer, (_KINDS.get(cause, cause),)
                ),
            )
            for cause in causes
            if lost.causes[cause]
        ]
    for layer in dict.fromkeys(r.layer for r in found.results):
        out += _statements(found, layer, most)
    return out if len(out) > 1 else []


def _statements(found: Agreement, layer: str, most: float) -> list[ReportLine]:
    """Why annotators do not agree on statements (who says what, on which side): F1 if one part
    never differed."""
    own = {r.name: r.value for r in found.results if r.layer == layer and r.measure == "network"}
    now = own.get("F1 tuples, concept")
    if now is None:
        return []
    gains = {part: own.get(f"F1 tuples, {part} left out") for part in ("holder", "concept", "side")}
    out = [ReportLine(f"{f'who says what ({layer})':<27}    {number(now):>4} now")]
    for part, value in sorted(gains.items(), key=lambda item: -(item[1] or 0)):
        if value is not None and value > now:
            grown = bar((value - now) / max(most, value - now), 24).rstrip("·")
            out.append(
                ReportLine(
                    (
                        f"  {f'{part} differs':<25}    {number(value):>4} "
                        f"+{number(value - now):<4} {grown}"
                    ).rstrip()
                )
            )
    return out


def _gain(lost: DisagreementCounts, cause: str) -> float:
    better = lost.if_fixed.get(cause)
    return -1.0 if better is None or lost.f1 is None else better - lost.f1


def _cause(lost: DisagreementCounts, cause: str, most: float) -> str:
    """A cause with its cost; the longest bar is the largest gain of all."""
    gain = _gain(lost, cause)
    left = f"  {_CAUSES[cause]:<18}{lost.causes[cause]:>7,}    "
    if gain < 0:
        return left.rstrip()
    grown = bar(gain / most, 24).rstrip("·") if most > 0 else ""
    return f"{left}{number(lost.if_fixed[cause]):>4} +{number(gain):<4} {grown}".rstrip()


def _everything(found: Agreement, labels: Sequence[str] = ()) -> list[ReportLine]:
    out = [
        ReportLine(
            f"{'EVERY FIGURE':<{_LONGEST + 3}}{'':<{BAR}} value  {'95 %':<10}{'n':>8} {'cover':>6}",
            "head",
        )
    ]
    layer = last_reason = ""
    for result in found.results:
        if result.layer != layer:
            layer, last_reason = result.layer, ""
            out.append(ReportLine(layer))
        if labels:
            out += _of_labels(result, labels)
            continue
        reason = "as above" if last_reason and result.reason == last_reason else result.reason
        out += [ReportLine(text, figures=(result,)) for text in _figure(result, reason)]
        last_reason = result.reason or last_reason
    return out


def _of_labels(result: Result, labels: Sequence[str]) -> Iterator[ReportLine]:
    """A figure of some labels."""
    for label, part in result.parts.items():
        if label in labels:
            own = _as_result(result, label, part)
            for text in _figure(own, part.reason):
                yield ReportLine(text, figures=(own,))


def _as_result(result: Result, label: str, part: Part) -> Result:
    """The value of one label as a figure."""
    return replace(
        result,
        name=f"{result.name}: {label}",
        value=part.value,
        reason=part.reason,
        low=part.low,
        high=part.high,
        n=part.n,
        coverage=None,
        parts={},
        no_interval=part.no_interval,
    )


def _figure(result: Result, reason: str) -> list[str]:
    fits = len(result.name) <= _LONGEST
    name = f"  {result.name if fits else result.name[: _LONGEST - 1] + '…':<{_LONGEST + 1}}"
    if result.value is None:
        return textwrap.wrap(
            f"{name}{'–':>{BAR + 6}}  {reason}",
            WIDTH,
            subsequent_indent=" " * (_LONGEST + BAR + 11),
            drop_whitespace=True,
        )
    value = f"{bar(result.value)} {number(result.value):>5}  {interval_words(result):<10}"
    return [f"{name}{value}{result.n:>8,} {share_words(result):>6} {BANDS[band(result)]}".rstrip()]


__all__ = ["about_intervals", "gamma_lines", "lines", "report"]
