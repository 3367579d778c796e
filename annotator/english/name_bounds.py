"""How far a name extends: over capitalized words and the words that join them, beyond an entry of
the tables. A part of a longer name is not a name: `Liberal Party` in `Manitoba Liberal Party` and
`Communist Party of the Netherlands`, `United States` in `2008 United States presidential election`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from annotator.english import tables
from annotator.english.tokens import Token

_YEAR = re.compile(r"(1[5-9]|20)\d\d")
_EVENTS = frozenset(
    (
        "election elections by-election referendum primary primaries caucus caucuses summit census "
        "coup Games"
    ).split()
)
_PARTISAN = frozenset(
    "Conservative Democrat Independent Labour Liberal Progressive Republican".split()
)
"""Words for offices and persons that also occur in names of parties."""
_REACH = 4
"""The most words between a name and the event named after it and a year."""
_NEVER_AFTER = frozenset(("and", "&", "to", "in", "on"))
"""Links that do not continue the name of a body that is complete."""


def before_name(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Whether tokens `[first, last)` are a point of the compass in a longer
    name (`West` in `West Elbonia`)."""
    return last - first == 1 and _compass(tokens, first)


def after_compass(tokens: Sequence[Token], first: int) -> bool:
    """Whether a name that begins at `first` lacks the point of the compass before
    it (`Elbonia` in `West Elbonia`)."""
    return first > 0 and _compass(tokens, first - 1)


def _compass(tokens: Sequence[Token], at: int) -> bool:
    """Whether there is a point of the compass here with a name after it."""
    known = tokens[at].text in tables.words("compass") and at + 1 < len(tokens)
    return known and is_capital(tokens[at + 1]) and not tokens[at + 1].first


def goes_on(tokens: Sequence[Token], at: int, last: int) -> bool:
    """Whether a name of the tables, tokens `[at, last)`, is part of the longer name of an
    organization."""
    end = run_end(tokens, at)
    if end <= last:
        return False
    heads = tables.words("organization_heads")
    if tokens[last].text == "of" and any(t.text in heads for t in tokens[at:last]):
        return not _of_person(tokens, last + 1)
    if tokens[last].text in tables.words("links") and tokens[last - 1].text in heads:
        return True
    for token in tokens[last:end]:
        if not is_capital(token) or token.text in tables.words("offices") - _PARTISAN:
            return False
        if token.text in heads:
            return True
    return False


def of_event(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Whether a name is part of that of an event: `the 2008 [United States]
    presidential election`, `[Iraq] War`."""
    if (
        last < len(tokens)
        and not tokens[last].first
        and tokens[last].text in tables.words("event_heads")
    ):
        return True
    if not first or not _YEAR.fullmatch(tokens[first - 1].text):
        return False
    for token in tokens[last : last + _REACH]:
        if token.first or not token.text[:1].isalpha():
            return False
        if token.lower in _EVENTS:
            return True
    return False


def is_capital(token: Token) -> bool:
    """Whether a token begins with a capital letter."""
    return token.text[:1].isupper() and token.text[0].isalpha()


def run_end(tokens: Sequence[Token], at: int) -> int:
    """End of the run of capitalized words from `at`: particles inside it belong to it; what follows
    "of", "for" or "and" belongs to it only if the run is, or begins, the name of an
    organization."""
    end = at + 1
    while end < len(tokens) and not tokens[end].first:
        if is_capital(tokens[end]):
            end += 1
            continue
        step = _joined(tokens, at, end)
        if not step:
            break
        end += step
    return end


def _joined(tokens: Sequence[Token], at: int, end: int) -> int:
    """The number of tokens that continue the run `[at, end)` after a small word, including that
    word; 0 if there are none."""
    word = tokens[end].text
    after = end + 1
    if word == "of" and after < len(tokens) and tokens[after].text == "the":
        after += 1
    if after >= len(tokens) or not is_capital(tokens[after]) or tokens[after].first:
        return 0
    if _of_members(tokens, end):
        return 2
    hyphen = word in ("-", "–") and tokens[end].start == tokens[end - 1].end
    if hyphen or word in tables.words("particles"):
        return 2 if after == end + 1 else 0
    return after + 1 - end if _links(tokens, at, end) else 0


def _links(tokens: Sequence[Token], at: int, end: int) -> bool:
    """Whether the word at `end` links the name of a body in `[at, end)` with what follows. A
    body's name that is complete continues only with what the body deals with, and not with a
    person."""
    word, name = tokens[end].text, tokens[at:end]
    if word not in tables.words("links") or not _organizational(name):
        return False
    if not any(t.text in tables.words("organization_heads") for t in name):
        return True
    if word in _NEVER_AFTER and not _deals(name, word):
        return False
    return word != "of" or not _of_person(tokens, end + 1)


def _of_members(tokens: Sequence[Token], end: int) -> bool:
    """Whether an apostrophe follows the members of a body and its kind follows that: `Growers'
    League`, `Women's Institute`, but not `Elbonia's Parliament`."""
    members, mark = tokens[end - 1], tokens[end].text
    if tokens[end + 1].text not in tables.words("organization_heads"):
        return False
    if mark in ("'", "’"):
        return members.text.endswith("s") and members.text not in tables.names()
    return mark in ("'s", "’s") and members.lower in _MEMBERS


_MEMBERS = frozenset("children men people women".split())
"""Plurals without s that bodies are named after."""
_DEALING = frozenset(
    (
        "Agency Alliance Association Board Bureau Campaign Center Centre Coalition College "
        "Commission Committee Conference Confederation Council Department Federation Foundation "
        "Fund Institute Ministry Office Organisation Organization School Secretariat Society"
    ).split()
)
"""Heads of bodies named after their purposes, of which there may be several."""


def _deals(tokens: Sequence[Token], word: str) -> bool:
    """Whether a small word continues the purpose of a body: `Committee [on] Climate`, `Ministry of
    Health [and] Care`."""
    head = next((i for i, t in enumerate(tokens) if t.text in _DEALING), None)
    if head is None:
        return False
    return head == len(tokens) - 1 if word in ("to", "in", "on") else head < len(tokens) - 1


def _of_person(tokens: Sequence[Token], at: int) -> bool:
    """Whether there is a person here: `the Labour Party of Keir Starmer`."""
    word = tokens[at].text if at < len(tokens) else ""
    return (
        word in tables.words("given_names")
        or word in tables.words("honorifics")
        or word in tables.words("surnames")
    )


def _organizational(tokens: Sequence[Token]) -> bool:
    heads, openers = tables.words("organization_heads"), tables.words("organization_openers")
    return tokens[0].text in openers or any(t.text in heads for t in tokens)


def is_agent(tokens: Sequence[Token], at: int) -> bool:
    """Whether a name stands after `by` and a participle (`welcomed by Cairo and Amman`)."""
    if at > 3 and tokens[at - 1].lower == "and" and tokens[at - 2].text[:1].isupper():
        at -= 2
    by = at > 2 and tokens[at - 1].lower == "by"
    return by and bool(tables.verb_kinds(tokens[at - 2].lower) & {"participle", "both"})


__all__ = [
    "after_compass",
    "before_name",
    "goes_on",
    "is_agent",
    "is_capital",
    "of_event",
    "run_end",
]
