"""One paragraph as several annotators coded it: first what differs, version under version, then
what agrees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from annotator.tui.styled_rows import Piece, paragraphs
from annotator.tui.theme import Theme
from annotator.tui.views.difference import difference_rows, in_short
from annotator.tui.views.difference_context import DifferenceContext
from annotator.workflows.review.alignment import Difference
from annotator.workflows.review.side_by_side import SideBySide


def beside(
    found: SideBySide, theme: Theme, width: int, *, called: Mapping[str, str] = MappingProxyType({})
) -> list[list[Piece]]:
    """Rows of the paragraph, then of every item with each annotator's version, aligned as review
    aligns them. Only attributes that differ are shown. If only the ends of a stance differ, only
    the ends are shown. `called` has other names for annotators."""
    voters = [(who, called.get(who, who)) for who in found.voters]
    scene = DifferenceContext(found.document, found.schema, voters, found.value)
    differ = [d for d in found.differences if d.kinds and not d.by_field and not d.follows]
    finer = [d for d in found.differences if d.by_field]
    agreed = [d for d in found.differences if not d.kinds or d.follows]
    start, end = found.bounds
    rows = [*paragraphs(" ".join(found.document.quote(start, end).split()), width), []]
    fine = f", {len(finer)} in attributes alone" if finer else ""
    rows.append(
        [(f"{len(differ)} differ{fine}", theme.strong), (f", {len(agreed)} agree", theme.muted)]
    )
    for difference in (*differ, *finer):
        head: list[Piece] = [("≠ ", theme.strong)]
        rows += [[], *difference_rows(scene, difference, theme, width, head=head).rows]
    return rows + _agreed_rows(scene, agreed, theme, width)


def _agreed_rows(
    scene: DifferenceContext, agreed: Sequence[Difference], theme: Theme, width: int
) -> list[list[Piece]]:
    """What all coded alike, in a row each, after a blank one."""
    rows: list[list[Piece]] = [[]] if agreed else []
    for difference in agreed:
        value = difference.candidates[0].value
        words = in_short(scene, value, max(10, width - len(value.layer) - 5))
        rows.append([("= ", theme.muted), (f"{value.layer}  {words}", theme.muted)])
    return rows


__all__ = ["beside"]
