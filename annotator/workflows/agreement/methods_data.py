"""Everything that a methods section needs, read once: figures, scores
of documents, differences, habits, time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import fmean, stdev

from annotator.errors import UsageError
from annotator.measures.api import Comparison, compare
from annotator.model.decision import Completion
from annotator.model.names import SameNames, concepts_of
from annotator.model.schema import Layer
from annotator.project import Project
from annotator.workflows.agreement.compute import (
    Follower,
    finished,
    layers_of,
    shared,
)
from annotator.workflows.agreement.differences import PairDifference, differences
from annotator.workflows.agreement.drift import Drift, Period, Timeline, batches_of
from annotator.workflows.agreement.habit_changes import HabitChange, HabitChanges
from annotator.workflows.agreement.habits import Habit, Habits
from annotator.workflows.agreement.part import ALL, ComparedPart
from annotator.workflows.agreement.reading import named_anew
from annotator.workflows.agreement.values import Agreement


@dataclass(frozen=True, slots=True)
class Scores:
    """A figure in each single document where it is defined, with mean and standard deviation; the
    same by label."""

    layer: str
    name: str
    label: str
    by_document: dict[str, float]

    @property
    def mean(self) -> float | None:
        """The mean over documents, all with the same weight."""
        return fmean(self.by_document.values()) if self.by_document else None

    @property
    def deviation(self) -> float | None:
        """The standard deviation over documents, for at least two."""
        return stdev(self.by_document.values()) if len(self.by_document) > 1 else None


@dataclass(frozen=True, slots=True)
class Study:
    """What a report on a project's agreement contains besides its figures."""

    agreement: Agreement
    layers: tuple[Layer, ...]
    scores: tuple[Scores, ...]
    habits: tuple[Habit, ...]
    periods: tuple[Period, ...]
    drifts: tuple[Drift, ...]
    habit_changes: tuple[HabitChange, ...]


def finished_between(project: Project, since: str | None, until: str | None) -> set[str] | None:
    """The documents whose last annotator finished from `since` to `until` (dates, ISO 8601, both
    included); None if neither is given."""
    if since is None and until is None:
        return None
    return {
        name
        for name, day in _finished(project).items()
        if (since is None or day[:10] >= since) and (until is None or day[:10] <= until)
    }


def _finished(project: Project) -> dict[str, str]:
    """When the last annotator of each document finished it."""
    out: dict[str, str] = {}
    for row in project.log.completions():
        if row.completion is Completion.DONE:
            out[row.document] = max(out.get(row.document, ""), row.updated)
    return out


def _batches(project: Project) -> dict[str, str]:
    return batches_of(project.assignments.first_given(), project.documents.imported())


def comparisons(project: Project, part: ComparedPart = ALL) -> Iterator[Comparison]:
    """The finished work that two or more annotators share, some hundred documents at a time."""
    concepts = concepts_of(project.schema)
    same = project.names.same() if part.same_names else SameNames()
    for records in finished(project, shared(project, part), part):
        named = named_anew(records, same, concepts)
        yield compare(named, concepts={layer: name for layer, (name, _) in concepts.items()})


def all_differences(project: Project, part: ComparedPart = ALL) -> Iterator[PairDifference]:
    """Every disagreement, in the order of documents."""
    chosen = layers_of(project.schema, part.layers)
    for comparison in comparisons(project, part):
        yield from differences(comparison, chosen)


def study(project: Project, part: ComparedPart = ALL) -> Study:
    """The whole study. Raises UsageError for an unknown name, or if there is no shared work."""
    follower = Follower(project, part)
    found = follower.agreement()
    chosen = layers_of(project.schema, part.layers)
    days = _finished(project)
    habits, timeline, later = (
        Habits(),
        Timeline(chosen, days, _batches(project)),
        HabitChanges(days),
    )
    for comparison in comparisons(project, part):
        habits.add(comparison)
        timeline.add(comparison)
        later.add(comparison)
    names = {layer.name for layer in chosen}
    return Study(
        found,
        tuple(chosen),
        tuple(_scores(follower)),
        tuple(habit for habit in habits.found() if habit.layer in names),
        tuple(timeline.periods()),
        tuple(timeline.drifts()),
        tuple(change for change in later.found() if change.layer in names),
    )


def _scores(follower: Follower) -> Iterator[Scores]:
    book = follower.found.book
    for layer, name, figure in follower.found.figures():
        prefix = ("all", name, layer.name)
        if not figure.refused:
            yield Scores(layer.name, figure.name, "", book.by_document(figure, *prefix))
            for part in figure.parts:
                yield Scores(layer.name, figure.name, part.name, book.by_document(part, *prefix))


def checked_day(text: str | None, option: str) -> str | None:
    """A day in ISO 8601. Raises UsageError for anything else."""
    from datetime import date

    if text is None:
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise UsageError(
            f"“{text}” is not a day", key=option, hint="Write it like 2026-11-28"
        ) from error


__all__ = [
    "Scores",
    "Study",
    "all_differences",
    "checked_day",
    "comparisons",
    "finished_between",
    "study",
]
