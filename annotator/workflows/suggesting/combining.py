"""Combines the proposals of all suggesters into one list: calibrated, with duplicates merged and
vetoed ones left out, ranked; and decides what is shown."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from annotator.learners.calibration import UNCALIBRATED, Calibration
from annotator.learners.display_choice import SpanCandidate, choose
from annotator.model.decision import Suggestion
from annotator.model.memory import Memory
from annotator.model.overlaps import Overlaps
from annotator.model.span import AUTHOR, Relation, Span
from annotator.model.text import Document
from annotator.suggesters.api import CERTAIN, Suggester

_WORD = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Policy:
    """What is shown. In the layers in `flat`, no two spans overlap: those that are expected to save
    the most keys are shown. Spans with a chance below `gate` and relations below `relations` are
    held back; `history` adjusts the chances. Rules and memory do not suggest in the layers in
    `taken`, none of the program's own suggesters does in those in `muted`, and a suggester does not
    in a layer that `silent` pairs it with."""

    flat: frozenset[str] = frozenset()
    gate: float = 0.0
    relations: float = 0.0
    history: Calibration = field(default_factory=lambda: UNCALIBRATED)
    taken: frozenset[str] = frozenset()
    muted: frozenset[str] = frozenset()
    silent: frozenset[tuple[str, str]] = frozenset()


AS_PROPOSED = Policy()
"""Shows everything with its original score."""

_SILENT = ("guideline", "memory", "rules")
"""Suggesters that do not suggest in layers of a model, except what is certain."""
OWN = ("model", *_SILENT)
"""The program's own suggesters."""
_EXACT = ("guideline", "memory", "rules")
_SURE = 0.97
"""The least score of a certain suggestion."""
_LONGER = 0.8
"""The least score at which a longer span around a certain one is kept."""


def consulted(
    suggesters: Sequence[Suggester], layers: Iterable[str], policy: Policy
) -> list[Suggester]:
    """The suggesters that count in any of these layers; if a model takes over all of them, also
    those that may find what is certain."""
    if not policy.taken.issuperset(layers):
        return list(suggesters)
    return [one for one in suggesters if one.name not in _SILENT or one.name in _EXACT]


def combine(
    document: Document, proposed: Iterable[Suggestion], memory: Memory, policy: Policy = AS_PROPOSED
) -> list[Suggestion]:
    """The suggestions of one paragraph, best first, with their ranks; those held back have `shown`
    False.

    Among suggestions of one layer on the same stretch, the one with the highest score stays and
    gives all reasons; attributes and entity that it lacks come from the others. A certain
    suggestion stays, whatever learners score, and replaces those that overlap it. A surface form
    that annotators rejected twice and never accepted is left out, as are stances that lost an end.
    """
    every = _best_first(proposed, policy)
    spans, stays = _one_on_each(document, every, memory)
    outranked = _outranked(spans)
    spans = [one for one in spans if one.id not in outranked]
    stays = {id: outranked.get(kept, kept) for id, kept in stays.items()}
    edges = _edges((one for one in every if isinstance(one.value, Relation)), stays)
    shown = {*_shown(document, spans, policy), AUTHOR}
    for edge in edges:
        if edge.score >= policy.relations and _ends(edge) <= shown:
            shown.add(edge.id)
    out = [*spans, *edges]
    out.sort(key=lambda s: (s.id not in shown, -s.score, s.id))
    return [replace(one, rank=rank, shown=one.id in shown) for rank, one in enumerate(out)]


def _speaks(one: Suggestion, policy: Policy) -> bool:
    layer, certain = one.value.layer, one.rule.startswith(CERTAIN)
    if (one.suggester, layer) in policy.silent or (one.suggester in OWN and layer in policy.muted):
        return False
    return certain or one.suggester not in _SILENT or layer not in policy.taken


def _scored(one: Suggestion, policy: Policy) -> Suggestion:
    """A suggestion with its calibrated score; a certain one has a high score in any case."""
    if not one.rule.startswith(CERTAIN):
        return policy.history.adjust(one)
    return one if one.score >= _SURE else replace(one, score=_SURE, raw=one.score)


def _best_first(proposed: Iterable[Suggestion], policy: Policy) -> list[Suggestion]:
    """The suggestions that count, with their calibrated scores: certain ones, then by score."""
    return sorted(
        (_scored(s, policy) for s in proposed if _speaks(s, policy)),
        key=lambda s: (not s.rule.startswith(CERTAIN), -s.score, s.suggester, s.id),
    )


def _one_on_each(
    document: Document, suggestions: Iterable[Suggestion], memory: Memory
) -> tuple[list[Suggestion], dict[str, str]]:
    """One span of each layer on each stretch, completed from later ones, without vetoed ones; and
    for each span the id of the one that stays in its place."""
    spans: dict[tuple[str, int, int], Suggestion] = {}
    stays: dict[str, str] = {}
    for one in suggestions:
        value = one.value
        if isinstance(value, Relation):
            continue
        if memory.vetoed(value.layer, value.label, document.quote(value.start, value.end)):
            continue
        place = (value.layer, value.start, value.end)
        first = spans.get(place)
        spans[place] = one if first is None else _both(first, one)
        stays[one.id] = spans[place].id
    return list(spans.values()), stays


def _ends(one: Suggestion) -> set[str]:
    assert isinstance(one.value, Relation)
    return {one.value.source, one.value.target}


def _bounds(one: Suggestion) -> tuple[int, int]:
    assert isinstance(one.value, Span)
    return one.value.start, one.value.end


def _outranked(spans: Sequence[Suggestion]) -> dict[str, str]:
    """The ids of suggestions that overlap a certain one of their layer, each with that of the
    certain one; without certain ones and likely longer spans around them."""
    sure = [one for one in spans if one.rule.startswith(CERTAIN)]
    overlaps = Overlaps([_bounds(one) for one in sure])
    out: dict[str, str] = {}
    for one in spans:
        if not one.rule.startswith(CERTAIN):
            near = (sure[k] for k in overlaps.of(*_bounds(one)))
            certain = next((other for other in near if _outranks(other, one)), None)
            if certain is not None:
                out[one.id] = certain.id
    return out


def _outranks(certain: Suggestion, one: Suggestion) -> bool:
    """Whether a certain suggestion takes the place of another one that it overlaps."""
    (low, high), (start, end) = _bounds(certain), _bounds(one)
    likely_around = start <= low and high <= end and one.score >= _LONGER
    return certain.value.layer == one.value.layer and not likely_around


def _edges(relations: Iterable[Suggestion], stays: Mapping[str, str]) -> list[Suggestion]:
    """The relations between the spans that stay, one for each pair of
    ends: the one with the highest score."""
    out: dict[tuple[str, str, str], Suggestion] = {}
    for one in relations:
        value = one.value
        assert isinstance(value, Relation)
        source = value.source if value.source == AUTHOR else stays.get(value.source)
        target = stays.get(value.target)
        if source is None or target is None or source == target:
            continue
        out.setdefault(
            (value.layer, source, target),
            replace(one, value=replace(value, source=source, target=target)),
        )
    return list(out.values())


def _shown(document: Document, spans: Sequence[Suggestion], policy: Policy) -> set[str]:
    """The ids of the spans worth showing."""
    likely = [s for s in spans if s.score >= max(policy.gate, _least(s, policy))]
    out = {s.id for s in likely}
    for layer in policy.flat:
        mine = [s for s in likely if s.value.layer == layer]
        out -= {s.id for s in mine} - _chosen(document, mine)
    return out


def _least(one: Suggestion, policy: Policy) -> float:
    """The score that a span of a model needs, below which few are right."""
    if one.suggester != "model":
        return 0.0
    return HELD_BACK if one.value.layer in policy.flat else HOPELESS


HELD_BACK = 0.4
"""Just above it, half of the names that a model proposes are right, below it a third (on part
`train` of the seeds, with documents held out)."""
HOPELESS = 0.1
"""Below it, a span that may overlap others (a claim) is mostly the scene that a text sets."""


def _chosen(document: Document, spans: Sequence[Suggestion]) -> set[str]:
    """The ids of the non-overlapping spans that are expected to save the most keys."""
    if not spans:
        return set()
    starts, ends = zip(*map(_bounds, spans), strict=True)
    low, high = min(starts), max(ends)
    words = [(low + m.start(), low + m.end()) for m in _WORD.finditer(document.text[low:high])]
    candidates: dict[SpanCandidate, str] = {}
    for one in spans:
        candidate = _candidate(one, words)
        if candidate is not None:
            candidates.setdefault(candidate, one.id)
    return {candidates[one] for one in choose(list(candidates))}


def _candidate(one: Suggestion, words: Sequence[tuple[int, int]]) -> SpanCandidate | None:
    """A span by the numbers of its words, whose bounds are given; None if it has no word."""
    start, end = _bounds(one)
    first = bisect_right(words, start, key=lambda word: word[1])
    last = bisect_left(words, end, key=lambda word: word[0])
    if first >= last:
        return None
    return SpanCandidate(first, last, one.value.label, one.score, one.suggester)


def _both(first: Suggestion, other: Suggestion) -> Suggestion:
    """The first, completed from the other."""
    a, b = first.value, other.value
    assert isinstance(a, Span) and isinstance(b, Span)
    entity = a.entity or b.entity
    value = replace(a, entity=entity, attributes={**b.attributes, **a.attributes})
    reason = "; ".join(dict.fromkeys(f"{first.reason}; {other.reason}".split("; ")))
    return replace(first, value=value, reason=reason)


__all__ = ["AS_PROPOSED", "OWN", "Policy", "combine", "consulted"]
