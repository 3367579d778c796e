"""Rulings: how two names are related, decided once for all places.

A ruling is a mapping. The annotators' own work does not change; the gold uses the names that stay.
Rulings made together are one change, which one undo takes back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from annotator.model.names import NameKind, NameRelation, Ruling, contrary_of, names_line, standing
from annotator.model.record import GOLD
from annotator.project import Project
from annotator.workflows.names.renaming import rename_all, restore

NameVerdict: TypeAlias = tuple[NameKind, str, str, NameRelation]
"""Kind, name, the related name, and the relation: see `Ruling`."""


def rule(project: Project, verdicts: Iterable[NameVerdict], *, reviewer: str | None = None) -> int:
    """Make these rulings as one change. Returns how many items of the gold were renamed.

    Raises StoreError if they cannot be written.
    """
    token, decided = project.new_session(), list(dict.fromkeys(verdicts))
    project.names.rule_all(decided, same=True, reviewer=reviewer, token=token)
    number = 0
    for kind in ("entity", "concept"):
        wanted = dict(pair for one in decided if one[0] == kind for pair in _renamings(one))
        number += rename_all(project, GOLD, kind, wanted, token=token, reviewer=reviewer)
    return number


def _renamings(verdict: NameVerdict) -> list[tuple[str, str]]:
    """What a ruling renames in the gold: the name and, for a concept, its contrary."""
    kind, name, stays, relation = verdict
    if relation not in ("same", "opposite"):
        return []
    new = stays if relation == "same" else contrary_of(stays)
    contrary = [(contrary_of(name), contrary_of(new))] if kind == "concept" else []
    return [(name, new), *contrary]


def rule_same(
    project: Project,
    kind: NameKind,
    names: Iterable[str],
    canonical: str,
    *,
    reviewer: str | None = None,
) -> int:
    """Rule that names are one and that `canonical` is the one that stays, in all places, also in
    documents that are reviewed later. Returns how many items of the gold were renamed.

    Raises StoreError if it cannot be written.
    """
    stays = names_line(kind, canonical)
    verdicts: list[NameVerdict] = [
        (kind, name, stays, "same") for name in names if stays and name != stays
    ]
    return rule(project, verdicts, reviewer=reviewer)


def take_back(project: Project, rulings: Sequence[Ruling], *, reviewer: str | None = None) -> int:
    """Take back the rulings of one change, and restore the names of the gold items that they
    renamed, unless somebody decided on them since. Returns how many items."""
    if not rulings:
        return 0
    token = rulings[0].token
    verdicts: list[NameVerdict] = [
        (one.kind, one.name, one.canonical, one.relation) for one in rulings
    ]
    project.names.rule_all(verdicts, same=False, reviewer=reviewer, token=token)
    given = [(one[0], new) for one in verdicts for _, new in _renamings(one)]
    return restore(project, GOLD, token, given, reviewer=reviewer)


def undo(project: Project, *, reviewer: str | None = None) -> list[Ruling]:
    """Take back the reviewer's own latest change that is still valid, with what it renamed in the
    gold. Returns its rulings; none if there is no such change."""
    holding = [one for one in standing(project.names.rulings()) if one.reviewer == reviewer]
    if not holding:
        return []
    last = max(holding, key=lambda one: one.id)
    deed = [one for one in holding if one.token == last.token] if last.token else [last]
    take_back(project, deed, reviewer=reviewer)
    return deed


__all__ = ["NameVerdict", "rule", "rule_same", "take_back", "undo"]
