"""Agreement on statements: who takes which side on what, in each document and in the network.

A document-level tuple is (entity of the source, target, side); the target is given by its label, or
by its concept. A concept `not: x` is x with the opposite side. Annotators agree on a tuple if both
coded it at least once in the document, no matter where. A claim whose attribution is the author is
a statement too: the author supports it, unless a relation of the author on it says otherwise, as in
`model.statements`. The network is the matrix of actors by concepts, in which each cell has the sign
of its supports minus its opposes over all documents (0 if they are even, empty if nothing was
coded); two annotators' matrices, from the documents that both finished, are compared cell by cell:
F1 of signed cells, and alpha of the sign where both have one (`coverage`: their share of cells).
Leifeld, P. (2017). Discourse network analysis. Oxford Handbook of Political Networks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from annotator.measures import _coefficients as coefficients
from annotator.measures._coefficients import alpha
from annotator.measures._comparison import PAIRWISE, Comparison, Passage, PassageWork
from annotator.measures._names import concepts_in, entities_in
from annotator.measures._tables import (
    AnyTable,
    Array,
    Explanation,
    Figure,
    Key,
    Sums,
    Table,
    counted,
    f1,
)
from annotator.model.schema import Layer
from annotator.model.span import AUTHOR, Relation, Span
from annotator.model.statements import SIGNS, asserted_by_text, compared_side

title = "Tuples of a document, and the network"
kinds = ("relation",)

_SOURCE = "Leifeld, P. (2017). Discourse network analysis. Oxford Handbook of Political Networks"
ABOUT = {
    "tuples": Explanation(
        "The share of statements (who, on what, which side) that two annotators both found in a "
        "document. That the author supports what the text asserts itself is one of them.",
        r"F_1 = 2 \cdot \mathrm{same} / (\mathrm{one} + \mathrm{other})",
        _SOURCE,
        "0 to 1; how often a finding that rests on one annotator would be found by another.",
        "It does not show why it is low: other names, other concepts and other sides all count.",
    ),
    "parts": Explanation(
        "Statements compared without one of their parts: what F1 would be if that part never "
        "differed.",
        r"F_1 = 2 \cdot \mathrm{same} / (\mathrm{one} + \mathrm{other})",
        _SOURCE,
        "The difference to F1 tuples, concept is what would be gained by agreeing on that part.",
        "Gains do not add up: a statement may differ in several parts.",
    ),
    "cells": Explanation(
        "The share of cells (an actor, a concept and the sign of their tie) that the networks of "
        "two annotators have in common. The author of a text is an actor, who supports what the "
        "text asserts itself.",
        r"F_1 = 2 \cdot \mathrm{same} / (\mathrm{one} + \mathrm{other})",
        _SOURCE,
        "0 to 1; errors in single statements may cancel out in a cell.",
        "Not for networks of few documents: each cell then rests on one statement.",
    ),
    "sign": Explanation(
        "Agreement beyond chance on the sign of the cells that both networks have.",
        r"\alpha = 1 - D_o / D_e",
        coefficients.ALPHA.source,
        coefficients.ALPHA.reading,
        "Look at its coverage: cells of one network alone are not in it.",
    ),
}

_PARTS = ("holder", "concept", "side")
"""The parts of a statement."""

Edges = list[tuple[Passage, PassageWork, Relation]]


def tables(comparison: Comparison, layer: Layer) -> dict[str, AnyTable]:
    """`tuples`: for each document, how many tuples two annotators share and how many both have, by
    label, by concept, and by concept without one part of the statement. `cells` (if the comparison
    is by pair): how often each cell was coded, and the sum of its signs, by pair of annotators,
    cell and side (0, 1)."""
    first: dict[int, int] = {}
    for i, passage in enumerate(comparison.passages):
        first.setdefault(passage.document, i)
    names = ("label", "concept", *(f"concept without {part}" for part in _PARTS))
    tuples = np.zeros((len(comparison.passages), 2 * len(names)))
    counts: Counter[tuple[int, Key]] = Counter()
    for document, several in _documents(comparison, layer):
        row = first[document]
        for column, sets in enumerate(_statements(comparison, several)):
            for one, other in combinations(sorted(sets), 2):
                tuples[row, 2 * column] += len(sets[one] & sets[other])
                tuples[row, 2 * column + 1] += len(sets[one]) + len(sets[other])
        if comparison.pairwise:
            _count(comparison, several, row, counts)
    keys = [(kind, name) for name in names for kind in ("same", "marked")]
    out: dict[str, AnyTable] = {"tuples": Table(keys, tuples)}
    if comparison.pairwise:
        out["cells"] = counted({at: counts[at] for at in sorted(counts)})
    return out


def _statements(
    comparison: Comparison, several: Mapping[str, Edges]
) -> Iterator[dict[str, set[tuple[str, ...]]]]:
    """The tuples of each annotator in a document, for each of the names in `tuples`."""
    by_label: dict[str, set[tuple[str, ...]]] = {}
    by_concept: dict[str, set[tuple[str, ...]]] = {}
    for who, edges in several.items():
        by_label[who] = {
            (holder, about, r.label)
            for p, w, r in edges
            for holder in _holders(p, w, r)
            for about in _by_label(w, r)
        }
        by_concept[who] = {
            (holder, about, compared_side(r.label, turned=turn))
            for p, w, r in edges
            for holder in _holders(p, w, r)
            for about, turn in _by_concept(comparison, p, w, r)
        }
    yield by_label
    yield by_concept
    for part in range(len(_PARTS)):
        yield {who: {s[:part] + s[part + 1 :] for s in found} for who, found in by_concept.items()}


def _count(
    comparison: Comparison, several: Mapping[str, Edges], row: int, counts: Counter[tuple[int, Key]]
) -> None:
    """Add a document's cells, once for each pair of annotators that they are in."""
    for who, edges in several.items():
        others = [other for other in several if other != who]
        for passage, work, relation in edges:
            sign = SIGNS.get(relation.label.casefold(), 0)
            for holder in _holders(passage, work, relation):
                for about, turn in _by_concept(comparison, passage, work, relation):
                    for other in others:
                        pair, side = ((who, other), 0) if who < other else ((other, who), 1)
                        counts[row, (*pair, holder, about, side, "times")] += 1
                        counts[row, (*pair, holder, about, side, "sign")] += -sign if turn else sign


def _documents(comparison: Comparison, layer: Layer) -> Iterator[tuple[int, dict[str, Edges]]]:
    """The relations of each annotator in every document, including those of the author that follow
    from the claims of the text."""
    found: dict[int, dict[str, Edges]] = {}
    for passage in comparison.passages:
        for who, work in passage.works.items():
            edges = found.setdefault(passage.document, {}).setdefault(who, [])
            edges += [(passage, work, r) for r in work.relations if r.layer == layer.name]
            if asserted := [*_asserted(work, layer)]:
                targets = replace(work, ends={span.id: span for span in work.spans})
                edges += [(passage, targets, r) for r in asserted]
    yield from found.items()


def _asserted(work: PassageWork, layer: Layer) -> Iterator[Relation]:
    """The author's support for the claims that the text itself asserts, as relations of a layer."""
    if not layer.admits_author():
        return
    voiced = {r.target for r in work.relations if r.source == AUTHOR}
    support = next((b.name for b in layer.labels if SIGNS.get(b.name.casefold()) == 1), "support")
    for span in work.spans:
        if asserted_by_text(span, layer.targets) and span.id not in voiced:
            yield Relation(span.id, layer.name, support, AUTHOR, span.id)


def _words(passage: Passage, span: Span) -> str:
    return " ".join(passage.text[span.start : span.end].split()).casefold()


def _holders(passage: Passage, work: PassageWork, relation: Relation) -> list[str]:
    """The entities of the source; if it has none, its words in lower case."""
    if relation.source == AUTHOR:
        return [AUTHOR]
    span = work.ends.get(relation.source)
    return [] if span is None else entities_in(span) or [_words(passage, span)]


def _by_label(work: PassageWork, relation: Relation) -> list[str]:
    span = work.ends.get(relation.target)
    return [] if span is None else entities_in(span) or [span.label]


def _by_concept(
    comparison: Comparison, passage: Passage, work: PassageWork, relation: Relation
) -> list[tuple[str, bool]]:
    """The concepts of the target, each with whether it is a contrary (`not: `); if it has none, its
    entities or words."""
    span = work.ends.get(relation.target)
    if span is None:
        return []
    concepts = concepts_in(span, comparison.concepts.get(span.layer, "concept"))
    names = entities_in(span) or [_words(passage, span)]
    return concepts or [(name, False) for name in names]


def figures(layer: Layer, sums: Mapping[str, Sums]) -> list[Figure]:  # noqa: ARG001
    """F1 of tuples by label and by concept, the latter also without one part of each; F1 of signed
    cells of the network, and alpha of the sign."""
    own, nothing = sums["tuples"], "nobody marked anything"

    def tuples(name: str, table: str, about: Explanation) -> Figure:
        take = own.pick(("same", table), ("marked", table), ())
        return Figure(
            "network",
            name,
            "tuples",
            lambda rows: f1(take(rows)),
            nothing,
            own.count("marked", table),
            lowest=0,
            about=about,
        )

    out = [tuples(f"F1 tuples, {about}", about, ABOUT["tuples"]) for about in ("label", "concept")]
    out += [
        tuples(f"F1 tuples, {part} left out", f"concept without {part}", ABOUT["parts"])
        for part in _PARTS
    ]
    return [*out, *_network(sums.get("cells"), nothing)]


def _network(sums: Sums | None, nothing: str) -> list[Figure]:
    names = ("F1 network cells", "alpha network sign")
    if sums is None:
        refused = (
            f"figures by pair of annotators are computed for up to {PAIRWISE} annotators: see "
            "F1 tuples"
        )
        return [
            Figure(
                "network",
                name,
                "cells",
                lambda rows: np.full(len(rows), np.nan),
                nothing,
                refused=refused,
            )
            for name in names
        ]
    cells = _EdgeCells(sums)
    n, both = cells.filled(sums.total[None, :])
    reason = "no variation: no cell in common, or every sign is the same" if n else nothing
    coverage = 2 * both / n if n else None
    return [
        Figure("network", names[0], "cells", cells.f1, nothing, n, lowest=0, about=ABOUT["cells"]),
        Figure(
            "network",
            names[1],
            "cells",
            cells.sign,
            reason,
            n,
            coverage,
            lowest=lambda rows: cells.sign(rows, lowest=True),
            about=ABOUT["sign"],
        ),
    ]


class _EdgeCells:
    """The columns of `cells`, laid out as places (pair of annotators, cell) by side."""

    def __init__(self, sums: Sums) -> None:
        places = sorted({key[:4] for key in sums.keys})
        self._times = sums.pick(*((*place, side, "times") for place in places for side in (0, 1)))
        self._sign = sums.pick(*((*place, side, "sign") for place in places for side in (0, 1)))

    def _occupied(self, rows: Array) -> NDArray[np.bool_]:
        return np.asarray(self._times(rows).reshape(len(rows), -1, 2) > 0.5)

    def _signs(self, rows: Array) -> Array:
        # These are sums of whole numbers, so nothing is rounded.
        return np.sign(np.rint(self._sign(rows))).reshape(len(rows), -1, 2)

    def filled(self, rows: Array) -> tuple[int, int]:
        """For the first row: how many cells all annotators have filled, and how many cells both
        annotators of a pair have."""
        there = self._occupied(rows)[0]
        return int(there.sum()), int(there.all(axis=1).sum())

    def f1(self, rows: Array) -> Array:
        """F1 of signed cells, `(k,)`."""
        there, sign = self._occupied(rows), self._signs(rows)
        same = (there.all(axis=2) & (sign[:, :, 0] == sign[:, :, 1])).sum(axis=1)
        sizes = there.sum(axis=1)
        return f1(np.stack([same, sizes[:, 0], sizes[:, 1]], axis=1).astype(np.float64))

    def sign(self, rows: Array, *, lowest: bool = False) -> Array:
        """Alpha of the sign of cells that both filled, `(k,)`, or its lowest possible value."""
        both = self._occupied(rows).all(axis=2)
        sign = self._signs(rows)
        matrices = np.zeros((len(rows), 3, 3))
        for a in range(3):
            for b in range(3):
                alike = both & (sign[:, :, 0] == a - 1) & (sign[:, :, 1] == b - 1)
                matrices[:, a, b] = alike.sum(axis=1)
        coincidences = matrices + matrices.transpose(0, 2, 1)
        return alpha(3, lowest=lowest)(coincidences.reshape(len(rows), 9))


__all__ = ["figures", "kinds", "tables", "title"]
