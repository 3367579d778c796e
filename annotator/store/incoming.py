"""Writes imported completions: all of a file or none, in short turns if there are many."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace

from annotator.collector import collector_paused
from annotator.errors import InputError
from annotator.identity import kept_name
from annotator.model.decision import (
    DOCUMENT,
    Action,
    Completion,
    CompletionMark,
    ItemValue,
    ParagraphMark,
    Standing,
    Status,
    paragraph_item,
)
from annotator.model.names import Concepts
from annotator.model.record import GOLD, Record, same_work, shown_name
from annotator.model.span import Annotation
from annotator.model.text import Document
from annotator.store import documents, names, provenance
from annotator.store.codec import now, standing_text, uuid7
from annotator.store.connection import Database
from annotator.store.log import INSERT_EVENT, PUT_COMPLETION, PUT_ITEM, item_row
from annotator.store.long_work import Staging, long_work
from annotator.store.records import standing_record
from annotator.store.results import AddResult


def add_records(db: Database, incoming: Iterable[Record], *, concepts: Concepts) -> AddResult:
    """Import completions, all or none; see `project.log.add_records`."""
    # This work makes no reference cycles, so garbage collection would take a quarter of the time
    # and find nothing.
    with collector_paused(), long_work(db) as staging:
        bringing = _Incoming(db, staging, concepts)
        for one in incoming:
            bringing.bring(one)
    return bringing.result()


_State = tuple[str, int, Standing, str | None]
"""Item, paragraph, state, and the state as it is stored."""


class _Incoming:
    """The records of one import."""

    def __init__(self, db: Database, staging: Staging, concepts: Concepts) -> None:
        self._db, self._staging, self._concepts = db, staging, concepts
        self._placing = documents.NewTexts(staging)
        self._brought: dict[tuple[str, str], bytes] = {}
        self._fresh = 0
        self._known: list[str] = []

    def result(self) -> AddResult:
        """The result of the import."""
        return AddResult(self._fresh, len(self._brought), tuple(self._known))

    def bring(self, one: Record) -> None:
        """Take one record."""
        new = self._placing.place(one.document)
        self._fresh += new
        stored = one.document if new else self._stored(one.document)
        name = GOLD if one.annotator is None else kept_name(one.annotator)
        bounds = [(p.start, p.end) for p in one.document.paragraphs]
        if bounds != [(p.start, p.end) for p in stored.paragraphs]:
            raise InputError(
                f"“{stored.id}” has other paragraphs in the project",
                key="paragraphs",
                hint="Import it into another project, or leave out `paragraphs`",
            )
        states = [
            (item, paragraph, after, standing_text(after))
            for item, paragraph, after in _standings(stored, one)
        ]
        digest = _digest((item, text) for item, _, _, text in states)
        if self._is_there(stored, name, one, digest):
            self._known.append(f"{stored.id} ({shown_name(name)})")
            return
        self._write(stored, name, one, states)
        self._brought[stored.id, name] = digest

    def _stored(self, document: Document) -> Document:
        """A document as it is in the project, from before or from this import."""
        paragraphs = self._placing.paragraphs.get(document.id)
        if paragraphs is None:
            return documents.load(self._db, document.id)
        return replace(document, paragraphs=paragraphs)

    def _is_new(self, document: Document) -> bool:
        """Whether this import brings the document, so that nobody has worked on it."""
        return document.id in self._placing.paragraphs

    def _is_there(self, stored: Document, name: str, one: Record, digest: bytes) -> bool:
        """Whether exactly this completion is already there. Raises InputError if there is a
        different one."""
        brought = self._brought.get((stored.id, name))
        sql = (
            "SELECT completion FROM completion WHERE annotator = ? AND document = ? AND "
            "completion <> 'new'"
        )
        begun = None if self._is_new(stored) else self._db.row(sql, (name, stored.id))
        if brought is None and begun is None:
            return False
        if begun is not None:
            there = standing_record(self._db, stored, name, Completion(begun[0]))
            if same_work(there, one):
                return True
        elif brought == digest:
            return True
        raise InputError(
            f"“{stored.id}” already has other work of {'the gold' if name == GOLD else name}",
            key="annotator",
            hint="Import it under another name with --as",
        )

    def _write(self, stored: Document, name: str, one: Record, states: Iterable[_State]) -> None:
        db = self._staging
        time, group = now(), uuid7()
        events_, items = [], []
        sql = "SELECT revision FROM completion WHERE annotator = ? AND document = ?"
        before = None if self._is_new(stored) else db.value(sql, (name, stored.id))
        for revision, (item, paragraph, after, text) in enumerate(states, (before or 0) + 1):
            events_.append(
                (
                    uuid7(),
                    stored.id,
                    name,
                    revision,
                    group,
                    Action.IMPORT.value,
                    item,
                    paragraph,
                    None,
                    text,
                    None,
                    time,
                    None,
                )
            )
            items.append(item_row(stored.id, name, item, paragraph, after, text))
        db.gather(INSERT_EVENT, events_)
        db.gather(PUT_ITEM, items)
        spans = ((name, s.id, stored.paragraph_at(s.start).index, s) for s in one.spans)
        db.gather(names.PUT_NAME, names.rows_of(stored.id, stored.text, spans, self._concepts))
        shown = sum(not p.excluded for p in one.document.paragraphs)
        row = (name, stored.id, one.status.value, events_[-1][3], len(one.done), shown, time)
        if not self._is_new(stored):
            db.keep_out(stored.id, name, before, hidden=True)
            # What the annotator saw here is no part of how the imported work was made.
            provenance.forget(db, stored.id, name)
        # Nobody can find it before its document is there, or before it is shown.
        db.gather(PUT_COMPLETION, [row])
        provenance.put_shown(db, stored.id, name, before or 0, one.shown)
        provenance.put_opened(db, stored.id, name, before or 0, one.opened)
        if one.history:
            provenance.put_imported(db, stored.id, name, one.history, events_[-1][3])


def _digest(states: Iterable[tuple[str, str | None]]) -> bytes:
    """A digest that distinguishes the work of records as `same_work` does."""
    lines = sorted(f"{item}\n{text}" for item, text in states)
    return hashlib.sha256("\0".join(lines).encode("utf-8", "surrogatepass")).digest()


def _standings(stored: Document, one: Record) -> Iterator[tuple[str, int, Standing]]:
    """The item, paragraph and state of every annotation and mark in a record."""

    flags = frozenset(one.flags)

    def standing(item: str, status: Status, value: ItemValue) -> Standing:
        return Standing(status, value, one.notes.get(item, ""), item in flags)

    paragraph_of = {s.id: stored.paragraph_at(s.start).index for s in one.spans}
    places = [(s, paragraph_of[s.id]) for s in one.spans]
    edges = [(r, paragraph_of[r.target]) for r in one.relations]
    placed: list[tuple[Annotation, int]] = [*places, *edges]
    for value, index in placed:
        status = Status.ACCEPTED if value.origin == "suggestion" else Status.ADDED
        yield value.id, index, standing(value.id, status, value)
    done = set(one.done)
    for own, theirs in zip(stored.paragraphs, one.document.paragraphs, strict=True):
        item = paragraph_item(own.index)
        excluded = None if own.excluded == theirs.excluded else theirs.excluded
        mark = ParagraphMark(own.index in done, excluded)
        if mark != ParagraphMark() or item in one.notes or item in flags:
            yield item, own.index, standing(item, Status.MARKED, mark)
    yield DOCUMENT, -1, standing(DOCUMENT, Status.MARKED, CompletionMark(one.status))


__all__ = ["add_records"]
