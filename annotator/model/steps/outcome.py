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
from annotator.model.decision_text import labelled
from annotator.model.span import AUTHOR, Annotation, Relation, identity
from annotator.model.state import Mode, ReviewState
from annotator.model.steps.twins import twin_of
from annotator.model.text import with_article

Step: TypeAlias = tuple[ReviewState, Group]


_BACK = frozenset((Action.UNDO, Action.REDO))


def _is_meant(state: ReviewState, decision: Decision) -> bool:
    """Whether a decision may create a copy of another annotation: because it takes something back,
    or because it accepts what an annotator made beside the other, with another name."""
    proposed = state.proposed.get(decision.item)
    beside = proposed is not None and proposed.beside
    return decision.action in _BACK or (beside and decision.action is Action.ACCEPT)


def there_already(state: ReviewState, twin: Annotation) -> str:
    """The message that something is there already."""
    what = with_article(labelled(state, twin))
    return f"there is {what} already, so nothing changed; x removes the one in focus"


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
    there = {identity(relation) for relation in annotations.relations()}
    return tuple(
        Decision(first.group, Action.ACCEPT, s.id, s.paragraph, own, _accepted(value, own))
        for s, value, own in waiting
        if {value.source, value.target} <= standing and identity(value) not in there
    )


def _is_open(own: Standing | None) -> bool:
    return own is None or (own.value is None and own.status is Status.MARKED)


def _accepted(value: Relation, own: Standing | None) -> Standing:
    """The relation as accepted, with the note and the flag that it has."""
    base = own or Standing(Status.MARKED)
    return Standing(Status.ACCEPTED, value, base.note, base.flagged)


def commit(state: ReviewState, decisions: Sequence[Decision], message: str = "") -> Step:
    """The state after these decisions, back in browse mode; the focus stays where it is if
    possible. If something would be there twice, nothing changes and the message says why."""
    if not decisions:
        return say(state, message)
    group = tuple(decisions)
    annotations = state.annotations.apply(group)
    if state.finished is Completion.GOLD and (
        following := _following(state, annotations, group[0])
    ):
        group = (*group, *following)
        annotations = annotations.apply(following)
    by_hand = [decision for decision in group if not _is_meant(state, decision)]
    if twin := twin_of(state.annotations, annotations, by_hand):
        return say(state, there_already(state, twin))
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
