"""Words for naming: their kinds, by closed word classes and capitals, and how they make names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from annotator.learners.names import forms

WordKind: TypeAlias = Literal["name", "noun", "verb", "function", "mark"]

SAINTS = frozenset(("St", "Saint"))
_BE = frozenset("is are was were be been being 's".split())
_WORD = re.compile(r"\w")
_GOES_ON = re.compile(r"[\w-]")
_PLURAL_INITIALS = re.compile(r"\b[A-Z]{2,}s\b")


@dataclass(frozen=True, slots=True)
class Word:
    """A word or mark `[start, end)`; a genitive's `'s` is in `end` but not in `text`."""

    text: str
    start: int
    end: int
    kind: WordKind
    sentence: int
    paragraph: int
    genitive: bool

    @property
    def lower(self) -> str:
        return self.text.lower()


def may_be_person(parts: Sequence[str]) -> bool:
    """Whether these words may be a person's name: not `of Lorn`, `Royal Hospital`."""
    particles = forms.word_class("particles")
    return (
        bool(parts)
        and all(part[:1].isupper() or part in particles for part in parts)
        and parts[-1].lower() not in forms.word_class("bodies")
    )


def without_titles(whole: Sequence[str], least: int) -> Sequence[str]:
    """A person's name without titles, and without the country that stands before them."""
    at = 0
    for i, word in enumerate(whole[:-least]):
        if word.rstrip(".").lower() in forms.word_class("titles"):
            at = i + 1
        elif word not in forms.demonyms():
            break
    return whole[at:]


def is_titled(parts: Sequence[str]) -> bool:
    """Whether a name begins with the title of a man or a woman: `Mr Keller`."""
    has_title = len(parts) > 1 and parts[0].rstrip(".").lower() in forms.TITLE_GENDERS
    return has_title and may_be_person(parts)


def is_common(word: Word) -> bool:
    """Whether a word is a common noun for people whom an institution serves: `King`, `Farmers`."""
    low = forms.singular_of(word.lower)
    return any(
        one in forms.word_class(of) for one in (low, word.lower) for of in ("common", "roles")
    )


def goes_on_after(last: Word, mark: Word) -> bool:
    """Whether a name continues after a punctuation mark within it: `J. K. Marlow`, `St. Mary`,
    `Marks & Spencer`, `Farmers' Union`."""
    if mark.text == ".":
        return last.end == mark.start and (len(last.text) == 1 or last.text in SAINTS)
    if mark.text in "'’":
        return last.end == mark.start and last.lower.endswith("s") and is_common(last)
    return mark.text == "&"


def goes_on_after_genitive(run: Sequence[Word], word: Word) -> bool:
    """Whether a name goes on after its genitive: `King’s College` is one name, `Varnia’s Court` is
    two."""
    if not has_one_genitive(run):
        return False
    if run[0].text in SAINTS:
        return word.kind in ("name", "noun")
    return word.kind == "name" and is_common(run[-1])


def has_one_genitive(run: Sequence[Word]) -> bool:
    """Whether only the last word of a name is a genitive, so that more can follow: `Lloyd's of
    London`."""
    return not any(one.genitive for one in run[:-1])


def places_of(low: str, text: str) -> Iterator[tuple[int, int]]:
    """The places `[start, end)` where words in lower case occur as whole words in a text in lower
    case. This is a plain search, since a pattern that begins with a condition tests it at every
    character of the text."""
    start = text.find(low)
    while start >= 0:
        end = start + len(low)
        whole = not _WORD.match(text[start - 1 : start]) and not _GOES_ON.match(text, end)
        if whole:
            yield start, end
        start = text.find(low, end if whole else start + 1)


def only_counts(text: str) -> bool:
    """Whether a word only says how many: `two of them` are such words."""
    return text.lower() in forms.COUNTED and not is_abbreviation(text)


def is_abbreviation(text: str) -> bool:
    """Whether an apparent pronoun is an abbreviation, by its capitals: `US`, `WHO`."""
    return text.isupper() and len(text) > 1 and text.lower() in forms.PERSONAL


def acts(word: Word) -> bool:
    """Whether a word is a verb other than `be`."""
    return is_predicate(word) and word.lower not in _BE


def is_predicate(word: Word) -> bool:
    """Whether the words before this one are its subject."""
    return word.kind == "verb" or word.lower in forms.word_class("auxiliary")


def named_after_saint(words: Sequence[Word]) -> bool:
    """Whether words are named after a saint, so that a common noun may be part of the name: `St
    Bride's hospital`."""
    return words[0].text in SAINTS and len(words) > 1 and words[1].text[:1].isupper()


def written_as_name(text: str) -> bool:
    """Whether a word is written as a name: `Lorn`, `eBay`, `al-Hakim`, but not `MPs` or
    `anti-European`."""
    if text[:1].isupper():
        return _PLURAL_INITIALS.fullmatch(text) is None
    before, hyphen, _ = text.partition("-")
    return any(letter.isupper() for letter in text) and (
        not hyphen or before in forms.word_class("particles")
    )


def kind_of_word(text: str, first: bool) -> WordKind:
    """The kind of a word by lists and by its capital, which counts less if it comes `first` in its
    sentence."""
    low = text.lower()
    if not text[:1].isupper() and written_as_name(text):
        return "name"
    if text[:1].isupper():
        if low in forms.word_class("function"):
            return "name" if is_abbreviation(text) else "function"
        # `Human-rights lawyers` begins with a common noun.
        begun = low.split("-")[0] if "-" in text and text[1:].islower() else low
        if not first or text in forms.demonyms() or begun not in forms.word_class("common"):
            return "name"
    if low in forms.word_class("function"):
        return "function"
    return "verb" if low in forms.word_class("verbs") else "noun"


def has_plural_initials(text: str) -> bool:
    """Whether a text has an abbreviation in the plural: `MPs`."""
    return _PLURAL_INITIALS.search(text) is not None


__all__ = [
    "SAINTS",
    "Word",
    "WordKind",
    "acts",
    "goes_on_after",
    "goes_on_after_genitive",
    "has_one_genitive",
    "has_plural_initials",
    "is_abbreviation",
    "is_common",
    "is_predicate",
    "is_titled",
    "kind_of_word",
    "may_be_person",
    "named_after_saint",
    "only_counts",
    "places_of",
    "without_titles",
    "written_as_name",
]
