"""Steps that fill in the attributes of an item: names, choices, numbers, the cue of a stance."""

from __future__ import annotations

from dataclasses import replace

from annotator.model import actions as do
from annotator.model.decision import Decision
from annotator.model.decision_text import LONGEST, both_ends, describe_value, holder_of
from annotator.model.items import Item
from annotator.model.schema import Attribute
from annotator.model.span import Annotation, Attributes, Relation, Span, Value
from annotator.model.state import ReviewState
from annotator.model.steps.deciding import changed
from annotator.model.steps.outcome import Step, commit, say
from annotator.model.text import enumerated


def on_set_attribute(state: ReviewState, action: do.SetAttribute) -> Step:
    item = state.focused
    layer = state.schema.layer(item.value.layer) if item else None
    attribute = layer.attribute(action.name) if layer else None
    if item is None or attribute is None:
        return say(state, f"nothing in focus has the attribute {action.name}")
    problem = attribute.problem(action.value) if action.value is not None else None
    if problem:
        return say(state, f"{action.name} {problem}")
    decisions: list[Decision] = []
    for one in _with_it(state, item):
        value = _set(one.value, attribute, action.value)
        if value != one.value or one.pending:
            decisions += changed(state, one, value)
    if not decisions:
        return say(state, "unchanged")
    message = f"{action.name}: {_value_in_words(state, attribute, action.value)}"
    if item.pending:
        message = f"accepted, {message}"
    after, group = commit(state, decisions, message + _for_whom(state))
    return replace(after, focus=item.id, together=state.together), group


def _set(value: Annotation, attribute: Attribute, to: Value | None) -> Annotation:
    """The annotation with another value of an attribute; None and empty values clear it."""
    if attribute.type == "entity" and isinstance(value, Span):
        name = to.strip() if isinstance(to, str) else ""
        return replace(value, entity=name or None)
    return replace(value, attributes=_with(value.attributes, attribute.name, to))


def _with_it(state: ReviewState, item: Item) -> list[Item]:
    """The item, and the stances that were made with it by one key."""
    several = (state.find(id) for id in state.together) if item.id in state.together else ()
    return [one for one in several if one is not None] or [item]


def _for_whom(state: ReviewState) -> str:
    """The holders whose stances were changed, if there are several."""
    values = [one.value for id in state.together if (one := state.find(id)) is not None]
    names = {holder_of(state, v): None for v in values if isinstance(v, Relation)}
    return f", for {enumerated(names)}" if len(names) > 1 else ""


def _value_in_words(state: ReviewState, attribute: Attribute, value: Value | None) -> str:
    """The value of an attribute in words; of a stretch of text its quotation."""
    if attribute.type == "span" and isinstance(value, list):
        start, end = (int(x) for x in value)
        return f"“{both_ends(state.document.quote(start, end), LONGEST)}”"
    return describe_value(value)


def on_next_value(state: ReviewState, action: do.NextValue) -> Step:
    item = state.focused
    layer = state.schema.layer(item.value.layer) if item else None
    every = [a for a in layer.attributes if a.values and not a.multiple] if layer else []
    if item is None or not 0 <= action.number < len(every):
        return say(state, "the item in focus has no such attribute" if item else "nothing in focus")
    attribute = every[action.number]
    held = item.value.attributes.get(attribute.name)
    at = attribute.values.index(held) + 1 if held in attribute.values else 0
    value = attribute.values[at % len(attribute.values)]
    return on_set_attribute(state, do.SetAttribute(attribute.name, value))


def _with(attributes: Attributes, name: str, value: Value | None) -> Attributes:
    rest = {key: old for key, old in attributes.items() if key != name}
    return rest if value is None or value in ("", []) else {**rest, name: value}


__all__ = ["on_next_value", "on_set_attribute"]
