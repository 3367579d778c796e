"""Agreement between the annotators of a project: read once for a report,
or followed while a screen is open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set

from annotator.collector import collector_paused
from annotator.errors import UsageError
from annotator.measures.api import PAIRWISE, Comparison, Passage, compare
from annotator.model.names import NAME_KINDS, SameNames
from annotator.model.record import Record
from annotator.model.schema import LabelSchema, Layer
from annotator.project import Project
from annotator.workflows.agreement.by_rulings import RuledFigure, by_rulings
from annotator.workflows.agreement.incremental import IncrementalAgreement
from annotator.workflows.agreement.part import ALL, ComparedPart
from annotator.workflows.agreement.reading import ReadingTask, WorkReader, called
from annotator.workflows.agreement.values import (
    MODEL,
    Agreement,
    Contrast,
    Data,
    DisagreementCounts,
    ParagraphDisagreement,
)


def agreement(
    project: Project,
    part: ComparedPart = ALL,
    *,
    intervals: bool = True,
    second_process: bool = False,
) -> Agreement:
    """The agreement of the annotators, read once; nothing is kept for following changes. `Follower`
    says what `second_process` is. Raises UsageError for an unknown name, or if there is no shared
    work."""
    return Follower(
        project, part, intervals=intervals, keep=False, second_process=second_process
    ).agreement()


class Follower:
    """The agreement of a project, brought up to date with what is saved: `update` reads the
    documents that somebody worked on since, and `agreement` computes what depends on them. The
    same reading serves `by_rulings`: what the rulings on names change."""

    def __init__(
        self,
        project: Project,
        part: ComparedPart = ALL,
        *,
        intervals: bool = True,
        keep: bool = True,
        compare_names: bool = False,
        second_process: bool = False,
    ) -> None:
        """Reads all finished work. Without `keep` there is no `update`; `by_rulings` needs
        `compare_names`. With `second_process`, another process reads half of a large project; it
        imports the main module, which must allow that. Raises UsageError for an unknown annotator,
        layer or measure."""
        self._project = project
        self._annotators = list(part.annotators) if part.annotators is not None else None
        check_part(project, part)
        self._part, self._only = part, part.documents
        self._watch = project.log.watch()
        self._layers, self._measures = layers_of(project.schema, part.layers), part.measures
        self._intervals, self._keep, self._second_process = intervals, keep, second_process
        self._merges, self._compares = part.same_names, compare_names
        self._ruled = project.names.same()
        progress = project.log.progress(self._annotators)
        self._progress = {
            id: row for id, row in progress.items() if self._only is None or id in self._only
        }
        self._counts = _counted(self._progress.values())
        self._begin(pairwise=len(project.log.sharing(self._annotators)) <= PAIRWISE)

    def _begin(self, *, pairwise: bool) -> None:
        """Read everything."""
        self.found = self._empty(pairwise=pairwise, intervals=self._intervals)
        compares = self._compares and bool(self._ruled.canonical)
        self._other = self._empty(pairwise=pairwise, intervals=False) if compares else None
        suggested = self._project.suggestions.documents()
        self._read(list(self._progress), suggested | self._project.provenance.documents_shown())

    def _empty(self, *, pairwise: bool, intervals: bool) -> IncrementalAgreement:
        return IncrementalAgreement(
            self._layers,
            self._measures,
            documents=sum(done > 1 for done, _, _ in self._progress.values()),
            pairwise=pairwise,
            intervals=intervals,
            keep=self._keep,
            contrasts=bool(self._project.config.blind_share),
        )

    def _read(self, ids: Sequence[str], suggested: Set[str]) -> None:
        """Add the documents that count: those with two completions, or with one and suggestions."""
        wanted = [id for id in ids if self._counts_in(id, suggested)]
        names = [self._ruled, SameNames()] if self._merges else [SameNames(), self._ruled]
        task = ReadingTask(
            self._project.root,
            self._part,
            self._layers,
            self.found.pairwise,
            names if self._other is not None else names[:1],
        )
        counted = [self.found] if self._other is None else [self.found, self._other]
        reader = WorkReader(self._project, task)
        with collector_paused():
            for tables in reader.read_all(wanted, suggested, second=self._second_process):
                for sums, work in zip(counted, tables, strict=True):
                    sums.take(work)

    def _counts_in(self, id: str, suggested: Set[str]) -> bool:
        """Whether a document has anything to compare."""
        done, *_ = self._progress[id]
        return done > 1 or (done == 1 and id in suggested)

    def update(self) -> bool:
        """Read what others saved or ruled since the last time; returns whether there was anything.
        It takes microseconds if nobody wrote, and no transaction stays open."""
        changed = self._watch.changed()
        if changed is None:
            return False
        ruled = self._ruled_anew() if self._merges or self._compares else set()
        if ruled is None:
            self._begin(pairwise=self.found.pairwise)
            return True
        changed |= ruled
        if not changed:
            return False
        for id in sorted(changed if self._only is None else changed & set(self._only)):
            self._renew(id)
        if (pairwise := len(self.found.annotators) <= PAIRWISE) != self.found.pairwise:
            self._begin(pairwise=pairwise)
        return True

    def _renew(self, id: str) -> None:
        """Count a document anew."""
        before = self._progress.pop(id, (0, 0, 0))
        self._progress.update(self._project.log.progress(self._annotators, document=id))
        now = self._progress.get(id, (0, 0, 0))
        self._counts.subtract(_counted([before]))
        self._counts.update(_counted([now]))
        done, *_ = now
        if done:
            self._read([id], {id})
            return
        self.found.drop(id)
        if self._other is not None:
            self._other.drop(id)

    def _ruled_anew(self) -> set[str] | None:
        """Take over the present rulings on names. Returns the documents that they change, or None
        if everything must be read again, because there were no rulings before."""
        before, self._ruled = self._ruled, self._project.names.same()
        names = self._ruled.changes(before)
        if names and self._compares and self._other is None:
            return None
        return {
            id
            for kind in NAME_KINDS
            for id in self._project.names.documents(kind, [name for k, name in names if k == kind])
            if id in self._progress
        }

    def agreement(self) -> Agreement:
        """How far the annotators agree now. Raises UsageError without shared work."""
        if not len(self.found):
            of = f" of {', '.join(self._annotators)}" if self._annotators else ""
            raise UsageError(
                f"no document was finished by two annotators{of}",
                hint=(
                    "Let two annotators finish one, or import the work of a second: annotator "
                    "import FILE.jsonl"
                ),
            )
        return self.found.agreement(
            skipped=self._counts["skipped"],
            unfinished=self._counts["unfinished"],
            alone=self._counts["alone"],
        )

    def by_rulings(self) -> list[RuledFigure]:
        """The figures that the rulings on names change now; empty without `compare_names`."""
        if self._other is None:
            return []
        this, other = self.found.results(), self._other.results()
        return by_rulings(other, this) if self._merges else by_rulings(this, other)


def _counted(rows: Iterable[tuple[int, int, int]]) -> Counter[str]:
    """Completions that do not count, and documents that one annotator alone finished."""
    out: Counter[str] = Counter()
    for done, skipped, begun in rows:
        out["skipped"] += skipped
        out["unfinished"] += begun
        out["alone"] += done == 1
    return out


def figures(
    comparison: Comparison,
    layers: Sequence[Layer],
    measures: Sequence[str] | None = None,
    *,
    intervals: bool = True,
) -> Agreement:
    """The figures of a comparison in these layers, without a project."""
    found = IncrementalAgreement(
        layers,
        measures,
        documents=comparison.documents,
        pairwise=comparison.pairwise,
        intervals=intervals,
        keep=False,
    )
    found.add(comparison)
    return found.agreement()


def finished(
    project: Project, documents: Sequence[str], part: ComparedPart
) -> Iterator[Sequence[Record]]:
    """The finished work of a part on these documents, some hundred documents at a time, each by
    annotator, with what annotators are called there."""
    for records in project.log.finished(documents, part.annotators):
        yield called(records, part)


def shared(project: Project, part: ComparedPart, document: str | None = None) -> list[str]:
    """The documents of a part (or one document) that two or more annotators have finished."""
    progress, only = project.log.progress(part.annotators, document=document), part.documents
    return [
        id for id, (done, _, _) in progress.items() if done > 1 and (only is None or id in only)
    ]


def comparison(
    project: Project, part: ComparedPart = ALL, document: str | None = None
) -> Comparison:
    """The finished work of a part (or on one document) that two or more annotators share, all in
    memory, with names as they were coded."""
    found = finished(project, shared(project, part, document), part)
    return compare([record for some in found for record in some])


def passage(
    project: Project, spot: ParagraphDisagreement, part: ComparedPart = ALL
) -> Passage | None:
    """The paragraph of a spot as everyone coded it; None if fewer than two annotators have
    finished it."""
    found = comparison(project, part, spot.document)
    return next((p for p in reversed(found.passages) if p.index <= spot.paragraph), None)


def check_part(project: Project, part: ComparedPart) -> None:
    """Raise UsageError for an unknown annotator or layer."""
    for name in part.annotators or ():
        if next(iter(project.log.completions(annotator=name)), None) is None:
            hint = "`annotator status` lists who has"
            raise UsageError(f"“{name}” has annotated nothing here", hint=hint)
    layers_of(project.schema, part.layers)


def layers_of(schema: LabelSchema, wanted: Sequence[str] | None) -> list[Layer]:
    for name in wanted or ():
        if schema.layer(name) is None:
            raise UsageError(
                f"the schema has no layer “{name}”",
                hint=f"Choose one of {', '.join(layer.name for layer in schema.layers)}",
            )
    return [layer for layer in schema.layers if not wanted or layer.name in wanted]


__all__ = [
    "MODEL",
    "Agreement",
    "Contrast",
    "Data",
    "DisagreementCounts",
    "Follower",
    "ParagraphDisagreement",
    "agreement",
    "check_part",
    "comparison",
    "figures",
    "finished",
    "layers_of",
    "passage",
    "shared",
]
