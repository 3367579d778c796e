"""The log of decisions in words, the newest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby, islice
from typing import Any

from annotator.errors import ProjectError, StoreError
from annotator.model.decision import Event
from annotator.model.decision_text import describe_event_group, labelled
from annotator.model.record import GOLD
from annotator.model.schema import LabelSchema
from annotator.model.span import Annotation, Relation, Span
from annotator.model.text import Document
from annotator.project import EventFilter, Project
from annotator.store.codec import standing_json
from annotator.store.isolation import leave_out
from annotator.workflows.review.versions import Merger


@dataclass(frozen=True, slots=True)
class LogEntry:
    """What one key press or one step of a command decided: all events of a group. `who` decided; in
    the gold, that is the reviewer, or empty for what was merged or imported."""

    document: str
    annotator: str
    who: str
    time: str
    words: str
    events: tuple[Event, ...]

    @property
    def paragraph(self) -> int:
        """The index of the paragraph that all its decisions are in; -1 if there is none."""
        every = {event.decision.paragraph for event in self.events}
        return every.pop() if len(every) == 1 else -1


@dataclass(slots=True)
class LoggedItems:
    """The items in the log of one annotator's work on one document, also those that stand no
    more."""

    document: Document
    schema: LabelSchema
    values: dict[str, Annotation]
    proposed: dict[str, Annotation]

    @staticmethod
    def of(
        project: Project,
        document: str,
        annotator: str,
        events: Iterable[Event],
        *,
        merger: Merger | None = None,
    ) -> LoggedItems:
        """The items with their latest values, from the `events` of that work in local order. For
        the gold of many documents, pass one `merger`."""
        values: dict[str, Annotation] = {}
        for event in events:
            for standing in (event.decision.before, event.decision.after):
                if standing is not None and isinstance(standing.value, Span | Relation):
                    values[event.decision.item] = standing.value
        if annotator == GOLD:
            # What review rejects of the annotators' versions has no value in the log of the gold.
            versions = (merger or Merger(project)).versions(document)
            proposed = {c.id: c.value for c in versions.candidates} if versions is not None else {}
        else:
            proposed = {s.id: s.value for s in project.suggestions.of(document)}
        return LoggedItems(project.documents.load(document), project.schema, values, proposed)

    def value_of(self, item: str) -> Annotation | None:
        """The latest value of an item, or else what was proposed."""
        return self.values.get(item) or self.proposed.get(item)

    def proposal_of(self, item: str) -> Annotation | None:
        """What was proposed."""
        return self.proposed.get(item)

    def labelled(self, value: Annotation) -> str:
        """An annotation in words: `state “Iran”`, or `support by Iran`."""
        return labelled(self, value)


@dataclass
class _Cache:
    """The items of the documents that were read last."""

    project: Project
    kept: dict[tuple[str, str], LoggedItems | None] = field(default_factory=dict)

    @cached_property
    def merger(self) -> Merger:
        """It reads the rulings on names, so one serves all documents."""
        return Merger(self.project)

    def items(self, document: str, annotator: str) -> LoggedItems | None:
        """The items of a completion; None for a document that cannot be read, which is
        reported."""
        key = (document, annotator)
        if key not in self.kept:
            if len(self.kept) >= 64:
                self.kept.clear()
            events = self.project.log.events(document, annotator)
            merger = self.merger if annotator == GOLD else None
            try:
                self.kept[key] = LoggedItems.of(
                    self.project, document, annotator, events, merger=merger
                )
            except (ProjectError, StoreError) as error:
                leave_out(f"the decisions on “{document}”", error.message)
                self.kept[key] = None
        return self.kept[key]


def entries(project: Project, wanted: EventFilter, limit: int | None = None) -> Iterator[LogEntry]:
    """The entries of the log that pass a filter, the newest first, at most `limit`.

    Raises UsageError for a document that is not in the project.
    """
    for document in wanted.documents:
        project.documents.load(document)
    cache = _Cache(project)
    found = groupby(
        project.log.latest(wanted), lambda e: (e.document, e.annotator, e.decision.group)
    )
    for (document, annotator, _), newest_first in islice(found, limit):
        events = tuple(reversed(list(newest_first)))
        items = cache.items(document, annotator)
        if items is None:
            continue
        group = tuple(event.decision for event in events)
        words = describe_event_group(items, group)
        yield LogEntry(document, annotator, who(events[0]), events[0].time, words, events)


def who(event: Event) -> str:
    """Who decided: the annotator, or the reviewer of the gold; empty for what a strategy merged or
    what a file brought into the gold."""
    return event.reviewer or ("" if event.annotator == GOLD else event.annotator)


def event_json(event: Event) -> dict[str, Any]:
    """An event as JSON values; `before` and `after` have the form that the database keeps."""
    decision = event.decision
    return {
        "id": event.id,
        "sequence": event.sequence,
        "revision": event.revision,
        "action": decision.action.value,
        "item": decision.item,
        "paragraph": decision.paragraph,
        "before": decision.before and standing_json(decision.before),
        "after": decision.after and standing_json(decision.after),
    }


__all__ = ["LogEntry", "LoggedItems", "entries", "event_json", "who"]
