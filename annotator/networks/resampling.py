"""Error bars of a network, from resampling documents and, if there are several, annotators.

The share of samples in which an edge has the same sign says how much it depends on single
documents. Efron, B. and Tibshirani, R. (1993). An Introduction to the Bootstrap.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from annotator.model.statements import Sort, Statement
from annotator.networks.affiliation import CONCEPTS, Affiliation, Duplicates, affiliation
from annotator.networks.projection import Normalisation, ProjectionMode, project
from annotator.networks.structure import SEED, centrality, communities

Ints = NDArray[np.int64]

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
    by_place: dict[tuple[str, str | None], list[Statement]] = {}
    for one in statements:
        by_place.setdefault((one.document, one.coder), []).append(one)
    documents = sorted({document for document, _ in by_place})
    coders = sorted({coder for _, coder in by_place if coder is not None})
    if not documents or samples < 1:
        return Support(0, {}, {}, {}, {})

    def made(chosen: Sequence[Statement]) -> Affiliation:
        return affiliation(chosen, duplicates=duplicates, author=author, sorts=sorts)

    tally = _Tally(made(statements), mode, normalisation)
    random = np.random.default_rng(seed)
    for _ in range(samples):
        drawn = random.integers(len(documents), size=len(documents))
        who = (
            {coders[i] for i in random.integers(len(coders), size=len(coders))} if coders else set()
        )
        tally.add(made(_drawn(by_place, [documents[i] for i in drawn], who)))
    return tally.support(samples)


def _drawn(
    by_place: Mapping[tuple[str, str | None], Sequence[Statement]],
    documents: Sequence[str],
    coders: set[str],
) -> list[Statement]:
    """The statements in the drawn documents, by the drawn annotators or in the gold. Each drawing
    of a document has a name of its own."""
    from dataclasses import replace

    out: list[Statement] = []
    times: dict[str, int] = {}
    places: dict[str, list[str | None]] = {}
    for document, coder in by_place:
        if coder is None or coder in coders:
            places.setdefault(document, []).append(coder)
    for document in documents:
        times[document] = times.get(document, 0) + 1
        for coder in places.get(document, ()):
            found = by_place[document, coder]
            again = times[document] > 1
            out += (
                [replace(one, document=f"{document}\x1f{times[document]}") for one in found]
                if again
                else found
            )
    return out


class _Tally:
    """Counts the samples that show again what the whole network shows.

    Pairs of holders are counted in matrices `(holders, holders)`, in the order of names; only cells
    above the diagonal count.
    """

    def __init__(
        self, whole: Affiliation, mode: ProjectionMode, normalisation: Normalisation
    ) -> None:
        self._mode, self._normalisation = mode, normalisation
        self._signs = {(edge.holder, edge.concept): edge.sign for edge in whole.edges}
        self._holders = whole.holders
        self._place = {name: i for i, name in enumerate(whole.holders)}
        self._ties = np.sign(project(whole, mode, normalisation=normalisation).weights)
        size = len(whole.holders)
        self._tied = np.zeros((size, size), dtype=np.int64)
        self._together = np.zeros((size, size), dtype=np.int64)
        self._edges: Counter[tuple[str, str]] = Counter()
        self._central: Counter[str] = Counter()

    def add(self, found: Affiliation) -> None:
        """Count a sample."""
        self._edges.update(
            (edge.holder, edge.concept)
            for edge in found.edges
            if edge.sign == self._signs.get((edge.holder, edge.concept))
        )
        made = project(found, self._mode, normalisation=self._normalisation)
        places = np.array([self._place[name] for name in made.holders], dtype=np.int64)
        here = np.ix_(places, places)
        signs = np.sign(made.weights)
        self._tied[here] += (signs == self._ties[here]) & (signs != 0)
        number = {
            name: i
            for i, group in enumerate(communities(made.holders, made.weights).groups)
            for name in group
        }
        group = np.array([number[name] for name in made.holders], dtype=np.int64)
        self._together[here] += group[:, None] == group[None, :]
        degrees = centrality(made.holders, made.weights)
        self._central.update(sorted(degrees, key=lambda name: (-degrees[name], name))[:CENTRAL])

    def support(self, samples: int) -> Support:
        """The shares of that many samples."""
        return Support(
            samples,
            {key: count / samples for key, count in self._edges.items()},
            self._shares(self._tied, samples),
            self._shares(self._together, samples),
            {key: count / samples for key, count in self._central.items()},
        )

    def _shares(self, counts: Ints, samples: int) -> dict[tuple[str, str], float]:
        rows, columns = np.nonzero(np.triu(counts, 1))
        shares = counts[rows, columns] / samples
        return {
            (self._holders[i], self._holders[j]): share
            for i, j, share in zip(rows.tolist(), columns.tolist(), shares.tolist(), strict=True)
        }


__all__ = ["CENTRAL", "Support", "resample"]
