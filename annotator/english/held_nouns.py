"""Claims that somebody's noun of wanting or promising holds, by the parse: `the mayor's promise [to
scrap the lane]`, `their plans [to build]`, `X made an offer [of talks]`.

Somebody has to own the noun, or to make, show or share it: of `a plan to build it` nobody is said
to want it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from annotator.english import tables
from annotator.english.parse import Parse
from annotator.english.reporting_frame import ReportingFrame, flip
from annotator.english.tokens import FoundSpan, Token

_OWN = frozenset(("its", "his", "her", "their"))
_ENDS = frozenset(".,;:!?)”\"’'–—-")
_SUBJECTS = frozenset(("nsubj", "nsubjpass"))


@dataclass(frozen=True, slots=True)
class HeldClaim:
    """A claim over tokens `[first, last)`, its type, and the frames of all its holders. If it is
    `reported`, the sentence around it only says who holds it."""

    first: int
    last: int
    label: str
    frames: tuple[ReportingFrame, ...]
    reported: bool


def held_claims(
    tokens: Sequence[Token], actors: Sequence[FoundSpan], parse: Parse
) -> list[HeldClaim]:
    """The claims of a paragraph that somebody's nouns hold, in reading order."""
    reader = _Holders(tokens, actors, parse)
    out: list[HeldClaim] = []
    for i, token in enumerate(tokens):
        for noun in tables.object_nouns().get(token.lower, ()):
            place = _complement(tokens, parse, i, noun)
            holders = reader.of(i) if place is not None else ()
            if place is not None and holders:
                side = flip(noun.side, negative=parse.negated(i))
                frames = tuple(
                    ReportingFrame(one, side, i, i + 1, noun.strength) for one in holders
                )
                out.append(HeldClaim(*place, noun.label, frames, reader.told_only(i)))
                break
    return out


def _complement(
    tokens: Sequence[Token], p: Parse, i: int, noun: tables.ObjectNoun
) -> tuple[int, int] | None:
    """The complement that a noun at `i` takes; None if it has none."""
    if p.pos[i] not in ("NOUN", "PROPN"):
        return None
    for k in p.children[i]:
        if k <= i:
            continue
        word = p.lemmas[k]
        if "to" in noun.frames and p.deps[k] in ("acl", "relcl", "xcomp") and _infinitive(p, k):
            first, last = max(i + 1, p.edges[k][0]), p.edges[k][1]
            return _bounds(tokens, first, _before_verb(tokens, p, i, first, last))
        doing = word == "to" and any(p.tags[m] == "VBG" for m in p.children[k])
        if p.deps[k] == "prep" and (
            word in noun.frames - {"to"} or (doing and "ing" in noun.frames)
        ):
            return _bounds(tokens, k + 1, p.edges[k][1])
    return None


def _infinitive(p: Parse, k: int) -> bool:
    return any(p.lemmas[m] == "to" and p.pos[m] == "PART" for m in p.children[k])


def _before_verb(tokens: Sequence[Token], p: Parse, noun: int, first: int, last: int) -> int:
    """The end of a complement whose noun is the subject of a verb that the parse takes for a noun
    (`Their plans to build roads and railways signal a change`)."""
    if p.deps[noun] != "ROOT":
        return last
    form = "base" if tokens[noun].lower.endswith("s") else "s"
    for k in range(first + 2, last - 1):
        article = tokens[k + 1].lower in tables.words("determiners")
        if article and form in tables.verb_kinds(tokens[k].lower) and p.pos[k - 1] == "NOUN":
            return k
    return last


def _bounds(tokens: Sequence[Token], first: int, last: int) -> tuple[int, int] | None:
    """A stretch without punctuation at its end; None if little is left."""
    while last > first and tokens[last - 1].text in _ENDS:
        last -= 1
    return (first, last) if last - first > 1 else None


class _Holders:
    """Who owns a noun."""

    def __init__(self, tokens: Sequence[Token], actors: Sequence[FoundSpan], parse: Parse) -> None:
        self.tokens, self.actors, self.parse = tokens, actors, parse
        self.at = {i: place for place, one in enumerate(actors) for i in range(one.first, one.last)}
        self._starts = [i for i, token in enumerate(tokens) if token.first or not i]

    def of(self, noun: int) -> tuple[int, ...]:
        """The actors that own the noun at a place, and those that make, show or share it."""
        owner = next(iter(self.parse.kids(noun, {"poss"})), None)
        own: tuple[int, ...] = ()
        if owner is not None:
            meant = self.tokens[owner].lower in _OWN
            own = self._meant(owner) if meant else tuple(self._joined(owner))
        return tuple(dict.fromkeys((*own, *self._acting(noun, owned=owner is not None))))

    def _acting(self, noun: int, *, owned: bool) -> tuple[int, ...]:
        """The actors that make, show or share what the noun says; if somebody owns it, only those
        that share it."""
        p, verb = self.parse, self.parse.heads[noun]
        if p.deps[noun] == "pobj" and p.lemmas[verb] == "on":
            verb = p.heads[verb]  # "Elected on a promise to".
        elif p.deps[noun] != "dobj":
            return ()
        words = tables.words("sharing" if owned else "making")
        if p.lemmas[verb] not in words or p.negated(verb) or not p.asserted(verb):
            return ()
        subject = p.subject(verb)
        if subject is not None and p.deps[verb] == "relcl" and p.pos[subject] == "PRON":
            subject = p.heads[verb]
        return () if subject is None else tuple(self._joined(subject)) or self._within(subject)

    def told_only(self, noun: int) -> bool:
        """Whether the main verb only makes known what the noun at a place says: `The mayor made a
        promise to scrap the lane`."""
        p, verb = self.parse, self.parse.heads[noun]
        if p.deps[noun] != "dobj" or p.deps[verb] != "ROOT":
            return False
        return p.lemmas[verb] in tables.words("making") and p.subject(verb) in self.at

    def _within(self, head: int) -> tuple[int, ...]:
        """The actors after a preposition in a noun phrase: `talks between X and Y`."""
        p = self.parse
        inside = (k for prep in p.kids(head, {"prep"}) for k in p.kids(prep, {"pobj"}))
        return tuple(one for k in inside for one in self._joined(k))

    def _joined(self, head: int) -> Iterator[int]:
        """The actors of a noun phrase with those that are joined to it."""
        todo = [head]
        while todo:
            k = todo.pop()
            if k in self.at:
                yield self.at[k]
            todo += self.parse.kids(k, {"conj"})

    def _meant(self, pronoun: int) -> tuple[int, ...]:
        """The actors that a possessive pronoun means: the one for whom the sentence speaks (`For X,
        ...`), or else the subject of its sentence, or of the sentence before; several for
        `their`."""
        number = bisect_right(self._starts, pronoun)
        start, before = (self._starts[max(0, number - k)] for k in (1, 2))
        several = self.tokens[pronoun].lower == "their"
        for low, high in ((start, pronoun), (before, start)):
            for found in self._spoken_of(low, high):
                if self._fits(found, several=several):
                    return found
        return ()

    def _spoken_of(self, low: int, high: int) -> Iterator[tuple[int, ...]]:
        """The actors that tokens `[low, high)` are about, the likeliest first."""
        p, tokens = self.parse, self.tokens
        if low < high and tokens[low].lower == "for":
            yield tuple(one for k in p.kids(low, {"pobj"}) for one in self._joined(k))
        subjects = [k for k in range(low, high) if p.deps[k] in _SUBJECTS]
        for k in subjects:
            yield tuple(self._joined(k))
        for k in subjects:
            yield self._within(k)

    def _fits(self, found: Sequence[int], *, several: bool) -> bool:
        """Whether a pronoun can mean these actors, judged by their number."""
        if not several or len(found) > 1:
            return bool(found)
        words = [self.tokens[self.actors[one].last - 1].lower for one in found]
        return any(
            word.endswith("s") or self.actors[one].label in ("bloc", "collective")
            for one, word in zip(found, words, strict=True)
        )


__all__ = ["HeldClaim", "held_claims"]
