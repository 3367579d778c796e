"""Objects of verbs that are only actors (`opposes Russia`), and therefore not claims."""

from __future__ import annotations

from annotator.english import tables
from annotator.english.complements import CLOSED, infinitive
from annotator.english.syntax import Syntax
from annotator.english.tokens import Token

_POSSESSIVE = frozenset(("'s", "’s", "'", "’"))


def takes_side_on_actors(form: str, verb: tables.ObjectVerb) -> bool:
    """Whether a verb also takes sides on actors, who are then not claims."""
    return any(
        of.on_actor and of.particle == verb.particle
        for of, _ in tables.verbs_by_form().get(form, ())
    ) or (verb.base in ("want", "be"))


def is_only_actor(syntax: Syntax, first: int, last: int) -> bool:
    """Whether a noun phrase is only an actor (`opposes Russia`) who is not asked to do
    something."""
    tokens = syntax.tokens
    for actor in (syntax.actors[place] for place in syntax.starting(first, first + 4)):
        if actor.last > last:
            continue
        if not all(_before_name(token) for token in tokens[first : actor.first]):
            continue
        if actor.last >= last - 1:
            return True
        if infinitive(tokens, actor.last, last):
            return False
        after = tokens[actor.last].lower
        return (not after.isalpha() and after not in _POSSESSIVE) or after in CLOSED
    return False


def _before_name(token: Token) -> bool:
    """Whether a word can stand before a name in the same phrase."""
    return token.lower in tables.words("determiners") or token.text[:1].isupper()


__all__ = ["is_only_actor", "takes_side_on_actors"]
