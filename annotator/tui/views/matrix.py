"""Who holds what: the signed matrix of holders by what they take sides on, from what is decided so far."""

from __future__ import annotations

from dataclasses import dataclass

from annotator.model.review import ReviewState
from annotator.model.span import AUTHOR, Relation, Span


@dataclass(frozen=True, slots=True)
class Matrix:
    """Holders (canonical names) by targets (concepts, else quotes); a cell holds the signs and the relations
    behind them, in text order."""

    holders: tuple[str, ...]
    targets: tuple[str, ...]
    cells: dict[tuple[int, int], tuple[str, tuple[str, ...]]]


def matrix(state: ReviewState) -> Matrix:
    """The matrix of the open document."""
    spans = {span.id: span for span in state.annotations.spans()}
    held: dict[tuple[str, str], list[Relation]] = {}
    for relation in state.annotations.relations():
        target = spans.get(relation.target)
        if target is None:
            continue
        source = spans.get(relation.source)
        if source is None and relation.source != AUTHOR:
            continue
        for holder in _holders(state, source):
            for about in _about(state, target):
                held.setdefault((holder, about), []).append(relation)
    holders = tuple(sorted({holder for holder, _ in held}))
    targets = tuple(dict.fromkeys(about for _, about in held))
    cells: dict[tuple[int, int], tuple[str, tuple[str, ...]]] = {}
    for (holder, about), relations in held.items():
        signs = "".join(dict.fromkeys(_sign(state, r) for r in relations))
        cells[holders.index(holder), targets.index(about)] = (signs, tuple(r.id for r in relations))
    return Matrix(holders, targets, cells)


def _holders(state: ReviewState, span: Span | None) -> list[str]:
    if span is None:
        return ["author"]
    name = span.entity or state.document.quote(span.start, span.end)
    return [part.strip() for part in name.split(";")]


def _about(state: ReviewState, span: Span) -> list[str]:
    layer = state.schema.layer(span.layer)
    attribute = layer.attribute_of_type("concept") if layer else None
    concepts = span.attributes.get(attribute.name) if attribute else None
    if isinstance(concepts, list) and concepts:
        return [str(concept) for concept in concepts]
    if isinstance(concepts, str) and concepts:
        return [concepts]
    return [span.entity or state.document.quote(span.start, span.end)]


def _sign(state: ReviewState, relation: Relation) -> str:
    layer = state.schema.layer(relation.layer)
    label = layer.label(relation.label) if layer else None
    return label.symbol if label else "?"


__all__ = ["Matrix", "matrix"]
