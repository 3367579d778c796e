"""Stances by rules: of holders towards the claims they are reported with, and between actors.

Between actors: verbs that take sides (active, passive, in relative clauses and participles), nouns
of acts (`X's attack on Y`, `X voiced support for Y`, `Y drew criticism from X`), nouns of persons
(`X, a critic of Y`), adjectives (`X is critical of Y`) and strife (`tensions between X and Y`).
"""

from __future__ import annotations

from collections.abc import Sequence

from annotator.english import tables
from annotator.english.claims import Clause
from annotator.english.frames import flip
from annotator.english.judgements import judgements
from annotator.english.parse import Parse
from annotator.english.parsed_stances import parsed_stances
from annotator.english.syntax import PASSED, STOPS, Syntax, adverbial, after_verb, finite
from annotator.english.tokens import FoundSpan, FoundStance, Token

SIDES = {"+": "support", "-": "oppose", "0": "neutral"}


def find_stances(
    tokens: Sequence[Token],
    actors: Sequence[FoundSpan],
    clauses: Sequence[Clause],
    parse: Parse | None = None,
) -> list[FoundStance]:
    """Stances of a paragraph: at most one for a holder and a target; with a `parse` by that too."""
    edges: dict[tuple[int | None, int, bool], FoundStance] = {}
    for place, clause in enumerate(clauses):
        if clause.frame is not None and (clause.frame.holder is not None or clause.frame.own):
            edge = _reported(tokens, clause, place)
            edges.setdefault((edge.source, edge.target, False), edge)
    for edge in judgements(tokens, actors, parse) if parse is not None and actors else ():
        if edge.source is None:
            edges.setdefault((None, edge.target, True), edge)
    if len(actors) > 1:
        reader = _StanceReader(tokens, actors)
        for edge in (
            *reader.verbs(),
            *reader.acts(),
            *reader.persons(),
            *reader.adjectives(),
            *reader.strife(),
        ):
            if edge.source != edge.target:
                edges.setdefault((edge.source, edge.target, True), edge)
        told = (
            (*parsed_stances(tokens, actors, parse), *judgements(tokens, actors, parse))
            if parse
            else ()
        )
        for edge in told:
            edges.setdefault((edge.source, edge.target, True), edge)
    return list(edges.values())


def _quote(tokens: Sequence[Token], first: int, last: int) -> str:
    return " ".join(t.text for t in tokens[first:last])


def _reported(tokens: Sequence[Token], clause: Clause, place: int) -> FoundStance:
    frame = clause.frame
    assert frame is not None
    cue = _quote(tokens, frame.first, frame.last)
    attributes: dict[str, str | int] = {
        "basis": "implied" if frame.implied else "explicit",
        "strength": frame.strength,
        "cue_start": tokens[frame.first].start,
        "cue_end": tokens[frame.last - 1].end,
    }
    return FoundStance(
        SIDES[frame.side],
        frame.holder,
        place,
        False,
        0.6 if frame.implied else 0.8,
        f"“{cue}” reports who holds it",
        "stance.report",
        attributes,
    )


class _StanceReader(Syntax):
    """Reads the sides between the actors of one paragraph."""

    def _edge(
        self,
        side: str,
        source: int | None,
        target: int | None,
        cue: tuple[int, int],
        rule: str,
        score: float,
        *,
        strength: int = 2,
        basis: str = "explicit",
    ) -> list[FoundStance]:
        if target is None or source == target:
            return []
        first, last = cue
        attributes: dict[str, str | int] = {
            "basis": basis,
            "strength": strength,
            "cue_start": self.tokens[first].start,
            "cue_end": self.tokens[last - 1].end,
        }
        reason = f"“{_quote(self.tokens, first, last)}” takes a side"
        return [
            FoundStance(
                SIDES[side], source, target, True, score, reason, f"stance.{rule}", attributes
            )
        ]

    # ---------------------------------------------------------------- verbs

    def verbs(self) -> list[FoundStance]:
        """`X condemned Y`, `Y was condemned by X`, `X refused to back Y`, `Y, whom X accuses`."""
        edges: list[FoundStance] = []
        for i, lower in enumerate(self.lower):
            for verb, kind in tables.verbs_by_form().get(lower, ()):
                if not verb.on_actor or not verb.frames & {"np", "for", "of", "as"}:
                    continue
                after = after_verb(self.tokens, i, verb)
                if after is None or not self._is_verb(i, kind):
                    continue
                made = self._of_verb(i, after, verb, kind)
                edges += made
                if made or verb.particle:
                    break
        return edges

    def _is_verb(self, i: int, kind: str) -> bool:
        """Whether a form that may be a noun is a verb here, by the word before it."""
        before = self.lower[i - 1] if i > self.low[i] else ""
        if before in tables.words("determiners") or before in ("'s", "’s", "of", "own"):
            return False
        if self.lower[i] == "like" and before not in PASSED | tables.words("subject_pronouns") | {
            "to"
        }:
            return False
        if self.lower[i + 1 : i + 2] and self.lower[i + 1] in ("away", "down", "up", "off"):
            return False
        if kind in ("base", "s"):
            if before in tables.words("prepositions") and before != "to":
                return False
            if (
                before.endswith(("ive", "ous", "ful", "ible", "able", "ist", "ical", "ant", "ent"))
                and i - 1 not in self.at
            ):
                return kind == "s"
            kinds = {k for _, k in tables.verb_forms().get(before, ())}
            auxiliary = tables.words("do") | tables.words("modals")
            if kinds and not kinds & {"base"} and before not in auxiliary and i - 1 not in self.at:
                return False
        return True

    def _of_verb(self, i: int, after: int, verb: tables.Verb, kind: str) -> list[FoundStance]:
        low = self.low[i]
        if any(word in ("whether", "if") for word in self.lower[max(low, i - 8) : i]):
            return []
        passive = kind in ("participle", "both") and (
            any(w in tables.words("be") for w in self.lower[max(low, i - 3) : i])
            or self.lower[after : after + 1] == ["by"]
            or (
                self.lower[after : after + 1]
                and adverbial(self.lower[after])
                and self.lower[after + 1 : after + 2] == ["by"]
            )
        )
        side = flip(verb.on_actor, negative=self.negated(i))
        cue = (i, after)
        if passive:
            by = next(
                (
                    k
                    for k in range(after, min(after + 7, len(self.tokens)))
                    if self.lower[k] == "by"
                ),
                None,
            )
            if by is None:
                return []
            source = self.object(by + 1)
            target = self.subject(i, low)
            return (
                self._edge(side, source, target, cue, "passive", 0.8) if source is not None else []
            )
        source = self.subject(i, low, participle=kind == "ing")
        if source is None:
            return []
        target = self.object(after)
        if target is not None:
            near = self.actors[target].first - after <= 3
            return [
                edge
                for one in (target, *self.joined(target))
                for edge in self._edge(
                    side, source, one, cue, "verb", 0.83 if near else 0.65, strength=verb.strength
                )
            ]
        if "on" in verb.frames and "on" in self.lower[after : after + 7]:
            blamed = self.object(self.lower.index("on", after) + 1)
            return self._edge(side, source, blamed, cue, "verb", 0.6, strength=verb.strength)
        target = self.gap(i, source)
        return self._edge(side, source, target, cue, "relative", 0.6, strength=verb.strength)

    # ---------------------------------------------------------------- nouns and adjectives

    def acts(self) -> list[FoundStance]:
        """`X's attack on Y`, `X voiced support for Y`, `criticism of Y
        by X`, `Y faces criticism from X`."""
        edges: list[FoundStance] = []
        for i, lower in enumerate(self.lower):
            noun = tables.side_nouns().get(lower)
            if noun is None or noun.person or i + 1 >= len(self.lower):
                continue
            side = flip(noun.side, negative=self.negated(i))
            towards = self.lower[i + 1] in noun.prepositions
            target = self.object(i + 2) if towards else None
            source = self._owner(i)
            light = self._light(i) if source is None or self.lower[i - 1] in _OWN else None
            if target is None and self.lower[i + 1] in ("from", "by", "among"):
                bearer = self._light_verb(i, _BEARING)
                giver = self.object(i + 2)
                if bearer is not None and giver is not None:
                    edges += self._edge(
                        side, giver, self.subject(bearer, self.low[i]), (i, i + 1), "noun", 0.75
                    )
                continue
            if target is None and light is not None and noun.side:
                given = self._between_of(light, i)
                edges += self._edge(
                    side, self.subject(light, self.low[i]), given, (i, i + 1), "noun", 0.65
                )
                continue
            if target is None:
                continue
            if source is None and light is not None:
                source = self.subject(light, self.low[i])
            if source is None:
                after = self.actors[target].last
                by = next(
                    (
                        k
                        for k in range(after, min(after + 4, len(self.lower)))
                        if self.lower[k] in ("by", "from")
                    ),
                    None,
                )
                source = self.object(by + 1) if by is not None else None
            if source is not None:
                edges += self._edge(side, source, target, (i, i + 2), "noun", 0.75)
        return edges

    def _owner(self, i: int) -> int | None:
        """Whose act it is: `X's (fierce) attack`, `the X attack`."""
        for k in range(i - 1, max(self.low[i] - 1, i - 5), -1):
            if k in self.at:
                return self.at[k]
            word = self.lower[k]
            if word in _OWN:
                return self.antecedent(k)
            if (
                word in STOPS
                or word in tables.words("prepositions")
                or (finite(self.tokens[k]) and word not in ("'s", "’s"))
            ):
                return None
        return None

    def _light(self, i: int) -> int | None:
        """The verb that has the noun as its object."""
        given = self._light_verb(i, _GIVING)
        if given is not None:
            return given
        for k in range(i - 1, max(self.low[i] - 1, i - 5), -1):
            word = self.lower[k]
            if word in STOPS or word in tables.words("prepositions") or k in self.at:
                return None
            forms = tables.verb_forms().get(word, ())
            if forms and not any(v.on_actor for v, _ in tables.verbs_by_form().get(word, ())):
                return None if any(base in _BEARING for base, _ in forms) else k
        return None

    def _light_verb(self, i: int, bases: frozenset[str]) -> int | None:
        """A verb of some bases in the six tokens before a noun."""
        for k in range(i - 1, max(self.low[i] - 1, i - 8), -1):
            if k not in self.at and any(
                base in bases for base, _ in tables.verb_forms().get(self.lower[k], ())
            ):
                return k
            if self.lower[k] in (";", ":", "."):
                return None
        return None

    def _between_of(self, verb: int, noun: int) -> int | None:
        """`offered Y an endorsement`: the actor between."""
        return next(
            (p for p, a in enumerate(self.actors) if a.first > verb and a.last < noun), None
        )

    def persons(self) -> list[FoundStance]:
        """`X, a critic of Y`, `Y supporter X`, `X is an ally of Y`, `X's rival Y`."""
        edges: list[FoundStance] = []
        for i, lower in enumerate(self.lower):
            noun = tables.side_nouns().get(lower)
            if noun is None or not noun.person:
                continue
            target: int | None = None
            cue = (i, i + 1)
            if i + 2 < len(self.lower) and self.lower[i + 1] in noun.prepositions:
                target, cue = self.object(i + 2), (i, i + 2)
            elif i - 1 in self.at:
                target = self.at[i - 1]
            elif i > 1 and self.lower[i - 1] in ("'s", "’s") and i - 2 in self.at:
                target = self.at[i - 2]
            if target is None:
                continue
            edges += (
                self._edge(noun.side, self._bearer(i, target), target, cue, "person", 0.65)
                if (self._bearer(i, target) is not None)
                else []
            )
        return edges

    def _bearer(self, i: int, target: int) -> int | None:
        """Who a noun for a person is said of: the actor right after
        it, or before its comma or `be`."""
        after = i + 1
        while (
            after < min(i + 4, len(self.lower))
            and after not in self.at
            and (self.tokens[after].text[:1].isupper() or self.lower[after] == ",")
        ):
            after += 1
        if self.at.get(after, target) != target and "of" not in self.lower[i + 1 : after]:
            return self.at[after]
        low = self.low[i]
        for k in range(i - 1, max(low, i - 8), -1):
            if self.lower[k] in tables.words("finite_be") or self.lower[k] == ",":
                found = self.before(k)
                if found is not None and found != target:
                    return found
        return None

    def adjectives(self) -> list[FoundStance]:
        """`X is critical of Y`."""
        edges: list[FoundStance] = []
        for i, lower in enumerate(self.lower):
            word = tables.side_adjectives().get(lower)
            if (
                word is None
                or i + 1 >= len(self.lower)
                or self.lower[i + 1] not in word.prepositions
            ):
                continue
            source, target = self.subject(i, self.low[i]), self.object(i + 2)
            if source is not None:
                side = flip(word.side, negative=self.negated(i))
                edges += self._edge(side, source, target, (i, i + 2), "adjective", 0.8)
        return edges

    def strife(self) -> list[FoundStance]:
        """`tensions between X and Y`: each against the other."""
        edges: list[FoundStance] = []
        for i, lower in enumerate(self.lower[:-2]):
            if lower in tables.words("strife") and self.lower[i + 1] in ("between", "among"):
                first = self.object(i + 2)
                for second in self.joined(first, subject=True) if first is not None else ():
                    assert first is not None
                    for a, b in ((first, second), (second, first)):
                        edges += self._edge(
                            "-", a, b, (i, i + 2), "strife", 0.5, strength=1, basis="implied"
                        )
        return edges


_OWN = ("his", "her", "its", "their")
_GIVING = frozenset(
    (
        "give offer express voice declare pledge announce show lend throw have launch make lead "
        "mount level direct renew file bring wage issue add deliver reiterate withdraw"
    ).split()
)
_BEARING = frozenset(
    "face draw receive win earn attract get enjoy suffer come provoke meet gain secure".split()
)

__all__ = ["SIDES", "find_stances"]
