"""Who holds what: the signed matrix of actors by claims or concepts, of a document or of a project.

A claim that the text asserts itself counts as held by the author, unless a stance of the author on it says
otherwise. A concept that begins with `not: ` is the contrary of what follows: both meet in one column, with the
sign turned round. Leifeld, P. (2017). Discourse network analysis. Oxford Handbook of Political Networks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from annotator.model.naming import CONTRARY, Concepts, concepts_of, names_of
from annotator.model.schema import LabelSchema
from annotator.model.span import AUTHOR, Relation, Span
from annotator.model.text import Document
from annotator.project import Project

By: TypeAlias = Literal["concept", "claim"]

_TURNED = {"+": "-", "-": "+"}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What stands behind a sign: the relation, or the claim that the author makes, and its words."""

    document: str
    paragraph: int
    item: str
    sign: str
    quote: str


@dataclass(frozen=True, slots=True)
class Matrix:
    """Holders by targets, those with the most evidence first; a cell `(row, column)` holds its evidence in document
    and text order."""

    holders: tuple[str, ...]
    targets: tuple[str, ...]
    cells: dict[tuple[int, int], tuple[Evidence, ...]]

    def signs(self, at: tuple[int, int]) -> str:
        """The different signs of a cell, such as `+` or `+-`; empty when nothing was coded."""
        return "".join(dict.fromkeys(e.sign for e in self.cells.get(at, ())))


def of_document(
    document: Document, spans: Iterable[Span], relations: Iterable[Relation], schema: LabelSchema, *, by: By
) -> Matrix:
    """The matrix of one annotator's work on one document."""
    return _matrix(_held(document, list(spans), list(relations), schema, by))


def of_project(project: Project, annotator: str, *, by: By) -> Matrix:
    """The matrix of all of an annotator's work; reads all of it."""
    return _matrix(
        entry
        for record in project.log.records(annotator=annotator)
        for entry in _held(record.document, record.spans, record.relations, project.schema, by)
    )


def _matrix(held: Iterable[tuple[str, str, Evidence]]) -> Matrix:
    cells: dict[tuple[str, str], list[Evidence]] = {}
    holders: dict[str, int] = {}
    targets: dict[str, int] = {}
    for holder, about, evidence in held:
        cells.setdefault((holder, about), []).append(evidence)
        holders[holder] = holders.get(holder, 0) + 1
        targets[about] = targets.get(about, 0) + 1
    rows = sorted(holders, key=lambda name: -holders[name])
    columns = sorted(targets, key=lambda name: -targets[name])
    row_of, column_of = ({name: i for i, name in enumerate(names)} for names in (rows, columns))
    found = {(row_of[h], column_of[t]): tuple(several) for (h, t), several in cells.items()}
    return Matrix(tuple(rows), tuple(columns), found)


def _held(
    document: Document, spans: Iterable[Span], relations: Iterable[Relation], schema: LabelSchema, by: By
) -> Iterator[tuple[str, str, Evidence]]:
    """Holder, target and evidence of every side taken in a document, in text order."""
    concepts = concepts_of(schema)
    by_id = {span.id: span for span in spans}
    taken = [(r, by_id[r.target]) for r in relations if r.target in by_id]
    sided = {target.id for relation, target in taken if relation.source == AUTHOR}
    rows: list[tuple[Span, str, Span | None, str]] = []
    for relation, target in taken:
        source = by_id.get(relation.source)
        if source is not None or relation.source == AUTHOR:
            layer = schema.layer(relation.layer)
            label = layer.label(relation.label) if layer else None
            rows.append((target, relation.id, source, label.symbol if label else "?"))
    for span in by_id.values():
        own = span.attributes.get("attribution") == "author" and span.layer in schema.statement_layers
        if own and span.id not in sided:
            rows.append((span, span.id, None, "+"))
    for target, item, source, sign in sorted(rows, key=lambda row: (row[0].start, -row[0].end, row[1])):
        quote = " ".join(document.quote(target.start, target.end).split())
        paragraph = document.paragraph_at(target.start).index
        for holder in _holders(document, source):
            for about, turned in _about(target, quote, concepts, by):
                shown = _TURNED.get(sign, sign) if turned else sign
                yield holder, about, Evidence(document.id, paragraph, item, shown, quote)


def _holders(document: Document, span: Span | None) -> list[str]:
    if span is None:
        return ["author"]
    names = [name for kind, name in names_of(span, {}) if kind == "entity"]
    return names or [" ".join(document.quote(span.start, span.end).split())]


def _about(target: Span, quote: str, concepts: Concepts, by: By) -> list[tuple[str, bool]]:
    """What a side is taken on, and whether it is the contrary of it."""
    names = [name for kind, name in names_of(target, concepts) if by == "concept" or kind == "entity"]
    if not names:
        return [(quote, False)]
    return [(n.removeprefix(CONTRARY), n.startswith(CONTRARY)) for n in names]


__all__ = ["By", "Evidence", "Matrix", "of_document", "of_project"]
