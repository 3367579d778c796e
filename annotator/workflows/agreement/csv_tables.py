"""The tables of an agreement as rows, for the CSV files and the reports."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from annotator.workflows.agreement.differences import COLUMNS, PairDifference
from annotator.workflows.agreement.methods_data import Scores, Study
from annotator.workflows.agreement.values import Agreement
from annotator.workflows.whole_files import write_file

Row = tuple[object, ...]

FIGURES = (
    "layer",
    "measure",
    "name",
    "label",
    "value",
    "low",
    "high",
    "n",
    "coverage",
    "reason",
    "no_interval",
)
PAIRS = ("layer", "what", "annotator_1", "annotator_2", "f1", "alpha", "percent", "n")
DOCUMENTS = ("document", "layer", "name", "label", "value")
MEANS = ("layer", "name", "label", "mean", "sd", "documents")
ANNOTATORS = (
    "annotator",
    "layer",
    "label",
    "marks",
    "words",
    "per_1000_words",
    "share",
    "others_per_1000_words",
    "others_share",
    "times_the_others",
    "stands_out",
)
TIME = ("by", "period", "layer", "label", "documents", "f1", "low", "high", "n")


def figures(found: Agreement) -> Iterator[Row]:
    """One row for each figure, followed by one for each of its labels."""
    for r in found.results:
        yield (
            r.layer,
            r.measure,
            r.name,
            "",
            r.value,
            r.low,
            r.high,
            r.n,
            r.coverage,
            r.reason,
            r.no_interval,
        )
        for label, p in r.parts.items():
            yield (
                r.layer,
                r.measure,
                r.name,
                label,
                p.value,
                p.low,
                p.high,
                p.n,
                None,
                p.reason,
                p.no_interval,
            )


def pairs(found: Agreement) -> Iterator[Row]:
    """Every pair of annotators: strict F1, where n is the number of spans of both in the passages
    that they share; alpha and percent agreement of everything that has values, where n is the
    number of aligned items."""
    for layer, held in found.pairs.items():
        for (one, other), (value, n) in held.items():
            yield (layer, "F1 strict", one, other, value, None, None, n)
    for (layer, what), matrix in found.matrices.items():
        for (one, other), pair in matrix.items():
            yield (layer, what, one, other, None, pair.alpha, pair.percent, pair.n)


def documents(scores: Iterable[Scores]) -> Iterator[Row]:
    """Every figure in every document."""
    for score in scores:
        for name, value in sorted(score.by_document.items()):
            yield (name, score.layer, score.name, score.label, value)


def means(scores: Iterable[Scores]) -> Iterator[Row]:
    """The mean and standard deviation of every figure over documents."""
    for s in scores:
        yield (s.layer, s.name, s.label, s.mean, s.deviation, len(s.by_document))


def annotators(study: Study) -> Iterator[Row]:
    """What each annotator does, compared with the others in the same texts."""
    for h in study.habits:
        yield (
            h.annotator,
            h.layer,
            h.label,
            h.marks,
            h.words,
            h.rate,
            h.share,
            h.others_rate,
            h.others_share,
            h.ratio,
            "yes" if h.differs_much else "",
        )


def time(study: Study) -> Iterator[Row]:
    """Agreement by week and by batch."""
    for p in study.periods:
        yield (p.kind, p.name, p.layer, p.label, p.documents, p.value, p.low, p.high, p.n)


def files(study: Study, found: Iterable[PairDifference]) -> Mapping[str, tuple[Row, Iterable[Row]]]:
    """A dict from file name to header and rows."""
    return {
        "figures.csv": (FIGURES, figures(study.agreement)),
        "pairs.csv": (PAIRS, pairs(study.agreement)),
        "documents.csv": (DOCUMENTS, documents(study.scores)),
        "means.csv": (MEANS, means(study.scores)),
        "annotators.csv": (ANNOTATORS, annotators(study)),
        "time.csv": (TIME, time(study)),
        "disagreements.csv": (COLUMNS, (one.row() for one in found)),
    }


def write_tables(target: Path, made: Mapping[str, tuple[Row, Iterable[Row]]]) -> dict[str, int]:
    """Write the files into a folder, which is made if needed. Returns the number of rows of each.
    Raises ExportError if one cannot be written."""
    return {name: write_csv(target / name, *table) for name, table in made.items()}


def write_csv(file: Path, header: Row, rows: Iterable[Row]) -> int:
    """Write one file. Returns the number of its rows. Raises ExportError if it cannot be
    written."""
    writer, count = csv.writer(_Encoded(), lineterminator="\n"), 0

    def lines() -> Iterator[bytes]:
        nonlocal count
        yield writer.writerow(header)
        for row in rows:
            yield writer.writerow([_cell(value) for value in row])
            count += 1

    write_file(file, lines())
    return count


def write_text(file: Path, text: str) -> None:
    """Write a report. Raises ExportError if it cannot be written."""
    write_file(file, [text.encode("utf-8")])


class _Encoded:
    """A file for `csv.writer`, which returns what this returns: each line as UTF-8."""

    def write(self, line: str) -> bytes:
        return line.encode("utf-8")


def _cell(value: object) -> object:
    """A cell: empty if undefined. Numbers have six digits, and no more than six decimals: the error
    of adding up is not one of them."""
    if isinstance(value, float):
        return f"{round(value, 6) + 0.0:.6g}"
    return "" if value is None else value


__all__ = [
    "FIGURES",
    "annotators",
    "documents",
    "figures",
    "files",
    "means",
    "pairs",
    "time",
    "write_csv",
    "write_tables",
    "write_text",
]
