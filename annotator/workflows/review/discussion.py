"""What a reviewer writes on an item: the reason for a decision, and a message to its annotators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from annotator.model.record import GOLD
from annotator.project import Project

MESSAGE = "»"
"""The beginning of the part of a reviewer's note that is for the annotators."""


@dataclass(frozen=True, slots=True)
class Message:
    """A reviewer's note to the annotators on an item of a document
    (its paragraph -1 for the document)."""

    document: str
    paragraph: int
    item: str
    text: str


def reason_of(note: str) -> str:
    """The code of the reason in a reviewer's note: the text before the first colon or message."""
    first = note.partition(MESSAGE)[0].strip()
    return first.partition(":")[0].strip()


def reason_from(text: str, codes: Sequence[str]) -> tuple[str, str]:
    """A typed reason, and why it is not accepted, if so. A digit means the code with that number,
    alone or before a colon; the beginning of a code is not a code."""
    head, colon, words = text.strip().partition(":")
    head = head.strip()
    if head.isdigit() and 1 <= int(head) <= len(codes):
        head = codes[int(head) - 1]
    head = next((code for code in codes if code.casefold() == head.casefold()), head)
    reason = f"{head}: {words.strip()}" if colon and words.strip() else head
    if head in codes:
        return reason, ""
    if head.isdigit():
        return reason, f"there is no code {head}; the codes are {', '.join(codes)}"
    if head and any(code.casefold().startswith(head.casefold()) for code in codes):
        return reason, f"“{head}” is only the beginning of a code; the codes are {', '.join(codes)}"
    return reason, ""


def message_of(note: str) -> str:
    """What a note says to the annotators; may be empty."""
    return note.partition(MESSAGE)[2].strip()


def note_of(reason: str, message: str) -> str:
    """A note with a reason and a message to the annotators, either of which may be empty."""
    return (
        f"{reason.strip()} {MESSAGE} {message.strip()}".strip()
        if message.strip()
        else reason.strip()
    )


def messages(project: Project, documents: Sequence[str] | None = None) -> list[Message]:
    """What review says to the annotators, in document order, in all documents or some."""
    notes = project.log.notes(GOLD, documents=documents)
    found = [Message(d, p, i, message_of(n)) for d, p, i, n in notes]
    return [message for message in found if message.text]


__all__ = [
    "MESSAGE",
    "Message",
    "message_of",
    "messages",
    "note_of",
    "reason_from",
    "reason_of",
]
