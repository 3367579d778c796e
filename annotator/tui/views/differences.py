"""Differences between annotators as rows: where, what differs,
and both versions under each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from annotator.tui.rows import PLAIN, Piece, clip
from annotator.tui.theme import Theme

if TYPE_CHECKING:
    from annotator.workflows.agreement.differences import Difference

_LABEL = 14


def difference_rows(found: Sequence[Difference], theme: Theme, width: int) -> list[list[Piece]]:
    """Three rows for each difference: its place and kind, then
    what each of the two annotators has."""
    rows: list[list[Piece]] = []
    names = min(
        16, max((len(who) for d in found for who in (d.annotator_1, d.annotator_2)), default=1)
    )
    for one in found:
        head = f"{one.document} ¶ {one.paragraph}"
        rows.append(
            [(clip(head, width - 22), theme.muted), (f"  {one.kind} differs", theme.strong)]
        )
        if one.kind == "missing":
            rows[-1][1] = ("  missing", theme.strong)
        for who, label, holder, quote, value in (
            (one.annotator_1, one.label_1, one.holder_1, one.quote_1, one.value_1),
            (one.annotator_2, one.label_2, one.holder_2, one.quote_2, one.value_2),
        ):
            lead: Piece = (f"  {clip(who, names):<{names}}  ", theme.muted)
            if not label:
                rows.append([lead, ("–  not marked", theme.muted)])
                continue
            told = f"{value or '–'}  " if one.value_1 or one.value_2 else ""
            text = (
                f"{clip(label, _LABEL):<{_LABEL}} {told}{f'{holder}: ' if holder else ''}“{quote}”"
            )
            rows.append([lead, (clip(text, max(10, width - names - 4)), PLAIN)])
        rows.append([])
    return rows or [[("nothing differs here", theme.muted)]]


__all__ = ["difference_rows"]
