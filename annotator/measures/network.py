"""Agreement on what the coding is for: who takes which side on what, in each document and in the network.

A document-level tuple is (entity of the source, what the target is, side): the target by its label, or by its
concept. Annotators agree on a tuple when both coded it at least once in the document, wherever. The network is
the matrix of actors by concepts, each cell the sign of its supports less its opposes over all documents (0 when
even, empty when nothing was coded); two annotators' matrices, from the documents that both finished, are compared
cell by cell: F1 of signed cells, and alpha of the sign where both have one (`coverage`: their share of cells).
Leifeld, P. (2017). Discourse network analysis. Oxford Handbook of Political Networks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import combinations

import numpy as np

from annotator.measures._coincidence import alpha
from annotator.measures._data import Array, Comparison, Passage, Resampling, Result, Work, f1, single
from annotator.model.schema import Layer
from annotator.model.span import AUTHOR, Relation, Span

title = "Tuples of a document, and the network"
kinds = ("relation",)

SIGNS = {"support": 1, "agree": 1, "agreement": 1, "pos": 1, "+1": 1, "oppose": -1, "disagree": -1,
         "disagreement": -1, "neg": -1, "-1": -1}  # fmt: skip

Cell = tuple[str, str]


def compute(comparison: Comparison, layer: Layer, resampling: Resampling) -> list[Result]:
    """F1 of tuples by label and by concept, F1 of signed cells of the network, and alpha of the sign."""
    out: list[Result] = []
    for name, about in (("label", _by_label), ("concept", _by_concept)):
        rows = np.zeros((comparison.documents, 3))
        for document, several in _documents(comparison, layer.name):
            sets = {
                who: {(h, t, r.label) for e in own for h in _holders(*e) for t in about(*e) for r in e[2:]}
                for who, own in several.items()
            }
            for one, other in combinations(sorted(sets), 2):
                rows[document] += (len(sets[one] & sets[other]), len(sets[one]), len(sets[other]))
        out.append(_f1(layer, resampling, f"F1 tuples, {name}", rows))
    return [*out, *_network(comparison, layer, resampling)]


def _f1(layer: Layer, resampling: Resampling, name: str, rows: Array) -> Result:
    value = single(f1, rows.sum(axis=0))
    low, high = resampling.of_documents(rows, f1)
    reason = "" if value is not None else "nobody marked anything"
    return Result("network", layer.name, name, value, reason, low, high, int(rows[:, 1:].sum()))


Edges = list[tuple[Passage, Work, Relation]]


def _documents(comparison: Comparison, layer: str) -> Iterator[tuple[int, dict[str, Edges]]]:
    """For every document the relations of each annotator."""
    found: dict[int, dict[str, Edges]] = {}
    for passage in comparison.passages:
        for who, work in passage.works.items():
            edges = found.setdefault(passage.document, {}).setdefault(who, [])
            edges += [(passage, work, r) for r in work.relations if r.layer == layer]
    yield from found.items()


def _words(passage: Passage, span: Span) -> str:
    return " ".join(passage.text[span.start : span.end].split()).casefold()


def _holders(passage: Passage, work: Work, relation: Relation) -> list[str]:
    """Entities of the source; its words, lower case, where it has none."""
    if relation.source == AUTHOR:
        return [AUTHOR]
    span = work.ends.get(relation.source)
    if span is None:
        return []
    return [part.strip() for part in (span.entity or _words(passage, span)).split(";")]


def _by_label(passage: Passage, work: Work, relation: Relation) -> list[str]:  # noqa: ARG001
    span = work.ends.get(relation.target)
    if span is None:
        return []
    return [span.label if span.entity is None else span.entity]


def _by_concept(passage: Passage, work: Work, relation: Relation) -> list[str]:
    """Concepts of the target; its entity or words where it has none."""
    span = work.ends.get(relation.target)
    if span is None:
        return []
    held = span.attributes.get("concept")
    if isinstance(held, list) and held:
        return [str(value) for value in held]
    return [str(held or span.entity or _words(passage, span))]


def _network(comparison: Comparison, layer: Layer, resampling: Resampling) -> list[Result]:
    """Both figures over all pairs of annotators; intervals by documents, whose tallies add up."""
    names = {"F1 network cells": _cells, "alpha network sign": _signs}
    tallies, shape, both = _tallies(comparison, layer.name)
    if not tallies.size:
        return [Result("network", layer.name, name, None, "nobody marked anything") for name in names]
    every = _occupied(tallies.sum(axis=0)[None, :], shape)
    n = int(every.sum())
    out: list[Result] = []
    for name, figure in names.items():

        def value(rows: Array, figure: object = figure) -> Array:
            assert callable(figure)
            return np.asarray(figure(rows, shape))

        found = single(value, tallies.sum(axis=0))
        low, high = resampling.of_documents(tallies, value)
        reason = "" if found is not None else "no variation: no cell in common, or every sign is the same"
        coverage = both / n if name.startswith("alpha") and n else None
        out.append(Result("network", layer.name, name, found, reason, low, high, n, coverage))
    return out


def _tallies(comparison: Comparison, layer: str) -> tuple[Array, tuple[int, int], int]:
    """A row for each document: for every pair of annotators, cell and side (one, other) how often it was coded
    and the sum of its signs; the shape (pairs and cells, 4); and how many filled cells meet another."""
    counts: Counter[tuple[int, tuple[str, str, str, str], int, int]] = Counter()
    for document, several in _documents(comparison, layer):
        coded: dict[str, Counter[tuple[Cell, int]]] = {who: Counter() for who in several}
        for who, edges in several.items():
            for passage, work, relation in edges:
                for holder in _holders(passage, work, relation):
                    for about in _by_concept(passage, work, relation):
                        coded[who][(holder, about), SIGNS.get(relation.label.casefold(), 0)] += 1
        for one, other in combinations(sorted(several), 2):
            for side, who in enumerate((one, other)):
                for (cell, sign), times in coded[who].items():
                    counts[document, (one, other, *cell), side, 0] += times
                    counts[document, (one, other, *cell), side, 1] += times * sign
    places = {place: i for i, place in enumerate(sorted({key[1] for key in counts}))}
    rows = np.zeros((comparison.documents, len(places), 2, 2))
    for (document, place, side, kind), times in counts.items():
        rows[document, places[place], side, kind] = times
    shape = (len(places), 4)
    filled = rows.sum(axis=0)[:, :, 0] > 0
    return rows.reshape(comparison.documents, -1), shape, 2 * int(filled.all(axis=1).sum())


def _occupied(rows: Array, shape: tuple[int, int]) -> Array:
    return np.asarray(rows.reshape(len(rows), shape[0], 2, 2)[:, :, :, 0] > 0)


def _cells(rows: Array, shape: tuple[int, int]) -> Array:
    """F1 of signed cells, `(k,)`."""
    filled = _occupied(rows, shape)
    sign = np.sign(rows.reshape(len(rows), shape[0], 2, 2)[:, :, :, 1])
    same = (filled.all(axis=2) & (sign[:, :, 0] == sign[:, :, 1])).sum(axis=1)
    sizes = filled.sum(axis=1)
    return f1(np.stack([same, sizes[:, 0], sizes[:, 1]], axis=1).astype(np.float64))


def _signs(rows: Array, shape: tuple[int, int]) -> Array:
    """Alpha of the sign of cells that both filled, `(k,)`."""
    both = _occupied(rows, shape).all(axis=2)
    sign = np.sign(rows.reshape(len(rows), shape[0], 2, 2)[:, :, :, 1]).astype(np.int64) + 1
    matrices = np.zeros((len(rows), 3, 3))
    for a in range(3):
        for b in range(3):
            matrices[:, a, b] = (both & (sign[:, :, 0] == a) & (sign[:, :, 1] == b)).sum(axis=1)
    return alpha(3)((matrices + matrices.transpose(0, 2, 1)).reshape(len(rows), 9))


__all__ = ["compute", "kinds", "title"]
