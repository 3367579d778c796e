"""Krippendorff's unitizing alpha of 1995, as corrected in 2004: how far units of a label coincide.

Krippendorff, K. (1995). On the reliability of unitizing continuous data. Sociological Methodology
25, 47-76; (2004). Content Analysis, 2nd ed., pp. 251-256. A continuum is a document of L
characters, annotated by m annotators. Two overlapping units of one label differ by the squares of
the distances of their starts and of their ends. A unit that lies in another's gap differs by the
square of its length:

    D_o = sum over ordered pairs of annotators of these differences / (m (m - 1) L^2)
    D_e = 2/L * sum over units of [(N - 1) / 3 * (2 l^3 - 3 l^2 + l)
                                   + l^2 * sum over gaps g >= l of (g - l + 1)]
          / (m L (m L - 1) - sum over units of l (l - 1))

Here N is the number of units of the label, l the length of a unit, and g that of a gap between
units (also before the first and after the last one), of all annotators. Documents and labels are
pooled by summing D_o and D_e: alpha_U = 1 - sum of D_o / sum of D_e. Units of one annotator may
overlap only if their labels differ.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from annotator.measures._comparison import Comparison
from annotator.measures._refusal import refusal
from annotator.measures._span_arrays import SpanArrays, overlaps, seating, span_arrays
from annotator.measures._tables import AnyTable, Array, Explanation, Figure, Ints, Sums, Table
from annotator.model.schema import Layer
from annotator.model.text import paragraph_number

title = "Krippendorff's alpha_U (unitizing, 1995/2004)"
kinds = ("span",)

ABOUT = Explanation(
    "How far the units of a label coincide, in squared distances of their bounds.",
    r"\alpha_U = 1 - D_o / D_e",
    "Krippendorff, K. (1995). On the reliability of unitizing continuous data. Sociological "
    "Methodology 25, 47-76; (2004). Content Analysis, 2nd ed., pp. 251-256",
    "1 is full agreement, 0 what chance gives; long units that are missed weigh much.",
    "It is undefined if units of one annotator and label overlap; on few, long units it varies "
    "widely.",
)


def tables(comparison: Comparison, layer: Layer) -> dict[str, AnyTable]:
    """D_o and D_e of every document by label; for a document with overlapping units, the words of
    the refusal instead."""
    found = span_arrays(comparison, layer.name)
    continua = _continua(comparison)
    # A document without compared paragraphs has no row.
    documents, first = np.unique(continua.document, return_index=True)
    refused = _overlapping(comparison, found, continua)
    size = len(found.labels)
    rows = np.zeros((len(comparison.passages), 3 * size + len(refused)))
    if len(rows):
        observed, expected = disagreements(comparison, layer.name)
        group = continua.document[found.passage] * size + found.label
        units = np.bincount(group, minlength=comparison.documents * size)
        every = (observed, expected, units.reshape(comparison.documents, size))
        rows[first, : 3 * size] = np.concatenate(every, axis=1)[documents]
        for i, document in enumerate(refused.values()):
            row = first[np.searchsorted(documents, document)]
            rows[row, : 2 * size] = 0
            rows[row, 3 * size + i] = 1
    keys = [
        *((kind, v) for kind in ("observed", "expected", "units") for v in found.labels),
        *(("refused", words) for words in refused),
    ]
    return {"disagreements": Table(keys, rows)}


def figures(layer: Layer, sums: Mapping[str, Sums]) -> list[Figure]:  # noqa: ARG001
    """alpha_U over all labels, `parts` by label."""
    own = sums["disagreements"]
    observed, expected = own.pick(*own.of("observed")), own.pick(*own.of("expected"))

    def value(rows: Array) -> Array:
        return _alpha(np.stack([observed(rows).sum(axis=1), expected(rows).sum(axis=1)], axis=1))

    reason = "no variation: nothing is marked, or everything alike"
    refused = refusal(own)
    parts: list[Figure] = []
    for label in sorted({key[1] for kind in ("observed", "expected") for key in own.of(kind)}):
        take = own.pick(("observed", label), ("expected", label))
        parts.append(
            Figure(
                "alpha_u",
                label,
                "disagreements",
                _alpha_of(take),
                reason,
                own.count("units", label),
            )
        )
    n = sum(own.count(*key) for key in own.of("units"))
    return [
        Figure(
            "alpha_u",
            "alpha_U",
            "disagreements",
            value,
            reason,
            n,
            None,
            parts,
            refused,
            about=ABOUT,
        )
    ]


def _alpha_of(take: Callable[[Array], Array]) -> Callable[[Array], Array]:
    return lambda rows: _alpha(take(rows))


def _alpha(rows: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(rows[:, 1] > 0, 1 - rows[:, 0] / rows[:, 1], np.nan))


def _overlapping(comparison: Comparison, found: SpanArrays, continua: _Continua) -> dict[str, int]:
    """For every document in which units of one annotator and label overlap, words that say whose
    and where, as a dict from words to document."""
    document = continua.document[found.passage]
    order = np.lexsort((found.start, found.label, found.seat, document))
    a, b = order[:-1], order[1:]
    bad = (document[a] == document[b]) & (found.seat[a] == found.seat[b])
    bad &= (found.label[a] == found.label[b]) & (found.end[a] > found.start[b])
    out: dict[int, str] = {}
    for at in a[np.flatnonzero(bad)].tolist():
        passage = comparison.passages[int(found.passage[at])]
        label, name = found.labels[int(found.label[at])], comparison.annotators[int(found.who[at])]
        where = f"{passage.name}, paragraph {paragraph_number(passage.index)}"
        out.setdefault(
            int(document[at]), f"units of {name} with the label {label} overlap in {where}"
        )
    return {words: at for at, words in out.items()}


@dataclass(frozen=True, slots=True)
class _Continua:
    """The documents: which one a passage is of, `(passages,)`; lengths, and
    who annotated them, `(documents, m)`."""

    document: Ints
    length: Ints
    present: Array


def _continua(comparison: Comparison) -> _Continua:
    document = np.array([p.document for p in comparison.passages], dtype=np.int64)
    people = seating(comparison)
    length = np.zeros(comparison.documents, dtype=np.int64)
    present = np.zeros((comparison.documents, people.shape[1]))
    for passage in comparison.passages:
        length[passage.document] = len(passage.text)
    np.maximum.at(present, document, people >= 0)
    return _Continua(document, length, present)


def disagreements(comparison: Comparison, layer: str) -> tuple[Array, Array]:
    """D_o and D_e of every document and label, `(documents, labels)` each; units of one annotator
    and label must not overlap. The time is that of sorting the units."""
    found = span_arrays(comparison, layer)
    continua = _continua(comparison)
    document = continua.document[found.passage]
    size = len(found.labels)
    group = document * size + found.label
    groups = comparison.documents * size
    many = continua.present.sum(axis=1)
    length = (found.end - found.start).astype(np.float64)
    observed = _observed(found, group, many[document] - 1, groups).reshape(
        comparison.documents, size
    )
    scale = many * (many - 1) * continua.length.astype(np.float64) ** 2
    observed = 2 * observed / np.maximum(scale, 1)[:, None]

    number = np.bincount(group, minlength=groups)
    inner = (number[group] - 1) / 3 * (2 * length**3 - 3 * length**2 + length)
    inner += length**2 * _room(found, continua, group)
    total = np.bincount(group, weights=inner, minlength=groups).reshape(comparison.documents, size)
    held = np.bincount(group, weights=length * (length - 1), minlength=groups).reshape(
        comparison.documents, size
    )
    all_of_it = (many * continua.length)[:, None]
    possible = all_of_it * (all_of_it - 1) - held
    expected = np.where(
        possible > 0,
        2 / np.maximum(continua.length, 1)[:, None] * total / np.maximum(possible, 1),
        0,
    )
    return observed, expected


def _observed(found: SpanArrays, group: Ints, others: Array, groups: int) -> Array:
    """Differences summed over unordered pairs of annotators, by document and label."""
    a, b = overlaps(found)
    alike = found.label[a] == found.label[b]
    a, b = a[alike], b[alike]
    apart = (found.start[a] - found.start[b]) ** 2 + (found.end[a] - found.end[b]) ** 2
    out = np.bincount(group[a], weights=apart.astype(np.float64), minlength=groups)
    size = found.seats
    met = np.unique(np.concatenate([a * size + found.seat[b], b * size + found.seat[a]])) // max(
        1, size
    )
    alone = others - np.bincount(met, minlength=len(group))
    length = (found.end - found.start).astype(np.float64)
    return np.asarray(out + np.bincount(group, weights=alone * length**2, minlength=groups))


def _room(found: SpanArrays, continua: _Continua, group: Ints) -> Array:
    """For every unit, the number of positions at which it fits into the gaps of its document and
    label."""
    where, gap = _gaps(found, continua, group)
    longest = int(continua.length.max(initial=0)) + 2
    order = np.argsort(where * longest + gap)
    keys = (where * longest + gap)[order]
    sums = np.concatenate([[0.0], np.cumsum((gap[order] + 1).astype(np.float64))])
    length = found.end - found.start
    first = np.searchsorted(keys, group * longest + length, side="left")
    last = np.searchsorted(keys, (group + 1) * longest, side="left")
    return np.asarray(sums[last] - sums[first] - (last - first) * length)


def _gaps(found: SpanArrays, continua: _Continua, group: Ints) -> tuple[Ints, Ints]:
    """Document and label, and length, of every gap: of everyone who annotated the document."""
    size, people = max(1, len(found.labels)), found.seats
    document = group // size
    # Bounds in the document: the sum of a unit's lengths and gaps is the document's length.
    begin = np.array([span.start for span in found.spans], dtype=np.int64)
    end = begin + (found.end - found.start)
    lane = group * people + found.seat
    order = np.lexsort((begin, lane))
    lane_, begin_, end_ = lane[order], begin[order], end[order]
    fresh = (
        np.concatenate([[True], lane_[1:] != lane_[:-1]]) if len(lane_) else np.zeros(0, dtype=bool)
    )
    # Overlapping units, which are refused later, have no gap between them.
    before = np.maximum(
        0, begin_ - np.where(fresh, 0, np.concatenate([[0], end_[:-1]])[: len(end_)])
    )
    last = (
        np.concatenate([lane_[1:] != lane_[:-1], [True]]) if len(lane_) else np.zeros(0, dtype=bool)
    )
    after = np.maximum(0, continua.length[document[order][last]] - end_[last])
    # An annotator without units of a label has one gap, which is the whole document.
    held = np.zeros(len(continua.length) * size * people, dtype=bool)
    held[lane] = True
    there = np.repeat(continua.present.astype(bool), size, axis=0).reshape(-1, people)
    empty = np.flatnonzero(there.ravel() & ~held)
    where = np.concatenate([lane_ // people, lane_[last] // people, empty // people])
    length = np.concatenate([before, after, continua.length[empty // people // size]])
    return where, length


__all__ = ["disagreements", "figures", "kinds", "tables", "title"]
