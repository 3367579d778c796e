"""The line under the text, about the annotator's keys: what was done, what is asked, what is
selected."""

from __future__ import annotations

from annotator.model.decision import paragraph_item
from annotator.model.moving import grown
from annotator.model.review import Mode, ReviewState
from annotator.model.span import AUTHOR, Span
from annotator.model.telling import both_ends
from annotator.tui.key_map import KeyMap
from annotator.tui.styled_rows import Piece, clip, justify, width_of
from annotator.tui.theme import Theme
from annotator.tui.views.bars import sizing

WIDE = 100
"""The least number of columns with room for more words."""

_ASK = {
    Mode.SELECT: "select",
    Mode.HOLDER: "who holds it? (for several holders: capital letters, then a small one for the "
    "last)",
    Mode.SIDE: "which side?",
}


def _asked(state: ReviewState) -> str:
    """What a mode waits for; for a stance, with the holders chosen so far."""
    draft = state.draft
    chosen = [x for x in (*draft.more, draft.source) if x is not None] if draft is not None else []
    if not chosen:
        return _ASK[state.mode]
    names: list[str] = []
    for id in chosen:
        item = state.find(id) if id != AUTHOR else None
        span = item.value if item is not None else None
        names.append(
            (span.entity or state.document.quote(span.start, span.end))
            if isinstance(span, Span)
            else "author"
        )
    who = ", ".join(dict.fromkeys(names))
    return (
        f"{who} and who else? the last one by a small letter"
        if state.mode is Mode.HOLDER
        else f"{who}: which side?"
    )


def _selected(state: ReviewState, width: int) -> str:
    """The selected words, with both ends however long they are."""
    chosen = state.selection
    assert chosen is not None
    item = state.find(chosen.item) if chosen.item is not None else None
    what = "new span" if item is None else "new bounds" if isinstance(item.value, Span) else "cue"
    quote = both_ends(state.document.quote(chosen.start, chosen.end), width - len(what) - 4)
    return f"{what}: “{quote}”"


def _grown(state: ReviewState, keys: KeyMap, width: int) -> str:
    """What growing the selection would add, and the other keys that change its length."""
    words, key = sizing(keys), keys.shown("grow")
    chosen, wider = state.selection, grown(state)
    if chosen is None or wider is None or not key:
        return words
    before = state.document.quote(wider[0], chosen.start) if wider[0] < chosen.start else ""
    after = state.document.quote(chosen.end, wider[1]) if wider[1] > chosen.end else ""
    room = max(12, width // 4 if width >= WIDE else width // 5)
    added = " ".join(
        f"“{both_ends(part, room // 2 if before and after else room)}”"
        for part in (before, after)
        if part
    )
    if width >= WIDE:
        return f"{key} adds {added}  {words.partition('  ')[2]}"
    longer = "  ".join(words.split("  ")[2:])
    return f"{key} adds {added}  {longer}"


def message_row(
    state: ReviewState,
    theme: Theme,
    keys: KeyMap,
    width: int,
    *,
    said: str = "",
    error: str = "",
    lints: int = 0,
) -> list[Piece]:
    """What was done or is asked: `said` takes precedence over the message of the state, and an
    `error` over both. At the right, what is hidden and the number of findings of lint."""
    if error:
        return [(clip(f" {error} ", width).ljust(width), theme.error)]
    text = said or state.message
    right: list[Piece] = []
    if state.mode is not Mode.BROWSE and not text:
        text = _asked(state)
    if state.mode is Mode.SELECT:
        right = [(f"{_grown(state, keys, width)} ", theme.muted)] if width >= 80 else []
        if state.selection is not None and not (said or state.message):
            text = _selected(state, width - width_of(right) - 2)
        return justify([(f" {text}", theme.strong)], right, width)
    note = state.annotations.get(paragraph_item(state.paragraph), state.paragraph)
    if not text and note is not None and note.note:
        right.append((f"¶ {clip(note.note, width // 2)}  ", theme.muted))
    if lints:
        right.append((f"lint {lints}  ", theme.muted))
    if state.only:
        layer = state.schema.layer(state.only)
        right.append((f"only {(layer.title if layer else state.only).lower()}  ", theme.muted))
    if state.threshold:
        shown = f"score ≥ {state.threshold:.1f}" if state.threshold > 0 else "held back too"
        right.append((f"{shown} ", theme.muted))
    return justify([(f" {text}" if text else "", theme.strong)], right, width)


__all__ = ["message_row"]
