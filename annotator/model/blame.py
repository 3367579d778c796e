"""Finds out who gave each item each of its fields: the event behind everything in a completion.

The fields of a span are `label`, `bounds`, `entity` and its attributes, those of a relation
`label`, `ends` and its attributes; both can have a `note` and a `flag`, and a paragraph or a
document has a `mark`. A field belongs to the event that gave it its present value. An undo gives
it back to the event that it belonged to before, a redo to the one after.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from annotator.model.decision import Action, Event, Standing
from annotator.model.span import Relation, Span

Blame: TypeAlias = Mapping[str, Event]
"""A dict from field to the event that gave it its value; the oldest field first."""


def blame(events: Iterable[Event]) -> dict[str, Blame]:
    """A dict from item to its fields, for all items that have a state after these events, which are
    one annotator's work on one document in local order."""
    now: dict[str, Blame] = {}
    before: dict[tuple[str, str], Blame] = {}
    after: dict[tuple[str, str], Blame] = {}
    for event in events:
        decision = event.decision
        mine = now.get(decision.item, {})
        taken = (decision.reverts or "", decision.item)
        if decision.action is Action.UNDO and taken in before:
            changed = before[taken]
        elif decision.action is Action.REDO and taken in after:
            changed = after[taken]
        else:
            changed = _changed(mine, event)
        key = (decision.group, decision.item)
        before.setdefault(key, mine)
        after[key] = changed
        now[decision.item] = changed
    return {item: fields for item, fields in now.items() if fields}


def _changed(mine: Blame, event: Event) -> Blame:
    """The fields of an item after an event that is neither an undo nor a redo."""
    old, new = fields_of(event.decision.before), fields_of(event.decision.after)
    return {
        name: mine[name] if name in mine and old.get(name) == value else event
        for name, value in new.items()
    }


def fields_of(standing: Standing | None) -> dict[str, object]:
    """The fields of an item with their values; empty for an item without a state or annotation."""
    if standing is None or standing.value is None:
        return {}
    value = standing.value
    fields: dict[str, object] = {}
    if isinstance(value, Span):
        fields = {"label": (value.layer, value.label), "bounds": (value.start, value.end)}
        if value.entity is not None:
            fields["entity"] = value.entity
    elif isinstance(value, Relation):
        fields = {"label": (value.layer, value.label), "ends": (value.source, value.target)}
    else:
        fields = {"mark": value}
    if isinstance(value, Span | Relation):
        fields |= value.attributes
    if standing.note:
        fields["note"] = standing.note
    if standing.flagged:
        fields["flag"] = True
    return fields


__all__ = ["Blame", "blame", "fields_of"]
