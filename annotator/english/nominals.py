"""Common nouns that name actors: `the government`, `both leaders`, `Western powers`."""

from __future__ import annotations

from collections.abc import Sequence

from annotator.english import tables
from annotator.english.tokens import FoundSpan, Token, phrase_at

REGIONAL = frozenset(
    "Western Eastern Northern Southern European Asian African Arab Latin Islamic "
    "Atlantic Soviet".split()
)
POSSESSIVE = frozenset(("'s", "’s", "s'", "'", "’"))


def actor_span(
    tokens: Sequence[Token],
    first: int,
    last: int,
    label: str,
    score: float,
    reason: str,
    rule: str,
    entity: str | None,
    mention: str = "name",
) -> FoundSpan:
    """An actor over tokens `[first, last)`."""
    said = {"mention": mention}
    return FoundSpan.over(tokens, first, last, label, score, reason, rule, entity, said)


def find_nominals(tokens: Sequence[Token], taken: Sequence[bool]) -> list[FoundSpan]:
    """Common nouns that name actors, with the adjectives before them."""
    found: list[FoundSpan] = []
    phrases = tables.head_phrases()
    at = 0
    while at < len(tokens):
        length = 0
        if tokens[at].lower in phrases:
            free = next((i for i in range(at, len(tokens)) if taken[i]), len(tokens))
            length = phrase_at(tokens, at, phrases, free)
        if not length or (tokens[at].text[:1].isupper() and not tokens[at].first and length == 1):
            at += 1
            continue
        nominal = _nominal(tokens, taken, at, length)
        if nominal is not None:
            found.append(nominal)
        at += length
    return found


def _nominal(
    tokens: Sequence[Token], taken: Sequence[bool], at: int, length: int
) -> FoundSpan | None:
    """The actor that a noun of the tables names, tokens `[at, at + length)`, if it names one."""
    heads = tables.heads()
    head = heads[" ".join(t.lower for t in tokens[at : at + length])]
    first = _first_adjective(tokens, taken, at)
    adjectives = at - first
    before = tokens[first - 1].lower if first and not tokens[first].first else ""
    bound = (
        before in tables.words("determiners")
        or before in tables.words("numbers")
        or before in POSSESSIVE
    )
    fits = (
        head.needs == "a"
        or (head.needs == "d" and (bound or adjectives or head.plural))
        or (head.needs == "p" and head.plural)
    )
    if not fits or (_joins_on(tokens, at + length) and length == 1 and not head.plural):
        return None
    label = head.label
    both = before in ("both", "two", "three", "four")
    if label == "collective" and both and heads.get(tokens[at].lower, head).plural:
        label = "person"
    rule = "nominal.phrase" if length > 1 and head.needs == "a" and not adjectives else "nominal"
    definite = first > 1 and tokens[first - 2].lower in ("the", "these", "those")
    known = before == "both" or (before == "two" and definite)
    if known and head.plural and not adjectives and label in ("state", "person"):
        rule = "nominal.counted"
    score = 0.7 if bound or adjectives else 0.45
    reason = f"“{' '.join(t.text for t in tokens[at : at + length])}” names an actor"
    return actor_span(tokens, first, at + length, label, score, reason, rule, None, "nominal")


def _first_adjective(tokens: Sequence[Token], taken: Sequence[bool], at: int) -> int:
    """The first of the adjectives right before a noun at `at`; `at` if there are none."""
    while at > 0 and not taken[at - 1] and _adjective(tokens[at - 1]) and not tokens[at].first:
        at -= 1
    return at


def _joins_on(tokens: Sequence[Token], at: int) -> bool:
    """Whether the token at `at` makes a compound with the noun before it."""
    follows = tokens[at].lower if at < len(tokens) else ""
    if follows in tables.heads() or follows in ("-", "–"):
        return True
    return bool(follows) and follows[:1].isalpha() and follows not in tables.grammar()


def _adjective(token: Token) -> bool:
    return (
        token.lower in tables.words("adjectives")
        or token.text in tables.demonyms()
        or token.text in REGIONAL
    )


__all__ = ["POSSESSIVE", "REGIONAL", "actor_span", "find_nominals"]
