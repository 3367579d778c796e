"""Krippendorff's alpha, nominal, on the characters and on the tokens of the text.

What an annotator says of a character is the set of labels that cover it; no label is a value like others.
Characters are never enumerated: between two boundaries all are alike. A token has the labels of every span
that covers some of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise

import numpy as np

from annotator.measures._coincidence import against_rest, alpha, coincidences
from annotator.measures._data import Comparison, Passage, Resampling, Result, single
from annotator.model.schema import Layer

title = "Krippendorff's alpha on characters and tokens"
kinds = ("span",)

Value = frozenset[str]


def _segments(passage: Passage, layer: str) -> Iterator[tuple[int, list[Value]]]:
    """Stretches in which nothing changes: number of characters, and what each annotator says."""
    spans = {who: work.of(layer) for who, work in passage.works.items()}
    cuts = {passage.start, passage.end}
    for several in spans.values():
        for span in several:
            cuts |= {max(span.start, passage.start), min(span.end, passage.end)}
    edges = sorted(cuts)
    for a, b in pairwise(edges):
        yield (
            b - a,
            [frozenset(s.label for s in several if s.start < b and a < s.end) for several in spans.values()],
        )


def _tokens(passage: Passage, layer: str) -> Iterator[tuple[int, list[Value]]]:
    """Every token, and what each annotator says of it."""
    spans = {who: work.of(layer) for who, work in passage.works.items()}
    for a, b in passage.tokens():
        yield (
            1,
            [frozenset(s.label for s in several if s.start < b and a < s.end) for several in spans.values()],
        )


def compute(comparison: Comparison, layer: Layer, resampling: Resampling) -> list[Result]:
    """Alpha on characters and on tokens; `parts` by label, each against everything else."""
    return [
        _alpha(comparison, layer, resampling, "characters"),
        _alpha(comparison, layer, resampling, "tokens"),
    ]


def _alpha(comparison: Comparison, layer: Layer, resampling: Resampling, unit: str) -> Result:
    read = _segments if unit == "characters" else _tokens
    units = [list(read(passage, layer.name)) for passage in comparison.passages]
    values = sorted({v for passage in units for _, said in passage for v in said}, key=sorted)
    code: Mapping[Value, int] = {value: i for i, value in enumerate(values)}
    size = max(1, len(values))
    rows = np.zeros((len(units), size * size))
    for i, passage in enumerate(units):
        counted = ((float(weight), Counter(code[v] for v in said)) for weight, said in passage)
        rows[i] = coincidences(counted, size).ravel()
    value = single(alpha(size), rows.sum(axis=0)) if len(units) else None
    low, high = resampling.interval(comparison, rows, alpha(size))
    reason = "" if value is not None else "no variation: nothing is marked, or everything alike"
    parts: dict[str, float | None] = {}
    for label in sorted({label for v in values for label in v}):
        keep = [i for i, v in enumerate(values) if label in v]
        merged = against_rest(rows.sum(axis=0).reshape(size, size), keep)
        parts[label] = single(alpha(2), merged)
    n = sum(weight for passage in units for weight, _ in passage)
    return Result("alpha", layer.name, f"alpha {unit}", value, reason, low, high, n, None, parts)


__all__ = ["compute", "kinds", "title"]
