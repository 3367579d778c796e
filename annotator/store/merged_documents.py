"""The documents of a database to be merged: which ones are already here, and where the new ones
go."""

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
    """Documents there and here. `ids` maps the ids of documents whose work can be merged to ours,
    `new` has the ids of added ones, `left_out` the ids of those with other paragraphs here."""

    def __init__(self, db: Database, theirs: Database, out: Staging) -> None:
        self._db, self._theirs, self._out = db, theirs, out
        self.placing = documents.NewTexts(out)
        self.ids: dict[str, str] = {}
        self.new: tuple[str, ...] = ()
        self.left_out: list[str] = []

    def bring(self) -> None:
        """Find each of their documents here, or add it."""
        db, theirs = self._db, self._theirs
        known: dict[str, str] = {}
        rows = theirs.rows("SELECT id, sha256, imported FROM document ORDER BY position")
        # If equal texts have several ids, each keeps its own id; only the rest is matched by text.
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
        """Our document with that text, unless it already corresponds to another one of theirs."""
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
        """Put new documents after those that they follow in the other database. If documents of
        ours follow the same one, order them by time of import. So both hosts get the same order,
        also in exports. Ours keep their order among themselves."""
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
        # Our documents only move to later positions. So if the new ones wait after the last
        # position, and the loop goes from the end, every position is free when it is needed.
        self.placing.leave_room(len(new))
        old = {row[0]: row[3] for row in rows}
        end = rows[-1][3] + 1 if rows else 0
        positions = [*old.values(), *range(end, end + len(new))]
        for id, position in zip(reversed(order), reversed(positions), strict=True):
            if old.get(id) != position:
                sql = "UPDATE main.document SET position = ? WHERE id = ?"
                self._out.afterwards(sql, (position, id))


def _runs(ids: Sequence[str], anchors: set[str]) -> Iterator[tuple[str, list[str]]]:
    """Each anchor with the documents between it and the next; those before the first have an empty
    anchor."""
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
    hint = "Check it there with `annotator doctor`; nothing was merged"
    return StoreError(f"the database is damaged: {what}", file=theirs.path, hint=hint)


__all__ = ["MergedDocuments", "damaged"]
