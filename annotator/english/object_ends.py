"""Where the object of a verb ends, by the parse: before what says when, how or on what terms its
subject takes that side (`welcomed [the plan] within the hour`), and before what a comma adds (`gave
up [the loan], which ...`)."""

from __future__ import annotations

from collections.abc import Sequence

from annotator.english import tables
from annotator.english.parse import AUXILIARIES, Parse
from annotator.english.tokens import Token, phrase_at

_LOOSE = frozenset("prep advmod npadvmod advcl".split())
_NOUNS = frozenset("NOUN PROPN PRON".split())


def end_of_object(
    tokens: Sequence[Token], parse: Parse, first: int, last: int, *, siding: bool
) -> int:
    """The end of a noun phrase over tokens `[first, last)` that is the object of a verb, without
    what a comma adds and, after a verb of taking sides (`siding`), without what belongs to the
    verb; `last` if it is something else, or if nothing is left."""
    end = _without_phrase(tokens, first, last) if siding else last
    top = next((k for k in range(first, end) if not first <= parse.heads[k] < end), first)
    if parse.pos[top] not in _NOUNS or parse.deps[top] not in ("dobj", "pobj"):
        return end
    verb = parse.heads[top] if parse.deps[top] == "dobj" else parse.heads[parse.heads[top]]
    for k in range(top + 1, end):
        begin = parse.edges[k][0]
        loose = siding and parse.heads[k] == verb and parse.deps[k] in _LOOSE and begin > top
        if loose or _added(tokens, parse, k, top):
            return _before(tokens, begin, first, end)
    return end


def _added(tokens: Sequence[Token], parse: Parse, k: int, top: int) -> bool:
    """Whether the verb at `k` is that of a relative clause after a comma, which adds something
    about the noun at `top`."""
    if parse.heads[k] != top or parse.deps[k] != "relcl":
        return False
    comma = parse.edges[k][0] - 1
    return comma > top and tokens[comma].text == ","


def where_main_clause_goes_on(parse: Parse, verb: int, first: int, last: int) -> int:
    """The end of the object, over tokens `[first, last)`, of a verb in a relative clause: before
    the verb of the main clause (`those who called her [a traitor] owe her an apology`); `last` if
    that is elsewhere."""
    over = [
        k
        for k in parse.chain(verb)[1:]
        if first < k < last and (parse.finite(k) or parse.heads[k] == k)
    ]
    if not over:
        return last
    helpers = (k for k in parse.kids(over[0], _HELPING) if first < k)
    return min(over[0], *helpers, last)


_HELPING = AUXILIARIES | {"neg", "advmod"}


def _before(tokens: Sequence[Token], k: int, first: int, last: int) -> int:
    """The end before a place, without a comma there."""
    end = k - 1 if tokens[k - 1].text == "," else k
    return end if end > first else last


def _without_phrase(tokens: Sequence[Token], first: int, last: int) -> int:
    """The end without a set phrase that says how firmly somebody holds it (`all the same`)."""
    for k in range(max(first + 1, last - _LONGEST), last):
        if phrase_at(tokens, k, tables.phrases("firmness"), last) == last - k:
            return k
    return last


_LONGEST = 5

__all__ = ["end_of_object", "where_main_clause_goes_on"]
