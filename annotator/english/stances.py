"""Stances by rules: of holders towards the claims they are reported with, and between actors.
Between actors, word order shows verbs that take sides (active, passive, in relative clauses and
participles). The parse (`parsed_stances.py`) adds nouns, adjectives and words farther away.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from annotator.english import tables
from annotator.english.claims import Clause
from annotator.english.echoes import echoes, heard
from annotator.english.judgements import PLAIN, judgements
from annotator.english.parse import Parse
from annotator.english.parsed_stances import parsed_stances
from annotator.english.reporting_frame import ReportingFrame, flip
from annotator.english.syntax import PASSED, Syntax, adverbial, after_verb
from annotator.english.tokens import FoundSpan, FoundStance, Token

_NOUN_FOLLOWS = tables.words("determiners") | {"'s", "’s", "of", "own"}
_LIKE_FOLLOWS = PASSED | tables.words("subject_pronouns") | {"to"}
_AUXILIARIES = tables.words("do") | tables.words("modals")
_ADJECTIVAL = tuple("ive ous ful ible able ist ical ant ent".split())
"""Endings of adjectives, after which a word is a noun."""
_JOINING = frozenset(", and the a an its their".split())
SIDES = {"+": "support", "-": "oppose", "0": "neutral", "?": "unclear"}
REPORTED = "stance.report"
"""The rule of the sides of those who say, want or judge something."""
HELD = "stance.held"
"""The rule of the sides of those whose plan, hope or promise a claim is."""
ENDORSED, ECHOED = "stance.endorsed", "stance.echo"
"""The rules of those who say that what somebody said is right or wrong: the author, and actors."""
UNDECIDED = frozenset(("neutral", "unclear"))
"""Sides of holders who are for and against nothing."""


def find_stances(
    tokens: Sequence[Token],
    actors: Sequence[FoundSpan],
    clauses: Sequence[Clause],
    parse: Parse | None = None,
) -> list[FoundStance]:
    """The stances of a paragraph, at most one for each holder and target; a `parse` is used too."""
    found = _echoed(tokens, actors, clauses, parse) if parse is not None else []
    found += [
        _reported(tokens, frame, place, _rule_of(clause, frame))
        for place, clause in enumerate(clauses)
        for frame in _frames(tokens, actors, clause)
    ]
    judged = judgements(tokens, actors, parse) if parse is not None and actors else []
    found += [edge for edge in judged if edge.source is None]
    if len(actors) > 1:
        verbs = _StanceReader(tokens, actors).verbs()
        parsed = parsed_stances(tokens, actors, parse) if parse is not None else []
        found += [edge for edge in parsed if edge.rule == PLAIN]
        found += [edge for edge in verbs if edge.source != edge.target]
        found += [*parsed, *judged]
    edges: dict[tuple[int | None, int, bool], FoundStance] = {}
    for edge in found:
        edges.setdefault((edge.source, edge.target, edge.on_actor), edge)
    return list(edges.values())


def _rule_of(clause: Clause, frame: ReportingFrame) -> str:
    if clause.held:
        return HELD
    return ENDORSED if frame.own else REPORTED


def _quote(tokens: Sequence[Token], first: int, last: int) -> str:
    return " ".join(t.text for t in tokens[first:last])


def _frames(
    tokens: Sequence[Token], actors: Sequence[FoundSpan], clause: Clause
) -> Iterator[ReportingFrame]:
    """The frames of all who hold a claim, including those joined to its holder (`X and Y want
    Z`)."""
    for frame in (clause.frame, *clause.more):
        if frame is None or (frame.holder is None and not frame.own):
            continue
        yield frame
        if frame.holder is not None and not frame.own and actors[frame.holder].last <= frame.first:
            for other in _joined_before(tokens, actors, frame.holder):
                yield replace(frame, holder=other)


def _joined_before(
    tokens: Sequence[Token], actors: Sequence[FoundSpan], place: int
) -> Iterator[int]:
    """The actors joined to another one by `and` before it, with only articles between."""
    while place:
        between = tokens[actors[place - 1].last : actors[place].first]
        words = [token.lower for token in between]
        if any(token.first for token in between) or tokens[actors[place].first].first:
            return
        if "and" not in words[:2] or not set(words) <= _JOINING:
            return
        place -= 1
        yield place


def _reported(tokens: Sequence[Token], frame: ReportingFrame, place: int, rule: str) -> FoundStance:
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
        rule,
        attributes,
    )


def _echoed(
    tokens: Sequence[Token], actors: Sequence[FoundSpan], clauses: Sequence[Clause], parse: Parse
) -> list[FoundStance]:
    """The sides of those who agree or disagree with a claim that stands before (`and she is right`,
    `X denies it`)."""
    places = [(one.found.first, one.found.last) for one in clauses]
    frames = [one.frame for one in clauses]
    out: list[FoundStance] = []
    for echo in echoes(tokens, actors, parse):
        for place, side in heard(tokens, actors, echo, places, frames):
            for holder in echo.holders or (None,):
                if _same(tokens, actors, holder, frames[place]):
                    continue
                frame = ReportingFrame(holder, side, echo.cue, echo.cue + 1)
                rule = ECHOED if holder is not None else ENDORSED
                reason = f"“{tokens[echo.cue].text}” is about what was said before"
                out.append(replace(_reported(tokens, frame, place, rule), reason=reason))
    return out


def _same(
    tokens: Sequence[Token],
    actors: Sequence[FoundSpan],
    holder: int | None,
    frame: ReportingFrame | None,
) -> bool:
    """Whether a holder is the one who is already reported (`she saw that ..., and she said so`)."""
    if holder is None or frame is None or frame.holder is None:
        return False
    one, other = (
        [t.lower for t in tokens[actors[k].first : actors[k].last]] for k in (holder, frame.holder)
    )
    return one == other


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
        after = self.lower[i + 1] if i + 1 < len(self.lower) else ""
        if before in _NOUN_FOLLOWS or after in ("away", "down", "up", "off"):
            return False
        if self.lower[i] == "like" and before not in _LIKE_FOLLOWS:
            return False
        return kind not in ("base", "s") or self._is_present(i, kind, before)

    def _is_present(self, i: int, kind: str, before: str) -> bool:
        """Whether a form of the present is a verb here: not after a preposition, an adjective or
        another verb that is none of its auxiliaries."""
        if before in tables.words("prepositions") and before != "to":
            return False
        if i - 1 in self.at:
            return True
        if before.endswith(_ADJECTIVAL):
            return kind == "s"
        kinds = {k for _, k in tables.verb_forms().get(before, ())}
        return not kinds or "base" in kinds or before in _AUXILIARIES

    def _is_passive(self, i: int, after: int, kind: str) -> bool:
        """Whether a form is passive: by a form of `be` before it, or `by` after it."""
        if kind not in ("participle", "both"):
            return False
        if any(w in tables.words("be") for w in self.lower[max(self.low[i], i - 3) : i]):
            return True
        follows = self.lower[after : after + 2]
        return follows[:1] == ["by"] or (follows[1:] == ["by"] and adverbial(follows[0]))

    def _of_verb(self, i: int, after: int, verb: tables.Verb, kind: str) -> list[FoundStance]:
        low = self.low[i]
        if any(word in ("whether", "if") for word in self.lower[max(low, i - 8) : i]):
            return []
        side = flip(verb.on_actor, negative=self.negated(i))
        cue = (i, after)
        if self._is_passive(i, after, kind):
            near = self.lower[after : after + 7]
            source = self.object(after + near.index("by") + 1) if "by" in near else None
            if source is None:
                return []
            return self._edge(side, source, self.subject(i, low), cue, "passive", 0.8)
        source = self.subject(i, low, participle=kind == "ing")
        if source is None:
            return []
        target = self.object(after)
        if target is not None:
            score = 0.83 if self.actors[target].first - after <= 3 else 0.65
            return [
                edge
                for one in (target, *self.joined(target))
                for edge in self._edge(
                    side, source, one, cue, "verb", score, strength=verb.strength
                )
            ]
        if "on" in verb.frames and "on" in self.lower[after : after + 7]:
            blamed = self.object(self.lower.index("on", after) + 1)
            return self._edge(side, source, blamed, cue, "verb", 0.6, strength=verb.strength)
        target = self.gap(i, source)
        return self._edge(side, source, target, cue, "relative", 0.6, strength=verb.strength)


__all__ = ["ECHOED", "ENDORSED", "HELD", "REPORTED", "SIDES", "UNDECIDED", "find_stances"]
