"""Rows of text and rows of cards side by side, made again only where one of the two changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from annotator.tui.styled_rows import Drawn, Piece, beside, strip
from annotator.tui.theme import Theme


@dataclass
class _Columns:
    """The two columns of the last frame, and the rows made from them."""

    look: object = None
    left: Sequence[Drawn] = ()
    right: Sequence[list[Piece]] = ()
    rows: list[Drawn] = field(default_factory=list)


_last = _Columns()


def joined(
    left: Sequence[Drawn], right: Sequence[list[Piece]], theme: Theme, width: int
) -> list[Drawn]:
    """Rows of text and rows of cards side by side. A row is reused if both halves are the same
    objects as before."""
    look = (theme.name, width, len(left))
    if _last.look != look:
        rows = [
            beside(one, _barred(other, theme), width)
            for one, other in zip(left, right, strict=True)
        ]
    else:
        rows = list(_last.rows)
        before = zip(_last.left, _last.right, strict=True)
        for y, (one, other, (left_then, right_then)) in enumerate(
            zip(left, right, before, strict=True)
        ):
            if one is not left_then or other is not right_then:
                rows[y] = beside(one, _barred(other, theme), width)
    _last.look, _last.left, _last.right, _last.rows = look, left, right, rows
    return list(rows)


_bars: dict[tuple[int, str], tuple[list[Piece], Drawn]] = {}


def _barred(row: list[Piece], theme: Theme) -> Drawn:
    """A row of cards after the bar that separates it from the text; reused while the row is the
    same object."""
    known = _bars.get((id(row), theme.name))
    if known is None or known[0] is not row:
        if len(_bars) > 2000:
            _bars.clear()
        # Keep the row too, so that its id is not reused.
        known = _bars[id(row), theme.name] = (row, strip([("│ ", theme.muted), *row]))
    return known[1]


__all__ = ["joined"]
