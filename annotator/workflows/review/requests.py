"""What review asks an annotator, item by item, and whether they have answered or changed their work
since."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from annotator.merging.api import Candidate, candidates
from annotator.model.decision import Action, paragraph_item
from annotator.model.record import GOLD
from annotator.model.span import Annotation, Relation, Span, overlap
from annotator.project import Project
from annotator.workflows.review.discussion import message_of, messages

Outcome = Literal["open", "answered", "changed"]


@dataclass(frozen=True, slots=True)
class Request:
    """One question of review to an annotator: the item of theirs that it is about (empty if they
    made none), document and paragraph (-1 for the whole document), the words, and whether they have
    answered in a note on it or changed it since. `gold` is the item on which review wrote it.
    `note` is the whole note; if it holds more than the answer (`several`), the answer stands in it
    after the words of the question."""

    annotator: str
    document: str
    paragraph: int
    item: str
    text: str
    outcome: Outcome = "open"
    answer: str = ""
    gold: str = ""
    note: str = ""
    several: bool = False


def requests(
    project: Project, annotator: str, documents: Sequence[str] | None = None
) -> list[Request]:
    """What review asks an annotator in all documents or some, in document order. Reads only the
    documents in which review wrote something."""
    found: list[Request] = []
    said: dict[str, list[tuple[int, str, str]]] = {}
    for message in messages(project, documents):
        said.setdefault(message.document, []).append(
            (message.paragraph, message.item, message.text)
        )
    for document, several in said.items():
        found += _of_document(project, annotator, document, several)
    return found


def answers(project: Project) -> list[Request]:
    """What annotators answered to review or changed since its question, in document order."""
    people = sorted({row.annotator for row in project.log.completions()} - {GOLD})
    found = [one for who in people for one in requests(project, who) if one.outcome != "open"]
    order = {id: i for i, id in enumerate(project.documents.ids())}
    return sorted(found, key=lambda one: (order[one.document], one.paragraph, one.annotator))


def _of_document(
    project: Project, annotator: str, document: str, said: Sequence[tuple[int, str, str]]
) -> list[Request]:
    records = [r for r in project.log.records(document=document) if r.annotator is not None]
    mine = next((r for r in records if r.annotator == annotator), None)
    if mine is None:
        return []
    made = {c.id: c for c in candidates(records, schema=project.schema)}
    every: tuple[Annotation, ...] = (*mine.spans, *mine.relations)
    own = {value.id: value for value in every}
    asked = _asked_at(project, document)
    done: dict[str, list[tuple[int, Action]]] = {}
    for event in project.log.events(document, annotator):
        done.setdefault(event.decision.item, []).append((event.sequence, event.decision.action))
        place = paragraph_item(event.decision.paragraph)
        done.setdefault(place, []).append((event.sequence, event.decision.action))
    notes = {item: text for _, _, item, text in project.log.notes(annotator, documents=[document])}
    # What is about the whole document is answered in its first paragraph.
    places = [
        (_own_item(made.get(item), made, own, annotator), paragraph_item(max(0, paragraph)))
        for paragraph, item, _ in said
    ]
    asked_about = Counter(at or there for at, there in places)
    out: list[Request] = []
    for (paragraph, item, text), (at, there) in zip(said, places, strict=True):
        since = asked.get(item, 0)
        acts = {act for sequence, act in done.get(at or there, ()) if sequence > since}
        note, several = notes.get(at or there, ""), asked_about[at or there] > 1
        answer = _answer(note, text, alone=not several and Action.NOTE in acts) if acts else ""
        outcome: Outcome = "changed" if acts - {Action.NOTE} else "answered" if answer else "open"
        out.append(
            Request(annotator, document, paragraph, at, text, outcome, answer, item, note, several)
        )
    return out


def note_with(asked: Request, answer: str) -> str:
    """The note with an answer in it, which replaces an earlier answer. What else the annotator
    noted stays, and so do the answers to other questions."""
    lead = _lead(asked.text)
    kept = [part for part in asked.note.split(_BETWEEN) if part and not part.startswith(lead)]
    if asked.answer == asked.note:
        kept = []
    if not kept and not asked.several:
        return answer
    return _BETWEEN.join([*kept, *([lead + answer] if answer else [])])


_BETWEEN = " / "
"""Stands between the answers to several questions in one note."""


def _lead(question: str) -> str:
    """What an answer begins with in a note that holds more than this answer."""
    return f"{question.replace(_BETWEEN, ', ')} → "


def _answer(note: str, question: str, *, alone: bool) -> str:
    """The answer to a question in a note; if it is `alone`, any note answers it."""
    lead = _lead(question)
    parts = (part.removeprefix(lead) for part in note.split(_BETWEEN) if part.startswith(lead))
    return next(parts, note if alone else "")


def _asked_at(project: Project, document: str) -> dict[str, int]:
    """The place in the log at which review last wrote to the annotators about an item."""
    return {
        event.decision.item: event.sequence
        for event in project.log.events(document, GOLD)
        if event.decision.after is not None
        and message_of(event.decision.after.note)
        and event.decision.action is Action.NOTE
    }


def _own_item(
    asked: Candidate | None,
    made: Mapping[str, Candidate],
    own: Mapping[str, Annotation],
    annotator: str,
) -> str:
    """The annotator's own version of an item that review wrote about: the same item, or else the
    one in its layer that overlaps it most; empty if there is none."""
    if asked is None:
        return ""
    mine = dict(asked.own).get(annotator, "")
    if mine in own:
        return mine
    value = asked.value
    if isinstance(value, Relation):
        target = made.get(value.target)
        at = dict(target.own).get(annotator, "") if target is not None else ""
        edges = (
            v.id
            for v in own.values()
            if isinstance(v, Relation) and (v.target, v.layer) == (at, value.layer)
        )
        return next(edges, at)
    near = [
        (overlap(v, value), v.id)
        for v in own.values()
        if isinstance(v, Span) and v.layer == value.layer and overlap(v, value)
    ]
    return max(near)[1] if near else ""


__all__ = ["Outcome", "Request", "answers", "note_with", "requests"]
