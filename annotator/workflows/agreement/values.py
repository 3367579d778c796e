"""The results of an agreement: its figures, what agreement is lost to, and where to look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from annotator.measures.api import Result

MODEL = "the model"
"""The name of the suggestions when they are compared like an annotator."""

WORST = 20
"""The number of paragraphs that are listed to look at."""


@dataclass(frozen=True, slots=True)
class Data:
    """What the figures rest on: `documents` that two or more `annotators` finished, their
    `completions`, and the `paragraphs` that two or more had to annotate; finished passages in
    which nothing is marked are `empty`, and count. Completions that are `skipped` or
    `unfinished` do not count, nor the documents that one annotator `alone` finished."""

    annotators: tuple[str, ...]
    documents: int
    completions: int
    paragraphs: int
    empty: int
    skipped: int = 0
    unfinished: int = 0
    alone: int = 0


@dataclass(frozen=True, slots=True)
class Lost:
    """What keeps a layer from agreeing, over all pairs of annotators.

    Of spans: `missing` ones have no counterpart that overlaps; of pairs that overlap `bounds`
    differ in bounds alone, `label` in label alone, `both` in both. Of relations (on aligned ends):
    `side` differs alone, `holder` or `target` is another, or the relation is `missing`. `f1` is the
    strict F1 (of relations: with side) now, `if_fixed` what it were if one cause alone were gone;
    None where nothing is marked.
    """

    causes: Mapping[str, int]
    f1: float | None
    if_fixed: Mapping[str, float | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Spot:
    """A paragraph and how many items of it are not agreed on strictly, over all pairs."""

    document: str
    paragraph: int
    differing: int
    marked: int
    quote: str


@dataclass(frozen=True, slots=True)
class Contrast:
    """A figure where suggestions were shown, and where they were
    hidden; of how many paragraphs each."""

    layer: str
    name: str
    shown: Result
    hidden: Result
    paragraphs: tuple[int, int]


@dataclass(frozen=True, slots=True)
class AnnotatorPair:
    """Two annotators on one thing that is compared: alpha, the share of
    equal values, and of how many units."""

    alpha: float | None
    percent: float | None
    n: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """Everything that `annotator agreement` tells.

    `pairs` is the strict F1 of every two annotators by layer, `without` its mean when one is left
    out, `people` the strict F1 of each annotator with all others together and the spans that it
    rests on; `matrices` holds, by layer and what is compared (`label`, `side`, an attribute), every
    two annotators. There are no pairs where annotators are too many. `confusion` is the labels and
    how often the one of the row met that of the column, `model` the strict F1 of each annotator
    with the suggestions, `blind` the figures with and without sight of suggestions.
    """

    data: Data
    results: tuple[Result, ...]
    lost: Mapping[str, Lost]
    pairs: Mapping[str, Mapping[tuple[str, str], float | None]]
    people: Mapping[str, Mapping[str, tuple[float | None, int]]]
    matrices: Mapping[tuple[str, str], Mapping[tuple[str, str], AnnotatorPair]]
    without: Mapping[str, Mapping[str, float | None]]
    confusion: Mapping[str, tuple[tuple[str, ...], list[list[int]]]]
    worst: tuple[Spot, ...]
    blind: tuple[Contrast, ...] = ()
    model: tuple[Contrast, ...] = ()


__all__ = ["MODEL", "WORST", "Agreement", "AnnotatorPair", "Contrast", "Data", "Lost", "Spot"]
