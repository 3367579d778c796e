"""Labels whose definition changes after review: what was decided by the old definition comes
back."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import replace

from annotator.model.annotation import Standings
from annotator.model.decision import (
    Action,
    Completion,
    CompletionMark,
    Decision,
    ParagraphMark,
    Standing,
    Status,
)
from annotator.model.marks import mark_document, mark_paragraph
from annotator.model.record import GOLD
from annotator.model.schema import LabelSchema
from annotator.model.span import Relation, Span
from annotator.project import Project
from annotator.workflows.review.versions import Merger

DEFINITIONS, BEFORE = "definitions", "definitions_before"
"""Settings: what the schema said about the labels at the last review, and before a change."""


def definitions(schema: LabelSchema) -> dict[str, str]:
    """What the schema says about every label, by layer and label."""
    out: dict[str, str] = {}
    for layer in schema.layers:
        for label in layer.labels:
            own = label.guideline
            lines = [
                own.definition,
                *(f"include: {x}" for x in own.include),
                *(f"exclude: {x}" for x in own.exclude),
            ]
            out[f"{layer.name} {label.name}"] = "\n".join(line for line in lines if line)
    return out


def definitions_before(project: Project) -> dict[str, str]:
    """The old definitions of labels whose definition has changed since they were adjudicated."""
    return project.kept_object(BEFORE)


def requeue(project: Project) -> dict[str, int]:
    """Bring back to review what was adjudicated by a definition that has changed since. Returns the
    number of items by label.

    An annotator's version becomes undecided again; an item that the reviewer made is flagged. Their
    paragraphs and documents are open again.
    """
    now = definitions(project.schema)
    kept = project.kept_object(DEFINITIONS)
    before: dict[str, str] = kept or now
    if not kept or before != now:
        project.keep_setting(DEFINITIONS, json.dumps(now, ensure_ascii=False, sort_keys=True))
    changed = {label: text for label, text in before.items() if label in now and now[label] != text}
    if not changed:
        return {}
    project.keep_setting(BEFORE, json.dumps(changed, ensure_ascii=False, sort_keys=True))
    counts = dict.fromkeys(changed, 0)
    merger = Merger(project)
    for row in project.log.completions(annotator=GOLD):
        _requeue(project, merger, row.document, counts)
    return counts


def _requeue(project: Project, merger: Merger, id: str, counts: dict[str, int]) -> None:
    """Handle the items of one document whose label is in `counts`, and count them there."""
    annotations, _ = project.log.annotations(id, GOLD)
    found = merger.versions(id)
    drawn = {c.id for c in found.candidates} if found is not None else set()
    group = f"merge-{project.new_session()}"
    decisions: list[Decision] = []
    for index, standings in annotations.by_paragraph.items():
        affected = list(_labelled(standings, counts))
        for label, item in affected:
            counts[label] += 1
            standing = standings[item]
            again = Standing(Status.MARKED, None, standing.note, standing.flagged)
            after = again if item in drawn else replace(standing, flagged=True)
            decisions.append(Decision(group, Action.MERGE, item, index, standing, after))
        mark = annotations.mark(index)
        if affected and mark.done:
            opened = ParagraphMark(done=False, excluded=mark.excluded)
            decisions.append(mark_paragraph(annotations, group, Action.MERGE, index, opened))
    if decisions:
        begun = CompletionMark(Completion.IN_PROGRESS)
        decisions.append(mark_document(annotations, group, Action.MERGE, begun))
        project.log.record(id, GOLD, decisions)


def _labelled(standings: Standings, labels: Collection[str]) -> Iterator[tuple[str, str]]:
    """Label and item of those in a paragraph that have one of these labels, by layer and label."""
    for item, standing in standings.items():
        value = standing.value
        if isinstance(value, Span | Relation):
            label = f"{value.layer} {value.label}"
            if label in labels:
                yield label, item


__all__ = ["definitions", "definitions_before", "requeue"]
