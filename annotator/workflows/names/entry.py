"""One entry of the codebook: its fields, and changes of one field at a time.

A change is checked against the whole codebook before it is written: what `problems` would report
afterwards, and did not before, is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from annotator.model.codebook import Codebook, CodebookEntry
from annotator.model.names import NameKind, written
from annotator.model.text import as_read
from annotator.project import Project
from annotator.workflows.names.closed import not_allowed
from annotator.workflows.names.codebook import name_problem
from annotator.workflows.names.consistency import circle_of, in_words, labels_of, problems

_LINE = " ¶ "
"""Stands for the end of a line, where a definition is written on a single line."""


@dataclass(frozen=True, slots=True)
class EntryField:
    """A field of an entry: the attribute that holds it, its name for people, and its text on a
    single line. `choices` are what it may hold; None if it is free."""

    attribute: str
    name: str
    text: str
    choices: tuple[str, ...] | None = None


def entry_of(codebook: Codebook, kind: NameKind, name: str) -> CodebookEntry:
    """The entry of a name; an empty one of a name that the codebook does not have."""
    return codebook.by_name.get((kind, name)) or CodebookEntry(kind, name)


def entry_fields(project: Project, kind: NameKind, name: str) -> list[EntryField]:
    """The fields of a name's entry. An actor has a kind, and a concept has an opposite."""
    codebook = project.names.codebook()
    entry = entry_of(codebook, kind, name)
    others = tuple(e.name for e in codebook.entries if e.kind == kind and e.name != name)
    own = (
        EntryField("label", "kind", entry.label, tuple(sorted(labels_of(project))))
        if kind == "entity"
        else EntryField("opposite", "opposite", entry.opposite, others)
    )
    return [
        EntryField("definition", "definition", entry.definition.replace("\n", _LINE)),
        own,
        EntryField("parent", "parent", entry.parent, others),
        EntryField("aliases", "aliases", "; ".join(entry.aliases)),
        EntryField("external_id", "id", entry.external_id),
    ]


def with_field(entry: CodebookEntry, attribute: str, answer: str) -> CodebookEntry:
    """The entry with what was written into a field; an empty text clears it."""
    if attribute == "aliases":
        given = map(as_read, re.split(r"[|;]", answer))
        return replace(entry, aliases=tuple(dict.fromkeys(filter(None, given))))
    if attribute == "definition":
        lines = map(as_read, answer.split(_LINE.strip()))
        return replace(entry, definition="\n".join(lines).strip())
    setters: Mapping[str, Callable[[str], CodebookEntry]] = {
        "label": lambda text: replace(entry, label=text),
        "parent": lambda text: replace(entry, parent=text),
        "opposite": lambda text: replace(entry, opposite=written(text)),
        "external_id": lambda text: replace(entry, external_id=text),
    }
    return setters[attribute](as_read(answer))


def entry_problem(project: Project, entry: CodebookEntry, *, removed: bool = False) -> str:
    """Why an entry cannot be written, or removed; empty if it can."""
    if problem := name_problem(entry.kind, entry.name):
        return problem
    if not removed and entry.opposite == entry.name:
        return f"“{entry.name}” cannot be its own opposite"
    before = project.names.codebook()
    entries = dict(before.by_name)
    entries.pop((entry.kind, entry.name), None)
    if not removed:
        entries[entry.kind, entry.name] = entry
        if way := circle_of(entry, entries):
            return f"its parents would go in a circle: {in_words(way)}"
    was = set(problems(before, project))
    after = problems(Codebook.of(entries.values()), project)
    return next((problem for problem in after if problem not in was), "")


def write_entry(project: Project, entry: CodebookEntry, *, who: str) -> bool:
    """Write an entry, as one change. Returns whether it differs from what is there.

    Raises UsageError if `who` may not change the codebook, and StoreError if it cannot be written.
    """
    not_allowed(project, who)
    if project.names.codebook().by_name.get((entry.kind, entry.name)) == entry:
        return False
    changes = [(entry.kind, entry.name, entry)]
    return bool(project.names.write_codebook(changes, who=who, token=project.new_session()))


def remove_entry(project: Project, kind: NameKind, name: str, *, who: str) -> bool:
    """Remove a name from the codebook, as one change; it stays where it is used. Returns whether it
    was there. Raises as `write_entry` does."""
    not_allowed(project, who)
    if (kind, name) not in project.names.codebook().by_name:
        return False
    token = project.new_session()
    return bool(project.names.write_codebook([(kind, name, None)], who=who, token=token))


__all__ = [
    "EntryField",
    "entry_fields",
    "entry_of",
    "entry_problem",
    "remove_entry",
    "with_field",
    "write_entry",
]
