"""Another database's documents and work into this one, by the log: all in one transaction.

Events have ids of their own, and nobody changes them. So of two logs of one annotator's work on one
text, one is the beginning of the other, or both were gone on with since they parted. In the first
case what is missing is appended, with everything it came with; in the second nothing is changed. No
event is made here: two hosts that merge each other's work have the same logs then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from heapq import merge as in_turn
from pathlib import Path
from typing import TypeAlias

from annotator.errors import StoreError, UsageError
from annotator.identity import kept_name
from annotator.model.decision import Action
from annotator.model.names import concepts_of
from annotator.model.schema import LabelSchema
from annotator.model.span import Annotation, Relation, Span
from annotator.model.text import Document
from annotator.store import codebook, documents, hash_chain, names, provenance, rulings
from annotator.store.codec import standing_of
from annotator.store.connection import SCHEMA_VERSION, Database, Row
from annotator.store.log import INSERT_EVENT, PUT_COMPLETION, PUT_ITEM, completion_of, item_row
from annotator.store.results import Fork, MergeResult

_ACTIONS = frozenset(action.value for action in Action)
_REST = (
    "SELECT id, revision, grouping, action, item, paragraph, before, after, reverts, time, "
    "reviewer FROM event WHERE document = ? AND annotator = ? AND revision > ? ORDER BY revision"
)
_ID = "SELECT id FROM event WHERE document = ? AND annotator = ? AND revision = ?"
_DONE = (
    "SELECT count(*) FROM item WHERE document = ? AND annotator = ? AND kind = 'paragraph' "
    "AND json_extract(state, '$.mark.done')"
)
_TO_ANNOTATE = (
    "SELECT count(*) FROM paragraph p LEFT JOIN item i ON i.document = p.document AND "
    "i.annotator = ?2 AND i.item = '@p' || p.number WHERE p.document = ?1 AND NOT "
    "coalesce(json_extract(i.state, '$.mark.excluded'), p.excluded)"
)


class _KeepNothing(Exception):
    """Takes back a transaction that was only to tell what would come."""


@dataclass(slots=True)
class _MergeCounts:
    """What has come so far; `ids` goes from the ids of documents there to those here."""

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

    Raises StoreError if the other one is not of this program's
    version, or what it holds does not hold.
    """
    theirs = Database(other, timeout=db.timeout, read_only=True)
    try:
        _check_version(theirs)
        _check_annotators(theirs)
        tally = _MergeCounts()
        try:
            with db.write(), theirs.snapshot():
                _documents(db, theirs, tally)
                _merge_positions(db, theirs, tally)
                _provenance(db, theirs, tally)
                for number, (there, here) in enumerate(tally.ids.items(), 1):
                    _work(db, theirs, there, here, schema, check, tally)
                    if tell:
                        tell(number, len(tally.ids))
                hash_chain.extend(db, limit=-1)
                if dry_run:
                    raise _KeepNothing
        except _KeepNothing:
            pass
        return tally.result()
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


def _damaged(theirs: Database, what: str) -> StoreError:
    hint = "`annotator doctor` checks it there; nothing was merged"
    return StoreError(f"the database is damaged: {what}", file=theirs.path, hint=hint)


# --- documents


def _documents(db: Database, theirs: Database, tally: _MergeCounts) -> None:
    """Find each of their texts here, or add it; the ids of those whose work can come."""
    known: dict[str, str] = {}
    ours = documents.ids(db)
    rows = theirs.rows("SELECT id, sha256, imported FROM document ORDER BY position")
    # Equal texts under several ids: each keeps to its own id, only
    # what is left over goes by the text.
    own = {
        id for id, sha256, _ in rows if (found := documents.hashes(db, id)) and found[0] == sha256
    }
    taken = set(own)
    for there, sha256, imported in rows:
        here = there if there in own else _by_text(db, sha256, taken)
        if here is None:
            here = _add(db, theirs, there, sha256, imported)
            tally.new.append(here)
        elif _paragraphs(db, here) != _paragraphs(theirs, there):
            if theirs.row("SELECT 1 FROM event WHERE document = ? LIMIT 1", (there,)):
                tally.left_out.append(here)
            known[there] = here
            taken.add(here)
            continue
        known[there] = tally.ids[there] = here
        taken.add(here)
    if tally.new:
        _arrange(db, ours, list(known.values()))


def _by_text(db: Database, sha256: str, taken: set[str]) -> str | None:
    """Our document with a text that no other one of theirs is."""
    return next((id for id in documents.ids_by_hash(db, sha256) if id not in taken), None)


def _add(db: Database, theirs: Database, id: str, sha256: str, imported: str) -> str:
    document = documents.load(theirs, id)
    if document.sha256 != sha256:
        raise _damaged(theirs, f"the text of “{id}” is not the one that was imported")
    (free,) = documents.unique_ids(db, [id])
    documents.Placing(db).place(replace(document, id=free), imported=imported)
    return free


def _paragraphs(db: Database, id: str) -> list[Row]:
    return db.rows(
        'SELECT number, start, "end", excluded FROM paragraph WHERE document = ? ORDER BY number',
        (id,),
    )


def _arrange(db: Database, ours: Sequence[str], theirs: Sequence[str]) -> None:
    """Put documents that are new behind those they follow there, and where ours follow the same
    one, by the time of import: so both hosts come to one order, which exports have too. Ours
    stay in their order."""
    keys = {
        id: (imported, sha256)
        for id, imported, sha256 in db.rows("SELECT id, imported, sha256 FROM document")
    }
    common = set(ours).intersection(theirs)
    own, new = dict(_runs(ours, common)), dict(_runs(theirs, common))
    order: list[str] = []
    for anchor, run in own.items():
        order += [anchor] if anchor else []
        order += in_turn(run, new.get(anchor, []), key=keys.__getitem__)
    position = {id: at for at, id in enumerate(documents.ids(db))}
    moved = [(at, id) for at, id in enumerate(order) if position[id] != at]
    # A position is never held by two, not even in between.
    db.many("UPDATE document SET position = -1 - ? WHERE id = ?", moved)
    db.many("UPDATE document SET position = ? WHERE id = ?", moved)


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


# --- places


def _merge_positions(db: Database, theirs: Database, tally: _MergeCounts) -> None:
    """Places, and which paragraphs were opened, of whoever has not worked on the document here.
    Nobody is taken away from where they were last: the places that come are older than those
    here."""
    no_work = "WHERE NOT EXISTS (SELECT 1 FROM completion WHERE document = ?1 AND annotator = ?2)"
    for annotator, there, paragraph, item, mode in theirs.rows(
        "SELECT annotator, document, paragraph, item, mode FROM place ORDER BY serial DESC"
    ):
        if (here := tally.ids.get(there)) is not None:
            db.execute(
                "INSERT OR IGNORE INTO place SELECT ?2, ?1, ?3, ?4, ?5, "
                f"(SELECT coalesce(min(serial), 0) - 1 FROM place WHERE annotator = ?2) {no_work}",
                (here, annotator, paragraph, item, mode),
            )
    for there, here in tally.ids.items():
        rows = theirs.rows("SELECT annotator, paragraph FROM opened WHERE document = ?", (there,))
        db.many(
            f"INSERT OR IGNORE INTO opened SELECT ?1, ?3, ?2 {no_work}",
            [(here, annotator, paragraph) for annotator, paragraph in rows],
        )


def _provenance(db: Database, theirs: Database, tally: _MergeCounts) -> None:
    """What annotators were shown there, what records that came in there
    say, and what was decided on names."""
    seen = provenance.shown(theirs, list(tally.ids), None)
    for (there, annotator), several in seen.items():
        provenance.put_shown(db, tally.ids[there], annotator, several)
    for (there, annotator), (data, revision) in provenance.histories(
        theirs, list(tally.ids)
    ).items():
        here = tally.ids[there]
        if provenance.imported(db, here, annotator) is None:
            provenance.put_imported(db, here, annotator, data, revision)
    for table, columns in (("ruling", rulings.COLUMNS), ("codebook_event", codebook.COLUMNS)):
        marks = ", ".join("?" for _ in columns.split(","))
        rows = theirs.rows(f"SELECT {columns} FROM {table} ORDER BY id")
        db.many(f"INSERT OR IGNORE INTO {table} ({columns}) VALUES ({marks})", rows)


# --- work


def _work(
    db: Database,
    theirs: Database,
    there: str,
    here: str,
    schema: LabelSchema,
    check: Check,
    tally: _MergeCounts,
) -> None:
    """Everybody's work on one document."""
    for annotator, last in theirs.rows(
        "SELECT annotator, max(revision) FROM event WHERE document = ? GROUP BY annotator ORDER "
        "BY annotator",
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
            _parted(db, theirs, there, pair, tally)
        elif own >= last:
            tally.ahead += own > last
        else:
            added = _append(db, theirs, there, pair, own, schema, check)
            tally.decisions[annotator] = tally.decisions.get(annotator, 0) + added
            tally.completions += 1


def _parted(
    db: Database, theirs: Database, there: str, pair: tuple[str, str], tally: _MergeCounts
) -> None:
    """Tell of work that was gone on with on both sides, unless the same stands on both."""
    here, annotator = pair
    state = (
        "SELECT item, paragraph, state FROM item WHERE document = ? AND annotator = ? ORDER BY item"
    )
    if db.rows(state, pair) == theirs.rows(state, (there, annotator)):
        tally.alike += 1
        return
    log = "SELECT id FROM event WHERE document = ? AND annotator = ? ORDER BY revision"
    ours, others = db.rows(log, pair), theirs.rows(log, (there, annotator))
    shared = next(i for i, (a, b) in enumerate(zip(ours, others, strict=False)) if a != b)
    tally.forks.append(Fork(here, annotator, len(ours) - shared, len(others) - shared))


def _append(
    db: Database,
    theirs: Database,
    there: str,
    pair: tuple[str, str],
    own: int,
    schema: LabelSchema,
    check: Check,
) -> int:
    """Append what their log has after revision `own`, and bring state, names and completion up to
    it as if it had been decided here; how many events there were."""
    here, annotator = pair
    states: dict[str, str] = dict(
        db.rows("SELECT item, state FROM item WHERE document = ? AND annotator = ?", pair)
    )
    before_all = dict(states)
    rows = theirs.rows(_REST, (there, annotator, own))
    changed: dict[str, int] = {}
    for expected, row in enumerate(rows, own + 1):
        _, revision, _, action, item, paragraph, before, after, *_ = row
        if revision != expected or action not in _ACTIONS or states.get(item) != before:
            raise _damaged(
                theirs, f"the log of {annotator} on “{there}” does not hold at revision {revision}"
            )
        changed[item] = paragraph
        if after is None:
            states.pop(item, None)
        else:
            states[item] = after
    db.many(
        INSERT_EVENT,
        [(id, *pair, *rest) for id, *rest in rows],
    )
    now = {item: (paragraph, states.get(item)) for item, paragraph in changed.items()}
    _bring_up(db, theirs, pair, now, before_all, schema, check)
    done, to_annotate = db.value(_DONE, pair), db.value(_TO_ANNOTATE, pair)
    completion = completion_of(db, here, annotator)
    row = (annotator, here, completion, rows[-1][1], done, to_annotate, rows[-1][9])
    db.execute(PUT_COMPLETION, row)
    return len(rows)


def _bring_up(
    db: Database,
    theirs: Database,
    pair: tuple[str, str],
    changed: dict[str, tuple[int, str | None]],
    before: dict[str, str],
    schema: LabelSchema,
    check: Check,
) -> None:
    """Put what changed items became into the state and the names."""
    here, annotator = pair
    text: str = db.value("SELECT text FROM text WHERE document = ?", (here,))
    document = documents.load(db, here)
    put, gone, named = [], [], []
    for item, (paragraph, state) in changed.items():
        try:
            after = standing_of(state)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise _damaged(
                theirs, f"{item} of {annotator} on “{here}” does not hold: {error}"
            ) from error
        if after is None:
            gone.append((*pair, item))
            continue
        value = after.value
        if isinstance(value, Span | Relation) and (problem := check(value, document)):
            raise _damaged(theirs, f"{item} of {annotator} on “{here}” does not hold: {problem}")
        put.append(item_row(here, annotator, item, paragraph, after, state))
        named.append((annotator, item, paragraph, value))
    db.many("DELETE FROM item WHERE document = ? AND annotator = ? AND item = ?", gone)
    db.many(PUT_ITEM, put)
    had = [(*pair, item) for item in changed if item in before]
    db.many("DELETE FROM name WHERE document = ? AND annotator = ? AND item = ?", had)
    names.put(db, here, text, named, concepts_of(schema))


__all__ = ["merge"]
