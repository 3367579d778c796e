"""The registry of canonical names: entities and concepts in use, their
mentions, and what was done to names."""

from __future__ import annotations

from dataclasses import dataclass

from annotator.model.names import NameKind
from annotator.project import MentionRow, Project


@dataclass(frozen=True, slots=True)
class RegistryEntry:
    """A name of the registry: how often this annotator gave it, and the texts it was given to."""

    name: str
    count: int
    forms: tuple[str, ...]


def entries(project: Project, annotator: str, kind: NameKind) -> list[RegistryEntry]:
    """The names an annotator gave, the most frequent first."""
    return [
        RegistryEntry(k.name, k.count, tuple(k.aliases))
        for k in project.names.given(annotator, kind)
    ]


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
    """All changes of the codebook and all rulings on names, oldest first."""
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
                e.time, e.who, f"{e.kind} “{e.name}” " + ("written" if e.entry else "taken out")
            ),
        )
        for e in project.names.codebook_events()
    ]
    return [event for _, event in sorted(found, key=lambda pair: pair[0])]


__all__ = ["NameEvent", "NameKind", "RegistryEntry", "entries", "history", "mentions"]
