"""Converts model values to JSON and back: one form for the log, the state and the suggestions."""

from __future__ import annotations

import os
import random
import sys
import threading
import time
from collections.abc import Mapping
from typing import Any

from annotator.json_text import json_text
from annotator.model.decision import (
    Action,
    Completion,
    CompletionMark,
    Decision,
    Event,
    ItemValue,
    ParagraphMark,
    Standing,
    Status,
)
from annotator.model.span import Annotation, Relation, Span
from annotator.store.isolation import check_attributes, check_numbers, check_texts, state_of

_STATUS = {status.value: status for status in Status}
_NO_ATTRIBUTES: Mapping[str, Any] = {}


def annotation_json(value: Annotation) -> dict[str, Any]:
    """A span or relation as JSON values."""
    shared = {
        "id": value.id,
        "layer": value.layer,
        "label": value.label,
        "attributes": dict(value.attributes),
        "origin": value.origin,
    }
    if isinstance(value, Span):
        return {**shared, "start": value.start, "end": value.end, "entity": value.entity}
    return {**shared, "source": value.source, "target": value.target}


def annotation_of(data: dict[str, Any]) -> Annotation:
    """The span or relation of JSON values."""
    # Strings that occur in every annotation of a project are stored only once in memory.
    layer, label, origin = (
        sys.intern(data["layer"]),
        sys.intern(data["label"]),
        sys.intern(data["origin"]),
    )
    attributes = check_attributes(data["attributes"], origin) or _NO_ATTRIBUTES
    check_texts(id=data["id"])
    if "start" in data:
        check_numbers(start=data["start"], end=data["end"])
        if data["entity"] is not None:
            check_texts(entity=data["entity"])
        return Span(
            data["id"], layer, label, data["start"], data["end"], data["entity"], attributes, origin
        )
    check_texts(source=data["source"], target=data["target"])
    return Relation(data["id"], layer, label, data["source"], data["target"], attributes, origin)


def kind_of(value: ItemValue | None) -> str:
    """The kind of a value as the item table names it."""
    if isinstance(value, Span):
        return "span"
    if isinstance(value, Relation):
        return "relation"
    if isinstance(value, ParagraphMark):
        return "paragraph"
    return "none" if value is None else "document"


def standing_text(standing: Standing | None) -> str | None:
    """A state as JSON text; None for none."""
    return None if standing is None else json_text(standing_json(standing))


def standing_json(standing: Standing) -> dict[str, Any]:
    """A state as JSON values."""
    value = standing.value
    data: dict[str, Any] = {"status": standing.status.value}
    if isinstance(value, Span | Relation):
        data["value"] = annotation_json(value)
    elif isinstance(value, ParagraphMark):
        data["mark"] = {"done": value.done, "excluded": value.excluded}
    elif value is not None:
        data["completion"] = value.completion.value
        if value.based_on:
            data["based_on"] = dict(value.based_on)
    if standing.note:
        data["note"] = standing.note
    if standing.flagged:
        data["flagged"] = True
    if standing.open:
        data["open"] = list(standing.open)
    return data


def standing_of(text: str | None) -> Standing | None:
    """The state of a JSON text."""
    return None if text is None else _standing(state_of(text))


def _standing(data: dict[str, Any]) -> Standing:
    value: ItemValue | None = None
    if "value" in data:
        value = annotation_of(data["value"])
    elif "mark" in data:
        value = ParagraphMark(**data["mark"])
    elif "completion" in data:
        value = CompletionMark(Completion(data["completion"]), data.get("based_on", {}))
    return Standing(
        _STATUS[data["status"]],
        value,
        data.get("note", ""),
        data.get("flagged", False),
        tuple(data.get("open", ())),
    )


EVENT_COLUMNS = (
    "id, sequence, revision, document, annotator, time, "
    "grouping, action, item, paragraph, before, after, reverts, reviewer"
)


def check_id(item: str, standing: Standing | None) -> None:
    """Raise ValueError for a state with an annotation that has another id."""
    value = None if standing is None else standing.value
    if isinstance(value, Span | Relation) and value.id != item:
        raise ValueError("its id does not match")


def event_of(row: tuple[Any, ...]) -> Event:
    """The event in a row of `EVENT_COLUMNS`."""
    id_, sequence, revision, document, annotator, time_, group, action, item, paragraph, *rest = row
    before, after, of, reviewer = rest
    decision = Decision(
        group, Action(action), item, paragraph, standing_of(before), standing_of(after), of
    )
    check_id(item, decision.before)
    check_id(item, decision.after)
    return Event(id_, sequence, revision, document, annotator, time_, decision, reviewer)


TIME = "%Y-%m-%dT%H:%M:%SZ"
"""How times are written: ISO 8601, UTC, to the second."""


def now() -> str:
    """The present time in the format `TIME`."""
    return time.strftime(TIME, time.gmtime())


_last = [0, 0]
_guard = threading.Lock()
# Asking the system for random bytes takes longer than making the rest of an id, so they come from
# a generator that is seeded once. A child process seeds its own.
_chance = random.Random(os.urandom(32))
os.register_at_fork(after_in_child=lambda: _chance.seed(os.urandom(32)))


def uuid7() -> str:
    """A UUID version 7 (RFC 9562): 48 bits of milliseconds, then
    12 counting within one and 62 random.

    The ids of one process are strictly increasing.
    """
    with _guard:
        millis = max(time.time_ns() // 1_000_000, _last[0])
        count = _last[1] + 1 if millis == _last[0] else 0
        if count > 0xFFF:
            millis, count = millis + 1, 0
        _last[:] = [millis, count]
        tail = 0b10 << 62 | _chance.getrandbits(62)
    head, end = f"{millis:012x}", f"{tail:016x}"
    return f"{head[:8]}-{head[8:]}-7{count:03x}-{end[:4]}-{end[4:]}"
