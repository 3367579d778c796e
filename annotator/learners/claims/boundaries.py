"""Where long spans can begin and end in a sentence, and the features of these places."""

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
from annotator.learners.claims.syntax import ClauseMap, unique

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
"""Last signs of words, as of abbreviations and of `(Malta):`, after
which a sentence may begin for others."""
_FINAL = frozenset(". ! ? … ; : ,".split())
_SHORTEST = 4
"""Tokens of the shortest sentence that asserts something."""
_WHOM = 8
"""Tokens within which the comma after `For X` is looked for."""
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
    """Tokens `[first, last)` of a reading, and the rules' clauses that begin in it; `number` counts
    the sentences of the paragraph, `count` is how many there are; `finite` says for each token
    of the paragraph how many finite verbs stand before it, `cues_at` the cues that begin there;
    `beyond` are the ends of following sentences that a span may reach; `syntax` holds the
    clauses by the parse."""

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

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """The tokens of the paragraph."""
        return self.reading.tokens

    @cached_property
    def place(self) -> TokenRange:
        """The sentence without its final sign."""
        return self.first, self.bare_end

    @cached_property
    def bare_end(self) -> int:
        """Where the sentence ends without its final signs."""
        last = self.last
        while last - 1 > self.first and self.tokens[last - 1].text in _FINAL | QUOTES:
            last -= 1
        return last

    def verbs(self, first: int, last: int) -> int:
        """Finite verbs in `[first, last)`, 0 when it is empty."""
        return max(0, self.finite[last] - self.finite[first])

    @cached_property
    def governing(self) -> tuple[int, ...]:
        """The tokens that are finite verbs here, by the words around them."""
        return tuple(i for i in range(self.first, self.last) if governs(self.tokens, i))

    def cues(self, first: int, last: int) -> list[str]:
        """Names of the classes of cues that stand in `[first, last)`."""
        return sorted({name for at in self.cues_at[first:last] for name, end in at if end <= last})

    def cue_words(self, first: int, last: int, label: str) -> str:
        """The words of the first cue in `[first, last)` of the class
        of that name; empty for none."""
        for i in range(first, last):
            for name, end in self.cues_at[i]:
                if name == label and end <= last:
                    return " ".join(t.text for t in self.tokens[i:end])
        return ""

    @property
    def judges(self) -> bool:
        """Whether words of policy, prediction or value stand in the sentence."""
        return not {"policy", "prediction", "value"}.isdisjoint(self.cues(self.first, self.last))

    @cached_property
    def assertive(self) -> bool:
        """Whether the sentence says something that could be disputed: it has a verb, is no
        question, and is no talk about the text."""
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
        """Tokens at which a span can begin; a verb follows."""
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
        return sorted(made | {self.first} | {c.found.first for c in self.clauses} | self.objects)

    @cached_property
    def _after_whom(self) -> int | None:
        """The place after `For X,` at the start, which belongs to what
        is said; None for no such start."""
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
        """Where what such a verb is about begins: `oppose [the wall]`, `urge him [to go]`."""
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
        """Where the span after the one that begins at `start` can
        begin; None when there is none."""
        return [None, *(place for place in self.starts if place > start + 1)]

    def ends_of(self, start: int, following: int | None = None) -> list[int]:
        """Where a span that begins at `start` can end: after a verb, or with the sentence; not
        beyond the start of the one `following`. A single word is one only where the rules say so
        (`calls it [strategic]`)."""
        if following is not None:
            return [*(e for e in self._stops if start + 1 < e < following), following]
        alone = (
            start + 1
            if any((c.found.first, c.found.last) == (start, start + 1) for c in self.clauses)
            else None
        )
        return [
            e
            for e in self._stops
            if e == alone
            or (
                e > start + 1
                and (start in self.objects or self.verbs(start, e) or e >= self.bare_end)
            )
        ] or [self.last]

    @cached_property
    def _ruled(self) -> tuple[set[int], set[int]]:
        return {c.found.first for c in self.clauses}, {c.found.last for c in self.clauses}

    def lead(self, start: int) -> str:
        """What kind of place a start is."""
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

    def start_features(self, start: int) -> tuple[str, ...]:
        """What tells whether a span begins here."""
        kind = self.lead(start)
        skipped = start - self.first
        ruled = start in self._ruled[0]
        made = [
            f"k={kind}",
            f"k={kind}|r={ruled}|v={min(2, self.verbs(self.first, start))}",
            f"r={ruled}",
            f"r={ruled}|{len(self._ruled[0])}",
            f"k={kind}|n={size(skipped)}",
            f"n={size(skipped)}",
            f"v={min(2, self.verbs(self.first, start))}|{min(2, self.verbs(start, self.last))}",
            f"w={self.tokens[start].lower}",
            f"k={kind}|w={self.tokens[start].lower}",
            f"rest={size(self.last - start)}",
            f"others={size(len(self.starts))}",
        ]
        if start + 1 < self.last:
            made.append(f"w1={self.tokens[start].lower} {self.tokens[start + 1].lower}")
        if skipped:
            made.append(f"p={self.tokens[start - 1].lower}")
            if skipped > 1:
                made.append(f"p2={self.tokens[start - 2].lower} {self.tokens[start - 1].lower}")
            if skipped <= 5:
                made.append("skip=" + " ".join(t.lower for t in self.tokens[self.first : start]))
            lead = phrase_at(self.tokens, self.first, tables.phrases("lead_ins"), self.last)
            made.append(f"lead={0 < lead >= skipped - 1}")
        else:
            lead = phrase_at(self.tokens, self.first, tables.phrases("lead_ins"), self.last)
            made.append(f"leads={lead > 0}")
            if lead:
                made.append("lead=" + " ".join(t.lower for t in self.tokens[start : start + lead]))
        made += [
            f"skipped={t.lower}" for t in self.tokens[self.first : min(start, self.first + 12)]
        ]
        made += [f"c0={name}" for name in self.cues(self.first, start)]
        made += [f"c1={name}" for name in self.cues(start, self.last)]
        rank = sum(other < start for other in self.starts)
        made.append(f"rank={min(4, rank)}|{min(5, len(self.starts))}")
        if self._that is None:
            made.append(f"that={None}|{start == self.first}")
        else:
            here = f"{start == self.first}|{start == self._that + 1}"
            made += [
                f"that={self.tokens[self._that - 1].lower}|{here}",
                f"that={size(self._that - self.first)}|{here}",
            ]
        return unique(
            made, self.syntax.at_start(self.first, self.last, start) if self.syntax else ()
        )

    @cached_property
    def _that(self) -> int | None:
        """The first "that" near the start."""
        near = range(self.first + 1, min(self.last, self.first + 14))
        return next((i for i in near if self.tokens[i].lower == "that"), None)

    def next_features(self, start: int, following: int | None) -> tuple[str, ...]:
        """What tells whether the span after the one that begins at `start` begins here."""
        tokens = self.tokens
        ruled_next = next((c.found.first for c in self.clauses if c.found.first > start), None)
        if following is None:
            made = [
                "none",
                f"none|n={size(self.last - start)}",
                f"none|v={min(3, self.verbs(start, self.last))}",
                f"none|r={ruled_next is None}",
                f"none|others={size(len(self.starts))}",
                f"none|c={min(3, len(self.clauses))}",
            ]
            return unique(made, self.syntax.no_more(start, self.last) if self.syntax else ())
        kind, ruled = self.lead(following), following in self._ruled[0]
        verbs = (
            f"v={min(2, self.verbs(start, following))}|{min(2, self.verbs(following, self.last))}"
        )
        rank = sum(start < other < following for other in self.starts)
        made = [
            f"k={kind}",
            f"k={kind}|r={ruled}",
            f"k={kind}|{verbs}",
            f"r={ruled}",
            verbs,
            f"next={following == ruled_next}",
            f"k={kind}|w={tokens[following].lower}",
            f"w={tokens[following].lower}",
            f"n={size(following - start)}",
            f"rest={size(self.last - following)}",
            f"p={tokens[following - 1].lower}",
            f"rank={min(3, rank)}",
            f"p2={tokens[following - 2].lower} {tokens[following - 1].lower}",
        ]
        if following + 1 < self.last:
            made.append(f"w1={tokens[following].lower} {tokens[following + 1].lower}")
        return unique(
            made, self.syntax.at_start(self.first, self.last, following) if self.syntax else ()
        )

    def end_features(self, start: int, end: int, following: int | None = None) -> tuple[str, ...]:
        """What tells whether a span that begins at `start` ends here, before
        (or around) the one `following`."""
        parsed = self.syntax.at_end(self.first, self.last, start, end) if self.syntax else ()
        if following is not None:
            return unique(self._gap_features(start, end, following), parsed)
        left = self.last - end
        kind = (
            "all"
            if not left
            else "bare"
            if end == self.bare_end
            else "inside"
            if left > 0
            else "beyond"
        )
        after = self.tokens[end].lower if left > 0 else ""
        ruled = end in self._ruled[1]
        made = [
            f"e={kind}",
            f"e={kind}|r={ruled}",
            f"e={kind}|k={self.lead(start)}",
            f"e={kind}|a={after}",
            f"e={kind}|v={min(2, self.verbs(start, end))}|{min(2, self.verbs(end, self.last))}",
            f"e={kind}|n={size(end - start)}",
            f"e={kind}|left={size(abs(left))}",
            f"b={self.tokens[end - 1].text}",
            f"e={kind}|sign={self.tokens[self.last - 1].text}",
        ]
        if kind == "inside":
            made.append(
                "a2=" + " ".join(t.lower for t in self.tokens[end : min(end + 2, self.last)])
            )
        if any(c.found.first == start and c.found.last == end for c in self.clauses):
            made.append("rule")
        inside = [t.text for t in self.tokens[start:end] if t.text in QUOTES]
        made.append(f"e={kind}|quotes={min(3, len(inside))}")
        return unique(made, parsed)

    def _gap_features(self, start: int, end: int, following: int) -> tuple[str, ...]:
        """What tells whether a span ends here, when another one begins at `following`."""
        tokens, gap = self.tokens, " ".join(t.lower for t in self.tokens[end:following][:4])
        return (
            f"gap={gap}",
            f"gap={max(-1, following - end)}",
            f"gap={following - end}|w={tokens[following].lower}",
            f"gap.b={tokens[end - 1].lower}",
            f"gap.r={end in self._ruled[1]}",
            f"gap.rule={any(c.found.first == start and c.found.last == end for c in self.clauses)}",
        )


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
    return [
        Sentence(
            reading,
            a,
            b,
            tuple(c for c in reading.clauses if a <= c.found.first < b),
            number,
            len(starts),
            verbs,
            cues,
            tuple(ends[number + 1 : number + 1 + reach]),
            syntax,
        )
        for number, (a, b) in enumerate(zip(starts, ends, strict=True))
    ]


@cache
def _phrases() -> Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]]:
    """First word -> the cues that begin with it: the name of their class, and their words."""
    found: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for name, table in _CUES:
        for first, phrases in tables.phrases(table).items():
            found.setdefault(first, []).extend((name, phrase) for phrase in phrases)
    return {first: tuple(of) for first, of in found.items()}


def _cues_of(tokens: Sequence[Token]) -> tuple[tuple[tuple[str, int], ...], ...]:
    """For each token the cues that begin there: the name of their class, and where they end."""
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
