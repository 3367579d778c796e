"""How words are written in texts, labelled or not: with a capital or not, and next to which
words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from annotator.english.tokens import Token

_WORD = re.compile(r"(\w[\w’'.-]*\w|\w)|([.!?:]|[^\w\s])")
_ENDS = ".!?:"
_MOST = 30_000
"""The most words whose use is kept."""


@dataclass
class Usage:
    """How words are written in texts that need not be labelled: for each word that occurs
    capitalized inside a sentence, how often it does so, how often after "the", and how often after
    and before another capitalized word; and how often it occurs in lower case."""

    capital: dict[str, list[int]] = field(default_factory=dict)
    lower: Counter[str] = field(default_factory=Counter)

    @staticmethod
    def of(texts: Iterable[str]) -> Usage:
        """The counts of these texts, the most frequent words only."""
        made = Usage()
        for text in texts:
            made._read(text)
        most = sorted(made.capital, key=lambda word: (-made.capital[word][0], word))[:_MOST]
        made.capital = {word: made.capital[word] for word in sorted(most)}
        known = {word.lower() for word in most}
        made.lower = Counter({word: n for word, n in sorted(made.lower.items()) if word in known})
        return made

    def _read(self, text: str) -> None:
        words = [(m.group(), m.group(1) is not None) for m in _WORD.finditer(text)]
        first = True
        for i, (word, spelt) in enumerate(words):
            if not spelt:
                first = first or word in _ENDS
                continue
            if word[0].isupper() and not first:
                counts = self.capital.setdefault(word, [0, 0, 0, 0])
                before, after = words[i - 1][0], words[i + 1][0] if i + 1 < len(words) else ""
                counts[0] += 1
                counts[1] += before in ("the", "The")
                counts[2] += before[:1].isupper()
                counts[3] += after[:1].isupper()
            elif word[0].islower():
                self.lower[word] += 1
            first = False

    def to_data(self) -> dict[str, Any]:
        """What `of_data` reads back."""
        return {"capital": self.capital, "lower": dict(self.lower)}

    @staticmethod
    def of_data(data: Mapping[str, Any]) -> Usage:
        """The counts that `to_data` wrote."""
        return Usage(
            {word: list(counts) for word, counts in data["capital"].items()}, Counter(data["lower"])
        )

    def features(self, tokens: Sequence[Token], own: Usage) -> list[list[str]]:
        """How each capitalized token is used elsewhere; `own` has the counts of its document."""
        out: list[list[str]] = []
        for token in tokens:
            found: list[str] = []
            out.append(found)
            if not token.text[:1].isupper():
                continue
            nothing = (0, 0, 0, 0)
            pairs = zip(
                self.capital.get(token.text, nothing),
                own.capital.get(token.text, nothing),
                strict=True,
            )
            often, the, after, before = (a + b for a, b in pairs)
            lower = self.lower[token.lower] + own.lower[token.lower] > 0
            found.append(f"u.often={_size(often)}")
            found.append(f"u.lower={lower}|{token.first}|{often > 0}")
            if often:
                found += [f"u.the={round(3 * the / often)}", f"u.after={round(3 * after / often)}"]
                found.append(f"u.before={round(3 * before / often)}")
                halves = (round(2 * beside / often) for beside in (after, before, the))
                found.append("u=" + "".join(map(str, halves)))
        return out


def _size(number: int) -> int:
    """0, 1, 2 (to 3), 3 (to 9), 4."""
    return sum(number >= least for least in (1, 2, 4, 10))


__all__ = ["Usage"]
