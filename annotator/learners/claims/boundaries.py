"""Where long spans can begin and end in a sentence."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import accumulate
from typing import TypeAlias

from annotator.english import tables
from annotator.english.claims import Clause
from annotator.english.reading import Reading, parse
from annotator.english.syntax import after_verb, finite, governs
from annotator.english.tokens import QUOTES, Token, phrase_at
from annotator.learners.claims.syntax import ClauseMap

TokenRange: TypeAlias = tuple[int, int]
"""Tokens `[first, last)` of a paragraph."""

_AFTER = frozenset(
    ', ; : - – — " “ ” « » ( ) that whether why because while and but or yet so'.split()
)
"""Words and signs after which a span can begin."""
_JOINTS = _AFTER - {"that"}
_BEFORE = frozenset(', ; : - – — " “ ” « » ( ) and but or yet so because as if'.split())
"""Words and signs before which a span can end."""
_SIGNS = frozenset(".…:;)")
"""Last characters of words, as in abbreviations and in `(Malta):`, after which others may begin a
sentence."""
_FINAL = frozenset(". ! ? … ; : ,".split())
_SHORTEST = 4
"""The length of the shortest sentence that asserts something, in tokens."""
_WHOM = 8
"""The number of tokens within which the comma after `For X` is looked for."""
_CUES = (
    ("policy", "policy_cues"),
    ("prediction", "prediction_cues"),
    ("hedge", "hedges"),
    ("if", "conditionals"),
    ("unattributed", "unattributed"),
    ("procedural", "procedural"),
    ("opinion", "opinion_frames"),
    ("with", "author_sides_with"),
    ("against", "author_sides_against"),
    ("value", "value_words"),
)


def size(number: int) -> int:
    """0 to 3 exactly, then 4 (to 5), 6 (to 8), 9 (to 14), 15 (to 24), 25."""
    return _SIZES[bisect_right(_SIZES, number) - 1]


_SIZES = (0, 1, 2, 3, 4, 6, 9, 15, 25)


@dataclass(frozen=True)
class Sentence:
    """Tokens `[first, last)` of a paragraph, and the rules' clauses that begin in it. Clauses
    `inside` others, which somebody else holds, are separate. `number` counts the sentences of the
    paragraph, `count` is how many there are; `finite` has the number of finite verbs before each
    token of the paragraph, `cues_at` the cues that begin there; `beyond` are the ends of following
    sentences that a span may reach; `syntax` has the clauses by the parse."""

    reading: Reading
    first: int
    last: int
    clauses: tuple[Clause, ...]
    number: int
    count: int
    finite: tuple[int, ...]
    cues_at: tuple[tuple[tuple[str, int], ...], ...]
    beyond: tuple[int, ...] = ()
    syntax: ClauseMap | None = None
    inside: tuple[Clause, ...] = ()

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """The tokens of the paragraph."""
        return self.reading.tokens

    @cached_property
    def place(self) -> TokenRange:
        """The sentence without its final punctuation mark."""
        return self.first, self.bare_end

    @cached_property
    def bare_end(self) -> int:
        """The end of the sentence without its final punctuation."""
        last = self.last
        while last - 1 > self.first and self.tokens[last - 1].text in _FINAL | QUOTES:
            last -= 1
        return last

    def verbs(self, first: int, last: int) -> int:
        """The number of finite verbs in `[first, last)`; 0 if it is empty."""
        return max(0, self.finite[last] - self.finite[first])

    @cached_property
    def governing(self) -> tuple[int, ...]:
        """The tokens that are finite verbs here, judged by the words around them."""
        return tuple(i for i in range(self.first, self.last) if governs(self.tokens, i))

    def cues(self, first: int, last: int) -> list[str]:
        """The names of the classes of cues in `[first, last)`."""
        return sorted({name for at in self.cues_at[first:last] for name, end in at if end <= last})

    def asserting(self, first: int, last: int) -> frozenset[int]:
        """The tokens of `[first, last)` that carry what is asserted; all of them without a
        parse."""
        if self.syntax is None or first >= len(self.syntax.parse):
            return frozenset(range(first, last))
        return self.syntax.asserting(first, last)

    def cue_words(self, first: int, last: int, label: str) -> str:
        """The words of a cue of that class in `[first, last)`: the first cue in what is asserted,
        or else the first cue; empty if there is none. Words of names are not cues."""
        core = self.asserting(first, last)
        found = [
            (core.isdisjoint(range(i, end)), i, end)
            for i in range(first, last)
            for name, end in self.cues_at[i]
            if name == label and end <= last and not self._in_name(i)
        ]
        if not found:
            return ""
        _, begin, end = min(found)
        return " ".join(t.text for t in self.tokens[begin:end])

    def verb_before(self, first: int, last: int, label: str) -> str:
        """The verb that says of the claim in `[first, last)` that it is of this type (`warns of`);
        empty if there is none."""
        for clause in self.clauses:
            place, frame = (clause.found.first, clause.found.last), clause.frame
            fits = clause.given and place == (first, last) and clause.found.label == label
            if fits and frame is not None and frame.first < first:
                return " ".join(t.text for t in self.tokens[frame.first : frame.last])
        return ""

    def _in_name(self, i: int) -> bool:
        """Whether a word has a capital that is not just the sentence's first letter."""
        return self.tokens[i].text[:1].isupper() and i != self.first

    @property
    def judges(self) -> bool:
        """Whether the sentence contains words of policy, prediction or value."""
        return not {"policy", "prediction", "value"}.isdisjoint(self.cues(self.first, self.last))

    @cached_property
    def assertive(self) -> bool:
        """Whether the sentence says something that could be disputed: it has a verb, is not a
        question, and is not about the text itself."""
        if not self.verbs(self.first, self.last) or self.last - self.first < _SHORTEST:
            return False
        if any(t.text == "?" for t in self.tokens[max(self.first, self.last - 2) : self.last]):
            return False
        near = range(self.first, min(self.first + 3, self.last))
        talk = any(name == "procedural" for i in near for name, _ in self.cues_at[i])
        return not talk and not phrase_at(
            self.tokens, self.first, tables.phrases("asides"), self.last
        )

    @cached_property
    def starts(self) -> list[int]:
        """Tokens at which a span can begin, with a verb after them."""
        made = {
            i
            for i in range(self.first + 1, self.last)
            if (
                (self.tokens[i - 1].lower in _AFTER or self.tokens[i - 1].text[-1] in _SIGNS)
                and self.tokens[i].lower not in _JOINTS
            )
            or self.tokens[i].text in QUOTES
        }
        made = {i for i in made if self.verbs(i, self.last) and i != self._after_whom}
        if self.syntax is not None:
            made -= self.syntax.unsaid(self.first, self.last)
        return sorted(made | {self.first} | {c.found.first for c in self.clauses} | self.objects)

    @cached_property
    def _after_whom(self) -> int | None:
        """The place after `For X,` at the start, which belongs to the claim; None without such a
        start."""
        tokens = self.tokens
        if tokens[self.first].lower != "for":
            return None
        if phrase_at(tokens, self.first, tables.phrases("lead_ins"), self.last):
            return None
        near = range(self.first + 2, min(self.first + _WHOM, self.last - 1))
        return next((i + 1 for i in near if tokens[i].text == ","), None)

    @cached_property
    def sides(self) -> tuple[tuple[int, tables.Verb], ...]:
        """The verbs of wanting, saying and judging, with their places."""
        verbs, tokens = tables.verbs_by_form(), self.tokens
        places = ((i, verbs.get(tokens[i].lower, ())) for i in range(self.first, self.last))
        found = ((i, next((verb for verb, _ in of if verb.on_claim), None)) for i, of in places)
        return tuple((i, verb) for i, verb in found if verb is not None)

    @cached_property
    def objects(self) -> frozenset[int]:
        """Where the object of such a verb begins: `oppose [the wall]`, `urge him [to go]`."""
        made: set[int] = set()
        for i, verb in self.sides:
            after = after_verb(self.tokens, i, verb)
            if after is not None and after < self.last:
                made.add(after)
                made |= {
                    k
                    for k in range(after + 1, min(after + 6, self.last))
                    if self.tokens[k].lower == "to"
                }
        made |= {clause.found.first for clause in self.clauses if clause.given}
        return frozenset(
            i for i in made if self.tokens[i].text[:1].isalnum() and self.tokens[i].lower != "that"
        )

    @cached_property
    def _stops(self) -> list[int]:
        made = {self.last, self.bare_end, *self.beyond} | {c.found.last for c in self.clauses}
        made |= {
            i
            for i in range(self.first + 1, self.last)
            if self.tokens[i].lower in _BEFORE or self.tokens[i - 1].text in QUOTES
        }
        return sorted(made)

    def nexts_of(self, start: int) -> list[int | None]:
        """The places where the span after the one that begins at `start` can begin; None stands for
        no such span."""
        return [None, *(place for place in self.starts if place > start + 1)]

    def ends_of(self, start: int, following: int | None = None) -> list[int]:
        """The places where a span that begins at `start` can end: after a verb, or with the
        sentence, but not beyond the start of the one `following`. A single word or a subject is a
        span only if the rules say so (`calls it [strategic]`, `[the plan] was welcomed by X`)."""
        if following is not None:
            return [*(e for e in self._stops if start + 1 < e < following), following]
        return [end for end in self._stops if self._may_end(start, end)] or [self.last]

    def _may_end(self, start: int, end: int) -> bool:
        """Whether a span may consist of these words: one by the rules, an object, one with a verb,
        or one up to the end of the sentence."""
        if end > start + 1 and (start in self.objects or end >= self.bare_end):
            return True
        return (end > start + 1 and bool(self.verbs(start, end))) or self._is_by_rules(start, end)

    def _is_by_rules(self, start: int, end: int) -> bool:
        """Whether the rules find a claim of exactly these words."""
        return any((c.found.first, c.found.last) == (start, end) for c in self.clauses)

    @cached_property
    def by_rules(self) -> tuple[TokenRange, ...]:
        """The claims that the rules find; no two overlap."""
        return tuple((clause.found.first, clause.found.last) for clause in self.clauses)

    @cached_property
    def ruled(self) -> tuple[set[int], set[int]]:
        """Where the clauses of the rules begin, and where they end."""
        return {c.found.first for c in self.clauses}, {c.found.last for c in self.clauses}

    def lead(self, start: int) -> str:
        """The kind of place in which a span starts."""
        if start == self.first:
            return "begin"
        before = self.tokens[start - 1].lower
        if before in _AFTER:
            return before
        if before[-1] in _SIGNS:
            return before[-1]
        return (
            ("to" if self.tokens[start].lower == "to" else "object")
            if start in self.objects
            else "inside"
        )

    @cached_property
    def that(self) -> int | None:
        """The first "that" near the start."""
        near = range(self.first + 1, min(self.last, self.first + 14))
        return next((i for i in near if self.tokens[i].lower == "that"), None)


def sentences_of(reading: Reading, reach: int = 0) -> list[Sentence]:
    """The sentences of a reading; a span may end `reach` sentences
    after the one that it begins in."""
    tokens = reading.tokens
    starts = [i for i, t in enumerate(tokens) if t.first] or ([0] if tokens else [])
    ends = [*starts[1:], len(tokens)]
    cues = _cues_of(tokens)
    parsed = parse(reading)
    syntax = ClauseMap(parsed) if parsed is not None else None
    verbs = tuple(accumulate((finite(t) for t in tokens), initial=0))
    clauses: list[list[Clause]] = [[] for _ in starts]
    inside: list[list[Clause]] = [[] for _ in starts]
    for clause in reading.clauses:
        place = bisect_right(starts, clause.found.first) - 1
        (inside if clause.inside else clauses)[place].append(clause)
    return [
        Sentence(
            reading,
            a,
            b,
            tuple(clauses[number]),
            number,
            len(starts),
            verbs,
            cues,
            tuple(ends[number + 1 : number + 1 + reach]),
            syntax,
            tuple(inside[number]),
        )
        for number, (a, b) in enumerate(zip(starts, ends, strict=True))
    ]


@cache
def _phrases() -> Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]]:
    """Cues by first word: the name of their class, and their words."""
    found: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for name, table in _CUES:
        for first, phrases in tables.phrases(table).items():
            found.setdefault(first, []).extend((name, phrase) for phrase in phrases)
    return {first: tuple(of) for first, of in found.items()}


def _cues_of(tokens: Sequence[Token]) -> tuple[tuple[tuple[str, int], ...], ...]:
    """The cues that begin at each token: the name of their class, and where they end."""
    known = _phrases()
    out: list[tuple[tuple[str, int], ...]] = [()] * len(tokens)
    for i, token in enumerate(tokens):
        if token.lower in known:
            out[i] = tuple(
                (name, i + len(words))
                for name, words in known[token.lower]
                if len(words) == 1 or tuple(t.lower for t in tokens[i : i + len(words)]) == words
            )
    return tuple(out)


__all__ = ["Sentence", "TokenRange", "sentences_of", "size"]
