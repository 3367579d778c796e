"""Which annotators had the version that review took, counted by label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from annotator.merging.api import Candidate
from annotator.model.decision import Standing, Status
from annotator.model.fields import content
from annotator.model.record import GOLD
from annotator.model.span import Relation, Span
from annotator.project import Project
from annotator.workflows.review.alignment import Difference, differences_of
from annotator.workflows.review.versions import Merger

NONE = "none of them"
"""The label that is counted if review took nobody's version."""


@dataclass(frozen=True, slots=True)
class TakenVersions:
    """In how many differences decided for a label an annotator had the version that was taken, and
    how many there were."""

    layer: str
    label: str
    annotator: str
    right: int
    of: int


def right(project: Project, strategy: str = "unanimous") -> list[TakenVersions]:
    """How often each annotator was right, by the label that review took. Only decided differences
    count."""
    counts: dict[tuple[str, str, str], list[int]] = {}
    merger = Merger(project, strategy)
    for id in project.documents.ids():
        found = merger.versions(id)
        if found is None or len(found.voters) < 2:
            continue
        gold, _ = project.log.annotations(id, GOLD)
        standing = dict(gold.standings())
        for difference in differences_of(found):
            if difference.number and _is_decided(difference, standing):
                _count_right(counts, difference, _taken(difference, standing))
    return [TakenVersions(*key, *tally) for key, tally in sorted(counts.items())]


def _is_decided(difference: Difference, standing: Mapping[str, Standing]) -> bool:
    """Whether review decided on all versions."""
    own = [standing.get(item) for item in difference.ids]
    return all(s is not None and s.status is not Status.MARKED and not s.open for s in own)


def _taken(difference: Difference, standing: Mapping[str, Standing]) -> dict[str, object]:
    """The accepted items of a decided difference, by id."""
    values = {item: standing[item].value for item in difference.ids}
    return {item: value for item, value in values.items() if value is not None}


def _count_right(
    counts: dict[tuple[str, str, str], list[int]],
    difference: Difference,
    taken: Mapping[str, object],
) -> None:
    """Count for each annotator, under each label that was taken, whether they had that version."""
    labels = {c.value.label for c in difference.candidates if c.id in taken} or {NONE}
    for who in difference.voters:
        had = _is_taken(difference.version(who), taken)
        for label in labels:
            tally = counts.setdefault((difference.layer, label, who), [0, 0])
            tally[0] += had
            tally[1] += 1


def _is_taken(version: Sequence[Candidate], taken: Mapping[str, object]) -> bool:
    """Whether a version is exactly what stands, down to the fields."""
    return {c.id for c in version} == set(taken) and all(
        isinstance(value := taken[c.id], Span | Relation)
        and content(value, c.agreeing) == content(c.value, c.agreeing)
        for c in version
    )


__all__ = ["NONE", "TakenVersions", "right"]
