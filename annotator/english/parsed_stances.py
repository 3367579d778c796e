"""Sides between actors by the parse: who is subject, object or agent of
a word that takes a side, however far away.

Adds to what the order of words tells (`stances.py`): subjects through conjunctions and infinitives,
passives, what belongs to an actor (`X rejected Y's offer`), and nouns with their holders and
targets (`X's criticism of Y`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from annotator.english import tables
from annotator.english.frames import flip
from annotator.english.parse import Parse
from annotator.english.tokens import FoundSpan, FoundStance, Token

_OBJECTS = frozenset("dobj dative".split())
_INSIDE = frozenset("poss compound nmod amod appos".split())
_LIGHT = frozenset(
    "express voice offer give declare pledge announce have make lead mount renew "
    "reiterate show".split()
)
_DIRECT, _OWNED = 0.7, 0.6
"""Scores where an actor itself stands in the place, and where something of the actor's does."""


def parsed_stances(
    tokens: Sequence[Token], actors: Sequence[FoundSpan], parse: Parse
) -> list[FoundStance]:
    """Stances between actors, at most one for a holder and a target."""
    reader = _Frames(tokens, actors, parse)
    edges: dict[tuple[int, int], FoundStance] = {}
    for edge in (*reader.verbs(), *reader.nouns()):
        assert edge.source is not None
        if edge.source != edge.target:
            edges.setdefault((edge.source, edge.target), edge)
    return list(edges.values())


class _Frames:
    def __init__(self, tokens: Sequence[Token], actors: Sequence[FoundSpan], parse: Parse) -> None:
        self.tokens, self.actors, self.parse = tokens, actors, parse
        self.at = {i: place for place, one in enumerate(actors) for i in range(one.first, one.last)}

    def _actor(self, head: int | None) -> tuple[int, bool] | None:
        """The actor that a noun phrase is, by its head, and whether it
        is that itself or owns what it is."""
        if head is None:
            return None
        if head in self.at:
            return self.at[head], True
        for k in self.parse.kids(head, _INSIDE):
            if k in self.at:
                return self.at[k], False
        for prep in self.parse.kids(head, {"prep"}):
            if self.parse.lemmas[prep] == "of":
                for k in self.parse.kids(prep, {"pobj"}):
                    if k in self.at:
                        return self.at[k], False
        return None

    def _all(self, head: int | None) -> list[tuple[int, bool]]:
        """The actors of a noun phrase and of those joined to it."""
        out: list[tuple[int, bool]] = []
        while head is not None:
            found = self._actor(head)
            out += [found] if found is not None else []
            head = next(iter(self.parse.kids(head, {"conj"})), None)
        return out

    def _holders(self, verb: int) -> list[tuple[int, bool]]:
        """Subjects of a verb; of a relative clause or a participle what it belongs to."""
        p = self.parse
        subject = p.subject(verb)
        if subject is None and p.deps[verb] in ("acl", "advcl"):
            head = p.heads[verb]
            subject = head if p.deps[verb] == "acl" else p.subject(head)
        if subject is not None and p.pos[subject] == "PRON" and p.deps[verb] == "relcl":
            subject = p.heads[verb]
        return self._all(subject)

    def _edges(
        self,
        side: str,
        holders: Sequence[tuple[int, bool]],
        targets: Sequence[tuple[int, bool]],
        cue: int,
        rule: str,
    ) -> Iterator[FoundStance]:
        attributes: dict[str, str | int] = {
            "basis": "explicit",
            "strength": 2,
            "cue_start": self.tokens[cue].start,
            "cue_end": self.tokens[cue].end,
        }
        label = {"+": "support", "-": "oppose", "0": "neutral"}[side]
        reason = f"“{self.tokens[cue].text}” takes a side"
        for holder, _ in holders:
            for target, own in targets:
                score = _DIRECT if own else _OWNED
                yield FoundStance(
                    label, holder, target, True, score, reason, f"stance.{rule}", dict(attributes)
                )

    def verbs(self) -> Iterator[FoundStance]:
        """`X condemned Y`, `Y was condemned by X`, `X agreed to back Y's plan`."""
        p = self.parse
        for i in range(len(p)):
            if p.pos[i] != "VERB":
                continue
            for verb, _ in tables.verbs_by_form().get(self.tokens[i].lower, ()):
                if not verb.on_actor or not self._particle(i, verb.particle):
                    continue
                side = flip(verb.on_actor, negative=self._negated(i))
                passive = bool(p.kids(i, {"nsubjpass", "auxpass"}))
                agents = [k for by in p.kids(i, {"agent"}) for k in p.kids(by, {"pobj"})]
                if passive or agents:
                    targets = self._all(p.subject(i)) if passive else self._all(p.heads[i])
                    holders = [one for k in agents for one in self._all(k)]
                else:
                    holders, targets = self._holders(i), self._targets(i, verb.particle)
                yield from self._edges(side, holders, targets, i, "frame")
                break

    def _targets(self, verb: int, particle: str) -> list[tuple[int, bool]]:
        p = self.parse
        if particle:
            last = particle.split()[-1]
            preps = [
                k
                for k in p.children[verb]
                if p.lemmas[k] == last and p.deps[k] in ("prep", "prt", "dative")
            ]
            heads = [k for prep in preps for k in p.kids(prep, {"pobj"})] or p.kids(verb, _OBJECTS)
        else:
            heads = p.kids(verb, _OBJECTS)
        return [one for k in heads for one in self._all(k)]

    def _particle(self, i: int, particle: str) -> bool:
        words = particle.split()
        return [t.lower for t in self.tokens[i + 1 : i + 1 + len(words)]] == words

    def _negated(self, i: int) -> bool:
        """Negated itself, or what a verb of refusing governs."""
        p = self.parse
        head = p.heads[i]
        refusing = p.deps[i] in ("xcomp", "ccomp") and p.lemmas[head] in (
            "refuse",
            "decline",
            "fail",
            "stop",
        )
        return p.negated(i) != refusing

    def nouns(self) -> Iterator[FoundStance]:
        """`X's criticism of Y`, `criticism of Y by X`, `X voiced support for Y`."""
        p = self.parse
        for i in range(len(p)):
            noun = tables.side_nouns().get(self.tokens[i].lower)
            if noun is None or noun.person or p.pos[i] not in ("NOUN", "PROPN"):
                continue
            preps = {k: p.lemmas[k] for k in p.kids(i, {"prep", "agent"})}
            targets = [
                one
                for k, word in preps.items()
                if word in noun.prepositions
                for head in p.kids(k, {"pobj"})
                for one in self._all(head)
            ]
            holders = [one for k in p.kids(i, {"poss"}) for one in self._all(k)]
            by = [
                head
                for k, word in preps.items()
                if word in ("by", "from")
                for head in p.kids(k, {"pobj"})
            ]
            holders += [one for head in by for one in self._all(head)]
            verb = p.heads[i]
            if not holders and p.deps[i] == "dobj" and p.lemmas[verb] in _LIGHT:
                holders = self._holders(verb)
            yield from self._edges(
                flip(noun.side, negative=p.negated(i)), holders, targets, i, "noun"
            )


__all__ = ["parsed_stances"]
