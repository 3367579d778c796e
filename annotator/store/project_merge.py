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

from collections.abc import Callable, Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field, replace
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
from annotator.model.text import Document
from annotator.store import documents, names, provenance
from annotator.store.bounds import DocumentExtent
from annotator.store.codec import check_id, standing_of
from annotator.store.connection import Database
from annotator.store.log import INSERT_EVENT, PUT_COMPLETION, PUT_ITEM, item_row
from annotator.store.long_work import Staging, long_work
from annotator.store.merge_results import Fork, MergeResult
from annotator.store.merged_documents import MergedDocuments, damaged
from annotator.store.merged_names import MergedNames, merge_names
from annotator.store.opening import SCHEMA_VERSION

_ACTIONS = frozenset(action.value for action in Action)
_REST = (
    "SELECT id, revision, grouping, action, item, paragraph, before, after, reverts, time, "
    "reviewer FROM event WHERE document = ? AND annotator = ? AND revision > ? ORDER BY revision"
)
_ID = "SELECT id FROM event WHERE document = ? AND annotator = ? AND revision = ?"
_TRIES = 3
"""How often merging starts again because somebody continued work that it was about to bring."""


@dataclass(slots=True)
class _MergeCounts:
    """Counts of the work merged so far."""

    decisions: dict[str, int] = field(default_factory=dict)
    completions: int = 0
    ahead: int = 0
    alike: int = 0
    forks: list[Fork] = field(default_factory=list)


Check: TypeAlias = Callable[[Annotation, Document], str]
"""What is wrong with an item of a document; empty if nothing is."""


def merge(
    db: Database,
    other: Path,
    schema: LabelSchema,
    check: Check,
    *,
    dry_run: bool = False,
    tell: Callable[[int, int], None] | None = None,
) -> MergeResult:
    """Bring the content of another database into this one: all or nothing, and with `dry_run`
    nothing. `tell` is called with the number of documents done and their total. One annotator's
    work on one document is in memory at a time.

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
                found = merging.result()
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
    """One merge: the content of both databases, and what has to be written."""

    def __init__(
        self, db: Database, theirs: Database, out: Staging, schema: LabelSchema, check: Check
    ) -> None:
        self._db, self._theirs, self._out = db, theirs, out
        self._concepts, self._check = concepts_of(schema), check
        self._documents = MergedDocuments(db, theirs, out)
        self._tally, self._names = _MergeCounts(), MergedNames()

    def result(self) -> MergeResult:
        """The result of the merge."""
        of, tally = self._documents, self._tally
        return MergeResult(
            len(of.new),
            tuple((theirs, ours) for theirs, ours in of.ids.items() if theirs != ours),
            dict(sorted(tally.decisions.items())),
            tally.completions,
            tally.ahead,
            tally.alike,
            tuple(tally.forks),
            tuple(of.left_out),
            self._names.rulings,
            self._names.entries,
            self._names.conflicts,
        )

    def collect(self, tell: Callable[[int, int], None] | None) -> None:
        """Read both, and collect what has to be written here."""
        with self._theirs.snapshot():
            self._documents.bring()
            self._places()
            self._names = merge_names(self._db, self._theirs, self._out)
            for number, (there, here) in enumerate(self._documents.ids.items(), 1):
                self._provenance(there, here, self._works(there, here))
                if tell:
                    tell(number, len(self._documents.ids))

    # --- places and provenance

    def _has_work(self, document: str, annotator: str) -> bool:
        sql = "SELECT 1 FROM completion WHERE document = ? AND annotator = ?"
        return self._db.row(sql, (document, annotator)) is not None

    def _places(self) -> None:
        """Merge positions of annotators who have not worked on the document here. Nobody loses
        their position: merged positions count as older than those here."""
        for annotator, there, paragraph, item, mode in self._theirs.rows(
            "SELECT annotator, document, paragraph, item, mode FROM place ORDER BY serial DESC"
        ):
            here = self._documents.ids.get(there)
            if here is not None and not self._has_work(here, annotator):
                self._out.execute(
                    "INSERT OR IGNORE INTO place SELECT ?2, ?1, ?3, ?4, ?5, "
                    "(SELECT coalesce(min(serial), 0) - 1 FROM place WHERE annotator = ?2)",
                    (here, annotator, paragraph, item, mode),
                )

    def _provenance(self, there: str, here: str, parted: frozenset[str]) -> None:
        """Merge what annotators opened and were shown there, and what records imported there say
        about their work; not of those whose work `parted`, since theirs here was made without."""
        for seen in provenance.sightings(self._theirs, there):
            if seen.annotator not in parted:
                provenance.put_shown(self._out, here, seen.annotator, seen.revision, [seen.shown])
        for who, revision, paragraph, blind in provenance.openings(self._theirs, there):
            if who not in parted:
                provenance.put_opened(self._out, here, who, revision, {paragraph: blind})
        histories = provenance.histories(self._theirs, [there])
        for (_, annotator), (data, revision) in histories.items():
            known = provenance.imported(self._db, here, annotator)
            if annotator not in parted and (known is None or known[1] < revision):
                provenance.put_imported(self._out, here, annotator, data, revision)

    # --- work

    def _works(self, there: str, here: str) -> frozenset[str]:
        """Merge everybody's work on one document. Returns the annotators whose work was continued
        on both sides."""
        db, theirs, tally = self._db, self._theirs, self._tally
        parted: set[str] = set()
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
            # Events are only ever appended, so an event in both logs has the same events before it.
            if shared and db.value(_ID, (*pair, shared)) != theirs.value(
                _ID, (there, annotator, shared)
            ):
                self._parted(there, pair)
                parted.add(annotator)
            elif own >= last:
                tally.ahead += own > last
            else:
                if document is None:
                    document = replace(documents.load(theirs, there), id=here)
                added = self._append(there, document, annotator, own)
                tally.decisions[annotator] = tally.decisions.get(annotator, 0) + added
                tally.completions += 1
        return frozenset(parted)

    def _parted(self, there: str, pair: tuple[str, str]) -> None:
        """Report work that was continued on both sides, unless the result is the same on both."""
        db, theirs = self._db, self._theirs
        here, annotator = pair
        state = (
            "SELECT item, paragraph, state FROM item WHERE document = ? AND annotator = ? "
            "ORDER BY item"
        )
        if db.rows(state, pair) == theirs.rows(state, (there, annotator)):
            self._tally.alike += 1
            return
        log = "SELECT id FROM event WHERE document = ? AND annotator = ? ORDER BY revision"
        ours, others = db.rows(log, pair), theirs.rows(log, (there, annotator))
        shared = next(i for i, (a, b) in enumerate(zip(ours, others, strict=False)) if a != b)
        self._tally.forks.append(Fork(here, annotator, len(ours) - shared, len(others) - shared))

    def _append(self, there: str, document: Document, annotator: str, own: int) -> int:
        """Append the events of their log after revision `own`, and update state, names and
        completion as if the decisions had been made here. Returns the number of events."""
        pair = (document.id, annotator)
        before: dict[str, str] = dict(
            self._db.rows("SELECT item, state FROM item WHERE document = ? AND annotator = ?", pair)
        )
        states = dict(before)
        rows = self._theirs.rows(_REST, (there, annotator, own))
        changed: dict[str, int] = {}
        standings: dict[str, Standing | None] = {}
        for expected, row in enumerate(rows, own + 1):
            _, revision, _, action, item, paragraph, old, new, *_ = row
            if revision != expected or action not in _ACTIONS or states.get(item) != old:
                raise damaged(
                    self._theirs,
                    f"the log of {annotator} on “{there}” is damaged at revision {revision}",
                )
            changed[item] = paragraph
            standings[item] = self._standing(document, annotator, item, paragraph, new)
            if new is None:
                states.pop(item, None)
            else:
                states[item] = new
        self._out.many(INSERT_EVENT, [(row[0], *pair, *row[1:]) for row in rows])
        self._bring_up(document, annotator, changed, standings, states, before)
        self._complete(document, annotator, states, revision=rows[-1][1], time=rows[-1][9])
        return len(rows)

    def _bring_up(
        self,
        document: Document,
        annotator: str,
        changed: Mapping[str, int],
        standings: Mapping[str, Standing | None],
        states: Mapping[str, str],
        before: Mapping[str, str],
    ) -> None:
        """Write the new states of changed items, and their names."""
        pair = (document.id, annotator)
        put, gone, named = [], [], []
        for item, paragraph in changed.items():
            after = standings[item]
            if after is None:
                gone.append((*pair, item))
                continue
            value = after.value
            if isinstance(value, Span | Relation) and (problem := self._check(value, document)):
                raise damaged(
                    self._theirs, f"{item} of {annotator} on “{document.id}” is invalid: {problem}"
                )
            put.append(item_row(*pair, item, paragraph, after, states[item]))
            named.append((annotator, item, paragraph, value))
        self._out.many("DELETE FROM item WHERE document = ? AND annotator = ? AND item = ?", gone)
        self._out.many(PUT_ITEM, put)
        had = [(*pair, item) for item in changed if item in before]
        self._out.many("DELETE FROM name WHERE document = ? AND annotator = ? AND item = ?", had)
        names.put(self._out, document.id, document.text, named, self._concepts)

    def _standing(
        self, document: Document, annotator: str, item: str, paragraph: int, text: str | None
    ) -> Standing | None:
        """The state that an event leaves an item in. Raises StoreError if it is not valid."""
        try:
            found = standing_of(text)
            check_id(item, found)
            extent = DocumentExtent(len(document.text), len(document.paragraphs))
            extent.check(paragraph, found and found.value)
            return found
        except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
            raise damaged(
                self._theirs, f"{item} of {annotator} on “{document.id}” is invalid: {error}"
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
        """Update the completion."""

        def value_of(item: str) -> object:
            standing = self._standing(document, annotator, item, -1, states.get(item))
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
        if id in self._documents.placing.paragraphs:
            # Nobody can find it before its document is there.
            self._out.execute(PUT_COMPLETION, row)
            return
        sql = "SELECT revision FROM completion WHERE annotator = ? AND document = ?"
        before = self._db.value(sql, (annotator, id))
        self._out.keep_out(id, annotator, before, hidden=before is None)
        if before is None:
            self._out.execute(PUT_COMPLETION, row)
        else:
            # The former state is visible until everything is there.
            self._out.at_last(PUT_COMPLETION, row)


__all__ = ["merge"]
