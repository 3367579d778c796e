"""Steps that give a label: to the item in focus, or to the selection, which becomes a span."""

from __future__ import annotations

from dataclasses import replace

from annotator.model import actions as do
from annotator.model.decision import (
    Action,
    Status,
)
from annotator.model.decision_text import (
    describe,
    name_of,
)
from annotator.model.items import Item
from annotator.model.schema import Layer
from annotator.model.span import Annotation, Relation, Span
from annotator.model.state import Mode, ReviewState, Selection
from annotator.model.steps.deciding import changed, decide, defaults, on_accept, rebound, removed
from annotator.model.steps.outcome import Step, ask, commit, say
from annotator.model.steps.proposed_names import made
from annotator.model.text import with_article


def on_set_label(state: ReviewState, action: do.SetLabel) -> Step:
    layer = state.schema.layer(action.layer)
    if layer is None or (layer.label(action.label) is None and not layer.open):
        return say(state, f"the schema has no label {action.layer} {action.label}")
    if state.mode is Mode.SELECT and state.selection is not None:
        return label_selection(state, action)
    item = state.focused
    if item is None:
        return say(state, "nothing in focus to label; v begins a new span")
    if (item.value.layer, item.value.label) == (action.layer, action.label):
        return (
            on_accept(state, do.Accept()) if item.pending else say(state, f"already {action.label}")
        )
    return _relabel(state, item, layer, action.label)


def _relabel(state: ReviewState, item: Item, layer: Layer, label: str) -> Step:
    """Give the item in focus another label, perhaps one of another layer."""
    known = state.schema.layer(item.value.layer)
    if known is None or known.kind != layer.kind:
        return say(state, f"{label} is a label for a {layer.kind}, not for what is in focus")
    value, now = replace(item.value, label=label), label
    if layer.name != item.value.layer:
        if refused := _keeps_its_layer(state, item, layer, label):
            return refused
        value, now = _moved(state, value, layer), f"{with_article(layer.name)} ({label})"
    message = f"{name_of(state, item.value)} is now {now}"
    after, group = commit(state, changed(state, item, value), message)
    last = (layer.name, label) if layer.kind == "span" else state.last_label
    return replace(after, last_label=last), group


def _keeps_its_layer(state: ReviewState, item: Item, layer: Layer, label: str) -> Step | None:
    """The step that says why an item cannot change its layer now, or that asks; None if it may
    change."""
    if any(decision.item != item.id for decision in removed(state, item)):
        return say(state, "remove the stances on it before it changes its layer")
    question = (
        f"{name_of(state, item.value)} is {with_article(item.value.layer)}: "
        f"press again to make it {with_article(layer.name)}"
    )
    return ask(state, f"layer:{item.id}:{label}", f"{question} ({label})")


def _moved(state: ReviewState, value: Annotation, layer: Layer) -> Annotation:
    """The annotation in another layer, without attributes that only its old layer has."""
    value = replace(value, layer=layer.name, attributes=defaults(state.schema, layer.name))
    return replace(value, entity=None) if isinstance(value, Span) else value


def label_selection(state: ReviewState, action: do.SetLabel) -> Step:
    """Commit the selection: new bounds and label of the span being edited, or a new span."""
    chosen = state.selection
    assert chosen is not None
    layer = state.schema.layer(action.layer)
    if layer is None or layer.kind != "span":
        return say(state, f"{action.label} is a side of a stance, not a label of a span")
    if chosen.item is not None:
        return _label_edited(state, chosen, chosen.item, action)
    last, place = (action.layer, action.label), (action.layer, chosen.start, chosen.end)
    for item in state.items:
        if isinstance(v := item.value, Span) and (v.layer, v.start, v.end) == place:
            focused = replace(state, focus=item.id, mode=Mode.BROWSE, selection=None)
            return on_set_label(replace(focused, last_label=last), action)
    new = Span(
        state.new_id(1),
        action.layer,
        action.label,
        chosen.start,
        chosen.end,
        attributes=defaults(state.schema, action.layer),
        origin=state.origin,
    )
    new = made(state, new)
    added = decide(state, Action.ADD, new.id, state.paragraph, Status.ADDED, new)
    after, group = commit(state, [added], describe(state, added))
    return replace(after, focus=new.id, last_label=last), group


def _label_edited(state: ReviewState, chosen: Selection, id: str, action: do.SetLabel) -> Step:
    """Give the span whose bounds are being edited these bounds and a label."""
    item = state.find(id)
    if item is not None and isinstance(item.value, Relation):
        return say(state, f"the cue of a {item.value.layer} has no label; confirm its bounds")
    if item is None:
        return say(state, "the span being changed is gone")
    if action.layer != item.value.layer:
        return say(state, f"{action.label} belongs to another layer; confirm the bounds first")
    moved, message = rebound(state, item, chosen.start, chosen.end)
    after, group = commit(state, changed(state, item, replace(moved, label=action.label)), message)
    return replace(after, focus=item.id, last_label=(action.layer, action.label)), group
