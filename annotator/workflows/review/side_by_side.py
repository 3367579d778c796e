"""A passage as each annotator coded it, aligned as in review, so that both show the same
differences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from annotator.measures.api import Passage
from annotator.model.decision import Completion
from annotator.model.record import Record
from annotator.model.schema import LabelSchema
from annotator.model.span import Annotation, Relation, Span
from annotator.model.text import Document, Paragraph
from annotator.workflows.review.alignment import Difference, differences_of
from annotator.workflows.review.versions import versions


@dataclass(frozen=True, slots=True)
class SideBySide:
    """The differences in a passage `[start, end)` of a document (without kinds if all agree), and
    everything made in it, by the ids of the candidates. `paragraph` is the index of its first
    paragraph."""

    document: Document
    paragraph: int
    schema: LabelSchema
    bounds: tuple[int, int]
    voters: tuple[str, ...]
    differences: tuple[Difference, ...]
    values: Mapping[str, Annotation] = field(default_factory=dict)

    def value(self, id: str) -> Annotation | None:
        """An annotation by its id."""
        return self.values.get(id)


def side_by_side(passage: Passage, schema: LabelSchema) -> SideBySide:
    """The work of all annotators of a passage, aligned."""
    whole = Paragraph(0, passage.start, passage.end)
    document = Document(passage.name, passage.name, passage.text, (whole,))
    records = []
    for who, work in passage.works.items():
        # Stances may be about something outside the passage, which is not shown separately.
        spans = {span.id: span for span in (*work.spans, *_ends(work.relations, work.ends))}
        records.append(
            Record(document, who, Completion.DONE, tuple(spans.values()), work.relations)
        )
    found = versions(records, schema=schema)
    if found is None:
        return SideBySide(document, passage.index, schema, (passage.start, passage.end), (), ())
    values = {c.id: c.value for c in found.candidates}

    def here(difference: Difference) -> bool:
        value = difference.candidates[0].value
        while isinstance(value, Relation):
            value = values[value.target]
        return passage.start <= value.start < passage.end

    shown = tuple(d for d in differences_of(found) if here(d))
    return SideBySide(
        document, passage.index, schema, (passage.start, passage.end), found.voters, shown, values
    )


def _ends(relations: tuple[Relation, ...], ends: Mapping[str, Span]) -> list[Span]:
    return [ends[id] for edge in relations for id in (edge.source, edge.target) if id in ends]


__all__ = ["SideBySide", "side_by_side"]
