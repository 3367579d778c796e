"""Reporting frames by rules: words that say who holds the claim after or before them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from annotator.english import tables
from annotator.english.coordination import after_insertion, independent
from annotator.english.opening_frames import opening_frame, right_frame
from annotator.english.reporting_frame import ReportingFrame, flip
from annotator.english.syntax import HELPERS, Syntax, after_verb, governs, negated, over_adverbs
from annotator.english.tokens import QUOTES, Token

_OWN = frozenset("i we you it this that these those there which".split())
"""Subjects of verbs of saying that are not holders."""
_ADJUNCTS = (
    tables.words("prepositions")
    | (tables.words("adverbs") - tables.words("determiners"))
    | {"last", "this", "next"}
)
"""Beginnings of phrases of place, time and manner between a verb of saying and `that`."""
_AFTER_SAYING = (
    _ADJUNCTS | tables.words("determiners") | tables.words("pronouns") | {",", "and", "yesterday"}
)
_NO_ADJECTIVES = (
    _ADJUNCTS | tables.words("subordinators") | tables.words("pronouns") | tables.words("modals")
)
_ARTICLES = tables.words("determiners") - _NO_ADJECTIVES
_PASSED_BY = tables.words("adverbs") | tables.words("negations")
_NOT_SAID = tables.words("demanding") | tables.words("supposing")
"""Words before a verb of saying which show that nobody has said it."""
_BREAKS = frozenset(", ; : ( ) -- – —".split())
_NOBODY = frozenset("nothing nobody neither few".split())
"""Beginnings of clauses that say that something is not reported."""
_FINITE = frozenset("s past both base".split())
"""Forms of a verb of saying that can report without `that`."""


def frame_of(syntax: Syntax, first: int, last: int) -> tuple[ReportingFrame | None, int, int]:
    """The reporting frame of a clause, and the clause without it."""
    tokens = syntax.tokens
    opening = opening_frame(syntax, first, last)
    if opening is not None:
        return opening[0], opening[1], last
    quote = _quote_frame(syntax, first, last)
    if quote is not None:
        return quote
    for i in heads_of(tokens, first, last):
        made = right_frame(syntax, first, last, i) or that_frame(syntax, first, last, i)
        if made is not None:
            return made[0], made[1], last
    inserted = _inserted_frame(syntax, first, last)
    return _closing_frame(syntax, first, last) if inserted is None else (inserted, first, last)


def heads_of(tokens: Sequence[Token], first: int, last: int) -> Iterator[int]:
    """Tokens near the start of a clause, one of which may be its verb: insertions between commas
    are skipped, and a subordinate clause ends the search."""
    i, reach = first, first + 14
    while i < min(last, reach):
        over = after_insertion(tokens, i, last) if i > first else i
        if over > i:
            reach += over - i
            i = over
            continue
        perfect = (
            tokens[i].lower == "since" and i > first and tokens[i - 1].lower in tables.words("have")
        )
        if (
            tokens[i].lower in tables.words("subordinators")
            and tokens[i].lower != "that"
            and not perfect
        ):
            return
        yield i
        i += 1


def _quote_frame(syntax: Syntax, first: int, last: int) -> tuple[ReportingFrame, int, int] | None:
    """`"...," said X` and `"...," X told them yesterday`: the words in quotation marks."""
    tokens = syntax.tokens
    if not first or tokens[first - 1].text not in QUOTES:
        return None
    close = next((k for k in range(first + 2, last) if tokens[k].text in QUOTES), None)
    if close is None or tokens[close - 1].text not in ",?!.":
        return None
    verb = next((k for k in range(close + 1, min(last, close + 14)) if _speaks(tokens[k])), None)
    if verb is None:
        return None
    holder = next(iter(syntax.starting(close + 1, last)), None)
    return ReportingFrame(holder, "+", verb, verb + 1), first, close


def that_frame(syntax: Syntax, first: int, last: int, i: int) -> tuple[ReportingFrame, int] | None:
    """`X says that ...`, `X said ...`: the frame, and where the claim begins. The holder need not
    be one of the actors if `that` shows that something is reported."""
    tokens = syntax.tokens
    if tokens[first].lower in _NOBODY:
        return None
    for verb, kind in tables.verbs_by_form().get(tokens[i].lower, ()):
        after = _after_saying(syntax, first, last, i, verb, kind)
        if after is None:
            continue
        begin, bare = _reported_from(tokens, after, last, verb, kind)
        if begin is None or _says_nothing(tokens, i, after, last, verb):
            continue
        holder = _speaker(syntax, first, i, verb, kind, (after, begin))
        if holder is None and not _without_holder(tokens, first, i, verb, bare=bare):
            continue
        side = flip(verb.on_claim, negative=negated(tokens, i))
        cue = after - verb.particle.endswith("that")
        return ReportingFrame(holder, side, i, cue, verb.strength), begin
    return None


def _reported_from(
    tokens: Sequence[Token], after: int, last: int, verb: tables.Verb, kind: str
) -> tuple[int | None, bool]:
    """Where the reported words begin after a verb, None if nothing is reported; and whether no word
    shows it."""
    start = after if verb.particle.endswith("that") else _content(tokens, after, last, verb)
    if start is not None:
        return start, False
    return (_bare_content(tokens, after, last, verb) if kind in _FINITE else None), True


def _says_nothing(
    tokens: Sequence[Token], i: int, after: int, last: int, verb: tables.Verb
) -> bool:
    """Whether a verb at `i` reports nothing: somebody who does not say something need not be
    against it, and in `saw that film`, no clause follows."""
    if verb.base in tables.words("uttering") and negated(tokens, i):
        return True
    return verb.particle == "that" and not any(governs(tokens, k) for k in range(after, last))


def _after_saying(
    syntax: Syntax, first: int, last: int, i: int, verb: tables.Verb, kind: str
) -> int | None:
    """The place after the word at `i` and its particle, if it can be this form of a verb that
    reports something."""
    tokens = syntax.tokens
    if not verb.on_claim or "that" not in verb.frames or _no_verb(syntax, first, i, verb, kind):
        return None
    after = after_verb(tokens, i, verb)
    if after is None or after >= last:
        return None
    demanded = kind in ("base", "both") and _demanded(tokens, first, i)
    return None if demanded else after


def _no_verb(syntax: Syntax, first: int, i: int, verb: tables.Verb, kind: str) -> bool:
    """Whether this form of a verb is not a finite verb at `i`: a participle without `be`, or a
    noun, as in `turned to states that share its aim`."""
    tokens = syntax.tokens
    if kind == "ing":
        return not any(t.lower in tables.words("be") for t in tokens[max(first, i - 2) : i])
    if kind == "base":
        return not verb.particle and _noun(syntax, i)
    return kind == "s" and i > first and tokens[i - 1].lower in tables.words("prepositions")


def _speaker(
    syntax: Syntax, first: int, i: int, verb: tables.Verb, kind: str, between: tuple[int, int]
) -> int | None:
    """The actor who says it: the subject of the verb at `i`, or, after `was told`, the one behind
    `by` in the tokens `between` the verb and the claim."""
    tokens = syntax.tokens
    told = kind in ("participle", "both") and i > first and verb.base in tables.words("telling")
    if not (told and be_before(tokens, first, i)):
        return syntax.subject(i, syntax.low[i])
    by = next((k for k in range(*between) if tokens[k].lower == "by"), None)
    return None if by is None else syntax.object(by + 1)


def _without_holder(
    tokens: Sequence[Token], first: int, i: int, verb: tables.Verb, *, bare: bool
) -> bool:
    """Whether something is reported although none of the actors says it; without `that` (`bare`),
    only a plain verb of saying shows it."""
    if i == first or tokens[i - 1].lower in _OWN:
        return False
    return not bare or verb.base in tables.words("plain_saying")


def _demanded(tokens: Sequence[Token], first: int, i: int) -> bool:
    """Whether someone should or would say it, as in `the president should announce that` and
    `lenders would conclude that`, which nobody has said."""
    if any(t.lower in _OWN for t in tokens[first:i]):
        return False
    k = i - 1
    while k > first and tokens[k].lower in _PASSED_BY:
        k -= 1
    if tokens[first].lower in tables.words("demanding"):
        return True
    demanding = any(t.lower in tables.words("demanding") for t in tokens[first:i])
    if tokens[k].lower in ("and", "or", ","):
        return demanding
    return tokens[k].lower in _NOT_SAID


def _noun(syntax: Syntax, i: int) -> bool:
    """Whether a plain form is a noun here, by an article before it or before
    its adjective (`a clear demand that`)."""
    if i - 2 < syntax.low[i] or i - 1 in syntax.at:
        return False
    before = syntax.lower[i - 1]
    adjective = before.isalpha() and not before.endswith("s") and before not in _NO_ADJECTIVES
    return (
        before in _ARTICLES
        or before in ("'s", "’s")
        or (adjective and syntax.lower[i - 2] in tables.words("determiners"))
    )


def be_before(tokens: Sequence[Token], first: int, i: int) -> bool:
    """Whether a form of `be` governs the word at `i`, skipping adverbs."""
    k = over_adverbs(tokens, first, i)
    return k >= first and tokens[k].lower in tables.words("be")


def _content(tokens: Sequence[Token], after: int, last: int, verb: tables.Verb) -> int | None:
    """Where the reported words begin, if `that`, a colon or a quotation mark shows it: right after
    the verb, or after the addressee, place and time (`told the judges that`, `says in private, as
    ever, that`)."""
    word = tokens[after]
    if word.lower == "that" and after + 1 < last and tokens[after + 1].lower in HELPERS:
        return after  # "Said that was a lie".
    if word.lower == "that" or word.text in QUOTES | {":"}:
        return after + 1
    if word.text == "," and after + 1 < len(tokens) and tokens[after + 1].text in QUOTES:
        return after + 1
    if word.lower == "to":
        return None
    told = verb.base in tables.words("telling")
    if told or word.text == "," or word.lower in _ADJUNCTS:
        return _after_that(tokens, after, last)
    return None


def _bare_content(tokens: Sequence[Token], after: int, last: int, verb: tables.Verb) -> int | None:
    """Where the reported clause begins if no word shows it: right after the verb, or after the
    addressee, place and time (`told the house he had`, `said on Tuesday she would`)."""
    adjunct = tokens[after].lower in _ADJUNCTS
    telling = verb.base in tables.words("telling")
    if telling and _asks(tokens, after, last):
        return None
    if adjunct or telling:
        begin = _second(tokens, after, last)
        if begin is not None or adjunct:
            return begin
    return after if independent(tokens, after, last) else None


def _asks(tokens: Sequence[Token], after: int, last: int) -> bool:
    """Whether an indirect question follows the one who is told (`told them what it will cost`)."""
    for k in range(after, min(after + _PHRASE, last)):
        if tokens[k].lower in _ASKING or governs(tokens, k):
            return tokens[k].lower in _ASKING
    return False


def _second(tokens: Sequence[Token], after: int, last: int) -> int | None:
    """Where a clause begins after one short phrase."""
    for k in range(after + 1, min(after + _PHRASE, last - 1)):
        if tokens[k].text in _BREAKS or governs(tokens, k):
            return None
        opens = tokens[k].lower in tables.words("subject_pronouns") | tables.words("definite")
        whole = tokens[k - 1].lower not in _ADJUNCTS | tables.words("determiners")
        if opens and whole and independent(tokens, k, last):
            return k
    return None


_ASKING = frozenset("what how why who whom which where when whether".split())
"""Words that begin an indirect question, which reports nothing (`told them what it will cost`)."""
_PHRASE = 6
"""The most tokens of a phrase between a verb of saying and what is said."""


def _after_that(tokens: Sequence[Token], after: int, last: int) -> int | None:
    """The place after the `that` which follows an addressee, a place and a time."""
    k, reach = after, after + 9
    while k < min(reach, last):
        over = after_insertion(tokens, k, last)
        if over > k:
            reach += over - k
            k = over
        elif tokens[k].lower == "that":
            # "Answers to questions that have been raised" reports nothing.
            return None if k + 1 < last and tokens[k + 1].lower in HELPERS else k + 1
        elif tokens[k].text in _BREAKS or governs(tokens, k):
            return None
        else:
            k += 1
    return None


def _closing_frame(syntax: Syntax, first: int, last: int) -> tuple[ReportingFrame | None, int, int]:
    """`..., X said` and `..., according to X` at the end."""
    tokens = syntax.tokens
    for i in range(last - 1, max(first + 3, last - 14), -1):
        holder = next(iter(syntax.starting(i + 1, last)), None)
        according = tokens[i].lower == "according" and i + 1 < last and tokens[i + 1].lower == "to"
        if according and (holder is not None or (tokens[i - 1].text == "," and last - i < 10)):
            return ReportingFrame(holder, "+", i, i + 2), first, i
        verb = _closing_verb(tokens, i, last)
        if verb is not None and holder is not None and last - i < 14:
            return ReportingFrame(holder, "+", verb, verb + 1), first, i
    return None, first, last


def _closing_verb(tokens: Sequence[Token], i: int, last: int) -> int | None:
    """The only verb of saying after a comma or a closing quotation mark at `i`, if nothing but the
    speaker and adjuncts follow it."""
    if tokens[i].text not in (",", "”", '"', "»"):
        return None
    verbs = [k for k in range(i + 1, last) if _speaks(tokens[k])]
    if len(verbs) != 1:
        return None
    after = verbs[0] + 1
    ends = after >= last or tokens[after].lower in _AFTER_SAYING or tokens[after].text[:1].isupper()
    return verbs[0] if ends else None


def _inserted_frame(syntax: Syntax, first: int, last: int) -> ReportingFrame | None:
    """`The lane, says X, will go`: a verb of saying with its subject between commas; the claim runs
    across it."""
    tokens = syntax.tokens
    for comma in range(first + 1, min(first + _EARLY, last - 3)):
        over = after_insertion(tokens, comma, last)
        if over == comma or over - comma > _INSERTION or over >= last:
            continue
        verb = next((k for k in (comma + 1, over - 2) if _speaks(tokens[k])), None)
        if verb is None or tokens[comma + 1].lower in _OPENERS:
            continue
        holder = next(iter(syntax.starting(comma + 1, over - 1)), None)
        if holder is not None or tokens[comma + 1].lower in _SPEAKERS:
            return ReportingFrame(holder, "+", verb, verb + 1)
    return None


_EARLY, _INSERTION = 14, 11
"""How many tokens of a clause may stand before a frame in its middle, and how long that may be with
its commas."""
_OPENERS = tables.words("subordinators") | tables.words("prepositions") | {"and", "but"}
_SPEAKERS = frozenset("he she they".split()) | tables.words("definite")


def _speaks(token: Token) -> bool:
    return any(
        "that" in verb.frames
        and verb.on_claim == "+"
        and kind in ("s", "past", "both")
        and not verb.particle
        for verb, kind in tables.verbs_by_form().get(token.lower, ())
    )


__all__ = ["be_before", "frame_of", "heads_of", "that_frame"]
