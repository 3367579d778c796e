"""Agreement on relations: F1 with and without side on aligned end points, and alpha of the side.

End points are the same when the spans are aligned (one to one, intersection over union at least .5), or both
the author. Alpha of the side is over the relations that have both ends in common; its `coverage` is their
share of all relations.
"""

from __future__ import annotations

from collections import Counter

import numpy as np

from annotator.measures._coincidence import alpha, coincidences
from annotator.measures._data import Comparison, Resampling, Result, Work, align, f1, single
from annotator.model.schema import Layer
from annotator.model.span import AUTHOR, Relation

title = "Relations"
kinds = ("relation",)


def matched(a: Work, b: Work, layer: str) -> tuple[list[tuple[str, str]], int, int]:
    """Labels of the relations whose ends agree, and how many relations each has."""
    mine = [r for r in a.relations if r.layer == layer]
    theirs = [r for r in b.relations if r.layer == layer]
    names = {s.layer for s in (*a.ends.values(), *b.ends.values())}
    partner = {AUTHOR: AUTHOR}
    used_a = {e for r in mine for e in (r.source, r.target)}
    used_b = {e for r in theirs for e in (r.source, r.target)}
    for name in names:
        ours = [s for s in a.ends.values() if s.layer == name and s.id in used_a]
        others = [s for s in b.ends.values() if s.layer == name and s.id in used_b]
        partner |= {x.id: y.id for x, y in align(ours, others)}
    left: dict[tuple[str, str], list[Relation]] = {}
    for relation in theirs:
        left.setdefault((relation.source, relation.target), []).append(relation)
    found: list[tuple[str, str]] = []
    for relation in mine:
        several = left.get((partner.get(relation.source, ""), partner.get(relation.target, "")))
        if several:
            found.append((relation.label, several.pop().label))
    return found, len(mine), len(theirs)


def compute(comparison: Comparison, layer: Layer, resampling: Resampling) -> list[Result]:
    """F1 without and with side, and alpha of the side."""
    rows = np.zeros((len(comparison.passages), 4))
    pairs: list[list[tuple[str, str]]] = []
    for i, passage in enumerate(comparison.passages):
        pairs.append([])
        for one, other in passage.pairs():
            found, n, m = matched(passage.works[one], passage.works[other], layer.name)
            rows[i] += (len(found), sum(a == b for a, b in found), n, m)
            pairs[-1] += found
    out: list[Result] = []
    for column, name in ((0, "F1 without side"), (1, "F1 with side")):
        own = rows[:, [column, 2, 3]]
        value = single(f1, own.sum(axis=0))
        low, high = resampling.interval(comparison, own, f1)
        reason = "" if value is not None else "nobody marked anything"
        out.append(Result("relations", layer.name, name, value, reason, low, high, int(own[:, 1:].sum())))
    return [*out, _side(comparison, layer, resampling, pairs, float(rows[:, 2:].sum()))]


def _side(
    comparison: Comparison,
    layer: Layer,
    resampling: Resampling,
    pairs: list[list[tuple[str, str]]],
    every: float,
) -> Result:
    code = {v: i for i, v in enumerate(sorted({v for here in pairs for pair in here for v in pair}))}
    size = max(1, len(code))
    rows = np.zeros((len(pairs), size * size))
    for i, here in enumerate(pairs):
        rows[i] = coincidences(((1.0, Counter((code[a], code[b]))) for a, b in here), size).ravel()
    n = sum(map(len, pairs))
    value = single(alpha(size), rows.sum(axis=0)) if n else None
    low, high = resampling.interval(comparison, rows, alpha(size)) if n else (None, None)
    reason = (
        "" if value is not None else ("no variation: every side is the same" if n else "no ends in common")
    )
    coverage = 2 * n / every if every else None
    return Result("relations", layer.name, "alpha side", value, reason, low, high, n, coverage)


__all__ = ["compute", "kinds", "matched", "title"]
