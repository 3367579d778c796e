"""Decisions on paragraphs and on the document itself, made outside the annotate screen."""

from __future__ import annotations

from annotator.model.annotation import AnnotationSet
from annotator.model.decision import (
    DOCUMENT,
    Action,
    CompletionMark,
    Decision,
    ParagraphMark,
    Standing,
    Status,
    paragraph_item,
)


def mark_paragraph(
    annotations: AnnotationSet, group: str, action: Action, index: int, mark: ParagraphMark
) -> Decision:
    """The decision that gives a paragraph this mark."""
    item = paragraph_item(index)
    after = Standing(Status.MARKED, mark)
    return Decision(group, action, item, index, annotations.get(item, index), after)


def mark_document(
    annotations: AnnotationSet, group: str, action: Action, mark: CompletionMark
) -> Decision:
    """The decision that gives the document this completion."""
    after = Standing(Status.MARKED, mark)
    return Decision(group, action, DOCUMENT, -1, annotations.get(DOCUMENT, -1), after)


__all__ = ["mark_document", "mark_paragraph"]
