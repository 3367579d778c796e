"""Claims that are the object of a verb of wanting, asking or judging: `opposes [the wall]`, `wants [to scrap it]`,
`advised members [not to apply it]`, `expects [it to be signed]`, `accuse X of [arming Y]`, `calls it [a farce]`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from annotator.suggesters import _tables as tables
from annotator.suggesters._coordination import elliptic, independent
from annotator.suggesters._frames import Frame, be_before, flip, heads_of
from annotator.suggesters._syntax import PASSED, Syntax, governs
from annotator.suggesters._tokens import Token

_AUTHOR = frozenset(("we", "i"))
_THINGS = frozenset("it this that these those which what there".split())
"""Subjects that hold nothing."""
_OBJECTS = (tables.words("object_pronouns") - {"both", "something"}) | frozenset(
    "you itself himself herself themselves anything neither none".split()
)
_RELATIVE = frozenset("who which that".split())
_QUOTES = frozenset('"“”«»')
_STOPS = frozenset(". ? ! ; : ( )".split()) | _QUOTES
_ADJUNCTS = tables.words("prepositions") | tables.words("adverbs")
_JOINTS = frozenset("and but or yet while whereas though although".split())
_REACH = 10
"""Tokens between a verb and the `to`, `of` or `as` that belongs to it."""
_CLOSED = tables.words("prepositions") | tables.words("subordinators") | tables.words("adverbs") | _JOINTS


@dataclass(frozen=True, slots=True)
class Object:
    """A claim `[first, last)` that is an object, the type its verb gives it, the frame (none for the text's own
    voice), and where a second verb of the same subject begins."""

    first: int
    last: int
    label: str
    frame: Frame | None
    rest: int | None


def main_verb(syntax: Syntax, first: int, last: int) -> int | None:
    """The verb of a main clause, its auxiliaries passed."""
    tokens = syntax.tokens
    i = next((k for k in heads_of(tokens, first, last) if _heads(syntax, k, last)), None)
    if i is None or _shortened(tokens, first, i):
        return None
    return passed(tokens, i, last)


def _heads(syntax: Syntax, k: int, last: int) -> bool:
    """Whether the word at `k` is the first of a finite verb; it is a noun before `is` (`voices is urging`)."""
    tokens = syntax.tokens
    if k in syntax.at or not governs(tokens, k):
        return False
    helper = tables.words("finite_be") | tables.words("modals") | {"has", "have", "had"}
    return tokens[k].lower in helper or k + 1 >= last or tokens[k + 1].lower not in helper


def _shortened(tokens: Sequence[Token], first: int, i: int) -> bool:
    """Whether the verb at `i` is that of a relative clause without `that` (`the impression we want to share is`)."""
    k = i - 1
    while k > first and (tokens[k].lower in tables.words("adverbs") or tokens[k].lower.endswith("ly")):
        k -= 1
    pronoun = k > first and tokens[k].lower in ("i", "we", "you", "he", "she", "they")
    return pronoun and tokens[k - 1].text.isalpha() and tokens[k - 1].lower not in _CLOSED


def passed(tokens: Sequence[Token], i: int, last: int) -> int:
    """The verb after its auxiliaries."""
    while i + 1 < last and _auxiliary(tokens, i, last):
        i += 1
    return i


def _auxiliary(tokens: Sequence[Token], i: int, last: int) -> bool:
    """Whether the verb of the clause comes after this word, unless the word begins a verb of its own (`would like`)."""
    word = tokens[i].lower
    if any(_fits(tokens, i, verb, last) is not None for verb, _ in tables.object_verbs().get(word, ())):
        return False
    return word in PASSED or word in tables.words("adverbs") or word.endswith("ly")


def object_at(syntax: Syntax, first: int, last: int, i: int, before: Object | None = None) -> Object | None:
    """The claim that is the object of the verb at `i`; `before` is that of the verb before it, which has the same
    subject."""
    tokens = syntax.tokens
    if tokens[first].lower in tables.words("nobody") or _supposed(tokens, first, i):
        return None
    particle = False
    for verb, kind in tables.object_verbs().get(tokens[i].lower, ()):
        after = _fits(tokens, i, verb, last)
        if after is None:
            continue
        passive = kind in ("participle", "both") and verb.base != "be" and be_before(tokens, first, i)
        if kind == "ing" and not be_before(tokens, first, i):
            continue
        if particle and not verb.particle:
            # "Calls for" is not "calls".
            break
        particle = particle or bool(verb.particle)
        begin = _begin(syntax, verb, i, after, last, passive=passive)
        if (
            begin is None
            and passive
            and "np" in verb.frames
            and tokens[after].lower == "by"
            and before is None
        ):
            return _opposed(syntax, verb, first, i, after)
        if begin is None:
            continue
        end, rest = _end(tokens, begin, last)
        if before is None or passive:
            holder, own = _holder(syntax, first, i, after, begin, passive=passive)
        else:
            holder = before.frame.holder if before.frame is not None else None
            own = before.frame is None or before.frame.own
        # "The moment demands action" says whose side nobody takes.
        nobody = before is None and holder is None and not own
        if end <= begin or (nobody and (end == begin + 1 or _thing(tokens, first, i))):
            continue
        if verb.frames & {"np", "found"} and _aimed(tokens[i].lower, verb) and _is_actor(syntax, begin, end):
            continue
        if "found" in verb.frames and not any(t.lower in tables.words("finders") for t in tokens[first:i]):
            continue
        label, begin = _inner(tokens, verb, begin, end)
        side = flip(verb.side, negative=syntax.negated(i))
        frame = Frame(holder, side, i, after, verb.strength, own=own)
        return Object(begin, end, label, None if own and side != "-" else frame, rest)
    return None


def _opposed(syntax: Syntax, verb: tables.ObjectVerb, first: int, i: int, after: int) -> Object | None:
    """`[The plan] is opposed by X`: the subject of a passive is what X is against."""
    tokens = syntax.tokens
    end = i
    while end > first and (tokens[end - 1].lower in PASSED or tokens[end - 1].lower.endswith("ly")):
        end -= 1
    holder = syntax.object(after + 1)
    relative = any(t.lower in tables.words("subordinators") for t in tokens[first:end])
    if holder is None or end <= first or relative or tokens[first].lower in _THINGS | _OBJECTS:
        return None
    if _is_actor(syntax, first, end):
        return None
    side = flip(verb.side, negative=syntax.negated(i))
    return Object(first, end, verb.label, Frame(holder, side, i, after, verb.strength), None)


def _inner(tokens: Sequence[Token], verb: tables.ObjectVerb, begin: int, end: int) -> tuple[str, int]:
    """The type of an object and where it begins: of `the charge that X`, `three things: X` and `tenants a rebate` it
    is X and the rebate."""
    for k in range(begin, min(begin + 4, end - 2)):
        if tokens[k].lower in tables.words("contents") and tokens[k + 1].lower == "that":
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
        if tokens[k].text in _STOPS or tokens[k].text == ",":
            break
        if new and not each and tokens[k - 1].lower not in _CLOSED | tables.words("determiners"):
            return k
    return begin


def relative_object(syntax: Syntax, first: int, last: int) -> Object | None:
    """The claim in a relative clause (`people who oppose [the ceiling]`, `a treaty, which some describe as [done]`)."""
    tokens = syntax.tokens
    for k in range(first + 1, last - 3):
        if tokens[k].lower not in _RELATIVE:
            continue
        stop = next((i for i in range(k + 2, last) if tokens[i].text in _STOPS | {","}), last)
        for i in range(k + 1, min(k + 6, stop)):
            kinds = {
                verb.frames for verb, kind in tables.object_verbs().get(tokens[i].lower, ()) if kind != "ing"
            }
            gap = i > k + 1 and any("as" in frames for frames in kinds) and tokens[i + 1].lower == "as"
            if kinds and (gap or passed(tokens, k + 1, stop) == i):
                end = next((m for m in range(i + 2, stop) if _goes_on(tokens, m)), stop)
                if be_before(tokens, k, i):
                    continue
                found = object_at(syntax, k + 1 if gap else k - 1, end, i)
                if found is not None:
                    return found
    return None


def _goes_on(tokens: Sequence[Token], k: int) -> bool:
    """Whether the verb of the main clause stands here, after a relative clause."""
    word = tokens[k].lower
    verb = word in tables.words("modals") | tables.words("finite_be") | {"has", "have", "had"}
    return verb and tokens[k - 1].lower not in tables.words("subordinators") | tables.words(
        "subject_pronouns"
    )


def _fits(tokens: Sequence[Token], i: int, verb: tables.ObjectVerb, last: int) -> int | None:
    """Where what follows a verb at `i` begins; None where its particle is not there."""
    particle = verb.particle.split()
    after = i + 1 + len(particle)
    fits = after < last and [t.lower for t in tokens[i + 1 : after]] == particle
    return after if fits else None


def _supposed(tokens: Sequence[Token], first: int, i: int) -> bool:
    """Whether a modal says that the verb at `i` is to be, or may be, and not that it is so."""
    k = i - 1
    while k >= first and (
        tokens[k].lower in PASSED | tables.words("adverbs") or tokens[k].lower.endswith("ly")
    ):
        if tokens[k].lower in tables.words("modals"):
            return True
        k -= 1
    return False


def _thing(tokens: Sequence[Token], first: int, i: int) -> bool:
    """Whether the subject can hold nothing."""
    k = i - 1
    while k > first and (tokens[k].lower in PASSED or tokens[k].lower.endswith("ly")):
        k -= 1
    return k < first or tokens[k].lower in _THINGS


def _holder(
    syntax: Syntax, first: int, i: int, after: int, begin: int, *, passive: bool
) -> tuple[int | None, bool]:
    """Whose side it is, and whether it is the text's own voice."""
    tokens = syntax.tokens
    if passive:
        by = next((k for k in range(after, begin) if tokens[k].lower == "by"), None)
        return (None if by is None else syntax.object(by + 1)), False
    holder = syntax.subject(i, syntax.low[i])
    own = holder is None and any(t.lower in _AUTHOR for t in tokens[first:i])
    return holder, own


def _begin(
    syntax: Syntax, verb: tables.ObjectVerb, i: int, after: int, last: int, *, passive: bool
) -> int | None:
    """Where the claim begins, by what the verb takes."""
    tokens = syntax.tokens
    word = tokens[after].lower
    if not passive and "to" in verb.frames and _infinitive(tokens, after, last):
        return after
    if not passive and "to" in verb.frames and (word in _ADJUNCTS or word.endswith("ly")):
        # "Voted on Monday by 31 to 26 to lend it".
        found = _later_infinitive(tokens, after, last)
        if found is not None:
            return found
    if "whom" in verb.frames and word not in ("that", "whether", "how"):
        found = (
            _later_infinitive(tokens, after, last)
            if not _infinitive(tokens, after, last) or passive
            else None
        )
        if passive and _infinitive(tokens, after, last):
            return after
        if found is not None:
            return found
    if "of" in verb.frames:
        return _after_word(tokens, after, last, "of")
    if "as" in verb.frames:
        return _after_word(tokens, after, last, "as")
    if "pred" in verb.frames:
        return after if passive else _predicate(tokens, after, last)
    if passive and "np" in verb.frames and verb.base in tables.words("giving"):
        return after if _noun_phrase(tokens, after, last) else None
    if passive or not verb.frames & {"np", "found"} or not _noun_phrase(tokens, after, last):
        return None
    return after


def _infinitive(tokens: Sequence[Token], k: int, last: int) -> bool:
    """Whether `to do` or `not to do` begins at `k`."""
    k += tokens[k].lower == "not"
    if k + 1 >= last or tokens[k].lower != "to":
        return False
    word = tokens[k + 1].lower
    kinds = {kind for _, kind in tables.verb_forms().get(word, ())}
    if "base" in kinds or word.endswith("ly"):
        return True
    closed = tables.words("determiners") | tables.words("pronouns") | tables.words("prepositions")
    plain = word.isalpha() and tokens[k + 1].text == word and not word.endswith(("s", "ing"))
    return plain and word not in closed | tables.words("numbers")


def _later_infinitive(tokens: Sequence[Token], after: int, last: int) -> int | None:
    """The infinitive behind whom someone asks (`advised members [not to apply it]`)."""
    for k in range(after + 1, min(after + _REACH, last - 1)):
        if tokens[k].text in _STOPS or tokens[k].lower in tables.words("subordinators") or governs(tokens, k):
            return None
        if _infinitive(tokens, k, last):
            return k
    return None


def _after_word(tokens: Sequence[Token], after: int, last: int, word: str) -> int | None:
    """The place after a preposition that belongs to a verb before it."""
    for k in range(after, min(after + _REACH, last - 1)):
        if tokens[k].text in _STOPS:
            return None
        if tokens[k].lower == word and tokens[k - 1].lower not in ("such", "well", "so"):
            return None if independent(tokens, k + 1, last) else k + 1
    return None


def _predicate(tokens: Sequence[Token], after: int, last: int) -> int | None:
    """What something is called: after a pronoun, in quotation marks, from `a` on, or one evaluating word at the end."""
    if tokens[after].lower in _OBJECTS and after + 1 < last:
        plain = (
            tokens[after + 1].lower not in _CLOSED - {"too", "so"}
            and tokens[after + 1].text not in _STOPS - _QUOTES
        )
        return after + 1 if plain else None
    for k in range(after + 1, min(after + _REACH, last)):
        if tokens[k].text in _QUOTES or tokens[k].lower in ("a", "an"):
            return k
        if tokens[k].text in _STOPS:
            return None
    value = tokens[last - 1].lower in tables.words("value_words")
    return last - 1 if value and last - 1 > after else None


def _noun_phrase(tokens: Sequence[Token], k: int, last: int) -> bool:
    """Whether a noun phrase begins at `k`."""
    word = tokens[k].lower
    if tokens[k].text in _STOPS - _QUOTES or tokens[k].text in (",", "-", "–", "—"):
        return False
    if word in _OBJECTS:
        kinds = (
            {kind for _, kind in tables.verb_forms().get(tokens[k + 1].lower, ())} if k + 1 < last else set()
        )
        return k + 1 < last and (bool(kinds & {"participle", "both"}) or _infinitive(tokens, k + 1, last))
    if word in tables.words("determiners"):
        return True
    # "Monitoring reports indicate that": a verb that is never a noun.
    kinds = {kind for _, kind in tables.verb_forms().get(word, ())}
    verb = "base" in kinds and word not in tables.words("ordinary") and word not in tables.heads()
    return word not in _CLOSED | {"to", "not"} and not (
        verb and k + 1 < last and tokens[k + 1].lower == "that"
    )


def _aimed(form: str, verb: tables.ObjectVerb) -> bool:
    """Whether a verb takes sides on actors too, who are then no claims."""
    return any(
        of.on_actor and of.particle == verb.particle for of, _ in tables.verbs_by_form().get(form, ())
    ) or (verb.base in ("want", "be"))


def _is_actor(syntax: Syntax, first: int, last: int) -> bool:
    """Whether a noun phrase is but an actor (`opposes Russia`), of which no one asks to do something."""
    tokens = syntax.tokens
    for actor in syntax.actors:
        if actor.first < first or actor.first > first + 3 or actor.last > last:
            continue
        if any(tokens[k].lower not in tables.words("determiners") and not tokens[k].text[:1].isupper()
               for k in range(first, actor.first)):  # fmt: skip
            continue
        if actor.last >= last - 1:
            return True
        if _infinitive(tokens, actor.last, last):
            return False
        after = tokens[actor.last].lower
        return (not after.isalpha() and after not in ("'s", "’s", "'", "’")) or after in _CLOSED
    return False


def _end(tokens: Sequence[Token], begin: int, last: int) -> tuple[int, int | None]:
    """Where an object that begins at `begin` ends, and where a second verb of the subject begins."""
    for k in range(begin + 1, last - 1):
        if (tokens[k].text == ";" or tokens[k].lower in _JOINTS) and elliptic(tokens, k + 1, last):
            return k, None
        if tokens[k].lower not in _JOINTS:
            continue
        end = k - 1 if tokens[k - 1].text == "," else k
        if tokens[k].lower in ("while", "whereas", "though", "although"):
            if end < k and independent(tokens, k + 1, last):
                return end, k + 1 if tokens[k].lower in ("while", "whereas") else None
            continue
        if _second_verb(tokens, k + 1, last):
            return end, k + 1
    return last, None


def _second_verb(tokens: Sequence[Token], k: int, last: int) -> bool:
    """Whether a finite verb without a subject begins at `k`, with which no infinitive or noun goes on."""
    while k < last - 1 and (tokens[k].lower in tables.words("adverbs") or tokens[k].lower.endswith("ly")):
        k += 1
    word = tokens[k].lower
    if word in tables.words("modals") or word in tables.words("finite_be") or word in ("has", "have", "had"):
        return True
    kinds = {kind for _, kind in tables.verb_forms().get(word, ())}
    after = tokens[k + 1].lower if k + 1 < last else ""
    opens = after in tables.words("determiners") or after in ("to", "that", "for")
    said = word in tables.object_verbs() or word in tables.verbs_by_form()
    return opens and (
        kinds == {"s"} or ("s" in kinds and said) or ("base" in kinds and said and after in ("that", "to"))
    )


__all__ = ["Object", "main_verb", "object_at", "passed", "relative_object"]
