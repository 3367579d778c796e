"""What two annotators coded differently, difference by difference: where, what, and both versions
with the difference highlighted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from annotator.tui.styled_rows import PLAIN, Piece, clip
from annotator.tui.theme import Theme
from annotator.tui.views.differing_words import Runs, highlighted, worded

if TYPE_CHECKING:
    from annotator.workflows.agreement.differences import PairDifference

_LABEL = 14


def pair_rows(found: Sequence[PairDifference], theme: Theme, width: int) -> list[list[Piece]]:
    """Four rows for each difference: its place and kind, what each of the two annotators has, and
    an empty row."""
    rows: list[list[Piece]] = []
    names = min(
        16, max((len(who) for d in found for who in (d.annotator_1, d.annotator_2)), default=1)
    )
    for one in found:
        head = f"{one.document} ¶ {one.paragraph}"
        kind = "missing" if one.kind == "missing" else f"{one.kind} differs"
        rows.append([(clip(head, width - 22), theme.muted), (f"  {kind}", theme.strong)])
        quotes = worded((one.quote_1, one.quote_2))
        values = worded((one.value_1 or "–", one.value_2 or "–"))
        for i, (who, label, holder) in enumerate(
            (
                (one.annotator_1, one.label_1, one.holder_1),
                (one.annotator_2, one.label_2, one.holder_2),
            )
        ):
            lead: Piece = (f"  {clip(who, names):<{names}}  ", theme.muted)
            if not label:
                rows.append([lead, ("–  not marked", theme.muted)])
                continue
            held = values[i] if one.value_1 or one.value_2 else []
            both = bool(one.label_1 and one.label_2)
            rows.append(
                [
                    lead,
                    *_version(
                        one, label, holder, held, quotes[i], theme, width - names - 4, both=both
                    ),
                ]
            )
        rows.append([])
    return rows or [[("nothing differs here", theme.muted)]]


def _version(
    one: PairDifference,
    label: str,
    holder: str,
    value: Runs,
    quote: Runs,
    theme: Theme,
    room: int,
    *,
    both: bool,
) -> list[Piece]:
    """Label, value, holder and words of one version."""
    strong = theme.strong if both else PLAIN
    style = strong if one.label_1 != one.label_2 else PLAIN
    pieces: list[Piece] = [(f"{clip(label, _LABEL):<{_LABEL}} ", style)]
    pieces += highlighted(value, max(10, room // 2), PLAIN, strong)
    pieces += [("  ", PLAIN)] if value else []
    if holder:
        pieces.append(
            (f"{clip(holder, max(8, room // 3))}: ", strong if one.kind == "holder" else PLAIN)
        )
    left = room - sum(len(text) for text, _ in pieces) - 2
    if left < 12:
        return [(clip("".join(text for text, _ in pieces), room), PLAIN)]
    return [*pieces, ("“", PLAIN), *highlighted(quote, left, PLAIN, strong), ("”", PLAIN)]


__all__ = ["pair_rows"]
