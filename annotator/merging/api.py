"""What merging strategies share: candidates for the gold, and the Protocols of a strategy.

A candidate is an annotation that annotators made with the same layer, label and place. It names the
fields that they filled in differently; a strategy or a review decides these, never the order of the
annotators' names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Protocol, runtime_checkable

from annotator.merging._candidates import (
    BECAUSE,
    MAJORITY,
    RULING,
    TIE,
    Candidate,
    candidates,
    most,
    place_of,
    span_of,
    strategy_of,
    written,
)
from annotator.model.fields import content
from annotator.model.overlaps import Overlaps
from annotator.model.span import AUTHOR, Span, iou


class Strategy(Protocol):
    """What a module of the family provides.

    `title` is its name. A `complete` strategy rejects the candidates that it does not keep; with
    any other strategy, they wait for the reviewer. A strategy never creates a version that nobody
    made.
    """

    title: str
    complete: bool

    def kept(
        self, candidates: Sequence[Candidate], voters: Sequence[str], *, option: str = ""
    ) -> list[Candidate]:
        """The candidates that become gold without review, with nothing contested. `option` is what
        follows the colon in the strategy's name, as in `annotator:ada`. The caller leaves out
        relations without both ends."""


@runtime_checkable
class SelectiveStrategy(Protocol):
    """A strategy that does not apply to all documents."""

    def applies(self, voters: Sequence[str], *, option: str = "") -> bool:
        """Whether the strategy applies to a document that these annotators finished."""


@runtime_checkable
class LearningStrategy(Protocol):
    """A strategy that learns from all documents before it keeps anything."""

    def learn(self, corpus: Sequence[tuple[Sequence[Candidate], Sequence[str]]]) -> object:
        """Learn from the candidates and voters of all documents."""

    def kept(
        self,
        candidates: Sequence[Candidate],
        voters: Sequence[str],
        *,
        option: str = "",
        learnt: object | None = None,
    ) -> list[Candidate]:
        """See `Strategy.kept`."""

    def posteriors(
        self, candidates: Sequence[Candidate], voters: Sequence[str], learnt: object
    ) -> dict[str, float]:
        """The probability of the label of each span candidate, by id."""


def with_most(candidate: Candidate) -> Candidate:
    """The candidate with the most frequent content of every field; `settled` says where there was a
    choice."""
    value, versions = candidate.value, [own for _, own in candidate.made]
    how: list[tuple[str, str]] = []
    for name in candidate.contested:
        field = candidate.field(name)
        best, means = most(field, versions)
        value = field.put(value, field.of(best))
        how.append((name, means))
    return candidate.version(value, *how)


def by_majority(candidate: Candidate, voters: int) -> Candidate | None:
    """The candidate as more than half of all `voters` made it, in label, place and contested fields
    together; None if no version has so many votes."""
    if len(candidate.made) * 2 <= voters:
        return None
    if not candidate.contested:
        return candidate
    fields = [candidate.field(name) for name in candidate.contested]
    counts = Counter(content(own, fields) for _, own in candidate.made)
    top, votes = counts.most_common(1)[0]
    if votes * 2 <= voters:
        return None
    made = [own for _, own in candidate.made if content(own, fields) == top]
    value = candidate.value
    for field in fields:
        value = field.put(value, written(field, made))
    return candidate.version(value)


def clusters(found: Sequence[Candidate], *, least: float = 0.5) -> list[list[Candidate]]:
    """Clusters of span candidates of one layer that mark the same stretch: each overlaps the first
    of its cluster with an intersection over union of at least `least`. Those with more votes come
    first."""
    spans = [c for c in found if isinstance(c.value, Span)]
    spans.sort(key=lambda c: (-len(c.made), place_of(c)))
    overlaps = Overlaps([(span_of(c).start, span_of(c).end) for c in spans])
    out: dict[int, list[Candidate]] = {}
    for i, one in enumerate(spans):
        before = (k for k in overlaps.of(span_of(one).start, span_of(one).end) if k in out)
        home = next((k for k in before if _near(spans[k], one, least)), i)
        out.setdefault(home, []).append(one)
    return list(out.values())


def _near(a: Candidate, b: Candidate, least: float) -> bool:
    x, y = span_of(a), span_of(b)
    return x.layer == y.layer and iou(x, y) >= least


def with_ends(kept: Iterable[Candidate], standing: Iterable[str] = ()) -> list[Candidate]:
    """The candidates without relations one of whose ends is neither kept nor in `standing`."""
    held = list(kept)
    ids = {c.id for c in held} | {AUTHOR, *standing}
    return [
        c
        for c in held
        if isinstance(c.value, Span) or (c.value.source in ids and c.value.target in ids)
    ]


__all__ = [
    "BECAUSE",
    "MAJORITY",
    "RULING",
    "TIE",
    "Candidate",
    "LearningStrategy",
    "SelectiveStrategy",
    "Strategy",
    "by_majority",
    "candidates",
    "clusters",
    "most",
    "strategy_of",
    "with_ends",
    "with_most",
]
