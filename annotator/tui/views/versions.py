"""The annotators' versions of a paragraph: what differs one under the other, with just the
difference set off, what agrees folded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from annotator.merging.api import Candidate
from annotator.model.fields import content
from annotator.model.review import ReviewState
from annotator.model.span import AUTHOR, Annotation, Relation, Span
from annotator.model.telling import both_ends, told_value
from annotator.tui.rows import PLAIN, Piece, clip, paragraphs
from annotator.tui.theme import Theme
from annotator.workflows.review.alignment import GONE, Difference

Rows = list[list[Piece]]
Voters = Sequence[tuple[str, str]]
"""Annotators in the order of their keys, and what each is called."""


@dataclass(frozen=True, slots=True)
class Panel:
    """What the panel tells: the versions of the paragraph, who made them, what a model proposes,
    the field that a number decides (all when empty), and how many differences the document has
    and waits for."""

    state: ReviewState
    found: Sequence[Difference]
    voters: Voters
    proposed: Callable[[Difference], Annotation | None]
    field: str = ""
    every: int = 0
    left: int = 0


def versions(panel: Panel, theme: Theme, width: int, height: int) -> Rows:
    """By pages: the one with the difference in focus; where there
    is little room, that difference alone."""
    state = panel.state
    differ = [d for d in panel.found if d.number]
    agreed = [d for d in panel.found if not d.number and not d.follows]
    here = next((d for d in differ if state.focus in d.ids), None)
    if height < 8:
        if here is None:
            return []
        first, *others = _rows(panel, here, theme, width)
        count = f" · {here.number} of {panel.every}, {panel.left} left"
        return [[*first, (count, theme.muted)], *others][:height]
    head: Rows = [_head(panel, here, len(differ), len(agreed), theme), []]
    room = height - len(head) - 2
    page: Rows = []
    shown, more = here is None, 0
    for i, difference in enumerate(differ):
        rows = _rows(panel, difference, theme, width)
        if page and len(page) + len(rows) > room:
            if shown:
                more = len(differ) - i
                break
            page = []
        shown = shown or difference is here
        page += [*rows, []]
    page = page[:room]
    below: Rows = [[(f"{more} more below", theme.muted)]] if more else []
    names = [_short(state, d.candidates[0].value) for d in agreed]
    folded = (
        paragraphs(f"= all made {', '.join(names)}", width, theme.muted, limit=2) if names else []
    )
    return [*head, *page, *below, *folded[: 2 - len(below)]]


def _head(
    panel: Panel, here: Difference | None, differ: int, agreed: int, theme: Theme
) -> list[Piece]:
    """`Difference 4 of 9, 3 left`; without one in focus, how many there are in the paragraph."""
    if here is not None:
        return [
            (f"Difference {here.number} of {panel.every}", theme.strong),
            (f", {panel.left} left", theme.muted),
        ]
    return [
        (f"{differ} differ", theme.strong),
        (f" · {agreed} agree · {panel.left} left in the document", theme.muted),
    ]


def _rows(panel: Panel, difference: Difference, theme: Theme, width: int) -> Rows:
    """One difference: what it is about, then the fields that
    differ or a line for each annotator."""
    state = panel.state
    focused = state.focus in difference.ids
    layer = state.schema.layer(difference.layer)
    ink = theme.ink(layer.color if layer else "grey")
    about = _about(state, difference, width)
    kinds: Piece = (f"  {_told_kinds(difference)}", theme.muted)
    rows: Rows = [[("▸ " if focused else "  ", theme.strong), (difference.layer, ink), kinds]]
    if about:
        rows.append([("  ", PLAIN), (about, PLAIN)])
    if difference.by_field:
        return [*rows, *_field_rows(panel, difference, theme, width)]
    return [*rows, *_version_rows(panel, difference, theme, width)]


def _told_kinds(difference: Difference) -> str:
    if difference.kinds == ("missing",):
        return "missing"
    if difference.kinds == (GONE,):
        return "nobody has it any more; it stands in the gold (0 keeps it)"
    if difference.kinds == ("changed since",):
        return "annotators have something else now than the gold (0 keeps it)"
    if difference.by_field:
        return ""
    return f"{', '.join(difference.kinds)} differ"


def _about(state: ReviewState, difference: Difference, width: int) -> str:
    """What all versions have in common, said once: the words of a span with
    one place, the target of a stance."""
    value = difference.candidates[0].value
    if isinstance(value, Relation):
        target = state.find(value.target)
        span = target.value if target is not None else None
        holder = f"{_holder(state, value)} " if "holder" not in difference.kinds else ""
        said = f"“{_quote(state, span, width - 8 - len(holder))}”" if isinstance(span, Span) else ""
        return clip(f"{holder}→ {said}", width - 2)
    if "bounds" in difference.kinds:
        return ""
    label = f"{value.label} " if "label" not in difference.kinds else ""
    return f"{label}“{_quote(state, value, width - 6 - len(label))}”"


def _field_rows(panel: Panel, difference: Difference, theme: Theme, width: int) -> Rows:
    """A row for each field that is filled in differently: `entity
    differs: 1 Ann Holt · 2 City council`."""
    (candidate,) = difference.candidates
    item = panel.state.find(candidate.id)
    numbers = {who: i for i, (who, _) in enumerate(panel.voters, 1)}
    left = difference.fields
    if item is not None and not item.pending:
        left = item.standing.open if item.standing is not None else ()
    rows: Rows = []
    focused = panel.state.focus in difference.ids
    for name in difference.fields:
        field = candidate.field(name)
        at = focused and panel.field == name
        if name not in left:
            held = field.of(item.value) if item is not None and not item.pending else None
            said = _told(panel.state, field.pair, held)
            rows.append(
                [
                    ("    ", PLAIN),
                    (f"{name} ✓ ", theme.muted),
                    (clip(said, width - len(name) - 8), PLAIN),
                ]
            )
            continue
        parts = [
            f"{','.join(str(numbers[who]) for who in whose if who in numbers)} "
            f"{_told(panel.state, field.pair, field.of(version))}"
            for version, whose in sorted(
                candidate.choices(name),
                key=lambda choice: min(numbers.get(who, 99) for who in choice[1]),
            )
        ]
        style = theme.strong if at or (focused and not panel.field) else PLAIN
        lead = "  ▸ " if at else "    "
        wrapped = paragraphs(
            f"{name} differs: {' · '.join(parts)}", max(8, width - 4), style, limit=4
        )
        rows += [
            [(lead if i == 0 else "    ", theme.strong), *row] for i, row in enumerate(wrapped)
        ]
    return rows


def _told(state: ReviewState, pair: bool, held: object) -> str:
    """A value as one reads it: of a stretch of text its words."""
    if pair and isinstance(held, list) and len(held) == 2:
        return f"“{both_ends(state.document.quote(int(held[0]), int(held[1])), 32)}”"
    return told_value(held) if held is not None else "none"  # type: ignore[arg-type]


def _version_rows(panel: Panel, difference: Difference, theme: Theme, width: int) -> Rows:
    """A line for each annotator, with what sets their version off from the others."""
    state = panel.state
    focused = state.focus in difference.ids
    name_width = min(12, max((len(name) for _, name in panel.voters), default=1))
    common = _common(difference)
    rows: Rows = []
    for number, (who, name) in enumerate(panel.voters, 1):
        several = difference.version(who)
        at = focused and any(c.id == state.focus for c in several)
        lead = (
            f"{'▸' if at else ' '} {number if number < 10 else ' '} "
            f"{clip(name, name_width):<{name_width}} "
        )
        left: list[Piece] = [
            (lead, theme.strong if at else theme.muted),
            (f"{_became(state, difference, who)} ", theme.strong),
        ]
        room = max(8, width - name_width - 7)
        said: list[Piece] = []
        for c in several:
            said += [("; ", theme.muted)] if said else []
            said += _said(panel, difference, c, common, theme, room // max(1, len(several)))
        rows.append([*left, *(said or [("–  not marked", theme.muted)])])
    machine = panel.proposed(difference)
    if machine is not None:
        words = _plain(state, machine, width - name_width - 10)
        rows.append(
            [
                (f"    {'model':<{name_width}}   ", theme.muted),
                (clip(words, width - name_width - 7), theme.muted),
            ]
        )
    return rows


def _common(difference: Difference) -> tuple[int, int] | None:
    """What all span versions share; None for relations, and where they share nothing."""
    spans = [c.value for c in difference.candidates if isinstance(c.value, Span)]
    if not spans:
        return None
    start, end = max(s.start for s in spans), min(s.end for s in spans)
    return (start, end) if start < end else None


def _said(
    panel: Panel,
    difference: Difference,
    candidate: Candidate,
    common: tuple[int, int] | None,
    theme: Theme,
    room: int,
) -> list[Piece]:
    """A version: its label, its words where the bounds differ (those that not all have set off),
    and the fields in which it differs."""
    state, value = panel.state, candidate.value
    fields = [f for f in candidate.fields if f.name in difference.fields]
    extra = " · ".join(f"{f.name} {_told(state, f.pair, f.of(value))}" for f in fields)
    tail: list[Piece] = [(f"  {clip(extra, max(8, room // 2))}", theme.muted)] if extra else []
    if isinstance(value, Relation):
        layer = state.schema.layer(value.layer)
        label = layer.label(value.label) if layer else None
        holder = f"{_holder(state, value)} " if "holder" in difference.kinds else ""
        said = f"{holder}{label.symbol if label else ''} {value.label}".strip()
        return [(clip(said, room), PLAIN), *tail]
    label_piece: Piece = (value.label, theme.strong if "label" in difference.kinds else PLAIN)
    if "bounds" not in difference.kinds:
        return [label_piece, *tail]
    used = len(value.label) + 3 + sum(len(text) for text, _ in tail)
    return [
        label_piece,
        (" “", PLAIN),
        *_marked(state, value, common, theme, max(12, room - used)),
        ("”", PLAIN),
        *tail,
    ]


def _marked(
    state: ReviewState, span: Span, common: tuple[int, int] | None, theme: Theme, room: int
) -> list[Piece]:
    """The words of a span in so much room: what not all versions have is set off and shown first,
    the middle that all share gives way."""

    def words(start: int, end: int) -> str:
        return " ".join(state.document.quote(start, end).split()) if start < end else ""

    if common is None or common[0] < span.start or common[1] > span.end:
        return [(both_ends(words(span.start, span.end), room), theme.strong)]
    before, middle, after = (
        words(span.start, common[0]),
        words(*common),
        words(common[1], span.end),
    )
    third = max(6, room // 3)
    before = both_ends(before, third if after else 2 * third) if before else ""
    after = both_ends(after, third if before else 2 * third) if after else ""
    middle = both_ends(middle, max(7, room - len(before) - len(after) - 2))
    pieces: list[Piece] = []
    if before:
        pieces += [(before, theme.strong), (" ", PLAIN)]
    pieces.append((middle, theme.muted if before or after else PLAIN))
    if after:
        glue = "" if not after[:1].isalnum() else " "
        pieces += [(glue, PLAIN), (after, theme.strong)]
    return pieces


def _became(state: ReviewState, difference: Difference, who: str) -> str:
    """`✓` where this version stands, `×` where it was decided against, a blank while it waits."""
    version = difference.version(who)
    every = [item for id in difference.ids if (item := state.find(id)) is not None]
    if any(item.undecided for item in every):
        return " "
    standing = {item.id: item.value for item in every if not item.pending}
    if not every and not difference.version(who):
        # What it was about does not stand.
        return " " if difference.follows else "✓"
    if {c.id for c in version} != set(standing):
        return "×"
    same = all(content(c.value, c.fields) == content(standing[c.id], c.fields) for c in version)
    return "✓" if same else "~"


def _quote(state: ReviewState, span: Span, room: int) -> str:
    """A span's words; of long ones beginning and end."""
    text = state.document.quote(span.start, span.end)
    return clip(" ".join(text.split()), max(4, room)) if room < 12 else both_ends(text, room)


def _plain(state: ReviewState, value: Annotation, room: int) -> str:
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


__all__ = ["Panel", "versions"]
