"""Who judges whom, by the parse: predicates that praise or blame their subject.

`Tarrant says the council is corrupt`: Tarrant against the council. `The council has squandered the
levy`: the text's own voice against it, if nobody is reported to say so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from annotator.english import tables
from annotator.english.parse import SUBJECTS, Parse
from annotator.english.reporting_frame import flip
from annotator.english.tokens import FoundSpan, FoundStance, Token

_SIDES = {"+": "support", "-": "oppose"}
_SAID = frozenset("ccomp parataxis".split())
_NAMING = frozenset("acomp attr oprd".split())
_REPORTED, _OWN, _OUTRIGHT = 0.6, 0.6, 0.85
PLAIN = "stance.plain"
"""The rule of a sentence which says outright that somebody praises or blames an actor."""


def judgements(
    tokens: Sequence[Token], actors: Sequence[FoundSpan], parse: Parse
) -> list[FoundStance]:
    """Stances on actors by those who say it, or by the author (no source); at most one for each
    pair."""
    at = {i: place for place, one in enumerate(actors) for i in range(one.first, one.last)}
    edges: dict[tuple[int | None, int], FoundStance] = {}
    for head, target, side, cue in _judged(parse, at):
        says, source = _speaker(parse, head, at)
        if (says and source is None) or source == target:
            continue
        attributes: dict[str, str | int] = {
            "basis": "implied",
            "strength": 2,
            "cue_start": tokens[cue].start,
            "cue_end": tokens[cue].end,
        }
        reason = f"“{tokens[cue].text}” judges"
        rule, score = ("stance.judged", _REPORTED) if says else ("stance.author", _OWN)
        if not says and _outright(tokens, parse, head, cue):
            rule, score = PLAIN, _OUTRIGHT
        edges.setdefault(
            (source, target),
            FoundStance(_SIDES[side], source, target, True, score, reason, rule, attributes),
        )
    return list(edges.values())


def _outright(tokens: Sequence[Token], p: Parse, head: int, cue: int) -> bool:
    """Whether the text itself says without reserve that somebody is or does something that
    nobody would excuse, or that only a friend would say."""
    known = p.lemmas[cue] in tables.judging("outright")
    said = p.asserted(head) and not p.negated(head) and not asked(tokens, head)
    return known and said


def asked(tokens: Sequence[Token], i: int) -> bool:
    """Whether a token stands in a question."""
    end = next((k for k in range(i + 1, len(tokens)) if tokens[k].first), len(tokens))
    return tokens[end - 1].text == "?"


def _judged(p: Parse, at: Mapping[int, int]) -> Iterator[tuple[int, int, str, int]]:
    """The head of a clause, the actor that it judges, the side, and the judging word."""
    for i in range(len(p)):
        if p.verbal(i) and not _foreseen(p, i):
            subject = next(iter(p.kids(i, SUBJECTS)), None)
            target = at.get(subject) if subject is not None else None
            found = _polarity(p, i) if target is not None else None
            if target is not None and found is not None:
                negative = p.negated(i) or p.lemmas[p.edges[found[1]][0]] == "no"  # "Is no fool".
                yield i, target, flip(found[0], negative=negative), found[1]
        elif i in at:
            for k in p.kids(i, {"amod"}):
                side = _words().get(p.lemmas[k])
                if side is not None:
                    yield p.chain(i)[-1], at[i], side, k


def _foreseen(p: Parse, verb: int) -> bool:
    """Whether a verb says what will or may be (`will lose`, `would be wise`), and so judges
    nobody."""
    return any(p.tags[k] == "MD" and p.lemmas[k] != "must" for k in p.kids(verb, {"aux"}))


_THAT = frozenset(("ccomp", "xcomp"))
"""Dependencies of what somebody is right or wrong about (`right that ...`), not as a person."""


def _polarity(p: Parse, verb: int) -> tuple[str, int] | None:
    """The side of a predicate, and the word that shows it."""
    if p.lemmas[verb] in _deeds() and not p.kids(verb, {"auxpass"}):
        return _deeds()[p.lemmas[verb]], verb
    for k in p.kids(verb, _NAMING):
        for word in (k, *p.kids(k, {"amod", "conj"})):
            agrees = p.lemmas[word] in tables.agreeing() and p.kids(word, _THAT)
            if p.lemmas[word] in _words() and not agrees:
                return _words()[p.lemmas[word]], word
    return None


def _speaker(p: Parse, head: int, at: Mapping[int, int]) -> tuple[bool, int | None]:
    """Whether a clause is reported speech, and which actor speaks."""
    for k in p.chain(head):
        verb = p.heads[k]
        reports = any(
            "that" in one.frames for one, _ in tables.verbs_by_form().get(p.lemmas[verb], ())
        )
        if p.deps[k] in _SAID and reports:
            subject = p.subject(verb)
            return True, at.get(subject) if subject is not None else None
        for said in p.kids(k, _SAID):
            # "The council, says Tarrant, is corrupt": the verb of saying depends on the reported
            # clause.
            spoken = tables.verbs_by_form().get(p.lemmas[said], ())
            if (
                said != head
                and any("that" in one.frames for one, _ in spoken)
                and not p.kids(said, {"dobj"})
            ):
                subject = p.subject(said)
                return True, at.get(subject) if subject is not None else None
    return False, None


@cache
def _words() -> Mapping[str, str]:
    return {
        **dict.fromkeys(tables.judging("good"), "+"),
        **dict.fromkeys(tables.judging("bad"), "-"),
    }


@cache
def _deeds() -> Mapping[str, str]:
    return {
        **dict.fromkeys(tables.judging("good_deeds"), "+"),
        **dict.fromkeys(tables.judging("bad_deeds"), "-"),
    }


__all__ = ["PLAIN", "asked", "judgements"]
