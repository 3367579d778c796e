"""What an input line offers, which offers the typed letters find, and what completes them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Protocol

from annotator.model.names import CONTRARY
from annotator.model.text import searchable

NEAR = 84
"""The percentage of likeness from which a known name is shown while another one is typed."""
ALIKE = 75
"""The percentage of likeness from which a typed word finds a word of an offer."""
BEGUN = 80
"""The same of the beginning of a word."""
_WORD = re.compile(r"[\w'’-]+")
_NOT = re.compile(r"not(:\s*|\s+)")


@dataclass(frozen=True, slots=True)
class Offer:
    """Something to choose: the text it enters, what is shown beside it, and other words that find
    it."""

    value: str
    note: str = ""
    aliases: tuple[str, ...] = ()
    preselected: bool = False
    """Whether it is chosen until something is typed, if it is the first offer."""


class Completer(Protocol):
    """Suggests what comes next on a line."""

    def rest(self, typed: str) -> str:
        """What completes the word being typed, or the next word after a blank; empty if nothing is
        known."""
        ...


class OfferIndex:
    """Offers to look through again and again: what is compared of each is made once."""

    def __init__(self, offers: Sequence[Offer]) -> None:
        self._offers = offers

    @cached_property
    def _names(self) -> Sequence[Sequence[str]]:
        return [[_searched(name) for name in (o.value, *o.aliases)] for o in self._offers]

    @cached_property
    def _texts(self) -> Sequence[str]:
        """All names of each offer, one a line."""
        return ["\n".join(names) for names in self._names]

    @cached_property
    def _words(self) -> Sequence[Sequence[Sequence[str]]]:
        return [[_WORD.findall(name) for name in names] for names in self._names]

    @cached_property
    def _by_initials(self) -> Mapping[str, Sequence[int]]:
        found: defaultdict[str, list[int]] = defaultdict(list)
        for i, offer in enumerate(self._offers):
            found[_initials(offer.value)].append(i)
        return found

    @cached_property
    def _by_word(self) -> Mapping[str, Sequence[int]]:
        found: defaultdict[str, list[int]] = defaultdict(list)
        for i, offer in enumerate(self._offers):
            text = searchable(" ".join((offer.value, *offer.aliases)))
            for word in dict.fromkeys(_WORD.findall(text)):
                found[word].append(i)
        return found

    def matching(self, typed: str) -> list[Offer]:
        """The offers that the typed letters find, or all if nothing is typed: first those that
        begin with them, then those of which words begin with the typed words in any order, or whose
        initials they are, then those that hold them, then those with words alike (`santions`,
        `Ptuin`). Capitals and accents make no difference, nor does a `not` before a concept."""
        wanted = _searched(typed)
        if not wanted:
            return list(self._offers)
        parts = wanted.split()
        ranks = dict.fromkeys(self._by_initials.get(wanted, ()), 1)
        for i, text in enumerate(self._texts):
            if all(part in text for part in parts):
                rank = min(map(partial(_rank, wanted, parts), self._names[i], self._words[i]))
                if rank < 3:
                    ranks[i] = min(rank, ranks.get(i, rank))
        if len(wanted) >= 4 and len(ranks) < 6:
            ranks |= {i: 3 for i in self._alike(parts) if i not in ranks}
        return [self._offers[i] for i in sorted(ranks, key=lambda i: (ranks[i], i))]

    def _alike(self, parts: Sequence[str]) -> Set[int]:
        """The offers in which each typed word is like a word, or like the beginning of one."""
        found: set[int] | None = None
        for part in parts:
            own = {i for word in _like(part, list(self._by_word)) for i in self._by_word[word]}
            found = own if found is None else found & own
        return found or set()


def matching(offers: Sequence[Offer], typed: str) -> list[Offer]:
    """The offers that the typed letters find: see `OfferIndex.matching`."""
    return OfferIndex(offers).matching(typed)


def _searched(name: str) -> str:
    """A name or what is typed of one, as they are compared."""
    bare = searchable(name).strip()
    begun = _NOT.match(bare)
    return bare[begun.end() :] if begun else bare


def _rank(wanted: str, parts: Sequence[str], name: str, words: Sequence[str]) -> int:
    if name.startswith(wanted):
        return 0
    if all(any(word.startswith(part) for word in words) for part in parts):
        return 1
    return 2 if wanted in name else 3


def _initials(name: str) -> str:
    """The first letters of the words with a capital (`nsl` of the North Sea League); empty of fewer
    than two."""
    found = "".join(word[0] for word in _WORD.findall(name) if word[0].isupper())
    return searchable(found) if len(found) > 1 else ""


def _like(part: str, words: Sequence[str]) -> Iterator[str]:
    """The words that a typed word begins, or that are like it, or begin like it."""
    from rapidfuzz import fuzz, process

    yield from (word for word in words if word.startswith(part))
    for word, _, _ in process.extract_iter(part, words, scorer=fuzz.ratio, score_cutoff=ALIKE):
        yield word
    if len(part) > 3:
        for more in (0, 1):
            begun = [word[: len(part) + more] for word in words]
            near = process.extract_iter(part, begun, scorer=fuzz.ratio, score_cutoff=BEGUN)
            yield from (words[at] for _, _, at in near)


def nearest(known: Iterable[str], typed: str) -> tuple[str, int] | None:
    """The known name that is most like the typed text but not equal to it, with the percentage of
    likeness; None below `NEAR`."""
    wanted = typed.strip().removeprefix(CONTRARY).strip()
    if len(wanted) < 4:
        return None
    from rapidfuzz import fuzz, process

    names = [name.removeprefix(CONTRARY) for name in known]
    if wanted in names:
        return None
    found = process.extractOne(
        wanted, names, scorer=fuzz.ratio, processor=searchable, score_cutoff=NEAR
    )
    return None if found is None else (found[0], round(found[1]))


def unfinished(known: Sequence[str], parts: Iterable[str]) -> tuple[str, str] | None:
    """A part that is only the beginning of a known name, or has other capitals or accents, with
    that name: it may be half typed."""
    names = set(known)
    for part in parts:
        if len(part) >= 2 and part not in names:
            begun = searchable(part)
            whole = next((name for name in known if searchable(name).startswith(begun)), None)
            if whole is not None:
                return part, whole
    return None


def turned(part: str) -> str:
    """The contrary of the text, with `not: ` added or removed."""
    bare = part.lstrip()
    return bare.removeprefix(CONTRARY) if bare.startswith(CONTRARY) else f"{CONTRARY}{bare}"


__all__ = [
    "ALIKE",
    "BEGUN",
    "NEAR",
    "Completer",
    "Offer",
    "OfferIndex",
    "matching",
    "nearest",
    "turned",
    "unfinished",
]
