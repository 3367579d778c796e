"""Agreement on the label and the attributes of spans that two or more annotators marked.

The spans of every two annotators are aligned so that they have as many characters in common as
possible, with an intersection over union of at least .5, and joined into units over all annotators.
`coverage` is the share of all spans whose value could be compared. A span without the attribute
counts as a missing value. Krippendorff's alpha is nominal; for whole numbers, it is the interval
alpha. See Artstein, R. and Poesio, M. (2008). Inter-coder agreement for computational linguistics.
Computational Linguistics 34, 555-596.
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
    """The tables of `_nominal`, for the label and every attribute with a closed set of values."""
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
