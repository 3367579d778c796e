"""The features of each token for the learner of spans: its form, its neighbours, tables, rules and
memory.

Features are strings. Those of the text alone (`describe`) are made once for a paragraph; those of
the memory (`Lexicon`) depend on decisions. While the model is trained, they ignore the document
itself, so that the model learns how far to trust a memory of other documents.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from annotator.english import tables
from annotator.english.parse import Parse
from annotator.english.tokens import FoundSpan, Token
from annotator.learners.actors.syntax import syntax_features
from annotator.learners.actors.tagging import OUTSIDE, tags

_CLASSES = (
    ("head", "organization_heads"),
    ("opener", "organization_openers"),
    ("thing", "thing_heads"),
    ("honorific", "honorifics"),
    ("office", "offices"),
    ("given", "given_names"),
    ("month", "months_days"),
    ("particle", "particles"),
    ("link", "links"),
    ("modifier", "modifiers"),
    ("suffix", "suffixes"),
    ("surname", "surnames"),
)
_LOWER_CLASSES = (
    ("det", "determiners"),
    ("prep", "prepositions"),
    ("pron", "pronouns"),
    ("sub", "subordinators"),
    ("be", "finite_be"),
    ("modal", "modals"),
)


def _shape(text: str) -> str:
    shape = re.sub(r"[a-zà-ÿ]+", "x", re.sub(r"[0-9]+", "0", text))
    return re.sub(r"[^\W\d_x]{2,}", "XX", re.sub(r"[^\W\d_x](?![^\W\d_x])", "X", shape))[:8]


@dataclass(frozen=True, slots=True)
class _WordTraits:
    """The features of a word that are the same in every place: its shape, its classes in the
    tables, its own features, and those that it gives words a few tokens before or after it."""

    shape: str
    classes: tuple[str, ...]
    own: tuple[str, ...]
    near: Mapping[int, tuple[str, ...]]


@lru_cache(maxsize=20_000)
def _word(text: str) -> _WordTraits:
    lower, shape, classes = text.lower(), _shape(text), _classes(text)
    own = ["bias", f"w={text}", f"s={shape}", f"len={min(len(text), 8)}"]
    own += [f"p{n}={text[:n]}" for n in (1, 2, 3) if len(text) > n]
    own += [f"e{n}={lower[-n:]}" for n in (1, 2, 3, 4) if len(text) > n]
    own += [f"c={name}" for name in classes]
    near = {
        step: (
            f"{step}w={lower}",
            f"{step}s={shape}",
            *(f"{step}c={name}" for name in classes),
            *((f"{step}e3={lower[-3:]}",) if abs(step) == 1 else ()),
        )
        for step in _STEPS
    }
    return _WordTraits(shape, classes, tuple(own), near)


_STEPS = (-2, -1, 1, 2)


def _classes(text: str) -> tuple[str, ...]:
    """The classes of the tables that a word is in."""
    lower = text.lower()
    found = [short for short, name in _CLASSES if text in tables.words(name)]
    found += [short for short, name in _LOWER_CLASSES if lower in tables.words(name)]
    if lower in tables.common():
        found.append("common")
    if text in tables.demonyms():
        found.append("demonym")
    if lower in tables.heads():
        found.append(f"noun.{tables.heads()[lower].label}")
    kinds = sorted(tables.verb_kinds(lower))
    found += [f"verb.{kind}" for kind in kinds]
    name = tables.names().get(text)
    if name is not None:
        found.append(f"name.{name.kind}.{name.label}")
    return tuple(found)


def describe(
    tokens: Sequence[Token],
    found: Sequence[FoundSpan],
    elsewhere: Mapping[str, str],
    used: Sequence[Sequence[str]],
    parse: Parse | None = None,
) -> tuple[tuple[str, ...], ...]:
    """The features of the text: for every token those of itself, its neighbours, the rules, the
    document, and of the run of capitalized words that it stands in.

    `elsewhere` says what a word is part of in other places of the document (or project), `used` how
    a token's word is written in all texts; `parse` is the parse of the sentence.
    """
    words = [_word(t.text) for t in tokens]
    ruled = tags(len(tokens), ((f.first, f.last, f.label) for f in found))
    rules = [""] * len(tokens)
    for one in found:
        rules[one.first : one.last] = [one.rule] * (one.last - one.first)
    out = []
    for i, token in enumerate(tokens):
        features = [*words[i].own, f"r={ruled[i]}", f"rr={ruled[i]}|{rules[i]}"]
        if token.first:
            features += ["first", f"first|{words[i].shape}"]
        features.append(f"d={elsewhere.get(token.text, '')}")
        features += _around(words, ruled, i) + _in_brackets(tokens, i)
        features += used[i]
        out.append(features)
    runs = _runs(tokens)
    for number, (first, last) in enumerate(runs):
        shared = _inside(tokens, words, first, last) + _listed(tokens, ruled, runs, number)
        for i in range(first, last):
            out[i] += [*shared, f"run.at={min(i - first, 3)}|{min(last - i, 3)}"]
    if parse is not None:
        for features, parsed in zip(out, syntax_features(parse), strict=True):
            features += parsed
    return tuple(map(tuple, out))


def _in_brackets(tokens: Sequence[Token], i: int) -> list[str]:
    """Whether an acronym stands in brackets, as after the name that it is short for."""
    text = tokens[i].text
    if not (text.isupper() and len(text) > 1 and 0 < i < len(tokens) - 1):
        return []
    return [f"brackets={tokens[i - 1].text == '(' and tokens[i + 1].text == ')'}"]


def _around(words: Sequence[_WordTraits], ruled: Sequence[str], i: int) -> list[str]:
    """Features of the tokens before and after, and of pairs."""
    out: list[str] = []
    for step in _STEPS:
        k = i + step
        if 0 <= k < len(words):
            out += words[k].near[step]
            out.append(f"{step}r={ruled[k]}")
        else:
            out.append(f"{step}edge")
    shape, rule = words[i].shape, ruled[i]
    before, rule_before = (words[i - 1].shape, ruled[i - 1]) if i else ("", "")
    after, rule_after = (words[i + 1].shape, ruled[i + 1]) if i + 1 < len(words) else ("", "")
    out += [f"ss={before}|{shape}", f"sss={before}|{shape}|{after}"]
    out += [f"rrr={rule_before}|{rule}|{rule_after}", f"rs={rule}|{shape}"]
    return out


def _runs(tokens: Sequence[Token]) -> list[tuple[int, int]]:
    """Runs of capitalized words `[first, last)`, with the small words inside them that join names;
    none crosses the end of a sentence."""
    out: list[tuple[int, int]] = []
    open_, last = False, 0
    for i, token in enumerate(tokens):
        if token.text[:1].isupper():
            if open_ and not token.first and all(t.text in _JOINING for t in tokens[last:i]):
                out[-1] = (out[-1][0], i + 1)
            else:
                out.append((i, i + 1))
            open_, last = True, i + 1
        elif token.first:
            open_ = False
    return out


def _inside(
    tokens: Sequence[Token], words: Sequence[_WordTraits], first: int, last: int
) -> list[str]:
    """Features of a run: its length, the classes in it, and the words before and after it."""
    inside = {
        c
        for k in range(first, last)
        for c in words[k].classes
        if c in _TELLING or c.startswith("name.")
    }
    out = [f"run.{c}" for c in sorted(inside)]
    out.append(f"run.len={min(last - first, 5)}")
    out.append(f"run.before={tokens[first - 1].lower if first else ''}")
    out.append(f"run.before2={' '.join(t.lower for t in tokens[max(0, first - 2) : first])}")
    out.append(f"run.after={tokens[last].lower if last < len(tokens) else ''}")
    out.append(f"run.after2={' '.join(t.lower for t in tokens[last : last + 2])}")
    out.append(f"run.last={tokens[last - 1].lower}")
    return out


def _listed(
    tokens: Sequence[Token], ruled: Sequence[str], runs: Sequence[tuple[int, int]], number: int
) -> list[str]:
    """Features of the runs before and after one, if only separators of a list are between them:
    what the rules say about them, and their length."""
    out: list[str] = []
    for step in (-1, 1):
        near = number + step
        if not 0 <= near < len(runs):
            continue
        (_, end), (begin, _) = sorted((runs[number], runs[near]))
        between = [t.text for t in tokens[end:begin]]
        if not between or len(between) > _DIVIDED or not _DIVIDING.issuperset(between):
            out.append(f"list{step}=")
            continue
        first, last = runs[near]
        label = next((tag[2:] for tag in ruled[first:last] if tag != OUTSIDE), OUTSIDE)
        seen = f"{label}{min(last - first, 3)}"
        out += [f"list{step}={seen}", f"list{step}={' '.join(between)}{seen}"]
    return out


_DIVIDING = frozenset(", ; ( ) - – / & and or as well".split())
_DIVIDED = 3
"""The most tokens between two names of a list."""

_TELLING = frozenset("head opener thing honorific office given suffix surname demonym".split())


_JOINING = frozenset("of the for and - & de von van del da".split())


__all__ = ["describe"]
