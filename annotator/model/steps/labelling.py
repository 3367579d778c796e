"""Steps that give a label: to the item in focus, or to the selection, which makes it a span."""

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
from annotator.model.span import Relation, Span
from annotator.model.state import Mode, ReviewState
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
    known = state.schema.layer(item.value.layer)
    if known is None or known.kind != layer.kind:
        return say(state, f"{action.label} is a label for a {layer.kind}, not for what is in focus")
    value = replace(item.value, label=action.label)
    if action.layer != item.value.layer:
        hanging = [d for d in removed(state, item) if d.item != item.id]
        if hanging:
            return say(state, "remove the stances on it before it changes its layer")
        question = (
            f"{name_of(state, item.value)} is {with_article(item.value.layer)}: "
            f"press again to make it {with_article(layer.name)}"
        )
        if asking := ask(state, f"layer:{item.id}:{action.label}", f"{question} ({action.label})"):
            return asking
        value = replace(value, layer=action.layer, attributes=defaults(state.schema, action.layer))
        if isinstance(value, Span):
            value = replace(value, entity=None)
    decisions = changed(state, item, value)
    now = action.label
    if action.layer != item.value.layer:
        now = f"{with_article(layer.name)} ({action.label})"
    after, group = commit(state, decisions, f"{name_of(state, item.value)} is now {now}")
    last = (action.layer, action.label) if layer.kind == "span" else state.last_label
    return replace(after, last_label=last), group


def label_selection(state: ReviewState, action: do.SetLabel) -> Step:
    """Commit the selection: new bounds and label of the span being edited, or a new span."""
    chosen = state.selection
    assert chosen is not None
    layer = state.schema.layer(action.layer)
    if layer is None or layer.kind != "span":
        return say(state, f"{action.label} is a side of a stance, not a label of a span")
    last = (action.layer, action.label)
    if chosen.item is not None:
        item = state.find(chosen.item)
        if item is not None and isinstance(item.value, Relation):
            return say(state, f"the cue of a {item.value.layer} has no label; confirm its bounds")
        if item is None or not isinstance(item.value, Span):
            return say(state, "the span being changed is gone")
        if action.layer != item.value.layer:
            return say(state, f"{action.label} belongs to another layer; confirm the bounds first")
        moved, said = rebound(state, item, chosen.start, chosen.end)
        after, group = commit(state, changed(state, item, replace(moved, label=action.label)), said)
        return replace(after, focus=item.id, last_label=last), group
    twin = next(
        (
            i
            for i in state.items
            if isinstance(i.value, Span)
            and (i.value.layer, i.value.start, i.value.end)
            == (action.layer, chosen.start, chosen.end)
        ),
        None,
    )
    if twin is not None:
        focused = replace(state, focus=twin.id, mode=Mode.BROWSE, selection=None, last_label=last)
        return on_set_label(focused, action)
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
