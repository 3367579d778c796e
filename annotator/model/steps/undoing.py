"""Steps that take decisions back, and redo them."""

from __future__ import annotations

from dataclasses import replace

from annotator.model import actions as do
from annotator.model.decision import (
    Decision,
    ItemValue,
    Status,
    redo_of,
    undo_of,
)
from annotator.model.decision_text import (
    describe,
    describe_group,
    name_of,
)
from annotator.model.span import Relation, Span
from annotator.model.state import ReviewState, arrive
from annotator.model.steps.outcome import Step, commit, say, there_already
from annotator.model.steps.twins import twin_of


def on_undo(state: ReviewState, _: do.Undo) -> Step:
    if state.history.undo is None:
        return say(state, "nothing to undo")
    taken = state.history.undo[0]
    group = undo_of(taken, state.new_id())
    return _revert(state, group, f"undone: {describe_group(state, taken, values=False)}")


def on_take_back(state: ReviewState, action: do.TakeBack) -> Step:
    stack = state.history.undo
    while stack is not None and stack[0][0].group != action.group:
        stack = stack[1]
    if stack is None:
        return say(state, "that is already taken back")
    taken = stack[0]
    if (problem := _hangs_on(state, taken)) is not None:
        return say(state, problem)
    group = undo_of(taken, state.new_id())
    if twin := twin_of(state.annotations, state.annotations.apply(group), group):
        return say(state, there_already(state, twin))
    return _revert(state, group, f"taken back: {describe_group(state, taken, values=False)}")


def _hangs_on(state: ReviewState, group: tuple[Decision, ...]) -> str | None:
    """Why a group cannot be taken back alone: one of its items was changed later, or a stance
    depends on one it made."""
    made = set()
    for decision in group:
        now = state.annotations.get(decision.item, decision.paragraph)
        if now != decision.after:
            what = describe(state, decision, values=False)
            return f"{what}: you changed this again later; take back that change first"
        if isinstance(decision.after and decision.after.value, Span) and not (
            decision.before and isinstance(decision.before.value, Span)
        ):
            made.add(decision.item)
    own = {decision.item for decision in group}
    for relation in state.annotations.relations() if made else ():
        if relation.id not in own and made & {relation.source, relation.target}:
            return f"a {relation.layer} depends on it: {name_of(state, relation)}"
    return None


def on_redo(state: ReviewState, _: do.Redo) -> Step:
    if state.history.redo is None:
        return say(state, "nothing to redo")
    group = redo_of(state.history.redo[0], state.new_id())
    return _revert(state, group, f"redone: {describe_group(state, group, values=False)}")


def _revert(state: ReviewState, group: tuple[Decision, ...], message: str) -> Step:
    """Record an undo or redo, and go to where it changed something."""
    after, recorded = commit(state, group)
    place = next((d for d in reversed(group) if d.paragraph >= 0), None)
    if place is not None:
        after = arrive(after, place.paragraph, place.item)
    gone = next((d.before.value for d in group if d.before is not None and _is_gone(d)), None)
    if gone is not None:
        after = replace(after, focus=_near(after, gone) or after.focus)
    return replace(after, message=message), recorded


def _is_gone(decision: Decision) -> bool:
    """Whether something that an annotator added is no longer there."""
    before = decision.before
    return decision.after is None and before is not None and before.status is Status.ADDED


def _near(state: ReviewState, gone: ItemValue | None) -> str | None:
    """The item of the paragraph nearest to one that is gone: the target of a relation, or the last
    item that begins before a span; None if there is none."""
    if isinstance(gone, Relation):
        return gone.target if any(item.id == gone.target for item in state.items) else None
    if not isinstance(gone, Span):
        return None
    before = [
        (item.value.start, item.id)
        for item in state.items
        if isinstance(item.value, Span) and item.value.start <= gone.start
    ]
    return max(before)[1] if before else None
