"""Stances by rules: of holders towards the claims they are reported with, and between actors."""

from __future__ import annotations

from collections.abc import Sequence

from annotator.suggesters import _tables as tables
from annotator.suggesters._claims import Clause, flip, negated, subject_of
from annotator.suggesters._tokens import Edge, Found, Token

_SIDES = {"+": "support", "-": "oppose", "0": "neutral"}
_REACH = 9
"""Tokens within which the object of a verb is looked for."""


def find_stances(tokens: Sequence[Token], actors: Sequence[Found], clauses: Sequence[Clause]) -> list[Edge]:
    """Stances of a paragraph: at most one for a holder and a target."""
    edges: dict[tuple[int | None, int, bool], Edge] = {}
    for place, clause in enumerate(clauses):
        if clause.frame is not None and clause.frame.holder is not None:
            edge = _reported(tokens, clause, place)
            edges.setdefault((edge.source, edge.target, False), edge)
    for edge in (*_between(tokens, actors), *_words(tokens, actors)):
        if edge.source != edge.target:
            edges.setdefault((edge.source, edge.target, True), edge)
    return list(edges.values())


def _quote(tokens: Sequence[Token], first: int, last: int) -> str:
    return " ".join(t.text for t in tokens[first:last])


def _reported(tokens: Sequence[Token], clause: Clause, place: int) -> Edge:
    frame = clause.frame
    assert frame is not None
    cue = _quote(tokens, frame.first, frame.last)
    attributes: dict[str, str | int] = {
        "basis": "implied" if frame.implied else "explicit",
        "strength": frame.strength,
        "cue_start": tokens[frame.first].start,
        "cue_end": tokens[frame.last - 1].end,
    }
    return Edge(
        _SIDES[frame.side], frame.holder, place, False, 0.6 if frame.implied else 0.8,
        f"“{cue}” reports who holds it", "stance.report", attributes,
    )  # fmt: skip


def _between(tokens: Sequence[Token], actors: Sequence[Found]) -> list[Edge]:
    """`X condemned Y` and `Y was condemned by X`."""
    edges: list[Edge] = []
    for i, token in enumerate(tokens):
        for verb, kind in tables.verbs_by_form().get(token.lower, ()):
            if not verb.on_actor or not verb.frames & {"np", "for", "of", "as"}:
                continue
            after = i + 1
            if verb.particle:
                size = len(verb.particle.split())
                if _quote(tokens, after, after + size).lower() != verb.particle:
                    continue
                after += size
            edge = _edge(tokens, actors, i, after, verb, kind)
            if edge is not None:
                edges.append(edge)
                break
    return edges


def _edge(
    tokens: Sequence[Token], actors: Sequence[Found], i: int, after: int, verb: tables.Verb, kind: str
) -> Edge | None:
    low = max((k for k in range(i + 1) if tokens[k].first), default=0)
    passive = kind in ("participle", "both") and any(
        t.lower in tables.words("be") for t in tokens[max(low, i - 3) : i]
    )  # fmt: skip
    subject = subject_of(tokens, i, low, actors)
    if passive and after < len(tokens) and tokens[after].lower != "by":
        after_by = next(
            (k for k in range(after, min(after + 6, len(tokens))) if tokens[k].lower == "by"), None
        )
        if after_by is None:
            return None
        after = after_by
    target = _object(tokens, after, actors)
    if subject is None or target is None:
        return None
    source = subject
    if passive:
        source, target = target, source
    side = flip(verb.on_actor, negative=negated(tokens, i))
    attributes: dict[str, str | int] = {
        "basis": "explicit", "strength": verb.strength,
        "cue_start": tokens[i].start, "cue_end": tokens[after - 1].end,
    }  # fmt: skip
    near = actors[target].first - after <= 3
    cue = tokens[i].text
    return Edge(
        _SIDES[side],
        source,
        target,
        True,
        0.66 if near else 0.5,
        f"“{cue}” takes a side",
        "stance.verb",
        attributes,
    )


def _object(tokens: Sequence[Token], at: int, actors: Sequence[Found]) -> int | None:
    """The first actor after a verb, before the clause ends."""
    for place, actor in enumerate(actors):
        if actor.first < at:
            continue
        between = tokens[at : actor.first]
        if len(between) > _REACH or any(
            t.text in (";", ":", ",", ".") or t.lower in tables.words("subordinators") for t in between
        ):
            return None
        return place
    return None


def _words(tokens: Sequence[Token], actors: Sequence[Found]) -> list[Edge]:
    """`X is critical of Y` and `X, a critic of Y`."""
    edges: list[Edge] = []
    for i, token in enumerate(tokens):
        word = tables.side_adjectives().get(token.lower) or tables.side_nouns().get(token.lower)
        if word is None or i + 1 >= len(tokens) or tokens[i + 1].lower not in word.prepositions:
            continue
        low = max((k for k in range(i + 1) if tokens[k].first), default=0)
        source = next((p for p, a in enumerate(actors) if a.first <= i < a.last), None)
        if source is None:
            source = subject_of(tokens, i, low, actors)
        target = _object(tokens, i + 2, actors)
        if source is None or target is None:
            continue
        side = flip(word.side, negative=negated(tokens, i))
        attributes: dict[str, str | int] = {
            "basis": "explicit", "strength": 2, "cue_start": token.start, "cue_end": tokens[i + 1].end,
        }  # fmt: skip
        edges.append(
            Edge(
                _SIDES[side],
                source,
                target,
                True,
                0.6,
                f"“{token.text}” takes a side",
                "stance.word",
                attributes,
            )
        )
    return edges


__all__ = ["find_stances"]
