"""The results of an agreement: its figures, the causes of disagreement, and where to look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from annotator.measures.api import Result

MODEL = "the model"
"""The name of the suggestions when they are compared like an annotator."""

WORST = 20
"""The number of paragraphs listed as worth a look."""


@dataclass(frozen=True, slots=True)
class Data:
    """The data behind the figures: `documents` that two or more `annotators` finished, their
    `completions`, and the `paragraphs` that two or more had to annotate; finished passages in which
    nothing is marked are `empty`, and count. Completions that are `skipped` or `unfinished` do not
    count, nor do documents that one annotator `alone` finished."""

    annotators: tuple[str, ...]
    documents: int
    completions: int
    paragraphs: int
    empty: int
    skipped: int = 0
    unfinished: int = 0
    alone: int = 0


@dataclass(frozen=True, slots=True)
class DisagreementCounts:
    """What keeps a layer from agreeing, over all pairs of annotators.

    Among spans, `missing` ones have no overlapping counterpart; of overlapping pairs, `bounds`
    differ only in bounds, `label` only in label, and `both` in both. Among relations (on aligned
    ends), only the `side` differs, the `holder` or `target` is another, or the relation is
    `missing`. `f1` is the present strict F1 (for relations: with side), `if_fixed` what it would be
    if only one cause were gone; None if nothing is marked.
    """

    causes: Mapping[str, int]
    f1: float | None
    if_fixed: Mapping[str, float | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ParagraphDisagreement:
    """A paragraph and the number of its items without strict agreement, over all pairs."""

    document: str
    paragraph: int
    differing: int
    marked: int
    quote: str


@dataclass(frozen=True, slots=True)
class Contrast:
    """A figure where annotators were shown suggestions and where they were not, each with the
    number of paragraphs."""

    layer: str
    name: str
    shown: Result
    hidden: Result
    paragraphs: tuple[int, int]


@dataclass(frozen=True, slots=True)
class AnnotatorPair:
    """Two annotators on one thing that is compared: alpha, the share of equal values, and the
    number of units."""

    alpha: float | None
    percent: float | None
    n: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """Everything that `annotator agreement` reports.

    `pairs` is the strict F1 of every pair of annotators by layer, with the number of spans of both
    in the passages that they share; `without` its mean without one annotator, `people` the strict
    F1 of each annotator with all others together and the number of spans; `matrices` holds, by
    layer and what is compared (`label`, `side`, an attribute), every pair of annotators. There are
    no pairs if there are too many annotators. `confusion` has the labels and how often that of the
    row met that of the column, `model` the strict F1 of each annotator with the suggestions,
    `blind` the figures where all were shown suggestions, and where nobody was.
    """

    data: Data
    results: tuple[Result, ...]
    lost: Mapping[str, DisagreementCounts]
    pairs: Mapping[str, Mapping[tuple[str, str], tuple[float | None, int]]]
    people: Mapping[str, Mapping[str, tuple[float | None, int]]]
    matrices: Mapping[tuple[str, str], Mapping[tuple[str, str], AnnotatorPair]]
    without: Mapping[str, Mapping[str, float | None]]
    confusion: Mapping[str, tuple[tuple[str, ...], list[list[int]]]]
    worst: tuple[ParagraphDisagreement, ...]
    blind: tuple[Contrast, ...] = ()
    model: tuple[Contrast, ...] = ()


__all__ = [
    "MODEL",
    "WORST",
    "Agreement",
    "AnnotatorPair",
    "Contrast",
    "Data",
    "DisagreementCounts",
    "ParagraphDisagreement",
]
