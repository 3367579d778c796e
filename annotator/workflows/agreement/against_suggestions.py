"""Every annotator's work compared with the suggestions for the same documents, as sums that add
up over documents."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from typing import TypeAlias

from annotator.measures import relations
from annotator.measures.api import Key, SparseTable, cleaned_record, compare, counted
from annotator.model.decision import Suggestion
from annotator.model.record import Record
from annotator.model.schema import Layer
from annotator.model.span import Annotation, Relation, Span
from annotator.workflows.agreement.values import MODEL

Hidden = Callable[[str, str, int], bool]
"""Whether suggestions were hidden from an annotator in a document's paragraph: document, annotator,
index of the paragraph."""

Compared = Callable[[Record, Sequence[Suggestion]], Sequence[Annotation]]
"""The suggestions that somebody's work is compared with, from those that are stored now."""

CellSums = defaultdict[tuple[str, ...], dict[tuple[int, Key], float]]


def tables(
    records: Sequence[Record],
    suggestions: Mapping[str, Sequence[Suggestion]],
    layers: Sequence[Layer],
    hidden: Hidden,
    compared: Compared,
) -> dict[tuple[str, ...], SparseTable]:
    """The sums of strict F1 for every annotator and layer (for relations: with side on aligned
    ends), separately where suggestions were `shown` and where they were `hidden`, with the number
    of passages. There is a row for each document of `suggestions`, in their order."""
    place = {name: i for i, name in enumerate(suggestions)}
    sums: CellSums = defaultdict(dict)
    works = list(_with_proposed(records, suggestions, compared))
    of_spans = {layer.name for layer in layers if layer.kind == "span"}
    for record, proposed in works:
        own = cleaned_record(record)
        _count_paragraphs(sums, own, place, layers, hidden)
        _count_spans(sums, own, proposed, of_spans, place, hidden)
        for layer in layers:
            if layer.kind != "span" and not _proposes(proposed, layer):
                _count_alone(sums, own, layer.name, place, hidden)
    for layer in layers:
        if layer.kind != "span":
            for who, several in _with_proposals(works, layer).items():
                _count_relations(sums, who, several, layer, place, hidden)
    return {id: counted(cells) for id, cells in sums.items()}


def _with_proposed(
    records: Sequence[Record], suggestions: Mapping[str, Sequence[Suggestion]], compared: Compared
) -> Iterator[tuple[Record, Record]]:
    """Annotators' records of documents with suggestions, each with what was proposed for it."""
    for record in records:
        if record.annotator is not None and record.document.id in suggestions:
            values = compared(record, suggestions[record.document.id])
            yield record, cleaned_record(_proposed(record, values))


def _proposes(proposed: Record, layer: Layer) -> bool:
    return any(relation.layer == layer.name for relation in proposed.relations)


def _with_proposals(
    works: Sequence[tuple[Record, Record]], layer: Layer
) -> dict[str, list[Record]]:
    """Each annotator's records, each with what was proposed for it, in which there are relations of
    a layer to compare."""
    found: dict[str, list[Record]] = {}
    for record, proposed in works:
        if record.annotator is not None and _proposes(proposed, layer):
            found.setdefault(record.annotator, []).extend((record, proposed))
    return found


def stored_now(record: Record, suggestions: Sequence[Suggestion]) -> list[Annotation]:  # noqa: ARG001
    """All that is suggested now, whoever did the work."""
    return [s.value for s in suggestions if s.shown]


def _proposed(record: Record, values: Sequence[Annotation]) -> Record:
    """What was proposed for a document, in the shape of an annotator's finished work."""
    spans = tuple(
        sorted((v for v in values if isinstance(v, Span)), key=lambda s: (s.start, -s.end, s.id))
    )
    edges = tuple(v for v in values if isinstance(v, Relation))
    return replace(
        record, annotator=MODEL, spans=spans, relations=edges, done=(), notes={}, flags=()
    )


_TABLE = {"span": "strict", "relation": "aligned"}


def _add(
    sums: CellSums, who: str | None, layer: str, table: str, part: str, row: int, key: Key, n: float
) -> None:
    assert who is not None
    cells = sums[part, who, layer, table]
    cells[row, key] = cells.get((row, key), 0) + n


def _part(hidden: Hidden, document: str, who: str | None, paragraph: int) -> str:
    return "hidden" if hidden(document, who or "", paragraph) else "shown"


def _count_paragraphs(
    sums: CellSums,
    record: Record,
    place: Mapping[str, int],
    layers: Iterable[Layer],
    hidden: Hidden,
) -> None:
    document = record.document
    counts = Counter(
        _part(hidden, document.id, record.annotator, p.index)
        for p in document.paragraphs
        if not p.excluded
    )
    for layer in layers:
        for part in ("shown", "hidden"):
            n = counts[part]
            _add(
                sums,
                record.annotator,
                layer.name,
                _TABLE[layer.kind],
                part,
                place[document.id],
                ("passages",),
                n,
            )


_Marked: TypeAlias = tuple[int, int, str]
"""Start, end and label of a span."""


def _count_spans(
    sums: CellSums,
    record: Record,
    proposed: Record,
    layers: Set[str],
    place: Mapping[str, int],
    hidden: Hidden,
) -> None:
    """Spans with the same bounds and label, and spans of both, in each of the layers."""
    row, who = place[record.document.id], record.annotator
    mine, theirs = (_by_part(one, who, layers, hidden) for one in (record, proposed))
    none: Counter[_Marked] = Counter()
    for layer, part in mine.keys() | theirs.keys():
        one, other = mine.get((layer, part), none), theirs.get((layer, part), none)
        same, marked = (one & other).total(), one.total() + other.total()
        _add(sums, who, layer, "strict", part, row, ("same",), same)
        _add(sums, who, layer, "strict", part, row, ("marked",), marked)


def _by_part(
    record: Record, who: str | None, layers: Set[str], hidden: Hidden
) -> dict[tuple[str, str], Counter[_Marked]]:
    """Spans of each of the layers, divided into those where suggestions were shown to an annotator
    and hidden, without those of excluded paragraphs."""
    paragraphs = record.document.paragraphs
    starts = [p.start for p in paragraphs]
    out: dict[tuple[str, str], Counter[_Marked]] = {}
    for span in record.spans:
        at = bisect_right(starts, span.start) - 1
        if span.layer in layers and at >= 0 and not paragraphs[at].excluded:
            key = (span.layer, _part(hidden, record.document.id, who, paragraphs[at].index))
            out.setdefault(key, Counter())[span.start, span.end, span.label] += 1
    return out


def _count_alone(
    sums: CellSums, record: Record, layer: str, place: Mapping[str, int], hidden: Hidden
) -> None:
    """Relations of a document for which none was proposed."""
    document = record.document
    ends = {s.id: s for s in record.spans}
    for relation in record.relations:
        target = ends.get(relation.target)
        if relation.layer == layer and target is not None:
            at = document.paragraph_at(target.start)
            if not at.excluded:
                part = _part(hidden, document.id, record.annotator, at.index)
                _add(
                    sums,
                    record.annotator,
                    layer,
                    "aligned",
                    part,
                    place[document.id],
                    ("marked",),
                    1,
                )


def _count_relations(
    sums: CellSums,
    who: str,
    records: Sequence[Record],
    layer: Layer,
    place: Mapping[str, int],
    hidden: Hidden,
) -> None:
    """Relations with both ends aligned, with the same side too, and those of both."""
    comparison = compare(records)
    table = relations.aligned_table(comparison, layer)
    for i, passage in enumerate(comparison.passages):
        part = _part(hidden, passage.name, who, passage.index)
        for key, n in zip(table.keys, table.rows[i].tolist(), strict=True):
            if n:
                _add(sums, who, layer.name, "aligned", part, place[passage.name], key, n)


__all__ = ["Compared", "Hidden", "stored_now", "tables"]
