"""Reads finished work and tabulates it, in this process and, if there is much, in a second one."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from annotator.collector import collector_paused
from annotator.model.names import Concepts, SameNames, concepts_of
from annotator.model.record import Record
from annotator.model.schema import Layer
from annotator.project import Project
from annotator.store.isolation import leave_out, reporting_to
from annotator.workflows.agreement.part import ComparedPart
from annotator.workflows.agreement.seen import SuggestionsSeen
from annotator.workflows.agreement.tabulating import TabulatedWork, Tabulator
from annotator.workflows.processes import processes, processors

logger = logging.getLogger(__name__)

LARGE = 10_000
"""From this number of documents on, a second process reads half of them. It needs a second to
start."""

AHEAD = 4
"""Batches that are submitted or waiting at a time, half of them to each process."""

Ids: TypeAlias = tuple[Sequence[str], Sequence[str]]
"""The ids of the documents of a batch, and of those of them with suggestions."""

Tables: TypeAlias = list[TabulatedWork]
"""The tables of a batch for each of `ReadingTask.names`."""

Read: TypeAlias = Callable[[Ids], Tables]
Told: TypeAlias = list[tuple[str, str]]
"""What was left out: where, and why."""


@dataclass(frozen=True, slots=True)
class ReadingTask:
    """How work is read and tabulated: for each of `names`, which say what names are the same; and
    for the first of them, compared with suggestions too."""

    root: Path
    part: ComparedPart
    layers: Sequence[Layer]
    pairwise: bool
    names: Sequence[SameNames]

    def begin(self) -> Callable[[Ids], tuple[Tables, Told]]:
        """Open the project in another process. What is left out there is returned, to be told
        here."""
        reader = WorkReader(Project.open(self.root), self)

        def read(ids: Ids) -> tuple[Tables, Told]:
            told: Told = []
            with collector_paused(), reporting_to(lambda *one: told.append(one)):
                return [one.without_zeros() for one in reader.read(ids)], told

        return read


class WorkReader:
    """Reads and tabulates the documents of a project."""

    def __init__(self, project: Project, task: ReadingTask) -> None:
        self._project, self._task = project, task
        self._concepts = concepts_of(project.schema)
        self._seen = SuggestionsSeen(project, task.part)
        self._tabulator = Tabulator(
            task.layers,
            task.part.measures,
            pairwise=task.pairwise,
            concepts={layer: name for layer, (name, _) in self._concepts.items()},
            hidden=self._seen.hidden,
            compared=self._seen.compared,
            contrasts=bool(project.config.blind_share),
        )

    def read(self, ids: Ids) -> Tables:
        """The tables of a batch."""
        documents, suggested = ids
        part = self._task.part
        records = called(self._project.log.finished_in(documents, part.annotators), part)
        there = {r.document.id for r in records}
        self._seen.read(there)
        wanted = sorted(there.intersection(suggested))
        stored = self._project.suggestions.of_many(wanted)
        suggestions = {id: stored.get(id, []) for id in wanted}
        return [
            self._tabulator.work(
                named_anew(records, names, self._concepts), {} if number else suggestions
            )
            for number, names in enumerate(self._task.names)
        ]

    def read_all(
        self, documents: Sequence[str], suggested: Set[str], *, second: bool
    ) -> Iterator[Tables]:
        """The tables of all batches of these documents, in order. With `second`, a second process
        reads half of them if there are many; the tables are the same."""
        batches = (
            (some, [id for id in some if id in suggested])
            for some in self._project.log.batches(documents, self._task.part.annotators)
        )
        helps = second and len(documents) >= LARGE and processors() > 1
        with _second_process(self._task, self.read) if helps else nullcontext(None) as other:
            yield from _in_order(batches, self.read, other)


def _in_order(
    batches: Iterable[Ids], here: Read, other: Callable[[Ids], Callable[[], Tables]] | None
) -> Iterator[Tables]:
    """The tables of the batches; every second batch is submitted to the other process."""
    waiting = deque[Callable[[], Tables]]()
    for number, ids in enumerate(batches):
        if other is None:
            yield here(ids)
            continue
        waiting.append(other(ids) if number % 2 else lambda ids=ids: here(ids))  # type: ignore[misc]
        if len(waiting) == AHEAD:
            yield waiting.popleft()()
    for wait in waiting:
        yield wait()


@contextmanager
def _second_process(
    task: ReadingTask, here: Read
) -> Iterator[Callable[[Ids], Callable[[], Tables]]]:
    """A function that submits a batch to a second process and returns one that waits for its
    tables. If the process dies, its batches are read here, which is told."""
    died = False

    def read_here(ids: Ids) -> Tables:
        nonlocal died
        if not died:
            logger.warning("a process that helped to read has died; its work is done without it")
        died = True
        return here(ids)

    # Which documents are wanted can be many ids, and each batch has its own.
    with processes(replace(task, part=replace(task.part, documents=None)), 1) as submit:

        def submitted(ids: Ids) -> Callable[[], Tables]:
            try:
                results = submit([ids])
            except BrokenProcessPool:
                return lambda: read_here(ids)

            def wait() -> Tables:
                try:
                    [(tables, told)] = results()
                except BrokenProcessPool:
                    return read_here(ids)
                for where, why in told:
                    leave_out(where, why)
                return tables

            return wait

        yield submitted


def called(records: Sequence[Record], part: ComparedPart) -> Sequence[Record]:
    """The records with what annotators are called in a part, each document's by annotator."""
    if not part.called:
        return records
    order = {id: i for i, id in enumerate(dict.fromkeys(r.document.id for r in records))}
    named = [replace(r, annotator=part.called.get(r.annotator or "", r.annotator)) for r in records]
    return sorted(named, key=lambda r: (order[r.document.id], r.annotator or ""))


def named_anew(records: Sequence[Record], same: SameNames, concepts: Concepts) -> Sequence[Record]:
    """The records with one name for names that were ruled to be the same."""
    if not same.canonical:
        return records
    return [replace(r, spans=tuple(same.span(span, concepts) for span in r.spans)) for r in records]


__all__ = ["LARGE", "ReadingTask", "WorkReader", "called", "named_anew"]
