"""The guided tour: eight things to do with the real keys, shown one at a time below the text.

Pure: the tour sees what was done from the states of review before and after, not from keys, so
rebound keys, the palette and the mouse count as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
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


def name_confirmed(tour: Tour) -> Tour:
    """The tour after somebody took the line of a name. It advances also if the name stays as it
    was, because a name that is right needs no change."""
    return replace(tour, step=TourStep.JUMP) if tour.step is TourStep.NAME else tour


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
    item = state.focused
    if tour.step in (TourStep.ACCEPT, TourStep.REJECT) and (item is None or not item.pending):
        return _with_keys(keys, _DECIDED)
    if tour.step in _TEXTS:
        return _with_keys(keys, _TEXTS[tour.step])
    return _BY_STATE[tour.step](state, keys)


class _Keys(dict[str, str]):
    """The keys of commands by their names, with more words of a text."""

    def __init__(self, keys: KeyMap, more: Mapping[str, str]) -> None:
        super().__init__(more)
        self._keys = keys

    def __missing__(self, command: str) -> str:
        return self._keys.shown(command)


def _with_keys(keys: KeyMap, text: str, **more: str) -> str:
    """A text with the present keys in the places of the commands that it names in braces."""
    return text.format_map(_Keys(keys, more))


_DECIDED = "This one is decided. {next_undecided} goes to the next suggestion."

_TEXTS: Mapping[TourStep, str] = {
    TourStep.MOVE: (
        "Marks with dotted ends are suggestions; the heavy one is in focus. "
        "{next} goes to the next item, {previous} back. Try it."
    ),
    TourStep.ACCEPT: (
        "{accept} accepts the suggestion in focus. On a stance, it accepts the whole "
        "statement: holder, side and claim."
    ),
    TourStep.REJECT: (
        "{reject} rejects what is wrong. {undo} takes back anything, also after a restart."
    ),
    TourStep.CLOSE: (
        "{close} finishes the paragraph and goes to the next. If something is left, "
        "it asks first; {accept_all} accepts everything."
    ),
    TourStep.END: (
        "That is all; everything was saved. {help} has the other keys, {quit} quits. "
        "Your own texts, in a shell: annotator init DIR; cd DIR; annotator import FILE..."
    ),
}
"""What to do in steps in which this does not depend on the item in focus."""


def _change(state: ReviewState, keys: KeyMap) -> str:
    if state.mode is Mode.SELECT:
        text = (
            "{end_right} and {end_left} move the end by a word, {grow} takes the phrase around; "
            "{confirm} takes it, {cancel} leaves it as it was."
        )
        return _with_keys(keys, text)
    if state.focused is None or not isinstance(state.focused.value, Span):
        text = (
            "This is a stance. {next} or {previous} goes to a mark under the text that you can "
            "correct."
        )
        return _with_keys(keys, text)
    layer = state.schema.layer(state.focused.value.layer)
    labels = [f"{label.key} {label.name}" for label in layer.labels if label.key] if layer else []
    relabel = ", ".join(labels[:5]) if labels else f"{keys.shown('label')} relabels"
    text = (
        "Correct one: {relabel}; {bounds} changes its bounds. {guidelines} shows the guideline of "
        "its label."
    )
    return _with_keys(keys, text, relabel=relabel)


def _name(state: ReviewState, keys: KeyMap) -> str:
    value = state.focused.value if state.focused else None
    layer = state.schema.layer(value.layer) if value else None
    kind = next((x for x in ("entity", "concept") if layer and layer.attribute_of_type(x)), "name")
    if not isinstance(value, Span):
        text = (
            "Actors have an entity, claims a concept. First go to one of them with {next} or "
            "{previous}."
        )
        return _with_keys(keys, text)
    text = (
        "{name} writes the {kind}: one name for one thing in all texts. Known names are offered: "
        "a digit takes one, tab completes what you type, enter takes the line."
    )
    return _with_keys(keys, text, kind=kind)


def _jump(state: ReviewState, keys: KeyMap) -> str:
    if state.mode is Mode.SELECT:
        first = list(state.schema.span_keys.items())[:3]
        labels = "  ".join(f"{key} {label.name}" for key, (_, label) in first)
        text = (
            "{end_right} makes it longer, {end_left} shorter; a label's key makes it a span: "
            "{labels} …"
        )
        return _with_keys(keys, text, labels=labels)
    text = (
        "Mark what nobody suggested: {jump} puts letters on all words. Type those of the first "
        "word, then make it longer and give it a label."
    )
    return _with_keys(keys, text)


def _stance(state: ReviewState, keys: KeyMap) -> str:
    value = state.focused.value if state.focused else None
    if isinstance(value, Relation) and _within_itself(state, value) and state.mode is Mode.BROWSE:
        text = (
            "That holder is inside the claim itself. Who says it? {undo} takes it back; try "
            "another."
        )
        return _with_keys(keys, text)
    if state.mode is Mode.HOLDER:
        text = (
            "Who holds it? Type the letter of the actor who says it. If the text itself says it, "
            "it is the author: {author}."
        )
        return _with_keys(keys, text)
    if state.mode is Mode.SIDE:
        return "Which side? The keys are in the last line."
    on_claim = isinstance(value, Span) and value.layer in state.schema.statement_layers
    return ("" if on_claim else _to_a_claim(state, keys)) or _with_keys(keys, _ON_THIS)


_ON_THIS = "{stance} says who takes which side on this: then the holder's letter, then the side."


def _to_a_claim(state: ReviewState, keys: KeyMap) -> str:
    """How to get to something on which somebody can take a side; empty if the schema has nothing of
    the kind."""
    layers = state.schema.statement_layers
    about = next((x for x in state.schema.span_layers if x.name in layers), None)
    if about is None:
        return ""
    if not any(item.value.layer in layers for item in state.items):
        text = (
            "Now who takes which side, on a {about}. There is none here: {next_paragraph} goes to "
            "the next paragraph, {undo} brings back what was rejected."
        )
        return _with_keys(keys, text, about=about.name)
    text = (
        "Now who takes which side. {next} or {previous} goes to a {about} (└{symbol} under the "
        "text)."
    )
    return _with_keys(keys, text, about=about.name, symbol=about.symbol)


_BY_STATE: Mapping[TourStep, Callable[[ReviewState, KeyMap], str]] = {
    TourStep.CHANGE: _change,
    TourStep.NAME: _name,
    TourStep.JUMP: _jump,
    TourStep.STANCE: _stance,
}
"""What gives the words of the other steps."""


__all__ = ["Tour", "TourStep", "head", "name_confirmed", "watch", "words"]
