"""Learns naming in a project: weights on top of those that come with the program, stored as a
setting."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from annotator.learners.names.reuse import CONCEPT, Claim, choices, claims_of
from annotator.model.names import concepts_of
from annotator.model.record import Record
from annotator.model.span import Span
from annotator.project import Project
from annotator.workflows.names.concepts import described

if TYPE_CHECKING:
    from annotator.learners.names.training import NamedChoice

LEAST = 50
"""The least number of named mentions for a project to have its own weights."""


def learn_names(project: Project, records: Iterable[Record]) -> int:
    """Fit weights to the names of finished paragraphs and store them. Returns how many named
    mentions there were. With fewer than `LEAST` mentions, or concepts that were used again, the
    project keeps the shipped weights for these."""
    from annotator.learners.names.namer import shipped
    from annotator.learners.names.training import fit
    from annotator.learners.names.training_choices import CodedDocument, learn
    from annotator.learners.names.training_choices import choices as names_given

    finished = [_finished(record) for record in records]
    coded: list[CodedDocument] = []
    for record in finished:
        if named := [span for span in record.spans if span.entity]:
            coded.append((record.document, named))
    number = sum(len(spans) for _, spans in coded)
    given = _given_again(project, finished)
    found = {}
    if number >= LEAST:
        found = learn(names_given(coded, project.names.codebook()), base=shipped())
    if len(given) >= LEAST:
        found[CONCEPT] = fit(given, base=shipped()[CONCEPT])
    if found:
        project.names.keep_weights(found)
    return number


def _finished(record: Record) -> Record:
    """A record with the spans of its finished paragraphs only."""
    spans = tuple(span for span in record.spans if _is_finished(record, span))
    return replace(record, spans=spans)


def _given_again(project: Project, records: Iterable[Record]) -> list[NamedChoice]:
    """The concepts that each annotator used again, as choices to learn from."""
    entries = project.names.codebook().entries
    book = {one.name: described(one) for one in entries if one.kind == CONCEPT}
    concepts = concepts_of(project.schema)
    claims: dict[str | None, list[Claim]] = {}
    for record in records:
        claims.setdefault(record.annotator, []).extend(claims_of(record, concepts))
    return [group for several in claims.values() for group in choices(several, book)]


def _is_finished(record: Record, span: Span) -> bool:
    return record.document.paragraph_at(span.start).index in record.done or record.status.value in (
        "done",
        "gold",
    )


__all__ = ["LEAST", "learn_names"]
