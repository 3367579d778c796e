"""What the suggesters propose becomes one list: doubles merged, vetoed ones left out, the rest ranked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from annotator.model.decision import Suggestion
from annotator.model.memory import Memory
from annotator.model.span import AUTHOR, Relation, Span
from annotator.model.text import Document


def merge(document: Document, proposed: Iterable[Suggestion], memory: Memory) -> list[Suggestion]:
    """Suggestions of one paragraph, best first, with their ranks.

    Of those on the same stretch and layer the one with the highest score stays, and gives all reasons;
    attributes and entity that it lacks come from the others. A surface form that annotators rejected twice
    and never accepted is left out, and so are stances that lost an end.
    """
    spans: dict[tuple[str, int, int], Suggestion] = {}
    stays: dict[str, str] = {}
    relations: list[Suggestion] = []
    every = sorted(proposed, key=lambda s: (-s.score, s.suggester, s.id))
    for one in every:
        if isinstance(one.value, Relation):
            relations.append(one)
            continue
        key = (one.value.layer, one.value.start, one.value.end)
        if memory.vetoed(one.value.layer, one.value.label, document.quote(one.value.start, one.value.end)):
            continue
        first = spans.get(key)
        spans[key] = one if first is None else _both(first, one)
        stays[one.id] = spans[key].id
    out = list(spans.values())
    for one in relations:
        value = one.value
        assert isinstance(value, Relation)
        source = value.source if value.source == AUTHOR else stays.get(value.source)
        target = stays.get(value.target)
        if source is not None and target is not None and source != target:
            out.append(replace(one, value=replace(value, source=source, target=target)))
    out.sort(key=lambda s: (-s.score, s.id))
    return [replace(one, rank=rank) for rank, one in enumerate(out)]


def _both(first: Suggestion, other: Suggestion) -> Suggestion:
    """The first, with what it lacks from the other."""
    a, b = first.value, other.value
    assert isinstance(a, Span) and isinstance(b, Span)
    entity = a.entity or b.entity
    value = replace(a, entity=entity, attributes={**b.attributes, **a.attributes})
    reason = first.reason if other.reason in first.reason else f"{first.reason}; {other.reason}"
    return replace(first, value=value, reason=reason)


__all__ = ["merge"]
