"""The family of agreement measures: how far annotators agree on one layer.

A member's module has a `title`, the `kinds` of layers it is for ("span", "relation"), and

    compute(comparison: Comparison, layer: Layer, resampling: Resampling) -> list[Result]

It works on passages (paragraphs) that two or more annotators finished. "Finished, nothing marked" counts;
skipped and unfinished work is not in a comparison. A value that is undefined is None with its reason, never 0
or 1. Intervals are 95 % percentile intervals of a bootstrap over documents, or over paragraphs below ten
documents; members give statistics that add up over passages, so that resampling costs a multiplication.
"""

from __future__ import annotations
