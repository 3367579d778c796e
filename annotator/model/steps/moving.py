"""Steps that move the focus, the paragraph or the selection. Only the last of them decides
anything."""

from __future__ import annotations

from dataclasses import replace

from annotator.model import actions as do
from annotator.model import text_units
from annotator.model.items import LOWEST
from annotator.model.span import Relation, Span
from annotator.model.state import Mode, ReviewState, Selection, arrive
from annotator.model.steps.deciding import changed, rebound
from annotator.model.steps.filling import on_set_attribute
from annotator.model.steps.labelling import label_selection
from annotator.model.steps.outcome import Step, commit, say
from annotator.model.text import is_word, paragraph_number, words

BACK = "back to"
"""How the message begins after a move to what was left behind."""


def on_move_focus(state: ReviewState, action: do.MoveFocus) -> Step:
    if action.undecided:
        return _to_undecided(state, 1 if action.step > 0 else -1)
    items = state.items
    if not items:
        return say(state, "nothing is marked here; v begins a span")
    at = state.places.get(state.focus) if state.focus is not None else None
    if at is None:
        return state.changed(focus=items[0 if action.step > 0 else -1].id), ()
    then = max(0, min(len(items) - 1, at + action.step))
    if then == at:
        which = "last" if action.step > 0 else "first"
        return say(state, f"this is the {which} item of the paragraph")
    return state.changed(focus=items[then].id), ()


def _to_undecided(state: ReviewState, direction: int) -> Step:
    """The nearest undecided item in that direction: in the
    paragraph, then in the ones beyond it."""
    forward, items = direction > 0, state.items
    at = state.places.get(state.focus or "", -1 if forward else len(items))
    here = items[at + 1 :] if forward else items[:at][::-1]
    found = next((item.id for item in here if item.undecided), None)
    if found is not None:
        return replace(state, focus=found), ()
    ahead = range(state.paragraph + 1, len(state.document.paragraphs))
    for index in ahead if forward else reversed(range(state.paragraph)):
        if left := _undecided_in(state, index):
            return arrive(state, index, left[0 if forward else -1]), ()
    return (
        _to_what_was_left(state)
        if forward
        else say(state, "nothing undecided before this in the document")
    )


def _undecided_in(state: ReviewState, paragraph: int) -> list[str]:
    """The ids of the undecided items of a paragraph."""
    return [item.id for item in state.items_of(paragraph) if item.undecided]


def _to_what_was_left(state: ReviewState) -> Step:
    """Go back to the first undecided item of the document, and say how many there are: whoever
    wants to leave them goes on to the next document instead of round and round."""
    earlier = _left_before(state)
    if earlier is None:
        return say(state, "nothing undecided is left in the document")
    left = sum(len(_undecided_in(state, p.index)) for p in state.document.paragraphs)
    back = arrive(state, *earlier)
    return replace(back, message=f"{BACK} ¶ {paragraph_number(earlier[0])}: {left} undecided"), ()


def _left_before(state: ReviewState) -> tuple[int, str] | None:
    """The first undecided item of the document before the focus, which `next` left behind, with its
    paragraph."""
    for index in range(state.paragraph + 1):
        left = _undecided_in(state, index)
        if left and (index < state.paragraph or left[0] != state.focus):
            return index, left[0]
    return None


def on_focus_item(state: ReviewState, action: do.FocusItem) -> Step:
    if any(item.id == action.item for item in state.items):
        return replace(state, focus=action.item), ()
    item = state.find(action.item)
    if item is None:
        return say(state, "that item is not shown")
    value = item.value if isinstance(item.value, Span) else None
    if value is None and not isinstance(item.value, Span):
        target = state.find(item.value.target)
        value = target.value if target is not None and isinstance(target.value, Span) else None
    if value is None:
        return say(state, "that item is not shown")
    return arrive(state, state.document.paragraph_at(value.start).index, action.item), ()


def on_move_paragraph(state: ReviewState, action: do.MoveParagraph) -> Step:
    last = len(state.document.paragraphs) - 1
    index = max(0, min(last, state.paragraph + action.step))
    if index == state.paragraph:
        return say(
            state,
            "this is the last paragraph" if action.step > 0 else "this is the first paragraph",
        )
    return arrive(state, index), ()


def on_go_paragraph(state: ReviewState, action: do.GoParagraph) -> Step:
    if not 0 <= action.index < len(state.document.paragraphs):
        return say(state, f"there is no paragraph {paragraph_number(action.index)}")
    return arrive(state, action.index), ()


def _select(state: ReviewState, start: int, end: int, anchor: int, item: str | None = None) -> Step:
    selection = Selection(start, end, anchor, item)
    return replace(state, mode=Mode.SELECT, selection=selection, draft=None), ()


def _refuse_excluded(state: ReviewState) -> Step | None:
    if state.is_excluded(state.paragraph):
        return say(state, "the paragraph is excluded; bring it back first")
    return None


def on_start_selection(state: ReviewState, action: do.StartSelection) -> Step:
    if refused := _refuse_excluded(state):
        return refused
    focused = state.focused.value if state.focused else None
    at = action.at if action.at is not None else state.bounds[0]
    if action.at is None and isinstance(focused, Span):
        at = focused.start
    token = text_units.token_at(state.document.text, at, state.bounds)
    if token is None:
        return say(state, "there is no word here")
    return _select(state, *token, token[0])


def on_edit_bounds(state: ReviewState, _: do.EditBounds) -> Step:
    value = state.focused.value if state.focused else None
    if isinstance(value, Relation):
        return _edit_cue(state, value)
    if value is None:
        return say(state, "only a span has bounds; put the focus on one")
    return _select(state, value.start, value.end, value.start, value.id)


def cue_of(state: ReviewState, relation: Relation) -> str | None:
    """The attribute that holds the words of the text which
    show a relation, if its layer has one."""
    layer = state.schema.layer(relation.layer)
    attribute = layer.attribute_of_type("span") if layer else None
    return attribute.name if attribute else None


def _edit_cue(state: ReviewState, relation: Relation) -> Step:
    """Select the cue of a relation, or a place beside its target if it has none."""
    name = cue_of(state, relation)
    if name is None:
        return say(state, f"a {relation.layer} has no bounds, and its layer has no cue")
    held = relation.attributes.get(name)
    low, high = state.bounds
    if isinstance(held, list) and len(held) == 2 and low <= int(held[0]) < int(held[1]) <= high:
        return _select(state, int(held[0]), int(held[1]), int(held[0]), relation.id)
    target = state.find(relation.target)
    at = target.value.start if target is not None and isinstance(target.value, Span) else low
    token = text_units.token_at(state.document.text, max(low, at - 2), state.bounds)
    if token is None:
        return say(state, "there is no word here")
    return _select(state, *token, token[0], relation.id)


def on_select_range(state: ReviewState, action: do.SelectRange) -> Step:
    if refused := _refuse_excluded(state):
        return refused
    low, high = state.bounds
    start, end = max(low, min(action.start, action.end)), min(high, max(action.start, action.end))
    if start >= end:
        return say(state, "nothing is selected")
    if not action.exact:
        start, end = text_units.snap(state.document.text, start, end)
    item = state.selection.item if state.selection else None
    return _select(state, max(low, start), min(high, end), max(low, start), item)


def on_move_selection(state: ReviewState, action: do.MoveSelection) -> Step:
    chosen = state.selection
    if chosen is None:
        return say(state, "nothing is selected; v begins a span")
    low, high = state.bounds
    if action.unit == "character":
        starts = list(range(low, high))
        ends = list(range(low + 1, high + 1))
    else:
        # Edges go from word to word and leave stray punctuation out; it
        # can still be reached by character.
        every = words(state.document.text, low, high)
        tokens = [t for t in every if is_word(state.document.text, t)] or every
        starts, ends = [a for a, _ in tokens], [b for _, b in tokens]
    if action.edge == "both":
        return _shift(state, chosen, action.step, starts, ends)
    start, end = chosen.start, chosen.end
    if action.edge == "start":
        start = _nudge(starts, start, action.step)
    else:
        end = _nudge(ends, end, action.step)
    if start >= end:
        return say(state, "a span holds at least one word")
    return replace(state, selection=replace(chosen, start=start, end=end)), ()


def _nudge(stops: list[int], at: int, step: int) -> int:
    """The stop that is `step` places beyond `at`, which need not be a stop itself; if there is
    none, the outermost stop."""
    if step > 0:
        later = [stop for stop in stops if stop > at]
        return later[min(step, len(later)) - 1] if later else at
    earlier = [stop for stop in stops if stop < at]
    return earlier[max(step, -len(earlier))] if earlier else at


def _shift(
    state: ReviewState, chosen: Selection, step: int, starts: list[int], ends: list[int]
) -> Step:
    """One token, `step` tokens from the selection's start, or from its end if a longer selection
    moves forward."""
    pairs = list(zip(starts, ends, strict=True))
    if not pairs:
        return say(state, "there is no word here")
    here = max((i for i, (a, _) in enumerate(pairs) if a <= chosen.start), default=0)
    at = max(0, min(len(pairs) - 1, here + step))
    start, end = pairs[at]
    return replace(state, selection=replace(chosen, start=start, end=end, anchor=start)), ()


def on_grow(state: ReviewState, action: do.GrowSelection | do.ShrinkSelection) -> Step:
    chosen = state.selection
    if chosen is None:
        if state.focused is not None and isinstance(state.focused.value, Relation):
            return say(state, "a stance does not grow; put the focus on a span")
        started, _ = on_edit_bounds(state, do.EditBounds())
        if started.selection is None:
            return on_start_selection(state, do.StartSelection())
        chosen, state = started.selection, started
    start, end = _resized(state, chosen, larger=isinstance(action, do.GrowSelection))
    return replace(state, selection=replace(chosen, start=start, end=end)), ()


def _resized(state: ReviewState, chosen: Selection, *, larger: bool) -> tuple[int, int]:
    """The next larger or smaller unit around the place that a selection grows from."""
    resize = text_units.grow if larger else text_units.shrink
    anchor = min(max(chosen.anchor, chosen.start), chosen.end - 1)
    selected, phrases = (chosen.start, chosen.end), state.phrases_at(anchor)
    return resize(state.document.text, selected, anchor, state.bounds, phrases)


def grown(state: ReviewState) -> tuple[int, int] | None:
    """What growing the selection would select; None if it cannot grow."""
    chosen = state.selection
    if chosen is None:
        return None
    wider = _resized(state, chosen, larger=True)
    return wider if wider != (chosen.start, chosen.end) else None


def on_confirm(state: ReviewState, _: do.ConfirmSelection) -> Step:
    chosen = state.selection
    if chosen is None:
        return say(state, "nothing is selected")
    if chosen.item is None:
        if state.last_label is None:
            return say(state, "a label's key makes it a span")
        return label_selection(state, do.SetLabel(*state.last_label))
    item = state.find(chosen.item)
    if item is not None and isinstance(item.value, Relation):
        name = cue_of(state, item.value)
        assert name is not None
        focused = replace(state, mode=Mode.BROWSE, selection=None, focus=item.id)
        return on_set_attribute(focused, do.SetAttribute(name, [chosen.start, chosen.end]))
    if item is None or not isinstance(item.value, Span):
        return say(state, "the span being changed is gone")
    if (chosen.start, chosen.end) == (item.value.start, item.value.end):
        return replace(state, mode=Mode.BROWSE, selection=None, message="bounds unchanged"), ()
    value, message = rebound(state, item, chosen.start, chosen.end)
    after, group = commit(state, changed(state, item, value), message)
    return replace(after, focus=item.id), group


def on_cancel(state: ReviewState, _: do.Cancel) -> Step:
    return replace(state, mode=Mode.BROWSE, selection=None, draft=None), ()


def on_set_threshold(state: ReviewState, action: do.SetThreshold) -> Step:
    score = round(max(LOWEST, min(1.0, action.score)), 2)
    after = arrive(replace(state, threshold=score), state.paragraph, state.focus)
    if score >= 0:
        return replace(after, message=f"showing suggestions from a score of {score:.2f}"), ()
    which = "all" if score == LOWEST else "from a score of 0.50 on"
    return replace(after, message=f"shown too: suggestions held back, {which}"), ()


def on_set_filter(state: ReviewState, action: do.SetFilter) -> Step:
    if action.layer and state.schema.layer(action.layer) is None:
        return say(state, f"the schema has no layer {action.layer}")
    after = arrive(replace(state, only=action.layer), state.paragraph, state.focus)
    layer = state.schema.layer(action.layer)
    shown = f"suggestions of {layer.title.lower()} only" if layer else "all suggestions"
    return replace(after, message=f"showing {shown}"), ()
