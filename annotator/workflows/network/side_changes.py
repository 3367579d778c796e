"""Changes of sides: kept as real, or sent back to review as coding errors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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


def _key(change: SideChange) -> str:
    """The setting that holds the ruling on a change. It names the statement after the change, since
    a holder may change sides again."""
    after = change.after[0]
    return "\x1f".join((f"turn:{change.holder}", change.concept, after.document, after.item))


def rulings(project: Project, changes: Iterable[SideChange]) -> dict[SideChange, str]:
    """What was decided about changes: `real` or `slip`; those without a ruling are missing."""
    found = ((change, project.setting(_key(change))) for change in changes)
    return {change: ruling for change, ruling in found if ruling}


def keep_as_real(project: Project, changes: Sequence[SideChange]) -> None:
    """Record that these changes are real."""
    for change in changes:
        project.keep_setting(_key(change), "real")


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
        project.keep_setting(_key(change), "slip")
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


__all__ = ["keep_as_real", "rulings", "send_to_review"]
