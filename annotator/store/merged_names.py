"""The rulings on names and the codebook of another database, brought into this one.

Both are logs whose entries have ids of their own, so merging them is combining them; the latest
entry on a name counts. If both hosts decided differently on one name since they parted, that is a
conflict: it is reported, since one of the two decisions no longer holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from annotator.model.codebook import CodebookEntry, called, changed_fields
from annotator.model.names import Name, SameNames
from annotator.store import codebook, rulings
from annotator.store.codebook import CodebookEvent
from annotator.store.connection import Database
from annotator.store.long_work import Staging
from annotator.store.merge_results import NameConflict


@dataclass(frozen=True, slots=True)
class MergedNames:
    """How many rulings and events of the codebook are new here, and the names on which both hosts
    decided differently."""

    rulings: int = 0
    entries: int = 0
    conflicts: tuple[NameConflict, ...] = ()


def merge_names(db: Database, theirs: Database, out: Staging) -> MergedNames:
    """Bring what this database does not have."""
    for table, columns in (("ruling", rulings.COLUMNS), ("codebook_event", codebook.COLUMNS)):
        marks = ", ".join("?" for _ in columns.split(","))
        rows = theirs.rows(f"SELECT {columns} FROM {table} ORDER BY id")
        out.many(f"INSERT OR IGNORE INTO {table} ({columns}) VALUES ({marks})", rows)
    ruled, written = _Rulings(db, theirs), _CodebookEvents(db, theirs)
    conflicts = (*ruled.conflicts(), *written.conflicts())
    return MergedNames(len(ruled.new), len(written.new), conflicts)


class _Rulings:
    """The rulings of both databases."""

    def __init__(self, db: Database, theirs: Database) -> None:
        ours, others = ({one.id: one for one in rulings.read_all(of)} for of in (db, theirs))
        self.new = [one for id, one in others.items() if id not in ours]
        self._own = [one for id, one in ours.items() if id not in others]
        every = sorted((ours | others).items())
        self._here, self._there = SameNames.of(ours.values()), SameNames.of(others.values())
        self._then = SameNames.of(one for _, one in every)

    def conflicts(self) -> Iterator[NameConflict]:
        """The names that both hosts ruled on and replaced by different names."""
        own, new = (
            {(one.kind, name) for one in several for name in (one.name, one.canonical)}
            for several in (self._own, self.new)
        )
        reported: set[frozenset[str]] = set()
        for kind, name in sorted(own & new):
            here, there = (same.name(kind, name) for same in (self._here, self._there))
            if here != there and frozenset((here, there)) not in reported:
                reported.add(frozenset((here, there)))
                yield NameConflict(kind, name, here, there, self._then.name(kind, name))


class _CodebookEvents:
    """The events of both codebooks."""

    def __init__(self, db: Database, theirs: Database) -> None:
        ours, others = ({one.id: one for one in codebook.events(of)} for of in (db, theirs))
        self.new = [one for id, one in others.items() if id not in ours]
        self._own = [one for id, one in ours.items() if id not in others]
        every = (one for _, one in sorted((ours | others).items()))
        self._here, self._there, self._then = (
            codebook.entries(several) for several in (ours.values(), others.values(), every)
        )

    def conflicts(self) -> Iterator[NameConflict]:
        """What both hosts changed to different values: fields of entries, or whether there is an
        entry."""
        own, new = (_changed(several) for several in (self._own, self.new))
        for (kind, name), fields in sorted(own.items()):
            key = (kind, name)
            states = self._here.get(key), self._there.get(key), self._then.get(key)
            here, there, then = states
            if key in new and (here is None) != (there is None):
                words = ["removed" if one is None else "kept" for one in states]
                yield NameConflict(kind, name, words[0], words[1], words[2], "entry")
            elif here is not None and there is not None and then is not None:
                for field in sorted(fields & new.get(key, set())):
                    one, other, holds = (getattr(entry, field) for entry in (here, there, then))
                    if one != other:
                        yield NameConflict(kind, name, one, other, holds, called(field))


def _changed(events: Iterable[CodebookEvent]) -> dict[Name, set[str]]:
    """The fields that events changed, by name. Aliases are left out, since those that each host
    added are all kept."""
    found: dict[Name, set[str]] = {}
    for one in events:
        fields = found.setdefault((one.kind, one.name), set())
        if one.entry is not None:
            before = one.before or CodebookEntry(one.kind, one.name)
            fields |= set(changed_fields(before, one.entry)) - {"aliases"}
    return found


__all__ = ["MergedNames", "merge_names"]
