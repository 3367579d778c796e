"""Which actors a noun phrase, a subject or a verb has by the parse."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import TypeAlias

from annotator.english.parse import Parse
from annotator.english.tokens import FoundSpan, Token

_INSIDE = frozenset("poss compound nmod amod".split())
Actors: TypeAlias = list[tuple[int, bool]]
"""Actors by number, each with whether it is meant itself, and not something that it owns."""
_PRONOUNS = frozenset("it they he she its their his her".split())


class PhraseActors:
    """Reads the noun phrases of one paragraph."""

    def __init__(self, tokens: Sequence[Token], actors: Sequence[FoundSpan], parse: Parse) -> None:
        self.tokens, self.actors, self.parse = tokens, actors, parse
        self.at = {i: place for place, one in enumerate(actors) for i in range(one.first, one.last)}
        self._starts = [i for i, token in enumerate(tokens) if token.first or not i]

    def actor(self, head: int | None) -> tuple[int, bool] | None:
        """The actor of a noun phrase, by its head, and whether the phrase is the actor itself or
        something that it owns."""
        if head is None:
            return None
        if head in self.at:
            return self.at[head], True
        for k in self.parse.kids(head, {"appos"}):
            # "The bank's governor, Ann Orr": she, not the bank.
            if k in self.at:
                return self.at[k], True
        for k in self.parse.kids(head, _INSIDE):
            if k in self.at:
                return self.at[k], False
        for prep in self.parse.kids(head, {"prep"}):
            if self.parse.lemmas[prep] == "of":
                for k in self.parse.kids(prep, {"pobj"}):
                    found = self.actor(k)
                    if found is not None:
                        return found[0], False
        return None

    def all_of(self, head: int | None) -> Actors:
        """The actors of a noun phrase and of those joined to it; examples (`nations like Iran`)
        count as the whole."""
        p, out = self.parse, []
        while head is not None:
            examples = [k for k in p.kids(head, {"prep"}) if p.lemmas[k] == "like"]
            named = [
                one for k in examples for noun in p.kids(k, {"pobj"}) for one in self.all_of(noun)
            ]
            found = self.actor(head)
            out += named or ([found] if found is not None else [])
            head = next(iter(p.kids(head, {"conj"})), None)
        return out

    def who(self, subject: int | None) -> Actors:
        """The actors of a subject; for a pronoun, the first subject before it in its sentence, or
        in the sentence before."""
        p = self.parse
        if subject is None or subject in self.at or p.lemmas[subject] not in _PRONOUNS:
            return self.all_of(subject)
        number = bisect_right(self._starts, subject)
        start, before = (self._starts[max(0, number - k)] for k in (1, 2))
        for low, high in ((start, subject), (before, start)):
            for i in range(low, high):
                if p.deps[i] in ("nsubj", "nsubjpass") and (found := self.all_of(i)):
                    return found
        return []

    def holders(self, verb: int) -> Actors:
        """The subjects of a verb; for a relative clause or a participle, the noun to which it
        belongs."""
        p = self.parse
        subject = p.subject(verb)
        if subject is None and p.deps[verb] in ("acl", "advcl"):
            head = p.heads[verb]
            subject = head if p.deps[verb] == "acl" else p.subject(head)
        if subject is not None and p.pos[subject] == "PRON" and p.deps[verb] == "relcl":
            subject = p.heads[verb]
        return self.who(subject)


__all__ = ["Actors", "PhraseActors"]
