"""How the items of a gold record came about: `meta.gold`. It records what happened and when, and
nothing that depends on the state of the database at the time of the export."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from annotator.merging.api import Candidate
from annotator.model.annotation import AnnotationSet
from annotator.model.decision import Action, Completion
from annotator.model.fields import content
from annotator.model.provenance import Shown
from annotator.model.record import GOLD, Record
from annotator.model.span import AUTHOR, Annotation, Relation, Span
from annotator.model.text import Document
from annotator.project import Project
from annotator.workflows.review.changes import Change, based_on
from annotator.workflows.review.discussion import reason_of
from annotator.workflows.review.versions import Merger, voters_of
from annotator.workflows.review.waiting import Situation, situation

_NOT_BY_HAND = frozenset((Action.MERGE, Action.IMPORT))
_NO_DECISION = frozenset((Action.NOTE, Action.FLAG))


def with_history(
    merger: Merger, gold: Record, works: Sequence[Record]
) -> tuple[Record, Situation | None]:
    """The record with the history of its items, and the state of the document in review; `works`
    are the finished records of the document. A record that was imported with a history keeps
    it, and says what annotators changed here."""
    project = merger.project
    here = situation(merger, gold.document.id)
    if gold.history:
        return replace(gold, history=_with_changes(gold.history, here)), here
    decided = reviewers(project, gold.document.id)
    made, eligible = _as_decided(merger, gold, works, here)
    if not eligible and not decided:
        return gold, here
    origins = _Origins(
        made=_by_content(made),
        suggested=_suggested(project, gold, eligible),
        decided=decided,
        imported=_imported_items(project, gold.document.id),
        reasons=project.config.reasons,
    )
    history: dict[str, Any] = {"eligible": list(eligible), **origins.history(gold)}
    return replace(gold, history=_with_changes(history, here)), here


def _as_decided(
    merger: Merger, gold: Record, works: Sequence[Record], here: Situation | None
) -> tuple[Sequence[Candidate], Sequence[str]]:
    """What annotators had made when the gold was finished, and who had finished by then. Of a gold
    in progress, this is what they have now."""
    unchanged = here is not None and not here.changes
    if here is not None and (unchanged or gold.status is not Completion.GOLD):
        return here.found.candidates, here.found.voters
    project, document = merger.project, gold.document
    present = {row.annotator: row for row in project.log.completions(document=document.id)}
    finished = {work.annotator: work for work in works}
    then: list[Record] = []
    for who, revision in sorted(based_on(project, document.id).items()):
        if who in finished and who in present and present[who].revision <= revision:
            then.append(finished[who])
            continue
        then += _finished_at(project, document, who, revision)
    return merger.candidates(then) if then else [], voters_of(then)


def _finished_at(project: Project, document: Document, who: str, revision: int) -> list[Record]:
    """The work of an annotator at a revision, if it was finished then."""
    events = project.log.events(document.id, who)
    made = AnnotationSet().apply(e.decision for e in events if e.revision <= revision)
    if made.completion is not Completion.DONE:
        return []
    spans, relations = tuple(made.spans()), tuple(made.relations())
    return [Record(document, who, Completion.DONE, spans, relations)]


def _with_changes(history: Mapping[str, Any], here: Situation | None) -> dict[str, Any]:
    """A history with what has changed since the gold was finished, here and before its import."""
    if here is None or not here.changed:
        return dict(history)
    before = list(history.get("changed_since", ()))
    fresh = [_change_data(change) for change in here.changes]
    return {**history, "changed_since": before + [one for one in fresh if one not in before]}


def _suggested(
    project: Project, gold: Record, eligible: Collection[str]
) -> frozenset[tuple[str, int | None, int | None]]:
    """Layer and bounds of the spans that those who could vote were shown before they finished the
    work that the gold is based on."""
    document = gold.document.id
    seen = [
        one
        for one in project.provenance.sightings(document)
        if one.shown.is_span and one.annotator in eligible
    ]
    if not seen:
        return frozenset()
    finished = {row.annotator: row.revision for row in project.log.completions(document=document)}
    if gold.status is Completion.GOLD:
        finished |= based_on(project, document)
    return frozenset(
        (one.shown.layer, one.shown.start, one.shown.end)
        for one in seen
        if one.revision < finished.get(one.annotator, 0)
    )


def _imported_items(project: Project, document: str) -> Mapping[str, Any]:
    """What an imported gold said about its items, by id."""
    before = project.provenance.imported(document, GOLD)
    items: Mapping[str, Any] = before[0].get("items", {}) if before is not None else {}
    return items


@dataclass(frozen=True, slots=True, kw_only=True)
class _Origins:
    """Where the items of a gold come from: `made` has what annotators made by content, `suggested`
    the layer and bounds of the spans they were shown, `decided` the reviewer of each item. Of items
    without a decision here, `imported` says what the file said. `reasons` are the codes of the
    project's reasons."""

    made: Mapping[tuple[Any, ...], Sequence[Candidate]]
    suggested: Collection[tuple[str, int | None, int | None]]
    decided: Mapping[str, str]
    imported: Mapping[str, Any]
    reasons: Collection[str]

    def history(self, gold: Record) -> dict[str, Any]:
        """The history of the gold: of each item by id, and who decided."""
        spans = {span.id: span for span in gold.spans}
        every: list[Annotation] = [*gold.spans, *gold.relations]
        items = {value.id: self._of_item(value, gold.notes, spans) for value in every}
        values: dict[str, Any] = {
            "policy": sorted({item["source"] for item in items.values()}),
            "items": items,
        }
        if self.decided:
            values["reviewers"] = sorted(set(self.decided.values()))
        return values

    def _of_item(
        self, value: Annotation, notes: Mapping[str, str], spans: Mapping[str, Span]
    ) -> dict[str, Any]:
        item: dict[str, Any] = {"source": value.origin, "votes": _votes(self.made, value, spans)}
        before = self.imported.get(value.id, {})
        if isinstance(value, Span):
            item["suggested"] = (value.layer, value.start, value.end) in self.suggested
        if who := self.decided.get(value.id) or before.get("reviewer"):
            item["reviewer"] = who
        if reason := self._code(notes.get(value.id, "")) or before.get("reason", ""):
            item["reason"] = reason
        return item

    def _code(self, note: str) -> str:
        """The code of a reason that the project knows; anything else in a note is a working
        note."""
        reason = reason_of(note)
        return reason if reason in self.reasons else ""


def reviewers(project: Project, document: str) -> dict[str, str]:
    """A dict from item to the reviewer who decided on it last. Whoever only noted something decided
    nothing, and a decision that was undone is none."""
    found: dict[str, str | None] = {}
    before: dict[tuple[str, str], str | None] = {}
    after: dict[tuple[str, str], str | None] = {}
    for event in project.log.events(document, GOLD):
        decision, item = event.decision, event.decision.item
        if item.startswith("@") or decision.action in _NO_DECISION:
            continue
        place, taken = (decision.group, item), (decision.reverts or "", item)
        before.setdefault(place, found.get(item))
        if decision.action in _NOT_BY_HAND:
            found[item] = None
        elif decision.action is Action.UNDO and taken in before:
            found[item] = before[taken]
        elif decision.action is Action.REDO and taken in after:
            found[item] = after[taken]
        elif event.reviewer is not None:
            found[item] = event.reviewer
        after[place] = found.get(item)
    return {item: who for item, who in found.items() if who is not None}


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
    voters: set[str] = set()
    for candidate in made.get(_key(value, ends), ()):
        fields = candidate.agreeing
        wanted = content(value, fields)
        voters.update(who for who, own in candidate.made if content(own, fields) == wanted)
    return sorted(voters)


def _change_data(change: Change) -> dict[str, Any]:
    values: dict[str, Any] = {"annotator": change.annotator, "kind": change.kind}
    if change.item:
        values["item"] = change.item
    if change.fields:
        values["fields"] = list(change.fields)
    return values


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
