"""The registry of canonical names: entities and concepts in use, their mentions, renaming and merging.

Renaming changes one annotator's own annotations, as decisions in the log like any others; giving a name that
is in use already merges the two.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from annotator.merging.api import BECAUSE, RULING
from annotator.model.decision import Action, Decision, undo_of
from annotator.model.naming import Kind, Ruling, concepts_of, renamed
from annotator.model.record import GOLD
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


def rename(
    project: Project,
    annotator: str,
    kind: Kind,
    old: str,
    new: str,
    *,
    token: str = "",
    reviewer: str | None = None,
) -> int:
    """Give every span that bears `old` the name `new` instead; how many there were.

    One group of decisions for each document, `token` and the document's id, which undo takes back there. In the gold
    `reviewer` is who decides, and an item that stood by agreement says that its name is by ruling. Raises StoreError
    when they cannot be written; documents before it are renamed then.
    """
    new = new.strip()
    if not new or new == old:
        return 0
    session, concepts = token or project.new_session(), concepts_of(project.schema)
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
            value = renamed(standing.value, concepts, kind, old, new)
            if annotator == GOLD:
                value = replace(value, origin=_by_ruling(value.origin, kind))
            after = replace(standing, value=value)
            group = f"{session}-{document}"
            decisions.append(
                Decision(group, Action.CORRECT, mention.item, mention.paragraph, standing, after)
            )
        project.log.record(document, annotator, decisions, reviewer=reviewer)
        number += len(decisions)
    return number


def _by_ruling(origin: str, kind: Kind) -> str:
    """The source of an item of the gold after a ruling on its name."""
    if origin in ("adjudicated", "human") or f"{kind} by {RULING}" in origin:
        return origin
    return f"{origin}{', ' if BECAUSE in origin else BECAUSE}{kind} by {RULING}"


def rule_same(
    project: Project, kind: Kind, names: Iterable[str], canonical: str, *, reviewer: str | None = None
) -> int:
    """Rule that names are one, and `canonical` is the one that stays: decided once for all places, in documents that
    are reviewed later too. What annotators wrote stays as it is. How many items of the gold were renamed.

    Raises StoreError when it cannot be written.
    """
    token, canonical, number = project.new_session(), canonical.strip(), 0
    for name in dict.fromkeys(names):
        if not canonical or name == canonical:
            continue
        project.names.rule(kind, name, canonical, same=True, reviewer=reviewer, token=token)
        number += rename(project, GOLD, kind, name, canonical, token=token, reviewer=reviewer)
    return number


def take_back(project: Project, ruling: Ruling, *, reviewer: str | None = None) -> int:
    """Rule that the names of a ruling are not one after all, and give the items of the gold that it renamed their names
    back, where nobody decided on them since; how many."""
    project.names.rule(
        ruling.kind, ruling.name, ruling.canonical, same=False, reviewer=reviewer, token=ruling.token
    )
    mentions = project.names.mentions(GOLD, ruling.kind, ruling.canonical)
    number = 0
    for document in dict.fromkeys(mention.document for mention in mentions):
        group = tuple(
            event.decision
            for event in project.log.events(document, GOLD)
            if event.decision.group == f"{ruling.token}-{document}"
        )
        annotations, _ = project.log.annotations(document, GOLD)
        still = tuple(d for d in group if annotations.get(d.item, d.paragraph) == d.after)
        if still:
            back = undo_of(still, f"{project.new_session()}-{document}")
            project.log.record(document, GOLD, back, reviewer=reviewer)
            number += len(still)
    return number


def undo_rename(project: Project, annotator: str, token: str) -> int:
    """Take back a renaming in all documents, where nothing was decided on an item since; how many items."""
    number = 0
    for document in project.documents.ids():
        group = tuple(
            event.decision for event in project.log.events(document, annotator)
            if event.decision.group == f"{token}-{document}"
        )  # fmt: skip
        if not group:
            continue
        annotations, _ = project.log.annotations(document, annotator)
        still = tuple(d for d in group if annotations.get(d.item, d.paragraph) == d.after)
        if still:
            project.log.record(document, annotator, undo_of(still, f"{project.new_session()}-{document}"))
            number += len(still)
    return number


@dataclass(frozen=True, slots=True)
class NameEvent:
    """Something that was done to names: when, by whom, and what in a sentence."""

    time: str
    who: str
    what: str


def history(project: Project) -> list[NameEvent]:
    """All that was written into the codebook and ruled on names, oldest first."""
    words = {
        "same": "is one with", "different": "is really different from", "parent": "belongs under",
        "opposite": "is the contrary of",
    }  # fmt: skip
    found = [
        (r.id, NameEvent(r.time, r.reviewer or "", f"{r.kind} “{r.name}” {words[r.relation]} “{r.canonical}”"
                         + ("" if r.same else ": taken back")))
        for r in project.names.rulings()
    ]  # fmt: skip
    found += [
        (e.id, NameEvent(e.time, e.who, f"{e.kind} “{e.name}” " + ("written" if e.entry else "taken out")))
        for e in project.names.codebook_events()
    ]
    return [event for _, event in sorted(found, key=lambda pair: pair[0])]


__all__ = [
    "Entry", "Kind", "Mention", "NameEvent", "entries", "history", "mentions", "rename", "rule_same", "take_back",
    "undo_rename",
]  # fmt: skip
