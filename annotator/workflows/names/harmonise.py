"""Same words, two names: spans that annotators marked alike and named differently, page by page of
pairs.

The pairs that change most come first. A page is decided as a whole and is one change (see
`rulings`), so that agreement before and after it can always be computed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal, TypeAlias

from annotator.model.codebook import Codebook
from annotator.model.names import (
    Name,
    NameRelation,
    SameNames,
    concepts_of,
)
from annotator.model.record import Record
from annotator.project import Project
from annotator.workflows.names.name_pairs import NamePair, pairs
from annotator.workflows.names.rulings import NameVerdict, rule
from annotator.workflows.names.who_says_what import agreement, statements

PAGE = 10
"""The number of pairs on a page: each has a digit."""
PageMark: TypeAlias = NameRelation | Literal["later"]
"""What a pair on a page counts as; a pair for later is asked about again."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The decision on a pair. `stays` is the name that stays, the parent, or the concept whose
    contrary the other one is; `instead` is a third name, which stays for both."""

    pair: NamePair
    mark: PageMark
    stays: str
    instead: str = ""

    @property
    def goes(self) -> str:
        """The other name of the pair."""
        return self.pair.partner(self.stays)

    def swapped(self) -> Answer:
        """The same decision with the other name as `stays`."""
        return replace(self, stays=self.goes, instead="")


def proposed(pair: NamePair, codebook: Codebook) -> Answer:
    """The proposed decision on a pair: the names are one, since two annotators gave them to the
    same words, or opposites if one of the two mostly has `not:` before it. They are really
    different if the codebook has both. Of names that become one, the codebook's stays, or else the
    more frequent one, or else the longer entity and the shorter concept."""

    def order(name: str) -> tuple[bool, int, int, str]:
        uses = pair.uses[0] if name == pair.one else pair.uses[1]
        length = -len(name) if pair.kind == "entity" else len(name)
        return codebook.get(pair.kind, name) is None, -uses, length, name

    mark: PageMark = "opposite" if 2 * pair.turned > pair.times else "same"
    if all(codebook.get(pair.kind, name) for name in (pair.one, pair.other)):
        mark = "different"
    return Answer(pair, mark, min(pair.one, pair.other, key=order))


@dataclass(frozen=True, slots=True)
class PairQueue:
    """What has to be decided, and "who says what" as coded (`before`) and after the rulings
    (`now`)."""

    pairs: Sequence[NamePair]
    before: float | None
    now: float | None


class Harmonising:
    """The queue of a project over the work of its annotators, without the gold. The work is read
    once, since rulings do not change it; what annotators change meanwhile is read by `reread`."""

    def __init__(self, project: Project, documents: Collection[str] | None = None) -> None:
        """Reads the work on these documents, or on all."""
        self._project = project
        self._concepts = concepts_of(project.schema)
        self._author = project.schema.author_layers
        self._only = None if documents is None else frozenset(documents)
        every: Iterable[Record] = project.log.records()
        if documents is not None:
            every = (one for id in documents for one in project.log.records(document=id))
        self._work: dict[str, list[Record]] = {}
        for record in every:
            if record.annotator is not None:
                self._work.setdefault(record.document.id, []).append(record)
        self._before = self._agreement(SameNames())

    @property
    def _records(self) -> list[Record]:
        return [record for several in self._work.values() for record in several]

    def _agreement(self, same: SameNames) -> float | None:
        counted = partial(statements, author=self._author)
        return agreement(self._records, self._concepts, same, counted=counted)

    def reread(self, documents: Collection[str]) -> bool:
        """Read the work on these documents again, as far as it was read at first. Returns whether
        it has other spans or stances than before."""
        changed = False
        for id in documents if self._only is None else self._only.intersection(documents):
            found = [one for one in self._project.log.records(document=id) if one.annotator]
            before, now = (
                [(one.annotator, one.spans, one.relations) for one in several]
                for several in (self._work.get(id, []), found)
            )
            if before != now:
                self._work[id], changed = found, True
        if changed:
            self._before = self._agreement(SameNames())
        return changed

    def queue(self) -> PairQueue:
        """What is left after the rulings so far."""
        rulings = self._project.names.rulings()
        same = SameNames.of(rulings)
        found = pairs(self._records, self._concepts, rulings, same, self._author)
        return PairQueue(found, self._before, self._agreement(same))


def decide(project: Project, answers: Sequence[Answer], *, reviewer: str | None) -> int:
    """Decide the pairs of a page as one change; those for later are left. Names that several pairs
    connect get one name. Returns how many rulings were made.

    Raises ValueError if the page contradicts itself (see `contradiction`), StoreError if it cannot
    be written.
    """
    if problem := contradiction(answers):
        raise ValueError(problem)
    root = _roots(answers)
    verdicts: list[NameVerdict] = []
    for answer in answers:
        kind = answer.pair.kind
        if answer.mark == "same":
            verdicts += [
                (kind, name, root[own], "same")
                for own in answer.pair.names
                if (name := own[1]) != root[own]
            ]
        elif answer.mark != "later":
            goes, stays = (root.get((kind, name), name) for name in (answer.goes, answer.stays))
            verdicts.append((kind, goes, stays, answer.mark))
    verdicts = list(dict.fromkeys(verdicts))
    rule(project, verdicts, reviewer=reviewer)
    return len(verdicts)


def _groups(answers: Sequence[Answer]) -> list[set[Name]]:
    """The groups of names that are one on this page, also through several pairs."""
    groups: list[set[Name]] = []
    for answer in answers:
        if answer.mark == "same":
            joined = set(answer.pair.names).union(
                *(group for group in groups if group & answer.pair.names)
            )
            groups = [group for group in groups if not group & joined] + [joined]
    return groups


def _roots(answers: Sequence[Answer]) -> dict[Name, str]:
    """A dict from each name that is one with another on the page to their common name: a third name
    if one was written, or else the first name that stays in every pair."""
    found: dict[Name, str] = {}
    for group in _groups(answers):
        own = [answer for answer in answers if answer.mark == "same" and answer.pair.names <= group]
        goes = {answer.goes for answer in own}
        stays = (answer.stays for answer in own if answer.stays not in goes)
        root = next((answer.instead for answer in own if answer.instead), next(stays, own[0].stays))
        found.update(dict.fromkeys(group, root))
    return found


def contradiction(answers: Sequence[Answer]) -> str:
    """What to say about two names that are one by some pairs of the page and different by another;
    empty if there is no contradiction."""
    groups = _groups(answers)
    for answer in answers:
        if answer.mark not in ("same", "later") and any(
            answer.pair.names <= group for group in groups
        ):
            return (
                f"other pairs on this page make “{answer.pair.one}” and “{answer.pair.other}” one"
            )
    return ""


__all__ = [
    "PAGE",
    "Answer",
    "Harmonising",
    "PageMark",
    "PairQueue",
    "contradiction",
    "decide",
    "proposed",
]
