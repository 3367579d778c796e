"""Names that are accepted together with a span: those that are sure, and those that were shown as a
question."""

from __future__ import annotations

from dataclasses import replace

from annotator.model.items import Item
from annotator.model.names import ProposedName
from annotator.model.span import Annotation, Attributes, Span
from annotator.model.state import ReviewState


def with_name(state: ReviewState, item: Item, *, asked: bool) -> Item:
    """The pending item as it will be once accepted: with its proposed name if that is sure, or if
    it was `asked` for with this item in focus; otherwise without a name. An item without a proposal
    stays as it is."""
    proposed = state.proposed_name(item) if item.pending else None
    if proposed is None or not isinstance(item.value, Span):
        return item
    entity = proposed.entity if asked or proposed.sure else None
    attributes = with_mention(state, item.value, proposed)
    return replace(item, value=replace(item.value, entity=entity, attributes=attributes))


def made(state: ReviewState, span: Span) -> Span:
    """A span made by hand, with its kind of mention, and its name if that is sure."""
    proposed = state.likeliest_name(span)
    if proposed is None:
        return span
    entity = proposed.entity if proposed.sure else None
    return replace(span, entity=entity, attributes=with_mention(state, span, proposed))


def relabelled(state: ReviewState, item: Item, value: Annotation) -> Annotation:
    """The new value of an item. If it was pending and only its label is new, it gets the name that
    is sure for this label."""
    old = item.value
    if not item.pending or not isinstance(old, Span) or not isinstance(value, Span):
        return value
    same = (old.start, old.end, old.entity, old.attributes) == (
        value.start,
        value.end,
        value.entity,
        value.attributes,
    )
    return made(state, value) if same else value


def with_mention(state: ReviewState, span: Span, proposed: ProposedName) -> Attributes:
    """The attributes of a span, including the kind of mention by its words, if its layer has that
    attribute."""
    layer = state.schema.layer(span.layer)
    attribute = layer.attribute("mention") if layer else None
    if attribute is None or proposed.mention not in attribute.values:
        return span.attributes
    return {**span.attributes, attribute.name: proposed.mention}


__all__ = ["made", "relabelled", "with_mention", "with_name"]
