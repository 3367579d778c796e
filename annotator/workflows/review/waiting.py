"""What review has yet to decide in a document, according to the state of its gold."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from annotator.merging.api import Candidate, strategy_of
from annotator.model.annotation import AnnotationSet
from annotator.model.decision import Completion, Standing, Status
from annotator.model.fields import content, fields_of
from annotator.model.record import GOLD
from annotator.model.schema import LabelSchema
from annotator.model.span import AUTHOR, Annotation, Relation, Span
from annotator.workflows.review.alignment import CHANGED, Difference, differences_of
from annotator.workflows.review.changes import Change, changes
from annotator.workflows.review.versions import ADJUDICATED, Merger, Versions


@dataclass(frozen=True, slots=True)
class Situation:
    """A document in review: the versions, the content of the gold, what changed since it was
    finished, and the differences, of which those in `waiting` must be decided. `reopened` are items
    of a finished gold that nobody adjudicated and on which annotators no longer agree. Versions
    `beside` something that stands on the same text were made by somebody who made both."""

    found: Versions
    gold: AnnotationSet
    changes: tuple[Change, ...]
    differences: tuple[Difference, ...]
    waiting: tuple[Difference, ...]
    reopened: frozenset[str]
    beside: frozenset[str]

    @property
    def changed(self) -> bool:
        """Whether it is gold and was changed since."""
        return bool(self.changes) and self.gold.completion is Completion.GOLD

    @property
    def values(self) -> dict[str, Annotation]:
        """Annotations by id: what annotators made, and what stands, as it stands."""
        made: dict[str, Annotation] = {c.id: c.value for c in self.found.candidates}
        return made | {value.id: value for value in self.gold.annotations()}

    def stands(self, id: str) -> bool:
        """Whether an item is in the gold."""
        standing = self.gold.anywhere(id)
        return standing is not None and standing.value is not None

    def start(self, difference: Difference) -> int:
        """The position of a difference in the text; for a stance, the start of its target."""
        value, every = difference.candidates[0].value, self.found.by_id
        while isinstance(value, Relation):
            value = every[value.target].value
        return value.start

    def before(self, focus: str | None, offset: int) -> float:
        """The number of the difference that an item is a version of; of any other item that begins
        at an offset, a number between those of the differences around it."""
        found = next((d for d in self.differences if focus in d.ids), None)
        if found is not None and found.number:
            return found.number
        numbers = [d.number for d in self.differences if d.number and self.start(d) < offset]
        return max(numbers, default=0) + 0.5


def situation(merger: Merger, document: str) -> Situation | None:
    """The state of a document in review; None if there is nothing to merge in it."""
    found = merger.versions(document)
    if found is None:
        return None
    gold, _ = merger.project.log.annotations(document, GOLD)
    since = changes(merger, document, gold)
    touched = {change.item for change in since if change.item}
    found = found.with_gone(_gone(found, gold, touched, merger.project.schema))
    aligned = differences_of(found)
    # A stance on other versions of the same ends is decided with these.
    follows = frozenset(id for one in aligned if one.follows for id in one.ids)
    reopened = frozenset(_reopened(found, gold, touched)) - follows
    differences = _with_reopened(aligned, reopened)
    finished = gold.completion is Completion.GOLD
    deciding = _DecidedInGold(found, gold, differences)
    waiting = tuple(d for d in differences if deciding.waits(d, reopened, finished=finished))
    beside = frozenset(c.id for d in waiting for c in d.candidates if deciding.is_beside(c))
    return Situation(found, gold, since, tuple(differences), waiting, reopened, beside)


def known(gold: AnnotationSet, id: str) -> bool:
    """Whether the gold says anything about an item, even if it rejects it."""
    return gold.anywhere(id) is not None


def _gone(
    found: Versions, gold: AnnotationSet, touched: Collection[str], schema: LabelSchema
) -> list[Candidate]:
    """Items of the gold on which annotators once agreed and which nobody has any more."""
    there = {c.id for c in found.candidates}
    return [
        Candidate(value, (), fields_of(value.layer, schema, [value]))
        for value in gold.annotations()
        if value.id in touched and value.id not in there and value.origin != ADJUDICATED
    ]


def _reopened(found: Versions, gold: AnnotationSet, touched: Collection[str]) -> Iterable[str]:
    """Items that stand by agreement and were changed since, if the strategy now keeps something
    else."""
    kept = {c.id: c for c in (*found.kept, *found.following)}
    for candidate in found.candidates:
        standing = gold.anywhere(candidate.id) if candidate.id in touched else None
        value = standing.value if standing is not None else None
        if not isinstance(value, Span | Relation) or value.origin == ADJUDICATED:
            continue
        now = kept.get(candidate.id)
        if now is None or not same_content(now, value):
            yield candidate.id


def same_content(candidate: Candidate, value: Annotation) -> bool:
    """Whether a candidate that a strategy keeps has the same content as what stands."""
    fields = candidate.fields
    return content(candidate.value, fields) == content(value, fields)


def _with_reopened(
    differences: Iterable[Difference], reopened: Collection[str]
) -> list[Difference]:
    """A reopened item is a difference even if annotators now agree, since they agree on something
    other than the gold."""
    out: list[Difference] = []
    number = 0
    for difference in differences:
        one = difference
        if not one.kinds and one.ids & set(reopened):
            one = replace(one, kinds=(CHANGED,))
        if one.kinds and not one.follows:
            number += 1
            one = replace(one, number=number)
        out.append(one)
    return out


class _DecidedInGold:
    """What review has decided, according to the gold."""

    def __init__(
        self, found: Versions, gold: AnnotationSet, differences: Iterable[Difference]
    ) -> None:
        self._found, self._gold, self._made = found, gold, found.by_id
        self._spans = gold.spans()
        self._standing = {span.id for span in self._spans}
        self._all_standing = {value.id for value in gold.annotations()}
        several = list(differences)
        self._versions = {id: one.ids for one in several for id in one.ids}
        self._rivals = {c.id: one.rivals(c) for one in several for c in one.candidates}

    def waits(
        self, difference: Difference, reopened: Collection[str] = (), *, finished: bool = False
    ) -> bool:
        """Whether review must decide on a difference. With a `finished` gold, this includes what
        annotators agree on but the gold lacks, since nothing enters it by itself."""
        if difference.ids & set(reopened):
            return True
        own = difference.candidates
        if not difference.kinds:
            return any(self._lacks(c, finished=finished) for c in own)
        if difference.follows:
            is_known = any(known(self._gold, c.id) for c in own)
            return not is_known and any(self._ends_stand(c) for c in own)
        return any(self._is_open(c) for c in own) or self._is_undecided(own)

    def _is_undecided(self, candidates: Iterable[Candidate]) -> bool:
        """Whether neither the strategy nor the gold decides on all candidates."""
        if self._found.complete:
            return False
        kept = {c.id for c in self._found.kept}
        return any(c.id not in kept and not self._settled(c) for c in candidates)

    def _lacks(self, candidate: Candidate, *, finished: bool) -> bool:
        """Whether the gold lacks what annotators agree on: it has no more than a mark there, or, if
        it is `finished`, says nothing about it."""
        standing = self._gold.anywhere(candidate.id)
        if standing is None:
            return finished and not self._settled(candidate)
        return standing.value is None and standing.status is Status.MARKED

    def _is_open(self, candidate: Candidate) -> bool:
        """Whether the gold has a candidate, but no decision on it."""
        standing = self._gold.anywhere(candidate.id)
        return standing is not None and not _decided(standing)

    def _ends_stand(self, candidate: Candidate) -> bool:
        value = candidate.value
        if not isinstance(value, Relation):
            return False
        return value.target in self._standing and (
            value.source == AUTHOR or value.source in self._standing
        )

    def _settled(self, candidate: Candidate) -> bool:
        """Whether the gold decides on a candidate: itself, by what stands in its place or on the
        same stretch, or, of a relation, by the fall of its holder or target with all versions."""
        standing = self._gold.anywhere(candidate.id)
        if standing is not None:
            return _decided(standing)
        if self._rivals.get(candidate.id, frozenset()) & self._all_standing:
            return True
        value = candidate.value
        if isinstance(value, Relation):
            return any(self._is_rejected(end) for end in (value.source, value.target))
        return bool(self._standing_on(value)) and not self.is_beside(candidate)

    def is_beside(self, candidate: Candidate) -> bool:
        """Whether all that stands on a candidate's stretch stands by itself and not in its place:
        no reviewer put it there, and somebody made both."""
        value = candidate.value
        there = self._standing_on(value) if isinstance(value, Span) else []
        return bool(there) and all(
            strategy_of(span.origin) != ADJUDICATED
            and span.id in self._made
            and bool(set(self._made[span.id].votes) & set(candidate.votes))
            for span in there
        )

    def _standing_on(self, value: Span) -> list[Span]:
        """The accepted spans of the same layer on the same stretch."""
        place = (value.layer, value.start, value.end)
        return [s for s in self._spans if (s.layer, s.start, s.end) == place]

    def _is_rejected(self, end: str) -> bool:
        """Whether review decided against an end, and no version of it stands to which the relations
        on it go over."""
        return (
            end in self._made
            and end not in self._standing
            and self._settled(self._made[end])
            and not self._versions.get(end, frozenset()) & self._standing
        )


def _decided(standing: Standing) -> bool:
    """Whether there is a decision: not only a note, nor a decision that was withdrawn, postponed or
    half made."""
    if standing.value is None:
        return standing.status not in (Status.MARKED, Status.SKIPPED)
    return not standing.open


__all__ = ["Situation", "known", "same_content", "situation"]
