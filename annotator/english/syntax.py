"""Subjects and objects without a parser: who does what to whom, by the order of words.

For English only, and only for the actors of a paragraph: results are indices of actors.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from functools import cache
from itertools import takewhile

from annotator.english import tables
from annotator.english.tokens import FoundSpan, Token

_REACH = 9
"""The number of tokens within which the object of a verb is looked for."""
_FAR = 15
"""The number of tokens from which on a verb before a joined one no longer shares its subject."""
_FAR_SUBJECT = 12
"""The number of tokens that may be between a subject and its verb."""
_GOING_ON = frozenset("to and or but , then".split())
"""Words before a verb that shares its subject with the verb before it."""
STOPS = frozenset('; : , . ( ) “ ” "'.split())
_LINKS = frozenset("of from by and or & 's ’s ' ’".split())
"""Words that may govern or join an actor in the object of a verb."""
PASSED = (
    tables.words("have")
    | tables.words("do")
    | tables.words("modals")
    | tables.words("finite_be")
    | frozenset(
        "been be being was were not n't n’t never also even still now just once again "
        "first both".split()
    )
)
HELPERS = tables.words("modals") | tables.words("finite_be") | {"has", "have", "had"}
"""Finite verbs that another verb may follow."""
_REFUSING = frozenset(
    (
        "refuse refuses refused refusing decline declines declined declining fail fails failed "
        "failing stop stopped hesitate hesitates hesitated reluctant unwilling"
    ).split()
)
_PARTS = frozenset("all any both each few half many most none several some".split())
"""Words before `of` and an actor who is meant, at least in part (`some of the voters say`)."""
_RIVALS = frozenset("rival rivals opponent opponents critic critics enemy enemies foe foes".split())
_PRONOUN_OBJECTS = frozenset("him her them it us me himself herself themselves itself".split()) - {
    "her"
}


@cache
def _finite() -> frozenset[str]:
    """All finite forms of verbs."""
    forms = {
        form
        for form, of in tables.verb_forms().items()
        if any(kind in ("s", "past", "both", "base") for _, kind in of)
    }
    auxiliaries = ("has", "have", "had", "do", "does", "did", "was", "were")
    return (
        frozenset(forms)
        | tables.words("finite_be")
        | tables.words("modals")
        | frozenset(auxiliaries)
    )


def adverbial(word: str) -> bool:
    """Whether a word in lower case has the ending of adverbs and is not one of the nouns that also
    have it."""
    return word.endswith("ly") and word not in tables.words("nouns_in_ly")


def adverb(word: str) -> bool:
    """Whether a word in lower case is an adverb."""
    return word in tables.words("adverbs") or adverbial(word)


def over_adverbs(tokens: Sequence[Token], first: int, i: int) -> int:
    """The index of the word before `i`, skipping adverbs; not before `first`, except for `i`
    itself."""
    k = i - 1
    while k > first and adverb(tokens[k].lower):
        k -= 1
    return k


def verb_begins(tokens: Sequence[Token], first: int, i: int) -> int:
    """Where the auxiliaries and adverbs of the verb at `i` begin, at `first` or later."""
    while i > first and (tokens[i - 1].lower in PASSED or adverbial(tokens[i - 1].lower)):
        i -= 1
    return i


def finite(token: Token) -> bool:
    """Whether a token can be the finite verb of a clause."""
    return token.lower in _finite()


def governs(tokens: Sequence[Token], i: int) -> bool:
    """Whether a token that can be a finite verb is one here, by the word before it: not a noun
    after an article, not a base form after a singular, and not a name (`the United States`,
    `May`)."""
    if not finite(tokens[i]) or (tokens[i].text[:1].isupper() and not tokens[i].first):
        return False
    word, before = tokens[i].lower, tokens[i - 1].lower if i else ""
    if word in PASSED or word in ("has", "have", "had"):
        return True
    if (
        before in tables.words("determiners")
        or before in tables.words("prepositions")
        or before in ("'s", "’s")
        or (before in tables.words("numbers") and before not in ("one", "other"))
    ):
        return False
    kinds = tables.verb_kinds(word)
    if kinds & {"s", "past", "both"}:
        return True
    return _plural(before) or adverbial(before) or _coordinated(tokens, i)


def _plural(word: str) -> bool:
    """Whether a word in lower case is a plural, or a pronoun before plain forms of verbs."""
    if word.endswith("s") and not word.endswith(("ss", "us", "is", "'s", "’s")):
        return True
    head = tables.heads().get(word)
    return (head is not None and head.plural) or word in tables.words("plural_subjects")


def _coordinated(tokens: Sequence[Token], i: int) -> bool:
    """Whether two names joined by `and`, or two nouns, stand before a plain form of a verb that an
    object follows: `Poland and Hungary want a deal`, `the mayor and the council want to leave`."""
    after = tokens[i + 1].lower if i + 1 < len(tokens) else ""
    if after not in tables.words("determiners") and after not in ("to", "that"):
        return False
    k = next((k for k in range(i - 2, max(0, i - _JOINED), -1) if tokens[k].lower == "and"), 0)
    if not k or tokens[k].first or any(t.first for t in tokens[k : i + 1]):
        return False
    joined, one = tokens[k + 1 : i], tokens[k - 1]
    if one.text[:1].isupper() and joined[-1].text[:1].isupper():
        return all(t.text[:1].isupper() or t.lower in tables.words("determiners") for t in joined)
    return one.lower in tables.heads() and joined[-1].lower in tables.heads()


_JOINED = 6
"""The most tokens between `and` and the verb of two joined subjects."""


def negated(tokens: Sequence[Token], verb: int) -> bool:
    """Whether a negation stands right before a verb, and not in an insertion (`Norway, but not
    Sweden, agrees`)."""
    near = takewhile(lambda token: token.text != ",", reversed(tokens[max(0, verb - 3) : verb]))
    return any(token.lower in tables.words("negations") for token in near)


def after_verb(tokens: Sequence[Token], i: int, verb: tables.Verb) -> int | None:
    """Where the words after a verb at `i` begin, after its particle; None if the particle is
    missing."""
    particle = verb.particle.split()
    after = i + 1 + len(particle)
    if particle == ["that"] and [t.text for t in tokens[i + 1 : i + 4 : 2]] == [",", ","]:
        after += 3  # "Finds, too, that".
        return after if tokens[after - 1].lower == "that" else None
    return after if [t.lower for t in tokens[i + 1 : after]] == particle else None


class Syntax:
    """The subjects and objects of one paragraph."""

    def __init__(self, tokens: Sequence[Token], actors: Sequence[FoundSpan]) -> None:
        self.tokens = tokens
        self.actors = actors
        self.lower = [t.lower for t in tokens]
        self.at = {i: place for place, a in enumerate(actors) for i in range(a.first, a.last)}
        self._firsts = [actor.first for actor in actors]
        self._commas = [i for i, word in enumerate(self.lower) if word == ","]
        self.low: list[int] = []
        for i, token in enumerate(tokens):
            self.low.append(i if token.first or not i else self.low[-1])

    def starting(self, low: int, high: int) -> range:
        """The places of the actors that begin in tokens `[low, high)`; actors are in order."""
        return range(bisect_left(self._firsts, low), bisect_left(self._firsts, high))

    def negated(self, i: int) -> bool:
        """Whether a verb is negated, or governed by a verb of refusing."""
        low = max(self.low[i], i - 4)
        if self.lower[i - 1 : i] == ["to"]:
            for k in range(low, i - 1):
                if self.lower[k] in _REFUSING:
                    return not negated(self.tokens, k)
        if self.lower[i - 1 : i] == ["from"] or self.lower[i - 2 : i - 1] == ["stopped"]:
            return True
        return negated(self.tokens, i)

    def subject(self, i: int, low: int, *, participle: bool = False) -> int | None:
        """The actor that is the subject of the verb at `i`: through auxiliaries, `who`, a pronoun,
        a verb that takes an infinitive, a participle's main clause, or an insertion."""
        at = self._group_of(i, low)
        before = self.lower[at - 1] if at > low else ""
        if before in ("who", "which", "that"):
            return self.before(at - 2 if self.lower[at - 2] == "," else at - 1)
        if before in ("he", "she", "they", "it"):
            own = self.at.get(at - 1)
            return self.antecedent(at - 1) if own is None else own
        if participle and at == low:
            return self._after_comma(i)
        free = participle and before not in tables.words("prepositions")
        main = self._first_verb(range(low, i)) if free else None
        if main is not None:
            found = self._plain_subject(main, low)
            return found if found is not None else self.first_of(low, i)
        return self._shared_subject(i, low, at)

    def _shared_subject(self, i: int, low: int, at: int) -> int | None:
        """The subject before a verb at `i`, or that of the verb it is joined to; its auxiliaries
        begin at `at`."""
        found = self._plain_subject(at if at > low else i, low)
        if found is None and i and self.lower[i - 1] in _GOING_ON:
            main = self._first_verb(range(i - 2, low, -1))
            if main is not None and i - main < _FAR:
                return self.subject(main, low)
        return found

    def _group_of(self, i: int, low: int) -> int:
        """Where the auxiliaries, the adverbs and the `to` of the verb at `i` begin."""
        at = i - 1 if i > low and self.lower[i - 1] in ("to", "for") else i
        while at > low and (self.lower[at - 1] in PASSED or adverbial(self.lower[at - 1])):
            at -= 1
        return at

    def _first_verb(self, places: range) -> int | None:
        """The first of these places that has a finite verb and no actor."""
        return next((k for k in places if finite(self.tokens[k]) and k not in self.at), None)

    def _after_comma(self, i: int) -> int | None:
        """The actor right after the next comma: the subject of a participle that opens a
        sentence."""
        after = bisect_left(self._commas, i)
        comma = self._commas[after] if after < len(self._commas) else len(self.lower)
        return self.first_of(comma, comma + 5)

    def _plain_subject(self, i: int, low: int) -> int | None:
        """The nearest actor before `i` that no preposition governs, without another verb between;
        insertions between commas are skipped."""
        if i > low and self.lower[i - 1] == ",":
            cut_off = (place for place in self.starting(low, i) if self._is_cut_off(place, i))
            place = next(cut_off, None)
            if place is not None:
                return place if self._is_free(place) else None
        for place in reversed(self.starting(low, i)):
            if self.actors[place].last > i:
                continue
            if self._is_apart(place, i):
                return None
            if self._is_free(place):
                return place
        return None

    def _is_free(self, place: int) -> bool:
        """Whether no preposition governs an actor."""
        return self._governor(self.actors[place].first) is None

    def _is_cut_off(self, place: int, i: int) -> bool:
        """Whether a comma right after an actor begins an insertion that ends before `i`."""
        last = self.actors[place].last
        if self.lower[last] in ("'s", "’s"):
            return False  # "Norway's minister, Ann Orr, opposes it".
        return last < i - 2 and "," in self.lower[last : last + 3]

    def _is_apart(self, place: int, i: int) -> bool:
        """Whether an actor is too far before `i`, or the end of a clause, another verb or a noun
        for a person with a side stands between them."""
        between = range(self.actors[place].last, i)
        if len(between) > _FAR_SUBJECT or any(self._breaks(k) for k in between):
            return True
        nouns = (tables.side_nouns().get(self.lower[k]) for k in between)
        return any(noun is not None and noun.person for noun in nouns)

    def _breaks(self, k: int) -> bool:
        """Whether a clause ends here or there is another verb."""
        word = self.lower[k]
        if (
            word in (";", ":", "(", '"', "“", "”")
            or word in tables.words("modals")
            or word in tables.words("finite_be")
        ):
            return word not in PASSED
        kinds = tables.verb_kinds(word)
        return bool(kinds & {"past", "both"}) or ("s" in kinds and k - 1 in self.at)

    def before(self, at: int) -> int | None:
        """The actor that ends right before the token `at`."""
        return self.at.get(at - 1) if at > 0 else None

    def first_of(self, low: int, high: int) -> int | None:
        """The first actor of a stretch that no preposition governs."""
        return next((p for p in self.starting(low, high) if self._is_free(p)), None)

    def _governor(self, first: int) -> str | None:
        """The preposition before an actor, skipping an article and titles."""
        k = first - 1
        while k >= self.low[first] and (
            self.lower[k] in tables.words("determiners")
            or (self.tokens[k].text[:1].isupper() and k > self.low[first])
        ):
            k -= 1
        word = self.lower[k] if k >= self.low[first] else ""
        if word == "of" and k > self.low[first] and self.lower[k - 1] in _PARTS:
            return None
        return word if word in tables.words("prepositions") else None

    def antecedent(self, at: int) -> int | None:
        """The antecedent of a subject pronoun: the first subject of its sentence, or of the
        sentence before."""
        low = self.low[at]
        found = self.first_of(low, at)
        if found is None and low:
            found = self.first_of(self.low[low - 1], low)
        return found

    def object(self, at: int) -> int | None:
        """The first actor after a verb, with nothing between that ends the noun phrase."""
        place = next(iter(self.starting(at, at + _REACH + 1)), None)
        if place is None:
            return None
        actor = self.actors[place]
        if any(self._ends_phrase(k) for k in range(at, actor.first)):
            return None
        after = self.lower[actor.last : actor.last + 2]
        rival = any(w in _RIVALS for w in after) and after[:1] in (["'s"], ["’s"], ["'"], ["’"])
        return None if rival else place

    def _ends_phrase(self, k: int) -> bool:
        word = self.lower[k]
        if word in _LINKS:
            return False
        if (
            word in STOPS
            or word in tables.words("subordinators")
            or word in tables.words("prepositions")
        ):
            return True
        return (
            word in _PRONOUN_OBJECTS
            or word in tables.words("finite_be")
            or word in tables.words("modals")
        )

    def joined(self, place: int, *, subject: bool = False) -> list[int]:
        """Actors that are joined to another by commas and `and`; unless it is a `subject`, no verb
        may follow."""
        out = []
        while place + 1 < len(self.actors):
            between = self.lower[self.actors[place].last : self.actors[place + 1].first]
            if not between or len(between) > 4 or not set(between) & {",", "and", "or"}:
                break
            if any(
                w not in ("and", "or", ",", "the", "other", "its", "his", "her", "their")
                for w in between
            ):
                break
            last = self.actors[place + 1].last
            if not subject and last < len(self.tokens) and finite(self.tokens[last]):
                break
            out.append(place + 1)
            place += 1
        return out

    def gap(self, i: int, source: int) -> int | None:
        """`Y, whom X accuses of`: the actor before the relative pronoun,
        when the verb has no object."""
        first = self.actors[source].first
        k = first - 1
        while k > self.low[i] and (self.tokens[k].text[:1].isupper() or self.lower[k] == "the"):
            k -= 1
        if self.lower[k] in ("who", "whom", "that", "which", "someone"):
            return self.before(k - 1 if k and self.lower[k - 1] == "," else k)
        return None


__all__ = [
    "HELPERS",
    "PASSED",
    "STOPS",
    "Syntax",
    "adverb",
    "adverbial",
    "after_verb",
    "finite",
    "governs",
    "negated",
    "over_adverbs",
    "verb_begins",
]
