"""The agreement for a methods section: a report in Markdown or LaTeX that also describes the
procedure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from annotator.errors import UsageError
from annotator.measures.api import LEAST_DOCUMENTS, Explanation, Result
from annotator.model.text import percent, plural
from annotator.workflows.agreement import csv_tables
from annotator.workflows.agreement.drift import Drift
from annotator.workflows.agreement.habit_changes import HabitChange
from annotator.workflows.agreement.habits import Habit, outstanding
from annotator.workflows.agreement.lines import number
from annotator.workflows.agreement.markup import (
    Block,
    Cell,
    Grid,
    Heading,
    Math,
    TextBlock,
    latex,
    markdown,
)
from annotator.workflows.agreement.methods_data import Study
from annotator.workflows.agreement.values import AnnotatorPair, Data

FORMATS = (".md", ".tex", ".csv")

MOST = 12
"""Matrices are printed for up to this many annotators; the tables have all pairs."""


def render(study: Study, suffix: str) -> str:
    """The report in the format of a file ending, one of `FORMATS`."""
    if suffix == ".csv":
        import csv
        import io

        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(csv_tables.FIGURES)
        writer.writerows(
            ["" if cell is None else cell for cell in row]
            for row in csv_tables.figures(study.agreement)
        )
        return out.getvalue()
    return (markdown if suffix == ".md" else latex)(list(blocks(study)))


def check_report(file: Path) -> None:
    """Raises UsageError if the ending of a file is not one of `FORMATS`."""
    if file.suffix.lower() not in FORMATS:
        raise UsageError(
            f"“{file.name}” has an ending that no report has",
            hint=f"Name it like {', '.join(f'agreement{ending}' for ending in FORMATS)}",
        )


def write_report(study: Study, file: Path) -> None:
    """Write the report; its kind follows from the file's ending.
    Raises UsageError and ExportError."""
    csv_tables.write_text(file, render(study, file.suffix.lower()))


def blocks(study: Study) -> Iterator[Block]:
    """The parts of the report, in order."""
    yield Heading("Inter-annotator agreement")
    yield TextBlock(procedure(study))
    yield _main(study)
    yield from _labels(study)
    yield from _matrices(study)
    yield from _means(study)
    yield from _habits(study)
    yield from _time(study)
    yield Heading("References")
    shown = [r.about for r in study.agreement.results if r.about and r.value is not None]
    for source in sorted({about.source for about in shown}):
        yield TextBlock(source + ("" if source.endswith(".") else "."))


def procedure(study: Study) -> str:
    """What was compared and how, as a paragraph of a methods section."""
    data = study.agreement.data
    names = [r.name for r in study.agreement.results]
    sentences = [
        _coded(data),
        "A paragraph that an annotator finished without marking anything counts "
        f"({_number(data.empty)} here); a document that an annotator skipped or did not finish "
        f"does not ({_number(data.skipped + data.unfinished)} here).",
        "Spans of two annotators were aligned one to one so as to share as many characters as "
        "possible, with an intersection over union of at least .5. Labels, attributes and names "
        "were compared on aligned spans, joined into units over all annotators; the coverage is "
        "the share of spans that are aligned.",
        "Relations were compared if both of their ends were aligned."
        if "F1 with side" in names
        else "",
        "A concept that begins with “not:” was treated as the concept with the opposite side."
        if any("concept" in name for name in names)
        else "",
        f"There are no confidence intervals, because they need {LEAST_DOCUMENTS} documents or more."
        if data.documents < LEAST_DOCUMENTS
        else "Intervals are 95 % confidence intervals over documents: Student's t of the "
        "jackknife, on the logit of where a figure lies between the lowest value that it can have, "
        "with values as frequent as they are, and 1.",
        "Figures that are undefined, for lack of data or of variation, are not reported as "
        "numbers.",
    ]
    return " ".join(sentence for sentence in sentences if sentence)


def _coded(data: Data) -> str:
    """Who coded how much."""
    many, each = len(data.annotators), data.completions / max(1, data.documents)
    if each == many:
        who = "both annotators" if many == 2 else f"all {many} annotators"
    else:
        who = f"two or more of {many} annotators, {each:.1f} on average"
    were = "was" if data.documents == 1 else "were"
    return (
        f"{plural(data.documents, 'document')} ({plural(data.paragraphs, 'paragraph')}) {were} "
        f"coded by {who}."
    )


def _number(count: int) -> str:
    return f"{count:,}" if count else "none"


def _known(value: float | None) -> str:
    """A figure in a cell, which stays empty without one."""
    return "" if value is None else number(value)


def _interval(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"{number(low)}–{number(high)}"


def _main(study: Study) -> Grid:
    scores = {(s.layer, s.name): s for s in study.scores if not s.label}
    rows: list[Sequence[Cell]] = []
    for r in study.agreement.results:
        if r.value is None:
            continue
        score = scores.get((r.layer, r.name))
        rows.append(
            (
                r.layer,
                r.name,
                Math(r.about.formula) if r.about else "",
                _cited(r.about),
                number(r.value),
                _interval(r.low, r.high),
                f"{r.n:,}",
                "" if r.coverage is None else percent(r.coverage),
                _known(score.mean if score else None),
                _known(score.deviation if score else None),
            )
        )
    undefined = _undefined(study.agreement.results)
    return Grid(
        f"Agreement. Mean and sd are those of the figures of single documents.{undefined}",
        ("layer", "measure", "formula", "source", "value", "95 %", "n", "coverage", "mean", "sd"),
        rows,
        4,
    )


def _undefined(results: Sequence[Result]) -> str:
    count = sum(r.value is None for r in results)
    if not count:
        return ""
    left = "has no value and is" if count == 1 else "have no value and are"
    return f" {plural(count, 'figure')} {left} left out."


def _cited(about: Explanation | None) -> str:
    """Authors and year of a source, as a text cites it."""
    found = re.match(r"([^;]*?) \((\d{4})\)", about.source) if about is not None else None
    if found is None:
        return ""
    authors = re.findall(r"(?:^|, | and )([^,.]+), [A-Z]\.(?:[ -][A-Z]\.)*", found[1])
    more = " et al." if len(authors) > 2 else "".join([f" and {name}" for name in authors[1:]])
    return f"{authors[0]}{more} ({found[2]})" if authors else ""


def _labels(study: Study) -> Iterator[Block]:
    rows: list[Sequence[Cell]] = []
    means = {(s.layer, s.name, s.label): s for s in study.scores}
    for r in study.agreement.results:
        if r.name not in ("F1 strict", "alpha label", "F1 with side", "alpha side"):
            continue
        for label, part in r.parts.items():
            score = means.get((r.layer, r.name, label))
            rows.append(
                (
                    r.layer,
                    label,
                    r.name,
                    number(part.value),
                    _interval(part.low, part.high),
                    f"{part.n:,}",
                    _known(score.mean if score else None),
                )
            )
    if rows:
        yield Heading("By label")
        yield Grid(
            "Agreement on each label; alpha compares the label with all others. Means are over "
            "documents in which the figure is defined.",
            ("layer", "label", "measure", "value", "95 %", "n", "mean"),
            sorted(rows, key=lambda r: str(r[:3])),
            3,
        )


def _matrices(study: Study) -> Iterator[Block]:
    found = study.agreement
    names = sorted({who for matrix in found.matrices.values() for pair in matrix for who in pair})
    if not names:
        return
    yield Heading("Pairs of annotators")
    if len(names) > MOST:
        yield TextBlock(f"{len(names)} annotators: see pairs.csv.")
        return
    for (layer, what), matrix in found.matrices.items():
        rows = [
            [one, *(_pair(matrix.get((one, other)) or matrix.get((other, one))) for other in names)]
            for one in names
        ]
        yield Grid(f"{layer}, {what}: alpha (share of equal values; n)", ("", *names), rows)


def _pair(pair: AnnotatorPair | None) -> str:
    if pair is None:
        return ""
    return f"{number(pair.alpha)} ({number(pair.percent)}; {pair.n:,})"


def _means(study: Study) -> Iterator[Block]:
    worst = [s for s in study.scores if s.name in ("F1 strict", "F1 with side") and not s.label]
    rows = [
        (s.layer, name, number(value))
        for s in worst
        for name, value in sorted(s.by_document.items(), key=lambda item: (item[1], item[0]))[:5]
    ]
    if rows:
        yield Heading("Documents")
        yield Grid(
            "The five documents with the lowest F1 in each layer.",
            ("layer", "document", "F1"),
            rows,
            2,
        )


def _habits(study: Study) -> Iterator[Block]:
    if not study.habits:
        return
    yield Heading("Annotators")
    rows = [
        (
            h.annotator,
            h.layer,
            f"{h.marks:,}",
            _rate(h.rate),
            _rate(h.others_rate),
            "" if h.ratio is None else f"{h.ratio:.2f}",
        )
        for h in study.habits
        if not h.label
    ]
    yield Grid(
        "Marks per 1,000 words of each annotator, and of the others (on average) in the same "
        "texts.",
        ("annotator", "layer", "marks", "per 1,000", "others", "times"),
        rows,
        2,
    )
    for h in outstanding(study.habits)[:10]:
        yield TextBlock(habit_words(h))


def habit_words(habit: Habit) -> str:
    """A habit that stands out, in a sentence."""
    what = f"{habit.label} ({habit.layer})" if habit.label else f"all {habit.layer} items"
    own, others = _rate(habit.rate), _rate(habit.others_rate)
    return (
        f"{habit.annotator} marks {what} {own} times per 1,000 words, the others {others} on "
        "average in the same texts."
    )


def _rate(rate: float | None) -> str:
    return "–" if rate is None else f"{rate:.1f}"


def _time(study: Study) -> Iterator[Block]:
    if not study.periods:
        return
    yield Heading("Over time")
    rows = [
        (p.name, p.layer, number(p.value), _interval(p.low, p.high), f"{p.documents:,}", f"{p.n:,}")
        for p in study.periods
        if not p.label
    ]
    fifths = any(p.kind == "fifth" for p in study.periods)
    batches = (
        "by fifths of the documents in that order, since all came at once"
        if fifths
        else "by batch: documents that were assigned, or else imported, together"
    )
    yield Grid(
        f"F1 by the week in which a document was finished, and {batches}.",
        ("period", "layer", "F1", "95 %", "documents", "n"),
        rows,
        2,
    )
    for line in drift_lines(study):
        yield TextBlock(line)


def drift_lines(study: Study) -> list[str]:
    """A sentence for each label whose agreement has changed and for each annotator whose habits
    have, or one sentence that nothing has."""
    found = [_drift_words(d) for d in study.drifts]
    found += [_change_words(change) for change in study.habit_changes]
    return found or [
        "Over the documents in this order, no label's agreement and no annotator's rate of a label "
        "changed by more than chance."
    ]


def _drift_words(drift: Drift) -> str:
    what = f"{drift.label} ({drift.layer})" if drift.label else f"All of {drift.layer}"
    first, last = drift.documents
    change = (
        f"{what}: F1 {number(drift.before)} in the first {first} of the documents that have it, "
        f"{number(drift.after)} in the last {last}{_from(drift.since)}."
    )
    if drift.after > drift.before:
        return f"{change} Agreement rose: consider coding the first ones again."
    return f"{change} Agreement fell: discuss these differences and check the guidelines."


def _change_words(change: HabitChange) -> str:
    (own, others), (own_after, others_after) = change.before, change.after
    first, last = change.documents
    return (
        f"{change.annotator} marked {change.label} ({change.layer}) {_rate(own)} times per 1,000 "
        f"words in the first {first} documents (the others {_rate(others)}) and "
        f"{_rate(own_after)} times in the last {last}{_from(change.since)} (the others "
        f"{_rate(others_after)})."
    )


def _from(day: str) -> str:
    return f", from {day} on" if day else ""


__all__ = [
    "FORMATS",
    "blocks",
    "check_report",
    "drift_lines",
    "habit_words",
    "procedure",
    "render",
    "write_report",
]
