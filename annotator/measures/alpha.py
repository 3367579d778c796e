"""Krippendorff's alpha, nominal, on the characters and on the tokens of the text.

What an annotator says of a character is the set of labels that cover it; no label is a value like others.
Characters are never enumerated: between two boundaries all are alike, and a stretch counts by its length. A
token has the labels of every span that covers some of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

import numpy as np

from annotator.measures._coincidence import against_rest, alpha
from annotator.measures._columns import Columns, Ints, columns
from annotator.measures._data import Array, Comparison, single
from annotator.measures._tables import Figure, Sums, Table
from annotator.model.schema import Layer

title = "Krippendorff's alpha on characters and tokens"
kinds = ("span",)

Counted = tuple[Array, list[frozenset[int]]]
"""Matrices of coincidences, `(passages, size * size)`, and the labels that each of the `size` values stands for."""


def tables(comparison: Comparison, layer: Layer) -> dict[str, Table]:
    """Coincidences of the labels of characters and of tokens."""
    return {"characters": on_characters(comparison, layer), "tokens": on_tokens(comparison, layer)}


def on_characters(comparison: Comparison, layer: Layer) -> Table:
    """The table of characters."""
    rows, values = characters(comparison, layer.name)
    found = columns(comparison, layer.name)
    return _table(found, rows, values, found.lengths.astype(np.float64))


def _table(found: Columns, rows: Array, values: list[frozenset[int]], n: Array) -> Table:
    """Matrices under the labels that the values stand for, and how many units there are."""
    names = [tuple(sorted(found.labels[i] for i in held)) for held in values]
    keys = [*(("c", one, other) for one in names for other in names), ("n",)]
    return Table(keys, np.concatenate([rows, n[:, None]], axis=1))


def characters(comparison: Comparison, layer: str) -> Counted:
    """Matrices of coincidences by characters; made once for a comparison."""
    key = ("characters", layer)
    if key not in comparison.cache:
        found = columns(comparison, layer)
        stops = (found.begins + found.lengths)[found.passage]
        every = [found.begins, found.begins + found.lengths, found.start, np.minimum(found.end, stops)]
        edges, inverse = np.unique(np.concatenate(every), return_inverse=True)
        size, spans = 2 * len(found.begins), len(found.start)
        opens, closes = inverse[size : size + spans], inverse[size + spans :]
        # Stretches between two edges; those between passages belong to none.
        passage = np.searchsorted(found.begins, edges[:-1], side="right") - 1
        inside = edges[:-1] < (found.begins + found.lengths)[passage]
        said, values = _values(found, opens, closes, len(edges) - 1)
        weight = (np.diff(edges) * inside).astype(np.float64)
        comparison.cache[key] = (_coincidences(found, said, passage, weight, len(values)), values)
    counted = comparison.cache[key]
    assert isinstance(counted, tuple)
    return counted


def on_tokens(comparison: Comparison, layer: Layer) -> Table:
    """The table of tokens."""
    found = columns(comparison, layer.name)
    starts, ends, passages = _tokens(comparison, found)
    stops = (found.begins + found.lengths)[found.passage]
    opens = np.searchsorted(ends, found.start, side="right")
    closes = np.maximum(opens, np.searchsorted(starts, np.minimum(found.end, stops), side="left"))
    said, values = _values(found, opens, closes, len(starts))
    rows = _coincidences(found, said, passages, np.ones(len(starts)), len(values))
    return _table(found, rows, values, np.bincount(passages, minlength=len(found.present)).astype(np.float64))


def _tokens(comparison: Comparison, found: Columns) -> tuple[Ints, Ints, Ints]:
    """Bounds on the continuum and passage of every token; made once for a comparison."""
    if "tokens" not in comparison.cache:
        tokens: list[tuple[int, int]] = []
        counts: list[int] = []
        for passage in comparison.passages:
            before = len(tokens)
            tokens += passage.tokens()
            counts.append(len(tokens) - before)
        bounds = np.fromiter(chain.from_iterable(tokens), np.int64, 2 * len(tokens)).reshape(-1, 2)
        begins = np.array([p.start for p in comparison.passages], dtype=np.int64)
        passages = np.repeat(np.arange(len(counts)), counts)
        shift = (found.begins - begins)[passages]
        comparison.cache["tokens"] = (bounds[:, 0] + shift, bounds[:, 1] + shift, passages)
    tokens_ = comparison.cache["tokens"]
    assert isinstance(tokens_, tuple)
    return tokens_


def figures(layer: Layer, sums: Mapping[str, Sums]) -> list[Figure]:  # noqa: ARG001
    """Alpha on characters and on tokens; `parts` by label, each against everything else."""
    return [figure(unit, sums[unit]) for unit in ("characters", "tokens")]


def figure(unit: str, sums: Sums) -> Figure:
    """Alpha on one kind of unit."""
    square = sums.square("c")
    matrix = square.matrices(sums.total[None, :]).reshape(square.size, square.size)
    own = alpha(square.size)
    parts: dict[str, float | None] = {}
    for label in sorted({label for held in square.values for label in held}):
        keep = [at for at, held in enumerate(square.values) if label in held]
        parts[label] = single(alpha(2), against_rest(matrix, keep))
    return Figure(
        "alpha", f"alpha {unit}", unit, lambda rows: own(square.matrices(rows)),
        "no variation: nothing is marked, or everything alike", sums.count("n"), None, parts,
    )  # fmt: skip


def _values(found: Columns, opens: Ints, closes: Ints, units: int) -> tuple[list[Ints], list[frozenset[int]]]:
    """For each annotator the value of every unit, `(units,)`, and what labels each value stands for; value 0
    is no label at all."""
    known: dict[frozenset[int], int] = {frozenset(): 0}
    said: list[Ints] = []
    labels = len(found.labels)
    group = found.who * labels + found.label
    order = np.argsort(group, kind="stable")
    first = np.searchsorted(group[order], np.arange(found.annotators * labels + 1))
    for who in range(found.annotators):
        value = np.zeros(units, dtype=np.int64)
        for label in range(labels):
            at = who * labels + label
            rows = order[first[at] : first[at + 1]]
            if not len(rows):
                continue
            change = np.bincount(opens[rows], minlength=units + 1) - np.bincount(
                closes[rows], minlength=units + 1
            )
            covered = np.cumsum(change[:units]) > 0
            value[covered] = _joined(value[covered], label, known)
        said.append(value)
    return said, list(known)


def _joined(values: Ints, label: int, known: dict[frozenset[int], int]) -> Ints:
    """The values with a label added; unseen sets get the next number."""
    sets = list(known)
    step = np.zeros(len(sets), dtype=np.int64)
    for value in np.flatnonzero(np.bincount(values, minlength=len(sets))).tolist():
        step[value] = known.setdefault(sets[value] | {label}, len(known))
    return np.asarray(step[values])


def _coincidences(found: Columns, said: Sequence[Ints], passage: Ints, weight: Array, size: int) -> Array:
    """Matrices of coincidences, `(passages, size * size)`; see `_coincidence`."""
    count = len(found.present)
    out = np.zeros((count, size, size))
    if not len(weight):
        return out.reshape(count, size * size)
    counts = np.zeros((size, len(weight)))
    for who, values in enumerate(said):
        here = found.present[passage, who] if not found.present[:, who].all() else None
        for value in range(size):
            hit = values == value
            counts[value] += hit if here is None else hit & here
    coders = found.present.sum(axis=1)[passage]
    share = weight / np.maximum(coders - 1, 1)
    for v in range(size):
        weighted = counts[v] * share
        for w in range(v, size):
            pairs = weighted * (counts[w] - (v == w))
            out[:, v, w] = out[:, w, v] = np.bincount(passage, weights=pairs, minlength=count)
    return out.reshape(count, size * size)


__all__ = ["characters", "figure", "figures", "kinds", "on_characters", "on_tokens", "tables", "title"]
