"""The registry of canonical names: entities and concepts in use, their mentions, and the history of
names."""

from __future__ import annotations

from dataclasses import dataclass

from annotator.model.names import NameKind
from annotator.model.text import plural
from annotator.project import MentionRow, Project
from annotator.workflows.names.renaming import renamings


@dataclass(frozen=True, slots=True)
class RegistryEntry:
    """A name of the registry: how often this annotator gave it, and to which texts."""

    name: str
    count: int
    forms: tuple[str, ...]


def entries(project: Project, annotator: str, kind: NameKind) -> list[RegistryEntry]:
    """The names an annotator gave, the most frequent first, then the rest of the codebook."""
    found = [
        RegistryEntry(k.name, k.count, tuple(k.aliases))
        for k in project.names.given(annotator, kind)
    ]
    given = {one.name for one in found}
    return found + [
        RegistryEntry(one.name, 0, one.aliases)
        for one in project.names.codebook().entries
        if one.kind == kind and one.name not in given
    ]


def described(project: Project, kind: NameKind, name: str) -> str:
    """What `facts` tells, on one line."""
    return " · ".join(facts(project, kind, name))


def facts(project: Project, kind: NameKind, name: str) -> list[str]:
    """How often, in how many documents and by whom a name is used, and what the codebook says about
    it."""
    mentions, documents, who = project.names.usage(kind, name).get(name, (0, 0, ()))
    used = f"{plural(mentions, 'mention')} in {plural(documents, 'document')}"
    by = f" by {', '.join(who[:3])}{f' and {len(who) - 3} more' if len(who) > 3 else ''}"
    parts = [used + by if who else "not used yet"]
    entry = project.names.codebook().get(kind, name)
    if entry is not None:
        said = (
            ("", entry.label),
            ("under ", entry.parent),
            ("opposite: ", entry.opposite),
            ("also ", ", ".join(entry.aliases)),
            ("id ", entry.external_id),
            ("", entry.definition),
        )
        parts += [f"{what}{value}" for what, value in said if value]
    return parts


def mentions(project: Project, annotator: str, kind: NameKind, name: str) -> list[MentionRow]:
    """Where an annotator gave a name, in document and text order."""
    return project.names.mentions(annotator, kind, name)


@dataclass(frozen=True, slots=True)
class NameEvent:
    """A change of names: when, by whom, and what, in a sentence."""

    time: str
    who: str
    what: str


def history(project: Project) -> list[NameEvent]:
    """All changes of the codebook, all rulings on names, and all renamings that annotators made in
    their work, oldest first."""
    words = {
        "same": "is one with",
        "different": "is really different from",
        "parent": "belongs under",
        "opposite": "is the contrary of",
    }
    found = [
        (
            r.id,
            NameEvent(
                r.time,
                r.reviewer or "",
                f"{r.kind} “{r.name}” {words[r.relation]} “{r.canonical}”"
                + ("" if r.same else ": taken back"),
            ),
        )
        for r in project.names.rulings()
    ]
    found += [
        (
            e.id,
            NameEvent(
                e.time, e.who, f"{e.kind} “{e.name}” " + ("written" if e.entry else "removed")
            ),
        )
        for e in project.names.codebook_events()
    ]
    found += [(one.id, NameEvent(one.time, one.who, one.words)) for one in renamings(project)]
    return [event for _, event in sorted(found, key=lambda pair: pair[0])]


__all__ = [
    "NameEvent",
    "NameKind",
    "RegistryEntry",
    "described",
    "entries",
    "facts",
    "history",
    "mentions",
]
