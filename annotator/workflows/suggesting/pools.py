"""Where documents are processed: here, in processes on this machine, or on a cluster
(`cluster.py`).

A pool loads a `Task` where the computing happens, takes batches of documents, and returns the
results for each. It knows nothing about a project: its owner reads the documents and writes the
results.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from multiprocessing.synchronize import Event
from typing import Protocol, TypeAlias

from annotator.errors import PoolError
from annotator.model.decision import Suggestion
from annotator.model.text import Document

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

    def __init__(self, executor: ProcessPoolExecutor, workers: int) -> None:
        self._executor = executor
        self.ahead = AHEAD * workers

    def submit(self, documents: Sequence[Document]) -> Callable[[], Found]:
        """One process works on the whole batch."""
        with _without_interrupts():
            future = self._executor.submit(_work, list(documents))

        def wait() -> Found:
            try:
                return future.result()
            except BrokenProcessPool as error:
                raise PoolError("one of the worker processes died", hint=AGAIN) from error

        return wait


AGAIN = "Run the command again with --missing; the results until then are stored"


@contextmanager
def processes(task: Task, workers: int) -> Iterator[Pool]:
    """That many processes on this machine. If the work is stopped, each ends after its current
    document."""
    # They are not stopped by a signal, because a process that is killed while it writes leaves its
    # reader waiting. They are spawned, not forked, because a fork would inherit the connection to
    # the database, which only one process may use.
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    with ProcessPoolExecutor(
        workers, context, initializer=_begin, initargs=(task, stop)
    ) as executor:
        try:
            yield _Processes(executor, workers)
        except BaseException:
            stop.set()
            executor.shutdown(cancel_futures=True)
            raise


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Start processes that an interrupt from the terminal does not reach while they load. In this
    process, the interrupt waits until then."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_compute: Compute | None = None
_stop: Event | None = None


def _begin(task: Task, stop: Event) -> None:
    global _compute, _stop
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # a terminal sends it to all; the owner of the pool ends them
    _compute, _stop = task.begin(), stop


def _work(documents: list[Document]) -> Found:
    assert _compute is not None
    assert _stop is not None
    return [(document.id, _compute(document)) for document in documents if not _stop.is_set()]


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
