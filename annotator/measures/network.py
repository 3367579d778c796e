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
from collections.abc import Callable, Iterator, Mapping
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from annotator.measures._coincidence import alpha
from annotator.measures._data import Array, Comparison, Passage, Work, f1
from annotator.measures._tables import Figure, Key, Sums, Table
from annotator.model.schema import Layer
from annotator.model.span import AUTHOR, Relation, Span

title = "Tuples of a document, and the network"
kinds = ("relation",)

SIGNS = {"support": 1, "agree": 1, "agreement": 1, "pos": 1, "+1": 1, "oppose": -1, "disagree": -1,
         "disagreement": -1, "neg": -1, "-1": -1}  # fmt: skip


def tables(comparison: Comparison, layer: Layer) -> dict[str, Table]:
    """`tuples`: of each document those that two annotators share and those of both, by label and by concept;
    `cells`: by pair of annotators, cell and side (0, 1) how often it was coded, and the sum of its signs."""
    first: dict[int, int] = {}
    for i, passage in enumerate(comparison.passages):
        first.setdefault(passage.document, i)
    tuples = np.zeros((len(comparison.passages), 4))
    counts: Counter[tuple[int, Key]] = Counter()
    for document, several in _documents(comparison, layer.name):
        row = first[document]
        for column, about in ((0, _by_label), (2, _by_concept)):
            sets = {
                who: {(h, t, r.label) for p, w, r in own for h in _holders(p, w, r) for t in about(p, w, r)}
                for who, own in several.items()
            }
            for one, other in combinations(sorted(sets), 2):
                tuples[row, column] += len(sets[one] & sets[other])
                tuples[row, column + 1] += len(sets[one]) + len(sets[other])
        _count(several, row, counts)
    keys = sorted({key for _, key in counts})
    place = {key: i for i, key in enumerate(keys)}
    cells = np.zeros((len(comparison.passages), len(keys)))
    for (row, key), times in counts.items():
        cells[row, place[key]] = times
    names = [(kind, about) for about in ("label", "concept") for kind in ("same", "marked")]
    return {"tuples": Table(names, tuples, documents=True), "cells": Table(keys, cells, documents=True)}


def _count(several: Mapping[str, Edges], row: int, counts: Counter[tuple[int, Key]]) -> None:
    """Add a document's cells, once for each pair of annotators that they are in."""
    for who, edges in several.items():
        others = [other for other in several if other != who]
        for passage, work, relation in edges:
            sign = SIGNS.get(relation.label.casefold(), 0)
            for holder in _holders(passage, work, relation):
                for about in _by_concept(passage, work, relation):
                    for other in others:
                        pair, side = ((who, other), 0) if who < other else ((other, who), 1)
                        counts[row, (*pair, holder, about, side, "times")] += 1
                        counts[row, (*pair, holder, about, side, "sign")] += sign


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


def figures(layer: Layer, sums: Mapping[str, Sums]) -> list[Figure]:  # noqa: ARG001
    """F1 of tuples by label and by concept, F1 of signed cells of the network, and alpha of the sign."""
    out: list[Figure] = []
    own, nothing = sums["tuples"], "nobody marked anything"
    for about in ("label", "concept"):
        take = own.pick(("same", about), ("marked", about), ())

        def value(rows: Array, take: Callable[[Array], Array] = take) -> Array:
            return f1(take(rows))

        out.append(
            Figure("network", f"F1 tuples, {about}", "tuples", value, nothing, own.count("marked", about))
        )
    cells = _Cells(sums["cells"])
    n, both = cells.filled(sums["cells"].total[None, :])
    reason = "no variation: no cell in common, or every sign is the same" if n else nothing
    coverage = 2 * both / n if n else None
    return [
        *out, Figure("network", "F1 network cells", "cells", cells.f1, nothing, n),
        Figure("network", "alpha network sign", "cells", cells.sign, reason, n, coverage),
    ]  # fmt: skip


class _Cells:
    """The columns of `cells`, laid out as places (pair of annotators, cell) by side."""

    def __init__(self, sums: Sums) -> None:
        places = sorted({key[:4] for key in sums.keys})
        self._times = sums.pick(*((*place, side, "times") for place in places for side in (0, 1)))
        self._sign = sums.pick(*((*place, side, "sign") for place in places for side in (0, 1)))

    def _occupied(self, rows: Array) -> NDArray[np.bool_]:
        return np.asarray(self._times(rows).reshape(len(rows), -1, 2) > 0.5)

    def _signs(self, rows: Array) -> Array:
        # Sums of whole numbers, which rounding does not touch.
        return np.sign(np.rint(self._sign(rows))).reshape(len(rows), -1, 2)

    def filled(self, rows: Array) -> tuple[int, int]:
        """How many cells are filled, of all annotators, and how many places by both of a pair; of the first row."""
        there = self._occupied(rows)[0]
        return int(there.sum()), int(there.all(axis=1).sum())

    def f1(self, rows: Array) -> Array:
        """F1 of signed cells, `(k,)`."""
        there, sign = self._occupied(rows), self._signs(rows)
        same = (there.all(axis=2) & (sign[:, :, 0] == sign[:, :, 1])).sum(axis=1)
        sizes = there.sum(axis=1)
        return f1(np.stack([same, sizes[:, 0], sizes[:, 1]], axis=1).astype(np.float64))

    def sign(self, rows: Array) -> Array:
        """Alpha of the sign of cells that both filled, `(k,)`."""
        both = self._occupied(rows).all(axis=2)
        sign = self._signs(rows)
        matrices = np.zeros((len(rows), 3, 3))
        for a in range(3):
            for b in range(3):
                alike = both & (sign[:, :, 0] == a - 1) & (sign[:, :, 1] == b - 1)
                matrices[:, a, b] = alike.sum(axis=1)
        return alpha(3)((matrices + matrices.transpose(0, 2, 1)).reshape(len(rows), 9))


__all__ = ["SIGNS", "figures", "kinds", "tables", "title"]
