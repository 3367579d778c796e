"""The annotators' versions of a paragraph, beside or below the text in review: differences by
pages, agreement folded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from annotator.model.decision_text import both_ends
from annotator.model.fields import content
from annotator.model.review import ReviewState
from annotator.model.span import Annotation
from annotator.model.text import paragraph_number, plural
from annotator.tui.styled_rows import Piece, justify, width_of, wrapped_pieces
from annotator.tui.theme import Theme
from annotator.tui.views.difference import DEPTHS, DifferenceRows, difference_rows, folded, in_short
from annotator.tui.views.difference_context import Deciding, DifferenceContext, Rows
from annotator.tui.views.differing_fields import value_at
from annotator.workflows.review.alignment import Difference
from annotator.workflows.review.open_differences import OpenDifference

SMALL = 9
"""With fewer rows than this, only the difference in focus is shown."""


def _alone(_: Difference) -> Sequence[OpenDifference]:
    return ()


@dataclass(frozen=True, slots=True)
class Panel:
    """What the panel shows: the differences of the paragraph and their context, what a model
    proposes, the field that a number decides (empty for all), the number of differences in the
    document and of those that wait, the number of other places where annotators differ in the same
    way, and the chosen differences that are decided one after the other, if any."""

    state: ReviewState
    scene: DifferenceContext
    found: Sequence[Difference]
    proposed: Callable[[Difference], Annotation | None]
    field: str = ""
    every: int = 0
    left: int = 0
    places: Callable[[Difference], Sequence[OpenDifference]] = _alone
    course: str = ""

    @property
    def differ(self) -> list[Difference]:
        """The differences, without what is coded alike."""
        return [one for one in self.found if one.number]

    @property
    def agreed(self) -> list[Difference]:
        """What is coded alike and does not depend on another decision."""
        return [one for one in self.found if not one.number and not one.follows]


@dataclass(frozen=True, slots=True)
class PanelRows:
    """The rows, and for each row what a click on it means: a difference and the annotator whose
    version it is, counted from 1 (0 for the difference itself). `field_at` gives,
    for a row and a column, the field of the difference there and an annotator who has the value."""

    rows: Rows
    places: dict[int, tuple[Difference, int]]
    field_at: Callable[[int, int], tuple[str, str] | None]


def versions(panel: Panel, theme: Theme, width: int, height: int) -> Rows:
    """Only the rows of `panel_rows`."""
    return panel_rows(panel, theme, width, height).rows


def panel_rows(panel: Panel, theme: Theme, width: int, height: int) -> PanelRows:
    """The page with the difference in focus or, if there is little room, only that difference."""
    here = next((d for d in panel.found if panel.state.focus in d.ids), None)
    differ, agreed = panel.differ, panel.agreed
    first = _head(panel, here, len(differ), len(agreed), theme)
    is_small = height < SMALL
    if is_small and here is not None and here.number:
        return _only(panel, here, first, theme, width, height)
    places: dict[int, tuple[Difference, int]] = {}
    fields: dict[int, int] = {}
    field_at = partial(_field_at, panel, theme, width, places, fields)
    rows = _with_course(first, panel.course, theme, width)
    if here is not None and not here.number:
        rows.append(_agreed(panel, here, theme, width))
    if is_small:
        return PanelRows(rows[:height], places, field_at)
    rows.append([])
    pages = _pages(panel, differ, theme, width, height - len(rows) - 1)
    at = next((i for i, page in enumerate(pages) if here in page), 0)
    for difference in pages[at]:
        made = _rows(panel, difference, theme, width)
        _add(made, difference, rows, places, fields)
        rows.append([])
    rows = _cut(rows, height - 2, theme)
    below = _below(panel, _beyond(pages, at), agreed, theme, width, height - len(rows) - 2)
    return PanelRows([*rows, [], *below], places, field_at)


def _with_course(first: list[Piece], course: str, theme: Theme, width: int) -> Rows:
    """The first row with the course beside it or, if there is no room, below it."""
    pieces: list[Piece] = [(course, theme.strong)] if course else []
    if width_of([*first, *pieces]) < width:
        return [justify(first, pieces, width)]
    # Its end says how many are left.
    return [first, [(both_ends(course, width), theme.strong)]]


def _below(
    panel: Panel, message: str, agreed: Sequence[Difference], theme: Theme, width: int, height: int
) -> Rows:
    """A row about differences on other pages, if there are any, and rows about what the annotators
    agree on."""
    rows: Rows = [[(message, theme.muted)]] if message else []
    return rows + folded(panel.scene, agreed, theme, width, limit=max(1, height - len(rows)))


def _beyond(pages: Sequence[Sequence[Difference]], at: int) -> str:
    """How many differences are on the pages before and after this one."""
    above, below = sum(map(len, pages[:at])), sum(map(len, pages[at + 1 :]))
    return ", ".join(f"{n} more {where}" for n, where in ((above, "above"), (below, "below")) if n)


def _only(
    panel: Panel, here: Difference, first: Sequence[Piece], theme: Theme, width: int, height: int
) -> PanelRows:
    """The difference in focus alone, where there is little room."""
    head = [*first, ("  ", theme.muted)]
    for depth in DEPTHS:
        made = _rows(panel, here, theme, width, head, depth)
        if len(made.rows) <= height:
            break
    quoted = "bounds" not in here.kinds and here.layer in panel.scene.span_layers
    if len(made.rows) > height and quoted:
        # The words of a span are highlighted in the text, so what each annotator has is shown
        # before them.
        makers = {row - 1: number for row, number in made.makers.items()}
        made = DifferenceRows([made.rows[0], *made.rows[2:]], makers, made.above_fields - 1)
    rows: Rows = []
    places: dict[int, tuple[Difference, int]] = {}
    fields: dict[int, int] = {}
    _add(made, here, rows, places, fields)
    if panel.course and len(rows) < height:
        rows.append([("  ", theme.muted), (both_ends(panel.course, width - 2), theme.strong)])
    field_at = partial(_field_at, panel, theme, width, places, fields)
    return PanelRows(_cut(rows, height, theme), places, field_at)


def _pages(
    panel: Panel, differ: Sequence[Difference], theme: Theme, width: int, room: int
) -> list[list[Difference]]:
    """The differences in pages of at most `room` rows each."""
    pages: list[list[Difference]] = [[]]
    used = 0
    for difference in differ:
        size = len(_rows(panel, difference, theme, width).rows) + 1
        if pages[-1] and used + size > room:
            pages.append([])
            used = 0
        pages[-1].append(difference)
        used += size
    return pages


def _head(
    panel: Panel, here: Difference | None, differ: int, agreed: int, theme: Theme
) -> list[Piece]:
    """`Difference 4 of 9, 3 left`; if none is in focus, the number in the paragraph."""
    if here is not None and here.number:
        return [
            (f"Difference {here.number} of {panel.every}", theme.strong),
            (f", {panel.left} left" if panel.left else ", all decided", theme.muted),
        ]
    return [
        (f"{differ} differ", theme.strong),
        (f" · {agreed} agree · {panel.left} left in the document", theme.muted),
    ]


def _agreed(panel: Panel, here: Difference, theme: Theme, width: int) -> list[Piece]:
    """A row about the item in focus if all coded it alike, so that nobody rejects it by mistake."""
    value = here.candidates[0].value
    short = in_short(panel.scene, value, max(12, width - 22))
    words = "depends on another decision" if here.follows else "all coded it alike"
    return [("= ", theme.strong), (short, theme.strong), (f"  {words}", theme.muted)]


def _cut(rows: Rows, height: int, theme: Theme) -> Rows:
    """As many rows as there is room for, and a count of the rest."""
    while rows and not rows[-1]:
        rows = rows[:-1]
    if len(rows) <= height:
        return rows
    return [
        *rows[: height - 1],
        [(f"  {plural(len(rows) - height + 1, 'more row')} below", theme.muted)],
    ]


def _add(
    made: DifferenceRows,
    difference: Difference,
    rows: Rows,
    places: dict[int, tuple[Difference, int]],
    fields: dict[int, int],
) -> None:
    """Add the rows of a difference below the present ones. `fields` gets, for each of them, its
    number among the rows of the fields, which is negative above these."""
    first = len(rows)
    for i in range(len(made.rows)):
        places[first + i] = difference, made.makers.get(i, 0)
        fields[first + i] = i - made.above_fields
    rows += made.rows


def _rows(
    panel: Panel,
    difference: Difference,
    theme: Theme,
    width: int,
    head: Sequence[Piece] = (),
    depth: int = DEPTHS[0],
) -> DifferenceRows:
    """One difference, with the focus and the state of the versions; `head` comes first."""
    state = panel.state
    focused = state.focus in difference.ids
    head = head or [("▸ " if focused else "  ", theme.strong)]
    places = panel.places(difference)
    tail: list[Piece] = [(f"  ({len(places) + 1} places)", theme.strong)] if places else []
    deciding = _deciding(panel, difference)
    made = difference_rows(
        panel.scene,
        difference,
        theme,
        width,
        deciding=deciding,
        head=head,
        tail=tail,
        proposed=panel.proposed(difference),
        depth=depth,
    )
    if not places or not focused:
        return made
    where = wrapped_pieces([(f"  also {_where(panel, places)}", theme.muted)], width, limit=2)
    return replace(made, rows=[*made.rows, *where])


def _deciding(panel: Panel, difference: Difference) -> Deciding:
    state = panel.state
    focused = state.focus in difference.ids
    item = state.find(next(iter(difference.ids))) if difference.by_field else None
    left: Sequence[str] = difference.fields
    if item is not None and not item.pending:
        left = item.standing.open if item.standing is not None else ()
    return Deciding(
        state.focus if focused else None,
        panel.field,
        left,
        lambda field: field.of(item.value) if item is not None and not item.pending else None,
        lambda who: became(state, difference, who),
    )


def _field_at(
    panel: Panel,
    theme: Theme,
    width: int,
    places: Mapping[int, tuple[Difference, int]],
    fields: Mapping[int, int],
    row: int,
    x: int,
) -> tuple[str, str] | None:
    """The field and the annotator of a value at a cell of the panel; `fields` as in `_add`."""
    if row not in places:
        return None
    difference, _ = places[row]
    deciding = _deciding(panel, difference)
    return value_at(panel.scene, difference, theme, width, deciding, fields[row], x)


def _where(panel: Panel, places: Sequence[OpenDifference]) -> str:
    """`in ¶ 2, ¶ 4, and 3 times in other documents: 18-sued-into-silence`."""
    here = [p for p in places if p.document == panel.state.document.id]
    others = [p.document for p in places if p.document != panel.state.document.id]
    parts = [f"¶ {paragraph_number(n)}" for n in dict.fromkeys(p.paragraph for p in here)]
    words = f"in {', '.join(parts)}" if parts else ""
    if others:
        several = f"{'and ' if parts else ''}in {plural(len(others), 'place')} of other documents"
        words += f"{' ' if parts else ''}{several}: {', '.join(dict.fromkeys(others))}"
    return words


def became(state: ReviewState, difference: Difference, who: str) -> str:
    """`✓` if this version stands, `×` if it was rejected, a blank while it waits."""
    version = difference.version(who)
    every = [item for id in difference.ids if (item := state.find(id)) is not None]
    if any(item.undecided for item in every):
        return " "
    standing = {item.id: item.value for item in every if not item.pending}
    if not every and not version:
        # Its target does not stand.
        return " " if difference.follows else "✓"
    if {c.id for c in version} != set(standing):
        return "×"
    same = all(content(c.value, c.fields) == content(standing[c.id], c.fields) for c in version)
    return "✓" if same else "~"


__all__ = ["Panel", "PanelRows", "became", "panel_rows", "versions"]
