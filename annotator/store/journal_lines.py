"""The lines of a journal: each is a group of decisions with the ids of its future events, a number
and a checksum."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from annotator.errors import UsageError
from annotator.identity import kept_name
from annotator.json_text import json_text
from annotator.model.decision import Action, Decision, Group
from annotator.store.codec import now, standing_of, standing_text, uuid7
from annotator.store.isolation import check_numbers, check_texts, object_of, readable, reporting_to

ROOM = 1 << 16
"""The bytes by which a journal grows: room for more than a hundred decisions."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A group of decisions on its way into the database; `ids` are the ids of its events, in
    order."""

    document: str
    annotator: str
    group: Group
    ids: tuple[str, ...]
    time: str
    reviewer: str | None = None

    @classmethod
    def of(
        cls, document: str, annotator: str, group: Group, reviewer: str | None = None
    ) -> Pending:
        """A group of decisions that were just made."""
        return cls(document, annotator, group, tuple(uuid7() for _ in group), now(), reviewer)


def line_of(one: Pending, number: int | None = None) -> bytes:
    """The line of a group; the lines of a journal have numbers from 1."""
    data = {
        **({} if number is None else {"number": number}),
        "document": one.document,
        "annotator": one.annotator,
        "reviewer": one.reviewer,
        "time": one.time,
        "events": [
            {
                "id": id,
                "group": d.group,
                "action": d.action.value,
                "item": d.item,
                "paragraph": d.paragraph,
                "before": standing_text(d.before),
                "after": standing_text(d.after),
                "reverts": d.reverts,
            }
            for id, d in zip(one.ids, one.group, strict=True)
        ],
    }
    text = json_text(data).encode()
    return b"%08x %b\n" % (zlib.crc32(text), text)


def groups(data: bytes) -> Iterator[tuple[bytes, Pending | None]]:
    """The lines of a file and the groups in them; None for a line that cannot be read, such as a
    last one that is incomplete."""
    *lines, rest = data.rstrip(b"\0").split(b"\n")
    with reporting_to(lambda *_: None):
        for line in lines:
            yield line + b"\n", readable(partial(_pending, line), str)
    if rest:
        yield rest + b"\n", None


def is_cut(data: bytes) -> bool:
    """Whether a journal lacks lines that were in it: their numbers have a gap, or the zeros after
    them are not as they were. Nobody can tell if no line is left, or if an older program wrote the
    journal: it wrote no numbers and no zeros."""
    lines = data.rstrip(b"\0").split(b"\n")[:-1]
    last = next((n for line in reversed(lines) if (n := _number(line)) is not None), None)
    is_filled = len(data) % ROOM == 0 and data.endswith(b"\0")
    return last is not None and (last > len(lines) or not is_filled)


def _number(line: bytes) -> int | None:
    """The number of a line of a journal, if it has one and can be read."""
    head, _, text = line.partition(b" ")
    if head != b"%08x" % zlib.crc32(text):
        return None
    number = readable(lambda: object_of(text.decode()).get("number"), str)
    return number if isinstance(number, int) else None


def _check_optional(**texts: object) -> None:
    check_texts(**{name: text for name, text in texts.items() if text is not None})


def _pending(line: bytes) -> Pending:
    """The group in a line. Damage can raise any error that reading can."""
    head, _, text = line.partition(b" ")
    if head != b"%08x" % zlib.crc32(text):
        raise ValueError("its checksum is wrong")
    data = object_of(text.decode())
    events = data["events"]
    check_texts(document=data["document"], annotator=data["annotator"], time=data["time"])
    _check_optional(reviewer=data["reviewer"])
    if not events:
        raise ValueError("it has no decisions")
    for e in events:
        check_texts(id=e["id"], group=e["group"], item=e["item"])
        _check_optional(reverts=e["reverts"])
        check_numbers(paragraph=e["paragraph"])
    try:
        kept_name(data["annotator"])
    except UsageError as error:
        raise ValueError(error.message) from error
    group = tuple(
        Decision(
            e["group"],
            Action(e["action"]),
            e["item"],
            e["paragraph"],
            standing_of(e["before"]),
            standing_of(e["after"]),
            e["reverts"],
        )
        for e in events
    )
    ids = tuple(e["id"] for e in events)
    found = Pending(data["document"], data["annotator"], group, ids, data["time"], data["reviewer"])
    line_of(found)  # Raises ValueError for what UTF-8 cannot hold, such as half a character.
    return found


__all__ = ["ROOM", "Pending", "groups", "is_cut", "line_of"]
