"""Changes of sides: kept as real, or sent back to review as coding errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from annotator.errors import UsageError
from annotator.model.decision import (
    Action,
    Completion,
    CompletionMark,
    Decision,
    ParagraphMark,
)
from annotator.model.marks import mark_document, mark_paragraph
from annotator.model.record import GOLD
from annotator.model.statements import Statement
from annotator.networks.periods import SideChange
from annotator.project import Project

_KEY = "turn:{}\x1f{}"


def ruling_on(project: Project, change: SideChange) -> str:
    """What was decided about a holder's change on a concept: `real`, `slip` or nothing."""
    return project.setting(_KEY.format(change.holder, change.concept)) or ""


def keep_as_real(project: Project, changes: Sequence[SideChange]) -> None:
    """Record that these changes are real."""
    for change in changes:
        project.keep_setting(_KEY.format(change.holder, change.concept), "real")


def send_to_review(
    project: Project, changes: Sequence[SideChange], *, reviewer: str
) -> list[Statement]:
    """Flag the first statement after each change in the gold, with a note, and reopen its
    paragraph. Returns these statements. Raises UsageError for statements that are not gold."""
    sent: list[Statement] = []
    for change in changes:
        one = change.after[0]
        if one.coder is not None:
            raise UsageError(
                "only gold can be sent to review", hint="Leave out --status, or set it to gold"
            )
        project.log.record(one.document, GOLD, _reopened(project, change, one), reviewer=reviewer)
        project.keep_setting(_KEY.format(change.holder, change.concept), "slip")
        sent.append(one)
    return sent


def _reopened(project: Project, change: SideChange, one: Statement) -> list[Decision]:
    stands, _ = project.log.annotations(one.document, GOLD)
    group = f"{project.new_session()}-turn"
    first = change.before[0]
    words = (
        f"{change.holder} took the other side on “{change.concept}” in {first.document} "
        f"({first.date}): is this a coding error?"
    )
    before = stands.get(one.item, one.paragraph)
    decisions: list[Decision] = []
    if before is not None:
        note = f"{before.note}; {words}" if before.note and words not in before.note else words
        after = replace(before, note=note, flagged=True)
        decisions.append(Decision(group, Action.NOTE, one.item, one.paragraph, before, after))
    mark = stands.mark(one.paragraph)
    if mark.done:
        opened = ParagraphMark(False, mark.excluded)
        decisions.append(mark_paragraph(stands, group, Action.REOPEN, one.paragraph, opened))
    begun = CompletionMark(Completion.IN_PROGRESS)
    document = mark_document(stands, group, Action.COMPLETE, begun)
    return [*decisions, document] if document.before != document.after else decisions


__all__ = ["keep_as_real", "ruling_on", "send_to_review"]
