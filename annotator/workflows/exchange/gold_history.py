"""How the items of a gold record came about: `meta.gold`. It records what happened and when, and
nothing that depends on the state of the database at the time of the export."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from annotator.merging.api import Candidate
from annotator.model.decision import Action
from annotator.model.fields import content
from annotator.model.provenance import Shown
from annotator.model.record import GOLD, Record
from annotator.model.span import AUTHOR, Annotation, Relation, Span
from annotator.project import Project
from annotator.workflows.review.changes import Change
from annotator.workflows.review.discussion import reason_of
from annotator.workflows.review.versions import Merger
from annotator.workflows.review.waiting import Situation, situation

_NOT_BY_HAND = frozenset((Action.MERGE, Action.IMPORT))


def with_history(
    merger: Merger, gold: Record, works: Sequence[Record]
) -> tuple[Record, Situation | None]:
    """The record with the history of its items, and the state of the document in review; `works`
    are the finished records of the document. A record that was imported with a history and not
    changed since keeps it."""
    project = merger.project
    here = situation(merger, gold.document.id)
    if gold.history:
        return gold, here
    decided = reviewers(project, gold.document.id)
    if here is None and not decided:
        return gold, here
    before = project.provenance.imported(gold.document.id, GOLD)
    old: Mapping[str, Any] = before[0].get("items", {}) if before is not None else {}
    made = _by_content(here.found.candidates) if here is not None else {}
    seen = {(s.layer, s.start, s.end) for work in works for s in work.shown if s.is_span}
    spans = {span.id: span for span in gold.spans}
    items: dict[str, Any] = {}
    every: list[Annotation] = [*gold.spans, *gold.relations]
    for value in every:
        item: dict[str, Any] = {"source": value.origin, "votes": list(_votes(made, value, spans))}
        if isinstance(value, Span):
            item["suggested"] = (value.layer, value.start, value.end) in seen
        if who := decided.get(value.id) or old.get(value.id, {}).get("reviewer"):
            item["reviewer"] = who
        note = gold.notes.get(value.id, "")
        if reason := _code(project, note) or old.get(value.id, {}).get("reason", ""):
            item["reason"] = reason
        items[value.id] = item
    history: dict[str, Any] = {
        "eligible": list(here.found.voters) if here is not None else [],
        "policy": sorted({item["source"] for item in items.values()}),
        "items": items,
    }
    if decided:
        history["reviewers"] = sorted(set(decided.values()))
    if here is not None and here.changed:
        history["changed_since"] = [_told(change) for change in here.changes]
    return replace(gold, history=history), here


def _code(project: Project, note: str) -> str:
    """The code of a reason that the project knows; anything else in a note is a working note."""
    reason = reason_of(note)
    return reason if reason in project.config.reasons else ""


def reviewers(project: Project, document: str) -> dict[str, str]:
    """A dict from item to the reviewer who decided on it last."""
    found: dict[str, str] = {}
    for event in project.log.events(document, GOLD):
        if event.decision.action in _NOT_BY_HAND:
            found.pop(event.decision.item, None)
        elif event.reviewer is not None and not event.decision.item.startswith("@"):
            found[event.decision.item] = event.reviewer
    return found


def _key(value: Annotation, ends: Mapping[str, Annotation]) -> tuple[Any, ...]:
    """What identifies an annotation apart from its id: layer, label and place."""
    if isinstance(value, Span):
        return value.layer, value.label, value.start, value.end

    def end(id: str) -> tuple[Any, ...] | None:
        span = ends.get(id)
        return (AUTHOR,) if id == AUTHOR else _key(span, ends) if span is not None else None

    return value.layer, value.label, end(value.source), end(value.target)


def _by_content(candidates: Sequence[Candidate]) -> dict[tuple[Any, ...], list[Candidate]]:
    ends: dict[str, Annotation] = {c.id: c.value for c in candidates if isinstance(c.value, Span)}
    found: dict[tuple[Any, ...], list[Candidate]] = {}
    for candidate in candidates:
        found.setdefault(_key(candidate.value, ends), []).append(candidate)
    return found


def _votes(
    made: Mapping[tuple[Any, ...], Sequence[Candidate]], value: Annotation, ends: Mapping[str, Span]
) -> list[str]:
    """Who made exactly the same item: place, label, and all fields that must agree."""
    out = {
        who
        for candidate in made.get(_key(value, ends), ())
        for fields in [[f for f in candidate.fields if f.agree]]
        for who, own in candidate.made
        if content(own, fields) == content(value, fields)
    }
    return sorted(out)


def _told(change: Change) -> dict[str, Any]:
    told: dict[str, Any] = {"annotator": change.annotator, "kind": change.kind}
    if change.item:
        told["item"] = change.item
    if change.fields:
        told["fields"] = list(change.fields)
    return told


def suggestion_tallies(works: Sequence[Record]) -> list[dict[str, Any]]:
    """What happened to the suggestions that these annotators were shown, by suggester and layer.
    `accepted` ones kept label and bounds (a relation: its ends) as suggested, whatever names and
    attributes were filled in; `corrected_in` says what was changed in `corrected` ones; the rest of
    `shown` was not accepted."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for work in works:
        stands: dict[str, Span | Relation] = {}
        stands |= {s.id: s for s in work.spans}
        stands |= {r.id: r for r in work.relations}
        for one in work.shown:
            row = rows.setdefault((one.suggester, one.layer), _no_tally(one))
            row["shown"] += 1
            value = stands.get(one.id)
            if value is None:
                row["not_taken"] += 1
            elif changed := one.corrected(value):
                row["corrected"] += 1
                for name in changed:
                    row["corrected_in"][name] = row["corrected_in"].get(name, 0) + 1
            else:
                row["accepted"] += 1
    for row in rows.values():
        row["accepted_unchanged"] = round(row["accepted"] / row["shown"], 4)
    return [rows[key] for key in sorted(rows)]


def _no_tally(one: Shown) -> dict[str, Any]:
    return {
        "suggester": one.suggester,
        "layer": one.layer,
        "shown": 0,
        "accepted": 0,
        "corrected": 0,
        "corrected_in": {},
        "not_taken": 0,
    }


__all__ = ["reviewers", "suggestion_tallies", "with_history"]
