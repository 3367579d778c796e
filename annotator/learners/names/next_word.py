"""Predicts the next word of a name while it is typed, from the claim, its paragraph, and the names
given so far."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from math import log2
from pathlib import Path
from typing import Any

from annotator.learners.names import forms
from annotator.learners.names.name_text import NameText
from annotator.learners.names.ranker import FeatureWeights, by_score, score
from annotator.model.names import NameKind
from annotator.model.span import Span

NEXT = Path(__file__).parent / "_data" / "next_word.json"
"""Made by `tests/base_names.py` from the names of the seeds, part `train`."""

_SMALL = tuple(
    (
        "the a is are be of to in on for by with not should will can cannot may has have at from "
        "its than as more"
    ).split()
)
_FRAME = frozenset(("should", "will", "is", "are"))
START, END = "^", "$"
USUAL = 150
"""The number of words from all names that are candidates anywhere."""


@dataclass(slots=True)
class Counts:
    """How often words and pairs of words occur in names."""

    words: Counter[str] = field(default_factory=Counter)
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)

    def learn(self, names: Iterable[str], times: int = 1) -> Counts:
        """Count these names too."""
        for name in names:
            line = [START, *name.split(), END]
            for one, two in pairwise(line):
                self.pairs[one, two] += times
                self.words[two] += times
        return self

    def copy(self) -> Counts:
        return Counts(Counter(self.words), Counter(self.pairs))


@dataclass(frozen=True, slots=True)
class NameContext:
    """What the next word of a span's name depends on."""

    label: str
    claim: Mapping[str, str]
    """The kind of form, by words of the span and their forms."""
    paragraph: Mapping[str, str]
    follows: frozenset[tuple[str, str]]
    """Pairs of words as they occur in the span, in lower case."""
    here: Counts
    """The names decided in the document."""
    entities: Counter[str]
    """Words of its entities."""


def context(
    text: NameText, span: Span, decided: Sequence[str], entities: Sequence[str]
) -> NameContext:
    """The context of a span: `decided` are names of its kind in
    the document, `entities` its entities."""
    first, after = text.within(span.start, span.end)
    here = text.words[first].paragraph if text.words else 0
    around = [i for i, word in enumerate(text.words) if word.paragraph == here]
    inside = [word.lower for word in text.words[first:after]]
    return NameContext(
        span.label,
        _forms(text, range(first, after)),
        _forms(text, around),
        frozenset(pairwise(inside)),
        Counts().learn(decided),
        Counter(word for name in entities for word in name.split()),
    )


def _forms(text: NameText, indices: Iterable[int]) -> dict[str, str]:
    """The words as they are, in other forms of the verb, and in the other number."""
    from annotator.english import tables

    found: dict[str, str] = {}
    for i in indices:
        word = text.words[i]
        if word.kind == "mark":
            continue
        plain = word.text if word.kind == "name" else word.lower
        if word.genitive:
            found.setdefault(f"{plain}'s", "poss")
        found.setdefault(plain, f"asis_{word.kind}")
        bases = tables.verb_forms().get(word.lower, ())
        for base, _ in bases:
            if word.kind != "function" and base not in ("be", "have", "do"):
                found.setdefault(base, "lemma")
                found.setdefault(forms.participle_of(base), "part")
                found.setdefault(forms.third_person(base), "third")
        if word.kind == "noun":
            found.setdefault(forms.singular_of(word.lower), "sing")
            found.setdefault(forms.plural_of(forms.singular_of(word.lower)), "plur")
    return found


class Candidates:
    """The words that may come next in a name, with their features."""

    def __init__(self, given: NameContext, counts: Counts) -> None:
        self._given, self._counts = given, counts
        usual = [word for word, _ in counts.words.most_common(USUAL) if word != END]
        every = {*given.claim, *given.paragraph, *given.here.words, *given.entities}
        every = {*every, *_SMALL, *usual} - {END}
        self.fixed = {word: (*self._of_sources(word), *self._of_counts(word)) for word in every}
        """The features that a word has wherever it stands in the name, for all words."""

    def here(self, word: str, before: Sequence[str]) -> tuple[str, ...]:
        """The features that a word has only after the words `before`."""
        return *self._of_pair(before[-1] if before else START, word), *self._of_place(word, before)

    def after(self, before: Sequence[str]) -> dict[str, set[str]]:
        """Every word that may come after the words `before`, with its features."""
        return {word: {*fixed, *self.here(word, before)} for word, fixed in self.fixed.items()}

    def _of_sources(self, word: str) -> Iterator[str]:
        """Whether the word, or a form of it, is in the span or else in its paragraph."""
        yield "b"
        if word in self._given.claim:
            yield from ("claim", f"claim_{self._given.claim[word]}")
        elif word in self._given.paragraph:
            yield from ("par", f"par_{self._given.paragraph[word]}")

    def _of_counts(self, word: str) -> Iterator[str]:
        """How often the word is in names."""
        if (number := self._given.here.words.get(word, 0)) > 0:
            yield f"dec{min(3, number)}"
        if (number := self._given.entities.get(word, 0)) > 0:
            yield f"ent{min(3, number)}"
        yield f"uni{min(8, int(log2(self._counts.words[word] + 1)))}"

    def _of_pair(self, last: str, word: str) -> Iterator[str]:
        """How often the word follows the last one, in names and in the span."""
        pair = last, word
        if (number := self._given.here.pairs.get(pair, 0)) > 0:
            yield f"dbi{min(2, number)}"
        if (last.lower(), word.lower()) in self._given.follows:
            yield "tb"
        if (number := self._counts.pairs.get(pair, 0)) > 0:
            yield f"bi{min(4, int(log2(number + 1)))}"
        if last in _SMALL or last == START:
            claim = self._given.claim
            form = claim.get(word) or self._given.paragraph.get(word) or ""
            yield f"after_{last}_{'claim' if word in claim else 'no'}_{form}"

    def _of_place(self, word: str, before: Sequence[str]) -> Iterator[str]:
        """How the word fits all words before it."""
        if word in before:
            yield "used"
        if word in _SMALL:
            yield from (f"f_{word}", f"f_{word}_{'mid' if before else 'start'}")
        if word in _FRAME:
            framed = "should" in before or "will" in before
            yield f"{word}_{self._given.label}_{min(len(before), 4)}"
            yield f"{word}_{'Y' if framed else 'N'}"


@cache
def _shipped(kind: NameKind) -> tuple[FeatureWeights, Counts]:
    held: dict[str, Any] = json.loads(NEXT.read_text(encoding="utf-8"))[kind]
    return held["weights"], Counts().learn(held["names"])


class NextWord:
    """Completes names of a kind for one span; `names` are those given
    in the project, which it learns from."""

    def __init__(
        self, given: NameContext, names: Iterable[str] = (), *, kind: NameKind = "concept"
    ) -> None:
        self._weights, counts = _shipped(kind)
        self._candidates = Candidates(given, counts.copy().learn(names))
        self._fixed = {w: score(of, self._weights) for w, of in self._candidates.fixed.items()}
        self._kept: dict[tuple[str, ...], list[str]] = {}

    def order(self, before: Sequence[str]) -> list[str]:
        """Words that may follow, the likeliest first."""
        key = tuple(before)
        if key not in self._kept:
            self._kept[key] = [word for word, _ in by_score(self._scores(before))]
        return self._kept[key]

    def _scores(self, before: Sequence[str]) -> dict[str, float]:
        """The score of each word; most words have no features but the fixed ones."""
        scores = dict(self._fixed)
        for word, fixed in self._candidates.fixed.items():
            if here := self._candidates.here(word, before):
                scores[word] = score((*fixed, *here), self._weights)
        return scores

    def rest(self, typed: str) -> str:
        """The rest of the word being typed, or the next word after a blank; empty if nothing is
        known. A word that is typed completely has no rest."""
        words = typed.split(" ")
        before, begun = [word for word in words[:-1] if word], words[-1]
        for word in self.order(before):
            if word.startswith(begun) and word != begun:
                return word[len(begun) :]
        return ""


def groups(
    given: NameContext, counts: Counts, name: str
) -> Iterator[tuple[dict[str, set[str]], str]]:
    """Each word of a name as a choice to learn from."""
    candidates, before = Candidates(given, counts), list[str]()
    for word in name.split():
        yield candidates.after(before), word
        before.append(word)


__all__ = [
    "END",
    "NEXT",
    "START",
    "Candidates",
    "Counts",
    "NameContext",
    "NextWord",
    "context",
    "groups",
]
