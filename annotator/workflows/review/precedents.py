"""Case law: how disputes about a label were decided before, and why."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from annotator.model.decision import Action, Standing, Status
from annotator.model.fields import Field
from annotator.model.record import GOLD
from annotator.model.span import Annotation, Relation, Span, Value
from annotator.model.text import Document
from annotator.project import Project
from annotator.workflows.review.alignment import Difference, differences_of
from annotator.workflows.review.discussion import MESSAGE
from annotator.workflows.review.versions import Merger, Versions

FEW = 5


@dataclass(frozen=True, slots=True)
class Precedent:
    """A decided dispute: what annotators had, what was taken (empty if nothing was), by whom and
    why. What they had is the label, or the contents of the fields if only these differed."""

    document: str
    quote: str
    kinds: tuple[str, ...]
    had: tuple[str, ...]
    taken: str
    reason: str
    reviewer: str
    time: str
    labels: frozenset[str] = frozenset()


def precedents(
    project: Project,
    layer: str,
    label: str,
    *,
    labels: Collection[str] = (),
    present: tuple[str, Collection[str]] = ("", ()),
    limit: int = FEW,
    strategy: str = "unanimous",
) -> list[Precedent]:
    """The last adjudicated disputes in which a label was one of the versions, the newest first.
    Disputes between exactly the same `labels` come first if several labels are in question, then
    those with a reason, then the others. The `present` dispute, by its document and the ids of
    its versions, is not a precedent for itself."""
    found: list[Precedent] = []
    merger = Merger(project, strategy)
    at, ids = present
    for row in project.log.completions(annotator=GOLD):
        found += _of(merger, row.document, layer, label, ids if row.document == at else ())
    found.sort(key=lambda one: one.time, reverse=True)
    found.sort(key=lambda one: not one.reason)
    if len(labels) > 1:
        found.sort(key=lambda one: one.labels != set(labels))
    return found[:limit]


def _of(
    merger: Merger, document: str, layer: str, label: str, present: Collection[str]
) -> list[Precedent]:
    """The disputes of a document in which a label was one of the versions, without the one that has
    a version among those `present`."""
    versions = merger.versions(document)
    if versions is None:
        return []
    review = _Review.of(merger.project, versions)
    return [
        review.precedent(difference)
        for difference in differences_of(versions)
        if difference.number
        and difference.layer == layer
        and label in _labels(difference)
        and difference.ids.isdisjoint(present)
        and review.settled(difference)
    ]


def _labels(difference: Difference) -> frozenset[str]:
    return frozenset(candidate.value.label for candidate in difference.candidates)


@dataclass(frozen=True, slots=True)
class _Review:
    """What review decided in a document: `decided` has time and reviewer of the last decision on an
    item, `standing` what stands there now. `spans` are the annotators' spans by id."""

    text: Document
    decided: Mapping[str, tuple[str, str]]
    standing: Mapping[str, Standing]
    spans: Mapping[str, Span]

    @classmethod
    def of(cls, project: Project, versions: Versions) -> Self:
        """Read what was decided in the gold of a document."""
        document = versions.document
        gold, _ = project.log.annotations(document, GOLD)
        decided: dict[str, tuple[str, str]] = {}
        for event in project.log.events(document, GOLD):
            if event.decision.action not in (Action.MERGE, Action.NOTE):
                decided[event.decision.item] = (event.time, event.reviewer or "")
        standing = dict(gold.standings())
        spans = {c.id: c.value for c in versions.candidates if isinstance(c.value, Span)}
        return cls(project.documents.load(document), decided, standing, spans)

    def _items(self, difference: Difference) -> list[str]:
        """The versions that review did something about."""
        return [id for id in sorted(difference.ids) if id in self.decided and id in self.standing]

    def settled(self, difference: Difference) -> list[str]:
        """The versions that review decided on; a mark is not a decision."""
        return [
            id for id in self._items(difference) if self.standing[id].status is not Status.MARKED
        ]

    def precedent(self, difference: Difference) -> Precedent:
        """A settled difference as a precedent."""
        settled = self.settled(difference)
        time, reviewer = max(self.decided[id] for id in settled)
        values = [self.standing[id].value for id in settled]
        taken = [value for value in values if isinstance(value, Span | Relation)]
        return Precedent(
            self.text.id,
            self._quote(difference),
            difference.kinds,
            tuple(self._had(difference, who) for who in difference.voters),
            _version_in_words(taken, difference, self.text),
            self._reason(difference),
            reviewer,
            time,
            _labels(difference),
        )

    def _quote(self, difference: Difference) -> str:
        """The words that the difference is about; of a relation, those of its target."""
        value = difference.candidates[0].value
        span = value if isinstance(value, Span) else self.spans.get(value.target)
        return " ".join(self.text.quote(span.start, span.end).split()) if span is not None else ""

    def _had(self, difference: Difference, who: str) -> str:
        version = [candidate.value for candidate in difference.version(who)]
        return f"{who}: {_version_in_words(version, difference, self.text) or 'nothing'}"

    def _reason(self, difference: Difference) -> str:
        """The first note on a version, without messages; empty if there is none."""
        notes = (self.standing[id].note for id in self._items(difference))
        reasons = (note.partition(MESSAGE)[0].strip() for note in notes)
        return next(filter(None, reasons), "")


def _version_in_words(version: Sequence[Annotation], difference: Difference, text: Document) -> str:
    """A version in words: its labels, or what it has in the fields that differ."""
    if not difference.by_field:
        return ", ".join(value.label for value in version)
    fields = [f for f in difference.candidates[0].fields if f.name in difference.fields]
    return ", ".join(
        "; ".join(_content(field, field.of(value), text) for field in fields) for value in version
    )


def _content(field: Field, held: Value | None, text: Document) -> str:
    if held is None:
        return f"no {field.name}"
    if isinstance(held, list):
        start_end = [at for at in held if isinstance(at, int)]
        return f"“{text.quote(*start_end)}”" if field.pair else ", ".join(map(str, held))
    return str(held)


__all__ = ["Precedent", "precedents"]
