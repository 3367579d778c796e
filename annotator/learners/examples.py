"""Training examples: a paragraph as it was read, and the decisions in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from annotator.english.reading import Reader, Reading
from annotator.model.record import Record
from annotator.model.span import AUTHOR, Relation, Span, iou


@dataclass(frozen=True, slots=True)
class Example:
    """A paragraph that an annotator finished, with its annotations; offsets are the document's.
    Examples of one `group` are held out together in evaluation; it is usually the document.
    """

    reading: Reading
    spans: tuple[Span, ...]
    relations: tuple[Relation, ...]
    group: str


def examples_of(
    reader: Reader, record: Record, paragraphs: Iterable[int], *, group: str = ""
) -> list[Example]:
    """The given paragraphs (by index) of a completion, with their annotations. A relation belongs
    to the paragraph of its target, and must have both ends. `group` is the document unless it is
    given."""
    out: list[Example] = []
    for index in paragraphs:
        paragraph = record.document.paragraphs[index]
        spans = tuple(
            s for s in record.spans if paragraph.start <= s.start and s.end <= paragraph.end
        )
        here = {s.id for s in spans} | {AUTHOR}
        relations = tuple(r for r in record.relations if r.target in here and r.source in here)
        reading = reader.read(record.document, paragraph)
        out.append(Example(reading, spans, relations, group or record.document.id))
    return out


def with_guesses(one: Example, spans: Sequence[Span]) -> Example:
    """The example with proposed spans instead of the decided ones. The ends of relations become the
    proposed spans that share most with them, with an intersection over union of at least half."""
    decided = {span.id: span for span in one.spans}

    def nearest(end: str) -> str | None:
        if end == AUTHOR:
            return end
        mine = decided[end]
        shares = ((iou(mine, span), span.id) for span in spans if span.layer == mine.layer)
        most, id = max(shares, default=(0.0, ""))
        return id if most >= _SAME else None

    moved = ((r, nearest(r.source), nearest(r.target)) for r in one.relations)
    relations = tuple(
        replace(r, source=source, target=target)
        for r, source, target in moved
        if source is not None and target is not None
    )
    return replace(one, spans=tuple(spans), relations=relations)


_SAME = 0.5

__all__ = ["Example", "examples_of", "with_guesses"]
