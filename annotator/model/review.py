"""The behaviour of the annotate screen, without a screen: `step(state,
action) -> (state, decisions)`.

The decisions that a step returns are what has to be recorded, in one transaction; the new state
already holds them. A step that cannot be done returns the state with a message and no decisions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from annotator.model import actions as do
from annotator.model.state import Draft, Mode, ReviewState, Selection, arrive, open_document
from annotator.model.steps import (
    choosing,
    deciding,
    filling,
    labelling,
    marking,
    moving,
    relating,
    undoing,
)
from annotator.model.steps.outcome import Step

_STEPS: Mapping[type, Callable[[ReviewState, Any], Step]] = {
    do.MoveFocus: moving.on_move_focus,
    do.FocusItem: moving.on_focus_item,
    do.MoveParagraph: moving.on_move_paragraph,
    do.GoParagraph: moving.on_go_paragraph,
    do.Accept: deciding.on_accept,
    do.Reject: deciding.on_reject,
    do.Skip: deciding.on_skip,
    do.AcceptAll: deciding.on_accept_all,
    do.Choose: choosing.on_choose,
    do.ChooseSeveral: choosing.on_choose_several,
    do.Settle: choosing.on_settle,
    do.SetLabel: labelling.on_set_label,
    do.SetAttribute: filling.on_set_attribute,
    do.NextValue: filling.on_next_value,
    do.Delete: deciding.on_reject,
    do.Note: marking.on_note,
    do.NoteOn: marking.on_note_on,
    do.Flag: marking.on_flag,
    do.CloseParagraph: marking.on_close,
    do.ReopenParagraph: marking.on_reopen,
    do.ToggleExcluded: marking.on_toggle_excluded,
    do.SetCompletion: marking.on_set_completion,
    do.StartSelection: moving.on_start_selection,
    do.EditBounds: moving.on_edit_bounds,
    do.SelectRange: moving.on_select_range,
    do.MoveSelection: moving.on_move_selection,
    do.GrowSelection: moving.on_grow,
    do.ShrinkSelection: moving.on_grow,
    do.ConfirmSelection: moving.on_confirm,
    do.StartStance: relating.on_start_stance,
    do.ChooseHolder: relating.on_choose_holder,
    do.ChooseSide: relating.on_choose_side,
    do.SetHolder: relating.on_set_holder,
    do.Cancel: moving.on_cancel,
    do.Undo: undoing.on_undo,
    do.TakeBack: undoing.on_take_back,
    do.Redo: undoing.on_redo,
    do.SetThreshold: moving.on_set_threshold,
    do.SetFilter: moving.on_set_filter,
}


def step(state: ReviewState, action: do.ReviewAction) -> Step:
    """What an action does to a state, and the decisions to record."""
    fresh = state.changed(message="") if state.message else state
    after, group = _STEPS[type(action)](fresh, action)
    after = _carry(fresh, after)
    if fresh.asked and after.asked == fresh.asked:
        after = after.changed(asked="")
    if after.together and after.focus not in after.together:
        after = after.changed(together=())
    return after, group


def _carry(before: ReviewState, after: ReviewState) -> ReviewState:
    """The state `after`, with those items and cards that `before` has already computed and that are
    still the same."""
    same = (
        after.annotations is before.annotations
        and after.suggestions is before.suggestions
        and after.paragraph == before.paragraph
        and after.threshold == before.threshold
        and after.only == before.only
    )
    if after.suggestions is before.suggestions and "proposed" in before.__dict__:
        after.__dict__.setdefault("proposed", before.__dict__["proposed"])
    if same and after is not before:
        for name in ("items", "places", "waiting", "cards", "progress", "named"):
            if name in before.__dict__:
                after.__dict__.setdefault(name, before.__dict__[name])
    return after


__all__ = ["Draft", "Mode", "ReviewState", "Selection", "Step", "arrive", "open_document", "step"]
