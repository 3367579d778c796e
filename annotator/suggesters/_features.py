"""What the learner of spans sees of each token: its form, its neighbours, tables, rules and memory.

Features are strings. Those of the text alone (`describe`) are made once for a paragraph; those of the memory
(`Lexicon`) depend on what was decided, and leave the own document out while the model is trained, so that the
model learns how far a memory of other documents can be trusted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from annotator.suggesters import _tables as tables
from annotator.suggesters._counts import OUTSIDE, Usage
from annotator.suggesters._tokens import Found, Token

Place = tuple[int, int, str]
"""Tokens `[first, last)` and a label."""

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


__all__ = ["Passage", "Place", "describe", "places_of", "tags"]
