"""From the finished work of several annotators to the gold: what becomes gold by itself, and what
has to be decided.

The gold of a document is the work of the reserved annotator `@gold`. Its suggestions are the
annotators' differing versions; deciding on them works like annotating, with the same keys, log and
undo.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from annotator.errors import UsageError
from annotator.merging.api import Candidate, strategy_of, with_ends
from annotator.model.annotation import AnnotationSet
from annotator.model.decision import (
    Action,
    Completion,
    CompletionMark,
    Decision,
    ParagraphMark,
    Standing,
    Status,
    Suggestion,
)
from annotator.model.marks import mark_document, mark_paragraph
from annotator.model.record import GOLD
from annotator.model.span import Annotation, Relation, Span, identity
from annotator.model.text import Document
from annotator.project import Project
from annotator.workflows.review.alignment import Difference
from annotator.workflows.review.changes import revisions
from annotator.workflows.review.versions import (
    ADJUDICATED,
    Merger,
    Versions,
    check_strategy,
    paragraph_of,
)
from annotator.workflows.review.waiting import Situation, known, same_content, situation

ANNOTATORS = "annotators"
"""The rule name of suggestions that are annotators' versions."""


def everything(gold: AnnotationSet) -> Iterable[tuple[int, str, Standing]]:
    """Paragraph, item and state of everything in the gold."""
    for index, standings in gold.by_paragraph.items():
        for id, standing in standings.items():
            yield index, id, standing


def prefill(project: Project, document: Document, found: Versions) -> int:
    """Bring the gold of a document in progress up to date with what the strategy keeps. Returns the
    number of items that changed. A finished gold stays as it is.

    Decisions of review stay. What the strategy once put there but no longer keeps, because an
    annotator's work changed, is removed and comes back as a difference.
    """
    gold, _ = project.log.annotations(document.id, GOLD)
    if gold.completion is Completion.GOLD:
        return 0
    decisions = _prefilled(document, gold, found, f"merge-{project.new_session()}")
    if decisions:
        project.log.record(document.id, GOLD, decisions)
    return len(decisions)


def _prefilled(
    document: Document, gold: AnnotationSet, found: Versions, group: str
) -> list[Decision]:
    standing = {span.id for span in gold.spans()}
    several = _without_twins(gold, found)
    kept = {c.id: c for c in with_ends(several, standing)}
    values: dict[str, Annotation] = {c.id: c.value for c in found.candidates}
    there = {value.id: value for value in gold.annotations()} | values

    def put(id: str, before: Standing | None) -> Decision:
        value = replace(kept[id].value, origin=kept[id].origin(found.origin))
        after = Standing(
            Status.ACCEPTED, value, before.note if before else "", bool(before and before.flagged)
        )
        return Decision(
            group, Action.MERGE, id, paragraph_of(document, value, there), before, after
        )

    decisions = _brought_back(document, gold, values.values(), group)
    decisions += [put(id, None) for id in kept if not known(gold, id)]
    for index, id, before, value in _by_strategy(gold, found.origin):
        if id not in kept:
            decisions.append(Decision(group, Action.MERGE, id, index, before, None))
        elif not same_content(kept[id], value) or value.origin != kept[id].origin(found.origin):
            decisions.append(put(id, before))
    return decisions


def _without_twins(gold: AnnotationSet, found: Versions) -> Iterator[Candidate]:
    """The items that a strategy keeps, without those that are there already under another id
    because a reviewer made them (not because annotators made both). Relations on such items are
    moved to the existing ones."""
    made = {c.id: identity(c.value) for c in found.candidates}
    by_hand = {
        identity(value): value.id
        for value in gold.annotations()
        if value.origin == ADJUDICATED and made.get(value.id) != identity(value)
    }
    stands: dict[str, str] = {}
    for candidate in sorted(
        (*found.kept, *found.following), key=lambda c: isinstance(c.value, Relation)
    ):
        value = candidate.value
        if isinstance(value, Relation):
            source, target = (stands.get(end, end) for end in (value.source, value.target))
            value = replace(value, source=source, target=target)
        own = by_hand.get(identity(value), value.id)
        if own == value.id or known(gold, value.id):
            yield replace(candidate, value=value)
        else:
            stands[value.id] = own


def _by_strategy(
    gold: AnnotationSet, strategy: str
) -> Iterator[tuple[int, str, Standing, Annotation]]:
    """Paragraph, item, state and annotation of what a strategy put into the gold."""
    for index, id, standing in everything(gold):
        value = standing.value
        if (
            standing.status is Status.ACCEPTED
            and isinstance(value, Span | Relation)
            and strategy_of(value.origin) == strategy
        ):
            yield index, id, standing, value


def _brought_back(
    document: Document, gold: AnnotationSet, values: Iterable[Annotation], group: str
) -> list[Decision]:
    """Excluded paragraphs of the document in which somebody marked something; they have to be
    reviewed."""
    there = {document.paragraph_at(v.start).index for v in values if isinstance(v, Span)}
    out: list[Decision] = []
    for paragraph in document.paragraphs:
        mark = gold.mark(paragraph.index)
        if paragraph.excluded and mark.excluded is None and paragraph.index in there:
            included = ParagraphMark(mark.done, excluded=False)
            out.append(mark_paragraph(gold, group, Action.MERGE, paragraph.index, included))
    return out


def settle_imported(project: Project, documents: Collection[str]) -> int:
    """If a finished gold was imported, what the annotators' files have and the gold has not was
    rejected. Record that, so that review asks only about what somebody marks here. Returns the
    number of such items.

    The order of the files does not matter.
    """
    settled = 0
    merger = Merger(project)
    for row in project.log.completions(annotator=GOLD):
        if row.document in documents and row.completion is Completion.GOLD:
            settled += _settle(merger, row.document)
    return settled


def _settle(merger: Merger, id: str) -> int:
    """Reject in an imported gold what only files have; returns the number of such items. A gold
    that somebody changed here stays as it is."""
    project = merger.project
    here = {e.annotator for e in project.log.events(id) if e.decision.action is not Action.IMPORT}
    found = merger.versions(id)
    if GOLD in here or found is None:
        return 0
    document = project.documents.load(id)
    gold, _ = project.log.annotations(id, GOLD)
    files = tuple(c for c in found.candidates if not here.intersection(c.votes))
    group = f"import-{project.new_session()}"
    decisions = _rejected(document, gold, found, files, group, Action.IMPORT)
    if decisions:
        project.log.record(id, GOLD, decisions)
    return len(decisions)


def _rejected(
    document: Document,
    gold: AnnotationSet,
    found: Versions,
    some: Iterable[Candidate],
    group: str,
    action: Action,
) -> list[Decision]:
    """Decisions that reject those candidates about which the gold says nothing."""
    values: dict[str, Annotation] = {c.id: c.value for c in found.candidates}
    against = Standing(Status.REJECTED, None)
    return [
        Decision(group, action, c.id, paragraph_of(document, c.value, values), None, against)
        for c in some
        if not known(gold, c.id)
    ]


def suggestions_of(
    document: Document, here: Situation, names: Mapping[str, str] | None = None
) -> list[Suggestion]:
    """What has to be decided, as suggestions: the score is the share of votes, the rank the number
    of the difference, and the reason says whose they are, with `names` for annotators if these are
    hidden."""
    versions = _AsSuggestions(document, here, names or {})
    out: list[Suggestion] = []
    for difference in here.differences:
        several = _following(here, difference) if difference.follows else difference.candidates
        out += (versions.of(difference, c) for c in several if versions.is_shown(c))
    return out


def _following(here: Situation, difference: Difference) -> Sequence[Candidate]:
    """Among versions that differ only in their ends, the accepted one, or else one of the most
    frequent: with the same ends, two of them would be one stance twice."""
    several = difference.candidates
    return [c for c in several if here.stands(c.id)] or several[:1]


class _AsSuggestions:
    """The versions of a document as suggestions, with the names that annotators are `called`."""

    def __init__(self, document: Document, here: Situation, called: Mapping[str, str]) -> None:
        self._document, self._here, self._called = document, here, called
        found = here.found
        self._values: dict[str, Annotation] = {c.id: c.value for c in found.candidates}
        self._agreed = {c.id for c in (*found.kept, *found.following)}

    def is_shown(self, candidate: Candidate) -> bool:
        """Whether a version can be decided on: a complete strategy rejects what it does not
        keep."""
        return not self._here.found.complete or candidate.id in self._agreed

    def of(self, difference: Difference, candidate: Candidate) -> Suggestion:
        """A version of a difference."""
        here, found, agreed = self._here, self._here.found, candidate.id in self._agreed
        follows = difference.follows or (agreed and not difference.kinds)
        origin = candidate.origin(found.origin) if agreed and follows else ADJUDICATED
        value = replace(candidate.value, origin=origin)
        return Suggestion(
            value,
            paragraph_of(self._document, value, self._values),
            _whose(candidate, self._called),
            "",
            len(candidate.votes) / len(found.voters),
            difference.number,
            _reason(candidate, found, self._called),
            ANNOTATORS,
            open=candidate.contested,
            follows=follows and isinstance(value, Relation),
            reopens=candidate.id in here.reopened,
            beside=candidate.id in here.beside,
            instead=tuple(sorted(difference.rivals(candidate) - here.reopened)),
        )


def _whose(candidate: Candidate, called: Mapping[str, str]) -> str:
    votes = sorted(called.get(v, v) for v in candidate.votes)
    return votes[0] if len(votes) == 1 else f"{len(votes)} annotators"


def _reason(candidate: Candidate, found: Versions, called: Mapping[str, str]) -> str:
    votes = sorted(called.get(v, v) for v in candidate.votes)
    others = sorted(called.get(v, v) for v in found.voters if v not in candidate.votes)
    if not votes:
        return "nobody has this any more, but it is in the gold"
    reason = f"{', '.join(votes)} made it like this"
    reason += f"; {', '.join(others)} did not" if others else ""
    if candidate.contested:
        reason += f"; {', '.join(candidate.contested)} differ"
    if candidate.id in found.sure:
        reason += f"; posterior of the label {found.sure[candidate.id]:.3f}"
    return reason


def merge_all(
    project: Project,
    strategy: str = "unanimous",
    *,
    documents: Sequence[str] | None = None,
    reviewer: str | None = None,
) -> tuple[int, int]:
    """Prefill the gold of all documents (or these) that two or more finished, and close those
    without differences. Returns how many documents were merged, and how many are now gold.
    `reviewer` is the person who asked for it.

    Raises UsageError if there is nothing to merge.
    """
    check_strategy(strategy)
    merger = Merger(project, strategy)
    every = project.documents.each(documents or project.documents.ids())
    merged = [
        completion
        for document in every
        if (completion := _merge(merger, document, reviewer)) is not None
    ]
    if not merged:
        whom = strategy.partition(":")[2] or "two annotators"
        raise UsageError(
            f"no document was finished by {whom}",
            hint="`annotator status` shows how far everybody is",
        )
    return len(merged), merged.count(Completion.GOLD)


def _merge(merger: Merger, document: Document, reviewer: str | None) -> Completion | None:
    """Prefill the gold of a document, and close it if nothing differs. Returns the state of the
    gold; None if too few annotators finished the document."""
    project, id = merger.project, document.id
    # Read this before the work, so that whatever arrives in between counts as changed since.
    basis = revisions(project.log.completions(document=id))
    found = merger.versions(id)
    least = 1 if merger.strategy.startswith("annotator:") else 2
    if found is None or len(found.voters) < least:
        return None
    prefill(project, document, found)
    here = situation(merger, id)
    assert here is not None
    if here.gold.completion is Completion.GOLD or here.waiting:
        return here.gold.completion
    _close(project, document, here, basis, reviewer)
    return Completion.GOLD


def _close(
    project: Project,
    document: Document,
    here: Situation,
    basis: Mapping[str, int],
    reviewer: str | None,
) -> None:
    """Mark every paragraph as done and the document as gold. What a complete strategy does not keep
    is rejected, whichever strategy is used next."""
    group = f"merge-{project.new_session()}"
    found, gold = here.found, here.gold
    rest = found.candidates if found.complete else ()
    decisions = _rejected(document, gold, found, rest, group, Action.MERGE)
    for paragraph in document.paragraphs:
        mark = gold.mark(paragraph.index)
        if not paragraph.excluded and not mark.done:
            finished = ParagraphMark(done=True, excluded=mark.excluded)
            decisions.append(mark_paragraph(gold, group, Action.MERGE, paragraph.index, finished))
    done = CompletionMark(Completion.GOLD, basis)
    decisions.append(mark_document(gold, group, Action.MERGE, done))
    project.log.record(document.id, GOLD, decisions, reviewer=reviewer)


__all__ = [
    "ADJUDICATED",
    "ANNOTATORS",
    "everything",
    "merge_all",
    "prefill",
    "settle_imported",
    "suggestions_of",
]
