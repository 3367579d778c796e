"""Renaming: gives every span with a name another one, as ordinary decisions in the log.

It changes the work of one annotator, or the gold. Giving a name that is already in use merges the
two.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from annotator.merging.api import BECAUSE, RULING
from annotator.model.decision import Action, Completion, Decision, Standing
from annotator.model.names import (
    Concepts,
    NameKind,
    concepts_of,
    names_line,
    names_of,
    renamed,
)
from annotator.model.record import GOLD
from annotator.model.span import Span
from annotator.model.text import plural
from annotator.project import MentionRow, Project

RENAMING = "rename-"
"""Begins the token of a renaming in one's own work, by which the log is asked for them."""


@dataclass(frozen=True, slots=True)
class Renaming:
    """A name that was given in place of another: `items` that changed, document and id, and whether
    all of it was taken back since. `id` is that of its first event."""

    id: str
    token: str
    time: str
    who: str
    kind: NameKind
    old: str
    new: str
    items: frozenset[tuple[str, str]]
    taken_back: bool = False

    @property
    def words(self) -> str:
        """What was renamed, as a sentence."""
        documents = len({document for document, _ in self.items})
        return (
            f"{self.kind} “{self.old}” renamed to “{self.new}”: "
            f"{plural(len(self.items), 'mention')} in {plural(documents, 'document')}"
            + (", taken back" if self.taken_back else "")
        )


def renamings(project: Project, annotator: str | None = None) -> list[Renaming]:
    """The renamings of an annotator or of all, oldest first. Reads the whole log."""
    concepts = concepts_of(project.schema)
    found: dict[str, Renaming] = {}
    standing: dict[str, set[tuple[str, str]]] = {}
    for event in project.log.grouped(RENAMING, annotator):
        one, place = event.decision, (event.document, event.decision.item)
        token = (one.reverts or one.group).removesuffix(f"-{event.document}")
        if one.reverts is not None:
            back = one.action is Action.UNDO
            (set.discard if back else set.add)(standing.setdefault(token, set()), place)
            continue
        change = _change(one, concepts)
        if change is None:
            continue
        standing.setdefault(token, set()).add(place)
        first = found.get(token) or Renaming(
            event.id, token, event.time, event.annotator, *change, frozenset()
        )
        found[token] = replace(first, items=first.items | {place})
    return [replace(one, taken_back=not standing[one.token]) for one in found.values()]


def _change(decision: Decision, concepts: Concepts) -> tuple[NameKind, str, str] | None:
    """The kind of name that a decision changes, the old name and the new one, which is the old one
    if it was only taken away; None if no name goes."""
    before, after = _names(decision.before, concepts), _names(decision.after, concepts)
    gone = next((name for name in before if name not in after), None)
    if gone is None:
        return None
    come = next((name for name in after if name not in before), gone)
    return (*gone, come[1])


def _names(state: Standing | None, concepts: Concepts) -> list[tuple[NameKind, str]]:
    value = state.value if state is not None else None
    return names_of(value, concepts) if isinstance(value, Span) else []


def take_back(
    project: Project, annotator: str, kind: NameKind, *, reviewer: str | None = None
) -> tuple[Renaming | None, int]:
    """Take back an annotator's latest renaming that has not been taken back as a whole. Returns it,
    None if there was none, and how many items are as before.

    Raises StoreError if the decisions cannot be written; earlier documents are then done already.
    """
    for one in reversed(renamings(project, annotator)):
        if one.kind == kind and not one.taken_back:
            given = [(kind, one.new)]
            number = restore(project, annotator, one.token, given, reviewer=reviewer)
            if number:
                return one, number
    return None, 0


def rename(
    project: Project,
    annotator: str,
    kind: NameKind,
    old: str,
    new: str,
    *,
    token: str = "",
    reviewer: str | None = None,
) -> int:
    """Give every span named `old` the name `new` instead. Returns how many there were.

    `token` and the document's id name the group of decisions in each document, which `restore`
    takes back. In the gold, `reviewer` is the person who decides; an item that was gold by
    agreement gets the note that its name is by ruling or, in an unfinished document, becomes
    adjudicated. Raises StoreError if the decisions cannot be
    written; earlier documents are then renamed already.
    """
    return rename_all(project, annotator, kind, {old: new}, token=token, reviewer=reviewer)


def rename_all(
    project: Project,
    annotator: str,
    kind: NameKind,
    names: Mapping[str, str],
    *,
    token: str = "",
    reviewer: str | None = None,
) -> int:
    """The same for several names (old -> new) as one change: one group of decisions in each
    document."""
    session = token or f"{RENAMING}{project.new_session()}"
    concepts = concepts_of(project.schema)
    number = 0
    for document, mentions in _mentions(project, annotator, kind, names).items():
        annotations, _ = project.log.annotations(document, annotator)
        decisions: list[Decision] = []
        for mention in mentions:
            standing = annotations.get(mention.item, mention.paragraph)
            if standing is None or not isinstance(standing.value, Span):
                continue
            value = standing.value
            for old, new in names.items():
                value = renamed(value, concepts, kind, old, names_line(kind, new))
            if annotator == GOLD:
                finished = annotations.completion is Completion.GOLD
                value = replace(value, origin=_by_ruling(value.origin, kind, finished=finished))
            group, after = f"{session}-{document}", replace(standing, value=value)
            decisions.append(
                Decision(group, Action.CORRECT, mention.item, mention.paragraph, standing, after)
            )
        if decisions:
            project.log.record(document, annotator, decisions, reviewer=reviewer)
        number += len(decisions)
    return number


def _mentions(
    project: Project, annotator: str, kind: NameKind, names: Mapping[str, str]
) -> dict[str, Collection[MentionRow]]:
    """The items with a name that gets another one, each once, by document."""
    found: dict[str, dict[str, MentionRow]] = {}
    for old, new in names.items():
        if names_line(kind, new) not in ("", old):
            for mention in project.names.mentions(annotator, kind, old):
                found.setdefault(mention.document, {})[mention.item] = mention
    return {document: items.values() for document, items in found.items()}


def _by_ruling(origin: str, kind: NameKind, *, finished: bool) -> str:
    """The source of an item of the gold after a ruling on its name. In an unfinished document it is
    the reviewer's own decision, because what annotators agree on is filled in again whenever the
    document is opened, which would bring their name back."""
    if not finished:
        return "adjudicated"
    if origin in ("adjudicated", "human") or f"{kind} by {RULING}" in origin:
        return origin
    return f"{origin}{', ' if BECAUSE in origin else BECAUSE}{kind} by {RULING}"


def restore(
    project: Project,
    annotator: str,
    token: str,
    names: Iterable[tuple[NameKind, str]],
    *,
    reviewer: str | None = None,
) -> int:
    """Take back what was renamed under a token, for items on which nothing was decided since.
    Returns how many items. `names` are the names that were given, which say where to look."""
    documents = dict.fromkeys(
        mention.document
        for kind, name in names
        for mention in project.names.mentions(annotator, kind, name)
    )
    number = 0
    for document in documents:
        back = _back(project, document, annotator, f"{token}-{document}")
        if back:
            project.log.record(document, annotator, back, reviewer=reviewer)
        number += len(back)
    return number


def _back(project: Project, document: str, annotator: str, group: str) -> list[Decision]:
    """The decisions that restore each item of a group to its state before the group."""
    whole: dict[str, Decision] = {}
    for event in project.log.events(document, annotator):
        one = event.decision
        if one.group == group:
            first = whole.get(one.item, one)
            whole[one.item] = replace(one, before=first.before)
    annotations, _ = project.log.annotations(document, annotator)
    name = f"{project.new_session()}-{document}"
    return [
        Decision(name, Action.UNDO, one.item, one.paragraph, one.after, one.before, group)
        for one in reversed(whole.values())
        if annotations.get(one.item, one.paragraph) == one.after
    ]


__all__ = [
    "RENAMING",
    "Renaming",
    "rename",
    "rename_all",
    "renamings",
    "restore",
    "take_back",
]
