"""Renaming: another name on every span that bears one, as decisions in the log like any others.

It changes the work of one annotator, or the gold. Giving
a name that is in use already merges the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from annotator.merging.api import BECAUSE, RULING
from annotator.model.decision import Action, Decision
from annotator.model.names import NameKind, concepts_of, renamed
from annotator.model.record import GOLD
from annotator.model.span import Span
from annotator.project import MentionRow, Project


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
    """Give every span that bears `old` the name `new` instead; returns how many there were.

    `token` and the document's id name the group of decisions in each document, which `restore`
    takes back. In the gold, `reviewer` is who decides, and an item that stood by agreement says
    that its name is by ruling. Raises StoreError if the decisions cannot be written; earlier
    documents are renamed then.
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
    """The same for several names (old -> new) in one deed: one
    group of decisions in each document."""
    session, concepts = token or project.new_session(), concepts_of(project.schema)
    wanted: dict[str, dict[str, MentionRow]] = {}
    for old, new in names.items():
        for mention in (
            project.names.mentions(annotator, kind, old) if new.strip() not in ("", old) else ()
        ):
            wanted.setdefault(mention.document, {})[mention.item] = mention
    number = 0
    for document, several in wanted.items():
        annotations, _ = project.log.annotations(document, annotator)
        decisions: list[Decision] = []
        for mention in several.values():
            standing = annotations.get(mention.item, mention.paragraph)
            if standing is None or not isinstance(standing.value, Span):
                continue
            value = standing.value
            for old, new in names.items():
                value = renamed(value, concepts, kind, old, new.strip())
            if annotator == GOLD:
                value = replace(value, origin=_by_ruling(value.origin, kind))
            group, after = f"{session}-{document}", replace(standing, value=value)
            decisions.append(
                Decision(group, Action.CORRECT, mention.item, mention.paragraph, standing, after)
            )
        if decisions:
            project.log.record(document, annotator, decisions, reviewer=reviewer)
        number += len(decisions)
    return number


def _by_ruling(origin: str, kind: NameKind) -> str:
    """The source of an item of the gold after a ruling on its name."""
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
    """Take back what was renamed under a token, where nothing was decided on an item since; returns
    how many items. `names` are those that were given: they say where to look."""
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
    """The decisions that bring each item of a group back to what it was before
    the first decision of the group."""
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


__all__ = ["rename", "rename_all", "restore"]
