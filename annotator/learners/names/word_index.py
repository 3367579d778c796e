"""An index of names by their words, so that a lookup need not read all names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence


class WordIndex:
    """Names in the order in which they were added, by their words and by their initials."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._places: dict[str, int] = {}
        self._by_word: defaultdict[str, list[str]] = defaultdict(list)
        self._by_initials: defaultdict[str, list[str]] = defaultdict(list)
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Add a name, once."""
        if name in self._places:
            return
        self._places[name] = len(self._places)
        parts = name.split()
        for word in dict.fromkeys(parts):
            self._by_word[word].append(name)
        for initials in _initials(parts):
            self._by_initials[initials].append(name)

    def holding(self, words: Sequence[str]) -> list[str]:
        """The names that contain all these words, in any order."""
        rarest = min((self._by_word.get(word, []) for word in words), key=len, default=[])
        return [name for name in rarest if set(words) <= set(name.split())]

    def abbreviated(self, initials: str) -> list[str]:
        """The names of several words with these initials, of all words or of the capitalized ones:
        `BoV` and `BV` are a Bank of Varnia."""
        capitals = sum(letter.isupper() for letter in initials)
        return self._by_initials.get(initials.replace(".", ""), []) if capitals > 1 else []

    def in_order(self, names: Iterable[str]) -> list[str]:
        """Names of the index, each once, in the order in which they were added."""
        return sorted(set(names), key=self._places.__getitem__)


def _initials(parts: Sequence[str]) -> set[str]:
    capitals = "".join(part[0] for part in parts if part[0].isupper())
    every = "".join(part[0] for part in parts)
    return {capitals, every, every.upper()} if len(capitals) > 1 else set()


__all__ = ["WordIndex"]
