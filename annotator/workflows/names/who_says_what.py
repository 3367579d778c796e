"""“Who says what” by the names that annotators gave, and how far they agree on it: the figure that
reports call “F1 tuples, concept” (`measures/network.py`), over all layers of stances, quickly
computed again after each ruling on names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import combinations
from typing import TypeAlias

from annotator.model.decision import Completion
from annotator.model.names import Concepts, NameKind, SameNames, names_of, parted
from annotator.model.record import Record
from annotator.model.span import AUTHOR, Relation, Span
from annotator.model.statements import AUTHOR_LAYERS, asserted_by_text, compared_side

StatementKey: TypeAlias = tuple[str, str, str]
"""Holder, concept without `not:`, and the side, reversed if there was a `not:`."""

OTHER_SIDE = {
    compared_side("support", turned=turned): compared_side("support", turned=not turned)
    for turned in (False, True)
}
"""The side of a concept that is the other side of its contrary."""


def statements(
    record: Record,
    concepts: Concepts,
    same: SameNames,
    author: Collection[str] = AUTHOR_LAYERS,
) -> list[StatementKey]:
    """Who says what in a record, by the names that stay: one statement for each holder, concept and
    side. Words stand for a name that is missing. The author supports what the text asserts itself,
    in the layers in which the `author` can, unless a stance of the author says otherwise."""
    return [*of_stances(record, concepts, same), *of_the_text(record, concepts, same, author)]


def of_stances(record: Record, concepts: Concepts, same: SameNames) -> list[StatementKey]:
    """The statements that were coded as stances."""
    spans = {span.id: span for span in record.spans}
    found: list[StatementKey] = []
    for relation in record.relations:
        if relation.target not in spans:
            continue
        holders = _holders(record, relation, spans, same)
        for about, turned in _abouts(record, spans[relation.target], concepts, same):
            side = compared_side(relation.label, turned=turned)
            found += [(who, about, side) for who in holders]
    return found


def of_the_text(
    record: Record, concepts: Concepts, same: SameNames, author: Collection[str]
) -> list[StatementKey]:
    """The statements that the text asserts itself, in the layers in which the `author` can (see
    `LabelSchema.author_layers`)."""
    voiced = {relation.target for relation in record.relations if relation.source == AUTHOR}
    return [
        (AUTHOR, about, compared_side("support", turned=turned))
        for span in record.spans
        if asserted_by_text(span, author) and span.id not in voiced
        for about, turned in _abouts(record, span, concepts, same)
    ]


def _holders(
    record: Record, relation: Relation, spans: dict[str, Span], same: SameNames
) -> list[str]:
    if relation.source == AUTHOR:
        return [AUTHOR]
    span = spans.get(relation.source)
    if span is None:
        return []
    return [same.name("entity", n) for k, n in names_of(span, {})] or [_words(record, span)]


def _abouts(
    record: Record, target: Span, concepts: Concepts, same: SameNames
) -> Iterator[tuple[str, bool]]:
    """The targets of a side, and whether the contrary is meant: concepts, or else entities, or else
    words."""
    names = names_of(target, concepts)
    kind: NameKind = "concept" if any(kind == "concept" for kind, _ in names) else "entity"
    own = [same.name(kind, name) for one, name in names if one == kind]
    if kind == "concept":
        yield from (parted(name) for name in own)
    else:
        yield from ((name, False) for name in own or [_words(record, target)])


def _words(record: Record, span: Span) -> str:
    return " ".join(record.document.quote(span.start, span.end).split()).casefold()


def agreement(
    records: Iterable[Record],
    concepts: Concepts,
    same: SameNames,
    *,
    counted: Callable[[Record, Concepts, SameNames], Iterable[StatementKey]] = statements,
) -> float | None:
    """F1 of "who says what" over every two annotators who finished a document, as sets of what is
    `counted` (all statements, or those of stances); None if there is nothing."""
    works: defaultdict[str, list[set[StatementKey]]] = defaultdict(list)
    for record in records:
        if record.status is Completion.DONE:
            works[record.document.id].append(set(counted(record, concepts, same)))
    both = every = 0
    for several in works.values():
        for one, other in combinations(several, 2):
            both += 2 * len(one & other)
            every += len(one) + len(other)
    return both / every if every else None


__all__ = ["OTHER_SIDE", "StatementKey", "agreement", "of_stances", "of_the_text", "statements"]
