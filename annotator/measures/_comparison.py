"""The input of measures: the finished work that two or more annotators share, divided into
passages."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from zlib import crc32

from annotator.measures._names import entities_in
from annotator.model.decision import Completion
from annotator.model.names import names_held, written
from annotator.model.record import Record
from annotator.model.span import Annotation, Attributes, Relation, Span, relation_order
from annotator.model.text import Document, Paragraph, trim, words

PAIRWISE = 30
"""Above this number of annotators, nothing is counted by pair, because the number of pairs grows
with the square."""

_NO_ENDS: Mapping[str, Span] = {}
_DEFAULT_CONCEPTS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class PassageWork:
    """What one annotator marked in a passage, all layers; `ends`
    finds the spans of relations by id."""

    spans: tuple[Span, ...]
    relations: tuple[Relation, ...]
    ends: Mapping[str, Span]

    def of(self, layer: str) -> list[Span]:
        """Spans of a layer, in reading order."""
        return [span for span in self.spans if span.layer == layer]


_NOTHING = PassageWork((), (), _NO_ENDS)
"""The work of an annotator who marked nothing in a passage."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch `[start, end)` of text that two or more annotators
    finished; `document` counts from 0.

    A passage is one paragraph, or several in a row if somebody's span crosses their border, so that
    every span lies within one passage. `index` is that of its first paragraph.
    """

    document: int
    name: str
    index: int
    text: str
    start: int
    end: int
    works: Mapping[str, PassageWork]

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Every two annotators, in order of their names."""
        return combinations(sorted(self.works), 2)

    def tokens(self) -> list[tuple[int, int]]:
        """Words and signs of the passage; offsets are the document's."""
        return words(self.text, self.start, self.end)


@dataclass(frozen=True)
class Comparison:
    """Finished work on the documents that two or more annotators finished.

    `empty` counts finished passages in which an annotator marked nothing, `unfinished` completions
    that are left out because they are skipped or not done. `pairwise` says whether statistics by
    pair of annotators are wanted. `concepts` says which attribute of a layer holds its concepts;
    the default is `concept`.
    """

    passages: tuple[Passage, ...]
    annotators: tuple[str, ...]
    documents: int
    completions: int
    empty: int = 0
    unfinished: int = 0
    pairwise: bool = True
    concepts: Mapping[str, str] = field(default_factory=lambda: _DEFAULT_CONCEPTS)
    cache: dict[object, object] = field(default_factory=dict, compare=False, repr=False)
    """Intermediate results that several measures share. They stay valid, since a comparison never
    changes."""


def compare(
    records: Iterable[Record],
    annotators: Sequence[str] | None = None,
    *,
    pairwise: bool | None = None,
    concepts: Mapping[str, str] | None = None,
) -> Comparison:
    """The comparison of these records, or only of those by `annotators`. Gold is never included.
    White space around spans is removed, and of identical annotations only one is kept, since
    neither says anything about agreement. If `pairwise` is None, the number of annotators decides
    (`PAIRWISE`).
    """
    every = [record for record in records if _counts(record, annotators)]
    done = [record for record in every if record.status is Completion.DONE]
    shared = _shared(done)
    passages = [p for number, several in enumerate(shared) for p in _passages(number, several)]
    names = sorted({who for p in passages for who in p.works})
    empty = sum(not w.spans and not w.relations for p in passages for w in p.works.values())
    by_pair = len(names) <= PAIRWISE if pairwise is None else pairwise
    return Comparison(
        tuple(passages),
        tuple(names),
        len(shared),
        sum(map(len, shared)),
        empty,
        len(every) - len(done),
        by_pair,
        concepts or {},
    )


def _counts(record: Record, annotators: Sequence[str] | None) -> bool:
    """Whether a record is the work of an annotator, and of one of these if any are named."""
    return record.annotator is not None and (annotators is None or record.annotator in annotators)


def _shared(records: Iterable[Record]) -> list[list[Record]]:
    """The records of documents that have several, by document, in order of their ids."""
    by_document: dict[str, list[Record]] = {}
    for record in records:
        by_document.setdefault(record.document.id, []).append(record)
    return [several for _, several in sorted(by_document.items()) if len(several) > 1]


def _passages(number: int, records: Sequence[Record]) -> Iterator[Passage]:
    """The passages that at least two annotators had to annotate."""
    document = records[0].document
    starts = [p.start for p in document.paragraphs]
    cleaned = [cleaned_record(record) for record in records]
    placed = [_by_paragraph(record, document, starts) for record in cleaned]
    joined = {i for found in placed for i in _crossed(found, document, starts)}
    blocks = list(_blocks(len(document.paragraphs), joined))
    held = [
        (record.annotator, record.document.paragraphs, _works(record, found, blocks))
        for record, found in zip(cleaned, placed, strict=True)
        if record.annotator is not None
    ]
    for first, last in blocks:
        works = {
            who: own.get(first, _NOTHING)
            for who, paragraphs, own in held
            if not _excludes(paragraphs, first, last)
        }
        if len(works) > 1:
            start, end = document.paragraphs[first].start, document.paragraphs[last].end
            yield Passage(number, document.id, first, document.text, start, end, works)


def _excludes(paragraphs: Sequence[Paragraph], first: int, last: int) -> bool:
    """Whether an annotator did not have to annotate any of these paragraphs."""
    # The first check is nearly always enough.
    return paragraphs[first].excluded and all(p.excluded for p in paragraphs[first : last + 1])


def _by_paragraph(
    record: Record, document: Document, starts: Sequence[int]
) -> dict[int, list[Span]]:
    """The spans that begin in each paragraph, if there are any."""
    found: dict[int, list[Span]] = {}
    for span in record.spans:
        i = bisect_right(starts, span.start) - 1
        if i >= 0 and span.start < document.paragraphs[i].end:
            found.setdefault(i, []).append(span)
    return found


def _crossed(
    found: Mapping[int, Sequence[Span]], document: Document, starts: Sequence[int]
) -> Iterator[int]:
    """Every paragraph whose border to the next one is crossed by a span."""
    for i, spans in found.items():
        end = document.paragraphs[i].end
        for span in spans:
            if span.end > end:
                yield from range(i, bisect_right(starts, span.end - 1) - 1)


def _blocks(count: int, joined: set[int]) -> Iterator[tuple[int, int]]:
    """First and last paragraph of each passage; `joined` paragraphs go together with the next."""
    first = 0
    for i in range(count):
        if i not in joined:
            yield first, i
            first = i + 1


def _works(
    record: Record, found: Mapping[int, Sequence[Span]], blocks: Sequence[tuple[int, int]]
) -> dict[int, PassageWork]:
    """The work in every passage in which there is any, by the index of its first paragraph."""
    if not found:
        return {}
    ends = {s.id: s for s in record.spans} if record.relations else _NO_ENDS
    to: dict[str, list[Relation]] = {}
    for relation in record.relations:
        to.setdefault(relation.target, []).append(relation)
    out: dict[int, PassageWork] = {}
    for first, last in blocks:
        spans = tuple([s for i in range(first, last + 1) for s in found.get(i, ())])
        if spans:
            edges = [r for s in spans for r in to.get(s.id, ())] if to else []
            if len(edges) > 1:
                edges.sort(key=relation_order)
            out[first] = PassageWork(spans, tuple(edges), ends)
    return out


def cleaned_record(record: Record) -> Record:
    """The record without white space around spans, and without copies of annotations."""
    text = record.document.text
    spans = tuple([_trimmed(span, text) for span in record.spans])
    renamed: dict[str, str] = {}
    if len({(s.layer, s.label, s.start, s.end) for s in spans}) == len(spans):
        kept = spans
    else:
        kept, renamed = _without_copies(spans)
    relations = _cleaned_relations(record.relations, renamed)
    if kept == record.spans and relations is record.relations:
        return record
    return replace(record, spans=kept, relations=relations)


def _cleaned_relations(
    relations: tuple[Relation, ...], renamed: Mapping[str, str]
) -> tuple[Relation, ...]:
    """The relations on the spans that stay, without identical ones; the same tuple object if
    nothing changes."""
    if renamed:
        relations = tuple(
            replace(
                r, source=renamed.get(r.source, r.source), target=renamed.get(r.target, r.target)
            )
            for r in relations
        )
    if len({(r.layer, r.label, r.source, r.target) for r in relations}) == len(relations):
        return relations
    first: dict[object, Relation] = {}
    for r in relations:
        first.setdefault((r.layer, r.label, r.source, r.target, frozen(r.attributes)), r)
    return tuple(first.values())


def _trimmed(span: Span, text: str) -> Span:
    start, end = trim(text, span.start, span.end)
    return span if start == end or (start, end) == (span.start, span.end) else span.at(start, end)


def _without_copies(spans: Sequence[Span]) -> tuple[tuple[Span, ...], dict[str, str]]:
    """The spans without copies, and for the id of each copy that of the span that stays."""
    first: dict[object, Span] = {}
    renamed: dict[str, str] = {}
    kept: list[Span] = []
    for span in spans:
        known = first.setdefault(content(span), span)
        if known is span:
            kept.append(span)
        else:
            renamed[span.id] = known.id
    return tuple(kept), renamed


def content(span: Span) -> tuple[object, ...]:
    """Everything that an annotator says with a span, as a value that is equal for identical
    spans."""
    return (
        span.layer,
        span.start,
        span.end,
        span.label,
        tuple(sorted(entities_in(span))),
        frozen(span.attributes),
    )


def frozen(attributes: Attributes) -> tuple[tuple[str, object], ...]:
    """Attributes as a value that can be compared and sorted; lists of words count as sets, and an
    empty list counts as no value."""
    if not attributes:
        return ()
    held = ((name, value) for name, value in attributes.items() if value not in ("", []))
    return tuple(sorted((name, frozen_value(value)) for name, value in held))


def frozen_value(value: object) -> str:
    """One value of an attribute, as text that is equal for equal values."""
    if isinstance(value, list):
        numbers = all(isinstance(one, int) for one in value)
        return repr(value if numbers else sorted(names_held("concept", value)))
    return repr(written(value) if isinstance(value, str) else value)


def number_of(contents: Iterable[object]) -> int:
    """A number that depends only on what is coded, in any order. It decides between equals where
    neither the names of annotators nor ids may decide."""
    return crc32("\x1f".join(sorted(map(repr, contents))).encode("utf-8", "replace"))


def alike_attributes(a: Annotation, b: Annotation) -> int:
    """How many attributes two annotations have in common; for spans, the entity counts too."""
    same = sum(
        1
        for name, value in a.attributes.items()
        if name in b.attributes and frozen_value(value) == frozen_value(b.attributes[name])
    )
    named = set(entities_in(a))
    return same + bool(named and named == set(entities_in(b)))


__all__ = [
    "PAIRWISE",
    "Comparison",
    "Passage",
    "PassageWork",
    "alike_attributes",
    "cleaned_record",
    "compare",
    "content",
    "frozen",
    "frozen_value",
    "number_of",
]
