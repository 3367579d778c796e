"""Pronouns that say or want something: `She warns that ...`, `The hotels, he objects, ...`.

By the guidelines of the schema that comes with the program, a pronoun is an actor only if it holds
a side and its sentence does not name the holder otherwise.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from annotator.english import tables
from annotator.english.nominals import actor_span
from annotator.english.syntax import PASSED, adverb, after_verb
from annotator.english.tokens import FoundSpan, Token

_LABELS = {
    **dict.fromkeys(("he", "she"), "person"),
    "it": "organization",
    **dict.fromkeys(("they", "some", "others", "many"), "collective"),
}
_PASSED = PASSED | {"rather"}
_BEFORE = frozenset("what who whom which that as if until unless when because all than so".split())
"""Words before a pronoun that begin a clause in which nobody reports."""
_INSERTING = frozenset((",", "”", '"'))
_REPORTING = frozenset(("s", "past", "both", "base"))
_SCORE, _INSERTED = 0.6, 0.45
"""Scores of the subject of a sentence, and of an insertion in a sentence that names actors."""
PRONOUN = "pronoun.holder"
"""The name of the rule."""


def find_pronouns(tokens: Sequence[Token], actors: Iterable[FoundSpan]) -> list[FoundSpan]:
    """Pronouns that hold a side: in sentences in which no actor comes before them, and after a
    comma before a verb that reports (`The hotels, he objects, ...`)."""
    named = sorted(actor.first for actor in actors)
    out: list[FoundSpan] = []
    low = 0
    for i, token in enumerate(tokens):
        low = i if token.first else low
        if token.lower not in _LABELS:
            continue
        verb = _verb(tokens, low, i)
        after_actor = bisect_left(named, low) < bisect_left(named, i)
        if verb is not None and not (after_actor and not _inserted(tokens, i, verb)):
            score = _INSERTED if after_actor else _SCORE
            reason = f"“{token.text} {tokens[verb].text}” says who holds it"
            label = _LABELS[token.lower]
            out.append(actor_span(tokens, i, i + 1, label, score, reason, PRONOUN, None, "pronoun"))
    return out


def _verb(tokens: Sequence[Token], low: int, at: int) -> int | None:
    """The finite verb that takes a side on a claim, with the pronoun at `at` as its subject."""
    before = tokens[at - 1].lower if at > low else ""
    if before in _BEFORE or before in PASSED:
        return None
    i = at + 1
    if [t.lower for t in tokens[i : i + 2]] in (["of", "them"], ["of", "us"]):
        i += 2
    start = i
    while i < len(tokens) and (tokens[i].lower in _PASSED or adverb(tokens[i].lower)):
        i += 1
    if i >= len(tokens) or _supposed(tokens, start, i):
        return None
    after_it = at > low and tokens[at - 1].text in _INSERTING
    return i if _takes_side(tokens, i, after_it=after_it) else None


def _supposed(tokens: Sequence[Token], start: int, i: int) -> bool:
    """Whether helpers before a verb make it passive, or a possibility; `would rather` does not."""
    helpers = {token.lower for token in tokens[start:i]}
    possible = not helpers.isdisjoint(tables.words("modals")) and "rather" not in helpers
    return possible or not helpers.isdisjoint(tables.words("be"))


def _takes_side(tokens: Sequence[Token], i: int, *, after_it: bool) -> bool:
    """Whether the word at `i` is a finite verb that takes a side on a claim, which follows it, or
    is before it (`"Nobody will go," he said.`)."""
    if tokens[i].first:
        return False
    for verb, kind in tables.verbs_by_form().get(tokens[i].lower, ()):
        after = after_verb(tokens, i, verb)
        follows = after is not None and (after_it or _goes_on(tokens, after))
        if verb.on_claim and kind in _REPORTING and follows:
            return True
    return False


def _inserted(tokens: Sequence[Token], at: int, verb: int) -> bool:
    """Whether a pronoun and its verb are inserted in what they report."""
    reports = any("that" in of.frames for of, _ in tables.verbs_by_form()[tokens[verb].lower])
    return reports and tokens[at - 1].text in _INSERTING


def _goes_on(tokens: Sequence[Token], after: int) -> bool:
    """Whether something follows a verb and its particle in its sentence."""
    return after < len(tokens) and not tokens[after].first and tokens[after].text not in ".!?"


__all__ = ["PRONOUN", "find_pronouns"]
