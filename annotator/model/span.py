"""Spans and relations: the two kinds of annotation, and the arithmetic on intervals of text.

All offsets are Unicode code points of the document text, `[start, end)`.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TypeAlias

AUTHOR = "@author"
"""The text's own voice: the only source of a relation that is not a span."""

Value: TypeAlias = str | int | bool | list[str] | list[int]
"""What an attribute may hold: one value, several (`multiple`),
or a `[start, end]` pair (type `span`)."""

Attributes: TypeAlias = Mapping[str, Value]

NO_ATTRIBUTES: Attributes = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Span:
    """A labelled stretch `[start, end)` of a document's text, with `start < end`.

    `origin` says where it comes from: `human`, `suggestion`, and in gold `unanimous` or
    `adjudicated`. The canonical record calls it `source`.
    """

    id: str
    layer: str
    label: str
    start: int
    end: int
    entity: str | None = None
    attributes: Attributes = field(default_factory=dict)
    origin: str = "human"

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"a span needs 0 <= start < end, not [{self.start}, {self.end})")

    @property
    def length(self) -> int:
        """Number of code points."""
        return self.end - self.start

    def at(self, start: int, end: int) -> Span:
        """The same span with other bounds."""
        return replace(self, start=start, end=end)


@dataclass(frozen=True, slots=True)
class Relation:
    """A labelled edge from a span (`source`, or `@author`) to
    a span (`target`), named by their ids."""

    id: str
    layer: str
    label: str
    source: str
    target: str
    attributes: Attributes = field(default_factory=dict)
    origin: str = "human"


Annotation: TypeAlias = Span | Relation


def identity(value: Annotation) -> Hashable:
    """What two annotations share that are the same thing: layer, label, and bounds or ends."""
    if isinstance(value, Span):
        return value.layer, value.label, value.start, value.end
    return value.layer, value.label, value.source, value.target


def overlap(a: Span, b: Span) -> int:
    """Number of code points that two spans share; 0 when they only touch."""
    return max(0, min(a.end, b.end) - max(a.start, b.start))


def contains(outer: Span, inner: Span) -> bool:
    """Whether `inner` lies within `outer` (equal bounds count)."""
    return outer.start <= inner.start and inner.end <= outer.end


def iou(a: Span, b: Span) -> float:
    """Shared length over joint length, in [0, 1]; 1 for equal bounds."""
    shared = overlap(a, b)
    return shared / (a.length + b.length - shared) if shared else 0.0


def relation_order(relation: Relation) -> tuple[str, str, str, str]:
    """Sort key: by target, source, layer and id."""
    return (relation.target, relation.source, relation.layer, relation.id)


def reading_order(span: Span) -> tuple[int, int, str, str, str]:
    """Sort key: by start, the longer first, then by layer, label
    and id, so that the order is total."""
    return (span.start, -span.end, span.layer, span.label, span.id)
