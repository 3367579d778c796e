"""Changed since: what annotators changed in their work after its gold was finished."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from annotator.merging.api import Candidate
from annotator.model.annotation import AnnotationSet
from annotator.model.decision import DOCUMENT, Action, Completion, CompletionMark
from annotator.model.fields import content
from annotator.model.record import GOLD, Record
from annotator.model.span import Annotation, Span
from annotator.model.text import Document
from annotator.project import CompletionRow, Project
from annotator.workflows.review.versions import Merger

_DECIDED_ELSEWHERE = frozenset((Action.IMPORT,))


@dataclass(frozen=True, slots=True)
class Change:
    """One change by an annotator: `item` is the id of the candidate, `before` and `after` are their
    version then and now. `item` is empty if `kind` is about the whole work: it was reopened,
    finished again, or finished only later (`joined`)."""

    annotator: str
    kind: Literal["added", "removed", "changed", "reopened", "finished", "joined"]
    item: str = ""
    before: Annotation | None = None
    after: Annotation | None = None
    fields: tuple[str, ...] = ()


def based_on(project: Project, document: str) -> Mapping[str, int]:
    """The revision of each annotator's log when the gold of a document was finished: as recorded in
    the gold, or else by the order of the log. What a later import brought counts as already there,
    since a file's gold belongs to the file's codings."""
    annotations, _ = project.log.annotations(document, GOLD)
    standing = annotations.get(DOCUMENT, -1)
    mark = standing.value if standing is not None else None
    if isinstance(mark, CompletionMark) and mark.based_on:
        return mark.based_on
    finished = 0
    basis: dict[str, int] = {}
    events = list(project.log.events(document))
    for event in events:
        after = event.decision.after
        if (
            event.annotator == GOLD
            and after is not None
            and isinstance(after.value, CompletionMark)
        ):
            finished = event.sequence
    for event in events:
        if event.annotator != GOLD and (
            event.sequence < finished or event.decision.action in _DECIDED_ELSEWHERE
        ):
            basis[event.annotator] = max(basis.get(event.annotator, 0), event.revision)
    return basis


def revisions(rows: Iterable[CompletionRow]) -> dict[str, int]:
    """The present revision of the log of each annotator who finished."""
    return {
        row.annotator: row.revision
        for row in rows
        if row.annotator != GOLD and row.completion is Completion.DONE
    }


def changes(merger: Merger, document: str) -> tuple[Change, ...]:
    """What changed since the gold of a document was finished, by annotator and place; empty if it
    is not finished. Reads only the logs that have grown since."""
    project = merger.project
    rows = list(project.log.completions(document=document))
    if not any(row.annotator == GOLD and row.completion is Completion.GOLD for row in rows):
        return ()
    basis = based_on(project, document)
    moved = [
        row
        for row in rows
        if row.annotator != GOLD
        and row.revision > basis.get(row.annotator, 0)
        and row.annotator in basis
    ]
    found = [
        Change(row.annotator, "joined")
        for row in rows
        if row.annotator != GOLD
        and row.annotator not in basis
        and row.completion is Completion.DONE
    ]
    if not moved:
        return tuple(found)
    text = project.documents.load(document)
    for row in moved:
        found += _of(merger, text, row, basis[row.annotator])
    return tuple(found)


def _of(merger: Merger, document: Document, row: CompletionRow, since: int) -> list[Change]:
    """What one annotator changed after a revision of their log."""
    decisions = [
        (event.revision, event.decision)
        for event in merger.project.log.events(document.id, row.annotator)
    ]
    then = AnnotationSet().apply(d for revision, d in decisions if revision <= since)
    now = AnnotationSet().apply(d for _, d in decisions)
    old, new = (_made(merger, document, row.annotator, stands) for stands in (then, now))
    out: list[Change] = []
    if then.completion is not now.completion and Completion.DONE in (
        then.completion,
        now.completion,
    ):
        kind: Literal["finished", "reopened"] = (
            "finished" if now.completion is Completion.DONE else "reopened"
        )
        out.append(Change(row.annotator, kind))
    for id in dict.fromkeys((*old, *new)):
        before, after = old.get(id), new.get(id)
        if before is None and after is not None:
            out.append(Change(row.annotator, "added", id, None, after.made[0][1]))
        elif after is None and before is not None:
            out.append(Change(row.annotator, "removed", id, before.made[0][1], None))
        elif before is not None and after is not None:
            one, other = before.made[0][1], after.made[0][1]
            fields = tuple(f.name for f in after.fields if content(one, [f]) != content(other, [f]))
            if fields:
                out.append(Change(row.annotator, "changed", id, one, other, fields))
    return out


def _made(
    merger: Merger, document: Document, who: str, stands: AnnotationSet
) -> dict[str, Candidate]:
    record = Record(
        document, who, Completion.DONE, tuple(stands.spans()), tuple(stands.relations())
    )
    return {c.id: c for c in merger.candidates([record])}


def describe(document: Document, change: Change) -> str:
    """A change in words: `ada took back value “is wrong”`."""
    value = change.after or change.before
    if value is None:
        said = {"finished": "finished it again", "joined": "finished it too"}
        return f"{change.annotator} {said.get(change.kind, 'reopened it')}"
    quote = f" “{document.quote(value.start, value.end)[:40]}”" if isinstance(value, Span) else ""
    what = f"{value.label}{quote}"
    if change.kind == "changed":
        return f"{change.annotator} changed {', '.join(change.fields)} of {what}"
    return f"{change.annotator} {'added' if change.kind == 'added' else 'took back'} {what}"


__all__ = ["Change", "based_on", "changes", "describe", "revisions"]
