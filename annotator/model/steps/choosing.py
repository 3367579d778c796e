"""Choosing between several versions of one thing, in review."""

from __future__ import annotations

from dataclasses import replace

from annotator.model import actions as do
from annotator.model.decision import Action, Decision, Status
from annotator.model.fields import Field, fields_of
from annotator.model.items import Item
from annotator.model.span import AUTHOR, Annotation, Relation, Span, Value, identity
from annotator.model.state import ReviewState
from annotator.model.steps.deciding import accepted, advance, changed, decide, paragraph_of, removed
from annotator.model.steps.outcome import Step, commit, say


def on_choose(state: ReviewState, action: do.Choose) -> Step:
    """See `actions.Choose`; one group, so that one undo takes it back."""
    decisions: dict[str, Decision] = {}
    for value in action.take:
        for decision in _taken(state, value):
            decisions.setdefault(decision.item, decision)
    spans = [value for value in action.take if isinstance(value, Span)]
    for id in action.drop:
        for decision in _dropped(state, id, spans):
            decisions.setdefault(decision.item, decision)
    if not decisions:
        return say(state, "that is already so")
    after, group = commit(state, list(decisions.values()), action.words)
    return (advance(after, state.focus) if group else after), group


def on_choose_several(state: ReviewState, action: do.ChooseSeveral) -> Step:
    """See `actions.ChooseSeveral`."""
    group: list[Decision] = []
    at, refused = state, ""
    for choice in action.choices:
        at, decisions = on_choose(at, choice)
        refused = refused or ("" if decisions else at.message)
        group += [replace(decision, group=state.new_id()) for decision in decisions]
    if not group:
        return say(state, refused)
    history = state.history.push(tuple(group))
    after = replace(at, history=history, message=action.words)
    return advance(replace(after, focus=state.focus), state.focus), tuple(group)


def _taken(state: ReviewState, value: Annotation) -> list[Decision]:
    """The decisions that make a version stand, after those on a relation's pending ends."""
    item = state.find(value.id)
    if item is not None and not item.pending and not item.undecided and item.value == value:
        return []
    ends = (value.source, value.target) if isinstance(value, Relation) else ()
    others = [state.find(end) for end in ends if end != AUTHOR]
    out = [d for one in others if one is not None and one.pending for d in accepted(state, one)]
    paragraph = paragraph_of(state, value)
    decision = decide(state, Action.ACCEPT, value.id, paragraph, Status.ACCEPTED, value)
    assert decision.after is not None
    # A version is accepted as it is, including its empty fields.
    return [*out, replace(decision, after=replace(decision.after, open=()))]


def _dropped(state: ReviewState, id: str, taken: list[Span]) -> list[Decision]:
    """The decisions that reject a version in favour of those that are `taken`; none if it is
    rejected already."""
    item = state.find(id)
    if item is None or (item.standing is not None and item.pending and not item.undecided):
        return []
    return [_moved(state, one, id, taken) or one for one in removed(state, item)]


def _moved(
    state: ReviewState, decision: Decision, dropped: str, spans: list[Span]
) -> Decision | None:
    """A relation on a dropped span is moved to the one span that was taken, instead of being
    removed."""
    before = decision.before.value if decision.before else None
    if len(spans) != 1 or not isinstance(before, Relation) or decision.item == dropped:
        return None
    item = state.find(decision.item)
    if item is None:
        return None
    value = replace(
        before,
        source=spans[0].id if before.source == dropped else before.source,
        target=spans[0].id if before.target == dropped else before.target,
    )
    if identity(value) in {identity(one) for one in state.annotations.relations()}:
        return None
    return changed(state, item, value)[-1]


def _settled(
    state: ReviewState, item: Item, field: Field, content: Value | None
) -> tuple[Decision, tuple[str, ...]]:
    """The decision that gives a field of an item its content, and the fields that are still
    open."""
    value = replace(field.put(item.value, content), origin=state.origin)
    paragraph = paragraph_of(state, value)
    decision = decide(state, Action.ACCEPT, item.id, paragraph, Status.ACCEPTED, value)
    assert decision.after is not None
    left = tuple(name for name in decision.after.open if name != field.name)
    return replace(decision, after=replace(decision.after, open=left)), left


def on_settle(state: ReviewState, action: do.Settle) -> Step:
    """See `actions.Settle`. The item stands from then on, with
    the fields that are left still open."""
    item = state.focused
    if item is None:
        return say(state, "nothing in focus")
    fields = fields_of(item.value.layer, state.schema, [item.value])
    field = next((one for one in fields if one.name == action.field), None)
    if field is None:
        return say(state, f"nothing in focus has the field {action.field}")
    content = field.of(action.value) if action.value is not None else None
    decision, left = _settled(state, item, field, content)
    decisions = [d for d in accepted(state, item) if d.item != item.id] if item.pending else []
    if decision.before == decision.after and not decisions:
        return say(state, "that is already so")
    settled, group = commit(state, [*decisions, decision], action.words)
    if not group:
        return settled, ()
    if left:
        return replace(settled, focus=item.id), group
    return advance(settled, item.id), group


__all__ = ["on_choose", "on_choose_several", "on_settle"]
