"""Claims that are the object of a verb of wanting, asking or judging: `opposes [the wall]`, `wants
[to scrap it]`, `advised members [not to apply it]`, `expects [it to be signed]`, `accuse X of
[arming Y]`, `calls it [a farce]`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from annotator.english import tables
from annotator.english.actor_objects import is_only_actor, takes_side_on_actors
from annotator.english.complements import (
    CLOSED,
    OBJECTS,
    STOPS,
    before_on,
    begin_of,
    end_of,
    inner,
)
from annotator.english.coordination import after_insertion
from annotator.english.frames import be_before, heads_of
from annotator.english.reporting_frame import ReportingFrame, flip
from annotator.english.syntax import (
    HELPERS,
    PASSED,
    Syntax,
    adverb,
    governs,
    over_adverbs,
    verb_begins,
)
from annotator.english.tokens import Token

_AUTHOR = frozenset(("we", "i"))
_NO_ONE = frozenset(("which", "what", "there", ""))
"""Subjects that cannot hold a claim."""
_THINGS = frozenset("it this that these those".split())
"""Subjects that cannot hold a claim if the verb also applies to things."""
_MANNER = frozenset("grounds lines behalf".split())
"""Nouns that say how or why, after a particle that is not one (`abstained on the grounds that`)."""
_EMPTY = (
    tables.words("determiners") | tables.words("numbers") | tables.words("pronouns") | {"others"}
)
"""Words that say nothing by themselves (`offered no other`)."""
_RELATIVE = frozenset("who which that".split())
_TIMES = frozenset("before after since until".split())
"""Words that begin a clause or a phrase of time."""
_STARTS = tables.words("subordinators") | tables.words("subject_pronouns")
"""Words before the verb of a subordinate clause."""


@dataclass(frozen=True, slots=True)
class Object:
    """A claim `[first, last)` that is an object, the type given by its verb, the frame (none for
    the text's own voice), where a second verb of the same subject begins, and the frames of others
    who take a side on it."""

    first: int
    last: int
    label: str
    frame: ReportingFrame | None
    rest: int | None
    more: tuple[ReportingFrame, ...] = ()


def main_verb(syntax: Syntax, first: int, last: int) -> int | None:
    """The verb of a main clause, after its auxiliaries."""
    tokens = syntax.tokens
    i = next((k for k in heads_of(tokens, first, last) if _heads(syntax, k, last)), None)
    if i is None or _shortened(tokens, first, i):
        return None
    return passed(tokens, i, last)


def _heads(syntax: Syntax, k: int, last: int) -> bool:
    """Whether the word at `k` is the first of a finite verb; it is a
    noun before `is` (`voices is urging`)."""
    tokens = syntax.tokens
    if k in syntax.at or not governs(tokens, k) or _owns(tokens, k):
        return False
    return tokens[k].lower in HELPERS or k + 1 >= last or tokens[k + 1].lower not in HELPERS


def _owns(tokens: Sequence[Token], k: int) -> bool:
    """Whether `'s` is not a verb: what follows is a noun that is also the form of a verb (`Norway's
    promise to lift the ban`)."""
    if tokens[k].lower not in ("'s", "’s") or k + 1 >= len(tokens):
        return False
    kinds = tables.verb_kinds(tokens[k + 1].lower)
    return bool(kinds & {"base", "s"}) and not kinds & {"participle", "both"}


def _shortened(tokens: Sequence[Token], first: int, i: int) -> bool:
    """Whether the verb at `i` is that of a relative clause without `that` (`the
    impression we want to share is`)."""
    k = over_adverbs(tokens, first, i)
    pronoun = k > first and tokens[k].lower in ("i", "we", "you", "he", "she", "they")
    return pronoun and tokens[k - 1].text.isalpha() and tokens[k - 1].lower not in CLOSED


def passed(tokens: Sequence[Token], i: int, last: int) -> int:
    """The verb after its auxiliaries."""
    while i + 1 < last and _auxiliary(tokens, i, last):
        i += 1
    return i


def _auxiliary(tokens: Sequence[Token], i: int, last: int) -> bool:
    """Whether the verb of the clause comes after this word, unless the word begins
    a verb of its own (`would like`)."""
    word = tokens[i].lower
    if any(
        _fits(tokens, i, verb, last) is not None for verb, _ in tables.object_verbs().get(word, ())
    ):
        return False
    return word in PASSED or adverb(word)


def object_at(
    syntax: Syntax, first: int, last: int, i: int, before: Object | None = None
) -> Object | None:
    """The claim that is the object of the verb at `i`; `before` is the object of the preceding verb
    with the same subject."""
    tokens = syntax.tokens
    if tokens[first].lower in tables.words("nobody") or _supposed(tokens, first, i):
        return None
    for verb, after, passive in _readings(tokens, first, last, i):
        begin = begin_of(syntax, verb, after, last, passive=passive)
        if begin == after and tokens[after - 1].text == "," and governs(tokens, after):
            begin = None  # "The toll that Norway proposed, at last, looks dear".
        if begin is not None:
            if verb.base in tables.words("choosing"):
                found = _chosen(syntax, first, last, i, begin, before)
                if found is not None:
                    return found
            found = _object(syntax, verb, first, last, i, (after, begin), before, passive=passive)
            if found is not None:
                return found
        elif passive and "np" in verb.frames and tokens[after].lower == "by" and before is None:
            return _opposed(syntax, verb, first, i, after, last)
    return None


def _chosen(
    syntax: Syntax, first: int, last: int, i: int, begin: int, before: Object | None
) -> Object | None:
    """`voted to support [the plan]`: the object of the infinitive at `begin`, if that takes a side;
    who votes to reject something is against it."""
    at = begin + 1
    if syntax.lower[begin] != "to":
        return None
    for verb, kind in tables.object_verbs().get(syntax.lower[at], ()):
        if kind != "base" or verb.base not in tables.words("on_proposals"):
            continue
        if at + 1 >= last or syntax.lower[at + 1] not in tables.words("determiners"):
            continue  # "Voted to support families".
        if begin_of(syntax, verb, at + 1, last, passive=False) != at + 1:
            continue
        between = (at + 1, at + 1)
        found = _object(syntax, verb, first, last, i, between, before, passive=False)
        if found is None or is_only_actor(syntax, found.first, found.last):
            return None
        frame = found.frame
        return replace(found, frame=frame and replace(frame, first=at, last=at + 1))
    return None


def _readings(
    tokens: Sequence[Token], first: int, last: int, i: int
) -> Iterator[tuple[tables.ObjectVerb, int, bool]]:
    """The verbs that the word at `i` can be a form of: each with the place after it, its particle
    and an insertion, and whether it is passive."""
    helped, particle = be_before(tokens, first, i), False
    for verb, kind in tables.object_verbs().get(tokens[i].lower, ()):
        after = _fits(tokens, i, verb, last)
        if after is None or (kind == "ing" and not helped):
            continue
        if particle and not verb.particle:
            # "Calls for" is not "calls".
            return
        particle = particle or bool(verb.particle)
        passive = helped and kind in ("participle", "both") and verb.base != "be"
        yield verb, min(after_insertion(tokens, after, last), last - 1), passive


def _object(
    syntax: Syntax,
    verb: tables.ObjectVerb,
    first: int,
    last: int,
    i: int,
    between: tuple[int, int],
    before: Object | None,
    *,
    passive: bool,
) -> Object | None:
    """The object of a verb at `i`, if it is a claim; `between` are the tokens after the verb and
    before the object."""
    after, begin = between
    end, rest = end_of(syntax.tokens, begin, last)
    if "on" in verb.frames and begin == after:
        end = before_on(syntax.tokens, begin, end) or end
    holder, own = _holder(
        syntax, first, i, after, begin, before=None if passive else before, passive=passive
    )
    held = before is not None or holder is not None or own
    if not _is_claim(syntax, verb, first, i, begin, end, held=held):
        return None
    label, begin = inner(syntax.tokens, verb, begin, end)
    side = flip(verb.side, negative=syntax.negated(i))
    cue = i + 1 + len(verb.particle.split())
    frame = ReportingFrame(holder, side, i, cue, verb.strength, own=own)
    return Object(begin, end, label, None if own and side != "-" else frame, rest)


def _is_claim(
    syntax: Syntax, verb: tables.ObjectVerb, first: int, i: int, begin: int, end: int, *, held: bool
) -> bool:
    """Whether an object `[begin, end)` is a claim: not an actor, and not something that a thing
    demands or that nobody found out."""
    tokens = syntax.tokens
    if all(t.lower in _EMPTY for t in tokens[begin:end]) or any(
        t.lower in _MANNER for t in tokens[begin : begin + 2]
    ):
        return False
    if not held and _of_nobody(verb, _subject(tokens, first, i), alone=end == begin + 1):
        return False
    found = "found" in verb.frames
    if found and not any(t.lower in tables.words("finders") for t in tokens[first:i]):
        return False
    aimed = (found or "np" in verb.frames) and takes_side_on_actors(tokens[i].lower, verb)
    return not (aimed and is_only_actor(syntax, begin, end))


def _of_nobody(verb: tables.ObjectVerb, subject: str, *, alone: bool) -> bool:
    """Whether an object without a holder is nobody's claim: `the moment demands action` takes
    nobody's side; `alone` says that the object is one word."""
    if verb.side not in ("+", "-") or subject in _NO_ONE:
        return True
    return verb.base in tables.words("of_things") and (alone or subject in _THINGS)


def _opposed(
    syntax: Syntax, verb: tables.ObjectVerb, first: int, i: int, after: int, last: int
) -> Object | None:
    """`[The plan] is opposed by X and welcomed by Y`: the subject of a passive is what X is against
    and Y is for."""
    tokens = syntax.tokens
    end = verb_begins(tokens, first, i)
    holder = syntax.object(after + 1)
    relative = any(_subordinates(tokens, k, end) for k in range(first, end))
    if (
        holder is None
        or end <= first
        or relative
        or tokens[first].lower in _THINGS | _NO_ONE | OBJECTS
    ):
        return None
    if is_only_actor(syntax, first, end):
        return None
    side = flip(verb.side, negative=syntax.negated(i))
    frame = ReportingFrame(holder, side, i, after, verb.strength)
    joined = (replace(frame, holder=place) for place in syntax.joined(holder))
    return Object(first, end, verb.label, frame, None, (*joined, *_also(syntax, after + 1, last)))


def _subordinates(tokens: Sequence[Token], k: int, end: int) -> bool:
    """Whether a word begins a clause, and not a phrase of time (`before the winter`)."""
    word = tokens[k].lower
    if word not in tables.words("subordinators"):
        return False
    return word not in _TIMES or any(governs(tokens, m) for m in range(k + 1, end))


def passive_of_sides(syntax: Syntax, first: int, last: int) -> Object | None:
    """What `_opposed` finds when the subject is too long for its verb to be found from the
    start: `[The plan to close the depot before the winter] was welcomed by X`."""
    tokens = syntax.tokens
    for i in range(first + 2, last - 2):
        if tokens[i + 1].lower != "by" or not be_before(tokens, first, i):
            continue
        for verb, kind in tables.object_verbs().get(tokens[i].lower, ()):
            if kind in ("participle", "both") and "np" in verb.frames and not verb.particle:
                begins = verb_begins(tokens, first, i)
                if any(governs(tokens, k) for k in range(first, begins)):
                    return None
                return _opposed(syntax, verb, first, i, i + 1, last)
    return None


def _also(syntax: Syntax, at: int, last: int) -> Iterator[ReportingFrame]:
    """The frames of further passives with the same subject: `and condemned by Y`."""
    tokens = syntax.tokens
    for k in range(at, last - 1):
        if tokens[k].lower != "by" or tokens[k - 2].lower not in ("and", "but", ","):
            continue
        for verb, kind in tables.object_verbs().get(tokens[k - 1].lower, ()):
            if kind in ("participle", "both") and "np" in verb.frames and not verb.particle:
                holder = syntax.object(k + 1)
                if holder is not None:
                    yield ReportingFrame(holder, verb.side, k - 1, k, verb.strength)
                break


def relative_object(syntax: Syntax, first: int, last: int) -> Object | None:
    """The claim in a relative clause (`people who oppose [the ceiling]`, `a treaty,
    which some describe as [done]`)."""
    tokens = syntax.tokens
    for k in range(first + 1, last - 3):
        if tokens[k].lower not in _RELATIVE:
            continue
        stop = next((i for i in range(k + 2, last) if tokens[i].text in STOPS | {","}), last)
        for i in range(k + 1, min(k + 6, stop)):
            gap = k + 1 < i < stop - 1 and _describes(tokens, i)
            verb = gap or (_takes_object(tokens[i]) and passed(tokens, k + 1, stop) == i)
            if not verb or be_before(tokens, k, i):
                continue
            end = next((m for m in range(i + 2, stop) if _goes_on(tokens, m)), stop)
            found = object_at(syntax, k + 1 if gap else k - 1, end, i)
            if found is not None:
                return found
    return None


def _takes_object(token: Token, frame: str = "") -> bool:
    """Whether a word can be a finite verb with an object, in this frame if one is given."""
    return any(
        kind != "ing" and (not frame or frame in verb.frames)
        for verb, kind in tables.object_verbs().get(token.lower, ())
    )


def _describes(tokens: Sequence[Token], i: int) -> bool:
    """Whether `describe as` stands here, without an object between."""
    return _takes_object(tokens[i], "as") and tokens[i + 1].lower == "as"


def _goes_on(tokens: Sequence[Token], k: int) -> bool:
    """Whether the verb of the main clause stands here, after a relative clause."""
    return tokens[k].lower in HELPERS and tokens[k - 1].lower not in _STARTS


def _fits(tokens: Sequence[Token], i: int, verb: tables.ObjectVerb, last: int) -> int | None:
    """Where the words after a verb at `i` begin; None if its particle is missing."""
    particle = verb.particle.split()
    after = i + 1 + len(particle)
    fits = after < last and [t.lower for t in tokens[i + 1 : after]] == particle
    return after if fits else None


def _supposed(tokens: Sequence[Token], first: int, i: int) -> bool:
    """Whether a modal says that the verb at `i` should or may happen, and not that it does."""
    k = i - 1
    while k >= first and (tokens[k].lower in PASSED or adverb(tokens[k].lower)):
        if tokens[k].lower in tables.words("modals"):
            return True
        k -= 1
    return False


def _subject(tokens: Sequence[Token], first: int, i: int) -> str:
    """The word before a verb and its auxiliaries, in lower case; empty at the start."""
    return tokens[max(first, verb_begins(tokens, first, i) - 1)].lower if i > first else ""


def _holder(
    syntax: Syntax,
    first: int,
    i: int,
    after: int,
    begin: int,
    *,
    before: Object | None,
    passive: bool,
) -> tuple[int | None, bool]:
    """Whose side it is, and whether it is the text's own voice. A second verb has the subject of
    the one before."""
    tokens = syntax.tokens
    if before is not None:
        return (None, True) if before.frame is None else (before.frame.holder, before.frame.own)
    if passive:
        by = next((k for k in range(after, begin) if tokens[k].lower == "by"), None)
        return (None if by is None else syntax.object(by + 1)), False
    holder = syntax.subject(i, syntax.low[i])
    own = holder is None and any(t.lower in _AUTHOR for t in tokens[first:i])
    return holder, own


__all__ = ["Object", "main_verb", "object_at", "passed", "passive_of_sides", "relative_object"]
