"""Compares analyses of a sentence as wholes.

Each choice in an analysis considers one place. Only the whole analysis shows how its spans fit
together: which clauses are left out or share a span, whether neighbouring spans say things of the
same kind, how long the shortest is. A conditional logit over such features corrects the chances
(reranking of n best analyses, Collins and Koo 2005).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from annotator.english.parse import SUBJECTS
from annotator.english.tokens import QUOTES
from annotator.learners.claims.boundaries import Sentence, TokenRange, size
from annotator.learners.claims.decoding import Analyses, Analysis
from annotator.learners.claims.syntax import ClauseHead, ClauseMap
from annotator.learners.logistic import ConditionalLogit

Labels: TypeAlias = Mapping[TokenRange, Mapping[str, float]]
"""For each place its labels with their chances."""
Case: TypeAlias = tuple[Sequence[Sequence[str]], Sequence[float], int]
"""The features of each analysis of a sentence, what each scores beforehand, and the right one."""

UNCHANGED = ConditionalLogit.of_data({"features": [], "wide": 1, "weights": b"\0\0"})
"""Leaves all chances as they are."""
PENALTY = 4.0
_JOINING = frozenset("and but or so yet for while".split())
_DEPENDENT = frozenset("conj parataxis ccomp advcl relcl".split())
_LEAST = 1e-4


def reranked(
    model: ConditionalLogit, sentence: Sentence, analyses: Analyses, labels: Labels
) -> Analyses:
    """The analyses with corrected chances, the likeliest first."""
    chances = model(*_analysis_features(sentence, analyses, labels)) if model.index else None
    if chances is None:
        return analyses
    changed = [(chance, one) for chance, (_, one) in zip(chances, analyses, strict=True)]
    return sorted(changed, key=lambda one: (-one[0], one[1]))


def case_of(sentence: Sentence, analyses: Analyses, labels: Labels, right: Analysis) -> Case | None:
    """The training data of a sentence; None if there is only one analysis, or none is right."""
    taken = next((i for i, (_, one) in enumerate(analyses) if one == right), None)
    if taken is None or len(analyses) < 2:
        return None
    return *_analysis_features(sentence, analyses, labels), taken


def fit(cases: Sequence[Case], *, base: ConditionalLogit, firm: float) -> ConditionalLogit:
    """A model of these cases. Its weights are pulled to those of `base`, this many times more
    firmly if `base` has any."""
    if not cases:
        return base
    rows, offsets, taken = zip(*cases, strict=True)
    known = base if base.index else None
    penalty = PENALTY * (firm if known else 1)
    return ConditionalLogit.fit(rows, taken, penalty=penalty, base=known, offsets=offsets)


def _analysis_features(
    sentence: Sentence, analyses: Analyses, labels: Labels
) -> tuple[list[list[str]], list[float]]:
    """Features and log chance of each analysis."""
    rows = [sorted(set(_features(sentence, one, labels))) for _, one in analyses]
    return rows, [math.log(max(_LEAST, chance)) for chance, _ in analyses]


def _features(sentence: Sentence, spans: Analysis, labels: Labels) -> Iterator[str]:
    count, tokens = min(3, len(spans)), sentence.tokens
    inside = {i for first, last in spans for i in range(first, last)}
    left = sum(
        tokens[i].text[:1].isalnum()
        for i in range(sentence.first, sentence.bare_end)
        if i not in inside
    )
    yield from (f"n={count}", f"left={size(left)}", f"n={count}|left={size(left)}")
    yield f"n={count}|starts={size(len(sentence.starts))}"
    if sentence.syntax is not None:
        yield from _clauses(sentence, sentence.syntax, spans)
    if not spans:
        return
    sizes = [last - first for first, last in spans]
    yield from (f"least={size(min(sizes))}", f"most={size(max(sizes))}")
    best = {place: max(labels[place], key=labels[place].__getitem__) for place in spans}
    for place in spans:
        yield f"n={count}|label={best[place]}"
        yield f"n={count}|sure={round(5 * labels[place][best[place]])}"
        yield from _within(sentence, *place)
    for one, other in itertools.pairwise(spans):
        gap = "|".join(t.lower for t in tokens[one[1] : other[0]][:3])
        same = best[one] == best[other]
        yield from (f"gap={gap}|{same}", f"labels={best[one]}|{best[other]}")


def _within(sentence: Sentence, first: int, last: int) -> Iterator[str]:
    """Punctuation and words within a span at which it might be divided in two."""
    tokens = sentence.tokens
    yield f"quotes={min(3, sum(t.text in QUOTES for t in tokens[first:last]))}"
    for i in range(first + 1, last - 1):
        word = tokens[i].text
        if word in (";", ":"):
            yield f"inner={word}"
        elif word == "," and tokens[i + 1].lower in _JOINING:
            near = (h for h in _own(sentence) if i <= h.first <= i + 3)
            head = next(near, None)
            yield f"joined={tokens[i + 1].lower}|{head.kind if head else None}"


def _own(sentence: Sentence) -> list[ClauseHead]:
    """The finite verbs of a sentence that have subjects of their own."""
    syntax = sentence.syntax
    heads = syntax.heads_in(sentence.first, sentence.last) if syntax is not None else []
    return [h for h in heads if h.own and h.finite]


def _clauses(sentence: Sentence, syntax: ClauseMap, spans: Analysis) -> Iterator[str]:
    """The position of each clause relative to the spans: outside, at the head of one or within one,
    with or without its subject."""
    p, heads = syntax.parse, _own(sentence)
    yield f"n={min(3, len(spans))}|own={min(4, len(heads))}"
    for head in heads if spans else ():
        place = next(((a, z) for a, z in spans if a <= head.at < z), None)
        stands = "out"
        if place is not None:
            subject = next(iter(p.kids(head.at, SUBJECTS)), head.at)
            stands = "head" if p.head_of(*place) == head.at else "in"
            stands += str(place[0] <= subject < place[1])
        yield from (f"{stands}|{head.kind}", f"{stands}|{p.lemmas[head.at]}")
        if p.deps[head.at] in _DEPENDENT:
            begin = p.edges[head.at][0]
            before = sentence.tokens[begin - 1].lower if begin > sentence.first else ""
            yield f"{stands}|{head.kind}|of={p.lemmas[p.heads[head.at]]}"
            yield f"{stands}|{head.kind}|after={before}"


__all__ = ["UNCHANGED", "Case", "Labels", "case_of", "fit", "reranked"]
