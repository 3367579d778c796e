"""The words of a long span that a coder could name as the reason for its label."""

from __future__ import annotations

from annotator.english import tables
from annotator.learners.claims.boundaries import Sentence

_SENSES = {
    "policy": frozenset(("need", "pledge")),
    "prediction": frozenset(("ahead",)),
    "value": frozenset(("praise", "blame")),
    "fact": frozenset(("proof",)),
}
"""The senses of words that show a label of the default schema (`senses.toml`)."""
_WORDS = {"policy": "demanding", "prediction": "foreseeing", "value": "value_words"}
"""The tables of words that show it too (`words.toml`)."""


def cue_candidates(sentence: Sentence, first: int, last: int, label: str) -> list[str]:
    """The words in tokens `[first, last)` that carry what is asserted and can be a reason for the
    label, in lower case: for a label of the default schema, the words of its classes; for another
    one, all except function words."""
    inside = (sentence.tokens[i] for i in sorted(sentence.asserting(first, last)))
    return [t.lower for t in inside if t.text == t.lower and _shows(t.lower, label)]


def _shows(word: str, label: str) -> bool:
    if label not in _SENSES:
        return tables.telling(word)
    if label in _WORDS and word in tables.words(_WORDS[label]):
        return True
    return not _SENSES[label].isdisjoint(tables.senses().get(word, ()))


__all__ = ["cue_candidates"]
