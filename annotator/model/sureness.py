"""How sure a suggestion is, in words. Scores are calibrated, but percentages tell a person
little. The score of a claim is the chance that its label and its bounds are exactly right.
Many claims with a score of one third are right except for a word, so a low score means “look
at it”, not “distrust it”.
"""

from __future__ import annotations

_WORDS = ((0.9, "sure"), (0.6, "likely"), (0.3, "fair"), (0.0, "check"))
"""The lowest score that each word stands for."""

MEANINGS = {
    "sure": "At least nine in ten such suggestions are right.",
    "likely": "Six to nine in ten such suggestions are right.",
    "fair": "Three to six in ten such suggestions are right as they stand.",
    "check": "Fewer than three in ten are right as they stand. Many others are only a word off.",
}
"""What each word says. Right means that the label and both bounds are right."""


def sureness(score: float) -> str:
    """`sure` (from .9), `likely` (.6), `fair` (.3) or `check`, for a score in [0, 1]."""
    return next(word for least, word in _WORDS if score >= least)


__all__ = ["MEANINGS", "sureness"]
