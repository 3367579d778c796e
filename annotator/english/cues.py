"""What the words of a claim show about it: its type, its modality, and whose words they are."""

from __future__ import annotations

from collections.abc import Sequence

from annotator.english import tables
from annotator.english.coordination import after_insertion, imperative
from annotator.english.reporting_frame import ReportingFrame
from annotator.english.syntax import HELPERS, governs
from annotator.english.tokens import Token, phrase_at

_NOT_NAMING = tables.words("adverbs") | {"not", "n't", "n’t"}
_BEFORE_BE = tables.words("negations") | tables.words("adverbs")
_NOT_ASKED = tables.words("modals") | tables.words("do") | {"to", "and", "or"}


def _cue(tokens: Sequence[Token], first: int, last: int, name: str) -> tuple[int, str]:
    """The place of the first cue of a class in the clause, and its words; empty if there is
    none."""
    phrases = tables.phrases(name)
    for i in range(first, last):
        if tokens[i].lower not in phrases:
            continue
        length = phrase_at(tokens, i, phrases, last)
        if length and not _void(tokens, first, last, i, i + length, name):
            return i, " ".join(t.text for t in tokens[i : i + length])
    return last, ""


def _void(tokens: Sequence[Token], first: int, last: int, i: int, after: int, name: str) -> bool:
    """Whether a cue means something else here: `could have known` looks back, `would have to`
    foresees a duty, and `Should it fail, ...` is a condition."""
    word = tokens[i].lower
    if name == "prediction_cues":
        return word not in ("would", "'d", "’d") and after < last and tokens[after].lower == "have"
    if name != "policy_cues":
        return False
    if word == "must" and _inferred(tokens, after, last):
        return True
    duty = word == "have" and any(
        t.lower in tables.words("foreseeing") for t in tokens[max(first, i - 3) : i]
    )
    own = word == "shall" and i > first and tokens[i - 1].lower in ("we", "i")
    return duty or own or (word == "should" and i == first)


def _inferred(tokens: Sequence[Token], after: int, last: int) -> bool:
    """Whether `must` concludes something: `must be laughing`, `must have known`."""
    if after + 1 >= last:
        return False
    helper, then = tokens[after].lower, tokens[after + 1].lower
    if helper == "be":
        return then.endswith("ing") and "ing" in tables.verb_kinds(then)
    return helper == "have" and (then == "been" or bool(tables.verb_kinds(then) & _PERFECT))


_PERFECT = frozenset(("participle", "both"))


def _act(tokens: Sequence[Token], first: int) -> bool:
    """Whether an act is the subject of a clause: `closing the pool`, `to close the pool`."""
    word, then = tokens[first].lower, tokens[first + 1].lower
    if word == "to":
        return "base" in tables.verb_kinds(then)
    return "ing" in tables.verb_kinds(word) and then not in _FINITE_BE


_FINITE_BE = tables.words("finite_be") | tables.words("modals")


def _dispensable(tokens: Sequence[Token], first: int, last: int) -> str:
    """The words of `what the county needs is ...` and `why does it not ask?`, which say what should
    be done."""
    word, near = tokens[first].lower, range(first + 1, min(first + 10, last - 1))
    if word == "what":
        for i in near:
            if tokens[i].lower in ("need", "needs") and tokens[i + 1].lower in ("is", "are"):
                return f"what … {tokens[i].text}"
    if word != "why" or tokens[first + 1].lower not in _AFTER_WHY:
        return ""
    found = next((tokens[i].text for i in near if tokens[i].lower in _WHY_NOT), "")
    return f"why … {found}" if found else ""


_WHY_NOT = frozenset("not n't n’t should".split())
_AFTER_WHY = HELPERS | tables.words("do") | _WHY_NOT | {","}


def _unwise(tokens: Sequence[Token], first: int, last: int) -> str:
    """The words of a judgement on an act still to be decided: `it would be unfair to ...`,
    `closing it would be a mistake`."""
    if last - first > 3 and _act(tokens, first):
        return _unwise_act(tokens, first, last)
    for i in range(first + 1, min(first + 6, last - 2)):
        impersonal = tokens[i - 1].lower in ("it", "that")
        if not impersonal or tokens[i].lower not in tables.words("modals"):
            continue
        to = _infinitive_after(tokens, i, last)
        if tokens[i + 1].lower == "be" and to is not None:
            judged = any(t.lower in tables.words("value_words") for t in tokens[i + 2 : to])
            return " ".join(t.text for t in tokens[i - 1 : to]) if judged else ""
    return ""


def _infinitive_after(tokens: Sequence[Token], i: int, last: int) -> int | None:
    """Where the `to` after a modal at `i` stands, or the end of a short clause without it."""
    to = next((k for k in range(i + 2, min(i + 8, last - 1)) if tokens[k].lower == "to"), None)
    return last if to is None and last <= i + 6 else to


def _unwise_act(tokens: Sequence[Token], first: int, last: int) -> str:
    """The judgement on an act that is the subject of the clause."""
    for i in range(first + 2, min(first + 16, last - 2)):
        if tokens[i].lower in ("would", "will") and tokens[i + 1].lower == "be":
            end = min(i + 6, last)
            judged = _cue(tokens, i + 2, end, "value_words")[1]
            return " ".join(t.text for t in tokens[i:end]) if judged else ""
    return ""


def _needs(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Whether the clause says which thing somebody needs (`the country needs power`), not what
    they need to do."""
    near = range(first + 1, min(first + 8, last - 1))
    return any(
        tokens[k].lower in ("need", "needs")
        and tokens[k - 1].lower not in _NO_VERB_AFTER
        and tokens[k + 1].lower not in ("to", "not", "of")
        and not _counts(tokens[k + 1])
        for k in near
    )


def _counts(token: Token) -> bool:
    return token.text[:1].isdigit() or token.lower in tables.words("numbers")


_NO_VERB_AFTER = tables.words("determiners") | tables.words("prepositions")


def _is_a(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Whether the clause says what kind of thing something is (`it is a leash`), which is mostly a
    judgement."""
    for i in range(first + 1, last - 2):
        if tokens[i].lower in tables.words("finite_be"):
            k = i + 1
            while k < last - 1 and tokens[k].lower in _NOT_NAMING:
                k += 1
            return tokens[k].lower in tables.words("naming")
    return False


def _main(tokens: Sequence[Token], first: int, last: int) -> int:
    """Where the main clause ends and a clause of time, a clause of reason or a relative clause
    begins after its verb; the modals of that clause say nothing about the whole."""
    verb, i = False, first + 1
    while i < last:
        over = after_insertion(tokens, i, last)
        if over > i and tokens[i + 1].lower in tables.words("closing"):
            i = over
            continue
        relative = tokens[i].lower == "that" and i + 1 < last and tokens[i + 1].lower in HELPERS
        if verb and (relative or tokens[i].lower in tables.words("closing")):
            return i
        verb = verb or governs(tokens, i)
        i += 1
    return last


def announces(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Whether a reported clause says what its speakers themselves will do (`they will stay at
    home`), and not what will be or happen."""
    if last - first < 3 or tokens[first].lower not in ("he", "she", "they"):
        return False
    k = first + 2
    while k < last - 1 and tokens[k].lower in _BEFORE_BE:
        k += 1
    return tokens[first + 1].lower in _WILL and tokens[k].lower not in _NOT_DONE


_WILL = frozenset("will would 'll ’ll wo".split())
_NOT_DONE = frozenset("be have lose die suffer fail win need miss see".split())
"""Verbs of what happens to somebody."""


def asked(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Whether a reported clause demands something with a plain `be` (`that the mill be closed`)."""
    for i in range(first + 1, last):
        if tokens[i].lower == "be":
            k = i - 1
            while k > first and tokens[k].lower in _BEFORE_BE:
                k -= 1
            return tokens[k].lower not in _NOT_ASKED
    return False


def _orders(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Whether a clause is an order, also after a condition."""
    if imperative(tokens, first, last):
        return True
    if tokens[first].lower not in tables.words("conditions"):
        return False
    comma = next((k for k in range(first + 3, last - 2) if tokens[k].text == ","), None)
    return comma is not None and imperative(tokens, comma + 1, last)


def label_of(tokens: Sequence[Token], first: int, last: int) -> tuple[str, str, float]:
    """Type, reason and score, decided by an order or advice, then the first cue of policy or
    prediction, then words that judge."""
    if _orders(tokens, first, last):
        return "policy", "it tells someone to do something", 0.8
    unwise = _unwise(tokens, first, last)
    if unwise:
        return "policy", f"“{unwise}” judges what is to be done", 0.8
    wanted = _dispensable(tokens, first, last)
    if wanted:
        return "policy", f"“{wanted}” says what should be done", 0.7
    main = _main(tokens, first, last)
    policy = _cue(tokens, first, main, "policy_cues")
    prediction = _cue(tokens, first, main, "prediction_cues")
    if policy[1] and policy <= prediction:
        return "policy", f"“{policy[1]}” is a policy cue", 0.85
    if prediction[1]:
        return "prediction", f"“{prediction[1]}” is a cue of a prediction", 0.78
    value = _cue(tokens, first, last, "value_words")[1]
    if value:
        return "value", f"“{value}” evaluates", 0.7
    if _needs(tokens, first, main):
        return "value", "it says what somebody needs", 0.62
    if _is_a(tokens, first, last):
        return "value", "it says what kind of thing something is", 0.62
    return "fact", "a statement without a cue of another type", 0.62


def modality_of(tokens: Sequence[Token], first: int, last: int, *, question: bool) -> str:
    if question:
        return "question"
    if _cue(tokens, first, last, "conditionals")[1]:
        return "conditional"
    return "hedged" if _cue(tokens, first, last, "hedges")[1] else "asserted"


def attribution_of(
    tokens: Sequence[Token], first: int, last: int, frame: ReportingFrame | None, *, quoted: bool
) -> str:
    if frame is not None and not frame.own:
        return "direct" if quoted else "indirect"
    return "unattributed" if _cue(tokens, first, last, "unattributed")[1] else "author"


__all__ = ["asked", "attribution_of", "label_of", "modality_of"]
