"""The codebook: the names to use, with their meanings and how they are related."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain

from annotator.model.names import NameKind, contrary_of, parted


@dataclass(frozen=True, slots=True)
class CodebookEntry:
    """A name of the codebook. `label` is the kind of actor, `parent` and `opposite` are names of
    the same kind, and `external_id` is the id in an authority file."""

    kind: NameKind
    name: str
    label: str = ""
    aliases: tuple[str, ...] = ()
    definition: str = ""
    parent: str = ""
    opposite: str = ""
    external_id: str = ""


OWN_FIELDS = ("label", "aliases", "definition", "parent", "opposite", "external_id")
"""The fields of an entry that a change can change."""


_CALLED = {"label": "kind", "external_id": "id"}


def called(field: str) -> str:
    """The name of a field, as people read it."""
    return _CALLED.get(field, field)


def changed_fields(before: CodebookEntry, after: CodebookEntry) -> list[str]:
    """The fields that differ between two entries of a name."""
    return [one for one in OWN_FIELDS if getattr(before, one) != getattr(after, one)]


def applied(
    entry: CodebookEntry | None,
    before: CodebookEntry | None,
    after: CodebookEntry | None,
    *,
    only: Collection[str] = OWN_FIELDS,
) -> CodebookEntry | None:
    """The entry that results if somebody who did not know `entry` made a change from `before` to
    `after`. Only the fields that the change concerns are replaced, and only the aliases that it
    added or removed. None stands for no entry. If nobody knows what was there before, the change
    replaces the whole entry."""
    if entry is None or before is None or after is None:
        return after
    values = {one: getattr(after, one) for one in changed_fields(before, after) if one in only}
    if "aliases" in values:
        kept = (one for one in entry.aliases if one in after.aliases or one not in before.aliases)
        new = (one for one in after.aliases if one not in before.aliases)
        values["aliases"] = tuple(dict.fromkeys((*kept, *new)))
        if set(values["aliases"]) == set(after.aliases):
            values["aliases"] = after.aliases
    return replace(entry, **values)


@dataclass(frozen=True)
class Codebook:
    """All entries, in the order in which they came. Names and aliases are looked up regardless
    of case."""

    entries: tuple[CodebookEntry, ...] = ()

    @classmethod
    def of(cls, entries: Iterable[CodebookEntry]) -> Codebook:
        return cls(tuple(entries))

    @cached_property
    def by_name(self) -> Mapping[tuple[NameKind, str], CodebookEntry]:
        """A dict from kind and name to entry."""
        return {(one.kind, one.name): one for one in self.entries}

    @cached_property
    def ids(self) -> Mapping[tuple[NameKind, str], str]:
        """A dict from kind and name to external id, for the entries that have one."""
        return {(one.kind, one.name): one.external_id for one in self.entries if one.external_id}

    @cached_property
    def opposites(self) -> Mapping[str, str]:
        """A dict from concept to its opposite, no matter which of the two entries names the
        other."""
        pairs = [(e.name, e.opposite) for e in self.entries if e.kind == "concept" and e.opposite]
        return {other: one for one, other in pairs} | dict(pairs)

    @cached_property
    def _by_form(self) -> Mapping[tuple[NameKind, str], tuple[str, ...]]:
        found: dict[tuple[NameKind, str], tuple[str, ...]] = {}
        for one in self.entries:
            # The name itself comes before the aliases of others.
            own = one.name.casefold()
            found[one.kind, own] = (one.name, *found.get((one.kind, own), ()))
            for form in dict.fromkeys(alias.casefold() for alias in one.aliases):
                if form != own:
                    found[one.kind, form] = (*found.get((one.kind, form), ()), one.name)
        return found

    def get(self, kind: NameKind, name: str) -> CodebookEntry | None:
        """The entry of a name. The contrary of a concept has the entry of the concept."""
        found = self.by_name.get((kind, name))
        if found is None and kind == "concept":
            name, turned = parted(name)
            return self.by_name.get((kind, name)) if turned else None
        return found

    def named(self, kind: NameKind, form: str) -> Sequence[str]:
        """The names that a form in the text stands for, as the name itself or as an alias."""
        return self._by_form.get((kind, form.casefold()), ())

    def headed(self, kind: NameKind, *nouns: str) -> Sequence[CodebookEntry]:
        """The entries whose name or alias is one of these nouns with words that make it unique:
        `government of Varnia` and `county government` for `government`."""
        if not self.entries:
            return ()
        found = (self._by_head.get((kind, noun.casefold()), ()) for noun in nouns)
        return tuple(dict.fromkeys(chain.from_iterable(found)))

    @cached_property
    def _by_head(self) -> Mapping[tuple[NameKind, str], Sequence[CodebookEntry]]:
        found: dict[tuple[NameKind, str], list[CodebookEntry]] = {}
        for one in self.entries:
            for head in dict.fromkeys(map(_head, (one.name, *one.aliases))):
                found.setdefault((one.kind, head), []).append(one)
        return found

    def contrary(self, name: str) -> str:
        """The contrary of a concept: its opposite in the codebook where
        there is one, else `not: NAME`."""
        entry = self.by_name.get(("concept", name))
        return entry.opposite if entry is not None and entry.opposite else contrary_of(name)

    def ancestors(self, kind: NameKind, name: str) -> list[str]:
        """The parents of a name, the nearest first; a circle ends where it began."""
        found: list[str] = []
        entry = self.get(kind, name)
        while entry is not None and entry.parent and entry.parent not in (name, *found):
            found.append(entry.parent)
            entry = self.by_name.get((kind, entry.parent))
        return found


_PREPOSITIONS = frozenset("of in at from for on to with who that".split())


def _head(name: str) -> str:
    """The word before the first preposition of a name, without case; otherwise the last one."""
    parts = name.casefold().split()
    if _PREPOSITIONS.isdisjoint(parts):
        return parts[-1] if parts else ""
    end = next((i for i, word in enumerate(parts) if i and word in _PREPOSITIONS), len(parts))
    return parts[end - 1]


__all__ = ["OWN_FIELDS", "Codebook", "CodebookEntry", "applied", "called", "changed_fields"]
