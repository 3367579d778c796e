"""What review asks an annotator, item by item, and whether they have answered or changed their work
since."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from annotator.merging.api import Candidate, candidates
from annotator.model.decision import NOTE_PARTS, Action, paragraph_item
from annotator.model.record import GOLD
from annotator.model.span import Annotation, Relation, Span, overlap
from annotator.model.text import Document
from annotator.project import Project
from annotator.workflows.review.discussion import Message, message_of, messages

Outcome = Literal["open", "answered", "changed"]


@dataclass(frozen=True, slots=True)
class Request:
    """One question of review to an annotator: the item of theirs that it is about (empty if they
    made none), document and paragraph (-1 for the whole document), the words, and whether they have
    answered in a note on it or changed it since. `gold` is the item on which review wrote it.
    `note` is the whole note; if it holds more than the answer (`several`), the answer stands in it
    after the words of the question. `words` are those in the text that it is about, from the offset
    `at` on (empty and -1 if it is about no place)."""

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
    words: str = ""
    at: int = -1


def requests(
    project: Project, annotator: str, documents: Sequence[str] | None = None
) -> list[Request]:
    """What review asks an annotator in all documents or some, in document and reading order. Reads
    only the documents in which review wrote something."""
    found: list[Request] = []
    by_item: dict[str, list[Message]] = {}
    for message in messages(project, documents):
        by_item.setdefault(message.document, []).append(message)
    for document, several in by_item.items():
        asked = _of_document(project, annotator, document, several)
        found += sorted(asked, key=lambda one: (one.paragraph, one.at))
    return found


def answers(project: Project) -> list[Request]:
    """What annotators answered to review or changed since its question, in document order."""
    people = sorted({row.annotator for row in project.log.completions()} - {GOLD})
    found = [one for who in people for one in requests(project, who) if one.outcome != "open"]
    order = {id: i for i, id in enumerate(project.documents.ids())}
    return sorted(found, key=lambda one: (order[one.document], one.paragraph, one.annotator))


def _of_document(
    project: Project, annotator: str, document: str, asked: Sequence[Message]
) -> list[Request]:
    work = _AskedWork.read(project, annotator, document)
    if work is None:
        return []
    items = [work.own_item(message.item) for message in asked]
    # What is about the whole document is answered in its first paragraph.
    places = [
        item or paragraph_item(max(0, message.paragraph))
        for item, message in zip(items, asked, strict=True)
    ]
    at_place = Counter(places)
    return [
        work.request(message, item, place, several=at_place[place] > 1)
        for message, item, place in zip(asked, items, places, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _AskedWork:
    """An annotator's work on a document that review wrote about: `made` has what annotators made
    in its `text`, and `own` the annotator's part of it, both by id; `acts` what the annotator did
    about an item or a paragraph, with its place in the log; `notes` their notes by item; `asked`
    the place in the log at which review last wrote about an item."""

    annotator: str
    text: Document
    made: Mapping[str, Candidate]
    own: Mapping[str, Annotation]
    acts: Mapping[str, Sequence[tuple[int, Action]]]
    notes: Mapping[str, str]
    asked: Mapping[str, int]

    @classmethod
    def read(cls, project: Project, annotator: str, document: str) -> _AskedWork | None:
        """Read the work; None if the annotator did none."""
        records = [r for r in project.log.records(document=document) if r.annotator is not None]
        mine = next((r for r in records if r.annotator == annotator), None)
        if mine is None:
            return None
        every: tuple[Annotation, ...] = (*mine.spans, *mine.relations)
        notes = project.log.notes(annotator, documents=[document])
        return cls(
            annotator,
            mine.document,
            {c.id: c for c in candidates(records, schema=project.schema)},
            {value.id: value for value in every},
            _acts(project, annotator, document),
            {item: text for _, _, item, text in notes},
            _asked_at(project, document),
        )

    def request(self, message: Message, item: str, place: str, *, several: bool) -> Request:
        """A message with what the annotator did about it: `place` is where they answer it, and
        `several` questions are answered there."""
        since, note = self.asked.get(message.item, 0), self.notes.get(place, "")
        acts = {act for sequence, act in self.acts.get(place, ()) if sequence > since}
        answer = ""
        if acts:
            answer = _answer(note, message.text, alone=not several and Action.NOTE in acts)
        outcome: Outcome = "changed" if acts - {Action.NOTE} else "answered" if answer else "open"
        span = self._span(message.item)
        return Request(
            self.annotator,
            message.document,
            message.paragraph,
            item,
            message.text,
            outcome,
            answer,
            message.item,
            note,
            several,
            self.text.quote(span.start, span.end) if span is not None else "",
            span.start if span is not None else -1,
        )

    def _span(self, asked: str) -> Span | None:
        """The span that review wrote about, or the target of the relation."""
        value = self.made[asked].value if asked in self.made else None
        if isinstance(value, Relation):
            value = self.made[value.target].value if value.target in self.made else None
        return value if isinstance(value, Span) else None

    def own_item(self, asked: str) -> str:
        """The annotator's own version of an item that review wrote about: the same item, or else
        the nearest one; empty if there is none."""
        candidate = self.made.get(asked)
        if candidate is None:
            return ""
        mine = self._made_as(candidate)
        if mine in self.own:
            return mine
        if isinstance(candidate.value, Relation):
            return self._on_same_target(candidate.value)
        return self._overlapping(candidate.value)

    def _made_as(self, candidate: Candidate | None) -> str:
        """The id of a candidate in the annotator's own work; empty if they did not make it."""
        return dict(candidate.own).get(self.annotator, "") if candidate is not None else ""

    def _on_same_target(self, relation: Relation) -> str:
        """The annotator's own relation in the same layer on the same target, or else the target."""
        target = self._made_as(self.made.get(relation.target))
        wanted = (target, relation.layer)
        for value in self.own.values():
            if isinstance(value, Relation) and (value.target, value.layer) == wanted:
                return value.id
        return target

    def _overlapping(self, span: Span) -> str:
        """The annotator's own span in the same layer that overlaps it most."""
        near = [
            (overlap(value, span), value.id)
            for value in self.own.values()
            if isinstance(value, Span) and value.layer == span.layer and overlap(value, span)
        ]
        return max(near)[1] if near else ""


def _acts(project: Project, annotator: str, document: str) -> dict[str, list[tuple[int, Action]]]:
    """What an annotator did about each item and each paragraph, with its place in the log."""
    acts: dict[str, list[tuple[int, Action]]] = {}
    for event in project.log.events(document, annotator):
        decision = event.decision
        for item in (decision.item, paragraph_item(decision.paragraph)):
            acts.setdefault(item, []).append((event.sequence, decision.action))
    return acts


def note_with(asked: Request, answer: str) -> str:
    """The note with an answer in it, which replaces an earlier answer. What else the annotator
    noted stays, and so do the answers to other questions."""
    lead = _lead(asked.text)
    kept = [part for part in asked.note.split(NOTE_PARTS) if part and not part.startswith(lead)]
    if asked.answer == asked.note:
        kept = []
    if not kept and not asked.several:
        return answer
    return NOTE_PARTS.join([*kept, *([lead + answer] if answer else [])])


def _lead(question: str) -> str:
    """What an answer begins with in a note that holds more than this answer."""
    return f"{question.replace(NOTE_PARTS, ', ')} → "


def _answer(note: str, question: str, *, alone: bool) -> str:
    """The answer to a question in a note; if it is `alone`, any note answers it."""
    lead = _lead(question)
    parts = (part.removeprefix(lead) for part in note.split(NOTE_PARTS) if part.startswith(lead))
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


__all__ = ["Outcome", "Request", "answers", "note_with", "requests"]
