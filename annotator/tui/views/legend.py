"""What the marks and words on the screens of annotating and review mean, for the help."""

from __future__ import annotations

from collections.abc import Sequence

from annotator.model.sureness import MEANINGS
from annotator.tui.key_map import KeyMap
from annotator.tui.layout import Glyphs


def legend(keys: KeyMap, glyphs: Glyphs) -> Sequence[tuple[str, str]]:
    """Each mark or word with its meaning."""
    lint = keys.shown("lint")
    left, right = glyphs.corners[0], glyphs.corners[1]
    solid, dotted = glyphs.decided * 3, glyphs.pending * 3
    heavy = f"{glyphs.focused}{glyphs.decided * 2}"
    return (
        (
            f"S{dotted}  {left}C{dotted}{right}",
            "A suggested actor and claim. The letter stands for the label or the layer.",
        ),
        (f"S{solid}  {left}C{solid}{right}", "The same after you decided on them."),
        (f"S{heavy}", "The item in focus. ▸ stands before its card."),
        (f"S*{solid}  S!{solid}", "An item with a note, and one with a flag."),
        ("= Iran  = Iran?", "The entity or concept, and one that is only proposed."),
        *((f"suggested: {word}", meaning) for word, meaning in MEANINGS.items()),
        (f"{lint} 2 findings", f"Two things look unfinished or contradictory. {lint} shows them."),
    )


REVIEW_LEGEND: Sequence[tuple[str, str]] = (
    ("✓  ×", "The version that was taken, and the others."),
    ("–  not marked", "This annotator has nothing here."),
    ("(3 places)", "The annotators differ in the same way at two other places."),
    ("2 more below", "Two more differences of the paragraph; j goes there."),
    ("= all coded", "What everybody coded alike. It needs no decision."),
)
"""The same for the annotators' versions in review."""


__all__ = ["REVIEW_LEGEND", "legend"]
