"""The entities and concepts in use: how often, by whom, for which words, and what the codebook says
about them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from annotator.model.names import NameKind
from annotator.model.record import shown_name
from annotator.model.text import first_of, plural
from annotator.project import MentionRow, Project


@dataclass(frozen=True, slots=True)
class RegistryEntry:
    """A name of the registry: how often this annotator gave it, and to which texts."""

    name: str
    count: int
    forms: tuple[str, ...]


def entries(project: Project, annotator: str, kind: NameKind) -> list[RegistryEntry]:
    """The names an annotator gave, the most frequent first, then the rest of the codebook."""
    found = [
        RegistryEntry(k.name, k.count, _as_read(k.aliases))
        for k in project.names.given(annotator, kind)
    ]
    given = {one.name for one in found}
    return found + [
        RegistryEntry(one.name, 0, one.aliases)
        for one in project.names.codebook().entries
        if one.kind == kind and one.name not in given
    ]


def _as_read(forms: Iterable[str]) -> tuple[str, ...]:
    """The forms without those that differ from an earlier one only in capitals."""
    first: dict[str, str] = {}
    for form in forms:
        first.setdefault(form.casefold(), form)
    return tuple(first.values())


def described(project: Project, kind: NameKind, name: str) -> str:
    """What `facts` tells, on one line."""
    return " · ".join(facts(project, kind, name))


def facts(project: Project, kind: NameKind, name: str) -> list[str]:
    """How often, in how many documents and by whom a name is used, and what the codebook says about
    it."""
    parts = [usage_line(project, kind, name)]
    entry = project.names.codebook().get(kind, name)
    if entry is not None:
        counts = (
            ("", entry.label),
            ("under ", entry.parent),
            ("opposite: ", entry.opposite),
            ("also ", ", ".join(entry.aliases)),
            ("id ", entry.external_id),
            ("", entry.definition),
        )
        parts += [f"{what}{value}" for what, value in counts if value]
    return parts


def usage_line(project: Project, kind: NameKind, name: str) -> str:
    """How often, in how many documents and by whom a name is used."""
    number, documents, who = project.names.usage(kind, name).get(name, (0, 0, ()))
    used = f"{plural(number, 'mention')} in {plural(documents, 'document')}"
    return f"{used} by {first_of([shown_name(one) for one in who])}" if who else "not used yet"


def children(project: Project, kind: NameKind, name: str) -> list[str]:
    """The names of the codebook whose parent is this one."""
    entries = project.names.codebook().entries
    return [one.name for one in entries if one.kind == kind and one.parent == name]


def mentions(project: Project, annotator: str, kind: NameKind, name: str) -> list[MentionRow]:
    """Where an annotator gave a name, in document and text order."""
    return project.names.mentions(annotator, kind, name)


__all__ = [
    "NameKind",
    "RegistryEntry",
    "children",
    "described",
    "entries",
    "facts",
    "mentions",
    "usage_line",
]
