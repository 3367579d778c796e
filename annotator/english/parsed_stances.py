"""Sides between actors by the parse: who is subject, object or agent of
a word that takes a side, however far away.

Adds to what word order shows (`stances.py`): subjects through conjunctions and infinitives,
passives, things that belong to an actor (`X rejected Y's offer`), nouns with their holders and
targets (`X's criticism of Y`), wishes that are crossed (`against the wishes of Y`), and adjectives
(`X is critical of Y`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache

from annotator.english import tables
from annotator.english.judgements import PLAIN, asked
from annotator.english.parse import Parse
from annotator.english.phrase_actors import Actors, PhraseActors
from annotator.english.reporting_frame import flip
from annotator.english.syntax import negated
from annotator.english.tokens import FoundSpan, FoundStance, Token

_OBJECTS = frozenset("dobj dative".split())
_BEARING = frozenset(
    "face draw receive win earn attract get enjoy suffer come provoke meet gain secure".split()
)
"""Verbs whose subject is the target of the act that is their object."""
_HAVING = frozenset("have share face find see make gain win lose".split())
_ADDED = frozenset("appos npadvmod".split())
"""Dependencies of a noun that comments on what is said before it (`X quit, a blow to Y`)."""
_WISHES = {
    (prep, noun): side
    for side, preps, nouns in (
        ("-", "against over despite", "wish will advice objection protest plea warning appeal"),
        ("+", "at", "behest bidding urging request insistence"),
    )
    for prep in preps.split()
    for noun in nouns.split()
}
"""Sides of those who act on those whose wishes are named, by preposition and noun."""
_DIRECT, _OWNED, _PLAIN = 0.7, 0.6, 0.85
"""Scores if the actor itself is in the position, if something that belongs to it is, and if the
sentence says so outright."""
_ADDED_CLAUSES = frozenset("advcl acl".split())


def parsed_stances(
    tokens: Sequence[Token], actors: Sequence[FoundSpan], parse: Parse
) -> list[FoundStance]:
    """Stances between actors, at most one for a holder and a target."""
    reader = _Frames(tokens, actors, parse)
    edges: dict[tuple[int, int], FoundStance] = {}
    for edge in (
        *reader.verbs(),
        *reader.nouns(),
        *reader.wishes(),
        *reader.adjectives(),
        *reader.persons(),
        *reader.mutual(),
    ):
        assert edge.source is not None
        if edge.source != edge.target:
            edges.setdefault((edge.source, edge.target), edge)
    return list(edges.values())


class _Frames(PhraseActors):
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
            verb = self._verb_of_side(i) if p.pos[i] == "VERB" else None
            if verb is None:
                continue
            side = flip(verb.on_actor, negative=self._negated(i))
            by = self._agents(i)
            passive = bool(by or p.kids(i, {"nsubjpass", "auxpass"}))
            if passive:
                holders, targets = [one for k in by for one in self.all_of(k)], self._patients(i)
            else:
                holders, targets = self.holders(i), self._targets(i, verb.particle)
            plain = self._plain(i, verb.base, passive=passive)
            for edge in self._edges(side, holders, targets, i, "frame"):
                own = plain and edge.score == _DIRECT
                yield replace(edge, score=_PLAIN, rule=PLAIN) if own else edge

    def _agents(self, verb: int) -> list[int]:
        """The heads of the agents after the `by` of a passive."""
        p = self.parse
        return [k for agent in p.kids(verb, {"agent"}) for k in p.kids(agent, {"pobj"})]

    def _patients(self, verb: int) -> Actors:
        """The subjects of a passive, or the noun to which a participle is added."""
        p = self.parse
        added = not p.kids(verb, {"nsubjpass", "auxpass"}) and p.deps[verb] != "conj"
        return self.all_of(p.heads[verb] if added else p.subject(verb))

    def _verb_of_side(self, i: int) -> tables.Verb | None:
        """The verb at a place that takes a side on an actor, with its particle after it."""
        return next(
            (
                verb
                for verb, _ in tables.verbs_by_form().get(self.tokens[i].lower, ())
                if verb.on_actor and self._particle(i, verb.particle)
            ),
            None,
        )

    def _plain(self, verb: int, base: str, *, passive: bool) -> bool:
        """Whether a verb says that someone praises or blames: not that they should, might, did not,
        or that it is asked whether they do."""
        p, tag = self.parse, self.parse.tags[verb]
        if base not in tables.words("addressing"):
            return False
        if self._negated(verb) or negated(self.tokens, verb):
            return False
        added = tag in ("VBG", "VBN") and p.deps[verb] in _ADDED_CLAUSES
        joined = tag == "VBN" and passive and p.deps[verb] == "conj"
        said = p.asserted(verb) or ((added or joined) and not p.supposed(verb))
        return said and not asked(self.tokens, verb)

    def _targets(self, verb: int, particle: str) -> Actors:
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
        return [one for k in heads for one in self.all_of(k)]

    def _particle(self, i: int, particle: str) -> bool:
        words = particle.split()
        return [t.lower for t in self.tokens[i + 1 : i + 1 + len(words)]] == words

    def _negated(self, i: int) -> bool:
        """Whether a word is negated, or governed by a verb of refusing."""
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
        """`X's criticism of Y`, `criticism of Y by X`, `X voiced support for Y`, `X offered Y an
        endorsement`, `Y drew criticism from X`, `X's withdrawal was a blow to Y`."""
        p = self.parse
        for i in range(len(p)):
            noun = tables.side_nouns().get(self.tokens[i].lower)
            if noun is None or noun.person or p.pos[i] not in ("NOUN", "PROPN"):
                continue
            verb, bears = self._governing(i)
            preps = p.kids(i, {"prep", "agent"})
            if verb is not None and p.deps[i] in ("dobj", "attr"):
                preps += [k for k in p.kids(verb, {"prep"}) if k > i]
            targets = self._after(preps, noun.prepositions)
            holders = self._before_noun(i) + self._after(preps, ("by", "from", "among"))
            negative = p.negated(i)
            if verb is not None:
                holders, targets = self._around_verb(i, verb, bears, holders, targets)
                negative = negative or p.negated(verb)
            yield from self._edges(flip(noun.side, negative=negative), holders, targets, i, "noun")

    def _around_verb(
        self, noun: int, verb: int, bears: bool, holders: Actors, targets: Actors
    ) -> tuple[Actors, Actors]:
        """The holders and targets of a noun, completed by what its verb has: if its subject `bears`
        the act, that is the target; otherwise it is the holder."""
        if bears:
            return holders, targets or (self.holders(verb) if holders else targets)
        given = self.parse.kids(verb, {"dative"})
        return (
            holders or self._apposed(noun) or self.holders(verb),
            targets or [one for k in given for one in self.all_of(k)],
        )

    def _before_noun(self, noun: int) -> Actors:
        """The actors that a noun belongs to, as a genitive or as a word before it."""
        p = self.parse
        owners = [one for k in p.kids(noun, {"poss"}) for one in self.who(k)]
        # "Iran's increasing cooperation" is read as if Iran increased something.
        near = p.kids(noun, {"compound", "nmod", "amod"})
        near += [k for m in near for k in p.kids(m, {"nsubj", "poss"})]
        return owners + [(self.at[k], True) for k in near if k in self.at]

    def _governing(self, noun: int) -> tuple[int | None, bool]:
        """The verb to whose subject a noun belongs, and whether that subject bears the act."""
        p, dep, head = self.parse, self.parse.deps[noun], self.parse.heads[noun]
        if dep in _ADDED:
            return self._above(noun), False
        if dep == "pobj":
            return p.heads[head], p.lemmas[head] != "as" and p.lemmas[p.heads[head]] in _BEARING
        if dep in ("dobj", "attr"):
            return head, p.lemmas[head] in _BEARING
        return None, False

    def _above(self, i: int) -> int | None:
        """The nearest verb that a word depends on."""
        return next((k for k in self.parse.chain(i)[1:] if self.parse.verbal(k)), None)

    def _apposed(self, noun: int) -> Actors:
        """The actor of the noun phrase that a noun explains (`Y's plan, an attack on X`)."""
        found = self.actor(self.parse.heads[noun]) if self.parse.deps[noun] == "appos" else None
        return [found] if found is not None else []

    def wishes(self) -> Iterator[FoundStance]:
        """`X acted against the wishes of Y`, `despite Y's protests`, `at the behest of Y`."""
        p = self.parse
        for i in range(len(p)):
            prep = p.heads[i]
            side = _WISHES.get((p.lemmas[prep], p.lemmas[i])) if p.deps[i] == "pobj" else None
            if side is None:
                continue
            verb = self._above(prep)
            if verb is None:
                continue
            agents = (one for k in self._agents(verb) for one in self.all_of(k))
            holders = [*agents] or self.holders(verb)
            wishing = [one for k in p.kids(i, {"poss", "amod", "compound"}) for one in self.who(k)]
            wishing = wishing or self._after(p.kids(i, {"prep"}), ("of", "from", "by"))
            yield from self._edges(side, holders, wishing, i, "noun")

    def _after(self, preps: Sequence[int], words: Collection[str]) -> Actors:
        """The actors after some of these prepositions; if a clause follows, its subject (`critical
        of how X acts`, `of the way X acts`)."""
        p, out = self.parse, []
        for prep in (one for one in preps if p.lemmas[one] in words):
            for k in p.kids(prep, {"pobj", "pcomp"}):
                clauses = [k] if p.deps[k] == "pcomp" else p.kids(k, {"relcl", "acl"})
                found = [] if p.verbal(k) else self.all_of(k)
                out += found or [one for verb in clauses for one in self.all_of(p.subject(verb))]
        return out

    def adjectives(self) -> Iterator[FoundStance]:
        """`X is critical of Y`, `X, opposed to Y, ...`."""
        p = self.parse
        for i in range(len(p)):
            word = tables.side_adjectives().get(self.tokens[i].lower)
            if word is None:
                continue
            head = p.heads[i]
            said = p.deps[i] in ("acomp", "oprd", "attr") or p.deps[i] == "conj"
            preps = p.kids(i, {"prep"}) + (p.kids(head, {"prep"}) if said else [])
            targets = self._after(preps, word.prepositions)
            of = p.subject(i) if p.subject(i) is not None else p.subject(head) if said else head
            negative = p.negated(i) or p.negated(head)
            yield from self._edges(
                flip(word.side, negative=negative), self.who(of), targets, i, "adjective"
            )

    def persons(self) -> Iterator[FoundStance]:
        """`X, a critic of Y`, `X is Y's rival`, `two nations that share adversaries in Y`: a
        noun for a person, who that person is, and towards whom they take a side."""
        p = self.parse
        for i in range(len(p)):
            noun = tables.side_nouns().get(self.tokens[i].lower)
            if noun is None or not noun.person or p.pos[i] not in ("NOUN", "PROPN"):
                continue
            had = p.deps[i] == "dobj" and p.lemmas[p.heads[i]] in _HAVING
            after = ("in",) if had else noun.prepositions
            preps = p.kids(i, {"prep"}) + (p.kids(p.heads[i], {"prep"}) if had else [])
            targets = self._after(preps, after)
            targets += [one for k in p.kids(i, {"poss"}) for one in self.all_of(k)]
            if not had:
                yield from self._edges(noun.side, self._bearers(i), targets, i, "person")
                continue
            # Who is found to be a critic is the one after "in", and an adversary is one to both.
            having = self.holders(p.heads[i])
            yield from self._edges(noun.side, targets, having, i, "person")
            if self.tokens[i].lower in tables.words("mutual_persons"):
                yield from self._edges(noun.side, having, targets, i, "person")

    def _bearers(self, noun: int) -> Actors:
        """The actors whom a noun describes: before or after its comma, or before `be`."""
        p, head = self.parse, self.parse.heads[noun]
        if p.deps[noun] == "appos":
            found = self.actor(head)
            return [found] if found is not None else []
        if p.deps[noun] == "attr" and p.lemmas[head] == "be":
            return self.who(p.subject(head))
        return [one for k in p.kids(noun, {"appos"}) for one in self.all_of(k)]

    def mutual(self) -> Iterator[FoundStance]:
        """`the alliance between X and Y`, `tensions between X and Y`: each towards the other."""
        p = self.parse
        for i in range(len(p)):
            side = _mutual().get(self.tokens[i].lower)
            if side is None:
                continue
            for prep in (k for k in p.kids(i, {"prep"}) if p.lemmas[k] in ("between", "among")):
                sides = [one for k in p.kids(prep, {"pobj"}) for one in self.all_of(k)]
                for one in sides:
                    others = [other for other in sides if other[0] != one[0]]
                    yield from self._edges(side, [one], others, i, "mutual")


@cache
def _mutual() -> Mapping[str, str]:
    """Nouns for a relation between two actors, with the side that each takes."""
    return {
        **dict.fromkeys(tables.words("concord"), "+"),
        **dict.fromkeys(tables.words("strife"), "-"),
    }


__all__ = ["parsed_stances"]
