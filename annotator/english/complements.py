"""Where the complement of a verb begins and ends: its infinitive, its noun phrase, or the words
after its `of` or `as`."""

from __future__ import annotations

from collections.abc import Sequence

from annotator.english import tables
from annotator.english.coordination import elliptic, independent
from annotator.english.syntax import HELPERS, Syntax, adverb, adverbial, governs
from annotator.english.tokens import QUOTES, Token

OBJECTS = (tables.words("object_pronouns") - {"both", "something"}) | frozenset(
    "you itself himself herself themselves anything neither none".split()
)
"""Pronouns that are not claims by themselves."""
STOPS = frozenset(". ? ! ; : ( )".split()) | QUOTES
_ADJUNCTS = tables.words("prepositions") | tables.words("adverbs")
_CONTRASTS = frozenset("while whereas though although".split())
_JOINTS = _CONTRASTS | frozenset("and but or yet".split())
CLOSED = (
    tables.words("prepositions") | tables.words("subordinators") | tables.words("adverbs") | _JOINTS
)
"""Words that cannot begin a noun phrase."""
_NO_VERBS = (
    tables.words("determiners")
    | tables.words("pronouns")
    | tables.words("prepositions")
    | tables.words("numbers")
)
_NO_PREDICATES = CLOSED - {"too", "so"}
_BREAKS = STOPS - QUOTES
_NO_PHRASES = _BREAKS | frozenset(", - – —".split())
_REACH = 10
"""The most tokens between a verb and the `to`, `of` or `as` that belongs to it."""


def begin_of(
    syntax: Syntax, verb: tables.ObjectVerb, after: int, last: int, *, passive: bool
) -> int | None:
    """Where the claim begins, according to the complement of the verb."""
    tokens, frames = syntax.tokens, verb.frames
    found = _begin_of_infinitive(tokens, verb, after, last, passive=passive)
    if found is not None:
        return found
    if "whether" in frames and tokens[after].lower == "whether":
        return after + 1
    word = next((word for word in ("of", "as", "for", "with") if word in frames), None)
    if word is not None:
        blames = "on" in frames and not passive and before_on(tokens, after, last)
        begin = _after_word(tokens, after, last, word)
        return after if begin is None and blames else begin
    if "pred" in frames:
        return after if passive else _predicate(tokens, after, last)
    fits = frames & _nominal_frames(verb, passive=passive) and _noun_phrase(tokens, after, last)
    return after if fits else None


def _nominal_frames(verb: tables.ObjectVerb, *, passive: bool) -> frozenset[str]:
    """The frames in which a noun phrase is the claim; in a passive, only what somebody is given."""
    if not passive:
        return frozenset(("np", "found"))
    return frozenset(("np",) if verb.base in tables.words("giving") else ())


def _begin_of_infinitive(
    tokens: Sequence[Token], verb: tables.ObjectVerb, after: int, last: int, *, passive: bool
) -> int | None:
    """Where the infinitive of a verb begins: after it, or after the person who is asked; None if
    there is none."""
    word, direct = tokens[after].lower, infinitive(tokens, after, last)
    found: int | None = None
    if "to" in verb.frames and not passive:
        if direct:
            return after
        if word in _ADJUNCTS or adverbial(word):
            # "Voted on Monday by 31 to 26 to lend it".
            found = _later_infinitive(tokens, after, last)
    if found is None and "whom" in verb.frames and word not in ("that", "whether", "how"):
        if direct:
            return after if passive else None
        return _later_infinitive(tokens, after, last)
    return found


def infinitive(tokens: Sequence[Token], k: int, last: int) -> bool:
    """Whether `to do` or `not to do` begins at `k`."""
    k += tokens[k].lower == "not"
    if k + 1 >= last or tokens[k].lower != "to":
        return False
    word = tokens[k + 1].lower
    kinds = tables.verb_kinds(word)
    if "base" in kinds or adverbial(word):
        return True
    plain = word.isalpha() and tokens[k + 1].text == word and not word.endswith(("s", "ing"))
    return plain and word not in _NO_VERBS


def _later_infinitive(tokens: Sequence[Token], after: int, last: int) -> int | None:
    """The infinitive after the person who is asked (`advised members [not to apply it]`)."""
    for k in range(after + 1, min(after + _REACH, last - 1)):
        if (
            tokens[k].text in STOPS
            or tokens[k].lower in tables.words("subordinators")
            or governs(tokens, k)
        ):
            return None
        if infinitive(tokens, k, last):
            return k
    return None


def _after_word(tokens: Sequence[Token], after: int, last: int, word: str) -> int | None:
    """The place after a preposition that belongs to a verb before it."""
    for k in range(after, min(after + _REACH, last - 1)):
        if tokens[k].text in STOPS:
            return None
        if tokens[k].lower == word and tokens[k - 1].lower not in ("such", "well", "so"):
            return None if independent(tokens, k + 1, last) else k + 1
    return None


def before_on(tokens: Sequence[Token], after: int, last: int) -> int | None:
    """The `on` before the actor who is blamed for the noun phrase at a place (`blames the delay
    on X`)."""
    if not _noun_phrase(tokens, after, last):
        return None
    return next((k for k in range(last - 2, after, -1) if tokens[k].lower == "on"), None)


def _predicate(tokens: Sequence[Token], after: int, last: int) -> int | None:
    """What something is called: after a pronoun, in quotation marks, from `a`
    on, or one evaluating word at the end."""
    if tokens[after].lower in OBJECTS and after + 1 < last:
        plain = (
            tokens[after + 1].lower not in _NO_PREDICATES and tokens[after + 1].text not in _BREAKS
        )
        return after + 1 if plain else None
    for k in range(after + 1, min(after + _REACH, last)):
        if tokens[k].text in QUOTES or tokens[k].lower in ("a", "an"):
            return k
        if tokens[k].text in STOPS:
            return None
    value = tokens[last - 1].lower in tables.words("value_words")
    return last - 1 if value and last - 1 > after else None


def _noun_phrase(tokens: Sequence[Token], k: int, last: int) -> bool:
    """Whether a noun phrase begins at `k`."""
    word = tokens[k].lower
    if tokens[k].text in _NO_PHRASES:
        return False
    if word in OBJECTS:
        # "Wants it repaired", "wants them to leave".
        return k + 1 < last and (
            bool(tables.verb_kinds(tokens[k + 1].lower) & {"participle", "both"})
            or infinitive(tokens, k + 1, last)
        )
    if word in tables.words("determiners"):
        return True
    if word in CLOSED or word in ("to", "not"):
        return False
    # "Monitoring reports indicate that": a verb that is never a noun.
    that = k + 1 < last and tokens[k + 1].lower == "that"
    return not (that and _only_verb(word))


def _only_verb(word: str) -> bool:
    """Whether a word is the plain form of a verb, and not a known noun."""
    known = word in tables.words("ordinary") or word in tables.heads()
    return "base" in tables.verb_kinds(word) and not known


def inner(
    tokens: Sequence[Token], verb: tables.ObjectVerb, begin: int, end: int
) -> tuple[str, int]:
    """The type of an object (empty if its own words show it) and where it begins; in `the charge
    that X`, `three things: X` and `tenants a rebate`, it is X or the rebate."""
    if tokens[begin - 1].lower == "whether" and tokens[begin].lower != "to":
        return "", begin
    for k in range(begin, min(begin + 4, end - 2)):
        said = tokens[k].lower in tables.words("contents") and "as" not in verb.frames
        if said and tokens[k + 1].lower == "that":
            return "", k + 2
        if tokens[k].text == ":" and tokens[begin].lower in tables.words("numbers"):
            return verb.label, k + 1
    if verb.base in tables.words("giving") and tokens[begin].lower not in ("to", "not"):
        return verb.label, _given(tokens, begin, end)
    return verb.label, begin


def _given(tokens: Sequence[Token], begin: int, end: int) -> int:
    """Where the second object begins (`promised the villages [900 a year]`)."""
    for k in range(begin + 1, min(begin + _REACH, end)):
        new = tokens[k].text[:1].isdigit() or tokens[k].lower in ("a", "an")
        each = k + 1 < end and tokens[k + 1].lower in tables.words("periods")
        if tokens[k].text in STOPS or tokens[k].text == ",":
            break
        if new and not each and tokens[k - 1].lower not in CLOSED | tables.words("determiners"):
            return k
    return begin


def end_of(tokens: Sequence[Token], begin: int, last: int) -> tuple[int, int | None]:
    """Where an object that begins at `begin` ends, and where
    a second verb of the subject begins."""
    for k in range(begin + 1, last - 1):
        word = tokens[k].lower
        if word != ";" and word not in _JOINTS:
            continue
        if elliptic(tokens, k + 1, last):
            return k, None
        end = k - 1 if tokens[k - 1].text == "," else k
        if word in _CONTRASTS:
            if end < k and independent(tokens, k + 1, last):
                return end, k + 1 if word in ("while", "whereas") else None
        elif word != ";" and _second_verb(tokens, k + 1, last):
            return end, k + 1
    return last, None


def _second_verb(tokens: Sequence[Token], k: int, last: int) -> bool:
    """Whether a finite verb without a subject begins at `k` that does not continue an infinitive or
    noun."""
    while k < last - 1 and adverb(tokens[k].lower):
        k += 1
    word = tokens[k].lower
    if word in HELPERS:
        return True
    after = tokens[k + 1].lower if k + 1 < last else ""
    if after not in tables.words("determiners") and after not in ("to", "that", "for"):
        return False
    kinds = tables.verb_kinds(word)
    if word not in tables.object_verbs() and word not in tables.verbs_by_form():
        return kinds == {"s"}
    return "s" in kinds or ("base" in kinds and after in ("that", "to"))


__all__ = ["CLOSED", "OBJECTS", "STOPS", "before_on", "begin_of", "end_of", "infinitive", "inner"]
