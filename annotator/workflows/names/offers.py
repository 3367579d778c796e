"""What an input line offers, which offers the typed letters find, and what completes them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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


def matching(offers: Sequence[Offer], typed: str) -> list[Offer]:
    """The offers that the typed letters find, or all if nothing is typed: first those that begin
    with them, then those of which words begin with the typed words in any order, or whose initials
    they are, then those that hold them, then those with words alike (`santions`, `Ptuin`). Capitals
    and accents make no difference, nor does a `not` before a concept."""
    wanted = _searched(typed)
    if not wanted:
        return list(offers)
    parts = wanted.split()
    ranked: list[tuple[int, int, Offer]] = []
    left: list[tuple[int, Offer]] = []
    for i, offer in enumerate(offers):
        rank = _rank_of(offer, wanted, parts)
        if rank < 3:
            ranked.append((rank, i, offer))
        else:
            left.append((i, offer))
    if len(wanted) >= 4 and len(ranked) < 6:
        ranked += [(3, i, offer) for i, offer in left if _is_alike(parts, offer)]
    return [offer for _, _, offer in sorted(ranked, key=lambda r: r[:2])]


def _searched(name: str) -> str:
    """A name or what is typed of one, as they are compared."""
    bare = searchable(name).strip()
    begun = _NOT.match(bare)
    return bare[begun.end() :] if begun else bare


def _rank_of(offer: Offer, wanted: str, parts: Sequence[str]) -> int:
    """The best rank among the names of an offer and its initials."""
    rank = min(_rank(wanted, parts, _searched(name)) for name in (offer.value, *offer.aliases))
    return 1 if rank > 1 and wanted == _initials(offer.value) else rank


def _rank(wanted: str, parts: Sequence[str], name: str) -> int:
    if name.startswith(wanted):
        return 0
    words = _WORD.findall(name)
    if all(any(word.startswith(part) for word in words) for part in parts):
        return 1
    return 2 if wanted in name else 3


def _initials(name: str) -> str:
    """The first letters of the words with a capital (`nsl` of the North Sea League); empty of fewer
    than two."""
    found = "".join(word[0] for word in _WORD.findall(name) if word[0].isupper())
    return searchable(found) if len(found) > 1 else ""


def _is_alike(parts: Sequence[str], offer: Offer) -> bool:
    """Whether each typed word is like a word of the offer, or like the beginning of one."""
    from rapidfuzz import fuzz

    words = _WORD.findall(searchable(" ".join((offer.value, *offer.aliases))))

    def alike(part: str, word: str) -> bool:
        if word.startswith(part) or fuzz.ratio(part, word, score_cutoff=ALIKE):
            return True
        begun = (word[: len(part) + more] for more in (0, 1))
        return len(part) > 3 and any(fuzz.ratio(part, one, score_cutoff=BEGUN) for one in begun)

    return all(any(alike(part, word) for word in words) for part in parts)


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
    "matching",
    "nearest",
    "turned",
    "unfinished",
]
