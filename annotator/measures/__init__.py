"""The family of agreement measures: how far annotators agree on one layer.

A member's module has a `title`, the `kinds` of layers it is for ("span", "relation"), and two functions:

    tables(comparison: Comparison, layer: Layer) -> dict[str, Table]
    figures(layer: Layer, sums: Mapping[str, Sums]) -> list[Figure]

`tables` gives statistics that add up over passages (paragraphs) which two or more annotators finished, as named
columns; `figures` says what follows from their sums. So the same functions serve a whole project read in parts, a
document that has changed since, and every resample of the bootstrap (`_tally`): nothing is computed in two ways.
"Finished, nothing marked" counts; skipped and unfinished work is not in a comparison. A value that is undefined is
None with its reason, never 0 or 1.
"""

from __future__ import annotations
