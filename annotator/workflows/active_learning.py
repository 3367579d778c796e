"""Active learning: which documents teach the model most. These are the ones it is least sure about,
or the ones least like what is already coded.

A share of them is drawn at random and marked, so that agreement
and figures on that share stay unbiased.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from annotator.errors import UsageError
from annotator.model.decision import Completion
from annotator.project import Project

Strategy: TypeAlias = Literal["uncertainty", "diversity"]
WAYS: tuple[Strategy, ...] = ("uncertainty", "diversity")
RANDOM_SHARE = 0.2
"""The share of the documents that are drawn at random."""
WEIGHED, FIRST = 2_000, 50
"""How many documents are considered for the order of a queue, and how many of them come first in
it."""
MARKED = "random_documents"
"""The setting that lists the documents that were drawn at random."""
_WORD = re.compile(r"\w{4,}")


@dataclass(frozen=True, slots=True)
class NextDocuments:
    """The documents to code next, the most informative first; `random` are those drawn at
    random."""

    documents: tuple[str, ...]
    random: frozenset[str]


def next_documents(
    project: Project, by: Strategy, count: int, *, dry_run: bool = False
) -> NextDocuments:
    """Choose this many documents that nobody has: the most informative ones, and a random share,
    which the project records.

    Raises UsageError for a count below 1, and by uncertainty if nothing was suggested yet.
    """
    if count < 1:
        raise UsageError(
            "no documents are asked for", key="--count", hint="Give a number of 1 or more"
        )
    held = {one.document for one in project.assignments.held()}
    free = [id for id in project.documents.ids() if id not in held]
    return _ordered(project, by, free, held, count, dry_run=dry_run)


def queue_order(project: Project, by: Strategy, annotator: str, ids: Sequence[str]) -> list[str]:
    """The documents of a queue. Of the first `WEIGHED` that the annotator has not begun, those that
    teach most come first, with a random share that is marked in the project.

    Raises UsageError by uncertainty if nothing was suggested yet.
    """
    rows = project.documents.rows_of(annotator, ids)
    readable = [id for id in ids if id in rows]
    fresh = [id for id in readable if rows[id].completion is Completion.NEW][:WEIGHED]
    begun = {id for id in readable if rows[id].completion is not Completion.NEW}
    first = _ordered(project, by, fresh, begun, FIRST, dry_run=False).documents
    return [*first, *(id for id in ids if id not in set(first))]


def _ordered(
    project: Project,
    by: Strategy,
    free: Sequence[str],
    known: Collection[str],
    count: int,
    *,
    dry_run: bool,
) -> NextDocuments:
    """That many of the `free` documents: those that teach most in addition to the `known` ones,
    with a random one after every few."""
    seed = project.blind_seed
    by_lot = sorted(
        free,
        key=lambda id: hashlib.sha256(f"{seed}\x1f{id}".encode("utf-8", "surrogatepass")).digest(),
    )
    drawn = by_lot[: round(RANDOM_SHARE * min(count, len(free)))]
    rest = [id for id in free if id not in set(drawn)]
    ranked = (
        _uncertain(project, rest)
        if by == "uncertainty"
        else _diverse(project, rest, sorted(known), count)
    )[: count - len(drawn)]
    if not dry_run and drawn:
        project.keep_setting(MARKED, json.dumps(sorted({*random_documents(project), *drawn})))
    step = round(1 / RANDOM_SHARE) - 1
    mixed: list[str] = []
    for place in range(max(len(drawn), -(-len(ranked) // step))):
        mixed += [*ranked[place * step : (place + 1) * step], *drawn[place : place + 1]]
    return NextDocuments(tuple(mixed), frozenset(drawn))


def random_documents(project: Project) -> frozenset[str]:
    """The documents that were drawn at random so far."""
    return frozenset(project.kept_texts(MARKED))


def _uncertain(project: Project, ids: Sequence[str]) -> list[str]:
    """By the mean variance p(1 - p) of the suggestions for
    a document's spans, the largest first."""
    suggested = project.suggestions.documents()
    if ids and not suggested.intersection(ids):
        raise UsageError(
            "there are no suggestions for these documents yet", key="--by", hint="annotator suggest"
        )
    doubt = project.suggestions.doubt(ids)
    return sorted(ids, key=lambda id: (-doubt.get(id, 0.0), id))


def _diverse(project: Project, ids: Sequence[str], known: Sequence[str], count: int) -> list[str]:
    """Choose, one after the other, the document whose words are least covered by those coded or
    chosen before."""
    words = {one.id: _words(one.text) for one in project.documents.each(ids)}
    seen: Counter[str] = Counter()
    for one in project.documents.each(known):
        seen.update(_words(one.text).keys())
    out: list[str] = []
    left = set(words)
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
    "queue_order",
    "random_documents",
]
