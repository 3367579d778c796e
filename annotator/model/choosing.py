"""Choosing between several versions of one thing, in review."""

from __future__ import annotations

from dataclasses import replace

from annotator.model import actions as do
from annotator.model.deciding import accepted, advance, changed, decide, paragraph_of, removed
from annotator.model.decision import Action, Decision, Status
from annotator.model.span import AUTHOR, Annotation, Relation, Span
from annotator.model.state import ReviewState, Step, commit


def on_choose(state: ReviewState, action: do.Choose) -> Step:
    """See `actions.Choose`; one group, so that one undo takes it back."""
    decisions: dict[str, Decision] = {}
    for value in action.take:
        for decision in _taken(state, value):
            decisions.setdefault(decision.item, decision)
    spans = [value for value in action.take if isinstance(value, Span)]
    for id in action.drop:
        item = state.find(id)
        if item is None or (item.standing is not None and item.pending and not item.undecided):
            continue
        for decision in removed(state, item):
            moved = _moved(state, decision, id, spans)
            decisions.setdefault(decision.item, moved or decision)
    if not decisions:
        return advance(replace(state, message="that is how it stands already"), state.focus), ()
    after, group = commit(state, list(decisions.values()), action.words)
    return advance(after, state.focus), group


def _taken(state: ReviewState, value: Annotation) -> list[Decision]:
    """The decisions that make a version stand, after those on a relation's pending ends."""
    item = state.find(value.id)
    if item is not None and not item.pending and item.value == value:
        return []
    out: list[Decision] = []
    if isinstance(value, Relation):
        for end in (value.source, value.target):
            other = state.find(end) if end != AUTHOR else None
            if other is not None and other.pending:
                out += accepted(state, other)
    paragraph = paragraph_of(state, value)
    return [*out, decide(state, Action.ACCEPT, value.id, paragraph, Status.ACCEPTED, value)]


def _moved(state: ReviewState, decision: Decision, dropped: str, spans: list[Span]) -> Decision | None:
    """In place of the removal of a relation that hung on a dropped span: the same on the one span taken."""
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
    return changed(state, item, value)[-1]


__all__ = ["on_choose"]
