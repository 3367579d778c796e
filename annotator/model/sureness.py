"""How sure a suggestion is, in words that a person can use: scores are
calibrated, but say little as percentages.

A claim's score is the chance that its bounds and its label are both right to the character. Many at
a third are right but for a word, so a low score asks for a look and not for distrust.
"""

from __future__ import annotations

_WORDS = ((0.9, "sure"), (0.6, "likely"), (0.3, "fair"), (0.0, "check"))
"""The least score of each word."""


def sureness(score: float) -> str:
    """`sure` (from .9), `likely` (.6), `fair` (.3) or `check`, for a score in [0, 1]."""
    return next(word for least, word in _WORDS if score >= least)


__all__ = ["sureness"]
