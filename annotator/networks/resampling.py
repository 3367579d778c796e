"""Error bars of a network: documents, and coders where there
are several, are drawn again and again.

The share of samples in which an edge has its sign again says how much it hangs on single documents.
Efron, B. and Tibshirani, R. (1993). An Introduction to the Bootstrap.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from annotator.model.statements import Sort, Statement
from annotator.networks.affiliation import CONCEPTS, Affiliation, Duplicates, affiliation
from annotator.networks.projection import Normalisation, ProjectionMode, project
from annotator.networks.structure import SEED, centrality, communities

CENTRAL = 3
"""So many holders count as central."""


@dataclass(frozen=True, slots=True)
class Support:
    """Shares of samples in [0, 1]: in which an edge of the two-mode network has the same sign, two
    holders are tied with the same sign, stand in one community, and a holder is among the
    `CENTRAL` most central."""

    samples: int
    edges: Mapping[tuple[str, str], float]
    ties: Mapping[tuple[str, str], float]
    together: Mapping[tuple[str, str], float]
    central: Mapping[str, float]

    def group(self, names: Sequence[str]) -> float | None:
        """How well a community holds together: the mean share of its pairs that
        are together; None for one holder."""
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
    """The shares over so many samples of the documents, drawn with replacement; where several
    coders worked, these too. A document drawn twice counts as two."""
    by_place: dict[tuple[str, str | None], list[Statement]] = {}
    for one in statements:
        by_place.setdefault((one.document, one.coder), []).append(one)
    documents = sorted({document for document, _ in by_place})
    coders = sorted({coder for _, coder in by_place if coder is not None})
    if not documents or samples < 1:
        return Support(0, {}, {}, {}, {})

    def made(chosen: Sequence[Statement]) -> Affiliation:
        return affiliation(chosen, duplicates=duplicates, author=author, sorts=sorts)

    whole = made(statements)
    tallies: tuple[dict[object, int], ...] = ({}, {}, {}, {})
    first = {(edge.holder, edge.concept): edge.sign for edge in whole.edges}
    ties = {
        (a, b): np.sign(w) for a, b, w in project(whole, mode, normalisation=normalisation).edges()
    }
    random = np.random.default_rng(seed)
    for _ in range(samples):
        drawn = random.integers(len(documents), size=len(documents))
        who = (
            {coders[i] for i in random.integers(len(coders), size=len(coders))} if coders else set()
        )
        chosen = _drawn(by_place, [documents[i] for i in drawn], who)
        _tally(made(chosen), first, ties, mode, normalisation, tallies)
    share: Callable[[dict[object, int]], dict[object, float]] = lambda counts: {  # noqa: E731
        key: count / samples for key, count in counts.items()
    }
    edges, tied, together, central = (share(counts) for counts in tallies)
    return Support(samples, edges, tied, together, central)  # type: ignore[arg-type]


def _drawn(
    by_place: Mapping[tuple[str, str | None], Sequence[Statement]],
    documents: Sequence[str],
    coders: set[str],
) -> list[Statement]:
    """The statements of the documents drawn, each under a name of its own,
    of the coders drawn and of the gold."""
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


def _tally(
    found: Affiliation,
    first: Mapping[tuple[str, str], int],
    ties: Mapping[tuple[str, str], float],
    mode: ProjectionMode,
    normalisation: Normalisation,
    tallies: tuple[dict[object, int], ...],
) -> None:
    edges, tied, together, central = tallies
    for edge in found.edges:
        key = (edge.holder, edge.concept)
        if edge.sign == first.get(key):
            edges[key] = edges.get(key, 0) + 1
    made = project(found, mode, normalisation=normalisation)
    for a, b, weight in made.edges():
        if np.sign(weight) == ties.get((a, b)):
            tied[a, b] = tied.get((a, b), 0) + 1
    for group in communities(made.holders, made.weights).groups:
        for pair in combinations(group, 2):
            together[pair] = together.get(pair, 0) + 1
    degrees = centrality(made.holders, made.weights)
    for name in sorted(degrees, key=lambda name: (-degrees[name], name))[:CENTRAL]:
        central[name] = central.get(name, 0) + 1


__all__ = ["CENTRAL", "Support", "resample"]
