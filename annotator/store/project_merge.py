"""Merges the documents and the work of another database into this one by its log, completely or not
at all.

Events have ids of their own, and nobody changes them. So of two logs of one annotator's work on one
text, either one continues the other, or both continued separately. In the first case, the missing
events are appended with everything that belongs to them; in the second case, nothing is changed.
Merging makes no event of its own, so two hosts that merge each other's work end up with the same
logs. Both databases are read first, and what is missing is collected; then it is written in short
turns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field, replace
from heapq import merge as in_turn
from pathlib import Path
from typing import TypeAlias

from annotator.errors import ConflictError, StoreError, UsageError
from annotator.identity import kept_name
from annotator.model.decision import (
    DOCUMENT,
    Action,
    Completion,
    CompletionMark,
    ParagraphMark,
    Standing,
    paragraph_item,
)
from annotator.model.names import concepts_of
from annotator.model.schema import LabelSchema
from annotator.model.span import Annotation, Relation, Span
from annotator.model.text import Document, text_sha256
from annotator.store import codebook, documents, names, provenance, rulings
from annotator.store.codec import standing_of
from annotator.store.connection import SCHEMA_VERSION, Database, Row
from annotator.store.log import INSERT_EVENT, PUT_COMPLETION, PUT_ITEM, item_row
from annotator.store.results import Fork, MergeResult
from annotator.store.turns import Staging, long_work

_ACTIONS = frozenset(action.value for action in Action)
_REST = (
    "SELECT id, revision, grouping, action, item, paragraph, before, after, reverts, time, "
    "reviewer FROM event WHERE document = ? AND annotator = ? AND revision > ? ORDER BY revision"
)
_ID = "SELECT id FROM event WHERE document = ? AND annotator = ? AND revision = ?"
_TRIES = 3
"""How often merging starts again because somebody continued work that it was to bring."""


@dataclass(slots=True)
class _MergeCounts:
    """What was merged so far; `ids` maps the ids of documents there to those here."""

    ids: dict[str, str] = field(default_factory=dict)
    new: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    decisions: dict[str, int] = field(default_factory=dict)
    completions: int = 0
    ahead: int = 0
    alike: int = 0
    forks: list[Fork] = field(default_factory=list)

    def result(self) -> MergeResult:
        return MergeResult(
            len(self.new),
            tuple((theirs, ours) for theirs, ours in self.ids.items() if theirs != ours),
            dict(sorted(self.decisions.items())),
            self.completions,
            self.ahead,
            self.alike,
            tuple(self.forks),
            tuple(self.left_out),
        )


Check: TypeAlias = Callable[[Annotation, Document], str]
"""What is wrong with an item of a document; empty when nothing is."""


def merge(
    db: Database,
    other: Path,
    schema: LabelSchema,
    check: Check,
    *,
    dry_run: bool = False,
    tell: Callable[[int, int], None] | None = None,
) -> MergeResult:
    """Bring what another database holds into this one, all or nothing; with `dry_run` nothing.
    `tell` hears how many documents of how many are done. One annotator's work on one document is
    in memory at a time.

    Raises StoreError if the other database has another version, or is damaged.
    """
    theirs = Database(other, timeout=db.timeout, read_only=True)
    try:
        _check_version(theirs)
        _check_annotators(theirs)
        for tries in range(1, _TRIES + 1):
            writing = nullcontext(Staging(db)) if dry_run else long_work(db)
            with suppress(ConflictError) if tries < _TRIES else nullcontext(), writing as staging:
                merging = _Merging(db, theirs, staging, schema, check)
                merging.collect(tell)
                if dry_run:
                    staging.discard()
                found = merging.tally.result()
                break
        return found
    finally:
        theirs.close()


def _check_annotators(theirs: Database) -> None:
    for (name,) in theirs.rows("SELECT DISTINCT annotator FROM completion ORDER BY 1"):
        try:
            kept_name(name)
        except UsageError as error:
            raise StoreError(
                error.message,
                file=theirs.path,
                hint="Export that annotator's work there, and import it here with --as NAME",
            ) from error


def _check_version(theirs: Database) -> None:
    if theirs.version < SCHEMA_VERSION:
        raise StoreError(
            f"was written by an older annotator (database version {theirs.version}, this "
            f"program merges {SCHEMA_VERSION})",
            file=theirs.path,
            hint=(
                "Run `annotator status` in that project with this version, which brings it up "
                "to date"
            ),
        )


class _Merging:
    """One merge: what both databases hold, and what is to be written."""

    def __init__(
        self, db: Database, theirs: Database, out: Staging, schema: LabelSchema, check: Check
    ) -> None:
        self._db, self._theirs, self._out = db, theirs, out
        self._concepts, self._check = concepts_of(schema), check
        self._placing = documents.Placing(out)
        self.tally = _MergeCounts()

    def collect(self, tell: Callable[[int, int], None] | None) -> None:
        """Read both, and collect what is to be written here."""
        with self._theirs.snapshot():
            self._documents()
            self._places()
            self._names()
            for number, (there, here) in enumerate(self.tally.ids.items(), 1):
                self._provenance(there, here)
                self._works(there, here)
                if tell:
                    tell(number, len(self.tally.ids))

    # --- documents

    def _documents(self) -> None:
        """Find each of their texts here, or add it; the ids of those whose work can come."""
        db, theirs, tally = self._db, self._theirs, self.tally
        known: dict[str, str] = {}
        rows = theirs.rows("SELECT id, sha256, imported FROM document ORDER BY position")
        # Equal texts under several ids: each keeps to its own id, only
        # what is left over goes by the text.
        own = {
            id
            for id, sha256, _ in rows
            if (found := documents.hashes(db, id)) and found[0] == sha256
        }
        taken = set(own)
        keys: dict[str, tuple[str, str]] = {}
        for there, sha256, imported in rows:
            here = there if there in own else self._by_text(sha256, taken)
            if here is None:
                here = self._add(there, sha256, imported)
                keys[here] = (imported, sha256)
                tally.new.append(here)
            elif self._paragraphs(db, here) != self._paragraphs(theirs, there):
                if theirs.row("SELECT 1 FROM event WHERE document = ? LIMIT 1", (there,)):
                    tally.left_out.append(here)
                known[there] = here
                taken.add(here)
                continue
            known[there] = tally.ids[there] = here
            taken.add(here)
        if tally.new:
            self._arrange(list(known.values()), keys)

    def _by_text(self, sha256: str, taken: set[str]) -> str | None:
        """Our document with a text that no other one of theirs is."""
        ids = documents.ids_by_hash(self._db, sha256)
        return next((id for id in ids if id not in taken), None)

    def _add(self, id: str, sha256: str, imported: str) -> str:
        text = self._theirs.value("SELECT text FROM text WHERE document = ?", (id,))
        if text is None or text_sha256(text) != sha256:
            raise self._damaged(f"the text of “{id}” is not the one that was imported")
        (free,) = documents.unique_ids(self._db, [id], taken=self._placing.paragraphs)
        document = replace(documents.load(self._theirs, id), id=free)
        self._placing.place(document, imported=imported)
        return free

    @staticmethod
    def _paragraphs(db: Database, id: str) -> list[Row]:
        return db.rows(
            'SELECT number, start, "end", excluded FROM paragraph WHERE document = ? ORDER BY '
            "number",
            (id,),
        )

    def _arrange(self, theirs: Sequence[str], new: Mapping[str, tuple[str, str]]) -> None:
        """Put documents that are new behind those they follow there, and where ours follow the
        same one, by the time of import: so both hosts come to one order, which exports have too.
        Ours stay in their order."""
        rows = self._db.rows("SELECT id, imported, sha256 FROM document ORDER BY position")
        keys = {**new, **{id: (imported, sha256) for id, imported, sha256 in rows}}
        ours = [row[0] for row in rows]
        common = set(ours).intersection(theirs)
        own, others = dict(_runs(ours, common)), dict(_runs(theirs, common))
        order: list[str] = []
        for anchor, run in own.items():
            order += [anchor] if anchor else []
            order += in_turn(run, others.get(anchor, []), key=keys.__getitem__)
        position = {id: at for at, id in enumerate([*ours, *new])}
        moved = [(at, id) for at, id in enumerate(order) if position[id] != at]
        # A position is never held by two, not even in between.
        for sql in ("position = -1 - ?", "position = ?"):
            for row in moved:
                self._out.at_last(f"UPDATE document SET {sql} WHERE id = ?", row)

    # --- places and provenance

    def _has_work(self, document: str, annotator: str) -> bool:
        sql = "SELECT 1 FROM completion WHERE document = ? AND annotator = ?"
        return self._db.row(sql, (document, annotator)) is not None

    def _places(self) -> None:
        """Merge positions and opened paragraphs of annotators who have not worked on the
        document here. Nobody loses their position: the positions that are merged are older
        than those here."""
        for annotator, there, paragraph, item, mode in self._theirs.rows(
            "SELECT annotator, document, paragraph, item, mode FROM place ORDER BY serial DESC"
        ):
            here = self.tally.ids.get(there)
            if here is not None and not self._has_work(here, annotator):
                self._out.execute(
                    "INSERT OR IGNORE INTO place SELECT ?2, ?1, ?3, ?4, ?5, "
                    "(SELECT coalesce(min(serial), 0) - 1 FROM place WHERE annotator = ?2)",
                    (here, annotator, paragraph, item, mode),
                )
        for there, here in self.tally.ids.items():
            rows = self._theirs.rows(
                "SELECT annotator, paragraph FROM opened WHERE document = ?", (there,)
            )
            self._out.many(
                "INSERT OR IGNORE INTO opened VALUES (?, ?, ?)",
                [
                    (here, paragraph, who)
                    for who, paragraph in rows
                    if not self._has_work(here, who)
                ],
            )

    def _names(self) -> None:
        """What was decided on names."""
        for table, columns in (
            ("ruling", rulings.COLUMNS),
            ("codebook_event", codebook.COLUMNS),
        ):
            marks = ", ".join("?" for _ in columns.split(","))
            rows = self._theirs.rows(f"SELECT {columns} FROM {table} ORDER BY id")
            self._out.many(f"INSERT OR IGNORE INTO {table} ({columns}) VALUES ({marks})", rows)

    def _provenance(self, there: str, here: str) -> None:
        """What annotators were shown there, and what records that came in there say."""
        for (_, annotator), several in provenance.shown(self._theirs, [there], None).items():
            provenance.put_shown(self._out, here, annotator, several)
        told = provenance.histories(self._theirs, [there])
        for (_, annotator), (data, revision) in told.items():
            if provenance.imported(self._db, here, annotator) is None:
                provenance.put_imported(self._out, here, annotator, data, revision)

    # --- work

    def _works(self, there: str, here: str) -> None:
        """Everybody's work on one document."""
        db, theirs, tally = self._db, self._theirs, self.tally
        document: Document | None = None
        for annotator, last in theirs.rows(
            "SELECT annotator, max(revision) FROM event WHERE document = ? GROUP BY annotator "
            "ORDER BY annotator",
            (there,),
        ):
            pair = (here, annotator)
            own = db.value(
                "SELECT coalesce(max(revision), 0) FROM event WHERE document = ? AND annotator = ?",
                pair,
            )
            shared = min(own, last)
            # An event is only ever appended to what was before it: one that is in
            # both has the same ones before it.
            if shared and db.value(_ID, (*pair, shared)) != theirs.value(
                _ID, (there, annotator, shared)
            ):
                self._parted(there, pair)
            elif own >= last:
                tally.ahead += own > last
            else:
                if document is None:
                    document = replace(documents.load(theirs, there), id=here)
                added = self._append(there, document, annotator, own)
                tally.decisions[annotator] = tally.decisions.get(annotator, 0) + added
                tally.completions += 1

    def _parted(self, there: str, pair: tuple[str, str]) -> None:
        """Tell of work that was gone on with on both sides, unless the same stands on both."""
        db, theirs = self._db, self._theirs
        here, annotator = pair
        state = (
            "SELECT item, paragraph, state FROM item WHERE document = ? AND annotator = ? "
            "ORDER BY item"
        )
        if db.rows(state, pair) == theirs.rows(state, (there, annotator)):
            self.tally.alike += 1
            return
        log = "SELECT id FROM event WHERE document = ? AND annotator = ? ORDER BY revision"
        ours, others = db.rows(log, pair), theirs.rows(log, (there, annotator))
        shared = next(i for i, (a, b) in enumerate(zip(ours, others, strict=False)) if a != b)
        self.tally.forks.append(Fork(here, annotator, len(ours) - shared, len(others) - shared))

    def _append(self, there: str, document: Document, annotator: str, own: int) -> int:
        """Append what their log has after revision `own`, and bring state, names and completion up
        to it as if it had been decided here; how many events there were."""
        pair = (document.id, annotator)
        before: dict[str, str] = dict(
            self._db.rows("SELECT item, state FROM item WHERE document = ? AND annotator = ?", pair)
        )
        states = dict(before)
        rows = self._theirs.rows(_REST, (there, annotator, own))
        changed: dict[str, int] = {}
        for expected, row in enumerate(rows, own + 1):
            _, revision, _, action, item, paragraph, old, new, *_ = row
            if revision != expected or action not in _ACTIONS or states.get(item) != old:
                raise self._damaged(
                    f"the log of {annotator} on “{there}” is damaged at revision {revision}"
                )
            changed[item] = paragraph
            if new is None:
                states.pop(item, None)
            else:
                states[item] = new
        self._out.many(INSERT_EVENT, [(row[0], *pair, *row[1:]) for row in rows])
        self._bring_up(document, annotator, changed, states, before)
        self._complete(document, annotator, states, revision=rows[-1][1], time=rows[-1][9])
        return len(rows)

    def _bring_up(
        self,
        document: Document,
        annotator: str,
        changed: Mapping[str, int],
        states: Mapping[str, str],
        before: Mapping[str, str],
    ) -> None:
        """Put what changed items became into the state and the names."""
        pair = (document.id, annotator)
        put, gone, named = [], [], []
        for item, paragraph in changed.items():
            after = self._standing(document, annotator, item, states)
            if after is None:
                gone.append((*pair, item))
                continue
            value = after.value
            if isinstance(value, Span | Relation) and (problem := self._check(value, document)):
                raise self._damaged(
                    f"{item} of {annotator} on “{document.id}” is invalid: {problem}"
                )
            put.append(item_row(*pair, item, paragraph, after, states[item]))
            named.append((annotator, item, paragraph, value))
        self._out.many("DELETE FROM item WHERE document = ? AND annotator = ? AND item = ?", gone)
        self._out.many(PUT_ITEM, put)
        had = [(*pair, item) for item in changed if item in before]
        self._out.many("DELETE FROM name WHERE document = ? AND annotator = ? AND item = ?", had)
        names.put(self._out, document.id, document.text, named, self._concepts)

    def _standing(
        self, document: Document, annotator: str, item: str, states: Mapping[str, str]
    ) -> Standing | None:
        try:
            return standing_of(states.get(item))
        except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
            raise self._damaged(
                f"{item} of {annotator} on “{document.id}” is invalid: {error}"
            ) from error

    def _complete(
        self,
        document: Document,
        annotator: str,
        states: Mapping[str, str],
        *,
        revision: int,
        time: str,
    ) -> None:
        """Bring the completion up to what stands."""

        def value_of(item: str) -> object:
            standing = self._standing(document, annotator, item, states)
            return standing.value if standing is not None else None

        done = to_annotate = 0
        for paragraph in document.paragraphs:
            mark = value_of(paragraph_item(paragraph.index))
            mark = mark if isinstance(mark, ParagraphMark) else ParagraphMark()
            done += mark.done
            to_annotate += not (paragraph.excluded if mark.excluded is None else mark.excluded)
        whole = value_of(DOCUMENT)
        completion = Completion.IN_PROGRESS if states else Completion.NEW
        if isinstance(whole, CompletionMark):
            completion = whole.completion
        id = document.id
        row = (annotator, id, completion.value, revision, done, to_annotate, time)
        if id in self._placing.paragraphs:
            # Nothing leads to it before its document is there.
            self._out.execute(PUT_COMPLETION, row)
            return
        sql = "SELECT revision FROM completion WHERE annotator = ? AND document = ?"
        self._out.keep_out(id, annotator, self._db.value(sql, (annotator, id)))
        self._out.at_last(PUT_COMPLETION, row)

    def _damaged(self, what: str) -> StoreError:
        hint = "`annotator doctor` checks it there; nothing was merged"
        return StoreError(f"the database is damaged: {what}", file=self._theirs.path, hint=hint)


def _runs(ids: Sequence[str], anchors: set[str]) -> Iterator[tuple[str, list[str]]]:
    """Each anchor with what stands between it and the next; what stands
    before the first by an empty one."""
    anchor, run = "", list[str]()
    for id in ids:
        if id in anchors:
            yield anchor, run
            anchor, run = id, []
        else:
            run.append(id)
    yield anchor, run


__all__ = ["merge"]
