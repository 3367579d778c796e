"""What an action leads to: the next state with the decisions to record, a message, or a
question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

from annotator.model.annotation import AnnotationSet
from annotator.model.decision import (
    Action,
    Completion,
    Decision,
    Group,
    Standing,
    Status,
)
from annotator.model.span import AUTHOR, Relation
from annotator.model.state import Mode, ReviewState

Step: TypeAlias = tuple[ReviewState, Group]


def ask(state: ReviewState, what: str, message: str) -> Step | None:
    """None if the step before asked `what`, so that it is confirmed now; otherwise the step that
    asks."""
    if state.asked == what:
        return None
    return replace(state, asked=what, message=message), ()


def say(state: ReviewState, message: str) -> Step:
    """The unchanged state with a message that says why."""
    return replace(state, message=message), ()


def _following(
    state: ReviewState, annotations: AnnotationSet, first: Decision
) -> tuple[Decision, ...]:
    """Decisions that accept the relations that everybody made, once both of their ends are
    accepted."""
    waiting = [
        (s, s.value, annotations.get(s.id, index))
        for index, several in state.suggestions.items()
        for s in several
        if s.follows and isinstance(s.value, Relation)
    ]
    waiting = [one for one in waiting if _is_open(one[2])]
    if not waiting:
        return ()
    standing = {AUTHOR, *(span.id for span in annotations.spans())}
    return tuple(
        Decision(first.group, Action.ACCEPT, s.id, s.paragraph, own, _accepted(value, own))
        for s, value, own in waiting
        if {value.source, value.target} <= standing
    )


def _is_open(own: Standing | None) -> bool:
    return own is None or (own.value is None and own.status is Status.MARKED)


def _accepted(value: Relation, own: Standing | None) -> Standing:
    """The relation as accepted, with the note and the flag that it has."""
    base = own or Standing(Status.MARKED)
    return Standing(Status.ACCEPTED, value, base.note, base.flagged)


def commit(state: ReviewState, decisions: Sequence[Decision], message: str = "") -> Step:
    """The state after these decisions, back in browse mode; the focus stays where it can."""
    if not decisions:
        return say(state, message)
    group = tuple(decisions)
    annotations = state.annotations.apply(group)
    if state.finished is Completion.GOLD and (
        following := _following(state, annotations, group[0])
    ):
        group = (*group, *following)
        annotations = annotations.apply(following)
    after = replace(
        state,
        annotations=annotations,
        history=state.history.push(group),
        serial=state.serial + len(group) + 1,
        mode=Mode.BROWSE,
        selection=None,
        draft=None,
        message=message,
    )
    return after, group
