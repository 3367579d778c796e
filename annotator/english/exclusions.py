"""Noun phrases that look like actors but, by the guidelines, are not: words that describe
somebody who is named beside them, words that only say what kind of thing another noun is, and
the setting."""

from __future__ import annotations

from collections.abc import Sequence

from annotator.english import tables
from annotator.english.parse import Parse
from annotator.english.tokens import FoundSpan, Token

_MODIFYING = frozenset(("compound", "nmod"))
_NAMING = frozenset(("attr", "appos"))
_PEOPLES = ("ch", "sh", "ese", "ss")


def admitted(
    tokens: Sequence[Token], found: Sequence[FoundSpan], parse: Parse | None
) -> list[FoundSpan]:
    """The found actors that are not excluded."""
    return [one for one in found if not excluded(tokens, one.first, one.last, parse)]


def excluded(tokens: Sequence[Token], first: int, last: int, parse: Parse | None) -> bool:
    """Whether tokens `[first, last)` are not an actor, whatever their words say elsewhere."""
    if _traded(tokens, last) or _scene(tokens, first, last, parse):
        return True
    if _adjective(tokens, first, last) or _office(tokens, first, last):
        return True
    return parse is not None and _describes(tokens, last, parse)


def _office(tokens: Sequence[Token], first: int, last: int) -> bool:
    """What somebody is or was (`as a judge, she ruled`), but not `such as` or `as well as`."""
    if first < 2 or not tokens[last - 1].text[:1].islower():
        return False
    words = [token.lower for token in tokens[max(0, first - 4) : first]]
    return words[-2:] in (["as", "a"], ["as", "an"]) and words[-3:-2] not in (["such"], ["well"])


def _describes(tokens: Sequence[Token], last: int, parse: Parse) -> bool:
    """A common noun beside the name of the actor it describes (`the regulator, Ofwat`), or before
    another noun (`the police station`)."""
    head = last - 1
    if not tokens[head].text[:1].islower() or parse.pos[head] != "NOUN":
        return False
    modifies = parse.deps[head] in _MODIFYING and last <= parse.heads[head] <= last + 1
    return modifies or parse.named_beside(head)


def _traded(tokens: Sequence[Token], last: int) -> bool:
    """A market of something, in which nobody decides anything (`the labour market`); those of
    finance are people who fear and hope."""
    goods = tables.words("market_goods")
    if tokens[last - 1].lower not in ("market", "markets"):
        return False
    return last > 1 and tokens[last - 2].lower in goods and not tokens[last - 1].first


def _scene(tokens: Sequence[Token], first: int, last: int, parse: Parse | None) -> bool:
    """A capital as the place where something is or happens: after a preposition of place, after a
    part of a city (`the streets of Paris`), or as what is said to be a city."""
    name = tables.names().get(" ".join(t.text for t in tokens[first:last]))
    if name is None or name.kind != "capital":
        return False
    if tokens[first].first or not first:
        return _city(first, parse)
    before, part = tokens[first - 1].lower, tokens[first - 2].lower if first > 1 else ""
    within = before == "of" and part in tables.words("city_parts")
    placed = before in tables.words("place_prepositions") or _on_the_way(first - 1, parse)
    return within or placed or _city(first, parse)


def _on_the_way(at: int, parse: Parse | None) -> bool:
    """Whether a preposition says where something comes from, not who sends it (`the train from
    Vienna`, but `a letter from Vienna`), or where somebody goes (`flew to Vienna`)."""
    if parse is None or parse.lemmas[at] not in ("from", "to"):
        return False
    governor = parse.lemmas[parse.heads[at]]
    if parse.lemmas[at] == "to":
        return governor in tables.words("travelling")
    return governor not in tables.words("senders")


def _city(at: int, parse: Parse | None) -> bool:
    """Whether something is called a city, or described as one (`Madrid was hot`)."""
    if parse is None:
        return False
    told = parse.kids(at, {"appos"})
    if parse.deps[at] == "nsubj":
        verb = parse.heads[at]
        told += parse.kids(verb, _NAMING)
        if any(parse.lemmas[k] in tables.words("scenic") for k in parse.kids(verb, {"acomp"})):
            return True
    return any(parse.lemmas[k] in tables.words("cities") for k in told)


def _adjective(tokens: Sequence[Token], first: int, last: int) -> bool:
    """An adjective of nation that is not a plural noun here, since no article precedes it: `Dutch`
    and `Chinese`, but not `the Dutch`."""
    if last - first != 1 or not collective_adjective(tokens[first].text):
        return False
    before = tokens[first - 1].lower if first and not tokens[first].first else ""
    return before not in ("the", "and", "or", "many", "most", "some", "few")


def collective_adjective(word: str) -> bool:
    """Whether a word is an adjective of nation that with `the` names a people: one in -ch, -sh,
    -ese or -ss (`the Dutch`, `the Chinese`, `the Swiss`)."""
    return word in tables.demonyms() and word.endswith(_PEOPLES)


__all__ = ["admitted", "collective_adjective", "excluded"]
