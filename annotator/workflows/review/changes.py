"""Changed since: what annotators changed in their work after its gold was finished."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from annotator.merging.api import Candidate, strategy_of
from annotator.model.annotation import AnnotationSet
from annotator.model.decision import DOCUMENT, Action, Completion, CompletionMark, Event
from annotator.model.fields import Field, content
from annotator.model.record import GOLD, Record
from annotator.model.span import Annotation, Span
from annotator.model.text import Document
from annotator.project import CompletionRow, Project
from annotator.workflows.review.versions import ADJUDICATED, Merger

_DECIDED_ELSEWHERE = frozenset((Action.IMPORT,))


@dataclass(frozen=True, slots=True)
class Change:
    """One change by an annotator: `item` is the id of the candidate, `before` and `after` are their
    version then and now. `item` is empty if `kind` is about the whole work: it was reopened,
    finished again, or finished only later (`joined`). What stands in the gold by agreement and is
    otherwise in such later work `differs`: then `before` is what stands, and `after` is None if
    the annotator made nothing of this label at this place."""

    annotator: str
    kind: Literal["added", "removed", "changed", "reopened", "finished", "joined", "differs"]
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
    events = list(project.log.events(document))
    finished = next((e.sequence for e in reversed(events) if _completes_gold(e)), 0)
    basis: dict[str, int] = {}
    for event in events:
        if event.annotator != GOLD and (
            event.sequence < finished or event.decision.action in _DECIDED_ELSEWHERE
        ):
            basis[event.annotator] = max(basis.get(event.annotator, 0), event.revision)
    return basis


def _completes_gold(event: Event) -> bool:
    """Whether a decision sets the completion of the gold."""
    after = event.decision.after
    return event.annotator == GOLD and after is not None and isinstance(after.value, CompletionMark)


def revisions(rows: Iterable[CompletionRow]) -> dict[str, int]:
    """The present revision of the log of each annotator who finished."""
    return {
        row.annotator: row.revision
        for row in rows
        if row.annotator != GOLD and row.completion is Completion.DONE
    }


def changes(merger: Merger, document: str, gold: AnnotationSet) -> tuple[Change, ...]:
    """What changed since the `gold` of a document was finished, by annotator and place; empty if it
    is not finished. Reads only the logs that have grown since."""
    project = merger.project
    rows = list(project.log.completions(document=document))
    if gold.completion is not Completion.GOLD:
        return ()
    basis = based_on(project, document)
    works = [row for row in rows if row.annotator != GOLD]
    joined = [
        row for row in works if row.annotator not in basis and row.completion is Completion.DONE
    ]
    grown = [row for row in works if row.revision > basis.get(row.annotator, row.revision)]
    return (*_later(merger, document, joined, gold), *_since(merger, document, grown, basis))


def _later(
    merger: Merger, document: str, joined: Sequence[CompletionRow], gold: AnnotationSet
) -> Iterator[Change]:
    """Who finished later, and what stands by agreement and is otherwise in their work."""
    text = merger.project.documents.load(document) if joined else None
    stands: Iterable[Annotation] = (*gold.spans(), *gold.relations())
    agreed = [value for value in stands if strategy_of(value.origin) != ADJUDICATED]
    for row in joined:
        assert text is not None
        yield Change(row.annotator, "joined")
        events = merger.project.log.events(document, row.annotator)
        own = _made(merger, text, row.annotator, AnnotationSet().apply(e.decision for e in events))
        for value in agreed:
            made = own.get(value.id)
            mine = made.made[0][1] if made is not None else None
            fields = _differing(made.agreeing, value, mine) if made is not None and mine else ()
            if mine is None or fields:
                yield Change(row.annotator, "differs", value.id, value, mine, fields)


def _since(
    merger: Merger, document: str, grown: Sequence[CompletionRow], basis: Mapping[str, int]
) -> Iterator[Change]:
    """The changes by annotators whose logs have grown since."""
    if grown:
        text = merger.project.documents.load(document)
        for row in grown:
            yield from _of(merger, text, row, basis[row.annotator])


def _of(merger: Merger, document: Document, row: CompletionRow, since: int) -> list[Change]:
    """What one annotator changed after a revision of their log."""
    events = list(merger.project.log.events(document.id, row.annotator))
    then = AnnotationSet().apply(e.decision for e in events if e.revision <= since)
    now = AnnotationSet().apply(e.decision for e in events)
    old, new = (_made(merger, document, row.annotator, stands) for stands in (then, now))
    out: list[Change] = []
    was_done, is_done = (stands.completion is Completion.DONE for stands in (then, now))
    if was_done != is_done:
        out.append(Change(row.annotator, "finished" if is_done else "reopened"))
    for id in dict.fromkeys((*old, *new)):
        change = _compared(row.annotator, id, old.get(id), new.get(id))
        if change is not None:
            out.append(change)
    return out


def _compared(
    who: str, id: str, before: Candidate | None, after: Candidate | None
) -> Change | None:
    """What an annotator changed about one item; None if nothing."""
    old = before.made[0][1] if before is not None else None
    new = after.made[0][1] if after is not None else None
    if new is None or after is None:
        return Change(who, "removed", id, old)
    if old is None:
        return Change(who, "added", id, None, new)
    fields = _differing(after.fields, old, new)
    return Change(who, "changed", id, old, new, fields) if fields else None


def _differing(fields: Iterable[Field], a: Annotation, b: Annotation) -> tuple[str, ...]:
    """The names of the fields in which two versions differ."""
    return tuple(f.name for f in fields if content(a, [f]) != content(b, [f]))


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
        verbs = {"finished": "finished it again", "joined": "finished it too"}
        return f"{change.annotator} {verbs.get(change.kind, 'reopened it')}"
    quote = f" “{document.quote(value.start, value.end)[:40]}”" if isinstance(value, Span) else ""
    what = f"{value.label}{quote}"
    if change.kind == "changed":
        return f"{change.annotator} changed {', '.join(change.fields)} of {what}"
    if change.kind == "differs":
        fields = f"{' and '.join(change.fields)} of " if change.fields else ""
        return f"{change.annotator} coded {fields}{what} differently"
    return f"{change.annotator} {'added' if change.kind == 'added' else 'took back'} {what}"


__all__ = ["Change", "based_on", "changes", "describe", "revisions"]
