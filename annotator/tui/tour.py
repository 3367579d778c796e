"""The guided tour: six things to do with the real keys, told one at a time beside the text.

Pure: what was done is seen from the states of review before and after, not from keys, so that rebound keys, the
palette and the mouse count as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntEnum

from annotator.model.annotation import Stack
from annotator.model.decision import Action, Decision, Group
from annotator.model.review import Mode, ReviewState
from annotator.model.span import Relation, Span
from annotator.tui.commands import KeyMap


class Step(IntEnum):
    """What is to be done next; the tour is over at END."""

    MOVE = 1
    ACCEPT = 2
    REJECT = 3
    CHANGE = 4
    STANCE = 5
    CLOSE = 6
    END = 7


@dataclass(frozen=True, slots=True)
class Tour:
    """Where in the tour somebody is, and the state that was seen last."""

    step: Step = Step.MOVE
    seen: ReviewState | None = None


def watch(tour: Tour, state: ReviewState) -> Tour:
    """The tour after the state has become this one: a step on when what it asks for was done."""
    before = tour.seen
    if tour.step is Step.END or before is None or before.document.id != state.document.id:
        return replace(tour, seen=state)
    done = _done(tour.step, before, state)
    return Tour(Step(tour.step + 1) if done else tour.step, state)


def _done(step: Step, before: ReviewState, after: ReviewState) -> bool:
    if step is Step.MOVE:
        return after.focus is not None and after.focus != before.focus
    groups = list(_new(before.history.undo, after.history.undo))
    return any(_is(step, decision) for group in groups for decision in group)


def _new(before: Stack, after: Stack) -> Iterator[Group]:
    """The groups pushed since; none when the history went back, or was read anew."""
    found: list[Group] = []
    while after is not None and after is not before:
        found.append(after[0])
        after = after[1]
    return iter(found if after is before else ())


def _is(step: Step, decision: Decision) -> bool:
    """Whether a decision is what a step asks for."""
    value = decision.after.value if decision.after else None
    if step is Step.ACCEPT:
        return decision.action is Action.ACCEPT
    if step is Step.REJECT:
        return decision.action in (Action.REJECT, Action.REMOVE)
    if step is Step.CHANGE:
        return isinstance(value, Span) and decision.action in (Action.CORRECT, Action.ADD)
    if step is Step.STANCE:
        return isinstance(value, Relation) and decision.action in (Action.CORRECT, Action.ADD)
    return decision.action is Action.CLOSE


def head(tour: Tour) -> str:
    """The title of the step."""
    return "TOUR done" if tour.step is Step.END else f"TOUR {int(tour.step)} of {len(Step) - 1}"


def words(tour: Tour, state: ReviewState, keys: KeyMap) -> str:
    """What to do now, with the keys as they are bound; at 80 columns two lines at most."""
    k = keys.shown
    item = state.focused
    if tour.step is Step.MOVE:
        return (
            "Marks dotted at their ends are suggestions, the heavy one is in focus. "
            f"{k('next')} goes to the next item, {k('previous')} back. Try it."
        )
    if tour.step in (Step.ACCEPT, Step.REJECT) and (item is None or not item.pending):
        return f"This one is decided. {k('next_undecided')} goes to the next suggestion."
    if tour.step is Step.ACCEPT:
        return (
            f"{k('accept')} accepts the suggestion in focus. Of a stance it takes the whole statement: holder, side "
            "and claim."
        )
    if tour.step is Step.REJECT:
        return f"{k('reject')} rejects what is wrong. {k('undo')} takes back anything, also after a restart."
    if tour.step is Step.CHANGE:
        return _change(state, keys)
    if tour.step is Step.STANCE:
        return _stance(state, keys)
    if tour.step is Step.CLOSE:
        return (
            f"{k('close')}: the paragraph is done, and the next one comes. What you left undecided stays undecided; "
            f"{k('accept_all')} accepts all of it first."
        )
    return (
        f"That is all of it; each key was saved at once. {k('help')} has the other keys. Your own texts, in a shell: "
        "annotator init DIR; cd DIR; annotator import FILE..."
    )


def _change(state: ReviewState, keys: KeyMap) -> str:
    k = keys.shown
    if state.mode is Mode.SELECT:
        return (
            f"{k('end_right')} and {k('end_left')} move the end by a word, {k('grow')} takes the phrase around; "
            f"{k('confirm')} takes it, {k('cancel')} leaves it."
        )
    if state.focused is None or not isinstance(state.focused.value, Span):
        return f"This is a stance. {k('next')} or {k('previous')} to a mark under the text, to mend one."
    digits = sorted(key for key in state.schema.span_keys if key.isdigit())
    label = f"{digits[0]}-{digits[-1]} gives this span another label" if digits else f"{k('label')} relabels"
    return f"Mend a suggestion: {label}, {k('bounds')} changes its bounds. Either accepts it."


def _stance(state: ReviewState, keys: KeyMap) -> str:
    k = keys.shown
    if state.mode is Mode.HOLDER:
        return f"Who holds it? Type the letter that stands on the holder, or {k('author')} for the author."
    if state.mode is Mode.SIDE:
        return "Which side? The keys are in the last line."
    value = state.focused.value if state.focused else None
    about = next((x for x in state.schema.span_layers if x.name in state.schema.statement_layers), None)
    if about is not None and (
        not isinstance(value, Span) or value.layer not in state.schema.statement_layers
    ):
        if not any(item.value.layer in state.schema.statement_layers for item in state.items):
            return (
                f"Now who takes which side, on a {about.name}. There is none here: {k('next_paragraph')} goes to the "
                f"next paragraph, {k('undo')} brings back what was rejected."
            )
        where = f"to a {about.name} (└{about.symbol} under the text)"
        return f"Now who takes which side. {k('next')} or {k('previous')} {where}."
    return f"{k('stance')} says who takes which side on this: then the holder's letter, then the side."


__all__ = ["Step", "Tour", "head", "watch", "words"]
