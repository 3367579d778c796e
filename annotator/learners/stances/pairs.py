"""The candidate pairs of a paragraph for the learner of relations, with the rules' findings about
them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from annotator.english import tables
from annotator.english.claims import Clause, find_claims
from annotator.english.reading import Reading, parse, tokens_within
from annotator.english.reporting_frame import flip
from annotator.english.stances import HELD, SIDES, find_stances
from annotator.english.syntax import Syntax
from annotator.english.tokens import FoundSpan, FoundStance
from annotator.learners.stances.features import End, StanceContext, features_of
from annotator.model.overlaps import Overlaps
from annotator.model.span import AUTHOR, Span

_QUOTED = frozenset('"“”«» ,:')
BESIDE = 12
"""The most sources before, and after the beginning of, a target that are considered: without this
limit a list of names costs the square of its length."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A candidate: its ends (without a source, it is the author), the rules' edge if there is one,
    and its features."""

    source: End | None
    target: End
    edge: FoundStance | None
    features: tuple[str, ...]

    @property
    def ends(self) -> tuple[str, str]:
        return (self.source.span.id if self.source else AUTHOR, self.target.span.id)


def _ends(reading: Reading, spans: Sequence[Span]) -> list[End]:
    """Spans of the paragraph with their tokens and the number
    of their sentence, in reading order."""
    out: list[End] = []
    base, tokens = reading.paragraph.start, reading.tokens
    number: list[int] = []
    for token in tokens:
        number.append((number[-1] if number else 0) + token.first)
    for span in sorted(spans, key=lambda s: (s.start, -s.end, s.id)):
        place = tokens_within(tokens, span.start - base, span.end - base)
        if place is not None:
            out.append(End(span, place[0], place[1], number[place[0]]))
    return out


def _reread(
    reading: Reading, actors: Sequence[End], claims: Sequence[End]
) -> tuple[dict[tuple[str, str], FoundStance], dict[str, Clause]]:
    """The rules' findings in the paragraph with the given actors: edges by the ids of their ends,
    and the clause that each given claim overlaps most."""
    found, clauses, ruled = _found_with(reading, actors)
    overlaps = Overlaps([(clause.found.first, clause.found.last) for clause in clauses])
    places = {claim.span.id: _nearest(claim, clauses, overlaps) for claim in claims}
    near: dict[int, list[str]] = {}
    for id, place in places.items():
        if place is not None:
            near.setdefault(place, []).append(id)
    # A plan is held by its owner, but a sentence about the plan may be held by anybody.
    whole = {(clause.found.first, clause.found.last) for clause in clauses if clause.held}
    held = {claim.span.id for claim in claims if (claim.first, claim.last) in whole}
    edges: dict[tuple[str, str], FoundStance] = {}
    for edge in ruled:
        for ends in _given_ends(edge, actors, near, held):
            edges.setdefault(ends, edge)
    syntax = Syntax(reading.tokens, found)
    for claim in claims:
        governed = _governed(syntax, claim)
        if governed is not None:
            edges.setdefault((actors[governed[0]].span.id, claim.span.id), governed[1])
    return edges, {id: clauses[place] for id, place in places.items() if place is not None}


def _given_ends(
    edge: FoundStance,
    actors: Sequence[End],
    near: Mapping[int, Sequence[str]],
    held: Collection[str],
) -> list[tuple[str, str]]:
    """The ids of the given ends that a stance of the rules connects. `near` has the given claims by
    the clause that they overlap most, `held` those that are somebody's plan."""
    source = actors[edge.source].span.id if edge.source is not None else AUTHOR
    if edge.on_actor:
        return [(source, actors[edge.target].span.id)]
    targets = near.get(edge.target, ())
    return [(source, target) for target in targets if edge.rule != HELD or target in held]


def _found_with(
    reading: Reading, actors: Sequence[End]
) -> tuple[Sequence[FoundSpan], Sequence[Clause], Sequence[FoundStance]]:
    """Actors, claims and stances of the rules, read again if the given actors are in other places
    than those that the rules found: only their places matter."""
    if [(a.first, a.last) for a in actors] == [(f.first, f.last) for f in reading.actors]:
        return reading.actors, reading.clauses, reading.edges
    base = reading.paragraph.start
    found = [
        FoundSpan(
            a.span.label, a.span.start - base, a.span.end - base, a.first, a.last, 1.0, "", ""
        )
        for a in actors
    ]
    clauses = find_claims(reading.tokens, found, parse(reading))
    return found, clauses, find_stances(reading.tokens, found, clauses, parse(reading))


def _nearest(claim: End, clauses: Sequence[Clause], overlaps: Overlaps) -> int | None:
    """The number of the clause that a claim overlaps most, as a share of both; None without
    one."""
    best, most = None, 0.0
    for place in overlaps.of(claim.first, claim.last):
        clause = clauses[place]
        shared = min(claim.last, clause.found.last) - max(claim.first, clause.found.first)
        joint = max(claim.last, clause.found.last) - min(claim.first, clause.found.first)
        if shared / joint > most:
            best, most = place, shared / joint
    return best


def _governed(syntax: Syntax, claim: End) -> tuple[int, FoundStance] | None:
    """`X opposes [the wall]`, `X promises [to scrap it]`: the holder of a claim that
    is the object of a verb, and the edge."""
    tokens, first = syntax.tokens, claim.first
    for i in range(first - 1, max(syntax.low[first] - 1, first - 6), -1):
        for verb, kind in tables.verbs_by_form().get(tokens[i].lower, ()):
            between = " ".join(t.lower for t in tokens[i + 1 : first] if t.text not in _QUOTED)
            if not verb.on_claim or between.removesuffix("that").strip() != verb.particle:
                continue
            holder = syntax.subject(i, syntax.low[i], participle=kind == "ing")
            if holder is None:
                return None
            few = tokens[syntax.low[i]].lower in ("few", "no")
            side = flip(verb.on_claim, negative=syntax.negated(i) != few)
            reason = "reports who holds it" if "that" in verb.frames else "takes a side"
            cue: dict[str, str | int] = {
                "basis": "explicit",
                "strength": verb.strength,
                "cue_start": tokens[i].start,
                "cue_end": tokens[i].end,
            }
            return holder, FoundStance(
                SIDES[side],
                holder,
                0,
                False,
                0.7,
                f"“{tokens[i].text}” {reason}",
                "stance.object",
                cue,
            )
    return None


def pairs_of(
    reading: Reading,
    spans: Sequence[Span],
    sources: Sequence[str],
    targets: Sequence[str],
    reach: int,
) -> Iterator[Pair]:
    """The candidate pairs: a source up to `reach` sentences before the target's, or in it; the
    author with every target."""
    ends = _ends(reading, spans)
    holders = [e for e in ends if e.span.layer in sources]
    aims = [e for e in ends if e.span.layer in targets]
    edges, clauses = _reread(reading, holders, [e for e in aims if e.span.layer not in sources])
    scene = StanceContext(reading.tokens, ends, parse(reading))
    for target in aims:
        clause = clauses.get(target.span.id)
        if AUTHOR in sources:
            edge = edges.get((AUTHOR, target.span.id))
            yield Pair(None, target, edge, features_of(scene, None, target, edge, clause))
        for source in _near(holders, target, reach):
            if source is target:
                continue
            edge = edges.get((source.span.id, target.span.id))
            yield Pair(source, target, edge, features_of(scene, source, target, edge, clause))


def _near(holders: Sequence[End], target: End, reach: int) -> Sequence[End]:
    """The holders in the sentence of a target, or in one of the `reach` sentences before it, in
    reading order. If there are very many, only those next to the target."""
    low = bisect_left(holders, target.sentence - reach, key=lambda end: end.sentence)
    high = bisect_right(holders, target.sentence, key=lambda end: end.sentence)
    at = bisect_left(holders, target.first, low, high, key=lambda end: end.first)
    return holders[max(low, at - BESIDE) : min(high, at + BESIDE)]


__all__ = ["Pair", "pairs_of"]
