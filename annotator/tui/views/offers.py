"""The names offered for the item in focus, on its card."""

from __future__ import annotations

from collections.abc import Mapping

from annotator.model.decision_text import both_ends
from annotator.tui.styled_rows import PLAIN, Piece, clip, width_of
from annotator.tui.theme import Theme

LONGEST = 34
"""The cells for a name if several are side by side: two fit at 80 columns."""


def offer_rows(offers: Mapping[str, str], theme: Theme, width: int, room: int) -> list[list[Piece]]:
    """The names offered for the item in focus, each behind the keys that take it, in at most `room`
    rows: below each other if there is room, or else side by side, as many as fit."""
    if not offers or room < 1:
        return []
    if len(offers) <= room:
        return [
            [(f"  {keys} ", theme.strong), (both_ends(name, width - len(keys) - 3), theme.muted)]
            for keys, name in offers.items()
        ]
    rows: list[list[Piece]] = [[]]
    left = width
    for keys, name in offers.items():
        shown = clip(name, min(LONGEST, width - len(keys) - 3))
        needs = width_of([(shown, PLAIN)]) + len(keys) + 3
        if needs > left and len(rows) == room:
            break
        if needs > left:
            rows.append([])
            left = width
        rows[-1] += [(f"  {keys} ", theme.strong), (shown, theme.muted)]
        left -= needs
    return rows


__all__ = ["offer_rows"]
