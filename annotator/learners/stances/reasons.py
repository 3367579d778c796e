"""The features of a pair that a coder would give as the reason for a stance, in words."""

from __future__ import annotations

from collections.abc import Iterable

from annotator.english import tables
from annotator.learners.claims.syntax import speaks
from annotator.learners.stances.features import side_words

_WORDS = ("w=", "P.gsub=True|", "P.gov=", "A.verb=")
"""Features that end with a word: between the ends, governing the target, or reporting it."""
_NEXT = "A.next="
"""Features that end with a word of the sentence after the target."""
_JUDGING = frozenset(("praise", "blame"))


def cues_of(features: Iterable[str]) -> dict[str, str]:
    """The words for those features that name a cue."""
    cues = ((feature, _told(feature)) for feature in features)
    return {feature: words for feature, words in cues if words}


def _told(feature: str) -> str:
    """The words for a feature; empty if it names no cue."""
    own = feature.rpartition(">")[2].partition("|")[2] or feature
    if own == "sign=?":
        return "it is a question, and the author took this side on questions before"
    name = next((name for name in _WORDS if own.startswith(name)), None)
    word = own[len(name) :] if name is not None else ""
    if word.isalpha() and word == word.lower() and (speaks(word) or tables.telling(word)):
        return f"“{word}” occurred in such pairs before"
    next_word = own.removeprefix(_NEXT) if own.startswith(_NEXT) else ""
    if not _JUDGING.isdisjoint(tables.senses().get(next_word, ())):
        return f"“{next_word}” followed such claims before"
    return ""


def side_taken(features: Iterable[str]) -> str:
    """The last word between the ends that takes a side; empty if none does."""
    words = [feature[2:] for feature in features if feature.startswith("w=")]
    return next((word for word in reversed(words) if word in side_words()), "")


__all__ = ["cues_of", "side_taken"]
