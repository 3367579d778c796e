"""Frames before a claim that have no verb with the claim as its object: `According to X, ...`,
`As X put it, ...`, and `X is right that ...`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from annotator.english import tables
from annotator.english.coordination import independent
from annotator.english.reporting_frame import ReportingFrame
from annotator.english.syntax import Syntax, adverb, after_verb, governs
from annotator.english.tokens import Token, phrase_at

_NOBODY_RIGHT = frozenset("it this that i we".split())
"""Subjects of `is right that` that hold nothing."""
_NOT = tables.words("negations")


def opening_frame(syntax: Syntax, first: int, last: int) -> tuple[ReportingFrame, int] | None:
    """`According to X, ...`. `For X, ...` is not one: it says how the text sees it, and belongs to
    the claim."""
    tokens = syntax.tokens
    if tokens[first].lower == "as":
        return _as_said(syntax, first, last)
    if [t.lower for t in tokens[first : first + 2]] != ["according", "to"]:
        return None
    start = first + 2
    for place in syntax.starting(start, start + 4):
        after = syntax.actors[place].last
        if after < last and tokens[after].text == ",":
            return _with_apposition(
                syntax, ReportingFrame(place, "+", first, start), after + 1, last
            )
    comma = next(
        (k for k in range(start + 1, min(start + 9, last - 2)) if tokens[k].text == ","), None
    )
    if comma is None:
        return None
    return _with_apposition(syntax, ReportingFrame(None, "+", first, start), comma + 1, last)


def _with_apposition(
    syntax: Syntax, frame: ReportingFrame, begin: int, last: int
) -> tuple[ReportingFrame, int]:
    """The frame, and where its claim begins, after the name or the description of the holder:
    `According to the envoy, Ingrid Sol, ...` and `According to Ingrid Sol, the envoy, ...`."""
    tokens = syntax.tokens
    comma = next((k for k in range(begin + 1, min(begin + 9, last)) if tokens[k].text == ","), None)
    if comma is None or not independent(tokens, comma + 1, last):
        return frame, begin
    named = next(iter(syntax.starting(begin, begin + 1)), None)
    if frame.holder is None and named is not None and syntax.actors[named].last == comma:
        return replace(frame, holder=named), comma + 1
    return frame, comma + 1 if _description(tokens, begin, comma) else begin


def _description(tokens: Sequence[Token], begin: int, comma: int) -> bool:
    """Whether a noun phrase without a verb stands before a comma."""
    described = tokens[begin].lower in tables.words("determiners")
    return described and not any(governs(tokens, k) for k in range(begin, comma))


def _as_said(syntax: Syntax, first: int, last: int) -> tuple[ReportingFrame, int] | None:
    """`As X put it, ...`, `As critics point out, ...`."""
    tokens = syntax.tokens
    comma = next(
        (k for k in range(first + 2, min(first + 10, last - 2)) if tokens[k].text == ","), None
    )
    if comma is None or tokens[first + 1].lower in ("i", "we"):
        return None
    verb = next((k for k in range(first + 2, comma) if _says(tokens, k, comma)), None)
    if verb is None:
        return None
    holder = next(iter(syntax.starting(first + 1, verb)), None)
    return ReportingFrame(holder, "+", verb, comma), comma + 1


def _says(tokens: Sequence[Token], i: int, comma: int) -> bool:
    """Whether the word at `i` is a verb of saying with nothing but a time before a comma, or `put
    it`."""
    if tokens[i].lower in ("put", "puts") and i + 2 == comma:
        return tokens[i + 1].lower == "it"
    return any(
        _ends(tokens, after_verb(tokens, i, one), comma)
        for one, _ in tables.verbs_by_form().get(tokens[i].lower, ())
        if "that" in one.frames and one.on_claim == "+"
    )


def _ends(tokens: Sequence[Token], after: int | None, comma: int) -> bool:
    """Whether nothing but a time follows a verb up to a comma (`As Norway said last week, ...`)."""
    return after is not None and (after == comma or tokens[after].lower in _WHEN)


_WHEN = frozenset("last yesterday this earlier on in once again recently".split())


def right_frame(syntax: Syntax, first: int, last: int, i: int) -> tuple[ReportingFrame, int] | None:
    """`X is right that ...`, `X is wrong to think that ...`, with a form of `be` at `i`: X holds
    what follows. The cue is the word that judges."""
    tokens = syntax.tokens
    if i == first or tokens[i].lower not in tables.words("be"):
        return None
    if "it" in (tokens[i - 1].lower, tokens[i + 1].lower if i + 1 < last else ""):
        return _untrue(tokens, last, i)
    if tokens[i - 1].lower in _NOBODY_RIGHT:
        return None
    k = _over_negations(tokens, i + 1, last)
    length = phrase_at(tokens, k, tables.phrases("being_right"), last)
    if not length:
        return None
    holder = syntax.subject(i, syntax.low[i])
    return ReportingFrame(holder, "+", k, k + 1), k + length


def _over_negations(tokens: Sequence[Token], k: int, last: int) -> int:
    """The place after adverbs and negations."""
    while k < last - 1 and (adverb(tokens[k].lower) or tokens[k].lower in _NOT):
        k += 1
    return k


def _untrue(tokens: Sequence[Token], last: int, i: int) -> tuple[ReportingFrame, int] | None:
    """`It is not true that ...`, `nor is it true that ...`, `it is a myth that ...`: the text is
    against what follows."""
    inverted = tokens[i + 1].lower == "it"
    if inverted and tokens[i - 1].lower not in ("nor", "neither"):
        return None
    begin = i + 1 + inverted
    k = _over_negations(tokens, begin, last)
    negative = inverted or any(t.lower in _NOT for t in tokens[begin:k])
    phrases = tables.phrases("being_true" if negative else "being_false")
    length = phrase_at(tokens, k, phrases, last)
    if not length:
        return None
    return ReportingFrame(None, "-", i, k + length - 1, own=True), k + length


__all__ = ["opening_frame", "right_frame"]
