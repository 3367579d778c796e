"""Which documents teach the model most: those it is least sure about,
or those least like what is coded already.

A share of them is drawn at random and marked, so that agreement
and figures on that share stay unbiased.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from annotator.errors import UsageError
from annotator.model.span import Span
from annotator.project import Project

Strategy: TypeAlias = Literal["uncertainty", "diversity"]
WAYS: tuple[Strategy, ...] = ("uncertainty", "diversity")
RANDOM_SHARE = 0.2
"""The share of the documents that are drawn at random."""
MARKED = "random_documents"
"""The setting that lists the documents that were drawn at random."""
_WORD = re.compile(r"\w{4,}")


@dataclass(frozen=True, slots=True)
class NextDocuments:
    """The documents that are to be coded next, the most telling first;
    `random` are those drawn at random."""

    documents: tuple[str, ...]
    random: frozenset[str]


def next_documents(
    project: Project, by: Strategy, count: int, *, dry_run: bool = False
) -> NextDocuments:
    """So many documents that nobody holds: the most telling ones, and a
    share at random, marked in the project.

    Raises UsageError for a count below 1, and by uncertainty where nothing was suggested yet.
    """
    if count < 1:
        raise UsageError(
            "no documents are asked for", key="--count", hint="Give a number of 1 or more"
        )
    held = {one.document for one in project.assignments.held()}
    free = [id for id in project.documents.ids() if id not in held]
    seed = project.blind_seed
    order = sorted(
        free,
        key=lambda id: hashlib.sha256(f"{seed}\x1f{id}".encode("utf-8", "surrogatepass")).digest(),
    )
    drawn = order[: round(RANDOM_SHARE * min(count, len(free)))]
    rest = [id for id in free if id not in set(drawn)]
    ranked = (
        _uncertain(project, rest)
        if by == "uncertainty"
        else _diverse(project, rest, sorted(held), count)
    )
    chosen = (*ranked[: count - len(drawn)], *drawn)
    if not dry_run and drawn:
        project.keep_setting(MARKED, json.dumps(sorted({*random_documents(project), *drawn})))
    return NextDocuments(chosen, frozenset(drawn))


def random_documents(project: Project) -> frozenset[str]:
    """The documents that were drawn at random so far."""
    return frozenset(json.loads(project.setting(MARKED) or "[]"))


def _uncertain(project: Project, ids: Sequence[str]) -> list[str]:
    """By the mean variance p(1 - p) of the suggestions for
    a document's spans, the largest first."""
    suggested = project.suggestions.documents()
    if ids and not suggested.intersection(ids):
        raise UsageError(
            "nothing is suggested for these documents yet", key="--by", hint="annotator suggest"
        )
    doubt: dict[str, float] = {}
    for id in ids:
        scores = (
            [s.score for s in project.suggestions.of(id) if isinstance(s.value, Span)]
            if id in suggested
            else []
        )
        doubt[id] = sum(p * (1 - p) for p in scores) / len(scores) if scores else 0.0
    return sorted(ids, key=lambda id: (-doubt[id], id))


def _diverse(project: Project, ids: Sequence[str], known: Sequence[str], count: int) -> list[str]:
    """One after the other the document whose words are least covered
    by those coded or chosen before."""
    words = {id: _words(project.documents.load(id).text) for id in ids}
    seen: Counter[str] = Counter()
    for id in known:
        seen.update(_words(project.documents.load(id).text).keys())
    out: list[str] = []
    left = set(ids)
    while left and len(out) < count:
        best = min(left, key=lambda id: (_covered(words[id], seen), id))
        out.append(best)
        left.remove(best)
        seen.update(words[best].keys())
    return out


def _covered(words: Mapping[str, int], seen: Mapping[str, int]) -> float:
    return sum(word in seen for word in words) / len(words) if words else 1.0


def _words(text: str) -> Counter[str]:
    return Counter(_WORD.findall(text.lower()))


__all__ = [
    "MARKED",
    "RANDOM_SHARE",
    "WAYS",
    "NextDocuments",
    "Strategy",
    "next_documents",
    "random_documents",
]
