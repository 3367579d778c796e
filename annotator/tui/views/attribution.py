"""The chain of attribution: a claim within a claim is held by a source inside a source."""

from __future__ import annotations

from annotator.model.items import Item
from annotator.model.review import ReviewState
from annotator.model.span import Relation, Span, contains


def _focused(state: ReviewState) -> Span | None:
    """The statement in focus: the span itself, or the target of the stance in focus."""
    item = state.focused
    if item is not None and isinstance(item.value, Relation):
        item = state.find(item.value.target)
    return item.value if item is not None and isinstance(item.value, Span) else None


def _statements(state: ReviewState) -> list[tuple[Item, Span]]:
    return [
        (item, item.value)
        for item in state.items
        if isinstance(item.value, Span) and item.value.layer in state.schema.statement_layers
    ]


def outer(state: ReviewState) -> str | None:
    """The id of the smallest statement around the one in focus."""
    here = _focused(state)
    if here is None:
        return None
    around = [s for _, s in _statements(state) if s.id != here.id and contains(s, here)]
    return min(around, key=lambda s: (s.length, s.id)).id if around else None


def inner(state: ReviewState) -> str | None:
    """The id of the largest statement within the one in focus, the first of equal ones."""
    here = _focused(state)
    if here is None:
        return None
    within = [s for _, s in _statements(state) if s.id != here.id and contains(here, s)]
    return max(within, key=lambda s: (s.length, -s.start)).id if within else None


def holders(state: ReviewState) -> list[str]:
    """Who holds the statements around the one in focus, from the outermost to its own holder."""
    here = _focused(state)
    if here is None:
        return []
    around = sorted(
        (s for _, s in _statements(state) if contains(s, here)), key=lambda s: -s.length
    )
    return [
        "author",
        *(name for span in around for name in [_holder(state, span)] if name != "author"),
    ]


def _holder(state: ReviewState, span: Span) -> str:
    card = next((c for c in state.cards if c.target.id == span.id), None)
    names: list[str] = []
    for stance in card.stances if card is not None else ():
        held = stance.holder.value if stance.holder is not None else None
        if isinstance(held, Span):
            names.append(held.entity or state.document.quote(held.start, held.end))
    return ", ".join(names) or "author"


__all__ = ["holders", "inner", "outer"]
