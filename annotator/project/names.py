"""`project.names`: the entities and concepts in use."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence

from annotator.model.codebook import Codebook, CodebookEntry
from annotator.model.names import NameKind, NameRelation, NearNames, Ruling, SameNames
from annotator.store import codebook, notes_and_values, rulings, sides
from annotator.store import names as store
from annotator.store.codebook import CodebookEvent, CodebookStep
from annotator.store.connection import Database
from annotator.store.isolation import object_of, readable
from annotator.store.results import KnownName, MentionRow
from annotator.store.sides import StanceRow

_WEIGHTS = "names:weights"


class Names:
    """The registries of canonical names."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._codebook: tuple[str, Codebook] | None = None
        self._known: dict[NameKind, tuple[tuple[int, int, int], Sequence[KnownName]]] = {}

    def named(self, form: str) -> dict[str, int]:
        """The entities that anybody gave to a form in the text (with single blanks), and how
        often."""
        return store.of_form(self._database, "entity", form)

    def listed(self, form: str) -> Sequence[str]:
        """The entities in the codebook that have a form as name or alias."""
        return self.codebook().named("entity", form)

    def headed(self, *nouns: str) -> Sequence[CodebookEntry]:
        """The entities in the codebook that are one of these nouns with words that make it unique,
        such as `government of Varnia` for `government`."""
        return self.codebook().headed("entity", *nouns)

    def usage(
        self, kind: NameKind, name: str | None = None
    ) -> dict[str, tuple[int, int, tuple[str, ...]]]:
        """A dict from name to mentions, documents and annotators, the most frequent first. Reads
        all names of a kind, or all mentions of one name."""
        return store.usage(self._database, kind, name)

    def codebook(self) -> Codebook:
        """The present codebook; it is read again only after a change."""
        version = codebook.version(self._database)
        if self._codebook is None or self._codebook[0] != version:
            self._codebook = (version, codebook.read(self._database))
        return self._codebook[1]

    def codebook_events(self) -> list[CodebookEvent]:
        """Everything that was written into the codebook, oldest first."""
        return codebook.events(self._database)

    def codebook_steps(self) -> list[CodebookStep]:
        """The same, each with the entry before and after it."""
        return list(codebook.steps(self.codebook_events()))

    def write_codebook(
        self, changes: Iterable[tuple[NameKind, str, CodebookEntry | None]], *, who: str, token: str
    ) -> int:
        """Write entries `(kind, name, entry)` in one transaction; an entry of None removes the
        name. Returns how many. Everything written under one `token` is one change. An event
        changes only the fields in which its entry differs from the present codebook."""
        return codebook.put(self._database, changes, who=who, token=token, before=self.codebook())

    def documents_of(self, kind: NameKind, name: str) -> set[str]:
        """The documents in which anybody gave a name, in upper or lower case, or its contrary."""
        return store.documents_of(self._database, kind, name)

    def entities(self) -> Sequence[KnownName]:
        """The canonical actors that anybody uses, the most frequent first."""
        return self.known("entity")

    def concepts(self) -> Sequence[KnownName]:
        """The canonical propositions that anybody uses, the most frequent first."""
        return self.known("concept")

    def known(self, kind: NameKind) -> Sequence[KnownName]:
        """The names of a kind that anybody uses, the most frequent first; they are read again only
        after somebody wrote into the project."""
        version = self._database.version_of_data()
        held = self._known.get(kind)
        if held is None or held[0] != version:
            self._known[kind] = held = (version, store.known(self._database, kind))
        return held[1]

    def weights(self) -> dict[str, dict[str, float]]:
        """What the project has learnt about its names: weights by kind of mention, and under
        `concept` those of concepts; empty at first."""
        text = notes_and_values.setting(self._database, _WEIGHTS) or "{}"
        return readable(lambda: _weights_of(text), lambda: f"the setting {_WEIGHTS}") or {}

    def keep_weights(self, weights: Mapping[str, Mapping[str, float]]) -> None:
        """Store what the project has learnt about its names."""
        notes_and_values.keep_settings(self._database, {_WEIGHTS: json.dumps(weights)})

    def spread(self) -> float:
        """The share of concepts that occur in several documents, in [0, 1]."""
        return store.spread(self._database, "concept")

    def given(self, annotator: str, kind: NameKind) -> list[KnownName]:
        """The names of a kind that an annotator gave, with their forms in the text, the most
        frequent first."""
        return store.known(self._database, kind, annotator)

    def mentions(self, annotator: str, kind: NameKind, name: str) -> list[MentionRow]:
        """Where an annotator gave a name, in document and text order."""
        return store.mentions(self._database, annotator, kind, name)

    def documents(self, kind: NameKind, names: Iterable[str]) -> list[str]:
        """The documents in which anybody gave one of these names, in no order."""
        return store.documents(self._database, kind, list(names))

    def ambiguous(self, annotator: str, document: str) -> Mapping[str, Sequence[str]]:
        """Forms of a document's named spans that have several entities in an annotator's whole
        work."""
        return store.ambiguous(self._database, annotator, document)

    def nearly(self, annotator: str, document: str, known: Mapping[str, str]) -> dict[str, str]:
        """The entities in a document that occur once in an annotator's whole work, each with one
        of the annotator's other entities or of the codebook's that it is nearly, or with an empty
        string. Those in `known` are taken from there."""
        once = store.given_once(self._database, annotator, document)
        found = {name: known[name] for name in once if name in known}
        if len(found) < len(once):
            codebook = self.codebook()
            listed = [one.name for one in codebook.entries if one.kind == "entity"]
            others = NearNames([*store.given(self._database, annotator, "entity"), *listed])
            for name in once:
                if name not in found:
                    known_here = codebook.get("entity", name) is not None
                    found[name] = "" if known_here else others.near(name)
        return found

    def sides(
        self, annotator: str, *, statements: Collection[str], concepts: bool
    ) -> list[StanceRow]:
        """Every side that an annotator's work takes, in no order; see `Side`.

        `statements` are the layers whose claims may be the author's own; with `concepts`, targets
        are concepts as well as entities.
        """
        return sides.sides(self._database, annotator, statements=statements, concepts=concepts)

    def wording(
        self, annotator: str, items: Sequence[tuple[str, str]], *, limit: int
    ) -> list[tuple[str, str, int, str]]:
        """The words behind items `(document, item)`: document, item, paragraph
        and claim, in reading order."""
        return sides.words(self._database, annotator, items, limit)

    def rulings(self) -> list[Ruling]:
        """The rulings that names are the same, or are not after all, oldest first."""
        return rulings.read_all(self._database)

    def same(self) -> SameNames:
        """Which names are the same according to the rulings so far."""
        return SameNames.of(self.rulings())

    def rule_all(
        self,
        verdicts: Iterable[tuple[NameKind, str, str, NameRelation]],
        *,
        same: bool,
        reviewer: str | None,
        token: str,
    ) -> None:
        """Rule, in one transaction, how names `(kind, name, canonical, relation)` are related or,
        without `same`, that they no longer are. See `Ruling`."""
        rulings.add(self._database, verdicts, same=same, reviewer=reviewer, token=token)


def _weights_of(text: str) -> dict[str, dict[str, float]]:
    found = object_of(text)
    for weights in found.values():
        if not all(isinstance(weight, int | float) for weight in dict(weights).values()):
            raise ValueError("it contains something other than weights")
    return found


__all__ = ["Names"]
