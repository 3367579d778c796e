"""What looks unfinished or contradictory in a paragraph's decided annotations; told quietly, never in the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from annotator.model.items import Card
from annotator.model.review import ReviewState
from annotator.model.span import AUTHOR, Relation, Span

Finding = tuple[str, str]
"""What is to be said, and the id of the item it is about."""

_CLEAR: Mapping[str, Sequence[str]] = MappingProxyType({})


def lint(state: ReviewState, ambiguous: Mapping[str, Sequence[str]] = _CLEAR) -> list[Finding]:
    """The findings of the paragraph in work, by statement. `ambiguous` are the forms of the text that stand for
    several entities in all the annotator's work, with those."""
    found = [finding for card in state.cards for finding in _of_card(state, card)]
    for item in state.items:
        if isinstance(item.value, Relation) and not item.pending and state.find(item.value.target) is None:
            found.append(("a stance without a target", item.id))
    return [*found, *_two_names(state, ambiguous)]


def _of_card(state: ReviewState, card: Card) -> list[Finding]:
    decided = [s for s in card.stances if not s.relation.pending]
    if card.target.pending:
        return [("a stance without a target: its claim is not decided", s.relation.id) for s in decided]
    found: list[Finding] = []
    if not decided and card.target.value.attributes.get("attribution") in ("direct", "indirect"):
        found.append(("a claim without a holder", card.target.id))
    sides: dict[str, set[str]] = {}
    for stance in decided:
        value, holder = stance.relation.value, stance.holder
        if isinstance(value, Relation):
            if value.source != AUTHOR and (holder is None or holder.pending):
                found.append(("a stance without a holder: it is not decided", stance.relation.id))
            span = holder.value if holder else None
            name = value.source
            if isinstance(span, Span):
                name = span.entity or state.document.quote(span.start, span.end).casefold()
            sides.setdefault(name, set()).add(value.label)
    if any({"support", "oppose"} <= labels for labels in sides.values()):
        found.append(("one holder on both sides of a claim", card.target.id))
    return found


def _two_names(state: ReviewState, ambiguous: Mapping[str, Sequence[str]]) -> list[Finding]:
    """Mentions by name whose text stands for another entity elsewhere."""
    found: list[Finding] = []
    for item in state.items if ambiguous else ():
        span = item.value
        if item.pending or not isinstance(span, Span) or not span.entity:
            continue
        form = " ".join(state.document.quote(span.start, span.end).split())
        others = [name for name in ambiguous.get(form, ()) if name != span.entity]
        if others and ";" not in span.entity and span.attributes.get("mention", "name") == "name":
            found.append((f"“{form}” is {span.entity} here, {', '.join(others)} elsewhere", item.id))
    return found


__all__ = ["Finding", "lint"]
