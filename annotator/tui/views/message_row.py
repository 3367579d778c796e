"""The line under the text, about the annotator's keys: what was done, what is asked, what is
selected."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.style import Style

from annotator.model.decision import paragraph_item
from annotator.model.decision_text import both_ends
from annotator.model.review import Mode, ReviewState
from annotator.model.span import AUTHOR, Span
from annotator.model.steps.moving import grown
from annotator.model.text import enumerated, plural
from annotator.tui.key_map import KeyMap
from annotator.tui.styled_rows import Piece, clip, justify, paragraphs, width_of
from annotator.tui.theme import Theme
from annotator.tui.views.header_and_footer import sizing

WIDE = 100
"""The least number of columns with room for more words."""

_ASK = {
    Mode.SELECT: "select",
    Mode.HOLDER: "who holds it? for several, type capitals, then a small letter for the last",
    Mode.SIDE: "which side?",
}


def _asked(state: ReviewState) -> str:
    """What a mode waits for; for a stance, with the holders chosen so far."""
    draft = state.draft
    chosen = [x for x in (*draft.more, draft.source) if x is not None] if draft is not None else []
    if not chosen:
        return _ASK[state.mode]
    names = [_holder(state, id) for id in chosen]
    who = ", ".join(dict.fromkeys(names)) if state.mode is Mode.HOLDER else enumerated(names)
    return (
        f"{who} and who else? the last one by a small letter"
        if state.mode is Mode.HOLDER
        else f"{who}: which side?"
    )


def _holder(state: ReviewState, id: str) -> str:
    """What a chosen holder is called: by its entity, or else its words."""
    item = state.find(id) if id != AUTHOR else None
    span = item.value if item is not None else None
    if not isinstance(span, Span):
        return "author"
    return span.entity or state.document.quote(span.start, span.end)


def _selection_row(state: ReviewState, theme: Theme, keys: KeyMap, width: int) -> list[Piece]:
    """The selected words, with both ends however long they are; at the right, as far as there is
    room, what growing the selection would add."""
    chosen = state.selection
    assert chosen is not None
    item = state.find(chosen.item) if chosen.item is not None else None
    what = "new span" if item is None else "new bounds" if isinstance(item.value, Span) else "cue"
    text = " ".join(state.document.quote(chosen.start, chosen.end).split())
    for growing in (*_grown(state, keys, width), ""):
        right: list[Piece] = [(f"{growing} ", theme.muted)] if growing and width >= 80 else []
        room = width - len(what) - 6 - width_of(right)
        if room >= min(len(text), _QUOTE) or not right:
            break
    return justify([(f" {what}: “{both_ends(text, room)}”", theme.strong)], right, width)


_QUOTE = 36
"""The cells that the selected words need before the rest of the row gets any."""


def _grown(state: ReviewState, keys: KeyMap, width: int) -> Sequence[str]:
    """What growing the selection would add, and the other keys that change its length; several
    wordings, the longest first."""
    words, key = sizing(keys), keys.shown("grow")
    chosen, wider = state.selection, grown(state)
    if chosen is None or wider is None or not key:
        return (words,)
    before = state.document.quote(wider[0], chosen.start) if wider[0] < chosen.start else ""
    after = state.document.quote(chosen.end, wider[1]) if wider[1] > chosen.end else ""
    parts = [part for part in (before, after) if part]

    def adds(room: int) -> str:
        return f"{key} adds " + " ".join(f"“{both_ends(p, room // len(parts))}”" for p in parts)

    longer = "  ".join(words.split("  ")[2:])
    return (
        *([f"{adds(width // 4)}  {words.partition('  ')[2]}"] if width >= WIDE else []),
        f"{adds(max(12, width // 5))}  {longer}",
        adds(max(12, width // 5)),
        adds(12),
    )


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
    """The message about what was done or is asked: `said` takes precedence over the message of the
    state, and an `error` over both. At the right, the row shows what is hidden and the number of
    findings of lint."""
    if error:
        return [(clip(f" {error} ", width).ljust(width), theme.error)]
    text = said or state.message
    if state.mode is Mode.SELECT and state.selection is not None:
        said_row = justify([(f" {text}", theme.strong)], [], width)
        return said_row if text else _selection_row(state, theme, keys, width)
    text = text or ("" if state.mode is Mode.BROWSE else _asked(state))
    noted = "" if text else _note_here(state, width // 2)
    right: list[Piece] = [
        (f"{words} ", theme.muted) for words in (noted, *_hidden(state, keys, lints)) if words
    ]
    message: list[Piece] = [(f" {text}" if text else "", theme.strong)]
    # What is said or asked is shown whole, if need be in place of what stands at the right.
    fits = width_of(message) + width_of(right) <= width
    return justify(message, right if fits else [], width)


def long_message(text: str, style: Style, width: int, empty: int) -> list[list[Piece]]:
    """What is said, in more than one row, if one is too short for it: as many as it needs, at most
    one more than the `empty` rows above the message row, or those that it may lie over. Otherwise
    nothing."""
    if not empty or cell_len(text) < width:
        return []
    return paragraphs(text, width - 1, style, indent=" ", limit=empty + 1)


def _note_here(state: ReviewState, width: int) -> str:
    """The note on the paragraph; empty if it has none."""
    standing = state.annotations.get(paragraph_item(state.paragraph), state.paragraph)
    return f"¶ {clip(standing.note, width)} " if standing is not None and standing.note else ""


def _hidden(state: ReviewState, keys: KeyMap, lints: int) -> Iterator[str]:
    """What is hidden from the annotator: findings of lint, other layers, and suggestions by their
    score."""
    if lints:
        yield f"{keys.shown('lint')} {plural(lints, 'finding')} ".lstrip()
    if state.only:
        layer = state.schema.layer(state.only)
        yield f"only {(layer.title if layer else state.only).lower()} "
    if state.threshold:
        yield f"score ≥ {state.threshold:.1f}" if state.threshold > 0 else "held back too"


__all__ = ["long_message", "message_row"]
