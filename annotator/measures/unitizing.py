"""u-alpha: agreement in unitizing a continuum and in the labels of its units.

Krippendorff, K., Mathet, Y., Bouvry, S. and Widlöcher, A. (2016). On the reliability of unitizing textual
continua. Quality & Quantity 50, 2347-2364. Coincidences are lengths of intersections of the units and
gaps of every two annotators. What is expected leaves out that a unit meets itself, its squared length;
gaps count as stretches of length one. Units of one annotator may not overlap.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from annotator.measures._data import Array, Comparison, Passage, Resampling, Result, single
from annotator.model.schema import Layer

title = "u-alpha (unitizing)"
kinds = ("span",)


def compute(comparison: Comparison, layer: Layer, resampling: Resampling) -> list[Result]:
    """u-alpha; undefined, with the name of who it is, when an annotator's units overlap."""
    found = {s.label for p in comparison.passages for w in p.works.values() for s in w.of(layer.name)}
    code = {label: i + 1 for i, label in enumerate(sorted(found))}
    size = len(code) + 1
    rows = np.zeros((len(comparison.passages), size * size + 1))
    for i, passage in enumerate(comparison.passages):
        who = _overlapping(passage, layer.name)
        if who is not None:
            reason = f"units of {who} overlap in {passage.name}, paragraph {passage.index + 1}"
            return [Result("unitizing", layer.name, "u-alpha", None, reason)]
        rows[i] = _statistics(passage, layer.name, code)
    units = sum(len(w.of(layer.name)) for p in comparison.passages for w in p.works.values())
    value = single(lambda r: u_alpha(r, size), rows.sum(axis=0)) if len(rows) else None
    low, high = resampling.interval(comparison, rows, lambda r: u_alpha(r, size))
    reason = "" if value is not None else "no variation: nothing is marked, or everything alike"
    return [Result("unitizing", layer.name, "u-alpha", value, reason, low, high, units)]


def _overlapping(passage: Passage, layer: str) -> str | None:
    for who, work in passage.works.items():
        spans = work.of(layer)
        if any(a.end > b.start for a, b in pairwise(spans)):
            return who
    return None


def _statistics(passage: Passage, layer: str, code: dict[str, int]) -> Array:
    """Coincidences, flattened, and the sum of squared lengths; gaps have the code 0."""
    size = len(code) + 1
    out = np.zeros((size, size))
    squares = 0.0
    edges = {passage.start, passage.end}
    sections: dict[str, list[tuple[int, int, int]]] = {}
    for who, work in passage.works.items():
        sections[who] = [
            (max(s.start, passage.start), min(s.end, passage.end), code[s.label]) for s in work.of(layer)
        ]
        covered = sum(b - a for a, b, _ in sections[who])
        squares += sum((b - a) ** 2 for a, b, _ in sections[who]) + (passage.end - passage.start - covered)
        edges |= {edge for a, b, _ in sections[who] for edge in (a, b)}
    cuts = sorted(edges)
    for a, b in pairwise(cuts):
        values = [next((c for x, y, c in own if x <= a < y), 0) for own in sections.values()]
        for i, v in enumerate(values):
            for j, w in enumerate(values):
                if i != j:
                    out[v, w] += (b - a) / (len(values) - 1)
    return np.append(out.ravel(), squares)


def u_alpha(rows: Array, size: int) -> Array:
    """From rows of coincidences and squared lengths to u-alpha; NaN without variation."""
    matrices = rows[:, :-1].reshape(-1, size, size)
    marginals = matrices.sum(axis=2)
    total = marginals.sum(axis=1)
    differing = total - np.trace(matrices, axis1=1, axis2=2)
    apart = total**2 - (marginals**2).sum(axis=1)
    possible = total**2 - rows[:, -1]
    with np.errstate(divide="ignore", invalid="ignore"):
        observed = differing / total
        expected = apart / possible
        return np.asarray(np.where((total > 0) & (apart > 0), 1 - observed / expected, np.nan))


__all__ = ["compute", "kinds", "title", "u_alpha"]
