"""The guided tour: eight things to do with the real keys, shown one at a time below the text.

Pure: the tour sees what was done from the states of review before and after, not from keys, so
rebound keys, the palette and the mouse count as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum

from annotator.model.annotation import Stack
from annotator.model.decision import Action, Decision, Group
from annotator.model.review import Mode, ReviewState
from annotator.model.span import Relation, Span, contains
from annotator.tui.key_map import KeyMap


class TourStep(IntEnum):
    """What to do next; the tour is over at END."""

    MOVE = 1
    ACCEPT = 2
    REJECT = 3
    CHANGE = 4
    NAME = 5
    JUMP = 6
    STANCE = 7
    CLOSE = 8
    END = 9


@dataclass(frozen=True, slots=True)
class Tour:
    """The step of the tour, and the last state seen."""

    step: TourStep = TourStep.MOVE
    seen: ReviewState | None = None


def watch(tour: Tour, state: ReviewState) -> Tour:
    """The tour after a change to this state; it advances if the step was done."""
    before = tour.seen
    if tour.step is TourStep.END or before is None or before.document.id != state.document.id:
        return replace(tour, seen=state)
    done = _done(tour.step, before, state)
    return Tour(TourStep(tour.step + 1) if done else tour.step, state)


def _done(step: TourStep, before: ReviewState, after: ReviewState) -> bool:
    if step is TourStep.MOVE:
        return after.focus is not None and after.focus != before.focus
    groups = list(_new(before.history.undo, after.history.undo))
    return any(_is(step, decision, after) for group in groups for decision in group)


def _new(before: Stack, after: Stack) -> Iterator[Group]:
    """The groups pushed since; none if the history went back or was read again."""
    found: list[Group] = []
    while after is not None and after is not before:
        found.append(after[0])
        after = after[1]
    return iter(found if after is before else ())


def _is(step: TourStep, decision: Decision, state: ReviewState) -> bool:
    """Whether a decision completes a step."""
    value = decision.after.value if decision.after else None
    if step is TourStep.NAME:
        old = decision.before.value if decision.before else None
        return isinstance(value, Span) and _names(state, value) not in ("", _names(state, old))
    if step is TourStep.STANCE and isinstance(value, Relation) and _within_itself(state, value):
        return False
    kind, actions = _COMPLETED_BY.get(step, (object, (Action.CLOSE,)))
    return isinstance(value, kind) and decision.action in actions


_COMPLETED_BY: Mapping[TourStep, tuple[type, tuple[Action, ...]]] = {
    TourStep.ACCEPT: (object, (Action.ACCEPT,)),
    TourStep.REJECT: (object, (Action.REJECT, Action.REMOVE)),
    TourStep.CHANGE: (Span, (Action.CORRECT, Action.ADD)),
    TourStep.JUMP: (Span, (Action.ADD,)),
    TourStep.STANCE: (Relation, (Action.CORRECT, Action.ADD)),
}
"""What a decision is on, and which ones complete a step."""


def _names(state: ReviewState, value: object) -> object:
    """The entity or concept of a span; empty if it has none or there is no span."""
    if not isinstance(value, Span):
        return ""
    layer = state.schema.layer(value.layer)
    concept = layer.attribute_of_type("concept") if layer else None
    return value.entity or (value.attributes.get(concept.name, "") if concept else "")


def _within_itself(state: ReviewState, relation: Relation) -> bool:
    """Whether the holder is inside the claim: then the text speaks about the holder, who says
    nothing."""
    source, target = (state.find(end) for end in (relation.source, relation.target))
    if source is None or target is None:
        return False
    ends = (target.value, source.value)
    return isinstance(ends[0], Span) and isinstance(ends[1], Span) and contains(ends[0], ends[1])


def head(tour: Tour) -> str:
    """The title of the step."""
    return (
        "TOUR done"
        if tour.step is TourStep.END
        else f"TOUR {int(tour.step)} of {len(TourStep) - 1}"
    )


def words(tour: Tour, state: ReviewState, keys: KeyMap) -> str:
    """What to do now, with the current keys; at 80 columns, at most two lines."""
    k = keys.shown
    item = state.focused
    if tour.step is TourStep.MOVE:
        return (
            "Marks with dotted ends are suggestions; the heavy one is in focus. "
            f"{k('next')} goes to the next item, {k('previous')} back. Try it."
        )
    if tour.step in (TourStep.ACCEPT, TourStep.REJECT) and (item is None or not item.pending):
        return f"This one is decided. {k('next_undecided')} goes to the next suggestion."
    if tour.step is TourStep.ACCEPT:
        return (
            f"{k('accept')} accepts the suggestion in focus. On a stance, it accepts the whole "
            "statement: holder, side and claim."
        )
    if tour.step is TourStep.REJECT:
        return (
            f"{k('reject')} rejects what is wrong. {k('undo')} takes back anything, also after "
            "a restart."
        )
    if tour.step is TourStep.CHANGE:
        return _change(state, keys)
    if tour.step is TourStep.NAME:
        return _name(state, keys)
    if tour.step is TourStep.JUMP:
        return _jump(state, keys)
    if tour.step is TourStep.STANCE:
        return _stance(state, keys)
    if tour.step is TourStep.CLOSE:
        return (
            f"{k('close')} finishes the paragraph and goes to the next. If something is left, "
            f"it asks first; {k('accept_all')} accepts everything."
        )
    return (
        f"That is all; everything was saved. {k('help')} has the other keys, {k('quit')} quits. "
        "Your own texts, in a shell: annotator init DIR; cd DIR; annotator import FILE..."
    )


def _change(state: ReviewState, keys: KeyMap) -> str:
    k = keys.shown
    if state.mode is Mode.SELECT:
        return (
            f"{k('end_right')} and {k('end_left')} move the end by a word, {k('grow')} takes "
            f"the phrase around; {k('confirm')} takes it, {k('cancel')} leaves it as it was."
        )
    if state.focused is None or not isinstance(state.focused.value, Span):
        return (
            f"This is a stance. {k('next')} or {k('previous')} goes to a mark under the text "
            "that you can correct."
        )
    layer = state.schema.layer(state.focused.value.layer)
    labels = [f"{label.key} {label.name}" for label in layer.labels if label.key] if layer else []
    named = f"{', '.join(labels[:5])}" if labels else f"{k('label')} relabels"
    return (
        f"Correct one: {named}; {k('bounds')} changes its bounds. {k('guidelines')} shows the "
        "guideline of its label."
    )


def _name(state: ReviewState, keys: KeyMap) -> str:
    k = keys.shown
    value = state.focused.value if state.focused else None
    layer = state.schema.layer(value.layer) if value else None
    kind = next((x for x in ("entity", "concept") if layer and layer.attribute_of_type(x)), "name")
    if not isinstance(value, Span):
        return (
            f"Actors have an entity, claims a concept. First go to one of them with {k('next')} "
            f"or {k('previous')}."
        )
    return (
        f"{k('name')} writes the {kind}: one name for one thing in all texts. Known names are "
        "offered: a digit takes one, tab completes what you type, enter takes the line."
    )


def _jump(state: ReviewState, keys: KeyMap) -> str:
    k = keys.shown
    if state.mode is Mode.SELECT:
        labels = "  ".join(
            f"{key} {label.name}" for key, (_, label) in list(state.schema.span_keys.items())[:3]
        )
        return (
            f"{k('end_right')} makes it longer, {k('end_left')} shorter; a label's key makes it "
            f"a span: {labels} …"
        )
    return (
        f"Mark what nobody suggested: {k('jump')} puts letters on all words. Type those of the "
        "first word, then make it longer and give it a label."
    )


def _stance(state: ReviewState, keys: KeyMap) -> str:
    k = keys.shown
    value = state.focused.value if state.focused else None
    if isinstance(value, Relation) and _within_itself(state, value) and state.mode is Mode.BROWSE:
        return (
            f"That holder is inside the claim itself. Who says it? {k('undo')} takes it "
            "back; try another."
        )
    if state.mode is Mode.HOLDER:
        author = f"If the text itself says it, it is the author: {k('author')}."
        return f"Who holds it? Type the letter of the actor who says it. {author}"
    if state.mode is Mode.SIDE:
        return "Which side? The keys are in the last line."
    if not (isinstance(value, Span) and value.layer in state.schema.statement_layers):
        return _to_a_claim(state, keys) or _on_this(keys)
    return _on_this(keys)


def _on_this(keys: KeyMap) -> str:
    key = keys.shown("stance")
    return f"{key} says who takes which side on this: then the holder's letter, then the side."


def _to_a_claim(state: ReviewState, keys: KeyMap) -> str:
    """How to get to something on which somebody can take a side; empty if the schema has nothing of
    the kind."""
    k, layers = keys.shown, state.schema.statement_layers
    about = next((x for x in state.schema.span_layers if x.name in layers), None)
    if about is None:
        return ""
    if not any(item.value.layer in layers for item in state.items):
        return (
            f"Now who takes which side, on a {about.name}. There is none here: "
            f"{k('next_paragraph')} goes to the next paragraph, {k('undo')} brings back "
            "what was rejected."
        )
    return (
        f"Now who takes which side. {k('next')} or {k('previous')} goes to a {about.name} "
        f"(└{about.symbol} under the text)."
    )


__all__ = ["Tour", "TourStep", "head", "watch", "words"]
