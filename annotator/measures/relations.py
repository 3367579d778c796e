"""Agreement on relations: F1 with and without side, on aligned and on exact
end points; alpha of side and attributes.

End points are the same when the spans are aligned (one to one, intersection over union at least .5)
or, for exact ones, have the same bounds; or when both are the author. Figures of the side and of
attributes are over the relations that have both aligned ends in common; their `coverage` is the
share of all relations.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

import numpy as np

from annotator.measures import _nominal as nominal
from annotator.measures._comparison import Comparison
from annotator.measures._items import items
from annotator.measures._names import called
from annotator.measures._relation_pairs import CAUSES, relation_pairs, with_relations
from annotator.measures._tables import (
    AnyTable,
    Array,
    Explanation,
    Figure,
    Key,
    SparseTable,
    Sums,
    Table,
    counted,
    f1,
)
from annotator.model.schema import Layer

title = "Relations"
kinds = ("relation",)

ABOUT = Explanation(
    "The share of relations that two annotators have in common, over all pairs of annotators.",
    r"F_1 = 2 \cdot \mathrm{same} / (\mathrm{one} + \mathrm{other})",
    "Chinchor, N. and Sundheim, B. (1993). MUC-5 evaluation metrics. MUC-5, 69-78",
    "0 to 1; a relation that is missing because one of its ends is missing counts as an error.",
    "It does not show whether sides are confused; see the alpha of the side.",
)


def tables(comparison: Comparison, layer: Layer) -> dict[str, AnyTable]:
    """`aligned` and `exact`: the numbers of relations with both ends in common, of those with the
    same side too, and of all relations of both, summed over all pairs of annotators, and how the
    others differ. `side labels`: the same by side. `pairs`: the same by pair of annotators. Also
    the tables of `_nominal` for the side and every attribute with a closed set of values."""
    out: dict[str, AnyTable] = {
        "aligned": aligned_table(comparison, layer),
        "exact": _meetings_table(comparison, layer.name, exact=True),
        "side labels": by_side(comparison, layer),
    }
    if comparison.pairwise:
        out["pairs"] = _by_pair(comparison, layer)
    found = items(comparison, layer)
    out |= nominal.tables(comparison, found, "side", nominal.label_of)
    for attribute in nominal.closed(layer):
        name = attribute.name
        out |= nominal.tables(comparison, found, called(name), nominal.attribute(name))
    return out


def aligned_table(comparison: Comparison, layer: Layer) -> Table:
    """The table `aligned`."""
    return _meetings_table(comparison, layer.name, exact=False)


def _meetings_table(comparison: Comparison, layer: str, *, exact: bool) -> Table:
    rows = np.zeros((len(comparison.passages), 3 + len(CAUSES)))
    for i, met in relation_pairs(comparison, layer, exact=exact):
        alike = sum(a.label == b.label for a, b in met.pairs)
        apart = met.apart
        rows[i] += (len(met.pairs), alike, met.one + met.other, *(apart[cause] for cause in CAUSES))
    return Table([("met",), ("same",), ("marked",), *((cause,) for cause in CAUSES)], rows)


def by_side(comparison: Comparison, layer: Layer) -> SparseTable:
    """The table `side labels`: F1 with side by side, relations alike and relations of both."""
    cells: Counter[tuple[int, Key]] = Counter()
    for i, met in relation_pairs(comparison, layer.name):
        for a, b in met.pairs:
            if a.label == b.label:
                cells[i, ("same", a.label)] += 1
    for i, passage in with_relations(comparison):
        for work in passage.works.values():
            for relation in work.relations:
                if relation.layer == layer.name:
                    cells[i, ("marked", relation.label)] += len(passage.works) - 1
    return counted(cells)


def _by_pair(comparison: Comparison, layer: Layer) -> SparseTable:
    """F1 with side by pair of annotators."""
    cells: Counter[tuple[int, Key]] = Counter()
    for i, met in relation_pairs(comparison, layer.name):
        cells[i, ("same", *met.who)] += sum(a.label == b.label for a, b in met.pairs)
        cells[i, ("marked", *met.who)] += met.one + met.other
    return counted(+cells)


def figures(layer: Layer, sums: Mapping[str, Sums]) -> list[Figure]:
    """F1 without and with side on aligned ends, the same on exact ones, agreement
    on the side and on attributes."""
    out: list[Figure] = []
    for table, words in (("aligned", ""), ("exact", ", exact ends")):
        for kind, name in (("met", "F1 without side"), ("same", "F1 with side")):
            parts = _by_side(sums["side labels"]) if (table, kind) == ("aligned", "same") else ()
            out.append(_f1(sums[table], table, kind, name + words, parts))
    side = nominal.Variable(
        "side", [label.name for label in layer.labels], nothing="no ends in common"
    )
    out += nominal.figures("relations", side, sums)
    for attribute in nominal.closed(layer):
        out += nominal.figures("relations", nominal.variable(attribute), sums)
    return out


def with_side(sums: Sums) -> Figure:
    """F1 with side on aligned ends, from the sums of the table `aligned`."""
    return _f1(sums, "aligned", "same", "F1 with side")


def _by_side(sums: Sums) -> list[Figure]:
    out = []
    for _, label in sums.of("marked"):
        take = sums.pick(("same", label), ("marked", label), ())
        n = sums.count("marked", label)
        out.append(
            Figure(
                "relations",
                label,
                "side labels",
                _f1_of(take),
                "",
                n,
                lowest=0,
            )
        )
    return out


def _f1_of(take: Callable[[Array], Array]) -> Callable[[Array], Array]:
    return lambda rows: f1(take(rows))


def _f1(
    sums: Sums, table: str, kind: str, name: str, parts: list[Figure] | tuple[()] = ()
) -> Figure:
    take = sums.pick((kind,), ("marked",), ())
    return Figure(
        "relations",
        name,
        table,
        lambda rows: f1(take(rows)),
        "nobody marked anything",
        sums.count("marked"),
        None,
        parts,
        lowest=0,
        about=ABOUT,
    )


__all__ = ["CAUSES", "aligned_table", "by_side", "figures", "kinds", "tables", "title", "with_side"]
