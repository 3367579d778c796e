"""The documents of a database that is merged: which are here, and where the new ones go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from heapq import merge as in_turn

from annotator.errors import StoreError
from annotator.model.text import text_sha256
from annotator.store import documents
from annotator.store.connection import Database, Row
from annotator.store.long_work import Staging


class MergedDocuments:
    """Documents there and here. `ids` maps the ids of those whose work can come to ours, `new`
    holds the ids of those that are added, `left_out` of those that are here with other
    paragraphs."""

    def __init__(self, db: Database, theirs: Database, out: Staging) -> None:
        self._db, self._theirs, self._out = db, theirs, out
        self.placing = documents.Placing(out)
        self.ids: dict[str, str] = {}
        self.new: tuple[str, ...] = ()
        self.left_out: list[str] = []

    def bring(self) -> None:
        """Find each of their texts here, or add it."""
        db, theirs = self._db, self._theirs
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
        new: dict[str, tuple[str, tuple[str, str]]] = {}
        for there, sha256, imported in rows:
            here = there if there in own else self._by_text(sha256, taken)
            if here is None:
                (here,) = documents.unique_ids(db, [there], taken=new)
                new[here] = (there, (imported, sha256))
            elif self._paragraphs(db, here) != self._paragraphs(theirs, there):
                if theirs.row("SELECT 1 FROM event WHERE document = ? LIMIT 1", (there,)):
                    self.left_out.append(here)
                known[there] = here
                taken.add(here)
                continue
            known[there] = self.ids[there] = here
            taken.add(here)
        self.new = tuple(new)
        self._arrange(list(known.values()), {id: key for id, (_, key) in new.items()})
        for here, (there, (imported, sha256)) in new.items():
            self._add(there, here, sha256, imported)

    def _by_text(self, sha256: str, taken: set[str]) -> str | None:
        """Our document with a text that no other one of theirs is."""
        ids = documents.ids_by_hash(self._db, sha256)
        return next((id for id in ids if id not in taken), None)

    def _add(self, there: str, here: str, sha256: str, imported: str) -> None:
        theirs = self._theirs
        text = theirs.value("SELECT text FROM text WHERE document = ?", (there,))
        if text is None or text_sha256(text) != sha256:
            raise damaged(theirs, f"the text of “{there}” is not the one that was imported")
        document = replace(documents.load(theirs, there), id=here)
        self.placing.place(document, imported=imported)

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
        rows = self._db.rows(
            "SELECT id, imported, sha256, position FROM document ORDER BY position"
        )
        keys = {**new, **{id: (imported, sha256) for id, imported, sha256, _ in rows}}
        ours = [row[0] for row in rows]
        common = set(ours).intersection(theirs)
        own, others = dict(_runs(ours, common)), dict(_runs(theirs, common))
        order: list[str] = []
        for anchor, run in own.items():
            order += [anchor] if anchor else []
            order += in_turn(run, others.get(anchor, []), key=keys.__getitem__)
        if order == [*ours, *new]:
            return
        # Ours only move back. So from the end on every position is free when its turn comes, if
        # the new ones wait behind the last of them.
        self.placing.leave_room(len(new))
        old = {row[0]: row[3] for row in rows}
        end = rows[-1][3] + 1 if rows else 0
        positions = [*old.values(), *range(end, end + len(new))]
        for id, position in zip(reversed(order), reversed(positions), strict=True):
            if old.get(id) != position:
                sql = "UPDATE main.document SET position = ? WHERE id = ?"
                self._out.afterwards(sql, (position, id))


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


def damaged(theirs: Database, what: str) -> StoreError:
    """The error of a database that cannot be merged."""
    hint = "`annotator doctor` checks it there; nothing was merged"
    return StoreError(f"the database is damaged: {what}", file=theirs.path, hint=hint)


__all__ = ["MergedDocuments", "damaged"]
