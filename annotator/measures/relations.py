"""Agreement on relations: F1 with and without side, on aligned and on exact end points, and alpha of the side.

End points are the same when the spans are aligned (one to one, intersection over union at least .5) or, for
exact ones, have the same bounds; or when both are the author. Alpha of the side is over the relations that
have both aligned ends in common; its `coverage` is their share of all relations.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from annotator.measures._coincidence import MISSING, alpha, closed, squares
from annotator.measures._columns import aligned, columns
from annotator.measures._data import Comparison, Work, f1
from annotator.measures._tables import Figure, Sums, Table
from annotator.model.schema import Layer
from annotator.model.span import AUTHOR, Relation

title = "Relations"
kinds = ("relation",)

Same = Callable[[str], object]
"""From the id of an end to what is equal for ends that are the same; None for an end without counterpart."""


@dataclass(frozen=True, slots=True)
class Met:
    """Two annotators' relations in a passage: those with both ends in common, in pairs, and how many each has; `apart`
    counts the rest by what differs: the holder, the target, or all (missing)."""

    pairs: tuple[tuple[Relation, Relation], ...]
    one: int
    other: int
    apart: Mapping[str, int]


def meetings(comparison: Comparison, layer: str, *, exact: bool = False) -> list[tuple[int, Met]]:
    """For every passage (by index) and two annotators of whom one has relations there, how these meet."""
    key = ("meetings", layer, exact)
    if key not in comparison.cache:
        partners = {} if exact else _partners(comparison)
        out: list[tuple[int, Met]] = []
        for i, passage in enumerate(comparison.passages):
            for one, other in passage.pairs():
                a, b = passage.works[one], passage.works[other]
                mine = [r for r in a.relations if r.layer == layer]
                theirs = [r for r in b.relations if r.layer == layer]
                if mine or theirs:
                    if exact:
                        ours, others = _bounds(a), _bounds(b)
                    else:
                        ours, others = partners.get((passage.document, one, other), {}).get, _itself
                    out.append((i, _meet(mine, theirs, ours, others)))
        comparison.cache[key] = out
    found = comparison.cache[key]
    assert isinstance(found, list)
    return found


def _itself(end: str) -> str:
    return end


def _bounds(work: Work) -> Same:
    def same(end: str) -> object:
        span = work.ends.get(end)
        return (span.layer, span.start, span.end) if span is not None else None

    return same


def _partners(comparison: Comparison) -> dict[tuple[int, str, str], dict[str, str]]:
    """For every document and two annotators: the id of the one's span -> that of the other's aligned with it."""
    layers = {s.layer for p in comparison.passages for w in p.works.values() for s in w.spans}
    names = comparison.annotators
    out: dict[tuple[int, str, str], dict[str, str]] = {}
    for layer in sorted(layers):
        found = columns(comparison, layer)
        for a, b in zip(*(rows.tolist() for rows in aligned(comparison, layer)), strict=True):
            document = comparison.passages[found.passage[a]].document
            key = (document, names[found.who[a]], names[found.who[b]])
            out.setdefault(key, {})[found.spans[a].id] = found.spans[b].id
    return out


def _meet(mine: list[Relation], theirs: list[Relation], ours: Same, others: Same) -> Met:
    """Pair off relations with the same ends, equal sides first; then what the rest differs in."""

    def key(end: str, same: Same) -> object:
        return AUTHOR if end == AUTHOR else same(end)

    left = [(key(r.source, others), key(r.target, others), r) for r in theirs]
    rest = [(key(r.source, ours), key(r.target, ours), r) for r in mine]
    pairs: list[tuple[Relation, Relation]] = []
    for alike in (True, False):
        for edge in list(rest):
            if None in edge[:2]:
                continue
            own = edge[2].label
            partner = next((o for o in left if o[:2] == edge[:2] and (not alike or o[2].label == own)), None)
            if partner is not None:
                left.remove(partner)
                rest.remove(edge)
                pairs.append((edge[2], partner[2]))
    apart = {"holder": 0, "target": 0, "missing": 0}
    for edge in rest:
        cause, at = "missing", 0
        partner = next((o for o in left if o[1] == edge[1] is not None), None)
        if partner is not None:
            cause, at = "holder", 1
        else:
            partner = next((o for o in left if o[0] == edge[0] is not None), None)
            cause, at = ("target", 1) if partner is not None else ("missing", 0)
        if partner is not None and at:
            left.remove(partner)
        apart[cause] += 1
    apart["missing"] += len(left)
    return Met(tuple(pairs), len(mine), len(theirs), apart)


def tables(comparison: Comparison, layer: Layer) -> dict[str, Table]:
    """`aligned` and `exact`: relations that have both ends in common, those that have the side in common too, those of
    both, over all pairs of annotators, and what the rest differs in; `side`, and a table for every attribute with a
    closed set of values: what those have that have both aligned ends in common."""
    out: dict[str, Table] = {
        "aligned": aligned_table(comparison, layer),
        "exact": _meetings(comparison, layer.name, exact=True),
    }
    met = meetings(comparison, layer.name)
    for name in ("side", *(attribute.name for attribute in closed(layer))):
        out[name] = _values(comparison, met, name)
    return out


def _values(comparison: Comparison, met: list[tuple[int, Met]], name: str) -> Table:
    """What relations with both ends in common have of the side, or of an attribute: coincidences by value."""
    said = [
        (i, [(_value(a, name), _value(b, name)) for a, b in one.pairs], one.one + one.other) for i, one in met
    ]
    code = {v: i for i, v in enumerate(sorted({v for _, pairs, _ in said for pair in pairs for v in pair}))}
    size = len(code)
    rows = np.zeros((len(comparison.passages), size * size + 2))
    for i, pairs, every in said:
        rows[i, -2:] += (len(pairs), every)
        for a, b in pairs:
            rows[i, code[a] * size + code[b]] += 1
            rows[i, code[b] * size + code[a]] += 1
    return Table([*(("c", one, other) for one in code for other in code), ("met",), ("every",)], rows)


def _value(relation: Relation, name: str) -> str:
    return relation.label if name == "side" else str(relation.attributes.get(name, MISSING))


def aligned_table(comparison: Comparison, layer: Layer) -> Table:
    """The table `aligned`."""
    return _meetings(comparison, layer.name, exact=False)


CAUSES = ("holder", "target", "missing")


def _meetings(comparison: Comparison, layer: str, *, exact: bool) -> Table:
    rows = np.zeros((len(comparison.passages), 3 + len(CAUSES)))
    for i, met in meetings(comparison, layer, exact=exact):
        alike = sum(a.label == b.label for a, b in met.pairs)
        rows[i] += (len(met.pairs), alike, met.one + met.other, *(met.apart[cause] for cause in CAUSES))
    return Table([("met",), ("same",), ("marked",), *((cause,) for cause in CAUSES)], rows)


def figures(layer: Layer, sums: Mapping[str, Sums]) -> list[Figure]:
    """F1 without and with side on aligned ends, the same on exact ones, alpha of the side and of attributes."""
    out: list[Figure] = []
    for table, words in (("aligned", ""), ("exact", ", exact ends")):
        for kind, name in (("met", "F1 without side"), ("same", "F1 with side")):
            out.append(_f1(sums[table], table, kind, name + words))
    out.append(_alpha(sums["side"], "side"))
    for attribute in closed(layer):
        out.append(_alpha(sums[attribute.name], attribute.name, whole=attribute.type == "integer"))
    return out


def with_side(sums: Sums) -> Figure:
    """F1 with side on aligned ends, from the sums of the table `aligned`."""
    return _f1(sums, "aligned", "same", "F1 with side")


def _f1(sums: Sums, table: str, kind: str, name: str) -> Figure:
    take = sums.pick((kind,), ("marked",), ())
    return Figure(
        "relations", name, table, lambda rows: f1(take(rows)), "nobody marked anything", sums.count("marked")
    )


def _alpha(sums: Sums, name: str, *, whole: bool = False) -> Figure:
    square = sums.square("c")
    own = alpha(square.size, squares(square.values) if whole else None)
    n, every = sums.count("met"), sums.get("every")
    reason = f"no variation: every {name} is the same" if n else "no ends in common"
    coverage = 2 * n / every if every else None
    return Figure(
        "relations", f"alpha {name}", name, lambda rows: own(square.matrices(rows)), reason, n, coverage
    )


__all__ = ["CAUSES", "Met", "aligned_table", "figures", "kinds", "meetings", "tables", "title", "with_side"]
