"""The names that are offered for the item in focus, on its card."""

from __future__ import annotations

from collections.abc import Sequence

from annotator.model.telling import both_ends
from annotator.tui.styled_rows import Piece
from annotator.tui.theme import Theme

BESIDE = 3
"""Names that stand side by side where there are too few rows for one below the other."""


def offer_rows(offers: Sequence[str], theme: Theme, width: int, room: int) -> list[list[Piece]]:
    """The names that are offered for the item in focus, in at most `room` rows: one below the other
    where there is room for them, else `BESIDE` of them side by side."""
    if not offers or room < 1:
        return []
    if len(offers) <= room:
        return [
            [(f"  {number} ", theme.strong), (both_ends(name, width - 4), theme.muted)]
            for number, name in enumerate(offers, 1)
        ]
    cells = max(8, width // BESIDE - 4)
    shown = [both_ends(name, cells) for name in offers[: room * BESIDE]]
    rows: list[list[Piece]] = []
    for first in range(0, len(shown), BESIDE):
        row: list[Piece] = []
        for number, name in enumerate(shown[first : first + BESIDE], first + 1):
            row += [(f"  {number} ", theme.strong), (name, theme.muted)]
        rows.append(row)
    return rows


__all__ = ["offer_rows"]
