"""What opens and closes a clause without being part of its claim: connectives, frames of
opinion, and punctuation."""

from __future__ import annotations

from collections.abc import Sequence

from annotator.english import tables
from annotator.english.frames import heads_of
from annotator.english.syntax import HELPERS, governs
from annotator.english.tokens import Token, phrase_at

_CLEAVING = tables.words("adverbs") | tables.words("negations")
"""Words before `that` in `it is seldom that ...`, which reports nothing."""
_QUESTION_WORDS = frozenset("why how when where who".split())
_ENDS = frozenset(".!?;:,…\"”“»«'’)(–—-")


def trimmed(tokens: Sequence[Token], first: int, last: int) -> tuple[int, int]:
    """Without punctuation at the ends; a bracket or quote that closes inside is kept."""
    while last > first and tokens[last - 1].text in _ENDS and not _closes(tokens, first, last):
        last -= 1
    while first < last and (tokens[first].text in _ENDS and not _opens(tokens, first, last)):
        first += 1
    return first, last


def _closes(tokens: Sequence[Token], first: int, last: int) -> bool:
    pairs = {")": "(", "”": "“", "»": "«"}
    opener = pairs.get(tokens[last - 1].text)
    inside = [t.text for t in tokens[first : last - 1]]
    if tokens[last - 1].text == '"':
        return inside[1:].count('"') % 2 == 1
    return opener is not None and opener in inside[1:]


def _opens(tokens: Sequence[Token], first: int, last: int) -> bool:
    pairs = {"(": ")", "“": "”", "«": "»"}
    closer = pairs.get(tokens[first].text)
    return closer is not None and closer in [t.text for t in tokens[first + 1 : last - 1]]


def _opinion(tokens: Sequence[Token], first: int, last: int) -> int:
    """Tokens of `we suspect that`, `the honest answer is that`, `it
    is also possible that` at the start."""
    length = phrase_at(tokens, first, tables.phrases("opinion_frames"), last)
    if length or first >= last:
        return length
    own = tokens[first].lower in ("we", "i")
    for i in heads_of(tokens, first + 1, min(last, first + 12)):
        if own and i < first + 4 and _believes(tokens, i):
            return i + 2 - first
        if tokens[i].lower in ("is", "was"):
            return max(0, _after_is_that(tokens, i, last) - first)
        if governs(tokens, i):
            return 0
    return 0


def _believes(tokens: Sequence[Token], i: int) -> bool:
    """Whether a verb of saying or believing and `that` stand here."""
    if i + 1 >= len(tokens) or tokens[i + 1].lower not in ("that", "whether"):
        return False
    verbs = tables.verbs_by_form().get(tokens[i].lower, ())
    return any(verb.on_claim and "that" in verb.frames for verb, _ in verbs)


def _after_is_that(tokens: Sequence[Token], i: int, last: int) -> int:
    """The place after the `that` which follows `is` at `i`; 0 if there is none, or if it does not
    begin what is said."""
    that = next((k for k in range(i + 1, min(i + 4, last)) if tokens[k].lower == "that"), None)
    if that is None or tokens[i - 1].lower in _QUESTION_WORDS:
        return 0
    before, after = tokens[that - 1].lower, tokens[min(that + 1, last - 1)].lower
    if before in _CLEAVING or _somebody_right(tokens, i, before) or _denied(tokens, i, that):
        return 0
    return 0 if after in HELPERS and that > i + 1 else that + 1


def _denied(tokens: Sequence[Token], i: int, that: int) -> bool:
    """Whether what follows `that` is said to be untrue: `it is not true that`, `it is a myth
    that`."""
    negative = not {t.lower for t in tokens[i:that]}.isdisjoint(tables.words("negations"))
    phrases = tables.phrases("being_true" if negative else "being_false")
    return any(phrase_at(tokens, k, phrases, that + 1) for k in range(i + 1, that))


def _somebody_right(tokens: Sequence[Token], i: int, before: str) -> bool:
    """Whether somebody is said to be right about what follows, and so holds it (`Orr is right
    that ...`)."""
    judged = before in tables.agreeing()
    return judged and tokens[i - 1].lower not in ("it", "i", "this", "that")


def after_lead_in(tokens: Sequence[Token], first: int, last: int) -> int:
    """The place after connectives and opinion frames at the start."""
    for _ in range(4):
        length = _opinion(tokens, first, last)
        if length:
            first += length
        else:
            length = phrase_at(tokens, first, tables.phrases("lead_ins"), last)
            comma = first + length < last and tokens[first + length].text == ","
            bare = (
                tokens[first].lower
                in ("but", "and", "or", "yet", "so", "nor", "moreover", "however")
                if first < last
                else False
            )
            if not length or not (comma or bare):
                return first
            first += length
        if first < last and tokens[first].text == ",":
            first += 1
    return first


__all__ = ["after_lead_in", "trimmed"]
