"""Clauses that say nothing new but take a side on what was said before, by the parse: `..., and
she is right`, `Both have a point`, `So does X`, `X denies it`, `..., as X has demanded`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from annotator.english import tables
from annotator.english.parse import SUBJECTS, Parse
from annotator.english.reporting_frame import ReportingFrame, flip
from annotator.english.tokens import FoundSpan, Token

_AUTHOR = frozenset(("i", "we"))
_MEANT = frozenset("he she they it both that this".split())
"""Subjects that mean somebody who spoke before, or what was said."""
_SAID = frozenset("it so this that them him her".split())
"""Objects that mean what was said before, or somebody who said it."""
_LIKEWISE = frozenset("so neither nor".split())
_JOINTS = frozenset(", ; : – — and but yet so".split())
_COMPLEMENTS = frozenset("xcomp ccomp".split())
_OBJECTS = frozenset("dobj ccomp xcomp".split())


@dataclass(frozen=True, slots=True)
class Echo:
    """The verb of such a clause, its first token, who takes the side (no actors: the author),
    the word that shows it, and how: `said` about the last thing that somebody said, `both` about
    all of it, `alike` about the same as somebody before (the side is theirs), `beside` about the
    clause that it is part of, or `it` about what was said last. `name` are the words of the
    speaker's name, if it is given."""

    verb: int
    first: int
    holders: tuple[int, ...]
    side: str
    cue: int
    how: str
    name: frozenset[str] = frozenset()


def echoes(tokens: Sequence[Token], actors: Sequence[FoundSpan], parse: Parse) -> list[Echo]:
    """The echoes of a paragraph, in reading order."""
    reader = _Echoes(tokens, actors, parse)
    found = (reader.at_verb(i) for i in range(len(parse)) if parse.verbal(i))
    return [one for one in found if one is not None]


def heard(
    tokens: Sequence[Token],
    actors: Sequence[FoundSpan],
    echo: Echo,
    places: Sequence[tuple[int, int]],
    frames: Sequence[ReportingFrame | None],
) -> Iterator[tuple[int, str]]:
    """The claims, by their number, that an echo is about, with the side on each; `places` are
    their tokens, in reading order; `frames` say who reports them."""
    if echo.how == "beside":
        around = [k for k, (first, last) in enumerate(places) if first < echo.first <= last + 1]
        yield from ((k, echo.side) for k in around[-1:])
        return
    start = _sentence(tokens, echo.first)
    may = [
        k
        for k, (first, last) in enumerate(places)
        if (frames[k] or last - first > _SHORT)
        and (echo.how == "it" or _by(tokens, actors, frames[k], echo.name))
    ]
    for low, high in ((start, echo.first), (_sentence(tokens, start - 1), start)):
        near = [k for k in may if low <= places[k][0] and places[k][1] <= high]
        if near:
            yield from _sided(echo, near, frames)
            return


_SHORT = 3
"""Clauses of so many tokens that nobody is reported to say are echoes too (`Indeed they do`)."""


def _by(
    tokens: Sequence[Token],
    actors: Sequence[FoundSpan],
    frame: ReportingFrame | None,
    name: frozenset[str],
) -> bool:
    """Whether somebody is reported to say something, and may have this name."""
    if frame is None or frame.own:
        return False
    if not name:
        return True
    if frame.holder is None:
        return False
    speaker = actors[frame.holder]
    words = {token.lower for token in tokens[speaker.first : speaker.last]}
    return not name.isdisjoint(words) or tokens[speaker.last - 1].text.islower()


def _sided(
    echo: Echo, near: Sequence[int], frames: Sequence[ReportingFrame | None]
) -> Iterator[tuple[int, str]]:
    """What an echo says about the claims of the sentence before it, or of its own."""
    if echo.how == "it":
        yield near[-1], echo.side
        return
    same = frames[near[-1]]
    alike = takewhile(lambda k: frames[k] == same, reversed(near))
    for k in near if echo.how == "both" else alike if echo.how == "alike" else near[-1:]:
        frame = frames[k]
        assert frame is not None
        yield k, flip(frame.side, negative=echo.side == "-")


def _sentence(tokens: Sequence[Token], i: int) -> int:
    """The first token of the sentence of a token."""
    while i > 0 and not tokens[i].first:
        i -= 1
    return max(0, i)


class _Echoes:
    def __init__(self, tokens: Sequence[Token], actors: Sequence[FoundSpan], parse: Parse) -> None:
        self.tokens, self.parse = tokens, parse
        self.at = {i: place for place, one in enumerate(actors) for i in range(one.first, one.last)}

    def at_verb(self, i: int) -> Echo | None:
        """The echo whose verb is at `i`."""
        p = self.parse
        subject = next(iter(p.kids(i, SUBJECTS)), None)
        if subject is None or not p.finite(i):
            return None
        if any(self.tokens[k].lower == "as" for k in p.kids(i, {"mark"})):
            return self._beside(i, subject)
        first = min(p.edges[subject][0], *(k for k in p.children[i] if k < i), i)
        if not self._opens(first) or p.supposed(i) or self._asks(i):
            return None
        found = self._judged(i, subject) or self._alike(i, subject) or self._about_it(i, subject)
        return None if found is None else replace(found, first=first)

    def _opens(self, first: int) -> bool:
        """Whether a clause of its own begins at a place."""
        return self.tokens[first].first or self.tokens[max(0, first - 1)].lower in _JOINTS

    def _asks(self, i: int) -> bool:
        end = next((k for k in range(i + 1, len(self.tokens)) if self.tokens[k].first), None)
        return self.tokens[(len(self.tokens) if end is None else end) - 1].text == "?"

    def _judged(self, i: int, subject: int) -> Echo | None:
        """`She is right`, `both have a point`: the author agrees with those who said it."""
        p = self.parse
        word = self.tokens[subject].lower
        if not p.asserted(i) or not (word in _MEANT or subject in self.at):
            return None
        cue = self._predicate(i)
        side = "" if cue is None else self._side_of(cue)
        if cue is None or not side or p.kids(cue, _COMPLEMENTS):
            return None
        both = word == "both" or self.tokens[min(cue + 2, len(self.tokens) - 1)].lower == "both"
        how = "both" if both else "said"  # "Both are right", "she is right on both counts".
        name = frozenset({self.tokens[subject].lower} if p.pos[subject] == "PROPN" else ())
        return Echo(i, i, (), flip(side, negative=p.negated(i)), cue, how, name)

    def _predicate(self, i: int) -> int | None:
        """What somebody is (`right`), or has (`a point`), by the verb at `i`."""
        p = self.parse
        if p.lemmas[i] == "have":
            return next((k for k in p.kids(i, {"dobj"}) if p.lemmas[k] == "point"), None)
        if p.lemmas[i] != "be" or p.kids(i, _COMPLEMENTS):
            return None
        return next(iter(p.kids(i, {"acomp"})), None)

    def _side_of(self, cue: int) -> str:
        lemma = self.parse.lemmas[cue]
        return "+" if lemma == "point" else tables.agreeing().get(lemma, "")

    def _alike(self, i: int, subject: int) -> Echo | None:
        """`So does X`, `neither do we`, `X agrees with her`: the side of somebody before."""
        p = self.parse
        holders = self._who(subject)
        if holders is None:
            return None
        before = self.tokens[i - 1].lower if i else ""
        if p.lemmas[i] == "do" and before in _LIKEWISE and not p.kids(i, _OBJECTS) and i < subject:
            return Echo(i, i, holders, "+", i - 1, "alike")
        side = {"agree": "+", "disagree": "-"}.get(p.lemmas[i], "")
        meant = [k for prep in p.kids(i, {"prep"}) for k in p.kids(prep, {"pobj"})]
        if not side or p.kids(i, _OBJECTS) or not p.asserted(i):
            return None
        if any(k not in self.at and self.tokens[k].lower not in _SAID for k in meant):
            return None
        return Echo(i, i, holders, flip(side, negative=p.negated(i)), i, "alike")

    def _about_it(self, i: int, subject: int) -> Echo | None:
        """`X says so`, `X does not deny it`, `I believe them`."""
        p, tokens = self.parse, self.tokens
        holders = self._who(subject)
        side = tables.echoing().get(p.lemmas[i], "")
        if holders is None or not side or not p.asserted(i):
            return None
        after = i + 1
        said = after < len(tokens) and tokens[after].lower in _SAID
        if not said or p.kids(i, {"ccomp", "xcomp"}) or self._goes_on(after + 1):
            return None
        persons = tokens[after].lower in ("them", "him", "her")
        if persons and p.lemmas[i] != "believe":
            return None
        negative = p.negated(i) or tokens[i - 1].lower == "longer"
        if negative and side == "+" and not persons:
            return None
        return Echo(i, i, holders, flip(side, negative=negative), i, "it")

    def _goes_on(self, k: int) -> bool:
        """Whether the clause goes on with an object or a predicate at `k`."""
        if k >= len(self.tokens) or self.tokens[k].first or not self.tokens[k].text[0].isalpha():
            return False
        return self.parse.pos[k] not in ("ADP", "ADV", "CCONJ", "SCONJ")

    def _beside(self, i: int, subject: int) -> Echo | None:
        """`..., as X and Y have demanded`: they hold the clause before."""
        p, holders = self.parse, self._who(subject)
        as_ = min(k for k in p.kids(i, {"mark"}) if self.tokens[k].lower == "as")
        ends = i + 1 >= len(self.tokens) or self.tokens[i + 1].text in (".", ";", "!")
        if not holders or not ends or not as_ or self.tokens[as_ - 1].text != "," or p.negated(i):
            return None
        said = any(
            verb.on_claim == "+"
            for verb, _ in tables.verbs_by_form().get(self.tokens[i].lower, ())
            if not verb.particle
        ) or any(
            verb.side == "+" and not verb.particle
            for verb, _ in tables.object_verbs().get(self.tokens[i].lower, ())
        )
        return Echo(i, as_, holders, "+", i, "beside") if said else None

    def _who(self, subject: int) -> tuple[int, ...] | None:
        """The actors of a subject; none for the author, None if it is neither."""
        if self.tokens[subject].lower in _AUTHOR:
            return ()
        todo, out = [subject], list[int]()
        while todo:
            k = todo.pop()
            out += [self.at[k]] if k in self.at else []
            todo += self.parse.kids(k, {"conj", "appos"})
        return tuple(dict.fromkeys(out)) or None


__all__ = ["Echo", "echoes", "heard"]
