"""The versions to be merged: the candidates of every document, and those that a strategy keeps by
itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from annotator import families
from annotator.merging.api import (
    Candidate,
    LearningStrategy,
    SelectiveStrategy,
    Strategy,
    candidates,
    with_ends,
)
from annotator.model.decision import Completion
from annotator.model.names import SameNames
from annotator.model.record import Record
from annotator.model.schema import LabelSchema
from annotator.model.span import Annotation, Relation
from annotator.model.text import Document
from annotator.project import Project

ADJUDICATED = "adjudicated"


@dataclass(frozen=True, slots=True)
class Versions:
    """What has to be merged in a document: the candidates, who finished it, and what the strategy
    keeps. `kept` stands now, and the relations in `following` stand once their ends do."""

    document: str
    voters: tuple[str, ...]
    candidates: tuple[Candidate, ...]
    kept: tuple[Candidate, ...]
    origin: str
    complete: bool = False
    sure: Mapping[str, float] = field(default_factory=dict)
    """The strategy's posterior of each candidate's label, if it has one."""
    following: tuple[Candidate, ...] = ()

    @property
    def open(self) -> tuple[Candidate, ...]:
        """The candidates that the strategy does not decide."""
        if self.complete:
            return ()
        ids = {c.id for c in (*self.kept, *self.following)}
        return tuple(c for c in self.candidates if c.id not in ids)

    @property
    def by_id(self) -> dict[str, Candidate]:
        """The candidates by their ids."""
        return {c.id: c for c in self.candidates}

    def with_gone(self, gone: Iterable[Candidate]) -> Versions:
        """The versions with additional candidates that nobody has any more."""
        return replace(self, candidates=(*self.candidates, *gone))


def check_strategy(name: str) -> str:
    """Check the name of a merging strategy. Raises UsageError if there is no such strategy."""
    family, _, option = name.partition(":")
    families.merging.load(family).kept([], [], option=option)
    return name


def voters_of(done: Iterable[Record]) -> tuple[str, ...]:
    """The annotators of finished records, sorted."""
    return tuple(sorted(r.annotator for r in done if r.annotator is not None))


def learn(project: Project, strategy: str) -> object | None:
    """What a strategy learns from all documents; None if it does not learn.

    Raises UsageError if there is too little to learn from.
    """
    module = families.merging.load(strategy.partition(":")[0])
    if not isinstance(module, LearningStrategy):
        return None
    every: dict[str, list[Record]] = {}
    for record in project.log.records(status=Completion.DONE):
        every.setdefault(record.document.id, []).append(record)
    same = project.names.same()
    corpus = [
        (candidates(done, schema=project.schema, same=same), voters_of(done))
        for done in every.values()
    ]
    return module.learn(corpus)


def versions(
    records: Iterable[Record],
    strategy: str = "unanimous",
    learnt: object | None = None,
    *,
    schema: LabelSchema | None = None,
    same: SameNames | None = None,
) -> Versions | None:
    """What has to be merged in the records of one document, with the result of `learn`; None if
    nobody finished it, or not the annotator whose work the strategy takes. Annotators agree if
    everything in `schema` agrees, with names that are the `same` counted as one."""
    done = [r for r in records if r.annotator is not None and r.status is Completion.DONE]
    if not done:
        return None
    family, _, option = strategy.partition(":")
    voters = voters_of(done)
    found = candidates(done, schema=schema, same=same)
    module = families.merging.load(family)
    if isinstance(module, SelectiveStrategy) and not module.applies(voters, option=option):
        return None
    agreed, sure = _kept(module, found, voters, option, learnt)
    kept = with_ends(agreed)
    ids = {c.id for c in kept}
    following = tuple(c for c in agreed if c.id not in ids)
    return Versions(
        done[0].document.id,
        voters,
        tuple(found),
        tuple(kept),
        strategy,
        module.complete,
        sure,
        following,
    )


def _kept(
    module: Strategy,
    found: Sequence[Candidate],
    voters: Sequence[str],
    option: str,
    learnt: object | None,
) -> tuple[list[Candidate], dict[str, float]]:
    """The candidates that a strategy keeps and, if it has learnt something, the posterior of each
    label."""
    if learnt is not None and isinstance(module, LearningStrategy):
        agreed = module.kept(found, voters, option=option, learnt=learnt)
        return agreed, module.posteriors(found, voters, learnt)
    return module.kept(found, voters, option=option), {}


class Merger:
    """A strategy applied to the work of a project, with what it has learnt and the rulings on
    names, both read once."""

    def __init__(self, project: Project, strategy: str = "unanimous") -> None:
        self.project = project
        self.strategy = strategy
        self._learnt = learn(project, strategy)
        # Learning needs all work.
        self.learnt_from = project.learning.last_sequence() if self._learnt is not None else 0
        self._same = project.names.same()

    def names_changed(self) -> bool:
        """Read the rulings again. Returns whether there are others now."""
        before, self._same = self._same, self.project.names.same()
        return self._same != before

    def versions(self, document: str, records: Iterable[Record] | None = None) -> Versions | None:
        """What has to be merged in a document; pass `records` if you have them."""
        own = self.project.log.records(document=document) if records is None else records
        return versions(
            own, self.strategy, self._learnt, schema=self.project.schema, same=self._same
        )

    def candidates(self, records: Sequence[Record]) -> list[Candidate]:
        """The candidates of some records of one document, whoever finished it."""
        return candidates(records, schema=self.project.schema, same=self._same)


def paragraph_of(document: Document, value: Annotation, others: Mapping[str, Annotation]) -> int:
    """The index of an annotation's paragraph; for a relation, that of its target, which is among
    `others`."""
    while isinstance(value, Relation):
        value = others[value.target]
    return document.paragraph_at(value.start).index


__all__ = [
    "ADJUDICATED",
    "Merger",
    "Versions",
    "check_strategy",
    "learn",
    "paragraph_of",
    "versions",
    "voters_of",
]
