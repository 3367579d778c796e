"""Prevents duplicates: nobody can make a second span with the same label on the same stretch, or a
second relation with the same side between the same ends. The gold has two only if an annotator made
both."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from annotator.model.annotation import AnnotationSet
from annotator.model.decision import Decision, Standing
from annotator.model.span import Annotation, Relation, Span, identity


def twin_of(
    before: AnnotationSet, after: AnnotationSet, group: Iterable[Decision]
) -> Annotation | None:
    """The annotation that these decisions would duplicate, and the duplicate; None if they
    duplicate nothing. Duplicates from elsewhere may still be changed."""
    made: dict[int, list[Annotation]] = {}
    for decision in group:
        value = _value(after.get(decision.item, decision.paragraph))
        old = _value(before.get(decision.item, decision.paragraph))
        if value is not None and (old is None or identity(old) != identity(value)):
            made.setdefault(decision.paragraph, []).append(value)
    for paragraph, values in made.items():
        there: dict[Hashable, dict[str, Annotation]] = {}
        for one in after.annotations(paragraph):
            there.setdefault(identity(one), {})[one.id] = one
        for value in values:
            others = [one for id, one in there[identity(value)].items() if id != value.id]
            if others:
                return others[0]
    return None


def _value(standing: Standing | None) -> Annotation | None:
    value = standing.value if standing is not None else None
    return value if isinstance(value, Span | Relation) else None


__all__ = ["twin_of"]
