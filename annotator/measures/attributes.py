"""Agreement on the label and the attributes of spans that two annotators both marked.

Spans are aligned one to one, the largest overlaps first, with an intersection over union of at least .5; the
`coverage` is the share of all spans that have a partner. Krippendorff's alpha is nominal; Cohen's (1960)
kappa is that of the two annotators, over more than two of the pooled pairs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

import numpy as np

from annotator.measures._coincidence import against_rest, alpha, coincidences
from annotator.measures._data import Array, Comparison, Resampling, Result, align, single
from annotator.model.schema import Layer
from annotator.model.span import Span

title = "Labels and attributes of aligned spans"
kinds = ("span",)


def compute(comparison: Comparison, layer: Layer, resampling: Resampling) -> list[Result]:
    """Alpha and kappa of the label, then of every attribute with a closed set of values."""
    readers: list[tuple[str, Callable[[Span], str]]] = [("label", lambda span: span.label)]
    for attribute in layer.attributes:
        if attribute.type in ("choice", "integer") and not attribute.multiple:
            readers.append((attribute.name, _reader(attribute.name)))
    return [result for name, read in readers for result in _of(comparison, layer, resampling, name, read)]


def _reader(name: str) -> Callable[[Span], str]:
    return lambda span: str(span.attributes.get(name, "–"))


def _of(
    comparison: Comparison, layer: Layer, resampling: Resampling, name: str, read: Callable[[Span], str]
) -> list[Result]:
    pairs: list[list[tuple[str, str]]] = []
    aligned = every = 0
    for passage in comparison.passages:
        here: list[tuple[str, str]] = []
        for one, other in passage.pairs():
            a, b = passage.works[one].of(layer.name), passage.works[other].of(layer.name)
            found = align(a, b)
            here += [(read(x), read(y)) for x, y in found]
            aligned += 2 * len(found)
            every += len(a) + len(b)
        pairs.append(here)
    coverage = aligned / every if every else None
    values = sorted({v for here in pairs for pair in here for v in pair})
    code = {value: i for i, value in enumerate(values)}
    size = max(1, len(values))
    rows = np.zeros((len(pairs), size * size))
    ordered = np.zeros((len(pairs), size * size))
    for i, here in enumerate(pairs):
        counted = ((1.0, Counter((code[a], code[b]))) for a, b in here)
        rows[i] = coincidences(counted, size).ravel()
        for mine, theirs in here:
            ordered[i, code[mine] * size + code[theirs]] += 1
    sums = rows.sum(axis=0)
    reason = "nothing is aligned" if not aligned else "no variation: every value is the same"
    out: list[Result] = []
    for kind, measure, table in (("alpha", alpha(size), rows), ("kappa", kappa(size), ordered)):
        value = single(measure, table.sum(axis=0)) if len(rows) else None
        low, high = resampling.interval(comparison, table, measure)
        parts = _parts(sums.reshape(size, size), code) if kind == "alpha" else {}
        out.append(
            Result(
                "attributes", layer.name, f"{kind} {name}", value, "" if value is not None else reason,
                low, high, aligned // 2, coverage, parts,
            )
        )  # fmt: skip
    return out


def _parts(matrix: Array, code: Mapping[str, int]) -> dict[str, float | None]:
    return {value: single(alpha(2), against_rest(matrix, [i])) for value, i in code.items()}


def kappa(size: int) -> Callable[[Array], Array]:
    """From rows of flattened confusion matrices to Cohen's kappa, (P_o - P_e) / (1 - P_e); NaN without data
    or without variation."""

    def value(rows: Array) -> Array:
        matrices = rows.reshape(-1, size, size)
        n = matrices.sum(axis=(1, 2))
        with np.errstate(divide="ignore", invalid="ignore"):
            observed = np.trace(matrices, axis1=1, axis2=2) / n
            expected = (matrices.sum(axis=2) * matrices.sum(axis=1)).sum(axis=1) / n**2
            return np.asarray(
                np.where((n > 0) & (expected < 1), (observed - expected) / (1 - expected), np.nan)
            )

    return value


__all__ = ["compute", "kappa", "kinds", "title"]
