"""The registry of canonical names: entities and concepts in use, their mentions, renaming and merging.

Renaming changes one annotator's own annotations, as decisions in the log like any others; giving a name that
is in use already merges the two.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from annotator.model.decision import Action, Decision, Status
from annotator.model.naming import Kind, concepts_of, renamed
from annotator.model.span import Span
from annotator.project import Mention, Project


@dataclass(frozen=True, slots=True)
class Entry:
    """A name of the registry: how often this annotator gave it, and the texts it was given to."""

    name: str
    count: int
    forms: tuple[str, ...]


def entries(project: Project, annotator: str, kind: Kind) -> list[Entry]:
    """The names an annotator gave, the most frequent first."""
    return [Entry(k.name, k.count, tuple(k.aliases)) for k in project.names.given(annotator, kind)]


def mentions(project: Project, annotator: str, kind: Kind, name: str) -> list[Mention]:
    """Where an annotator gave a name, in document and text order."""
    return project.names.mentions(annotator, kind, name)


def rename(project: Project, annotator: str, kind: Kind, old: str, new: str) -> int:
    """Give every span that bears `old` the name `new` instead; how many there were.

    One group of decisions for each document, which undo takes back there. Raises StoreError when they cannot be
    written; documents before it are renamed then.
    """
    new = new.strip()
    if not new or new == old:
        return 0
    session, concepts = project.new_session(), concepts_of(project.schema)
    wanted: dict[str, list[Mention]] = {}
    for mention in project.names.mentions(annotator, kind, old):
        wanted.setdefault(mention.document, []).append(mention)
    number = 0
    for document, several in wanted.items():
        annotations, _ = project.log.annotations(document, annotator)
        decisions: list[Decision] = []
        for mention in several:
            standing = annotations.get(mention.item, mention.paragraph)
            if standing is None or not isinstance(standing.value, Span):
                continue
            status = Status.ADDED if standing.status is Status.ADDED else Status.CORRECTED
            value = renamed(standing.value, concepts, kind, old, new)
            after = replace(standing, status=status, value=value)
            decisions.append(
                Decision(
                    f"{session}-{document}", Action.CORRECT, mention.item, mention.paragraph, standing, after
                )
            )
        project.log.record(document, annotator, decisions)
        number += len(decisions)
    return number


__all__ = ["Entry", "Kind", "Mention", "entries", "mentions", "rename"]
