"""The annotators' versions of a paragraph in lanes: what differs one under the other, what agrees folded."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from annotator.model.review import ReviewState
from annotator.model.span import AUTHOR, Annotation, Relation, Span
from annotator.tui.rows import PLAIN, Piece, clip, paragraphs
from annotator.tui.theme import Theme
from annotator.workflows.review.alignment import Difference

Rows = list[list[Piece]]
Voters = Sequence[tuple[str, str]]
"""Annotators in the order of their keys, and what each is called."""


def lanes(
    state: ReviewState,
    found: Sequence[Difference],
    voters: Voters,
    proposed: Callable[[Difference], Annotation | None],
    theme: Theme,
    width: int,
    height: int,
) -> Rows:
    """By pages: the one with the difference in focus; where there is little room, that difference alone."""
    differ = [d for d in found if d.kinds]
    agreed = [d for d in found if not d.kinds]
    here = next((d for d in differ if state.focus in d.ids), None)
    if height < 8:
        return _rows(state, here, voters, proposed, theme, width)[:height] if here is not None else []
    head: Rows = [[(f"{len(differ)} differ", theme.strong), (f" · {len(agreed)} agree", theme.muted)], []]
    room = height - len(head) - 2
    page: Rows = []
    shown = here is None
    for difference in differ:
        rows = _rows(state, difference, voters, proposed, theme, width)
        if page and len(page) + len(rows) > room:
            if shown:
                break
            page = []
        shown = shown or difference is here
        page += [*rows, []]
    page = page[:room]
    names = [_short(state, d.candidates[0].value) for d in agreed]
    folded = paragraphs(f"= all made {', '.join(names)}", width, theme.muted, limit=2) if names else []
    return [*head, *page, *folded]


def _rows(
    state: ReviewState,
    difference: Difference,
    voters: Voters,
    proposed: Callable[[Difference], Annotation | None],
    theme: Theme,
    width: int,
) -> Rows:
    """One difference: what it is about, then a line for each annotator."""
    focused = state.focus in difference.ids
    layer = state.schema.layer(difference.layer)
    ink = theme.ink(layer.color if layer else "grey")
    rows: Rows = [
        [("▸ " if focused else "  ", theme.strong), (difference.layer, ink),
         (f"  {', '.join(difference.kinds)} differ" if difference.kinds != ("missing",) else "  missing", theme.muted)]
    ]  # fmt: skip
    name_width = min(12, max((len(name) for _, name in voters), default=1))
    for number, (who, name) in enumerate(voters, 1):
        several = difference.version(who)
        style = theme.strong if focused and any(c.id == state.focus for c in several) else PLAIN
        lead = f"  {number if number < 10 else ' '} {clip(name, name_width):<{name_width}} "
        left: list[Piece] = [(lead, theme.muted), (f"{_became(state, difference, who)} ", theme.strong)]
        room = max(8, width - name_width - 7)
        # In focus a version is told at length: what differs may stand at its end.
        length = room if not focused else 3 * room
        said = "; ".join(_said(state, c.value, length) for c in several) or "–"
        wrapped = paragraphs(said, room, style if several else theme.muted, limit=3 if focused else 1)
        rows.append([*left, *wrapped[0]])
        rows += [[(" " * (name_width + 7), PLAIN), *row] for row in wrapped[1:]]
    machine = proposed(difference)
    if machine is not None:
        said = _said(state, machine, width - name_width - 10)
        rows.append(
            [
                (f"    {'model':<{name_width}}   ", theme.muted),
                (clip(said, width - name_width - 7), theme.muted),
            ]
        )
    return rows


def _became(state: ReviewState, difference: Difference, who: str) -> str:
    """`✓` where this version stands, `×` where it was decided against, a blank while it waits."""
    found = [state.find(c.id) for c in difference.version(who)]
    items = [item for item in found if item is not None]
    if any(not item.pending for item in items):
        return "✓"
    every = [item for id in difference.ids if (item := state.find(id)) is not None]
    if any(item.undecided for item in every):
        return " "
    if not every:
        # What it was about does not stand.
        return "×" if difference.version(who) else " "
    taken = any(not item.pending for item in every)
    return "×" if items or taken else "✓"


def _quote(state: ReviewState, span: Span, room: int) -> str:
    """A span's words; of long ones beginning and end, where bounds differ."""
    text = " ".join(state.document.quote(span.start, span.end).split())
    if len(text) <= room or room < 12:
        return clip(text, max(4, room))
    tail = (room - 3) * 2 // 5
    return f"{text[: room - 3 - tail].rstrip()} … {text[-tail:].lstrip()}"


def _said(state: ReviewState, value: Annotation, room: int) -> str:
    if isinstance(value, Span):
        return f"{value.label} “{_quote(state, value, room - len(value.label) - 3)}”"
    layer = state.schema.layer(value.layer)
    label = layer.label(value.label) if layer else None
    return f"{_holder(state, value)} {label.symbol if label else ''} {value.label}"


def _holder(state: ReviewState, value: Relation) -> str:
    if value.source == AUTHOR:
        return "author"
    item = state.find(value.source)
    if item is None or not isinstance(item.value, Span):
        return "?"
    return item.value.entity or _quote(state, item.value, 24)


def _short(state: ReviewState, value: Annotation) -> str:
    if isinstance(value, Span):
        return f"{value.label} “{_quote(state, value, 24)}”"
    return f"{_holder(state, value)} {value.label}"


__all__ = ["lanes"]
