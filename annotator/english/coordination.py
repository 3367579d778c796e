"""Cuts a sentence into main clauses that can each stand alone."""

from __future__ import annotations

from collections.abc import Sequence

from annotator.english import tables
from annotator.english.syntax import adverbial, governs
from annotator.english.tokens import Token, phrase_at

_RELATIVE = frozenset("who whom whose which where when".split())
_COORDINATORS = frozenset("but and yet so".split())
_QUANTIFIERS = frozenset(
    "each every no few most many some all both any several neither either nobody everyone".split()
)
_ARTICLES = frozenset(("a", "an"))
_OPENING = tables.words("prepositions") | tables.words("subordinators")
_NO_NOUNS = tables.words("prepositions") | tables.words("adverbs") | tables.words("negations")
_NOUN_PHRASE = tables.words("definite") | _ARTICLES | _QUANTIFIERS
"""Words that begin a noun phrase."""
_ENDING = _OPENING - frozenset("of in for to at on".split())
"""Words that end the subject."""
_SUBJECT_STARTS = tables.words("subject_pronouns") | _QUANTIFIERS | _ARTICLES | {"the"}
_AUXILIARIES = tables.words("modals") | tables.words("finite_be")
_HELPERS = tables.words("do") | tables.words("have") | _AUXILIARIES
_PERFECT = tables.words("have") | tables.words("be")
_NO_SUBJECTS = _NO_NOUNS | tables.words("have") | _AUXILIARIES
_AFTER_DO = frozenset("not n't n’t us them him her it the no".split())
"""Words after `do` and `let` in an order."""
_INSERTED = 16
"""The length of the longest insertion between commas, in tokens."""


def main_clauses(tokens: Sequence[Token], begin: int, end: int) -> list[tuple[int, int]]:
    """A sentence `[begin, end)` cut at semicolons, at colons, at coordinators before a clause with
    its own subject and verb, and at the commas of a series of such clauses (`A leaks, B is shut,
    and C is caged`)."""
    cuts = [begin]
    depth = 0
    for i in range(begin + 1, end - 2):
        text = tokens[i].text
        depth += text in ("(", "[")
        depth -= text in (")", "]")
        if depth > 0 or i - cuts[-1] < (2 if text == ";" else 3):
            continue
        if (text == ";" and _goes_on(tokens, i + 1, end)) or (
            text == ":" and independent(tokens, i + 1, end)
        ):
            cuts.append(i + 1)
        elif text == "," and _coordinated(tokens, cuts[-1], i, end):
            cuts += [*_series(tokens, cuts[-1], i), i + 1]
    return list(zip(cuts, [*cuts[1:], end], strict=True))


def _goes_on(tokens: Sequence[Token], at: int, end: int) -> bool:
    """Whether a clause that can stand alone begins at `at`, after a semicolon."""
    joint = _after_adjuncts(tokens, _after_joint(tokens, at, end), end)
    if tokens[at].lower == "that" or elliptic(tokens, joint, end):
        return False
    return independent(tokens, joint, end) or imperative(tokens, joint, end)


def _coordinated(tokens: Sequence[Token], first: int, comma: int, end: int) -> bool:
    """Whether a coordinator and a clause that can stand alone follow a comma, after a clause
    from `first` on that can also stand alone."""
    after = comma + 1
    if tokens[after].lower not in _COORDINATORS or _likewise(tokens, after + 1, end):
        return False
    if not independent(tokens, _after_adjuncts(tokens, after + 1, end), end):
        return False
    return not elliptic(tokens, after + 1, end) and not _unfinished(tokens, first, comma)


def _likewise(tokens: Sequence[Token], at: int, end: int) -> bool:
    """Whether only the subject is new in what follows (`and neither will the concrete`)."""
    short = end - at < 8 and at + 1 < end
    return short and tokens[at].lower in ("neither", "nor") and tokens[at + 1].lower in _HELPERS


def _unfinished(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Whether a stretch is only a condition whose main clause is still to come."""
    if tokens[first].lower not in tables.words("conditions"):
        return False
    commas = [k for k in range(first + 2, last - 2) if tokens[k].text == ","]
    return not any(
        independent(tokens, k + 1 + (tokens[k + 1].lower == "then"), last) for k in commas
    )


def imperative(tokens: Sequence[Token], at: int, end: int) -> bool:
    """Whether `at` begins a clause that tells someone to do something: the plain form of a verb,
    with no subject, and its object (`Paint the lane`, `Do not wait`, `Let us go`)."""
    if at + 1 >= end:
        return False
    word, after = tokens[at].lower, tokens[at + 1].lower
    if word in ("do", "let"):
        return after in _AFTER_DO and "?" not in (t.text for t in tokens[at:end])
    if after in ("it", "them") and word.isalpha() and word not in tables.grammar():
        return True
    if not _orders(word):
        return False
    if word in tables.words("stopping") and after.endswith("ing"):
        return True
    if after in tables.words("particles_of_verbs") and at + 2 < end:
        after = tokens[at + 2].lower
    return after in tables.words("determiners") or after in tables.words("object_pronouns")


def _orders(word: str) -> bool:
    """Whether a word can be the plain form of a verb that tells somebody to do something."""
    if word in tables.words("have"):
        return False
    return "base" in tables.verb_kinds(word) or word in tables.words("orders")


def elliptic(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Whether a short clause ends in an auxiliary, as `the decree
    did not`, and cannot stand alone."""
    k = last - 1
    while k > first and not tokens[k].text[:1].isalpha():
        k -= 1
    while k > first and tokens[k].lower in tables.words("negations"):
        k -= 1
    only = k - first < 8 and not any(governs(tokens, i) for i in range(first + 1, k))
    return only and tokens[k].lower in _HELPERS and independent(tokens, first, last)


def _series(tokens: Sequence[Token], first: int, last: int) -> list[int]:
    """Places after commas in `[first, last)` where a clause begins, if a coordinator follows the
    series."""
    if not independent(tokens, first, last):
        return []
    cuts = [first]
    for i in range(first + 3, last - 2):
        verb = any(governs(tokens, k) for k in range(cuts[-1] + 1, i))
        if tokens[i].text == "," and verb and independent(tokens, i + 1, last):
            cuts.append(i + 1)
    return cuts[1:]


def independent(tokens: Sequence[Token], at: int, end: int) -> bool:
    """Whether a clause with its own subject begins at `at`: a noun phrase or pronoun, then a finite
    verb that is not that of a relative clause."""
    if at >= end or (
        tokens[at].lower in tables.words("subordinators") and not _demonstrative(tokens, at, end)
    ):
        return False
    first = tokens[at]
    pronoun = first.lower in tables.words("subject_pronouns")
    if not (pronoun or first.lower in _NOUN_PHRASE or first.text[:1].isupper()):
        return first.text[:1].isalpha() and (
            any(t.lower in _AUXILIARIES for t in tokens[at + 1 : min(at + 3, end)])
            or _noun_and_verb(tokens, at, end)
        )
    # After "the", the next word is a noun, also where it could be a verb.
    noun = at + 1 if first.lower in tables.words("definite") and not pronoun else None
    return _verb_follows(tokens, at + 1, end, at + (4 if pronoun else 8), noun)


def _demonstrative(tokens: Sequence[Token], at: int, end: int) -> bool:
    """Whether `that` is the subject of a clause (`but that is no reason`)."""
    follows = tokens[at + 1].lower if at + 1 < end else ""
    return tokens[at].lower == "that" and follows in _AUXILIARIES


def _verb_follows(tokens: Sequence[Token], i: int, end: int, reach: int, noun: int | None) -> bool:
    """Whether the finite verb of a subject stands in `[i, reach)`, leaving out what modifies the
    subject; the word at `noun` does not count as one."""
    while i < min(reach, end):
        after = _after_modifier(tokens, i, end, reach)
        if after is not None:
            i, reach = after
            continue
        over = after_insertion(tokens, i, end)
        if i < over < end and governs(tokens, over):
            return True
        if _lists_names(tokens, i, end):
            i, reach = i + 2, reach + 3
            continue
        if tokens[i].text == "," or tokens[i].lower in _ENDING:
            return False
        if governs(tokens, i) and i != noun:
            return True
        i += 1
    return False


def _after_modifier(
    tokens: Sequence[Token], i: int, end: int, reach: int
) -> tuple[int, int] | None:
    """The place after a relative clause at `i`, and how far to look from there; None if there is
    no such clause. If the clause has no verb, there is nowhere left to look."""
    over = _after_relative(tokens, i, end)
    if over > i:
        return over, reach + over - i
    if tokens[i].lower == "who" and tokens[i - 1].lower != ",":
        return _after_who(tokens, i, end) or (end, end)
    return None


def _lists_names(tokens: Sequence[Token], i: int, end: int) -> bool:
    """Whether a comma at `i` stands in a list of names: `the United States, Britain and France`."""
    if tokens[i].text != "," or i + 1 >= end:
        return False
    return tokens[i - 1].text[:1].isupper() and tokens[i + 1].text[:1].isupper()


def _after_who(tokens: Sequence[Token], at: int, end: int) -> tuple[int, int] | None:
    """The place after the verb of a clause with "who" at `at`, and how far to look from there; None
    without a verb."""
    verb = next((k for k in range(at + 1, min(at + 4, end)) if governs(tokens, k)), None)
    if verb is None:
        return None
    i = verb + 1
    while i < end and tokens[i].lower in _PERFECT:
        i += 1
    return i + 1, verb + 10


def _noun_and_verb(tokens: Sequence[Token], at: int, end: int) -> bool:
    """Whether a noun without an article and its verb begin at `at`:
    `trains do not run`, `prices rose`."""
    if at + 1 >= end or tokens[at].lower in _NO_SUBJECTS or adverbial(tokens[at].lower):
        return False
    word = tokens[at + 1].lower
    kinds = tables.verb_kinds(word)
    plural = tokens[at].lower.endswith("s") and tokens[at].lower not in tables.verb_forms()
    return word in ("do", "did") or kinds == {"past"} or (plural and governs(tokens, at + 1))


def _after_relative(tokens: Sequence[Token], i: int, end: int) -> int:
    """The place after a relative clause, between commas, that begins at `i`; `i` if there is
    none."""
    if tokens[i].text == "," and i + 1 < end and tokens[i + 1].lower in _RELATIVE:
        return after_insertion(tokens, i, end)
    return i


def after_insertion(tokens: Sequence[Token], i: int, end: int) -> int:
    """The place after an insertion between two commas, the first of which is at `i`; `i` if there
    is none."""
    if tokens[i].text != ",":
        return i
    close = next((k for k in range(i + 2, min(end, i + _INSERTED)) if tokens[k].text == ","), None)
    return i if close is None else close + 1


def _after_adjuncts(tokens: Sequence[Token], at: int, end: int) -> int:
    """The place after adjuncts before a subject: `in all that time`, `in Tarn, where no one got
    wet,`, `if the company left,`."""
    if at >= end or tokens[at].lower not in _OPENING:
        return at
    comma = next(
        (k for k in range(at + 1, min(end, at + _INSERTED)) if tokens[k].text == ","), None
    )
    if (
        comma is not None
        and comma > at + 2
        and tokens[comma - 1].lower in tables.words("subject_pronouns")
    ):
        return comma - 1
    if comma is not None:
        over = _after_relative(tokens, comma, end)
        return over if over > comma else comma + 1
    if tokens[at].lower in tables.words("prepositions"):
        return next(
            (k for k in range(at + 2, min(end, at + 6)) if tokens[k].lower in _SUBJECT_STARTS), at
        )
    return at


def _after_joint(tokens: Sequence[Token], at: int, end: int) -> int:
    """The place after a word that joins clauses, and after a lead-in with its comma."""
    if at < end and tokens[at].lower in (
        "and",
        "but",
        "or",
        "yet",
        "so",
        "rather",
        "indeed",
        "then",
        "thus",
    ):
        at += 1
    length = phrase_at(tokens, at, tables.phrases("lead_ins"), end)
    if length and at + length < end and tokens[at + length].text == ",":
        at += length + 1
    elif at < end and tokens[at].text == ",":
        at += 1
    return at


__all__ = ["after_insertion", "elliptic", "imperative", "independent", "main_clauses"]
