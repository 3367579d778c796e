"""Who holds what: the signed matrix of actors by claims or concepts, of a document or of a project.

A claim that the text asserts itself counts as held by the author, unless a stance of the author on
it says otherwise. A concept that begins with `not: ` is the contrary of what follows: both are in
one column, with reversed signs. Leifeld, P. (2017). Discourse network analysis. Oxford Handbook of
Political Networks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from annotator.collector import collector_paused
from annotator.model.names import Concepts, concepts_of, names_of, parted
from annotator.model.schema import LabelSchema
from annotator.model.span import AUTHOR, Relation, Span
from annotator.model.statements import asserted_by_text
from annotator.model.text import Document
from annotator.project import Project

ColumnKind: TypeAlias = Literal["concept", "claim"]

_TURNED = {"+": "-", "-": "+"}


@dataclass(frozen=True, slots=True)
class Evidence:
    """The evidence for a sign: the relation, or the claim that the author makes, and its words."""

    document: str
    paragraph: int
    item: str
    sign: str
    quote: str


Taken: TypeAlias = tuple[str, str, str]
"""Document and item that take a side, and its sign."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """Holders by targets, those with the most evidence first; a cell `(row, column)` has the items
    behind it.

    Their words are looked up on request, since a project has very many.
    """

    annotator: str
    holders: tuple[str, ...]
    targets: tuple[str, ...]
    cells: Mapping[tuple[int, int], Sequence[Taken]]
    read: Mapping[tuple[str, str], Evidence] = field(default_factory=dict)
    """Evidence that is already known, by (document, item)."""

    def signs(self, at: tuple[int, int]) -> str:
        """The different signs of a cell, such as `+` or `+-`, the most frequent first; empty if
        nothing was coded."""
        signs = Counter(sign for _, _, sign in self.cells.get(at, ()))
        return "".join(sorted(signs, key=lambda sign: (-signs[sign], sign)))

    def evidence(
        self, at: tuple[int, int], project: Project, *, limit: int = 100
    ) -> tuple[Evidence, ...]:
        """The first evidence of a cell, in document and text order."""
        several = self.cells.get(at, ())
        if self.read:
            return tuple(replace(self.read[d, i], sign=sign) for d, i, sign in several[:limit])
        items = list(dict.fromkeys((document, item) for document, item, _ in several))
        words = {
            (document, item): (paragraph, quote)
            for document, item, paragraph, quote in project.names.wording(
                self.annotator, items, limit=limit
            )
        }
        signs: dict[tuple[str, str], list[str]] = {}
        for document, item, sign in several:
            signs.setdefault((document, item), []).append(sign)
        return tuple(
            Evidence(place[0], paragraph, place[1], sign, quote)
            for place, (paragraph, quote) in words.items()
            for sign in signs[place]
        )


def of_document(
    document: Document,
    spans: Iterable[Span],
    relations: Iterable[Relation],
    schema: LabelSchema,
    *,
    by: ColumnKind,
) -> Matrix:
    """The matrix of one annotator's work on one document."""
    held = list(statements(document, list(spans), list(relations), schema, by))
    read = {(one.document, one.item): one for _, _, one in held}
    cells: dict[tuple[str, str], list[Taken]] = {}
    for holder, target, one in held:
        cells.setdefault((holder, target), []).append((one.document, one.item, one.sign))
    return _matrix("", cells, read)


def of_project(project: Project, annotator: str, *, by: ColumnKind) -> Matrix:
    """The matrix of all of an annotator's work."""
    symbols = {
        (layer.name, label.name): label.symbol
        for layer in project.schema.layers
        for label in layer.labels
    }
    symbols["", ""] = "+"

    cells: dict[tuple[str, str], list[Taken]] = {}
    with collector_paused():
        sides = project.names.sides(
            annotator, statements=project.schema.author_layers, concepts=by == "concept"
        )
        for document, item, layer, label, holder, target, known, named in sides:
            sign = symbols.get((layer, label), "?")
            if not known:
                holder = " ".join(holder.split())
            if not named:
                target = " ".join(target.split())
            elif by == "concept":
                target, turned = parted(target)
                sign = _TURNED.get(sign, sign) if turned else sign
            cells.setdefault((holder, target), []).append((document, item, sign))
        return _matrix(annotator, cells, {})


def _matrix(
    annotator: str,
    cells: Mapping[tuple[str, str], Sequence[Taken]],
    read: Mapping[tuple[str, str], Evidence],
) -> Matrix:
    holders: dict[str, int] = {}
    targets: dict[str, int] = {}
    for (holder, target), several in cells.items():
        holders[holder] = holders.get(holder, 0) + len(several)
        targets[target] = targets.get(target, 0) + len(several)
    rows, columns = (
        sorted(counts, key=lambda name: (-counts[name], name)) for counts in (holders, targets)
    )
    row_of, column_of = ({name: i for i, name in enumerate(names)} for names in (rows, columns))
    found = {(row_of[h], column_of[t]): several for (h, t), several in cells.items()}
    return Matrix(annotator, tuple(rows), tuple(columns), found, read)


@dataclass(frozen=True, slots=True)
class _Side:
    """A side taken on a target: by a span, or by the author if `holder` is None. `item` is the
    relation, or the claim that the text asserts itself."""

    target: Span
    item: str
    holder: Span | None
    sign: str


def statements(
    document: Document,
    spans: Iterable[Span],
    relations: Iterable[Relation],
    schema: LabelSchema,
    by: ColumnKind,
) -> Iterator[tuple[str, str, Evidence]]:
    """Holder, target and evidence of every side taken in a document, in text order."""
    concepts = concepts_of(schema)
    by_id = {span.id: span for span in spans}
    sides = [*_of_relations(by_id, relations, schema)]
    by_author = {side.target.id for side in sides if side.holder is None}
    sides += _of_claims((s for id, s in by_id.items() if id not in by_author), schema)
    sides.sort(key=lambda side: (side.target.start, -side.target.end, side.item))
    for side in sides:
        target = side.target
        quote = " ".join(document.quote(target.start, target.end).split())
        paragraph = document.paragraph_at(target.start).index
        for holder in _holders(document, side.holder):
            for about, turned in _about(target, quote, concepts, by):
                sign = _TURNED.get(side.sign, side.sign) if turned else side.sign
                yield holder, about, Evidence(document.id, paragraph, side.item, sign, quote)


def _of_relations(
    spans: Mapping[str, Span], relations: Iterable[Relation], schema: LabelSchema
) -> Iterator[_Side]:
    """The sides that relations between these spans say."""
    for relation in relations:
        target, source = spans.get(relation.target), spans.get(relation.source)
        if target is not None and (source is not None or relation.source == AUTHOR):
            layer = schema.layer(relation.layer)
            label = layer.label(relation.label) if layer else None
            yield _Side(target, relation.id, source, label.symbol if label else "?")


def _of_claims(spans: Iterable[Span], schema: LabelSchema) -> Iterator[_Side]:
    """The claims that the text asserts itself: its author is for them."""
    for span in spans:
        if asserted_by_text(span, schema.author_layers):
            yield _Side(span, span.id, None, "+")


def _holders(document: Document, span: Span | None) -> list[str]:
    if span is None:
        return ["author"]
    names = [name for kind, name in names_of(span, {}) if kind == "entity"]
    return names or [" ".join(document.quote(span.start, span.end).split())]


def _about(target: Span, quote: str, concepts: Concepts, by: ColumnKind) -> list[tuple[str, bool]]:
    """The targets of a side, each with a flag whether it is the contrary."""
    names = [
        parted(name) if kind == "concept" else (name, False)
        for kind, name in names_of(target, concepts)
        if by == "concept" or kind == "entity"
    ]
    return names or [(quote, False)]


__all__ = ["ColumnKind", "Evidence", "Matrix", "Taken", "of_document", "of_project"]
