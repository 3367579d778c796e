"""Common nouns that name actors: `the government`, `both leaders`, `Western powers`."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from annotator.english import tables
from annotator.english.parse import Parse
from annotator.english.tokens import FoundSpan, Token, phrase_at

REGIONAL = frozenset(
    "Western Eastern Northern Southern European Asian African Arab Latin Islamic "
    "Atlantic Soviet".split()
)
POSSESSIVE = frozenset(("'s", "’s", "s'", "'", "’"))
_BINDING = tables.words("determiners") | tables.words("numbers")
_FEW = frozenset("both two three four".split())


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
    longest = max(len(parts) for of in phrases.values() for parts in of)
    at = 0
    while at < len(tokens):
        length = 0
        if tokens[at].lower in phrases:
            reach = min(at + longest, len(tokens))
            free = next((i for i in range(at, reach) if taken[i]), reach)
            length = phrase_at(tokens, at, phrases, free)
        if not length or (tokens[at].text[:1].isupper() and not tokens[at].first and length == 1):
            at += 1
            continue
        nominal = _nominal(tokens, taken, at, length)
        if nominal is not None:
            found.append(nominal)
        at += length
    return found


def widened(
    tokens: Sequence[Token], found: Sequence[FoundSpan], parse: Parse | None
) -> list[FoundSpan]:
    """The found actors; common nouns with all words before them that belong to them by the parse
    (`conscientious objectors`), and organizations with their members (`the athletes' union`)."""
    if parse is None:
        return list(found)
    taken = {i for one in found for i in range(one.first, one.last)}
    return [_widened(tokens, one, parse, taken) for one in found]


def _widened(
    tokens: Sequence[Token], found: FoundSpan, parse: Parse, taken: AbstractSet[int]
) -> FoundSpan:
    if not found.rule.startswith(_NOMINAL):
        return found
    first = _first_modifier(tokens, parse, taken, found.first, found.last)
    mark = tokens[first - 1].text if first > 1 else ""
    if found.label == "organization" and mark in ("'", "’") and not {first - 1, first - 2} & taken:
        members = tokens[first - 2].text
        if members.endswith("s") and members.islower():
            first = _first_modifier(tokens, parse, taken, first - 2, found.last)
    if first == found.first:
        return found
    return replace(found, first=first, start=tokens[first].start, rule=_NOMINAL)


def _first_modifier(
    tokens: Sequence[Token], parse: Parse, taken: AbstractSet[int], first: int, last: int
) -> int:
    """The first of the words right before `first` that belong to tokens `[first, last)`."""
    k = first
    while k > 0 and not tokens[k].first and k - 1 not in taken:
        word = tokens[k - 1]
        belongs = parse.deps[k - 1] in _MODIFIERS and first <= parse.heads[k - 1] < last
        if not belongs or word.lower in _NO_MODIFIERS or not word.text.isalpha():
            break
        k -= 1
    return k


_NOMINAL = "nominal"
_MODIFIERS = frozenset(("amod", "compound", "nmod"))
_NO_MODIFIERS = _BINDING | {"own", "best", "worst", "only", "very"}


def _nominal(
    tokens: Sequence[Token], taken: Sequence[bool], at: int, length: int
) -> FoundSpan | None:
    """The actor that a noun of the tables names, tokens `[at, at + length)`, if it names one."""
    head = tables.heads()[" ".join(t.lower for t in tokens[at : at + length])]
    first = _first_adjective(tokens, taken, at)
    before = tokens[first - 1].lower if first and not tokens[first].first else ""
    preceded = first < at or before in _BINDING or before in POSSESSIVE
    if not _fits(head, preceded=preceded):
        return None
    if length == 1 and not head.plural and _joins_on(tokens, at + 1):
        return None
    label = _label(tokens, head, at, before)
    rule = _NOMINAL
    if first == at:
        rule = _rule_of_bare(tokens, head, label, at, length)
    score = 0.7 if preceded else 0.45
    reason = f"“{' '.join(t.text for t in tokens[at : at + length])}” names an actor"
    return actor_span(tokens, first, at + length, label, score, reason, rule, None, "nominal")


def _label(tokens: Sequence[Token], head: tables.Head, at: int, before: str) -> str:
    """The label of a noun. A few of a group (`both workers`) are persons."""
    few = before in _FEW and tables.heads().get(tokens[at].lower, head).plural
    return "person" if few and head.label == "collective" else head.label


def _rule_of_bare(
    tokens: Sequence[Token], head: tables.Head, label: str, at: int, length: int
) -> str:
    """The rule for a noun without adjectives: known ones that are counted, or phrases of several
    words, which are surer than others."""
    if head.plural and label in ("state", "person") and _counted(tokens, at):
        return "nominal.counted"
    return "nominal.phrase" if length > 1 and head.needs == "a" else "nominal"


def _fits(head: tables.Head, *, preceded: bool) -> bool:
    """Whether a noun names an actor here: some always do (`a`), some in the plural (`p`), and some
    in the plural or after a determiner, a number, a possessor or an adjective (`d`)."""
    if head.needs == "d":
        return preceded or head.plural
    return head.needs == "a" or (head.needs == "p" and head.plural)


def _counted(tokens: Sequence[Token], first: int) -> bool:
    """Whether the words before a noun say that these are two known ones: `both leaders`, `the two
    states`."""
    if not first or tokens[first].first:
        return False
    before = tokens[first - 1].lower
    definite = first > 1 and tokens[first - 2].lower in ("the", "these", "those")
    return before == "both" or (before == "two" and definite)


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


__all__ = ["POSSESSIVE", "REGIONAL", "actor_span", "find_nominals", "widened"]
