"""The two-mode network: holders by concepts, with signs, weights
and the statements behind every edge.

Duplicate rules and aggregations follow the Discourse Network Analyzer: Leifeld, P., Gruber, J. and
Bossner, F. R. (2019). Discourse Network Analyzer manual.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from annotator.model import days
from annotator.model.statements import Sort, Statement

Array = NDArray[np.float64]

Duplicates = Literal["include", "document", "week", "month", "year", "once"]
"""Which statements of one holder on one concept with one sign count as one: none, those of a
document, of a week, month or year, or all."""

DUPLICATES: Mapping[Duplicates, str] = {
    "include": "every statement counts",
    "document": "once per document",
    "week": "once per week",
    "month": "once per month",
    "year": "once per year",
    "once": "once altogether",
}


CONCEPTS: tuple[Sort, ...] = ("concept",)


@dataclass(frozen=True, slots=True)
class Edge:
    """A holder's side on a concept: how often the holder supports it, opposes it, and does neither,
    after the duplicate rule. `statements` are all statements behind it."""

    holder: str
    concept: str
    support: int
    oppose: int
    neither: int
    statements: tuple[Statement, ...]

    @property
    def weight(self) -> int:
        """Supports minus opposes."""
        return self.support - self.oppose

    @property
    def sign(self) -> int:
        """1, -1, or 0 when even."""
        return (self.weight > 0) - (self.weight < 0)


@dataclass(frozen=True)
class Affiliation:
    """Holders, concepts and the edges between them, sorted by name;
    `kinds` is the label of each holder."""

    holders: tuple[str, ...]
    concepts: tuple[str, ...]
    edges: tuple[Edge, ...]
    kinds: Mapping[str, str]

    def counts(self) -> Array:
        """`(holders, concepts, 2)`: the numbers of supports and of opposes."""
        rows = {name: i for i, name in enumerate(self.holders)}
        columns = {name: i for i, name in enumerate(self.concepts)}
        out = np.zeros((len(self.holders), len(self.concepts), 2))
        for edge in self.edges:
            out[rows[edge.holder], columns[edge.concept]] = (edge.support, edge.oppose)
        return out


def affiliation(
    statements: Iterable[Statement],
    *,
    duplicates: Duplicates = "document",
    author: bool = False,
    sorts: Collection[Sort] = CONCEPTS,
) -> Affiliation:
    """The two-mode network of statements. The author is a holder only with `author`. `sorts` are
    the kinds of targets: concepts, entities (sides on actors), claims without a concept.

    Raises ValueError if a rule by time meets a statement without a date.
    """
    several: dict[tuple[str, str], list[Statement]] = {}
    kinds: dict[str, str] = {}
    for one in statements:
        if one.sort in sorts and (author or one.kind != "author"):
            several.setdefault((one.holder, one.about), []).append(one)
            kinds.setdefault(one.holder, one.kind)
    unit = UNITS[duplicates]
    edges = tuple(
        Edge(holder, concept, *_counted(found, unit), tuple(found))
        for (holder, concept), found in sorted(several.items())
    )
    holders = tuple(sorted({edge.holder for edge in edges}))
    concepts = tuple(sorted({edge.concept for edge in edges}))
    return Affiliation(holders, concepts, edges, kinds)


def _counted(
    found: Sequence[Statement], unit: Callable[[Statement], object]
) -> tuple[int, int, int]:
    counts = {1: 0, -1: 0, 0: 0}
    seen: set[tuple[object, int]] = set()
    for one in found:
        key = (unit(one), one.sign)
        if key not in seen:
            seen.add(key)
            counts[one.sign] += 1
    return counts[1], counts[-1], counts[0]


def day(one: Statement) -> date:
    """The date of a statement. Raises ValueError if it has none."""
    try:
        return days.day_of(one.date)
    except ValueError as error:
        raise ValueError(f"the document “{one.document}” has {error}") from error


def known_day(one: Statement) -> date | None:
    """The date of a statement; None if it has none."""
    return days.known_day(one.date)


UNITS: Mapping[Duplicates, Callable[[Statement], object]] = {
    "include": lambda one: (one.coder, one.document, one.item),
    "document": lambda one: one.document,
    "week": lambda one: day(one).isocalendar()[:2],
    "month": lambda one: (day(one).year, day(one).month),
    "year": lambda one: day(one).year,
    "once": lambda _: "",
}
"""What statements of one holder on one concept with one sign have in common if they count once."""

__all__ = [
    "CONCEPTS",
    "DUPLICATES",
    "UNITS",
    "Affiliation",
    "Array",
    "Duplicates",
    "Edge",
    "affiliation",
    "day",
    "known_day",
]
