"""Where documents are processed: here, in processes on this machine, or on a cluster
(`cluster.py`).

A pool loads a `Task` where the computing happens, takes batches of documents, and returns the
results for each. It knows nothing about a project: its owner reads the documents and writes the
results.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from typing import Protocol, TypeAlias

from annotator.errors import PoolError
from annotator.model.decision import Suggestion
from annotator.model.text import Document
from annotator.workflows.processes import Submit
from annotator.workflows.processes import processes as started

BATCH = 8
"""The number of documents that another process works on before it returns results."""

AHEAD = 2
"""The number of batches submitted per process, so that none waits; together with BATCH it bounds
the memory."""

Compute: TypeAlias = Callable[[Document], list[Suggestion]]
Found: TypeAlias = list[tuple[str, list[Suggestion]]]
"""Ids of documents, each with its suggestions."""


class Task(Protocol):
    """What is computed. It is pickled for other processes."""

    def begin(self) -> Compute:
        """Load what is needed, once in each process. Returns the function that then handles a
        document."""


class Pool(Protocol):
    """A place that computes."""

    @property
    def batch(self) -> int:
        """The number of documents in a batch."""

    @property
    def ahead(self) -> int:
        """The number of batches submitted before the first is awaited."""

    def submit(self, documents: Sequence[Document]) -> Callable[[], Found]:
        """Submit a batch. Returns a function that waits for it and raises PoolError if it is
        lost."""


def computed(
    pool: Pool, documents: Iterable[Document]
) -> Iterator[tuple[Document, list[Suggestion]]]:
    """The documents, in their order, each with its suggestions. At most `ahead` batches are in
    memory."""
    rest = iter(documents)
    awaited = deque[tuple[list[Document], Callable[[], Found]]]()

    def first() -> Iterator[tuple[Document, list[Suggestion]]]:
        batch, wait = awaited.popleft()
        known = {document.id: document for document in batch}
        for id, found in wait():
            yield known[id], found

    while batch := list(islice(rest, pool.batch)):
        awaited.append((batch, pool.submit(batch)))
        if len(awaited) > pool.ahead:
            yield from first()
    while awaited:
        yield from first()


class ThisProcess:
    """This process: a document is handled when it is awaited."""

    batch, ahead = 1, 0

    def __init__(self, compute: Compute) -> None:
        self._compute = compute

    def submit(self, documents: Sequence[Document]) -> Callable[[], Found]:
        """One by one."""
        return lambda: [(document.id, self._compute(document)) for document in documents]


class _Processes:
    batch = BATCH

    def __init__(self, submit: Submit[Document, list[Suggestion]], workers: int) -> None:
        self._submit = submit
        self.ahead = AHEAD * workers

    def submit(self, documents: Sequence[Document]) -> Callable[[], Found]:
        """One process works on the whole batch."""
        with _as_pool_error():
            results = self._submit(documents)

        def wait() -> Found:
            with _as_pool_error():
                return [(d.id, found) for d, found in zip(documents, results(), strict=False)]

        return wait


AGAIN = "Run the command again with --missing; the results until then are stored"


@contextmanager
def _as_pool_error() -> Iterator[None]:
    try:
        yield
    except BrokenProcessPool as error:
        raise PoolError("one of the worker processes died", hint=AGAIN) from error


@contextmanager
def processes(task: Task, workers: int) -> Iterator[Pool]:
    """That many processes on this machine. If the work is stopped, each ends after its current
    document."""
    with started(task, workers) as submit:
        yield _Processes(submit, workers)


__all__ = [
    "AGAIN",
    "AHEAD",
    "BATCH",
    "Compute",
    "Found",
    "Pool",
    "Task",
    "ThisProcess",
    "computed",
    "processes",
]
