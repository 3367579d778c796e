"""Agreement on the label and the attributes of spans that two or more annotators marked.

Spans are aligned pair by pair, so that the characters in common are the most, with an intersection
over union of at least .5, and joined into units over all annotators; the `coverage` is the share of
all spans whose value could be compared. A span without the attribute says nothing of it.
Krippendorff's alpha is nominal, of whole numbers interval. See Artstein, R. and Poesio, M. (2008).
Inter-coder agreement for computational linguistics. Computational Linguistics 34, 555-596.
"""

from __future__ import annotations

from collections.abc import Mapping

from annotator.measures import _nominal as nominal
from annotator.measures._comparison import Comparison
from annotator.measures._items import items
from annotator.measures._names import called
from annotator.measures._tables import AnyTable, Figure, Sums
from annotator.model.schema import Layer

title = "Labels and attributes of aligned spans"
kinds = ("span",)


def tables(comparison: Comparison, layer: Layer) -> dict[str, AnyTable]:
    """For the label and every attribute with a closed set of values the tables of `_nominal`."""
    found = items(comparison, layer)
    out = nominal.tables(comparison, found, "label", nominal.label_of)
    for attribute in nominal.closed(layer):
        name = attribute.name
        out |= nominal.tables(comparison, found, called(name), nominal.attribute(name))
    return out


def figures(layer: Layer, sums: Mapping[str, Sums]) -> list[Figure]:
    """Alpha, percent agreement, AC1, kappas and Brennan-Prediger
    of the label, then of every attribute."""
    tagset = [label.name for label in layer.labels]
    label = nominal.Variable("label", tagset, nothing="nothing is aligned")
    out = nominal.figures("attributes", label, sums)
    for attribute in nominal.closed(layer):
        out += nominal.figures("attributes", nominal.variable(attribute), sums)
    return out


__all__ = ["figures", "kinds", "tables", "title"]
