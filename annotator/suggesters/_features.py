"""What the learner of spans sees of each token: its form, its neighbours, tables, rules and memory.

Features are strings. Those of the text alone (`describe`) are made once for a paragraph; those of the memory
(`Lexicon`) depend on what was decided, and leave the own document out while the model is trained, so that the
model learns how far a memory of other documents can be trusted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from annotator.suggesters import _tables as tables
from annotator.suggesters._tokens import Found, Token

Place = tuple[int, int, str]
"""Tokens `[first, last)` and a label."""

OUTSIDE = "O"
Form = tuple[str, ...]
"""Texts of the tokens of a span."""

_LONGEST = 9
"""Tokens of the longest form that is looked for again."""

_CLASSES = (
    ("head", "organization_heads"), ("opener", "organization_openers"), ("thing", "thing_heads"),
    ("honorific", "honorifics"), ("office", "offices"), ("given", "given_names"), ("month", "months_days"),
    ("particle", "particles"), ("link", "links"), ("modifier", "modifiers"), ("suffix", "suffixes"),
)  # fmt: skip
_LOWER_CLASSES = (
    ("det", "determiners"), ("prep", "prepositions"), ("pron", "pronouns"), ("sub", "subordinators"),
    ("be", "finite_be"), ("modal", "modals"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph made ready: its tokens, what the rules find, and the features of the text alone.

    `group` says which passages belong together, `usage` how the document writes its words; `gold` holds
    places that were decided on, or nothing.
    """

    group: str
    tokens: tuple[Token, ...]
    found: tuple[Found, ...]
    described: tuple[tuple[str, ...], ...]
    usage: Usage
    gold: tuple[Place, ...] = ()


def places_of(tokens: Sequence[Token], spans: Iterable[tuple[int, int, str]]) -> tuple[Place, ...]:
    """Spans in code points as places of tokens; of those that overlap the longest stays."""
    out: list[Place] = []
    taken: set[int] = set()
    for start, end, label in sorted(spans, key=lambda s: (s[0] - s[1], s)):
        inside = [i for i, t in enumerate(tokens) if t.end > start and t.start < end]
        if inside and not taken & set(inside):
            taken.update(inside)
            out.append((inside[0], inside[-1] + 1, label))
    return tuple(sorted(out))


def tags(length: int, places: Iterable[Place]) -> list[str]:
    """A tag for each token: `B-label` begins a place, `I-label` goes on, `O` is outside."""
    out = [OUTSIDE] * length
    for first, last, label in places:
        out[first] = f"B-{label}"
        out[first + 1 : last] = [f"I-{label}"] * (last - first - 1)
    return out


def _shape(text: str) -> str:
    shape = re.sub(r"[a-zà-ÿ]+", "x", re.sub(r"[0-9]+", "0", text))
    return re.sub(r"[^\W\d_x]{2,}", "XX", re.sub(r"[^\W\d_x](?![^\W\d_x])", "X", shape))[:8]


def _classes(tokens: Sequence[Token]) -> list[list[str]]:
    """The classes of the tables that each token is in; titles and known names over several tokens."""
    out: list[list[str]] = []
    for token in tokens:
        found = [short for short, name in _CLASSES if token.text in tables.words(name)]
        found += [short for short, name in _LOWER_CLASSES if token.lower in tables.words(name)]
        if token.text in tables.demonyms():
            found.append("demonym")
        if token.lower in tables.heads():
            found.append(f"noun.{tables.heads()[token.lower].label}")
        kinds = sorted({kind for _, kind in tables.verb_forms().get(token.lower, ())})
        found += [f"verb.{kind}" for kind in kinds]
        name = tables.names().get(token.text)
        if name is not None:
            found.append(f"name.{name.kind}.{name.label}")
        out.append(found)
    return out


def describe(
    tokens: Sequence[Token], found: Sequence[Found], elsewhere: Mapping[str, str]
) -> tuple[tuple[str, ...], ...]:
    """The features of the text: for every token those of itself, its neighbours, the rules and the document.

    `elsewhere` says for a word what it is part of where the document (or project) tells more of it.
    """
    classes = _classes(tokens)
    ruled = tags(len(tokens), ((f.first, f.last, f.label) for f in found))
    rules = [""] * len(tokens)
    for one in found:
        rules[one.first : one.last] = [one.rule] * (one.last - one.first)
    shapes = [_shape(t.text) for t in tokens]
    acronyms = {t.text for t in tokens if t.text.isupper() and len(t.text) > 1}
    out = []
    for i, token in enumerate(tokens):
        features = ["bias", f"w={token.text}", f"s={shapes[i]}", f"r={ruled[i]}", f"rr={ruled[i]}|{rules[i]}"]
        features += [f"p{n}={token.text[:n]}" for n in (1, 2, 3) if len(token.text) > n]
        features += [f"e{n}={token.lower[-n:]}" for n in (1, 2, 3, 4) if len(token.text) > n]
        features += [f"c={name}" for name in classes[i]]
        if token.first:
            features += ["first", f"first|{shapes[i]}"]
        features.append(f"d={elsewhere.get(token.text, '')}")
        features.append(f"len={min(len(token.text), 8)}")
        features += _around(tokens, classes, shapes, ruled, i)
        features += _run(tokens, classes, i)
        if token.text in acronyms and 0 < i < len(tokens) - 1:
            features.append(f"brackets={tokens[i - 1].text == '(' and tokens[i + 1].text == ')'}")
        out.append(tuple(features))
    return tuple(out)


def _around(
    tokens: Sequence[Token],
    classes: Sequence[Sequence[str]],
    shapes: Sequence[str],
    ruled: Sequence[str],
    i: int,
) -> list[str]:
    """Features of the tokens before and after, and of pairs."""
    out: list[str] = []
    for step in (-2, -1, 1, 2):
        k = i + step
        if not 0 <= k < len(tokens):
            out.append(f"{step}edge")
            continue
        other = tokens[k]
        out += [f"{step}w={other.lower}", f"{step}s={shapes[k]}", f"{step}r={ruled[k]}"]
        out += [f"{step}c={name}" for name in classes[k]]
        if abs(step) == 1:
            out.append(f"{step}e3={other.lower[-3:]}")
    before = shapes[i - 1] if i else ""
    after = shapes[i + 1] if i + 1 < len(tokens) else ""
    out += [f"ss={before}|{shapes[i]}", f"sss={before}|{shapes[i]}|{after}"]
    rule_before = ruled[i - 1] if i else ""
    rule_after = ruled[i + 1] if i + 1 < len(tokens) else ""
    out += [f"rrr={rule_before}|{ruled[i]}|{rule_after}", f"rs={ruled[i]}|{shapes[i]}"]
    return out


def _run(tokens: Sequence[Token], classes: Sequence[Sequence[str]], i: int) -> list[str]:
    """Features of the run of capitalized words that a token stands in: its length, classes in it, what
    stands before and after it."""
    if not tokens[i].text[:1].isupper():
        return []
    first, last = i, i + 1
    while first > 0 and _joins(tokens, first - 1) and not tokens[first].first:
        first -= 1
    while last < len(tokens) and _joins(tokens, last) and not tokens[last].first:
        last += 1
    while first < i and not tokens[first].text[:1].isupper():
        first += 1
    while last > i + 1 and not tokens[last - 1].text[:1].isupper():
        last -= 1
    inside = {c for k in range(first, last) for c in classes[k] if c in _TELLING or c.startswith("name.")}
    out = [f"run.{c}" for c in sorted(inside)]
    out += [f"run.len={min(last - first, 5)}", f"run.at={min(i - first, 3)}|{min(last - i, 3)}"]
    out.append(f"run.before={tokens[first - 1].lower if first else ''}")
    out.append(f"run.after={tokens[last].lower if last < len(tokens) else ''}")
    out.append(f"run.last={tokens[last - 1].lower}")
    return out


_TELLING = frozenset("head opener thing honorific office given suffix demonym".split())


def _joins(tokens: Sequence[Token], k: int) -> bool:
    text = tokens[k].text
    return text[:1].isupper() or text in (
        "of",
        "the",
        "for",
        "and",
        "-",
        "&",
        "de",
        "von",
        "van",
        "del",
        "da",
    )


_WORD = re.compile(r"(\w[\w’'.-]*\w|\w)|([.!?:]|[^\w\s])")
_ENDS = ".!?:"
_MOST = 30_000
"""Words whose use is kept at most."""


@dataclass
class Usage:
    """How words are written in texts that need not be labelled: for each word that stands capitalized within
    a sentence, how often it does so, how often after "the", after and before another capitalized word; and how
    often it stands in lower case."""

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
        return Usage({word: list(counts) for word, counts in data["capital"].items()}, Counter(data["lower"]))

    def features(self, tokens: Sequence[Token], own: Usage) -> list[list[str]]:
        """For every capitalized token how it is used elsewhere; `own` holds the counts of its document."""
        out: list[list[str]] = []
        for token in tokens:
            found: list[str] = []
            out.append(found)
            if not token.text[:1].isupper():
                continue
            nothing = (0, 0, 0, 0)
            pairs = zip(
                self.capital.get(token.text, nothing), own.capital.get(token.text, nothing), strict=True
            )
            often, the, after, before = (a + b for a, b in pairs)
            lower = self.lower[token.lower] + own.lower[token.lower] > 0
            found.append(f"u.often={_size(often)}")
            found.append(f"u.lower={lower}|{token.first}|{often > 0}")
            if often:
                found += [f"u.the={round(3 * the / often)}", f"u.after={round(3 * after / often)}"]
                found.append(f"u.before={round(3 * before / often)}")
                found.append(
                    f"u={round(2 * after / often)}{round(2 * before / often)}{round(2 * the / often)}"
                )
        return out


def _size(number: int) -> int:
    """0, 1, 2 (to 3), 3 (to 9), 4."""
    return sum(number >= least for least in (1, 2, 4, 10))


@dataclass
class Lexicon:
    """What was decided before: how often each form, and each word, stood for what.

    `parts` holds the same counts for each document, so that a document can be read without its own.
    """

    forms: dict[Form, Counter[str]] = field(default_factory=dict)
    words: dict[str, Counter[str]] = field(default_factory=dict)
    parts: dict[str, Lexicon] = field(default_factory=dict)

    @staticmethod
    def of(passages: Sequence[Passage]) -> Lexicon:
        """The counts of these passages."""
        made = Lexicon()
        made.add(passages)
        return made

    def add(self, passages: Sequence[Passage]) -> None:
        """Count these passages too: forms by label, and by OUTSIDE where a known one stands unmarked."""
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
            labels = [OUTSIDE] * len(texts)
            for first, last, label in one.gold:
                labels[first:last] = [label] * (last - first)
            part = self.parts.setdefault(one.group, Lexicon())
            for text, label in zip(texts, labels, strict=True):
                self.words.setdefault(text, Counter())[label] += 1
                part.words.setdefault(text, Counter())[label] += 1

    def learn(self, forms: Mapping[Form, Mapping[str, int]]) -> None:
        """Count these forms at least so often: what was decided since the passages were counted."""
        for form, counts in forms.items():
            own = self.forms.setdefault(form, Counter())
            for label, number in counts.items():
                own[label] = max(own[label], number)
        self._starts = None

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
        self.forms.setdefault(form, Counter())[label] += 1
        self.parts.setdefault(document, Lexicon()).forms.setdefault(form, Counter())[label] += 1
        self._starts = None

    _starts: frozenset[str] | None = None

    def matches(
        self, tokens: Sequence[Token], without: Lexicon | None = None
    ) -> list[tuple[int, int, dict[str, int]]]:
        """Where known forms stand and what they stood for: the longest first, none overlapping. Counts of
        `without` do not count. At the start of a sentence a form may be written in lower case."""
        if self._starts is None:
            self._starts = frozenset(form[0] for form in self.forms)
        out, at = [], 0
        while at < len(tokens):
            heads = [tokens[at].text, *([tokens[at].lower] if tokens[at].first else [])]
            step = 1
            for head in heads:
                if head not in self._starts:
                    continue
                for length in range(min(_LONGEST, len(tokens) - at), 0, -1):
                    form = (head, *(t.text for t in tokens[at + 1 : at + length]))
                    counts = _less(self.forms.get(form), without.forms.get(form) if without else None)
                    if counts:
                        out.append((at, at + length, counts))
                        step = length
                        break
                if step > 1 or (out and out[-1][0] == at):
                    break
            at += step
        return out

    def features(self, tokens: Sequence[Token], without: Lexicon | None = None) -> list[list[str]]:
        """For every token what is remembered of it; `without` is left out of the counts."""
        out: list[list[str]] = []
        for token in tokens:
            counts = _less(self.words.get(token.text), without.words.get(token.text) if without else None)
            out.append([f"m={_summary(counts)}"])
        for first, last, counts in self.matches(tokens, without):
            summary = _summary(counts)
            for i in range(first, last):
                side = "B" if i == first else "I"
                end = "E" if i == last - 1 else ""
                out[i].append(f"f={side}{end}{summary}")
        return out


def _less(counts: Counter[str] | None, other: Counter[str] | None) -> dict[str, int]:
    if not counts:
        return {}
    if not other:
        return dict(counts)
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


__all__ = ["OUTSIDE", "Lexicon", "Passage", "Place", "Usage", "describe", "places_of", "tags"]
