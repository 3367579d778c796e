"""From the finished work of several annotators to the gold: what stands by itself, and what is to be decided.

The gold of a document is the work of the reserved annotator `@gold`. Its suggestions are what the annotators
made differently; deciding on them is annotating, with the same keys, log and undo.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from annotator import families
from annotator.errors import UsageError
from annotator.merging._candidates import Candidate, candidates
from annotator.model.annotation import AnnotationSet
from annotator.model.decision import (
    DOCUMENT,
    Action,
    Completion,
    CompletionMark,
    Decision,
    ParagraphMark,
    Standing,
    Status,
    Suggestion,
    paragraph_item,
)
from annotator.model.record import GOLD, Record
from annotator.model.span import Annotation, Relation, Span, iou
from annotator.model.text import Document
from annotator.project import Project
from annotator.workflows.review.discussion import reason_of

ADJUDICATED = "adjudicated"
ANNOTATORS = "annotators"
"""The rule of suggestions that are annotators' versions."""


@dataclass(frozen=True, slots=True)
class Versions:
    """What there is to merge in a document: the candidates, who finished it, and what stands by the strategy."""

    document: str
    voters: tuple[str, ...]
    candidates: tuple[Candidate, ...]
    kept: tuple[Candidate, ...]
    origin: str
    complete: bool = False
    sure: Mapping[str, float] = field(default_factory=dict)
    """The strategy's posterior of each candidate's label, where it has one."""

    @property
    def open(self) -> tuple[Candidate, ...]:
        """What the strategy does not decide."""
        if self.complete:
            return ()
        ids = {c.id for c in self.kept}
        return tuple(c for c in self.candidates if c.id not in ids)


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """A document of the review queue: the candidates that wait, the codes of the reasons given so far, and when
    somebody last worked on it."""

    document: str
    voters: tuple[str, ...]
    waiting: tuple[Candidate, ...]
    status: Completion
    reasons: frozenset[str] = frozenset()
    updated: str = ""

    @property
    def undecided(self) -> int:
        """How many differences wait."""
        return len(self.waiting)


def check_strategy(name: str) -> str:
    """The name of a merging strategy. Raises UsageError when there is none of it."""
    family, _, option = name.partition(":")
    families.merging.load(family).kept([], [], option=option)
    return name


def learn(project: Project, strategy: str) -> object | None:
    """What a strategy learns from all documents; None for one that learns nothing.

    Raises UsageError when there is too little to learn from.
    """
    module = families.merging.load(strategy.partition(":")[0])
    if not hasattr(module, "learn"):
        return None
    every: dict[str, list[Record]] = {}
    for record in project.log.records(status=Completion.DONE):
        every.setdefault(record.document.id, []).append(record)
    corpus = [(candidates(done), _voters(done)) for done in every.values()]
    found: object = module.learn(corpus)
    return found


def _voters(done: Iterable[Record]) -> tuple[str, ...]:
    return tuple(sorted(r.annotator for r in done if r.annotator is not None))


def versions(
    records: Iterable[Record], strategy: str = "unanimous", learnt: object | None = None
) -> Versions | None:
    """What there is to merge in the records of one document, with what `learn` gave; None when nobody finished
    it, or not the one whose work the strategy takes."""
    done = [r for r in records if r.annotator is not None and r.status is Completion.DONE]
    if not done:
        return None
    family, _, option = strategy.partition(":")
    voters = _voters(done)
    found = candidates(done)
    module = families.merging.load(family)
    if hasattr(module, "applies") and not module.applies(voters, option=option):
        return None
    if learnt is None:
        kept, sure = module.kept(found, voters, option=option), {}
    else:
        kept = module.kept(found, voters, option=option, learnt=learnt)
        sure = module.posteriors(found, voters, learnt)
    id = done[0].document.id
    return Versions(id, voters, tuple(found), tuple(kept), strategy, module.complete, sure)


def prefill(project: Project, document: Document, found: Versions) -> int:
    """Bring the gold of a document up to what the strategy keeps; the number of items that changed.

    What was decided in review stays. What the strategy once put there and does not keep any more, because an
    annotator's work changed, is taken out and comes back as a difference.
    """
    annotations, _ = project.log.annotations(document.id, GOLD)
    group = f"merge-{project.new_session()}"
    keep = {c.id: replace(c.value, origin=found.origin) for c in found.kept}
    decisions = [
        Decision(
            group, Action.MERGE, id, _paragraph(document, value, keep), None, Standing(Status.ACCEPTED, value)
        )
        for id, value in keep.items()
        if not _known(annotations, id)
    ]
    for index, standings in annotations.by_paragraph.items():
        for id, standing in standings.items():
            value = standing.value
            merged = isinstance(value, Span | Relation) and value.origin == found.origin
            if merged and standing.status is Status.ACCEPTED and id not in keep:
                decisions.append(Decision(group, Action.MERGE, id, index, standing, None))
    if decisions:
        project.log.record(document.id, GOLD, decisions)
    return len(decisions)


def settle_imported(project: Project, documents: Collection[str]) -> int:
    """Where a finished gold came in with a file, what the files of the annotators have and it has not was decided
    against: record that, so that review asks only about what somebody marks here. The number of such items.

    It makes no difference which file came first.
    """
    settled = 0
    for row in project.log.completions(annotator=GOLD):
        if row.document not in documents or row.completion is not Completion.GOLD:
            continue
        here = {
            e.annotator for e in project.log.events(row.document) if e.decision.action is not Action.IMPORT
        }
        found = versions(project.log.records(document=row.document))
        if GOLD in here or found is None:
            continue
        document = project.documents.load(row.document)
        annotations, _ = project.log.annotations(row.document, GOLD)
        files = tuple(c for c in found.candidates if not here.intersection(c.votes))
        group = f"import-{project.new_session()}"
        decisions = _rejected(document, annotations, found, files, group, Action.IMPORT)
        if decisions:
            project.log.record(row.document, GOLD, decisions)
            settled += len(decisions)
    return settled


def _rejected(
    document: Document,
    annotations: AnnotationSet,
    found: Versions,
    some: Iterable[Candidate],
    group: str,
    action: Action,
) -> list[Decision]:
    """Decisions against those of some candidates that the gold says nothing of."""
    by_id = {c.id: c.value for c in found.candidates}
    against = Standing(Status.REJECTED, None)
    return [
        Decision(group, action, c.id, _paragraph(document, c.value, by_id), None, against)
        for c in some
        if not _known(annotations, c.id)
    ]


def _known(annotations: AnnotationSet, id: str) -> bool:
    return any(id in standings for standings in annotations.by_paragraph.values())


def _decided(annotations: AnnotationSet, id: str) -> bool:
    """Whether there is a decision on an item, and not just a note, or a decision that was called back."""
    return any(
        id in standings and not (standings[id].value is None and standings[id].status is Status.MARKED)
        for standings in annotations.by_paragraph.values()
    )


def _paragraph(document: Document, value: Annotation, others: dict[str, Annotation]) -> int:
    while isinstance(value, Relation):
        value = others[value.target]
    return document.paragraph_at(value.start).index


def differences(
    document: Document, found: Versions, names: Mapping[str, str] | None = None
) -> list[Suggestion]:
    """What is to be decided, as suggestions: the score is the share of votes, the reason says whose they are, by
    `names` for the annotators where these are hidden."""
    known = names or {}
    by_id: dict[str, Annotation] = {c.id: c.value for c in found.candidates}
    out: list[Suggestion] = []
    for candidate in found.kept if found.complete else found.candidates:
        value = replace(candidate.value, origin=ADJUDICATED)
        votes = sorted(known.get(v, v) for v in candidate.votes)
        others = sorted(known.get(v, v) for v in found.voters if v not in candidate.votes)
        reason = f"{', '.join(votes)} made it so" + (f"; {', '.join(others)} did not" if others else "")
        if candidate.id in found.sure:
            reason += f"; posterior of the label {found.sure[candidate.id]:.3f}"
        share = len(candidate.votes) / len(found.voters)
        paragraph = _paragraph(document, value, by_id)
        name = votes[0] if len(votes) == 1 else f"{len(votes)} annotators"
        out.append(Suggestion(value, paragraph, name, "", share, 0, reason, ANNOTATORS))
    return out


def review_rows(project: Project, strategy: str = "unanimous") -> list[ReviewRow]:
    """The documents that two or more finished (one is enough for a strategy that decides all, or once review has
    begun): those with most to decide first, of equals that on which work ended first."""
    rows: list[ReviewRow] = []
    learnt = learn(project, strategy)
    finished = {(row.document): row.updated for row in project.log.completions()}
    for id in project.documents.ids():
        found = versions(project.log.records(document=id), strategy, learnt)
        if found is None:
            continue
        annotations, _ = project.log.annotations(id, GOLD)
        if len(found.voters) < 2 and not found.complete and annotations.completion is Completion.NEW:
            continue
        waiting = tuple(c for c in found.candidates if _waits(annotations, c, found))
        reasons = frozenset(reason for s in _standings(annotations) if (reason := reason_of(s.note)))
        rows.append(
            ReviewRow(id, found.voters, waiting, annotations.completion, reasons, finished.get(id, ""))
        )
    # The worst first; of equals that which has waited longest.
    return sorted(rows, key=lambda row: (row.status is Completion.GOLD, -row.undecided, row.updated))


def _standings(annotations: AnnotationSet) -> Iterable[Standing]:
    return (s for standings in annotations.by_paragraph.values() for s in standings.values())


def _waits(annotations: AnnotationSet, candidate: Candidate, found: Versions) -> bool:
    """Whether review has to decide on a candidate: one that the strategy leaves open, or that was called back."""
    if candidate in found.open:
        return not _settled(annotations, candidate, {c.id: c for c in found.candidates})
    return _known(annotations, candidate.id) and not _decided(annotations, candidate.id)


def _stands_nearby(annotations: AnnotationSet, value: Annotation) -> bool:
    """Whether another version of a span stands, to which the stances on it go over."""
    return isinstance(value, Span) and any(
        s.layer == value.layer and iou(s, value) >= 0.5 for s in annotations.spans()
    )


def _settled(annotations: AnnotationSet, candidate: Candidate, others: Mapping[str, Candidate]) -> bool:
    """Whether review decided on a candidate: itself, by something else on the same stretch, or, of a relation, by
    deciding against the holder or the target."""
    if _decided(annotations, candidate.id):
        return True
    if _known(annotations, candidate.id):
        return False
    value = candidate.value
    if isinstance(value, Relation):
        standing = {s.id for s in annotations.spans()}
        gone = [others[end] for end in (value.source, value.target) if end in others and end not in standing]
        return any(
            _settled(annotations, end, others) and not _stands_nearby(annotations, end.value) for end in gone
        )
    return any(
        (s.layer, s.start, s.end) == (value.layer, value.start, value.end) for s in annotations.spans()
    )


def merge_all(
    project: Project, strategy: str = "unanimous", *, documents: Sequence[str] | None = None
) -> tuple[int, int]:
    """Prefill the gold of all documents (or these) that two or more finished, and close those without a
    difference; how many documents were merged, and how many are gold now.

    Raises UsageError when there is nothing to merge.
    """
    check_strategy(strategy)
    merged = gold = 0
    learnt = learn(project, strategy)
    for id in documents or project.documents.ids():
        document = project.documents.load(id)
        found = versions(project.log.records(document=id), strategy, learnt)
        least = 1 if strategy.startswith("annotator:") else 2
        if found is None or len(found.voters) < least:
            continue
        prefill(project, document, found)
        merged += 1
        annotations, _ = project.log.annotations(id, GOLD)
        left = [c for c in found.candidates if _waits(annotations, c, found)]
        if annotations.completion is Completion.GOLD:
            gold += 1
        elif not left:
            _close(project, document, annotations, found)
            gold += 1
    if not merged:
        whom = strategy.partition(":")[2] or "two annotators"
        raise UsageError(f"no document was finished by {whom}", hint="`annotator status` shows who is where")
    return merged, gold


def _close(project: Project, document: Document, annotations: AnnotationSet, found: Versions) -> None:
    """Mark every paragraph as done and the document as gold; what a complete strategy does not keep is decided
    against, whichever strategy is asked next."""
    group = f"merge-{project.new_session()}"
    rest = found.candidates if found.complete else ()
    decisions = _rejected(document, annotations, found, rest, group, Action.MERGE)
    for paragraph in document.paragraphs:
        mark = annotations.mark(paragraph.index)
        if not paragraph.excluded and not mark.done:
            item = paragraph_item(paragraph.index)
            after = Standing(Status.MARKED, ParagraphMark(done=True, excluded=mark.excluded))
            before = annotations.get(item, paragraph.index)
            decisions.append(Decision(group, Action.MERGE, item, paragraph.index, before, after))
    done = Standing(Status.MARKED, CompletionMark(Completion.GOLD))
    decisions.append(Decision(group, Action.MERGE, DOCUMENT, -1, annotations.get(DOCUMENT, -1), done))
    project.log.record(document.id, GOLD, decisions)


__all__ = [
    "ADJUDICATED", "ANNOTATORS", "ReviewRow", "Versions", "check_strategy", "differences", "learn", "merge_all",
    "prefill", "review_rows", "settle_imported", "versions",
]  # fmt: skip
