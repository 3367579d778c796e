"""The parts of a main clause that are claims: none if it asserts nothing, several if joined
by `and that`; where what is reported ends, and which sentences are only quoted."""

from __future__ import annotations

from collections.abc import Sequence

from annotator.english import tables
from annotator.english.coordination import elliptic, independent
from annotator.english.reporting_frame import ReportingFrame
from annotator.english.syntax import HELPERS, governs
from annotator.english.tokens import QUOTES, Token, phrase_at

_ASKED = frozenset("who what why how when where".split())
"""Words that begin a question."""


def asserts_nothing(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Whether a clause is about procedure (`the vote is on Friday`) or an aside."""
    procedural = tables.phrases("procedural")
    if phrase_at(tokens, first, tables.phrases("concessions"), last) == last - first:
        return True
    near = range(first, min(first + 3, last))
    return any(phrase_at(tokens, i, procedural, last) for i in near) or bool(
        phrase_at(tokens, first, tables.phrases("asides"), last)
    )


def is_open(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Whether a question asks for an answer that it does not already give,
    as `how can we ...` and long ones do."""
    asks = first + 1 < last <= first + 14 and tokens[first].lower in tables.words("open_questions")
    return asks and tokens[first + 1].lower not in tables.words("rhetorical")


def reported_parts(tokens: Sequence[Token], first: int, last: int) -> list[tuple[int, int]]:
    """A reported clause cut at `and that`, and at the commas of a series of such clauses."""

    def goes_on(i: int) -> bool:
        before = tokens[i - 1].lower
        return before in ("and", "but", "or") or (
            before == "," and independent(tokens, i + 1, last)
        )

    cuts = [i for i in range(first + 3, last - 2) if tokens[i].lower == "that" and goes_on(i)]
    cuts = [i for i in cuts if not independent(tokens, i, last)]
    ends = [i - 2 if tokens[i - 2].text == "," else i - 1 for i in cuts]
    return list(zip([first, *(i + 1 for i in cuts)], [*ends, last], strict=True))


def report_end(tokens: Sequence[Token], frame: ReportingFrame, first: int, last: int) -> int:
    """Where a report ends before the clause does: at a second verb with the auxiliary of the first
    (`has said that X, and has left`), or where the reporter comments on a quotation (`that it was
    "a farce", which is rude`)."""
    helpers = {"has", "have", "had"} & {
        t.lower for t in tokens[max(0, frame.first - 4) : frame.first]
    }
    for k in range(first + 2, last - 2):
        if tokens[k].text != ",":
            continue
        after = tokens[k + 1].lower
        if after in ("and", "but") and (
            tokens[k + 2].lower in helpers or elliptic(tokens, k + 2, last)
        ):
            return k
        if after == "which" and tokens[k - 1].text in QUOTES:
            return k
        if after in ("and", "but") and _asks_then(tokens, k + 2, last):
            return k
    return last


def _asks_then(tokens: Sequence[Token], k: int, last: int) -> bool:
    """Whether a question of the text's own voice begins at `k` (`..., and who would doubt it?`)."""
    asked_for = tokens[k].lower in _ASKED or tokens[k].lower in HELPERS
    return asked_for and any(t.text == "?" for t in tokens[last - 1 : last + 1])


_SAID = frozenset("said says say added replied answered".split())


def is_fragment(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Whether a sentence only answers with a phrase (`Not the villagers, who lose the ferry`), or
    only says who speaks (`"No," said the mayor`)."""
    if first >= last:
        return False
    if first and tokens[first - 1].text in QUOTES and tokens[first].lower in _SAID:
        return True
    if tokens[first].lower != "not":
        return False
    comma = next((k for k in range(first, last) if tokens[k].text == ","), last)
    return not any(governs(tokens, k) for k in range(first, comma))


def in_quotes(tokens: Sequence[Token], begin: int, end: int) -> bool:
    """Whether a whole sentence stands in quotation marks and does not name the speaker (`I`)."""
    marks = [k for k in range(begin, end) if tokens[k].text in QUOTES]
    whole = begin > 0 and tokens[begin - 1].text in QUOTES and marks == [end - 1]
    return whole and not any(tokens[k].lower == "i" for k in range(begin, end))


__all__ = [
    "asserts_nothing",
    "in_quotes",
    "is_fragment",
    "is_open",
    "report_end",
    "reported_parts",
]
