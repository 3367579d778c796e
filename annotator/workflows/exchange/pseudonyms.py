"""Replaces names of people with pseudonyms that are the same in every file and every export of a
project."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from annotator.model.decision import Event
from annotator.model.names import Ruling
from annotator.model.other_names import OtherNames
from annotator.model.record import GOLD, Record
from annotator.project import Project


class Pseudonyms:
    """The pseudonyms of a project: `coder-` and ten hexadecimal digits, from a keyed hash of the
    name: among thousands of people, no two have the same. The key is the project's own number,
    which no export contains."""

    def __init__(self, project: Project) -> None:
        key = (project.setting("project") or "").encode()
        self._names = {name: _pseudonym(name, key) for name in sorted(set(_people(project)))}
        self._in_texts = OtherNames(self._names)

    @property
    def called(self) -> Mapping[str, str]:
        """The pseudonym of every annotator and reviewer."""
        return self._names

    def name(self, who: str) -> str:
        """The pseudonym of an annotator or reviewer."""
        return self._names.get(who, who)

    def text(self, text: str) -> str:
        """A text with the names, in upper or lower case, replaced by pseudonyms."""
        return self._in_texts.text(text)

    def value(self, value: Any) -> Any:
        """A JSON value with the pseudonyms in place of strings that are names."""
        if isinstance(value, str):
            return self.name(value)
        if isinstance(value, Mapping):
            return {
                self.name(key) if isinstance(key, str) else key: self.value(own)
                for key, own in value.items()
            }
        if isinstance(value, list | tuple):
            return [self.value(own) for own in value]
        return value

    def record(self, record: Record) -> Record:
        """A record without the names of people in annotator, history and notes."""
        return replace(
            record,
            annotator=None if record.annotator is None else self.name(record.annotator),
            history=_sorted_lists(self.value(record.history)),
            notes={item: self.text(note) for item, note in record.notes.items()},
        )

    def records(self, records: Iterable[Record]) -> Iterable[Record]:
        """All records without the names of people."""
        return map(self.record, records)


def _people(project: Project) -> Iterator[str]:
    """Everybody who annotated, reviewed, ruled on names or changed the codebook, here or in an
    imported gold; some more than once."""
    for row in project.log.completions():
        if row.annotator != GOLD:
            yield row.annotator
    for document in project.documents.ids():
        yield from _reviewers(project.log.events(document, GOLD))
    yield from _reviewers(project.names.rulings())
    for change in project.names.codebook_events():
        yield change.who
    for record in project.log.records(annotator=GOLD):
        yield from _named(record.history)


def _reviewers(acts: Iterable[Event | Ruling]) -> Iterator[str]:
    """Those who did something in review."""
    for act in acts:
        if act.reviewer is not None:
            yield act.reviewer


def _pseudonym(name: str, key: bytes) -> str:
    digest = hashlib.blake2b(name.encode("utf-8", "surrogatepass"), key=key[:64], digest_size=5)
    return f"coder-{digest.hexdigest()}"


def _named(history: Mapping[str, Any]) -> set[str]:
    """The people that the history of a gold record names."""
    names = {*history.get("eligible", ()), *history.get("reviewers", ())}
    names |= {change.get("annotator") for change in history.get("changed_since", ())}
    for item in history.get("items", {}).values():
        names |= {*item.get("votes", ()), item.get("reviewer")}
    return {name for name in names if isinstance(name, str)}


def _sorted_lists(history: dict[str, Any]) -> dict[str, Any]:
    """Lists of people sorted by pseudonym, so that the order reveals nothing about the names."""
    for key in ("eligible", "reviewers"):
        if key in history:
            history[key] = sorted(history[key])
    for item in history.get("items", {}).values():
        if "votes" in item:
            item["votes"] = sorted(item["votes"])
    return history


__all__ = ["Pseudonyms"]
