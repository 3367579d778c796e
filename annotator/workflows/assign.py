"""Who codes which document: documents are divided evenly by their words, and some of them go to
everybody.

An annotator has the documents that are assigned to them and those that they have begun. A skipped
document is not theirs, and is not assigned to them again.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from math import floor

from annotator.errors import UsageError
from annotator.identity import check_annotator
from annotator.model.text import plural
from annotator.project import DocumentHolder, Project

Assignment = tuple[str, str]
"""An annotator and a document."""

BLOCK = 5
"""The number of consecutive documents of which the same share, plus or minus one, goes to
everybody."""


@dataclass(frozen=True, slots=True)
class Workload:
    """What an annotator has: documents, their words, and how many of the documents are done."""

    annotator: str
    documents: int
    words: int
    done: int


@dataclass(frozen=True, slots=True)
class AssignmentReport:
    """Who has what, by name; `free` is the number of documents that nobody has, of all `documents`
    in the project."""

    holdings: tuple[Workload, ...]
    documents: int
    free: int
    free_words: int


@dataclass(frozen=True, slots=True)
class AssignmentResult:
    """What was assigned or taken back, in document order, and the assignments after that.

    `shared` counts the documents that went to all annotators named; `short` counts those with fewer
    annotators than requested, since nobody named can still get them.
    """

    pairs: tuple[Assignment, ...]
    report: AssignmentReport
    shared: int = 0
    short: int = 0


def is_shared(position: int, *, share: float, seed: str) -> bool:
    """Whether the document at a position is one of those for all. In each block of BLOCK
    consecutive documents, sha256 of seed and position chooses the share (rounded so that it is
    right over all blocks). So later imports do not change the choice (a merge may move a document),
    and it does not depend on any pattern in the import."""
    block = position // BLOCK * BLOCK
    start = _number(seed, "start")
    quota = floor((block + BLOCK) * share + start) - floor(block * share + start)
    order = sorted(range(block, block + BLOCK), key=lambda at: _number(seed, str(at)))
    return position in order[:quota]


def _number(seed: str, of: str) -> float:
    """A number in [0, 1) from a hash."""
    digest = hashlib.sha256(f"overlap\x1f{seed}\x1f{of}".encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


@dataclass(frozen=True, slots=True)
class OpenAssignment:
    """A document to assign to `count` of the `people`, who do not have it."""

    document: str
    count: int
    people: tuple[str, ...]


def deal(
    needs: Sequence[OpenAssignment], words: Mapping[str, int], load: Mapping[str, int]
) -> list[Assignment]:
    """Assign each document to those who have the fewest words so far (`load`), the longest
    documents first.

    If all begin with the same load and may get every document, the final loads differ by no more
    than the longest document. Of equals, the one named first comes first.
    """
    so_far = dict(load)
    out: list[Assignment] = []
    for need in sorted(needs, key=lambda n: -words[n.document]):
        for who in sorted(need.people, key=lambda name: so_far.get(name, 0))[: need.count]:
            so_far[who] = so_far.get(who, 0) + words[need.document]
            out.append((who, need.document))
    return out


@dataclass(slots=True)
class _AssignmentTable:
    """Who has what, while assignments change."""

    words: Mapping[str, int]
    assigned: set[Assignment] = field(default_factory=set)
    done: set[Assignment] = field(default_factory=set)
    people: dict[str, set[str]] = field(default_factory=dict)
    """A dict from document to those who have it."""

    @classmethod
    def of(cls, held: Iterable[DocumentHolder], words: Mapping[str, int]) -> _AssignmentTable:
        table = cls(words)
        for one in held:
            pair = (one.annotator, one.document)
            table.hold(*pair)
            if one.assigned:
                table.assigned.add(pair)
            if one.done:
                table.done.add(pair)
        return table

    def begun(self, documents: Sequence[str], names: Sequence[str]) -> list[Assignment]:
        """What these annotators have begun without an assignment."""
        return [
            (name, id)
            for id in documents
            for name in names
            if name in self.people.get(id, ()) and (name, id) not in self.assigned
        ]

    def hold(self, annotator: str, document: str) -> None:
        self.people.setdefault(document, set()).add(annotator)

    def load(self) -> dict[str, int]:
        """A dict from annotator to the number of words that they have."""
        load: dict[str, int] = {}
        for document, people in self.people.items():
            for who in people:
                load[who] = load.get(who, 0) + self.words.get(document, 0)
        return load

    def report(self, names: Sequence[str] = ()) -> AssignmentReport:
        """The report, including those of `names` who have nothing."""
        load = dict.fromkeys(names, 0) | self.load()
        documents = Counter(who for people in self.people.values() for who in people)
        done = Counter(who for who, _ in self.done)
        free = [id for id in self.words if not self.people.get(id)]
        return AssignmentReport(
            tuple(Workload(who, documents[who], load[who], done[who]) for who in sorted(load)),
            len(self.words),
            len(free),
            sum(self.words[id] for id in free),
        )


def report(project: Project) -> AssignmentReport:
    """Who has what. Reads all texts."""
    return _AssignmentTable.of(project.assignments.held(), project.documents.words()).report()


def _check_share(overlap: float) -> None:
    """Raise UsageError unless it is a share."""
    if not 0 <= overlap <= 1:
        raise UsageError(
            f"{overlap:g} is not a share of the documents",
            key="--overlap",
            hint="Give a number from 0 to 1, such as 0.2",
        )


def assign(
    project: Project,
    names: Sequence[str],
    *,
    each: int = 1,
    overlap: float = 0.0,
    documents: Sequence[str] | None = None,
    dry_run: bool = False,
) -> AssignmentResult:
    """Assign the documents (by default all) to the annotators named, in one transaction: each
    document until `each` annotators have it, whether named or not, and the share `overlap` of the
    documents to all who are named.

    What these annotators have already begun is assigned to them too. Raises UsageError for an
    impossible name, share or number, and ProjectError for an unknown document; then nothing
    changes.
    """
    who = tuple(dict.fromkeys(check_annotator(name) for name in names))
    _check_share(overlap)
    wanted = _known(project, documents)
    # Texts never change. Reading all of them takes time in which others want to write.
    words = project.documents.words()
    for_all = _for_all(project, words, overlap)
    with nullcontext() if dry_run else project.assignments.writing():
        table = _AssignmentTable.of(project.assignments.held(), words)
        _check_each(each, {*who, *table.load()})
        scope = [id for id in words if wanted is None or id in wanted]
        begun = table.begun(scope, who)
        needs = _needs(
            table, scope, who, each=each, for_all=for_all, skipped=project.assignments.skipped()
        )
        given = deal(needs, words, table.load())
        if not dry_run:
            project.assignments.add([*begun, *given])
    for pair in given:
        table.hold(*pair)
    order = {id: at for at, id in enumerate(words)}
    given.sort(key=lambda pair: (order[pair[1]], who.index(pair[0])))
    return AssignmentResult(
        tuple(given),
        table.report(who),
        shared=len(for_all & {id for _, id in given}),
        short=sum(len(table.people.get(id, ())) < each for id in scope),
    )


def _check_each(each: int, people: set[str]) -> None:
    """Raise UsageError for a number of annotators that no document can have."""
    if not 1 <= each <= len(people):
        known = ", ".join(sorted(people)[:5]) + (", …" if len(people) > 5 else "")
        hint = (
            f"There {'is' if len(people) == 1 else 'are'} {plural(len(people), 'annotator')}: "
            f"{known}; name more, or ask for fewer"
            if each > 0
            else "Give the number of annotators per document, 1 or more"
        )
        raise UsageError(f"no document can have {each} annotators", key="--each", hint=hint)


def _known(project: Project, documents: Sequence[str] | None) -> set[str] | None:
    """The documents asked for. Raises ProjectError if there is none with one of the ids."""
    return {project.documents.load(id).id for id in documents} if documents else None


def _for_all(project: Project, documents: Iterable[str], share: float) -> set[str]:
    """The documents that go to everybody named."""
    if not share:
        return set()
    positions, seed = project.assignments.positions(), project.setting("blind_seed") or ""
    return {id for id in documents if is_shared(positions[id], share=share, seed=seed)}


def _needs(
    table: _AssignmentTable,
    scope: Sequence[str],
    names: Sequence[str],
    *,
    each: int,
    for_all: Collection[str],
    skipped: Collection[Assignment],
) -> list[OpenAssignment]:
    """What has to be assigned."""
    needs: list[OpenAssignment] = []
    for id in scope:
        held = table.people.get(id, set())
        people = tuple(name for name in names if name not in held and (name, id) not in skipped)
        count = len(people) if id in for_all else each - len(held)
        if count > 0 and people:
            needs.append(OpenAssignment(id, count, people))
    return needs


def clear(
    project: Project,
    names: Sequence[str] = (),
    *,
    documents: Sequence[str] | None = None,
    dry_run: bool = False,
) -> AssignmentResult:
    """Take back these documents (by default all) from the annotators named (by default all) if they
    have not begun them, in one transaction. Raises the same errors as `assign`."""
    who = [check_annotator(name) for name in names] or None
    _known(project, documents)
    words = project.documents.words()
    with nullcontext() if dry_run else project.assignments.writing():
        table = _AssignmentTable.of(project.assignments.held(), words)
        taken = project.assignments.free(who, documents or None)
        if not dry_run:
            project.assignments.take(taken)
    for name, id in taken:
        table.people[id].discard(name)
    return AssignmentResult(tuple(taken), table.report(who or ()))


def all_done(project: Project, annotator: str) -> str:
    """The message to an annotator who has finished everything assigned to them; empty if something
    is left or nothing is assigned."""
    assignments = project.assignments
    if not assignments.any(annotator) or assignments.left(annotator):
        return ""
    count, skipped = assignments.counts(annotator)
    what = (
        "the document assigned to you is"
        if count == 1
        else f"all {count:,} documents assigned to you are"
    )
    return f"{what} done" + (f" ({skipped:,} skipped)" if skipped else "")


__all__ = [
    "BLOCK",
    "Assignment",
    "AssignmentReport",
    "AssignmentResult",
    "OpenAssignment",
    "Workload",
    "all_done",
    "assign",
    "clear",
    "deal",
    "is_shared",
    "report",
]
