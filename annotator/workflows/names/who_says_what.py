"""“Who says what” by the names that annotators gave, and how far they agree on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import combinations
from typing import TypeAlias

from annotator.model.names import Concepts, NameKind, SameNames, names_of, parted
from annotator.model.record import Record
from annotator.model.span import AUTHOR, Span

StatementKey: TypeAlias = tuple[str, str, str]
"""Holder, concept without `not:`, and the side, reversed if there was a `not:`."""

TURNED = {"support": "oppose", "oppose": "support"}
"""The side of a concept that is the other side of its contrary."""


def statements(record: Record, concepts: Concepts, same: SameNames) -> list[StatementKey]:
    """Who says what in a record, by the names that stay: one statement for each holder, concept and
    side."""
    spans = {span.id: span for span in record.spans}
    found: list[StatementKey] = []
    for relation in record.relations:
        target, holder = spans.get(relation.target), spans.get(relation.source)
        if target is None or (holder is None and relation.source != AUTHOR):
            continue
        holders = [AUTHOR]
        if holder is not None:
            holders = _names(holder, "entity", concepts, same)
        for name in _names(target, "concept", concepts, same):
            concept, turned = parted(name)
            side = TURNED.get(relation.label, relation.label) if turned else relation.label
            found += [(who, concept, side) for who in holders]
    return found


def _names(span: Span, kind: NameKind, concepts: Concepts, same: SameNames) -> list[str]:
    """The names of a kind that a span has, as those that stay."""
    return [same.name(kind, name) for one, name in names_of(span, concepts) if one == kind]


def agreement(records: Iterable[Record], concepts: Concepts, same: SameNames) -> float | None:
    """F1 of "who says what" over every two annotators of a document, as sets; None if there are no
    statements."""
    works: defaultdict[str, list[set[StatementKey]]] = defaultdict(list)
    for record in records:
        works[record.document.id].append(set(statements(record, concepts, same)))
    both = every = 0
    for several in works.values():
        for one, other in combinations(several, 2):
            both += 2 * len(one & other)
            every += len(one) + len(other)
    return both / every if every else None


__all__ = ["TURNED", "StatementKey", "agreement", "statements"]
