"""Agreement over time: by week, by batch of documents, and labels whose agreement has changed.

A document belongs to the day on which the last of its annotators finished it, and to the batch in
which it first came to annotators: by `annotator assign`, or else by its import. The figure is
strict F1 by label (for relations: with side), which adds up over documents.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from annotator.measures import f1, relations
from annotator.measures.api import Comparison, interval
from annotator.model.schema import Layer
from annotator.workflows.agreement.change_points import ChangePoint, change_point, significant

FIFTHS = 5
"""If all documents came at once, they are divided into this many parts whose sizes differ by one at
most, in the order in which they were finished; fewer documents are a part each."""

SAME_IMPORT = timedelta(minutes=10)
"""Files that arrive within this time after each other are one import."""

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Period:
    """A label in a period (empty for all labels of a layer): strict F1 of its documents with the
    interval, and the numbers of documents (with or without such a mark) and of marks (of both
    annotators of every pair). `kind`
    is week (`2026-W48`), batch (`assigned 2026-11-03 10:00`) or, if there is only one batch, fifth
    (`fifth 2 of 5`)."""

    kind: str
    name: str
    layer: str
    label: str
    documents: int
    value: float | None
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True, slots=True)
class Drift:
    """A label (empty for all of a layer) whose agreement changed: F1 in the first documents and in
    those that were finished from the day `since` on (ISO 8601; empty if not known)."""

    layer: str
    label: str
    before: float
    after: float
    documents: tuple[int, int]
    since: str


def batches_of(assigned: Mapping[str, str], imported: Mapping[str, str]) -> dict[str, str]:
    """A dict from document to its batch, in the order of time. `assigned` and `imported` say when
    (ISO 8601): everything that one run of `annotator assign` assigned has the same time."""
    given = sorted((time, id) for id, time in assigned.items())
    rest = sorted((time, id) for id, time in imported.items() if id not in assigned)
    out: dict[str, str] = {}
    first = last = ""
    for time, id in rest:
        if not last or abs(_moment(time) - _moment(last)) > SAME_IMPORT:
            first = time
        last = time
        out[id] = f"imported {_shown(first)}"
    return out | {id: f"assigned {_shown(time)}" for time, id in given}


def _moment(time: str) -> datetime:
    """A time; the earliest possible one if the text is not a time."""
    try:
        return datetime.fromisoformat(time).replace(tzinfo=None)
    except ValueError:
        return datetime.min


def _shown(time: str) -> str:
    """A time as part of a name, to the second, which is how precisely assignments are
    distinguished."""
    return time[:19].replace("T", " ")


class Timeline:
    """Counts agreement by document; `finished` says for every document when it was finished (ISO
    8601), `batches` its batch."""

    def __init__(
        self,
        layers: Sequence[Layer],
        finished: Mapping[str, str],
        batches: Mapping[str, str] | None = None,
    ) -> None:
        self._layers = layers
        self._finished = finished
        self._batches = batches or {}
        self._counts: dict[tuple[str, str], dict[str, list[float]]] = {}
        self._documents: set[str] = set()

    def add(self, comparison: Comparison) -> None:
        """Count the documents of a comparison."""
        names = [p.name for p in comparison.passages]
        self._documents.update(names)
        for layer in self._layers:
            made = f1.by_label if layer.kind == "span" else relations.by_side
            table = made(comparison, layer)
            for row, column, value in zip(
                *(part.tolist() for part in table.entries()), strict=True
            ):
                kind, label = table.keys[column]
                for key in ((layer.name, ""), (layer.name, label)):
                    held = self._counts.setdefault(key, {}).setdefault(names[row], [0.0, 0.0])
                    held[kind == "marked"] += value

    def _ordered(self) -> list[str]:
        return sorted(self._documents, key=lambda name: (self._finished.get(name, ""), name))

    def periods(self) -> list[Period]:
        """By week, then by batch or fifth; each layer, then its labels."""
        ordered = self._ordered()
        weeks: dict[str, list[str]] = {}
        for name in ordered:
            weeks.setdefault(_week(self._finished.get(name, "")), []).append(name)
        parts = self._given_out(ordered)
        out: list[Period] = []
        for kind, groups in (("week", weeks), parts):
            for name, some in groups.items():
                for layer, label in sorted(self._counts):
                    out.append(self._period(kind, name, layer, label, some))
        return out

    def _given_out(self, ordered: list[str]) -> tuple[str, dict[str, list[str]]]:
        """The documents of each batch, in the order of time; fifths if there is only one batch."""
        batches: dict[str, list[str]] = {}
        for name in ordered:
            batches.setdefault(self._batches.get(name, ""), []).append(name)
        if len(batches) > 1:
            # The times are at the end of the names.
            in_order = sorted(batches, key=lambda name: name.partition(" ")[2])
            return "batch", {name or "–": batches[name] for name in in_order}
        count = min(FIFTHS, len(ordered))
        ends = [len(ordered) * i // count for i in range(1, count + 1)]
        parts = [ordered[a:b] for a, b in pairwise([0, *ends])]
        name = "fifth" if count == FIFTHS else "part"
        return "fifth", {f"{name} {i} of {count}": some for i, some in enumerate(parts, 1)}

    def _period(self, kind: str, name: str, layer: str, label: str, some: Sequence[str]) -> Period:
        rows, count = self._rows(layer, label, some), len(some)
        value = _share(rows.sum(axis=0)[None, :])[0] if len(rows) else math.nan
        if math.isnan(value):
            return Period(kind, name, layer, label, count, None, None, None, 0)
        # As for every figure: a document without such marks is one that does not move it.
        rows = np.concatenate([rows, np.zeros((count - len(rows), 2))])
        found = interval(float(value), _share(rows.sum(axis=0) - rows), 0)
        n = round(float(rows[:, 1].sum()))
        return Period(kind, name, layer, label, count, float(value), found.low, found.high, n)

    def _rows(self, layer: str, label: str, some: Iterable[str]) -> Array:
        held = self._counts[layer, label]
        return np.array([held[name] for name in some if name in held], dtype=np.float64).reshape(
            -1, 2
        )

    def drifts(self) -> list[Drift]:
        """Labels on which agreement changed at some document, the largest change first."""
        ordered = self._ordered()
        found = significant(self._tested(ordered))
        out = [self._drift(key, ordered, point.before) for point, key in found]
        return sorted(out, key=lambda d: -abs(d.after - d.before))

    def _tested(self, ordered: Sequence[str]) -> Iterator[tuple[ChangePoint, tuple[str, str]]]:
        """The largest change of every label: in how many more marks are alike in a document than
        would be if F1 was the same everywhere."""
        for key in sorted(self._counts):
            rows = self._rows(*key, ordered)
            share = float(_share(rows.sum(axis=0)[None, :])[0])
            point = change_point(2 * rows[:, 0] - share * rows[:, 1])
            if point is not None:
                yield point, key

    def _drift(self, key: tuple[str, str], ordered: Sequence[str], before: int) -> Drift:
        names = [name for name in ordered if name in self._counts[key]]
        first, second = (self._rows(*key, part) for part in (names[:before], names[before:]))
        a, b = (float(_share(rows.sum(axis=0)[None, :])[0]) for rows in (first, second))
        since = self._finished.get(names[before], "")[:10]
        return Drift(*key, a, b, (len(first), len(second)), since)


def _share(rows: Array) -> Array:
    """F1 from rows of (same, marked)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(rows[:, 1] > 0, 2 * rows[:, 0] / rows[:, 1], np.nan))


def _week(finished: str) -> str:
    """The ISO week of a time; a dash if there is none."""
    try:
        year, week, _ = date.fromisoformat(finished[:10]).isocalendar()
    except ValueError:
        return "–"
    return f"{year}-W{week:02}"


__all__ = ["FIFTHS", "SAME_IMPORT", "Drift", "Period", "Timeline", "batches_of"]
