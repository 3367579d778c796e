"""Forms of English words in names.

The word lists are those of `english.tables`, stored in `_data/english.json` in the form that naming
needs, since reading the tables would slow down the start of the program.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

PERSONAL = frozenset(
    (
        "he she it they we i you him her them us me who whom whose which that this these those "
        "both it's one everyone everybody nobody someone somebody anyone anybody others another "
        "each neither either himself herself itself themselves ourselves myself many some few "
        "most all none two three four several his its their our my your hers theirs ours"
    ).split()
)
"""Words that are mentions by themselves without naming anybody."""

GENDERS = {
    **dict.fromkeys("she her hers herself".split(), "f"),
    **dict.fromkeys("he him his himself".split(), "m"),
}
"""Pronouns of one person -> whether a woman or a man is meant: f or m."""

TITLE_GENDERS = {
    **dict.fromkeys("mrs ms miss mme lady queen madam".split(), "f"),
    **dict.fromkeys("mr sir lord king monsieur".split(), "m"),
}
"""The same of titles before a name."""

DETERMINERS = frozenset(
    (
        "the a an this that these those its their his her our my your both two three four neither "
        "either each every all any no some many most several few"
    ).split()
)
"""Words before a common noun that are not part of a name."""

COUNTED = DETERMINERS | {"of", "them", "us", "other", "others"}
"""Words that make a pronoun when no others stand with them: `all three`, `the two of them`."""

UNIQUE = frozenset(("world", "international community", "humanity", "mankind", "humankind"))
"""What there is one of: nothing is added to it."""

DIRECTIONS = frozenset("west east north south new upper lower central".split())
"""Words that begin the names of other places."""

_IRREGULAR = {
    "people": "people",
    "person": "people",
    "man": "men",
    "woman": "women",
    "child": "children",
    "wife": "wives",
    "thief": "thieves",
    "half": "halves",
}
_SINGULAR = {plural: one for one, plural in _IRREGULAR.items() if one != "person"}


def plural_of(word: str) -> str:
    """The plural of a noun: `country` gives `countries`."""
    low = word.lower()
    if low in _IRREGULAR:
        return _IRREGULAR[low]
    if low.endswith("man"):
        return word[:-3] + "men"
    if re.search(r"[^aeiou]y$", low):
        return word[:-1] + "ies"
    return word + ("es" if re.search(r"(s|x|z|ch|sh)$", low) else "s")


def singular_of(word: str) -> str:
    """The singular of a noun in lower case; a word whose ending is not that of a plural stays the
    same."""
    if word in _SINGULAR:
        return _SINGULAR[word]
    if word.endswith("men"):
        return word[:-3] + "man"
    if word.endswith("children"):
        return word[:-3]
    if not is_plural(word):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-2] if re.search(r"(ss|x|z|ch|sh)es$", word) else word[:-1]


def is_plural(word: str) -> bool:
    """Whether a noun in lower case is a plural by its ending."""
    if word in _SINGULAR or word.endswith(("men", "children")):
        return True
    return len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is"))


def participle_of(verb: str) -> str:
    """The past participle of a verb in its base form: `lift` gives `lifted`."""
    from annotator.english.inflection import forms

    kinds = {kind: form for form, kind in forms(verb).items()}
    return next((kinds[kind] for kind in ("participle", "both", "past") if kind in kinds), verb)


def third_person(verb: str) -> str:
    """The third person of a verb in its base form: `deny` gives `denies`."""
    from annotator.english.inflection import forms

    return next((form for form, kind in forms(verb).items() if kind == "s"), verb)


WORDS = Path(__file__).parent / "_data" / "english.json"
"""Made by `tests/base_names.py` from the tables."""


def word_lists() -> dict[str, str]:
    """The content of `WORDS`, from the tables: words of a class separated by blanks; for
    `demonyms`, adjective and name."""
    from annotator.english import tables

    lists = {
        "auxiliary": _classes("be", "have", "do", "modals"),
        "function": _classes(
            "determiners",
            "pronouns",
            "prepositions",
            "adverbs",
            "subordinators",
            "coordinators",
            "be",
            "have",
            "do",
            "modals",
            "negations",
        ),
        "common": tables.common(),
        "verbs": _acting(),
        "roles": _roles(),
        "calendar": {word.lower() for word in tables.words("months_days")},
        "bodies": {word.lower() for word in tables.words("organization_heads") if word.isascii()},
        "titles": _titles(),
        "particles": {word for word in tables.words("particles") if word[:1].islower()}
        - _classes("prepositions", "adverbs", "do"),
    }
    out = {
        name: " ".join(sorted(word for word in of if " " not in word)) for name, of in lists.items()
    }
    return {
        **out,
        "demonyms": "|".join(f"{word}={name}" for word, name in sorted(tables.demonyms().items())),
    }


def _acting() -> set[str]:
    """Forms of verbs that are not also nouns for actors."""
    from annotator.english import tables

    forms = {
        form
        for form, bases in tables.verb_forms().items()
        if form.endswith(("ed", "ing")) or any(kind != "ing" for _, kind in bases)
    }
    return forms - tables.heads().keys()


def _roles() -> set[str]:
    """Nouns for one person."""
    from annotator.english import tables

    heads = tables.heads().items()
    return {word for word, head in heads if head.label == "person" and not head.plural}


def _classes(*names: str) -> set[str]:
    from annotator.english import tables

    return {word for name in names for word in tables.words(name)}


def _titles() -> set[str]:
    """The words of honorifics and offices, and those before an office, in lower case."""
    from annotator.english import tables

    named = (w for of in ("honorifics", "offices", "modifiers") for w in tables.words(of))
    found = {word.rstrip(".").lower() for entry in named for word in entry.split(" ")}
    return found - {"of", "the", "saint"}


@cache
def _lists() -> dict[str, str]:
    found: dict[str, str] = json.loads(WORDS.read_text(encoding="utf-8"))
    return found


@cache
def word_class(name: str) -> frozenset[str]:
    """Words in lower case: `function` words, which hold a sentence together; `auxiliary` verbs;
    `common` words, which a capital at the start of a sentence does not make names; forms of
    `verbs`; `roles`, common nouns of one person; `calendar`, names of days and months; `titles`,
    words before a person's name that are not part of it; `particles`, small words inside a name;
    `bodies`, the last words of names of bodies."""
    return frozenset(_lists()[name].split(" "))


@cache
def demonyms() -> dict[str, str]:
    """Real countries by adjective."""
    return dict(pair.split("=", 1) for pair in _lists()["demonyms"].split("|"))


_AFTER_HEAD = frozenset("of for in from at on with against who".split())
"""Words that follow the head of a phrase, and what belongs to it."""


def head_of(words: Sequence[str]) -> int:
    """The index of a phrase's head among its words in lower case: the last one before a
    preposition; 0 of no words."""
    ends = (i for i, word in enumerate(words) if i and word in _AFTER_HEAD)
    return max(0, next(ends, len(words)) - 1)


def lower_first(text: str) -> str:
    """The text with a lower-case first letter, unless its first word is all capitals (`EU
    ministers`)."""
    return text[:1].lower() + text[1:] if text[:1].isupper() and not text[1:2].isupper() else text


def start_of(word: str) -> str:
    """The first letters that a place and its adjective have in common in any case."""
    return word[:4].lower()


def place_of(adjective: str, names: Iterable[str]) -> str | None:
    """The name among `names` from which an adjective is formed (`Varnian`: Varnia); the longest
    common beginning wins. For real countries, the table decides."""
    known, best = demonyms().get(adjective), (0, "")
    for name in names:
        if name == known:
            return name
        same = _common_beginning(adjective.lower(), name.lower())
        if same > best[0]:
            best = (same, name)
    return best[1] or known


def _common_beginning(adjective: str, name: str) -> int:
    """The number of first letters that an adjective and a name have in common; 0 if one is not
    formed from the other."""
    if " " in name or name.startswith(adjective):
        return 0
    pairs = enumerate(zip(adjective, name, strict=False))
    same = next((i for i, (one, other) in pairs if one != other), min(len(adjective), len(name)))
    return same if same >= max(4, len(name) - 3, len(adjective) - 5) else 0


__all__ = [
    "COUNTED",
    "DETERMINERS",
    "DIRECTIONS",
    "GENDERS",
    "PERSONAL",
    "TITLE_GENDERS",
    "UNIQUE",
    "WORDS",
    "head_of",
    "is_plural",
    "lower_first",
    "participle_of",
    "place_of",
    "plural_of",
    "singular_of",
    "start_of",
    "third_person",
    "word_class",
    "word_lists",
]
