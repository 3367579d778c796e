"""The counts of the data card: documents, paragraphs, tokens and labels by part of the split."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from annotator.model.record import Record
from annotator.model.text import words

_UNITS = ("documents", "paragraphs", "tokens")


def counts(parts: Mapping[str, Sequence[Record]]) -> list[str]:
    """How much there is in each part of the split."""
    tallies = {part: _tally(records) for part, records in parts.items() if records}
    labels = set[str]().union(*tallies.values()) - set(_UNITS)
    lines = [
        "## Counts",
        "",
        f"| | {' | '.join(tallies)} | all |",
        f"|---|{'---|' * (len(tallies) + 1)}",
    ]
    for name in (*_UNITS, *sorted(labels)):
        several = [tally[name] for tally in tallies.values()]
        cells = (f"{count:,}" for count in (*several, sum(several)))
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


def _tally(records: Sequence[Record]) -> Counter[str]:
    """How many documents, paragraphs and tokens there are, and how often each label occurs."""
    tally = Counter(_labels(records))
    tally["documents"] = len(records)
    tally["paragraphs"] = sum(map(_paragraphs, records))
    tally["tokens"] = sum(map(_tokens, records))
    return tally


def _paragraphs(record: Record) -> int:
    return sum(not p.excluded for p in record.document.paragraphs)


def _tokens(record: Record) -> int:
    document = record.document
    return sum(
        len(words(document.text, p.start, p.end)) for p in document.paragraphs if not p.excluded
    )


def _labels(records: Sequence[Record]) -> Iterator[str]:
    for record in records:
        yield from (f"{s.layer} {s.label}" for s in record.spans)
        yield from (f"{r.layer} {r.label}" for r in record.relations)


__all__ = ["counts"]
