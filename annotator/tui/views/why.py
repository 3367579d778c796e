"""Why something was suggested: the reason, how sure it is, and who made it."""

from __future__ import annotations

from annotator.model.decision import Suggestion
from annotator.model.sureness import MEANINGS, sureness
from annotator.tui.styled_rows import PLAIN, Piece, paragraphs
from annotator.tui.theme import Theme
from annotator.tui.views.item_rows import ANNOTATORS


def why_rows(found: Suggestion, theme: Theme, width: int, mute: str) -> list[list[Piece]]:
    """What is known about a suggestion, in words; `mute` is the key that mutes its rule. For an
    annotator's version in review, only who made it."""
    facts = [("reason", found.reason or "none is stored")]
    if found.rule != ANNOTATORS:
        word = sureness(found.score)
        rule = f", rule {found.rule}" if found.rule else ""
        facts += [
            ("how sure", f"{word}, with a score of {found.score:.2f}. {MEANINGS[word]}"),
            ("made by", f"{found.suggester} {found.version}{rule}"),
        ]
    out: list[list[Piece]] = []
    for name, value in facts:
        wrapped = paragraphs(value, width - 12)
        out.append([(name.ljust(12), theme.muted), *wrapped[0]])
        out += [[(" " * 12, PLAIN), *row] for row in wrapped[1:]]
    if found.rule and found.rule != ANNOTATORS:
        words = f"{mute} mutes this rule, for you or for the whole project"
        out += [[], *paragraphs(words, width, theme.muted)]
    return out


__all__ = ["why_rows"]
