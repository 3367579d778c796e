"""How often what an annotator marked became gold, by label, in rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from annotator.tui.styled_rows import PLAIN, Piece, paragraphs
from annotator.tui.theme import Theme
from annotator.workflows.review.who_was_right import TakenVersions


def who_was_right_rows(
    found: Sequence[TakenVersions], called: Mapping[str, str], theme: Theme, width: int
) -> list[list[Piece]]:
    """A row for each annotator and label. `called` are the names that are shown."""
    if not found:
        return paragraphs("no difference has been decided yet", width, theme.muted)
    rows: list[list[Piece]] = [
        [(f"{'layer':<10}{'came to':<16}{'annotator':<16}  right", theme.muted)]
    ]
    for r in found:
        name = called.get(r.annotator, r.annotator)
        rows.append(
            [
                (f"{r.layer:<10}{r.label:<16}{name:<16}", PLAIN),
                (f"{r.right:>4}", theme.strong),
                (f" of {r.of}", theme.muted),
            ]
        )
    return rows


__all__ = ["who_was_right_rows"]
