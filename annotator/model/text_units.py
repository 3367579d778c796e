"""Units of text by which a selection grows and shrinks: token, name, phrase, phrase with its
complements, clause, sentence, paragraph.

Where a sentence was parsed, its phrases and clauses come from the parse (`Phraser`). Elsewhere
they come from plain rules on characters and a few closed word classes, so that a key costs
microseconds and works in any language with punctuation; the word classes are English and simply
find nothing elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from annotator.model.text import Document, is_word, trim, words

Bounds = tuple[int, int]


class Phraser(Protocol):
    """Knows the parses of sentences."""

    def phrases(self, document: Document, paragraph: int, at: int) -> Sequence[Bounds]:
        """The phrases and clauses around an offset of a document, the smallest first; empty if the
        paragraph was not parsed."""


_ABBREVIATIONS = frozenset(
    (
        "mr mrs ms dr prof st rev hon gen col lt sgt capt gov sen rep pres jr sr vs etc inc ltd co "
        "corp no jan feb mar apr jun jul aug sep sept oct nov dec e.g i.e cf fig al dept mt"
    ).split()
)
# A sentence ends with a punctuation mark, including closing quotes and brackets, before white
# space. In a run of marks, only the first one is tried.
_SENTENCE_END = re.compile(r"(?<![.!?…])[.!?…]++[\"'”’»)\]]*+(?=\s)|[。！？؟۔।]+[」』”’\"]*\s*|\n")
_VISIBLE = re.compile(r"\S")
_CLAUSE_MARKS = frozenset(',;:—–()[]“”«»"„،؛')
_CLAUSE_WORDS = frozenset(
    (
        "and but or nor yet so that which who whom whose because although though while whereas if "
        "unless when whenever where since until after before"
    ).split()
)
_PHRASE_WORDS = frozenset(
    (
        "about above across against along amid among around as at beneath beside between beyond by "
        "despite down during except for from in inside into like near of off on onto over past per "
        "since than through throughout to toward towards under until up upon via with within "
        "without is are was were be been being am has have had do does did will would shall should "
        "can could may might must not no"
    ).split()
)
_DETERMINERS = frozenset(
    (
        "the a an this that these those its his her their our my your such any every each some all "
        "both"
    ).split()
)
_LINKS = frozenset(
    "of in for with to on from by at between over against among towards toward about into".split()
)
_CLAUSE_OPENERS = frozenset("what how why they he she it we you i".split())
_TITLES = frozenset(
    (
        "president prime minister chancellor king queen prince mayor governor senator secretary "
        "general chairman chairwoman director ambassador pope sir lord lady mr mrs ms dr prof "
        "professor judge justice"
    ).split()
)
_EDGE = ".,;:!?…\"'“”‘’„«»()[]{}—–-‐‑*•·|/\\،؛؟。！？、「」『』"
_LEADING = _EDGE + " \n\t\u00a0"
_DOTTED = re.compile(r"(?:\b\w\.){2,}\Z")
_PAIRS = {")": "(", "]": "[", "}": "{"}


def sentences(text: str, start: int = 0, end: int | None = None) -> list[Bounds]:
    """Sentences of `text[start:end]`, trimmed of white space, in order."""
    end = len(text) if end is None else end
    found: list[Bounds] = []
    at = start
    for match in _SENTENCE_END.finditer(text, start, end):
        if match.end() < end and not _is_sentence_end(text, match, end):
            continue
        _append(found, text, at, match.end())
        at = match.end()
    _append(found, text, at, end)
    return found


def _append(found: list[Bounds], text: str, start: int, end: int) -> None:
    start, end = trim(text, start, end)
    if start < end:
        found.append((start, end))


def _is_sentence_end(text: str, match: re.Match[str], end: int) -> bool:
    if text[match.start()] != ".":
        return True
    before = text[max(0, match.start() - 12) : match.start()].split()
    word = before[-1].lstrip("(“\"'‘").casefold() if before else ""
    if word in _ABBREVIATIONS or (len(word) == 1 and word.isalpha()):
        return False
    following = _VISIBLE.search(text, match.end(), end)
    return following is None or not following.group().islower()


def enclosing(units: Iterable[Bounds], at: int) -> Bounds | None:
    """The unit that holds offset `at`, or None."""
    return next(((a, b) for a, b in units if a <= at < b), None)


def snap(text: str, start: int, end: int) -> Bounds:
    """Bounds extended to whole tokens, without stray punctuation and white space at the edges.

    An abbreviation keeps its full stop (U.S.), and a closing bracket stays if its opening one is
    inside. Bounds that hold nothing but punctuation stay as they are.
    """
    touched = [
        t
        for t in words(text, max(0, start - 80), min(len(text), end + 80))
        if t[1] > start and t[0] < end
    ]
    if not touched:
        return start, end
    whole = touched[0][0], touched[-1][1]
    left, right = _without_edges(text, *whole)
    return (left, right) if left < right else whole


def _without_edges(text: str, left: int, right: int) -> Bounds:
    """Bounds without punctuation and white space at the edges, except marks that a bracket or an
    abbreviation needs; empty if nothing else is there."""
    while left < right and text[left] in _LEADING and not _opens_within(text, left, right):
        left += 1
    while left < right and (text[right - 1].isspace() or text[right - 1] in _EDGE):
        if _closes_within(text, left, right) or _DOTTED.search(text, left, right):
            break
        right -= 1
    return left, right


def _closes_within(text: str, start: int, end: int) -> bool:
    opening = _PAIRS.get(text[end - 1])
    return opening is not None and opening in text[start : end - 1]


def _opens_within(text: str, start: int, end: int) -> bool:
    closing = {opening: closing for closing, opening in _PAIRS.items()}.get(text[start])
    return closing is not None and closing in text[start + 1 : end]


def token_at(text: str, at: int, within: Bounds) -> Bounds | None:
    """The word that holds offset `at`, else the next word after it, else the last one before it."""
    every = [t for t in words(text, *within) if is_word(text, t)] or words(text, *within)
    return next((t for t in every if at < t[1]), every[-1] if every else None)


def _run(text: str, at: int, within: Bounds, stops: Callable[[Bounds], bool]) -> Bounds | None:
    """The tokens around `at`, up to the next ones at which a stretch ends, with trimmed edges."""
    tokens = words(text, *within)
    here = next((i for i, t in enumerate(tokens) if at < t[1]), None)
    if here is None:
        return None
    first = last = here
    while first > 0 and not stops(tokens[first - 1]):
        first -= 1
    while last + 1 < len(tokens) and not stops(tokens[last + 1]):
        last += 1
    return snap(text, tokens[first][0], tokens[last][1])


def clause_at(text: str, at: int, within: Bounds) -> Bounds | None:
    """The stretch between clause marks or clause words around `at`."""
    return _run(
        text,
        at,
        within,
        lambda t: (
            text[t[0] : t[1]] in _CLAUSE_MARKS or text[t[0] : t[1]].casefold() in _CLAUSE_WORDS
        ),
    )


def phrase_at(text: str, at: int, within: Bounds) -> Bounds | None:
    """The stretch around `at` without prepositions, auxiliaries,
    conjunctions, marks and determiners."""

    def stops(token: Bounds) -> bool:
        word = text[token[0] : token[1]].casefold()
        return (
            not is_word(text, token)
            or word in _PHRASE_WORDS
            or word in _CLAUSE_WORDS
            or word in _DETERMINERS
        )

    return _run(text, at, within, stops)


def name_at(text: str, at: int, within: Bounds) -> Bounds | None:
    """The name around `at`: adjacent capitalized words, after the last title among them."""
    here = _run(text, at, within, lambda t: not text[t[0]].isupper() or _is_determiner(text, t))
    if here is None or not here[0] <= at < here[1] or not text[here[0]].isupper():
        return None
    tokens = words(text, *here)
    titles = [
        i for i, t in enumerate(tokens) if text[t[0] : t[1]].casefold().rstrip(".") in _TITLES
    ]
    last = max((i for i in titles if tokens[i][1] <= at), default=-1)
    return (tokens[last + 1][0], here[1]) if last + 1 < len(tokens) else None


def _is_determiner(text: str, token: Bounds) -> bool:
    return text[token[0] : token[1]].casefold() in _DETERMINERS


def long_phrase_at(text: str, at: int, within: Bounds) -> Bounds | None:
    """The phrase around `at` with its determiner, and with the
    prepositional phrases that follow it."""
    core = phrase_at(text, at, within)
    if core is None:
        return None
    tokens = words(text, *within)
    first = next((i for i, t in enumerate(tokens) if t[1] > core[0]), 0)
    last = max((i for i, t in enumerate(tokens) if t[0] < core[1]), default=first)
    while first > 0 and _is_determiner(text, tokens[first - 1]):
        first -= 1
    while (end := _after_preposition(text, tokens, last + 1, within)) is not None:
        last = end
    return snap(text, tokens[first][0], tokens[last][1])


def _after_preposition(text: str, tokens: list[Bounds], at: int, within: Bounds) -> int | None:
    """The end of the prepositional phrase that begins with token `at`; None if none begins
    there."""
    if at >= len(tokens) or text[tokens[at][0] : tokens[at][1]].casefold() not in _LINKS:
        return None
    begin = at + 1
    while begin < len(tokens) and _is_determiner(text, tokens[begin]):
        begin += 1
    if (
        begin >= len(tokens)
        or text[tokens[begin][0] : tokens[begin][1]].casefold() in _CLAUSE_OPENERS
    ):
        return None
    core = phrase_at(text, tokens[begin][0], within)
    if core is None or core[0] > tokens[begin][0] or core[1] <= tokens[begin][0]:
        return None
    return max(i for i, t in enumerate(tokens) if t[0] < core[1])


def units_at(text: str, at: int, within: Bounds, phrases: Sequence[Bounds] = ()) -> list[Bounds]:
    """Units around `at` inside the paragraph `within`, each larger than the one before and
    containing it. `phrases` are those of a parse; without them, they are found by rules."""
    sentence = enclosing(sentences(text, *within), at) or within
    by_rule = (phrase_at, long_phrase_at, clause_at)
    every = (
        token_at(text, at, within),
        name_at(text, at, sentence),
        *(phrases or (rule(text, at, sentence) for rule in by_rule)),
        snap(text, *sentence),
        sentence,
        trim(text, *within),
    )
    grown: list[Bounds] = []
    for unit in every:
        if unit is None or not unit[0] <= at < unit[1]:
            continue
        if not grown or (unit != grown[-1] and unit[0] <= grown[-1][0] and grown[-1][1] <= unit[1]):
            grown.append(unit)
    return grown


def grow(
    text: str, selected: Bounds, anchor: int, within: Bounds, phrases: Sequence[Bounds] = ()
) -> Bounds:
    """The smallest unit around `anchor` that holds the selection
    and is larger; else the selection."""
    for start, end in units_at(text, anchor, within, phrases):
        if start <= selected[0] and selected[1] <= end and (start, end) != selected:
            return start, end
    return selected


def shrink(
    text: str, selected: Bounds, anchor: int, within: Bounds, phrases: Sequence[Bounds] = ()
) -> Bounds:
    """The largest unit around `anchor` inside the selection and smaller; else the selection."""
    for start, end in reversed(units_at(text, anchor, within, phrases)):
        if selected[0] <= start and end <= selected[1] and (start, end) != selected:
            return start, end
    return selected


__all__ = [
    "Bounds",
    "Phraser",
    "clause_at",
    "enclosing",
    "grow",
    "long_phrase_at",
    "name_at",
    "phrase_at",
    "sentences",
    "shrink",
    "snap",
    "token_at",
    "units_at",
]
