"""Replaces names of people with pseudonyms that are the same in every file and every export of a
project."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from annotator.model.decision import Event
from annotator.model.names import Ruling
from annotator.model.other_names import OtherNames
from annotator.model.provenance import Shown
from annotator.model.record import GOLD, Record
from annotator.model.span import Relation, Span, reading_order, relation_order
from annotator.project import Project


class Pseudonyms:
    """The pseudonyms of a project: `coder-` and ten hexadecimal digits, from a keyed hash of the
    name: among thousands of people, no two have the same. The key is the project's own number,
    which no export contains."""

    def __init__(self, project: Project) -> None:
        self._key = (project.setting("project") or "").encode()[:64]
        people = sorted(set(_people(project)))
        self._names = {name: f"coder-{self._digest(name)}" for name in people}
        self._in_texts = OtherNames(self._names)
        within = "|".join(map(re.escape, people)) or r"(?!)"
        self._in_ids = re.compile(within, re.IGNORECASE)

    @property
    def called(self) -> Mapping[str, str]:
        """The pseudonym of every annotator and reviewer."""
        return self._names

    def name(self, who: str) -> str:
        """The pseudonym of an annotator or reviewer."""
        return self._names.get(who, who)

    def id(self, item: str) -> str:
        """The id of an item; a hash of it if it contains a name, since other programs make ids of
        the names of their users."""
        if item.startswith("@") or self._in_ids.search(item) is None:
            return item
        return f"item-{self._digest(item)}"

    def _digest(self, text: str) -> str:
        data = text.encode("utf-8", "surrogatepass")
        return hashlib.blake2b(data, key=self._key, digest_size=5).hexdigest()

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
        """A record without the names of people in annotator, ids, history and notes."""
        return replace(
            record,
            annotator=None if record.annotator is None else self.name(record.annotator),
            spans=tuple(sorted(map(self._span, record.spans), key=reading_order)),
            relations=tuple(sorted(map(self._relation, record.relations), key=relation_order)),
            shown=tuple(sorted(map(self._shown, record.shown), key=lambda o: (o.paragraph, o.id))),
            history=_sorted_lists(self._history(record.history)),
            notes={self.id(item): self.text(note) for item, note in record.notes.items()},
            flags=tuple(sorted(map(self.id, record.flags))),
        )

    def _span(self, span: Span) -> Span:
        return replace(span, id=self.id(span.id))

    def _relation(self, one: Relation) -> Relation:
        ends = self.id(one.source), self.id(one.target)
        return replace(one, id=self.id(one.id), source=ends[0], target=ends[1])

    def _shown(self, one: Shown) -> Shown:
        source, target = (end and self.id(end) for end in (one.source, one.target))
        return replace(one, id=self.id(one.id), source=source, target=target)

    def _history(self, history: Mapping[str, Any]) -> dict[str, Any]:
        """The history of a gold record; it names items by id, and people."""
        items = history.get("items")
        released: dict[str, Any] = self.value({k: v for k, v in history.items() if k != "items"})
        if items is not None:
            released["items"] = {self.id(id): self.value(own) for id, own in items.items()}
        for change in released.get("changed_since", ()):
            if "item" in change:
                change["item"] = self.id(change["item"])
        return released

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
