"""Earlier decisions as counts: how often each form and each word was marked with which label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from annotator.english.tokens import Token
from annotator.learners.actors.tagging import OUTSIDE, TaggedParagraph

Form = tuple[str, ...]
"""Texts of the tokens of a span."""

Match = tuple[int, int, Mapping[str, int]]
"""The tokens `[first, last)` of a known form, and its counts by label."""

_LONGEST = 9
"""The length of the longest form to look for, in tokens."""


@dataclass
class Lexicon:
    """Earlier decisions: counts of labels by form and by word.

    `parts` has the same counts for each document, so that a document can be read without its own
    counts.
    """

    forms: dict[Form, Counter[str]] = field(default_factory=dict)
    words: dict[str, Counter[str]] = field(default_factory=dict)
    parts: dict[str, Lexicon] = field(default_factory=dict)

    @staticmethod
    def of(passages: Sequence[TaggedParagraph]) -> Lexicon:
        """The counts of these passages."""
        made = Lexicon()
        made.add(passages)
        return made

    def add(self, passages: Sequence[TaggedParagraph]) -> None:
        """Count these passages too: forms by label; a known form that is not marked counts as
        `OUTSIDE`."""
        for one in passages:
            texts = [t.text for t in one.tokens]
            for first, last, label in one.gold:
                if last - first <= _LONGEST:
                    self._add(one.group, texts[first:last], label)
        for one in passages:
            texts = [t.text for t in one.tokens]
            marked = {(first, last) for first, last, _ in one.gold}
            for first, last, _ in self.matches(one.tokens):
                if (first, last) not in marked:
                    self._add(one.group, texts[first:last], OUTSIDE)
            self._add_words(one, texts)

    def _add_words(self, passage: TaggedParagraph, texts: Sequence[str]) -> None:
        """Count the words by the label of what they are in."""
        labels = [OUTSIDE] * len(texts)
        for first, last, label in passage.gold:
            labels[first:last] = [label] * (last - first)
        part = self.parts.setdefault(passage.group, Lexicon())
        for text, label in zip(texts, labels, strict=True):
            self.words.setdefault(text, Counter())[label] += 1
            part.words.setdefault(text, Counter())[label] += 1

    def learn(self, forms: Mapping[Form, Mapping[str, int]]) -> None:
        """Count these forms at least that often, for decisions made after the passages were
        counted."""
        for form, counts in forms.items():
            own = self.forms.setdefault(form, Counter())
            for label, number in counts.items():
                own[label] = max(own[label], number)
        self._longest = None

    def to_data(self) -> dict[str, Any]:
        """What `of_data` reads back; the counts of single documents are left out."""
        return {
            "forms": [[list(form), dict(counts)] for form, counts in sorted(self.forms.items())],
            "words": {word: dict(counts) for word, counts in sorted(self.words.items())},
        }

    @staticmethod
    def of_data(data: Mapping[str, Any]) -> Lexicon:
        """The counts that `to_data` wrote."""
        forms = {tuple(form): Counter(counts) for form, counts in data["forms"]}
        return Lexicon(forms, {word: Counter(counts) for word, counts in data["words"].items()})

    def _add(self, document: str, texts: Sequence[str], label: str) -> None:
        form = tuple(texts)
        if form not in self.forms:
            self.forms[form] = Counter()
            self._longest = None
        self.forms[form][label] += 1
        self.parts.setdefault(document, Lexicon()).forms.setdefault(form, Counter())[label] += 1

    _longest: dict[str, int] | None = None
    """The length of the longest form by its first token; None until needed."""

    def matches(self, tokens: Sequence[Token], without: Lexicon | None = None) -> list[Match]:
        """Where known forms occur, with their counts: the longest first, none overlapping. Counts
        of `without` do not count. At the start of a sentence a form may be written in lower
        case."""
        if self._longest is None:
            self._longest = {}
            for form in self.forms:
                self._longest[form[0]] = min(
                    _LONGEST, max(len(form), self._longest.get(form[0], 0))
                )
        out, at = [], 0
        while at < len(tokens):
            token = tokens[at]
            found = self._at(tokens, at, token.text, without)
            if found is None and token.first:
                found = self._at(tokens, at, token.lower, without)
            if found is not None:
                out.append(found)
            at = found[1] if found is not None else at + 1
        return out

    def _at(
        self, tokens: Sequence[Token], at: int, head: str, without: Lexicon | None
    ) -> Match | None:
        """The longest form at a place, with its first token written as `head`."""
        assert self._longest is not None
        for length in range(min(self._longest.get(head, 0), len(tokens) - at), 0, -1):
            form = (head, *(t.text for t in tokens[at + 1 : at + length]))
            counts = _less(self.forms.get(form), without.forms.get(form) if without else None)
            if counts:
                return at, at + length, counts
        return None

    def features(
        self, tokens: Sequence[Token], matches: Iterable[Match], without: Lexicon | None = None
    ) -> list[list[str]]:
        """The features of every token from earlier decisions; `matches` are those of the tokens,
        and the document `without` is left out of the counts."""
        out: list[list[str]] = []
        for token in tokens:
            counts = _less(
                self.words.get(token.text), without.words.get(token.text) if without else None
            )
            out.append([f"m={_summary(counts)}"])
        for first, last, counts in matches:
            summary = _summary(counts)
            for i in range(first, last):
                side = "B" if i == first else "I"
                end = "E" if i == last - 1 else ""
                out[i].append(f"f={side}{end}{summary}")
        return out


def _less(counts: Counter[str] | None, other: Counter[str] | None) -> Mapping[str, int]:
    if not counts:
        return {}
    if not other:
        return counts
    return {label: n - other[label] for label, n in counts.items() if n > other[label]}


def _summary(counts: Mapping[str, int]) -> str:
    """The most frequent label, how certain and how frequent it is, as one word."""
    total = sum(counts.values())
    if not total:
        return "new"
    label = min(counts, key=lambda name: (-counts[name], name))
    share = counts[label] / total
    sure = "!" if share == 1 else "+" if share >= 0.75 else "~"
    return f"{label}{sure}{1 if total == 1 else 3 if total < 5 else 9}"


__all__ = ["Form", "Lexicon", "Match"]
