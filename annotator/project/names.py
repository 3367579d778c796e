"""`project.names`: the entities and concepts in use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from annotator.model.naming import Kind, Ruling, SameNames
from annotator.store import naming as store
from annotator.store import rulings
from annotator.store.connection import Database
from annotator.store.rows import Known, Mention


class Names:
    """The registries of canonical names."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def entities(self) -> list[Known]:
        """Canonical actors in use by anybody, the most frequent first."""
        return store.known(self._database, "entity")

    def concepts(self) -> list[Known]:
        """Canonical propositions in use by anybody, the most frequent first."""
        return store.known(self._database, "concept")

    def given(self, annotator: str, kind: Kind) -> list[Known]:
        """The names of a kind that an annotator gave, with the forms of the text, the most frequent first."""
        return store.known(self._database, kind, annotator)

    def mentions(self, annotator: str, kind: Kind, name: str) -> list[Mention]:
        """Where an annotator gave a name, in document and text order."""
        return store.mentions(self._database, annotator, kind, name)

    def ambiguous(self, annotator: str, document: str) -> Mapping[str, Sequence[str]]:
        """Forms of a document's named spans that stand for several entities in all work of an annotator."""
        return store.ambiguous(self._database, annotator, document)

    def rulings(self) -> list[Ruling]:
        """Which names were ruled to be the same, or not to be after all, oldest first."""
        return rulings.every(self._database)

    def same(self) -> SameNames:
        """Which names are one by the rulings so far."""
        return SameNames.of(self.rulings())

    def rule(
        self, kind: Kind, name: str, canonical: str, *, same: bool, reviewer: str | None, token: str
    ) -> Ruling:
        """Rule that a name is the same as `canonical`, or (without `same`) that it is not after all. See `Ruling`."""
        return rulings.add(self._database, kind, name, canonical, same=same, reviewer=reviewer, token=token)


__all__ = ["Names"]
