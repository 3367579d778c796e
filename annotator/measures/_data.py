"""What measures read and give: comparisons of finished work, and results with their uncertainty."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from annotator.model.decision import Completion
from annotator.model.record import Record
from annotator.model.span import Relation, Span
from annotator.model.text import words

Array = NDArray[np.float64]

FEW = 10
"""Below so many documents the bootstrap draws paragraphs."""

_NO_ENDS: Mapping[str, Span] = {}


@dataclass(frozen=True, slots=True)
class Work:
    """What one annotator marked in a passage, all layers; `ends` finds the spans of relations by id."""

    spans: tuple[Span, ...]
    relations: tuple[Relation, ...]
    ends: Mapping[str, Span]

    def of(self, layer: str) -> list[Span]:
        """Spans of a layer, in reading order."""
        return [span for span in self.spans if span.layer == layer]


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph `[start, end)` that two or more annotators finished; `document` counts from 0."""

    document: int
    name: str
    index: int
    text: str
    start: int
    end: int
    works: Mapping[str, Work]

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Every two annotators, in order of their names."""
        return combinations(sorted(self.works), 2)

    def tokens(self) -> list[tuple[int, int]]:
        """Words and signs of the passage; offsets are the document's."""
        return words(self.text, self.start, self.end)


@dataclass(frozen=True)
class Comparison:
    """Finished work on the documents that two or more annotators finished.

    `empty` counts finished passages in which an annotator marked nothing, `unfinished` completions that are
    left out because they are skipped or not done.
    """

    passages: tuple[Passage, ...]
    annotators: tuple[str, ...]
    documents: int
    completions: int
    empty: int = 0
    unfinished: int = 0
    cache: dict[object, object] = field(default_factory=dict, compare=False, repr=False)
    """What measures derive from it and share; a comparison never changes."""


def compare(records: Iterable[Record], annotators: Sequence[str] | None = None) -> Comparison:
    """The comparison of these records; only `annotators`, when given. Gold is never in it."""
    finished: dict[str, list[Record]] = {}
    unfinished = 0
    for record in records:
        if record.annotator is None or (annotators is not None and record.annotator not in annotators):
            continue
        if record.status is Completion.DONE:
            finished.setdefault(record.document.id, []).append(record)
        else:
            unfinished += 1
    passages: list[Passage] = []
    number = 0
    for name in sorted(finished):
        several = finished[name]
        if len(several) > 1:
            passages += _passages(number, several)
            number += 1
    names = sorted({who for p in passages for who in p.works})
    completions = sum(len(several) for several in finished.values() if len(several) > 1)
    empty = sum(not w.spans and not w.relations for p in passages for w in p.works.values())
    return Comparison(tuple(passages), tuple(names), number, completions, empty, unfinished)


def _passages(number: int, records: Sequence[Record]) -> Iterator[Passage]:
    """The paragraphs that at least two annotators had to annotate."""
    document = records[0].document
    for i, paragraph in enumerate(document.paragraphs):
        works: dict[str, Work] = {}
        for record in records:
            own = record.document.paragraphs
            if i < len(own) and not own[i].excluded and record.annotator is not None:
                works[record.annotator] = _work(record, paragraph.start, paragraph.end)
        if len(works) > 1:
            yield Passage(number, document.id, i, document.text, paragraph.start, paragraph.end, works)


def _work(record: Record, start: int, end: int) -> Work:
    spans = tuple([s for s in record.spans if start <= s.start < end])
    if not record.relations:
        return Work(spans, (), _NO_ENDS)
    ends = {s.id: s for s in record.spans}
    inside = {s.id for s in spans}
    return Work(spans, tuple(r for r in record.relations if r.target in inside), ends)


@dataclass(frozen=True, slots=True)
class Result:
    """One figure: `value` in [-1, 1] or None with the `reason`; `low` and `high` bound its 95 % interval.

    `n` is the number of units that it rests on, `coverage` the share of all units that could be compared,
    `parts` the same figure by label.
    """

    measure: str
    layer: str
    name: str
    value: float | None
    reason: str = ""
    low: float | None = None
    high: float | None = None
    n: int = 0
    coverage: float | None = None
    parts: Mapping[str, float | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Resampling:
    """How often to draw, and from which seed; 0 samples for no intervals."""

    samples: int = 1000
    seed: int = 20240901


def single(value: Callable[[Array], Array], sums: Array) -> float | None:
    """The value of one row of sums, None where it is undefined."""
    found = float(value(sums[None, :])[0])
    return None if np.isnan(found) else found


def f1(rows: Array) -> Array:
    """From rows `(shared, number of the one, number of the other)` to F1; NaN when nothing is marked."""
    total = rows[:, 1] + rows[:, 2]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(total > 0, 2 * rows[:, 0] / total, np.nan))


__all__ = [
    "FEW", "Array", "Comparison", "Passage", "Resampling", "Result", "Work", "compare", "f1", "single",
]  # fmt: skip
