"""The record: one annotator's work on one document, as it is exported and imported."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from annotator.errors import InputError
from annotator.model.decision import Completion
from annotator.model.provenance import HISTORY, Shown, shown_from, shown_json
from annotator.model.span import Relation, Span, reading_order, relation_order
from annotator.model.text import Document

GOLD = "@gold"
"""The reserved annotator whose work is the gold."""


COMPLETION = "completion"
"""The key of a record's metadata that holds what the completion adds to the document's."""


_OPENED = (("opened", False), ("blind", True))
"""The keys of what a completion adds that list opened paragraphs, each with whether these were
blind."""


def shown_name(annotator: str) -> str:
    """The annotator as people read it: by name, or `gold`."""
    return "gold" if annotator == GOLD else annotator


@dataclass(frozen=True, slots=True)
class Record:
    """The content of one completion. Spans are in reading order, relations by target, source,
    layer, id.

    The paragraphs of `document` carry `excluded` as it holds for this annotator, and its `meta` is
    the document's own, without what the completion adds. `annotator` is None exactly for gold
    (status `gold`). `done` holds the indices of paragraphs marked as done, ascending; `notes` and
    `flags` go by item: the id of a span or relation, `@p3` for a paragraph, `@document`.
    """

    document: Document
    annotator: str | None
    status: Completion
    spans: tuple[Span, ...] = ()
    relations: tuple[Relation, ...] = ()
    done: tuple[int, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    shown: tuple[Shown, ...] = ()
    """The suggestions that the annotator was shown here, by paragraph and id."""
    opened: Mapping[int, bool] = field(default_factory=dict)
    """The paragraphs that the annotator opened, as far as it is recorded, each with whether it was
    blind: then suggestions were hidden there."""
    history: Mapping[str, Any] = field(default_factory=dict)
    """For gold: how its items came about, as in `meta.gold`; empty if nothing is known."""

    @property
    def meta(self) -> dict[str, Any]:
        """The document's metadata, with what the completion adds under `completion` when there is
        any, and the history of gold under `gold`."""
        added: dict[str, Any] = {}
        if self.done:
            added["done"] = list(self.done)
        if self.notes:
            added["notes"] = dict(sorted(self.notes.items()))
        if self.flags:
            added["flags"] = list(self.flags)
        if self.shown:
            added["shown"] = [shown_json(one) for one in self.shown]
        for key, blind in _OPENED:
            if there := sorted(at for at, value in self.opened.items() if value is blind):
                added[key] = there
        meta = {key: value for key, value in self.document.meta.items() if key != COMPLETION}
        if self.history:
            meta[HISTORY] = dict(self.history)
        return {**meta, COMPLETION: added} if added else meta


@dataclass(frozen=True, slots=True)
class CompletionMeta:
    """The metadata that a completion adds to that of its document."""

    done: tuple[int, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    shown: tuple[Shown, ...] = ()
    opened: Mapping[int, bool] = field(default_factory=dict)
    history: Mapping[str, Any] = field(default_factory=dict)


def same_work(a: Record, b: Record) -> bool:
    """Whether two records contain the same work on the same paragraphs, whoever did it."""

    def key(r: Record) -> tuple[object, ...]:
        spans, relations = (
            sorted(r.spans, key=reading_order),
            sorted(r.relations, key=relation_order),
        )
        excluded = [p.excluded for p in r.document.paragraphs]
        return r.status, spans, relations, excluded, r.done, dict(r.notes), tuple(sorted(r.flags))

    return key(a) == key(b)


def split_meta(
    meta: Mapping[str, Any], *, gold: bool = False
) -> tuple[dict[str, Any], CompletionMeta]:
    """A record's metadata, divided into the document's own and what the completion adds; of a
    record of gold, the history of its items is not part of the document's.

    Raises InputError, naming the key, when the latter does not have
    the shape that `Record.meta` gives it.
    """
    own = {key: value for key, value in meta.items() if key != COMPLETION}
    history = own.pop(HISTORY) if gold and is_history(own.get(HISTORY)) else {}
    added = meta.get(COMPLETION, {})
    if not isinstance(added, Mapping):
        raise _wrong("", "must be an object")
    for key in added:
        if key not in ("done", "notes", "flags", "shown", "opened", "blind"):
            raise _wrong(key, "unknown key")
    return own, _completion_meta(added, history)


def _completion_meta(added: Mapping[str, Any], history: Mapping[str, Any]) -> CompletionMeta:
    """What the completion adds to the metadata. Raises InputError for another shape."""
    done, notes, flags = added.get("done", []), added.get("notes", {}), added.get("flags", [])
    if not _is_list_of(done, _is_index):
        raise _wrong("done", _INDICES)
    if not isinstance(notes, Mapping) or not all(isinstance(note, str) for note in notes.values()):
        raise _wrong("notes", "must be an object of strings")
    if not _is_list_of(flags, lambda item: isinstance(item, str)):
        raise _wrong("flags", "must be a list of strings")
    seen = _shown(added.get("shown", []))
    opened = _opened(added)
    return CompletionMeta(_sorted(done), dict(notes), _sorted(flags), seen, opened, history)


def _opened(added: Mapping[str, Any]) -> dict[int, bool]:
    """The opened paragraphs, with whether they were blind. Raises InputError for another shape."""
    opened: dict[int, bool] = {}
    for key, blind in _OPENED:
        listed = added.get(key, [])
        if not _is_list_of(listed, _is_index):
            raise _wrong(key, _INDICES)
        if both := opened.keys() & set(listed):
            raise _wrong(key, f"has the paragraph {min(both)}, which stands under opened too")
        opened |= dict.fromkeys(listed, blind)
    return dict(sorted(opened.items()))


_INDICES = "must be a list of paragraph indices"


def _is_index(value: object) -> bool:
    return type(value) is int and value >= 0


def _is_list_of(value: object, fits: Callable[[Any], bool]) -> bool:
    return isinstance(value, list) and all(fits(one) for one in value)


def _shown(listed: object) -> tuple[Shown, ...]:
    """The suggestions that were shown, by paragraph and id. Raises InputError for anything else."""
    shown = [shown_from(one) for one in listed] if isinstance(listed, list) else [None]
    seen = [one for one in shown if one is not None]
    if len(seen) < len(shown) or len({one.id for one in seen}) < len(seen):
        raise _wrong(
            "shown",
            "must be a list of suggestions, each once, with id, paragraph, layer, label and place",
        )
    return tuple(sorted(seen, key=lambda one: (one.paragraph, one.id)))


def is_history(value: object) -> bool:
    """Whether a value has the shape of the history of a gold record's items."""
    return (
        isinstance(value, Mapping)
        and isinstance(value.get("items"), Mapping)
        and all(isinstance(item, Mapping) for item in value["items"].values())
    )


def _sorted(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(sorted(set(values)))


def _wrong(key: str, message: str) -> InputError:
    place = f"meta.{COMPLETION}.{key}" if key else f"meta.{COMPLETION}"
    return InputError(
        message,
        key=place,
        hint="Keys here: done, opened, blind (indices), notes (by item), flags (items), shown",
    )


__all__ = [
    "COMPLETION",
    "GOLD",
    "CompletionMeta",
    "Record",
    "same_work",
    "shown_name",
    "split_meta",
]
