"""The public interface of the family of measures: what a measure needs and provides.

A measure is a module that fits `Measure`: `tables` gives statistics that add up over the passages
of a comparison, and `figures` computes figures from their sums. So the same functions serve a whole
project that is read in parts, a document that has changed, and the sums without one document, from
which intervals are computed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from annotator.measures._comparison import (
    PAIRWISE,
    Comparison,
    Passage,
    PassageWork,
    alike_attributes,
    cleaned_record,
    compare,
    content,
)
from annotator.measures._intervals import LEAST as LEAST_DOCUMENTS
from annotator.measures._intervals import Interval, interval, student
from annotator.measures._items import Items, items
from annotator.measures._names import called, named, names_in
from annotator.measures._nominal import confusion, pair_values
from annotator.measures._relation_pairs import CAUSES, RelationPairs, relation_pairs
from annotator.measures._running_sums import Batch, RunningSums
from annotator.measures._span_arrays import SpanArrays, span_arrays
from annotator.measures._tables import (
    AnyTable,
    Array,
    Explanation,
    Figure,
    Ints,
    Key,
    Part,
    Result,
    SparseTable,
    Sums,
    Table,
    counted,
    f1,
)
from annotator.model.schema import Layer


class Measure(Protocol):
    """A member of the family `annotator.measures`, as a rule a module.

    `kinds` are the kinds of layers it is for ("span", "relation"). "Finished, nothing marked"
    counts; skipped and unfinished work is not in a comparison. A value that is undefined is None
    with its reason, never 0 or 1.
    """

    title: str
    kinds: tuple[str, ...]

    def tables(self, comparison: Comparison, layer: Layer) -> Mapping[str, AnyTable]:
        """Statistics of the passages of a comparison, by name."""
        ...

    def figures(self, layer: Layer, sums: Mapping[str, Sums]) -> list[Figure]:
        """The figures that follow from the sums of these tables. A table is missing if there was
        nothing to count."""
        ...


__all__ = [
    "CAUSES",
    "LEAST_DOCUMENTS",
    "PAIRWISE",
    "AnyTable",
    "Array",
    "Batch",
    "Comparison",
    "Explanation",
    "Figure",
    "Interval",
    "Ints",
    "Items",
    "Key",
    "Measure",
    "Part",
    "Passage",
    "PassageWork",
    "RelationPairs",
    "Result",
    "RunningSums",
    "SpanArrays",
    "SparseTable",
    "Sums",
    "Table",
    "alike_attributes",
    "called",
    "cleaned_record",
    "compare",
    "confusion",
    "content",
    "counted",
    "f1",
    "interval",
    "items",
    "named",
    "names_in",
    "pair_values",
    "relation_pairs",
    "span_arrays",
    "student",
]
