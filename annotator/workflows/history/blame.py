"""Who is behind each annotation of a document: which decision gave it its label, bounds, names and
attributes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from annotator.model.annotation import fold
from annotator.model.blame import Blame, blame, fields_of
from annotator.model.decision import Action, Event, Standing
from annotator.model.decision_text import describe_value
from annotator.model.span import Annotation, Relation, Span, reading_order
from annotator.project import Project
from annotator.workflows.history.decisions import LoggedItems


@dataclass(frozen=True, slots=True)
class BlamedItem:
    """An annotation that stands in somebody's work, and the event behind each of its fields."""

    annotator: str
    paragraph: int
    value: Annotation
    words: str
    standing: Standing
    fields: Blame

    @property
    def changes(self) -> list[tuple[Event, list[str]]]:
        """The events behind it, the oldest first, each with its fields: `entity: Iran`."""
        values = fields_of(self.standing)
        found: dict[str, tuple[Event, list[str]]] = {}
        for name, event in self.fields.items():
            found.setdefault(event.id, (event, []))[1].append(_field(name, values[name]))
        return sorted(found.values(), key=lambda pair: pair[0].sequence)


def blamed(project: Project, document: str, annotator: str) -> list[BlamedItem]:
    """The annotations of one completion (`@gold` is the gold): each span in reading order, followed
    by the relations that point to it."""
    events = list(project.log.events(document, annotator))
    items = LoggedItems.of(project, document, annotator, events)
    state, _ = fold(event.decision for event in events)
    behind = blame(events)
    standing = {
        id: (paragraph, one)
        for paragraph, of in state.by_paragraph.items()
        for id, one in of.items()
    }

    def made(value: Annotation) -> BlamedItem:
        paragraph, one = standing[value.id]
        words = items.labelled(value)
        return BlamedItem(annotator, paragraph, value, words, one, behind.get(value.id, {}))

    return [made(value) for value in _ordered(state.spans(), state.relations())]


def how(item: BlamedItem, event: Event) -> str:
    """What an event did, in a word: `accepted`; a merge says by what it was decided."""
    action = event.decision.action
    if action is Action.MERGE and item.value.origin not in ("human", "suggestion"):
        return f"merged ({item.value.origin})"
    return _DONE.get(action, "changed")


_DONE = {
    Action.ACCEPT: "accepted",
    Action.CORRECT: "corrected",
    Action.ADD: "added",
    Action.NOTE: "noted",
    Action.FLAG: "flagged",
    Action.IMPORT: "imported",
    Action.MERGE: "merged",
    Action.UNDO: "undone",
    Action.REDO: "redone",
}


def _ordered(spans: list[Span], relations: list[Relation]) -> Iterator[Annotation]:
    for span in sorted(spans, key=reading_order):
        yield span
        yield from (one for one in relations if one.target == span.id)


def _field(name: str, value: object) -> str:
    """A field with its value; bounds and ends have none that people can read."""
    if name in ("bounds", "ends"):
        return name
    if name == "label" and isinstance(value, tuple):
        return f"label: {value[1]}"
    if name == "flag":
        return "flag"
    return f"{name}: {describe_value(value) if isinstance(value, str | int | list) else value}"


__all__ = ["BlamedItem", "blamed", "how"]
