"""Case law: how disputes about a label were decided before, and why."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from annotator.model.decision import Action, Status
from annotator.model.fields import Field
from annotator.model.record import GOLD
from annotator.model.span import Annotation, Relation, Span, Value
from annotator.model.text import Document
from annotator.project import Project
from annotator.workflows.review.alignment import Difference, differences_of
from annotator.workflows.review.discussion import MESSAGE
from annotator.workflows.review.versions import Merger

FEW = 5


@dataclass(frozen=True, slots=True)
class Precedent:
    """A decided dispute: what annotators had, what was taken (empty if nothing was), by whom and
    why. What they had is the label, or the contents of the fields if only these differed."""

    document: str
    quote: str
    kinds: tuple[str, ...]
    had: tuple[str, ...]
    taken: str
    reason: str
    reviewer: str
    time: str
    labels: frozenset[str] = frozenset()


def precedents(
    project: Project,
    layer: str,
    label: str,
    *,
    labels: Collection[str] = (),
    present: tuple[str, Collection[str]] = ("", ()),
    limit: int = FEW,
    strategy: str = "unanimous",
) -> list[Precedent]:
    """The last adjudicated disputes in which a label was one of the versions, the newest first.
    Disputes between exactly the same `labels` come first if several labels are in question, then
    those with a reason, then the others. The `present` dispute, by its document and the ids of
    its versions, is no precedent of itself."""
    found: list[Precedent] = []
    merger = Merger(project, strategy)
    at, ids = present
    for row in project.log.completions(annotator=GOLD):
        found += _of(merger, row.document, layer, label, ids if row.document == at else ())
    found.sort(key=lambda one: one.time, reverse=True)
    found.sort(key=lambda one: not one.reason)
    if len(labels) > 1:
        found.sort(key=lambda one: one.labels != set(labels))
    return found[:limit]


def _of(
    merger: Merger, document: str, layer: str, label: str, present: Collection[str]
) -> list[Precedent]:
    project = merger.project
    versions = merger.versions(document)
    if versions is None:
        return []
    gold, _ = project.log.annotations(document, GOLD)
    decided: dict[str, tuple[str, str]] = {}
    for event in project.log.events(document, GOLD):
        if event.decision.action not in (Action.MERGE, Action.NOTE):
            decided[event.decision.item] = (event.time, event.reviewer or "")
    standing = {id: s for held in gold.by_paragraph.values() for id, s in held.items()}
    text = project.documents.load(document)
    spans = {c.id: c.value for c in versions.candidates if isinstance(c.value, Span)}
    out: list[Precedent] = []
    for difference in differences_of(versions):
        if not difference.ids.isdisjoint(present):
            continue
        labels = {c.value.label for c in difference.candidates}
        ids = [id for id in sorted(difference.ids) if id in decided and id in standing]
        settled = [id for id in ids if standing[id].status is not Status.MARKED]
        if not difference.number or difference.layer != layer or label not in labels or not settled:
            continue
        values = [standing[id].value for id in settled]
        taken = [v for v in values if isinstance(v, Span | Relation)]
        notes = [standing[id].note.partition(MESSAGE)[0].strip() for id in ids]
        time, reviewer = max(decided[id] for id in settled)
        value = difference.candidates[0].value
        span = value if isinstance(value, Span) else spans.get(value.target)
        quote = " ".join(text.quote(span.start, span.end).split()) if span is not None else ""
        made = {who: [c.value for c in difference.version(who)] for who in difference.voters}
        had = tuple(
            f"{who}: {_told(own, difference, text) or 'nothing'}" for who, own in made.items()
        )
        out.append(
            Precedent(
                document,
                quote,
                difference.kinds,
                had,
                _told(taken, difference, text),
                next((note for note in notes if note), ""),
                reviewer,
                time,
                frozenset(labels),
            )
        )
    return out


def _told(version: Sequence[Annotation], difference: Difference, text: Document) -> str:
    """A version in words: its labels, or what it has in the fields that differ."""
    if not difference.by_field:
        return ", ".join(value.label for value in version)
    fields = [f for f in difference.candidates[0].fields if f.name in difference.fields]
    return ", ".join(
        "; ".join(_content(field, field.of(value), text) for field in fields) for value in version
    )


def _content(field: Field, held: Value | None, text: Document) -> str:
    if held is None:
        return f"no {field.name}"
    if isinstance(held, list):
        start_end = [at for at in held if isinstance(at, int)]
        return f"“{text.quote(*start_end)}”" if field.pair else ", ".join(map(str, held))
    return str(held)


__all__ = ["Precedent", "precedents"]
