"""What an input line offers, which offers the typed letters find, and what completes them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Protocol, TypeVar, overload

from annotator.model.names import affirmative
from annotator.model.text import searchable, whole_percent

NEAR = 84
"""The percentage of likeness from which a known name is shown while another one is typed."""
ALIKE = 75
"""The percentage of likeness from which a typed word finds a word of an offer."""
BEGUN = 80
"""The same for the beginning of a word."""
MOST = 500
"""About how many offers typed letters find; nobody goes through more of them."""
_NO_WORD = re.compile(r"[^\w'’\n-]+")
_FIRST_LETTERS = re.compile(r"\n|(?<![\w'’-])\w")
_NOT = re.compile(r"not(:\s*|\s+)")
_NOT_LINES = re.compile(r"\n *(?:not(?:: *| +))?")


@dataclass(frozen=True, slots=True)
class Offer:
    """Something to choose: the text it enters, what is shown beside it, and other words that find
    it."""

    value: str
    note: str = ""
    aliases: tuple[str, ...] = ()
    preselected: bool = False
    """Whether it is chosen until something is typed, if it is the first offer."""


class Offers(Sequence[Offer]):
    """Offers, each made only when it is asked for, since nobody reads 100,000 of them.

    `values` are the texts that they enter; `made` gives an offer and `aliases` its other words, by
    its number.
    """

    def __init__(
        self,
        values: Sequence[str],
        made: Callable[[int], Offer],
        aliases: Callable[[int], Iterable[str]],
    ) -> None:
        self.values, self._made, self._aliases = values, made, aliases

    @classmethod
    def of(cls, offers: Sequence[Offer]) -> Offers:
        """The same offers; those that are made one by one stay so."""
        if isinstance(offers, Offers):
            return offers
        return cls([one.value for one in offers], offers.__getitem__, lambda at: offers[at].aliases)

    @overload
    def __getitem__(self, at: int) -> Offer: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Offer]: ...
    def __getitem__(self, at: int | slice) -> Offer | Sequence[Offer]:
        if isinstance(at, slice):
            return [self._made(one) for one in range(*at.indices(len(self.values)))]
        return self._made(range(len(self.values))[at])

    def __len__(self) -> int:
        return len(self.values)

    def only(self, keep: Callable[[str], bool]) -> Offers:
        """The offers whose value is to be kept."""
        return self.picked([at for at, value in enumerate(self.values) if keep(value)])

    def picked(self, numbers: Sequence[int]) -> Offers:
        """Those with these numbers."""
        return Offers(
            [self.values[at] for at in numbers],
            lambda at: self._made(numbers[at]),
            lambda at: self._aliases(numbers[at]),
        )

    def forms(self) -> Iterator[tuple[str, ...]]:
        """The words that find each offer: its text and its other words."""
        aliases = self._aliases
        return ((value, *aliases(at)) for at, value in enumerate(self.values))


class Completer(Protocol):
    """Suggests what comes next on a line."""

    def rest(self, typed: str) -> str:
        """What completes the word being typed, or the next word after a blank; empty if nothing is
        known."""
        ...


class OfferIndex:
    """Offers that are searched again and again. The texts to compare are made once and joined into
    one, so that a letter among 100,000 names costs a few searches of a string."""

    def __init__(self, offers: Sequence[Offer]) -> None:
        self._offers = Offers.of(offers)
        self._beginnings: dict[int, Mapping[str, Sequence[str]]] = {}

    @cached_property
    def _forms(self) -> Sequence[tuple[str, ...]]:
        return list(self._offers.forms())

    @cached_property
    def _owners(self) -> Sequence[int]:
        """The offer of each name or alias, by the line of the name."""
        return [i for i, names in enumerate(self._forms) for _ in names]

    @cached_property
    def _names(self) -> _Lines:
        every = _joined(name for names in self._forms for name in names)
        return _Lines(_NOT_LINES.sub("\n", searchable(every)))

    @cached_property
    def _words(self) -> _Lines:
        """The words of each name, each after a blank."""
        return _Lines(_NO_WORD.sub(" ", self._names.text).replace("\n", "\n "))

    @cached_property
    def _by_initials(self) -> Mapping[str, Sequence[int]]:
        """The offers by the first letters of their words with a capital (`nsl`), if there are
        several."""
        found: defaultdict[str, list[int]] = defaultdict(list)
        every = _joined(self._offers.values)
        letters = "".join(_FIRST_LETTERS.findall(every))
        for i, line in enumerate(letters[1:].split("\n")):
            if len(capitals := "".join(filter(str.isupper, line))) > 1:
                found[searchable(capitals)].append(i)
        return found

    @cached_property
    def _by_word(self) -> Mapping[str, Sequence[int]]:
        found: defaultdict[str, list[int]] = defaultdict(list)
        for line, words in zip(self._owners, self._words.text[1:].split("\n"), strict=False):
            for word in dict.fromkeys(words.split()):
                found[word].append(line)
        return found

    def matching(self, typed: str) -> Offers:
        """The offers that the typed letters find, about `MOST` at most, or all if nothing is typed:
        first those that begin with them, then those in which words begin with the typed words, in
        any order, or whose initials were typed, then those that contain them, then those with
        similar words (`santions`, `Ptuin`). Capitals and accents make no difference, nor does a
        `not` before a concept."""
        wanted = _searched(typed)
        if not wanted:
            return self._offers
        parts = wanted.split()
        ranks: dict[int, int] = {}
        for rank, line in self._holding(wanted, parts):
            ranks.setdefault(self._owners[line], rank)
            if len(ranks) >= MOST:
                break
        for i in self._by_initials.get(wanted, ()) if len(wanted) > 1 else ():
            ranks[i] = min(1, ranks.get(i, 1))
        if len(wanted) >= 4 and len(ranks) < 6:
            ranks |= {i: 3 for i in self._alike(parts) if i not in ranks}
        return self._offers.picked(sorted(ranks, key=lambda i: (ranks[i], i)))

    def _holding(self, wanted: str, parts: Sequence[str]) -> Iterator[tuple[int, int]]:
        """The lines that begin with what is wanted (0), in which words begin with its parts (1),
        and those that contain it (2), each with its rank; nothing is made that is not asked for."""
        yield from ((0, line) for line in self._names.with_(f"\n{wanted}"))
        yield from ((1, line) for line in self._words.with_all([f" {part}" for part in parts]))
        yield from ((2, line) for line in self._names.with_(wanted))

    def _alike(self, parts: Sequence[str]) -> Set[int]:
        """The offers in which each typed word is like a word, or like the beginning of one."""
        found: set[int] | None = None
        for part in parts:
            own = {i for word in self._like(part) for i in self._by_word[word]}
            found = own if found is None else found & own
        return found or set()

    def _like(self, part: str) -> Iterator[str]:
        """The words that a typed word begins, or that are like it, or begin like it."""
        from rapidfuzz import fuzz, process

        yield from (word for word in self._by_word if word.startswith(part))
        # Words of very different lengths cannot be alike.
        low, high = len(part) * ALIKE / (200 - ALIKE), len(part) * (200 - ALIKE) / ALIKE
        near = [word for word in self._by_word if low <= len(word) <= high]
        for word, _, _ in process.extract_iter(part, near, scorer=fuzz.ratio, score_cutoff=ALIKE):
            yield word
        if len(part) > 3:
            for more in (0, 1):
                begun = self._begun(len(part) + more)
                found = process.extract_iter(
                    part, list(begun), scorer=fuzz.ratio, score_cutoff=BEGUN
                )
                yield from (word for beginning, _, _ in found for word in begun[beginning])

    def _begun(self, length: int) -> Mapping[str, Sequence[str]]:
        """A dict from the first few letters to the words that begin with them."""
        if length not in self._beginnings:
            found: defaultdict[str, list[str]] = defaultdict(list)
            for word in self._by_word:
                found[word[:length]].append(word)
            self._beginnings[length] = dict(found)
        return self._beginnings[length]


class _Lines:
    """A text in which a search finds a line; the mark of a line stands before it."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def _starts(self) -> Sequence[int]:
        """Where the mark before each line is, and where the last line ends."""
        return [*(found.start() for found in re.finditer("\n", self.text)), len(self.text)]

    def with_(self, words: str) -> Iterator[int]:
        """The numbers of the lines that hold words, each once; a line begins with its mark."""
        at = self.text.find(words)
        while at >= 0:
            line = bisect_right(self._starts, at) - 1
            yield line
            at = self.text.find(words, self._starts[line + 1])

    def with_all(self, several: Sequence[str]) -> Iterator[int]:
        """The lines that hold all of these, looked up by the rarest of them."""
        rarest = several[0] if len(several) == 1 else min(several, key=self.text.count)
        for line in self.with_(rarest):
            if all(
                self.text.find(words, self._starts[line], self._starts[line + 1]) >= 0
                for words in several
            ):
                yield line


class _Named(Protocol):
    """A name in use, with the texts that it stands for."""

    @property
    def aliases(self) -> Mapping[str, int]: ...


_NamedOne = TypeVar("_NamedOne", bound=_Named)


def with_form(known: Sequence[_NamedOne], form: str) -> Sequence[_NamedOne]:
    """The names that stood for a text, regardless of case, those that did so most often first."""
    wanted = form.casefold()
    ends = list(accumulate(len(one.aliases) for one in known))
    texts = _Lines(_joined(text for one in known for text in one.aliases).casefold() + "\n")
    found = dict.fromkeys(bisect_right(ends, line) for line in texts.with_(f"\n{wanted}\n"))

    def times(one: _NamedOne) -> int:
        return sum(number for text, number in one.aliases.items() if text.casefold() == wanted)

    return sorted((known[at] for at in found), key=lambda one: -times(one))


def matching(offers: Sequence[Offer], typed: str) -> Offers:
    """The offers that the typed letters find: see `OfferIndex.matching`."""
    return OfferIndex(offers).matching(typed)


def _searched(name: str) -> str:
    """A name, or the typed part of one, in the form that is compared."""
    bare = searchable(name).strip()
    begun = _NOT.match(bare)
    return bare[begun.end() :] if begun else bare


def _joined(names: Iterable[str]) -> str:
    """Names as lines, each after its mark."""
    return "".join(f"\n{name.replace(chr(10), ' ')}" for name in names)


class KnownNames:
    """Names in use, compared with what is typed again and again."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = list(dict.fromkeys(names))

    def __bool__(self) -> bool:
        return bool(self._names)

    @cached_property
    def _bare(self) -> Sequence[str]:
        return [affirmative(name) for name in self._names]

    @cached_property
    def _plain(self) -> Sequence[str]:
        return searchable(_joined(self._bare))[1:].split("\n")

    @cached_property
    def _lines(self) -> _Lines:
        return _Lines(searchable(_joined(self._names)))

    @cached_property
    def _bare_ones(self) -> Set[str]:
        return set(self._bare)

    @cached_property
    def _as_given(self) -> Set[str]:
        return set(self._names)

    def nearest(self, typed: str) -> tuple[str, int] | None:
        """The known name that is most like the typed text but not equal to it, with the percentage
        of likeness; None below `NEAR`."""
        wanted = affirmative(typed).strip()
        if len(wanted) < 4 or wanted in self._bare_ones:
            return None
        from rapidfuzz import fuzz, process

        found = process.extractOne(
            searchable(wanted), self._plain, scorer=fuzz.ratio, score_cutoff=NEAR
        )
        return None if found is None else (self._bare[found[2]], whole_percent(found[1] / 100))

    def unfinished(self, parts: Iterable[str]) -> tuple[str, str] | None:
        """A part that is only the beginning of a known name, or has other capitals or accents, with
        that name: it may be half typed."""
        for part in parts:
            if len(part) >= 2 and part not in self._as_given:
                line = next(self._lines.with_(f"\n{searchable(part)}"), None)
                if line is not None:
                    return part, self._names[line]
        return None


__all__ = [
    "ALIKE",
    "BEGUN",
    "MOST",
    "NEAR",
    "Completer",
    "KnownNames",
    "Offer",
    "OfferIndex",
    "Offers",
    "matching",
    "with_form",
]
