"""Naming learnt on with a project: weights over those that
come with the program, kept as a setting."""

from __future__ import annotations

import json
from collections.abc import Iterable

from annotator.model.record import Record
from annotator.model.span import Span
from annotator.project import Project

SETTING = "names:weights"
"""The setting that holds a project's own weights, as JSON by kind of mention."""

LEAST = 50
"""Named mentions from which on a project has weights of its own."""


def learn_names(project: Project, records: Iterable[Record]) -> int:
    """Fit weights to the named spans of finished paragraphs and keep them; how many mentions there
    were. With fewer than `LEAST` the project stays with the shipped ones."""
    from annotator.learners.names.choices import CodedDocument, learn
    from annotator.learners.names.namer import shipped

    coded: list[CodedDocument] = []
    for record in records:
        named = [span for span in record.spans if _is_finished(record, span) and span.entity]
        if named:
            coded.append((record.document, named))
    number = sum(len(spans) for _, spans in coded)
    if number >= LEAST:
        project.keep_setting(SETTING, json.dumps(learn(coded, base=shipped())))
    return number


def _is_finished(record: Record, span: Span) -> bool:
    return record.document.paragraph_at(span.start).index in record.done or record.status.value in (
        "done",
        "gold",
    )


__all__ = ["LEAST", "SETTING", "learn_names"]
