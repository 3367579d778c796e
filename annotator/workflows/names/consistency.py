"""What is inconsistent in a codebook: parents, opposites, kinds, names, aliases and ids that do not
fit together. Everything is found in one pass, since a codebook may have 100,000 names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from annotator.model.codebook import Codebook, CodebookEntry
from annotator.model.names import Name, affirmative
from annotator.project import Project

SHOWN = 3
"""How many of the names that share something are listed."""
STEPS = 6
"""The most names of a circle that are shown."""


def without_circles(
    entries: Sequence[CodebookEntry], before: Codebook
) -> tuple[list[CodebookEntry], list[str]]:
    """The entries without the parents that would close a circle, and what to say about these."""
    own = {(one.kind, one.name) for one in entries}
    after = {
        key: replace(one, parent="") if key in own else one for key, one in before.by_name.items()
    }
    after |= {(one.kind, one.name): replace(one, parent="") for one in entries}
    tops = _Tops((key, (key[0], one.parent)) for key, one in after.items() if one.parent)
    kept: list[CodebookEntry] = []
    messages: list[str] = []
    for one in entries:
        key, parent = (one.kind, one.name), (one.kind, one.parent)
        if one.parent and tops.of(parent) == key:
            way = in_words(circle_of(one, after))
            messages.append(
                f"“{one.name}”: its parents would go in a circle ({way}): the parent is left out"
            )
            one = replace(one, parent="")
        elif one.parent:
            tops.put(key, parent)
        after[key] = one
        kept.append(one)
    return kept, messages


class _Tops:
    """The last name on the way from a name by its parents, looked up in a few steps however long
    the way is (Tarjan and van Leeuwen 1984: the way is halved as it is gone)."""

    def __init__(self, parents: Iterable[tuple[Name, Name]]) -> None:
        self._above: dict[Name, Name] = {}
        for key, parent in parents:
            # A circle that is there already ends where it would close.
            if self.of(parent) != key:
                self.put(key, parent)

    def of(self, name: Name) -> Name:
        above = self._above
        while (parent := above.get(name)) is not None:
            above[name] = parent = above.get(parent, parent)
            name = parent
        return name

    def put(self, name: Name, parent: Name) -> None:
        """Give a name that has no parent yet one."""
        self._above[name] = parent


def circle_of(entry: CodebookEntry, entries: Mapping[Name, CodebookEntry]) -> list[str]:
    """The names on the way from an entry by its parents back to it; empty if they do not lead
    back."""
    line = dict.fromkeys([entry.parent])
    at = entries.get((entry.kind, entry.parent))
    while entry.parent and at is not None and at.parent and at.parent not in line:
        line[at.parent] = None
        at = entries.get((entry.kind, at.parent))
    way = list(line)
    return [entry.name, *way[: way.index(entry.name) + 1]] if entry.name in line else []


def in_words(way: Sequence[str]) -> str:
    """The names of a circle in a line; for a long one, the beginning and the end."""
    some = list(way) if len(way) <= STEPS else [*way[: STEPS - 2], "…", *way[-2:]]
    return " → ".join(some)


def labels_of(project: Project) -> set[str]:
    """The labels of spans that have an entity: the kinds of actors."""
    return {
        label.name
        for layer in project.schema.span_layers
        if layer.attribute_of_type("entity")
        for label in layer.labels
    }


def problems(codebook: Codebook, project: Project) -> list[str]:
    """Inconsistencies: parents and opposites that are not entries, parents in a circle, opposites
    that disagree, kinds that are not labels, names, aliases and ids of several entries."""
    labels = labels_of(project)
    found: list[str] = []
    for one in codebook.entries:
        found += _missing_entries(codebook, one)
        found += _other_opposite(codebook, one)
        if one.kind == "entity" and one.label and labels and one.label not in labels:
            found.append(f"“{one.name}”: “{one.label}” is not a label of the schema")
    return [
        *found,
        *_circles(codebook),
        *_shared_opposites(codebook),
        *_shared_forms(codebook),
        *_shared_ids(codebook),
    ]


def _missing_entries(codebook: Codebook, entry: CodebookEntry) -> Iterator[str]:
    """What an entry refers to that is not an entry."""
    referred = {"parent": entry.parent, "opposite": affirmative(entry.opposite)}
    for what, name in referred.items():
        if name and (entry.kind, name) not in codebook.by_name:
            meant = [f"; do you mean “{one}”?" for one in codebook.named(entry.kind, name)]
            yield f"“{entry.name}”: its {what} “{name}” is not an entry{''.join(meant[:1])}"


def _other_opposite(codebook: Codebook, entry: CodebookEntry) -> Iterator[str]:
    """An opposite that has another opposite itself."""
    other = codebook.by_name.get((entry.kind, entry.opposite))
    if other is not None and other.opposite not in ("", entry.name):
        yield f"“{entry.name}”: its opposite “{other.name}” has the opposite “{other.opposite}”"


def _circles(codebook: Codebook) -> Iterator[str]:
    """Parents that lead back to where they began, each circle once; two hosts can make one."""
    seen: set[Name] = set()
    for one in codebook.entries:
        way: dict[Name, None] = {}
        at: CodebookEntry | None = one
        while at is not None and at.parent and (at.kind, at.name) not in seen:
            seen.add((at.kind, at.name))
            way[at.kind, at.name] = None
            at = codebook.by_name.get((at.kind, at.parent))
        if at is not None and at.parent and (at.kind, at.name) in way:
            circle = in_words(circle_of(at, codebook.by_name))
            yield f"“{at.name}”: its parents go in a circle ({circle})"


def _shared_opposites(codebook: Codebook) -> Iterator[str]:
    """Names that several entries have as opposite."""
    for name, several in _sharing(codebook, lambda one: one.opposite):
        yield f"“{name}” is the opposite of {some_of(several)}"


def _sharing(
    codebook: Codebook, value_of: Callable[[CodebookEntry], str]
) -> Iterator[tuple[str, list[str]]]:
    """The values that several entries of a kind have, each with the names of these entries."""
    bearers: dict[Name, list[str]] = {}
    for one in codebook.entries:
        if value := value_of(one):
            bearers.setdefault((one.kind, value), []).append(one.name)
    for (_, value), names in bearers.items():
        if len(names) > 1:
            yield value, names


def _shared_forms(codebook: Codebook) -> Iterator[str]:
    """Names that differ by capitals only, and aliases that are names or aliases of others."""
    bearers: dict[Name, list[str]] = {}
    spelt: dict[Name, str] = {}
    for one in codebook.entries:
        for form in dict.fromkeys((one.name, *one.aliases)):
            key = (one.kind, form.casefold())
            spelt.setdefault(key, form)
            bearers.setdefault(key, []).append(one.name)
    for (kind, folded), several in bearers.items():
        names = list(dict.fromkeys(several))
        if len(names) < 2:
            continue
        if all(name.casefold() == folded for name in names):
            yield f"{some_of([f'“{name}”' for name in names])} differ by capitals only"
        else:
            yield f"“{spelt[kind, folded]}” is a name or an alias of {some_of(names)}"


def _shared_ids(codebook: Codebook) -> list[str]:
    """The ids that several entries of a kind have."""
    shared = _sharing(codebook, lambda one: one.external_id)
    return [f"“{id}” is the id of {some_of(names)}" for id, names in shared]


def some_of(names: Sequence[str]) -> str:
    """Names joined by `and`; if there are many, the first few and how many more."""
    if len(names) > SHOWN + 1:
        return f"{', '.join(names[:SHOWN])} and {len(names) - SHOWN:,} more"
    return " and ".join(names)


__all__ = ["circle_of", "in_words", "labels_of", "problems", "some_of", "without_circles"]
