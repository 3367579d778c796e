"""Error bars of a network, from resampling documents and, if there are several, annotators.

The share of samples in which an edge has the same sign says how much it depends on single
documents. Efron, B. and Tibshirani, R. (1993). An Introduction to the Bootstrap.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from annotator.model.statements import Sort, Statement
from annotator.networks.affiliation import CONCEPTS, UNITS, Affiliation, Duplicates, affiliation
from annotator.networks.projection import Normalisation, ProjectionMode, project, weights_of
from annotator.networks.structure import SEED, community_numbers

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

CENTRAL = 3
"""The number of holders that count as central."""


@dataclass(frozen=True, slots=True)
class Support:
    """Shares of samples, in [0, 1], in which an edge of the two-mode network has the same sign, two
    holders are tied with the same sign, two holders are in one community, and a holder is among the
    `CENTRAL` most central ones."""

    samples: int
    edges: Mapping[tuple[str, str], float]
    ties: Mapping[tuple[str, str], float]
    together: Mapping[tuple[str, str], float]
    central: Mapping[str, float]

    def group(self, names: Sequence[str]) -> float | None:
        """How stable a community is: the mean share of samples in which its pairs are together;
        None for one holder."""
        pairs = [self.together.get(pair, 0.0) for pair in combinations(sorted(names), 2)]
        return sum(pairs) / len(pairs) if pairs else None


def resample(
    statements: Sequence[Statement],
    *,
    samples: int = 200,
    seed: int = SEED,
    duplicates: Duplicates = "document",
    author: bool = False,
    sorts: Collection[Sort] = CONCEPTS,
    mode: ProjectionMode = "subtract",
    normalisation: Normalisation = "average",
) -> Support:
    """The shares over that many samples of the documents and, if there are several, of the
    annotators, drawn with replacement. A document drawn twice counts as two."""
    documents = sorted({one.document for one in statements})
    coders = sorted({one.coder for one in statements if one.coder is not None})
    if not documents or samples < 1:
        return Support(0, {}, {}, {}, {})
    whole = affiliation(statements, duplicates=duplicates, author=author, sorts=sorts)
    rows = _StatementArrays.of(whole, documents, coders, duplicates)
    tally = _SampleCounts(whole, mode, normalisation)
    random = np.random.default_rng(seed)
    for _ in range(samples):
        drawn = random.integers(len(documents), size=len(documents))
        who = random.integers(len(coders), size=len(coders)) if coders else drawn[:0]
        tally.add(*rows.drawn(drawn, who))
    return tally.support(samples)


@dataclass(frozen=True, slots=True)
class _StatementArrays:
    """The statements behind the edges of a network, in arrays: a sample makes no objects.

    A unit is what counts once on an edge: see `UNITS`. Every statement has the place of its `unit`,
    its `document` and its `coder`, the last one for gold. Every unit has an `edge` and a `sign`,
    and `inside` has its document if each drawing of the document is a unit of its own.
    """

    unit: Ints
    document: Ints
    coder: Ints
    edge: Ints
    sign: Ints
    inside: Ints | None
    documents: int
    coders: int
    edges: int

    @classmethod
    def of(
        cls,
        whole: Affiliation,
        documents: Sequence[str],
        coders: Sequence[str],
        duplicates: Duplicates,
    ) -> _StatementArrays:
        """The statements of a network."""
        place = {name: i for i, name in enumerate(documents)}
        seat: dict[str | None, int] = {name: i for i, name in enumerate((*coders, None))}
        units: dict[tuple[int, int, object], int] = {}
        rows: list[tuple[int, int, int]] = []
        inside: list[int] = []
        common = UNITS[duplicates]
        for number, edge in enumerate(whole.edges):
            for one in edge.statements:
                unit = units.setdefault((number, one.sign, common(one)), len(units))
                rows.append((unit, place[one.document], seat[one.coder]))
                if unit == len(inside):
                    inside.append(place[one.document])
        unit_of, document, coder = np.array(rows, dtype=np.int64).reshape(-1, 3).T
        edge_of, sign = np.array([key[:2] for key in units], dtype=np.int64).reshape(-1, 2).T
        return cls(
            unit_of,
            document,
            coder,
            edge_of,
            sign,
            np.array(inside, dtype=np.int64) if duplicates in ("include", "document") else None,
            len(documents),
            len(coders),
            len(whole.edges),
        )

    def drawn(self, documents: Ints, coders: Ints) -> tuple[Ints, Ints, Bools]:
        """For each edge, how often the drawn coders and the gold support and oppose it in the drawn
        documents, and whether they say anything about it."""
        times = np.bincount(documents, minlength=self.documents)
        present = np.zeros(self.coders + 1, dtype=np.bool_)
        present[coders] = present[-1] = True
        there = np.zeros(len(self.edge), dtype=np.bool_)
        there[self.unit[(times[self.document] > 0) & present[self.coder]]] = True
        counts = there * (times[self.inside] if self.inside is not None else 1)
        support, oppose = (
            np.bincount(self.edge, weights=counts * (self.sign == sign), minlength=self.edges)
            for sign in (1, -1)
        )
        mentioned = np.bincount(self.edge[there], minlength=self.edges) > 0
        return support.astype(np.int64), oppose.astype(np.int64), mentioned


class _SampleCounts:
    """Counts the samples in which a feature of the whole network occurs again.

    Pairs of holders are counted in matrices `(holders, holders)`, in the order of names; only cells
    above the diagonal count.
    """

    def __init__(
        self, whole: Affiliation, mode: ProjectionMode, normalisation: Normalisation
    ) -> None:
        self._mode, self._normalisation, self._whole = mode, normalisation, whole
        rows = {name: i for i, name in enumerate(whole.holders)}
        columns = {name: i for i, name in enumerate(whole.concepts)}
        self._row = np.array([rows[edge.holder] for edge in whole.edges], dtype=np.int64)
        self._column = np.array([columns[edge.concept] for edge in whole.edges], dtype=np.int64)
        self._signs = np.array([edge.sign for edge in whole.edges], dtype=np.int64)
        self._ties = np.sign(project(whole, mode, normalisation=normalisation).weights)
        size = len(whole.holders)
        self._tied = np.zeros((size, size), dtype=np.int64)
        self._together = np.zeros((size, size), dtype=np.int64)
        self._edges = np.zeros(len(whole.edges), dtype=np.int64)
        self._central = np.zeros(size, dtype=np.int64)

    def add(self, support: Ints, oppose: Ints, mentioned: Bools) -> None:
        """Count a sample, given what `_StatementArrays.drawn` says of each edge."""
        self._edges += mentioned & (np.sign(support - oppose) == self._signs)
        places, row = np.unique(self._row[mentioned], return_inverse=True)
        concepts, column = np.unique(self._column[mentioned], return_inverse=True)
        counts = np.zeros((len(places), len(concepts), 2))
        counts[row, column] = np.stack([support[mentioned], oppose[mentioned]], axis=1)
        weights = weights_of(counts, self._mode, self._normalisation)
        here, signs = np.ix_(places, places), np.sign(weights)
        self._tied[here] += (signs == self._ties[here]) & (signs != 0)
        group = community_numbers(weights)
        self._together[here] += group[:, None] == group[None, :]
        degrees = np.abs(weights).sum(axis=1)
        # Holders are sorted by name, and those with equal degrees stay in this order.
        self._central[places[np.argsort(-degrees, kind="stable")[:CENTRAL]]] += 1

    def support(self, samples: int) -> Support:
        """The shares of that many samples."""
        return Support(
            samples,
            {
                (edge.holder, edge.concept): count / samples
                for edge, count in zip(self._whole.edges, self._edges.tolist(), strict=True)
                if count
            },
            self._shares(self._tied, samples),
            self._shares(self._together, samples),
            {
                name: count / samples
                for name, count in zip(self._whole.holders, self._central.tolist(), strict=True)
                if count
            },
        )

    def _shares(self, counts: Ints, samples: int) -> dict[tuple[str, str], float]:
        rows, columns = np.nonzero(np.triu(counts, 1))
        shares = counts[rows, columns] / samples
        return {
            (self._whole.holders[i], self._whole.holders[j]): share
            for i, j, share in zip(rows.tolist(), columns.tolist(), shares.tolist(), strict=True)
        }


__all__ = ["CENTRAL", "Support", "resample"]
